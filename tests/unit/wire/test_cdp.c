/* What is made of a CDP message: believed, tolerated, or refused. */
#include "wire/cdp.h"

#include "base/mem.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define DEVICE_ID "\x00\x01\x00\x07sw1"
#define DEVICE_ID_EMPTY "\x00\x01\x00\x04"
#define ADDRESSES_V4 \
    "\x00\x02\x00\x11\x00\x00\x00\x01\x01\x01\xcc\x00\x04\xc0\x00\x02\x01"
#define ADDRESSES_V4_V6                                                    \
    "\x00\x02\x00\x2d\x00\x00\x00\x02\x01\x01\xcc\x00\x04\xc0\x00\x02\x01" \
    "\x02\x08\xaa\xaa\x03\x00\x00\x00\x86\xdd\x00\x10\x20\x01\x0d\xb8"     \
    "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01"
#define ADDRESSES_TOLD_MORE \
    "\x00\x02\x00\x11\x00\x00\x00\x09\x01\x01\xcc\x00\x04\xc0\x00\x02\x01"
#define ADDRESSES_CLNP \
    "\x00\x02\x00\x0f\x00\x00\x00\x01\x01\x01\x81\x00\x02\x49\x00"
#define ADDRESSES_CUT                                                          \
    "\x00\x02\x00\x13\x00\x00\x00\x02\x01\x01\xcc\x00\x04\xc0\x00\x02\x01\x01" \
    "\x01"
#define ADDRESSES_SHORT "\x00\x02\x00\x06\x00\x00"
#define MGMT_V4 \
    "\x00\x16\x00\x11\x00\x00\x00\x01\x01\x01\xcc\x00\x04\xc0\x00\x02\x09"
#define PORT_ID "\x00\x03\x00\x0aGi0/1 "
#define CAPS "\x00\x04\x00\x08\x00\x00\x00\x29"
#define CAPS_SHORT "\x00\x04\x00\x06\x00\x29"
#define VERSION "\x00\x05\x00\x0bIOS\n15."
#define PLATFORM       \
    "\x00\x06\x00\x0a" \
    "C2960X"
#define VTP_DOMAIN "\x00\x09\x00\x07lab"
#define NATIVE_VLAN "\x00\x0a\x00\x06\x00\x63"
#define DUPLEX_FULL "\x00\x0b\x00\x05\x01"
#define DUPLEX_HALF "\x00\x0b\x00\x05\x00"
#define SYS_NAME "\x00\x14\x00\x0asw1.ex"
#define UNKNOWN "\x00\x10\x00\x06\x00\x00"
#define TLV_SHORT "\x00\x05\x00\x03"
#define TLV_PAST_END "\x00\x05\x00\x30xx"

/* How the last octet of a message of odd length is added up. */
enum padding { AS_HIGH, AS_SIGNED };

enum { MESSAGE_MAX = 512, HEADER_LEN = 4, TTL_S = 180 };

struct message {
    uint8_t at[MESSAGE_MAX];
    size_t len;
};

static uint16_t sum_of(const struct message *m, enum padding padding)
{
    uint32_t sum = 0;

    for (size_t i = 0; i + 1 < m->len; i += 2)
        sum += (uint32_t)m->at[i] << 8 | m->at[i + 1];
    if ((m->len & 1) != 0) {
        uint32_t last = m->at[m->len - 1];
        uint32_t low = last < 0x80 ? last : 0xff00 | (last - 1);
        sum += padding == AS_HIGH ? last << 8 : low;
    }
    while (sum > 0xffff)
        sum = (sum & 0xffff) + (sum >> 16);
    return (uint16_t)~sum;
}

static struct message message_of(struct bytes tlvs, uint8_t version,
                                 enum padding padding)
{
    struct message m = {.at = {version, TTL_S}, .len = HEADER_LEN + tlvs.len};

    assert_true(m.len <= sizeof m.at);
    if (tlvs.len > 0)
        memcpy(m.at + HEADER_LEN, tlvs.at, tlvs.len);
    uint16_t sum = sum_of(&m, padding);
    m.at[2] = (uint8_t)(sum >> 8);
    m.at[3] = (uint8_t)sum;
    return m;
}

#define TLVS(tlvs)                                \
    {                                             \
        (const uint8_t *)(tlvs), sizeof(tlvs) - 1 \
    }

struct decoded {
    int result;
    struct cursor at;
    struct cdp_announcement said;
};

/* Views of the result point into *m. */
static struct decoded decode(const struct message *m)
{
    struct decoded d = {.at = cursor_over((struct bytes){m->at, m->len})};

    memset(&d.said, 0xa5, sizeof d.said);
    d.result = cdp_decode(&d.at, &d.said);
    return d;
}

static void assert_octets(struct bytes got, const char *want)
{
    assert_int_equal(got.len, strlen(want));
    assert_memory_equal(got.at, want, got.len);
}

static void assert_addr(const struct addr *got, const char *want)
{
    char text[ADDR_TEXT_MAX];

    assert_string_equal(addr_format(got, text, sizeof text), want);
}

static void good_message_is_believed(void **state)
{
    (void)state;
    struct bytes tlvs =
        TLVS(MGMT_V4 DEVICE_ID ADDRESSES_V4_V6 PORT_ID CAPS VERSION PLATFORM
                 VTP_DOMAIN NATIVE_VLAN DUPLEX_FULL SYS_NAME);
    struct message m = message_of(tlvs, 2, AS_HIGH);
    struct decoded d = decode(&m);

    assert_int_equal(d.result, 0);
    assert_int_equal(d.said.cdp_version, 2);
    assert_int_equal(d.said.ttl_s, TTL_S);
    assert_octets(d.said.device_id, "sw1");
    assert_octets(d.said.device_port, "Gi0/1 ");
    assert_octets(d.said.version, "IOS\n15.");
    assert_octets(d.said.platform, "C2960X");
    assert_octets(d.said.vtp_domain, "lab");
    assert_octets(d.said.sys_name, "sw1.ex");
    assert_int_equal(d.said.caps, 0x29);
    assert_int_equal(d.said.native_vlan, 99);
    assert_int_equal(d.said.duplex, 2);
    assert_int_equal(d.said.addr_count, 3);
    assert_addr(&d.said.addrs[0], "192.0.2.1");
    assert_addr(&d.said.addrs[1], "2001:db8::1");
    assert_addr(&d.said.addrs[2], "192.0.2.9");
    assert_int_equal(d.said.tlvs_unknown, 0);
    assert_int_equal(d.said.tlvs_discarded, 0);
}

static void odd_messages_are_tolerated(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        struct bytes tlvs;
        uint8_t version;
        enum padding padding;
        unsigned unknown, discarded;
        uint8_t addr_count;
    } cases[] = {
        {"version 1", TLVS(DEVICE_ID PORT_ID), 1, AS_HIGH, 0, 0, 0},
        {"device alone", TLVS(DEVICE_ID), 2, AS_HIGH, 0, 0, 0},
        {"odd length, padded", TLVS(DEVICE_ID), 2, AS_HIGH, 0, 0, 0},
        {"odd length, signed, 7 bits", TLVS(DEVICE_ID), 2, AS_SIGNED, 0, 0, 0},
        {"odd length, signed, 8 bits", TLVS("\x00\x01\x00\x07\x73\x77\xe9"), 2,
         AS_SIGNED, 0, 0, 0},
        {"unknown TLV", TLVS(DEVICE_ID UNKNOWN), 2, AS_HIGH, 1, 0, 0},
        {"short capabilities", TLVS(DEVICE_ID CAPS_SHORT), 2, AS_HIGH, 0, 1, 0},
        {"not IP", TLVS(DEVICE_ID ADDRESSES_CLNP), 2, AS_HIGH, 0, 0, 0},
        {"fewer addresses than told", TLVS(DEVICE_ID ADDRESSES_TOLD_MORE), 2,
         AS_HIGH, 0, 0, 1},
        {"ends amid an address", TLVS(DEVICE_ID ADDRESSES_CUT), 2, AS_HIGH, 0,
         1, 1},
        {"no room for a count", TLVS(DEVICE_ID ADDRESSES_SHORT), 2, AS_HIGH, 0,
         1, 0},
        {"the same address twice", TLVS(DEVICE_ID ADDRESSES_V4 ADDRESSES_V4), 2,
         AS_HIGH, 0, 0, 1},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct message m =
            message_of(cases[i].tlvs, cases[i].version, cases[i].padding);
        struct decoded d = decode(&m);

        print_message("  %s\n", cases[i].name);
        assert_int_equal(d.result, 0);
        assert_int_equal(d.said.tlvs_unknown, cases[i].unknown);
        assert_int_equal(d.said.tlvs_discarded, cases[i].discarded);
        assert_int_equal(d.said.addr_count, cases[i].addr_count);
    }
}

static void half_duplex_is_told_from_silence(void **state)
{
    (void)state;
    struct message half =
        message_of((struct bytes)TLVS(DEVICE_ID DUPLEX_HALF), 2, AS_HIGH);
    struct message silent =
        message_of((struct bytes)TLVS(DEVICE_ID), 2, AS_HIGH);

    assert_int_equal(decode(&half).said.duplex, 1);
    assert_int_equal(decode(&silent).said.duplex, 0);
}

static void bad_messages_are_refused_with_a_reason(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        struct bytes tlvs;
        uint8_t version;
        const char *why;
        size_t offset;
    } cases[] = {
        {"no TLV", {NULL, 0}, 2, "no Device ID", 4},
        {"no device", TLVS(PORT_ID), 2, "no Device ID", 14},
        {"nameless device", TLVS(DEVICE_ID_EMPTY), 2,
         "Device ID TLV: bad length", 8},
        {"version 3", TLVS(DEVICE_ID), 3, "unknown version", 4},
        {"TLV of 3 octets", TLVS(DEVICE_ID TLV_SHORT), 2,
         "TLV shorter than its header", 15},
        {"TLV past the end", TLVS(DEVICE_ID TLV_PAST_END), 2, "truncated", 15},
        {"half a TLV header", TLVS(DEVICE_ID "\x00"), 2, "truncated", 11},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct message m = message_of(cases[i].tlvs, cases[i].version, AS_HIGH);
        struct decoded d = decode(&m);

        print_message("  %s\n", cases[i].name);
        assert_int_equal(d.result, -EBADMSG);
        assert_string_equal(d.at.why, cases[i].why);
        assert_int_equal(cursor_offset(&d.at), cases[i].offset);
        assert_int_equal(d.said.device_id.len, 0);
        assert_int_equal(d.said.ttl_s, 0);
    }
}

static void any_flipped_bit_is_noticed(void **state)
{
    (void)state;
    struct bytes tlvs = TLVS(DEVICE_ID ADDRESSES_V4 PORT_ID);
    struct message m = message_of(tlvs, 2, AS_HIGH);

    for (size_t i = 2; i < m.len; i++) {
        m.at[i] ^= 0x10;
        struct decoded d = decode(&m);
        assert_int_equal(d.result, -EBADMSG);
        assert_string_equal(d.at.why, "wrong checksum");
        m.at[i] ^= 0x10;
    }
    assert_int_equal(decode(&m).result, 0);
}

/* Cut anywhere with a right checksum, from memory that ends there. */
static void every_cut_is_survived(void **state)
{
    (void)state;
    struct bytes whole = TLVS(
        DEVICE_ID ADDRESSES_V4_V6 PORT_ID CAPS NATIVE_VLAN MGMT_V4 SYS_NAME);

    for (size_t len = 0; len <= whole.len; len++) {
        struct message m =
            message_of((struct bytes){whole.at, len}, 2, AS_SIGNED);
        uint8_t *cut = malloc(m.len);
        assert_non_null(cut);
        memcpy(cut, m.at, m.len);
        struct cursor c = cursor_over((struct bytes){cut, m.len});
        struct cdp_announcement said;
        int result = cdp_decode(&c, &said);
        assert_true((result == 0) == cursor_ok(&c));
        free(cut);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_message_is_believed),
        cmocka_unit_test(odd_messages_are_tolerated),
        cmocka_unit_test(half_duplex_is_told_from_silence),
        cmocka_unit_test(bad_messages_are_refused_with_a_reason),
        cmocka_unit_test(any_flipped_bit_is_noticed),
        cmocka_unit_test(every_cut_is_survived),
    };
    return cmocka_run_group_tests_name("cdp", tests, NULL, NULL);
}
