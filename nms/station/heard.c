#include "station/heard.h"

#include "base/table.h"
#include "base/text.h"

#include <stdlib.h>

enum { TEXT_LIMIT = 1024, SUBTYPE_MAC_CHASSIS = 4, SUBTYPE_MAC_PORT = 3 };

enum {
    STEADY_MS = 600000, /* most speak each half minute or minute */
    TELL_APART_MS = 10000,
    TELL_PART = 10
};

/* One neighbor on one interface, with copies of what it said. */
struct kept {
    struct facts *facts; /* holds one neighbor */
    struct mono at, until;
    bool again; /* not for the first time */
};

struct heard_neighbors {
    struct table *kept;
};

struct heard_neighbors *heard_new(void)
{
    struct heard_neighbors *h = mem_new(struct heard_neighbors);

    h->kept = table_new();
    return h;
}

static void kept_free(struct kept *k)
{
    facts_unref(k->facts);
    free(k);
}

void heard_free(struct heard_neighbors *h)
{
    size_t at = 0;
    void *value;

    if (h == NULL)
        return;
    while (table_next(h->kept, &at, NULL, &value))
        kept_free(value);
    table_free(h->kept);
    free(h);
}

static const char *safe(struct arena *arena, struct bytes from)
{
    struct buffer OWNED_BUFFER text = {0};

    text_safe(from, NULL, false, TEXT_LIMIT, &text);
    return text.len > 0 ? arena_text(arena, text.at) : "";
}

/* An id as people read it: a MAC with colons, else text. */
static const char *id_text(struct arena *arena, struct bytes id, bool is_mac,
                           struct mac *mac)
{
    char text[MAC_TEXT_MAX];

    if (is_mac && mac_of_octets(id, mac))
        return arena_text(arena, mac_format(mac, text, sizeof text));
    return safe(arena, id);
}

static void add_mgmt(struct neighbor *n, const struct addr *addrs, size_t count)
{
    for (size_t i = 0; i < count && n->mgmt_count < COUNT_OF(n->mgmt); i++)
        n->mgmt[n->mgmt_count++] = addrs[i];
}

static void from_lldp(const struct lldp_announcement *said, struct arena *arena,
                      struct neighbor *n)
{
    n->protocol = NEIGHBOR_LLDP;
    n->chassis_subtype = said->chassis_subtype;
    n->port_subtype = said->port_subtype;
    n->chassis_id = arena_bytes(arena, said->chassis_id);
    n->port_id = arena_bytes(arena, said->port_id);
    n->chassis_text =
        id_text(arena, said->chassis_id,
                said->chassis_subtype == SUBTYPE_MAC_CHASSIS, &n->chassis_mac);
    n->port_text =
        id_text(arena, said->port_id, said->port_subtype == SUBTYPE_MAC_PORT,
                &n->port_mac);
    n->port_descr = safe(arena, said->port_desc);
    n->sys_name = safe(arena, said->sys_name);
    n->sys_descr = safe(arena, said->sys_desc);
    n->caps = said->caps_enabled;
    add_mgmt(n, said->mgmt, said->mgmt_count);
}

/* cdpCacheCapabilities to the bits of LLDP: router, bridge (transparent,
 * source-route, switch), host as station only, telephone. */
static uint16_t caps_of_cdp(uint32_t caps)
{
    uint16_t out = 0;

    out |= caps & 0x01 ? 1U << 4 : 0;
    out |= caps & 0x0e ? 1U << 2 : 0;
    out |= caps & 0x10 ? 1U << 7 : 0;
    out |= caps & 0x80 ? 1U << 5 : 0;
    return out;
}

static void from_cdp(const struct cdp_announcement *said, struct arena *arena,
                     struct neighbor *n)
{
    n->protocol = NEIGHBOR_CDP;
    n->chassis_id = arena_bytes(arena, said->device_id);
    n->port_id = arena_bytes(arena, said->device_port);
    n->chassis_text = safe(arena, said->device_id);
    n->port_text = safe(arena, said->device_port);
    n->sys_name =
        said->sys_name.len > 0 ? safe(arena, said->sys_name) : n->chassis_text;
    n->sys_descr = safe(arena, said->version);
    n->platform = safe(arena, said->platform);
    n->caps = caps_of_cdp(said->caps);
    add_mgmt(n, said->addrs, said->addr_count);
}

static void key_id(struct buffer *key, struct bytes id)
{
    uint32_t len = (uint32_t)id.len;

    buffer_add(key, &len, sizeof len);
    buffer_add(key, id.at, id.len);
}

/* Chassis and port name a sender (802.1AB, MSAP identifier). */
static void key_of(const struct heard *heard, struct buffer *key)
{
    buffer_add(key, &heard->if_index, sizeof heard->if_index);
    if (heard->lldp != NULL) {
        buffer_char(key, 'l');
        key_id(key, heard->lldp->chassis_id);
        key_id(key, heard->lldp->port_id);
    } else {
        buffer_char(key, 'c');
        key_id(key, heard->cdp->device_id);
        key_id(key, heard->cdp->device_port);
    }
}

static bool says_the_same(const struct neighbor *a, const struct neighbor *b)
{
    for (size_t i = 0; i < COUNT_OF(a->mgmt); i++)
        if (!addr_equal(&a->mgmt[i], &b->mgmt[i]))
            return false;
    return a->caps == b->caps && strcmp(a->sys_name, b->sys_name) == 0 &&
           strcmp(a->sys_descr, b->sys_descr) == 0 &&
           strcmp(a->platform, b->platform) == 0 &&
           strcmp(a->port_descr, b->port_descr) == 0;
}

/* Copies the announcement; false if the neighbor leaves (TTL 0). */
static struct kept *keep(const struct heard *heard, struct mono now)
{
    struct kept *k = mem_new(struct kept);
    unsigned ttl_s =
        heard->lldp != NULL ? heard->lldp->ttl_s : heard->cdp->ttl_s;

    k->facts = facts_new();
    k->at = now;
    k->until = mono_after_ms(now, (int64_t)ttl_s * 1000);
    struct neighbor *n = array_add(&k->facts->neighbors);
    *n = (struct neighbor){.local_port_num = heard->if_index,
                           .local_if_index = heard->if_index,
                           .chassis_text = "",
                           .port_text = "",
                           .port_descr = "",
                           .sys_name = "",
                           .sys_descr = "",
                           .platform = ""};
    if (heard->lldp != NULL)
        from_lldp(heard->lldp, k->facts->arena, n);
    else
        from_cdp(heard->cdp, k->facts->arena, n);
    return k;
}

bool heard_expire(struct heard_neighbors *h, struct mono now)
{
    size_t at = 0, before = table_count(h->kept);
    struct bytes key;
    void *value;

    while (table_next(h->kept, &at, &key, &value)) {
        struct kept *k = value;

        if (!mono_reached(now, k->until))
            continue;
        (void)table_remove(h->kept, key);
        kept_free(k);
    }
    return table_count(h->kept) < before;
}

/* Whether one that goes on will be heard again. */
static bool is_steady(const struct kept *k, struct mono now)
{
    return k->again && !mono_reached(now, k->until) &&
           mono_ms_between(k->at, now) < STEADY_MS;
}

/* Less than limit are kept of an interface, 0 = of all; else one gives way if
 * it may. */
static bool make_room(struct heard_neighbors *h, uint32_t if_index,
                      size_t limit, struct mono now)
{
    struct bytes key, oldest_key = {0};
    struct kept *oldest = NULL;
    size_t at = 0, count = 0;
    void *value;

    if (table_count(h->kept) < limit)
        return true;
    while (table_next(h->kept, &at, &key, &value)) {
        struct kept *k = value;

        if (if_index != 0 &&
            k->facts->neighbors.at[0].local_if_index != if_index)
            continue;
        count++;
        if (!is_steady(k, now) &&
            (oldest == NULL || k->at.ns < oldest->at.ns)) {
            oldest = k;
            oldest_key = key;
        }
    }
    if (count < limit)
        return true;
    if (oldest == NULL)
        return false;
    (void)table_remove(h->kept, oldest_key);
    kept_free(oldest);
    return true;
}

bool heard_take(struct heard_neighbors *h, const struct heard *heard,
                struct mono now)
{
    struct buffer OWNED_BUFFER key = {0};
    struct kept *k = keep(heard, now), *before;
    bool news = true;

    key_of(heard, &key);
    before = table_remove(h->kept, buffer_view(&key));
    if (before != NULL) {
        news = !says_the_same(&before->facts->neighbors.at[0],
                              &k->facts->neighbors.at[0]);
        k->again = true;
        kept_free(before);
    }
    if (k->until.ns == now.ns ||
        !make_room(h, heard->if_index, HEARD_ON_INTERFACE_MAX, now) ||
        !make_room(h, 0, HEARD_MAX, now)) {
        kept_free(k);
        return before != NULL;
    }
    (void)table_put(h->kept, buffer_view(&key), k);
    return news;
}

bool heard_may_tell(struct mono told, int64_t took_ms, struct mono now)
{
    int64_t apart_ms = took_ms * TELL_PART;

    if (apart_ms < TELL_APART_MS)
        apart_ms = TELL_APART_MS;
    return told.ns == 0 || mono_ms_between(told, now) >= apart_ms;
}

/* Points the texts of a neighbor into another arena. */
static void adopt(struct neighbor *n, struct arena *arena)
{
    const char **texts[] = {&n->chassis_text, &n->port_text, &n->port_descr,
                            &n->sys_name,     &n->sys_descr, &n->platform};

    for (size_t i = 0; i < COUNT_OF(texts); i++)
        *texts[i] = arena_text(arena, *texts[i]);
    n->chassis_id = arena_bytes(arena, n->chassis_id);
    n->port_id = arena_bytes(arena, n->port_id);
}

void heard_add_to(struct heard_neighbors *h, struct facts *facts,
                  struct mono now)
{
    size_t at = 0;
    void *value;

    (void)heard_expire(h, now);
    while (table_next(h->kept, &at, NULL, &value)) {
        const struct kept *k = value;
        struct neighbor *n = array_add(&facts->neighbors);

        *n = k->facts->neighbors.at[0];
        adopt(n, facts->arena);
    }
}
