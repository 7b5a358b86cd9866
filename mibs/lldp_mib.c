#include "mibs/lldp_mib.h"

#include "mibs/bridge_mib.h"
#include "mibs/neighbor.h"
#include "mibs/port_finder.h"

#include <string.h>

#define LLDP_V1 1, 0, 8802, 1, 1, 2, 1
#define LLDP_V2 1, 3, 111, 2, 802, 1, 1, 13, 1

enum { LOCAL_CHASSIS_SUBTYPE, LOCAL_CHASSIS_ID, LOCAL_SYS_NAME, LOCAL_CAPS };
enum {
    PORT_SUBTYPE,
    PORT_ID,
    PORT_DESCR,
    PORT_ADMIN,
    PORT_RX_FRAMES,
    PORT_TX_FRAMES,
};
enum {
    REM_CHASSIS_SUBTYPE,
    REM_CHASSIS_ID,
    REM_PORT_SUBTYPE,
    REM_PORT_ID,
    REM_PORT_DESCR,
    REM_SYS_NAME,
    REM_SYS_DESCR,
    REM_CAPS_ENABLED,
};

static const struct oid local_scalars[] = {
    [LOCAL_CHASSIS_SUBTYPE] = OID_INIT(LLDP_V1, 3, 1, 0),
    [LOCAL_CHASSIS_ID] = OID_INIT(LLDP_V1, 3, 2, 0),
    [LOCAL_SYS_NAME] = OID_INIT(LLDP_V1, 3, 3, 0),
    [LOCAL_CAPS] = OID_INIT(LLDP_V1, 3, 6, 0),
};

static const struct oid port_columns[] = {
    [PORT_SUBTYPE] = OID_INIT(LLDP_V1, 3, 7, 1, 2),
    [PORT_ID] = OID_INIT(LLDP_V1, 3, 7, 1, 3),
    [PORT_DESCR] = OID_INIT(LLDP_V1, 3, 7, 1, 4),
    [PORT_ADMIN] = OID_INIT(LLDP_V1, 1, 6, 1, 2),
    [PORT_RX_FRAMES] = OID_INIT(LLDP_V1, 2, 7, 1, 4),
    [PORT_TX_FRAMES] = OID_INIT(LLDP_V1, 2, 6, 1, 2),
};

static const struct oid remote_columns[] = {
    [REM_CHASSIS_SUBTYPE] = OID_INIT(LLDP_V1, 4, 1, 1, 4),
    [REM_CHASSIS_ID] = OID_INIT(LLDP_V1, 4, 1, 1, 5),
    [REM_PORT_SUBTYPE] = OID_INIT(LLDP_V1, 4, 1, 1, 6),
    [REM_PORT_ID] = OID_INIT(LLDP_V1, 4, 1, 1, 7),
    [REM_PORT_DESCR] = OID_INIT(LLDP_V1, 4, 1, 1, 8),
    [REM_SYS_NAME] = OID_INIT(LLDP_V1, 4, 1, 1, 9),
    [REM_SYS_DESCR] = OID_INIT(LLDP_V1, 4, 1, 1, 10),
    [REM_CAPS_ENABLED] = OID_INIT(LLDP_V1, 4, 1, 1, 12),
};

/* The address is in the index; any readable column shows that it is there. */
static const struct oid address_columns[] = {
    OID_INIT(LLDP_V1, 4, 2, 1, 3), /* lldpRemManAddrIfSubtype */
    OID_INIT(LLDP_V1, 4, 2, 1, 4), /* lldpRemManAddrIfId */
    OID_INIT(LLDP_V1, 4, 2, 1, 5), /* lldpRemManAddrOID */
};

static const struct oid v2_local_scalars[] = {
    [LOCAL_CHASSIS_SUBTYPE] = OID_INIT(LLDP_V2, 3, 1, 0),
    [LOCAL_CHASSIS_ID] = OID_INIT(LLDP_V2, 3, 2, 0),
    [LOCAL_SYS_NAME] = OID_INIT(LLDP_V2, 3, 3, 0),
    [LOCAL_CAPS] = OID_INIT(LLDP_V2, 3, 6, 0),
};

static const struct oid v2_port_columns[] = {
    [PORT_SUBTYPE] = OID_INIT(LLDP_V2, 3, 7, 1, 2),
    [PORT_ID] = OID_INIT(LLDP_V2, 3, 7, 1, 3),
    [PORT_DESCR] = OID_INIT(LLDP_V2, 3, 7, 1, 4),
};

static const struct oid v2_remote_columns[] = {
    [REM_CHASSIS_SUBTYPE] = OID_INIT(LLDP_V2, 4, 1, 1, 5),
    [REM_CHASSIS_ID] = OID_INIT(LLDP_V2, 4, 1, 1, 6),
    [REM_PORT_SUBTYPE] = OID_INIT(LLDP_V2, 4, 1, 1, 7),
    [REM_PORT_ID] = OID_INIT(LLDP_V2, 4, 1, 1, 8),
    [REM_PORT_DESCR] = OID_INIT(LLDP_V2, 4, 1, 1, 9),
    [REM_SYS_NAME] = OID_INIT(LLDP_V2, 4, 1, 1, 10),
    [REM_SYS_DESCR] = OID_INIT(LLDP_V2, 4, 1, 1, 11),
    [REM_CAPS_ENABLED] = OID_INIT(LLDP_V2, 4, 1, 1, 13),
};

static const struct oid v2_address_columns[] = {
    OID_INIT(LLDP_V2, 4, 2, 1, 3),
    OID_INIT(LLDP_V2, 4, 2, 1, 4),
    OID_INIT(LLDP_V2, 4, 2, 1, 5),
};

/* Which neighbor a row is of. */
struct remote_key {
    uint32_t time_mark, port_num, rem_index;
};

/* TimeMark, LocalPortNum, RemIndex. Some agents leave the TimeMark out,
 * RouterOS for some neighbors all but the RemIndex. Gives the length, 0 if it
 * is no such index. */
static size_t read_key(struct oid index, struct remote_key *out)
{
    size_t len = index.len < 3 ? index.len : 3;

    *out = (struct remote_key){0};
    if (len > 0)
        out->rem_index = index.sub[len - 1];
    if (len > 1)
        out->port_num = index.sub[len - 2];
    if (len > 2)
        out->time_mark = index.sub[0];
    return len;
}

/* LLDP-V2-MIB has the destination address before the RemIndex. */
static size_t read_v2_key(struct oid index, struct remote_key *out)
{
    *out = (struct remote_key){0};
    if (index.len < 4)
        return 0;
    *out = (struct remote_key){index.sub[0], index.sub[1], index.sub[3]};
    return 4;
}

/* LldpSystemCapabilitiesMap is BITS, bit 0 the most significant of the first
 * octet; our bits are those of the TLV. Agents that copy the TLV send a zero
 * before the octet that holds all that is in use. */
static uint16_t caps_of(struct bytes b)
{
    uint16_t caps = 0;

    if (b.len == 2 && b.at[0] == 0)
        return b.at[1];
    for (unsigned bit = 0; bit < 11 && bit / 8 < b.len; bit++)
        if ((b.at[bit / 8] & (0x80u >> bit % 8)) != 0)
            caps = (uint16_t)(caps | 1u << bit);
    return caps;
}

static uint8_t subtype_of(const struct row *row, size_t column)
{
    int64_t subtype = row_integer(row, column, 0);

    return subtype > 0 && subtype <= UINT8_MAX ? (uint8_t)subtype : 0;
}

static void add_remote(struct harvest *h, const struct row *row,
                       const struct remote_key *key)
{
    if (h->remotes.count >= NEIGHBORS_MAX)
        return;

    struct remote *r = array_add(&h->remotes);
    struct neighbor *n = &r->neighbor;

    r->time_mark = key->time_mark;
    n->protocol = NEIGHBOR_LLDP;
    n->local_port_num = key->port_num;
    n->rem_index = key->rem_index;
    n->chassis_subtype = subtype_of(row, REM_CHASSIS_SUBTYPE);
    n->port_subtype = subtype_of(row, REM_PORT_SUBTYPE);
    n->chassis_id = harvest_octets(h, row_at(row, REM_CHASSIS_ID));
    n->port_id = harvest_octets(h, row_at(row, REM_PORT_ID));
    n->chassis_text = id_text(
        h, n->chassis_id, chassis_form(n->chassis_subtype), &n->chassis_mac);
    n->port_text =
        id_text(h, n->port_id, port_form(n->port_subtype), &n->port_mac);
    /* ESXi: the chassis is named by the port, the port by its address */
    if (n->chassis_subtype == CHASSIS_IF_NAME && n->port_subtype == PORT_MAC)
        n->port_text = n->chassis_text;
    n->port_descr = harvest_text(h, row_at(row, REM_PORT_DESCR));
    n->sys_name = harvest_text(h, row_at(row, REM_SYS_NAME));
    n->sys_descr = harvest_lines(h, row_at(row, REM_SYS_DESCR));
    n->platform = "";
    n->caps = caps_of(row_octets(row, REM_CAPS_ENABLED));
}

static void read_remote(struct harvest *h, const struct row *row)
{
    struct remote_key key;

    if (read_key(row->index, &key) == row->index.len)
        add_remote(h, row, &key);
}

static void read_v2_remote(struct harvest *h, const struct row *row)
{
    struct remote_key key;

    if (read_v2_key(row->index, &key) == row->index.len)
        add_remote(h, row, &key);
}

/* Behind the key: AddressFamilyNumbers, length, octets. */
static void add_address(struct harvest *h, struct oid index, size_t at,
                        const struct remote_key *key)
{
    struct addr a;

    if (at == 0 || h->remote_addresses.count >= NEIGHBORS_MAX)
        return;
    at++;
    if (oid_read_address(index, &at, &a))
        *array_add(&h->remote_addresses) = (struct remote_address){
            key->port_num, key->rem_index, h->remote_addresses.count, a};
}

static void read_address(struct harvest *h, const struct row *row)
{
    struct remote_key key;

    if (row->index.len > 4)
        add_address(h, row->index, read_key(row->index, &key), &key);
}

static void read_v2_address(struct harvest *h, const struct row *row)
{
    struct remote_key key;

    if (row->index.len > 5)
        add_address(h, row->index, read_v2_key(row->index, &key), &key);
}

static void read_local(struct harvest *h, const struct row *row)
{
    struct lldp_local *l = &h->facts->lldp;

    if (l->chassis_id.len > 0) /* told by the other version already */
        return;
    l->chassis_subtype = subtype_of(row, LOCAL_CHASSIS_SUBTYPE);
    l->chassis_id = harvest_octets(h, row_at(row, LOCAL_CHASSIS_ID));
    l->chassis_text = id_text(
        h, l->chassis_id, chassis_form(l->chassis_subtype), &l->chassis_mac);
    l->sys_name = harvest_text(h, row_at(row, LOCAL_SYS_NAME));
    h->caps = caps_of(row_octets(row, LOCAL_CAPS));
}

static void read_port(struct harvest *h, const struct row *row)
{
    struct lldp_local_ports *ports = &h->facts->lldp.ports;
    struct mac mac;

    /* Settings and counters of a port that is not in the table itself count
     * for nothing. */
    if (row->index.len != 1 || ports->count >= INTERFACES_MAX ||
        (!value_exists(row_at(row, PORT_SUBTYPE)) &&
         !value_exists(row_at(row, PORT_ID)) &&
         !value_exists(row_at(row, PORT_DESCR))))
        return;

    struct lldp_local_port *p = array_add(ports);
    p->port_num = row->index.sub[0];
    p->subtype = subtype_of(row, PORT_SUBTYPE);
    p->id = harvest_octets(h, row_at(row, PORT_ID));
    p->text = id_text(h, p->id, port_form(p->subtype), &mac);
    p->descr = harvest_text(h, row_at(row, PORT_DESCR));
    p->admin_status = (uint8_t)(row_u32(row, PORT_ADMIN) & 7);
    p->has_rx_frames = value_exists(row_at(row, PORT_RX_FRAMES));
    p->rx_frames = row_u32(row, PORT_RX_FRAMES);
    p->tx_frames = row_u32(row, PORT_TX_FRAMES);
}

/* ---- finish: which interface a port number is -------------------------------
 */

/* The number that text consists of; 0 if it is none. */
static uint32_t number_of(const char *text)
{
    char *end;
    unsigned long long number;

    if (text[0] < '1' || text[0] > '9')
        return 0;
    number = strtoull(text, &end, 10);
    return *end == '\0' && number <= UINT32_MAX ? (uint32_t)number : 0;
}

/* By what the agent says of its port: its id by subtype, then its description.
 * A number is no description of a port that others would recognise. */
static uint32_t port_by_description(const struct port_finder *finder,
                                    const struct lldp_local_port *p)
{
    const struct value id = {.type = VALUE_OCTETS, .octets = p->id};
    uint32_t found = 0;
    struct mac mac;

    if (p->subtype == PORT_MAC && mac_of_value(&id, &mac))
        found = port_by_mac(finder, &mac);
    else if (p->subtype == PORT_ALIAS)
        found = port_by_alias(finder, p->text);
    else if (number_of(p->text) != 0)
        found = port_by_name(finder, p->text);
    else
        found = port_by_text(finder, p->text);
    if (found == 0 && number_of(p->descr) == 0)
        found = port_by_text(finder, p->descr);
    return found;
}

static uint32_t same_if_index(const struct facts *f, uint32_t port_num)
{
    return facts_interface(f, port_num) != NULL ? port_num : 0;
}

/* A way to read port numbers, and how well it fits what is known. */
struct numbering {
    uint32_t (*if_index)(const struct facts *f, uint32_t port_num);
    size_t agrees, contradicts, silent;
};

static void numbering_weigh(struct numbering *n, const struct facts *f)
{
    for (size_t i = 0; i < f->lldp.ports.count; i++) {
        const struct lldp_local_port *p = &f->lldp.ports.at[i];
        uint32_t would_be = n->if_index(f, p->port_num);

        if (would_be == 0)
            n->silent++;
        else if (p->if_index == would_be)
            n->agrees++;
        else if (p->if_index != 0)
            n->contradicts++;
    }
}

/* A numbering is taken where no port that describes itself contradicts it, and
 * some agree or it at least knows most ports. */
static bool numbering_holds(const struct numbering *n, size_t ports)
{
    return n->contradicts == 0 && (n->agrees > 0 || n->silent * 2 < ports);
}

/* Bridges that list some of their ports alone: the others are counted on in
 * the same way if all of those have their own ifIndex. */
static uint32_t bridge_or_same(const struct facts *f, uint32_t port_num)
{
    uint32_t if_index = bridge_port_if_index(f, port_num);

    return if_index != 0 ? if_index : same_if_index(f, port_num);
}

static bool bridge_counts_as_interfaces(const struct facts *f)
{
    for (size_t i = 0; i < f->bridge.ports.count; i++)
        if (f->bridge.ports.at[i].if_index != 0 &&
            f->bridge.ports.at[i].if_index != f->bridge.ports.at[i].base_port)
            return false;
    return true;
}

/* The better of "port number is ifIndex" and "port number is bridge port", or
 * NULL where neither holds. LLDP-MIB means the latter where there is a bridge
 * (lldpLocPortNum), most agents do the former. */
static uint32_t (*choose_numbering(const struct facts *f))(const struct facts *,
                                                           uint32_t)
{
    struct numbering same = {.if_index = same_if_index};
    struct numbering bridge = {.if_index = bridge_port_if_index};

    numbering_weigh(&same, f);
    numbering_weigh(&bridge, f);
    bool same_holds = numbering_holds(&same, f->lldp.ports.count);
    bool bridge_holds = f->bridge.ports.count > 0 &&
                        numbering_holds(&bridge, f->lldp.ports.count);

    if (same_holds && bridge_holds && bridge_counts_as_interfaces(f))
        return bridge_or_same;
    if (same_holds && bridge_holds)
        return same.agrees > bridge.agrees ? same_if_index
                                           : bridge_port_if_index;
    if (same_holds)
        return same_if_index;
    return bridge_holds ? bridge_port_if_index : NULL;
}

static int port_compare(const void *a, const void *b)
{
    const struct lldp_local_port *x = a, *y = b;

    return (x->port_num > y->port_num) - (x->port_num < y->port_num);
}

/* Ports that only neighbors mention are ports too. */
static void ports_complete(struct harvest *h)
{
    struct lldp_local_ports *ports = &h->facts->lldp.ports;
    size_t kept = 0;

    for (size_t i = 0; i < h->remotes.count; i++) {
        uint32_t port_num = h->remotes.at[i].neighbor.local_port_num;

        if (port_num == 0)
            continue; /* not told */
        struct lldp_local_port *p = array_add(ports);
        p->port_num = port_num;
        p->text = p->descr = "";
    }
    if (ports->count > 0)
        qsort(ports->at, ports->count, sizeof *ports->at, port_compare);
    for (size_t i = 0; i < ports->count; i++) {
        struct lldp_local_port *last = kept > 0 ? &ports->at[kept - 1] : NULL;

        if (last == NULL || last->port_num != ports->at[i].port_num)
            ports->at[kept++] = ports->at[i];
        else if (last->text[0] == '\0' && last->descr[0] == '\0')
            *last = ports->at[i];
    }
    ports->count = kept;
}

static void ports_resolve(struct harvest *h)
{
    struct facts *f = h->facts;
    OWNED(port_finder_free) struct port_finder *finder = port_finder_new(f);

    for (size_t i = 0; i < f->lldp.ports.count; i++) {
        struct lldp_local_port *p = &f->lldp.ports.at[i];
        p->if_index = port_by_description(finder, p);
    }

    uint32_t (*numbering)(const struct facts *, uint32_t) =
        h->lldp_is_if_index ? same_if_index : choose_numbering(f);
    for (size_t i = 0; i < f->lldp.ports.count && numbering != NULL; i++) {
        struct lldp_local_port *p = &f->lldp.ports.at[i];
        if (p->if_index == 0)
            p->if_index = numbering(f, p->port_num);
    }
}

uint32_t lldp_port_if_index(const struct facts *f, uint32_t port_num)
{
    const struct lldp_local_ports *ports = &f->lldp.ports;
    const struct lldp_local_port key = {.port_num = port_num};
    const struct lldp_local_port *p =
        ports->count > 0 ? bsearch(&key, ports->at, ports->count,
                                   sizeof *ports->at, port_compare)
                         : NULL;

    return p != NULL ? p->if_index : 0;
}

/* ---- finish: each neighbor once --------------------------------------------
 */

/* By port, then who it is; the newest first. */
static int remote_compare(const void *a, const void *b)
{
    const struct remote *x = a, *y = b;
    const struct neighbor *m = &x->neighbor, *n = &y->neighbor;
    int order;

    if (m->local_port_num != n->local_port_num)
        return m->local_port_num < n->local_port_num ? -1 : 1;
    if ((order = bytes_compare(m->chassis_id, n->chassis_id)) != 0 ||
        (order = bytes_compare(m->port_id, n->port_id)) != 0)
        return order;
    if (x->time_mark != y->time_mark)
        return x->time_mark > y->time_mark ? -1 : 1;
    return (m->rem_index > n->rem_index) - (m->rem_index < n->rem_index);
}

static bool same_neighbor(const struct neighbor *m, const struct neighbor *n)
{
    return m->local_port_num == n->local_port_num &&
           bytes_equal(m->chassis_id, n->chassis_id) &&
           bytes_equal(m->port_id, n->port_id);
}

static int remote_address_compare(const void *a, const void *b)
{
    const struct remote_address *x = a, *y = b;

    if (x->port_num != y->port_num)
        return x->port_num < y->port_num ? -1 : 1;
    if (x->rem_index != y->rem_index)
        return x->rem_index < y->rem_index ? -1 : 1;
    return (x->order > y->order) - (x->order < y->order);
}

/* The first address of (port, index) in the sorted list, or its end. */
static size_t first_address(const struct remote_addresses *all,
                            const struct neighbor *n)
{
    const struct remote_address key = {.port_num = n->local_port_num,
                                       .rem_index = n->rem_index};
    size_t low = 0, high = all->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (remote_address_compare(&all->at[middle], &key) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void addresses_join(const struct harvest *h, struct neighbor *n)
{
    const struct remote_addresses *all = &h->remote_addresses;

    for (size_t i = first_address(all, n);
         i < all->count && all->at[i].port_num == n->local_port_num &&
         all->at[i].rem_index == n->rem_index;
         i++)
        (void)neighbor_add_address(n, &all->at[i].addr); /* four are enough */
}

void lldp_finish(struct harvest *h)
{
    struct facts *f = h->facts;
    const struct neighbor *last = NULL;

    ports_complete(h);
    ports_resolve(h);
    if (h->remotes.count > 0)
        qsort(h->remotes.at, h->remotes.count, sizeof *h->remotes.at,
              remote_compare);
    if (h->remote_addresses.count > 0)
        qsort(h->remote_addresses.at, h->remote_addresses.count,
              sizeof *h->remote_addresses.at, remote_address_compare);
    for (size_t i = 0; i < h->remotes.count; i++) {
        struct neighbor *n = &h->remotes.at[i].neighbor;

        if (last != NULL && same_neighbor(last, n))
            continue;
        last = n;
        n->local_if_index = lldp_port_if_index(f, n->local_port_num);
        addresses_join(h, n);
        *array_add(&f->neighbors) = *n;
    }
}

const struct reader lldp_local_reader = {
    .name = "lldpLocalSystemData",
    READ_SCALARS(local_scalars),
    .row = read_local,
};

const struct reader lldp_ports_reader = {
    .name = "lldpLocPortTable",
    READ_COLUMNS(port_columns),
    .rows_max = INTERFACES_MAX,
    .row = read_port,
};

const struct reader lldp_remote_reader = {
    .name = "lldpRemTable",
    READ_COLUMNS(remote_columns),
    .rows_max = NEIGHBORS_MAX,
    .row = read_remote,
};

const struct reader lldp_address_reader = {
    .name = "lldpRemManAddrTable",
    READ_COLUMNS(address_columns),
    .rows_max = NEIGHBORS_MAX,
    .row = read_address,
};

const struct reader lldp_v2_local_reader = {
    .name = "lldpV2LocalSystemData",
    READ_SCALARS(v2_local_scalars),
    .row = read_local,
};

const struct reader lldp_v2_ports_reader = {
    .name = "lldpV2LocPortTable",
    READ_COLUMNS(v2_port_columns),
    .rows_max = INTERFACES_MAX,
    .row = read_port,
};

const struct reader lldp_v2_remote_reader = {
    .name = "lldpV2RemTable",
    READ_COLUMNS(v2_remote_columns),
    .rows_max = NEIGHBORS_MAX,
    .row = read_v2_remote,
};

const struct reader lldp_v2_address_reader = {
    .name = "lldpV2RemManAddrTable",
    READ_COLUMNS(v2_address_columns),
    .rows_max = NEIGHBORS_MAX,
    .row = read_v2_address,
};
