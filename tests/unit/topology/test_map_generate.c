/* Maps made of what was inferred: what belongs to each, and in what state it
 * is. */
#include "map_paper.h"

#include "topology/map_generate.h"
#include "topology/map_import.h"

#include <stdio.h>

static struct ident ident_of(uint8_t n)
{
    return (struct ident){.octets = {n}};
}

/* Two routers, a switch, a ghost, a subnet; the third device hangs on nothing.
 */
struct world {
    struct topo_device devices[4];
    struct addr addrs[4];
    struct topology topology;
    struct topo_input input;
};

static struct topo_node *world_node(struct world *w, enum node_origin origin,
                                    const char *name)
{
    struct topo_node *n = array_add(&w->topology.nodes);

    n->origin = origin;
    n->id = ident_of((uint8_t)w->topology.nodes.count);
    n->name = name;
    n->descr = "";
    return n;
}

static void world_link(struct world *w, uint32_t a, uint32_t b, uint8_t layer)
{
    struct topo_link *l = array_add(&w->topology.links);

    *l = (struct topo_link){.id = ident_of((uint8_t)(100 + a * 10 + b)),
                            .a = a,
                            .b = b,
                            .a_port = "p1",
                            .b_port = "p2",
                            .layer = layer,
                            .evidence = EVIDENCE_LLDP,
                            .why = "heard"};
}

static void world_init(struct world *w)
{
    static const char *const names[] = {"r1", "r2", "sw", "lonely"};
    static const char *const addrs[] = {"192.0.2.1", "192.0.2.2",
                                        "198.51.100.3", "192.0.2.4"};

    *w = (struct world){.input = {.devices = w->devices, .count = 4}};
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(addr_parse(addrs[i], &w->addrs[i]), 0);
        w->devices[i] = (struct topo_device){.id = ident_of((uint8_t)(i + 1)),
                                             .name = names[i],
                                             .addrs = &w->addrs[i],
                                             .addr_count = 1};
        struct topo_node *n = world_node(w, NODE_DEVICE, names[i]);
        n->device = i;
        n->kind = i < 2 ? KIND_ROUTER : KIND_SWITCH;
    }
    (void)world_node(w, NODE_GHOST, "ghost");
    (void)world_node(w, NODE_SUBNET, "192.0.2.0/24");
    world_link(w, 0, 2, 2);
    world_link(w, 1, 2, 2);
    world_link(w, 2, 4, 2);
    world_link(w, 0, 5, 3);
    world_link(w, 1, 5, 3);
    world_link(w, 2, 5, 3);
}

static void world_fini(struct world *w)
{
    array_fini(&w->topology.nodes);
    array_fini(&w->topology.links);
}

static struct map *generate(const struct world *w, enum map_view view)
{
    struct map_sources from = {.topology = &w->topology, .input = &w->input};
    struct map_subject subject = {.view = view};

    assert_int_equal(prefix_parse("192.0.2.0/24", false, &subject.prefix), 0);
    struct map *m = map_generate(&subject, &from);
    assert_non_null(m);
    return m;
}

static void views_show_what_belongs_to_them(void **state)
{
    static const struct {
        enum map_view view;
        size_t nodes, links;
    } cases[] = {
        {MAP_PHYSICAL, 5, 3}, /* with what has no link; no subnet */
        {MAP_NETWORK, 3, 2},  /* routers and the subnet, no switch */
        {MAP_PREFIX, 3, 0},   /* r1, r2, lonely: sw is outside */
    };
    struct world w;

    (void)state;
    world_init(&w);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        OWNED(map_free)
        struct map *m = generate(&w, cases[i].view);
        if (map_node_count(m) != cases[i].nodes ||
            map_link_count(m) != cases[i].links)
            fail_msg("%s: %zu nodes, %zu links", map_view_name(cases[i].view),
                     map_node_count(m), map_link_count(m));
        OWNED(map_free) struct map *again = read_back(m);
        assert_written_the_same(m, again);
    }
    world_fini(&w);
}

static void states_reach_the_map(void **state)
{
    struct map_node_status nodes[6] = {
        {MAP_UP, ""},      {MAP_DOWN, "down 5 s"}, {MAP_UP, ""},
        {MAP_UNKNOWN, ""}, {MAP_UNMANAGED, ""},    {MAP_UP, ""}};
    struct map_link_status links[6] = {{NAN, NAN}, {0.5, 0.1}, {NAN, NAN},
                                       {NAN, NAN}, {NAN, NAN}, {NAN, NAN}};
    struct map_status status = {nodes, links};
    struct world w;

    (void)state;
    world_init(&w);
    OWNED(map_free)
    struct map *m = generate(&w, MAP_PHYSICAL);
    map_set_status(m, &w.topology, &status);
    assert_int_equal(m->nodes.at[1].state, MAP_DOWN);
    assert_string_equal(m->nodes.at[1].words, "down 5 s");
    assert_true(m->links.at[1].load_ab == 0.5);
    assert_true(isnan(m->links.at[0].load_ab));
    world_fini(&w);
}

/* A map drawn by hand, bound to devices: it shows their states, and its links
 * what was found between them, whichever way round. */
static void what_is_bound_shows_what_was_found(void **state)
{
    struct map_node_status nodes[6] = {
        {MAP_UP, ""}, {MAP_DOWN, "down 5 s"}, {MAP_UP, ""},
        {MAP_UP, ""}, {MAP_UNMANAGED, ""},    {MAP_UP, ""}};
    struct map_link_status links[6] = {{0.25, 0.75}, {NAN, NAN}, {NAN, NAN},
                                       {NAN, NAN},   {NAN, NAN}, {NAN, NAN}};
    struct map_status status = {nodes, links};
    OWNED(map_free) struct map *m = map_new("plan", MAP_DRAWN);
    char id[IDENT_TEXT_MAX];
    struct world w;

    (void)state;
    world_init(&w);
    for (size_t i = 0; i < 3; i++) {
        static const char *const names[] = {"router", "switch", "ghost"};
        static const size_t bound[] = {0, 2, 0};

        map_add_node(m, names[i])->bound =
            map_keep(m, ident_format(&w.devices[bound[i]].id, id, sizeof id));
    }
    node(m, "ghost")->bound = "ffffffffffffffffffffffffffffffff";
    map_add_link(m, 1, 0)->id = "without ports, the other way round";
    struct map_link *l = map_add_link(m, 0, 1);
    l->a_port = "p1";
    l->b_port = "p2";
    map_add_link(m, 0, 1)->a_port = "p9"; /* no such port */
    map_set_status(m, &w.topology, &status);
    assert_int_equal(node(m, "router")->state, MAP_UP);
    assert_int_equal(node(m, "router")->kind, KIND_ROUTER);
    assert_int_equal(node(m, "ghost")->state, MAP_UNKNOWN);
    assert_non_null(strstr(node(m, "ghost")->words, "gone"));
    assert_true(m->links.at[0].load_ab == 0.75 &&
                m->links.at[0].load_ba == 0.25);
    assert_true(m->links.at[1].load_ab == 0.25);
    assert_true(isnan(m->links.at[2].load_ab));
    world_fini(&w);
}

/* A map that was exported and imported: its links go on with the network, also
 * when their ends have changed places there, or one of them is another link. */
static void an_imported_map_follows_its_links(void **state)
{
    struct map_link_status links[6] = {{0.25, 0.75}, {NAN, NAN}, {NAN, NAN},
                                       {NAN, NAN},   {NAN, NAN}, {NAN, NAN}};
    struct map_status status = {NULL, links};
    struct complaint why = {.what = ""};
    OWNED_BUFFER struct buffer text = {0};
    struct map *found = NULL;
    struct world w;

    (void)state;
    world_init(&w);
    w.topology.links.at[1].state = LINK_DOWN;
    OWNED(map_free) struct map *m = generate(&w, MAP_PHYSICAL);
    map_write(m, &text);
    assert_int_equal(map_import("copy", "file", MAP_FROM_DOT,
                                buffer_view(&text), &found, &why),
                     0);
    OWNED(map_free) struct map *copy = found;
    assert_int_equal(copy->links.at[1].state, LINK_CONFIRMED);
    struct topo_link *l = &w.topology.links.at[0];
    *l = (struct topo_link){.id = l->id,
                            .a = l->b,
                            .b = l->a,
                            .a_port = l->b_port,
                            .b_port = l->a_port,
                            .layer = 2,
                            .state = LINK_DOWN};
    w.topology.links.at[1].state = LINK_STALE;
    w.topology.links.at[2].id = ident_of(250);
    w.topology.links.at[2].state = LINK_BLOCKED;
    map_set_status(copy, &w.topology, &status);
    assert_int_equal(copy->links.at[0].state, LINK_DOWN);
    assert_true(copy->links.at[0].load_ab == 0.75 &&
                copy->links.at[0].load_ba == 0.25);
    assert_int_equal(copy->links.at[1].state, LINK_STALE);
    assert_int_equal(copy->links.at[2].state, LINK_BLOCKED);
    world_fini(&w);
}

/* ---- names ---- */

static struct map *generate_named(const struct world *w, const char *name)
{
    struct map_sources from = {.topology = &w->topology, .input = &w->input};
    struct map_subject subject;

    assert_true(map_subject_parse(name, &subject));
    return map_generate(&subject, &from);
}

static const struct map_node *labelled(const struct map *m, const char *label)
{
    for (size_t i = 0; i < m->nodes.count; i++)
        if (strcmp(map_node_label(&m->nodes.at[i]), label) == 0)
            return &m->nodes.at[i];
    return NULL;
}

/* Sites whose names are of another script, or differ in a blank alone, have a
 * map each, which the way in leads to; the one of before is found by its old
 * name. */
static void each_site_has_its_own_map(void **state)
{
    static const char *const pairs[][2] = {
        {"北京", "上海"}, {"München", "Mönchen"}, {"Lab A", "Lab-A"}};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(pairs); i++) {
        struct facts facts[4] = {0};
        struct world w;

        world_init(&w);
        for (size_t k = 0; k < 4; k++) {
            facts[k].system.location = pairs[i][k / 2];
            w.devices[k].facts = &facts[k];
        }
        OWNED(map_free) struct map *sites = generate_named(&w, "sites");
        for (size_t k = 0; k < 2; k++) {
            const struct map_node *cloud = labelled(sites, pairs[i][k]);
            assert_non_null(cloud);
            OWNED(map_free)
            struct map *m = generate_named(&w, cloud->leads);
            assert_string_equal(map_name(m), cloud->leads);
            assert_non_null(labelled(m, k == 0 ? "r1" : "sw"));
            assert_non_null(labelled(m, k == 0 ? "r2" : "lonely"));
            assert_null(labelled(m, k == 0 ? "lonely" : "r2"));
        }
        world_fini(&w);
    }
}

static void old_names_give_the_map_of_today(void **state)
{
    struct facts facts[4] = {0};
    struct world w;

    (void)state;
    world_init(&w);
    w.topology.nodes.at[0].name = "核心 1";
    for (size_t k = 0; k < 4; k++) {
        facts[k].system.location = k < 2 ? "Süd" : "Nord";
        w.devices[k].facts = &facts[k];
    }
    OWNED(map_free) struct map *site = generate_named(&w, "site-S--d");
    assert_string_equal(map_name(site), "site-Süd");
    OWNED(map_free) struct map *near = generate_named(&w, "near-核心 1-1");
    assert_string_equal(map_name(near), "near-核心-1-1");
    assert_true(node(near, near->nodes.at[0].id)->focus);
    OWNED(map_free) struct map *old = generate_named(&w, "near--------1-1");
    assert_string_equal(map_name(old), "near-核心-1-1");
    assert_null(generate_named(&w, "site-Ost"));
    world_fini(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(views_show_what_belongs_to_them),
        cmocka_unit_test(states_reach_the_map),
        cmocka_unit_test(what_is_bound_shows_what_was_found),
        cmocka_unit_test(an_imported_map_follows_its_links),
        cmocka_unit_test(each_site_has_its_own_map),
        cmocka_unit_test(old_names_give_the_map_of_today),
    };

    return cmocka_run_group_tests_name("map_generate", tests, NULL, NULL);
}
