/* Claims: who hears whom, from neighbor tables, LACP and the spanning tree.
 * Makes the ghosts: neighbors that are no device of the inventory. */
#include "topology/scene.h"

enum {
    /* LldpSystemCapabilitiesMap, as in the TLV. */
    CAP_BRIDGE = 1 << 2,
    CAP_AP = 1 << 3,
    CAP_ROUTER = 1 << 4,
    CAP_PHONE = 1 << 5,

    CHASSIS_MAC = 4, /* LldpChassisIdSubtype */

    BRIDGE_ID_LEN = 8,
    BRIDGE_ID_MAC = 2, /* octets before the MAC */
    PORT_ID_LEN = 2,

    GHOSTS_MAX = 100000
};

static const uint32_t protocol_evidence[NEIGHBOR_PROTOCOLS] = {
    [NEIGHBOR_LLDP] = EVIDENCE_LLDP, [NEIGHBOR_CDP] = EVIDENCE_CDP,
    [NEIGHBOR_FDP] = EVIDENCE_FDP,   [NEIGHBOR_EDP] = EVIDENCE_EDP,
    [NEIGHBOR_NDP] = EVIDENCE_NDP,
};

/* Who is sure of its neighbor comes first: its ghosts then lend their names to
 * those that have nothing else. */
enum row_rank { RANK_LLDP, RANK_LLDP_BY_NAME, RANK_OTHERS };

/* A row of a neighbor table, and who has it. */
struct heard_row {
    const struct neighbor *row;
    uint32_t node;
    bool lldp;
    enum row_rank rank;
};
struct heard_rows ARRAY_OF(struct heard_row);

/* ---- rows in an order of their contents ---- */

/* Numbers of a row as one, for order. */
static uint64_t row_number(const struct neighbor *n)
{
    return (uint64_t)n->protocol << 56 | (uint64_t)n->chassis_subtype << 48 |
           (uint64_t)n->port_subtype << 40 | (uint64_t)n->mgmt_count << 32 |
           n->caps;
}

static int row_texts_compare(const struct neighbor *x, const struct neighbor *y)
{
    const char *const mine[] = {x->chassis_text, x->port_text, x->sys_name,
                                x->port_descr,   x->sys_descr, x->platform};
    const char *const theirs[] = {y->chassis_text, y->port_text, y->sys_name,
                                  y->port_descr,   y->sys_descr, y->platform};
    int order = 0;

    for (size_t i = 0; i < COUNT_OF(mine) && order == 0; i++)
        order = strcmp(mine[i], theirs[i]);
    return order;
}

static int row_contents_compare(const struct neighbor *x,
                                const struct neighbor *y)
{
    uint64_t a = row_number(x), b = row_number(y);
    int order = (a > b) - (a < b);

    if (order == 0)
        order = bytes_compare(x->chassis_id, y->chassis_id);
    if (order == 0)
        order = bytes_compare(x->port_id, y->port_id);
    if (order == 0)
        order = mac_compare(&x->chassis_mac, &y->chassis_mac);
    if (order == 0)
        order = mac_compare(&x->port_mac, &y->port_mac);
    for (size_t i = 0; i < COUNT_OF(x->mgmt) && order == 0; i++)
        order = addr_compare(&x->mgmt[i], &y->mgmt[i]);
    return order != 0 ? order : row_texts_compare(x, y);
}

static int row_compare(const void *a, const void *b)
{
    const struct heard_row *x = a, *y = b;

    if (x->rank != y->rank)
        return x->rank < y->rank ? -1 : 1;
    if (x->node != y->node)
        return x->node < y->node ? -1 : 1;
    if (x->row->local_if_index != y->row->local_if_index)
        return x->row->local_if_index < y->row->local_if_index ? -1 : 1;
    if (x->row->local_port_num != y->row->local_port_num)
        return x->row->local_port_num < y->row->local_port_num ? -1 : 1;
    return row_contents_compare(x->row, y->row);
}

static struct heard_row row_of(const struct scene *s, uint32_t node,
                               const struct neighbor *n)
{
    bool lldp = neighbor_is_lldp(s, n);
    enum row_rank by_id =
        neighbor_has_own_id(n) ? RANK_LLDP : RANK_LLDP_BY_NAME;

    return (struct heard_row){n, node, lldp, lldp ? by_id : RANK_OTHERS};
}

static void collect_rows(const struct scene *s, struct heard_rows *out)
{
    for (uint32_t node = 0; node < s->device_count; node++) {
        const struct facts *f = s->nodes.at[node].facts;

        for (size_t i = 0; f != NULL && i < f->neighbors.count; i++) {
            const struct neighbor *n = &f->neighbors.at[i];

            if (n->protocol < NEIGHBOR_PROTOCOLS)
                *array_add(out) = row_of(s, node, n);
        }
    }
    if (out->count > 0)
        qsort(out->at, out->count, sizeof *out->at, row_compare);
}

/* ---- ghosts ---- */

static enum device_kind kind_of_caps(uint16_t caps)
{
    if ((caps & CAP_PHONE) != 0)
        return KIND_PHONE;
    if ((caps & CAP_AP) != 0 && (caps & CAP_ROUTER) == 0)
        return KIND_AP;
    if ((caps & CAP_BRIDGE) != 0 && (caps & CAP_ROUTER) != 0)
        return KIND_L3SWITCH;
    if ((caps & CAP_BRIDGE) != 0)
        return KIND_SWITCH;
    return (caps & CAP_ROUTER) != 0 ? KIND_ROUTER : KIND_UNKNOWN;
}

static struct ident ident_of_ghost(uint64_t key)
{
    struct ident id = {{0}};
    uint64_t half[2] = {keymap_mix(key), keymap_mix(key ^ UINT64_MAX)};

    memcpy(id.octets, half, sizeof id.octets);
    return id;
}

static uint32_t add_ghost(struct scene *s, uint64_t key,
                          const struct neighbor *n)
{
    uint32_t node = (uint32_t)s->nodes.count;
    const char *name = n->sys_name[0] != '\0' ? n->sys_name : n->chassis_text;
    enum device_kind kind = kind_of_caps(n->caps);

    if (s->nodes.count - s->device_count >= GHOSTS_MAX)
        return NOWHERE;
    *array_add(&s->nodes) = (struct scene_node){
        .id = ident_of_ghost(key),
        .name = name[0] != '\0' ? name : "?",
        .kind = kind,
        .first_port = (uint32_t)s->ports.count,
        .bridge = NOWHERE,
        .forwards = (n->caps & (CAP_BRIDGE | CAP_AP | CAP_PHONE)) != 0,
        .descr = n->platform[0] != '\0' ? n->platform : n->sys_descr,
        .addr = n->mgmt_count > 0 ? n->mgmt[0] : (struct addr){0},
    };
    (void)keymap_put(&s->names, key, node); /* it was not there */
    owners_claim_mac(s, &n->chassis_mac, node, NOWHERE);
    return node;
}

static uint64_t ghost_name_key(const char *name)
{
    return scene_name_key(NAME_CDP_GHOST, NOWHERE, bytes_of_text(name));
}

/* What nobody has named yet is called by some makes. */
static bool name_tells(const char *name)
{
    static const char unnamed[] = "localhost";
    const char *end = name + sizeof unnamed - 1;

    return name[0] != '\0' &&
           (strncmp(name, unnamed, sizeof unnamed - 1) != 0 ||
            (*end != '\0' && *end != '.'));
}

/* An LLDP neighbor without an id of its own: ports of one box have its name in
 * common, if no others have it; else each goes by its address. */
static bool ghost_key_by_name(const struct scene *s, const struct neighbor *n,
                              uint64_t *key)
{
    const struct mac *mac = &n->port_mac;

    *key = ghost_name_key(n->sys_name);
    if (name_tells(n->sys_name) && keymap_find(&s->names, *key) != MANY)
        return true;
    *key = scene_name_key(NAME_GHOST, CHASSIS_MAC,
                          (struct bytes){mac->octets, sizeof mac->octets});
    return mac_is_set(mac) && !mac_is_multicast(mac);
}

/* What a ghost goes by. False if the row tells too little to know it again:
 * all such would be one. */
static bool ghost_key(const struct scene *s, const struct heard_row *r,
                      uint64_t *key)
{
    const struct neighbor *n = r->row;
    const char *name =
        n->chassis_text[0] != '\0' ? n->chassis_text : n->sys_name;

    if (r->rank == RANK_LLDP_BY_NAME)
        return ghost_key_by_name(s, n, key);
    *key = r->rank == RANK_LLDP
               ? scene_name_key(NAME_GHOST, n->chassis_subtype, n->chassis_id)
               : ghost_name_key(name);
    return r->rank == RANK_LLDP || name[0] != '\0';
}

/* The ghost that a row is of, made if it is the first; NOWHERE if one cannot
 * know. An LLDP ghost is found under its system name by CDP rows too, if no
 * other has that name. */
static uint32_t ghost_of(struct scene *s, const struct heard_row *r)
{
    const char *name = r->row->sys_name;
    uint64_t key;

    if (!ghost_key(s, r, &key))
        return NOWHERE;
    uint32_t node = keymap_find(&s->names, key);
    if (node != NOWHERE)
        return node != MANY ? node : NOWHERE;
    node = add_ghost(s, key, r->row);
    if (r->lldp && node != NOWHERE && name[0] != '\0')
        scene_name_put(&s->names, ghost_name_key(name), node);
    return node;
}

/* ---- claims ---- */

static void mark_speech(struct scene *s, const struct heard_row *r,
                        uint32_t node)
{
    struct scene_node *listener = &s->nodes.at[r->node];
    struct scene_node *speaker = &s->nodes.at[node];

    if (r->lldp) {
        listener->tells_lldp = listener->hears_lldp = true;
        speaker->sends_lldp = true;
        if ((r->row->caps & (CAP_AP | CAP_PHONE)) != 0)
            speaker->forwards = true;
    } else {
        listener->tells_cdp = true;
        speaker->sends_cdp = true;
    }
    if ((r->row->caps & CAP_BRIDGE) != 0)
        speaker->says_bridge = true;
}

static uint8_t heard_of(const struct heard_row *r)
{
    if (r->lldp)
        return HEARD_LLDP;
    return r->row->protocol == NEIGHBOR_LLDP ? HEARD_CDP | HEARD_CDP_LISTED
                                             : HEARD_CDP;
}

/* Who it was is not known, but the port was not silent. */
static void mark_unknown(struct scene *s, const struct heard_row *r)
{
    if (r->lldp)
        s->ports.at[neighbor_local(s, r->node, r->row)].flags |= PORT_LOUD;
}

static void add_claim(struct scene *s, const struct heard_row *r)
{
    uint32_t node = neighbor_node(s, r->row, r->lldp);
    uint32_t from, to;

    if (node == r->node)
        return; /* its own frames came back */
    if (node == NOWHERE)
        node = ghost_of(s, r);
    if (node == NOWHERE) {
        mark_unknown(s, r);
        return;
    }
    mark_speech(s, r, node);
    from = neighbor_local(s, r->node, r->row);
    to = neighbor_port(s, node, r->row);
    *array_add(&s->claims) = (struct claim){
        .from = from,
        .node = node,
        .to = to,
        .evidence = r->row->protocol == NEIGHBOR_LLDP && !r->lldp
                        ? EVIDENCE_CDP
                        : protocol_evidence[r->row->protocol],
        .heard = heard_of(r),
        .text = neighbor_port_text(r->row),
    };
}

/* lldpPortConfigAdminStatus. */
enum { LLDP_TX_ONLY = 1, LLDP_TX_AND_RX = 3, LLDP_DISABLED = 4 };

/* What the LLDP agent of a port is set to, and counted. */
static void mark_lldp_ports(struct scene *s, uint32_t node)
{
    const struct lldp_local *l = &s->nodes.at[node].facts->lldp;

    s->nodes.at[node].tells_lldp = l->chassis_id.len > 0;
    for (size_t i = 0; i < l->ports.count; i++) {
        const struct lldp_local_port *p = &l->ports.at[i];
        uint32_t port = port_listed(s, node, p->if_index);
        uint16_t *flags;

        if (port == NOWHERE)
            continue;
        flags = &s->ports.at[s->ports.at[port].carrier].flags;
        if (p->admin_status == LLDP_TX_ONLY || p->admin_status == LLDP_DISABLED)
            *flags |= PORT_DEAF;
        if (p->has_rx_frames)
            *flags |= p->rx_frames > 0 ? PORT_LOUD : PORT_QUIET;
        if (p->admin_status == LLDP_TX_ONLY ||
            p->admin_status == LLDP_TX_AND_RX || p->tx_frames > 0)
            *flags |= PORT_TALKS;
    }
}

/* ---- LACP ---- */

static uint64_t lacp_key(enum name_tag tag, const struct mac *system,
                         uint32_t port)
{
    return scene_name_key(
        tag, port, (struct bytes){system->octets, sizeof system->octets});
}

static void enter_lacp(struct scene *s, uint32_t node)
{
    const struct lacp_ports *all = &s->nodes.at[node].facts->lacp;

    s->nodes.at[node].tells_lacp = all->count > 0;
    for (size_t i = 0; i < all->count; i++) {
        const struct lacp_port *p = &all->at[i];
        uint32_t port = port_listed(s, node, p->if_index);

        if (port == NOWHERE)
            continue;
        scene_name_put(&s->names, lacp_key(NAME_LACP_PORT, &p->system, p->port),
                       s->ports.at[port].carrier);
        scene_name_put(&s->names, lacp_key(NAME_LACP_SYSTEM, &p->system, 0),
                       node);
    }
}

/* The device of a system id that does not tell of the port. Devices may share
 * an id, and who tells of its ports has no other ones; where forwarding tables
 * tell more, they shall. NOWHERE. */
static uint32_t lacp_node(const struct scene *s, const struct mac *system)
{
    uint32_t node = owner_of_mac(s, system);

    if (node == NOWHERE ||
        keymap_find(&s->names, lacp_key(NAME_LACP_SYSTEM, system, 0)) !=
            KEYMAP_NONE)
        return NOWHERE;
    const struct facts *f = s->nodes.at[node].facts;
    return f == NULL || f->fdb.count == 0 ? node : NOWHERE;
}

static void claim_lacp(struct scene *s, uint32_t node,
                       const struct lacp_port *p)
{
    uint32_t from = port_listed(s, node, p->if_index), to, other;

    if (from == NOWHERE)
        return;
    to = keymap_find(&s->names,
                     lacp_key(NAME_LACP_PORT, &p->partner, p->partner_port));
    if (to == MANY)
        return;
    other = to != NOWHERE ? s->ports.at[to].node : lacp_node(s, &p->partner);
    if (other == NOWHERE || other == node)
        return;
    *array_add(&s->claims) = (struct claim){
        .from = s->ports.at[from].carrier,
        .node = other,
        .to = to,
        .evidence = EVIDENCE_LACP,
        .heard = HEARD_LACP,
        .text = "",
    };
}

/* A row of a device, to be put in an order of its contents. */
struct lacp_row {
    uint32_t node;
    const struct lacp_port *row;
};
struct lacp_rows ARRAY_OF(struct lacp_row);

static int lacp_compare(const void *a, const void *b)
{
    const struct lacp_row *x = a, *y = b;
    int order = 0;

    if (x->node != y->node)
        return x->node < y->node ? -1 : 1;
    if (x->row->if_index != y->row->if_index)
        return x->row->if_index < y->row->if_index ? -1 : 1;
    order = mac_compare(&x->row->partner, &y->row->partner);
    if (order != 0 || x->row->partner_port == y->row->partner_port)
        return order;
    return x->row->partner_port < y->row->partner_port ? -1 : 1;
}

static void gather_lacp(struct scene *s)
{
    struct lacp_rows rows = {0};

    for (uint32_t node = 0; node < s->device_count; node++) {
        const struct facts *f = s->nodes.at[node].facts;

        if (f == NULL)
            continue;
        enter_lacp(s, node);
        for (size_t i = 0; i < f->lacp.count; i++)
            *array_add(&rows) = (struct lacp_row){node, &f->lacp.at[i]};
    }
    if (rows.count > 0)
        qsort(rows.at, rows.count, sizeof *rows.at, lacp_compare);
    for (size_t i = 0; i < rows.count; i++)
        claim_lacp(s, rows.at[i].node, rows.at[i].row);
    array_fini(&rows);
}

void claims_gather(struct scene *s)
{
    struct heard_rows rows = {0};

    for (uint32_t node = 0; node < s->device_count; node++)
        if (s->nodes.at[node].facts != NULL)
            mark_lldp_ports(s, node);
    collect_rows(s, &rows);
    for (size_t i = 0; i < rows.count; i++)
        add_claim(s, &rows.at[i]);
    array_fini(&rows);
    gather_lacp(s);
}

/* ---- spanning tree ---- */

static bool stp_speaks(const struct bridge_port *p)
{
    return p->stp_state >= 2 && p->stp_state <= 5 &&
           p->designated_bridge.len == BRIDGE_ID_LEN &&
           p->designated_port.len == PORT_ID_LEN;
}

/* All bridges on a segment tell of it by the same bridge and port id: those of
 * the one that is responsible for it. */
static uint64_t segment_key(uint32_t node, const struct bridge_port *p)
{
    uint8_t id[BRIDGE_ID_LEN + PORT_ID_LEN];

    memcpy(id, p->designated_bridge.at, BRIDGE_ID_LEN);
    memcpy(id + BRIDGE_ID_LEN, p->designated_port.at, PORT_ID_LEN);
    return scene_name_key(NAME_STP_PORT, node, (struct bytes){id, sizeof id});
}

/* The device whose bridge is responsible; NOWHERE. */
static uint32_t designated_node(const struct scene *s,
                                const struct bridge_port *p)
{
    struct mac mac;

    return mac_of_octets((struct bytes){p->designated_bridge.at + BRIDGE_ID_MAC,
                                        sizeof mac.octets},
                         &mac)
               ? owner_of_mac(s, &mac)
               : NOWHERE;
}

typedef void (*bridge_port_fn)(struct scene *s, uint32_t node,
                               const struct bridge_port *p, uint32_t carrier);

static void each_stp_port(struct scene *s, bridge_port_fn fn)
{
    for (uint32_t node = 0; node < s->device_count; node++) {
        const struct facts *f = s->nodes.at[node].facts;

        for (size_t i = 0; f != NULL && i < f->bridge.ports.count; i++) {
            const struct bridge_port *p = &f->bridge.ports.at[i];
            uint32_t port = port_listed(s, node, p->if_index);

            if (port != NOWHERE && stp_speaks(p))
                fn(s, node, p, s->ports.at[port].carrier);
        }
    }
}

static void enter_designated(struct scene *s, uint32_t node,
                             const struct bridge_port *p, uint32_t carrier)
{
    if (designated_node(s, p) == node)
        scene_name_put(&s->names, segment_key(node, p), carrier);
}

/* A port whose segment another bridge is responsible for faces that bridge's
 * port - or a bridge in between that passes the frames on. */
static void add_designated(struct scene *s, uint32_t node,
                           const struct bridge_port *p, uint32_t carrier)
{
    uint32_t other = designated_node(s, p), to;

    if (other == NOWHERE || other == node)
        return;
    to = keymap_find(&s->names, segment_key(other, p));
    if (to != NOWHERE && to != MANY)
        *array_add(&s->claims) = (struct claim){
            .from = carrier,
            .node = other,
            .to = to,
            .evidence = EVIDENCE_STP,
            .heard = HEARD_STP,
            .text = "",
        };
}

void claims_gather_stp(struct scene *s)
{
    each_stp_port(s, enter_designated);
    each_stp_port(s, add_designated);
}
