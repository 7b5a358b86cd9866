/* Facts at rest take less memory, and say the same when they are opened. */
#include "mibs/facts_pack.h"

#include "mibs/facts_json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

enum { PORTS = 48 };

static struct addr addr_of(const char *text)
{
    struct addr a;

    assert_int_equal(addr_parse(text, &a), 0);
    return a;
}

static void add_port(struct facts *f, unsigned i)
{
    struct interface *port = array_add(&f->interfaces);
    struct neighbor *n = array_add(&f->neighbors);
    struct mac mac = {{2, 0, 0, 0, 1, (uint8_t)i}};
    char name[16];

    (void)snprintf(name, sizeof name, "ge-0/0/%u", i);
    *port = (struct interface){.if_index = i + 1,
                               .name = arena_text(f->arena, name),
                               .descr = arena_text(f->arena, name),
                               .label = i % 2 == 0 ? port->name : NULL,
                               .alias = "",
                               .type = i % 7 == 0 ? -1 : 6,
                               .speed_bps = UINT64_MAX - i % 3,
                               .mac = mac,
                               .mtu = i == 5 ? FACT_UNKNOWN : 1500,
                               .last_change_cs = (int64_t)i * 100000,
                               .duplex = "fullDuplex",
                               .has_hc = i > 3};
    *n = (struct neighbor){.local_port_num = i + 1,
                           .chassis_text = "",
                           .port_text = arena_text(f->arena, name),
                           .port_descr = "",
                           .sys_name = "",
                           .sys_descr =
                               arena_text(f->arena, "Acme switch, version 1"),
                           .platform = "",
                           .chassis_mac = mac,
                           .mgmt = {addr_of("192.0.2.1"), addr_of("fe80::1%3")},
                           .mgmt_count = 2};
    if (i % 3 == 0)
        n->mgmt[--n->mgmt_count] = (struct addr){0};
    *array_add(&f->fdb) = (struct fdb_entry){
        .mac = {{2, 0, 0, 0, 2, (uint8_t)i}}, .if_index = i + 1, .vlan = 7};
}

/* A switch whose neighbors all say the same of themselves. */
static struct facts *repetitive(void)
{
    struct facts *f = facts_new();

    f->system.descr = arena_text(f->arena, "Acme switch, version 1");
    f->system.name = arena_text(f->arena, "sw-1");
    f->system.engine_id = arena_bytes(
        f->arena, (struct bytes){(const uint8_t *)"\x80\0\x1f\0\x88", 5});
    f->system.seen_at = (struct mono){77};
    f->identity.vendor = "Acme";
    f->observed_at = (struct wall){1700000000123};
    *array_add(&f->macs) = (struct mac){{2, 0, 0, 0, 1, 1}};
    *array_add(&f->reports) = (struct table_report){"ifTable", 0, PORTS, {1}};
    *array_add(&f->routes) = (struct route){
        .to = prefix_of(&(struct addr){4, {10, 1, 2, 3}, 0}, 8), .if_index = 2};
    for (unsigned i = 0; i < PORTS; i++)
        add_port(f, i);
    *array_add(&f->sensors) = (struct sensor){.class = "temperature",
                                              .index = "1",
                                              .descr = "Intake",
                                              .unit = "C",
                                              .oid = "",
                                              .value = 21.25,
                                              .state_descr = "",
                                              .state_severity = "",
                                              .group = "",
                                              .low_crit = (double)NAN,
                                              .low_warn = -0.0,
                                              .high_warn = -40,
                                              .high_crit = (double)INFINITY};
    return f;
}

static void assert_same(const struct facts *a, const struct facts *b)
{
    struct buffer OWNED_BUFFER x = {0};
    struct buffer OWNED_BUFFER y = {0};

    facts_to_json(a, &x);
    facts_to_json(b, &y);
    assert_string_equal(x.at, y.at);
}

static void opened_facts_say_the_same(void **state)
{
    struct facts *f = repetitive();
    struct facts *rest = facts_rest(facts_ref(f));
    struct facts *open = facts_open(rest);

    (void)state;
    facts_unref(rest); /* what is open lives on */
    assert_same(open, f);
    for (unsigned i = 0; i < PORTS; i++) {
        const struct interface *port = &open->interfaces.at[i];

        assert_string_equal(interface_label(port),
                            interface_label(&f->interfaces.at[i]));
        assert_true(port->speed_bps == f->interfaces.at[i].speed_bps);
    }
    assert_true(isnan(open->sensors.at[0].low_crit));
    assert_true(isinf(open->sensors.at[0].high_crit));
    assert_true(open->sensors.at[0].value == 21.25);
    assert_int_equal(open->macs.count, 1);
    assert_int_equal(open->system.seen_at.ns, 77);
    assert_int_equal(open->neighbors.at[2].mgmt[1].zone, 3);
    facts_unref(open);
    facts_unref(f);
}

static void facts_at_rest_show_who_it_is_and_count(void **state)
{
    struct facts *rest = facts_rest(repetitive());
    struct facts *reports = facts_open_reports(rest);

    (void)state;
    assert_ptr_equal(facts_rest(rest), rest);
    assert_string_equal(rest->system.name, "sw-1");
    assert_memory_equal(rest->system.engine_id.at, "\x80\0\x1f\0\x88", 5);
    assert_string_equal(rest->identity.vendor, "Acme");
    assert_int_equal(rest->neighbors.count, PORTS);
    assert_null(rest->neighbors.at);
    assert_int_equal(rest->macs.at[0].octets[5], 1);
    assert_int_equal(reports->reports.count, 1);
    assert_string_equal(reports->reports.at[0].name, "ifTable");
    assert_int_equal(reports->reports.at[0].rows, PORTS);
    assert_int_equal(reports->interfaces.count, 0);
    facts_unref(reports);
    facts_unref(rest);
}

static void empty_facts_rest_too(void **state)
{
    struct facts *f = facts_new();
    struct facts *rest = facts_rest(facts_ref(f));
    struct facts *open = facts_open(rest);

    (void)state;
    assert_same(open, f);
    assert_int_equal(open->system.engine_boots, FACT_UNKNOWN);
    facts_unref(open);
    facts_unref(rest);
    facts_unref(f);
}

static void what_is_measured_later_takes_the_place_of_what_was(void **state)
{
    struct facts *f = repetitive(), *later = facts_new();

    (void)state;
    *array_add(&later->processors) = (struct processor){
        .index = "1", .descr = "CPU", .oid = "", .usage_percent = 12.5};
    struct parcel *measured = parcel_of_measured(later);
    struct facts *open = facts_open_with(f, measured);
    struct facts *as_told = facts_open_with(f, NULL);

    facts_unref(later);
    parcel_unref(measured);
    assert_int_equal(open->processors.count, 1);
    assert_string_equal(open->processors.at[0].descr, "CPU");
    assert_int_equal(open->sensors.count, 0);
    assert_int_equal(open->interfaces.count, PORTS);
    assert_ptr_equal(as_told, f);
    facts_unref(open);
    facts_unref(as_told);
    facts_unref(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(opened_facts_say_the_same),
        cmocka_unit_test(facts_at_rest_show_who_it_is_and_count),
        cmocka_unit_test(empty_facts_rest_too),
        cmocka_unit_test(what_is_measured_later_takes_the_place_of_what_was),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
