/* Who explains whom: the first that is down on every way, unless it lets others
 * pass. */
#include "station/causes.h"

#include "base/mem.h"
#include "topology/dominators.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* root(0) - core(1) - dist(2) - access(3); core - edge(4); far(5): no way. */
enum { ROOT, CORE, DIST, ACCESS, EDGE, FAR, NODES };
static const uint32_t above[NODES] = {ABOVE_NONE, ROOT, CORE,
                                      DIST,       CORE, ABOVE_NONE};

static void it_is_the_first_that_is_down(void **state)
{
    static const struct {
        const char *name;
        const char *nodes; /* D: down, u: answered before, U: answers since */
        uint32_t causes[NODES];
    } cases[] = {
        {"all is well",
         "uuuuuu",
         {ABOVE_NONE, ABOVE_NONE, ABOVE_NONE, ABOVE_NONE, ABOVE_NONE,
          ABOVE_NONE}},
        {"one alone is its own cause",
         "uuuDuu",
         {ABOVE_NONE, ABOVE_NONE, ABOVE_NONE, ACCESS, ABOVE_NONE, ABOVE_NONE}},
        {"all behind the core, told or not yet told",
         "UDuDDu",
         {ABOVE_NONE, CORE, CORE, CORE, CORE, ABOVE_NONE}},
        {"two beside each other",
         "UUDDDU",
         {ABOVE_NONE, ABOVE_NONE, DIST, DIST, EDGE, ABOVE_NONE}},
        {"a core that lets others pass explains nothing but itself",
         "UDDDUu",
         {ABOVE_NONE, CORE, DIST, DIST, ABOVE_NONE, ABOVE_NONE}},
        {"where no way leads to, nothing explains it",
         "UDDDDD",
         {ABOVE_NONE, CORE, CORE, CORE, CORE, FAR}},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct cause_state states[NODES];

        for (size_t n = 0; n < NODES; n++)
            states[n] = (struct cause_state){
                .down = cases[i].nodes[n] == 'D',
                .since = {1000},
                .seen = {cases[i].nodes[n] == 'U' ? 2000 : 500}};
        OWNED(free) char *found = (char *)causes_by_node(above, states, NODES);
        if (memcmp(found, cases[i].causes, sizeof cases[i].causes) != 0)
            fail_msg("%s", cases[i].name);
    }
}

static void without_a_way_each_is_its_own_cause(void **state)
{
    struct cause_state states[2] = {{.down = true, .since = {1}},
                                    {.seen = {2}}};
    uint32_t *found = causes_by_node(NULL, states, 2);

    (void)state;
    assert_int_equal(found[0], 0);
    assert_int_equal(found[1], ABOVE_NONE);
    free(found);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_the_first_that_is_down),
        cmocka_unit_test(without_a_way_each_is_its_own_cause),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
