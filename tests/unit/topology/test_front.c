/* Where ports sit on the front of their device. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "topology/front.h"

enum { CHASSIS = 3, CONTAINER = 5, MODULE = 9, PORT = 10 };

/* A part: class 0 ends a list. */
struct part {
    int32_t class;
    uint32_t index, in;
    int32_t position;
    uint32_t if_index;
    const char *name;
};

static struct facts *facts_of(const struct part *parts)
{
    struct facts *f = facts_new();

    for (size_t i = 0; parts[i].class != 0; i++)
        *array_add(&f->entities) = (struct entity){
            .index = parts[i].index,
            .contained_in = parts[i].in,
            .class = parts[i].class,
            .position = parts[i].position,
            .if_index = parts[i].if_index,
            .name = parts[i].name != NULL ? parts[i].name : "",
            .descr = "what it is",
            .serial = "",
            .model = "",
            .mfg = "",
            .alias = "",
            .hw_rev = "",
            .fw_rev = "",
            .sw_rev = "",
        };
    return f;
}

static void assert_place(const struct front_places *all, uint32_t if_index,
                         uint32_t holder, int32_t position)
{
    const struct front_place *p = front_place_of(all, if_index);

    assert_non_null(p);
    assert_int_equal(p->holder, holder);
    assert_int_equal(p->position, position);
}

static void ports_of_a_card_stand_in_its_order(void **state)
{
    (void)state;
    static const struct part parts[] = {
        {CHASSIS, 1, 0, -1, 0, "Chassis"}, {MODULE, 10, 1, 1, 0, "Slot 1"},
        {PORT, 11, 10, 2, 102, NULL},      {PORT, 12, 10, 1, 101, NULL},
        {MODULE, 20, 1, 2, 0, "Slot 2"},   {PORT, 21, 20, 1, 201, NULL},
        {PORT, 22, 20, 2, 202, NULL},      {0}};
    struct facts *f = facts_of(parts);
    struct front_places all = {0};

    front_places(f, &all);
    assert_int_equal(all.count, 4);
    assert_place(&all, 101, 10, 1);
    assert_place(&all, 102, 10, 2);
    assert_place(&all, 202, 20, 2);
    assert_null(front_place_of(&all, 300));
    assert_string_equal(front_holder_name(f, 10), "Slot 1");
    assert_string_equal(front_holder_name(f, 99), "");
    array_fini(&all);
    facts_unref(f);
}

/* A transceiver has its port at place 0: what counts is its cage. */
static void a_port_in_a_cage_is_where_the_cage_is(void **state)
{
    (void)state;
    static const struct part parts[] = {{CHASSIS, 1, 0, -1, 0, "Switch"},
                                        {CONTAINER, 2, 1, 25, 0, NULL},
                                        {MODULE, 3, 2, 0, 0, "SFP"},
                                        {PORT, 4, 3, 0, 10125, NULL},
                                        {CONTAINER, 5, 1, 26, 0, NULL},
                                        {MODULE, 6, 5, 0, 0, "SFP"},
                                        {PORT, 7, 6, 0, 10126, NULL},
                                        {PORT, 8, 1, 1, 10101, NULL},
                                        {0}};
    struct facts *f = facts_of(parts);
    struct front_places all = {0};

    front_places(f, &all);
    assert_int_equal(all.count, 3);
    assert_place(&all, 10125, 1, 25);
    assert_place(&all, 10126, 1, 26);
    assert_place(&all, 10101, 1, 1);
    array_fini(&all);
    facts_unref(f);
}

static void what_is_said_twice_or_not_at_all_is_no_place(void **state)
{
    (void)state;
    static const struct part parts[] = {
        {CHASSIS, 1, 0, -1, 0, NULL},    {PORT, 2, 1, 0, 101, NULL},
        {PORT, 3, 1, 0, 102, NULL},      {PORT, 4, 1, 5, 103, NULL},
        {MODULE, 10, 1, 1, 0, NULL},     {PORT, 11, 10, -1, 104, NULL},
        {PORT, 12, 10, 7, 105, NULL},    {PORT, 13, 10, 8, 0, NULL},
        {MODULE, 14, 10, 9, 106, "fan"}, {0}};
    struct facts *f = facts_of(parts);
    struct front_places all = {0};

    front_places(f, &all);
    assert_int_equal(all.count, 1);
    assert_place(&all, 105, 10, 7);
    assert_string_equal(front_holder_name(f, 1), "what it is");
    array_fini(&all);
    facts_unref(f);
}

/* Agents have loops: each part in the other. */
static void a_loop_ends(void **state)
{
    (void)state;
    static const struct part parts[] = {{MODULE, 1, 2, 1, 0, NULL},
                                        {MODULE, 2, 1, 2, 0, NULL},
                                        {PORT, 3, 1, 3, 103, NULL},
                                        {PORT, 4, 4, 4, 104, NULL},
                                        {0}};
    struct facts *f = facts_of(parts);
    struct front_places all = {0};

    front_places(f, &all);
    assert_true(all.count <= 2);
    array_fini(&all);
    facts_unref(f);
}

static void nothing_of_a_device_that_tells_nothing(void **state)
{
    (void)state;
    struct facts *f = facts_new();
    struct front_places all = {0};

    front_places(f, &all);
    assert_int_equal(all.count, 0);
    assert_null(front_place_of(&all, 1));
    array_fini(&all);
    facts_unref(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ports_of_a_card_stand_in_its_order),
        cmocka_unit_test(a_port_in_a_cage_is_where_the_cage_is),
        cmocka_unit_test(what_is_said_twice_or_not_at_all_is_no_place),
        cmocka_unit_test(a_loop_ends),
        cmocka_unit_test(nothing_of_a_device_that_tells_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
