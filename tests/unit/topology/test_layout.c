/* Layouts of networks of any shape by the engine that draws them: nothing
 * overlaps, the same network is laid out the same, and what people know stays
 * where it is when more is found. And large maps fold into what can be looked
 * at. */
#include "topology/draw_node.h"
#include "topology/layout.h"
#include "topology/map_cluster.h"
#include "topology/map_doc.h"
#include "topology/map_inside.h"
#include "topology/render.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

/* Graphviz keeps a line of its own until the process ends. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libgvc\n";
}

/* The same numbers each time. */
static uint32_t draw_lot(uint32_t *seed, uint32_t below)
{
    *seed = *seed * UINT32_C(1664525) + UINT32_C(1013904223);
    return (*seed >> 8) % below;
}

static uint32_t add(struct map *m, const char *what, enum device_kind kind)
{
    char id[32];

    snprintf(id, sizeof id, "%s-%zu", what, m->nodes.count);
    struct map_node *n = map_add_node(m, id);
    n->kind = kind;
    n->origin = MAP_DEVICE;
    return (uint32_t)m->nodes.count - 1;
}

static void link_to(struct map *m, uint32_t a, uint32_t b)
{
    if (a != b)
        (void)map_add_link(m, a, b);
}

/* Names as long as they come, in letters narrow and wide. */
static void name(struct map *m, uint32_t *seed)
{
    static const char *const names[] = {
        "",
        "sw",
        "a-switch-with-quite-a-long-name-indeed",
        "上海核心交换机",
        "WWWWWWWWWWWW",
        "edge.example.net"};

    for (size_t i = 0; i < m->nodes.count; i++)
        m->nodes.at[i].label = names[draw_lot(seed, COUNT_OF(names))];
}

enum shape { TREE, MESH, RING, ISLANDS, HUBS, SHAPES };
static const char *const shape_names[] = {"tree", "mesh", "ring", "islands",
                                          "hubs"};

static struct map *network(enum shape shape, uint32_t *seed, uint32_t count)
{
    static const enum device_kind kinds[] = {KIND_SWITCH, KIND_L3SWITCH,
                                             KIND_ROUTER, KIND_HOST, KIND_AP};
    struct map *m = map_new(shape_names[shape], MAP_PHYSICAL);

    for (uint32_t i = 0; i < count; i++) {
        uint32_t n = add(m, "n", kinds[draw_lot(seed, COUNT_OF(kinds))]);

        if (n == 0 || (shape == ISLANDS && draw_lot(seed, 4) == 0))
            continue;
        if (shape == RING && n < count / 2)
            link_to(m, n, n - 1);
        else if (shape == HUBS)
            link_to(m, n, draw_lot(seed, n < 4 ? n : 4));
        else
            link_to(m, n, draw_lot(seed, n));
    }
    if (shape == RING)
        link_to(m, 0, count / 2 - 1);
    for (uint32_t i = 0; shape == MESH && i < count; i++)
        link_to(m, draw_lot(seed, count), draw_lot(seed, count));
    name(m, seed);
    return m;
}

static struct renderer *renderer;

static void lay_out(struct map *m)
{
    struct complaint why = {.what = ""};

    if (layout_map(m, renderer_lay_out, renderer, &why) < 0)
        fail_msg("%s: %s", m->name, why.what);
    assert_true(map_is_laid_out(m));
}

static struct draw_box room(const struct map_node *n)
{
    struct draw_node d = draw_node_measure(n);

    return (struct draw_box){n->x + d.room.x0, n->y + d.room.y0,
                             n->x + d.room.x1, n->y + d.room.y1};
}

/* Plates and names are apart, but for what rounding takes. */
static void assert_no_overlap(const struct map *m, const char *what)
{
    static const double SLACK = 1.5;
    struct draw_box *rooms = mem_array(m->nodes.count + 1, sizeof *rooms);
    size_t *nodes = mem_array(m->nodes.count + 1, sizeof *nodes);
    size_t count = 0;

    for (size_t i = 0; i < m->nodes.count; i++)
        if (map_node_is_shown(&m->nodes.at[i])) {
            nodes[count] = i;
            rooms[count++] = room(&m->nodes.at[i]);
        }
    for (size_t i = 0; i < count; i++)
        for (size_t k = i + 1; k < count; k++)
            if (rooms[i].x0 + SLACK < rooms[k].x1 &&
                rooms[k].x0 + SLACK < rooms[i].x1 &&
                rooms[i].y0 + SLACK < rooms[k].y1 &&
                rooms[k].y0 + SLACK < rooms[i].y1)
                fail_msg("%s: %s and %s overlap", what,
                         m->nodes.at[nodes[i]].id, m->nodes.at[nodes[k]].id);
    free(rooms);
    free(nodes);
}

static void nothing_overlaps_whatever_the_shape(void **state)
{
    enum { ROUNDS = 4 };

    (void)state;
    for (uint32_t round = 0; round < ROUNDS; round++)
        for (int shape = 0; shape < SHAPES; shape++) {
            uint32_t seed = round * 977 + (uint32_t)shape;
            OWNED(map_free)
            struct map *m = network((enum shape)shape, &seed,
                                    6 + 25 * round + draw_lot(&seed, 20));
            char what[40];

            snprintf(what, sizeof what, "%s %u", m->name, (unsigned)round);
            lay_out(m);
            assert_no_overlap(m, what);
        }
}

static void the_same_network_is_laid_out_the_same(void **state)
{
    (void)state;
    for (int shape = 0; shape < SHAPES; shape++) {
        uint32_t seed = 7, again = 7;
        OWNED(map_free)
        struct map *m = network((enum shape)shape, &seed, 60);
        OWNED(map_free)
        struct map *other = network((enum shape)shape, &again, 60);

        lay_out(m);
        lay_out(other);
        for (size_t i = 0; i < m->nodes.count; i++)
            assert_true(m->nodes.at[i].x == other->nodes.at[i].x &&
                        m->nodes.at[i].y == other->nodes.at[i].y);
    }
}

static double distance(const struct map_node *a, const struct map_node *b)
{
    return hypot(a->x - b->x, a->y - b->y);
}

/* Known nodes give way only beside new ones, and not far. */
static bool gave_way(const struct map *m, size_t known, size_t node, double x,
                     double y)
{
    static const double BESIDE = 800, FAR = 261;
    const struct map_node *n = &m->nodes.at[node];
    bool beside = false;

    for (size_t i = known; i < m->nodes.count; i++)
        beside = beside || distance(n, &m->nodes.at[i]) < BESIDE;
    return beside && !n->edit.pinned && hypot(n->x - x, n->y - y) < FAR;
}

/* A hundred devices are found: those that people know stay to the hundredth of
 * a point, but for a few beside new ones; pinned ones always. The new ones
 * cover nothing. */
static void known_positions_stay(void **state)
{
    enum { KNOWN = 150, NEW = 100, FEW = KNOWN / 4 };

    (void)state;
    for (int shape = 0; shape < SHAPES; shape++) {
        uint32_t seed = 11;
        OWNED(map_free)
        struct map *m = network((enum shape)shape, &seed, KNOWN);
        double x[KNOWN], y[KNOWN];

        lay_out(m);
        m->nodes.at[3].edit.pinned = shape % 2 == 0;
        for (size_t i = 0; i < KNOWN; i++) {
            x[i] = m->nodes.at[i].x;
            y[i] = m->nodes.at[i].y;
        }
        for (uint32_t i = 0; i < NEW; i++) {
            uint32_t n = add(m, "new", KIND_SWITCH);

            link_to(m, n, draw_lot(&seed, n));
        }
        bool linked[KNOWN] = {false};
        for (size_t i = 0; i < m->links.count; i++) {
            if (m->links.at[i].a < KNOWN)
                linked[m->links.at[i].a] = true;
            if (m->links.at[i].b < KNOWN)
                linked[m->links.at[i].b] = true;
        }
        lay_out(m);
        size_t moved = 0;
        for (size_t i = 0; i < KNOWN; i++) {
            if ((m->nodes.at[i].x == x[i] && m->nodes.at[i].y == y[i]) ||
                (linked[i] && shape == ISLANDS)) /* stood aside before */
                continue;
            moved++;
            if (!gave_way(m, KNOWN, i, x[i], y[i]))
                fail_msg("%s: %s moved", m->name, m->nodes.at[i].id);
        }
        assert_true(moved <= FEW);
        assert_no_overlap(m, m->name);
    }
}

/* Shoulder to shoulder, a new one in the middle: what is around it gives way,
 * what is pinned or far away does not. */
static void new_ones_get_room_and_only_their_surroundings_give_way(void **state)
{
    enum { SIDE = 13, KNOWN = SIDE * SIDE, MIDDLE = KNOWN / 2 };
    static const double SHORT = 250, AROUND = 800;
    OWNED(map_free) struct map *m = map_new("crowd", MAP_PHYSICAL);
    double x[KNOWN], y[KNOWN];
    size_t moved = 0;

    (void)state;
    for (uint32_t i = 0; i < KNOWN; i++) {
        uint32_t at = add(m, "n", KIND_SWITCH);
        struct map_node *n = &m->nodes.at[at];
        struct draw_box r = draw_node_measure(n).room;

        n->placed = true;
        n->x = x[i] = (i % SIDE) * ceil(r.x1 - r.x0 + 1);
        n->y = y[i] = (double)(i / SIDE) * ceil(r.y1 - r.y0 + 1);
        if (i > 0)
            link_to(m, i, i - 1);
    }
    m->nodes.at[MIDDLE + 1].edit.pinned = true;
    link_to(m, add(m, "new", KIND_SWITCH), MIDDLE);
    lay_out(m);
    const struct map_node *new = &m->nodes.at[KNOWN];
    assert_true(distance(new, &m->nodes.at[MIDDLE]) < SHORT);
    assert_no_overlap(m, m->name);
    for (uint32_t i = 0; i < KNOWN; i++) {
        const struct map_node *n = &m->nodes.at[i];

        if (n->x == x[i] && n->y == y[i])
            continue;
        moved++;
        assert_false(n->edit.pinned);
        assert_true(distance(new, n) < AROUND);
    }
    assert_in_range(moved, 1, SIDE * 4);
}

/* A new site hangs on one known router: it is laid out for itself, and set down
 * beside it as a whole. */
static void new_ones_that_hang_together_stand_together(void **state)
{
    enum { KNOWN = 60, NEW = 25 };
    static const double SHORT = 600;
    uint32_t seed = 5;
    OWNED(map_free) struct map *m = network(TREE, &seed, KNOWN);
    double x[KNOWN], y[KNOWN];

    (void)state;
    lay_out(m);
    for (size_t i = 0; i < KNOWN; i++) {
        x[i] = m->nodes.at[i].x;
        y[i] = m->nodes.at[i].y;
    }
    for (uint32_t i = 0; i < NEW; i++) {
        uint32_t n = add(m, "new", KIND_SWITCH);

        link_to(m, n, i == 0 ? 7 : KNOWN + draw_lot(&seed, i));
    }
    lay_out(m);
    assert_no_overlap(m, m->name);
    for (size_t i = 0; i < KNOWN; i++)
        assert_true(m->nodes.at[i].x == x[i] && m->nodes.at[i].y == y[i]);
    for (size_t i = 0; i < m->links.count; i++) {
        const struct map_link *l = &m->links.at[i];

        double length = distance(&m->nodes.at[l->a], &m->nodes.at[l->b]);
        if (l->a >= KNOWN && l->b >= KNOWN && length > SHORT)
            fail_msg("%s is %.0f points from %s", m->nodes.at[l->a].id, length,
                     m->nodes.at[l->b].id);
    }
}

/* A spanning tree stands below its root, level by level; what is blocked does
 * not count. */
static void a_spanning_tree_stands_below_its_root(void **state)
{
    enum { BRIDGES = 120 };
    uint32_t seed = 3, parent[BRIDGES];
    OWNED(map_free) struct map *m = map_new("stp-n-0", MAP_TREE);

    (void)state;
    for (uint32_t i = 0; i < BRIDGES; i++) {
        (void)add(m, "n", KIND_SWITCH);
        parent[i] = i == 0 ? 0 : draw_lot(&seed, i < 8 ? i : 8);
        link_to(m, i, parent[i]);
    }
    m->nodes.at[0].focus = true;
    for (uint32_t i = 20; i < BRIDGES; i += 5) {
        link_to(m, i, 0);
        m->links.at[m->links.count - 1].state = LINK_BLOCKED;
    }
    lay_out(m);
    assert_no_overlap(m, m->name);
    for (uint32_t i = 1; i < BRIDGES; i++)
        assert_true(m->nodes.at[i].y < m->nodes.at[parent[i]].y - 40);
}

/* ---- large ones ---- */

/* A fat tree of pods of k/2 + k/2 switches below (k/2)^2 cores. */
static struct map *fat_tree(uint32_t k)
{
    struct map *m = map_new("fat tree", MAP_PHYSICAL);
    uint32_t half = k / 2, cores = half * half;

    for (uint32_t i = 0; i < cores; i++)
        (void)add(m, "core", KIND_L3SWITCH);
    for (uint32_t pod = 0; pod < k; pod++) {
        uint32_t first = (uint32_t)m->nodes.count;

        for (uint32_t i = 0; i < half; i++)
            (void)add(m, "agg", KIND_L3SWITCH);
        for (uint32_t i = 0; i < half; i++)
            (void)add(m, "edge", KIND_SWITCH);
        for (uint32_t i = 0; i < half; i++)
            for (uint32_t j = 0; j < half; j++) {
                link_to(m, first + i, first + half + j);
                link_to(m, first + i, i * half + j);
            }
    }
    return m;
}

static void fold(struct map *m)
{
    struct topo_input none = {.devices = NULL};
    struct map_sources from = {.input = &none};

    map_cluster(m, &from, false);
    map_fold(m);
}

/* Each pod is one cloud, and so are the cores. */
static void a_fat_tree_folds_into_its_pods(void **state)
{
    enum { K = 24 };
    OWNED(map_free) struct map *m = fat_tree(K);

    (void)state;
    size_t devices = m->nodes.count;
    fold(m);
    assert_int_equal(map_shown_count(m), K + 1);
    for (size_t i = 0; i < devices; i++)
        assert_true(m->nodes.at[i].folded);
    lay_out(m);
    assert_no_overlap(m, "fat tree");
}

/* Each cloud leads into the map of its inside, where its neighbors stand as one
 * node each and lead on; the cores neighbor all pods. */
static void clouds_lead_into_their_maps(void **state)
{
    enum { K = 24 };
    OWNED(map_free) struct map *m = fat_tree(K);
    size_t pods = 0;

    (void)state;
    fold(m);
    uint32_t pod = map_cloud_of(m, &m->nodes.at[K * K / 4]);
    assert_true(pod != UINT32_MAX);
    const char *cores = m->nodes.at[map_cloud_of(m, &m->nodes.at[0])].leads;
    OWNED(map_free) struct map *inside = map_copy(m);
    assert_true(map_cut_inside(inside, inside->nodes.at[pod].leads));
    map_fold(inside);
    assert_int_equal(map_shown_count(inside), K + 1);
    assert_string_equal(inside->nodes.at[inside->nodes.count - 1].leads, cores);
    assert_true(map_cut_inside(m, cores));
    for (size_t i = 0; i < m->nodes.count; i++)
        pods += strcmp(m->nodes.at[i].note, "outside") == 0;
    assert_int_equal(pods, K);
    assert_false(map_cut_inside(m, "cloud-nowhere"));
}

/* Everything is called otherwise: each cloud is the one that it was, and leads
 * into the same map. */
static void clouds_stay_the_same_whatever_their_members_are_called(void **state)
{
    enum { K = 24 };
    OWNED(map_free) struct map *before = fat_tree(K);
    OWNED(map_free) struct map *after = fat_tree(K);
    struct topo_input none = {.devices = NULL};
    struct map_sources from = {.input = &none, .known = before};
    char label[64];

    (void)state;
    size_t devices = before->nodes.count;
    fold(before);
    for (size_t i = 0; i < devices; i++) {
        struct map_node *n = &after->nodes.at[i];

        snprintf(label, sizeof label, "dc9-%s", n->id);
        n->label = map_keep(after, label);
    }
    map_cluster(after, &from, false);
    for (size_t i = 0; i < devices; i++) {
        const struct map_node *was = &before->nodes.at[i];
        const struct map_node *is = &after->nodes.at[i];
        uint32_t x = map_cloud_of(before, was), y = map_cloud_of(after, is);

        assert_true(x != UINT32_MAX && y != UINT32_MAX);
        assert_string_equal(is->cloud, was->cloud);
        assert_string_equal(after->nodes.at[y].leads,
                            before->nodes.at[x].leads);
    }
}

static void what_is_small_does_not_fold(void **state)
{
    OWNED(map_free) struct map *m = fat_tree(8);

    (void)state;
    size_t devices = m->nodes.count;
    fold(m);
    assert_int_equal(m->nodes.count, devices);
}

/* Whatever its shape, a network of ten thousand can be looked at; and so can
 * each cloud of it. */
static void ten_thousand_fold_into_what_can_be_looked_at(void **state)
{
    enum { COUNT = 10000, AT_ONCE = 320 };

    (void)state;
    for (int shape = 0; shape < SHAPES; shape++) {
        uint32_t seed = 5;
        OWNED(map_free)
        struct map *m = network((enum shape)shape, &seed, COUNT);

        for (size_t i = 0; i < m->nodes.count; i++)
            m->nodes.at[i].label = "";
        fold(m);
        if (map_shown_count(m) > AT_ONCE)
            fail_msg("%s: %zu nodes to look at", m->name, map_shown_count(m));
        lay_out(m);
        assert_no_overlap(m, m->name);
    }
}

static int set_up(void **state)
{
    (void)state;
    renderer = renderer_new();
    return renderer != NULL ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    renderer_free(renderer);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_overlaps_whatever_the_shape),
        cmocka_unit_test(the_same_network_is_laid_out_the_same),
        cmocka_unit_test(known_positions_stay),
        cmocka_unit_test(
            new_ones_get_room_and_only_their_surroundings_give_way),
        cmocka_unit_test(new_ones_that_hang_together_stand_together),
        cmocka_unit_test(a_spanning_tree_stands_below_its_root),
        cmocka_unit_test(a_fat_tree_folds_into_its_pods),
        cmocka_unit_test(clouds_lead_into_their_maps),
        cmocka_unit_test(
            clouds_stay_the_same_whatever_their_members_are_called),
        cmocka_unit_test(what_is_small_does_not_fold),
        cmocka_unit_test(ten_thousand_fold_into_what_can_be_looked_at),
    };

    return cmocka_run_group_tests_name("layout", tests, set_up, tear_down);
}
