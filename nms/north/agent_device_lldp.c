/* In the context of a device: LLDP-MIB (IEEE 802.1AB), its local system, the
 * ports, remote systems and their addresses. All have the time mark 0. */
#include "north/agent_device.h"

#include <stdlib.h>

static const struct device_scene *scene_of(const void *of)
{
    return of;
}

/* ---- lldpLocalSystemData ---- */

static void local_value(const void *of, size_t row, uint32_t column,
                        struct mib_cell *out)
{
    enum { SUBTYPE = 1, CHASSIS, NAME };
    const struct facts *f = scene_of(of)->facts;

    (void)row;
    if (f->lldp.chassis_subtype == 0)
        return; /* it speaks no LLDP */
    if (column == SUBTYPE)
        mib_integer(out, f->lldp.chassis_subtype);
    else if (column == CHASSIS)
        mib_octets(out, f->lldp.chassis_id);
    else if (column == NAME)
        mib_text(out, f->lldp.sys_name);
    else
        mib_text(out, f->system.descr);
}

static const uint8_t local_columns[] = {1, 2, 3, 4};
static const struct mib_table local = {.entry =
                                           OID_INIT(1, 0, 8802, 1, 1, 2, 1, 3),
                                       MIB_COLUMNS(local_columns),
                                       MIB_ONE_ROW,
                                       .value = local_value};

/* ---- lldpLocPortTable ---- */

static size_t port_rows(const void *of)
{
    return scene_of(of)->locals.count;
}

static void port_index(const void *of, size_t row, struct oid_store *out)
{
    (void)oid_push(out, scene_of(of)->locals.at[row]->port_num);
}

static void port_value(const void *of, size_t row, uint32_t column,
                       struct mib_cell *out)
{
    enum { SUBTYPE = 2, ID };
    const struct lldp_local_port *p = scene_of(of)->locals.at[row];

    if (column == SUBTYPE)
        mib_integer(out, p->subtype);
    else if (column == ID)
        mib_octets(out, p->id);
    else
        mib_text(out, p->descr);
}

static const uint8_t port_columns[] = {2, 3, 4};
static const struct mib_table ports = {
    .entry = OID_INIT(1, 0, 8802, 1, 1, 2, 1, 3, 7, 1),
    MIB_COLUMNS(port_columns),
    .rows = port_rows,
    .index = port_index,
    .value = port_value};

/* ---- lldpRemTable ---- */

static size_t remote_rows(const void *of)
{
    return scene_of(of)->remotes.count;
}

static void push_remote(const struct neighbor *n, struct oid_store *out)
{
    (void)oid_push(out, 0);
    (void)oid_push(out, n->local_port_num);
    (void)oid_push(out, n->rem_index);
}

static void remote_index(const void *of, size_t row, struct oid_store *out)
{
    push_remote(scene_of(of)->remotes.at[row], out);
}

/* LldpSystemCapabilitiesMap: bit 0 is the highest of the first octet. */
static void capabilities(uint16_t caps, struct mib_cell *out)
{
    enum { BITS = 16, LEN = 2 };
    unsigned mirrored = 0;

    for (unsigned i = 0; i < BITS; i++)
        if ((caps & 1u << i) != 0)
            mirrored |= 0x8000u >> i;
    out->octets[0] = (uint8_t)(mirrored >> 8);
    out->octets[1] = (uint8_t)mirrored;
    mib_octets(out, (struct bytes){out->octets, LEN});
}

/* LldpChassisIdSubtype and LldpPortIdSubtype have these; none where the device
 * tells another. */
static void subtype(int64_t told, struct mib_cell *out)
{
    enum { FIRST = 1, LAST = 7 };

    if (told >= FIRST && told <= LAST)
        mib_integer(out, told);
}

static void remote_value(const void *of, size_t row, uint32_t column,
                         struct mib_cell *out)
{
    enum {
        CHASSIS_SUBTYPE = 4,
        CHASSIS,
        PORT_SUBTYPE,
        PORT,
        PORT_DESCR,
        SYS_NAME,
        SYS_DESCR
    };
    const struct neighbor *n = scene_of(of)->remotes.at[row];

    switch (column) {
    case CHASSIS_SUBTYPE:
        subtype(n->chassis_subtype, out);
        break;
    case CHASSIS:
        mib_octets(out, n->chassis_id);
        break;
    case PORT_SUBTYPE:
        subtype(n->port_subtype, out);
        break;
    case PORT:
        mib_octets(out, n->port_id);
        break;
    case PORT_DESCR:
        mib_text(out, n->port_descr);
        break;
    case SYS_NAME:
        mib_text(out, n->sys_name);
        break;
    case SYS_DESCR:
        mib_text(out, n->sys_descr);
        break;
    default: /* supported, of which the enabled ones are known; enabled */
        capabilities(n->caps, out);
    }
}

static const uint8_t remote_columns[] = {4, 5, 6, 7, 8, 9, 10, 11, 12};
static const struct mib_table remotes = {
    .entry = OID_INIT(1, 0, 8802, 1, 1, 2, 1, 4, 1, 1),
    MIB_COLUMNS(remote_columns),
    .rows = remote_rows,
    .index = remote_index,
    .value = remote_value};

/* ---- lldpRemManAddrTable ---- */

static size_t mgmt_rows(const void *of)
{
    return scene_of(of)->mgmt.count;
}

static void mgmt_index(const void *of, size_t row, struct oid_store *out)
{
    const struct mgmt_row *r = &scene_of(of)->mgmt.at[row];
    struct bytes octets = addr_octets(r->addr);

    push_remote(r->neighbor, out);
    (void)oid_push(out, r->addr->family == 4 ? 1 : 2);
    (void)oid_push(out, (uint32_t)octets.len);
    for (size_t i = 0; i < octets.len; i++)
        (void)oid_push(out, octets.at[i]);
}

static void mgmt_value(const void *of, size_t row, uint32_t column,
                       struct mib_cell *out)
{
    enum { IF_SUBTYPE = 3, IF_ID };
    enum { SUBTYPE_UNKNOWN = 1 };

    (void)of;
    (void)row;
    if (column == IF_SUBTYPE)
        mib_integer(out, SUBTYPE_UNKNOWN);
    else if (column == IF_ID)
        mib_integer(out, 0);
    else
        mib_oid(out, (struct oid){0});
}

static const uint8_t mgmt_columns[] = {3, 4, 5};
static const struct mib_table mgmt = {
    .entry = OID_INIT(1, 0, 8802, 1, 1, 2, 1, 4, 2, 1),
    MIB_COLUMNS(mgmt_columns),
    .rows = mgmt_rows,
    .index = mgmt_index,
    .value = mgmt_value};

const struct mib_table *const device_lldp_tables[] = {&local, &ports, &remotes,
                                                      &mgmt, NULL};
