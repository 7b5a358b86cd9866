/* Alerts and silences as the API tells them and takes what people say. */
#include "asking.h"

#include "station/alerts.h"
#include "station/silences.h"

static const struct wall now = {1700000000000};

static bool in_no_prefix(void *arg, const struct ident *device,
                         const struct prefix *p)
{
    (void)arg;
    (void)device;
    (void)p;
    return false;
}

static void tell(struct asking *a, uint8_t n, const char *name,
                 const char *type, enum severity severity)
{
    alerts_tell(a->station.alerts,
                &(struct condition){.object = {OBJECT_DEVICE, {{n}}, ""},
                                    .type = alert_type_find(type),
                                    .severity = severity,
                                    .at = {now.ms + n * 1000},
                                    .evidence = ALERT_BY_POLL | ALERT_BY_TRAP,
                                    .name = name,
                                    .device = name,
                                    .text = "is too hot",
                                    .rule = "hot",
                                    .unit = "C",
                                    .value = 71.5,
                                    .limit = 70});
}

static void show(struct asking *a)
{
    a->station.snapshot = scene_publish_again(a->scene, a->station.snapshot);
}

static struct asking *asking_of_alerts(void)
{
    struct asking *a = asking_new();

    a->station.silences = silences_new(&(struct silences_parts){
        .alerts = a->station.alerts, .world = {.in_prefix = in_no_prefix}});
    tell(a, 1, "core", "temperature", SEVERITY_MINOR);
    tell(a, 2, "edge", "device.unreachable", SEVERITY_CRITICAL);
    tell(a, 3, "printer", "device.unreachable", SEVERITY_MAJOR);
    tell(a, 4, "lab", "fan", SEVERITY_MAJOR);
    tell(a, 4, "lab", "fan", SEVERITY_CLEARED);
    alerts_explain(a->station.alerts, 3, 2, now);
    show(a);
    return a;
}

static int64_t counted(struct asking *a, const char *group, const char *key)
{
    return json_integer_value(
        json_object_get(json_object_get(a->api.json, group), key));
}

static void status_and_metrics_count_them(struct asking *a)
{
    assert_int_equal(get(a, "/api/v1/status"), 200);
    assert_int_equal(counted(a, "alerts", "critical"), 1);
    assert_int_equal(counted(a, "alerts", "major"), 0);
    assert_int_equal(counted(a, "alerts", "minor"), 1);
    assert_int_equal(counted(a, "alerts", "symptoms"), 1);
    assert_int_equal(get(a, "/metrics"), 200);
    assert_non_null(
        strstr(a->api.text.at, "\nportolan_alerts{severity=\"critical\"} 1\n"));
    assert_non_null(
        strstr(a->api.text.at, "\nportolan_alerts_quiet{why=\"symptom\"} 1\n"));
    assert_non_null(
        strstr(a->api.text.at,
               "\nportolan_alerts_raised_total{severity=\"major\"} 2\n"));
    assert_non_null(strstr(
        a->api.text.at, "\nportolan_devices_at_risk{level=\"very high\"} 0\n"));
}

static void free_alerts(struct asking *a)
{
    silences_free(a->station.silences);
    asking_free(a);
}

static void the_worst_stands_first_and_symptoms_are_counted(void **state)
{
    struct asking *a = asking_of_alerts();

    (void)state;
    assert_int_equal(get(a, "/api/v1/alerts"), 200);
    assert_int_equal(told_count(a, "alerts"), 2);
    assert_string_equal(told(a, "alerts/0/object"), "edge");
    assert_string_equal(told(a, "alerts/0/severity"), "critical");
    assert_string_equal(told(a, "alerts/1/object"), "core");
    assert_string_equal(told(a, "alerts/1/type"), "temperature");
    assert_string_equal(told(a, "alerts/1/rule"), "hot");
    assert_string_equal(told(a, "alerts/1/evidence/1"), "trap");
    assert_string_equal(told(a, "alerts/1/raised"), "2023-11-14T22:13:21Z");
    assert_int_equal(
        json_integer_value(json_object_get(a->api.json, "symptoms")), 1);
    uint64_t tag = a->api.tag;
    assert_true(tag != 0);
    status_and_metrics_count_them(a);
    assert_int_equal(get(a, "/api/v1/alerts"), 200);
    assert_true(a->api.tag == tag);
    tell(a, 5, "noc", "fan", SEVERITY_MAJOR);
    show(a);
    assert_int_equal(get(a, "/api/v1/alerts"), 200);
    assert_true(a->api.tag != tag);
    free_alerts(a);
}

static void filters_leave_what_was_asked_for(void **state)
{
    static const struct {
        const char *query;
        size_t count;
        const char *first;
    } cases[] = {
        {"state=active", 3, "edge"},
        {"state=cleared", 1, "lab"},
        {"state=all", 4, "edge"},
        {"state=all&severity=major", 3, "edge"},
        {"state=active&type=device.*", 2, "edge"},
        {"object=core", 1, "core"},
        {"object=c*", 1, "core"},
        {"q=HOT", 2, "edge"},
        {"q=unreach", 1, "edge"},
        {"state=all&limit=1", 1, "edge"},
        {"object=nothing", 0, ""},
    };
    struct asking *a = asking_of_alerts();
    char target[80];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        (void)snprintf(target, sizeof target, "/api/v1/alerts?%s",
                       cases[i].query);
        assert_int_equal(get(a, target), 200);
        if (told_count(a, "alerts") != cases[i].count ||
            strcmp(told(a, "alerts/0/object"), cases[i].first) != 0)
            fail_msg("%s: %zu, %s", cases[i].query, told_count(a, "alerts"),
                     told(a, "alerts/0/object"));
    }
    assert_int_equal(get(a, "/api/v1/alerts?state=loud"), 400);
    assert_int_equal(get(a, "/api/v1/alerts?severity=awful"), 400);
    free_alerts(a);
}

static void one_is_told_by_its_id(void **state)
{
    struct asking *a = asking_of_alerts();

    (void)state;
    assert_int_equal(get(a, "/api/v1/alerts/3"), 200);
    assert_string_equal(told(a, "object"), "printer");
    assert_int_equal(json_integer_value(json_object_get(a->api.json, "cause")),
                     2);
    assert_int_equal(get(a, "/api/v1/alerts/4"), 200); /* it is over */
    assert_string_equal(told(a, "state"), "cleared");
    assert_int_equal(get(a, "/api/v1/alerts/99"), 404);
    assert_int_equal(get(a, "/api/v1/alerts/x"), 404);
    assert_int_equal(get(a, "/api/v1/alerts/types"), 200);
    assert_true(told_count(a, "types") > 20);
    free_alerts(a);
}

static void people_look_after_alerts_and_shelve_them(void **state)
{
    struct asking *a = asking_of_alerts();

    (void)state;
    assert_int_equal(
        ask(a, API_POST, "/api/v1/alerts/2/ack", "{\"text\": \"on my way\"}"),
        200);
    assert_string_equal(told(a, "alert/acknowledged/text"), "on my way");
    assert_string_equal(told(a, "alert/acknowledged/who"), "?");
    assert_int_equal(a->station.shown, 1); /* who asks again sees it */
    assert_int_equal(ask(a, API_DELETE, "/api/v1/alerts/2/ack", NULL), 200);
    assert_string_equal(told(a, "alert/acknowledged/who"), "");
    assert_int_equal(ask(a, API_POST, "/api/v1/alerts/2/ack", NULL), 200);
    assert_int_equal(
        ask(a, API_POST, "/api/v1/alerts/2/shelf", "{\"duration\": \"2h\"}"),
        200);
    assert_true(told(a, "alert/shelved_until")[0] != '\0');
    assert_int_equal(ask(a, API_DELETE, "/api/v1/alerts/2/shelf", NULL), 200);
    assert_string_equal(told(a, "alert/shelved_until"), "");
    assert_int_equal(ask(a, API_POST, "/api/v1/alerts/4/ack", NULL), 404);
    assert_int_equal(ask(a, API_POST, "/api/v1/alerts/2/ack", "{\"text\": 7}"),
                     400);
    assert_int_equal(ask(a, API_POST, "/api/v1/alerts/2/shelf", NULL), 400);
    assert_int_equal(
        ask(a, API_POST, "/api/v1/alerts/2/shelf", "{\"duration\": \"-2h\"}"),
        400);
    free_alerts(a);
}

static void silences_are_made_listed_and_ended(void **state)
{
    static const char *const wrong[] = {
        "{}",
        "{\"object\": \"core\"}",
        "{\"object\": \"core\", \"duration\": \"soon\"}",
        "{\"object\": \"\", \"duration\": \"1h\"}",
        "{\"object\": 7, \"duration\": \"1h\"}",
        "{\"object\": \"core\", \"duration\": \"1h\", \"from\": \"later\"}",
        "{\"object\": \"core\", \"duration\": \"2h\", \"repeat\": \"1h\"}",
        "{\"object\": \"core\", \"duration\": \"2h\", \"from\": \"-3h\"}",
        "{\"object\": \"cloud:x\", \"duration\": \"2h\"}"};
    struct asking *a = asking_of_alerts();

    (void)state;
    assert_int_equal(ask(a, API_POST, "/api/v1/silences",
                         "{\"object\": \"edge\", \"duration\": \"2h\", "
                         "\"text\": \"new software\"}"),
                     201);
    assert_string_equal(told(a, "kind"), "name");
    assert_int_equal(ask(a, API_POST, "/api/v1/silences",
                         "{\"object\": \"192.0.2.0/24\", \"duration\": \"4h\", "
                         "\"from\": \"+1h\", \"repeat\": \"weekly\"}"),
                     201);
    assert_string_equal(told(a, "repeat"), "weekly");
    show(a);
    assert_int_equal(get(a, "/api/v1/alerts"), 200);
    assert_int_equal(told_count(a, "alerts"), 1);
    assert_int_equal(
        json_integer_value(json_object_get(a->api.json, "silenced")), 1);
    assert_int_equal(get(a, "/api/v1/silences"), 200);
    assert_int_equal(told_count(a, "silences"), 2);
    assert_string_equal(told(a, "silences/0/text"), "new software");
    for (size_t i = 0; i < COUNT_OF(wrong); i++)
        if (ask(a, API_POST, "/api/v1/silences", wrong[i]) != 400)
            fail_msg("%s: %d", wrong[i], a->api.status);
    assert_int_equal(ask(a, API_DELETE, "/api/v1/silences/1", NULL), 200);
    assert_int_equal(ask(a, API_DELETE, "/api/v1/silences/1", NULL), 404);
    assert_int_equal(ask(a, API_DELETE, "/api/v1/silences/x", NULL), 404);
    show(a);
    assert_int_equal(get(a, "/api/v1/alerts"), 200);
    assert_int_equal(told_count(a, "alerts"), 2);
    free_alerts(a);
}

static void rules_are_told_of_devices_and_ports_alone(void **state)
{
    struct asking *a = asking_new();

    (void)state;
    assert_int_equal(get(a, "/api/v1/alerts/rules?object=core"), 200);
    assert_int_equal(get(a, "/api/v1/alerts/rules?object=core:Gi0/1"), 200);
    assert_int_equal(get(a, "/api/v1/alerts/rules?object=nobody"), 404);
    /* It has series, but is no device. */
    assert_int_equal(get(a, "/api/v1/alerts/rules?object=station"), 404);
    asking_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_worst_stands_first_and_symptoms_are_counted),
        cmocka_unit_test(filters_leave_what_was_asked_for),
        cmocka_unit_test(one_is_told_by_its_id),
        cmocka_unit_test(people_look_after_alerts_and_shelve_them),
        cmocka_unit_test(silences_are_made_listed_and_ended),
        cmocka_unit_test(rules_are_told_of_devices_and_ports_alone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
