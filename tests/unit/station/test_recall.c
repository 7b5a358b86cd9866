/* The topology of the past, from changes that were kept. */
#include "recall_scene.h"

#include "base/table.h"
#include "station/events.h"
#include "station/vantage.h"
#include "topology/life.h"
#include "topology/survey_text.h"

#include "../topology/sim.h"

static const int64_t DAY_MS = 86400000;

static void put(struct place *p, int64_t at_ms, const char *key,
                const char *text)
{
    struct past *rows = past_new();

    past_add(rows, &(struct past_row){{at_ms}, "node", key, text});
    store_past_put(p->store, rows);
}

/* "key=text;" of what holds now. */
static void assert_now(struct place *p, const char *want)
{
    struct buffer OWNED_BUFFER got = {0};
    struct past *rows;

    assert_int_equal(store_past_load(p->store, &rows, NULL), 0);
    buffer_text(&got, "");
    for (size_t i = 0; i < rows->rows.count; i++)
        buffer_format(&got, "%s=%s;", rows->rows.at[i].key,
                      rows->rows.at[i].text);
    past_free(rows);
    assert_string_equal(got.at, want);
}

static void newest_row_of_each_object_holds(void **state)
{
    struct place *p = *state;

    put(p, 1000, "a", "1");
    put(p, 2000, "b", "1");
    put(p, 3000, "a", "2");
    put(p, 4000, "b", "");
    put(p, 4000, "c", "1");
    assert_now(p, "a=2;c=1;");
    store_free(p->store);
    open_store(p);
    assert_now(p, "a=2;c=1;");
}

static int count_rows(struct place *p)
{
    char command[PATH_LEN + 96], text[16] = "";

    assert_int_equal(store_flush(p->store, 10000), 0);
    snprintf(command, sizeof command, "sqlite3 %s 'SELECT count(*) FROM past'",
             p->path);
    FILE *f = popen(command, "r");
    if (f == NULL || fgets(text, sizeof text, f) == NULL)
        text[0] = '\0';
    if (f != NULL)
        pclose(f);
    return text[0] != '\0' ? atoi(text) : -1;
}

/* ---- topologies ---- */

static const char network[] = "node nms nms\n"
                              "node r router lldp=on\n"
                              "node s switch lldp=on\n"
                              "node h host\n"
                              "link r:eth0 s:p1\n"
                              "link h:eth0 s:p2\n"
                              "link nms:eth0 s:p3\n"
                              "addr r:eth0 10.0.0.1/24\n"
                              "addr s:br0 10.0.0.2/24\n"
                              "addr h:eth0 10.0.0.3/24\n"
                              "addr nms:eth0 10.0.0.9/24\n";

/* What is inferred of a network at a moment. */
static struct inferred *infer(struct sim *s, int64_t at_ms,
                              const struct topology *before)
{
    struct inferred *i = inferred_empty((struct wall){at_ms});
    struct life_look *looks = mem_array(s->device_count + 1, sizeof *looks);
    struct topo_device *devices =
        arena_zero(i->arena, (s->device_count + 1) * sizeof *devices);

    for (size_t n = 0; n < s->device_count; n++) {
        looks[n] = (struct life_look){.at = {at_ms}, .tells = true};
        devices[n] = s->devices[n];
        if (devices[n].facts != NULL)
            devices[n].facts = facts_ref(devices[n].facts);
        (void)table_put(i->nodes, ident_key(&devices[n].id), &devices[n]);
    }
    i->input =
        (struct topo_input){.devices = devices, .count = s->device_count};
    struct life_moment moment = {
        .input = &i->input, .looks = looks, .round = 1, .now = {at_ms}};
    i->topology = topology_infer(&i->input);
    i->round = 1;
    life_continue(i->topology, before, &moment);
    free(looks);
    return i;
}

/* Two moments: all is well; then the cable to the host is cut. */
struct story {
    struct sim *sim;
    struct inferred *whole, *cut;
};

static struct story tell_story(struct place *p, int64_t first_ms,
                               int64_t then_ms)
{
    struct story t = {.sim = sim_read(network)};

    sim_run(t.sim, 100, 1);
    t.whole = infer(t.sim, first_ms, NULL);
    keep(p, NULL, t.whole);
    struct sim_node *s = &t.sim->nodes[sim_node(t.sim, "s")];
    struct facts *f = s->facts;
    for (size_t i = 0; i < f->interfaces.count; i++)
        if (strcmp(f->interfaces.at[i].label, "p2") == 0)
            f->interfaces.at[i].oper_status = 2;
    t.cut = infer(t.sim, then_ms, t.whole->topology);
    keep(p, t.whole, t.cut);
    return t;
}

static void forget_story(struct story *t)
{
    inferred_unref(t->whole);
    inferred_unref(t->cut);
    sim_free(t->sim);
}

static size_t node_of(const struct topology *t, const char *name)
{
    for (size_t i = 0; i < t->nodes.count; i++)
        if (strcmp(t->nodes.at[i].name, name) == 0)
            return i;
    fail_msg("%s is not known", name);
    return 0;
}

static const struct ident *id_of(const struct topology *t, const char *name)
{
    return &t->nodes.at[node_of(t, name)].id;
}

/* The state of a device on a map of then. */
static enum map_state state_of(const struct recalled *r, const char *name)
{
    return r->is->status[node_of(r->is->topology, name)].state;
}

static void assert_same(const struct topology *x, const struct topology *y)
{
    struct topo_changes changes = {0};

    topology_diff(x, y, &changes);
    assert_int_equal(changes.count, 0);
    assert_int_equal(x->links.count, y->links.count);
    assert_int_equal(x->nodes.count, y->nodes.count);
    for (size_t i = 0; i < x->links.count; i++) {
        const struct topo_link *a = &x->links.at[i], *b = &y->links.at[i];

        assert_memory_equal(&a->id, &b->id, sizeof a->id);
        assert_string_equal(a->a_port, b->a_port);
        assert_string_equal(a->why, b->why);
        assert_int_equal(a->evidence, b->evidence);
        assert_int_equal(a->life.first_seen.ms, b->life.first_seen.ms);
        assert_int_equal(a->life.accepted, b->life.accepted);
    }
}

static void past_is_as_it_was(void **state)
{
    struct place *p = *state;
    struct story t = tell_story(p, HOUR_MS, 2 * HOUR_MS);
    struct answer a = ask(p, 0, 2 * HOUR_MS - 1);

    assert_int_equal(a.result, 0);
    assert_int_equal(a.r->faults, 0);
    assert_same(a.r->is->topology, t.whole->topology);
    for (size_t i = 0; i < a.r->is->input.count; i++) {
        const struct topo_device *d = &a.r->is->input.devices[i];
        uint32_t node = inferred_node(t.whole, &d->id);

        assert_int_equal(inferred_node(a.r->is, &d->id), i);
        assert_int_equal(d->addr_count,
                         t.whole->input.devices[node].addr_count);
        assert_int_equal(d->station, t.whole->input.devices[node].station);
    }
    recalled_free(a.r);
    a = ask(p, 0, 2 * HOUR_MS);
    assert_same(a.r->is->topology, t.cut->topology);
    recalled_free(a.r);
    forget_story(&t);
}

static void changes_between_two_moments(void **state)
{
    struct place *p = *state;
    struct story t = tell_story(p, HOUR_MS, 2 * HOUR_MS);
    struct answer a = ask(p, HOUR_MS + 1, 3 * HOUR_MS);
    size_t cables = 0;

    assert_int_equal(a.result, 0);
    for (size_t i = 0; i < a.r->changes.count; i++) {
        const struct topo_change *c = &a.r->changes.at[i];

        assert_int_equal(c->kind, CHANGE_LINK_DOWN);
        cables += c->link_is->layer == 2;
    }
    assert_int_equal(cables, 1);
    recalled_free(a.r);
    a = ask(p, 1, 2 * HOUR_MS - 1); /* from before anything was kept */
    assert_int_equal(a.result, 0);
    assert_int_equal(a.r->from.ms, HOUR_MS);
    assert_int_equal(a.r->changes.count, 0);
    recalled_free(a.r);
    a = ask(p, 0, HOUR_MS - 1);
    assert_int_equal(a.result, -ENODATA);
    assert_int_equal(a.r->kept_from.ms, HOUR_MS);
    recalled_free(a.r);
    forget_story(&t);
}

static void nothing_is_kept_as_yet(void **state)
{
    struct answer a = ask(*state, 0, HOUR_MS);

    assert_int_equal(a.result, -ENODATA);
    assert_int_equal(a.r->kept_from.ms, 0);
    recalled_free(a.r);
}

/* What held when the time begins that is kept stays, the rest goes. */
static void old_rows_go(void **state)
{
    struct place *p = *state;
    int64_t now = wall_now().ms;

    put(p, now - 9 * DAY_MS, "gone", "1");
    put(p, now - 9 * DAY_MS, "a", "1");
    put(p, now - 8 * DAY_MS, "gone", "");
    put(p, now - 8 * DAY_MS, "a", "2");
    put(p, now - 1 * DAY_MS, "a", "3");
    put(p, now - 1 * DAY_MS, "b", "1");
    assert_now(p, "a=3;b=1;");
    store_free(p->store); /* they are looked through once an hour, or a run */
    open_store(p);
    store_past_keep(p->store, 7 * DAY_MS, 0);
    put(p, now, "c", "1");
    assert_now(p, "a=3;b=1;c=1;");
    int rows = count_rows(p);
    assert_true(rows == 4 || rows == -1); /* without the program sqlite3 */
    struct answer a = ask(p, 0, now - 8 * DAY_MS);
    assert_int_equal(a.result, -ENODATA);
    recalled_free(a.r);
}

static void rows_are_bounded(void **state)
{
    struct place *p = *state;

    for (int64_t i = 1; i <= 50; i++)
        put(p, i * HOUR_MS, "a", "x");
    assert_now(p, "a=x;");
    store_free(p->store);
    open_store(p);
    store_past_keep(p->store, 0, 10);
    put(p, 51 * HOUR_MS, "b", "y");
    assert_now(p, "a=x;b=y;");
    int rows = count_rows(p);
    assert_true(rows <= 12);
}

/* ---- news ---- */

static void cut_is_news_and_the_first_map_is_none(void **state)
{
    struct story t = tell_story(*state, HOUR_MS, 2 * HOUR_MS);

    assert_int_equal(t.whole->news.count, 0);
    assert_int_equal(t.cut->news.count, 1); /* though its subnet has it too */
    assert_string_equal(t.cut->news.at[0].type, "link.down");
    assert_int_equal(t.cut->news.at[0].severity, SEVERITY_MINOR);
    assert_string_equal(t.cut->news.at[0].object, "h:eth0");
    assert_non_null(strstr(t.cut->news.at[0].text, "h eth0 -- s p2 is down"));
    forget_story(&t);
}

/* ---- the station's place ---- */

static uint32_t stands_at(struct sim *s, const char *seed)
{
    struct inferred *i = infer(s, HOUR_MS, NULL);
    struct addr addr = {0};

    if (seed != NULL)
        assert_int_equal(addr_parse(seed, &addr), 0);
    uint32_t node = vantage_node(i->topology, &i->input, &addr, seed != NULL);
    inferred_unref(i);
    return node;
}

static void station_stands_where_its_cable_is(void **state)
{
    struct sim *s = sim_read(network);

    (void)state;
    sim_run(s, 100, 1);
    uint32_t at = stands_at(s, "10.0.0.1");
    assert_string_equal(s->devices[at].name, "nms");
    sim_free(s);
}

static void station_without_cable_stands_at_its_gateway_or_seed(void **state)
{
    struct sim *s = sim_read("node nms nms\n"
                             "node r router lldp=on\n"
                             "node s switch lldp=on\n"
                             "link r:eth0 s:p1\n"
                             "addr r:eth0 10.0.0.1/24\n"
                             "addr s:br0 10.0.0.2/24\n"
                             "addr nms:eth0 10.9.0.9/24\n");
    (void)state;
    sim_run(s, 100, 1);
    assert_string_equal(s->devices[stands_at(s, "10.0.0.2")].name, "s");
    assert_int_equal(stands_at(s, "10.7.7.7"), UINT32_MAX);

    struct facts *f = s->nodes[sim_node(s, "nms")].facts;
    struct route way = {.to = {.len = 0}};
    assert_int_equal(addr_parse("10.0.0.1", &way.next_hop), 0);
    *array_add(&f->routes) = way;
    assert_string_equal(s->devices[stands_at(s, "10.0.0.2")].name, "r");
    sim_free(s);
}

static void put_reach(struct place *p, int64_t at_ms, const struct ident *of,
                      enum reach reach)
{
    struct past *rows = past_new();

    chronicle_add_reach(rows, (struct wall){at_ms}, of, reach);
    store_past_put(p->store, rows);
}

static void put_watch(struct place *p, int64_t at_ms, bool runs)
{
    struct past *rows = past_new();

    chronicle_add_watch(rows, (struct wall){at_ms}, runs);
    store_past_put(p->store, rows);
}

/* What answered then is told as of then; what is on no record, and the time in
 * which the station was off, as unknown. */
static void states_of_the_past_are_those_of_then(void **state)
{
    static const struct {
        int64_t at_ms;
        enum map_state r, s, h;
    } cases[] = {{1500, MAP_UP, MAP_UP, MAP_UNKNOWN},
                 {2500, MAP_DOWN, MAP_UP, MAP_UNKNOWN},
                 {3500, MAP_UP, MAP_UP, MAP_UNKNOWN},
                 {4500, MAP_UNKNOWN, MAP_UNKNOWN, MAP_UNKNOWN},
                 {5500, MAP_UP, MAP_DOWN, MAP_UNKNOWN}};
    struct place *p = *state;
    struct story t = tell_story(p, 1000, 9000);
    const struct ident *r = id_of(t.whole->topology, "r");
    const struct ident *s = id_of(t.whole->topology, "s");

    put_watch(p, 900, true);
    put_reach(p, 1000, r, REACH_UP);
    put_reach(p, 1000, s, REACH_UP);
    put_reach(p, 2000, r, REACH_DOWN);
    put_reach(p, 3000, r, REACH_UP);
    put_watch(p, 4000, false);
    put_watch(p, 5000, true);
    put_reach(p, 5000, s, REACH_DOWN);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct answer a = ask(p, 0, cases[i].at_ms);

        assert_int_equal(a.result, 0);
        assert_int_equal(state_of(a.r, "r"), cases[i].r);
        assert_int_equal(state_of(a.r, "s"), cases[i].s);
        assert_int_equal(state_of(a.r, "h"), cases[i].h);
        recalled_free(a.r);
    }
    struct past *rows;
    assert_int_equal(store_past_load(p->store, &rows, NULL), 0);
    assert_true(chronicle_has_reach(rows, s, REACH_DOWN));
    assert_false(chronicle_has_reach(rows, s, REACH_UP));
    past_free(rows);
    struct answer early = ask(p, 0, 950);
    assert_int_equal(early.result,
                     -ENODATA); /* watched, but nothing inferred */
    recalled_free(early.r);
    forget_story(&t);
}

/* A moment of the story with a survey: s in a VLAN and a tree, or not. */
static void keep_survey(struct place *p, struct inferred *was,
                        struct inferred *is, const char *said)
{
    size_t nodes = is->topology->nodes.count, links = is->topology->links.count;
    const char *none = "", *names[8] = {[7] = "cameras"};
    struct survey_texts texts = {mem_array(nodes, sizeof(char *)),
                                 mem_array(links, sizeof(char *)), NULL};
    struct past *rows = NULL;

    for (size_t i = 0; i < nodes; i++)
        texts.nodes[i] = none;
    for (size_t i = 0; i < links; i++)
        texts.links[i] = none;
    texts.nodes[node_of(is->topology, "s")] = said;
    is->survey = survey_of_texts(is->topology, &texts, names, COUNT_OF(names));
    chronicle_survey_rows(was, is, &rows);
    if (rows != NULL)
        store_past_put(p->store, rows);
    free(texts.nodes);
    free(texts.links);
}

/* VLANs and spanning trees are those of then; what did not change makes no row;
 * before anything was kept of them, nothing is known. */
static void vlans_and_trees_of_the_past_are_those_of_then(void **state)
{
    static const char both[] = "root!=8000020000000000 vlans=7";
    struct place *p = *state;
    struct story t = tell_story(p, 1000, 3000);

    int before = count_rows(p);
    keep_survey(p, NULL, t.whole, both);
    assert_int_equal(count_rows(p), before + 2); /* s, and a name */
    keep_survey(p, t.whole, t.cut, "vlans=7");
    assert_int_equal(count_rows(p), before + 3);
    struct answer early = ask(p, 0, 2000), late = ask(p, 0, 3500);
    assert_int_equal(early.result, 0);
    assert_int_equal(late.result, 0);
    assert_non_null(survey_find_tree(early.r->is->survey, "s"));
    assert_null(survey_find_tree(late.r->is->survey, "s"));
    assert_string_equal(survey_find_vlan(late.r->is->survey, 7)->name,
                        "cameras");
    recalled_free(early.r);
    recalled_free(late.r);
    forget_story(&t);
}

int main(void)
{
#define WITH_STORE(test) \
    cmocka_unit_test_setup_teardown(test, make_place, drop_place)
    const struct CMUnitTest tests[] = {
        WITH_STORE(newest_row_of_each_object_holds),
        WITH_STORE(past_is_as_it_was),
        WITH_STORE(changes_between_two_moments),
        WITH_STORE(nothing_is_kept_as_yet),
        WITH_STORE(old_rows_go),
        WITH_STORE(rows_are_bounded),
        WITH_STORE(cut_is_news_and_the_first_map_is_none),
        WITH_STORE(states_of_the_past_are_those_of_then),
        WITH_STORE(vlans_and_trees_of_the_past_are_those_of_then),
        cmocka_unit_test(station_stands_where_its_cable_is),
        cmocka_unit_test(station_without_cable_stands_at_its_gateway_or_seed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
