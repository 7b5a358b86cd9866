/* The layout of RRD files: archives, sizes, names. */
#include "graphs/layout.h"

#include "base/mem.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

enum { MINUTE = 60000, HOUR = 3600000, DAY = 86400000 };

static const struct series_keep usual[] = {{MINUTE, DAY},
                                           {5 * MINUTE, 7LL * DAY},
                                           {30 * MINUTE, 30LL * DAY},
                                           {6LL * HOUR, 730LL * DAY}};

static void archives_follow_what_is_kept(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        int64_t step_ms;
        struct series_keep keep[4];
        size_t keep_count;
        const char *want; /* points x rows, + with MAX */
    } cases[] = {
        {"usual",
         MINUTE,
         {{MINUTE, DAY},
          {5 * MINUTE, 7LL * DAY},
          {30 * MINUTE, 30LL * DAY},
          {6LL * HOUR, 730LL * DAY}},
         4,
         "1x1440 5x2016 30x1440+ 360x2920+ "},
        {"samples every 10 s", 10000, {{MINUTE, DAY}}, 1, "6x1440+ "},
        {"samples every 5 min",
         5 * MINUTE,
         {{MINUTE, DAY}, {5 * MINUTE, 7LL * DAY}, {30 * MINUTE, 30LL * DAY}},
         3,
         "1x2016 6x1440+ "},
        {"coarse first",
         MINUTE,
         {{HOUR, DAY}, {MINUTE, HOUR}},
         2,
         "1x60 60x24+ "},
        {"span shorter than a row", MINUTE, {{HOUR, MINUTE}}, 1, "60x1+ "},
        {"a step below a second", 100, {{1000, 10000}}, 1, "1x10 "},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct buffer OWNED_BUFFER got = {0};
        struct layout l =
            layout_make(cases[i].step_ms, cases[i].keep, cases[i].keep_count);

        print_message("  %s\n", cases[i].name);
        for (size_t a = 0; a < l.count; a++)
            buffer_format(&got, "%ux%u%s ", l.archives[a].points,
                          l.archives[a].rows, l.archives[a].max ? "+" : "");
        assert_string_equal(got.at, cases[i].want);
    }
}

static void heartbeat_bears_one_poll_that_is_missed(void **state)
{
    (void)state;
    static const int64_t steps_s[] = {1, 5, 10, 60, 300};

    for (size_t i = 0; i < COUNT_OF(steps_s); i++) {
        struct layout l = layout_make(steps_s[i] * 1000, usual, 4);
        assert_int_equal(l.step_s, steps_s[i]);
        assert_true(l.heartbeat_s >= 2 * steps_s[i] + 5);
        assert_true(l.heartbeat_s < 3 * steps_s[i] || steps_s[i] <= 5);
    }
}

static void every_group_has_its_sources(void **state)
{
    (void)state;
    static const char *const port[] = {
        "in_octets", "out_octets", "in_ucast",    "out_ucast",
        "in_mcast",  "out_mcast",  "in_bcast",    "out_bcast",
        "in_errors", "out_errors", "in_discards", "out_discards"};
    enum series_group group;

    assert_int_equal(series_group_values(SERIES_PORT), COUNT_OF(port));
    for (size_t i = 0; i < COUNT_OF(port); i++)
        assert_string_equal(series_group_value(SERIES_PORT, i), port[i]);
    assert_string_equal(series_group_value(SERIES_ICMP, 0), "rtt_ms");
    assert_string_equal(series_group_value(SERIES_ICMP, 1), "loss_percent");
    assert_string_equal(series_group_value(SERIES_ICMP, 2), "jitter_ms");
    for (int g = 0; g < SERIES_GROUPS; g++) {
        const char *name = series_group_name((enum series_group)g);
        assert_int_equal(series_group_parse(name, &group), 0);
        assert_int_equal(group, g);
        assert_true(series_group_values(group) <= SERIES_VALUES_MAX);
    }
    assert_int_equal(series_group_parse("ports", &group), -EINVAL);
}

static void files_have_names_for_life(void **state)
{
    (void)state;
    static const struct {
        const char *device, *object, *want;
        enum series_group group;
    } cases[] = {
        {"sw1", "Gi0/1", "sw1/port-Gi0%2F1.rrd", SERIES_PORT},
        {"sw1", "", "sw1/icmp.rrd", SERIES_ICMP},
        {"sw1", NULL, "sw1/icmp.rrd", SERIES_ICMP},
        {"..", "..", "%2E./cpu-...rrd", SERIES_CPU},
        {"a b", "temperature-1.2", "a%20b/sensor-temperature-1.2.rrd",
         SERIES_SENSOR},
        {"\xe6\xb8\xac", "x\ny", "%E6%B8%AC/memory-x%0Ay.rrd", SERIES_MEMORY},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct buffer OWNED_BUFFER path = {0};

        layout_path(cases[i].device, cases[i].group, cases[i].object, &path);
        assert_string_equal(path.at, cases[i].want);
        assert_true(layout_path_is_ours(path.at));
    }
}

static void long_names_stay_apart(void **state)
{
    (void)state;
    struct buffer OWNED_BUFFER one = {0};
    struct buffer OWNED_BUFFER two = {0};
    char name[600];

    memset(name, '/', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    layout_path(name, SERIES_PORT, name, &one);
    name[sizeof name - 2] = 'x';
    layout_path(name, SERIES_PORT, name, &two);
    assert_true(one.len < LAYOUT_PATH_MAX && two.len < LAYOUT_PATH_MAX);
    assert_true(layout_path_is_ours(one.at) && layout_path_is_ours(two.at));
    assert_string_not_equal(one.at, two.at);
    assert_true(strcspn(one.at, "/") <= 255);
}

static void other_paths_are_not_ours(void **state)
{
    (void)state;
    static const char *const paths[] = {
        "",     "a",      "/a/b",  "a/",        "a/b/c", "../b",
        "a/.b", "a//b",   "a b/c", "a/b:",      "a/b\n", ".a/b",
        "a/..", "a\\b/c", "a/b\t", "a/\xc3\xa9"};

    for (size_t i = 0; i < COUNT_OF(paths); i++) {
        print_message("  \"%s\"\n", paths[i]);
        assert_false(layout_path_is_ours(paths[i]));
    }
}

/* The size that is foretold is that of a file that rrdtool makes, and what a
 * port takes by default is promised. */
static void size_is_foretold(void **state)
{
    (void)state;
    enum { PORT_OCTETS_MAX = 1300000 };
    char path[] = "/tmp/portolan-layout-XXXXXX";
    struct layout l = layout_make(MINUTE, usual, COUNT_OF(usual));
    int fd = mkstemp(path);

    assert_true(fd >= 0);
    close(fd);
    for (int group = 0; group < SERIES_GROUPS; group++) {
        struct buffer OWNED_BUFFER command = {0};
        struct stat about;

        unlink(path);
        buffer_format(&command, "rrdtool create %s", path);
        layout_create(&l, (enum series_group)group, 1700000000, &command);
        assert_int_equal(system(command.at), 0);
        assert_int_equal(stat(path, &about), 0);
        uint64_t told = layout_size(&l, (enum series_group)group);
        print_message("  %s: %llu octets\n",
                      series_group_name((enum series_group)group),
                      (unsigned long long)told);
        assert_true(told * 100 >= (uint64_t)about.st_size * 99);
        assert_true(told * 100 <= (uint64_t)about.st_size * 101);
    }
    unlink(path);
    assert_true(layout_size(&l, SERIES_PORT) <= PORT_OCTETS_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(archives_follow_what_is_kept),
        cmocka_unit_test(heartbeat_bears_one_poll_that_is_missed),
        cmocka_unit_test(every_group_has_its_sources),
        cmocka_unit_test(files_have_names_for_life),
        cmocka_unit_test(long_names_stay_apart),
        cmocka_unit_test(other_paths_are_not_ours),
        cmocka_unit_test(size_is_foretold),
    };
    return cmocka_run_group_tests_name("layout", tests, NULL, NULL);
}
