/* The risk of links: of alerts of their own and of the ports at their ends,
 * also of such as are older than what is known of the topology. */
#include "base/arena.h"
#include "base/table.h"
#include "station/inference.h"
#include "station/risks.h"
#include "station/snapshot.h"
#include "station/store.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

static const char rules[] =
    "credentials: [{name: a, version: 2c, community: public}]\n"
    "discovery: {seeds: [192.0.2.1]}\n";
static const struct ident link_id = {.octets = {2}};

enum { DEVICES = 2, PORT = 7 };

struct scene {
    struct config *config;
    struct inventory *inventory;
    struct alerts *alerts;
    struct risks *risks;
    struct device *d[DEVICES];
    struct device_record *record; /* of the first */
    struct inferred *inferred;
    struct mono now;
    unsigned told; /* changes of a link's level */
};

static void on_change(void *arg, const struct risk_change *c)
{
    struct scene *s = arg;

    s->told += c->object.class == OBJECT_LINK;
}

static void open_risks(struct scene *s, struct store *store)
{
    struct complaint why;

    s->risks =
        risks_new(&(struct risks_parts){s->alerts, s->inventory, store, NULL});
    risks_listen(s->risks, on_change, s);
    risks_use(s->risks, s->config);
    assert_int_equal(risks_resume(s->risks, &why), 0);
}

static void scene_open(struct scene *s, struct store *store)
{
    static const char *const names[DEVICES] = {"core-1", "sw-1"};
    static struct port_record port = {.object = "p7", .if_index = PORT};
    struct complaint why;

    *s = (struct scene){.now = {INT64_C(1000000000000)}};
    if (config_parse("p.yaml", rules, sizeof rules - 1, &s->config, &why) < 0)
        fail_msg("%s: %s", why.place, why.what);
    s->inventory = inventory_new();
    s->alerts = alerts_new(NULL, NULL);
    alerts_tick(s->alerts, s->now, wall_now());
    for (size_t i = 0; i < DEVICES; i++) {
        s->d[i] = inventory_add(s->inventory, NULL);
        s->d[i]->kind = i == 0 ? KIND_ROUTER : KIND_SWITCH;
        (void)inventory_rename(s->inventory, s->d[i], names[i]);
    }
    s->record = mem_new(struct device_record);
    s->record->ports = &port;
    s->record->port_count = 1;
    s->d[0]->record = s->record;
    open_risks(s, store);
}

static void scene_close(struct scene *s)
{
    s->d[0]->record = NULL;
    free(s->record);
    alerts_free(s->alerts);
    risks_free(s->risks);
    inferred_unref(s->inferred);
    inventory_free(s->inventory);
    config_free(s->config);
}

/* Both devices, and the link between them if it is there. */
static void infer(struct scene *s, bool there)
{
    struct inferred *i = inferred_empty((struct wall){1}), *before;
    struct topology *t = mem_new(struct topology);
    struct topo_device *devices = arena_zero(i->arena, sizeof *devices * 2);

    t->refs = 1;
    t->arena = arena_new();
    for (uint32_t n = 0; n < DEVICES; n++) {
        devices[n] = (struct topo_device){.id = s->d[n]->id};
        (void)table_put(i->nodes, ident_key(&s->d[n]->id), &devices[n]);
        *array_add(&t->nodes) =
            (struct topo_node){.id = s->d[n]->id,
                               .device = n,
                               .name = arena_text(t->arena, s->d[n]->name),
                               .descr = ""};
    }
    if (there) {
        *array_add(&t->links) = (struct topo_link){
            .id = link_id, .b = 1, .a_port = "p7", .b_port = "p1", .why = ""};
        *array_add(&i->cabling.trunks) =
            (struct trunk){.key = cabling_key(0, PORT)};
    }
    i->input = (struct topo_input){.devices = devices, .count = DEVICES};
    i->topology = t;
    before = s->inferred;
    s->inferred = i;
    risks_links(s->risks, i);
    inferred_unref(before);
}

static void tick(struct scene *s)
{
    s->now = mono_after_ms(s->now, 1000);
    risks_tick(s->risks, s->now, wall_now());
}

static void tell(struct scene *s, enum object_class class,
                 enum severity severity)
{
    char id[IDENT_TEXT_MAX];
    struct object_ref object = {.class = class, .part = "p7"};

    if (class == OBJECT_PORT)
        object.device = s->d[0]->id;
    else
        object.part = ident_format(&link_id, id, sizeof id);
    alerts_tell(s->alerts,
                &(struct condition){.object = object,
                                    .type = alert_type_find("threshold.high"),
                                    .severity = severity,
                                    .at = wall_now(),
                                    .name = "x",
                                    .text = "x",
                                    .value = NAN,
                                    .limit = NAN,
                                    .calm_ms = -1});
}

/* NAN: it has none. */
static double risk_now(struct scene *s, const char *name)
{
    struct risk_book *book;
    const struct risk_entry *e;

    tick(s);
    book = risks_book(s->risks);
    e = risk_of_link(book, &link_id);
    if (e != NULL)
        assert_string_equal(e->name, name);
    double risk = e != NULL ? (double)e->risk : NAN;
    risk_book_unref(book);
    return risk;
}

/* As after a restart, or of a cable that is new. */
static void alerts_find_the_link_when_it_is_known(void **state)
{
    static const enum object_class classes[] = {OBJECT_LINK, OBJECT_PORT};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(classes); i++) {
        struct scene s;

        scene_open(&s, NULL);
        tell(&s, classes[i], SEVERITY_CRITICAL);
        tick(&s);
        infer(&s, false);
        assert_true(isnan(risk_now(&s, "")));
        infer(&s, true);
        double risk = risk_now(&s, "core-1:p7 - sw-1:p1");
        if (!(fabs(risk - 60) < 0.01)) /* 5 x 4 x 3 */
            fail_msg("%zu: %g", i, risk);
        assert_int_equal(s.told, 1);
        infer(&s, true);
        assert_true(risk_now(&s, "core-1:p7 - sw-1:p1") > 59);
        tell(&s, classes[i], SEVERITY_CLEARED);
        assert_true(risk_now(&s, "core-1:p7 - sw-1:p1") <= 0);
        scene_close(&s);
    }
}

/* The history goes on without an end where the station was restarted. */
static void history_of_a_link_goes_on_over_a_restart(void **state)
{
    char path[] = "/tmp/portolan-risks-XXXXXX";
    struct buffer OWNED_BUFFER file = {0};
    char id[IDENT_TEXT_MAX];
    struct risk_report report;
    struct complaint why;
    struct store *store;
    struct scene s;

    (void)state;
    assert_non_null(mkdtemp(path));
    buffer_format(&file, "%s/state.db", path);
    assert_int_equal(store_open(NULL, &(struct store_options){.path = file.at},
                                &store, &why),
                     0);
    scene_open(&s, store);
    infer(&s, true);
    tell(&s, OBJECT_LINK, SEVERITY_CRITICAL);
    tell(&s, OBJECT_PORT, SEVERITY_WARNING);
    assert_true(risk_now(&s, "core-1:p7 - sw-1:p1") > 60);
    unsigned told = s.told;
    risks_free(s.risks);
    open_risks(&s, store);
    tick(&s);
    infer(&s, true);
    assert_true(risk_now(&s, "core-1:p7 - sw-1:p1") > 60);
    assert_int_equal(s.told, told); /* it is no news */
    ident_format(&link_id, id, sizeof id);
    assert_true(risks_explain(s.risks, id, wall_now(), &report));
    assert_int_equal(report.point_count, 1);
    risk_report_fini(&report);
    scene_close(&s);
    store_free(store);
    (void)unlink(file.at);
    (void)rmdir(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(alerts_find_the_link_when_it_is_known),
        cmocka_unit_test(history_of_a_link_goes_on_over_a_restart),
    };

    return cmocka_run_group_tests_name("risks of links", tests, NULL, NULL);
}
