/* Cisco's own: CISCO-PROCESS-MIB, CISCO-MEMORY-POOL-MIB, CISCO-ENVMON-MIB,
 * CISCO-ENTITY-FRU-CONTROL-MIB. */
#include "tests/farm/entity.h"
#include "tests/farm/mib.h"

#include <stdio.h>

enum { CPU = 700, POOL = 710, TEMPERATURE = 720, POOL_OCTETS = 600000000 };

static bool is_cisco(const struct view *v)
{
    return v->dev->model->family == FAMILY_IOS ||
           v->dev->model->family == FAMILY_NXOS ||
           v->dev->model->family == FAMILY_ASA;
}

static bool is_ios(const struct view *v)
{
    return v->dev->model->family == FAMILY_IOS;
}

static void row_index(const struct view *v, uint32_t row, struct index *out)
{
    (void)v;
    index_push(out, row + 1);
}

/* ---- CISCO-PROCESS-MIB cpmCPUTotalTable -----------------------------------
 */

static uint32_t cpu_rows(const struct view *v)
{
    return is_cisco(v);
}

static bool cpu_get(struct view *v, unsigned column, uint32_t row,
                    struct value *out)
{
    bool memory = v->dev->model->family == FAMILY_NXOS;
    int64_t used = view_wander(v, POOL, 30, 85);

    (void)row;
    switch (column) {
    case 2:
        return value_int(out, memory ? 22 : 0);
    case 3:
    case 6:
        return value_gauge(out, (uint64_t)view_wander(v, CPU, 1, 99));
    case 4:
    case 7:
        return value_gauge(out, (uint64_t)view_wander(v, CPU + 1, 3, 90));
    case 5:
    case 8:
        return value_gauge(out, (uint64_t)view_wander(v, CPU + 2, 5, 80));
    default: /* cpmCPUMemoryUsed, cpmCPUMemoryFree: kB, NX-OS alone */
        return memory &&
               value_gauge(out, (uint64_t)(column == 12 ? used : 100 - used) *
                                    240000);
    }
}

/* ---- CISCO-MEMORY-POOL-MIB ------------------------------------------------
 */

static uint32_t pool_rows(const struct view *v)
{
    return is_cisco(v) && v->dev->model->family != FAMILY_NXOS ? 2 : 0;
}

static bool pool_get(struct view *v, unsigned column, uint32_t row,
                     struct value *out)
{
    uint64_t size = row == 0 ? POOL_OCTETS : POOL_OCTETS / 16;
    uint64_t used = (uint64_t)view_wander(v, POOL + row, 150, 900);

    switch (column) {
    case 2:
        return value_str(out, row == 0 ? "Processor" : "I/O");
    case 3:
        return value_int(out, 0);
    case 4:
        return value_int(out, 1);
    case 5:
        return value_gauge(out, size / 1000 * used);
    case 6:
        return value_gauge(out, size - size / 1000 * used);
    default:
        return value_gauge(out, (size - size / 1000 * used) / 2);
    }
}

/* ---- CISCO-ENVMON-MIB -----------------------------------------------------
 */

static uint32_t env_temperatures(const struct view *v)
{
    return is_ios(v) ? view_parts_of(v, PART_SENSOR) : 0;
}

static uint32_t env_fans(const struct view *v)
{
    return is_ios(v) ? view_parts_of(v, PART_FAN) : 0;
}

static uint32_t env_supplies(const struct view *v)
{
    return is_ios(v) ? view_parts_of(v, PART_POWER) : 0;
}

static void env_temperature_index(const struct view *v, uint32_t row,
                                  struct index *out)
{
    index_push(out, view_part_of(v, PART_SENSOR, row)->index);
}

static void env_fan_index(const struct view *v, uint32_t row, struct index *out)
{
    index_push(out, view_part_of(v, PART_FAN, row)->index);
}

static void env_supply_index(const struct view *v, uint32_t row,
                             struct index *out)
{
    index_push(out, view_part_of(v, PART_POWER, row)->index);
}

static bool env_temperature_get(struct view *v, unsigned column, uint32_t row,
                                struct value *out)
{
    bool hot = (v->dev->broken & PART_HEAT) != 0;

    switch (column) {
    case 2:
        (void)snprintf(v->text, sizeof v->text, "SW#1, Sensor#%u, GREEN",
                       row + 1);
        return value_text_of(v, out);
    case 3:
        return value_gauge(
            out,
            hot ? 75 : (uint64_t)view_wander(v, TEMPERATURE + row, 24, 52));
    case 4:
        return value_int(out, 68);
    case 5:
        return value_int(out, 0);
    default: /* normal(1), critical(3) */
        return value_int(out, hot ? 3 : 1);
    }
}

static bool env_fan_get(struct view *v, unsigned column, uint32_t row,
                        struct value *out)
{
    if (column == 3)
        return value_int(out, row == 0 && (v->dev->broken & PART_FANS) ? 3 : 1);
    (void)snprintf(v->text, sizeof v->text, "Switch#1, Fan#%u", row + 1);
    return value_text_of(v, out);
}

static bool env_supply_get(struct view *v, unsigned column, uint32_t row,
                           struct value *out)
{
    if (column == 3)
        return value_int(out,
                         row == 0 && (v->dev->broken & PART_SUPPLY) ? 3 : 1);
    if (column == 4) /* ac(2) */
        return value_int(out, 2);
    (void)snprintf(v->text, sizeof v->text, "Sw1, PS%u Normal", row + 1);
    return value_text_of(v, out);
}

/* ---- CISCO-ENTITY-FRU-CONTROL-MIB -----------------------------------------
 */

static uint32_t fru_supplies(const struct view *v)
{
    return v->dev->model->family == FAMILY_NXOS ? view_parts_of(v, PART_POWER)
                                                : 0;
}

static uint32_t fru_fans(const struct view *v)
{
    return v->dev->model->family == FAMILY_NXOS ? view_parts_of(v, PART_FAN)
                                                : 0;
}

static bool fru_supply_get(struct view *v, unsigned column, uint32_t row,
                           struct value *out)
{
    (void)v;
    (void)row;
    return value_int(out, column == 2 ? 2 : 1); /* oper on(2), admin on(1) */
}

static bool fru_fan_get(struct view *v, unsigned column, uint32_t row,
                        struct value *out)
{
    (void)v;
    (void)row;
    (void)column;
    return value_int(out, 2); /* up(2) */
}

const struct group groups_cisco[] = {
    {
        .prefix = OID_INIT(1, 3, 6, 1, 4, 1, 9, 9, 13, 1, 3, 1),
        GROUP_COLUMNS(2, 3, 4, 5, 6),
        .rows = env_temperatures,
        .index = env_temperature_index,
        .get = env_temperature_get,
    },
    {
        .prefix = OID_INIT(1, 3, 6, 1, 4, 1, 9, 9, 13, 1, 4, 1),
        GROUP_COLUMNS(2, 3),
        .rows = env_fans,
        .index = env_fan_index,
        .get = env_fan_get,
    },
    {
        .prefix = OID_INIT(1, 3, 6, 1, 4, 1, 9, 9, 13, 1, 5, 1),
        GROUP_COLUMNS(2, 3, 4),
        .rows = env_supplies,
        .index = env_supply_index,
        .get = env_supply_get,
    },
    {
        .prefix = OID_INIT(1, 3, 6, 1, 4, 1, 9, 9, 48, 1, 1, 1),
        GROUP_COLUMNS(2, 3, 4, 5, 6, 7),
        .rows = pool_rows,
        .index = row_index,
        .get = pool_get,
    },
    {
        .prefix = OID_INIT(1, 3, 6, 1, 4, 1, 9, 9, 109, 1, 1, 1, 1),
        GROUP_COLUMNS(2, 3, 4, 5, 6, 7, 8, 12, 13),
        .rows = cpu_rows,
        .index = row_index,
        .get = cpu_get,
    },
    {
        .prefix = OID_INIT(1, 3, 6, 1, 4, 1, 9, 9, 117, 1, 1, 2, 1),
        GROUP_COLUMNS(1, 2),
        .rows = fru_supplies,
        .index = env_supply_index,
        .get = fru_supply_get,
    },
    {
        .prefix = OID_INIT(1, 3, 6, 1, 4, 1, 9, 9, 117, 1, 4, 1, 1),
        GROUP_COLUMNS(1),
        .rows = fru_fans,
        .index = env_fan_index,
        .get = fru_fan_get,
    },
    {.count = 0},
};
