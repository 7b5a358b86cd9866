/* Through which nodes all ways lead, against leaving out one after another. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "topology/dominators.h"

/* "r-a a-b! ..." : nodes are letters, an upper case one ends what it is in
 * (an end device); behind a link: ! down, ? doubtful, # blocked, = of layer 3.
 */
static struct topology *graph(const char *text)
{
    struct topology *t = mem_new(struct topology);
    uint32_t node[128];

    t->refs = 1;
    t->arena = arena_new();
    memset(node, 0xff, sizeof node);
    for (const char *c = text; *c != '\0';) {
        struct topo_link l = {.layer = 2, .a_port = "", .b_port = ""};
        uint32_t ends[2];

        for (int i = 0; i < 2; i++, c += 2) {
            uint32_t *n = &node[(unsigned char)*c];
            if (*n == UINT32_MAX) {
                *n = (uint32_t)t->nodes.count;
                *array_add(&t->nodes) = (struct topo_node){
                    .name = arena_text_of(t->arena, c, 1),
                    .descr = "",
                    .kind = *c >= 'A' && *c <= 'Z'   ? KIND_SERVER
                            : *c >= '0' && *c <= '9' ? KIND_CLOUD
                            : *c == 'r'              ? KIND_ROUTER
                                                     : KIND_SWITCH};
            }
            ends[i] = *n;
        }
        c--;
        l.a = ends[0];
        l.b = ends[1];
        for (; *c != '\0' && *c != ' '; c++) {
            l.state = *c == '!'   ? LINK_DOWN
                      : *c == '?' ? LINK_CANDIDATE
                      : *c == '#' ? LINK_BLOCKED
                                  : l.state;
            l.layer = *c == '=' ? 3 : l.layer;
        }
        c += *c == ' ';
        *array_add(&t->links) = l;
    }
    return t;
}

static uint32_t named(const struct topology *t, char name)
{
    for (uint32_t i = 0; i < t->nodes.count; i++)
        if (t->nodes.at[i].name[0] == name)
            return i;
    return UINT32_MAX;
}

/* Those above a node, nearest to the root first; "-" where it is not reached.
 */
static void above_text(const struct topology *t, const uint32_t *above,
                       uint32_t node, char *out)
{
    char turned[64];
    size_t n = 0;

    for (uint32_t at = above[node]; at != ABOVE_NONE; at = above[at])
        turned[n++] = t->nodes.at[at].name[0];
    for (size_t i = 0; i < n; i++)
        out[i] = turned[n - 1 - i];
    strcpy(out + n, n == 0 ? "-" : "");
}

static void ways_are_weighed(void **state)
{
    static const struct {
        const char *name, *links;
        char node;
        const char *above;
    } cases[] = {
        {"a chain", "r-a a-b b-C", 'C', "rab"},
        {"a ring has two ways", "r-a a-b b-c c-a c-D", 'D', "rac"},
        {"a blocked cable is a way", "r-a a-b b-c# c-r", 'b', "r"},
        {"a cable that is down is none where there is another", "r-a a-b r-b!",
         'b', "ra"},
        {"but leads to what is not reached else", "r-a a-b! b-C", 'C', "rab"},
        {"a doubtful one goes before one that is down", "r-a a-c? r-c!", 'c',
         "ra"},
        {"two legs hang on what both have in common", "r-a a-b a-c b-D c-D",
         'D', "ra"},
        {"a host passes nothing on", "r-a a-H H-b a-c c-b", 'b', "rac"},
        {"layer 3 is no shortcut", "r-a a-b r-1= b-1=", 'b', "ra"},
        {"it fills a gap", "r-a r-1= b-1= b-C", 'C', "r1b"},
        {"a switch does not route", "r-a a-1= b-1=", 'b', "-"},
        {"not reached at all", "r-a b-c", 'c', "-"},
        {"the root has nobody above", "r-a", 'r', "-"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct topology *t = graph(cases[i].links);
        uint32_t *above = topology_dominators(t, named(t, 'r'));
        char text[64];

        above_text(t, above, named(t, cases[i].node), text);
        if (strcmp(text, cases[i].above) != 0)
            print_error("%s:\n", cases[i].name);
        assert_string_equal(text, cases[i].above);
        free(above);
        topology_unref(t);
    }
}

/* ---- random graphs ---- */

enum { NODES = 24, GRAPHS = 400 };

static uint64_t random_next(uint64_t *x)
{
    *x ^= *x << 13;
    *x ^= *x >> 7;
    *x ^= *x << 17;
    return *x;
}

static struct topology *random_graph(uint64_t seed)
{
    struct topology *t = mem_new(struct topology);
    uint64_t x = seed * 2654435761u + 88172645463325252u;
    size_t links = 1 + random_next(&x) % (2 * (size_t)NODES);

    t->refs = 1;
    t->arena = arena_new();
    for (int i = 0; i < NODES; i++)
        *array_add(&t->nodes) = (struct topo_node){
            .name = "",
            .descr = "",
            .kind = random_next(&x) % 8 == 0 ? KIND_HOST : KIND_SWITCH};
    for (size_t i = 0; i < links; i++)
        *array_add(&t->links) =
            (struct topo_link){.a = (uint32_t)(random_next(&x) % NODES),
                               .b = (uint32_t)(random_next(&x) % NODES),
                               .a_port = "",
                               .b_port = "",
                               .layer = 2};
    return t;
}

static void reach(const struct topology *t, uint32_t root, uint32_t without,
                  bool *reached)
{
    bool more = true;

    memset(reached, 0, NODES);
    reached[root] = root != without;
    while (more) {
        more = false;
        for (size_t i = 0; i < 2 * t->links.count; i++) {
            const struct topo_link *l = &t->links.at[i / 2];
            uint32_t from = i % 2 ? l->a : l->b, to = i % 2 ? l->b : l->a;
            bool passes = from == root || t->nodes.at[from].kind == KIND_SWITCH;

            if (!reached[from] || !passes || reached[to] || to == without)
                continue;
            reached[to] = more = true;
        }
    }
}

static bool is_above(const uint32_t *above, uint32_t which, uint32_t node)
{
    for (uint32_t at = above[node]; at != ABOVE_NONE; at = above[at])
        if (at == which)
            return true;
    return false;
}

static void as_leaving_out_one_after_another(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= GRAPHS; seed++) {
        struct topology *t = random_graph(seed);
        uint32_t root = (uint32_t)(seed % NODES);
        uint32_t *above = topology_dominators(t, root);
        bool all[NODES], without[NODES];

        reach(t, root, UINT32_MAX, all);
        for (uint32_t n = 0; n < NODES; n++)
            assert_int_equal(all[n] && n != root, above[n] != ABOVE_NONE);
        for (uint32_t out = 0; out < NODES; out++) {
            reach(t, root, out, without);
            for (uint32_t n = 0; n < NODES; n++)
                if (n != out && n != root && all[n])
                    assert_int_equal(!without[n], is_above(above, out, n));
        }
        free(above);
        topology_unref(t);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ways_are_weighed),
        cmocka_unit_test(as_leaving_out_one_after_another),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
