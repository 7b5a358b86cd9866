/* LLDP-MIB and CISCO-CDP-MIB: who is at the other end of each cable, in the
 * ways that different makers tell it. */
#include "tests/farm/mib.h"
#include "tests/farm/neighbor.h"

#include <stdio.h>
#include <string.h>

enum { CHASSIS_MAC = 4 };

static const struct oid zero = OID_INIT(0, 0);

static uint32_t lldp_one(const struct view *v)
{
    return view_has(v, MODEL_LLDP);
}

/* ---- ports of LLDP --------------------------------------------------------
 */

/* The port of the device that is nth by lldpLocPortNum. */
static uint32_t lldp_port(const struct view *v, uint32_t nth)
{
    if (!view_has(v, MODEL_LLDP_INDEX))
        return v->dev->first_port + nth;
    for (uint32_t rank = 0; rank < v->interfaces; rank++) {
        uint32_t slot = rank_slot(v, rank);

        if (!slot_is_virtual(v, slot) && nth-- == 0)
            return slot_port(v, slot);
    }
    return NONE;
}

static uint32_t lldp_port_num(const struct view *v, uint32_t port)
{
    return view_has(v, MODEL_LLDP_INDEX) ? slot_if_index(v, port_slot(v, port))
                                         : port - v->dev->first_port + 1;
}

/* A neighbor that both ends know by protocol flag is heard on the port. */
static bool port_hears(const struct view *v, uint32_t port, uint32_t flag)
{
    const struct port *p = &v->net->ports.at[port];

    if (p->told == NONE || !port_is_up(v->net, port))
        return false;
    const struct device *d =
        network_device(v->net, v->net->ports.at[p->told].device);

    return (d->model->flags & flag) != 0;
}

/* ---- local ----------------------------------------------------------------
 */

static bool config_get(struct view *v, unsigned column, uint32_t row,
                       struct value *out)
{
    static const int64_t values[] = {30, 4, 2, 2, 5};

    (void)v;
    (void)row;
    return value_int(out, values[column - 1]);
}

/* Neighbors come some seconds after the start, and go and come with cables. */
static uint32_t last_change_cs(const struct view *v)
{
    int64_t last_ms = v->boot_ms + 20000;

    for (size_t i = 0; v->cuts != NULL && i < v->cuts->count; i++) {
        const struct cut *cut = &v->cuts->at[i];

        if (cut->port >= v->dev->first_port &&
            cut->port < v->dev->first_port + v->dev->ports &&
            cut->since_ms > last_ms)
            last_ms = cut->since_ms;
    }
    return (uint32_t)((last_ms - v->boot_ms) / 10);
}

static bool stats_get(struct view *v, unsigned column, uint32_t row,
                      struct value *out)
{
    (void)row;
    if (column == 1)
        return value_of(out, VALUE_TICKS, last_change_cs(v));
    return value_gauge(out, 0);
}

static bool caps(struct view *v, enum role role, struct value *out)
{
    v->text[0] = (char)role_lldp_caps(role);
    return value_octets(out, v->text, 1);
}

static bool sys_descr(struct view *v, const struct device *d, struct value *out)
{
    pattern_fill(v->text, sizeof v->text, d->model->descr, (uint32_t[2]){0, 0},
                 d->name);
    return value_text_of(v, out);
}

static bool local_get(struct view *v, unsigned column, uint32_t row,
                      struct value *out)
{
    (void)row;
    switch (column) {
    case 1:
        return value_int(out, CHASSIS_MAC);
    case 2:
        return value_mac(v, out, device_mac(v->dev));
    case 3:
        return value_str(out, view_name(v));
    case 4:
        return sys_descr(v, v->dev, out);
    default:
        return caps(v, v->dev->model->role, out);
    }
}

static uint32_t local_ports(const struct view *v)
{
    return view_has(v, MODEL_LLDP) ? v->dev->ports : 0;
}

static void local_port_index(const struct view *v, uint32_t row,
                             struct index *out)
{
    index_push(out, lldp_port_num(v, lldp_port(v, row)));
}

static bool local_port_get(struct view *v, unsigned column, uint32_t row,
                           struct value *out)
{
    uint32_t port = lldp_port(v, row);

    switch (column) {
    case 2:
        return value_int(out, v->dev->model->port_subtype);
    case 3:
        return value_octets(out, v->text, lldp_port_id(v, port, v->text));
    default:
        slot_descr(v, port_slot(v, port), v->text, sizeof v->text);
        return value_text_of(v, out);
    }
}

static void local_address_index(const struct view *v, uint32_t row,
                                struct index *out)
{
    (void)row;
    index_push(out, 1);
    index_push(out, 4);
    index_push_ip(out, v->dev->ip);
}

static bool local_address_get(struct view *v, unsigned column, uint32_t row,
                              struct value *out)
{
    (void)row;
    switch (column) {
    case 3:
        return value_int(out, 5);
    case 4:
        return value_int(out, 2);
    case 5:
        return value_int(out, slot_if_index(v, view_management_slot(v)));
    default:
        return value_oid(out, zero);
    }
}

/* ---- remote ---------------------------------------------------------------
 */

static uint32_t remote_rows(const struct view *v)
{
    uint32_t rows = 0;

    if (!view_has(v, MODEL_LLDP))
        return 0;
    for (uint32_t p = 0; p < v->dev->ports; p++)
        rows += port_hears(v, v->dev->first_port + p, MODEL_LLDP);
    return rows;
}

/* The local port of the nth neighbor. */
static uint32_t remote_port(const struct view *v, uint32_t nth)
{
    for (uint32_t i = 0; i < v->dev->ports; i++) {
        uint32_t port = lldp_port(v, i);

        if (port_hears(v, port, MODEL_LLDP) && nth-- == 0)
            return port;
    }
    return NONE;
}

static void remote_index(const struct view *v, uint32_t row, struct index *out)
{
    bool marks = view_has(v, MODEL_TIME_MARK);

    index_push(out, marks ? 2000 + 150 * row : 0);
    index_push(out, lldp_port_num(v, remote_port(v, row)));
    index_push(out, row + 1);
}

static bool remote_get(struct view *v, unsigned column, uint32_t row,
                       struct value *out)
{
    uint32_t peer = v->net->ports.at[remote_port(v, row)].told;
    struct view other;

    view_init(&other, v->net, v->net->ports.at[peer].device);
    switch (column) {
    case 4:
        return value_int(out, CHASSIS_MAC);
    case 5:
        return value_mac(v, out, device_mac(other.dev));
    case 6:
        return value_int(out, other.dev->model->port_subtype);
    case 7:
        return value_octets(out, v->text, lldp_port_id(&other, peer, v->text));
    case 8:
        slot_descr(&other, port_slot(&other, peer), v->text, sizeof v->text);
        return value_text_of(v, out);
    case 9:
        return value_str(out, other.dev->name);
    case 10:
        return sys_descr(v, other.dev, out);
    default:
        return caps(v, other.dev->model->role, out);
    }
}

static void remote_address_index(const struct view *v, uint32_t row,
                                 struct index *out)
{
    uint32_t peer = v->net->ports.at[remote_port(v, row)].told;

    remote_index(v, row, out);
    index_push(out, 1);
    index_push(out, 4);
    index_push_ip(out,
                  network_device(v->net, v->net->ports.at[peer].device)->ip);
}

static bool remote_address_get(struct view *v, unsigned column, uint32_t row,
                               struct value *out)
{
    uint32_t peer = v->net->ports.at[remote_port(v, row)].told;
    struct view other;

    if (column == 5)
        return value_oid(out, zero);
    view_init(&other, v->net, v->net->ports.at[peer].device);
    return value_int(
        out,
        column == 3 ? 2 : slot_if_index(&other, view_management_slot(&other)));
}

/* ---- CDP ------------------------------------------------------------------
 */

static uint32_t cdp_one(const struct view *v)
{
    return view_has(v, MODEL_CDP);
}

static uint32_t cdp_rows(const struct view *v)
{
    uint32_t rows = 0;

    if (!view_has(v, MODEL_CDP))
        return 0;
    for (uint32_t p = 0; p < v->dev->ports; p++)
        rows += port_hears(v, v->dev->first_port + p, MODEL_CDP);
    return rows;
}

static uint32_t cdp_slot(const struct view *v, uint32_t nth)
{
    for (uint32_t rank = 0; rank < v->interfaces; rank++) {
        uint32_t slot = rank_slot(v, rank);

        if (!slot_is_virtual(v, slot) &&
            port_hears(v, slot_port(v, slot), MODEL_CDP) && nth-- == 0)
            return slot;
    }
    return NONE;
}

static void cdp_index(const struct view *v, uint32_t row, struct index *out)
{
    index_push(out, slot_if_index(v, cdp_slot(v, row)));
    index_push(out, row + 1);
}

static bool cdp_global_get(struct view *v, unsigned column, uint32_t row,
                           struct value *out)
{
    (void)row;
    switch (column) {
    case 1:
        return value_int(out, 1);
    case 2:
        return value_int(out, 60);
    case 3:
        return value_int(out, 180);
    default:
        cdp_device_id(v, v->text, sizeof v->text);
        return value_text_of(v, out);
    }
}

static bool cdp_get(struct view *v, unsigned column, uint32_t row,
                    struct value *out)
{
    uint32_t peer = v->net->ports.at[slot_port(v, cdp_slot(v, row))].told;
    struct view other;

    view_init(&other, v->net, v->net->ports.at[peer].device);
    switch (column) {
    case 3: /* cdpCacheAddressType: ip(1) */
        return value_int(out, 1);
    case 4:
        octets_put((uint8_t *)v->text, other.dev->ip, 4);
        return value_octets(out, v->text, 4);
    case 5:
        return sys_descr(v, other.dev, out);
    case 6:
        cdp_device_id(&other, v->text, sizeof v->text);
        return value_text_of(v, out);
    case 7:
        slot_descr(&other, port_slot(&other, peer), v->text, sizeof v->text);
        return value_text_of(v, out);
    case 8:
        (void)snprintf(v->text, sizeof v->text, "cisco %s",
                       other.dev->model->hardware);
        return value_text_of(v, out);
    case 9:
        octets_put((uint8_t *)v->text, role_cdp_caps(other.dev->model->role),
                   4);
        return value_octets(out, v->text, 4);
    default: /* native VLAN 1, duplex full(3) */
        return value_int(out, column == 11 ? 1 : 3);
    }
}

const struct group groups_lldp[] = {
    {
        .prefix = OID_INIT(1, 0, 8802, 1, 1, 2, 1, 1),
        GROUP_COLUMNS(1, 2, 3, 4, 5),
        .rows = lldp_one,
        .get = config_get,
    },
    {
        .prefix = OID_INIT(1, 0, 8802, 1, 1, 2, 1, 2),
        GROUP_COLUMNS(1, 2, 3, 4, 5),
        .rows = lldp_one,
        .get = stats_get,
    },
    {
        .prefix = OID_INIT(1, 0, 8802, 1, 1, 2, 1, 3),
        GROUP_COLUMNS(1, 2, 3, 4, 5, 6),
        .rows = lldp_one,
        .get = local_get,
    },
    {
        .prefix = OID_INIT(1, 0, 8802, 1, 1, 2, 1, 3, 7, 1),
        GROUP_COLUMNS(2, 3, 4),
        .rows = local_ports,
        .index = local_port_index,
        .get = local_port_get,
    },
    {
        .prefix = OID_INIT(1, 0, 8802, 1, 1, 2, 1, 3, 8, 1),
        GROUP_COLUMNS(3, 4, 5, 6),
        .rows = lldp_one,
        .index = local_address_index,
        .get = local_address_get,
    },
    {
        .prefix = OID_INIT(1, 0, 8802, 1, 1, 2, 1, 4, 1, 1),
        GROUP_COLUMNS(4, 5, 6, 7, 8, 9, 10, 11, 12),
        .rows = remote_rows,
        .index = remote_index,
        .get = remote_get,
    },
    {
        .prefix = OID_INIT(1, 0, 8802, 1, 1, 2, 1, 4, 2, 1),
        GROUP_COLUMNS(3, 4, 5),
        .rows = remote_rows,
        .index = remote_address_index,
        .get = remote_address_get,
    },
    {.count = 0},
};

const struct group groups_cdp[] = {
    {
        .prefix = OID_INIT(1, 3, 6, 1, 4, 1, 9, 9, 23, 1, 2, 1, 1),
        GROUP_COLUMNS(3, 4, 5, 6, 7, 8, 9, 11, 12),
        .rows = cdp_rows,
        .index = cdp_index,
        .get = cdp_get,
    },
    {
        .prefix = OID_INIT(1, 3, 6, 1, 4, 1, 9, 9, 23, 1, 3),
        GROUP_COLUMNS(1, 2, 3, 4),
        .rows = cdp_one,
        .get = cdp_global_get,
    },
    {.count = 0},
};
