/* Maps as documents: what they hold survives writing and reading, whatever
 * devices call themselves, and positions and edits survive rediscovery. */
#include "map_paper.h"

#include "base/text.h"

#include <cgraph.h>
#include <errno.h>
#include <jansson.h>
#include <stdio.h>

static void place(struct map *m, const char *id, double x, double y)
{
    struct map_node *n = node(m, id);

    n->placed = true;
    n->x = x;
    n->y = y;
}

/* Two switches and a router, everything set. */
static struct map *sample(void)
{
    struct map *m = map_new("sample", MAP_PHYSICAL);

    map_add_node(m, "r1")->kind = KIND_ROUTER;
    map_add_node(m, "s1")->kind = KIND_SWITCH;
    map_add_node(m, "s2")->kind = KIND_SWITCH;
    node(m, "r1")->label = "edge-1";
    node(m, "r1")->address = "192.0.2.1";
    node(m, "r1")->detail = "C8300";
    node(m, "r1")->origin = MAP_DEVICE;
    node(m, "r1")->state = MAP_DOWN;
    node(m, "r1")->words = "down 42 s";
    place(m, "r1", 10.25, -20.5);
    struct map_link *l = map_add_link(m, 0, 1);
    l->id = "00112233445566778899aabbccddeeff";
    l->a_port = "Gi0/0/1";
    l->b_port = "ge-0/0/1.0";
    l->layer = 2;
    l->kind = LINK_BUNDLE;
    l->state = LINK_BLOCKED;
    l->speed_bps = UINT64_C(400000000000);
    l->evidence = "lldp,fdb";
    l->confidence = 95;
    l->one_sided = true;
    l->why = "LLDP at both ends";
    l->load_ab = 0.25;
    (void)map_add_link(m, 1, 2);
    return m;
}

static void everything_survives_writing(void **state)
{
    OWNED(map_free) struct map *m = sample();
    OWNED(map_free) struct map *again = read_back(m);

    (void)state;
    assert_written_the_same(m, again);
    assert_int_equal(map_node_count(again), 3);
    assert_int_equal(map_link_count(again), 2);
    assert_int_equal(map_view_of(again), MAP_PHYSICAL);
    assert_string_equal(node(again, "r1")->label, "edge-1");
    assert_int_equal(node(again, "r1")->state, MAP_DOWN);
    assert_string_equal(node(again, "r1")->words, "down 42 s");
    assert_true(node(again, "r1")->x == 10.25 && node(again, "r1")->y == -20.5);
    assert_false(node(again, "s1")->placed);
    const struct map_link *l = &again->links.at[0];
    assert_string_equal(l->id, m->links.at[0].id);
    assert_string_equal(l->b_port, "ge-0/0/1.0");
    assert_int_equal(l->kind, LINK_BUNDLE);
    assert_int_equal(l->state, LINK_BLOCKED);
    assert_true(l->speed_bps == UINT64_C(400000000000));
    assert_true(l->load_ab == 0.25 && isnan(l->load_ba));
    assert_string_equal(l->evidence, "lldp,fdb");
}

/* As many links as an import of some 10 MB brings. */
static void what_is_written_of_a_large_map_can_be_read(void **state)
{
    enum { NODES = 20000, LINKS = 300000 };
    OWNED(map_free) struct map *m = map_new("large", MAP_DRAWN);
    char name[24];

    (void)state;
    for (unsigned i = 0; i < NODES; i++) {
        (void)snprintf(name, sizeof name, "n%u", i);
        (void)map_add_node(m, name);
    }
    for (unsigned i = 0; i < LINKS; i++) {
        struct map_link *l = map_add_link(m, i % NODES, (i * 7 + 1) % NODES);

        l->a_port = "Gi1/0/1";
        l->b_port = "Gi1/0/2";
        l->evidence = "import";
    }
    OWNED(map_free) struct map *again = read_back(m);
    assert_int_equal(map_node_count(again), NODES);
    assert_int_equal(map_link_count(again), LINKS);
    assert_string_equal(again->links.at[LINKS - 1].b_port, "Gi1/0/2");
}

/* A layout sets new devices beyond what a person placed at the far edge. */
static void places_beyond_those_of_people_are_read(void **state)
{
    OWNED(map_free) struct map *m = sample();

    (void)state;
    place(m, "s1", 0, -9999990);
    place(m, "s2", 0, -10000080);
    OWNED(map_free) struct map *again = read_back(m);
    assert_true(map_is_laid_out(again));
    assert_true(node(again, "s2")->y == -10000080);
}

/* What a device may call itself. */
static const char *const hostile[] = {
    "quote\"s",
    "back\\slash\\",
    "<b>bold</b> & <script>alert(1)</script>",
    "]; evil -- b [",
    "\\N \\G \\n",
    "上海 机房 A",
    "a -- b",
    "semi;colon, comma",
    "/* comment */ // #",
    "\\\"",
};

static void hostile_names_stay_text(void **state)
{
    OWNED(map_free) struct map *m = map_new("x\" ]; }", MAP_PHYSICAL);
    char id[16];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(hostile); i++) {
        snprintf(id, sizeof id, "n%zu", i);
        map_add_node(m, id)->label = hostile[i];
        if (i > 0) {
            struct map_link *l = map_add_link(m, (uint32_t)i - 1, (uint32_t)i);
            l->a_port = l->b_port = l->why = hostile[i];
        }
    }
    OWNED(map_free) struct map *again = read_back(m);
    assert_written_the_same(m, again);
    assert_int_equal(map_node_count(again), COUNT_OF(hostile));
    for (size_t i = 0; i < COUNT_OF(hostile); i++) {
        snprintf(id, sizeof id, "n%zu", i);
        assert_string_equal(node(again, id)->label, hostile[i]);
        if (i > 0)
            assert_string_equal(again->links.at[i - 1].a_port, hostile[i]);
    }
}

/* Control characters in a document become harmless when it is read. */
static void control_characters_do_not_pass(void **state)
{
    static const char text[] =
        "graph { a [label=\"x\x1b[31m\x07y\", address=\"1\xff\"] }";
    struct map *read = NULL;

    (void)state;
    assert_int_equal(map_read("t", text, sizeof text - 1, &read, NULL), 0);
    OWNED(map_free) struct map *m = read;
    assert_string_equal(node(m, "a")->label, "x[31my");
    assert_true(text_is_utf8(bytes_of_text(node(m, "a")->address)));
}

/* Nor does a foreign attribute become one of ours by losing some. */
static void foreign_attributes_stay_foreign(void **state)
{
    static const char text[] = "graph { a [\"\x1b"
                               "cloud\"=w, own=1]; w "
                               "[origin=cloud]; a -- w [\"\x07summed\"=7] }";
    struct map *read = NULL;

    (void)state;
    assert_int_equal(map_read("t", text, sizeof text - 1, &read, NULL), 0);
    OWNED(map_free) struct map *m = read;
    assert_int_equal(node(m, "a")->extras.count, 1);
    OWNED(map_free) struct map *again = read_back(m);
    assert_string_equal(node(again, "a")->cloud, "");
    assert_int_equal(again->links.count, 1);
}

/* Graphviz itself reads what we write, and sees the same nodes and names. */
static void graphviz_reads_it(void **state)
{
    OWNED(map_free) struct map *m = sample();
    struct buffer OWNED_BUFFER text = {0};

    (void)state;
    node(m, "s1")->label = "quote\" back\\slash";
    node(m, "s2")->edit.pinned = true;
    place(m, "s2", 1, 2);
    map_write(m, &text);
    Agraph_t *g = agmemread(text.at);
    assert_non_null(g);
    assert_int_equal(agnnodes(g), 3);
    assert_int_equal(agnedges(g), 2);
    char name[] = "s1", label[] = "label";
    assert_string_equal(agget(agnode(g, name, 0), label),
                        "quote\" back\\\\slash");
    assert_int_equal(agclose(g), 0);
}

/* ---- edits ---- */

static struct map *edited(void)
{
    struct map *m = sample();

    place(m, "s1", 100, 200);
    node(m, "s1")->edit.pinned = true;
    node(m, "s2")->edit.label = "renamed \"s2\"";
    node(m, "r1")->edit.hidden = true;
    struct map_node *cloud = map_add_node(m, "my-cloud");
    cloud->edit.added = true;
    cloud->kind = KIND_CLOUD;
    cloud->label = "the provider";
    place(m, "my-cloud", -5, 7);
    map_add_link(m, 2, 3)->edit.added = true;
    return m;
}

static void assert_edits(struct map *m)
{
    assert_true(node(m, "s1")->edit.pinned);
    assert_true(node(m, "s1")->x == 100 && node(m, "s1")->y == 200);
    assert_string_equal(map_node_label(node(m, "s2")), "renamed \"s2\"");
    assert_true(node(m, "r1")->edit.hidden);
    assert_true(node(m, "my-cloud")->edit.added);
    assert_string_equal(map_node_label(node(m, "my-cloud")), "the provider");
    assert_true(node(m, "my-cloud")->x == -5);
    assert_true(m->links.at[m->links.count - 1].edit.added);
}

static void edits_survive_writing(void **state)
{
    OWNED(map_free) struct map *m = edited();
    OWNED(map_free) struct map *again = read_back(m);

    (void)state;
    assert_written_the_same(m, again);
    assert_edits(again);
    assert_string_equal(node(again, "s2")->label, "s2");
}

static void copies_are_equal_and_apart(void **state)
{
    OWNED(map_free) struct map *m = edited();
    OWNED(map_free) struct map *copy = map_copy(m);

    (void)state;
    assert_written_the_same(m, copy);
    node(copy, "s1")->label = "other";
    copy->links.at[0].load_ab = 1;
    assert_string_equal(node(m, "s1")->label, "");
    assert_true(m->links.at[0].load_ab == 0.25);
}

static void edits_and_positions_survive_rediscovery(void **state)
{
    OWNED(map_free) struct map *before = edited();
    OWNED(map_free) struct map *m = map_new("sample", MAP_PHYSICAL);

    (void)state;
    (void)map_add_node(m, "new");
    (void)map_add_node(m, "s2");
    (void)map_add_node(m, "s1");
    (void)map_add_node(m, "r1");
    node(m, "s1")->label = "renamed by its owner";
    map_carry_over(m, before);
    assert_edits(m);
    assert_string_equal(map_node_label(node(m, "s1")), "renamed by its owner");
    assert_false(node(m, "new")->placed);
    assert_true(node(m, "r1")->placed);
    assert_false(map_is_laid_out(m));
}

static void what_is_gone_is_gone(void **state)
{
    OWNED(map_free) struct map *before = edited();
    OWNED(map_free) struct map *m = map_new("sample", MAP_PHYSICAL);

    (void)state;
    (void)map_add_node(m, "s2");
    map_carry_over(m, before);
    assert_int_equal(map_node_count(m), 2); /* and the cloud */
    assert_true(map_find_node(m, "s1") == UINT32_MAX);
}

static void layouts_move_all_but_pins(void **state)
{
    OWNED(map_free) struct map *m = edited();
    OWNED(map_free) struct map *laid_out = read_back(m);

    (void)state;
    place(laid_out, "s1", 1, 1);
    place(laid_out, "s2", 2, 2);
    assert_true(map_take_layout(m, laid_out));
    assert_true(node(m, "s1")->x == 100);
    assert_true(node(m, "s2")->x == 2);
    assert_false(map_take_layout(m, laid_out));
}

/* ---- documents of others ---- */

static void plain_dot_makes_a_map(void **state)
{
    static const char text[] =
        "digraph office { rankdir=LR; node [shape=box, color=red];\n"
        " fw [label=<<b>Fire</b> &amp; wall>, kind=firewall, owner=\"it\"];\n"
        " fw:eth1 -> sw:\"Gi0/1\" [speed=1000000000]; sw -> pc; sw -> pc\n"
        " pc [pos=\"10,20!\"]; odd [pos=\"nan,inf\", state=burning] }";
    struct map *read = NULL;
    struct complaint why = {.what = ""};

    (void)state;
    assert_int_equal(map_read("o", text, sizeof text - 1, &read, &why), 0);
    OWNED(map_free) struct map *m = read;
    assert_int_equal(map_view_of(m), MAP_DRAWN);
    assert_int_equal(map_node_count(m), 4);
    assert_int_equal(map_link_count(m), 3);
    assert_string_equal(node(m, "fw")->label, "Fire & wall");
    assert_int_equal(node(m, "fw")->kind, KIND_FIREWALL);
    assert_string_equal(m->links.at[0].a_port, "eth1");
    assert_string_equal(m->links.at[0].b_port, "Gi0/1");
    assert_true(m->links.at[0].speed_bps == 1000000000);
    assert_true(node(m, "pc")->placed);
    assert_false(node(m, "odd")->placed);
    OWNED(map_free) struct map *again = read_back(m);
    assert_string_equal(node(again, "fw")->extras.at[0].value, "it");
}

static void garbage_is_refused_with_its_place(void **state)
{
    struct complaint why;
    struct map *m = NULL;

    (void)state;
    assert_int_equal(map_read("plan", "graph {\n a --\n}", 15, &m, &why),
                     -EINVAL);
    assert_string_equal(why.place, "plan:3:1");
    assert_null(m);
    assert_int_equal(map_read("plan", "\x7f\x45LF", 4, &m, &why), -EINVAL);
    assert_string_equal(why.place, "plan:1:1");
}

static void json_and_graphml_are_well_formed(void **state)
{
    OWNED(map_free) struct map *m = edited();
    struct buffer OWNED_BUFFER json = {0};
    struct buffer OWNED_BUFFER xml = {0};

    (void)state;
    node(m, "s1")->label = "<&>\"";
    map_write_json(m, &json);
    map_write_graphml(m, &xml);
    assert_non_null(strstr(json.at, "\"name\":\"sample\""));
    assert_non_null(strstr(json.at, "\"id\":\"my-cloud\""));
    assert_non_null(strstr(json.at, "\"load_ba\":null"));
    assert_null(strstr(xml.at, "<&>"));
    assert_non_null(strstr(xml.at, "<edge source=\"r1\" target=\"s1\">"));
}

/* Ends of links are places among the nodes that are told. */
static void what_a_page_gets_is_brief(void **state)
{
    static const struct map_json_form brief = {.brief = true, .shown = true};
    OWNED(map_free) struct map *m = edited();
    struct buffer OWNED_BUFFER json = {0};

    (void)state;
    node(m, "r1")->addresses = "192.0.2.1 192.0.2.9";
    map_write_json_as(m, &brief, &json);
    json_t *root = json_loads(json.at, 0, NULL);
    const json_t *nodes = json_object_get(root, "nodes");
    const json_t *link = json_array_get(json_object_get(root, "links"), 0);
    const json_t *a = json_array_get(
        nodes, (size_t)json_integer_value(json_object_get(link, "a_at")));

    assert_non_null(link);
    assert_null(json_object_get(link, "a"));
    assert_string_equal(json_string_value(json_object_get(a, "id")),
                        m->nodes.at[m->links.at[0].a].id);
    assert_null(strstr(json.at, "192.0.2.9"));
    json_decref(root);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everything_survives_writing),
        cmocka_unit_test(hostile_names_stay_text),
        cmocka_unit_test(places_beyond_those_of_people_are_read),
        cmocka_unit_test(what_is_written_of_a_large_map_can_be_read),
        cmocka_unit_test(control_characters_do_not_pass),
        cmocka_unit_test(foreign_attributes_stay_foreign),
        cmocka_unit_test(graphviz_reads_it),
        cmocka_unit_test(edits_survive_writing),
        cmocka_unit_test(copies_are_equal_and_apart),
        cmocka_unit_test(edits_and_positions_survive_rediscovery),
        cmocka_unit_test(what_is_gone_is_gone),
        cmocka_unit_test(layouts_move_all_but_pins),
        cmocka_unit_test(plain_dot_makes_a_map),
        cmocka_unit_test(garbage_is_refused_with_its_place),
        cmocka_unit_test(json_and_graphml_are_well_formed),
        cmocka_unit_test(what_a_page_gets_is_brief),
    };

    return cmocka_run_group_tests_name("map", tests, NULL, NULL);
}
