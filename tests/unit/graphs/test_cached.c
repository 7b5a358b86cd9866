/* What is said to rrdcached, and what is made of its answers, in whatever
 * pieces they come. */
#include "graphs/cached.h"

#include "base/mem.h"

#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void sample_has_its_form(void **state)
{
    (void)state;
    struct buffer OWNED_BUFFER out = {0};
    double values[] = {0,   1.5, (double)NAN, (double)INFINITY, 123456789012.0,
                       1e-9};

    cached_sample(cached_second(1700000000007), values, COUNT_OF(values),
                  COUNT_OF(values) + 1, &out);
    assert_string_equal(out.at, " 1700000000:0:1.5:U:U:123456789012:1e-09:U");
    assert_true(out.len < CACHED_SAMPLE_MAX);
}

static void numbers_have_ten_digits_or_are_exact(void **state)
{
    (void)state;
    static const struct {
        double value;
        const char *text;
    } cases[] = {
        {0, "0"},
        {-0.0, "0"},
        {1, "1"},
        {-7, "-7"},
        {0.5, "0.5"},
        {100, "100"},
        {999999999999999, "999999999999999"},
        {1234567890.125, "1234567890"},
        {123456789.0625, "123456789"},
        {12345.678901234, "12345.68"},
        {1.0 / 3, "0.3333333"},
        {-1.0 / 3, "-0.3333333"},
        {0.0123456789012, "0.01234568"},
        {99999.999999999, "100000"},
        {9999999999.7, "10000000000"},
        {0.00012345678901, "0.0001234568"},
        {1e300, "1e+300"},
        {123456789012345678.0, "1.234568e+17"},
        {(double)NAN, "U"},
        {-(double)INFINITY, "U"},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct buffer OWNED_BUFFER out = {0};

        cached_number(cases[i].value, &out);
        print_message("  %.17g\n", cases[i].value);
        assert_string_equal(out.at, cases[i].text);
    }
}

static void numbers_are_read_as_they_were(void **state)
{
    (void)state;
    uint64_t seed = 1;

    for (int i = 0; i < 100000; i++) {
        struct buffer OWNED_BUFFER out = {0};

        seed = seed * 6364136223846793005U + 1442695040888963407U;
        double value = ldexp((double)(seed >> 11), (int)(seed % 90) - 80);
        cached_number(value, &out);
        assert_true(fabs(strtod(out.at, NULL) - value) <= value * 1e-6);
    }
}

static void create_begins_a_step_before_the_sample(void **state)
{
    (void)state;
    static const struct series_keep keep[] = {{60000, 3600000}};
    struct layout l = layout_make(60000, keep, 1);
    struct buffer OWNED_BUFFER out = {0};

    cached_create("a/icmp.rrd", &l, SERIES_ICMP, 1700000060499, &out);
    assert_string_equal(out.at,
                        "CREATE a/icmp.rrd -b 1700000000 -s 60 -O "
                        "DS:rtt_ms:GAUGE:150:0:U DS:loss_percent:GAUGE:150:0:U "
                        "DS:jitter_ms:GAUGE:150:0:U "
                        "RRA:AVERAGE:0.5:1:60\n");
}

static void fetch_has_its_form(void **state)
{
    (void)state;
    struct buffer OWNED_BUFFER out = {0};

    cached_fetch("a/icmp.rrd", true, 100, 200, &out);
    assert_string_equal(out.at, "FETCH a/icmp.rrd MAX 100 200\n");
}

/* All that comes of octets fed in pieces of size, as text. */
static void read_in_pieces(const char *text, size_t size, struct buffer *out)
{
    struct cached_reader r = {0};
    size_t len = strlen(text);

    buffer_add(out, NULL, 0);
    for (size_t at = 0; at < len; at += size) {
        struct bytes in = {(const uint8_t *)text + at,
                           len - at < size ? len - at : size};
        enum cached_event event = CACHED_STATUS;

        while (event == CACHED_STATUS || event == CACHED_LINE) {
            event = cached_read(&r, &in);
            if (event == CACHED_STATUS)
                buffer_format(out, "[%lld %s]", (long long)r.status, r.line);
            else if (event == CACHED_LINE)
                buffer_format(out, "(%s)", r.line);
        }
        if (event == CACHED_BROKEN) {
            buffer_text(out, "broken");
            return;
        }
    }
}

static void replies_are_read_in_any_pieces(void **state)
{
    (void)state;
    static const struct {
        const char *name, *text, *want;
    } cases[] = {
        {"one", "0 errors, enqueued 1 value(s).\n",
         "[0 errors, enqueued 1 value(s).]"},
        {"refused", "-1 No such file: /x\n", "[-1 No such file: /x]"},
        {"batch", "0 Go ahead.\n2 errors\n1 No such file: a\n3 bad\n0 errors\n",
         "[0 Go ahead.][2 errors](1 No such file: a)(3 bad)[0 errors]"},
        {"empty line in a reply", "1 Success\n\n0 PONG\n",
         "[1 Success]()[0 PONG]"},
        {"no status", "hello\n", "broken"},
        {"too many lines", "99999999999999999999 x\n", "broken"},
        {"more lines than are taken", "1000001 x\n", "broken"},
        {"not yet whole", "0 errors", ""},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        print_message("  %s\n", cases[i].name);
        for (size_t size = 1; size <= strlen(cases[i].text); size++) {
            struct buffer OWNED_BUFFER got = {0};
            read_in_pieces(cases[i].text, size, &got);
            assert_string_equal(got.at, cases[i].want);
        }
    }
}

static void endless_line_is_broken(void **state)
{
    (void)state;
    struct buffer OWNED_BUFFER text = {0};
    struct buffer OWNED_BUFFER got = {0};

    for (int i = 0; i < CACHED_LINE_MAX + 10; i++)
        buffer_char(&text, '1');
    read_in_pieces(text.at, 1000, &got);
    assert_string_equal(got.at, "broken");
}

static void failures_are_told_apart(void **state)
{
    (void)state;
    static const struct {
        const char *line;
        int result;
        size_t nth;
        enum cached_failure failure;
    } cases[] = {
        {"1 No such file: /tmp/x.rrd", 0, 1, CACHED_NO_FILE},
        {"12 RRD Error: creating '/tmp/x.rrd': File exists", 0, 12,
         CACHED_EXISTS},
        {"3 illegal attempt to update using time 5 when last update time is 6 "
         "(minimum one second step)",
         0, 3, CACHED_TOO_OLD},
        {"4 Permission denied.", 0, 4, CACHED_REFUSED},
        {"0 x", -EBADMSG, 0, CACHED_REFUSED},
        {"-1 x", -EBADMSG, 0, CACHED_REFUSED},
        {"x", -EBADMSG, 0, CACHED_REFUSED},
        {"99999999999999999999 x", -EBADMSG, 0, CACHED_REFUSED},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        size_t nth = 0;
        enum cached_failure failure = CACHED_REFUSED;

        print_message("  %s\n", cases[i].line);
        assert_int_equal(cached_failure_parse(cases[i].line, &nth, &failure),
                         cases[i].result);
        assert_int_equal(nth, cases[i].nth);
        assert_int_equal(failure, cases[i].failure);
    }
}

static void take_all(struct cached_rows *rows, const char *const *lines,
                     size_t count)
{
    for (size_t i = 0; i < count; i++)
        assert_int_equal(cached_rows_take(rows, lines[i]), 0);
}

static const char *const answer[] = {
    "FlushVersion: 1", "Start: 1000", "End: 1360",
    "Step: 60",        "DSCount: 2",  "DSName: rtt_ms loss_percent",
    "1080: 1.0e+00 0", "1140: 2 0",   "1200: -nan -nan",
    "1260: nan 5",     "1320: 4 10",  "1380: 9 20",
};

static void rows_of_fetch_are_understood(void **state)
{
    (void)state;
    struct cached_rows rows = {0};

    take_all(&rows, answer, COUNT_OF(answer));
    assert_int_equal(rows.step_s, 60);
    assert_int_equal(rows.first_s, 1080);
    assert_int_equal(rows.rows, 6);
    assert_int_equal(rows.columns, 2);
    assert_string_equal(rows.names[1], "loss_percent");
    assert_float_equal(rows.at[2], 2, 1e-9);
    assert_true(isnan(rows.at[4]) && isnan(rows.at[6]));
    assert_float_equal(rows.at[11], 20, 1e-9);
    cached_rows_fini(&rows);
}

static void rows_are_joined_at_multiples(void **state)
{
    (void)state;
    struct cached_rows mean = {0}, high = {0};

    take_all(&mean, answer, COUNT_OF(answer));
    cached_rows_thin(&mean, 180, false);
    assert_int_equal(mean.step_s, 180);
    assert_int_equal(mean.first_s, 1080); /* a multiple of 180 */
    assert_int_equal(mean.rows, 3);
    assert_float_equal(mean.at[0], 1, 1e-9);   /* 1080 alone */
    assert_float_equal(mean.at[2], 2, 1e-9);   /* 1140, 1200 and 1260 */
    assert_float_equal(mean.at[3], 2.5, 1e-9); /* 0 and 5; one unknown */
    assert_float_equal(mean.at[4], 6.5, 1e-9);
    cached_rows_fini(&mean);

    take_all(&high, answer, COUNT_OF(answer));
    cached_rows_thin(&high, 100, true); /* rounded up to 120 */
    assert_int_equal(high.step_s, 120);
    assert_int_equal(high.first_s, 1080);
    assert_int_equal(high.rows, 4);
    assert_float_equal(high.at[2], 2, 1e-9);
    assert_float_equal(high.at[5], 10, 1e-9);
    cached_rows_fini(&high);
}

static void other_lines_are_refused(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "1080: 1", "1080: 1 x", "nothing", "", "Step: many", "DSName: again"};

    for (size_t i = 0; i < COUNT_OF(lines); i++) {
        struct cached_rows rows = {0};

        print_message("  \"%s\"\n", lines[i]);
        take_all(&rows, answer, 6);
        assert_int_equal(cached_rows_take(&rows, lines[i]), -EBADMSG);
        cached_rows_fini(&rows);
    }
    struct cached_rows early = {0};
    assert_int_equal(cached_rows_take(&early, "1080: 1"), -EBADMSG);
    cached_rows_fini(&early);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sample_has_its_form),
        cmocka_unit_test(numbers_have_ten_digits_or_are_exact),
        cmocka_unit_test(numbers_are_read_as_they_were),
        cmocka_unit_test(create_begins_a_step_before_the_sample),
        cmocka_unit_test(fetch_has_its_form),
        cmocka_unit_test(replies_are_read_in_any_pieces),
        cmocka_unit_test(endless_line_is_broken),
        cmocka_unit_test(failures_are_told_apart),
        cmocka_unit_test(rows_of_fetch_are_understood),
        cmocka_unit_test(rows_are_joined_at_multiples),
        cmocka_unit_test(other_lines_are_refused),
    };
    return cmocka_run_group_tests_name("cached", tests, NULL, NULL);
}
