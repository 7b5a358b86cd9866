/* Every fault of a profile names its place, what is wrong and what is right. */
#include "test_profile_agent.h"

#define W "walk: {x: 1.3.6.1.4.1.9999.1.1}"
#define S "{profile: p, sensors: [{name: t, class: power, " W ", value: x"

struct fault_case {
    const char *name, *yaml;
    const char *place; /* line:column: path */
    const char *what;  /* part of what is said */
    const char *remedy;
};

static const struct fault_case cases[] = {
    {"no YAML", "profile: [", "2:1", "not YAML", "indentation"},
    {"no map", "[1, 2]", "1:1", "a profile is a map", "profile: NAME"},
    {"no name", "{match: [{object_id: 1.3.6.1}]}", "1:1",
     "\"profile\" is missing", "such as ios"},
    {"a name with a blank", "profile: a b", "1:10: profile",
     "a name belongs here", "letters, digits"},
    {"an unknown key", "profile: p\nmatches: []\n", "2:1: matches",
     "unknown key", "match"},
    {"a name for an OID", "{profile: p, match: [{object_id: sysDescr.0}]}",
     "1:34: match[0].object_id", "\"sysDescr.0\" is no numeric", "digits"},
    {"a rule that says nothing", "{profile: p, match: [{except: {descr: x}}]}",
     "1:22: match[0]", "would match everything", "object_id"},
    {"a rule that only asks",
     "{profile: p, match: [{get: {oid: 1.3.6.1.0, exists: true}}]}",
     "1:22: match[0]", "ask every agent", "object_id"},
    {"a question about nothing",
     "{profile: p, match: [{descr: x, get: {equal: 1}}]}", "1:38: match[0].get",
     "one of oid and column", "INSTANCE"},
    {"a question without operator",
     "{profile: p, match: [{descr: x, get: {oid: 1.3.6.1.0}}]}",
     "1:38: match[0].get", "without an operator", "exists"},
    {"a faulty pattern", "{profile: p, match: [{descr_pattern: '(x'}]}",
     "1:38: match[0].descr_pattern", "faulty pattern: missing", "single"},
    {"an empty pattern", "{profile: p, match: [{descr_pattern: ''}]}",
     "1:38: match[0].descr_pattern", "a pattern belongs here", "single"},
    {"a list for a text", "{profile: p, match: [{descr: [[x]]}]}",
     "1:31: match[0].descr[0]", "a text belongs here", "one text"},
    {"no such parent", "{profile: p, parent: q}", "1:22: parent",
     "no profile \"q\"", "of this set"},
    {"no such engine", "{profile: p, replaces: [hrStuff]}", "1:24: replaces",
     "\"hrStuff\" is no generic engine", "hrProcessorTable"},
    {"too many repetitions", "{profile: p, quirks: {max_repetitions: 0}}",
     "1:40: quirks.max_repetitions", "0", ""},
    {"no such table to skip",
     "{profile: p, quirks: {skip: [ifTable, lldpTable]}}",
     "1:39: quirks.skip[1]", "no standard table is called \"lldpTable\"",
     "lldpRemTable"},
    {"a port by what it has not",
     "{profile: p, quirks: {ignore_ports: {of: speed, equal: 1}}}",
     "1:42: quirks.ignore_ports.of", "nothing is called \"speed\"",
     "name descr alias type"},
    {"a start without unit", "{profile: p, quirks: {slow_start: 5}}",
     "1:35: quirks.slow_start", "5", ""},
    {"without what", "{profile: p, without: [x]}", "1:1", "no table \"x\"",
     "parent's tables"},

    {"a fact without origin", "{profile: p, facts: {os: {pattern: x}}}",
     "1:26: facts.os", "one origin, not 0", "oid, column, entity, of"},
    {"a fact of two origins",
     "{profile: p, facts: {os: {oid: 1.3.6, of: device.name}}}",
     "1:26: facts.os", "one origin, not 2", "oid, column, entity, of"},
    {"an unknown name in a text", "{profile: p, facts: {os: 'v {verison}'}}",
     "1:26: facts.os", "nothing is called \"verison\"", "device.os"},
    {"a brace alone", "{profile: p, facts: {os: 'v {'}}", "1:26: facts.os",
     "brace", ""},
    {"an unknown filter", "{profile: p, facts: {os: '{device.name:up}'}}",
     "1:26: facts.os", "no filter \"up\"", ""},
    {"no kind", "{profile: p, facts: {kind: swich}}", "1:28: facts.kind",
     "\"swich\" is no kind", "router, switch"},
    {"no kind in a map",
     "{profile: p, facts: {kind: {of: device.os, map: {a: swich}}}}",
     "1:53: facts.kind.map.a", "\"swich\" is no kind", "router, switch"},
    {"no class of entities",
     "{profile: p, facts: {serial: {entity: {class: box, field: serial}}}}",
     "1:47: facts.serial.entity.class", "box", "chassis"},
    {"a replacement of three",
     "{profile: p, facts: {os: {of: device.os, replace: [[a, b, c]]}}}",
     "1:52: facts.os.replace[0]", "a list of two", "['pattern', 'text']"},

    {"no list of tables", "{profile: p, sensors: {name: t}}", "1:23: sensors",
     "a list of tables", "- name"},
    {"a table without name", "{profile: p, sensors: [{class: power}]}",
     "1:24: sensors[0]", "\"name\" is missing", "a name for the table"},
    {"a table without columns",
     "{profile: p, processors: [{name: t, value: '1'}]}", "1:27: processors[0]",
     "has no columns", "walk"},
    {"a processor without value",
     "{profile: p, processors: [{name: t, " W "}]}", "1:27: processors[0]",
     "has no value", "value"},
    {"memory that says nothing",
     "{profile: p, mempools: [{name: t, " W ", total: x}]}",
     "1:25: mempools[0]", "neither used nor free", "used, free or percent"},
    {"a supply that says nothing",
     "{profile: p, supplies: [{name: t, " W ", left: x}]}", "1:25: supplies[0]",
     "neither percent nor", "left and capacity"},
    {"a transceiver that says nothing",
     "{profile: p, transceivers: [{name: t, " W ", distance: x}]}",
     "1:29: transceivers[0]", "nothing of a transceiver", "serial"},
    {"no way to combine",
     "{profile: p, processors: [{name: t, " W ", value: x, combine: all}]}",
     "processors[0].combine", "all", "average"},
    {"a sensor without class", "{profile: p, sensors: [{name: t, " W "}]}",
     "1:24: sensors[0]", "\"class\" is missing", "temperature"},
    {"an unknown class",
     "{profile: p, sensors: [{name: t, class: heat, " W ", value: x}]}",
     "1:41: sensors[0].class", "\"heat\" is no class", "temperature"},
    {"two tables of a name",
     "{profile: p, processors: [{name: t, " W ", value: x}, {name: t, " W
     ", value: x}]}",
     "processors[1]", "called \"t\" already", "another name"},
    {"two columns of a name",
     "{profile: p, processors: [{name: t, " W
     ", get: {x: 1.3.6.1}, value: x}]}",
     "processors[0].get.x", "called \"x\" already", "another name"},
    {"a reserved column",
     "{profile: p, processors: [{name: t, walk: {index: 1.3.6.1}, value: "
     "index}]}",
     "1:44: processors[0].walk.index", "a meaning of its own", "another name"},
    {"a join without index",
     "{profile: p, processors: [{name: t, " W
     ", join: {y: {oid: 1.3.6.1}}, value: x}]}",
     "processors[0].join.y", "\"at\" is missing", "the index there"},
    {"a join that uses itself",
     "{profile: p, processors: [{name: t, " W
     ", join: {y: {oid: 1.3.6.1, at: y}}, value: x}]}",
     "processors[0].join.y.at", "nothing is called \"y\"", "known here: x"},
    {"an unknown column", S " + y}]}", "sensors[0].value",
     "nothing is called \"y\" here, at character 5", "known here: x index"},
    {"an unfinished expression", S " * }]}", "sensors[0].value",
     "a name or a number, at character 4", ""},
    {"an open parenthesis", S " * (x}]}", "sensors[0].value",
     "here should be ), at character", ""},
    {"no such function", S " + sqrt(x)}]}", "sensors[0].value",
     "no such function", ""},
    {"rubbish behind", S " x}]}", "sensors[0].value",
     "does not belong to an expression", ""},
    {"an argument too few", S " + 0 + min(x)}]}", "sensors[0].value",
     "here should be ,", ""},
    {"a quote alone", S " + \"x}]}", "sensors[0].value",
     "a quote without its other half", ""},
    {"states of no name", S ", states: nix}]}", "sensors[0]",
     "no states called \"nix\"", "states:"},
    {"a state of one", S ", states: {1: [a]}}]}", "sensors[0].states.1",
     "a list of two or three", "[text, severity]"},
    {"no severity", S ", states: {1: [a, bad]}}]}", "sensors[0].states.1[1]",
     "\"bad\" is no severity", "ok, warning"},
    {"a state that counts as text", S ", states: {a: [a, ok, b]}}]}",
     "sensors[0].states.a[2]", "is a number", "write a number"},
    {"a condition without operator", S ", skip: {of: x}}]}", "sensors[0].skip",
     "without an operator", "equal"},
    {"a condition of nothing", S ", skip: {equal: 1}}]}", "sensors[0].skip",
     "\"of\" is missing", "what is looked at"},
    {"an unknown operator", S ", skip: {of: x, equals: 1}}]}",
     "sensors[0].skip.equals", "unknown key", "equal"},
    {"unless of no table", S ", unless: nix}]}", "sensors[0]",
     "no table \"nix\"", "other tables"},
    {"an index that counts from 0", S ", label: '{index.0}'}]}",
     "sensors[0].label", "nothing is called \"index.0\"", "index.N"},
    {"an expression too deep",
     S " + ((((((((((((((((((((((((1))))))))))))))))))))))))}]}",
     "sensors[0].value", "too deep", ""},
    {"a profile twice", "profiles: [{profile: a}, {profile: a}]",
     "1:26: profiles[1]", "\"a\" is there already", "its own name"},
    {"something beside a list of profiles", "{profiles: [], match: []}",
     "1:12: profiles", "belong here", "alone"},
};

struct heard {
    size_t count;
    struct complaint first;
};

static void hear(const struct complaint *why, void *arg)
{
    struct heard *heard = arg;

    if (heard->count++ == 0)
        heard->first = *why;
}

static void must_contain(const char *text, const char *part)
{
    if (strstr(text, part) == NULL)
        print_error("\"%s\" is not in \"%s\"\n", part, text);
    assert_non_null(strstr(text, part));
}

static void faults_say_where_what_and_what_would_be_right(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const struct fault_case *c = &cases[i];
        const struct profile_file file = {"dir/t.yaml", c->yaml,
                                          strlen(c->yaml)};
        struct heard heard = {0};
        size_t faults = 0;

        print_message("  %s\n", c->name);
        OWNED(profiles_free)
        struct profiles *set =
            profiles_of_files(&file, 1, hear, &heard, &faults);

        assert_non_null(set);
        assert_int_equal(heard.count, 1);
        assert_int_equal(faults, 1);
        assert_int_equal(strncmp(heard.first.place, "dir/t.yaml:", 11), 0);
        must_contain(heard.first.place, c->place);
        must_contain(heard.first.what, c->what);
        must_contain(heard.first.remedy, c->remedy);
    }
}

/* A faulty profile is left out, what is beside it stays. */
static void what_is_sound_is_loaded(void **state)
{
    static const char yaml[] = "profiles:\n"
                               "- {profile: good}\n"
                               "- {profile: bad, wrong: key}\n"
                               "- {profile: child, parent: bad}\n"
                               "- {profile: fine, parent: good}\n";
    const struct profile_file file = {"t.yaml", yaml, strlen(yaml)};
    struct heard heard = {0};
    size_t faults = 0;

    (void)state;
    OWNED(profiles_free)
    struct profiles *set = profiles_of_files(&file, 1, hear, &heard, &faults);

    assert_int_equal(faults, 2);
    assert_int_equal(profiles_count(set), 2);
    assert_non_null(profiles_find(set, "good"));
    assert_non_null(profiles_find(set, "fine"));
    assert_null(profiles_find(set, "child"));
}

static void circles_of_parents_are_faults(void **state)
{
    static const char yaml[] = "profiles:\n"
                               "- {profile: a, parent: b}\n"
                               "- {profile: b, parent: c}\n"
                               "- {profile: c, parent: a}\n"
                               "- {profile: d, parent: d}\n"
                               "- {profile: e}\n";
    const struct profile_file file = {"t.yaml", yaml, strlen(yaml)};
    struct heard heard = {0};
    size_t faults = 0;

    (void)state;
    OWNED(profiles_free)
    struct profiles *set = profiles_of_files(&file, 1, hear, &heard, &faults);

    assert_int_equal(faults, 4);
    assert_int_equal(profiles_count(set), 1);
    must_contain(heard.first.what, "ancestors");
}

static void a_directory_that_is_not_there_is_a_fault(void **state)
{
    static const char *const nowhere[] = {"/nonexistent/profiles"};
    struct heard heard = {0};
    size_t faults = 0;

    (void)state;
    OWNED(profiles_free)
    struct profiles *set = profiles_load(nowhere, 1, hear, &heard, &faults);

    assert_non_null(set);
    assert_int_equal(faults, 1);
    assert_int_equal(profiles_count(set), 0);
    must_contain(heard.first.what, "cannot be read");
    assert_null(profiles_match(
        set, &(struct system_facts){.descr = "", .object_id = ""}, NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(faults_say_where_what_and_what_would_be_right),
        cmocka_unit_test(what_is_sound_is_loaded),
        cmocka_unit_test(circles_of_parents_are_faults),
        cmocka_unit_test(a_directory_that_is_not_there_is_a_fault),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
