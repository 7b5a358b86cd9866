/* Another configuration is taken while conditions last. */
#include "thresholds_scene.h"

static void another_configuration_keeps_what_goes_on(void **state)
{
    struct scene s;

    (void)state;
    scene_open(
        &s,
        "alerts: {rules: [{name: hot, on: cpu, above: 10}, {name: hotter, "
        "on: cpu, above: 20}]}\n",
        NULL);
    metric(&s, SERIES_CPU, "1", &(const double){30});
    assert_non_null(strstr(lasting(&s), "above 20"));
    take(&s, "alerts: {rules: [{name: hot, on: cpu, above: 25}]}\n");
    metric(&s, SERIES_CPU, "1", &(const double){30});
    assert_string_equal(lasting(&s),
                        "threshold.high warning sw1 cpu-1: Core: 30, above 10");
    metric(&s, SERIES_CPU, "1", &(const double){20});
    assert_string_equal(lasting(&s), "");
    scene_close(&s);
}

static void a_port_of_which_nobody_minds_any_more_is_over(void **state)
{
    static const struct {
        const char *name, *then;
        bool restarts, ends;
    } cases[] = {
        {"said to be any", "alerts: {ports: [{ports: ^Gi, expect: any}]}\n",
         false, true},
        {"nothing is said any more", "", false, true},
        {"... by the next run", "", true, true},
        {"the same is said", "alerts: {ports: [{devices: sw, expect: up}]}\n",
         false, false},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct inferred *nothing = inferred_empty((struct wall){1});
        struct scene s;

        print_message("%s\n", cases[i].name);
        scene_open(&s, "alerts: {ports: [{ports: ^Gi, expect: up}]}\n", NULL);
        s.row.oper_status = DOWN;
        port(&s, 10, 0);
        assert_string_not_equal(lasting(&s), "");
        if (cases[i].restarts) {
            close_thresholds(&s);
            open_thresholds(&s, NULL);
        }
        take(&s, cases[i].then);
        thresholds_links(s.thresholds, nothing);
        port(&s, 10, 0);
        alerts_tick(s.alerts, mono_after_ms(mono_now(), MINUTE_MS), wall_now());
        assert_int_equal(lasting(&s)[0] == '\0', cases[i].ends);
        scene_close(&s);
        inferred_unref(nothing);
    }
}

/* However long ports have to be calm, and however often it came back. */
static void what_a_rule_told_is_over_at_once_when_it_is_off(void **state)
{
    static const char pinned[] = "ports: [{ports: ^Gi, expect: up}]";
    static const unsigned char downs[] = {1, 5};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(downs); i++) {
        struct buffer OWNED_BUFFER on = {0}, OWNED_BUFFER off = {0};
        struct scene s;

        buffer_format(&on, "alerts: {%s}\n", pinned);
        buffer_format(&off,
                      "alerts: {%s, rules: [{name: port-down, off: "
                      "true}]}\n",
                      pinned);
        scene_open(&s, on.at, NULL);
        for (unsigned n = 0; n < downs[i]; n++) {
            s.row.oper_status = UP;
            port(&s, 10, 0);
            s.row.oper_status = DOWN;
            port(&s, 10, 0);
        }
        assert_string_not_equal(lasting(&s), "");
        take(&s, off.at);
        port(&s, 10, 0);
        assert_string_equal(lasting(&s), "");
        scene_close(&s);
    }
}

/* Two switches and a cable between ports of different duplex. */
static struct inferred *with_mismatch(void)
{
    struct inferred *i = inferred_empty((struct wall){1});

    i->topology = mem_new(struct topology);
    i->topology->refs = 1;
    i->topology->arena = arena_new();
    *array_add(&i->topology->nodes) = (struct topo_node){.name = "sw1"};
    *array_add(&i->topology->nodes) = (struct topo_node){.name = "sw2"};
    *array_add(&i->topology->links) = (struct topo_link){
        .a = 0, .b = 1, .a_port = "Gi0/0", .b_port = "Gi0/9"};
    *array_add(&i->cabling.mismatches) =
        (struct mismatch){.duplex = true, .text = "they differ"};
    return i;
}

static void of_rules_on_the_same_the_last_that_applies_counts(void **state)
{
    static const char rules[] =
        "alerts:\n"
        "  ports: [{ports: ^Gi, expect: up}]\n"
        "  rules:\n"
        "    - {name: r1, on: restart, severity: major, devices: ^sw}\n"
        "    - {name: r2, on: restart, severity: minor, devices: ^edge}\n"
        "    - {name: p1, on: port-state, severity: critical, devices: ^sw}\n"
        "    - {name: p2, on: port-state, severity: minor, objects: ^Te}\n"
        "    - {name: d1, on: duplex, severity: critical, objects: /9$}\n"
        "    - {name: d2, on: duplex, severity: warning, objects: /8$}\n";
    struct inferred *i = with_mismatch();
    struct scene s;

    (void)state;
    scene_open(&s, rules, NULL);
    thresholds_restarted(s.thresholds, s.d, s.now);
    assert_string_equal(lasting(&s),
                        "device.restarted major sw1: its agent restarted");
    thresholds_links(s.thresholds, i);
    assert_non_null(strstr(lasting(&s), "duplex.mismatch critical sw1:Gi0/0"));
    s.row.oper_status = DOWN;
    port(&s, 10, 0);
    assert_non_null(strstr(lasting(&s), "port.down critical sw1:Gi0/0"));
    scene_close(&s);
    inferred_unref(i);
}

static void a_port_that_is_down_goes_on_by_the_rule_that_applies(void **state)
{
    static const char pins[] = "ports: [{ports: ^Gi, expect: up}]";
    struct buffer OWNED_BUFFER before = {0}, OWNED_BUFFER after = {0};
    struct scene s;

    (void)state;
    buffer_format(&before, "alerts: {%s}\n", pins);
    buffer_format(&after,
                  "alerts: {%s, rules: [{name: mine, on: port-state, severity: "
                  "minor}]}\n",
                  pins);
    scene_open(&s, before.at, NULL);
    s.row.oper_status = DOWN;
    port(&s, 10, 0);
    take(&s, after.at);
    port(&s, 10, 0);
    struct alert_book *book = alerts_book(s.alerts);
    assert_int_equal(book->active_count, 1);
    assert_int_equal(book->active[0]->index, 1); /* the same alert */
    assert_int_equal(book->active[0]->severity, SEVERITY_MINOR);
    assert_string_equal(book->active[0]->rule, "mine");
    assert_string_equal(book->active[0]->text,
                        "is down; it is expected to be up (alerts.ports)");
    alert_book_unref(book);
    take(&s, before.at);
    port(&s, 10, 0);
    assert_non_null(strstr(lasting(&s), "port.down major"));
    s.row.oper_status = UP;
    port(&s, 10, 0);
    alerts_tick(s.alerts, mono_after_ms(mono_now(), MINUTE_MS), wall_now());
    assert_string_equal(lasting(&s), "");
    scene_close(&s);
}

static void count(void *arg, const struct rule_report *report)
{
    *(unsigned *)arg += report->fit == RULE_FITS;
}

static void minutes(struct scene *s, int n, double value)
{
    for (int i = 0; i < n; i++)
        metric(s, SERIES_CPU, "1", &value);
}

#define RISE(how)                                                  \
    "alerts: {rules: [{name: rise, on: cpu, " how ", above: 10}, " \
    "{name: cpu, off: true}]}\n"

static void a_rule_over_another_time_looks_back_as_far_as_it_says(void **state)
{
    struct scene s;

    (void)state;
    scene_open(&s, RISE("as: change, over: 10m"), NULL);
    minutes(&s, 15, 10);
    take(&s, RISE("as: change, over: 1h"));
    minutes(&s, 20, 30);
    assert_string_equal(lasting(&s), ""); /* half an hour was seen */
    minutes(&s, 25, 30);
    assert_non_null(strstr(lasting(&s), "20 in 1 h, above 10"));
    minutes(&s, 60, 30);
    assert_string_equal(lasting(&s), "");
    scene_close(&s);
}

static void a_rule_that_looks_otherwise_begins_anew(void **state)
{
    static const char *const ways[] = {
        RISE("as: change, over: 10m"), RISE("as: baseline"),
        RISE("as: percentile, over: 1h"), RISE("as: value, clear: 9")};
    const double value = 5;
    struct scene s;

    (void)state;
    scene_open(&s, ways[3], NULL);
    for (size_t i = 0; i < COUNT_OF(ways) * COUNT_OF(ways); i++) {
        const struct sample sample = {.device = s.d,
                                      .group = SERIES_CPU,
                                      .object = "1",
                                      .descr = "Core",
                                      .at = s.now,
                                      .values = &value};
        unsigned applies = 0;

        take(&s, ways[(i + i / COUNT_OF(ways)) % COUNT_OF(ways)]);
        thresholds_explain(s.thresholds, &sample, NULL, count, &applies);
        assert_int_equal(applies, 1);
        minutes(&s, 20, value);
        assert_string_equal(lasting(&s), "");
    }
    scene_close(&s);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(another_configuration_keeps_what_goes_on),
        cmocka_unit_test(a_port_of_which_nobody_minds_any_more_is_over),
        cmocka_unit_test(what_a_rule_told_is_over_at_once_when_it_is_off),
        cmocka_unit_test(of_rules_on_the_same_the_last_that_applies_counts),
        cmocka_unit_test(a_port_that_is_down_goes_on_by_the_rule_that_applies),
        cmocka_unit_test(a_rule_over_another_time_looks_back_as_far_as_it_says),
        cmocka_unit_test(a_rule_that_looks_otherwise_begins_anew),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
