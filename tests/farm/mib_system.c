/* SNMPv2-MIB system group, SNMP-FRAMEWORK-MIB snmpEngine group. */
#include "tests/farm/mib.h"

#include <stdio.h>
#include <string.h>

static uint32_t one(const struct view *v)
{
    (void)v;
    return 1;
}

static bool system_descr(struct view *v, struct value *out)
{
    pattern_fill(v->text, sizeof v->text, v->dev->model->descr,
                 (uint32_t[2]){0, 0}, v->dev->name);
    return value_text_of(v, out);
}

static bool system_get(struct view *v, unsigned column, uint32_t row,
                       struct value *out)
{
    (void)row;
    switch (column) {
    case 1:
        return system_descr(v, out);
    case 2:
        return value_oid(out, v->dev->model->object_id);
    case 3:
        return value_of(out, VALUE_TICKS, view_uptime_cs(v));
    case 4:
        return value_str(out, "noc@example.net");
    case 5:
        return value_str(out, view_name(v));
    case 6:
        return value_str(out, v->dev->site < v->net->sites.count
                                  ? v->net->sites.at[v->dev->site]
                                  : "");
    default:
        return value_int(out, v->dev->model->services);
    }
}

static bool engine_get(struct view *v, unsigned column, uint32_t row,
                       struct value *out)
{
    (void)row;
    switch (column) {
    case 1:
        return value_octets(out, v->engine_id.at, v->engine_id.len);
    case 2:
        return value_int(out, v->boots);
    case 3:
        return value_int(out, (view_up_ms(v) + v->skew_ms) / 1000);
    default:
        return value_int(out, 1500);
    }
}

static uint32_t engine_rows(const struct view *v)
{
    return (v->faults & VIEW_NO_ENGINE) != 0 ? 0 : 1;
}

static bool packets_get(struct view *v, unsigned column, uint32_t row,
                        struct value *out)
{
    (void)row;
    (void)column;
    return value_of(out, VALUE_COUNTER32, v->packets);
}

const struct group groups_system[] = {
    {
        .prefix = OID_INIT(1, 3, 6, 1, 2, 1, 1),
        GROUP_COLUMNS(1, 2, 3, 4, 5, 6, 7),
        .rows = one,
        .get = system_get,
    },
    {
        .prefix = OID_INIT(1, 3, 6, 1, 6, 3, 10, 2, 1),
        GROUP_COLUMNS(1, 2, 3, 4),
        .rows = engine_rows,
        .get = engine_get,
    },
    {
        .prefix = OID_INIT(1, 3, 6, 1, 2, 1, 11),
        GROUP_COLUMNS(1),
        .rows = one,
        .get = packets_get,
    },
    {.count = 0},
};
