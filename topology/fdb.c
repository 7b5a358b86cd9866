/* Forwarding tables: a row a sighting, found by bridge, by address and by port.
 */
#include "topology/scene.h"

enum {
    /* dot1dTpFdbStatus. */
    FDB_NOT_TOLD = 0,
    FDB_LEARNED = 3,
    FDB_MGMT = 5 /* configured, or learned and kept by port security */
};

/* ---- reading ---- */

static bool row_counts(const struct fdb_entry *e)
{
    return (e->status == FDB_LEARNED || e->status == FDB_NOT_TOLD ||
            e->status == FDB_MGMT) &&
           (e->if_index != 0 || e->base_port != 0) && mac_is_set(&e->mac) &&
           !mac_is_multicast(&e->mac) && !mac_is_virtual(&e->mac);
}

static uint32_t row_port(struct scene *s, uint32_t node, uint32_t if_index,
                         uint32_t base_port)
{
    uint32_t port;

    if (if_index != 0)
        port = port_of_if_index(s, node, if_index);
    else
        port = port_of_text(
            s, node, scene_format(s, "bridge port %u", (unsigned)base_port));
    return s->ports.at[s->ports.at[port].carrier].bundle;
}

struct port_numbers ARRAY_OF(uint64_t);

static int number_compare(const void *a, const void *b)
{
    const uint64_t *x = a, *y = b;

    return (*x > *y) - (*x < *y);
}

/* Ports that the device does not list are made in the order of their numbers,
 * so that the order of rows makes no difference. */
static void make_unlisted(struct scene *s, uint32_t node)
{
    const struct facts *f = s->nodes.at[node].facts;
    struct port_numbers all = {0};

    for (size_t i = 0; i < f->fdb.count; i++) {
        const struct fdb_entry *e = &f->fdb.at[i];

        if (row_counts(e) && port_listed(s, node, e->if_index) == NOWHERE)
            *array_add(&all) = (uint64_t)e->if_index << 32 |
                               (e->if_index == 0 ? e->base_port : 0);
    }
    if (all.count > 0)
        qsort(all.at, all.count, sizeof *all.at, number_compare);
    for (size_t i = 0; i < all.count; i++)
        if (i == 0 || all.at[i] != all.at[i - 1])
            (void)row_port(s, node, (uint32_t)(all.at[i] >> 32),
                           (uint32_t)all.at[i]); /* made if it is not there */
    array_fini(&all);
}

/* Rows of one bridge come port by port: the last port is asked for again. */
static void read_bridge(struct scene *s, uint32_t node)
{
    const struct facts *f = s->nodes.at[node].facts;
    uint32_t last = NOWHERE, port = NOWHERE;

    make_unlisted(s, node);
    for (size_t i = 0; i < f->fdb.count; i++) {
        const struct fdb_entry *e = &f->fdb.at[i];

        if (!row_counts(e))
            continue;
        if (e->if_index == 0 || e->if_index != last)
            port = row_port(s, node, e->if_index, e->base_port);
        last = e->if_index;

        uint32_t mac = owners_mac(s, &e->mac);
        if (s->macs.at[mac].node != node)
            *array_add(&s->fdb.rows) = (struct sighting){mac, port, e->vlan};
    }
}

static void read_bridges(struct scene *s)
{
    struct fdb *f = &s->fdb;

    f->bridge_first = mem_array(s->device_count + 1, sizeof *f->bridge_first);
    for (uint32_t node = 0; node < s->device_count; node++) {
        size_t before = f->rows.count;

        if (s->nodes.at[node].facts == NULL)
            continue;
        read_bridge(s, node);
        if (f->rows.count == before)
            continue;
        s->nodes.at[node].bridge = (uint32_t)f->bridges.count;
        s->nodes.at[node].forwards = true;
        *array_add(&f->bridges) = node;
        f->bridge_first[f->bridges.count] = (uint32_t)f->rows.count;
    }
}

/* ---- indexes ---- */

static uint32_t row_mac(const struct sighting *r)
{
    return r->mac;
}

static uint32_t row_port_number(const struct sighting *r)
{
    return r->port;
}

/* A counting sort: rows of key k are rows[first[k]] .. rows[first[k + 1] - 1],
 * in the order of the table. */
static void index_rows(const struct fdb *f, size_t keys,
                       uint32_t (*key)(const struct sighting *),
                       uint32_t **first, uint32_t **rows)
{
    uint32_t *start = mem_array(keys + 2, sizeof *start);
    uint32_t *order = mem_array(f->rows.count + 1, sizeof *order);

    for (size_t i = 0; i < f->rows.count; i++)
        start[key(&f->rows.at[i]) + 2]++;
    for (size_t k = 2; k < keys + 2; k++)
        start[k] += start[k - 1];
    for (size_t i = 0; i < f->rows.count; i++)
        order[start[key(&f->rows.at[i]) + 1]++] = (uint32_t)i;
    *first = start;
    *rows = order;
}

size_t fdb_port_rows(const struct scene *s, uint32_t port)
{
    const struct fdb *f = &s->fdb;

    return port < f->port_count ? f->port_first[port + 1] - f->port_first[port]
                                : 0;
}

const struct sighting *fdb_port_row(const struct scene *s, uint32_t port,
                                    size_t n)
{
    const struct fdb *f = &s->fdb;

    return &f->rows.at[f->port_rows[f->port_first[port] + n]];
}

size_t fdb_mac_rows(const struct scene *s, uint32_t mac)
{
    return s->fdb.mac_first[mac + 1] - s->fdb.mac_first[mac];
}

const struct sighting *fdb_mac_row(const struct scene *s, uint32_t mac,
                                   size_t n)
{
    const struct fdb *f = &s->fdb;

    return &f->rows.at[f->mac_rows[f->mac_first[mac] + n]];
}

/* ---- what kind of voice an address is ---- */

static bool bridge_has_ports(const struct scene *s, uint32_t node)
{
    return s->nodes.at[node].facts->bridge.ports.count > 0;
}

static enum mac_kind kind_at_bridge(const struct scene *s,
                                    const struct scene_mac *m)
{
    const struct scene_port *p;
    unsigned flags;

    if (m->port == NOWHERE || m->port == MANY)
        return MAC_SELF;
    p = &s->ports.at[m->port];
    flags = p->flags | s->ports.at[p->bundle].flags;
    if ((flags & (PORT_CABLED | PORT_AGGREGATE)) == 0 ||
        m->key == mac_number(&s->nodes.at[m->node].facts->bridge.base_mac))
        return MAC_SELF;
    if ((flags & PORT_ADDRESSED) == 0)
        return MAC_PORT;
    return (flags & PORT_BRIDGED) == 0 && bridge_has_ports(s, m->node)
               ? MAC_LEAF /* a routed port of a switch */
               : MAC_SELF;
}

static void classify_macs(struct scene *s)
{
    for (size_t i = 0; i < s->macs.count; i++) {
        struct scene_mac *m = &s->macs.at[i];

        if (m->node == NOWHERE || m->node == MANY)
            m->kind = MAC_UNKNOWN;
        else if (s->nodes.at[m->node].bridge == NOWHERE)
            m->kind = MAC_LEAF;
        else
            m->kind = (uint8_t)kind_at_bridge(s, m);
    }
}

/* Of two addresses of a bridge the one that more others have learned. */
static bool is_louder(const struct scene *s, uint32_t mac, uint32_t than)
{
    size_t x = fdb_mac_rows(s, mac), y = fdb_mac_rows(s, than);

    return x != y ? x > y : s->macs.at[mac].key < s->macs.at[than].key;
}

/* One address by which each node is to be found: a bridge's own, a host's only
 * one. */
static void find_voices(struct scene *s)
{
    uint32_t *voices = mem_array(s->nodes.count + 1, sizeof *voices);

    memset(voices, 0xff, (s->nodes.count + 1) * sizeof *voices);
    for (uint32_t i = 0; i < s->macs.count; i++) {
        const struct scene_mac *m = &s->macs.at[i];
        uint32_t *voice;

        if (m->kind == MAC_UNKNOWN || m->kind == MAC_PORT ||
            (m->kind == MAC_LEAF && s->nodes.at[m->node].bridge != NOWHERE))
            continue;
        voice = &voices[m->node];
        if (*voice == NOWHERE)
            *voice = i;
        else if (m->kind == MAC_LEAF)
            *voice = MANY;
        else if (is_louder(s, i, *voice))
            *voice = i;
    }
    s->fdb.voices = voices;
}

void fdb_build(struct scene *s)
{
    struct fdb *f = &s->fdb;

    read_bridges(s);
    f->port_count = s->ports.count;
    index_rows(f, s->macs.count, row_mac, &f->mac_first, &f->mac_rows);
    index_rows(f, f->port_count, row_port_number, &f->port_first,
               &f->port_rows);
    classify_macs(s);
    find_voices(s);
}

/* ---- questions ---- */

static uint32_t row_bridge(const struct scene *s, const struct sighting *r)
{
    return s->nodes.at[s->ports.at[r->port].node].bridge;
}

/* The first row of mac that is of the bridge, or behind it. */
static size_t first_row_of(const struct scene *s, uint32_t mac, uint32_t bridge)
{
    size_t low = 0, high = fdb_mac_rows(s, mac);

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (row_bridge(s, fdb_mac_row(s, mac, middle)) < bridge)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

uint32_t fdb_port_of(const struct scene *s, uint32_t mac, uint32_t node)
{
    uint32_t bridge = s->nodes.at[node].bridge, found = NOWHERE;

    if (bridge == NOWHERE)
        return NOWHERE;
    for (size_t i = first_row_of(s, mac, bridge); i < fdb_mac_rows(s, mac);
         i++) {
        const struct sighting *r = fdb_mac_row(s, mac, i);

        if (row_bridge(s, r) != bridge)
            break;
        if (found != NOWHERE && found != r->port)
            return MANY;
        found = r->port;
    }
    return found;
}

static bool learned_at(const struct scene *s, uint32_t port,
                       const struct sighting *what)
{
    uint32_t bridge = s->nodes.at[s->ports.at[port].node].bridge;

    for (size_t i = first_row_of(s, what->mac, bridge);
         i < fdb_mac_rows(s, what->mac); i++) {
        const struct sighting *r = fdb_mac_row(s, what->mac, i);

        if (row_bridge(s, r) != bridge)
            return false;
        if (r->port == port &&
            (r->vlan == what->vlan || r->vlan == 0 || what->vlan == 0))
            return true;
    }
    return false;
}

bool fdb_common(const struct scene *s, uint32_t port, uint32_t other,
                size_t *at, uint32_t *mac)
{
    uint32_t a = s->ports.at[port].bundle, b = s->ports.at[other].bundle;

    if (s->nodes.at[s->ports.at[b].node].bridge == NOWHERE)
        return false;
    while (*at < fdb_port_rows(s, a)) {
        const struct sighting *r = fdb_port_row(s, a, (*at)++);

        if (learned_at(s, b, r)) {
            *mac = r->mac;
            return true;
        }
    }
    return false;
}

bool fdb_is_between(const struct scene *s, uint32_t a, uint32_t b)
{
    uint32_t x = s->ports.at[a].node, y = s->ports.at[b].node, mac;
    size_t at = 0;

    if (port_is_blocked(s, a) || port_is_blocked(s, b))
        return false;
    while (fdb_common(s, a, b, &at, &mac))
        if (s->macs.at[mac].kind != MAC_UNKNOWN &&
            s->macs.at[mac].kind != MAC_PORT &&
            fdb_port_of(s, mac, x) != MANY && fdb_port_of(s, mac, y) != MANY)
            return true;
    return false;
}

/* The address that speaks from a port: its own, else its node's only one. */
static uint32_t voice_of_port(const struct scene *s, uint32_t port)
{
    const struct scene_port *p = &s->ports.at[port];
    uint32_t id = KEYMAP_NONE;

    if (p->interface != NULL && mac_is_set(&p->interface->mac))
        id = keymap_find(&s->mac_ids, mac_number(&p->interface->mac));
    if (id != KEYMAP_NONE && s->macs.at[id].node == p->node &&
        s->macs.at[id].kind == MAC_LEAF && s->macs.at[id].port == port)
        return id;
    if (p->interface != NULL && s->nodes.at[p->node].bridge == NOWHERE)
        return NOWHERE; /* another of its legs may be elsewhere */
    return s->fdb.voices[p->node] != MANY ? s->fdb.voices[p->node] : NOWHERE;
}

bool fdb_parts(const struct scene *s, uint32_t a, uint32_t b, uint32_t *between)
{
    uint32_t x = voice_of_port(s, a), y = voice_of_port(s, b);

    if (x == NOWHERE || y == NOWHERE)
        return false;
    for (size_t i = 0; i < fdb_mac_rows(s, x); i++) {
        uint32_t port = fdb_mac_row(s, x, i)->port;
        uint32_t node = s->ports.at[port].node, there;

        if (node == s->ports.at[a].node || node == s->ports.at[b].node ||
            s->nodes.at[node].tells_cdp || s->nodes.at[node].sends_cdp)
            continue;
        there = fdb_port_of(s, y, node);
        if (there == NOWHERE || there == MANY || there == port ||
            fdb_port_of(s, x, node) != port)
            continue;
        *between = node;
        return true;
    }
    return false;
}
