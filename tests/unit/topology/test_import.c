/* Maps of what other tools write: usable, or refused with line and column. */
#include "import_desk.h"

#include <malloc.h>

/* Names of columns are read for every field, and kept for none. */
static void long_names_of_columns_cost_nothing(void **state)
{
    enum { COLUMNS = 60, ROWS = 3000, MOST = 32 << 20 };
    struct buffer OWNED_BUFFER text = {0};

    (void)state;
    buffer_text(&text, "a,b");
    for (unsigned i = 0; i < COLUMNS; i++)
        buffer_format(&text, ",%0500u", i);
    for (unsigned i = 0; i < ROWS; i++) {
        buffer_text(&text, "\nn1,n2");
        for (unsigned k = 0; k < COLUMNS; k++)
            buffer_text(&text, ",x");
    }
    struct mallinfo2 before = mallinfo2();
    OWNED(map_free) struct map *m = import(MAP_FROM_CSV, text.at);
    struct mallinfo2 after = mallinfo2();
    assert_int_equal(m->links.count, ROWS);
    assert_true(after.uordblks + after.hblkhd <
                before.uordblks + before.hblkhd + MOST);
}

/* ---- DOT ---- */

static void clusters_of_dot_become_clouds(void **state)
{
    OWNED(map_free)
    struct map *m = import(
        MAP_FROM_DOT,
        "digraph { a -> b; subgraph cluster_hall { label=\"Hall 1\"; a;\n"
        "subgraph cluster_rack { node [shape=box]; b c } } d -> a }");

    (void)state;
    assert_string_equal(node(m, "a")->cloud, "~cloud-cluster_hall");
    assert_string_equal(node(m, "b")->cloud, "~cloud-cluster_rack");
    assert_string_equal(node(m, "d")->cloud, "");
    struct map_node *hall = node(m, "~cloud-cluster_hall");
    assert_string_equal(map_node_label(hall), "Hall 1");
    assert_false(hall->collapsed);
    assert_string_equal(node(m, "~cloud-cluster_rack")->cloud, hall->id);
    assert_int_equal(m->links.count, 2);
    assert_string_equal(m->links.at[1].id, "~link-2");
}

/* What people read on the drawing of another tool is what they get. */
static void what_dot_shows_is_understood(void **state)
{
    OWNED(map_free)
    struct map *m =
        import(MAP_FROM_DOT,
               "strict digraph { node [shape=record];\n"
               "sw1 [label=\"<p1> Gi0/1|<p2> Gi0/2|{core|switch}\"];\n"
               "sw2 [label=<<table><tr><td port=\"a\">sw<b>2</b></td></tr>"
               "<tr><td>192.0.2.2</td></tr></table>>];\n"
               "sw1:p1 -> sw2:a:e [label=\"10G\", taillabel=\"Gi0/1\"];\n"
               "sw1 -> {h1 \"host 3\"} [label=10];\n"
               "rtr [label=\"core-1\\n10.0.0.1\"] }");

    (void)state;
    assert_string_equal(map_node_label(node(m, "sw1")),
                        "Gi0/1 Gi0/2 core switch");
    assert_string_equal(map_node_label(node(m, "sw2")), "sw 2");
    assert_string_equal(node(m, "sw2")->address, "192.0.2.2");
    assert_string_equal(map_node_label(node(m, "rtr")), "core-1");
    assert_string_equal(node(m, "rtr")->address, "10.0.0.1");
    assert_int_equal(m->links.count, 3);
    assert_string_equal(m->links.at[0].a_port, "Gi0/1");
    assert_string_equal(m->links.at[0].b_port, "a");
    assert_true(m->links.at[0].speed_bps == UINT64_C(10000000000));
    assert_true(m->links.at[1].speed_bps == 0);
}

/* ---- GraphML ---- */

static const char yed[] =
    "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"no\"?>\n"
    "<graphml xmlns=\"http://graphml.graphdrawing.org/xmlns\" "
    "xmlns:y=\"http://www.yworks.com/xml/graphml\">\n"
    "<!--Created by yEd 3.23-->\n"
    "<key for=\"node\" id=\"d4\" attr.name=\"url\" attr.type=\"string\"/>\n"
    "<key for=\"node\" id=\"d5\" attr.name=\"ip\" attr.type=\"string\"/>\n"
    "<key for=\"node\" id=\"d6\" yfiles.type=\"nodegraphics\"/>\n"
    "<key for=\"edge\" id=\"d10\" yfiles.type=\"edgegraphics\"/>\n"
    "<graph edgedefault=\"directed\" id=\"G\">\n"
    "<node id=\"n0\"><data key=\"d5\">192.0.2.1</data><data key=\"d6\">"
    "<y:ShapeNode><y:Geometry height=\"30.0\" width=\"60.0\" x=\"100.0\" "
    "y=\"200.0\"/><y:NodeLabel alignment=\"center\">Core\n"
    "router<y:LabelModel/></y:NodeLabel><y:Shape type=\"ellipse\"/>"
    "</y:ShapeNode></data></node>\n"
    "<node id=\"n1\" yfiles.foldertype=\"group\"><data key=\"d6\">"
    "<y:ProxyAutoBoundsNode><y:Realizers active=\"0\"><y:GroupNode>"
    "<y:Geometry height=\"9\" width=\"9\" x=\"1\" y=\"1\"/>"
    "<y:NodeLabel>Rack &amp; roll</y:NodeLabel></y:GroupNode><y:GroupNode>"
    "<y:NodeLabel>Folder 1</y:NodeLabel></y:GroupNode></y:Realizers>"
    "</y:ProxyAutoBoundsNode></data>\n"
    "<graph edgedefault=\"directed\" id=\"n1:\"><node id=\"n1::n0\">"
    "<data key=\"d6\"><y:ImageNode><y:Geometry height=\"40\" width=\"40\" "
    "x=\"300\" y=\"0\"/><y:NodeLabel>sw\xE2\x80\xAE"
    "1</y:NodeLabel></y:ImageNode>"
    "</data></node></graph></node>\n"
    "<edge id=\"e0\" source=\"n0\" target=\"n1::n0\"><data key=\"d10\">"
    "<y:PolyLineEdge><y:EdgeLabel>10 m</y:EdgeLabel></y:PolyLineEdge></data>"
    "</edge>\n</graph></graphml>\n";

static void yed_s_graphml_keeps_labels_places_and_groups(void **state)
{
    OWNED(map_free) struct map *m = import(MAP_FROM_GRAPHML, yed);

    (void)state;
    assert_string_equal(node(m, "n0")->label, "Core router");
    assert_string_equal(node(m, "n0")->address, "192.0.2.1");
    assert_true(node(m, "n0")->placed);
    assert_true(node(m, "n0")->x == 130 && node(m, "n0")->y == -215);
    assert_int_equal(node(m, "n1")->origin, MAP_CLOUD);
    assert_string_equal(node(m, "n1")->label, "Rack & roll");
    assert_string_equal(node(m, "n1::n0")->cloud, "n1");
    assert_string_equal(node(m, "n1::n0")->label, "sw1");
    assert_string_equal(m->links.at[0].extras.at[0].value, "10 m");
}

/* Groups in groups; a folder shows its closed look; ports are those of links.
 */
static void groups_of_yed_nest(void **state)
{
    static const char text[] =
        "<graphml><key for=\"node\" id=\"d6\" yfiles.type=\"nodegraphics\"/>"
        "<graph><node id=\"n0\"/>"
        "<node id=\"n1\" yfiles.foldertype=\"group\"><data key=\"d6\">"
        "<y:Realizers active=\"0\"><y:GroupNode><y:NodeLabel>Site A"
        "</y:NodeLabel></y:GroupNode><y:GroupNode><y:NodeLabel>closed"
        "</y:NodeLabel></y:GroupNode></y:Realizers></data>\n"
        "<graph><node id=\"n1::n1\" yfiles.foldertype=\"folder\">"
        "<data key=\"d6\"><y:Realizers active=\"1\"><y:GroupNode>"
        "<y:Geometry x=\"1\" y=\"1\" width=\"1\" height=\"1\"/><y:NodeLabel>"
        "open</y:NodeLabel></y:GroupNode><y:GroupNode><y:Geometry x=\"220\" "
        "y=\"120\" width=\"50\" height=\"50\"/><y:NodeLabel>Rack 7"
        "</y:NodeLabel></y:GroupNode></y:Realizers></data><graph>"
        "<node id=\"n1::n1::n0\"/></graph></node></graph></node>\n"
        "<edge source=\"n0\" target=\"n1::n1::n0\" sourceport=\"e0\" "
        "targetport=\"e1\"><data key=\"d7\"><y:EdgeLabel>1G</y:EdgeLabel>"
        "</data></edge></graph></graphml>";
    OWNED(map_free) struct map *m = import(MAP_FROM_GRAPHML, text);

    (void)state;
    assert_string_equal(map_node_label(node(m, "n1")), "Site A");
    assert_false(node(m, "n1")->collapsed);
    struct map_node *rack = node(m, "n1::n1");
    assert_string_equal(map_node_label(rack), "Rack 7");
    assert_true(rack->collapsed && rack->placed);
    assert_true(rack->x == 245 && rack->y == -145);
    assert_string_equal(rack->cloud, "n1");
    assert_string_equal(node(m, "n1::n1::n0")->cloud, "n1::n1");
    const struct map_link *l = &m->links.at[0];
    assert_string_equal(l->a_port, "e0");
    assert_string_equal(l->b_port, "e1");
    assert_true(l->speed_bps == 1000000000);
}

static void plain_graphml_makes_a_map(void **state)
{
    OWNED(map_free)
    struct map *m =
        import(MAP_FROM_GRAPHML,
               "<graphml><key id=\"t\" for=\"node\" attr.name=\"Type\"/>"
               "<key id=\"s\" for=\"edge\" attr.name=\"bandwidth\"/>"
               "<graph><node id=\"a\"><data key=\"t\">Router</data></node>"
               "<edge source=\"a\" target=\"b\" sourceport=\"p1\">"
               "<data key=\"s\">100M</data></edge></graph></graphml>");

    (void)state;
    assert_int_equal(node(m, "a")->kind, KIND_ROUTER);
    assert_true(m->links.at[0].speed_bps == 100000000);
    assert_string_equal(m->links.at[0].a_port, "p1");
    assert_false(map_is_laid_out(m)); /* gets its places when it is drawn */
}

/* ---- JSON ---- */

static void json_of_graph_tools_makes_a_map(void **state)
{
    static const char *const texts[] = {
        /* d3 */
        "{\"nodes\":[{\"id\":\"a\",\"kind\":\"router\"},{\"id\":\"b\"}],"
        "\"links\":[{\"source\":\"a\",\"target\":\"b\"}]}",
        "{\"nodes\":[{\"name\":\"a\",\"type\":\"router\"},{\"name\":\"b\"}],"
        "\"links\":[{\"source\":0,\"target\":1}]}",
        /* vis, sigma */
        "{\"nodes\":[{\"id\":\"a\",\"role\":\"Gateway\"}],"
        "\"edges\":[{\"from\":\"a\",\"to\":\"b\"}]}",
        /* cytoscape */
        "{\"elements\":{\"nodes\":[{\"data\":{\"id\":\"a\",\"kind\":"
        "\"router\"},\"position\":{\"x\":5,\"y\":7}}],\"edges\":[{\"data\":"
        "{\"source\":\"a\",\"target\":\"b\"}}]}}",
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        OWNED(map_free) struct map *m = import(MAP_FROM_JSON, texts[i]);

        assert_int_equal(m->nodes.count, 2);
        assert_int_equal(m->links.count, 1);
        assert_int_equal(node(m, "a")->kind, KIND_ROUTER);
        assert_string_equal(m->nodes.at[m->links.at[0].b].id, "b");
    }
    OWNED(map_free) struct map *m = import(MAP_FROM_JSON, texts[3]);
    assert_true(node(m, "a")->y == -7); /* of a screen: y goes down there */
}

/* ---- CSV ---- */

static void tables_of_links_make_a_map(void **state)
{
    static const char *const texts[] = {
        "a,a_port,b,b_port\ncore,Gi0/1,sw 1,\"eth,0\"\n",
        "\xEF\xBB\xBFsource;source_port;target;target_port\r\n"
        "core;Gi0/1;sw 1;eth,0\r\n",
        "core\tGi0/1\tsw 1\teth,0",
        "# comment\nlocal,local_port,remote,remote_port\n\n"
        "core,Gi0/1,\"sw 1\",\"eth,0\"",
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        OWNED(map_free) struct map *m = import(MAP_FROM_CSV, texts[i]);

        assert_int_equal(m->links.count, 1);
        assert_string_equal(m->links.at[0].a_port, "Gi0/1");
        assert_string_equal(m->links.at[0].b_port, "eth,0");
        (void)node(m, "sw 1");
    }
    OWNED(map_free)
    struct map *m = import(MAP_FROM_CSV, "a,b,speed,a_kind,vlan,b_address\n"
                                         "x,y,10G,firewall,7,192.0.2.7\n"
                                         "lonely,,,server,,\n");
    assert_true(m->links.at[0].speed_bps == 10000000000);
    assert_int_equal(node(m, "x")->kind, KIND_FIREWALL);
    assert_string_equal(node(m, "y")->address, "192.0.2.7");
    assert_string_equal(m->links.at[0].extras.at[0].key, "vlan");
    assert_int_equal(node(m, "lonely")->kind, KIND_SERVER);
}

/* ---- what is wrong ---- */

/* Metres of a map projection: the middle stays, and all can be read again. */
static void places_of_a_country_stay_there(void **state)
{
    static const struct {
        const char *text;
        double x[3], y[3];
    } cases[] = {
        {"{\"nodes\":[{\"id\":\"a\",\"x\":565000,\"y\":5934000},"
         "{\"id\":\"b\",\"x\":565040,\"y\":5934000},"
         "{\"id\":\"c\",\"x\":565200,\"y\":5934300}]}",
         {564900, 564980, 565300},
         {-5933850, -5933850, -5934450}},
        {"{\"nodes\":[{\"id\":\"a\",\"x\":-9999990,\"y\":0},"
         "{\"id\":\"b\",\"x\":-9999950,\"y\":0},"
         "{\"id\":\"c\",\"x\":9999990,\"y\":0}]}",
         {-9999999, -9999958.999964, 9999999},
         {0, 0, 0}},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        OWNED(map_free) struct map *m = import(MAP_FROM_JSON, cases[i].text);
        struct buffer OWNED_BUFFER written = {0};
        struct complaint why;
        struct map *again;

        for (size_t k = 0; k < COUNT_OF(cases[i].x); k++)
            if (fabs(m->nodes.at[k].x - cases[i].x[k]) > 0.01 ||
                fabs(m->nodes.at[k].y - cases[i].y[k]) > 0.01)
                fail_msg("%zu %zu: %f %f", i, k, m->nodes.at[k].x,
                         m->nodes.at[k].y);
        map_write(m, &written);
        assert_int_equal(map_read("m", written.at, written.len, &again, &why),
                         0);
        assert_true(map_is_laid_out(again));
        map_free(again);
    }
}

/* Headers as inventories and spreadsheets have them; empty rows of these. */
static void columns_are_known_by_many_names(void **state)
{
    static const char *const texts[] = {
        "Device A,Port A,Device B,Port B\nr1,g0,r2,g1\n",
        "local_device,local_port,remote_device,remote_port\nr1,g0,r2,g1\n",
        "Hostname;Interface;Peer;To Interface\r\n;;;\r\nr1;g0;r2;g1\r\n;;;",
        "Source-Node\tSource.Port\tTarget Node\tTarget Port\nr1\tg0\tr2\tg1",
        "device,name,port,peer,to_port\nr1,cable 7,g0,r2,g1\n",
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        OWNED(map_free) struct map *m = import(MAP_FROM_CSV, texts[i]);

        assert_int_equal(m->nodes.count, 2);
        assert_int_equal(m->links.count, 1);
        assert_string_equal(m->nodes.at[m->links.at[0].a].id, "r1");
        assert_string_equal(m->nodes.at[m->links.at[0].b].id, "r2");
        assert_string_equal(m->links.at[0].a_port, "g0");
        assert_string_equal(m->links.at[0].b_port, "g1");
    }
}

static void complaints_name_line_and_column(void **state)
{
    static const struct {
        enum map_import_format format;
        const char *text, *place, *says;
    } cases[] = {
        {MAP_FROM_DOT, "graph {\n a --\n}", "file:3:1", "a node is missing"},
        {MAP_FROM_DOT, "digraph {}", "file:1:1", "no node"},
        {MAP_FROM_GRAPHML, "<graphml>\n<graph>\n  <node/></graph></graphml>",
         "file:3:3", "a node has no id"},
        {MAP_FROM_GRAPHML, "<graphml>\n<edge source='a'/></graphml>",
         "file:2:1", "lacks source or target"},
        {MAP_FROM_GRAPHML, "<graphml><graph></graphml>", "file:1:19",
         "no XML: mismatched tag"},
        {MAP_FROM_GRAPHML, "<svg/>", "file:1:1", "no GraphML"},
        {MAP_FROM_GRAPHML, "<!DOCTYPE x [\n<!ENTITY a \"aaaa\">\n]><graphml/>",
         "file:2:", "entities"},
        {MAP_FROM_JSON, "{\"nodes\": [\n{\"id\": 1},\n]}", "file:3:1",
         "no JSON"},
        {MAP_FROM_JSON,
         "{\"nodes\": [\n {\"id\": \"}{,\"},\n  {\"colour\": 3}]}", "file:3:3",
         "nodes[1] has no \"id\""},
        {MAP_FROM_JSON, "{\"nodes\": [],\n\"links\": [{\"a\": \"x\"}]}",
         "file:2:11", "links[0] lacks an end"},
        {MAP_FROM_JSON, "[1]", "file:1:1", "no list of nodes"},
        {MAP_FROM_CSV, "a,b\nx,y\nz,\"open\n", "file:3:3", "not closed"},
        {MAP_FROM_CSV, "a,b\nx,y,z\n", "file:2:5", "3 fields"},
        {MAP_FROM_CSV, "a,b\n,y\n", "file:2:1", "first end is missing"},
        {MAP_FROM_CSV, "colour,size,x\n1,2,3\n", "file:1:1", "no columns"},
        {MAP_FROM_CSV, "", "file:1:1", "no node"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct complaint why = {.place = "", .what = ""};
        struct map *m = NULL;
        int rc = map_import("plan", "file", cases[i].format,
                            bytes_of_text(cases[i].text), &m, &why);

        if (rc != -EINVAL || m != NULL ||
            strncmp(why.place, cases[i].place, strlen(cases[i].place)) != 0 ||
            strstr(why.what, cases[i].says) == NULL)
            fail_msg("%s\n%d %s: %s", cases[i].text, rc, why.place, why.what);
        assert_true(why.remedy[0] != '\0');
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_dot_shows_is_understood),
        cmocka_unit_test(groups_of_yed_nest),
        cmocka_unit_test(places_of_a_country_stay_there),
        cmocka_unit_test(columns_are_known_by_many_names),
        cmocka_unit_test(clusters_of_dot_become_clouds),
        cmocka_unit_test(long_names_of_columns_cost_nothing),
        cmocka_unit_test(yed_s_graphml_keeps_labels_places_and_groups),
        cmocka_unit_test(plain_graphml_makes_a_map),
        cmocka_unit_test(json_of_graph_tools_makes_a_map),
        cmocka_unit_test(tables_of_links_make_a_map),
        cmocka_unit_test(complaints_name_line_and_column),
    };

    return cmocka_run_group_tests_name("import", tests, NULL, NULL);
}
