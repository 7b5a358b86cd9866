/* What was learned of an agent outlives the process, and what profiles know of
 * its kind reaches it. */
#include "station/learned.h"

#include "base/own.h"
#include "mibs/profile.h"
#include "wire/engine.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <event2/event.h>

static void what_was_learned_comes_back(void **state)
{
    struct buffer OWNED_BUFFER first = {0}, second = {0};
    struct habits before, after;

    (void)state;
    habits_init(&before);
    habits_init(&after);
    before.answer_octets = 484;
    before.window = 3;
    habits_keep(&before, "dot1qTpFdbTable", 57, false);
    habits_keep(&before, "lldpRemTable", 10, true);
    habits_meet(&before, QUIRK_TOO_BIG, "ifTable", (struct wall){1000});
    habits_meet(&before, QUIRK_TOO_BIG, "ifTable", (struct wall){200000});
    habits_meet(&before, QUIRK_OTHER_ADDRESS, NULL, (struct wall){5});
    learned_to_json(&before, &first);
    assert_true(learned_from_json(&after, first.at));
    assert_int_equal(after.answer_octets, 484);
    assert_int_equal(after.window, 3);
    assert_int_equal(habits_of(&after, "dot1qTpFdbTable").max_repetitions, 57);
    assert_true(habits_of(&after, "lldpRemTable").unordered);
    assert_int_equal(habits_count(&after, QUIRK_TOO_BIG), 2);
    learned_to_json(&after, &second);
    assert_string_equal(first.at, second.at);
    assert_true(first.len < 600); /* few octets a device */
    habits_fini(&before);
    habits_fini(&after);
}

static void what_cannot_be_read_changes_nothing(void **state)
{
    static const char *const texts[] = {
        "",
        "[]",
        "{}",
        "{\"octets\": 1000000, \"window\": 77, \"tables\": 3}",
        "{\"octets\": \"x\", \"window\": -1, \"quirks\": [1, {}]}",
        "{\"quirks\": [{\"quirk\": \"from_the_future\"}]}",
        "{\"tables\": [{\"table\": \"a\", \"rows\": 0}, 7]}",
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        struct habits h;

        habits_init(&h);
        assert_int_equal(learned_from_json(&h, texts[i]), i >= 2);
        assert_int_equal(h.answer_octets, HABIT_ANSWER_OCTETS);
        assert_int_equal(h.window, 1);
        assert_int_equal(h.tables.count + h.quirks.count, 0);
        habits_fini(&h);
    }
}

static const char acme[] = "profile: acme\n"
                           "match: [{object_id: 1.3.6.1.4.1.99999}]\n"
                           "quirks:\n"
                           "  no_bulk: true\n"
                           "  max_repetitions: 5\n"
                           "  skip: [ifStackTable]\n"
                           "  slow_start: 10m\n"
                           "  unordered_tables: lldpRemTable\n"
                           "  ignore_ports: {of: name, equal: lo}\n";

static void profiles_tell_of_their_kind(void **state)
{
    const struct profile_file file = {"acme", acme, strlen(acme)};
    OWNED(profiles_free)
    struct profiles *set = profiles_of_files(&file, 1, NULL, NULL, NULL);
    struct credential v2c = {.version = SNMP_V2C};
    struct event_base *base = event_base_new();
    struct engine *e = engine_new(base, NULL);
    struct addr a = addr_v4((const uint8_t[]){127, 0, 0, 1});
    struct inventory *inv = inventory_new();
    struct device *d = inventory_add(inv, NULL);
    struct device_record record = {.arena = arena_new()};

    (void)state;
    d->agent = agent_new(e, &a, 9, &v2c);
    d->facts->identity.profile = "acme";
    d->learned = mem_text("{\"window\": 2, \"quirks\": [{\"quirk\": \"loop\", "
                          "\"table\": \"ifTable\", \"last\": 9}]}");
    learned_recall(d);
    assert_null(d->learned);
    learned_instruct(d, set);
    assert_true(habits_of(agent_habits(d->agent), "lldpRemTable").unordered);
    learned_record(d, set, &record);
    assert_int_equal(learned_settled_cs(d, set), 60000);
    assert_int_equal(learned_settled_cs(d, NULL), 12000);
    assert_int_equal(record.quirk_count, 7);
    assert_string_equal(record.quirks[0].word, "loop");
    assert_string_equal(record.quirks[0].table, "ifTable");
    assert_string_equal(record.quirks[0].profile, "");
    assert_string_equal(record.quirks[1].word, "no_bulk");
    assert_string_equal(record.quirks[1].profile, "acme");
    assert_string_equal(record.quirks[2].word, "ignore_ports");
    assert_string_equal(record.quirks[3].follows,
                        "asked for at most 5 rows at once");
    assert_string_equal(record.quirks[6].table, "ifStackTable");
    assert_int_equal(record.habit_count, 1);
    arena_free(record.arena);
    agent_free(TAKE(d->agent));
    inventory_free(inv);
    engine_free(e);
    event_base_free(base);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_learned_comes_back),
        cmocka_unit_test(what_cannot_be_read_changes_nothing),
        cmocka_unit_test(profiles_tell_of_their_kind),
    };
    return cmocka_run_group_tests_name("learned", tests, NULL, NULL);
}
