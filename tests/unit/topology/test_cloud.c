/* Clouds: who is in, what a collapsed one shows, and what an open one gives
 * back. */
#include "topology/draw.h"
#include "topology/layout.h"
#include "topology/map_doc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static struct map_node *node(struct map *m, const char *id)
{
    uint32_t at = map_find_node(m, id);

    assert_true(at != UINT32_MAX);
    return &m->nodes.at[at];
}

static void add(struct map *m, const char *id, const char *address,
                enum map_state state)
{
    struct map_node *n = map_add_node(m, id);

    n->origin = MAP_DEVICE;
    n->address = map_keep(m, address);
    n->state = state;
    n->placed = true;
    n->x = 100 * (double)m->nodes.count;
}

static void cloud(struct map *m, const char *id, const char *within)
{
    struct map_node *n = map_add_node(m, id);

    n->origin = MAP_CLOUD;
    n->kind = KIND_CLOUD;
    n->within = map_keep(m, within);
    n->collapsed = true;
}

static struct map_link *join(struct map *m, const char *a, const char *b,
                             uint64_t speed, double load)
{
    struct map_link *l =
        map_add_link(m, map_find_node(m, a), map_find_node(m, b));

    l->kind = LINK_P2P;
    l->state = LINK_CONFIRMED;
    l->speed_bps = speed;
    l->load_ab = load;
    l->a_port = "p1";
    l->b_port = "p2";
    return l;
}

/* core - a1, core - a2, a1 - a2, core - b1; a segment between a1 and a2. */
static struct map *campus(void)
{
    struct map *m = map_new("campus", MAP_PHYSICAL);

    add(m, "core", "192.0.2.1", MAP_UP);
    add(m, "a1", "198.51.100.1", MAP_UP);
    add(m, "a2", "198.51.100.2", MAP_WARNING);
    add(m, "b1", "203.0.113.1", MAP_DOWN);
    map_add_node(m, "hub")->origin = MAP_SEGMENT;
    join(m, "core", "a1", 1000000000, 0.5);
    join(m, "a2", "core", 3000000000, NAN)->load_ba = 0.1;
    join(m, "a1", "a2", 1000000000, 0.9);
    join(m, "core", "b1", 1000000000, NAN)->state = LINK_DOWN;
    join(m, "a1", "hub", 0, NAN);
    join(m, "hub", "a2", 0, NAN);
    return m;
}

/* The one shown link between two nodes. */
static const struct map_link *shown(struct map *m, const char *a, const char *b)
{
    const struct map_link *found = NULL;

    for (size_t i = 0; i < m->links.count; i++) {
        const struct map_link *l = &m->links.at[i];
        const char *x = m->nodes.at[l->a].id, *y = m->nodes.at[l->b].id;

        if (!map_link_is_shown(m, l) ||
            !((strcmp(x, a) == 0 && strcmp(y, b) == 0) ||
              (strcmp(x, b) == 0 && strcmp(y, a) == 0)))
            continue;
        assert_null(found);
        found = l;
    }
    return found;
}

static size_t count_shown(const struct map *m)
{
    size_t count = 0;

    for (size_t i = 0; i < m->links.count; i++)
        count += map_link_is_shown(m, &m->links.at[i]);
    return count;
}

static void collapsed_cloud_has_worst_state_and_summed_links(void **state)
{
    OWNED(map_free) struct map *m = campus();

    (void)state;
    cloud(m, "A", "");
    node(m, "a1")->cloud = node(m, "a2")->cloud = node(m, "hub")->cloud = "A";
    map_fold(m);
    assert_true(node(m, "a1")->folded && node(m, "hub")->folded);
    assert_int_equal(node(m, "A")->state, MAP_WARNING);
    assert_string_equal(node(m, "A")->words, "2/2 up");
    const struct map_link *sum = shown(m, "A", "core");
    assert_non_null(sum);
    assert_int_equal(sum->summed, 2);
    assert_true(sum->speed_bps == 4000000000);
    assert_int_equal(sum->kind, LINK_BUNDLE);
    /* From the core: half of 1G and a tenth of 3G. */
    assert_string_equal(m->nodes.at[sum->a].id, "core");
    assert_true(fabs(sum->load_ab - 0.8 / 4) < 1e-9);
    assert_true(isnan(sum->load_ba));
    assert_int_equal(count_shown(m), 2); /* and core - b1 */
}

static void
folding_again_changes_nothing_and_opening_gives_all_back(void **state)
{
    OWNED(map_free) struct map *m = campus();
    size_t links = m->links.count;

    (void)state;
    cloud(m, "A", "198.51.100.0/24");
    map_fold(m);
    size_t folded = m->links.count;
    map_fold(m);
    assert_int_equal(m->links.count, folded);
    node(m, "A")->collapsed = false;
    map_fold(m);
    assert_int_equal(m->links.count, links);
    assert_int_equal(count_shown(m), links);
    assert_false(map_node_is_shown(node(m, "A"))); /* a coast, no plate */
}

static void a_prefix_takes_who_has_its_address_there_now(void **state)
{
    OWNED(map_free) struct map *m = campus();

    (void)state;
    cloud(m, "wide", "198.51.0.0/16");
    cloud(m, "A", "198.51.100.0/24");
    map_fold(m);
    assert_string_equal(node(m, "a1")->cloud, "A");  /* the longest */
    assert_string_equal(node(m, "hub")->cloud, "A"); /* hangs on these alone */
    assert_string_equal(node(m, "core")->cloud, "");
    node(m, "a1")->address = "198.51.7.1";
    node(m, "b1")->address = "198.51.100.9";
    map_fold(m);
    assert_string_equal(node(m, "a1")->cloud, "wide");
    assert_string_equal(node(m, "b1")->cloud, "A");
    assert_string_equal(node(m, "hub")->cloud, "");
}

/* What is known by an address elsewhere is in if half of all it has are there:
 * a switch with two is, a router with one in each of many subnets is not. */
static void a_prefix_takes_who_has_half_of_its_addresses_there(void **state)
{
    static const struct {
        const char *addresses, *cloud;
    } cases[] = {
        {"198.51.100.9", "A"},
        {"198.51.100.9 203.0.113.9", ""},
        {"198.51.100.9 198.51.100.10 203.0.113.9", "A"},
        {"198.51.100.9 198.51.7.1 203.0.113.9 203.0.113.10", ""},
        {"  nonsense 198.51.100.300 198.51.100.9", "A"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        OWNED(map_free) struct map *m = campus();

        cloud(m, "A", "198.51.100.0/24");
        node(m, "core")->addresses = cases[i].addresses;
        map_fold(m);
        assert_string_equal(node(m, "core")->cloud, cases[i].cloud);
        node(m, "core")->address = "198.51.100.1"; /* what it is known by */
        map_fold(m);
        assert_string_equal(node(m, "core")->cloud, "A");
    }
}

static void clouds_nest_and_the_outermost_collapsed_one_stands(void **state)
{
    OWNED(map_free) struct map *m = campus();

    (void)state;
    cloud(m, "outer", "");
    cloud(m, "inner", "");
    node(m, "inner")->cloud = "outer";
    node(m, "a1")->cloud = "inner";
    node(m, "b1")->cloud = "outer";
    map_fold(m);
    assert_true(node(m, "inner")->folded);
    assert_int_equal(node(m, "outer")->state, MAP_DOWN);
    assert_string_equal(node(m, "outer")->words, "1/2 up");
    assert_non_null(shown(m, "outer", "a2"));
    node(m, "outer")->collapsed = false;
    map_fold(m);
    assert_false(node(m, "inner")->folded);
    assert_non_null(shown(m, "inner", "a2"));
    assert_null(shown(m, "outer", "a2"));
    node(m, "outer")->cloud = "inner"; /* in a circle: ends nevertheless */
    map_fold(m);
}

static void clouds_survive_writing(void **state)
{
    OWNED(map_free) struct map *m = campus();
    struct buffer OWNED_BUFFER first = {0};
    struct buffer OWNED_BUFFER second = {0};
    struct map *read = NULL;

    (void)state;
    cloud(m, "A", "198.51.100.0/24");
    node(m, "A")->leads = "prefix-198.51.100.0-24";
    map_fold(m);
    map_write(m, &first);
    assert_int_equal(map_read("campus", first.at, first.len, &read, NULL), 0);
    OWNED(map_free) struct map *again = read;
    assert_int_equal(again->links.count, m->links.count);
    assert_string_equal(node(again, "A")->leads, "prefix-198.51.100.0-24");
    assert_true(node(again, "a1")->folded && node(again, "a1")->joined);
    map_write(again, &second);
    assert_string_equal(first.at, second.at);
}

static int no_engine(void *arg, enum layout_engine which,
                     struct layout_skeleton *s, struct complaint *why)
{
    (void)arg;
    (void)which;
    (void)s;
    (void)why;
    fail();
    return -1;
}

/* It stands where its members were, and the rest stays. */
static void cloud_stands_amid_its_members(void **state)
{
    OWNED(map_free) struct map *m = campus();
    struct buffer OWNED_BUFFER picture = {0};
    struct draw_options options = {.icons = "icons"};

    (void)state;
    node(m, "hub")->placed = true;
    node(m, "hub")->x = 250;
    cloud(m, "A", "198.51.100.0/24");
    node(m, "A")->label = "west wing";
    map_fold(m);
    assert_int_equal(layout_map(m, no_engine, NULL, NULL), 0);
    assert_true(fabs(node(m, "A")->x - 250) < 1);
    assert_true(node(m, "core")->x == 100);
    draw_map(m, &options, &picture);
    assert_non_null(strstr(picture.at, "kind/cloud"));
    assert_non_null(strstr(picture.at, "2/2 up"));
    assert_null(strstr(picture.at, "class=\"coast\""));
    node(m, "A")->collapsed = false;
    map_fold(m);
    buffer_clear(&picture);
    draw_map(m, &options, &picture);
    assert_non_null(strstr(picture.at, "class=\"coast\""));
    assert_non_null(strstr(picture.at, "west wing"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(collapsed_cloud_has_worst_state_and_summed_links),
        cmocka_unit_test(
            folding_again_changes_nothing_and_opening_gives_all_back),
        cmocka_unit_test(a_prefix_takes_who_has_its_address_there_now),
        cmocka_unit_test(a_prefix_takes_who_has_half_of_its_addresses_there),
        cmocka_unit_test(clouds_nest_and_the_outermost_collapsed_one_stands),
        cmocka_unit_test(clouds_survive_writing),
        cmocka_unit_test(cloud_stands_amid_its_members),
    };

    return cmocka_run_group_tests_name("cloud", tests, NULL, NULL);
}
