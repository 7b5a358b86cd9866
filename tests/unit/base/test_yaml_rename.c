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
        {NULL, "collection", "polling"},
        {"polling", "interval", "every"},
        {.was = NULL},
    };
    static const struct {
        const char *text, *value, *place;
        size_t renamed;
    } cases[] = {
        {"polling: {every: 1s}\n", "1s", "", 0},
        {"polling: {interval: 2s}\n", "2s", "f:1:11: polling.interval", 1},
        {"collection:\n  interval: 3s\n", "3s", "f:2:3: polling.interval", 2},
        /* Both: the old one stays, to be told as unknown. */
        {"polling: {every: 4s, interval: 5s}\n", "4s", "", 0},
        {"polling: 7\n", NULL, "", 0},
        {"[collection]\n", NULL, "", 0},
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
        const char *value =
            yaml_text(yaml_get(yaml_get(yaml_root(doc), "polling"), "every"));
        assert_int_equal(seen.count, cases[i].renamed);
        assert_string_equal(seen.place, cases[i].place);
        assert_int_equal(value == NULL, cases[i].value == NULL);
        if (value != NULL)
            assert_string_equal(value, cases[i].value);
        yaml_discard(doc);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_renamed)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
