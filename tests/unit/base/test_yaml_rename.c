/* A key of an earlier version is read as the one that it is now. */
#include "base/yaml_rename.h"

#include "base/mem.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

struct renamed_seen {
    size_t count;
    char place[160];
};

static void on_renamed(void *arg, const char *place,
                       const struct yaml_renamed *r)
{
    struct renamed_seen *seen = arg;

    (void)r;
    seen->count++;
    snprintf(seen->place, sizeof seen->place, "%s", place);
}

static void test_renamed(void **state)
{
    static const struct yaml_renamed table[] = {
        {NULL, "collection", NULL, "polling"},
        {"polling", "interval", NULL, "every"},
        {"timers", "poll", "polling", "every"},
        {.was = NULL},
    };
    static const struct {
        const char *text, *value, *place;
        size_t renamed;
    } cases[] = {
        {"polling: {every: 1s}\n", "1s", "", 0},
        {"polling: {interval: 2s}\n", "2s", "f:1:11: polling.interval", 1},
        {"collection:\n  interval: 3s\n", "3s", "f:2:3: polling.interval", 2},
        /* Both: the new one counts. */
        {"polling: {every: 4s, interval: 5s}\n", "4s",
         "f:1:22: polling.interval", 1},
        {"polling: 7\n", NULL, "", 0},
        {"[collection]\n", NULL, "", 0},
        /* To another section: one that is there, or is not yet; alone in its
         * own, which is gone then. */
        {"polling: {rate: 1}\ntimers: {poll: 6s, other: 1}\n", "6s",
         "f:2:10: timers.poll", 1},
        {"timers: {poll: 7s}\n", "7s", "f:1:10: timers.poll", 1},
        {"polling:\ntimers: {poll: 8s}\n", "8s", "f:2:10: timers.poll", 1},
        {"polling: {every: 9s}\ntimers: {poll: 8s}\n", "9s",
         "f:2:10: timers.poll", 1},
        {"polling: 7\ntimers: {poll: 8s}\n", NULL, "", 0},
        {"timers: {}\n", NULL, "", 0},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct renamed_seen seen = {0};
        struct complaint why;
        struct yaml *doc = NULL;

        assert_int_equal(
            yaml_parse("f", cases[i].text, strlen(cases[i].text), &doc, &why),
            0);
        yaml_rename(doc, table, on_renamed, &seen);
        struct yaml_node node =
            yaml_get(yaml_get(yaml_root(doc), "polling"), "every");
        const char *value = yaml_text(node);
        assert_int_equal(seen.count, cases[i].renamed);
        assert_string_equal(seen.place, cases[i].place);
        assert_int_equal(value == NULL, cases[i].value == NULL);
        if (value != NULL)
            assert_string_equal(value, cases[i].value);
        /* A fault of it would name the new path. */
        if (value != NULL && yaml_complain(node, &why, "", "x") < 0)
            assert_non_null(strstr(why.place, ": polling.every"));
        yaml_discard(doc);
    }
}

/* What it leaves behind stays, and a section that has nothing else goes. */
static void test_left_behind(void **state)
{
    static const struct yaml_renamed table[] = {
        {"timers", "poll", "polling", "every"},
        {.was = NULL},
    };
    static const struct {
        const char *text;
        size_t sections, timers;
    } cases[] = {
        {"timers: {poll: 7s}\nname: x\n", 2, 0},
        {"timers: {a: 1, poll: 7s, b: 2}\n", 2, 2},
        {"polling: {every: 1s}\ntimers: {poll: 7s}\n", 1, 0},
        {"timers: {}\n", 1, 0},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct renamed_seen seen = {0};
        struct complaint why;
        struct yaml *doc = NULL;

        assert_int_equal(
            yaml_parse("f", cases[i].text, strlen(cases[i].text), &doc, &why),
            0);
        yaml_rename(doc, table, on_renamed, &seen);
        struct yaml_node timers = yaml_get(yaml_root(doc), "timers");
        assert_int_equal(yaml_count(yaml_root(doc)), cases[i].sections);
        assert_int_equal(yaml_count(timers), cases[i].timers);
        if (cases[i].timers == 2)
            assert_string_equal(yaml_text(yaml_get(timers, "b")), "2");
        yaml_discard(doc);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_renamed),
                                       cmocka_unit_test(test_left_behind)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
