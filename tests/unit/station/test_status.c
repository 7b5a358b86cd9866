/* What a map shows of a moment: who is down since when, and how full the links
 * are, told by whichever end is polled. */
#include "state_scene.h"

#include "station/station.h"

struct seen {
    struct state_scene *scene;
    struct snapshot *snap;
    struct arena *arena;
};

static struct seen seen_new(void)
{
    struct seen s = {.scene = state_scene_new(), .arena = arena_new()};

    scene_infer(s.scene);
    s.snap = scene_publish(s.scene);
    assert_int_equal(s.snap->topology->links.count, 1);
    return s;
}

static void seen_free(struct seen *s)
{
    snapshot_unref(s->snap);
    arena_free(s->arena);
    state_scene_free(s->scene);
}

/* The first port of a device as if it had been polled. */
static void rates(struct seen *s, const char *device, double in_bps,
                  double out_bps)
{
    const struct device_record *d = snapshot_find(s->snap, device);
    struct port_record *port = (struct port_record *)&d->ports[0];

    assert_int_equal(port->if_index, 1);
    port->rates[PORT_IN_OCTETS] = (float)(in_bps / 8);
    port->rates[PORT_OUT_OCTETS] = (float)(out_bps / 8);
}

static const struct map_node_status *
node_of(const struct seen *s, const struct map_status *status, const char *name)
{
    return &status
                ->nodes[snapshot_node(s->snap, snapshot_place(s->snap, name))];
}

static void loads_are_told_by_whichever_end_is_polled(void **state)
{
    static const struct {
        const char *name;
        double core_in, core_out, edge_in, edge_out, ab, ba;
    } cases[] = {
        /* core is a, edge is b: core sends 250, edge sends 500 Mbit/s */
        {"both", 5e8, 2.5e8, 2.5e8, 5e8, 0.25, 0.5},
        {"a alone", 5e8, 2.5e8, NAN, NAN, 0.25, 0.5},
        {"b alone", NAN, NAN, 2.5e8, 5e8, 0.25, 0.5},
        {"idle", 0, 0, 0, 0, 0, 0},
        {"neither", NAN, NAN, NAN, NAN, NAN, NAN},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct seen s = seen_new();

        rates(&s, "core", cases[i].core_in, cases[i].core_out);
        rates(&s, "edge", cases[i].edge_in, cases[i].edge_out);
        struct map_status status = snapshot_map_status(s.snap, s.arena);
        double ab = status.links[0].load_ab, ba = status.links[0].load_ba;
        if (!(ab == cases[i].ab || (isnan(ab) && isnan(cases[i].ab))) ||
            !(ba == cases[i].ba || (isnan(ba) && isnan(cases[i].ba))))
            fail_msg("%s: %f, %f", cases[i].name, ab, ba);
        seen_free(&s);
    }
}

static void who_is_down_says_since_when(void **state)
{
    struct seen s = seen_new();

    (void)state;
    s.snap->at.ms = 1700000000000 + INT64_C(90) * 60 * 1000;
    struct map_status status = snapshot_map_status(s.snap, s.arena);
    const struct map_node_status *printer = node_of(&s, &status, "printer");
    assert_int_equal(printer->state, MAP_DOWN);
    assert_string_equal(printer->words, "down 1 h 30 min");
    assert_int_equal(node_of(&s, &status, "core")->state, MAP_UP);
    assert_string_equal(node_of(&s, &status, "core")->words, "");
    seen_free(&s);
}

static void before_anything_was_inferred_there_is_nothing_to_show(void **state)
{
    struct state_scene *scene = state_scene_new();
    struct snapshot *snap = scene_publish(scene);
    struct arena *arena = arena_new();
    struct map_status status = snapshot_map_status(snap, arena);

    (void)state;
    assert_null(status.nodes);
    assert_null(status.links);
    arena_free(arena);
    snapshot_unref(snap);
    state_scene_free(scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(loads_are_told_by_whichever_end_is_polled),
        cmocka_unit_test(who_is_down_says_since_when),
        cmocka_unit_test(before_anything_was_inferred_there_is_nothing_to_show),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
