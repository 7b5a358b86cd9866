/* The arguments of a picture. That rrdtool takes them all is shown where series
 * are drawn. */
#include "graphs/picture.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static bool has(const struct picture_argv *argv, const char *want)
{
    for (size_t i = 0; argv->at[i] != NULL; i++)
        if (strcmp(argv->at[i], want) == 0)
            return true;
    return false;
}

/* The argument behind an option. */
static const char *after(const struct picture_argv *argv, const char *option)
{
    for (size_t i = 0; argv->at[i] != NULL; i++)
        if (strcmp(argv->at[i], option) == 0)
            return argv->at[i + 1];
    return "";
}

static void traffic_is_bits_out_below_zero(void **state)
{
    (void)state;
    struct picture p = {.kind = PICTURE_TRAFFIC,
                        .path = "sw1/port-a.rrd",
                        .title = "sw1 a",
                        .from_s = 100,
                        .to_s = 200};
    OWNED(picture_argv_free)
    struct picture_argv *argv =
        picture_arguments(&p, "/data/rrd/", "unix:/data/s");

    assert_string_equal(argv->at[0], "rrdtool");
    assert_string_equal(argv->at[1], "graph");
    assert_string_equal(argv->at[2], "-");
    assert_null(argv->at[argv->count - 1]);
    assert_string_equal(after(argv, "--daemon"), "unix:/data/s");
    assert_string_equal(after(argv, "--imgformat"), "PNG");
    assert_string_equal(after(argv, "--start"), "100");
    assert_string_equal(after(argv, "--end"), "200");
    assert_string_equal(after(argv, "--title"), "sw1 a");
    assert_true(has(argv, "DEF:r0=/data/rrd/sw1/port-a.rrd:in_octets:AVERAGE"));
    assert_true(has(argv, "CDEF:v0=r0,8,*"));
    assert_true(has(argv, "CDEF:d1=v1,-1,*"));
    assert_true(has(argv, "VDEF:p1=v1,95,PERCENTNAN"));
}

static void texts_cannot_become_commands(void **state)
{
    (void)state;
    struct picture p = {.kind = PICTURE_SENSOR,
                        .path = "a/sensor-x.rrd",
                        .title = "a:b\\n %s",
                        .unit = "%:\\"};
    OWNED(picture_argv_free)
    struct picture_argv *argv = picture_arguments(&p, "/d:1/", NULL);

    assert_string_equal(after(argv, "--title"), "a:b\\n %s");
    assert_string_equal(after(argv, "--vertical-label"), "%:\\");
    assert_false(has(argv, "--daemon"));
    assert_true(has(argv, "DEF:r0=/d\\:1/a/sensor-x.rrd:value:AVERAGE"));
    assert_true(has(argv, "GPRINT:l0:%8.2lf %%\\:\\\\ now "));
}

static void sizes_are_bounded(void **state)
{
    (void)state;
    struct picture p = {.kind = PICTURE_CPU,
                        .path = "a/cpu-1.rrd",
                        .width = 1000000,
                        .height = 1000000};
    OWNED(picture_argv_free)
    struct picture_argv *argv = picture_arguments(&p, "", NULL);

    assert_string_equal(after(argv, "--width"), "4000");
    assert_string_equal(after(argv, "--height"), "2000");
    assert_string_equal(after(argv, "--upper-limit"), "100");
}

static void kinds_have_names(void **state)
{
    (void)state;
    enum picture_kind kind;

    for (int k = 0; k < PICTURE_KINDS; k++) {
        const char *name = picture_kind_name((enum picture_kind)k);
        assert_int_equal(picture_kind_parse(name, &kind), 0);
        assert_int_equal(kind, k);
    }
    assert_int_equal(picture_kind_parse("nonsense", &kind), -EINVAL);
    assert_int_equal(picture_group(PICTURE_DISCARDS), SERIES_PORT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(traffic_is_bits_out_below_zero),
        cmocka_unit_test(texts_cannot_become_commands),
        cmocka_unit_test(sizes_are_bounded),
        cmocka_unit_test(kinds_have_names),
    };
    return cmocka_run_group_tests_name("picture", tests, NULL, NULL);
}
