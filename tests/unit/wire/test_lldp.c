/* What a neighbor gets for an LLDPDU: believed, or refused with a reason. */
#include "wire/lldp.h"

#include "base/mem.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* TLVs to build LLDPDUs of; the names say what a dump would show. */
#define N16 "nnnnnnnnnnnnnnnn"
#define N64 N16 N16 N16 N16
#define N256 N64 N64 N64 N64
#define CHASSIS_MAC "\x02\x07\x04\x02\x00\x5e\x00\x53\x01"
#define CHASSIS_EMPTY "\x02\x01\x04"
#define CHASSIS_LONG "\x03\x01\x07" N256
#define PORT_IF_NAME "\x04\x04\x05ge1"
#define TTL_120 "\x06\x02\x00\x78"
#define TTL_0 "\x06\x02\x00\x00"
#define TTL_SHORT "\x06\x01\x78"
#define PORT_DESC "\x08\x06uplink"
#define SYS_NAME "\x0a\x03sw1"
#define SYS_NAME_LONG "\x0b\x00" N256
#define SYS_NAME_PAST_END "\x0a\xffsw1"
#define SYS_DESC "\x0c\x05Linux"
#define CAPS_BRIDGE "\x0e\x04\x00\x14\x00\x04"
#define CAPS_SHORT "\x0e\x02\x00\x14"
#define MGMT_V4 "\x10\x0c\x05\x01\xc0\x00\x02\x01\x02\x00\x00\x00\x07\x00"
#define MGMT_V6                                                                \
    "\x10\x18\x11\x02\x20\x01\x0d\xb8\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00" \
    "\x00\x01\x02\x00\x00\x00\x07\x00"
#define MGMT_MAC \
    "\x10\x0e\x07\x06\x02\x00\x5e\x00\x53\x01\x02\x00\x00\x00\x07\x00"
#define MGMT_ZERO "\x10\x0c\x05\x01\x00\x00\x00\x00\x02\x00\x00\x00\x07\x00"
#define MGMT_NO_OID "\x10\x06\x05\x01\xc0\x00\x02\x02"
#define MGMT_V4_LONG "\x10\x0c\x06\x01\xc0\x00\x02\x01\x02\x00\x00\x00\x07\x00"
#define MGMT_PAST_TLV "\x10\x0c\x55\x01\xc0\x00\x02\x01\x02\x00\x00\x00\x07\x00"
#define MGMT_SHORT "\x10\x02\x01\x01"
#define ORG_UNKNOWN "\xfe\x04\x00\x80\xc2\x63"
#define END "\x00\x00"
#define PADDING "\xff\xff\xff"
#define GOOD CHASSIS_MAC PORT_IF_NAME TTL_120

#define LLDPDU(tlvs)                              \
    {                                             \
        (const uint8_t *)(tlvs), sizeof(tlvs) - 1 \
    }

enum { CAP_BRIDGE = 1 << 2, CAP_ROUTER = 1 << 4 };

struct decoded {
    int result;
    struct cursor at;
    struct lldp_announcement said;
};

static struct decoded decode(struct bytes lldpdu)
{
    struct decoded d = {.at = cursor_over(lldpdu)};

    memset(&d.said, 0xa5, sizeof d.said);
    d.result = lldp_decode(&d.at, &d.said);
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

static void good_lldpdu_is_believed(void **state)
{
    (void)state;
    struct bytes lldpdu = LLDPDU(GOOD PORT_DESC SYS_NAME SYS_DESC CAPS_BRIDGE
                                     MGMT_V4 MGMT_V6 END PADDING);
    struct decoded d = decode(lldpdu);

    assert_int_equal(d.result, 0);
    assert_int_equal(d.said.chassis_subtype, 4);
    assert_int_equal(d.said.chassis_id.len, 6);
    assert_memory_equal(d.said.chassis_id.at, "\x02\x00\x5e\x00\x53\x01", 6);
    assert_int_equal(d.said.port_subtype, 5);
    assert_octets(d.said.port_id, "ge1");
    assert_int_equal(d.said.ttl_s, 120);
    assert_octets(d.said.port_desc, "uplink");
    assert_octets(d.said.sys_name, "sw1");
    assert_octets(d.said.sys_desc, "Linux");
    assert_int_equal(d.said.caps_supported, CAP_BRIDGE | CAP_ROUTER);
    assert_int_equal(d.said.caps_enabled, CAP_BRIDGE);
    assert_int_equal(d.said.mgmt_count, 2);
    assert_addr(&d.said.mgmt[0], "192.0.2.1");
    assert_addr(&d.said.mgmt[1], "2001:db8::1");
    assert_int_equal(d.said.tlvs_unknown, 0);
    assert_int_equal(d.said.tlvs_discarded, 0);
}

static void odd_lldpdus_are_tolerated(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        struct bytes lldpdu;
        unsigned unknown, discarded;
        uint8_t mgmt_count;
    } cases[] = {
        {"without End TLV", LLDPDU(GOOD), 0, 0, 0},
        {"leaving", LLDPDU(CHASSIS_MAC PORT_IF_NAME TTL_0 END), 0, 0, 0},
        {"unknown TLV", LLDPDU(GOOD ORG_UNKNOWN END), 1, 0, 0},
        {"long optional TLV", LLDPDU(GOOD SYS_NAME_LONG END), 0, 1, 0},
        {"short optional TLV", LLDPDU(GOOD CAPS_SHORT END), 0, 1, 0},
        {"management address is a MAC", LLDPDU(GOOD MGMT_MAC), 0, 0, 0},
        {"management address 0.0.0.0", LLDPDU(GOOD MGMT_ZERO), 0, 0, 0},
        {"management address and no more", LLDPDU(GOOD MGMT_NO_OID), 0, 0, 1},
        {"IPv4 of 5 octets", LLDPDU(GOOD MGMT_V4_LONG MGMT_V6), 0, 1, 1},
        {"address leaves its TLV", LLDPDU(GOOD MGMT_PAST_TLV MGMT_V6), 0, 1, 1},
        {"address without octets", LLDPDU(GOOD MGMT_SHORT MGMT_V4), 0, 1, 1},
        {"more addresses than are kept",
         LLDPDU(GOOD MGMT_V4 MGMT_V4 MGMT_V4 MGMT_V4 MGMT_V4 MGMT_V4 MGMT_V4
                    MGMT_V4 MGMT_V4 MGMT_V4),
         0, 2, LLDP_MGMT_MAX},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct decoded d = decode(cases[i].lldpdu);

        print_message("  %s\n", cases[i].name);
        assert_int_equal(d.result, 0);
        assert_int_equal(d.said.tlvs_unknown, cases[i].unknown);
        assert_int_equal(d.said.tlvs_discarded, cases[i].discarded);
        assert_int_equal(d.said.mgmt_count, cases[i].mgmt_count);
    }
}

static void bad_lldpdus_are_refused_with_a_reason(void **state)
{
    (void)state;
    static const char *const order =
        "mandatory TLV missing, repeated or misplaced";
    static const char *const early = "ends before its mandatory TLVs";
    const struct {
        const char *name;
        struct bytes lldpdu;
        const char *why;
        size_t offset;
    } cases[] = {
        {"empty", {NULL, 0}, early, 0},
        {"half a header", LLDPDU("\x02"), "truncated", 0},
        {"ends early", LLDPDU(CHASSIS_MAC END), early, 11},
        {"ends before TTL", LLDPDU(CHASSIS_MAC PORT_IF_NAME), early, 15},
        {"port before chassis", LLDPDU(PORT_IF_NAME CHASSIS_MAC), order, 2},
        {"second chassis", LLDPDU(GOOD CHASSIS_MAC), order, 21},
        {"chassis of no octets", LLDPDU(CHASSIS_EMPTY),
         "Chassis ID TLV: bad length", 2},
        {"chassis of 256 octets", LLDPDU(CHASSIS_LONG PORT_IF_NAME TTL_120),
         "Chassis ID TLV: bad length", 2},
        {"short TTL", LLDPDU(CHASSIS_MAC PORT_IF_NAME TTL_SHORT),
         "TTL TLV: bad length", 17},
        {"TLV past the end", LLDPDU(GOOD SYS_NAME_PAST_END), "truncated", 21},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct decoded d = decode(cases[i].lldpdu);

        print_message("  %s\n", cases[i].name);
        assert_int_equal(d.result, -EBADMSG);
        assert_string_equal(d.at.why, cases[i].why);
        assert_int_equal(cursor_offset(&d.at), cases[i].offset);
        assert_int_equal(d.said.chassis_id.len, 0);
        assert_int_equal(d.said.port_id.len, 0);
        assert_int_equal(d.said.ttl_s, 0);
    }
}

/* Cut anywhere, from memory that ends where the LLDPDU does, so that the
 * address sanitizer sees one octet too many. */
static void every_cut_is_survived(void **state)
{
    (void)state;
    struct bytes whole =
        LLDPDU(GOOD SYS_NAME CAPS_BRIDGE MGMT_V4 MGMT_V6 ORG_UNKNOWN END);

    for (size_t len = 1; len <= whole.len; len++) {
        uint8_t *cut = malloc(len);
        assert_non_null(cut);
        memcpy(cut, whole.at, len);
        struct decoded d = decode((struct bytes){cut, len});
        assert_true((d.result == 0) == cursor_ok(&d.at));
        free(cut);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_lldpdu_is_believed),
        cmocka_unit_test(odd_lldpdus_are_tolerated),
        cmocka_unit_test(bad_lldpdus_are_refused_with_a_reason),
        cmocka_unit_test(every_cut_is_survived),
    };
    return cmocka_run_group_tests_name("lldp", tests, NULL, NULL);
}
