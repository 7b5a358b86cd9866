/* What Huawei, Juniper, Foundry and H3C serve of processors, memory,
 * temperature, fans and power supplies. */
#include "tests/farm/entity.h"
#include "tests/farm/mib.h"

#include <stdio.h>

enum { CPU = 800, MEMORY = 810, TEMPERATURE = 820 };

static uint32_t is_family(const struct view *v, enum family family)
{
    return v->dev->model->family == family;
}

/* ---- Huawei: HUAWEI-ENTITY-EXTENT-MIB -------------------------------------
 */

static uint32_t vrp_parts(const struct view *v)
{
    const struct part *parts;

    return is_family(v, FAMILY_VRP) ? view_parts(v, &parts) : 0;
}

static void part_index(const struct view *v, uint32_t row, struct index *out)
{
    const struct part *parts;

    (void)view_parts(v, &parts);
    index_push(out, parts[row].index);
}

/* Row 1 is the main board, which has processor, memory and temperature; the
 * others tell 0, as the real ones do. */
static bool vrp_state_get(struct view *v, unsigned column, uint32_t row,
                          struct value *out)
{
    bool board = row == 1;

    switch (column) {
    case 1: /* hwEntityAdminStatus unlocked(4) */
        return value_int(out, 4);
    case 2: /* hwEntityOperStatus enabled(3) */
        return value_int(out, 3);
    case 5:
        return value_int(out, board ? view_wander(v, CPU, 3, 92) : 0);
    case 6:
    case 8:
        return value_int(out, board ? 90 : 0);
    case 7:
        return value_int(out, board ? view_wander(v, MEMORY, 20, 85) : 0);
    case 9:
        return value_int(out, board ? 536870912 : 0);
    case 11:
        return value_int(out, board ? view_wander(v, TEMPERATURE, 30, 62) : 0);
    default: /* hwEntityTemperatureThreshold */
        return value_int(out, board ? 75 : 0);
    }
}

static uint32_t vrp_one(const struct view *v)
{
    return is_family(v, FAMILY_VRP);
}

static void slot_index(const struct view *v, uint32_t row, struct index *out)
{
    (void)v;
    (void)row;
    index_push(out, 0);
    index_push(out, 1);
}

/* hwFanStatusTable: registered, present, speed in percent, normal(1). */
static bool vrp_fan_get(struct view *v, unsigned column, uint32_t row,
                        struct value *out)
{
    (void)row;
    if (column == 5)
        return value_int(out, view_wander(v, 830, 35, 70));
    return value_int(out, column == 1 ? 0 : 1);
}

/* ---- Juniper: JUNIPER-MIB -------------------------------------------------
 */

static uint32_t junos_one(const struct view *v)
{
    return is_family(v, FAMILY_JUNOS);
}

static bool junos_box_get(struct view *v, unsigned column, uint32_t row,
                          struct value *out)
{
    (void)row;
    if (column == 3) {
        view_serial(v, v->text, sizeof v->text);
        return value_text_of(v, out);
    }
    (void)snprintf(v->text, sizeof v->text, "Juniper %s",
                   v->dev->model->hardware);
    return value_text_of(v, out);
}

/* jnxOperatingTable: contents index (1 chassis, 2 power, 4 fan, 7 FPC,
 * 9 routing engine), then three levels. */
static const struct {
    uint32_t contents, l1, l2;
    const char *descr;
    bool computes, warms;
} operating[] = {
    {1, 1, 0, "midplane", false, false},
    {2, 1, 0, "Power Supply 0", false, true},
    {4, 1, 0, "Fan Tray 0", false, false},
    {7, 1, 0, "FPC: 0", true, true},
    {9, 1, 0, "Routing Engine 0", true, true},
};

static uint32_t junos_rows(const struct view *v)
{
    return is_family(v, FAMILY_JUNOS) ? COUNT_OF(operating) : 0;
}

static void junos_index(const struct view *v, uint32_t row, struct index *out)
{
    (void)v;
    index_push(out, operating[row].contents);
    index_push(out, operating[row].l1);
    index_push(out, operating[row].l2);
    index_push(out, 0);
}

static bool junos_get(struct view *v, unsigned column, uint32_t row,
                      struct value *out)
{
    bool computes = operating[row].computes, warms = operating[row].warms;

    switch (column) {
    case 5:
        return value_str(out, operating[row].descr);
    case 6: /* jnxOperatingState running(2) */
        return value_int(out, 2);
    case 7:
        return value_gauge(
            out,
            warms ? (uint64_t)view_wander(v, TEMPERATURE + row, 28, 58) : 0);
    case 8:
        return value_gauge(
            out, computes ? (uint64_t)view_wander(v, CPU + row, 2, 90) : 0);
    case 11: /* jnxOperatingBuffer: memory used, percent */
        return value_gauge(
            out, computes ? (uint64_t)view_wander(v, MEMORY + row, 20, 85) : 0);
    default: /* jnxOperatingMemory, MB */
        return value_int(out, computes ? 2048 : 0);
    }
}

/* ---- Foundry: FOUNDRY-SN-AGENT-MIB ----------------------------------------
 */

static uint32_t foundry_one(const struct view *v)
{
    return is_family(v, FAMILY_FOUNDRY);
}

static bool foundry_chassis_get(struct view *v, unsigned column, uint32_t row,
                                struct value *out)
{
    (void)row;
    if (column == 2) {
        view_serial(v, v->text, sizeof v->text);
        return value_text_of(v, out);
    }
    if (column == 18) /* snChasActualTemperature: half degrees */
        return value_int(out, view_wander(v, TEMPERATURE, 60, 120));
    return value_int(out, column == 19 ? 170 : 180); /* warning, shutdown */
}

static void one_index(const struct view *v, uint32_t row, struct index *out)
{
    (void)v;
    index_push(out, row + 1);
}

/* snChasPwrSupplyTable, snChasFanTable: index, text, state normal(2). */
static bool foundry_part_get(struct view *v, unsigned column, uint32_t row,
                             struct value *out)
{
    if (column == 2) {
        (void)snprintf(v->text, sizeof v->text, "Unit %u", row + 1);
        return value_text_of(v, out);
    }
    return value_int(out, column == 1 ? (int64_t)row + 1 : 2);
}

/* snAgentGbl: 11 image version, 50-52 CPU of 1 s, 5 s and 1 min, 53-55 memory.
 */
static bool foundry_agent_get(struct view *v, unsigned column, uint32_t row,
                              struct value *out)
{
    enum { OCTETS = 1073741824 };
    int64_t used = view_wander(v, MEMORY, 20, 85);

    (void)row;
    switch (column) {
    case 11:
        return value_str(out, v->dev->model->version);
    case 53:
        return value_gauge(out, (uint64_t)used);
    case 54:
        return value_gauge(out, OCTETS);
    case 55:
        return value_gauge(out, OCTETS / 100 * (uint64_t)(100 - used));
    default:
        return value_gauge(out, (uint64_t)view_wander(v, CPU, 1, 95));
    }
}

/* ---- H3C: HH3C-ENTITY-EXT-MIB ---------------------------------------------
 */

static uint32_t comware_parts(const struct view *v)
{
    const struct part *parts;

    return is_family(v, FAMILY_COMWARE) ? view_parts(v, &parts) : 0;
}

static bool comware_get(struct view *v, unsigned column, uint32_t row,
                        struct value *out)
{
    const struct part *parts;

    (void)view_parts(v, &parts);
    bool board = parts[row].class == 9;
    bool sensor = parts[row].class == PART_SENSOR;

    switch (column) {
    case 6:
        return value_int(out, board ? view_wander(v, CPU, 2, 92) : 0);
    case 8:
        return value_int(out, board ? view_wander(v, MEMORY, 20, 85) : 0);
    case 10:
        return value_gauge(out, board ? 1073741824 : 0);
    case 12: /* 65535: has none */
        return value_int(out, board || sensor
                                  ? view_wander(v, TEMPERATURE + row, 28, 60)
                                  : 65535);
    case 13:
        return value_int(out, board || sensor ? 70 : 65535);
    default: /* hh3cEntityExtErrorStatus normal(2) */
        return value_int(out, 2);
    }
}

const struct group groups_vendor[] = {
    {
        .prefix = OID_INIT(1, 3, 6, 1, 4, 1, 1991, 1, 1, 1, 1),
        GROUP_COLUMNS(2, 18, 19, 20),
        .rows = foundry_one,
        .get = foundry_chassis_get,
    },
    {
        .prefix = OID_INIT(1, 3, 6, 1, 4, 1, 1991, 1, 1, 1, 2, 1, 1),
        GROUP_COLUMNS(1, 2, 3),
        .rows = foundry_one,
        .index = one_index,
        .get = foundry_part_get,
    },
    {
        .prefix = OID_INIT(1, 3, 6, 1, 4, 1, 1991, 1, 1, 1, 3, 1, 1),
        GROUP_COLUMNS(1, 2, 3),
        .rows = foundry_one,
        .index = one_index,
        .get = foundry_part_get,
    },
    {
        .prefix = OID_INIT(1, 3, 6, 1, 4, 1, 1991, 1, 1, 2, 1),
        GROUP_COLUMNS(11, 50, 51, 52, 53, 54, 55),
        .rows = foundry_one,
        .get = foundry_agent_get,
    },
    {
        .prefix = OID_INIT(1, 3, 6, 1, 4, 1, 2011, 5, 25, 31, 1, 1, 1, 1),
        GROUP_COLUMNS(1, 2, 5, 6, 7, 8, 9, 11, 12),
        .rows = vrp_parts,
        .index = part_index,
        .get = vrp_state_get,
    },
    {
        .prefix = OID_INIT(1, 3, 6, 1, 4, 1, 2011, 5, 25, 31, 1, 1, 10, 1),
        GROUP_COLUMNS(1, 2, 3, 5, 6, 7),
        .rows = vrp_one,
        .index = slot_index,
        .get = vrp_fan_get,
    },
    {
        .prefix = OID_INIT(1, 3, 6, 1, 4, 1, 2636, 3, 1),
        GROUP_COLUMNS(2, 3),
        .rows = junos_one,
        .get = junos_box_get,
    },
    {
        .prefix = OID_INIT(1, 3, 6, 1, 4, 1, 2636, 3, 1, 13, 1),
        GROUP_COLUMNS(5, 6, 7, 8, 11, 15),
        .rows = junos_rows,
        .index = junos_index,
        .get = junos_get,
    },
    {
        .prefix = OID_INIT(1, 3, 6, 1, 4, 1, 25506, 2, 6, 1, 1, 1, 1),
        GROUP_COLUMNS(6, 8, 10, 12, 13, 19),
        .rows = comware_parts,
        .index = part_index,
        .get = comware_get,
    },
    {.count = 0},
};
