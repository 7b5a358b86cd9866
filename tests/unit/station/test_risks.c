/* The risk of devices and sites follows their alerts, and can be reckoned again
 * by what explains it. */
#include "station/risks.h"
#include "station/store.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#define BASE                                                     \
    "credentials: [{name: a, version: 2c, community: public}]\n" \
    "discovery: {seeds: [192.0.2.1]}\n"

enum { DEVICES = 3 };

static void near(double is, double expected)
{
    if (!(fabs(is - expected) < 0.01))
        fail_msg("%g != %g", is, expected);
}

struct scene {
    struct config *config;
    struct inventory *inventory;
    struct alerts *alerts;
    struct risks *risks;
    struct device *d[DEVICES];
    struct mono now;
};

static void open_risks(struct scene *s, struct store *store)
{
    struct complaint why;

    s->risks =
        risks_new(&(struct risks_parts){s->alerts, s->inventory, store, NULL});
    risks_use(s->risks, s->config);
    assert_int_equal(risks_resume(s->risks, &why), 0);
}

static void scene_open(struct scene *s, const char *config, struct store *store)
{
    static const char *const names[DEVICES] = {"core-1", "sw-1", "sw-2"};
    static const enum device_kind kinds[DEVICES] = {KIND_ROUTER, KIND_SWITCH,
                                                    KIND_SWITCH};
    struct buffer OWNED_BUFFER text = {0};
    struct complaint why;

    *s = (struct scene){.now = {INT64_C(1000000000000)}};
    buffer_format(&text, BASE "%s", config);
    if (config_parse("p.yaml", text.at, text.len, &s->config, &why) < 0)
        fail_msg("%s: %s", why.place, why.what);
    s->inventory = inventory_new();
    s->alerts = alerts_new(NULL, NULL);
    alerts_tick(s->alerts, s->now, wall_now());
    for (size_t i = 0; i < DEVICES; i++) {
        s->d[i] = inventory_add(s->inventory, NULL);
        s->d[i]->kind = kinds[i];
        (void)inventory_rename(s->inventory, s->d[i], names[i]);
    }
    open_risks(s, store);
}

static void scene_close(struct scene *s)
{
    alerts_free(s->alerts);
    risks_free(s->risks);
    inventory_free(s->inventory);
    config_free(s->config);
}

static void tick(struct scene *s)
{
    s->now = mono_after_ms(s->now, 1000);
    risks_tick(s->risks, s->now, wall_now());
}

static void tell(struct scene *s, const struct device *d, const char *qualifier,
                 enum severity severity)
{
    alerts_tell(
        s->alerts,
        &(struct condition){
            .object = {.class = OBJECT_DEVICE, .device = d->id, .part = ""},
            .type = alert_type_find("threshold.high"),
            .qualifier = qualifier,
            .severity = severity,
            .at = wall_now(),
            .name = d->name,
            .device = d->name,
            .text = "x",
            .value = NAN,
            .limit = NAN,
            .calm_ms = -1});
}

static double risk_of(struct scene *s, const struct device *d)
{
    struct risk_book *book = risks_book(s->risks);
    const struct risk_entry *e = risk_of_device(book, &d->id);
    double risk = e != NULL ? (double)e->risk : NAN;

    risk_book_unref(book);
    return risk;
}

static void risk_follows_alerts_within_a_tick(void **state)
{
    struct scene s;

    (void)state;
    scene_open(&s, "", NULL);
    tick(&s);
    near(risk_of(&s, s.d[0]), 0);
    tell(&s, s.d[0], "a", SEVERITY_CRITICAL); /* 5 x 4 x 3 */
    tick(&s);
    near(risk_of(&s, s.d[0]), 60);
    tell(&s, s.d[0], "b", SEVERITY_WARNING); /* 2 x 4 x 3 */
    tick(&s);
    near(risk_of(&s, s.d[0]), risk_join(60, 24));
    tell(&s, s.d[0], "a", SEVERITY_CLEARED);
    tick(&s);
    near(risk_of(&s, s.d[0]), 24);
    tell(&s, s.d[0], "b", SEVERITY_CLEARED);
    tick(&s);
    near(risk_of(&s, s.d[0]), 0);
    scene_close(&s);
}

static void what_explains_it_reckons_to_the_same(void **state)
{
    struct risk_report report;
    struct scene s;
    double risk = 0;

    (void)state;
    scene_open(&s, "", NULL);
    tell(&s, s.d[1], "a", SEVERITY_MAJOR);
    tell(&s, s.d[1], "b", SEVERITY_MINOR);
    tick(&s);
    assert_true(risks_explain(s.risks, "sw-1", wall_now(), &report));
    assert_string_equal(report.class, "device");
    assert_string_equal(report.value_why, "usual for kind switch");
    assert_int_equal(report.entry.value, 3);
    assert_int_equal(report.entry.exposure, 3);
    assert_int_equal(report.parts.count, 2);
    for (size_t i = 0; i < report.parts.count; i++) {
        const struct risk_part *p = &report.parts.at[i];

        near(p->risk, p->variables[RISK_SEVERITY] * p->variables[RISK_VALUE] *
                          p->variables[RISK_EXPOSURE]);
        risk = risk_join(risk, p->risk);
    }
    near((double)report.entry.risk, risk);
    assert_int_equal(report.point_count, 1);

    struct alert_book *book = alerts_book(s.alerts); /* alerts tell it too */
    near(book->active[0]->risk, 4 * 3 * 3);
    alert_book_unref(book);
    risk_report_fini(&report);
    scene_close(&s);
}

static void sites_and_the_whole_are_of_their_members(void **state)
{
    struct risk_report report;
    struct scene s;

    (void)state;
    scene_open(&s, "maps: {sites: [{name: Lab, device: \"sw-*\"}]}\n", NULL);
    tell(&s, s.d[1], "a", SEVERITY_MAJOR);   /* 36 */
    tell(&s, s.d[2], "a", SEVERITY_WARNING); /* 18 */
    tick(&s);
    struct risk_book *book = risks_book(s.risks);
    assert_int_equal(book->group_count, 1);
    assert_string_equal(book->groups[0].name, "Lab");
    near((double)book->groups[0].risk, 36 + 0.2 * 18);
    near((double)book->whole.risk, 36 + 0.2 * (18 + 0) / 2);
    risk_book_unref(book);
    assert_string_equal(risks_group_of(s.risks, s.d[1]), "Lab");
    assert_string_equal(risks_group_of(s.risks, s.d[0]), "");
    uint64_t version = risks_groups_version(s.risks);
    (void)inventory_rename(s.inventory, s.d[0], "sw-0"); /* it goes there */
    risks_changed(s.risks, s.d[0]);
    assert_string_equal(risks_group_of(s.risks, s.d[0]), "Lab");
    assert_int_equal(risks_groups_version(s.risks), version + 1);
    (void)inventory_rename(s.inventory, s.d[0], "core-1");
    risks_changed(s.risks, s.d[0]);
    tick(&s);
    assert_true(risks_explain(s.risks, "Lab", wall_now(), &report));
    assert_int_equal(report.members.count, 2);
    assert_string_equal(report.members.at[0].name, "sw-1");
    near(report.highest, 36);
    near(report.rest, 18);
    risk_report_fini(&report);
    assert_true(risks_explain(s.risks, "all", wall_now(), &report));
    assert_int_equal(report.members.count, 3);
    risk_report_fini(&report);
    assert_false(risks_explain(s.risks, "nobody", wall_now(), &report));
    risk_report_fini(&report);
    scene_close(&s);
}

static void clouds_are_of_who_is_in_them_now(void **state)
{
    struct risk_report report;
    struct scene s;

    (void)state;
    scene_open(&s, "", NULL);
    const struct ident nobody = {.octets = {99}};
    const struct cloud_member members[] = {{"home/East", s.d[0]->id},
                                           {"home/East", s.d[1]->id},
                                           {"home/East", nobody},
                                           {"home/West", s.d[2]->id}};
    tell(&s, s.d[0], "a", SEVERITY_WARNING); /* 24 */
    tell(&s, s.d[1], "a", SEVERITY_MAJOR);   /* 36 */
    risks_clouds(s.risks, members, COUNT_OF(members));
    tick(&s);
    struct risk_book *book = risks_book(s.risks);
    assert_int_equal(book->cloud_count, 2);
    assert_string_equal(book->clouds[0].name, "home/East");
    near((double)book->clouds[0].risk, 36 + 0.2 * 24);
    near((double)book->clouds[1].risk, 0);
    risk_book_unref(book);
    assert_true(risks_explain(s.risks, "home/East", wall_now(), &report));
    assert_string_equal(report.class, "cloud");
    assert_int_equal(report.members.count, 2);
    assert_string_equal(report.members.at[0].name, "sw-1");
    near(report.highest, 36);
    near(report.rest, 24);
    risk_report_fini(&report);

    risks_clouds(s.risks, members, 1); /* people edit maps */
    tick(&s);
    assert_true(risks_explain(s.risks, "home/East", wall_now(), &report));
    near((double)report.entry.risk, 24);
    assert_int_equal(report.point_count, 2);
    risk_report_fini(&report);
    assert_false(risks_explain(s.risks, "home/West", wall_now(), &report));
    risk_report_fini(&report);
    scene_close(&s);
}

static void open_store(char *path, struct buffer *file, struct store **out)
{
    struct complaint why;

    assert_non_null(mkdtemp(path));
    buffer_format(file, "%s/state.db", path);
    assert_int_equal(
        store_open(NULL, &(struct store_options){.path = file->at}, out, &why),
        0);
}

static void value_is_by_rule_by_hand_and_kept(void **state)
{
    char path[] = "/tmp/test_risks_XXXXXX";
    struct buffer OWNED_BUFFER file = {0};
    struct risk_report report;
    struct store *store;
    struct scene s;

    (void)state;
    open_store(path, &file, &store);
    scene_open(&s,
               "risk: {values: [{devices: ^core, value: 5}], alert: severity * "
               "value}\n",
               store);
    tell(&s, s.d[0], "a", SEVERITY_CRITICAL);
    tick(&s);
    near(risk_of(&s, s.d[0]), 25);
    risks_value(s.risks, s.d[0], 2, "ann", wall_now());
    tick(&s);
    near(risk_of(&s, s.d[0]), 10);

    risks_free(s.risks);
    alerts_free(s.alerts);
    s.alerts = alerts_new(NULL, NULL);
    alerts_tick(s.alerts, s.now, wall_now());
    open_risks(&s, store);
    tick(&s);
    assert_true(risks_explain(s.risks, "core-1", wall_now(), &report));
    assert_int_equal(report.entry.value, 2);
    assert_string_equal(report.value_why, "ann said so");
    assert_int_equal(report.point_count, 3);
    near((double)report.points[0].risk, 25);
    near((double)report.points[1].risk, 10);
    near((double)report.points[2].risk, 0); /* its alert did not return */
    risk_report_fini(&report);
    risks_value(s.risks, s.d[0], 0, "", wall_now());
    tick(&s);
    assert_true(risks_explain(s.risks, "core-1", wall_now(), &report));
    assert_string_equal(report.value_why, "risk.values[0]");
    risk_report_fini(&report);
    scene_close(&s);
    store_free(store);
    (void)unlink(file.at);
    (void)rmdir(path);
}

static void the_whole_keeps_its_history(void **state)
{
    char path[] = "/tmp/portolan-risks-XXXXXX";
    struct buffer OWNED_BUFFER file = {0};
    struct risk_report report;
    struct store *store;
    struct scene s;

    (void)state;
    open_store(path, &file, &store);
    scene_open(&s, "", store);
    tell(&s, s.d[0], "a", SEVERITY_CRITICAL);
    tick(&s);
    tell(&s, s.d[0], "a", SEVERITY_CLEARED);
    tick(&s);
    risks_free(s.risks);
    open_risks(&s, store);
    tick(&s);
    assert_true(risks_explain(s.risks, "all", wall_now(), &report));
    assert_int_equal(report.point_count, 2);
    near((double)report.points[0].risk, 60);
    near((double)report.points[1].risk, 0);
    risk_report_fini(&report);
    scene_close(&s);
    store_free(store);
    (void)unlink(file.at);
    (void)rmdir(path);
}

static size_t points_of(struct scene *s, const char *name)
{
    struct risk_report report;

    assert_true(risks_explain(s->risks, name, wall_now(), &report));
    size_t count = report.point_count;
    risk_report_fini(&report);
    return count;
}

static void
points_go_when_their_time_is_over_though_nothing_changes(void **state)
{
    enum { HOUR_MS = 3600000, KEPT_H = 24 };
    char path[] = "/tmp/portolan-risks-XXXXXX";
    struct buffer OWNED_BUFFER file = {0};
    struct wall later = wall_now();
    struct store *store;
    struct scene s;

    (void)state;
    open_store(path, &file, &store);
    scene_open(&s, "retention: {risk: 1d}\n", store);
    tell(&s, s.d[0], "a", SEVERITY_CRITICAL);
    tick(&s);
    tell(&s, s.d[0], "a", SEVERITY_CLEARED);
    tick(&s);
    for (unsigned h = 1; h <= KEPT_H + 2; h++) {
        size_t expected = h < KEPT_H ? 2 : 1;

        s.now = mono_after_ms(s.now, HOUR_MS);
        later.ms += HOUR_MS;
        risks_tick(s.risks, s.now, later);
        if (h >= KEPT_H && h < KEPT_H + 2)
            continue; /* it may be looked at just before */
        assert_int_equal(points_of(&s, "core-1"), expected);
        assert_int_equal(points_of(&s, "all"), expected);
    }
    near(risk_of(&s, s.d[0]), 0);
    risks_free(s.risks); /* and they do not come back */
    open_risks(&s, store);
    assert_int_equal(points_of(&s, "core-1"), 1);
    assert_int_equal(points_of(&s, "all"), 1);
    scene_close(&s);
    store_free(store);
    (void)unlink(file.at);
    (void)rmdir(path);
}

/* As of an agent that tells so long a location, and of a cloud of its map. */
static void names_are_as_long_as_people_and_agents_make_them(void **state)
{
    enum { SITE_LEN = 255, LABEL_LEN = 512 };
    char path[] = "/tmp/portolan-risks-XXXXXX", site[SITE_LEN + 1],
         cloud[2][LABEL_LEN + 8];
    struct buffer OWNED_BUFFER config = {0}, file = {0};
    struct store *store;
    struct scene s;

    (void)state;
    for (size_t i = 0; i < SITE_LEN; i++) /* characters of two octets */
        site[i] = i == 0 ? 'L' : i % 2 != 0 ? '\xc3' : '\xa9';
    site[SITE_LEN] = '\0';
    for (size_t n = 0; n < COUNT_OF(cloud); n++)
        (void)snprintf(cloud[n], sizeof cloud[n], "home/%0*zu", LABEL_LEN, n);
    open_store(path, &file, &store);
    buffer_format(&config, "maps: {sites: [{name: \"%s\", device: sw-1}]}\n",
                  site);
    scene_open(&s, config.at, store);
    const struct cloud_member members[] = {{cloud[0], s.d[1]->id},
                                           {cloud[1], s.d[2]->id}};
    tell(&s, s.d[1], "a", SEVERITY_CRITICAL);
    tell(&s, s.d[2], "a", SEVERITY_MAJOR);
    risks_clouds(s.risks, members, COUNT_OF(members));
    tick(&s);
    tell(&s, s.d[2], "a", SEVERITY_CLEARED);
    tick(&s);
    risks_free(s.risks);
    open_risks(&s, store);
    risks_clouds(s.risks, members, COUNT_OF(members));
    tick(&s);
    assert_int_equal(points_of(&s, site), 1);
    assert_int_equal(points_of(&s, cloud[0]), 1);
    assert_int_equal(points_of(&s, cloud[1]), 2);
    risks_clouds(s.risks, members, 0);
    scene_close(&s);
    store_free(store);
    (void)unlink(file.at);
    (void)rmdir(path);
}

static void what_cannot_be_read_of_an_earlier_run_is_left_out(void **state)
{
    static const char *const of_devices[] = {"",
                                             "risk",
                                             "2 0 0 \n",
                                             "1 9 0 ann\n1700000000000 60\n",
                                             "1 0 0 \n1700000000000 126\n",
                                             "1 0 0 \n1700000000000 nan\n",
                                             "1 0 0 \nlong ago\n"};
    char path[] = "/tmp/portolan-risks-XXXXXX", id[IDENT_TEXT_MAX];
    struct buffer OWNED_BUFFER file = {0};
    struct store *store;
    struct scene s;

    (void)state;
    open_store(path, &file, &store);
    scene_open(&s, "", store);
    for (size_t i = 0; i < COUNT_OF(of_devices); i++) {
        risks_free(s.risks);
        store_put(store, "risk", ident_format(&s.d[0]->id, id, sizeof id),
                  of_devices[i]);
        store_put(store, "risk", "no id", "1 3 0 ann\n");
        store_put(store, "risk_of", "all", "1\n1700000000000 -1\n");
        open_risks(&s, store);
        tick(&s);
        near(risk_of(&s, s.d[0]), 0);
        assert_int_equal(points_of(&s, "core-1"), 0);
        assert_int_equal(points_of(&s, "all"), 0);
    }
    scene_close(&s);
    store_free(store);
    (void)unlink(file.at);
    (void)rmdir(path);
}

/* ---- series ---- */

struct samples {
    size_t count;
    char path[64];
    double of_whole, of_device;
};

static void on_sample(void *arg, const char *path, double risk)
{
    struct samples *got = arg;

    got->count++;
    if (strcmp(path, "_risk/risk-all.rrd") == 0)
        got->of_whole = risk;
    else
        got->of_device = risk;
    (void)snprintf(got->path, sizeof got->path, "%s", path);
}

static size_t sample(struct scene *s, struct samples *got)
{
    struct risk_book *book = risks_book(s->risks);

    *got = (struct samples){.of_whole = -1, .of_device = -1};
    risks_sample(s->risks, 5000, on_sample, got);
    risk_book_unref(book);
    return got->count;
}

static void what_had_a_risk_is_sampled_at_each_step(void **state)
{
    struct samples got;
    struct scene s;

    (void)state;
    scene_open(&s, "", NULL);
    inventory_restore_dir(s.inventory, s.d[0], "core-1");
    tick(&s);
    assert_int_equal(sample(&s, &got), 1); /* the whole, always */
    near(got.of_whole, 0);
    tell(&s, s.d[0], "a", SEVERITY_CRITICAL);
    tick(&s);
    assert_int_equal(sample(&s, &got), 0); /* not yet due */
    s.now = mono_after_ms(s.now, 5000);
    tick(&s);
    assert_int_equal(sample(&s, &got), 2);
    near(got.of_whole, 60);
    near(got.of_device, 60);
    tell(&s, s.d[0], "a", SEVERITY_CLEARED);
    s.now = mono_after_ms(s.now, 5000);
    tick(&s);
    assert_int_equal(sample(&s, &got), 2); /* 0 is a value */
    near(got.of_device, 0);
    assert_int_equal(risks_series(s.risks), 2);
    scene_close(&s);
}

static void series_have_names_of_their_own(void **state)
{
    static const struct {
        enum risk_class class;
        const char *name, *path;
    } cases[] = {
        {RISK_DEVICE, "sw1", "sw1/risk.rrd"},
        {RISK_SITE, "Lab 3", "_risk/risk-site-Lab%203.rrd"},
        {RISK_CLOUD, "physical/The yard",
         "_risk/risk-cloud-physical%2FThe%20yard.rrd"},
        {RISK_WHOLE, "", "_risk/risk-all.rrd"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct buffer OWNED_BUFFER path = {0};

        risk_series_path(cases[i].class, cases[i].name, &path);
        assert_string_equal(path.at, cases[i].path);
        assert_true(layout_path_is_ours(path.at));
    }
}

static void exposure_is_of_addresses_credentials_and_firmware(void **state)
{
    struct credential guessed = {
        .name = "a", .version = SNMP_V2C, .community = "public"};
    struct credential secret = {
        .name = "b", .version = SNMP_V3, .priv_secret = "x"};
    static const struct {
        const char *address;
        bool guessed;
        int exposure;
    } cases[] = {{"10.1.2.3", false, 2},
                 {"8.8.4.4", false, 3},
                 {"10.1.2.3", true, 4},
                 {"8.8.4.4", true, 5},
                 {"2001:db8::1", true, 4}};
    struct scene s;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct risk_report report;
        struct addr a;

        scene_open(&s, "", NULL);
        assert_int_equal(addr_parse(cases[i].address, &a), 0);
        assert_true(inventory_give_addr(s.inventory, s.d[0], &a));
        s.d[0]->credential = cases[i].guessed ? &guessed : &secret;
        assert_true(risks_explain(s.risks, "core-1", wall_now(), &report));
        print_message("%s\n", report.exposure_why);
        assert_int_equal(report.entry.exposure, cases[i].exposure);
        risk_report_fini(&report);
        scene_close(&s);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(risk_follows_alerts_within_a_tick),
        cmocka_unit_test(what_explains_it_reckons_to_the_same),
        cmocka_unit_test(sites_and_the_whole_are_of_their_members),
        cmocka_unit_test(clouds_are_of_who_is_in_them_now),
        cmocka_unit_test(value_is_by_rule_by_hand_and_kept),
        cmocka_unit_test(the_whole_keeps_its_history),
        cmocka_unit_test(names_are_as_long_as_people_and_agents_make_them),
        cmocka_unit_test(what_cannot_be_read_of_an_earlier_run_is_left_out),
        cmocka_unit_test(
            points_go_when_their_time_is_over_though_nothing_changes),
        cmocka_unit_test(what_had_a_risk_is_sampled_at_each_step),
        cmocka_unit_test(series_have_names_of_their_own),
        cmocka_unit_test(exposure_is_of_addresses_credentials_and_firmware),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
