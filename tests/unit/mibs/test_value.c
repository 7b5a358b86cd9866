/* Values: numbers wherever an agent hides them, and text that harms nobody. */
#include "mibs/value.h"

#include "base/mem.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define OCTETS(tag, text)                                                     \
    {                                                                         \
        .type = (tag), .octets = {(const uint8_t *)(text), sizeof(text) - 1 } \
    }

static void numbers_are_found(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        struct value v;
        double want; /* NaN: none */
    } cases[] = {
        {"integer", {.type = VALUE_INTEGER, .integer = -5}, -5},
        {"gauge", {.type = VALUE_GAUGE32, .number = 4294967295u}, 4294967295.0},
        {"counter64",
         {.type = VALUE_COUNTER64, .number = 1ull << 40},
         1099511627776.0},
        {"text", OCTETS(VALUE_OCTETS, "42"), 42},
        {"text with unit", OCTETS(VALUE_OCTETS, "30.09 mA normal"), 30.09},
        {"percent", OCTETS(VALUE_OCTETS, " 7%"), 7},
        {"negative", OCTETS(VALUE_OCTETS, "-4.5 dBm"), -4.5},
        {"word", OCTETS(VALUE_OCTETS, "normal"), (double)NAN},
        {"infinity is a word", OCTETS(VALUE_OCTETS, "inf"), (double)NAN},
        {"overflow", OCTETS(VALUE_OCTETS, "1e999"), (double)NAN},
        {"empty", OCTETS(VALUE_OCTETS, ""), (double)NAN},
        {"long digits",
         OCTETS(VALUE_OCTETS, "1000000000000000000000000000000000000000000000"
                              "0000000000000000000000"),
         1e46},
        {"opaque float", OCTETS(VALUE_OPAQUE, "\x9f\x78\x04\x3f\x80\x00\x00"),
         1},
        {"opaque double",
         OCTETS(VALUE_OPAQUE, "\x9f\x79\x08\x40\x09\0\0\0\0\0\0"), 3.125},
        {"opaque NaN", OCTETS(VALUE_OPAQUE, "\x9f\x78\x04\x7f\xc0\x00\x00"),
         (double)NAN},
        {"opaque cut", OCTETS(VALUE_OPAQUE, "\x9f\x78\x04\x3f\x80\x00"),
         (double)NAN},
        {"opaque of other type",
         OCTETS(VALUE_OPAQUE, "\x9f\x77\x04\x3f\x80\x00\x00"), (double)NAN},
        {"opaque float of wrong length",
         OCTETS(VALUE_OPAQUE, "\x9f\x78\x02\x3f\x80"), (double)NAN},
        {"oid", {.type = VALUE_OID}, (double)NAN},
        {"none", {.type = VALUE_NONE}, (double)NAN},
        {"no instance", {.type = VALUE_NO_INSTANCE}, (double)NAN},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        double got = 99;
        bool found = value_number(&cases[i].v, &got);

        print_message("%s\n", cases[i].name);
        assert_true(found == !isnan(cases[i].want));
        assert_true(fabs(got - (found ? cases[i].want : 0)) <=
                    1e-6 * fabs(got));
    }
}

static void integers_keep_their_sign_and_size(void **state)
{
    (void)state;
    struct value minus = {.type = VALUE_INTEGER, .integer = -1};
    struct value large = {.type = VALUE_COUNTER64, .number = UINT64_MAX};
    struct value text = OCTETS(VALUE_OCTETS, "7");

    assert_int_equal(value_integer(&minus, 9), -1);
    assert_int_equal(value_unsigned(&minus, 9), 9);
    assert_true(value_unsigned(&large, 9) == UINT64_MAX);
    assert_true(value_integer(&large, 9) == INT64_MAX);
    assert_int_equal(value_integer(&text, 9), 9);
    assert_int_equal(value_unsigned(&text, 9), 9);
}

static void exceptions_are_not_values(void **state)
{
    (void)state;
    static const uint8_t absent[] = {VALUE_NONE, VALUE_NULL, VALUE_NO_OBJECT,
                                     VALUE_NO_INSTANCE, VALUE_END_OF_VIEW};
    struct value v = {.type = VALUE_INTEGER};

    assert_true(value_exists(&v));
    for (size_t i = 0; i < COUNT_OF(absent); i++) {
        v.type = absent[i];
        assert_false(value_exists(&v));
    }
}

static void texts_are_safe(void **state)
{
    (void)state;
    static const uint32_t sub[] = {1, 3, 6};
    static const struct {
        const char *name;
        struct value v;
        const char *want;
    } cases[] = {
        {"text", OCTETS(VALUE_OCTETS, "eth0"), "eth0"},
        {"UTF-8", OCTETS(VALUE_OCTETS, "\xe6\x9d\xb1"), "\xe6\x9d\xb1"},
        {"Latin-1", OCTETS(VALUE_OCTETS, "M\xfcnchen"), "M\xc3\xbcnchen"},
        {"NUL at the end", OCTETS(VALUE_OCTETS, "eth0\0"), "eth0"},
        {"lines", OCTETS(VALUE_OCTETS, "a\r\nb"), "a b"},
        {"octets", OCTETS(VALUE_OCTETS, "\x00\x1b\x02"), "00 1b 02"},
        {"address", OCTETS(VALUE_IP, "\xc0\x00\x02\x01"), "192.0.2.1"},
        {"bad address", OCTETS(VALUE_IP, "\xc0\x00"), "c0 00"},
        {"opaque", OCTETS(VALUE_OPAQUE, "\x9f\x78\x04\x40\x20\x00\x00"), "2.5"},
        {"integer", {.type = VALUE_INTEGER, .integer = -7}, "-7"},
        {"ticks", {.type = VALUE_TICKS, .number = 4294967295u}, "4294967295"},
        {"oid", {.type = VALUE_OID, .oid = {sub, 3}}, "1.3.6"},
        {"unknown tag", {.type = 0x99}, ""},
        {"nothing", {.type = VALUE_NO_OBJECT}, ""},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct buffer OWNED_BUFFER out = {0};

        print_message("%s\n", cases[i].name);
        buffer_text(&out, "");
        value_text(&cases[i].v, NULL, &out);
        assert_string_equal(out.len > 0 ? out.at : "", cases[i].want);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_found),
        cmocka_unit_test(integers_keep_their_sign_and_size),
        cmocka_unit_test(exceptions_are_not_values),
        cmocka_unit_test(texts_are_safe),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
