/* Rules as they are written: the defaults, what changes them, what is refused,
 * and whom they are for. */
#include "station/rule_read.h"

#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static int read_rule(struct rules *rules, const char *text,
                     struct complaint *why)
{
    struct yaml *read = NULL;

    *why = (struct complaint){.what = ""};
    assert_int_equal(yaml_parse("r.yaml", text, strlen(text), &read, why), 0);
    OWNED(yaml_free) struct yaml *doc = read;
    return rule_read(yaml_root(doc), rules, why);
}

static void the_defaults_are_sound(void **state)
{
    struct rules rules = {0};

    (void)state;
    rules_take_defaults(&rules);
    const struct rule *r = rules_find(&rules, "utilisation");
    assert_non_null(r);
    assert_int_equal(r->on, SERIES_PORT);
    assert_float_equal(r->range.high, 90, 0);
    assert_float_equal(r->bounds.back, 10, 0);
    assert_int_equal(r->bounds.for_ms, 15 * 60000);
    double values[RULE_VARIABLES_MAX] = {[0] = 1e6, [1] = 11e6, [12] = 100e6};
    assert_float_equal(formula_value(r->value_of, values), 88, 0.001);
    assert_non_null(rules_find(&rules, "storage-days"));
    assert_int_equal(rules_find(&rules, "port-down")->severity, SEVERITY_MAJOR);
    rules_fini(&rules);
}

static void a_default_is_changed_by_its_name(void **state)
{
    struct rules rules = {0};
    struct complaint why;

    (void)state;
    rules_take_defaults(&rules);
    size_t count = rules.count;
    assert_int_equal(
        read_rule(&rules, "{name: cpu, above: 70, severity: minor, clear: 60}",
                  &why),
        0);
    assert_int_equal(read_rule(&rules, "{name: loss, off: true}", &why), 0);
    assert_int_equal(read_rule(&rules, "{name: memory, above: 50}", &why), 0);
    assert_float_equal(rules_find(&rules, "memory")->bounds.back, 2.5, 1e-9);
    assert_int_equal(rules.count, count);
    const struct rule *cpu = rules_find(&rules, "cpu");
    assert_float_equal(cpu->bounds.above[SEVERITY_MINOR], 70, 0);
    assert_true(isnan(cpu->bounds.above[SEVERITY_MAJOR]));
    assert_int_equal(cpu->bounds.for_ms, 15 * 60000);
    assert_true(rules_find(&rules, "loss")->off);
    rules_fini(&rules);
}

static const struct {
    const char *text, *place, *what, *remedy;
} faults[] = {
    {"{on: cpu, above: 5}", "r.yaml:1:1", "a rule has no name",
     "write name: in up to 64 octets"},
    {"{name: a, above: 5}", "r.yaml:1:1", "\"a\" is on nothing",
     "add on: port, icmp, cpu, memory, storage or sensor"},
    {"{name: a, on: cpu}", "r.yaml:1:1", "\"a\" has no level",
     "add above: or below:"},
    {"{name: a, on: cpu, above: 5, value: usage_percnt * 2}",
     "r.yaml:1:37: value", "there is no variable \"usage_percnt\", at column 1",
     "variables here: usage_percent"},
    {"{name: a, on: cpu, above: {bad: 5}}", "r.yaml:1:28: above.bad",
     "\"bad\" is no severity",
     "write indeterminate, warning, minor, major or critical"},
    {"{name: a, on: cpu, above: {major: 5, warning: 6}}", "r.yaml:1:27: above",
     "major is not beyond the milder level", "order the levels by severity"},
    {"{name: a, on: cpu, above: 5, clear: 6}", "r.yaml:1:37: clear",
     "6 would be cleared and raised at once",
     "write a value below the first level"},
    {"{name: a, on: cpu, above: 5, below: 6}", "r.yaml:1:37: below",
     "no value would be normal", "leave a range between below and above"},
    {"{name: a, on: cpu, as: change, above: 5}", "r.yaml:1:1",
     "nothing says over which time", "add over: such as 1h"},
    {"{name: a, on: cpu, as: limits}", "r.yaml:1:24: as",
     "only sensors tell their limits", "write on: sensor"},
    {"{name: a, on: cpu, above: 5, devices: ['(']}", NULL, NULL,
     "write a regular expression such as ^core-"},
    {"{name: a, on: cpu, above: 5, kinds: [swich]}", "r.yaml:1:38: kinds[0]",
     "\"swich\" is no kind of device",
     "write a kind that `portolan devices` shows"},
    {"{name: a, on: restart, above: 5}", "r.yaml:1:1",
     "restart has no value that could have levels", "write severity: alone"},
    {"{name: a, on: cpu, above: 5, abve: 1}", "r.yaml:1:30",
     "unknown key \"abve\"", "write \"above\""},
    {"{name: a, on: storage, as: days, over: 1d, below: 5}", "r.yaml:1:1",
     "nothing says what the value grows up to", "write limit: total_bytes"},
    {"{name: a, on: icmp, as: baseline, above: 4, level: 5}", "r.yaml:1:1",
     "level and spread belong together", "give both or none"},
};

static void faults_are_refused_with_place_and_remedy(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(faults); i++) {
        struct rules rules = {0};
        struct complaint why;

        print_message("%s\n", faults[i].text);
        assert_int_equal(read_rule(&rules, faults[i].text, &why), -EINVAL);
        if (faults[i].place != NULL)
            assert_memory_equal(why.place, faults[i].place,
                                strlen(faults[i].place));
        if (faults[i].what != NULL)
            assert_string_equal(why.what, faults[i].what);
        assert_string_equal(why.remedy, faults[i].remedy);
        assert_int_equal(rules.count, 0);
        rules_fini(&rules);
    }
}

static void patterns_say_whom_a_rule_is_for(void **state)
{
    static const struct rule_subject subject = {
        .device = "core-1",
        .site = "Hamburg",
        .kind = KIND_SWITCH,
        .names = {"port-ge0", "ge0", "GigabitEthernet 0", "to core-2"}};
    static const struct {
        const char *text;
        enum rule_fit fit;
        const char *by;
    } cases[] = {
        {"", RULE_FITS, NULL},
        {", devices: ^core-", RULE_FITS, "^core-"},
        {", devices: [^edge-, ^core-]", RULE_FITS, "^core-"},
        {", devices: ^edge-", RULE_OTHER_DEVICE, NULL},
        {", not_devices: -1$", RULE_NOT_DEVICE, "-1$"},
        {", objects: '^to core'", RULE_FITS, "^to core"},
        {", objects: xe", RULE_OTHER_OBJECT, NULL},
        {", not_objects: Gigabit", RULE_NOT_OBJECT, "Gigabit"},
        {", sites: (?i)hamburg", RULE_FITS, "(?i)hamburg"},
        {", sites: Bremen", RULE_OTHER_SITE, NULL},
        {", kinds: [router, switch]", RULE_FITS, NULL},
        {", kinds: [router]", RULE_OTHER_KIND, NULL},
        {", off: true", RULE_IS_OFF, NULL},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct rules rules = {0};
        struct buffer OWNED_BUFFER text = {0};
        struct complaint why;
        const char *by;

        print_message("%s\n", cases[i].text);
        buffer_format(&text, "{name: a, on: port, above: 1%s}", cases[i].text);
        assert_int_equal(read_rule(&rules, text.at, &why), 0);
        assert_int_equal(rule_fits(rules.at[0], &subject, &by), cases[i].fit);
        if (cases[i].by == NULL)
            assert_null(by);
        else
            assert_string_equal(by, cases[i].by);
        assert_true(strlen(rule_fit_text(cases[i].fit)) > 5);
        rules_fini(&rules);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_defaults_are_sound),
        cmocka_unit_test(a_default_is_changed_by_its_name),
        cmocka_unit_test(faults_are_refused_with_place_and_remedy),
        cmocka_unit_test(patterns_say_whom_a_rule_is_for),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
