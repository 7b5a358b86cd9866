/* Samples become conditions by the rules of the configuration, and what was
 * told goes on over restarts and reloads. */
#include "thresholds_scene.h"

static void a_value_is_told_and_cleared_by_its_rule(void **state)
{
    struct scene s;

    (void)state;
    scene_open(&s, "", NULL);
    for (int i = 0; i < 30; i++)
        metric(&s, SERIES_CPU, "1", &(const double){50});
    assert_string_equal(lasting(&s), "");
    for (int i = 0; i < 15; i++)
        metric(&s, SERIES_CPU, "1", &(const double){95});
    assert_string_equal(lasting(&s), "");
    metric(&s, SERIES_CPU, "1", &(const double){95});
    assert_string_equal(lasting(&s),
                        "threshold.high warning sw1 cpu-1: Core: the processor "
                        "is busy: 95 %, above 90 %");
    metric(&s, SERIES_CPU, "1", &(const double){NAN});
    metric(&s, SERIES_CPU, "1", &(const double){85});
    assert_string_not_equal(lasting(&s), "");
    metric(&s, SERIES_CPU, "1", &(const double){70});
    assert_string_equal(lasting(&s), "");

    struct thresholds_stats stats;
    thresholds_stats(s.thresholds, &stats);
    assert_int_equal(stats.not_normal, 0);
    scene_close(&s);
}

/* However rarely polls come, what holds for long enough is told. */
static void what_is_polled_rarely_is_told_too(void **state)
{
    static const unsigned hours[] = {1, 2, 24};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(hours); i++) {
        struct buffer OWNED_BUFFER config = {0};
        struct scene s;

        buffer_format(&config, "polling: {every: %uh}\n", hours[i]);
        scene_open(&s, config.at, NULL);
        for (int n = 0; n < 2; n++) {
            assert_string_equal(lasting(&s), "");
            metric(&s, SERIES_CPU, "1", &(const double){95});
            s.now.ms += hours[i] * 60LL * MINUTE_MS; /* and one, as by jitter */
        }
        assert_string_not_equal(lasting(&s), "");
        scene_close(&s);
    }
}

static void ports_are_weighed_by_what_they_carry(void **state)
{
    struct scene s;

    (void)state;
    scene_open(&s,
               "alerts: {rules: [{name: utilisation, for: 0s}, {name: "
               "errors, for: 0s, above: {minor: 1}}]}\n",
               NULL);
    port(&s, 100e6, 0);
    assert_string_equal(lasting(&s), "");
    port(&s, 124e6, 0);
    assert_string_equal(lasting(&s), "threshold.high major sw1:Gi0/0: it is "
                                     "loaded: 99.2 %, above 98 %");
    s.port.speed_bps = 0; /* what is not known is no reason to clear */
    port(&s, 1, 0);
    assert_string_not_equal(lasting(&s), "");
    s.port.speed_bps = 10000000000;
    port(&s, 100e6, 2000);
    assert_string_equal(lasting(&s), "threshold.high minor sw1:Gi0/0: packets "
                                     "have errors: 2 %, above 1 %");
    scene_close(&s);
}

static void sensors_are_held_against_their_own_limits(void **state)
{
    struct scene s;
    struct sensor x = {.class = "temperature",
                       .index = "1",
                       .descr = "Inlet",
                       .unit = "C",
                       .state_severity = "",
                       .state_descr = "",
                       .group = "",
                       .value = 50,
                       .low_crit = NAN,
                       .low_warn = NAN,
                       .high_warn = 60,
                       .high_crit = 70};

    (void)state;
    scene_open(&s,
               "alerts: {rules: [{name: sensor-limits, for: 0s}, {name: "
               "sensor-state, for: 0s}]}\n",
               NULL);
    sensor(&s, &x);
    assert_string_equal(lasting(&s), "");
    x.value = 71;
    sensor(&s, &x);
    assert_string_equal(lasting(&s),
                        "temperature major sw1 sensor-temperature-1: Inlet: it "
                        "is beyond the limits that the device tells: 71 C, "
                        "above 70 C");
    x.high_warn = x.high_crit = 0; /* made up by its firmware */
    sensor(&s, &x);
    assert_string_equal(lasting(&s), "");
    x.class = "state";
    x.descr = "PSU 2";
    x.state_severity = "critical";
    x.state_descr = "failed";
    sensor(&s, &x);
    assert_string_equal(lasting(&s),
                        "power major sw1 sensor-temperature-1: PSU 2: the "
                        "device says that it is not well: failed");
    x.state_severity = "unknown";
    sensor(&s, &x);
    assert_string_not_equal(lasting(&s), "");
    x.state_severity = "ok";
    sensor(&s, &x);
    assert_string_equal(lasting(&s), "");
    scene_close(&s);
}

static void what_is_absent_is_a_fault_where_it_was_well(void **state)
{
    struct scene s;
    struct sensor x = {.class = "state",
                       .index = "1",
                       .descr = "Power supply 2",
                       .unit = "",
                       .group = "",
                       .state_severity = "critical",
                       .state_descr = "notPresent"};

    (void)state;
    scene_open(&s, "alerts: {rules: [{name: sensor-state, for: 0s}]}\n", NULL);
    sensor(&s, &x);
    assert_string_equal(lasting(&s), ""); /* it never was there */
    x.state_severity = x.state_descr = "ok";
    sensor(&s, &x);
    x.state_severity = "critical";
    x.state_descr = "notPresent";
    sensor(&s, &x);
    assert_string_not_equal(lasting(&s), "");
    x.descr = "IPsec tunnel 1"; /* another object in its place */
    thresholds_changed(s.thresholds, s.d);
    sensor(&s, &x);
    assert_string_equal(lasting(&s), "");
    scene_close(&s);
}

static void ports_that_go_down_are_told_where_somebody_minds(void **state)
{
    static const struct {
        const char *name, *config, *told;
        uint8_t first, second, admin;
    } cases[] = {
        {"a user's port", "", "", UP, DOWN, UP},
        {"expected", "alerts: {ports: [{ports: ^Gi, expect: up}]}\n",
         "port.down major sw1:Gi0/0: is down; it is expected to be up "
         "(alerts.ports)",
         UP, DOWN, UP},
        {"expected, from the first",
         "alerts: {ports: [{devices: sw, expect: "
         "up}]}\n",
         "port.down major sw1:Gi0/0: is down; it is expected to be up "
         "(alerts.ports)",
         DOWN, DOWN, UP},
        {"nobody minds",
         "alerts: {ports: [{ports: ^Gi, expect: any}, {ports: "
         "^Gi, expect: up}]}\n",
         "", UP, DOWN, UP},
        {"expected to be down",
         "alerts: {ports: [{ports: ^Gi, expect: down}], rules: [{name: "
         "port-down, severity: minor}]}\n",
         "port.down minor sw1:Gi0/0: is up, though expected to be down "
         "(alerts.ports)",
         DOWN, UP, UP},
        {"off",
         "alerts: {ports: [{ports: ^Gi, expect: up}], rules: [{name: "
         "port-down, off: true}]}\n",
         "", UP, DOWN, UP},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct scene s;

        print_message("%s\n", cases[i].name);
        scene_open(&s, cases[i].config, NULL);
        s.row.oper_status = cases[i].first;
        port(&s, 10, 0);
        s.row.oper_status = cases[i].second;
        s.row.admin_status = cases[i].admin;
        port(&s, 10, 0);
        port(&s, 10, 0);
        assert_string_equal(lasting(&s), cases[i].told);
        scene_close(&s);
    }
}

static void what_is_usual_is_learned_and_survives(void **state)
{
    static const char rule[] =
        "alerts: {rules: [{name: odd, on: icmp, value: rtt_ms, as: baseline, "
        "above: 6, least: 1}, {name: loss, off: true}]}\n";
    char path[] = "/tmp/test_thresholds_XXXXXX";
    struct complaint why;
    struct store *store;
    struct scene s;

    (void)state;
    assert_non_null(mkdtemp(path));
    struct buffer OWNED_BUFFER file = {0};
    buffer_format(&file, "%s/state.db", path);
    assert_int_equal(store_open(NULL, &(struct store_options){.path = file.at},
                                &store, &why),
                     0);
    scene_open(&s, rule, store);
    for (int i = 0; i < 3 * 7 * 24 * 60; i++)
        metric(&s, SERIES_ICMP, "", (const double[]){20 + i % 3, 0, 0});
    assert_string_equal(lasting(&s), "");

    close_thresholds(&s);
    open_thresholds(&s, store);
    metric(&s, SERIES_ICMP, "", (const double[]){22, 0, 0});
    assert_string_equal(lasting(&s), "");
    metric(&s, SERIES_ICMP, "", (const double[]){90, 0, 0});
    assert_memory_equal(lasting(&s), "baseline.anomaly warning sw1 icmp",
                        strlen("baseline.anomaly warning sw1 icmp"));
    thresholds_drop(s.thresholds, s.d, true);
    scene_close(&s);
    store_free(store);
    (void)unlink(file.at);
    (void)rmdir(path);
}

static void a_fixed_baseline_is_known_at_once(void **state)
{
    struct scene s;

    (void)state;
    scene_open(&s,
               "alerts: {rules: [{name: odd, on: icmp, value: rtt_ms, as: "
               "baseline, above: 3, level: 20, spread: 2, unit: ms}]}\n",
               NULL);
    metric(&s, SERIES_ICMP, "", (const double[]){25, 0, 0});
    assert_string_equal(lasting(&s), "");
    metric(&s, SERIES_ICMP, "", (const double[]){28, 0, 0});
    assert_string_equal(lasting(&s),
                        "baseline.anomaly warning sw1 icmp: Core: 4 spreads "
                        "from 20 ms, which is usual at this hour, above 3");
    scene_close(&s);
}

static void a_disk_that_fills_is_told_days_before(void **state)
{
    struct scene s;

    (void)state;
    scene_open(&s, "", NULL);
    s.d->kind = KIND_SERVER;
    for (int hour = 0; hour < 72; hour++) {
        metric(&s, SERIES_STORAGE, "1", (const double[]){50, 500 + hour, 1000});
        s.now.ms += 59LL * MINUTE_MS;
    }
    assert_string_equal(lasting(&s), ""); /* 18 days from now */
    for (int hour = 0; hour < 48; hour++) {
        metric(&s, SERIES_STORAGE, "1",
               (const double[]){60, 572 + hour * 4, 1000});
        s.now.ms += 59LL * MINUTE_MS;
    }
    assert_memory_equal(lasting(&s), "storage.full warning sw1 storage-1",
                        strlen("storage.full warning sw1 storage-1"));
    scene_close(&s);
}

static void what_lasted_before_a_restart_is_cleared_after_it(void **state)
{
    struct scene s;

    (void)state;
    scene_open(&s, "alerts: {rules: [{name: hot, on: cpu, above: 10}]}\n",
               NULL);
    metric(&s, SERIES_CPU, "1", &(const double){30});
    assert_string_not_equal(lasting(&s), "");
    close_thresholds(&s);
    open_thresholds(&s, NULL);
    assert_string_not_equal(lasting(&s), "");
    metric(&s, SERIES_CPU, "1", &(const double){5});
    assert_string_equal(lasting(&s), "");
    scene_close(&s);
}

static void note(void *arg, const struct rule_report *report)
{
    buffer_format(arg, "%s: %s, %.4g of %.4g, %s;", report->rule->name,
                  rule_fit_text(report->fit), report->value, report->level,
                  severity_name((int)report->severity));
}

static void what_applies_is_explained(void **state)
{
    struct buffer OWNED_BUFFER told = {0};
    struct scene s;
    const double busy = 96;

    (void)state;
    scene_open(&s,
               "alerts: {rules: [{name: hot, on: cpu, above: 10, devices: "
               "^sw}, {name: cold, on: cpu, below: 1, objects: ^9$}]}\n",
               NULL);
    metric(&s, SERIES_CPU, "1", &busy);
    thresholds_explain(s.thresholds,
                       &(struct sample){.device = s.d,
                                        .group = SERIES_CPU,
                                        .object = "1",
                                        .descr = "Core",
                                        .at = s.now,
                                        .values = &busy},
                       NULL, note, &told);
    assert_string_equal(
        told.at,
        "cpu: it applies, 96 of 90, cleared;"
        "hot: it applies, 96 of 10, warning;"
        "cold: the object fits no pattern of `objects`, 96 of 1, cleared;");
    scene_close(&s);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_value_is_told_and_cleared_by_its_rule),
        cmocka_unit_test(what_is_polled_rarely_is_told_too),
        cmocka_unit_test(ports_are_weighed_by_what_they_carry),
        cmocka_unit_test(sensors_are_held_against_their_own_limits),
        cmocka_unit_test(what_is_absent_is_a_fault_where_it_was_well),
        cmocka_unit_test(ports_that_go_down_are_told_where_somebody_minds),
        cmocka_unit_test(what_is_usual_is_learned_and_survives),
        cmocka_unit_test(a_fixed_baseline_is_known_at_once),
        cmocka_unit_test(a_disk_that_fills_is_told_days_before),
        cmocka_unit_test(what_lasted_before_a_restart_is_cleared_after_it),
        cmocka_unit_test(what_applies_is_explained),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
