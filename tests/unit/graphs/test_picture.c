/* What rrdtool is asked and told to draw. That it takes all of it is shown
 * where series are drawn. */
#include "graphs/picture.h"
#include "graphs/picture_gap.h"
#include "graphs/picture_legend.h"

#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

enum { FROM_S = 1700000000, DAY_S = 86400 };

/* A picture, asked and drawn. */
struct scene {
    struct graph_templates *set;
    struct picture_plan *plan;
    struct picture_argv *ask, *draw;
    struct buffer words;
};

/* An answer to what is asked: value to each PRINT; of nothing a percentile is 0
 * with rrdtool. */
static void answer(struct scene *s, const char *value)
{
    const char *printed[10000];
    size_t count = 0;
    bool nothing = strcmp(value, "-nan") == 0;

    for (size_t i = 0; i < s->ask->count; i++)
        if (strncmp(s->ask->at[i], "PRINT:", 6) == 0)
            printed[count++] =
                nothing && strstr(s->ask->at[i], "_4:") != NULL ? "0" : value;
    assert_int_equal(picture_take(s->plan, printed, count), 0);
}

static struct scene scene_of(struct picture p, const char *name,
                             const char *value)
{
    struct scene s = {.set = templates_load(NULL, 0, NULL, NULL)};

    p.what = templates_find(s.set, name);
    assert_non_null(p.what);
    if (p.to_s == 0) {
        p.from_s = FROM_S;
        p.to_s = FROM_S + DAY_S;
    }
    struct picture *copy = picture_copy(&p);
    s.plan = picture_plan_new(copy);
    s.ask = picture_ask(s.plan, "/data/rrd/", "unix:/data/s");
    answer(&s, value);
    s.draw = picture_arguments(s.plan, "/data/rrd/", "unix:/data/s");
    picture_describe(s.plan, &s.words);
    picture_free(copy);
    return s;
}

static struct scene scene(const char *name, const char *path)
{
    struct picture_object object = {.path = path};

    return scene_of((struct picture){.objects = &object, .count = 1}, name,
                    "1.5e+00");
}

static void scene_drop(struct scene *s)
{
    picture_plan_free(s->plan);
    picture_argv_free(s->ask);
    picture_argv_free(s->draw);
    templates_free(s->set);
    buffer_fini(&s->words);
}

/* An argument that begins with want, NULL if there is none. */
static const char *find(const struct picture_argv *argv, const char *want)
{
    for (size_t i = 0; i < argv->count; i++)
        if (strncmp(argv->at[i], want, strlen(want)) == 0)
            return argv->at[i];
    return NULL;
}

/* The argument behind an option. */
static const char *after(const struct picture_argv *argv, const char *option)
{
    for (size_t i = 0; i + 1 < argv->count; i++)
        if (strcmp(argv->at[i], option) == 0)
            return argv->at[i + 1];
    return "";
}

static size_t count_of(const struct picture_argv *argv, const char *want)
{
    size_t count = 0;

    for (size_t i = 0; i < argv->count; i++)
        count += strncmp(argv->at[i], want, strlen(want)) == 0;
    return count;
}

static void traffic_is_bits_out_below_zero(void **state)
{
    struct scene s = scene("traffic", "sw1/port-a.rrd");

    (void)state;
    assert_string_equal(s.ask->at[0], "graphv");
    assert_string_equal(after(s.ask, "--daemon"), "unix:/data/s");
    assert_string_equal(after(s.draw, "--imgformat"), "PNG");
    assert_string_equal(after(s.draw, "--start"), "1700000000");
    assert_string_equal(after(s.draw, "--end"), "1700086400");
    assert_non_null(
        find(s.ask, "DEF:r0=/data/rrd/sw1/port-a.rrd:in_octets:AVERAGE"));
    assert_non_null(find(s.ask, "CDEF:v0=r0,8,*"));
    assert_non_null(find(s.ask, "VDEF:f1_4=v1,95,PERCENTNAN"));
    assert_non_null(find(s.draw, "CDEF:d1=v1,-1,*"));
    assert_non_null(find(s.draw, "HRULE:-1.5#C76A0A::dashes"));
    assert_string_equal(after(s.draw, "--lower-limit"), "0");
    /* a total is of octets, not of bits */
    assert_non_null(strstr(s.words.at, "in: last 1.50 bit/s, mean 1.50 bit/s, "
                                       "max 1.50 bit/s, 95 % 1.50 bit/s, total "
                                       "0.19 B\n"));
    scene_drop(&s);
}

static void what_is_not_known_is_told_in_words(void **state)
{
    struct picture_object object = {.path = "sw1/port-a.rrd"};
    struct scene s = scene_of((struct picture){.objects = &object, .count = 1},
                              "traffic", "-nan");

    (void)state;
    assert_non_null(strstr(s.words.at, "in: no data\nout: no data\n"));
    for (size_t i = 0; i < s.draw->count; i++)
        if (strstr(s.draw->at[i], "nan") != NULL ||
            strstr(s.draw->at[i], "inf ") != NULL)
            fail_msg("%s", s.draw->at[i]);
    assert_non_null(find(s.draw, "LINE1.5:d0#0B5B87:in\t  no data\\l"));
    assert_int_equal(count_of(s.draw, "HRULE:"), 1); /* zero alone */
    scene_drop(&s);
}

static void texts_cannot_become_commands(void **state)
{
    struct picture_object objects[] = {
        {.path = "a/sensor-x.rrd", .label = "a:b\\n %s\t\x1b[0m"},
        {.path = "a/sensor-y.rrd", .label = "\xff\xfe"}};
    struct picture_gap gap = {FROM_S, FROM_S + 600, "x:y\n%z"};
    struct scene s = scene_of((struct picture){.objects = objects,
                                               .count = 2,
                                               .title = "a:b\\n %s\n\x01z",
                                               .unit = "%:\\",
                                               .gaps = &gap,
                                               .gap_count = 1},
                              "sensor", "1");

    (void)state;
    assert_string_equal(after(s.draw, "--title"), "a:b\\n %s z");
    assert_string_equal(after(s.draw, "--vertical-label"), "%:\\");
    assert_non_null(find(s.draw, "LINE1:d0#0B5B87:a\\:b\\n %s [0m\t"));
    assert_non_null(find(s.draw, "AREA:none#74797D:x\\:y %z\t  1 gap, 10 min"));
    scene_drop(&s);
}

static void a_path_is_escaped(void **state)
{
    struct graph_templates *set = templates_load(NULL, 0, NULL, NULL);
    struct picture_object object = {.path = "a/cpu-1.rrd"};
    struct picture p = {.what = templates_find(set, "cpu"),
                        .objects = &object,
                        .count = 1,
                        .to_s = DAY_S};
    struct picture_plan *plan = picture_plan_new(&p);
    struct picture_argv *argv = picture_ask(plan, "/d:1/", NULL);

    (void)state;
    assert_non_null(find(argv, "DEF:r0=/d\\:1/a/cpu-1.rrd:usage_percent:"));
    assert_string_equal(after(argv, "--daemon"), "");
    picture_argv_free(argv);
    picture_plan_free(plan);
    templates_free(set);
}

static void sizes_are_bounded(void **state)
{
    struct picture_object object = {.path = "a/cpu-1.rrd"};
    struct scene s = scene_of((struct picture){.objects = &object,
                                               .count = 1,
                                               .width = 1000000,
                                               .height = 1000000},
                              "cpu", "1");

    (void)state;
    assert_string_equal(after(s.draw, "--width"), "4000");
    assert_string_equal(after(s.draw, "--height"), "2000");
    assert_string_equal(after(s.draw, "--upper-limit"), "100");
    scene_drop(&s);
    s = scene_of((struct picture){.objects = &object, .count = 1, .width = 100},
                 "cpu", "1");
    assert_non_null(find(s.draw, "--no-legend"));
    scene_drop(&s);
}

/* Labels of an axis differ though the values hardly do. */
static void axes_fit_what_is_flat_or_small(void **state)
{
    struct scene s = scene("sensor", "a/sensor-1.rrd");

    (void)state;
    assert_string_equal(after(s.draw, "--lower-limit"), "1.425");
    assert_string_equal(after(s.draw, "--upper-limit"), "1.575");
    scene_drop(&s);
    struct picture_object object = {.path = "a/port-1.rrd"};
    s = scene_of((struct picture){.objects = &object, .count = 1}, "errors",
                 "0.002");
    assert_string_equal(after(s.draw, "--left-axis-format"), "%lg");
    assert_string_equal(after(s.draw, "--units-exponent"), "0");
    scene_drop(&s);
    s = scene_of((struct picture){.objects = &object, .count = 1}, "errors",
                 "0");
    assert_string_equal(after(s.draw, "--upper-limit"), "1");
    scene_drop(&s);
}

static void several_objects_share_a_picture(void **state)
{
    struct picture_object objects[] = {
        {.path = "a/port-1.rrd", .label = "a 1"},
        {.path = "b/port-1.rrd", .label = "b 1", .missing = true},
        {.path = "c/port-1.rrd", .label = "c 1"}};
    struct picture p = {.objects = objects, .count = 3};
    struct scene s = scene_of(p, "traffic", "1000");

    (void)state;
    assert_null(find(s.ask, "DEF:r2=")); /* b is not there */
    assert_non_null(find(s.ask, "DEF:r4=/data/rrd/c/port-1.rrd:in_octets:"));
    assert_non_null(find(s.ask, "CDEF:v6=v0,v4,+"));
    assert_non_null(strstr(s.words.at, "b 1 in: no data\n"));
    assert_non_null(strstr(s.words.at, "sum out: last 1.00 kbit/s"));
    assert_non_null(strstr(s.words.at, "a 1 out: last 1.00 kbit/s, mean 1.00 "
                                       "kbit/s, max 1.00 kbit/s, 95 % 1.00 "
                                       "kbit/s, total 125 B\n"));
    assert_non_null(strstr(s.words.at, "total 250 B"));
    assert_null(find(s.draw, "AREA:d0"));
    scene_drop(&s);

    p.stacked = true;
    s = scene_of(p, "traffic", "1000");
    assert_non_null(find(s.draw, "AREA:d0#0B5B87B3:a 1 in"));
    assert_int_equal(count_of(s.draw, "AREA:d"), 4);
    size_t stacked = 0;
    for (size_t i = 0; i < s.draw->count; i++)
        stacked += strstr(s.draw->at[i], ":STACK") != NULL;
    assert_int_equal(stacked, 2); /* on in, and on out */
    scene_drop(&s);
}

static void many_objects_are_told_by_their_mean(void **state)
{
    enum { MANY = 40 };
    struct picture_object objects[MANY];

    (void)state;
    for (size_t i = 0; i < MANY; i++)
        objects[i] =
            (struct picture_object){.path = "a/cpu-1.rrd", .label = "core"};
    struct scene s = scene_of(
        (struct picture){.objects = objects, .count = MANY}, "cpu", "5");
    assert_int_equal(count_of(s.draw, "LINE1:d"), 8);
    assert_int_equal(count_of(s.draw, "LINE2.5:v40"), 1);
    assert_non_null(find(s.draw, "COMMENT:   32 more"));
    scene_drop(&s);

    /* a stack ends at the sum */
    s = scene_of(
        (struct picture){.objects = objects, .count = MANY, .stacked = true},
        "traffic", "5");
    assert_int_equal(count_of(s.draw, "AREA:d"), 10);
    assert_non_null(find(s.draw, "AREA:others0"));
    assert_non_null(find(s.draw, "AREA:others1"));
    assert_non_null(strstr(find(s.draw, "CDEF:others0="), ",v78,ADDNAN,1,*"));
    scene_drop(&s);
}

static void what_a_file_lacks_is_not_asked(void **state)
{
    struct picture_object object = {.path = "a/icmp.rrd"};
    struct picture p = {.objects = &object,
                        .count = 1,
                        .from_s = FROM_S,
                        .to_s = FROM_S + 30 * DAY_S};
    struct scene s = scene_of(p, "icmp", "1");

    (void)state;
    assert_non_null(find(s.ask, "DEF:r1=/data/rrd/a/icmp.rrd:jitter_ms:"));
    assert_non_null(find(s.ask, "DEF:k0=/data/rrd/a/icmp.rrd:rtt_ms:MAX"));
    scene_drop(&s);
    p.lacks = PICTURE_LACKS_OPTIONAL | PICTURE_LACKS_PEAKS;
    s = scene_of(p, "icmp", "1");
    for (size_t i = 0; i < s.ask->count; i++)
        if (strstr(s.ask->at[i], "jitter") != NULL ||
            strstr(s.ask->at[i], ":MAX") != NULL)
            fail_msg("%s", s.ask->at[i]);
    assert_non_null(strstr(s.words.at, "loss: last 1.00 %"));
    scene_drop(&s);
}

static void answers_that_do_not_fit_are_refused(void **state)
{
    static const char *const few[] = {"1", "2"};
    static const char *const words[] = {"1", "2", "3", "4", "5", "x"};
    static const char *const many[] = {"1", "2", "3", "4", "5", "6", "7"};
    struct graph_templates *set = templates_load(NULL, 0, NULL, NULL);
    struct picture_object object = {.path = "a/cpu-1.rrd"};
    struct picture p = {.what = templates_find(set, "cpu"),
                        .objects = &object,
                        .count = 1,
                        .to_s = DAY_S};
    struct picture_plan *plan = picture_plan_new(&p);

    (void)state;
    assert_int_equal(picture_take(plan, few, COUNT_OF(few)), -EBADMSG);
    assert_int_equal(picture_take(plan, words, COUNT_OF(words)), -EBADMSG);
    assert_int_equal(picture_take(plan, many, COUNT_OF(many)), -EBADMSG);
    picture_plan_free(plan);
    templates_free(set);
}

/* ---- gaps ---- */

static void gaps_are_bands_with_their_reasons(void **state)
{
    struct picture_object object = {.path = "a/port-1.rrd"};
    struct picture_gap gaps[] = {
        {FROM_S + 5000, FROM_S + 5600, "timeout"},
        {FROM_S - 600, FROM_S + 600, "maintenance"},
        {FROM_S + 1000, FROM_S + 1600, "timeout"},
        {FROM_S + DAY_S, FROM_S + 2 * DAY_S, "reset"},
    };
    struct scene s = scene_of((struct picture){.objects = &object,
                                               .count = 1,
                                               .gaps = gaps,
                                               .gap_count = COUNT_OF(gaps)},
                              "traffic", "1");

    (void)state;
    assert_non_null(strstr(s.words.at, "maintenance: 1 gap, 10 min\n"
                                       "timeout: 2 gaps, 20 min\n"));
    assert_null(strstr(s.words.at, "reset"));
    const char *band = find(s.draw, "CDEF:b1=");
    assert_non_null(strstr(band, "TIME,1700001000,GT,TIME,STEPWIDTH,-,"
                                 "1700001600,LT,*"));
    assert_non_null(find(s.draw, "AREA:bb1#74083F"));
    scene_drop(&s);
}

static void too_many_gaps_join_their_neighbors(void **state)
{
    enum { MANY = 2000 };
    struct picture_gap *gaps = mem_array(MANY, sizeof *gaps);
    struct picture p = {.from_s = FROM_S,
                        .to_s = FROM_S + 100 * MANY,
                        .gaps = gaps,
                        .gap_count = MANY};
    struct bands b;

    (void)state;
    for (int i = 0; i < MANY; i++)
        gaps[i] = (struct picture_gap){FROM_S + 100 * i, FROM_S + 100 * i + 10,
                                       i % 2 == 0 ? "timeout" : "reset"};
    bands_make(&p, &b);
    assert_in_range(b.count, 2, BANDS_MAX);
    assert_int_equal(b.reason_count, 2);
    assert_int_equal(b.reasons[0].count, MANY / 2);
    assert_int_equal(b.reasons[0].total_s, MANY / 2 * 10);
    free(gaps);
}

static void many_reasons_are_others(void **state)
{
    static const char *const names[] = {"a", "b", "c", "d", "e", "f", "g", "h"};
    struct picture_gap gaps[COUNT_OF(names)];
    struct picture p = {
        .to_s = 1000, .gaps = gaps, .gap_count = COUNT_OF(names)};
    struct bands b;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(names); i++)
        gaps[i] = (struct picture_gap){(int64_t)i * 100, (int64_t)i * 100 + 10,
                                       names[i]};
    bands_make(&p, &b);
    assert_int_equal(b.reason_count, REASONS_MAX);
    assert_string_equal(b.reasons[REASONS_MAX - 1].name, "other reasons");
    assert_int_equal(b.reasons[REASONS_MAX - 1].count, 3);
}

/* ---- legend ---- */

static void figures_stand_in_columns(void **state)
{
    static const struct {
        double value;
        enum template_prefixes prefixes;
        const char *unit, *want;
    } cases[] = {
        {0, PREFIXES_1000, "bit/s", "     0 bit/s "},
        {1.5, PREFIXES_1000, "bit/s", "  1.50 bit/s "},
        {12345, PREFIXES_1000, "bit/s", "  12.3 kbit/s"},
        {999960, PREFIXES_1000, "bit/s", "  1.00 Mbit/s"},
        {-2.5e9, PREFIXES_1000, "bit/s", " -2.50 Gbit/s"},
        {1536, PREFIXES_1024, "B", "  1.50 KiB"},
        {1e30, PREFIXES_1000, "", " 1e+12 E"},
        {0.0042, PREFIXES_NONE, "ms", " 0.004 ms"},
        {0.00042, PREFIXES_NONE, "ms", "0.0004 ms"},
        {0.00003, PREFIXES_NONE, "ms", " 3e-05 ms"},
        {42.15, PREFIXES_NONE, "°C", "  42.1 °C"},
        {(double)NAN, PREFIXES_1000, "B", "     -   "},
        {7, PREFIXES_NONE, "", "  7.00"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        OWNED_BUFFER struct buffer text = {0};

        legend_figure(cases[i].value, cases[i].prefixes, cases[i].unit, &text);
        if (strcmp(text.at, cases[i].want) != 0)
            fail_msg("\"%s\", not \"%s\"", text.at, cases[i].want);
        buffer_char(&text, '|'); /* behind the blanks */
        assert_int_equal(legend_cells(text.at) - 1,
                         legend_width(cases[i].prefixes, cases[i].unit));
    }
}

static void labels_are_cut_at_a_character(void **state)
{
    static const struct {
        const char *text;
        size_t max;
        const char *want;
    } cases[] = {
        {"core-1", 6, "core-1"},     {"core-10", 6, "core-…"},
        {"測試設備", 8, "測試設備"}, {"測試設備", 7, "測試設…"},
        {"測試設備", 6, "測試…"},    {"", 6, ""},
        {"a\tb\x07", 6, "a b"},      {"abc", 0, "…"},
        {"\xe6\xb8", 6, "æ¸"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        OWNED_BUFFER struct buffer text = {0};

        legend_text(cases[i].text, cases[i].max, &text);
        if (strcmp(text.at, cases[i].want) != 0)
            fail_msg("\"%s\", not \"%s\"", text.at, cases[i].want);
    }
    assert_int_equal(legend_cells("測試 x"), 6);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(traffic_is_bits_out_below_zero),
        cmocka_unit_test(what_is_not_known_is_told_in_words),
        cmocka_unit_test(texts_cannot_become_commands),
        cmocka_unit_test(a_path_is_escaped),
        cmocka_unit_test(sizes_are_bounded),
        cmocka_unit_test(axes_fit_what_is_flat_or_small),
        cmocka_unit_test(several_objects_share_a_picture),
        cmocka_unit_test(many_objects_are_told_by_their_mean),
        cmocka_unit_test(what_a_file_lacks_is_not_asked),
        cmocka_unit_test(answers_that_do_not_fit_are_refused),
        cmocka_unit_test(gaps_are_bands_with_their_reasons),
        cmocka_unit_test(too_many_gaps_join_their_neighbors),
        cmocka_unit_test(many_reasons_are_others),
        cmocka_unit_test(figures_stand_in_columns),
        cmocka_unit_test(labels_are_cut_at_a_character),
    };
    return cmocka_run_group_tests_name("picture", tests, NULL, NULL);
}
