/* Ports that come under another name are recognised by what else tells them,
 * each once, however many they are. */
#include "station/ports.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

static void add(struct facts *f, const char *name, const char *descr,
                const char *alias, uint32_t mac)
{
    struct interface *i = array_add(&f->interfaces);

    i->if_index = (uint32_t)f->interfaces.count;
    i->name = i->label = arena_text(f->arena, name);
    i->descr = arena_text(f->arena, descr);
    i->alias = arena_text(f->arena, alias);
    i->duplex = "";
    i->mac = (struct mac){
        {2, 0, 0, (uint8_t)(mac >> 16), (uint8_t)(mac >> 8), (uint8_t)mac}};
    i->has_hc = true;
}

static void take(struct ports *ps, struct facts *f)
{
    ports_match(ps, f);
    facts_unref(f);
}

static const char *object_of(const struct ports *ps, uint32_t if_index)
{
    return ports_by_index(ps, if_index)->row->object;
}

static void of_ports_with_the_same_marks_each_is_taken_once(void **state)
{
    struct ports *ps = ports_new();
    struct facts *before = facts_new(), *now = facts_new();

    (void)state;
    add(before, "a", "port", "one", 7);
    add(before, "b", "port", "two", 7);
    add(before, "c", "port", "three", 7);
    take(ps, before);
    add(now, "x", "renamed", "one", 8); /* by its alias, before the others */
    add(now, "y", "port", "", 7);
    add(now, "z", "port", "", 7);
    add(now, "new", "port", "", 7);
    take(ps, now);
    assert_int_equal(ports_count(ps), 4);
    assert_string_equal(object_of(ps, 1), "a");
    assert_string_equal(object_of(ps, 2), "b");
    assert_string_equal(object_of(ps, 3), "c");
    assert_string_equal(object_of(ps, 4), "new");
    ports_free(ps);
}

static void an_alias_tells_when_one_port_is_left_of_it(void **state)
{
    struct ports *ps = ports_new();
    struct facts *before = facts_new(), *now = facts_new();

    (void)state;
    add(before, "a", "first", "uplink", 1);
    add(before, "b", "second", "uplink", 2);
    take(ps, before);
    add(now, "x", "other", "uplink", 9); /* one of two: a new port */
    add(now, "y", "first", "uplink", 1);
    add(now, "z", "another", "uplink", 10);
    take(ps, now);
    assert_int_equal(ports_count(ps), 3);
    assert_string_equal(object_of(ps, 1), "x");
    assert_string_equal(object_of(ps, 2), "a");
    assert_string_equal(object_of(ps, 3), "b");
    ports_free(ps);
}

static struct facts *many(const char *what, uint32_t first_mac)
{
    struct facts *f = facts_new();
    char name[32], descr[32];

    for (uint32_t i = 0; i < PORTS_MAX; i++) {
        (void)snprintf(name, sizeof name, "%s%u", what, i);
        (void)snprintf(descr, sizeof descr, "port %u", i);
        add(f, name, descr, "same", first_mac + i);
    }
    return f;
}

/* Processor time, as the machine may be busy; some tenths usually. */
static void many_ports_are_met_and_renamed_in_a_moment(void **state)
{
    struct ports *ps = ports_new();
    struct facts *names[] = {many("eth", 0), many("ge", 0), many("xe", 100000)};
    clock_t begin = clock();

    (void)state;
    ports_match(ps, names[0]);
    ports_match(ps, names[1]); /* others by name */
    assert_string_equal(object_of(ps, PORTS_MAX), "eth65535");
    ports_match(ps, names[2]); /* others altogether: there is no room */
    assert_true(clock() - begin < (clock_t)8 * CLOCKS_PER_SEC);
    assert_int_equal(ports_count(ps), PORTS_MAX);
    for (size_t i = 0; i < COUNT_OF(names); i++)
        facts_unref(names[i]);
    ports_free(ps);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(of_ports_with_the_same_marks_each_is_taken_once),
        cmocka_unit_test(an_alias_tells_when_one_port_is_left_of_it),
        cmocka_unit_test(many_ports_are_met_and_renamed_in_a_moment),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
