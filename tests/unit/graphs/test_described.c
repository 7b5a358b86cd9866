/* Files that are laid out otherwise are told from those that are as they should
 * be, and what has to wait for the change is told before. */
#include "graphs/described.h"

#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static const struct series_keep keep[] = {{60000, 3600000}, {300000, 36000000}};

static struct layout layout_of(int64_t step_ms)
{
    return layout_make(step_ms, keep, COUNT_OF(keep));
}

/* What INFO tells of a file of SERIES_CPU. */
static const char *const info[] = {
    "filename 2 /x/cpu-1.rrd",
    "step 1 60",
    "last_update 1 1700000000",
    "ds[usage_percent].index 1 0",
    "ds[usage_percent].type 2 GAUGE",
    "ds[usage_percent].minimal_heartbeat 1 150",
    "ds[usage_percent].last_ds 2 5",
    "rra[0].cf 2 AVERAGE",
    "rra[0].rows 1 60",
    "rra[0].cur_row 1 17",
    "rra[0].pdp_per_row 1 1",
    "rra[0].xff 0 5.0000000000e-01",
    "rra[1].cf 2 AVERAGE",
    "rra[1].rows 1 120",
    "rra[1].pdp_per_row 1 5",
    "rra[2].cf 2 MAX",
    "rra[2].rows 1 120",
    "rra[2].pdp_per_row 1 5",
};

/* Whether the file is the same with line nth as text; NULL: without it. */
static bool same_with(int64_t step_ms, enum series_group group, size_t nth,
                      const char *text)
{
    struct layout l = layout_of(step_ms);
    struct described d = {0};

    described_begin(&d, &l, group);
    for (size_t i = 0; i < COUNT_OF(info); i++) {
        const char *line = i == nth ? text : info[i];

        if (line != NULL)
            described_take(&d, line);
    }
    bool same = described_is_same(&d);
    described_fini(&d);
    return same;
}

static void file_as_it_should_be_is_known(void **state)
{
    (void)state;
    assert_true(same_with(60000, SERIES_CPU, COUNT_OF(info), NULL));
    assert_true(same_with(60000, SERIES_CPU, 2, "last_update 1 1800000000"));
    assert_true(same_with(60000, SERIES_CPU, 9, "rra[0].cur_row 1 3"));
}

static void every_difference_is_seen(void **state)
{
    (void)state;
    static const struct {
        size_t nth;
        const char *text;
    } cases[] = {
        {1, "step 1 30"},
        {3, "ds[load].index 1 0"},
        {5, "ds[usage_percent].minimal_heartbeat 1 120"},
        {7, "rra[0].cf 2 MAX"},
        {8, "rra[0].rows 1 61"},
        {14, "rra[1].pdp_per_row 1 10"},
        {16, NULL},
        {0, "rra[3].rows 1 5"},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        print_message("  %s\n",
                      cases[i].text != NULL ? cases[i].text : "missing");
        assert_false(same_with(60000, SERIES_CPU, cases[i].nth, cases[i].text));
    }
    assert_false(same_with(30000, SERIES_CPU, COUNT_OF(info), NULL));
    assert_false(same_with(60000, SERIES_SENSOR, COUNT_OF(info), NULL));
}

static struct layout_change change(const char *note, int64_t step_ms)
{
    struct layout l = layout_of(step_ms);

    return layout_compare(note, &l);
}

static void note_tells_what_is_to_be_done(void **state)
{
    (void)state;
    struct layout l = layout_of(60000);
    struct buffer OWNED_BUFFER note = {0};

    layout_note(&l, &note);
    assert_false(change(note.at, 60000).any);

    struct layout_change shorter = change(note.at, 30000);
    assert_true(shorter.any && shorter.look[SERIES_PORT]);
    assert_false(shorter.hold[SERIES_PORT]);

    struct layout_change longer = change(note.at, 300000);
    assert_true(longer.look[SERIES_CPU] && longer.hold[SERIES_CPU]);

    struct layout_change none = change(NULL, 60000);
    assert_true(none.look[SERIES_ICMP] && none.hold[SERIES_ICMP]);
    assert_true(change("nonsense", 60000).hold[SERIES_ICMP]);
}

/* An earlier version had one data source less. */
static void group_that_changed_waits_alone(void **state)
{
    (void)state;
    struct layout l = layout_of(60000);
    struct buffer OWNED_BUFFER note = {0};

    layout_note(&l, &note);
    char *loss = strstr(note.at, " loss_percent");
    assert_non_null(loss);
    memmove(loss, loss + strlen(" loss_percent"),
            strlen(loss + strlen(" loss_percent")) + 1);
    struct layout_change gained = change(note.at, 60000);
    for (int group = 0; group < SERIES_GROUPS; group++) {
        assert_int_equal(gained.look[group], group == SERIES_ICMP);
        assert_int_equal(gained.hold[group], group == SERIES_ICMP);
    }
}

/* Whatever it is compared with, a change that was cut short is gone through
 * again, and what had to wait still has to. */
static void interrupted_change_is_remembered(void **state)
{
    (void)state;
    struct layout one = layout_of(60000), five = layout_of(300000);
    struct buffer OWNED_BUFFER note = {0}, mixed = {0}, back = {0};

    layout_note(&one, &note);
    layout_note_changing(note.at, &five, &mixed);
    assert_true(change(mixed.at, 60000).any);
    assert_false(change(mixed.at, 60000).hold[SERIES_CPU]);
    assert_true(change(mixed.at, 300000).hold[SERIES_CPU]);
    layout_note_changing(mixed.at, &one, &back);
    assert_true(change(back.at, 300000).hold[SERIES_CPU]);
    assert_true(change(back.at, 60000).any);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(file_as_it_should_be_is_known),
        cmocka_unit_test(every_difference_is_seen),
        cmocka_unit_test(note_tells_what_is_to_be_done),
        cmocka_unit_test(group_that_changed_waits_alone),
        cmocka_unit_test(interrupted_change_is_remembered),
    };
    return cmocka_run_group_tests_name("described", tests, NULL, NULL);
}
