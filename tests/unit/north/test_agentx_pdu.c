/* Messages of AgentX: what was written is read, and nothing else is believed.
 */
#include "north/agentx_pdu.h"

#include "base/mem.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct oid sys_name = OID_INIT(1, 3, 6, 1, 2, 1, 1, 5, 0);

static void assert_oid(struct oid got, struct oid want)
{
    assert_true(oid_equal(got, want));
}

/* Reads one varbind back. */
static void round_trip(const struct value *v, struct agentx_binding *out)
{
    struct buffer OWNED_BUFFER b = {0};
    const struct agentx_header h = {.flags = AGENTX_NETWORK_BYTE_ORDER};

    agentx_put_varbind(&b, sys_name, v);
    assert_int_equal(b.len % 4, 0);
    struct agentx_reader r = agentx_reader_of(&h, buffer_view(&b));
    agentx_read_binding(&r, out);
    assert_true(cursor_ok(&r.c));
    assert_int_equal(cursor_left(&r.c), 0);
    assert_oid(oid_view(&out->name), sys_name);
    assert_int_equal(out->value.type, v->type);
}

static void values_are_read_as_they_were_written(void **state)
{
    (void)state;
    struct agentx_binding b;
    static const struct value numbers[] = {
        {.type = VALUE_COUNTER32, .number = UINT32_MAX},
        {.type = VALUE_GAUGE32, .number = 7},
        {.type = VALUE_TICKS, .number = 1234567},
        {.type = VALUE_COUNTER64, .number = 0x0102030405060708},
    };

    for (size_t i = 0; i < COUNT_OF(numbers); i++) {
        round_trip(&numbers[i], &b);
        assert_int_equal(b.value.number, numbers[i].number);
    }
    round_trip(&(struct value){.type = VALUE_INTEGER, .integer = -5}, &b);
    assert_int_equal(b.value.integer, -5);
    round_trip(&(struct value){.type = VALUE_OID, .oid = sys_name}, &b);
    assert_oid(b.value.oid, sys_name);
    round_trip(&(struct value){.type = VALUE_OID}, &b);
    assert_int_equal(b.value.oid.len, 0);
    round_trip(&(struct value){.type = VALUE_END_OF_VIEW}, &b);
}

static void octets_are_padded(void **state)
{
    (void)state;
    static const char text[] = "abcdefgh";

    for (size_t len = 0; len <= 8; len++) {
        struct buffer OWNED_BUFFER b = {0};
        const struct agentx_header h = {.flags = AGENTX_NETWORK_BYTE_ORDER};
        struct bytes octets = {(const uint8_t *)text, len};

        agentx_put_octets(&b, octets);
        assert_int_equal(b.len % 4, 0);
        struct agentx_reader r = agentx_reader_of(&h, buffer_view(&b));
        assert_true(bytes_equal(agentx_read_octets(&r), octets));
        assert_int_equal(cursor_left(&r.c), 0);
    }
}

/* RFC 2741, 5.1: an OID below 1.3.6.1 has its fifth sub-identifier as prefix,
 * where that is one octet. */
static void oids_are_written_short(void **state)
{
    (void)state;
    static const struct {
        const char *oid;
        size_t octets;
    } cases[] = {
        {"1.3.6.1.2.1", 8},    {"1.3.6.1.2", 4}, {"1.3.6.1", 20},
        {"1.3.6.1.300.1", 28}, {"1.0.8802", 16},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct buffer OWNED_BUFFER b = {0};
        const struct agentx_header h = {.flags = AGENTX_NETWORK_BYTE_ORDER};
        struct oid_store oid, back;
        bool include;

        assert_int_equal(oid_parse(cases[i].oid, &oid), 0);
        agentx_put_oid(&b, oid_view(&oid), true);
        assert_int_equal(b.len, cases[i].octets);
        struct agentx_reader r = agentx_reader_of(&h, buffer_view(&b));
        agentx_read_oid(&r, &back, &include);
        assert_oid(oid_view(&back), oid_view(&oid));
        assert_true(include);
    }
}

/* A GetNext as a master of either byte order sends it. */
static void either_byte_order_is_read(void **state)
{
    (void)state;
    static const uint8_t low_first[] = {1, 6, 0, 0, 7, 0,  0, 0, 2, 0, 0,
                                        0, 3, 0, 0, 0, 16, 0, 0, 0, /* header */
                                        2, 2, 1, 0, 1, 0,  0, 0, 1, 1, 0,
                                        0, 0, 0, 0, 0};
    struct agentx_header h;
    struct agentx_range range;
    struct bytes all = {low_first, sizeof low_first};

    assert_int_equal(
        agentx_header_read((struct bytes){all.at, AGENTX_HEADER}, &h), 0);
    assert_int_equal(h.type, AGENTX_GET_NEXT);
    assert_int_equal(h.session, 7);
    assert_int_equal(h.transaction, 2);
    assert_int_equal(h.packet, 3);
    assert_int_equal(h.len, 16);
    struct agentx_reader r =
        agentx_reader_of(&h, (struct bytes){all.at + AGENTX_HEADER, h.len});
    agentx_read_range(&r, &range);
    assert_true(cursor_ok(&r.c));
    assert_true(range.include);
    assert_oid(oid_view(&range.from), OID(1, 3, 6, 1, 2, 1, 257));
    assert_int_equal(range.to.len, 0);
}

static void headers_of_others_are_refused(void **state)
{
    (void)state;
    static const uint8_t sound[AGENTX_HEADER] = {1, 5, 16, 0, [19] = 4};
    static const struct {
        size_t at;
        uint8_t octet;
    } cases[] = {{0, 2}, {19, 3}, {16, 1}};
    struct agentx_header h;

    assert_int_equal(
        agentx_header_read((struct bytes){sound, sizeof sound}, &h), 0);
    for (size_t len = 0; len < AGENTX_HEADER; len++)
        assert_int_equal(agentx_header_read((struct bytes){sound, len}, &h),
                         -EBADMSG);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        uint8_t octets[AGENTX_HEADER];

        memcpy(octets, sound, sizeof octets);
        octets[cases[i].at] = cases[i].octet;
        assert_int_equal(
            agentx_header_read((struct bytes){octets, sizeof octets}, &h),
            -EBADMSG);
    }
}

static void what_is_cut_off_breaks(void **state)
{
    (void)state;
    struct buffer OWNED_BUFFER b = {0};
    const struct agentx_header h = {.flags = AGENTX_NETWORK_BYTE_ORDER};
    struct agentx_binding binding;
    const struct value text = {.type = VALUE_OCTETS,
                               .octets = bytes_of_text("hello")};

    agentx_put_varbind(&b, sys_name, &text);
    for (size_t len = 0; len < b.len; len++) {
        uint8_t *cut = mem_array(len + 1, 1); /* ends where the octets do */

        memcpy(cut, b.at, len);
        struct agentx_reader r = agentx_reader_of(&h, (struct bytes){cut, len});
        agentx_read_binding(&r, &binding);
        assert_false(cursor_ok(&r.c));
        free(cut);
    }
}

static void an_oid_that_is_too_long_breaks(void **state)
{
    (void)state;
    enum { SUBS = 126 }; /* and five of the prefix */
    uint8_t octets[4 + SUBS * 4] = {SUBS, 2};
    const struct agentx_header h = {.flags = AGENTX_NETWORK_BYTE_ORDER};
    struct agentx_reader r =
        agentx_reader_of(&h, (struct bytes){octets, sizeof octets});
    struct oid_store oid;

    agentx_read_oid(&r, &oid, NULL);
    assert_false(cursor_ok(&r.c));
    assert_int_equal(oid.len, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_read_as_they_were_written),
        cmocka_unit_test(octets_are_padded),
        cmocka_unit_test(oids_are_written_short),
        cmocka_unit_test(either_byte_order_is_read),
        cmocka_unit_test(headers_of_others_are_refused),
        cmocka_unit_test(what_is_cut_off_breaks),
        cmocka_unit_test(an_oid_that_is_too_long_breaks),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
