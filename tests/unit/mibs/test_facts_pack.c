/* Packed facts say the same in less memory. */
#include "mibs/facts_pack.h"

#include "mibs/facts_json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

enum { PORTS = 48 };

/* A switch whose neighbors all say the same of themselves. */
static struct facts *repetitive(void)
{
    struct facts *f = facts_new();

    f->system.descr = arena_text(f->arena, "Acme switch, version 1");
    f->system.engine_id = arena_bytes(
        f->arena, (struct bytes){(const uint8_t *)"\x80\0\x1f\0\x88", 5});
    for (unsigned i = 0; i < PORTS; i++) {
        struct interface *port = array_add(&f->interfaces);
        struct neighbor *n = array_add(&f->neighbors);
        char name[16];

        (void)snprintf(name, sizeof name, "ge-0/0/%u", i);
        *port = (struct interface){.if_index = i + 1,
                                   .name = arena_text(f->arena, name),
                                   .descr = arena_text(f->arena, name),
                                   .label = arena_text(f->arena, name),
                                   .alias = "",
                                   .duplex = "fullDuplex"};
        *n = (struct neighbor){
            .local_port_num = i + 1,
            .chassis_text = "",
            .port_text = arena_text(f->arena, name),
            .port_descr = "",
            .sys_name = "",
            .sys_descr = arena_text(f->arena, "Acme switch, version 1"),
            .platform = ""};
    }
    return f;
}

static void packed_facts_say_the_same(void **state)
{
    struct facts *f = repetitive();
    struct buffer OWNED_BUFFER before = {0};
    struct buffer OWNED_BUFFER after = {0};
    size_t size = arena_size(f->arena);

    (void)state;
    facts_to_json(f, &before);
    facts_pack(f);
    facts_to_json(f, &after);
    assert_string_equal(before.at, after.at);
    assert_true(arena_size(f->arena) < size / 2);
    assert_int_equal(f->interfaces.room, f->interfaces.count);
    facts_unref(f);
}

static void what_is_equal_is_kept_once(void **state)
{
    struct facts *f = repetitive();

    (void)state;
    facts_pack(f);
    assert_ptr_equal(f->interfaces.at[3].name, f->interfaces.at[3].label);
    assert_ptr_equal(f->interfaces.at[3].name, f->neighbors.at[3].port_text);
    assert_ptr_equal(f->system.descr, f->neighbors.at[PORTS - 1].sys_descr);
    assert_string_equal(f->interfaces.at[4].name, "ge-0/0/4");
    assert_memory_equal(f->system.engine_id.at, "\x80\0\x1f\0\x88", 5);
    facts_unref(f);
}

static void packed_facts_may_still_grow(void **state)
{
    struct facts *f = facts_new();

    (void)state;
    facts_pack(f);
    f->system.name = arena_text(f->arena, "late");
    array_add(&f->interfaces)->if_index = 7;
    assert_string_equal(f->system.name, "late");
    assert_string_equal(f->system.descr, "");
    facts_unref(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(packed_facts_say_the_same),
        cmocka_unit_test(what_is_equal_is_kept_once),
        cmocka_unit_test(packed_facts_may_still_grow),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
