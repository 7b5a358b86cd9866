/* In the context of a device: the system group (SNMPv2-MIB), ifTable, ifXTable
 * (IF-MIB). Counters are not among what is served: the station keeps rates. */
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
        if (s->has_uptime)
            mib_ticks(out, s->uptime_cs);
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
                                              .rows = mib_one_row,
                                              .index = mib_scalar_index,
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
                                        .rows = mib_one_row,
                                        .index = mib_scalar_index,
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
    return NULL;
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
    enum { INDEX = 1, DESCR, TYPE, MTU, SPEED, PHYS, ADMIN, OPER };
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
    default: /* ifLastChange */
        if (i->last_change_cs != FACT_UNKNOWN)
            mib_ticks(out, (uint64_t)i->last_change_cs);
    }
}

static const uint8_t if_columns[] = {1, 2, 3, 4, 5, 6, 7, 8, 9};
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
    enum { NAME = 1, HIGH_SPEED = 15, BPS_PER_MBPS = 1000000 };
    const struct interface *i = &facts_of(of)->interfaces.at[row];

    if (column == NAME)
        mib_text(out, i->name);
    else if (column == HIGH_SPEED)
        mib_unsigned(out, i->speed_bps / BPS_PER_MBPS);
    else
        mib_text(out, i->alias);
}

static const uint8_t if_x_columns[] = {1, 15, 18};
static const struct mib_table extension = {
    .entry = OID_INIT(1, 3, 6, 1, 2, 1, 31, 1, 1, 1),
    MIB_COLUMNS(if_x_columns),
    .rows = if_rows,
    .index = if_index,
    .value = if_x_value};

const struct mib_table *const device_if_tables[] = {
    &system_group, &number, &interfaces, &extension, NULL};
