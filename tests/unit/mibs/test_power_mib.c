/* Power supplies, power over Ethernet, and supplies of printers. */
#include "tests/unit/mibs/agent.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define UPS "1.3.6.1.2.1.33.1."
#define POE "1.3.6.1.2.1.105.1.3.1.1."
#define SUPPLY "1.3.6.1.2.1.43.11.1.1."
#define INPUT "1.3.6.1.2.1.43.8.2.1."

static const struct sensor *find(const struct facts *f, const char *oid)
{
    for (size_t i = 0; i < f->sensors.count; i++)
        if (strcmp(f->sensors.at[i].oid, oid) == 0)
            return &f->sensors.at[i];
    return NULL;
}

static bool near(double a, double b)
{
    return fabs(a - b) < 1e-9;
}

static void ups_tells_battery_and_each_line(void **state)
{
    (void)state;
    static const struct said said[] = {
        {UPS "2.1.0", 'i', "3"},       {UPS "2.2.0", 'i', "90"},
        {UPS "2.5.0", 'i', "412"},     {UPS "2.6.0", 'i', "-15"},
        {UPS "3.3.1.3.1", 'i', "238"}, {UPS "3.3.1.3.2", 'i', "239"},
        {UPS "3.3.1.4.1", 'i', "-1"}, /* not measured */
        {UPS "4.1.0", 'i', "9"},       {UPS "4.4.1.5.1", 'i', "79"},
    };
    struct facts *f = FACTS_OF(said);
    const struct sensor *battery = find(f, UPS "2.1.0");

    assert_int_equal(f->sensors.count, 8);
    assert_non_null(battery);
    assert_string_equal(battery->class, "state");
    assert_string_equal(battery->state_descr, "low");
    assert_string_equal(battery->state_severity, "critical");
    assert_string_equal(battery->index, "33.1.2.1.0");
    assert_true(near(find(f, UPS "2.2.0")->value, 1.5));
    assert_true(near(find(f, UPS "2.5.0")->value, 41.2));
    assert_true(near(find(f, UPS "2.6.0")->value, -1.5));
    assert_string_equal(find(f, UPS "3.3.1.3.2")->descr, "Input 2");
    assert_string_equal(find(f, UPS "3.3.1.3.2")->class, "voltage");
    assert_null(find(f, UPS "3.3.1.4.1"));
    assert_string_equal(find(f, UPS "4.1.0")->state_severity, "unknown");
    assert_string_equal(find(f, UPS "4.4.1.5.1")->class, "load");
    facts_unref(f);
}

static void power_over_ethernet_tells_each_group(void **state)
{
    (void)state;
    static const struct said said[] = {
        {POE "2.1", 'g', "370"},
        {POE "3.1", 'i', "3"},
        {POE "4.1", 'g', "115"},
        {POE "2.2", 'g', "0"},
    };
    struct facts *f = FACTS_OF(said);

    assert_int_equal(f->sensors.count, 4);
    assert_true(near(find(f, POE "4.1")->value, 115));
    assert_string_equal(find(f, POE "2.2")->descr, "PoE budget 2");
    assert_string_equal(find(f, POE "3.1")->state_severity, "critical");
    facts_unref(f);
}

static void printer_tells_what_it_holds(void **state)
{
    (void)state;
    static const struct said said[] = {
        {SUPPLY "5.1.1", 'i', "3"},     {SUPPLY "6.1.1", 's', "Black Toner"},
        {SUPPLY "8.1.1", 'i', "2000"},  {SUPPLY "9.1.1", 'i', "500"},
        {SUPPLY "6.1.2", 's', "Waste"}, {SUPPLY "8.1.2", 'i', "-2"},
        {SUPPLY "9.1.2", 'i', "-3"},    {INPUT "9.1.1", 'i', "250"},
        {INPUT "10.1.1", 'i', "25"},    {INPUT "18.1.1", 's', "Tray 1"},
    };
    struct facts *f = FACTS_OF(said);
    const struct supply *s = f->supplies.at;

    assert_int_equal(f->supplies.count, 3);
    assert_string_equal(s[0].type, "toner");
    assert_string_equal(s[0].descr, "Black Toner");
    assert_true(near(s[0].current_percent, 25));
    assert_string_equal(s[1].type, "input");
    assert_string_equal(s[1].descr, "Tray 1");
    assert_true(near(s[1].current_percent, 10));
    assert_string_not_equal(s[0].index, s[1].index);
    assert_string_equal(s[2].type, "markerSupply");
    assert_true(isnan(s[2].current_percent));
    facts_unref(f);
}

static void toner_of_two_printers_is_told_apart(void **state)
{
    (void)state;
    static const struct said said[] = {
        {SUPPLY "6.2.1", 's', "Black, first floor"},
        {SUPPLY "9.2.1", 'i', "500"},
        {SUPPLY "6.5.1", 's', "Black, second floor"},
        {SUPPLY "9.5.1", 'i', "100"},
    };
    struct facts *f = FACTS_OF(said);

    assert_int_equal(f->supplies.count, 2);
    assert_string_equal(f->supplies.at[0].index, "1");
    assert_string_equal(f->supplies.at[1].index, "5.1");
    facts_unref(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ups_tells_battery_and_each_line),
        cmocka_unit_test(power_over_ethernet_tells_each_group),
        cmocka_unit_test(printer_tells_what_it_holds),
        cmocka_unit_test(toner_of_two_printers_is_told_apart),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
