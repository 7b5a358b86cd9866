/* What the agent serves: every table is walked in order and without a gap,
 * whatever order things came in; devices answer by their own indexes. */
#include "north/agent_view.h"

#include "base/mem.h"
#include "base/table.h"
#include "mibs/facts_pack.h"
#include "north/agent_device.h"
#include "north/alarm_row.h"
#include "station/objects.h"
#include "station/trap_log.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { DEVICES = 3, ALARMS = 4, ENTERPRISE = 4711, UPTIME_CS = 1000000 };

static const int64_t start_ms = 1795315650000;

static const char long_name[] =
    "a-switch-with-a-name-that-does-not-fit-into-any-context-1";
static const char *const names[DEVICES] = {
    long_name, "a-switch-with-a-name-that-does-not-fit-into-any-context-2",
    "sw1"};

struct scene {
    struct snapshot snapshot;
    struct alert_book book;
    struct device_record records[DEVICES];
    struct device_record *devices[DEVICES];
    struct addr addrs[DEVICES];
    struct alert_record alarms[ALARMS];
    const struct alert_record *active[ALARMS];
    struct objects *objects;
};

static void add_device(struct scene *s, size_t i)
{
    const uint8_t octets[4] = {192, 0, 2, (uint8_t)(i + 1)};
    struct device_record *d = &s->records[i];
    const struct object_ref ref = {.class = OBJECT_DEVICE,
                                   .device = {.octets = {(uint8_t)(i + 1)}},
                                   .part = ""};

    s->addrs[i] = addr_v4(octets);
    *d = (struct device_record){.refs = 1,
                                .reach = REACH_UP,
                                .name = names[i],
                                .credential = "lab",
                                .id = ref.device,
                                .since = {start_ms},
                                .addrs = &s->addrs[i],
                                .addr_count = 1,
                                .why = "",
                                .facts = facts_new()};
    d->objects[SERIES_ICMP] = 1;
    d->poll.rtt_ms = 1.5;
    d->poll.loss_percent = 0;
    d->object = objects_know(s->objects, &ref);
    s->devices[i] = d;
}

/* Raised the later the lower its number. */
static void add_alarm(struct scene *s, size_t i)
{
    size_t types;
    const struct alert_type *type = &alert_types(&types)[i];

    s->alarms[i] = (struct alert_record){
        .refs = 1,
        .index = (uint32_t)i + 1,
        .state = ALERT_ACTIVE,
        .severity = SEVERITY_MINOR,
        .worst = SEVERITY_MAJOR,
        .type = type,
        .object = {.class = i == 0 ? OBJECT_PORT : OBJECT_DEVICE,
                   .device = s->records[i % DEVICES].id,
                   .part = i == 0 ? "Gi0/1" : ""},
        .qualifier = "",
        .name = "something",
        .device = names[i % DEVICES],
        .text = "is wrong",
        .rule = "",
        .unit = "",
        .value = NAN,
        .limit = NAN,
        .raised = {start_ms - (int64_t)i * 1000},
        .acknowledged = {.who = "", .text = ""},
        .risk = 10};
    s->active[i] = &s->alarms[i];
    (void)objects_know(s->objects, &s->alarms[i].object);
}

static struct scene *scene_new(void)
{
    struct scene *s = mem_new(struct scene);

    s->objects = objects_new(NULL);
    for (size_t i = 0; i < DEVICES; i++)
        add_device(s, i);
    for (size_t i = 0; i < ALARMS; i++)
        add_alarm(s, i);
    s->book = (struct alert_book){
        .active = s->active, .active_count = ALARMS, .refs = 1};
    s->snapshot = (struct snapshot){.devices = s->devices,
                                    .device_count = DEVICES,
                                    .alerts = &s->book,
                                    .objects = objects_book(s->objects),
                                    .station = {.name = "noc",
                                                .version = "1",
                                                .doubt = "",
                                                .enterprise = ENTERPRISE},
                                    .at = {start_ms},
                                    .refs = 1};
    return s;
}

static void scene_free(struct scene *s)
{
    for (size_t i = 0; i < DEVICES; i++)
        facts_unref((struct facts *)s->records[i].facts);
    object_book_unref(s->snapshot.objects);
    objects_free(s->objects);
    free(s);
}

static bool same_value(const struct value *a, const struct value *b)
{
    if (a->type != b->type)
        return false;
    if (a->type == VALUE_OID)
        return oid_equal(a->oid, b->oid);
    if (a->type == VALUE_OCTETS || a->type == VALUE_IP ||
        a->type == VALUE_OPAQUE)
        return bytes_equal(a->octets, b->octets);
    return a->type == VALUE_INTEGER ? a->integer == b->integer
                                    : a->number == b->number;
}

/* All below a root, in order, and a Get gives the same: how many. */
static size_t walk(const struct mib_set *set, const void *of, struct oid root)
{
    struct oid_store at, next;
    struct mib_cell cell, again;
    size_t count = 0;

    oid_copy(&at, root);
    while (mib_next(set, of, oid_view(&at), false, &next, &cell) &&
           oid_begins(oid_view(&next), root)) {
        assert_true(oid_compare(oid_view(&next), oid_view(&at)) > 0);
        mib_get(set, of, oid_view(&next), &again);
        assert_true(same_value(&cell.value, &again.value));
        oid_copy(&at, oid_view(&next));
        count++;
    }
    return count;
}

static struct agent_scene served(const struct agent_view *v,
                                 const struct table *contexts)
{
    return (struct agent_scene){.view = v,
                                .now = {start_ms},
                                .uptime_cs = UPTIME_CS,
                                .zero = {start_ms - 10LL * UPTIME_CS},
                                .enterprise = ENTERPRISE,
                                .contexts = contexts};
}

static void every_table_is_walked_in_order(void **state)
{
    struct scene *s = scene_new();
    struct agent_view *v = agent_view_new(&s->snapshot, NULL);
    struct table *contexts = table_new();
    struct mib_set *set = agent_station_set(ENTERPRISE);
    struct agent_scene scene = served(v, contexts);
    size_t types;

    (void)state;
    (void)alert_types(&types);
    assert_int_equal(walk(set, &scene, OID(1, 3, 6, 1, 2, 1, 118, 1, 1, 2)),
                     types * 6 * 8);
    assert_int_equal(walk(set, &scene, OID(1, 3, 6, 1, 2, 1, 118, 1, 2, 2)),
                     ALARMS * 11);
    assert_int_equal(walk(set, &scene, OID(1, 3, 6, 1, 2, 1, 118, 1, 2, 3)),
                     ALARMS * 6 * 11);
    assert_int_equal(
        walk(set, &scene, OID(1, 3, 6, 1, 4, 1, ENTERPRISE, 1, 1, 3)),
        ALARMS * 17);
    /* Three devices, and the port that has an alarm. */
    assert_int_equal(
        walk(set, &scene, OID(1, 3, 6, 1, 4, 1, ENTERPRISE, 1, 1, 2)),
        (DEVICES + 1) * 16);
    assert_int_equal(walk(set, &scene, OID(1, 3, 6, 1, 2, 1, 80)),
                     1 + DEVICES * (21 + 10));
    assert_true(walk(set, &scene, OID(1)) > 1000);
    mib_set_free(set);
    table_free(contexts);
    agent_view_unref(v);
    scene_free(s);
}

static void alarms_stand_by_their_moment(void **state)
{
    struct scene *s = scene_new();
    struct agent_view *v = agent_view_new(&s->snapshot, NULL);

    (void)state;
    for (size_t i = 0; i < ALARMS; i++)
        assert_int_equal(v->active.at[i].record->index, ALARMS - i);
    agent_view_unref(v);
    scene_free(s);
}

static void a_port_counts_for_its_device(void **state)
{
    struct scene *s = scene_new();
    struct agent_view *v = agent_view_new(&s->snapshot, NULL);
    const struct object_row *port = agent_view_object(
        v, object_book_index(s->snapshot.objects, &s->alarms[0].object));
    const struct object_row *device =
        agent_view_object(v, s->records[0].object);

    (void)state;
    assert_int_equal(port->parent, device->index);
    assert_int_equal(port->alarms, 1);
    assert_int_equal(port->worst, SEVERITY_MINOR);
    assert_int_equal(device->alarms, 2); /* its own, too */
    assert_null(agent_view_object(v, 0));
    agent_view_unref(v);
    scene_free(s);
}

/* What is taken over from the view before is what would be found anew. */
static void a_view_that_follows_is_the_same(void **state)
{
    struct scene *s = scene_new();
    struct agent_view *before = agent_view_new(&s->snapshot, NULL);
    struct alert_book fewer = s->book;
    struct snapshot later = s->snapshot;

    (void)state;
    fewer.active = s->active + 1;
    fewer.active_count = ALARMS - 1;
    later.alerts = &fewer;
    struct agent_view *followed = agent_view_new(&later, before);
    struct agent_view *anew = agent_view_new(&later, NULL);
    assert_int_equal(followed->active.count, ALARMS - 1);
    for (size_t i = 0; i < ALARMS - 1; i++) {
        assert_int_not_equal(anew->active.at[i].object, 0);
        assert_int_equal(followed->active.at[i].object,
                         anew->active.at[i].object);
    }
    agent_view_unref(followed);
    agent_view_unref(anew);
    agent_view_unref(before);
    scene_free(s);
}

/* What a manager asks before it walks: nothing happened where the moment is the
 * one it knows. */
static void moments_of_changes_do_not_go_back(void **state)
{
    struct scene *s = scene_new();
    struct agent_view *first = agent_view_new(&s->snapshot, NULL);
    struct alert_book none = s->book;
    struct snapshot second = s->snapshot, third = s->snapshot;

    (void)state;
    second.at.ms += 1000;
    struct agent_view *same = agent_view_new(&second, first);
    assert_int_equal(same->objects_changed.ms, first->objects_changed.ms);
    assert_int_equal(same->last_raised.ms, s->alarms[0].raised.ms);

    third.at.ms += 2000; /* a device is removed, all alarms are forgotten */
    third.device_count = DEVICES - 1;
    none.active_count = 0;
    third.alerts = &none;
    struct agent_view *fewer = agent_view_new(&third, same);
    assert_int_equal(fewer->objects_changed.ms, third.at.ms);
    assert_int_equal(fewer->last_raised.ms, s->alarms[0].raised.ms);
    struct agent_view *set_back = agent_view_new(&s->snapshot, fewer);
    assert_int_equal(set_back->objects_changed.ms, start_ms);
    agent_view_unref(set_back);
    agent_view_unref(fewer);
    agent_view_unref(same);
    agent_view_unref(first);
    scene_free(s);
}

/* 24 hours of the device whose risk was not always 0; the one whose history
 * begins in the hour before has two. */
static void risk_is_told_by_hours(void **state)
{
    enum { HOUR_MS = 3600000 };
    struct scene *s = scene_new();
    struct risk_history few = {.refs = 1, .count = 2},
                        full = {.refs = 1, .count = RISK_POINTS};
    struct wall began = {start_ms - start_ms % HOUR_MS};
    struct risk_entry entries[2] = {
        {.id = s->records[0].id, .name = "", .history = &few, .level = 1},
        {.id = s->records[1].id, .name = "", .history = &full, .level = 1}};
    struct risk_book risk = {
        .devices = entries, .device_count = 2, .whole = {.name = ""}};
    struct mib_set *set = agent_station_set(ENTERPRISE);
    const uint32_t hour = (uint32_t)(start_ms / HOUR_MS);
    struct mib_cell cell;

    (void)state;
    few.points[0] = (struct risk_point){{began.ms - HOUR_MS / 2}, 80};
    few.points[1] = (struct risk_point){{began.ms}, 40};
    for (size_t i = 0; i < RISK_POINTS; i++)
        full.points[i] = few.points[0];
    s->snapshot.risk = &risk;
    struct agent_view *v = agent_view_new(&s->snapshot, NULL);
    struct agent_scene scene = served(v, NULL);
    assert_int_equal(
        walk(set, &scene, OID(1, 3, 6, 1, 4, 1, ENTERPRISE, 1, 1, 6)),
        4 * (24 + 2));
#define HIST(column, bucket)                              \
    OID(1, 3, 6, 1, 4, 1, ENTERPRISE, 1, 1, 6, 1, column, \
        s->records[0].object, bucket)
    mib_get(set, &scene, HIST(3, hour - 1), &cell);
    assert_int_equal(cell.value.integer, 80);
    mib_get(set, &scene, HIST(4, hour - 1), &cell);
    assert_int_equal(cell.value.integer, 40); /* half of the hour */
    mib_get(set, &scene, HIST(5, hour - 1), &cell);
    assert_int_equal(cell.value.integer, 80);
    mib_get(set, &scene, HIST(3, hour), &cell);
    assert_int_equal(cell.value.integer, 40);
    mib_get(set, &scene, HIST(3, hour - 2), &cell);
    assert_int_equal(cell.value.integer, 0);
    mib_get(set, &scene, HIST(3, hour - 24), &cell);
    assert_int_equal(cell.value.type, VALUE_NO_INSTANCE);
    mib_set_free(set);
    agent_view_unref(v);
    scene_free(s);
}

/* A variable has its value in the column of its type alone. */
static void notifications_are_walked_without_holes(void **state)
{
    enum { ENTRIES = 500, SCALARS = 4, OF_LOG = 6 + 2, COLUMNS = 8 };
    struct scene *s = scene_new();
    struct trap_log *l = trap_log_new();
    struct mib_set *set = agent_station_set(ENTERPRISE);
    const uint8_t octets[4] = {192, 0, 2, 1};
    struct mib_cell cell;

    (void)state;
    for (uint64_t i = 0; i < ENTRIES; i++) {
        const struct varbind varbinds[] = {
            {OID(1, 3, 6, 1, 9, 1), {.type = VALUE_COUNTER64, .number = i}},
            {OID(1, 3, 6, 1, 9, 2), {.type = VALUE_INTEGER, .integer = -3}}};

        trap_log_add(l, &(struct trap_log_item){
                            .at = {start_ms - 1000},
                            .from = addr_v4(octets),
                            .port = 258,
                            .trap = OID(1, 3, 6, 1, 6, 3, 1, 1, 5, 3),
                            .varbinds = varbinds,
                            .count = i % 2 == 0 ? 2 : 1,
                            .alarm = (uint32_t)i % 3, /* 0: of none */
                            .over = i == 7});
    }
    s->snapshot.trap_log = trap_log_book(l);
    struct agent_view *v = agent_view_new(&s->snapshot, NULL);
    struct agent_scene scene = served(v, NULL);
    assert_int_equal(walk(set, &scene, OID(1, 3, 6, 1, 2, 1, 92)),
                     SCALARS + OF_LOG + ENTRIES * COLUMNS +
                         ENTRIES * 3 / 2 * 3);
    assert_int_equal(
        walk(set, &scene, OID(1, 3, 6, 1, 2, 1, 92, 1, 3, 2, 1, 7)),
        ENTRIES / 2);
    mib_get(set, &scene, OID(1, 3, 6, 1, 2, 1, 92, 1, 3, 1, 1, 5, 0, 9), &cell);
    const uint8_t address[] = {192, 0, 2, 1, 1, 2};
    assert_true(bytes_equal(cell.value.octets,
                            (struct bytes){address, sizeof address}));
    mib_get(set, &scene, OID(1, 3, 6, 1, 2, 1, 92, 1, 3, 1, 1, 2, 0, 9), &cell);
    assert_int_equal(cell.value.number, UPTIME_CS - 100);
    assert_int_equal(agent_view_logged(&v->logged, 1), ENTRIES);
    assert_int_equal(agent_view_logged(&v->logged, 2), ENTRIES - 2);
    assert_int_equal(agent_view_logged(&v->logged_over, 1), 8);
    assert_int_equal(agent_view_logged(&v->logged, 3), 0);
    mib_get(set, &scene, OID(1, 3, 6, 1, 2, 1, 92, 1, 3, 2, 1, 11, 0, 9, 1),
            &cell);
    assert_int_equal(cell.value.number, 8);
    mib_get(set, &scene, OID(1, 3, 6, 1, 2, 1, 92, 1, 3, 2, 1, 4, 0, 9, 1),
            &cell);
    assert_int_equal(cell.value.type, VALUE_NO_INSTANCE);
    mib_set_free(set);
    agent_view_unref(v);
    trap_log_book_unref(s->snapshot.trap_log);
    trap_log_free(l);
    scene_free(s);
}

static void contexts_fit_and_lead_back(void **state)
{
    struct scene *s = scene_new();
    struct agent_view *v = agent_view_new(&s->snapshot, NULL);
    char name[CONTEXT_MAX + 1];

    (void)state;
    assert_int_equal(v->contexts.count, DEVICES);
    for (size_t i = 0; i < DEVICES; i++) {
        agent_context_name(&s->records[i], name);
        assert_true(strlen(name) <= CONTEXT_MAX);
        assert_ptr_equal(agent_view_context(v, bytes_of_text(name)),
                         &s->records[i]);
    }
    agent_context_name(&s->records[2], name);
    assert_string_equal(name, "dev-sw1");
    assert_null(agent_view_context(v, bytes_of_text("dev-sw")));
    agent_view_unref(v);
    scene_free(s);
}

static void time_is_told_by_the_clock_of_the_master(void **state)
{
    struct agent_scene scene = served(NULL, NULL);

    (void)state;
    assert_int_equal(agent_ticks(&scene, (struct wall){start_ms}), UPTIME_CS);
    assert_int_equal(agent_ticks(&scene, (struct wall){start_ms - 1000}),
                     UPTIME_CS - 100);
    assert_int_equal(agent_ticks(&scene, (struct wall){start_ms + 5000}),
                     UPTIME_CS);
    assert_int_equal(agent_ticks(&scene, (struct wall){1}), 0);
    assert_int_equal(agent_ticks(&scene, (struct wall){0}), 0);
}

/* ---- devices ---- */

static struct facts *odd_facts(void)
{
    struct facts *f = facts_new();
    static const uint32_t numbers[] = {7, 3, 7, 5};

    f->system.has_uptime = true;
    f->system.uptime_cs = 4200;
    f->system.object_id = "1.3.6.1.4.1.9.1";
    f->lldp.chassis_subtype = 4;
    for (uint32_t i = 1; i <= 3; i++)
        *array_add(&f->interfaces) =
            (struct interface){.if_index = i * 10,
                               .name = "port",
                               .descr = "port",
                               .alias = "",
                               .duplex = "",
                               .label = "port",
                               .mtu = FACT_UNKNOWN,
                               .last_change_cs = FACT_UNKNOWN};
    for (size_t i = 0; i < COUNT_OF(numbers); i++) {
        *array_add(&f->lldp.ports) = (struct lldp_local_port){
            .port_num = numbers[i], .subtype = 5, .text = "", .descr = ""};
        *array_add(&f->neighbors) =
            (struct neighbor){.protocol = NEIGHBOR_LLDP,
                              .local_port_num = numbers[i],
                              .local_if_index = 10 * (uint32_t)(i % 2 + 1),
                              .chassis_text = "",
                              .port_text = "",
                              .port_descr = "",
                              .sys_name = "",
                              .sys_descr = "",
                              .platform = "",
                              .mgmt = {{.family = 4, .octets = {192, 0, 2, 9}},
                                       {.family = 4, .octets = {192, 0, 2, 8}}},
                              .mgmt_count = 2};
    }
    return f;
}

static void a_device_is_walked_in_order_however_it_told(void **state)
{
    struct device_record d = {.refs = 1, .name = "sw1", .facts = odd_facts()};
    struct agent_devices *devices = agent_devices_new();
    const struct device_scene *of =
        agent_devices_open(devices, &d, ENTERPRISE, SEVERITY_MAJOR);
    const struct mib_set *set = agent_devices_tables(devices);
    struct mib_cell cell;

    (void)state;
    assert_int_equal(walk(set, of, OID(1, 3, 6, 1, 2, 1, 1)), 7);
    assert_int_equal(walk(set, of, OID(1, 3, 6, 1, 2, 1, 31)), 3 * 3);
    /* 3, 5 and 7: each once */
    assert_int_equal(walk(set, of, OID(1, 0, 8802, 1, 1, 2, 1, 3, 7)), 3 * 3);
    /* without the two subtypes, which it did not tell */
    assert_int_equal(walk(set, of, OID(1, 0, 8802, 1, 1, 2, 1, 4, 1)), 3 * 7);
    assert_int_equal(walk(set, of, OID(1, 0, 8802, 1, 1, 2, 1, 4, 2)),
                     3 * 2 * 3);
    /* without the remote port, which it did not tell either */
    assert_int_equal(walk(set, of, OID(1, 3, 6, 1, 2, 1, 79, 1, 1)), 4 * 11);
    /* A chassis and the two ports that have neighbors: of ours. */
    assert_int_equal(walk(set, of, OID(1, 3, 6, 1, 2, 1, 47)), 3 * 11);
    assert_int_equal(walk(set, of, OID(1, 3, 6, 1, 2, 1, 131)), 3 * 6);
    /* entStateAlarm of the chassis: major(3) */
    mib_get(set, of, OID(1, 3, 6, 1, 2, 1, 131, 1, 1, 1, 5, 2000000000), &cell);
    assert_int_equal(cell.value.octets.at[0], 0x10);
    agent_devices_free(devices);
    facts_unref((struct facts *)d.facts);
}

static void those_asked_last_lie_open(void **state)
{
    enum { MANY = DEVICES_OPEN_MAX + 5 };
    struct device_record records[MANY];
    struct agent_devices *devices = agent_devices_new();

    (void)state;
    for (size_t i = 0; i < MANY; i++)
        records[i] = (struct device_record){
            .refs = 1, .name = "sw", .facts = odd_facts()};
    for (size_t turn = 0; turn < 2; turn++)
        for (size_t i = 0; i < MANY; i++)
            assert_ptr_equal(agent_devices_open(devices, &records[i],
                                                ENTERPRISE, SEVERITY_CLEARED)
                                 ->record,
                             &records[i]);
    agent_devices_free(devices);
    for (size_t i = 0; i < MANY; i++)
        facts_unref((struct facts *)records[i].facts);
}

static void a_moment_is_the_same_at_each_reading(void **state)
{
    const struct wall event = {start_ms - 12345};
    struct agent_scene scene = {0};
    uint32_t first = 0;

    (void)state;
    for (int64_t ms = 0; ms < 3000; ms += 7) {
        scene.now.ms = start_ms + ms;
        scene.uptime_cs = UPTIME_CS + (uint32_t)((ms + 4) / 10);
        scene.zero = agent_zero(scene.now, scene.uptime_cs, scene.zero);
        first = ms == 0 ? agent_ticks(&scene, event) : first;
        assert_int_equal(agent_ticks(&scene, event), first);
    }
    /* The master was started again. */
    scene.zero = agent_zero(scene.now, 200, scene.zero);
    scene.uptime_cs = 200;
    assert_int_equal(agent_ticks(&scene, event), 0);
    assert_int_equal(agent_ticks(&scene, scene.now), 200);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_table_is_walked_in_order),
        cmocka_unit_test(alarms_stand_by_their_moment),
        cmocka_unit_test(a_port_counts_for_its_device),
        cmocka_unit_test(a_view_that_follows_is_the_same),
        cmocka_unit_test(moments_of_changes_do_not_go_back),
        cmocka_unit_test(risk_is_told_by_hours),
        cmocka_unit_test(notifications_are_walked_without_holes),
        cmocka_unit_test(contexts_fit_and_lead_back),
        cmocka_unit_test(time_is_told_by_the_clock_of_the_master),
        cmocka_unit_test(a_moment_is_the_same_at_each_reading),
        cmocka_unit_test(a_device_is_walked_in_order_however_it_told),
        cmocka_unit_test(those_asked_last_lie_open),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
