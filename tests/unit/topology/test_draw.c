/* Layout and pictures: nothing overlaps, what has its place keeps it, and what
 * devices call themselves stays text. */
#include "base/file.h"
#include "topology/draw.h"
#include "topology/layout.h"
#include "topology/layout_graph.h"
#include "topology/map_doc.h"
#include "topology/render.h"

#include <cgraph.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

/* ---- an engine that puts bodies side by side ---- */

struct engine {
    unsigned calls[3];
    int rc;
};

static int row_engine(void *arg, enum layout_engine which,
                      struct layout_skeleton *s, struct complaint *why)
{
    struct engine *e = arg;
    double x = 0;

    e->calls[which]++;
    for (size_t i = 0; i < s->bodies.count; i++) {
        struct layout_body *b = &s->bodies.at[i];

        b->x = x + b->width / 2;
        b->y = which == LAYOUT_LAYERED ? -300.0 * b->level : 0;
        x += b->width + 5;
    }
    if (e->rc < 0)
        return complain(why, e->rc, "layout", "none", "no layout");
    return 0;
}

static void lay_out(struct map *m)
{
    struct engine e = {.rc = 0};

    assert_int_equal(layout_map(m, row_engine, &e, NULL), 0);
    assert_true(map_is_laid_out(m));
}

/* ---- networks ---- */

static uint32_t add(struct map *m, const char *prefix, unsigned a, unsigned b,
                    enum device_kind kind)
{
    char id[32];

    snprintf(id, sizeof id, "%s-%u-%u", prefix, a, b);
    struct map_node *n = map_add_node(m, id);
    n->kind = kind;
    n->origin = MAP_DEVICE;
    n->state = MAP_UP;
    return (uint32_t)m->nodes.count - 1;
}

/* A core of two, then distribution, access, hosts. */
static struct map *campus(unsigned dists, unsigned accesses, unsigned hosts)
{
    struct map *m = map_new("campus", MAP_PHYSICAL);
    uint32_t core[2];

    for (unsigned i = 0; i < 2; i++)
        core[i] = add(m, "core", i, 0, KIND_L3SWITCH);
    (void)map_add_link(m, core[0], core[1]);
    for (unsigned d = 0; d < dists; d++) {
        uint32_t dist = add(m, "dist", d, 0, KIND_L3SWITCH);

        (void)map_add_link(m, core[0], dist);
        (void)map_add_link(m, core[1], dist);
        for (unsigned a = 0; a < accesses; a++) {
            uint32_t access = add(m, "access", d, a, KIND_SWITCH);

            (void)map_add_link(m, dist, access);
            for (unsigned h = 0; h < hosts; h++)
                (void)map_add_link(m, access,
                                   add(m, "host", d * 100 + a, h, KIND_HOST));
        }
    }
    return m;
}

static struct map *ring(unsigned size, unsigned hosts)
{
    struct map *m = map_new("ring", MAP_PHYSICAL);

    for (unsigned i = 0; i < size; i++) {
        uint32_t at = add(m, "ring", i, 0, KIND_SWITCH);

        for (unsigned h = 0; h < hosts; h++)
            (void)map_add_link(m, at, add(m, "host", i, h, KIND_HOST));
    }
    for (unsigned i = 0; i < size; i++)
        (void)map_add_link(m, i * (hosts + 1), (i + 1) % size * (hosts + 1));
    return m;
}

static struct map *star(unsigned leaves)
{
    struct map *m = map_new("star", MAP_PHYSICAL);
    uint32_t hub = add(m, "hub", 0, 0, KIND_SWITCH);

    for (unsigned i = 0; i < leaves; i++)
        (void)map_add_link(m, hub, add(m, "leaf", i, 0, KIND_SERVER));
    return m;
}

static struct map *chain(unsigned length)
{
    struct map *m = map_new("chain", MAP_PHYSICAL);

    for (unsigned i = 0; i < length; i++) {
        (void)add(m, "s", i, 0, KIND_SWITCH);
        if (i > 0)
            (void)map_add_link(m, i - 1, i);
    }
    return m;
}

static struct map *loose(unsigned count)
{
    struct map *m = map_new("loose", MAP_PHYSICAL);

    for (unsigned i = 0; i < count; i++)
        (void)add(m, "alone", i, 0, i % 3 == 0 ? KIND_SWITCH : KIND_PRINTER);
    return m;
}

/* ---- layout ---- */

static struct draw_box room(const struct map_node *n)
{
    struct draw_node d = draw_node_measure(n);

    return (struct draw_box){n->x + d.room.x0, n->y + d.room.y0,
                             n->x + d.room.x1, n->y + d.room.y1};
}

/* Plates and names apart by what rounding may take. */
static void assert_no_overlap(const struct map *m, const char *name)
{
    static const double SLACK = 1;

    for (size_t i = 0; i < m->nodes.count; i++)
        for (size_t k = i + 1; k < m->nodes.count; k++) {
            struct draw_box a = room(&m->nodes.at[i]);
            struct draw_box b = room(&m->nodes.at[k]);

            if (a.x0 + SLACK < b.x1 && b.x0 + SLACK < a.x1 &&
                a.y0 + SLACK < b.y1 && b.y0 + SLACK < a.y1)
                fail_msg("%s: %s and %s overlap", name, m->nodes.at[i].id,
                         m->nodes.at[k].id);
        }
}

static void nothing_overlaps(void **state)
{
    struct {
        const char *name;
        struct map *map;
    } cases[] = {
        {"empty", map_new("empty", MAP_PHYSICAL)},
        {"one", loose(1)},
        {"two", chain(2)},
        {"loose", loose(40)},
        {"small star", star(5)},
        {"large star", star(70)},
        {"chain", chain(30)},
        {"small campus", campus(2, 2, 3)},
        {"campus of 200", campus(4, 6, 7)},
        {"ring", ring(12, 3)},
        {"ring without leaves", ring(5, 0)},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        lay_out(cases[i].map);
        assert_no_overlap(cases[i].map, cases[i].name);
        map_free(cases[i].map);
    }
}

static void shapes_choose_their_engine(void **state)
{
    static const struct {
        const char *name;
        unsigned layered, force;
    } cases[] = {{"campus", 1, 0}, {"wide campus", 0, 0}, {"ring", 0, 0}};
    struct map *maps[] = {campus(2, 2, 3), campus(6, 8, 8), ring(9, 2)};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct engine e = {.rc = 0};

        assert_int_equal(layout_map(maps[i], row_engine, &e, NULL), 0);
        if (e.calls[LAYOUT_LAYERED] != cases[i].layered ||
            e.calls[LAYOUT_FORCE] != cases[i].force)
            fail_msg("%s: layered %u, force %u", cases[i].name,
                     e.calls[LAYOUT_LAYERED], e.calls[LAYOUT_FORCE]);
        map_free(maps[i]);
    }
}

/* The order in which a document tells its nodes and links is no matter. */
static void the_order_of_a_document_does_not_matter(void **state)
{
    OWNED(map_free) struct map *m = campus(5, 8, 6);
    OWNED(map_free) struct map *other = map_new("campus", MAP_PHYSICAL);

    (void)state;
    for (size_t i = m->nodes.count; i > 0; i--) {
        struct map_node *n = map_add_node(other, m->nodes.at[i - 1].id);

        n->kind = m->nodes.at[i - 1].kind;
        n->origin = m->nodes.at[i - 1].origin;
    }
    for (size_t i = m->links.count; i > 0; i--) {
        uint32_t last = (uint32_t)m->nodes.count - 1;

        (void)map_add_link(other, last - m->links.at[i - 1].b,
                           last - m->links.at[i - 1].a);
    }
    lay_out(m);
    lay_out(other);
    for (size_t i = 0; i < m->nodes.count; i++) {
        const struct map_node *n = &m->nodes.at[i];
        const struct map_node *o =
            &other->nodes.at[map_find_node(other, n->id)];

        assert_true(n->x == o->x && n->y == o->y);
    }
}

static void known_nodes_stay_and_new_ones_find_room(void **state)
{
    OWNED(map_free) struct map *m = campus(2, 3, 3);
    struct engine e = {.rc = -EIO}; /* it must not be asked */
    size_t known = m->nodes.count;

    (void)state;
    lay_out(m);
    struct layout_point *before = mem_array(known, sizeof *before);
    for (size_t i = 0; i < known; i++)
        before[i] = (struct layout_point){m->nodes.at[i].x, m->nodes.at[i].y};
    for (unsigned i = 0; i < 6; i++)
        (void)map_add_link(m, map_find_node(m, "access-0-1"),
                           add(m, "new", i, 0, KIND_HOST));
    (void)add(m, "new-alone", 0, 0, KIND_SERVER);
    assert_int_equal(layout_map(m, row_engine, &e, NULL), 0);
    assert_true(map_is_laid_out(m));
    for (size_t i = 0; i < known; i++)
        assert_true(m->nodes.at[i].x == before[i].x &&
                    m->nodes.at[i].y == before[i].y);
    assert_no_overlap(m, "new nodes");
    free(before);
}

/* A host found without a link stands aside; once its link is known it goes
 * there, and what was there before stays. */
static void nodes_that_get_a_link_move_to_it(void **state)
{
    OWNED(map_free) struct map *m = campus(2, 3, 3);

    (void)state;
    uint32_t host = add(m, "late", 0, 0, KIND_HOST);
    uint32_t access = map_find_node(m, "access-1-1");
    lay_out(m);
    double x = m->nodes.at[access].x, aside = m->nodes.at[host].y;
    assert_true(aside < m->nodes.at[map_find_node(m, "host-101-0")].y);
    (void)map_add_link(m, access, host);
    lay_out(m);
    assert_true(m->nodes.at[access].x == x);
    assert_true(m->nodes.at[host].y != aside);
    assert_true(hypot(m->nodes.at[host].x - x,
                      m->nodes.at[host].y - m->nodes.at[access].y) < 400);
    assert_no_overlap(m, "late");
}

static void pins_hold_when_all_else_is_new(void **state)
{
    OWNED(map_free) struct map *m = campus(2, 3, 3);
    struct map_node *n = &m->nodes.at[map_find_node(m, "dist-1-0")];

    (void)state;
    n->placed = n->edit.pinned = true;
    n->x = 5000;
    n->y = -700.5;
    lay_out(m);
    assert_true(n->x == 5000 && n->y == -700.5);
    assert_no_overlap(m, "pinned");
}

static void engines_may_fail(void **state)
{
    OWNED(map_free) struct map *m = campus(2, 2, 2);
    struct engine e = {.rc = -EIO};
    struct complaint why;

    (void)state;
    assert_int_equal(layout_map(m, row_engine, &e, &why), -EIO);
    assert_string_equal(why.what, "no layout");
    assert_false(map_is_laid_out(m));
}

/* ---- pictures ---- */

static const struct draw_options plain = {.icons = "icons", .legend = true};

static void draw(const struct map *m, struct buffer *out)
{
    draw_map(m, &plain, out);
    Agraph_t *g = agmemread(out->at);
    assert_non_null(g);
    assert_int_equal(agclose(g), 0);
}

static size_t count_of(const char *text, const char *part)
{
    size_t count = 0;

    for (const char *at = text; (at = strstr(at, part)) != NULL; at++)
        count++;
    return count;
}

static void every_node_and_link_is_drawn(void **state)
{
    OWNED(map_free) struct map *m = campus(2, 2, 3);
    struct buffer OWNED_BUFFER out = {0};

    (void)state;
    lay_out(m);
    draw(m, &out);
    assert_int_equal(count_of(out.at, ",id=\"n"), m->nodes.count);
    assert_int_equal(count_of(out.at, "class=\"link "), m->links.count);
    assert_non_null(strstr(out.at, "kind/l3switch.svg"));
    assert_non_null(strstr(out.at, "label=\"access-1-1\""));
}

static void hidden_nodes_are_left_out(void **state)
{
    OWNED(map_free) struct map *m = chain(3);
    struct buffer OWNED_BUFFER out = {0};

    (void)state;
    m->nodes.at[1].edit.hidden = true;
    lay_out(m);
    draw(m, &out);
    assert_int_equal(count_of(out.at, ",id=\"n"), 2);
    assert_int_equal(count_of(out.at, "class=\"link "), 0);
}

/* Names go into strings and into HTML labels; neither may end early. */
static void hostile_names_are_escaped(void **state)
{
    static const char *const names[] = {
        "\"]; evil [label=\"x", "</td></b> & <script>", "end\\",
        "<b>&amp;</b>",         "上海 \" \\N",
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(names); i++)
        for (int s = 0; s < MAP_STATES; s++) {
            OWNED(map_free) struct map *m = chain(2);
            struct buffer OWNED_BUFFER out = {0};

            m->nodes.at[0].label = m->nodes.at[0].words = names[i];
            m->nodes.at[0].state = (enum map_state)s;
            m->links.at[0].a_port = m->links.at[0].b_port = names[i];
            map_set_title(m, names[i]);
            lay_out(m);
            draw(m, &out);
            assert_int_equal(count_of(out.at, ",id=\"n"), 2);
        }
}

/* Each state is told by shape (badge), colour and word. */
static void states_are_told_three_ways(void **state)
{
    static const struct {
        enum map_state state;
        const char *badge, *colour, *word;
    } cases[] = {
        {MAP_DOWN, "state/down.svg", "#74083F", "■ down 42 s"},
        {MAP_WARNING, "state/warning.svg", "#AF8700", "▲ down 42 s"},
        {MAP_UNREACHABLE, "state/unreachable.svg", "#6D63A8", "⊘ down 42 s"},
        {MAP_UNKNOWN, "state/unknown.svg", "#74797D", "? down 42 s"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        OWNED(map_free) struct map *m = chain(2);
        struct buffer OWNED_BUFFER out = {0};

        m->nodes.at[0].state = cases[i].state;
        m->nodes.at[0].words = "down 42 s";
        lay_out(m);
        draw(m, &out);
        assert_non_null(strstr(out.at, cases[i].badge));
        assert_non_null(strstr(out.at, cases[i].colour));
        assert_non_null(strstr(out.at, cases[i].word));
    }
}

static void links_show_state_speed_and_load(void **state)
{
    static const struct {
        const char *name;
        enum link_state state;
        uint64_t speed;
        double load;
        const char *shows;
    } cases[] = {
        {"100G", LINK_CONFIRMED, UINT64_C(100000000000), NAN, "penwidth=6,"},
        {"1G", LINK_CONFIRMED, 1000000000, NAN, "penwidth=1.8,"},
        {"halves", LINK_CONFIRMED, 1000000000, 0.62, "#7C2B8C;0.5:#BDC4C9"},
        {"a pill", LINK_CONFIRMED, 1000000000, 0.62, "label=\"62 %\""},
        {"loud", LINK_CONFIRMED, 1000000000, 0.93, "fontcolor=\"#FFFFFF\""},
        {"down", LINK_DOWN, 1000000000, 0.5, "style=dashed"},
        {"a cross", LINK_DOWN, 1000000000, 0.5, "class=mark"},
        {"bars", LINK_BLOCKED, 1000000000, 0.5, "class=mark"},
        {"stale", LINK_STALE, 1000000000, 0.5, "style=dotted"},
        {"candidate", LINK_CANDIDATE, 1000000000, 0.5, "#0B5B87"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        OWNED(map_free) struct map *m = chain(2);
        struct buffer OWNED_BUFFER out = {0};

        m->links.at[0].state = cases[i].state;
        m->links.at[0].speed_bps = cases[i].speed;
        m->links.at[0].load_ab = cases[i].load;
        m->links.at[0].load_ba = isnan(cases[i].load) ? NAN : 0;
        lay_out(m);
        draw(m, &out);
        if (strstr(out.at, cases[i].shows) == NULL)
            fail_msg("%s: %s is not in\n%s", cases[i].name, cases[i].shows,
                     out.at);
    }
}

static void ports_are_named_while_there_is_room(void **state)
{
    OWNED(map_free) struct map *small = campus(2, 2, 2);
    OWNED(map_free) struct map *large = campus(5, 6, 6);
    struct buffer OWNED_BUFFER out = {0};

    (void)state;
    small->links.at[1].a_port = "TenGigabitEthernet1/0/1";
    large->links.at[1].a_port = "TenGigabitEthernet1/0/1";
    lay_out(small);
    lay_out(large);
    draw(small, &out);
    assert_non_null(strstr(out.at, "label=\"Te1/0/1\""));
    buffer_clear(&out);
    draw(large, &out);
    assert_null(strstr(out.at, "label=\"Te1/0/1\""));
}

static void long_names_are_cut_in_the_middle(void **state)
{
    static const struct {
        const char *text;
        size_t columns;
        const char *cut;
    } cases[] = {
        {"short", 10, "short"},
        {"exactly-10", 10, "exactly-10"},
        {"ham-access-building-a12", 12, "ham-ac…g-a12"},
        {"上海机房核心交换机", 9, "上海…换机"},
        {"", 5, ""},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct buffer OWNED_BUFFER out = {0};

        draw_cut(cases[i].text, cases[i].columns, &out);
        assert_string_equal(out.at, cases[i].cut);
    }
}

/* ---- SVG ---- */

static void svg_stands_alone(void **state)
{
    static const char svg[] =
        "<?xml version=\"1.0\"?>\n<!-- x -->\n<svg width=\"9pt\">\n"
        "<g><title>p1</title>\n<image xlink:href=\"kind/router.svg\" "
        "width=\"9px\" x=\"1\"/>\n<image xlink:href=\"kind/router.svg\"/>\n"
        "<image xlink:href=\"../../etc/passwd.svg\"/>\n</g>\n</svg>\n";
    struct bytes octets = {(const uint8_t *)svg, sizeof svg - 1};
    struct buffer OWNED_BUFFER out = {0};

    (void)state;
    assert_int_equal(render_svg_finish(octets, "nms/web/icons", &out, NULL), 0);
    assert_int_equal(count_of(out.at, "<symbol id=\"kind-router\""), 1);
    assert_int_equal(count_of(out.at, "<use xlink:href=\"#kind-router\""), 2);
    assert_null(strstr(out.at, "<image"));
    assert_null(strstr(out.at, "<title>"));
    assert_null(strstr(out.at, "passwd"));
    assert_int_equal(
        render_svg_finish((struct bytes){NULL, 0}, "icons", &out, NULL),
        -EBADMSG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_overlaps),
        cmocka_unit_test(shapes_choose_their_engine),
        cmocka_unit_test(the_order_of_a_document_does_not_matter),
        cmocka_unit_test(known_nodes_stay_and_new_ones_find_room),
        cmocka_unit_test(nodes_that_get_a_link_move_to_it),
        cmocka_unit_test(pins_hold_when_all_else_is_new),
        cmocka_unit_test(engines_may_fail),
        cmocka_unit_test(every_node_and_link_is_drawn),
        cmocka_unit_test(hidden_nodes_are_left_out),
        cmocka_unit_test(hostile_names_are_escaped),
        cmocka_unit_test(states_are_told_three_ways),
        cmocka_unit_test(links_show_state_speed_and_load),
        cmocka_unit_test(ports_are_named_while_there_is_room),
        cmocka_unit_test(long_names_are_cut_in_the_middle),
        cmocka_unit_test(svg_stands_alone),
    };

    return cmocka_run_group_tests_name("draw", tests, NULL, NULL);
}
