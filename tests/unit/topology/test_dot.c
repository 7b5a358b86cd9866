/* DOT text: what is read, what is refused and where, what is bounded. */
#include "topology/dot.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static const struct dot_limits limits = {1000, 1000, NULL};

static int read_text(const char *text, struct dot_graph **g,
                     struct complaint *why)
{
    return dot_read("test", bytes_of_text(text), &limits, g, why);
}

/* ---- believed ---- */

static const struct {
    const char *name, *text;
    size_t nodes, edges;
} believed[] = {
    {"nothing in it", "graph {}", 0, 0},
    {"a byte order mark", "\xEF\xBB\xBFgraph { a }", 1, 0},
    {"strict digraph", "strict digraph \"x y\" { a -> b; }", 2, 1},
    {"keywords in any case", "GRAPH { Node [shape=box]; a; EDGE [x=y] }", 1, 0},
    {"a chain", "graph { a -- b -- c -- a }", 3, 3},
    {"a subgraph as an end", "graph { a -- { b c d } }", 4, 3},
    {"two subgraphs", "graph { {a b} -- subgraph s {c d e} }", 5, 6},
    {"ports and compass", "digraph { a:eth0:n -> b:\"Gi0/1\"; }", 2, 1},
    {"comments", "// x\n# y\ngraph { /* a; b */ c // d\n }", 1, 0},
    {"a # line inside", "graph {\n#a\nb\n}", 1, 0},
    {"strings that are joined", "graph { \"a\" + \"b\"; ab }", 1, 0},
    {"numbers as names", "graph { 1 -- -2.5 -- .5 }", 3, 2},
    {"a quoted keyword", "graph { \"node\" -- \"graph\" }", 2, 1},
    {"UTF-8 names without quotes", "graph { 大阪 -- münchen }", 2, 1},
    {"separators", "graph { a[b=c,d=e;f=g][h=i];;b }", 2, 0},
    {"an attribute without value", "graph { a [fixed] }", 1, 0},
    {"HTML", "graph { a [label=<<b>x</b> <i>y</i>>] }", 1, 0},
    {"an edge to itself", "graph { a -- a }", 1, 1},
    {"attributes of the graph", "graph { rankdir=LR; graph [x=y] a=b }", 0, 0},
};

static void what_is_dot_is_read(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(believed); i++) {
        struct complaint why = {.what = ""};
        struct dot_graph *read = NULL;
        int rc = read_text(believed[i].text, &read, &why);

        if (rc != 0)
            fail_msg("%s: %s: %s", believed[i].name, why.place, why.what);
        OWNED(dot_graph_free) struct dot_graph *g = read;
        if (g->nodes.count != believed[i].nodes ||
            g->edges.count != believed[i].edges)
            fail_msg("%s: %zu nodes, %zu edges", believed[i].name,
                     g->nodes.count, g->edges.count);
    }
}

/* ---- refused ---- */

static const struct {
    const char *name, *text, *place;
} refused[] = {
    {"nothing", "", "test:1:1"},
    {"no graph", "hello", "test:1:1"},
    {"no brace", "graph x", "test:1:8"},
    {"no end", "graph {\n a -- b\n", "test:3:1"},
    {"an edge to nowhere", "graph { a -- }", "test:1:14"},
    {"a stray bracket", "graph {\n a [b=c]]\n}", "test:2:9"},
    {"an open string", "graph {\n \"a\n b }", "test:2:2"},
    {"an open comment", "graph { /* a }", "test:1:9"},
    {"open HTML", "graph { a [label=<<b>x }", "test:1:18"},
    {"no value", "graph { a [b=] }", "test:1:14"},
    {"no port", "graph { a: -- b }", "test:1:12"},
    {"'+' alone", "graph { \"a\" + b }", "test:1:9"},
    {"an odd sign", "graph {\n  a & b }", "test:2:5"},
    {"defaults without list", "graph { node a }", "test:1:14"},
    {"attributes not closed", "graph { a [b=c; } ", "test:1:17"},
    {"a number that is none", "graph { - }", "test:1:9"},
};

static void what_is_not_dot_is_refused_with_its_place(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(refused); i++) {
        struct complaint why = {.what = ""};
        struct dot_graph *g = NULL;

        if (read_text(refused[i].text, &g, &why) != -EINVAL || g != NULL)
            fail_msg("%s: not refused", refused[i].name);
        if (strcmp(why.place, refused[i].place) != 0)
            fail_msg("%s: complains of %s, not %s: %s", refused[i].name,
                     why.place, refused[i].place, why.what);
        assert_true(why.what[0] != '\0' && why.remedy[0] != '\0');
    }
}

static void an_octet_0_is_refused(void **state)
{
    static const char text[] = "graph { \"a\0b\" }";
    struct bytes octets = {(const uint8_t *)text, sizeof text - 1};
    struct complaint why;
    struct dot_graph *g = NULL;

    (void)state;
    assert_int_equal(dot_read("test", octets, &limits, &g, &why), -EINVAL);
}

/* Cut anywhere, a document is refused, never half read. */
static void cut_documents_are_refused(void **state)
{
    static const char text[] =
        "graph \"n\" { subgraph s { a [b=\"c\", d=<e>]; }"
        " a:p -- { b; c } -- d }";
    size_t len = strlen(text);

    (void)state;
    for (size_t i = 0; i < len; i++) {
        OWNED(free) char *cut = mem_text_of(text, i);
        struct dot_graph *g = NULL;

        if (read_text(cut, &g, NULL) != -EINVAL || g != NULL)
            fail_msg("cut at %zu: not refused", i);
    }
}

/* ---- bounded ---- */

static void repeat(struct buffer *out, const char *text, size_t count)
{
    for (size_t i = 0; i < count; i++)
        buffer_text(out, text);
}

static int outcome(const struct buffer *text)
{
    struct dot_graph *g = NULL;
    int rc = dot_read("test", buffer_view(text), &limits, &g, NULL);

    dot_graph_free(g);
    return rc;
}

static void deep_subgraphs_are_refused(void **state)
{
    struct buffer OWNED_BUFFER text = {0};

    (void)state;
    buffer_text(&text, "graph ");
    repeat(&text, "{", DOT_DEPTH_MAX + 2);
    repeat(&text, "}", DOT_DEPTH_MAX + 2);
    assert_int_equal(outcome(&text), -EFBIG);
}

static void many_nodes_are_refused(void **state)
{
    struct buffer OWNED_BUFFER text = {0};

    (void)state;
    buffer_text(&text, "graph {");
    for (unsigned i = 0; i <= limits.nodes; i++)
        buffer_format(&text, " n%u", i);
    buffer_char(&text, '}');
    assert_int_equal(outcome(&text), -EFBIG);
}

/* A short text whose edges are the product of two subgraphs. */
static void edge_products_are_refused(void **state)
{
    struct buffer OWNED_BUFFER text = {0};

    (void)state;
    buffer_text(&text, "graph { {");
    for (unsigned i = 0; i < 100; i++)
        buffer_format(&text, " n%u", i);
    buffer_text(&text, "} -- {");
    for (unsigned i = 0; i < 100; i++)
        buffer_format(&text, " m%u", i);
    buffer_text(&text, "} }");
    assert_int_equal(outcome(&text), -EFBIG);
}

static void many_attributes_are_refused(void **state)
{
    struct buffer OWNED_BUFFER text = {0};

    (void)state;
    buffer_text(&text, "graph { a [");
    for (unsigned i = 0; i <= DOT_ATTRIBUTES_EACH_MAX; i++)
        buffer_format(&text, "k%u=v ", i);
    buffer_text(&text, "] }");
    assert_int_equal(outcome(&text), -EFBIG);
}

/* ---- attributes ---- */

static void defaults_are_those_of_the_scope(void **state)
{
    struct dot_graph *read = NULL;

    (void)state;
    assert_int_equal(read_text("graph { node [c=1]; a; subgraph s { node "
                               "[c=2]; b [c=3]; d } e; edge [w=7]; a -- b }",
                               &read, NULL),
                     0);
    OWNED(dot_graph_free) struct dot_graph *g = read;
    static const char *const values[] = {"1", "3", "2", "1"};
    for (size_t i = 0; i < COUNT_OF(values); i++)
        assert_string_equal(
            dot_find(&g->nodes.at[i].attributes, "c", NULL)->value, values[i]);
    assert_string_equal(dot_find(&g->edges.at[0].attributes, "w", NULL)->value,
                        "7");
}

static void groups_keep_their_values_apart(void **state)
{
    struct dot_graph *read = NULL;

    (void)state;
    assert_int_equal(read_text("graph { subgraph found { a [x=1] } subgraph "
                               "edits { a [x=2] } }",
                               &read, NULL),
                     0);
    OWNED(dot_graph_free) struct dot_graph *g = read;
    const struct dot_attributes *of = &g->nodes.at[0].attributes;
    assert_string_equal(dot_find(of, "x", "found")->value, "1");
    assert_string_equal(dot_find(of, "x", "edits")->value, "2");
    assert_string_equal(dot_find(of, "x", NULL)->value, "2");
    assert_null(dot_find(of, "x", "other"));
}

/* What is written as text is read as the same text. */
static void texts_survive(void **state)
{
    static const char *const texts[] = {
        "",
        "plain",
        "with \"quotes\"",
        "back\\slash",
        "end\\",
        "two\nlines",
        "\\n is no line",
        "a<b>&c</b>",
        "上海 é ß",
        "\\\"both\\\\\"",
        "\\N",
        "tab\there",
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        struct buffer OWNED_BUFFER text = {0};
        struct buffer OWNED_BUFFER plain = {0};
        struct dot_graph *read = NULL;

        buffer_text(&text, "graph { a [label=");
        dot_write_text(texts[i], &text);
        buffer_text(&text, "] }");
        assert_int_equal(read_text(text.at, &read, NULL), 0);
        OWNED(dot_graph_free) struct dot_graph *g = read;
        dot_plain_text(
            dot_find(&g->nodes.at[0].attributes, "label", NULL)->value, "a",
            &plain);
        assert_string_equal(plain.at, texts[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_dot_is_read),
        cmocka_unit_test(what_is_not_dot_is_refused_with_its_place),
        cmocka_unit_test(an_octet_0_is_refused),
        cmocka_unit_test(cut_documents_are_refused),
        cmocka_unit_test(deep_subgraphs_are_refused),
        cmocka_unit_test(many_nodes_are_refused),
        cmocka_unit_test(edge_products_are_refused),
        cmocka_unit_test(many_attributes_are_refused),
        cmocka_unit_test(defaults_are_those_of_the_scope),
        cmocka_unit_test(groups_keep_their_values_apart),
        cmocka_unit_test(texts_survive),
    };

    return cmocka_run_group_tests_name("dot", tests, NULL, NULL);
}
