/* ENTITY-MIB entPhysicalTable and ENTITY-SENSOR-MIB: a few parts for each
 * family, with the indexes its devices use. */
#include "tests/farm/entity.h"
#include "tests/farm/mib.h"

#include <stdio.h>
#include <string.h>

enum {
    CLASS_CHASSIS = 3,
    CLASS_BACKPLANE = 4,
    CLASS_POWER = 6,
    CLASS_FAN = 7,
    CLASS_SENSOR = 8,
    CLASS_MODULE = 9
};

#define CISCO_PARTS                                               \
    {1001, 0, CLASS_CHASSIS, "Switch 1", "chassis"},              \
        {1004, 1001, CLASS_POWER, "Switch 1 - Power Supply A",    \
         "Power Supply Module"},                                  \
        {1005, 1001, CLASS_POWER, "Switch 1 - Power Supply B",    \
         "Power Supply Module"},                                  \
        {1006, 1001, CLASS_FAN, "Switch 1 - Fan 1", "Fan"},       \
    {                                                             \
        1009, 1001, CLASS_SENSOR, "Switch 1 - Inlet Temp Sensor", \
            "Inlet Temp Sensor"                                   \
    }

static const struct part ios[] = {CISCO_PARTS};
static const struct part nxos[] = {
    {10, 0, CLASS_BACKPLANE, "Backplane", "Nexus9000 Chassis backplane"},
    {22, 10, CLASS_MODULE, "Module 1", "Ethernet Module"},
    {149, 10, CLASS_CHASSIS, "Chassis", "Nexus9000 Chassis"},
    {470, 149, CLASS_POWER, "PowerSupply-1", "Power Supply"},
    {471, 149, CLASS_POWER, "PowerSupply-2", "Power Supply"},
    {534, 149, CLASS_FAN, "Fan-1", "Fan Module"},
    {535, 149, CLASS_FAN, "Fan-2", "Fan Module"},
    {21590, 22, CLASS_SENSOR, "module-1 FRONT", "FRONT temperature"},
    {21591, 22, CLASS_SENSOR, "module-1 BACK", "BACK temperature"},
};
static const struct part vrp[] = {
    {67108864, 0, CLASS_CHASSIS, "frame 0", "Assembling Components"},
    {67108867, 67108864, CLASS_MODULE, "MPU Board 0", "MPU Board"},
    {67125257, 67108867, CLASS_POWER, "POWER Card 0/PWR1", "Power Supply"},
    {67125262, 67108867, CLASS_FAN, "FAN Card 0/FAN1", "Fan"},
};
static const struct part junos[] = {
    {1, 0, CLASS_CHASSIS, "Chassis", "Chassis"},
    {2, 1, CLASS_MODULE, "FPC 0", "FPC"},
    {3, 1, CLASS_POWER, "Power Supply 0", "PSU"},
    {4, 1, CLASS_FAN, "Fan Tray 0", "Fan Tray"},
};
static const struct part foundry[] = {
    {1, 0, CLASS_CHASSIS, "Chassis", "Stackable chassis"},
    {2, 1, CLASS_MODULE, "Module 1", "48-port Management Module"},
    {3, 1, CLASS_POWER, "Power supply 1", "AC power supply"},
    {4, 1, CLASS_FAN, "Fan 1", "Fan"},
};
static const struct part comware[] = {
    {2, 0, CLASS_CHASSIS, "CHASSIS 1", "Chassis"},
    {5, 2, CLASS_POWER, "POWER-SUPPLY 1", "Power supply"},
    {9, 2, CLASS_FAN, "FAN 1", "Fan"},
    {11, 2, CLASS_MODULE, "BOARD", "Main board"},
    {13, 11, CLASS_SENSOR, "SENSOR 1", "Temperature sensor"},
};
static const struct part asa[] = {
    {1, 0, CLASS_CHASSIS, "Chassis", "Adaptive Security Appliance"},
    {2, 1, CLASS_POWER, "Power Supply 0", "Power supply"},
};

static const struct {
    const struct part *parts;
    uint32_t count;
} families[FAMILIES] = {
    [FAMILY_IOS] = {ios, COUNT_OF(ios)},
    [FAMILY_NXOS] = {nxos, COUNT_OF(nxos)},
    [FAMILY_ASA] = {asa, COUNT_OF(asa)},
    [FAMILY_VRP] = {vrp, COUNT_OF(vrp)},
    [FAMILY_JUNOS] = {junos, COUNT_OF(junos)},
    [FAMILY_FOUNDRY] = {foundry, COUNT_OF(foundry)},
    [FAMILY_COMWARE] = {comware, COUNT_OF(comware)},
};

uint32_t view_parts(const struct view *v, const struct part **out)
{
    *out = families[v->dev->model->family].parts;
    return view_has(v, MODEL_ENTITY) ? families[v->dev->model->family].count
                                     : 0;
}

uint32_t view_parts_of(const struct view *v, uint32_t class)
{
    const struct part *parts;
    uint32_t count = view_parts(v, &parts), of = 0;

    for (uint32_t i = 0; i < count; i++)
        of += parts[i].class == class;
    return of;
}

const struct part *view_part_of(const struct view *v, uint32_t class,
                                uint32_t nth)
{
    const struct part *parts;
    uint32_t count = view_parts(v, &parts);

    for (uint32_t i = 0; i < count; i++)
        if (parts[i].class == class && nth-- == 0)
            return &parts[i];
    return NULL;
}

/* Chassis carry the device's serial number, other parts one of their own. */
void part_serial(const struct view *v, const struct part *p, char *out,
                 size_t len)
{
    char serial[32];

    out[0] = '\0';
    view_serial(v, serial, sizeof serial);
    if (p->class == CLASS_CHASSIS)
        (void)snprintf(out, len, "%s", serial);
    else if (p->class == CLASS_POWER)
        (void)snprintf(out, len, "P%s-%u", serial, p->index % 100);
}

static uint32_t entity_rows(const struct view *v)
{
    const struct part *parts;

    return view_parts(v, &parts);
}

static void entity_index(const struct view *v, uint32_t row, struct index *out)
{
    const struct part *parts;

    (void)view_parts(v, &parts);
    index_push(out, parts[row].index);
}

static bool entity_get(struct view *v, unsigned column, uint32_t row,
                       struct value *out)
{
    static const uint8_t mfg = 12, model = 13;
    const struct part *parts;

    (void)view_parts(v, &parts);
    const struct part *p = &parts[row];
    const struct model *m = v->dev->model;
    bool chassis = p->class == CLASS_CHASSIS;

    switch (column) {
    case 2:
        return value_str(out, chassis ? m->hardware : p->descr);
    case 3:
        return value_oid(out, m->object_id);
    case 4:
        return value_int(out, p->contained_in);
    case 5:
        return value_int(out, p->class);
    case 6:
        return value_int(out, p->contained_in == 0 ? -1 : (int64_t)row);
    case 7:
        return value_str(out, p->name);
    case 10:
        return value_str(out, chassis ? m->version : "");
    case 11:
        part_serial(v, p, v->text, sizeof v->text);
        return value_text_of(v, out);
    case 16:
        return value_int(out, p->class == CLASS_POWER || chassis ? 1 : 2);
    default:
        if (column == mfg)
            return value_str(out, m->vendor);
        return value_str(out, column == model && chassis ? m->hardware : "");
    }
}

/* ---- ENTITY-SENSOR-MIB ----------------------------------------------------
 */

static uint32_t sensor_rows(const struct view *v)
{
    return view_has(v, MODEL_ENT_SENSOR) ? view_parts_of(v, CLASS_SENSOR) : 0;
}

static void sensor_index(const struct view *v, uint32_t row, struct index *out)
{
    index_push(out, view_part_of(v, CLASS_SENSOR, row)->index);
}

static bool sensor_get(struct view *v, unsigned column, uint32_t row,
                       struct value *out)
{
    switch (column) {
    case 1: /* celsius(8) */
        return value_int(out, 8);
    case 2: /* units(9) */
        return value_int(out, 9);
    case 3:
        return value_int(out, 0);
    case 4:
        return value_int(out, view_wander(v, 300 + row, 22, 55));
    case 6:
        return value_str(out, "Celsius");
    default: /* status ok(1) */
        return value_int(out, 1);
    }
}

/* ---- ENTITY-STATE-MIB: Foundry's family alone ------------------------------
 */

static uint32_t state_rows(const struct view *v)
{
    return v->dev->model->family == FAMILY_FOUNDRY ? entity_rows(v) : 0;
}

/* The first fan, the first power supply. */
static bool state_is_broken(const struct view *v, const struct part *p)
{
    const struct part *fan = view_part_of(v, CLASS_FAN, 0),
                      *power = view_part_of(v, CLASS_POWER, 0);

    return (p == fan && (v->dev->broken & PART_FANS) != 0) ||
           (p == power && (v->dev->broken & PART_SUPPLY) != 0);
}

static bool state_get(struct view *v, unsigned column, uint32_t row,
                      struct value *out)
{
    static const uint8_t major[] = {0x10}, none[] = {0};
    const struct part *parts;
    (void)view_parts(v, &parts);
    bool broken = state_is_broken(v, &parts[row]);

    switch (column) {
    case 2: /* unlocked(4) */
        return value_int(out, 4);
    case 3: /* disabled(2), enabled(3) */
        return value_int(out, broken ? 2 : 3);
    case 4: /* active(3) */
        return value_int(out, 3);
    case 5: /* major(3) */
        return value_octets(out, broken ? major : none, 1);
    default: /* providingService(4) */
        return value_int(out, 4);
    }
}

static uint32_t entity_one(const struct view *v)
{
    return entity_rows(v) > 0 ? 1 : 0;
}

/* entLastChangeTime: nobody plugs anything in. */
static bool entity_change_get(struct view *v, unsigned column, uint32_t row,
                              struct value *out)
{
    (void)v;
    (void)column;
    (void)row;
    return value_of(out, VALUE_TICKS, 1200);
}

const struct group groups_entity[] = {
    {
        .prefix = OID_INIT(1, 3, 6, 1, 2, 1, 47, 1, 1, 1, 1),
        GROUP_COLUMNS(2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16),
        .rows = entity_rows,
        .index = entity_index,
        .get = entity_get,
    },
    {
        .prefix = OID_INIT(1, 3, 6, 1, 2, 1, 47, 1, 4),
        GROUP_COLUMNS(1),
        .rows = entity_one,
        .get = entity_change_get,
    },
    {
        .prefix = OID_INIT(1, 3, 6, 1, 2, 1, 99, 1, 1, 1),
        GROUP_COLUMNS(1, 2, 3, 4, 5, 6),
        .rows = sensor_rows,
        .index = sensor_index,
        .get = sensor_get,
    },
    {
        .prefix = OID_INIT(1, 3, 6, 1, 2, 1, 131, 1, 1, 1),
        GROUP_COLUMNS(2, 3, 4, 5, 6),
        .rows = state_rows,
        .index = entity_index,
        .get = state_get,
    },
    /* CISCO-ENTITY-SENSOR-MIB has the same columns */
    {
        .prefix = OID_INIT(1, 3, 6, 1, 4, 1, 9, 9, 91, 1, 1, 1, 1),
        GROUP_COLUMNS(1, 2, 3, 4, 5),
        .rows = sensor_rows,
        .index = sensor_index,
        .get = sensor_get,
    },
    {.count = 0},
};
