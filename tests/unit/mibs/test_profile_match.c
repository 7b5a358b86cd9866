/* Which profile an agent is of: the most specific one, the same every day. */
#include "test_profile_agent.h"

static const char yaml[] =
    "profiles:\n"
    "- {profile: generic}\n"
    "- {profile: acme, match: [{object_id: 1.3.6.1.4.1.9999}]}\n"
    "- {profile: switch, match: [{object_id: [1.3.6.1.4.1.9999.1, "
    "1.3.6.1.4.1.8888]}]}\n"
    "- {profile: new, match: [{object_id: 1.3.6.1.4.1.9999.1, descr: [New, "
    "Newer]}]}\n"
    "- {profile: newest, match: [{object_id: 1.3.6.1.4.1.9999.1, descr: "
    "'Newer still'}]}\n"
    "- {profile: both, match: [{object_id: 1.3.6.1.4.1.9999.1, descr: New, "
    "descr_pattern: 'v[89]'}]}\n"
    "- {profile: not-lite, match: [{object_id: 1.3.6.1.4.1.9999.2, except: "
    "{descr: Lite, object_id: 1.3.6.1.4.1.9999.2.7, descr_pattern: '^x'}}]}\n"
    "- {profile: words, match: [{descr: Wordy}, {descr_pattern: '^Phrase'}]}\n"
    "- {profile: tail, match: [{object_id: 1.3.6.1.4.1.7777, "
    "object_id_pattern: '\\.(2|3)$'}]}\n"
    "- {profile: child, parent: switch, match: [{object_id: "
    "1.3.6.1.4.1.8888}]}\n";

static const struct {
    const char *name, *object_id, *descr, *expected;
} cases[] = {
    {"nothing known", "", "", "generic"},
    {"somebody else", "1.3.6.1.4.1.1.1", "Box", "generic"},
    {"a prefix", "1.3.6.1.4.1.9999.5.1", "Box", "acme"},
    {"the prefix itself", "1.3.6.1.4.1.9999", "Box", "acme"},
    {"whole sub-identifiers alone", "1.3.6.1.4.1.99991.1", "Box", "generic"},
    {"the longer prefix", "1.3.6.1.4.1.9999.1.4", "Box", "switch"},
    {"sysDescr besides", "1.3.6.1.4.1.9999.1.4", "A New box", "new"},
    {"the longer text", "1.3.6.1.4.1.9999.1.4", "Newer still", "newest"},
    {"more kinds of terms", "1.3.6.1.4.1.9999.1.4", "Newer still v9", "both"},
    {"no exception", "1.3.6.1.4.1.9999.2.1", "Box", "not-lite"},
    {"an exception by text", "1.3.6.1.4.1.9999.2.1", "Lite", "acme"},
    {"an exception by prefix", "1.3.6.1.4.1.9999.2.7.1", "Box", "acme"},
    {"an exception by pattern", "1.3.6.1.4.1.9999.2.1", "xyz", "acme"},
    {"sysDescr alone", "1.3.6.1.4.1.1", "So Wordy", "words"},
    {"a pattern alone", "", "Phrase", "words"},
    {"a prefix is more than sysDescr", "1.3.6.1.4.1.9999.5", "Wordy", "acme"},
    {"a pattern over sysObjectID", "1.3.6.1.4.1.7777.1.2", "", "tail"},
    {"one that does not match", "1.3.6.1.4.1.7777.1.4", "", "generic"},
    {"a child before its parent", "1.3.6.1.4.1.8888.1", "", "child"},
    {"no object identifier", "nonsense", "Box", "generic"},
};

static struct system_facts system_of(const char *object_id, const char *descr)
{
    return (struct system_facts){.object_id = object_id, .descr = descr};
}

static void the_most_specific_profile_matches(void **state)
{
    (void)state;
    OWNED(profiles_free) struct profiles *set = set_of(yaml);

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct system_facts said =
            system_of(cases[i].object_id, cases[i].descr);

        print_message("  %s\n", cases[i].name);
        assert_string_equal(profile_name(profiles_match(set, &said, NULL)),
                            cases[i].expected);
    }
}

static void all_that_match_are_told_best_first(void **state)
{
    const struct profile *all[8];
    struct system_facts said =
        system_of("1.3.6.1.4.1.9999.1.4", "Newer still v9");
    bool tie = true;

    (void)state;
    OWNED(profiles_free) struct profiles *set = set_of(yaml);

    assert_int_equal(profiles_match_all(set, &said, NULL, all, 8, &tie), 5);
    assert_false(tie);
    assert_string_equal(profile_name(all[0]), "both");
    assert_string_equal(profile_name(all[1]), "newest");
    assert_string_equal(profile_name(all[4]), "acme");
}

struct heard {
    size_t count;
    struct complaint last;
};

static void hear(const struct complaint *why, void *arg)
{
    struct heard *heard = arg;

    heard->count++;
    heard->last = *why;
}

static const struct {
    const char *name, *yaml;
    size_t ties;
} ties[] = {
    {"the same prefix",
     "profiles: [{profile: a, match: [{object_id: 1.3.6.1.4.1.1}]}, {profile: "
     "b, match: [{object_id: 1.3.6.1.4.1.1}]}]",
     1},
    {"the same prefix and text",
     "profiles: [{profile: a, match: [{object_id: 1.3.6.1, descr: [x, y]}]}, "
     "{profile: b, match: [{object_id: 1.3.6.1, descr: y}]}]",
     1},
    {"the same pattern alone",
     "profiles: [{profile: a, match: [{descr_pattern: '^x'}]}, {profile: b, "
     "match: [{descr_pattern: '^x'}]}]",
     1},
    {"other texts",
     "profiles: [{profile: a, match: [{object_id: 1.3.6.1, descr: x}]}, "
     "{profile: b, match: [{object_id: 1.3.6.1, descr: y}]}]",
     0},
    {"one has a text besides",
     "profiles: [{profile: a, match: [{object_id: 1.3.6.1}]}, {profile: b, "
     "match: [{object_id: 1.3.6.1, descr: y}]}]",
     0},
    {"parent and child",
     "profiles: [{profile: a, match: [{object_id: 1.3.6.1}]}, {profile: b, "
     "parent: a, match: [{object_id: 1.3.6.1}]}]",
     0},
    {"a rule of one profile twice",
     "{profile: a, match: [{object_id: 1.3.6.1}, {object_id: 1.3.6.1}]}", 0},
};

static void ties_are_faults_of_the_set(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(ties); i++) {
        const struct profile_file file = {"t.yaml", ties[i].yaml,
                                          strlen(ties[i].yaml)};
        struct heard heard = {0};
        size_t faults = 0;

        print_message("  %s\n", ties[i].name);
        OWNED(profiles_free)
        struct profiles *set =
            profiles_of_files(&file, 1, hear, &heard, &faults);

        assert_non_null(set);
        assert_int_equal(heard.count, ties[i].ties);
        assert_int_equal(faults, ties[i].ties);
        if (ties[i].ties > 0)
            assert_non_null(strstr(heard.last.what, "profile a (t.yaml:1:"));
    }
}

/* It is not shown as a device of some vendor or other. */
static void
what_nothing_matches_has_no_profile_but_the_generic_one(void **state)
{
    struct system_facts said = system_of("1.3.6.1.4.1.9", "");

    (void)state;
    OWNED(profiles_free)
    struct profiles *set =
        set_of("{profile: acme, match: [{object_id: 1.3.6.1.4.1.9999}]}");
    OWNED(profiles_free)
    struct profiles *more = set_of(
        "profiles: [{profile: acme, match: [{object_id: 1.3.6.1.4.1.9999}]}, "
        "{profile: generic}]");

    assert_null(profiles_match(set, &said, NULL));
    assert_string_equal(profile_name(profiles_match(more, &said, NULL)),
                        "generic");
}

/* What ties at an agent is decided by name, and can be seen. */
static void a_tie_is_decided_by_name(void **state)
{
    static const char text[] =
        "profiles: [{profile: b, match: [{object_id: 1.3.6.1, descr: xx}]}, "
        "{profile: a, match: [{object_id: 1.3.6.1, descr: yy}]}]";
    struct system_facts said = system_of("1.3.6.1.4", "xx yy");
    const struct profile *all[2];
    bool tie = false;

    (void)state;
    OWNED(profiles_free) struct profiles *set = set_of(text);

    assert_string_equal(profile_name(profiles_match(set, &said, NULL)), "a");
    assert_int_equal(profiles_match_all(set, &said, NULL, all, 2, &tie), 2);
    assert_true(tie);
}

static void children_inherit(void **state)
{
    static const char text[] =
        "profiles:\n"
        "- profile: parent\n"
        "  facts: {vendor: Acme, hardware: Old}\n"
        "  states: {fan: {1: [good, ok]}}\n"
        "  replaces: [hrStorageTable]\n"
        "  quirks: {no_bulk: yes, encoding: GB18030, max_repetitions: 5,\n"
        "    skip: [ifStackTable], unordered_tables: dot1dTpFdbTable}\n"
        "  processors:\n"
        "  - {name: cpu, walk: {x: 1.3.6.1.4.1.9999.1}, value: x}\n"
        "  - {name: gone, walk: {x: 1.3.6.1.4.1.9999.2}, value: x}\n"
        "  - {name: kept, walk: {x: 1.3.6.1.4.1.9999.3}, value: x}\n"
        "- profile: child\n"
        "  parent: parent\n"
        "  without: gone\n"
        "  facts: {hardware: New}\n"
        "  replaces: [ucdCpu]\n"
        "  quirks: {max_repetitions: 7, slow_start: 5m}\n"
        "  processors:\n"
        "  - {name: cpu, walk: {x: 1.3.6.1.4.1.9999.4}, value: x + 1}\n"
        "  sensors:\n"
        "  - {name: fan, class: state, walk: {x: 1.3.6.1.4.1.9999.1}, value: "
        "x, states: fan}\n";
    static const struct said said[] = {{"1.3.6.1.4.1.9999.1.1", NULL, 1},
                                       {"1.3.6.1.4.1.9999.2.1", NULL, 2},
                                       {"1.3.6.1.4.1.9999.3.1", NULL, 3},
                                       {"1.3.6.1.4.1.9999.4.1", NULL, 4},
                                       {NULL, NULL, 0}};

    (void)state;
    OWNED(profiles_free) struct profiles *set = set_of(text);
    const struct profile *child = profiles_find(set, "child");
    struct facts *f = facts_new();

    agent_read(child, said, f, true, true);
    assert_string_equal(f->identity.vendor, "Acme");
    assert_string_equal(f->identity.hardware, "New");
    assert_string_equal(f->identity.os, "child");
    assert_int_equal(f->processors.count, 2);
    assert_true(f->processors.at[0].usage_percent == 5);
    assert_true(f->processors.at[1].usage_percent == 3);
    assert_string_equal(f->sensors.at[0].state_descr, "good");
    assert_true(profile_replaces(child, "hrStorageTable"));
    assert_true(profile_replaces(child, "ucdCpu"));
    assert_false(profile_replaces(child, "ucdMemory"));
    assert_string_equal(profile_encoding(child), "GB18030");
    assert_true(profile_quirks(child)->no_bulk);
    assert_int_equal(profile_quirks(child)->max_repetitions, 7);
    assert_int_equal(profile_quirks(child)->slow_start_ms, 300000);
    assert_string_equal(profile_quirks(child)->skip.at[0], "ifStackTable");
    assert_string_equal(profile_quirks(child)->unordered_tables.at[0],
                        "dot1dTpFdbTable");
    facts_unref(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_most_specific_profile_matches),
        cmocka_unit_test(all_that_match_are_told_best_first),
        cmocka_unit_test(ties_are_faults_of_the_set),
        cmocka_unit_test(a_tie_is_decided_by_name),
        cmocka_unit_test(
            what_nothing_matches_has_no_profile_but_the_generic_one),
        cmocka_unit_test(children_inherit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
