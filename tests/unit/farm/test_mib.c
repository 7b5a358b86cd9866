/* What every generated agent serves: a tree in order, whole, and the same
 * whether it is walked or asked. */
#include "tests/farm/farm.h"
#include "tests/farm/plan.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { BASE = 0x7f100001, NOW_MS = 5000, VARIABLES_MAX = 200000 };

struct fixture {
    struct farm *farm;
    struct view view;
    uint8_t engine[ENGINE_ID_LEN];
};

static void fixture_make(struct fixture *x, const char *plan, uint32_t devices)
{
    struct network *net = plan_make(plan_find(plan), 7, BASE, devices, 24);

    net->sessions = true;
    x->farm = farm_new(net, BASE, 7);
}

static void fixture_look(struct fixture *x, uint32_t agent)
{
    farm_view(x->farm, agent, NOW_MS, x->engine, &x->view);
}

static const struct {
    const char *plan;
    uint32_t devices;
} plans[] = {
    {"campus", 12},   {"campus", 120}, {"fat-tree", 5},
    {"fat-tree", 90}, {"ring", 1},     {"ring", 2},
    {"ring", 60},     {"random", 2},   {"random", 90},
};

/* Walks the whole tree by mib_advance; each name must be above the one before
 * and be what mib_after and mib_find give. */
static unsigned walk_all(struct fixture *x)
{
    struct oid_store before = {.len = 0}, name;
    struct spot at, again;
    struct value value, other;
    unsigned count = 0;
    bool has_object;
    bool more =
        mib_after(x->farm->mib, &x->view, oid_view(&before), &at, &value);

    while (more) {
        mib_name(x->farm->mib, &x->view, &at, &name);
        assert_true(oid_compare(oid_view(&before), oid_view(&name)) < 0);
        assert_true(mib_after(x->farm->mib, &x->view, oid_view(&before), &again,
                              &other));
        assert_memory_equal(&at, &again, sizeof at);
        assert_true(mib_find(x->farm->mib, &x->view, oid_view(&name), &again,
                             &other, &has_object));
        assert_int_equal(value.type, other.type);
        assert_true(value_exists(&other));
        before = name;
        assert_true(++count < VARIABLES_MAX);
        more = mib_advance(x->farm->mib, &x->view, &at, &value);
    }
    return count;
}

static void every_agent_of_every_network_is_in_order(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(plans); i++) {
        struct fixture x;

        print_message("%s of %u\n", plans[i].plan, plans[i].devices);
        fixture_make(&x, plans[i].plan, plans[i].devices);
        assert_int_equal(x.farm->agents.count, plans[i].devices);
        for (uint32_t d = 0; d < x.farm->agents.count; d++) {
            fixture_look(&x, d);
            assert_true(walk_all(&x) > 60);
        }
        farm_free(x.farm);
    }
}

static void renumbered_agents_are_in_order_too(void **state)
{
    (void)state;
    struct fixture x;

    fixture_make(&x, "campus", 40);
    for (uint32_t d = 0; d < x.farm->agents.count; d++) {
        fixture_look(&x, d);
        unsigned before = walk_all(&x);

        farm_renumber(x.farm, d);
        fixture_look(&x, d);
        assert_int_equal(walk_all(&x), before);
    }
    farm_free(x.farm);
}

static struct value ask(struct fixture *x, struct oid name)
{
    struct spot at;
    struct value value = {0};
    bool has_object;

    (void)mib_find(x->farm->mib, &x->view, name, &at, &value, &has_object);
    return value;
}

static void ports_keep_names_when_indexes_move(void **state)
{
    (void)state;
    struct fixture x;
    char before[64], after[64];
    uint32_t moved = 0;

    fixture_make(&x, "ring", 20);
    fixture_look(&x, 0);
    uint32_t interfaces = x.view.interfaces;

    for (uint32_t rank = 0; rank < interfaces; rank++) {
        fixture_look(&x, 0);
        uint32_t index = rank_if_index(&x.view, rank);

        slot_name(&x.view, rank_slot(&x.view, rank), before, sizeof before);
        x.view.shift = 1;
        assert_int_equal(rank_if_index(&x.view, rank), index);
        slot_name(&x.view, rank_slot(&x.view, rank), after, sizeof after);
        moved += strcmp(before, after) != 0;
        assert_int_equal(slot_rank(&x.view, rank_slot(&x.view, rank)), rank);
    }
    assert_int_equal(moved, interfaces);
    farm_free(x.farm);
}

static void every_interface_has_its_columns(void **state)
{
    (void)state;
    struct fixture x;

    fixture_make(&x, "campus", 60);
    for (uint32_t d = 0; d < x.farm->agents.count; d++) {
        fixture_look(&x, d);
        struct value number = ask(&x, OID(1, 3, 6, 1, 2, 1, 2, 1, 0));

        assert_int_equal(number.integer, x.view.interfaces);
        for (uint32_t rank = 0; rank < x.view.interfaces; rank++) {
            uint32_t index = rank_if_index(&x.view, rank);

            for (uint32_t column = 1; column <= 22; column++)
                assert_true(
                    ask(&x, OID(1, 3, 6, 1, 2, 1, 2, 2, 1, column, index))
                        .type != VALUE_NONE);
        }
    }
    farm_free(x.farm);
}

static const struct {
    const char *name;
    struct oid oid;
    bool has_object;
} absent[] = {
    {"no such object", OID_INIT(1, 3, 6, 1, 2, 1, 99999, 1, 0), false},
    {"no such instance", OID_INIT(1, 3, 6, 1, 2, 1, 2, 2, 1, 2, 77777), true},
    {"scalar without its 0", OID_INIT(1, 3, 6, 1, 2, 1, 1, 5), true},
    {"scalar with 1", OID_INIT(1, 3, 6, 1, 2, 1, 1, 5, 1), true},
    {"before all", OID_INIT(0, 0), false},
    {"after all", OID_INIT(2, 999), false},
};

static void what_is_not_there_is_told_apart(void **state)
{
    (void)state;
    struct fixture x;

    fixture_make(&x, "ring", 9);
    fixture_look(&x, 0);
    for (size_t i = 0; i < COUNT_OF(absent); i++) {
        struct spot at;
        struct value value;
        bool has_object;

        print_message("%s\n", absent[i].name);
        assert_false(mib_find(x.farm->mib, &x.view, absent[i].oid, &at, &value,
                              &has_object));
        assert_int_equal(has_object, absent[i].has_object);
    }
    farm_free(x.farm);
}

/* Walks a column, counting steps up to limit, and those that go back. */
static unsigned walk_column(struct fixture *x, struct oid column,
                            unsigned limit, unsigned *back)
{
    struct oid_store before, name;
    struct spot at;
    struct value value;
    unsigned steps = 0;

    *back = 0;
    oid_copy(&before, column);
    while (steps < limit &&
           mib_after(x->farm->mib, &x->view, oid_view(&before), &at, &value)) {
        mib_name(x->farm->mib, &x->view, &at, &name);
        if (!oid_begins(oid_view(&name), column))
            break;
        *back += oid_compare(oid_view(&name), oid_view(&before)) <= 0;
        before = name;
        steps++;
    }
    return steps;
}

static void faults_of_tables_do_what_they_say(void **state)
{
    (void)state;
    const struct oid if_descr = OID(1, 3, 6, 1, 2, 1, 2, 2, 1, 2);
    const struct oid arp = OID(1, 3, 6, 1, 2, 1, 4, 22, 1, 2);
    struct fixture x;
    unsigned back;

    fixture_make(&x, "ring", 20);
    fixture_look(&x, 0);
    unsigned rows = walk_column(&x, if_descr, 5000, &back);

    assert_int_equal(rows, x.view.interfaces);
    assert_int_equal(back, 0);

    x.view.faults = VIEW_BACKWARDS; /* each row still comes once */
    assert_int_equal(walk_column(&x, if_descr, 5000, &back), rows);
    assert_true(back > 0);

    x.view.faults = VIEW_LOOP;
    assert_int_equal(walk_column(&x, if_descr, 5000, &back), 5000);
    assert_true(back > 10);

    x.view.faults = VIEW_ENDLESS; /* always upwards, never an end */
    assert_int_equal(walk_column(&x, arp, 5000, &back), 5000);
    assert_int_equal(back, 0);
    assert_int_equal(walk_column(&x, if_descr, 5000, &back), rows);
    farm_free(x.farm);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_agent_of_every_network_is_in_order),
        cmocka_unit_test(renumbered_agents_are_in_order_too),
        cmocka_unit_test(ports_keep_names_when_indexes_move),
        cmocka_unit_test(every_interface_has_its_columns),
        cmocka_unit_test(what_is_not_there_is_told_apart),
        cmocka_unit_test(faults_of_tables_do_what_they_say),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
