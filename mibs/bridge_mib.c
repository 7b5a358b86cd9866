#include "mibs/bridge_mib.h"

#include "mibs/lldp_mib.h"
#include "mibs/port_vlan_mib.h"
#include "mibs/vlan_mib.h"

#include <string.h>

enum {
    BASE_ADDRESS,
    STP_PROTOCOL,
    STP_PRIORITY,
    STP_TOP_CHANGES,
    STP_ROOT,
    STP_ROOT_COST,
    STP_ROOT_PORT,
    STP_VERSION,
};
enum { PORT_IF_INDEX, PORT_STATE, PORT_COST, PORT_BRIDGE, PORT_PORT };
enum { STATIC_NAME, STATIC_EGRESS, STATIC_UNTAGGED, STATIC_STATUS };
enum { CURRENT_FDB, CURRENT_EGRESS, CURRENT_UNTAGGED };
enum { FDB_PORT, FDB_STATUS };

/* dot1dTpFdbStatus and dot1qTpFdbStatus. */
enum { FDB_INVALID = 2, FDB_LEARNED = 3 };

enum { BRIDGE_ID_LEN = 8, VLAN_MAX = 4094 };

static const struct oid bridge_scalars[] = {
    [BASE_ADDRESS] = OID_INIT(1, 3, 6, 1, 2, 1, 17, 1, 1, 0),
    [STP_PROTOCOL] = OID_INIT(1, 3, 6, 1, 2, 1, 17, 2, 1, 0),
    [STP_PRIORITY] = OID_INIT(1, 3, 6, 1, 2, 1, 17, 2, 2, 0),
    [STP_TOP_CHANGES] = OID_INIT(1, 3, 6, 1, 2, 1, 17, 2, 4, 0),
    [STP_ROOT] = OID_INIT(1, 3, 6, 1, 2, 1, 17, 2, 5, 0),
    [STP_ROOT_COST] = OID_INIT(1, 3, 6, 1, 2, 1, 17, 2, 6, 0),
    [STP_ROOT_PORT] = OID_INIT(1, 3, 6, 1, 2, 1, 17, 2, 7, 0),
    /* dot1dStpVersion (RFC 4318) */
    [STP_VERSION] = OID_INIT(1, 3, 6, 1, 2, 1, 17, 2, 16, 0),
};

static const struct oid port_columns[] = {
    [PORT_IF_INDEX] = OID_INIT(1, 3, 6, 1, 2, 1, 17, 1, 4, 1, 2),
    [PORT_STATE] = OID_INIT(1, 3, 6, 1, 2, 1, 17, 2, 15, 1, 3),
    [PORT_COST] = OID_INIT(1, 3, 6, 1, 2, 1, 17, 2, 15, 1, 5),
    [PORT_BRIDGE] = OID_INIT(1, 3, 6, 1, 2, 1, 17, 2, 15, 1, 8),
    [PORT_PORT] = OID_INIT(1, 3, 6, 1, 2, 1, 17, 2, 15, 1, 9),
};

static const struct oid vlan_name_columns[] = {
    [STATIC_NAME] = OID_INIT(1, 3, 6, 1, 2, 1, 17, 7, 1, 4, 3, 1, 1),
    [STATIC_EGRESS] = OID_INIT(1, 3, 6, 1, 2, 1, 17, 7, 1, 4, 3, 1, 2),
    [STATIC_UNTAGGED] = OID_INIT(1, 3, 6, 1, 2, 1, 17, 7, 1, 4, 3, 1, 4),
    [STATIC_STATUS] = OID_INIT(1, 3, 6, 1, 2, 1, 17, 7, 1, 4, 3, 1, 5),
};

static const struct oid vlan_current_columns[] = {
    [CURRENT_FDB] = OID_INIT(1, 3, 6, 1, 2, 1, 17, 7, 1, 4, 2, 1, 3),
    [CURRENT_EGRESS] = OID_INIT(1, 3, 6, 1, 2, 1, 17, 7, 1, 4, 2, 1, 4),
    [CURRENT_UNTAGGED] = OID_INIT(1, 3, 6, 1, 2, 1, 17, 7, 1, 4, 2, 1, 5),
};

static const struct oid fdb_columns[] = {
    [FDB_PORT] = OID_INIT(1, 3, 6, 1, 2, 1, 17, 4, 3, 1, 2),
    [FDB_STATUS] = OID_INIT(1, 3, 6, 1, 2, 1, 17, 4, 3, 1, 3),
};

static const struct oid q_fdb_columns[] = {
    [FDB_PORT] = OID_INIT(1, 3, 6, 1, 2, 1, 17, 7, 1, 2, 2, 1, 2),
    [FDB_STATUS] = OID_INIT(1, 3, 6, 1, 2, 1, 17, 7, 1, 2, 2, 1, 3),
};

static int hex_digit(uint8_t c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* How many hexadecimal digits stand at i. */
static size_t digits_at(struct bytes b, size_t i)
{
    size_t count = 0;

    while (i + count < b.len && hex_digit(b.at[i + count]) >= 0)
        count++;
    return count;
}

/* BridgeId is eight octets; net-snmp's bridge module writes it as the kernel
 * does, "8000.024c11223344", others as "80:0:2:4c:11:22:33:44". */
static struct bytes bridge_id(struct harvest *h, struct bytes b)
{
    uint8_t octets[BRIDGE_ID_LEN] = {0};
    size_t digits = 0, group = 0;

    if (b.len == BRIDGE_ID_LEN)
        return arena_bytes(h->facts->arena, b);
    for (size_t i = 0; i < b.len && digits < 2 * sizeof octets; i++) {
        int digit = hex_digit(b.at[i]);

        if (digit < 0) {
            group = 0;
            continue;
        }
        if (group++ == 0) /* a digit that was left out is 0 */
            digits += digits_at(b, i) % 2;
        if (digits < 2 * sizeof octets)
            octets[digits / 2] = (uint8_t)(octets[digits / 2] << 4 | digit);
        digits++;
    }
    if (digits != 2 * sizeof octets)
        return (struct bytes){0};
    return arena_bytes(h->facts->arena, (struct bytes){octets, sizeof octets});
}

/* dot1dStpVersion where there is one; else dot1dStpProtocolSpecification. */
static const char *stp_protocol(const struct row *row)
{
    enum { DEC_LB100 = 2, IEEE_8021D = 3 };

    switch (row_integer(row, STP_VERSION, -1)) {
    case 0:
        return "stp";
    case 2:
        return "rstp";
    case 3: /* of agents before RFC 4318 was finished */
        return "mstp";
    default:
        break;
    }
    switch (row_integer(row, STP_PROTOCOL, 0)) {
    case DEC_LB100:
        return "decLb100";
    case IEEE_8021D:
        return "ieee8021d";
    default:
        return "";
    }
}

static void read_bridge(struct harvest *h, const struct row *row)
{
    struct bridge *b = &h->facts->bridge;

    (void)mac_of_value(row_at(row, BASE_ADDRESS), &b->base_mac);
    b->stp_root = bridge_id(h, row_octets(row, STP_ROOT));
    b->stp_protocol = stp_protocol(row);
    b->stp_priority = row_integer(row, STP_PRIORITY, FACT_UNKNOWN);
    b->stp_root_cost = row_integer(row, STP_ROOT_COST, FACT_UNKNOWN);
    b->stp_root_port = row_integer(row, STP_ROOT_PORT, FACT_UNKNOWN);
    b->topology_changes = row_integer(row, STP_TOP_CHANGES, FACT_UNKNOWN);
}

static void read_port(struct harvest *h, const struct row *row)
{
    struct bridge_ports *ports = &h->facts->bridge.ports;
    int64_t state = row_integer(row, PORT_STATE, 0);
    struct bytes port = row_octets(row, PORT_PORT);

    if (row->index.len != 1 || ports->count >= BRIDGE_PORTS_MAX)
        return;

    struct bridge_port *p = array_add(ports);
    p->base_port = row->index.sub[0];
    p->if_index = row_u32(row, PORT_IF_INDEX);
    p->stp_state = state >= 1 && state <= 6 ? (uint8_t)state : 0;
    p->stp_cost = row_u32(row, PORT_COST);
    p->designated_bridge = bridge_id(h, row_octets(row, PORT_BRIDGE));
    if (port.len == 2)
        p->designated_port = arena_bytes(h->facts->arena, port);
}

/* A bridge of its own for each VLAN has ports of its own. */
static void read_context_port(struct harvest *h, const struct row *row)
{
    uint32_t port = row->index.len == 1 ? row->index.sub[0] : 0;

    if (port > 0 && port <= UINT16_MAX &&
        h->vlan_ports.count < BRIDGE_PORTS_MAX)
        pairing_add(&h->vlan_ports, (uint32_t)h->context_vlan << 16 | port,
                    row_u32(row, PORT_IF_INDEX));
}

static void read_vlan_name(struct harvest *h, const struct row *row)
{
    if (row->index.len != 1)
        return;
    vlan_add(h, row->index.sub[0], harvest_text(h, row_at(row, STATIC_NAME)));
    memberships_add(h, row->index.sub[0], true, row_octets(row, STATIC_EGRESS),
                    row_octets(row, STATIC_UNTAGGED));
}

/* Index: dot1qVlanTimeMark, which some agents leave out, dot1qVlanIndex. */
static void read_vlan_current(struct harvest *h, const struct row *row)
{
    uint32_t vlan = 0;

    if (row->index.len == 1 || row->index.len == 2)
        vlan = row->index.sub[row->index.len - 1];
    if (vlan == 0 || vlan > VLAN_MAX || h->fdb_vlans.count >= VLANS_MAX)
        return;
    pairing_add(&h->fdb_vlans, row_u32(row, CURRENT_FDB), vlan);
    vlan_add(h, vlan, "");
    memberships_add(h, vlan, false, row_octets(row, CURRENT_EGRESS),
                    row_octets(row, CURRENT_UNTAGGED));
}

/* The address from sub-identifier at to the end: six octets, which some agents
 * put behind their number. */
static bool read_mac(struct oid index, size_t at, struct mac *out)
{
    const size_t len = sizeof out->octets;

    if (index.len == at + 1 + len && index.sub[at] == len)
        at++;
    return index.len == at + len &&
           oid_read_octets(index, at, len, out->octets) && mac_is_set(out) &&
           !mac_is_multicast(out);
}

/* An entry without port says nothing: agents list those that they have just
 * forgotten. */
static struct forwarding *add_forwarding(struct harvest *h,
                                         const struct row *row, size_t at)
{
    uint32_t port = row_u32(row, FDB_PORT);
    int64_t status = row_integer(row, FDB_STATUS, FDB_LEARNED);
    struct mac mac;

    if (port == 0 || status == FDB_INVALID || status < 0 ||
        status > UINT8_MAX || h->forwardings.count >= FDB_MAX ||
        !read_mac(row->index, at, &mac))
        return NULL;

    struct forwarding *f = array_add(&h->forwardings);
    f->mac = mac;
    f->status = (uint8_t)status;
    f->base_port = port;
    return f;
}

static void read_fdb(struct harvest *h, const struct row *row)
{
    (void)add_forwarding(h, row, 0);
}

/* Index: dot1qFdbId, address. */
static void read_q_fdb(struct harvest *h, const struct row *row)
{
    struct forwarding *f = add_forwarding(h, row, 1);

    if (f == NULL)
        return;
    f->has_fdb_id = true;
    f->fdb_id = row->index.sub[0];
}

static void read_context_fdb(struct harvest *h, const struct row *row)
{
    struct forwarding *f = add_forwarding(h, row, 0);

    if (f != NULL)
        f->vlan = h->context_vlan;
}

static int port_compare(const void *a, const void *b)
{
    const struct bridge_port *x = a, *y = b;

    return (x->base_port > y->base_port) - (x->base_port < y->base_port);
}

static int vlan_compare(const void *a, const void *b)
{
    const struct vlan *x = a, *y = b;

    if (x->id != y->id)
        return x->id < y->id ? -1 : 1;
    return strcmp(y->name, x->name); /* named before nameless */
}

static void vlans_finish(struct vlans *all)
{
    size_t kept = 0;

    if (all->count > 0)
        qsort(all->at, all->count, sizeof *all->at, vlan_compare);
    for (size_t i = 0; i < all->count; i++)
        if (kept == 0 || all->at[kept - 1].id != all->at[i].id)
            all->at[kept++] = all->at[i];
    all->count = kept;
}

/* BridgeId ends with the address of the bridge. */
static bool is_own_bridge(const struct bridge *b, struct bytes id)
{
    const size_t len = sizeof b->base_mac.octets;

    return id.len == BRIDGE_ID_LEN &&
           memcmp(id.at + BRIDGE_ID_LEN - len, b->base_mac.octets, len) == 0;
}

/* RSTP-MIB has no roles, but they follow from what BRIDGE-MIB has: whose port
 * is designated for the segment, and whether this one lets frames through. */
static enum stp_role stp_role(const struct bridge *b,
                              const struct bridge_port *p)
{
    enum { DISABLED = 1, BLOCKING = 2, FORWARDING = 5 };

    if (p->stp_state == 0 || p->stp_state > FORWARDING)
        return STP_ROLE_UNKNOWN;
    if (p->stp_state == DISABLED)
        return STP_ROLE_DISABLED;
    if (b->stp_root_port == p->base_port)
        return STP_ROLE_ROOT;
    if (p->designated_bridge.len == 0 || !mac_is_set(&b->base_mac))
        return STP_ROLE_UNKNOWN;
    if (!is_own_bridge(b, p->designated_bridge))
        return p->stp_state == BLOCKING ? STP_ROLE_ALTERNATE : STP_ROLE_UNKNOWN;
    return p->stp_state == BLOCKING ? STP_ROLE_BACKUP : STP_ROLE_DESIGNATED;
}

void bridge_finish(struct harvest *h)
{
    struct bridge_ports *ports = &h->facts->bridge.ports;
    size_t kept = 0;

    if (ports->count > 0)
        qsort(ports->at, ports->count, sizeof *ports->at, port_compare);
    for (size_t i = 0; i < ports->count; i++) {
        struct bridge_port p = ports->at[i];

        if (kept > 0 && ports->at[kept - 1].base_port == p.base_port)
            continue;
        if (facts_interface(h->facts, p.if_index) == NULL)
            p.if_index = 0;
        p.stp_role = (uint8_t)stp_role(&h->facts->bridge, &p);
        ports->at[kept++] = p;
    }
    ports->count = kept;
    pairings_sort(&h->fdb_vlans);
    pairings_sort(&h->vlan_ports);
    vlans_finish(&h->facts->vlans);
    port_vlans_finish(h);
}

const struct bridge_port *bridge_port_find(const struct facts *f,
                                           uint32_t base_port)
{
    const struct bridge_port key = {.base_port = base_port};
    const struct bridge_ports *ports = &f->bridge.ports;

    return ports->count > 0 ? bsearch(&key, ports->at, ports->count,
                                      sizeof *ports->at, port_compare)
                            : NULL;
}

uint32_t bridge_port_if_index(const struct facts *f, uint32_t base_port)
{
    const struct bridge_port *p = bridge_port_find(f, base_port);

    return p != NULL ? p->if_index : 0;
}

static int number_compare(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

    return (x > y) - (x < y);
}

/* True where no base port is mapped, and most ports in the forwarding tables
 * are ifIndexes: agents without dot1dBasePortTable, or with zeros in it, count
 * that way. Aggregates may have numbers of their own. */
static bool ports_are_if_indexes(const struct harvest *h)
{
    const struct bridge_ports *ports = &h->facts->bridge.ports;
    size_t count = h->forwardings.count, distinct = 0, strange = 0;

    for (size_t i = 0; i < ports->count; i++)
        if (ports->at[i].if_index != 0)
            return false;
    uint32_t *numbers = mem_array(count + 1, sizeof *numbers);
    for (size_t i = 0; i < count; i++)
        numbers[i] = h->forwardings.at[i].base_port;
    if (count > 0)
        qsort(numbers, count, sizeof *numbers, number_compare);
    for (size_t i = 0; i < count; i++) {
        if (i > 0 && numbers[i] == numbers[i - 1])
            continue;
        distinct++;
        strange += facts_interface(h->facts, numbers[i]) == NULL;
    }
    free(numbers);
    return strange * 4 <= distinct;
}

/* The VLAN of a forwarding database. Where the agent does not say, the id is
 * the VLAN if it can be one: nearly all agents number them so. */
static uint16_t vlan_of_fdb(const struct harvest *h, uint32_t fdb_id)
{
    int64_t vlan = pairing_find(&h->fdb_vlans, fdb_id, 0);

    if (vlan == 0 && fdb_id <= VLAN_MAX)
        vlan = fdb_id;
    return (uint16_t)vlan;
}

/* By address and port, entries with a VLAN before those without. */
static int fdb_compare(const void *a, const void *b)
{
    const struct fdb_entry *x = a, *y = b;
    int order = mac_compare(&x->mac, &y->mac);

    if (order != 0)
        return order;
    if (x->base_port != y->base_port)
        return x->base_port < y->base_port ? -1 : 1;
    return (x->vlan < y->vlan) - (x->vlan > y->vlan);
}

/* True if b repeats a: the same, or a's without its VLAN. */
static bool fdb_repeats(const struct fdb_entry *a, const struct fdb_entry *b)
{
    return mac_equal(&a->mac, &b->mac) && a->base_port == b->base_port &&
           (a->vlan == b->vlan || b->vlan == 0);
}

static uint32_t forwarding_if_index(const struct harvest *h,
                                    const struct forwarding *f, bool direct)
{
    int64_t if_index = 0;

    if (f->vlan != 0 && f->base_port <= UINT16_MAX)
        if_index = pairing_find(&h->vlan_ports,
                                (uint32_t)f->vlan << 16 | f->base_port, 0);
    if (if_index > 0 && facts_interface(h->facts, (uint32_t)if_index) != NULL)
        return (uint32_t)if_index;
    if (direct)
        return facts_interface(h->facts, f->base_port) != NULL ? f->base_port
                                                               : 0;
    /* lldpLocPortNum is a bridge port (IEEE 802.1AB): what its port is known to
     * be helps where the bridge itself counts otherwise. */
    uint32_t mapped = bridge_port_if_index(h->facts, f->base_port);
    return mapped != 0 ? mapped : lldp_port_if_index(h->facts, f->base_port);
}

static void add_fdb(struct harvest *h, const struct forwarding *f, bool direct)
{
    *array_add(&h->facts->fdb) = (struct fdb_entry){
        .mac = f->mac,
        .base_port = f->base_port,
        .if_index = forwarding_if_index(h, f, direct),
        .vlan = f->has_fdb_id ? vlan_of_fdb(h, f->fdb_id) : f->vlan,
        .status = f->status,
    };
}

void fdb_finish(struct harvest *h)
{
    struct fdb_entries *all = &h->facts->fdb;
    bool direct = ports_are_if_indexes(h);
    size_t kept = 0;

    for (size_t i = 0; i < h->forwardings.count; i++)
        add_fdb(h, &h->forwardings.at[i], direct);
    if (all->count > 0)
        qsort(all->at, all->count, sizeof *all->at, fdb_compare);
    for (size_t i = 0; i < all->count; i++)
        if (kept == 0 || !fdb_repeats(&all->at[kept - 1], &all->at[i]))
            all->at[kept++] = all->at[i];
    all->count = kept;
}

const struct reader bridge_reader = {
    .name = "dot1dBase",
    READ_SCALARS(bridge_scalars),
    .row = read_bridge,
};

const struct reader bridge_port_reader = {
    .name = "dot1dBasePortTable",
    READ_COLUMNS(port_columns),
    .rows_max = BRIDGE_PORTS_MAX,
    .row = read_port,
};

const struct reader vlan_name_reader = {
    .name = "dot1qVlanStaticTable",
    READ_COLUMNS(vlan_name_columns),
    .rows_max = VLANS_MAX,
    .row = read_vlan_name,
};

const struct reader vlan_current_reader = {
    .name = "dot1qVlanCurrentTable",
    READ_COLUMNS(vlan_current_columns),
    .rows_max = VLANS_MAX,
    .row = read_vlan_current,
};

const struct reader fdb_reader = {
    .name = "dot1dTpFdbTable",
    READ_COLUMNS(fdb_columns),
    .rows_max = FDB_MAX,
    .row = read_fdb,
};

const struct reader q_fdb_reader = {
    .name = "dot1qTpFdbTable",
    READ_COLUMNS(q_fdb_columns),
    .rows_max = FDB_MAX,
    .row = read_q_fdb,
};

const struct reader context_port_reader = {
    .name = "dot1dBasePortTable",
    .columns = port_columns,
    .count = 1, /* PORT_IF_INDEX */
    .rows_max = BRIDGE_PORTS_MAX,
    .row = read_context_port,
};

const struct reader context_fdb_reader = {
    .name = "dot1dTpFdbTable",
    READ_COLUMNS(fdb_columns),
    .rows_max = FDB_MAX,
    .row = read_context_fdb,
};
