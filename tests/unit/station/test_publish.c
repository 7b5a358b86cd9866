/* A snapshot is what the station knew at one moment: sorted, findable, cheap to
 * make again, and alive as long as somebody reads it. */
#include "state_scene.h"

static void
devices_stand_by_name_and_are_found_by_all_they_are_called(void **state)
{
    struct state_scene *s = state_scene_new();
    struct snapshot *snap = scene_publish(s);
    const struct device_record *core = snapshot_find(snap, "core");
    char id[IDENT_TEXT_MAX];

    (void)state;
    assert_int_equal(snap->device_count, 4);
    for (size_t i = 1; i < snap->device_count; i++)
        assert_true(strcmp(snap->devices[i - 1]->name, snap->devices[i]->name) <
                    0);
    assert_non_null(core);
    assert_ptr_equal(snapshot_find(snap, "192.0.2.1"), core);
    assert_ptr_equal(snapshot_find(snap, "2001:db8:0::1"), core);
    assert_ptr_equal(
        snapshot_find(snap, ident_format(&core->id, id, sizeof id)), core);
    assert_null(snapshot_find(snap, "CORE"));
    assert_null(snapshot_find(snap, "192.0.2.99"));
    assert_null(snapshot_find(snap, ""));
    for (size_t i = 0; i < snap->device_count; i++)
        assert_int_equal(snapshot_place(snap, snap->devices[i]->name), i);
    assert_int_equal(snapshot_place(snap, "zebra"), SIZE_MAX);
    snapshot_unref(snap);
    state_scene_free(s);
}

static void a_record_says_what_the_device_is(void **state)
{
    struct state_scene *s = state_scene_new();
    struct snapshot *snap = scene_publish(s);
    const struct device_record *core = snapshot_find(snap, "core");
    const struct device_record *printer = snapshot_find(snap, "printer");

    (void)state;
    assert_string_equal(core->credential, "lab");
    assert_int_equal(core->kind, KIND_SWITCH);
    assert_int_equal(core->port_count, 2);
    assert_int_equal(core->objects[SERIES_ICMP], 1);
    assert_int_equal(core->objects[SERIES_SENSOR], 1);
    struct facts *told = device_record_facts(core);
    struct arena *arena = arena_new();
    const struct metric_record *metrics;
    assert_int_equal(device_record_metrics(core, told, arena, &metrics),
                     4); /* icmp cpu memory sensor */
    assert_string_equal(metrics[3].object, "temperature-7");
    assert_int_equal(told->processors.count, 1);
    arena_free(arena);
    facts_unref(told);
    assert_string_equal(printer->credential, "");
    assert_int_equal(printer->port_count, 0);
    assert_string_equal(snap->station.name, "noc");
    snapshot_unref(snap);
    state_scene_free(s);
}

static void the_station_does_not_say_localhost(void **state)
{
    struct state_scene *s = state_scene_new();
    struct snapshot *snap = scene_publish(s);
    const struct device_record *noc = snapshot_find(snap, "noc");
    struct addr own = scene_addr("192.0.2.9");

    (void)state;
    assert_int_equal(noc->addr_count, 1);
    assert_true(addr_equal(&noc->addrs[0], &own));
    snapshot_unref(snap);
    inventory_take_addr(s->inv, &own);
    snap = scene_publish(s); /* better than nothing */
    assert_int_equal(snapshot_find(snap, "noc")->addr_count, 1);
    snapshot_unref(snap);
    state_scene_free(s);
}

static void what_did_not_change_is_shared(void **state)
{
    struct state_scene *s = state_scene_new();
    struct snapshot *first = scene_publish(s);

    (void)state;
    device_touch(inventory_find(s->inv, "core"));
    struct snapshot *second = scene_publish(s);
    assert_ptr_equal(snapshot_find(first, "edge"),
                     snapshot_find(second, "edge"));
    assert_ptr_not_equal(snapshot_find(first, "core"),
                         snapshot_find(second, "core"));
    snapshot_unref(first);
    snapshot_unref(second);
    state_scene_free(s);
}

static void devices_are_counted_by_reach(void **state)
{
    struct state_scene *s = state_scene_new();
    struct snapshot *before = scene_publish(s);
    struct device *core = inventory_find(s->inv, "core");

    (void)state;
    core->reach = REACH_DOWN;
    device_touch(core);
    struct snapshot *after = scene_publish(s);
    assert_int_equal(after->station.down, before->station.down + 1);
    assert_int_equal(after->station.up + after->station.suspect +
                         after->station.down + after->station.unknown,
                     after->device_count);
    uint64_t ports = 0;
    for (size_t i = 0; i < after->device_count; i++)
        ports += after->devices[i]->port_count;
    assert_true(ports > 0);
    assert_int_equal(after->station.series_objects[SERIES_PORT], ports);
    assert_int_equal(after->station.series_objects[SERIES_CPU], 1);
    snapshot_unref(before);
    snapshot_unref(after);
    state_scene_free(s);
}

static void what_nobody_reads_is_brought_up_to_date(void **state)
{
    struct state_scene *s = state_scene_new();
    struct snapshot *first = scene_publish(s);
    struct device *core = inventory_find(s->inv, "core");
    const struct device_record *edge = snapshot_find(first, "edge");
    uint32_t down = first->station.down;

    (void)state;
    core->reach = REACH_DOWN;
    device_touch(core);
    struct snapshot *second = scene_publish_again(s, first);
    assert_ptr_equal(first, second);
    assert_int_equal(snapshot_find(second, "core")->reach, REACH_DOWN);
    assert_ptr_equal(snapshot_find(second, "edge"), edge);
    assert_int_equal(second->station.down, down + 1);
    assert_true(inventory_rename(s->inv, core, "zebra"));
    second = scene_publish_again(s, second);
    assert_null(snapshot_find(second, "core"));
    assert_string_equal(second->devices[second->device_count - 1]->name,
                        "zebra");
    assert_int_equal(second->station.down, down + 1);
    snapshot_unref(second);
    state_scene_free(s);
}

static void what_somebody_reads_stays_as_it_is(void **state)
{
    struct state_scene *s = state_scene_new();
    struct snapshot *first = scene_publish(s);
    struct snapshot *reader = snapshot_ref(first);
    struct device *core = inventory_find(s->inv, "core");
    enum reach before = core->reach;

    (void)state;
    core->reach = REACH_DOWN;
    device_touch(core);
    struct snapshot *second = scene_publish_again(s, first);
    assert_int_equal(snapshot_find(reader, "core")->reach, before);
    assert_int_equal(snapshot_find(second, "core")->reach, REACH_DOWN);
    snapshot_unref(reader);
    snapshot_unref(second);
    state_scene_free(s);
}

static void what_is_read_for_long_costs_those_that_follow_nothing(void **state)
{
    enum { PUBLISHED = 5 };
    struct state_scene *s = state_scene_new();
    struct snapshot *now = scene_publish(s);
    struct snapshot *reader = snapshot_ref(now), *second = NULL;
    struct device *core = inventory_find(s->inv, "core");
    const struct device_record *edge = snapshot_find(now, "edge");
    const struct device_record *seen = snapshot_find(now, "core");
    unsigned refs = edge->refs;

    (void)state;
    for (int i = 0; i < PUBLISHED; i++) {
        core->reach = i % 2 != 0 ? REACH_UP : REACH_DOWN;
        device_touch(core);
        now = scene_publish_again(s, now);
        assert_int_equal(snapshot_find(now, "core")->reach, core->reach);
        assert_int_equal(edge->refs, refs); /* nobody looked at it */
        if (i == 1)
            second = snapshot_ref(now);
    }
    assert_ptr_equal(snapshot_find(reader, "core"), seen);
    assert_int_equal(seen->reach, REACH_UP);
    polling_drop(s->polling, core);
    inventory_remove(s->inv, core);
    now = scene_publish_again(s, now);
    assert_null(snapshot_find(now, "core"));
    assert_int_equal(now->device_count, reader->device_count - 1);
    snapshot_unref(reader); /* the oldest goes first, or last */
    assert_int_equal(snapshot_find(second, "core")->reach, REACH_UP);
    state_scene_free(s);
    snapshot_unref(now);
    assert_string_equal(snapshot_find(second, "core")->name, "core");
    snapshot_unref(second);
}

static void a_snapshot_outlives_what_it_tells_of(void **state)
{
    struct state_scene *s = state_scene_new();

    (void)state;
    scene_infer(s);
    struct snapshot *snap = scene_publish(s);
    struct snapshot *reader = snapshot_ref(snap);
    struct device *core = inventory_find(s->inv, "core");
    polling_drop(s->polling, core);
    inventory_remove(s->inv, core);
    state_scene_free(s);
    snapshot_unref(snap);
    assert_string_equal(snapshot_find(reader, "core")->facts->system.name,
                        "core");
    assert_int_equal(reader->topology->links.count, 1);
    snapshot_unref(reader);
}

static void devices_and_nodes_point_to_each_other(void **state)
{
    struct state_scene *s = state_scene_new();
    struct snapshot *before = scene_publish(s);

    (void)state;
    assert_null(before->topology); /* nothing was inferred yet */
    snapshot_unref(before);
    scene_infer(s);
    (void)scene_device(s, "late", "192.0.2.200");
    struct snapshot *snap = scene_publish(s);
    for (size_t i = 0; i < snap->device_count; i++) {
        uint32_t node = snapshot_node(snap, i);

        if (strcmp(snap->devices[i]->name, "late") == 0) {
            assert_int_equal(node, UINT32_MAX); /* not on the map yet */
            continue;
        }
        assert_string_equal(snap->topology->nodes.at[node].name,
                            snap->devices[i]->name);
        assert_ptr_equal(snapshot_of_node(snap, node), snap->devices[i]);
    }
    snapshot_unref(snap);
    state_scene_free(s);
}

static void every_reach_has_a_state_on_the_map(void **state)
{
    static const enum map_state states[REACHES] = {[REACH_UNKNOWN] =
                                                       MAP_UNKNOWN,
                                                   [REACH_UP] = MAP_UP,
                                                   [REACH_SUSPECT] = MAP_UP,
                                                   [REACH_DOWN] = MAP_DOWN};

    (void)state;
    for (enum reach r = REACH_UNKNOWN; r < REACHES; r++) {
        struct device_record d = {.reach = r};

        assert_int_equal(device_map_state(&d), states[r]);
    }
}

static void what_changed_is_published_ahead_where_nobody_reads(void **state)
{
    struct state_scene *s = state_scene_new();
    struct snapshot *snap = scene_publish(s);
    struct device *core = inventory_find(s->inv, "core");
    const struct published what = {
        .inventory = s->inv, .polling = s->polling, .budget_ms = 1000};
    uint32_t down = snap->station.down;

    (void)state;
    core->reach = REACH_DOWN;
    device_touch(core);
    struct snapshot *reader = snapshot_ref(snap);
    publish_ahead(snap, &what);
    assert_int_equal(snapshot_find(snap, "core")->reach, REACH_UP);
    snapshot_unref(reader);
    publish_ahead(snap, &what);
    assert_int_equal(snapshot_find(snap, "core")->reach, REACH_DOWN);
    assert_int_equal(snap->station.down, down + 1);
    assert_null(inventory_take_changed(s->inv));
    core->reach = REACH_UP;
    device_touch(core);
    inventory_remove(s->inv, inventory_find(s->inv, "printer"));
    assert_true(inventory_rename(s->inv, core, "zebra"));
    struct device *late = scene_device(s, "late", "192.0.2.200");
    size_t count = snap->device_count;
    publish_ahead(snap, &what);
    assert_int_equal(snapshot_find(snap, "zebra")->reach, REACH_UP);
    assert_ptr_equal(snapshot_find(snap, "late"), late->record);
    assert_null(snapshot_find(snap, "printer"));
    assert_null(snapshot_find(snap, "core"));
    assert_int_equal(snap->device_count, count); /* one came, one went */
    for (size_t i = 1; i < snap->device_count; i++)
        assert_true(strcmp(snap->devices[i - 1]->name, snap->devices[i]->name) <
                    0);
    struct device *edge = inventory_find(s->inv, "edge");
    assert_true(inventory_rename(s->inv, core, "away"));
    assert_true(inventory_rename(s->inv, edge, "zebra")); /* in its place */
    publish_ahead(snap, &what);
    assert_ptr_equal(snapshot_find(snap, "zebra"), edge->record);
    assert_ptr_equal(snapshot_find(snap, "away"), core->record);
    snapshot_unref(snap);
    state_scene_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(
            devices_stand_by_name_and_are_found_by_all_they_are_called),
        cmocka_unit_test(a_record_says_what_the_device_is),
        cmocka_unit_test(the_station_does_not_say_localhost),
        cmocka_unit_test(what_did_not_change_is_shared),
        cmocka_unit_test(what_is_read_for_long_costs_those_that_follow_nothing),
        cmocka_unit_test(a_snapshot_outlives_what_it_tells_of),
        cmocka_unit_test(devices_and_nodes_point_to_each_other),
        cmocka_unit_test(every_reach_has_a_state_on_the_map),
        cmocka_unit_test(devices_are_counted_by_reach),
        cmocka_unit_test(what_nobody_reads_is_brought_up_to_date),
        cmocka_unit_test(what_somebody_reads_stays_as_it_is),
        cmocka_unit_test(what_changed_is_published_ahead_where_nobody_reads),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
