/* In the context of a device: PTOPO-MIB (RFC 2922), what its neighbors
 * protocols tell of its ports. The time mark is 0 for all. */
#include "north/agent_device.h"

#include "base/text.h"

#include <string.h>

static const struct device_scene *scene_of(const void *of)
{
    return of;
}

/* ---- ptopoGeneral, ptopoConfig ---- */

/* sysUpTime, as it is told here, when neighbors changed last; 0: before the
 * device or the station started. */
static uint32_t changed_cs(const struct device_record *d)
{
    enum { TICK_MS = 10 };
    uint32_t uptime_cs;
    struct wall at;

    if (d->neighbors_at.ms == 0 || !device_record_uptime(d, &uptime_cs, &at))
        return 0;
    int64_t ago_cs = (at.ms - d->neighbors_at.ms) / TICK_MS;
    if (ago_cs < 0)
        ago_cs = 0; /* since the sample */
    return ago_cs < uptime_cs ? uptime_cs - (uint32_t)ago_cs : 0;
}

static void general_value(const void *of, size_t row, uint32_t column,
                          struct mib_cell *out)
{
    (void)row;
    if (column == 1) /* ptopoLastChangeTime */
        mib_ticks(out, changed_cs(scene_of(of)->record));
    else
        mib_counter(out, 0);
}

static void config_value(const void *of, size_t row, uint32_t column,
                         struct mib_cell *out)
{
    enum { TRAP_INTERVAL = 1, HOLD_S = 300 };

    (void)of;
    (void)row;
    mib_integer(out, column == TRAP_INTERVAL ? 0 : HOLD_S);
}

static const uint8_t general_columns[] = {1, 2, 3, 4, 5},
                     config_columns[] = {1, 2};
static const struct mib_table general = {.entry = OID_INIT(1, 3, 6, 1, 2, 1, 79,
                                                           1, 2),
                                         MIB_COLUMNS(general_columns),
                                         MIB_ONE_ROW,
                                         .value = general_value},
                              config = {
                                  .entry = OID_INIT(1, 3, 6, 1, 2, 1, 79, 1, 3),
                                  MIB_COLUMNS(config_columns),
                                  MIB_ONE_ROW,
                                  .value = config_value};

/* ---- ptopoConnTable ---- */

static size_t rows(const void *of)
{
    return scene_of(of)->connections.count;
}

static void row_index(const void *of, size_t row, struct oid_store *out)
{
    const struct connection_row *r = &scene_of(of)->connections.at[row];

    (void)oid_push(out, 0);
    (void)oid_push(out, scene_of(of)->chassis);
    (void)oid_push(out, r->port);
    (void)oid_push(out, r->number);
}

/* PtopoGenAddr: the family (AddressFamilyNumbers) and the address. */
static void generic_address(const struct addr *a, struct mib_cell *out)
{
    struct bytes octets = addr_octets(a);
    uint8_t *at = (uint8_t *)out->oid.sub; /* as long as the cell */

    at[0] = a->family == 4 ? 1 : 2;
    memcpy(at + 1, octets.at, octets.len);
    mib_octets(out, (struct bytes){at, octets.len + 1});
}

static void mac_value(const struct mac *m, struct mib_cell *out)
{
    memcpy(out->octets, m->octets, sizeof m->octets);
    mib_octets(out, (struct bytes){out->octets, sizeof m->octets});
}

/* PtopoChassisId and PtopoPortId have 1 to 32 octets; none where none is told.
 */
static void id_value(const char *text, struct mib_cell *out)
{
    enum { ID_MAX = 32 };
    struct bytes id = bytes_of_text(text);

    id.len = text_fit(id, ID_MAX);
    if (id.len > 0)
        mib_octets(out, id);
}

/* Which of the types that the MIB has says most of the remote chassis. */
static void chassis_value(const struct neighbor *n, bool type,
                          struct mib_cell *out)
{
    enum { IF_ALIAS = 2, MAC_ADDRESS = 4, GEN_ADDR = 5 };
    bool mac = mac_is_set(&n->chassis_mac);
    bool addr = !mac && n->mgmt_count > 0;

    if (type)
        mib_integer(out, mac ? MAC_ADDRESS : addr ? GEN_ADDR : IF_ALIAS);
    else if (mac)
        mac_value(&n->chassis_mac, out);
    else if (addr)
        generic_address(&n->mgmt[0], out);
    else
        id_value(n->chassis_text, out);
}

static void port_value(const struct neighbor *n, bool type,
                       struct mib_cell *out)
{
    enum { IF_ALIAS = 1, MAC_ADDR = 3 };
    bool mac = mac_is_set(&n->port_mac);

    if (type)
        mib_integer(out, mac ? MAC_ADDR : IF_ALIAS);
    else if (mac)
        mac_value(&n->port_mac, out);
    else
        id_value(n->port_text, out);
}

static void address_value(const struct neighbor *n, bool type,
                          struct mib_cell *out)
{
    const struct addr *addr = n->mgmt_count > 0 ? n->mgmt : NULL;

    if (type)
        mib_address_type(out, addr);
    else
        mib_address(out, addr);
}

/* portolanDiscoveryLldp and portolanDiscoveryCdp, wherever PORTOLAN-MIB is. */
static void algorithm_value(const struct device_scene *s,
                            const struct neighbor *n, struct mib_cell *out)
{
    enum { LLDP = 1, CDP = 2 };

    mib_oid(out, OID(1, 3, 6, 1, 4, 1, s->enterprise, 1, 3, 1,
                     n->protocol == NEIGHBOR_LLDP ? LLDP : CDP));
}

static void value(const void *of, size_t row, uint32_t column,
                  struct mib_cell *out)
{
    enum {
        CHASSIS_TYPE = 5,
        CHASSIS,
        PORT_TYPE,
        PORT,
        ALGORITHM,
        ADDR_TYPE,
        ADDR,
        MULTI_MAC,
        MULTI_NET,
        IS_STATIC,
        LAST_VERIFY
    };
    enum { SEEN_UNKNOWN = 2, ACTIVE = 1 };
    const struct device_scene *s = of;
    const struct neighbor *n = s->connections.at[row].neighbor;

    switch (column) {
    case CHASSIS_TYPE:
    case CHASSIS:
        chassis_value(n, column == CHASSIS_TYPE, out);
        break;
    case PORT_TYPE:
    case PORT:
        port_value(n, column == PORT_TYPE, out);
        break;
    case ALGORITHM:
        algorithm_value(s, n, out);
        break;
    case ADDR_TYPE:
    case ADDR:
        address_value(n, column == ADDR_TYPE, out);
        break;
    case MULTI_MAC:
    case MULTI_NET:
        mib_integer(out, SEEN_UNKNOWN);
        break;
    case IS_STATIC:
        mib_truth(out, false);
        break;
    case LAST_VERIFY:
        mib_ticks(out, s->facts->system.uptime_cs);
        break;
    default:
        mib_integer(out, ACTIVE);
    }
}

static const uint8_t columns[] = {5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
static const struct mib_table table = {
    .entry = OID_INIT(1, 3, 6, 1, 2, 1, 79, 1, 1, 1, 1),
    MIB_COLUMNS(columns),
    .rows = rows,
    .index = row_index,
    .value = value};

const struct mib_table *const device_ptopo_tables[] = {&table, &general,
                                                       &config, NULL};
