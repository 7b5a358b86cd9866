#include "mibs/port_vlan_mib.h"

#include "mibs/bridge_mib.h"

#include <string.h>

enum { VLAN_MAX = 4094, SET_OCTETS = VLAN_SET_OCTETS };

enum { VM_VLAN, VM_VOICE };

enum { TRUNK_1K, TRUNK_NATIVE, TRUNK_STATUS, TRUNK_2K, TRUNK_3K, TRUNK_4K };

enum { TRUNKING = 1 }; /* vlanTrunkPortDynamicStatus */

#define ENTERPRISES 1, 3, 6, 1, 4, 1
#define TRUNK_PORT ENTERPRISES, 9, 9, 46, 1, 6, 1, 1

static const struct oid pvid_columns[] = {
    OID_INIT(1, 3, 6, 1, 2, 1, 17, 7, 1, 4, 5, 1, 1), /* dot1qPvid */
};

/* vmVlan, and vmVoiceVlanId of phones behind the same port. */
static const struct oid vm_columns[] = {
    [VM_VLAN] = OID_INIT(ENTERPRISES, 9, 9, 68, 1, 2, 2, 1, 2),
    [VM_VOICE] = OID_INIT(ENTERPRISES, 9, 9, 68, 1, 5, 1, 1, 1),
};

static const struct oid alcatel_columns[] = {
    /* vpaType */
    OID_INIT(ENTERPRISES, 6486, 801, 1, 2, 1, 3, 1, 1, 2, 1, 1, 3),
};

/* vlanTrunkPortVlansEnabled, its like for higher VLANs, and the native one. */
static const struct oid trunk_columns[] = {
    [TRUNK_1K] = OID_INIT(TRUNK_PORT, 4),
    [TRUNK_NATIVE] = OID_INIT(TRUNK_PORT, 5),
    [TRUNK_STATUS] = OID_INIT(TRUNK_PORT, 14),
    [TRUNK_2K] = OID_INIT(TRUNK_PORT, 17),
    [TRUNK_3K] = OID_INIT(TRUNK_PORT, 18),
    [TRUNK_4K] = OID_INIT(TRUNK_PORT, 19),
};

static void configured_leave(struct memberships *all)
{
    size_t kept = 0;

    for (size_t i = 0; i < all->count; i++)
        if (!all->at[i].configured)
            all->at[kept++] = all->at[i];
    all->count = kept;
}

static void membership_add(struct harvest *h, struct membership m)
{
    if (m.vlan < 1 || m.vlan > VLAN_MAX || m.port == 0 ||
        (m.configured && h->tells_current))
        return;
    if (!m.configured && !m.by_if_index && !h->tells_current) {
        h->tells_current = true;
        configured_leave(&h->memberships);
    }
    if (h->memberships.count < MEMBERSHIPS_MAX)
        *array_add(&h->memberships) = m;
    else
        h->refused++;
}

static bool has_bit(struct bytes set, size_t bit)
{
    return bit / 8 < set.len && (set.at[bit / 8] & 0x80 >> bit % 8) != 0;
}

void memberships_add(struct harvest *h, uint32_t vlan, bool configured,
                     struct bytes egress, struct bytes untagged)
{
    size_t bits = vlan > VLAN_MAX                     ? 0
                  : egress.len < BRIDGE_PORTS_MAX / 8 ? egress.len * 8
                                                      : BRIDGE_PORTS_MAX;

    for (size_t bit = 0; bit < bits; bit++)
        if (has_bit(egress, bit))
            membership_add(h, (struct membership){
                                  .port = (uint32_t)bit + 1,
                                  .vlan = (uint16_t)vlan,
                                  .untagged = has_bit(untagged, bit),
                                  .configured = configured,
                              });
}

static void set_put(uint8_t *set, uint16_t vlan)
{
    set[vlan / 8] |= (uint8_t)(0x80 >> vlan % 8);
}

/* A VLAN in a column; 0 if there is none. */
static uint16_t vlan_at(const struct row *row, size_t column)
{
    int64_t vlan = row_integer(row, column, 0);

    return vlan >= 1 && vlan <= VLAN_MAX ? (uint16_t)vlan : 0;
}

/* Index: base port. What comes in untagged need not go out so. */
static void read_pvid(struct harvest *h, const struct row *row)
{
    if (row->index.len == 1 && vlan_at(row, 0) != 0 &&
        h->pvids.count < BRIDGE_PORTS_MAX)
        pairing_add(&h->pvids, row->index.sub[0], vlan_at(row, 0));
}

/* Index: ifIndex of a port that is no trunk. */
static void read_vm(struct harvest *h, const struct row *row)
{
    struct membership m = {.by_if_index = true};
    uint16_t vlan = vlan_at(row, VM_VLAN), voice = vlan_at(row, VM_VOICE);

    if (row->index.len != 1 || vlan == 0)
        return; /* a trunk tells of voice too */
    m.port = row->index.sub[0];
    m.vlan = vlan;
    m.native = m.untagged = true;
    membership_add(h, m);
    if (voice == vlan)
        return;
    m.vlan = voice;
    m.native = m.untagged = false;
    membership_add(h, m);
}

static void read_trunk(struct harvest *h, const struct row *row)
{
    static const uint8_t parts[] = {TRUNK_1K, TRUNK_2K, TRUNK_3K, TRUNK_4K};
    enum { VLANS_OF_PART = 1024 };
    uint16_t native = vlan_at(row, TRUNK_NATIVE);

    if (row->index.len != 1 || row_integer(row, TRUNK_STATUS, 0) != TRUNKING)
        return;
    for (unsigned i = 0; i < COUNT_OF(parts); i++)
        for (unsigned bit = 0; bit < VLANS_OF_PART; bit++) {
            uint16_t vlan = (uint16_t)(i * VLANS_OF_PART + bit);

            if (has_bit(row_octets(row, parts[i]), bit))
                membership_add(h, (struct membership){
                                      .port = row->index.sub[0],
                                      .vlan = vlan,
                                      .by_if_index = true,
                                      .native = vlan == native,
                                      .untagged = vlan == native,
                                      .allowed = true,
                                  });
        }
}

/* Index: VLAN, ifIndex. */
static void read_alcatel(struct harvest *h, const struct row *row)
{
    enum { DEFAULT = 1 }; /* vpaType; others have a tag, or are dynamic */
    bool untagged = row_integer(row, 0, 0) == DEFAULT;

    if (row->index.len == 2 && row->index.sub[0] <= VLAN_MAX)
        membership_add(h, (struct membership){
                              .port = row->index.sub[1],
                              .vlan = (uint16_t)row->index.sub[0],
                              .by_if_index = true,
                              .native = untagged,
                              .untagged = untagged,
                          });
}

/* ---- VLANs in use ---------------------------------------------------------
 */

/* ifIndex -> 1 where the interface is up. */
static struct pairings interfaces_up(const struct facts *f)
{
    struct pairings up = {0};

    for (size_t i = 0; i < f->interfaces.count; i++) {
        const struct interface *one = &f->interfaces.at[i];

        if (!if_is_down(one->admin_status, one->oper_status))
            pairing_add(&up, one->if_index, 1);
    }
    pairings_sort(&up);
    return up;
}

bool vlans_up(const struct harvest *h, uint8_t set[VLAN_SET_OCTETS])
{
    struct pairings up = interfaces_up(h->facts);
    bool told = false;

    memset(set, 0, SET_OCTETS);
    for (size_t i = 0; i < h->memberships.count; i++) {
        const struct membership *m = &h->memberships.at[i];

        told = told || m->by_if_index;
        if (m->by_if_index && pairing_find(&up, m->port, 0) != 0)
            set_put(set, m->vlan);
    }
    array_fini(&up);
    return told;
}

/* ---- the VLANs of a port ----------------------------------------------------
 */

static bool vlan_exists(const struct vlans *vlans, uint16_t id)
{
    size_t low = 0, high = vlans->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (vlans->at[middle].id == id)
            return true;
        if (vlans->at[middle].id < id)
            low = middle + 1;
        else
            high = middle;
    }
    return vlans->count == 0; /* nobody told */
}

/* Some agents fill lists with more than they have ports. Bridges without
 * dot1dBasePortTable count their ports as interfaces. */
static bool is_port(const struct facts *f, const struct membership *m)
{
    if (m->by_if_index)
        return true;
    return f->bridge.ports.count > 0 ? bridge_port_find(f, m->port) != NULL
                                     : facts_interface(f, m->port) != NULL;
}

/* Leaves those that count. */
static void memberships_settle(struct harvest *h)
{
    struct memberships *all = &h->memberships;
    size_t kept = 0;

    for (size_t i = 0; i < all->count; i++) {
        struct membership m = all->at[i];

        if (!is_port(h->facts, &m) ||
            (m.allowed && !vlan_exists(&h->facts->vlans, m.vlan)))
            continue;
        all->at[kept++] = m;
    }
    all->count = kept;
}

static int membership_compare(const void *a, const void *b)
{
    const struct membership *x = a, *y = b;

    if (x->by_if_index != y->by_if_index)
        return x->by_if_index ? 1 : -1;
    if (x->port != y->port)
        return x->port < y->port ? -1 : 1;
    return (x->vlan > y->vlan) - (x->vlan < y->vlan);
}

/* A copy of the set, or the earlier one if it is the same: most ports of a
 * switch share a few. */
static struct bytes set_keep(struct harvest *h, const uint8_t *set,
                             struct bytes earlier)
{
    size_t len = SET_OCTETS;

    while (len > 0 && set[len - 1] == 0)
        len--;
    if (len == earlier.len && len > 0 && memcmp(set, earlier.at, len) == 0)
        return earlier;
    return len > 0 ? arena_bytes(h->facts->arena, (struct bytes){set, len})
                   : (struct bytes){0};
}

/* Bridges without dot1dBasePortTable count their ports as interfaces. */
static uint32_t if_index_of(const struct harvest *h, const struct membership *m)
{
    uint32_t if_index =
        m->by_if_index ? m->port : bridge_port_if_index(h->facts, m->port);

    if (if_index == 0 && h->facts->bridge.ports.count == 0)
        if_index = m->port;
    return facts_interface(h->facts, if_index) != NULL ? if_index : 0;
}

/* ifIndex -> base port. */
static struct pairings base_ports_of(const struct facts *f)
{
    struct pairings p = {0};

    for (size_t i = 0; i < f->bridge.ports.count; i++)
        pairing_add(&p, f->bridge.ports.at[i].if_index,
                    f->bridge.ports.at[i].base_port);
    pairings_sort(&p);
    return p;
}

/* Adds the port that count memberships are of. */
static void port_add(struct harvest *h, const struct pairings *base_ports,
                     const struct membership *m, size_t count)
{
    uint8_t member[SET_OCTETS] = {0}, untagged[SET_OCTETS] = {0};
    struct port_vlans p = {.if_index = if_index_of(h, m)}, none = {0};
    const struct ports_vlans *ports = &h->facts->port_vlans;
    const struct port_vlans *earlier =
        ports->count > 0 ? &ports->at[ports->count - 1] : &none;

    p.base_port = m->by_if_index
                      ? (uint32_t)pairing_find(base_ports, m->port, 0)
                      : m->port;
    p.pvid = (uint16_t)pairing_find(&h->pvids, p.base_port, 0);
    for (size_t i = 0; i < count; i++) {
        set_put(member, m[i].vlan);
        if (m[i].untagged)
            set_put(untagged, m[i].vlan);
        if (m[i].native)
            p.pvid = m[i].vlan;
    }
    p.member = set_keep(h, member, earlier->member);
    p.untagged = set_keep(h, untagged, earlier->untagged);
    *array_add(&h->facts->port_vlans) = p;
}

static int port_compare(const void *a, const void *b)
{
    const struct port_vlans *x = a, *y = b;

    if (x->if_index != y->if_index)
        return x->if_index < y->if_index ? -1 : 1;
    return (x->base_port > y->base_port) - (x->base_port < y->base_port);
}

/* Where no table tells members, a port is in the VLAN that what comes in
 * untagged is of. */
static void pvids_stand_in(struct harvest *h)
{
    if (h->memberships.count > 0)
        return;
    for (size_t i = 0; i < h->pvids.count; i++)
        membership_add(
            h, (struct membership){.port = h->pvids.at[i].index,
                                   .vlan = (uint16_t)h->pvids.at[i].number,
                                   .native = true,
                                   .untagged = true});
}

void port_vlans_finish(struct harvest *h)
{
    const struct memberships *all = &h->memberships;
    struct ports_vlans *ports = &h->facts->port_vlans;
    struct pairings base_ports = base_ports_of(h->facts);
    size_t next;

    pairings_sort(&h->pvids);
    pvids_stand_in(h);
    memberships_settle(h);
    if (all->count > 0)
        qsort(all->at, all->count, sizeof *all->at, membership_compare);
    for (size_t i = 0; i < all->count && !harvest_is_full(h); i = next) {
        next = i + 1;
        while (next < all->count && all->at[next].port == all->at[i].port &&
               all->at[next].by_if_index == all->at[i].by_if_index)
            next++;
        port_add(h, &base_ports, &all->at[i], next - i);
    }
    array_fini(&base_ports);
    if (ports->count > 0)
        qsort(ports->at, ports->count, sizeof *ports->at, port_compare);
}

const struct reader pvid_reader = {
    .name = "dot1qPortVlanTable",
    READ_COLUMNS(pvid_columns),
    .rows_max = BRIDGE_PORTS_MAX,
    .row = read_pvid,
};

const struct reader vm_membership_reader = {
    .name = "vmMembershipTable",
    READ_COLUMNS(vm_columns),
    .rows_max = BRIDGE_PORTS_MAX,
    .row = read_vm,
};

const struct reader trunk_reader = {
    .name = "vlanTrunkPortTable",
    READ_COLUMNS(trunk_columns),
    .rows_max = BRIDGE_PORTS_MAX,
    .row = read_trunk,
};

const struct reader alcatel_port_reader = {
    .name = "vpaTable",
    READ_COLUMNS(alcatel_columns),
    .rows_max = MEMBERSHIPS_MAX,
    .row = read_alcatel,
};
