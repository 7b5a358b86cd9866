/* Changes that are told though they are no alerts: few tell of many. */
#include "north/notice_changes.h"

#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static const struct wall at = {1795315651400};

/* What was told. */
struct heard {
    size_t count;
    struct alert_record *last;
    uint8_t level;
    size_t of_station;
};

static void on_change(void *arg, const struct alert_record *a, uint8_t level)
{
    struct heard *h = arg;

    assert_int_equal(a->index, 0);
    alert_unref(h->last);
    h->last = alert_copy(a);
    h->level = level;
    h->count++;
    h->of_station += a->object.class == OBJECT_STATION;
}

static struct mono after_ms(int64_t ms)
{
    return mono_after_ms((struct mono){INT64_C(1000000000)}, ms);
}

static size_t turn(struct notice_changes *c, int64_t ms, struct heard *h)
{
    size_t before = h->count;

    notice_changes_turn(c, "noc-1", after_ms(ms), at, on_change, h);
    return h->count - before;
}

static void risk_of_site(struct notice_changes *c, const char *name, int before,
                         int level)
{
    notice_changes_risk(c, &(struct risk_change){
                               .object = {.class = OBJECT_GROUP, .part = name},
                               .name = name,
                               .risk = 25.0 * level - 20,
                               .level = level,
                               .before = before});
}

static void a_level_is_told_of_its_object(void **state)
{
    OWNED(notice_changes_free) struct notice_changes *c = notice_changes_new();
    struct heard h = {0};

    (void)state;
    assert_int_equal(turn(c, 0, &h), 0);
    risk_of_site(c, "Lab", 1, 5);
    assert_int_equal(turn(c, 0, &h), 1);
    assert_string_equal(h.last->name, "Lab");
    assert_string_equal(h.last->text, "risk is very high (105), was very low");
    assert_int_equal(h.last->type->raise, 11);
    assert_int_equal(h.last->state, ALERT_ACTIVE);
    assert_int_equal(h.level, 5);
    enum severity severity = h.last->severity;
    risk_of_site(c, "Lab", 5, 1);
    assert_int_equal(turn(c, CHANGES_RISK_MS, &h), 1);
    assert_int_equal(h.last->state, ALERT_CLEARED);
    assert_int_equal(h.last->worst, severity); /* the same are told */
    alert_unref(h.last);
}

static void what_went_back_meanwhile_is_no_change(void **state)
{
    OWNED(notice_changes_free) struct notice_changes *c = notice_changes_new();
    struct heard h = {0};

    (void)state;
    risk_of_site(c, "Lab", 1, 2);
    assert_int_equal(turn(c, 0, &h), 1);
    risk_of_site(c, "Lab", 2, 4);
    risk_of_site(c, "Yard", 1, 2);
    assert_int_equal(turn(c, CHANGES_RISK_MS - 1, &h), 0); /* not yet */
    risk_of_site(c, "Lab", 4, 2);
    risk_of_site(c, "Yard", 2, 3);
    assert_int_equal(turn(c, CHANGES_RISK_MS, &h), 1);
    assert_string_equal(h.last->name, "Yard");
    assert_string_equal(h.last->text, "risk is medium (55), was very low");
    alert_unref(h.last);
}

static void many_are_told_as_the_gravest_and_a_number(void **state)
{
    OWNED(notice_changes_free) struct notice_changes *c = notice_changes_new();
    struct heard h = {0};
    char name[16];

    (void)state;
    for (int i = 0; i < 1000; i++) {
        (void)snprintf(name, sizeof name, "site-%d", i);
        risk_of_site(c, name, 1, i == 700 ? 5 : 3);
    }
    assert_int_equal(turn(c, 0, &h), CHANGES_RISK_MAX + 1);
    assert_string_equal(h.last->text,
                        "the risk of 980 more came to another level");
    assert_string_equal(h.last->name, "noc-1");
    assert_int_equal(h.of_station, 1);
    assert_int_equal(turn(c, CHANGES_RISK_MS, &h), 0);
    alert_unref(h.last);
}

static void links_are_told_together(void **state)
{
    OWNED(notice_changes_free) struct notice_changes *c = notice_changes_new();
    struct heard h = {0};

    (void)state;
    notice_changes_links(
        c, &(struct topology_change){.went = 1, .first = "a -- b went"});
    assert_int_equal(turn(c, 0, &h), 1);
    assert_int_equal(h.last->type->raise, 12);
    assert_string_equal(h.last->text, "links: 1 went; the first: a -- b went");
    for (int i = 0; i < 3; i++)
        notice_changes_links(
            c, &(struct topology_change){.came = 2, .others = 1, .first = "x"});
    assert_int_equal(turn(c, CHANGES_LINKS_MS - 1, &h), 0);
    assert_int_equal(turn(c, CHANGES_LINKS_MS, &h), 1);
    assert_string_equal(h.last->text, "links: 6 came, 3 changed; the first: x");
    assert_int_equal(turn(c, 3 * CHANGES_LINKS_MS, &h), 0);
    alert_unref(h.last);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_level_is_told_of_its_object),
        cmocka_unit_test(what_went_back_meanwhile_is_no_change),
        cmocka_unit_test(many_are_told_as_the_gravest_and_a_number),
        cmocka_unit_test(links_are_told_together),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
