/* Recordings: what is believed, what is refused by line and reason, and that
 * what is kept is in order. */
#include "tests/farm/recording.h"
#include "tests/farm/snmprec.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static int read_one(const char *text, struct snmprec *r, struct varbind *vb,
                    struct complaint *why)
{
    snmprec_init(r, "a.snmprec", bytes_of_text(text));
    return snmprec_next(r, vb, why);
}

static const struct {
    const char *name, *line;
    uint8_t type;
    const char *octets; /* of octets */
    int64_t number;     /* of numbers */
} believed[] = {
    {"integer", "1.3.6.1|2|-5", VALUE_INTEGER, NULL, -5},
    {"text", "1.3.6.1|4|a|b", VALUE_OCTETS, "a|b", 0},
    {"empty text", "1.3.6.1|4|", VALUE_OCTETS, "", 0},
    {"leading dot", ".1.3.6.1|2|1", VALUE_INTEGER, NULL, 1},
    {"hexadecimal", "1.3.6.1|4x|41420a", VALUE_OCTETS, "AB\n", 0},
    {"upper case", "1.3.6.1|4x|4A4b", VALUE_OCTETS, "JK", 0},
    {"escaped", "1.3.6.1|4e|a\\x0ab\\x", VALUE_OCTETS, "a\nb\\x", 0},
    {"doubled", "1.3.6.1|4xx|4142", VALUE_OCTETS, "AB", 0},
    {"counter", "1.3.6.1|65|4294967295", VALUE_COUNTER32, NULL, 4294967295},
    {"counter too large", "1.3.6.1|65|4294967296", VALUE_COUNTER32, NULL, 0},
    {"gauge", "1.3.6.1|66|7", VALUE_GAUGE32, NULL, 7},
    {"ticks", "1.3.6.1|67|8", VALUE_TICKS, NULL, 8},
    {"64 bits", "1.3.6.1|70|9223372036854775807", VALUE_COUNTER64, NULL,
     INT64_MAX},
    {"number in hexadecimal", "1.3.6.1|2x|3132", VALUE_INTEGER, NULL, 12},
    {"address", "1.3.6.1|64|192.0.2.1", VALUE_IP, "\xc0\x00\x02\x01", 0},
    {"address in hexadecimal", "1.3.6.1|64x|c0000201", VALUE_IP,
     "\xc0\x00\x02\x01", 0},
    {"address by its tag in hexadecimal", "1.3.6.1|40|192.0.2.1", VALUE_IP,
     "\xc0\x00\x02\x01", 0},
    {"rule with a value", "1.3.6.1|4:writecache|value=abc", VALUE_OCTETS, "abc",
     0},
    {"rule without", "1.3.6.1|65:numeric|rate=100,max=9", VALUE_COUNTER32, NULL,
     0},
    {"rule, value last", "1.3.6.1|2:numeric|min=1,value=44", VALUE_INTEGER,
     NULL, 44},
    {"null", "1.3.6.1|5|", VALUE_NULL, NULL, 0},
    {"carriage return", "1.3.6.1|2|3\r", VALUE_INTEGER, NULL, 3},
    {"comment before", "# x\n\n1.3.6.1|2|3", VALUE_INTEGER, NULL, 3},
};

static void lines_are_believed(void **state)
{
    (void)state;
    struct snmprec *r = malloc(sizeof *r);
    struct varbind vb;

    for (size_t i = 0; i < COUNT_OF(believed); i++) {
        struct complaint why = {0};

        print_message("%s\n", believed[i].name);
        assert_int_equal(read_one(believed[i].line, r, &vb, &why), 1);
        assert_int_equal(vb.name.len, 4);
        assert_int_equal(vb.value.type, believed[i].type);
        if (believed[i].octets != NULL) {
            size_t len =
                vb.value.type == VALUE_IP ? 4 : strlen(believed[i].octets);

            assert_int_equal(vb.value.octets.len, len);
            assert_memory_equal(vb.value.octets.at, believed[i].octets, len);
        } else if (vb.value.type == VALUE_INTEGER) {
            assert_int_equal(vb.value.integer, believed[i].number);
        } else if (vb.value.type != VALUE_NULL) {
            assert_int_equal(vb.value.number, (uint64_t)believed[i].number);
        }
        assert_int_equal(snmprec_next(r, &vb, &why), 0);
    }
    free(r);
}

static void lines_are_refused_with_place_and_reason(void **state)
{
    (void)state;
    static const struct {
        const char *name, *text, *place, *what;
    } cases[] = {
        {"no bar", "1.3.6.1", "a.snmprec:1", "without two bars"},
        {"one bar", "\n1.3.6.1|4", "a.snmprec:2", "without two bars"},
        {"symbolic name", "sysDescr.0|4|x", "a.snmprec:1", "not numeric"},
        {"empty name", "|4|x", "a.snmprec:1", "not numeric"},
        {"too many sub-identifiers", "1.2.3.99999999999|4|x", "a.snmprec:1",
         "not numeric"},
        {"no tag", "1.3||x", "a.snmprec:1", "unknown tag"},
        {"tag too large", "1.3|999|x", "a.snmprec:1", "unknown tag"},
        {"unknown form", "1.3|4q|x", "a.snmprec:1", "unknown tag"},
        {"unknown type", "1.3|99|x", "a.snmprec:1", "does not fit"},
        {"odd hexadecimal", "1.3|4x|abc", "a.snmprec:1", "does not fit"},
        {"no hexadecimal", "1.3|4x|zz", "a.snmprec:1", "does not fit"},
        {"not a number", "1.3|2|12a", "a.snmprec:1", "does not fit"},
        {"empty number", "1.3|2|", "a.snmprec:1", "does not fit"},
        {"number too large", "1.3|70|18446744073709551616", "a.snmprec:1",
         "does not fit"},
        {"address too short", "1.3|64|1.2.3", "a.snmprec:1", "does not fit"},
        {"address too long", "1.3|64|1.2.3.4.5", "a.snmprec:1", "does not fit"},
        {"octet too large", "1.3|64|1.2.3.256", "a.snmprec:1", "does not fit"},
        {"address empty", "1.3|64|", "a.snmprec:1", "does not fit"},
        {"counter under the tag of an address", "1.3|40|1338688602",
         "a.snmprec:1", "does not fit"},
    };
    struct snmprec *r = malloc(sizeof *r);
    struct varbind vb;

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct complaint why = {0};

        print_message("%s\n", cases[i].name);
        assert_int_equal(read_one(cases[i].text, r, &vb, &why), -EINVAL);
        assert_string_equal(why.place, cases[i].place);
        assert_non_null(strstr(why.what, cases[i].what));
        assert_int_equal(vb.name.len, 0);
    }
    free(r);
}

static void reading_goes_on_behind_a_fault(void **state)
{
    (void)state;
    struct snmprec *r = malloc(sizeof *r);
    struct varbind vb;

    snmprec_init(r, "a", bytes_of_text("1.3.1|2|1\nnonsense\n1.3.2|2|2\n"));
    assert_int_equal(snmprec_next(r, &vb, NULL), 1);
    assert_int_equal(snmprec_next(r, &vb, NULL), -EINVAL);
    assert_int_equal(snmprec_next(r, &vb, NULL), 1);
    assert_int_equal(vb.value.integer, 2);
    assert_int_equal(snmprec_next(r, &vb, NULL), 0);
    assert_int_equal(snmprec_next(r, &vb, NULL), 0);
    free(r);
}

static const char unsorted[] = "1.3.6.1.9|2|9\n"
                               "1.3.6.1.10|2|10\n"
                               "1.3.6.1.2.1|2|21\n"
                               "1.3.6.1.9|2|99\n"
                               "bad line\n"
                               "1.3.6.1.2|2|2\n";

static void recordings_are_put_in_order(void **state)
{
    (void)state;
    static const int64_t expected[] = {2, 21, 9, 10}; /* 9: the first of two */
    struct complaint first = {0};
    size_t bad;
    OWNED(recording_free)
    struct recording *r =
        recording_read("a.snmprec", bytes_of_text(unsorted), &bad, &first);
    struct spot at;
    struct value value;

    assert_int_equal(bad, 1);
    assert_string_equal(first.place, "a.snmprec:5");
    assert_int_equal(recording_count(r), COUNT_OF(expected));
    bool more = recording_after(r, OID(1, 3), &at, &value);

    for (size_t i = 0; i < COUNT_OF(expected); i++) {
        assert_true(more);
        assert_int_equal(value.integer, expected[i]);
        more = recording_next(r, &at, &value);
    }
    assert_false(more);
    assert_true(recording_after(r, OID(1, 3, 6, 1, 2, 1), &at, &value));
    assert_int_equal(value.integer, 9);
}

static void recordings_are_asked(void **state)
{
    (void)state;
    OWNED(recording_free)
    struct recording *r = recording_read(
        "a", bytes_of_text("1.3.6.1.2.1.5|2|5\n1.3.6.1.4.1.1|6|1.3.6\n"), NULL,
        NULL);
    struct spot at;
    struct value value;
    bool has_object;

    assert_true(
        recording_find(r, OID(1, 3, 6, 1, 4, 1, 1), &at, &value, &has_object));
    assert_int_equal(value.type, VALUE_OID);
    assert_int_equal(value.oid.len, 3);
    assert_false(
        recording_find(r, OID(1, 3, 6, 1, 2, 1, 6), &at, &value, &has_object));
    assert_true(has_object);
    assert_false(
        recording_find(r, OID(1, 3, 6, 1, 9, 1, 6), &at, &value, &has_object));
    assert_false(has_object);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_are_believed),
        cmocka_unit_test(lines_are_refused_with_place_and_reason),
        cmocka_unit_test(reading_goes_on_behind_a_fault),
        cmocka_unit_test(recordings_are_put_in_order),
        cmocka_unit_test(recordings_are_asked),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
