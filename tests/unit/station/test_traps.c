/* Notifications of a sender that is known by its engine alone. */
#include "station/traps.h"

#include "mibs/names.h"
#include "station/events.h"
#include "station/storms.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static const struct oid cold_start = OID_INIT(1, 3, 6, 1, 6, 3, 1, 1, 5, 1);

/* In place of the real one: what is told as events is not of interest here. */
void events_add(struct events *e, struct wall at,
                const struct event_subject *subject, const char *fmt, ...)
{
    (void)e;
    (void)at;
    (void)subject;
    (void)fmt;
}

struct seen {
    unsigned begun, over;
    const struct device *began, *ended;
    unsigned verified;
};

static void on_storm(void *arg, const struct device *d, const struct addr *from,
                     const struct storm *over)
{
    struct seen *seen = arg;

    (void)from;
    *(over == NULL ? &seen->begun : &seen->over) += 1;
    *(over == NULL ? &seen->began : &seen->ended) = d;
}

static void on_verify(void *arg, struct device *d, bool facts)
{
    struct seen *seen = arg;

    (void)d;
    (void)facts;
    seen->verified++;
}

/* One whose device is told of by another address that is known too. */
static struct notification one_of(const struct addr *from,
                                  const struct addr *about,
                                  const uint8_t *engine, size_t len)
{
    return (struct notification){.version = 3,
                                 .at = {1000},
                                 .from = *from,
                                 .origin = *about,
                                 .engine_id = {engine, len},
                                 .trap = cold_start};
}

static void a_storm_is_begun_and_over_for_one_device(void **state)
{
    static const uint8_t engine[] = {0x80, 0, 0, 1, 5, 7, 7};
    const struct addr known = addr_v4((const uint8_t[]){192, 0, 2, 1}),
                      strange = addr_v4((const uint8_t[]){198, 51, 100, 9}),
                      relayed = addr_v4((const uint8_t[]){192, 0, 2, 77});
    const struct {
        const char *name;
        const struct addr *from, *about;
        size_t engine_len;
        bool known;
    } cases[] = {
        {"by its address", &known, &known, 0, true},
        {"by its engine", &strange, &strange, sizeof engine, true},
        {"a relay that is a device", &known, &relayed, 0, true},
        {"a relay that nobody knows", &strange, &known, 0, false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct inventory *inventory = inventory_new();
        OWNED(names_free) struct names *names = names_load(NULL, 0);
        struct device *d = inventory_add(inventory, NULL),
                      *other = inventory_add(inventory, NULL);
        struct seen seen = {0};
        const struct traps_parts parts = {.inventory = inventory,
                                          .names = names,
                                          .verify = on_verify,
                                          .storm = on_storm,
                                          .arg = &seen};
        struct traps *t = traps_new(&parts);
        struct notification n =
            one_of(cases[i].from, cases[i].about, engine, cases[i].engine_len);
        struct mono now = {.ns = 1000000000};

        print_message("%s\n", cases[i].name);
        assert_true(inventory_give_addr(inventory, d, &known));
        assert_true(inventory_give_addr(inventory, other, &relayed));
        d->facts->system.engine_id = (struct bytes){engine, sizeof engine};
        traps_learn(t, d);
        for (unsigned k = 0; k <= STORM_BURST; k++)
            (void)traps_take(t, &n, now);
        traps_tick(t, mono_after_ms(now, 3600000));
        assert_int_equal(seen.begun, 1);
        assert_int_equal(seen.over, 1);
        assert_ptr_equal(seen.began, cases[i].known ? d : NULL);
        assert_ptr_equal(seen.ended, seen.began);
        traps_free(t);
        inventory_free(inventory);
    }
}

/* In the name of every device in turn. */
static void whoever_sends_does_not_have_the_station_ask_everybody(void **state)
{
    enum { DEVICES = 100, SENT = 20000 };
    OWNED(names_free) struct names *names = names_load(NULL, 0);
    struct inventory *inventory = inventory_new();
    struct seen seen = {0};
    const struct traps_parts parts = {.inventory = inventory,
                                      .names = names,
                                      .verify = on_verify,
                                      .storm = on_storm,
                                      .arg = &seen};
    struct traps *t = traps_new(&parts);
    const struct addr from = addr_v4((const uint8_t[]){198, 51, 100, 9});
    struct addr about[DEVICES];

    (void)state;
    for (uint8_t i = 0; i < DEVICES; i++) {
        about[i] = addr_v4((const uint8_t[]){192, 0, 2, i});
        assert_true(inventory_give_addr(
            inventory, inventory_add(inventory, NULL), &about[i]));
    }
    for (unsigned i = 0; i < SENT; i++) { /* for ten seconds */
        struct notification n = one_of(&from, &about[i % DEVICES], NULL, 0);

        (void)traps_take(t, &n, (struct mono){.ns = 1000000000 + i * 500000L});
    }
    assert_true(seen.verified > 0);
    assert_true(seen.verified <= STORM_BURST + 11 * STORM_RATE);
    traps_free(t);
    inventory_free(inventory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_storm_is_begun_and_over_for_one_device),
        cmocka_unit_test(whoever_sends_does_not_have_the_station_ask_everybody),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
