/* What an agent's octets become: values believed, tolerated, made absent, or a
 * message refused; and what we write is what we read. */
#include "wire/ber.h"

#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#define OCTETS(text)                              \
    {                                             \
        (const uint8_t *)(text), sizeof(text) - 1 \
    }

struct decoded {
    struct cursor at;
    struct ber_scratch scratch;
    uint32_t subs[2 * OID_MAX];
    struct varbind vb;
};

static void decode_value(struct bytes octets, struct decoded *d)
{
    memset(d, 0, sizeof *d);
    d->at = cursor_over(octets);
    d->scratch = (struct ber_scratch){.subs = d->subs, .room = 2 * OID_MAX};
    ber_value(&d->at, &d->scratch, &d->vb.value);
}

static void numbers_are_read_as_agents_mean_them(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        struct bytes octets;
        uint8_t type;
        int64_t number;
    } cases[] = {
        {"zero", OCTETS("\x02\x01\x00"), VALUE_INTEGER, 0},
        {"minus one", OCTETS("\x02\x01\xff"), VALUE_INTEGER, -1},
        {"lowest", OCTETS("\x02\x04\x80\x00\x00\x00"), VALUE_INTEGER,
         INT32_MIN},
        {"not minimal", OCTETS("\x02\x04\x00\x00\x00\x05"), VALUE_INTEGER, 5},
        {"not minimal, negative", OCTETS("\x02\x03\xff\xff\xfe"), VALUE_INTEGER,
         -2},
        {"long length", OCTETS("\x02\x82\x00\x01\x07"), VALUE_INTEGER, 7},
        {"longer length", OCTETS("\x02\x84\x00\x00\x00\x01\x07"), VALUE_INTEGER,
         7},
        {"33 bits, from an unsigned", OCTETS("\x02\x05\x00\xff\xff\xff\xff"),
         VALUE_INTEGER, UINT32_MAX},
        {"counter of 5 octets", OCTETS("\x41\x05\x00\xff\xff\xff\xff"),
         VALUE_COUNTER32, UINT32_MAX},
        {"counter of 4 octets", OCTETS("\x41\x04\xff\xff\xff\xff"),
         VALUE_COUNTER32, UINT32_MAX},
        {"gauge as a signed number", OCTETS("\x42\x01\xff"), VALUE_GAUGE32,
         UINT32_MAX},
        {"ticks", OCTETS("\x43\x02\x01\x00"), VALUE_TICKS, 256},
        {"counter64 of 9 octets",
         OCTETS("\x46\x09\x00\xff\xff\xff\xff\xff\xff\xff\xff"),
         VALUE_COUNTER64, -1},
        {"counter64 of 8 octets", OCTETS("\x46\x08\x80\0\0\0\0\0\0\0"),
         VALUE_COUNTER64, INT64_MIN},
        {"UInteger32 of RFC 1442", OCTETS("\x47\x01\x05"), VALUE_GAUGE32, 5},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct decoded d;

        decode_value(cases[i].octets, &d);
        print_message("  %s\n", cases[i].name);
        assert_true(cursor_ok(&d.at));
        assert_int_equal(cursor_left(&d.at), 0);
        assert_int_equal(d.vb.value.type, cases[i].type);
        assert_true(d.vb.value.integer == cases[i].number);
        assert_int_equal(d.scratch.odd, 0);
    }
}

static void values_that_cannot_be_read_are_absent_not_zero(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        struct bytes octets;
    } cases[] = {
        {"integer of no octets", OCTETS("\x02\x00")},
        {"counter of no octets", OCTETS("\x41\x00")},
        {"counter above 32 bits", OCTETS("\x41\x05\x01\x00\x00\x00\x00")},
        {"counter64 above 64 bits",
         OCTETS("\x46\x09\x01\x00\x00\x00\x00\x00\x00\x00\x00")},
        {"integer of 9 octets", OCTETS("\x02\x09\x01\0\0\0\0\0\0\0\0")},
        {"OID that ends in the middle", OCTETS("\x06\x02\x2b\x86")},
        {"OID with 33 bits", OCTETS("\x06\x06\x2b\x90\x80\x80\x80\x00")},
        {"end of contents", OCTETS("\x00\x00")},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct decoded d;

        decode_value(cases[i].octets, &d);
        print_message("  %s\n", cases[i].name);
        assert_true(cursor_ok(&d.at));
        assert_int_equal(d.vb.value.type, VALUE_NULL);
        assert_int_equal(d.scratch.odd, 1);
    }
}

static void broken_skeletons_are_refused_with_a_reason(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        struct bytes octets;
        const char *why;
        size_t offset;
    } cases[] = {
        {"nothing", {NULL, 0}, "truncated", 0},
        {"tag alone", OCTETS("\x02"), "truncated", 1},
        {"content missing", OCTETS("\x02\x02\x01"), "truncated", 2},
        {"indefinite length", OCTETS("\x24\x80\x00\x00"), "indefinite length",
         2},
        {"length of 5 octets", OCTETS("\x04\x85\0\0\0\0\x01\x00"),
         "absurd length", 2},
        {"4 GiB", OCTETS("\x04\x84\xff\xff\xff\xff\x00"), "truncated", 6},
        {"long tag", OCTETS("\x1f\x81\x01\x00"), "tag of several octets", 1},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct decoded d;

        decode_value(cases[i].octets, &d);
        print_message("  %s\n", cases[i].name);
        assert_false(cursor_ok(&d.at));
        assert_string_equal(d.at.why, cases[i].why);
        assert_int_equal(cursor_offset(&d.at), cases[i].offset);
    }
}

static void oids_are_read(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        struct bytes octets;
        const char *text;
    } cases[] = {
        {"internet", OCTETS("\x06\x03\x2b\x06\x01"), "1.3.6.1"},
        {"zeroDotZero", OCTETS("\x06\x01\x00"), "0.0"},
        {"joint", OCTETS("\x06\x03\x88\x37\x03"), "2.999.3"},
        {"largest sub-identifier", OCTETS("\x06\x06\x2b\x8f\xff\xff\xff\x7f"),
         "1.3.4294967295"},
        {"padded sub-identifier", OCTETS("\x06\x03\x2b\x80\x05"), "1.3.5"},
        {"empty", OCTETS("\x06\x00"), ""},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct decoded d;
        char text[OID_TEXT_MAX];

        decode_value(cases[i].octets, &d);
        print_message("  %s\n", cases[i].name);
        assert_int_equal(d.vb.value.type, VALUE_OID);
        assert_string_equal(oid_format(d.vb.value.oid, text, sizeof text),
                            cases[i].text);
    }
}

static void an_oid_too_long_is_refused(void **state)
{
    (void)state;
    uint8_t octets[OID_MAX + 8] = {0x06, 0x81, OID_MAX};
    struct decoded d;

    memset(octets + 3, 1, OID_MAX); /* 129 sub-identifiers */
    decode_value((struct bytes){octets, 3 + OID_MAX}, &d);
    assert_int_equal(d.vb.value.type, VALUE_NULL);
    octets[2] = OID_MAX - 1;
    decode_value((struct bytes){octets, 2 + OID_MAX}, &d);
    assert_int_equal(d.vb.value.type, VALUE_OID);
    assert_int_equal(d.vb.value.oid.len, OID_MAX);
}

static void a_full_scratch_is_noticed(void **state)
{
    (void)state;
    struct bytes octets = OCTETS("\x06\x03\x2b\x06\x01");
    struct cursor c = cursor_over(octets);
    uint32_t subs[3];
    struct ber_scratch scratch = {.subs = subs, .room = 3};
    struct oid oid = ber_oid(&c, &scratch, "no room");

    assert_false(cursor_ok(&c));
    assert_int_equal(oid.len, 0);
    assert_int_equal(scratch.used, 0);
}

/* ---- writing ------------------------------------------------------------- */

static const uint32_t some_subs[] = {1, 3, 6, 1, 2, 1, 31, 4294967295U, 0, 128};

static void what_is_written_is_what_is_read(void **state)
{
    (void)state;
    const struct oid oid = {some_subs, COUNT_OF(some_subs)};
    const struct {
        const char *name;
        struct value value;
    } cases[] = {
        {"zero", {.type = VALUE_INTEGER}},
        {"127", {.type = VALUE_INTEGER, .integer = 127}},
        {"128", {.type = VALUE_INTEGER, .integer = 128}},
        {"-128", {.type = VALUE_INTEGER, .integer = -128}},
        {"-129", {.type = VALUE_INTEGER, .integer = -129}},
        {"lowest", {.type = VALUE_INTEGER, .integer = INT64_MIN}},
        {"highest", {.type = VALUE_INTEGER, .integer = INT64_MAX}},
        {"counter", {.type = VALUE_COUNTER32, .number = UINT32_MAX}},
        {"gauge", {.type = VALUE_GAUGE32, .number = 0x80}},
        {"ticks", {.type = VALUE_TICKS, .number = 1}},
        {"counter64", {.type = VALUE_COUNTER64, .number = UINT64_MAX}},
        {"octets", {.type = VALUE_OCTETS, .octets = OCTETS("a\0b")}},
        {"address", {.type = VALUE_IP, .octets = OCTETS("\xc0\0\x02\x01")}},
        {"opaque", {.type = VALUE_OPAQUE, .octets = OCTETS("\x9f\x78")}},
        {"oid", {.type = VALUE_OID, .oid = oid}},
        {"null", {.type = VALUE_NULL}},
        {"no such object", {.type = VALUE_NO_OBJECT}},
        {"no such instance", {.type = VALUE_NO_INSTANCE}},
        {"end of view", {.type = VALUE_END_OF_VIEW}},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        uint8_t room[128];
        struct ber_builder b = ber_builder_over(room, sizeof room);
        struct decoded d;
        const struct value *want = &cases[i].value;

        print_message("  %s\n", cases[i].name);
        ber_put_varbind(&b, oid, want);
        decode_value((struct bytes){0}, &d);
        d.at = cursor_over(ber_built(&b));
        ber_varbind(&d.at, &d.scratch, &d.vb);
        assert_true(cursor_ok(&d.at));
        assert_int_equal(cursor_left(&d.at), 0);
        assert_true(oid_equal(d.vb.name, oid));
        assert_int_equal(d.vb.value.type, want->type);
        if (ber_has_octets(want->type))
            assert_true(bytes_equal(d.vb.value.octets, want->octets));
        else if (want->type == VALUE_OID)
            assert_true(oid_equal(d.vb.value.oid, want->oid));
        else
            assert_true(d.vb.value.integer == want->integer);
    }
}

static void lengths_are_written_in_the_shortest_form(void **state)
{
    (void)state;
    static const struct {
        size_t len;
        const char *head;
        size_t head_len;
    } cases[] = {
        {0, "\x04\x00", 2},
        {127, "\x04\x7f", 2},
        {128, "\x04\x81\x80", 3},
        {255, "\x04\x81\xff", 3},
        {256, "\x04\x82\x01\x00", 4},
        {65535, "\x04\x82\xff\xff", 4},
        {65536, "\x04\x83\x01\x00\x00", 5},
    };
    static uint8_t content[65536], room[65600];

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct ber_builder b = ber_builder_over(room, sizeof room);

        ber_put_octets(&b, BER_OCTETS, (struct bytes){content, cases[i].len});
        struct bytes built = ber_built(&b);
        assert_int_equal(built.len, cases[i].len + cases[i].head_len);
        assert_memory_equal(built.at, cases[i].head, cases[i].head_len);
    }
}

static void what_does_not_fit_is_not_built(void **state)
{
    (void)state;
    const struct oid oid = {some_subs, COUNT_OF(some_subs)};
    const struct value value = {.type = VALUE_COUNTER64, .number = 7};
    uint8_t room[64];
    struct ber_builder whole = ber_builder_over(room, sizeof room);

    ber_put_varbind(&whole, oid, &value);
    size_t need = ber_built(&whole).len;
    for (size_t len = 0; len <= need; len++) {
        uint8_t *exact = malloc(len + 1);
        struct ber_builder b = ber_builder_over(exact, len);

        assert_non_null(exact);
        exact[len] = 0xa5;
        ber_put_varbind(&b, oid, &value);
        assert_int_equal(ber_built(&b).len, len == need ? need : 0);
        assert_int_equal(exact[len], 0xa5);
        free(exact);
    }
}

/* From memory that ends where the octets do. */
static void every_cut_is_survived(void **state)
{
    (void)state;
    const struct oid oid = {some_subs, COUNT_OF(some_subs)};
    const struct value value = {.type = VALUE_OID, .oid = oid};
    uint8_t room[64];
    struct ber_builder b = ber_builder_over(room, sizeof room);

    ber_put_varbind(&b, oid, &value);
    struct bytes whole = ber_built(&b);
    for (size_t len = 1; len < whole.len; len++) {
        uint8_t *cut = malloc(len);
        struct decoded d;

        assert_non_null(cut);
        memcpy(cut, whole.at, len);
        decode_value((struct bytes){0}, &d);
        d.at = cursor_over((struct bytes){cut, len});
        ber_varbind(&d.at, &d.scratch, &d.vb);
        assert_false(cursor_ok(&d.at));
        free(cut);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_read_as_agents_mean_them),
        cmocka_unit_test(values_that_cannot_be_read_are_absent_not_zero),
        cmocka_unit_test(broken_skeletons_are_refused_with_a_reason),
        cmocka_unit_test(oids_are_read),
        cmocka_unit_test(an_oid_too_long_is_refused),
        cmocka_unit_test(a_full_scratch_is_noticed),
        cmocka_unit_test(what_is_written_is_what_is_read),
        cmocka_unit_test(lengths_are_written_in_the_shortest_form),
        cmocka_unit_test(what_does_not_fit_is_not_built),
        cmocka_unit_test(every_cut_is_survived),
    };
    return cmocka_run_group_tests_name("ber", tests, NULL, NULL);
}
