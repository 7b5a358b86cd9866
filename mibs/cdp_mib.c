#include "mibs/cdp_mib.h"

#include "base/text.h"
#include "mibs/neighbor.h"

#include <inttypes.h>
#include <string.h>

enum {
    CACHE_ADDRESS,
    CACHE_VERSION,
    CACHE_DEVICE_ID,
    CACHE_DEVICE_PORT,
    CACHE_PLATFORM,
    CACHE_CAPABILITIES,
    CACHE_SYS_NAME,
    CACHE_MGMT_ADDRESS,
};

#define CDP_CACHE 1, 3, 6, 1, 4, 1, 9, 9, 23, 1, 2, 1, 1
#define FDP_CACHE 1, 3, 6, 1, 4, 1, 1991, 1, 1, 3, 20, 1, 2, 1, 1

static const struct oid cdp_columns[] = {
    [CACHE_ADDRESS] = OID_INIT(CDP_CACHE, 4),
    [CACHE_VERSION] = OID_INIT(CDP_CACHE, 5),
    [CACHE_DEVICE_ID] = OID_INIT(CDP_CACHE, 6),
    [CACHE_DEVICE_PORT] = OID_INIT(CDP_CACHE, 7),
    [CACHE_PLATFORM] = OID_INIT(CDP_CACHE, 8),
    [CACHE_CAPABILITIES] = OID_INIT(CDP_CACHE, 9),
    [CACHE_SYS_NAME] = OID_INIT(CDP_CACHE, 17),
    [CACHE_MGMT_ADDRESS] = OID_INIT(CDP_CACHE, 20),
};

static const struct oid fdp_columns[] = {
    [CACHE_ADDRESS] = OID_INIT(FDP_CACHE, 5),
    [CACHE_VERSION] = OID_INIT(FDP_CACHE, 6),
    [CACHE_DEVICE_ID] = OID_INIT(FDP_CACHE, 3),
    [CACHE_DEVICE_PORT] = OID_INIT(FDP_CACHE, 7),
    [CACHE_PLATFORM] = OID_INIT(FDP_CACHE, 8),
    [CACHE_CAPABILITIES] = OID_INIT(FDP_CACHE, 9),
};

enum { EDP_NAME, EDP_VERSION, EDP_SLOT, EDP_PORT };

#define EDP 1, 3, 6, 1, 4, 1, 1916, 1, 13, 2, 1

static const struct oid edp_columns[] = {
    [EDP_NAME] = OID_INIT(EDP, 3),
    [EDP_VERSION] = OID_INIT(EDP, 4),
    [EDP_SLOT] = OID_INIT(EDP, 5),
    [EDP_PORT] = OID_INIT(EDP, 6),
};

/* Bits of LLDP's system capabilities (IEEE 802.1AB, table 8-4). */
enum {
    LLDP_REPEATER = 1 << 1,
    LLDP_BRIDGE = 1 << 2,
    LLDP_ROUTER = 1 << 4,
    LLDP_TELEPHONE = 1 << 5,
    LLDP_STATION = 1 << 7,
};

/* cdpCacheCapabilities: up to four octets, the most significant first. */
static uint16_t caps_of_bits(struct bytes b)
{
    static const struct {
        uint32_t cdp;
        uint16_t lldp;
    } bits[] = {
        {0x01, LLDP_ROUTER},    {0x02, LLDP_BRIDGE},  {0x04, LLDP_BRIDGE},
        {0x08, LLDP_BRIDGE},    {0x10, LLDP_STATION}, {0x40, LLDP_REPEATER},
        {0x80, LLDP_TELEPHONE},
    };
    uint32_t word = 0;
    uint16_t caps = 0;

    for (size_t i = 0; i < b.len && i < sizeof word; i++)
        word = word << 8 | b.at[i];
    for (size_t i = 0; i < COUNT_OF(bits); i++)
        if ((word & bits[i].cdp) != 0)
            caps = (uint16_t)(caps | bits[i].lldp);
    return caps;
}

/* snFdpCacheCapabilities: words. */
static uint16_t caps_of_words(const char *words)
{
    static const struct {
        const char *word;
        uint16_t lldp;
    } list[] = {
        {"router", LLDP_ROUTER},   {"switch", LLDP_BRIDGE},
        {"bridge", LLDP_BRIDGE},   {"host", LLDP_STATION},
        {"phone", LLDP_TELEPHONE},
    };
    uint16_t caps = 0;

    for (size_t i = 0; i < COUNT_OF(list); i++)
        if (text_contains_nocase(words, list[i].word))
            caps = (uint16_t)(caps | list[i].lldp);
    return caps;
}

/* Four or sixteen octets; FDP agents send text. */
static void add_address(struct neighbor *n, const struct value *v)
{
    struct buffer OWNED_BUFFER text = {0};
    struct addr a = {0};

    if (v->type != VALUE_OCTETS && v->type != VALUE_IP)
        return;
    a = addr_of_octets(v->octets);
    if (!addr_is_set(&a) && v->octets.len > 4) {
        text_safe(v->octets, NULL, false, ADDR_TEXT_MAX, &text);
        if (text.len == 0 || addr_parse(text.at, &a) < 0)
            return;
    }
    (void)neighbor_add_address(n, &a); /* one is enough */
}

/* Index: ifIndex, number of the device on it. */
static struct neighbor *add_neighbor(struct harvest *h, const struct row *row,
                                     enum neighbor_protocol protocol)
{
    if (row->index.len != 2 || h->facts->neighbors.count >= NEIGHBORS_MAX)
        return NULL;

    struct neighbor *n = array_add(&h->facts->neighbors);
    n->protocol = (uint8_t)protocol;
    n->local_port_num = row->index.sub[0];
    n->rem_index = row->index.sub[1];
    n->chassis_id = harvest_octets(h, row_at(row, CACHE_DEVICE_ID));
    n->port_id = harvest_octets(h, row_at(row, CACHE_DEVICE_PORT));
    n->chassis_text = id_text(h, n->chassis_id, ID_TEXT, &n->chassis_mac);
    n->port_text = id_text(h, n->port_id, ID_TEXT, &n->port_mac);
    n->port_descr = "";
    n->sys_name = harvest_text(h, row_at(row, CACHE_SYS_NAME));
    n->sys_descr = harvest_lines(h, row_at(row, CACHE_VERSION));
    n->platform = harvest_text(h, row_at(row, CACHE_PLATFORM));
    add_address(n, row_at(row, CACHE_ADDRESS));
    add_address(n, row_at(row, CACHE_MGMT_ADDRESS));
    return n;
}

static void read_cdp(struct harvest *h, const struct row *row)
{
    struct neighbor *n = add_neighbor(h, row, NEIGHBOR_CDP);

    if (n != NULL)
        n->caps = caps_of_bits(row_octets(row, CACHE_CAPABILITIES));
}

static void read_fdp(struct harvest *h, const struct row *row)
{
    struct neighbor *n = add_neighbor(h, row, NEIGHBOR_FDP);

    if (n != NULL)
        n->caps =
            caps_of_words(harvest_text(h, row_at(row, CACHE_CAPABILITIES)));
}

/* Index: ifIndex, id of eight octets whose last six are its MAC address. Ports
 * are called as ifName calls them: "2:14". */
static void read_edp(struct harvest *h, const struct row *row)
{
    enum { ID_LEN = 8, MAC_AT = 3 };
    uint8_t octets[6];

    if (row->index.len != 1 + ID_LEN ||
        h->facts->neighbors.count >= NEIGHBORS_MAX ||
        !oid_read_octets(row->index, MAC_AT, sizeof octets, octets))
        return;

    struct neighbor *n = array_add(&h->facts->neighbors);
    n->protocol = NEIGHBOR_EDP;
    n->local_port_num = row->index.sub[0];
    n->chassis_subtype = CHASSIS_MAC;
    n->chassis_id =
        arena_bytes(h->facts->arena, (struct bytes){octets, sizeof octets});
    n->chassis_text = id_text(h, n->chassis_id, ID_MAC, &n->chassis_mac);
    n->port_text =
        harvest_format(h, "%" PRIu32 ":%" PRIu32, row_u32(row, EDP_SLOT),
                       row_u32(row, EDP_PORT));
    n->port_id =
        (struct bytes){(const uint8_t *)n->port_text, strlen(n->port_text)};
    n->port_descr = "";
    n->sys_name = harvest_text(h, row_at(row, EDP_NAME));
    n->sys_descr = harvest_lines(h, row_at(row, EDP_VERSION));
    n->platform = "";
}

void cdp_finish(struct harvest *h)
{
    struct neighbors *all = &h->facts->neighbors;

    for (size_t i = 0; i < all->count; i++) {
        struct neighbor *n = &all->at[i];

        if (facts_interface(h->facts, n->local_port_num) != NULL)
            n->local_if_index = n->local_port_num;
    }
}

const struct reader cdp_reader = {
    .name = "cdpCacheTable",
    READ_COLUMNS(cdp_columns),
    .rows_max = NEIGHBORS_MAX,
    .row = read_cdp,
};

const struct reader edp_reader = {
    .name = "extremeEdpTable",
    READ_COLUMNS(edp_columns),
    .rows_max = NEIGHBORS_MAX,
    .row = read_edp,
};

const struct reader fdp_reader = {
    .name = "snFdpCacheTable",
    READ_COLUMNS(fdp_columns),
    .rows_max = NEIGHBORS_MAX,
    .row = read_fdp,
};
