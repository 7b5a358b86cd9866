/* What flows through links, held against each other as polls come in. */
#include "state_scene.h"

#include "station/flows.h"

enum { EVERY_S = 60 };

struct flow_scene {
    struct state_scene *state;
    struct snapshot *snap;
    struct flows *flows;
    struct port_record core, edge; /* as last polled */
    int64_t now_ms;
    unsigned told;
    enum traffic_verdict before, verdict;
};

static void lend(struct device_record *d, const struct port_record *p)
{
    d->credential = "public";
    d->poll.interval_s = EVERY_S;
    d->ports = p;
    d->port_count = 1;
}

static struct device_record *record_of(struct flow_scene *s, const char *name)
{
    return s->snap->devices[snapshot_place(s->snap, name)];
}

static void scene_init(struct flow_scene *s)
{
    *s = (struct flow_scene){.state = state_scene_new(),
                             .flows = flows_new(),
                             .now_ms = 1700000000000};
    scene_infer(s->state);
    s->snap = scene_publish(s->state);
    s->core.if_index = s->edge.if_index = 1;
    lend(record_of(s, "core"), &s->core);
    lend(record_of(s, "edge"), &s->edge);
}

static void scene_fini(struct flow_scene *s)
{
    flows_free(s->flows);
    record_of(s, "core")->ports = record_of(s, "edge")->ports = NULL;
    record_of(s, "core")->port_count = record_of(s, "edge")->port_count = 0;
    snapshot_unref(s->snap);
    state_scene_free(s->state);
}

static void on_verdict(void *arg, const struct topology *t,
                       const struct topo_link *l, enum traffic_verdict before,
                       enum traffic_verdict now)
{
    struct flow_scene *s = arg;

    assert_string_equal(t->nodes.at[l->a].name, "core");
    assert_string_equal(t->nodes.at[l->b].name, "edge");
    s->told++;
    s->before = before;
    s->verdict = now;
}

/* A port is polled, and the station looks. */
static void poll_port(struct flow_scene *s, struct port_record *p, float in,
                      float out)
{
    p->at.ms = s->now_ms;
    p->rates[PORT_IN_OCTETS] = in;
    p->rates[PORT_OUT_OCTETS] = out;
    flows_look(s->flows, s->snap, 1, on_verdict, s);
}

/* Both are polled, edge 20 s after core; core sends what is sent. */
static void rounds(struct flow_scene *s, unsigned count, float sent,
                   float received)
{
    for (unsigned n = 0; n < count; n++) {
        poll_port(s, &s->core, 0, sent);
        s->now_ms += 20000;
        poll_port(s, &s->edge, received, 0);
        s->now_ms += 40000;
        flows_look(s->flows, s->snap, 1, on_verdict, s);
    }
}

static void what_agrees_is_told_once(void **state)
{
    struct topo_traffics verdicts = {0};
    struct flow_scene s;

    (void)state;
    scene_init(&s);
    rounds(&s, 4, 5e6F, 5e6F); /* the first is compared with nothing */
    assert_int_equal(s.told, 0);
    rounds(&s, 8, 5e6F, 5e6F);
    assert_int_equal(s.told, 1);
    assert_int_equal(s.verdict, TRAFFIC_AGREES);
    flows_verdicts(s.flows, &verdicts);
    assert_int_equal(verdicts.count, 1);
    assert_int_equal(verdicts.at[0].verdict, TRAFFIC_AGREES);
    assert_int_equal(verdicts.at[0].a_if_index, 1);
    array_fini(&verdicts);
    scene_fini(&s);
}

static void what_does_not_arrive_is_told_and_taken_back(void **state)
{
    struct flow_scene s;

    (void)state;
    scene_init(&s);
    rounds(&s, 8, 5e6F, 1e6F);
    assert_int_equal(s.told, 1);
    assert_int_equal(s.verdict, TRAFFIC_DISAGREES);
    rounds(&s, 8, 5e6F, 5e6F);
    assert_int_equal(s.told, 2);
    assert_int_equal(s.before, TRAFFIC_DISAGREES);
    assert_int_equal(s.verdict, TRAFFIC_AGREES);
    scene_fini(&s);
}

static void what_is_remembered_outlives_an_inference(void **state)
{
    struct flow_scene s;

    (void)state;
    scene_init(&s);
    rounds(&s, 8, 5e6F, 5e6F);
    record_of(&s, "core")->ports = record_of(&s, "edge")->ports = NULL;
    record_of(&s, "core")->port_count = record_of(&s, "edge")->port_count = 0;
    snapshot_unref(s.snap);
    scene_infer(s.state);
    s.snap = scene_publish(s.state);
    lend(record_of(&s, "core"), &s.core);
    lend(record_of(&s, "edge"), &s.edge);
    rounds(&s, 1, 5e6F, 5e6F);

    struct topo_traffics verdicts = {0};
    flows_verdicts(s.flows, &verdicts);
    assert_int_equal(verdicts.count, 1);
    array_fini(&verdicts);
    assert_int_equal(s.told, 1);
    scene_fini(&s);
}

static void a_missed_poll_makes_no_mislink(void **state)
{
    struct flow_scene s;

    (void)state;
    scene_init(&s);
    for (unsigned n = 0; n < 6; n++) {
        rounds(&s, 1, 5e6F, 1e6F);
        s.now_ms += 2 * 60000; /* of two minutes, the last is known */
    }
    assert_int_equal(s.told, 0);
    scene_fini(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_agrees_is_told_once),
        cmocka_unit_test(what_does_not_arrive_is_told_and_taken_back),
        cmocka_unit_test(what_is_remembered_outlives_an_inference),
        cmocka_unit_test(a_missed_poll_makes_no_mislink),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
