/* What devices call themselves is in the picture as they say it: Graphviz
 * decodes no entity of theirs and takes no backslash away. */
#include "topology/draw.h"
#include "topology/map_doc.h"
#include "topology/render.h"

#include <expat.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

/* Graphviz and what it has of fonts keep things until the process ends; what is
 * ours is looked at by the tests of drawing. */
int __lsan_is_turned_off(void);
int __lsan_is_turned_off(void)
{
    return 1;
}

/* Texts and titles of an SVG, a line each. */
struct words {
    struct buffer text;
    bool inside; /* of <text> */
};

static void XMLCALL begin(void *arg, const char *name, const char **attributes)
{
    struct words *w = arg;

    w->inside = strcmp(name, "text") == 0;
    for (; attributes[0] != NULL; attributes += 2)
        if (strcmp(attributes[0], "xlink:title") == 0 ||
            strcmp(attributes[0], "xlink:href") == 0)
            buffer_format(&w->text, "%s\n", attributes[1]);
}

static void XMLCALL end(void *arg, const char *name)
{
    struct words *w = arg;

    (void)name;
    if (w->inside)
        buffer_char(&w->text, '\n');
    w->inside = false;
}

static void XMLCALL say(void *arg, const char *text, int len)
{
    struct words *w = arg;

    if (w->inside)
        buffer_add(&w->text, text, (size_t)len);
}

/* What an SVG says; it is XML. */
static void read_svg(struct bytes svg, struct words *w)
{
    XML_Parser parser = XML_ParserCreate(NULL);

    XML_SetUserData(parser, w);
    XML_SetElementHandler(parser, begin, end);
    XML_SetCharacterDataHandler(parser, say);
    if (XML_Parse(parser, (const char *)svg.at, (int)svg.len, 1) !=
        XML_STATUS_OK)
        fail_msg("line %lu: %s", XML_GetCurrentLineNumber(parser),
                 XML_ErrorString(XML_GetErrorCode(parser)));
    XML_ParserFree(parser);
}

static void draw_svg(struct renderer *renderer, const struct map *m,
                     struct words *w)
{
    static const struct draw_options options = {.legend = true, .ports = true};
    struct buffer OWNED_BUFFER dot = {0};
    struct buffer OWNED_BUFFER drawn = {0};
    struct buffer OWNED_BUFFER svg = {0};
    struct complaint why = {.what = ""};

    draw_map(m, &options, &dot);
    if (renderer_draw(renderer, dot.at, "svg", &drawn, &why) < 0 ||
        render_svg_finish(buffer_view(&drawn), NULL, &svg, &why) < 0)
        fail_msg("%s", why.what);
    read_svg(buffer_view(&svg), w);
}

/* Two devices in a cloud, and the link between them. */
static struct map *map_of(const char *name, enum map_state state)
{
    struct map *m = map_new("names", MAP_PHYSICAL);

    for (unsigned i = 0; i < 2; i++) {
        struct map_node *n = map_add_node(m, i == 0 ? "a" : "b");

        n->origin = MAP_DEVICE;
        n->state = state;
        n->placed = true;
        n->x = i * 400;
        n->label = name;
        n->cloud = "~cloud-x";
    }
    struct map_node *cloud = map_add_node(m, "~cloud-x");
    cloud->origin = MAP_CLOUD;
    cloud->label = name;
    m->nodes.at[0].detail = name;
    struct map_link *l = map_add_link(m, 0, 1);
    l->a_port = l->b_port = name;
    l->evidence = name;
    map_set_title(m, name);
    map_fold(m);
    return m;
}

static void assert_line(const struct words *w, const char *name, const char *of)
{
    struct buffer OWNED_BUFFER line = {0};

    buffer_format(&line, "\n%s\n", name);
    if (strstr(w->text.at, line.at) == NULL)
        fail_msg("no %s \"%s\" in: %s", of, name, w->text.at);
}

static void names_are_drawn_as_they_are(void **state)
{
    static const char *const names[] = {
        "&#1;",     "&#xFFFF;",  "&#xD800;", "&#x110000;",     "&foo;",
        "AT&amp;T", "a&lt;b",    "R&D",      "\\N\\G\\T\\E",   "C\\NAS\\\\x",
        "end\\",    "\\n\\l\\r", "<b>&",     "\"'x&quot;\\\"", "x&amp;amp;",
    };
    static const enum map_state states[] = {MAP_UP, MAP_DOWN};

    for (size_t i = 0; i < 2 * COUNT_OF(names); i++) {
        const char *name = names[i / 2];
        OWNED(map_free) struct map *m = map_of(name, states[i % 2]);
        struct words w = {{0}, false};
        struct buffer OWNED_BUFFER tip = {0};

        buffer_text(&w.text, "\n");
        draw_svg(*state, m, &w);
        assert_line(&w, name, "name");
        buffer_format(&tip, "%s, cloud, ", name);
        assert_non_null(strstr(w.text.at, tip.at));
        buffer_clear(&tip);
        buffer_format(&tip, "%s %s – %s %s, confirmed\n%s", name, name, name,
                      name, name);
        assert_line(&w, tip.at, "tooltip");
        buffer_clear(&tip);
        buffer_format(&tip, "%s, %s\n%s", name, i % 2 == 0 ? "up" : "down",
                      name);
        assert_line(&w, tip.at, "tooltip");
        buffer_fini(&w.text);
    }
}

/* The document shows the same in any tool of Graphviz, and is read as it was
 * written. */
static void documents_show_names_as_they_are(void **state)
{
    static const char name[] = "AT&amp;T\\N &#1;";
    OWNED(map_free) struct map *m = map_of(name, MAP_UP);
    struct buffer OWNED_BUFFER text = {0};
    struct buffer OWNED_BUFFER svg = {0};
    struct words w = {{0}, false};
    struct map *read = NULL;

    map_write(m, &text);
    assert_int_equal(renderer_draw(*state, text.at, "svg", &svg, NULL), 0);
    buffer_text(&w.text, "\n");
    read_svg(buffer_view(&svg), &w);
    assert_line(&w, name, "name");
    buffer_fini(&w.text);
    assert_int_equal(map_read("names", text.at, text.len, &read, NULL), 0);
    assert_string_equal(read->nodes.at[0].label, name);
    assert_string_equal(read->links.at[0].a_port, name);
    map_free(read);
}

static void assert_label(const char *text, const char *label)
{
    struct map *m = NULL;

    assert_int_equal(map_read("m", text, strlen(text), &m, NULL), 0);
    assert_string_equal(map_node_label(&m->nodes.at[0]), label);
    map_free(m);
}

/* Those of others are read as Graphviz shows them; ours of before stood as the
 * names were. */
static void entities_of_others_are_decoded(void **state)
{
    (void)state;
    assert_label("graph { a [label=\"M&uuml;nchen &#8364; &#x4e2D;\"] }",
                 "München € 中");
    assert_label("graph { a [label=\"R&D &foo; &#0; &#xD800; &;\"] }",
                 "R&D &foo; &#0; &#xD800; &;");
    assert_label("graph { a [label=\"x&#1;y&#x202E;z\"] }", "xyz");
    assert_label("graph { a [label=<M&uuml;nchen&nbsp;<b>1</b>>] }",
                 "München 1");
    assert_label("graph { graph [portolan=1]; a [label=\"AT&amp;T\"] }",
                 "AT&amp;T");
    assert_label("graph { graph [portolan=2]; a [label=\"AT&amp;T\"] }",
                 "AT&T");
}

/* A way into a map is to a map beside this one, whoever says it. */
static void ways_lead_to_maps_alone(void **state)
{
    static const struct {
        const char *leads, *url;
    } cases[] = {
        {"site-Hamburg", "\nsite-Hamburg.svg\n"},
        {"site-北京", "\nsite-%E5%8C%97%E4%BA%AC.svg\n"},
        {"javascript:alert(1)//", NULL},
        {"https://evil/", NULL},
        {"../x", NULL},
        {"x y", NULL},
        {"a&#1;", NULL},
        {".x", NULL},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        OWNED(map_free) struct map *m = map_of("a", MAP_UP);
        struct buffer OWNED_BUFFER text = {0};
        struct words w = {{0}, false};

        m->nodes.at[0].leads = m->up = cases[i].leads;
        m->title = "a";
        buffer_text(&w.text, "\n");
        draw_svg(*state, m, &w);
        const char *at = strstr(w.text.at, ".svg");
        map_write(m, &text);
        if (cases[i].url != NULL) {
            assert_non_null(strstr(w.text.at, cases[i].url));
            assert_non_null(strstr(text.at, "URL="));
        } else if (at != NULL || strstr(text.at, "URL=") != NULL) {
            fail_msg("%s: %s", cases[i].leads, w.text.at);
        }
        buffer_fini(&w.text);
    }
}

/* Were there another way in, the picture would still be one. */
static void control_octets_are_no_part_of_a_picture(void **state)
{
    static const char svg[] = "<svg><text>a\1\b\x1f"
                              "b</text></svg>";
    struct buffer OWNED_BUFFER out = {0};

    (void)state;
    assert_int_equal(
        render_svg_finish((struct bytes){(const uint8_t *)svg, sizeof svg - 1},
                          NULL, &out, NULL),
        0);
    assert_non_null(strstr(out.at, "<text>ab</text>"));
}

/* One for all: what Graphviz remembers of texts outlives what it frees. */
static int make_renderer(void **state)
{
    *state = renderer_new();
    return 0;
}

static int free_renderer(void **state)
{
    renderer_free(*state);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_drawn_as_they_are),
        cmocka_unit_test(documents_show_names_as_they_are),
        cmocka_unit_test(entities_of_others_are_decoded),
        cmocka_unit_test(ways_lead_to_maps_alone),
        cmocka_unit_test(control_octets_are_no_part_of_a_picture),
    };

    return cmocka_run_group_tests(tests, make_renderer, free_renderer);
}
