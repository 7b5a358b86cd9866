/* Profiles of a later directory: ranks, and what extends a profile of an
 * earlier one. */
#include "test_profile_agent.h"

#include "base/file.h"

#include <stdio.h>
#include <unistd.h>

#define ACME "1.3.6.1.4.1.9999"

static const char shipped[] =
    "profiles:\n"
    "- profile: acme\n"
    "  match: [{object_id: " ACME ".1.1}]\n"
    "  facts: {vendor: Acme, hardware: {oid: " ACME ".50.0}}\n"
    "  sensors:\n"
    "  - {name: temp, walk: {v: " ACME ".60.1}, class: temperature, value: v,\n"
    "     label: shipped}\n"
    "  - {name: volt, walk: {v: " ACME ".61.1}, class: voltage, value: v}\n"
    "- {profile: child, parent: acme, match: [{object_id: " ACME ".2}]}\n"
    "- {profile: other, match: [{object_id: " ACME ".1.1.5}]}\n";

static const char added[] =
    "profiles:\n"
    "- profile: acme\n"
    "  extends: true\n"
    "  rank: 5\n"
    "  match: [{object_id: " ACME "}, {descr: Acme}]\n"
    "  facts: {vendor: Else, hardware: {oid: " ACME
    ".51.0}, serial: {oid: " ACME ".52.0}}\n"
    "  sensors:\n"
    "  - {name: t2, walk: {w: " ACME ".60.1}, class: temperature, value: w,\n"
    "     label: added}\n"
    "- {profile: alone, extends: true, rank: 9, match: [{descr: Lone}]}\n";

static const struct said said[] = {
    {ACME ".51.0", "Box", 0},
    {ACME ".52.0", "S1", 0},
    {ACME ".60.1.1", NULL, 40},
    {ACME ".61.1.1", NULL, 12},
    {NULL, NULL, 0},
};

static char directory[] = "/tmp/portolan-extends-XXXXXX";

/* The set of two directories, of one file each. */
static struct profiles *set_of_two(const char *text_a, const char *text_b,
                                   size_t *faults, bool sound)
{
    struct buffer OWNED_BUFFER first = {0}, OWNED_BUFFER second = {0},
                               OWNED_BUFFER path = {0};

    buffer_format(&first, "%s/a", directory);
    buffer_format(&second, "%s/b", directory);
    assert_int_equal(file_make_dir(first.at, 0755), 0);
    assert_int_equal(file_make_dir(second.at, 0755), 0);
    buffer_format(&path, "%s/p.yaml", first.at);
    assert_int_equal(file_write(path.at, bytes_of_text(text_a), 0644), 0);
    buffer_clear(&path);
    buffer_format(&path, "%s/p.yaml", second.at);
    assert_int_equal(file_write(path.at, bytes_of_text(text_b), 0644), 0);

    const char *const dirs[] = {first.at, second.at};

    return profiles_load(dirs, 2, sound ? fault_fails : NULL, NULL, faults);
}

static struct profiles *both(void)
{
    size_t faults = 0;

    return set_of_two(shipped, added, &faults, true);
}

static const char *matched(const struct profiles *set, const char *object_id,
                           const char *descr)
{
    struct system_facts system = {.object_id = object_id, .descr = descr};

    return profile_name(profiles_match(set, &system, NULL));
}

static void the_highest_rank_matches(void **state)
{
    (void)state;
    OWNED(profiles_free) struct profiles *set = both();

    assert_string_equal(matched(set, ACME ".1.1.5", ""), "acme");
    assert_string_equal(matched(set, ACME ".2", ""), "acme");
    assert_string_equal(matched(set, ACME ".1.1.5", "Lone"), "alone");
    assert_string_equal(matched(set, "1.3", "an Acme"), "acme");
}

static void what_is_extended_stays(void **state)
{
    (void)state;
    OWNED(profiles_free) struct profiles *set = both();
    struct facts *f = facts_new();

    agent_read(profiles_find(set, "acme"), said, f, true, true);
    assert_string_equal(f->identity.vendor, "Acme");
    assert_string_equal(f->identity.hardware, "Box");
    assert_string_equal(f->identity.serial, "S1");
    assert_int_equal(f->sensors.count, 2); /* each column once */
    assert_string_equal(f->sensors.at[0].descr, "added");
    assert_string_equal(f->sensors.at[1].class, "voltage");
    facts_unref(f);
}

static void children_stay_with_what_is_extended(void **state)
{
    (void)state;
    OWNED(profiles_free) struct profiles *set = both();
    struct facts *f = facts_new();

    agent_read(profiles_find(set, "child"), said, f, true, true);
    assert_string_equal(f->identity.serial, "");
    assert_int_equal(f->sensors.count, 2);
    assert_string_equal(f->sensors.at[0].descr, "shipped");
    facts_unref(f);
}

static void what_is_extended_outlives_a_faulty_extension(void **state)
{
    (void)state;
    static const char faulty[] =
        "profiles:\n"
        "- {profile: acme, extends: true, without: [nosuch]}\n"
        "- {profile: young, parent: acme, match: [{descr: Young}]}\n";
    size_t faults = 0;
    OWNED(profiles_free)
    struct profiles *set = set_of_two(shipped, faulty, &faults, false);
    const char *const heirs[] = {"acme", "child", "young"};

    assert_int_equal(faults, 1);
    assert_string_equal(matched(set, ACME ".1.1", ""), "acme");
    assert_string_equal(matched(set, ACME ".2", ""), "child");
    for (size_t i = 0; i < 3; i++) {
        struct facts *f = facts_new();

        agent_read(profiles_find(set, heirs[i]), said, f, true, true);
        assert_int_equal(f->sensors.count, 2);
        assert_string_equal(f->sensors.at[0].descr, "shipped");
        facts_unref(f);
    }
}

static void what_an_extension_names_may_be_of_what_it_extends(void **state)
{
    (void)state;
    static const char text[] =
        "profile: acme\nextends: true\nmatch: [{descr: Acme}]\n"
        "without: [volt]\n"
        "sensors: [{name: t, walk: {v: " ACME
        ".70.1}, class: state, value: v, states: fan, unless: temp}]\n";
    struct buffer OWNED_BUFFER path = {0};

    buffer_format(&path, "%s/lone.yaml", directory);
    assert_int_equal(file_write(path.at, bytes_of_text(text), 0644), 0);
    assert_int_equal(profile_faults(path.at, fault_fails, NULL), 0);
}

static int directory_make(void **state)
{
    (void)state;
    return mkdtemp(directory) != NULL ? 0 : -1;
}

static int directory_remove(void **state)
{
    struct buffer OWNED_BUFFER command = {0};

    (void)state;
    buffer_format(&command, "rm -r %s", directory);
    return system(command.at);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_highest_rank_matches),
        cmocka_unit_test(what_is_extended_stays),
        cmocka_unit_test(children_stay_with_what_is_extended),
        cmocka_unit_test(what_is_extended_outlives_a_faulty_extension),
        cmocka_unit_test(what_an_extension_names_may_be_of_what_it_extends),
    };

    return cmocka_run_group_tests(tests, directory_make, directory_remove);
}
