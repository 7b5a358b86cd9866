/* In the context of a device: the system group (SNMPv2-MIB), ifTable, ifXTable
 * (IF-MIB). Counters are those of the last sample, and sysUpTime is the
 * sample's: a manager tells rates by both. */
#include "north/agent_device.h"
#include "north/alarm_row.h"

static const struct facts *facts_of(const void *of)
{
    return ((const struct device_scene *)of)->facts;
}

/* ---- system ---- */

static void system_value(const void *of, size_t row, uint32_t column,
                         struct mib_cell *out)
{
    enum { DESCR = 1, OBJECT_ID, UPTIME, CONTACT, NAME, LOCATION };
    const struct system_facts *s = &facts_of(of)->system;
    uint32_t uptime_cs;
    struct wall at;

    (void)row;
    switch (column) {
    case DESCR:
        mib_text(out, s->descr);
        break;
    case OBJECT_ID:
        if (oid_parse(s->object_id, &out->oid) < 0)
            out->oid.len = 0;
        mib_oid(out, oid_view(&out->oid));
        break;
    case UPTIME:
        if (device_record_uptime(((const struct device_scene *)of)->record,
                                 &uptime_cs, &at))
            mib_ticks(out, uptime_cs);
        break;
    case CONTACT:
        mib_text(out, s->contact);
        break;
    case NAME:
        mib_text(out, s->name);
        break;
    case LOCATION:
        mib_text(out, s->location);
        break;
    default:
        mib_integer(out, s->services);
    }
}

static const uint8_t system_columns[] = {1, 2, 3, 4, 5, 6, 7};
static const struct mib_table system_group = {.entry =
                                                  OID_INIT(1, 3, 6, 1, 2, 1, 1),
                                              MIB_COLUMNS(system_columns),
                                              MIB_ONE_ROW,
                                              .value = system_value};

/* ---- ifNumber ---- */

static void number_value(const void *of, size_t row, uint32_t column,
                         struct mib_cell *out)
{
    (void)row;
    (void)column;
    mib_integer(out, (int64_t)facts_of(of)->interfaces.count);
}

static const uint8_t first[] = {1};
static const struct mib_table number = {.entry = OID_INIT(1, 3, 6, 1, 2, 1, 2),
                                        MIB_COLUMNS(first),
                                        MIB_ONE_ROW,
                                        .value = number_value};

/* ---- ifTable ---- */

static size_t if_rows(const void *of)
{
    return facts_of(of)->interfaces.count;
}

static void if_index(const void *of, size_t row, struct oid_store *out)
{
    (void)oid_push(out, facts_of(of)->interfaces.at[row].if_index);
}

/* What was polled of it since it told of itself; NULL. */
static const struct port_record *polled(const void *of, uint32_t index)
{
    const struct device_record *d = ((const struct device_scene *)of)->record;
    size_t low = 0, high = d->port_count;

    while (low < high) {
        size_t middle = (low + high) / 2;

        if (d->ports[middle].if_index == index)
            return &d->ports[middle];
        if (d->ports[middle].if_index < index)
            low = middle + 1;
        else
            high = middle;
    }
    for (size_t i = 0; i < d->port_count; i++) /* renumbered: in no order */
        if (d->ports[i].if_index == index)
            return &d->ports[i];
    return NULL;
}

/* ---- counters ---- */

/* A column and its counter. high: it has 64 bits, and is there where the
 * agent's has. */
struct counter_column {
    uint8_t column, counter; /* enum series_port */
    bool high;
};

static const struct counter_column if_counters[] = {
    {10, PORT_IN_OCTETS, false},    {11, PORT_IN_UCAST, false},
    {13, PORT_IN_DISCARDS, false},  {14, PORT_IN_ERRORS, false},
    {16, PORT_OUT_OCTETS, false},   {17, PORT_OUT_UCAST, false},
    {19, PORT_OUT_DISCARDS, false}, {20, PORT_OUT_ERRORS, false},
};
static const struct counter_column if_x_counters[] = {
    {2, PORT_IN_MCAST, false},   {3, PORT_IN_BCAST, false},
    {4, PORT_OUT_MCAST, false},  {5, PORT_OUT_BCAST, false},
    {6, PORT_IN_OCTETS, true},   {7, PORT_IN_UCAST, true},
    {8, PORT_IN_MCAST, true},    {9, PORT_IN_BCAST, true},
    {10, PORT_OUT_OCTETS, true}, {11, PORT_OUT_UCAST, true},
    {12, PORT_OUT_MCAST, true},  {13, PORT_OUT_BCAST, true},
};

static bool counters_of(const void *of, uint32_t if_index,
                        struct port_counters *out)
{
    const struct port_record *p = polled(of, if_index);

    return p != NULL && device_record_counters(
                            ((const struct device_scene *)of)->record, p, out);
}

/* Of 64 bits the 32-bit column has the lower half (RFC 2863, 3.1.6). */
static void counter_value(const void *of, uint32_t if_index,
                          const struct counter_column *columns, size_t count,
                          uint32_t column, struct mib_cell *out)
{
    struct port_counters counters;
    size_t i = 0;

    while (i < count && columns[i].column != column)
        i++;
    if (i == count || !counters_of(of, if_index, &counters) ||
        (counters.present >> columns[i].counter & 1) == 0)
        return;
    uint64_t count_now = counters.at[columns[i].counter];
    if (!columns[i].high)
        mib_counter(out, count_now);
    else if ((counters.wide >> columns[i].counter & 1) != 0)
        mib_counter64(out, count_now);
}

static void status_value(const void *of, const struct interface *i, bool admin,
                         struct mib_cell *out)
{
    const struct port_record *p = polled(of, i->if_index);
    uint8_t now = p == NULL ? 0 : admin ? p->admin_status : p->oper_status;
    uint8_t told = admin ? i->admin_status : i->oper_status;

    if (now != 0 || told != 0)
        mib_integer(out, now != 0 ? now : told);
}

static void if_value(const void *of, size_t row, uint32_t column,
                     struct mib_cell *out)
{
    enum { INDEX = 1, DESCR, TYPE, MTU, SPEED, PHYS, ADMIN, OPER, LAST };
    const struct interface *i = &facts_of(of)->interfaces.at[row];

    switch (column) {
    case INDEX:
        mib_integer(out, i->if_index);
        break;
    case DESCR:
        mib_text(out, i->descr);
        break;
    case TYPE:
        mib_integer(out,
                    i->has_type && i->type < IF_TYPE_TIMETRA ? i->type : 1);
        break;
    case MTU:
        if (i->mtu != FACT_UNKNOWN)
            mib_integer(out, i->mtu);
        break;
    case SPEED:
        mib_unsigned(out, i->speed_bps);
        break;
    case PHYS:
        mib_octets(out, i->phys);
        break;
    case ADMIN:
    case OPER:
        status_value(of, i, column == ADMIN, out);
        break;
    case LAST:
        if (i->last_change_cs != FACT_UNKNOWN)
            mib_ticks(out, (uint64_t)i->last_change_cs);
        break;
    default:
        counter_value(of, i->if_index, if_counters, COUNT_OF(if_counters),
                      column, out);
    }
}

static const uint8_t if_columns[] = {1,  2,  3,  4,  5,  6,  7,  8, 9,
                                     10, 11, 13, 14, 16, 17, 19, 20};
static const struct mib_table interfaces = {
    .entry = OID_INIT(1, 3, 6, 1, 2, 1, 2, 2, 1),
    MIB_COLUMNS(if_columns),
    .rows = if_rows,
    .index = if_index,
    .value = if_value};

/* ---- ifXTable ---- */

static void if_x_value(const void *of, size_t row, uint32_t column,
                       struct mib_cell *out)
{
    enum { NAME = 1, HIGH_SPEED = 15, ALIAS = 18, DISCONTINUITY = 19 };
    enum { BPS_PER_MBPS = 1000000 };
    const struct interface *i = &facts_of(of)->interfaces.at[row];
    struct port_counters counters;

    switch (column) {
    case NAME:
        mib_text(out, i->name);
        break;
    case HIGH_SPEED:
        mib_unsigned(out, (i->speed_bps + BPS_PER_MBPS / 2) / BPS_PER_MBPS);
        break;
    case ALIAS:
        mib_text(out, i->alias);
        break;
    case DISCONTINUITY:
        if (counters_of(of, i->if_index, &counters) &&
            counters.has_discontinuity)
            mib_ticks(out, counters.discontinuity_cs);
        break;
    default:
        counter_value(of, i->if_index, if_x_counters, COUNT_OF(if_x_counters),
                      column, out);
    }
}

static const uint8_t if_x_columns[] = {1, 2,  3,  4,  5,  6,  7,  8,
                                       9, 10, 11, 12, 13, 15, 18, 19};
static const struct mib_table extension = {
    .entry = OID_INIT(1, 3, 6, 1, 2, 1, 31, 1, 1, 1),
    MIB_COLUMNS(if_x_columns),
    .rows = if_rows,
    .index = if_index,
    .value = if_x_value};

const struct mib_table *const device_if_tables[] = {
    &system_group, &number, &interfaces, &extension, NULL};
