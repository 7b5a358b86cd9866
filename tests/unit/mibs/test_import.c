/* A peer's definitions become profiles that match, name and measure an agent as
 * they do there. All definitions and objects here are invented. */
#include "test_profile_agent.h"

#include "mibs/import.h"

#include <math.h>

#define ACME "1.3.6.1.4.1.99999"

/* ---- names ------------------------------------------------------------------
 */

static const struct {
    const char *module, *name, *oid;
    uint8_t kind, index_count;
    bool is_text;
} objects[] = {
    {"ACME-MIB", "acmeModel", ACME ".1.1", MIB_SCALAR, 0, true},
    {"ACME-MIB", "acmeRelease", ACME ".1.2", MIB_SCALAR, 0, true},
    {"ACME-MIB", "acmeFactor", ACME ".1.3", MIB_SCALAR, 0, false},
    {"ACME-MIB", "acmeLoad", ACME ".1.4", MIB_SCALAR, 0, false},
    {"ACME-MIB", "acmeTempTable", ACME ".2", MIB_TABLE, 2, false},
    {"ACME-MIB", "acmeTempName", ACME ".2.1.2", MIB_COLUMN, 2, true},
    {"ACME-MIB", "acmeTempValue", ACME ".2.1.3", MIB_COLUMN, 2, false},
    {"ACME-MIB", "acmeTempLimit", ACME ".2.1.4", MIB_COLUMN, 2, false},
    {"ACME-MIB", "acmeTempState", ACME ".2.1.5", MIB_COLUMN, 2, true},
    {"ACME-MIB", "acmeSlotName", ACME ".3.1.2", MIB_COLUMN, 1, true},
    {"ACME-MIB", "acmeMemTotal", ACME ".4.1.2", MIB_COLUMN, 1, false},
    {"ACME-MIB", "acmeMemUsed", ACME ".4.1.3", MIB_COLUMN, 1, false},
    {"ACME-PRODUCTS-MIB", "acmeBox9", ACME ".9.9", MIB_NODE, 0, false},
    {"ACME-PRODUCTS-MIB", "acmeBox10", ACME ".9.10", MIB_NODE, 0, false},
};

static bool find(void *arg, const char *module, const char *name,
                 struct mib_object *out)
{
    (void)arg;
    *out = (struct mib_object){0};
    for (size_t i = 0; i < COUNT_OF(objects); i++)
        if ((module[0] == '\0' || strcmp(objects[i].module, module) == 0) &&
            strcmp(objects[i].name, name) == 0) {
            out->kind = objects[i].kind;
            out->index_count = objects[i].index_count;
            out->is_text = objects[i].is_text;
            return oid_parse(objects[i].oid, &out->oid) == 0;
        }
    return false;
}

static void each(void *arg, const char *module,
                 void (*told)(void *told_arg, const char *name, struct oid oid),
                 void *told_arg)
{
    (void)arg;
    for (size_t i = 0; i < COUNT_OF(objects); i++) {
        struct oid_store oid;

        if (strcmp(objects[i].module, module) == 0 &&
            oid_parse(objects[i].oid, &oid) == 0)
            told(told_arg, objects[i].name, oid_view(&oid));
    }
}

/* ---- importing --------------------------------------------------------------
 */

static const char detection_head[] =
    "os: acmeos\ntext: Acme OS\ntype: firewall\nmib_dir: acme\n";

/* What becomes of two files; the report if it is wanted. */
static void imported(const char *detection_text, const char *discovery_text,
                     struct buffer *out, struct import_report *report)
{
    const struct import_system system = {.os = (char *)"acmeos", .rank = 7};
    const struct mib_names names = {.find = find, .each = each};
    struct import_report unread = {0};
    struct buffer OWNED_BUFFER text = {0};
    OWNED(yaml_free) struct yaml *detection = NULL;
    OWNED(yaml_free) struct yaml *discovery = NULL;
    struct complaint why;

    buffer_format(&text, "%s%s", detection_head, detection_text);
    assert_int_equal(
        import_parse("d.yaml", text.at, text.len, &detection, &why), 0);
    assert_int_equal(import_parse("x.yaml", discovery_text,
                                  strlen(discovery_text), &discovery, &why),
                     0);
    import_system(&system, yaml_root(detection), yaml_root(discovery), &names,
                  out, report != NULL ? report : &unread);
    import_report_fini(&unread);
}

static struct profiles *imported_set(const char *detection,
                                     const char *discovery)
{
    struct buffer OWNED_BUFFER text = {0};

    imported(detection, discovery, &text, NULL);
    return set_of(text.at);
}

static const char anything[] = "discovery: [{sysObjectID: ." ACME ".}]\n";

/* Facts of an agent that said all this; system is what it is. */
static struct facts *facts_of(const char *discovery, const struct said *said,
                              struct system_facts system)
{
    OWNED(profiles_free)
    struct profiles *set = imported_set(anything, discovery);
    struct facts *f = facts_new();

    f->system = system;
    agent_read(profiles_find(set, "acmeos"), said, f, true, true);
    return f;
}

/* ---- match ------------------------------------------------------------------
 */

static const struct {
    const char *name, *discovery, *object_id, *descr;
    bool matches;
} matches[] = {
    {"a prefix with dots at both ends",
     "discovery: [{sysObjectID: [." ACME ".5.]}]\n", ACME ".5.1", "", true},
    {"another prefix", "discovery: [{sysObjectID: [." ACME ".5.]}]\n",
     ACME ".6.1", "", false},
    {"both kinds of terms",
     "discovery: [{sysObjectID: ." ACME ", sysDescr: [Box, Case]}]\n",
     ACME ".1", "A Case", true},
    {"one kind of two",
     "discovery: [{sysObjectID: ." ACME ", sysDescr: [Box, Case]}]\n",
     ACME ".1", "A Bag", false},
    {"a pattern blind to case",
     "discovery: [{sysDescr_regex: '/^acme \\d+$/i'}]\n", "1.3", "ACME 12",
     true},
    {"a pattern over an OID that begins with a dot",
     "discovery: [{sysObjectID_regex: '/^\\.1\\.3\\.6\\.1\\.4\\.1\\.99999\\.[12]/'"
     "}]\n",
     ACME ".2.8", "", true},
    {"an exception",
     "discovery: [{sysObjectID: ." ACME ", sysDescr_except: Lite}]\n",
     ACME ".1", "Box Lite", false},
    {"the second rule", "discovery: [{sysDescr: Box}, {sysDescr: Case}]\n",
     "1.3", "Case", true},
};

static void agents_are_known_as_there(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(matches); i++) {
        struct system_facts said = {.object_id = matches[i].object_id,
                                    .descr = matches[i].descr};
        const struct profile *found[2];
        bool tie;

        print_message("  %s\n", matches[i].name);
        OWNED(profiles_free)
        struct profiles *set =
            imported_set(matches[i].discovery, "modules: {}");
        assert_int_equal(
            profiles_match_all(set, &said, NULL, found, COUNT_OF(found), &tie),
            matches[i].matches ? 1 : 0);
    }
}

static void questions_are_carried_over(void **state)
{
    struct buffer OWNED_BUFFER text = {0};

    (void)state;
    imported("discovery:\n"
             "- sysDescr: Linux\n"
             "  snmpget: {oid: 'ACME-MIB::acmeModel.0', op: '!=', value: "
             "false}\n"
             "  snmpget_except: {oid: ." ACME ".7.0, op: contains, value: x}\n"
             "- sysDescr: Unix\n"
             "  snmpwalk: {oid: 'ACME-MIB::acmeSlotName', value: [a, b]}\n",
             "modules: {}", &text, NULL);
    assert_non_null(
        strstr(text.at, "get: [[{oid: " ACME ".1.1.0, exists: true}]]"));
    assert_non_null(
        strstr(text.at, "except: {get: [{oid: " ACME ".7.0, contains: 'x'}]}"));
    assert_non_null(strstr(text.at, "get: [[{column: " ACME
                                    ".3.1.2, contains: ['a', 'b']}]]"));
    OWNED(profiles_free) struct profiles *set = set_of(text.at);
    assert_int_equal(profiles_count(set), 1);
}

/* ---- facts ------------------------------------------------------------------
 */

static const struct said identity[] = {
    {ACME ".1.1.0", "IBM,Box", 0},
    {ACME ".1.2.0", "Release v2.5 (beta)", 0},
    {ACME ".1.3.0", NULL, 4},
    {NULL, NULL, 0},
};

static const struct {
    const char *name, *os, *hardware, *version, *features;
} facts[] = {
    {"groups over sysDescr",
     "{sysDescr_regex: ['/nothing/', '/^(?<hardware>\\S+) (?<version>\\S+)/']}",
     "Acme", "9.1", ""},
    {"objects before groups",
     "{sysDescr_regex: '/(?<hardware>\\S+)/', hardware: [." ACME
     ".8.0, 'ACME-MIB::acmeModel.0']}",
     "IBM,Box", "", ""},
    {"a pattern over what was read",
     "{version: 'ACME-MIB::acmeRelease.0', version_regex: "
     "'/v(?<version>[\\d.]+)/'}",
     "", "2.5", ""},
    {"a group of another field's pattern",
     "{version: 'ACME-MIB::acmeRelease', version_regex: "
     "'/v(?<version>[\\d.]+) .(?<features>\\w+)/'}",
     "", "2.5", "beta"},
    {"a template",
     "{features: 'ACME-MIB::acmeFactor.0', features_template: "
     "'Level {{ ACME-MIB::acmeFactor.0 }}'}",
     "", "", "Level 4"},
    {"a template without what is not there",
     "{hardware_template: '{{ ACME-MIB::acmeModel.0 }} {{ ." ACME ".8.0 }}'}",
     "IBM,Box", "", ""},
    {"replacements",
     "{hardware: 'ACME-MIB::acmeModel.0', hardware_replace: ['/IBM,/', "
     "['/B(o)x/', 'C\\1x']]}",
     "Cox", "", ""},
    {"a module of products", "{hardware_mib: ACME-PRODUCTS-MIB}", "acmeBox9",
     "", ""},
    {"a module of products and a pattern",
     "{hardware_mib: ACME-PRODUCTS-MIB, hardware_regex: "
     "'/acme(?<hardware>.*)/'}",
     "Box9", "", ""},
};

static void devices_are_named_as_there(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(facts); i++) {
        struct buffer OWNED_BUFFER text = {0};
        const struct system_facts system = {.descr = "Acme 9.1 box",
                                            .object_id = ACME ".9.9"};

        print_message("  %s\n", facts[i].name);
        buffer_format(&text, "modules: {os: %s}", facts[i].os);
        OWNED(facts_unref)
        struct facts *f = facts_of(text.at, identity, system);
        assert_string_equal(f->identity.hardware, facts[i].hardware);
        assert_string_equal(f->identity.version, facts[i].version);
        assert_string_equal(f->identity.features, facts[i].features);
        assert_string_equal(f->identity.os, "acmeos");
        assert_string_equal(f->identity.vendor, "Acme");
        assert_int_equal(f->identity.kind, KIND_FIREWALL);
    }
}

/* ---- sensors ----------------------------------------------------------------
 */

/* Two rows, at 7.3 and 8.4. */
static const struct said table[] = {
    {ACME ".1.3.0", NULL, 4},           {ACME ".2.1.2.7.3", "Inlet", 0},
    {ACME ".2.1.3.7.3", NULL, 250},     {ACME ".2.1.4.7.3", NULL, 800},
    {ACME ".2.1.5.7.3", "fine", 0},     {ACME ".2.1.2.8.4", "Outlet", 0},
    {ACME ".2.1.3.8.4", NULL, 0},       {ACME ".2.1.5.8.4", "worn out", 0},
    {ACME ".3.1.2.7", "Slot seven", 0}, {NULL, NULL, 0},
};

/* An item of a class "temperature" over acmeTempValue. */
static const struct {
    const char *name, *item;
    const char *labels[3]; /* of the sensors, in order */
    double first;
} sensors[] = {
    {"a column alone", "descr: Temp", {"Temp", "Temp"}, 250},
    {"the peer's words",
     "descr: '{{ $index }} {{ $subindex0 }} {{ $subindex1 }} {{ $count }}'",
     {"7.3 7 3 1", "8.4 8 4 2"},
     250},
    {"a name alone",
     "descr: 'ACME-MIB::acmeTempName'",
     {"Inlet", "Outlet"},
     250},
    {"a row of a shorter index",
     "descr: 'In {{ ACME-MIB::acmeSlotName }}.'",
     {"In Slot seven.", "In ."},
     250},
    {"a row at a part of the index",
     "descr: '{{ $ACME-MIB::acmeSlotName:0 }}'",
     {"Slot seven", NULL},
     250},
    {"an instance",
     "descr: 'x{{ ACME-MIB::acmeFactor.0 }}'",
     {"x4", "x4"},
     250},
    {"nothing of the kind",
     "descr: 'a {{ NO-MIB::such }} b'",
     {"a  b", "a  b"},
     250},
    {"divided and multiplied",
     "descr: T, divisor: 100, multiplier: 2",
     {"T", "T"},
     5},
    {"divided by a column",
     "descr: T, divisor: '{{ ACME-MIB::acmeFactor }}'",
     {"T", "T"},
     62.5},
    {"divided by a power of ten",
     "descr: T, divisor: '1.0E+{{ ACME-MIB::acmeFactor.0 }}'",
     {"T", "T"},
     0.025},
    {"in Fahrenheit",
     "descr: T, user_func: fahrenheit_to_celsius",
     {"T", "T"},
     121.111},
    {"a bare number is skipped", "descr: T, skip_values: 0", {"T", NULL}, 250},
    {"a list of numbers", "descr: T, skip_values: [0, 250]", {NULL, NULL}, NAN},
    {"below a limit", "descr: T, skip_value_lt: 1", {"T", NULL}, 250},
    {"above a limit", "descr: T, skip_value_gt: 100", {"T", NULL}, 0},
    {"by another column",
     "descr: T, skip_values: [{oid: 'ACME-MIB::acmeTempName', op: "
     "not_contains, value: let}, {oid: 'ACME-MIB::acmeTempName', op: starts, "
     "value: In}]",
     {"T", NULL},
     0},
    {"by the index",
     "descr: T, skip_values: [{oid: index, op: not_ends, "
     "value: '.3'}]",
     {"T", NULL},
     250},
    {"by a pattern",
     "descr: T, skip_values: [{oid: 'ACME-MIB::acmeTempName', "
     "op: regex, value: '/^out/i'}]",
     {"T", NULL},
     250},
    {"by a fact",
     "descr: T, skip_values: [{device: sysDescr, op: contains, "
     "value: Lite}]",
     {NULL, NULL},
     NAN},
    {"in a list",
     "descr: T, skip_values: [{oid: 'ACME-MIB::acmeTempName', "
     "op: in_array, value: [Outlet, Top]}]",
     {"T", NULL},
     250},
    {"where something is missing",
     "descr: T, skip_values: [{oid: 'ACME-MIB::acmeTempLimit', op: exists, "
     "value: false}]",
     {"T", NULL},
     250},
};

static void discovery_of(const char *class, const char *item,
                         struct buffer *out)
{
    buffer_format(out,
                  "modules: {sensors: {%s: {options: {}, data: [{oid: "
                  "'ACME-MIB::acmeTempTable', value: "
                  "'ACME-MIB::acmeTempValue', num_oid: '." ACME
                  ".2.1.3.{{ $index }}', %s}]}}}",
                  class, item);
}

static void sensors_are_measured_as_there(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(sensors); i++) {
        struct buffer OWNED_BUFFER text = {0};
        size_t expected = 0;

        print_message("  %s\n", sensors[i].name);
        discovery_of("temperature", sensors[i].item, &text);
        OWNED(facts_unref)
        struct facts *f = facts_of(text.at, table,
                                   (struct system_facts){.descr = "Box Lite"});

        for (; expected < 2 && sensors[i].labels[expected] != NULL; expected++)
            assert_true(f->sensors.count > expected);
        if (strstr(sensors[i].name, "part of the index") == NULL)
            assert_int_equal(f->sensors.count, expected);
        for (size_t k = 0; k < expected; k++)
            assert_string_equal(f->sensors.at[k].descr, sensors[i].labels[k]);
        if (expected > 0)
            assert_true(fabs(f->sensors.at[0].value - sensors[i].first) < 0.01);
    }
}

static void limits_and_relations_are_carried_over(void **state)
{
    struct buffer OWNED_BUFFER text = {0};

    (void)state;
    discovery_of("temperature",
                 "descr: T, divisor: 10, low_limit: 5, high_limit: "
                 "'ACME-MIB::acmeTempLimit', group: Air, entPhysicalIndex: "
                 "'{{ $subindex0 }}', entPhysicalIndex_measured: ports",
                 &text);
    OWNED(facts_unref)
    struct facts *f =
        facts_of(text.at, table, (struct system_facts){.descr = ""});
    const struct sensor *s = &f->sensors.at[0];

    assert_int_equal(f->sensors.count, 2);
    assert_string_equal(s->oid, ACME ".2.1.3.7.3");
    assert_string_equal(s->class, "temperature");
    assert_string_equal(s->group, "Air");
    assert_true(fabs(s->low_crit - 5) < 0.001);   /* a number as it is */
    assert_true(fabs(s->high_crit - 80) < 0.001); /* an object divided */
    assert_int_equal(s->if_index, 7);
}

static void states_may_come_as_text(void **state)
{
    static const char discovery[] =
        "modules: {sensors: {state: {data: [{oid: 'ACME-MIB::acmeTempState', "
        "num_oid: '." ACME ".2.1.5.{{ $index }}', descr: S, state_name: s, "
        "states: [{value: 1, generic: 0, descr: fine}, {value: 2, generic: 2, "
        "descr: worn out}, {value: 2, generic: 0, descr: again}]}]}}}";

    (void)state;
    OWNED(facts_unref)
    struct facts *f =
        facts_of(discovery, table, (struct system_facts){.descr = ""});
    assert_int_equal(f->sensors.count, 2);
    assert_true(fabs(f->sensors.at[0].value - 1) < 0.001);
    assert_string_equal(f->sensors.at[0].state_severity, "ok");
    assert_true(fabs(f->sensors.at[1].value - 2) < 0.001);
    assert_string_equal(f->sensors.at[1].state_descr, "worn out");
    assert_string_equal(f->sensors.at[1].state_severity, "critical");
}

/* ---- processors, memory, storage
 * --------------------------------------------- */

static const struct said pools[] = {
    {ACME ".1.4.0", NULL, 970},
    {ACME ".4.1.2.5", NULL, 1000},
    {ACME ".4.1.3.5", NULL, 250},
    {NULL, NULL, 0},
};

static void processors_and_pools_are_carried_over(void **state)
{
    static const char discovery[] =
        "modules:\n"
        "  processors: {data: [{oid: 'ACME-MIB::acmeLoad', num_oid: '." ACME
        ".1.4.{{ $index }}', precision: -10}]}\n"
        "  mempools: {data: [{total: 'ACME-MIB::acmeMemTotal', used: "
        "'ACME-MIB::acmeMemUsed', precision: 1024, descr: 'RAM {{ $index "
        "}}'}]}\n"
        "  storage: {data: [{size: 2000, used: 'ACME-MIB::acmeMemUsed', units: "
        "2, descr: Disk}]}\n";

    (void)state;
    OWNED(facts_unref)
    struct facts *f =
        facts_of(discovery, pools, (struct system_facts){.descr = ""});
    assert_int_equal(f->processors.count, 1);
    assert_true(fabs(f->processors.at[0].usage_percent - 3) < 0.001);
    assert_string_equal(f->processors.at[0].oid, ACME ".1.4.0");
    assert_int_equal(f->mempools.count, 1);
    assert_string_equal(f->mempools.at[0].descr, "RAM 5");
    assert_true(fabs(f->mempools.at[0].total_bytes - 1024000) < 1);
    assert_true(fabs(f->mempools.at[0].used_percent - 25) < 0.001);
    assert_int_equal(f->storages.count, 1);
    assert_true(fabs(f->storages.at[0].total_bytes - 4000) < 1);
    assert_true(fabs(f->storages.at[0].used_bytes - 500) < 1);
}

/* ---- what is left out
 * --------------------------------------------------------- */

static const struct {
    const char *name, *discovery, *why;
} left[] = {
    {"code of the peer's",
     "{temperature: {data: [{oid: 'ACME-MIB::acmeTempValue', descr: T, "
     "user_func: 'Acme::own'}]}}",
     "code"},
    {"a name that is nowhere",
     "{temperature: {data: [{oid: 'ACME-MIB::nothing', descr: T}]}}",
     "no MIB module"},
    {"an unknown class", "{taste: {data: [{oid: 'ACME-MIB::acmeTempValue'}]}}",
     "no such class"},
};

static void what_is_left_out_is_told(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(left); i++) {
        struct buffer OWNED_BUFFER text = {0}, OWNED_BUFFER out = {0};
        struct import_report report = {0};
        bool told = false;

        print_message("  %s\n", left[i].name);
        buffer_format(&text, "modules: {sensors: %s}", left[i].discovery);
        imported(anything, text.at, &out, &report);
        assert_int_equal(report.left[IMPORT_SENSORS], 1);
        assert_int_equal(report.carried[IMPORT_SENSORS], 0);
        for (size_t k = 0; k < report.notes.count; k++) {
            told |= strstr(report.notes.at[k].why, left[i].why) != NULL;
            assert_int_equal(strncmp(report.notes.at[k].place, "x.yaml:1:", 9),
                             0);
        }
        assert_true(told);
        import_report_fini(&report);
    }
}

static void what_is_bad_there_is_ignored(void **state)
{
    (void)state;
    static const char detection[] =
        "discovery: [{sysObjectID: ." ACME ".}]\n"
        "bad_if: [vlan, 'a.b']\ngood_if: [vlan9]\nbad_if_regexp: '/^npi\\d/'\n"
        "bad_iftype: [tunnel]\nignore_vlans: [1002]\n"
        "ignore_mount_string: [/proc]\n";
    static const struct {
        const char *descr;
        int32_t type;
        bool shown;
    } ports[] = {{"Vlan8", 6, false}, {"vlan9", 6, true}, {"xa.by", 6, false},
                 {"xaxby", 6, true},  {"npi0", 6, false}, {"Npi0", 6, true},
                 {"tun", 131, false}, {"eth0", 6, true}};
    OWNED(profiles_free) struct profiles *set = imported_set(detection, "{}");
    struct facts *f = facts_new();
    size_t shown = 0;

    for (size_t i = 0; i < COUNT_OF(ports); i++)
        *array_add(&f->interfaces) =
            (struct interface){.if_index = (uint32_t)i + 1,
                               .name = "",
                               .descr = ports[i].descr,
                               .alias = "",
                               .type = ports[i].type,
                               .has_type = true};
    *array_add(&f->vlans) = (struct vlan){1002, "fddi"};
    *array_add(&f->vlans) = (struct vlan){1, "default"};
    *array_add(&f->storages) = (struct storage){.descr = "x/proc/y"};
    profile_ignore(profiles_find(set, "acmeos"), f);
    for (size_t i = 0; i < COUNT_OF(ports); i++) {
        print_message("  %s\n", ports[i].descr);
        assert_int_equal(facts_interface(f, (uint32_t)i + 1) != NULL,
                         ports[i].shown);
        shown += ports[i].shown;
    }
    assert_int_equal(f->interfaces.count, shown);
    assert_int_equal(f->vlans.count, 1);
    assert_int_equal(f->vlans.at[0].id, 1);
    assert_int_equal(f->storages.count, 0);
    facts_unref(f);
}

/* ---- YAML
 * ---------------------------------------------------------------------- */

static void yaml_is_read_as_there(void **state)
{
    static const char text[] =
        "a: &x [{k: 1, , v: 'two'}]\nb: *x\nc: [*x, true]\n";
    static const char bomb[] =
        "a: &a [x, x, x, x, x, x, x, x]\nb: &b [*a, *a, *a, *a, *a, *a, *a]\n"
        "c: &c [*b, *b, *b, *b, *b, *b]\nd: &d [*c, *c, *c, *c, *c, *c, *c]\n"
        "e: &e [*d, *d, *d, *d, *d, *d]\nf: &f [*e, *e, *e, *e, *e, *e, *e]\n"
        "g: [*f, *f, *f, *f, *f, *f, *f, *f, *f, *f, *f, *f, *f, *f, *f]\n";
    OWNED(yaml_free) struct yaml *doc = NULL;
    OWNED(yaml_free) struct yaml *none = NULL;
    struct complaint why;

    (void)state;
    assert_int_equal(import_parse("t", text, strlen(text), &doc, &why), 0);
    struct yaml_node b = yaml_get(yaml_root(doc), "b");
    assert_string_equal(yaml_text(yaml_get(yaml_item(b, 0), "v")), "two");
    assert_int_equal(yaml_count(yaml_get(yaml_root(doc), "c")), 2);
    assert_true(import_parse("t", bomb, strlen(bomb), &none, &why) < 0);
    assert_true(import_parse("t", "a: [", 4, &none, &why) < 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agents_are_known_as_there),
        cmocka_unit_test(questions_are_carried_over),
        cmocka_unit_test(devices_are_named_as_there),
        cmocka_unit_test(sensors_are_measured_as_there),
        cmocka_unit_test(limits_and_relations_are_carried_over),
        cmocka_unit_test(states_may_come_as_text),
        cmocka_unit_test(processors_and_pools_are_carried_over),
        cmocka_unit_test(what_is_left_out_is_told),
        cmocka_unit_test(what_is_bad_there_is_ignored),
        cmocka_unit_test(yaml_is_read_as_there),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
