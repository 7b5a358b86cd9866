/* What a profile makes of an agent's name: each way to come by a fact. */
#include "test_profile_agent.h"

struct fact_case {
    const char *name, *facts; /* YAML under "facts:", flow style */
    struct said said[6];
    const char *expected; /* of hardware */
};

static const struct fact_case cases[] = {
    {"a literal", "hardware: Box", {{0}}, "Box"},
    {"a group of sysDescr of the fact's name",
     "descr: ['model (?<hardware>\\S+)']",
     {{0}},
     "X-1"},
    {"a group by name",
     "{descr: ['model (?<m>\\S+)'], hardware: 'A {m} B'}",
     {{0}},
     "A X-1 B"},
    {"the first pattern that knows a group wins",
     "{descr: ['nothing (?<m>\\S+)', 'version (?<m>\\S+)'], hardware: '{m}'}",
     {{0}},
     "7.2"},
    {"an instance",
     "hardware: {oid: 1.3.6.1.4.1.9999.1.0}",
     {{"1.3.6.1.4.1.9999.1.0", "Told", 0}},
     "Told"},
    {"the first answer wins",
     "hardware: [{oid: 1.3.6.1.4.1.9999.1.0}, {oid: 1.3.6.1.4.1.9999.2.0}]",
     {{"1.3.6.1.4.1.9999.2.0", "Second", 0}},
     "Second"},
    {"an empty answer is none",
     "hardware: [{oid: 1.3.6.1.4.1.9999.1.0}, Fallback]",
     {{"1.3.6.1.4.1.9999.1.0", "  ", 0}},
     "Fallback"},
    {"a number is a text too",
     "hardware: {oid: 1.3.6.1.4.1.9999.1.0}",
     {{"1.3.6.1.4.1.9999.1.0", NULL, 42}},
     "42"},
    {"the first row of a column that holds something",
     "hardware: {column: 1.3.6.1.4.1.9999.5}",
     {{"1.3.6.1.4.1.9999.5.1", "", 0}, {"1.3.6.1.4.1.9999.5.7", "Row", 0}},
     "Row"},
    {"a pattern takes its group value",
     "hardware: {oid: 1.3.6.1.4.1.9999.1.0, pattern: 'v(?<value>\\d+)'}",
     {{"1.3.6.1.4.1.9999.1.0", "rev v12 x", 0}},
     "12"},
    {"a pattern that does not match gives nothing",
     "hardware: [{oid: 1.3.6.1.4.1.9999.1.0, pattern: '^v'}, Other]",
     {{"1.3.6.1.4.1.9999.1.0", "rev", 0}},
     "Other"},
    {"a text of groups",
     "hardware: {oid: 1.3.6.1.4.1.9999.1.0, pattern: '(?<a>\\d)-(?<b>\\d)', "
     "text: '{b}{a}'}",
     {{"1.3.6.1.4.1.9999.1.0", "1-2", 0}},
     "21"},
    {"replacements in order",
     "hardware: {oid: 1.3.6.1.4.1.9999.1.0, replace: [['_', ' '], ['^F', "
     "'Fort']]}",
     {{"1.3.6.1.4.1.9999.1.0", "F_60_F", 0}},
     "Fort 60 F"},
    {"a translation",
     "hardware: {of: device.object_id, map: "
     "{1.3.6.1.4.1.9999.1: Nine}}",
     {{0}},
     "Nine"},
    {"what is not in a translation gives nothing",
     "hardware: [{of: device.object_id, map: {1.3: None}}, Else]",
     {{0}},
     "Else"},
    {"a source whose names are not all known gives nothing",
     "{descr: ['model (?<m>\\S+)', 'serial (?<s>\\S+)'], hardware: ['{m}/{s}', "
     "'{m}']}",
     {{0}},
     "X-1"},
    {"values read under a name",
     "{values: {a: {oid: 1.3.6.1.4.1.9999.1.0}, b: ['{a}!']}, hardware: '{b} "
     "{a:upper}'}",
     {{"1.3.6.1.4.1.9999.1.0", "x", 0}},
     "x! X"},
    {"a fact found before",
     "{vendor: Acme, hardware: '{device.vendor} 1'}",
     {{0}},
     "Acme 1"},
    {"the layers of sysServices", "hardware: '{device.layers}'", {{0}}, "2347"},
};

static struct facts *facts_said(void)
{
    struct facts *f = facts_new();

    f->system.descr = "Acme model X-1 version 7.2";
    f->system.object_id = "1.3.6.1.4.1.9999.1";
    f->system.services = 78;
    return f;
}

static void facts_come_from_sources(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const struct fact_case *c = &cases[i];
        bool braces = c->facts[0] == '{';
        char yaml[1024];

        print_message("  %s\n", c->name);
        (void)snprintf(yaml, sizeof yaml, "{profile: p, facts: %s%s%s}",
                       braces ? "" : "{", c->facts, braces ? "" : "}");
        struct profiles *set = set_of(yaml);
        struct facts *f = facts_said();

        agent_read(profiles_find(set, "p"), c->said, f, true, false);
        assert_string_equal(f->identity.hardware, c->expected);
        facts_unref(f);
        profiles_free(set);
    }
}

static const struct said chassis[] = {
    {"1.3.6.1.2.1.47.1.1.1.1.5.1", NULL, 11},
    {"1.3.6.1.2.1.47.1.1.1.1.5.2", NULL, 3},
    {"1.3.6.1.2.1.47.1.1.1.1.11.1", "STACK", 0},
    {"1.3.6.1.2.1.47.1.1.1.1.11.2", "CHASSIS", 0},
    {NULL, NULL, 0},
};

static const char entity_yaml[] =
    "{profile: p, facts: {serial: {entity: {class: chassis, field: serial}},\n"
    "  hardware: {entity: {class: any, field: serial}}}}";

/* With identity alone nobody else reads ENTITY-MIB. */
static void serial_comes_from_an_entity_that_it_asks_itself(void **state)
{
    (void)state;
    OWNED(profiles_free) struct profiles *set = set_of(entity_yaml);
    struct facts *f = facts_new();

    agent_read(profiles_find(set, "p"), chassis, f, true, false);
    assert_string_equal(f->identity.serial, "CHASSIS");
    assert_string_equal(f->identity.hardware, "STACK");
    facts_unref(f);
}

static void serial_comes_from_entities_that_are_known(void **state)
{
    static const struct said nothing[] = {{NULL, NULL, 0}};

    (void)state;
    OWNED(profiles_free) struct profiles *set = set_of(entity_yaml);
    struct facts *f = facts_new();

    *array_add(&f->entities) =
        (struct entity){.index = 1, .class = 3, .serial = ""};
    *array_add(&f->entities) =
        (struct entity){.index = 2, .class = 3, .serial = "KNOWN"};
    agent_read(profiles_find(set, "p"), nothing, f, true, true);
    assert_string_equal(f->identity.serial, "KNOWN");
    facts_unref(f);
}

static void os_and_kind_have_fallbacks(void **state)
{
    static const struct said nothing[] = {{NULL, NULL, 0}};

    (void)state;
    OWNED(profiles_free)
    struct profiles *set = set_of(
        "{profile: acme, facts: {kind: [{of: device.descr, text: '{device.os}'}, "
        "{of: device.descr, pattern: 'model', text: switch}, router]}}");
    struct facts *f = facts_said();

    agent_read(profiles_find(set, "acme"), nothing, f, true, false);
    assert_string_equal(f->identity.profile, "acme");
    assert_string_equal(f->identity.os, "acme");
    assert_int_equal(f->identity.kind, KIND_SWITCH);
    facts_unref(f);
}

static void location_of_a_profile_goes_before_sys_location(void **state)
{
    static const struct said said[] = {{"1.3.6.1.4.1.9999.1.0", "Rack 4", 0},
                                       {NULL, NULL, 0}};

    (void)state;
    OWNED(profiles_free)
    struct profiles *set =
        set_of("{profile: p, facts: {location: {oid: 1.3.6.1.4.1.9999.1.0}}}");
    struct facts *f = facts_said();

    f->system.location = "somewhere";
    agent_read(profiles_find(set, "p"), said, f, true, false);
    assert_string_equal(f->system.location, "Rack 4");
    facts_unref(f);
}

/* Without identity, what was identified before is left alone. */
static void metrics_alone_leave_identity(void **state)
{
    static const struct said nothing[] = {{NULL, NULL, 0}};

    (void)state;
    OWNED(profiles_free)
    struct profiles *set = set_of("{profile: p, facts: {vendor: New}}");
    struct facts *f = facts_said();

    f->identity.vendor = "Old";
    agent_read(profiles_find(set, "p"), nothing, f, false, true);
    assert_string_equal(f->identity.vendor, "Old");
    facts_unref(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(facts_come_from_sources),
        cmocka_unit_test(serial_comes_from_an_entity_that_it_asks_itself),
        cmocka_unit_test(serial_comes_from_entities_that_are_known),
        cmocka_unit_test(os_and_kind_have_fallbacks),
        cmocka_unit_test(location_of_a_profile_goes_before_sys_location),
        cmocka_unit_test(metrics_alone_leave_identity),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
