/* What the station answers in the context of a device is within what its MIBs
 * allow, and not better than what the device says of itself. */
#include "north/agent_device.h"

#include "base/mem.h"
#include "base/own.h"
#include "mibs/facts_pack.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

enum { ENTERPRISE = 4711, CLASS_POWER = 6, CLASS_PORT = 10 };

struct scene {
    struct device_record record;
    struct facts *facts;
    struct agent_devices *devices;
};

static struct scene *scene_new(void)
{
    struct scene *s = mem_new(struct scene);

    s->facts = facts_new();
    s->record = (struct device_record){
        .refs = 1, .name = "sw1", .reach = REACH_UP, .facts = s->facts};
    s->devices = agent_devices_new();
    return s;
}

static void scene_free(struct scene *s)
{
    agent_devices_free(s->devices);
    facts_unref(s->facts);
    free(s);
}

static const struct device_scene *open_it(struct scene *s)
{
    return agent_devices_open(s->devices, &s->record, ENTERPRISE,
                              SEVERITY_CLEARED);
}

static struct mib_cell get(struct scene *s, const struct device_scene *of,
                           struct oid name)
{
    struct mib_cell cell;

    mib_get(agent_devices_tables(s->devices), of, name, &cell);
    return cell;
}

static void add_entity(struct scene *s, uint32_t index, int32_t class,
                       const char *name)
{
    *array_add(&s->facts->entities) = (struct entity){.index = index,
                                                      .class = class,
                                                      .descr = name,
                                                      .name = name,
                                                      .model = "",
                                                      .serial = "",
                                                      .mfg = "",
                                                      .alias = "",
                                                      .hw_rev = "",
                                                      .fw_rev = "",
                                                      .sw_rev = ""};
}

static void add_state(struct scene *s, uint32_t entity, const char *text)
{
    *array_add(&s->facts->sensors) =
        (struct sensor){.class = "state",
                        .index = "1",
                        .descr = "",
                        .unit = "",
                        .oid = "1.3.6.1.2.1.131.1.1.1.3.1",
                        .state_descr = text,
                        .state_severity = "",
                        .group = "",
                        .entity = entity};
}

static void add_port(struct scene *s, uint32_t if_index, const char *name,
                     uint64_t speed_bps)
{
    *array_add(&s->facts->interfaces) =
        (struct interface){.if_index = if_index,
                           .name = name,
                           .descr = name,
                           .alias = "",
                           .duplex = "",
                           .label = name,
                           .speed_bps = speed_bps};
}

static void add_neighbor(struct scene *s, uint32_t if_index, const char *told)
{
    *array_add(&s->facts->neighbors) =
        (struct neighbor){.protocol = NEIGHBOR_LLDP,
                          .local_port_num = if_index,
                          .local_if_index = if_index,
                          .rem_index = if_index,
                          .chassis_subtype = 7,
                          .port_subtype = 200,
                          .chassis_text = told,
                          .port_text = told,
                          .port_descr = "",
                          .sys_name = "",
                          .sys_descr = "",
                          .platform = ""};
}

static int64_t oper_of(struct scene *s, uint32_t entity)
{
    const struct device_scene *of = open_it(s);

    return get(s, of, OID(1, 3, 6, 1, 2, 1, 131, 1, 1, 1, 3, entity))
        .value.integer;
}

static void a_part_is_as_the_device_says(void **state)
{
    enum { UNKNOWN = 1, DISABLED, ENABLED };
    struct scene *s = scene_new();

    (void)state;
    add_entity(s, 1, 3, "chassis");
    for (uint32_t i = 2; i <= 5; i++)
        add_entity(s, i, CLASS_POWER, "power supply");
    add_state(s, 2, "disabled");
    add_state(s, 3, "enabled");
    add_state(s, 4, "critical alarm");
    assert_int_equal(oper_of(s, 1), ENABLED);
    assert_int_equal(oper_of(s, 2), DISABLED);
    assert_int_equal(oper_of(s, 3), ENABLED);
    assert_int_equal(oper_of(s, 4), UNKNOWN);
    assert_int_equal(oper_of(s, 5), UNKNOWN);
    s->record.reach = REACH_DOWN;
    assert_int_equal(oper_of(s, 3), DISABLED);
    scene_free(s);
}

static void speeds_are_rounded_as_the_mib_says(void **state)
{
    static const struct {
        uint64_t bps, mbps;
    } cases[] = {
        {1544000, 2}, {512000, 1}, {499999, 0}, {UINT64_C(10000000000), 10000}};
    struct scene *s = scene_new();

    (void)state;
    for (uint32_t i = 0; i < COUNT_OF(cases); i++)
        add_port(s, i + 1, "port", cases[i].bps);
    const struct device_scene *of = open_it(s);
    for (uint32_t i = 0; i < COUNT_OF(cases); i++)
        assert_int_equal(
            get(s, of, OID(1, 3, 6, 1, 2, 1, 31, 1, 1, 1, 15, i + 1))
                .value.number,
            cases[i].mbps);
    scene_free(s);
}

static void what_neighbors_told_is_within_its_range_or_left_out(void **state)
{
    /* the 32nd and 33rd octet are one letter */
    static const char longer[] =
        "a-switch-with-a-name-in-domain-\xc3\xa4.example";
    struct scene *s = scene_new();
    struct mib_cell cell;

    (void)state;
    add_port(s, 1, "one", 0);
    add_neighbor(s, 1, longer);
    const struct device_scene *of = open_it(s);
    cell = get(
        s, of,
        OID(1, 3, 6, 1, 2, 1, 79, 1, 1, 1, 1, 6, 0, 2000000000, 1000000001, 1));
    assert_int_equal(cell.value.type, VALUE_OCTETS);
    assert_int_equal(cell.value.octets.len, 31);
    cell = get(s, of, OID(1, 0, 8802, 1, 1, 2, 1, 4, 1, 1, 4, 0, 1, 1));
    assert_int_equal(cell.value.integer, 7);
    cell = get(s, of, OID(1, 0, 8802, 1, 1, 2, 1, 4, 1, 1, 6, 0, 1, 1));
    assert_int_equal(cell.value.type, VALUE_NO_INSTANCE);
    scene_free(s);
}

static void a_device_with_much_of_all_opens_quickly(void **state)
{
    enum { PORTS = 8192, ENTITIES = 32768, NAME = 24, MS_MAX = 1000 };
    struct scene *s = scene_new();
    char(*names)[NAME] = mem_array(ENTITIES, sizeof *names);

    (void)state;
    for (uint32_t i = 0; i < ENTITIES; i++) {
        snprintf(names[i], NAME, "TenGigabitEthernet%u", (unsigned)i);
        add_entity(s, i + 1, CLASS_PORT, names[i]);
    }
    for (uint32_t i = 0; i < PORTS; i++) {
        add_port(s, i + 1, names[ENTITIES - 1 - i], 0);
        add_neighbor(s, i + 1, "x");
    }
    clock_t began = clock();
    const struct device_scene *of = open_it(s);
    assert_in_range((clock() - began) * 1000 / CLOCKS_PER_SEC, 0, MS_MAX);
    assert_int_equal(of->connections.count, PORTS);
    assert_int_equal(of->connections.at[0].port, ENTITIES - PORTS + 1);
    scene_free(s);
    free(names);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_part_is_as_the_device_says),
        cmocka_unit_test(speeds_are_rounded_as_the_mib_says),
        cmocka_unit_test(what_neighbors_told_is_within_its_range_or_left_out),
        cmocka_unit_test(a_device_with_much_of_all_opens_quickly),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
