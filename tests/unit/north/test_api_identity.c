/* Why a device is one, and what people say of that, as the API tells it. */
#include "asking.h"

static struct addr address(const char *text)
{
    struct addr a;

    assert_int_equal(addr_parse(text, &a), 0);
    return a;
}

static struct asking *asking_of_identities(void)
{
    static char core[] = "core", edge[] = "edge", dir[] = "edge", ann[] = "ann";
    static char why[] = "same boot", second[] = "edge", apart[] = "two clocks";
    struct asking *a = asking_new();
    struct addr addr = address("192.0.2.9");
    struct pin pin = {.kind = PIN_MERGE,
                      .device_name = core,
                      .other_name = edge,
                      .dir = dir,
                      .who = ann,
                      .addrs = {.at = &addr, .count = 1},
                      .at.ms = 1000};
    struct decision decision = {.addr = addr,
                                .at.ms = 2000,
                                .by = DECIDED_TWIN,
                                .agree = sign_bit(SIGN_LISTED),
                                .differ = sign_bit(SIGN_NAME),
                                .why = why,
                                .second = second,
                                .second_why = apart};

    a->station.pins = pins_new(NULL);
    assert_non_null(pins_add(a->station.pins, &pin));
    assert_true(decisions_note(&a->station.decisions, &decision));
    return a;
}

static void free_identities(struct asking *a)
{
    pins_free(a->station.pins);
    decisions_fini(&a->station.decisions);
    asking_free(a);
}

static void evidence_is_told_with_the_runner_up(void **state)
{
    struct asking *a = asking_of_identities();

    (void)state;
    assert_int_equal(get(a, "/api/v1/devices/core/identity"), 200);
    assert_string_equal(told(a, "why"), "because");
    assert_string_equal(told(a, "context_of"), "edge");
    assert_string_equal(told(a, "decisions/0/address"), "192.0.2.9");
    assert_string_equal(told(a, "decisions/0/by"), "twin test");
    assert_string_equal(told(a, "decisions/0/why"), "same boot");
    assert_string_equal(told(a, "decisions/0/agree/0"), "listed address");
    assert_string_equal(told(a, "decisions/0/differ/0"), "sysName");
    assert_string_equal(told(a, "decisions/0/evidence/0/trust"), "S5");
    assert_string_equal(told(a, "decisions/0/evidence/0/says"), "same");
    assert_string_equal(told(a, "decisions/0/evidence/1/says"), "different");
    assert_string_equal(told(a, "decisions/0/runner_up/device"), "edge");
    assert_string_equal(told(a, "decisions/0/runner_up/why"), "two clocks");
    assert_string_equal(told(a, "shared/0/sign"), "serial number");
    assert_string_equal(told(a, "shared/0/trust"), "S2");
    assert_string_equal(told(a, "shared/0/with"), "edge");
    assert_string_equal(told(a, "pins/0/who"), "ann");
    assert_int_equal(get(a, "/api/v1/devices/nobody/identity"), 404);
    free_identities(a);
}

static void pins_are_listed(void **state)
{
    struct asking *a = asking_of_identities();

    (void)state;
    assert_int_equal(get(a, "/api/v1/pins"), 200);
    assert_int_equal(told_count(a, "pins"), 1);
    assert_string_equal(told(a, "pins/0/kind"), "merge");
    assert_string_equal(told(a, "pins/0/device"), "core");
    assert_string_equal(told(a, "pins/0/other"), "edge");
    assert_string_equal(told(a, "pins/0/addresses/0"), "192.0.2.9");
    assert_string_equal(told(a, "pins/0/at"), "1970-01-01T00:00:01Z");
    free_identities(a);
}

static void what_people_say_reaches_the_station(void **state)
{
    static const struct {
        const char *body, *command, *target;
    } cases[] = {
        {"{\"merge\": [\"core\", \"edge\"]}", "merge", "edge"},
        {"{\"merge\": [\"core\", \"edge\"], \"undo\": true}", "unmerge",
         "edge"},
        {"{\"apart\": [\"core\", \"edge\"]}", "apart", "edge"},
        {"{\"apart\": [\"core\", \"edge\"], \"undo\": true}", "unapart",
         "edge"},
        {"{\"split\": \"192.0.2.1\"}", "split", "192.0.2.1"},
        {"{\"split\": \"192.0.2.1\", \"undo\": true}", "unsplit", "192.0.2.1"},
    };
    static const char *const wrong[] = {
        "{}",
        "{\"merge\": \"core\"}",
        "{\"merge\": [\"core\"]}",
        "{\"merge\": [\"core\", \"edge\", \"noc\"]}",
        "{\"merge\": [\"core\", 7]}",
        "{\"split\": 7}",
        "{\"split\": [\"core\", \"edge\"]}",
        "{\"apart\": \"core\"}",
        "{\"merge\": [\"core\", \"edge\"], \"apart\": [\"core\", \"edge\"]}",
        "{\"merge\": [\"core\", \"edge\"], \"split\": \"192.0.2.1\"}"};
    struct asking *a = asking_of_identities();

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        assert_int_equal(ask(a, API_POST, "/api/v1/pins", cases[i].body), 200);
        assert_string_equal(a->station.command, cases[i].command);
        assert_string_equal(a->station.target, cases[i].target);
    }
    assert_string_equal(a->station.who, "?"); /* nobody is connected here */
    a->station.command[0] = '\0';
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        assert_int_equal(ask(a, API_POST, "/api/v1/pins", wrong[i]), 400);
        assert_string_equal(a->station.command, "");
    }
    a->station.rc = -ENOENT;
    assert_int_equal(ask(a, API_POST, "/api/v1/pins", cases[0].body), 404);
    free_identities(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(evidence_is_told_with_the_runner_up),
        cmocka_unit_test(pins_are_listed),
        cmocka_unit_test(what_people_say_reaches_the_station),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
