/* Clouds: who is a member, and what a collapsed one stands for. */
#include "topology/map_doc.h"

#include <stdio.h>

uint32_t map_cloud_of(const struct map *m, const struct map_node *n)
{
    uint32_t at = n->cloud[0] != '\0' ? map_find_node(m, n->cloud) : UINT32_MAX;

    return at != UINT32_MAX && m->nodes.at[at].origin == MAP_CLOUD ? at
                                                                   : UINT32_MAX;
}

/* ---- members by address ---- */

/* Octets of a prefix as a key. */
struct block {
    uint8_t family, len, octets[16];
};

static struct bytes block_key(struct block *b, const struct prefix *p)
{
    *b = (struct block){.family = p->base.family, .len = p->len};
    memcpy(b->octets, p->base.octets, sizeof b->octets);
    return (struct bytes){(const uint8_t *)b, sizeof *b};
}

enum { BITS_MAX = 128 };

/* Clouds by their prefixes, and which lengths there are. */
struct blocks {
    struct table *clouds; /* block to node + 1 */
    bool lengths[BITS_MAX + 1];
};

static void blocks_gather(const struct map *m, struct blocks *out)
{
    for (size_t i = 0; i < m->nodes.count; i++) {
        const struct map_node *n = &m->nodes.at[i];
        struct prefix p;
        struct block b;

        if (n->origin != MAP_CLOUD || n->within[0] == '\0' ||
            prefix_parse(n->within, true, &p) < 0)
            continue;
        if (out->clouds == NULL)
            out->clouds = table_new();
        (void)table_put(out->clouds, block_key(&b, &p),
                        (void *)(uintptr_t)(i + 1));
        out->lengths[p.len] = true;
    }
}

/* The addresses that a node is: one, or a subnet's. */
static bool block_of(const struct map_node *n, struct prefix *out)
{
    if (n->origin == MAP_SUBNET)
        return prefix_parse(n->label, true, out) == 0;
    return n->address[0] != '\0' && prefix_parse(n->address, true, out) == 0;
}

/* The cloud of the longest prefix around p; UINT32_MAX if there is none. */
static uint32_t cloud_around(const struct blocks *of, const struct prefix *p)
{
    for (unsigned len = p->len + 1U; len-- > 0;) {
        struct prefix around;
        struct block b;

        if (!of->lengths[len])
            continue;
        around = prefix_of(&p->base, len);
        uintptr_t found =
            (uintptr_t)table_find(of->clouds, block_key(&b, &around));
        if (found != 0)
            return (uint32_t)(found - 1);
    }
    return UINT32_MAX;
}

/* The clouds around addresses that a node has besides the one it is known by.
 */
struct votes {
    uint32_t of[MAP_ADDRESSES_MAX];
    size_t count, addresses;
};

static void votes_gather(const struct blocks *of, const char *text,
                         struct votes *out)
{
    char one[ADDR_TEXT_MAX];

    *out = (struct votes){.count = 0};
    while (*text != '\0' && out->addresses < MAP_ADDRESSES_MAX) {
        size_t len = strcspn(text, " ");
        struct prefix p;

        if (len > 0 && len < sizeof one) {
            memcpy(one, text, len);
            one[len] = '\0';
            if (prefix_parse(one, true, &p) == 0) {
                uint32_t cloud = cloud_around(of, &p);

                out->addresses++;
                if (cloud != UINT32_MAX)
                    out->of[out->count++] = cloud;
            }
        }
        text += len;
        text += *text == ' ';
    }
}

/* The cloud that half of all addresses of a node are in; UINT32_MAX. */
static uint32_t cloud_by_others(const struct blocks *of,
                                const struct map_node *n)
{
    struct votes v;

    votes_gather(of, n->addresses, &v);
    for (size_t i = 0; i < v.count; i++) {
        size_t alike = 0;

        for (size_t k = 0; k < v.count; k++)
            alike += v.of[k] == v.of[i];
        if (2 * alike >= v.addresses + (n->address[0] != '\0'))
            return v.of[i];
    }
    return UINT32_MAX;
}

static void join(struct map *m, struct map_node *n, uint32_t cloud)
{
    n->joined = true;
    n->cloud = m->nodes.at[cloud].id;
}

/* What has no address and nobody put anywhere. */
static bool is_adrift(const struct map_node *n)
{
    return n->cloud[0] == '\0' &&
           (n->origin == MAP_SEGMENT ||
            (n->origin == MAP_GHOST && n->address[0] == '\0'));
}

/* What hangs on members of one cloud alone is in it too. */
static void join_adrift(struct map *m)
{
    enum { NONE = 0 };
    static const uint32_t SEVERAL = UINT32_MAX;
    uint32_t *around = mem_array(m->nodes.count + 1, sizeof *around);

    for (size_t i = 0; i < m->links.count; i++) {
        const uint32_t ends[2] = {m->links.at[i].a, m->links.at[i].b};

        for (unsigned e = 0; e < 2; e++) {
            uint32_t n = ends[e];
            if (!is_adrift(&m->nodes.at[n]))
                continue;
            uint32_t cloud = map_cloud_of(m, &m->nodes.at[ends[1 - e]]);
            uint32_t mark = cloud == UINT32_MAX ? SEVERAL : cloud + 1;
            around[n] = around[n] == NONE || around[n] == mark ? mark : SEVERAL;
        }
    }
    for (size_t i = 0; i < m->nodes.count; i++)
        if (around[i] != NONE && around[i] != SEVERAL)
            join(m, &m->nodes.at[i], around[i] - 1);
    free(around);
}

static void join_by_address(struct map *m)
{
    struct blocks blocks = {.clouds = NULL};
    struct prefix p;

    blocks_gather(m, &blocks);
    if (blocks.clouds == NULL)
        return;
    for (size_t i = 0; i < m->nodes.count; i++) {
        struct map_node *n = &m->nodes.at[i];

        if (n->cloud[0] != '\0' || n->origin == MAP_CLOUD)
            continue;
        uint32_t cloud =
            block_of(n, &p) ? cloud_around(&blocks, &p) : UINT32_MAX;
        if (cloud == UINT32_MAX)
            cloud = cloud_by_others(&blocks, n);
        if (cloud != UINT32_MAX)
            join(m, n, cloud);
    }
    join_adrift(m);
    table_free(blocks.clouds);
}

/* ---- states ---- */

/* The worse, the higher; a symptom does not outrank a cause. */
static unsigned badness(enum map_state s)
{
    static const uint8_t ranks[MAP_STATES] = {
        [MAP_UNMANAGED] = 0, [MAP_UP] = 1,          [MAP_SILENCED] = 2,
        [MAP_UNKNOWN] = 3,   [MAP_UNREACHABLE] = 4, [MAP_WARNING] = 5,
        [MAP_MINOR] = 6,     [MAP_MAJOR] = 7,       [MAP_CRITICAL] = 8,
        [MAP_DOWN] = 9,
    };

    return (unsigned)s < MAP_STATES ? ranks[s] : 0;
}

static bool answers(enum map_state s)
{
    return s != MAP_DOWN && s != MAP_UNREACHABLE && s != MAP_UNKNOWN &&
           s != MAP_UNMANAGED;
}

struct census {
    unsigned all, managed, up;
    enum map_state worst;
};

static void census_take(struct census *c, const struct map_node *n)
{
    if (n->edit.hidden)
        return;
    if (badness(n->state) > badness(c->worst))
        c->worst = n->state;
    if (n->origin == MAP_SEGMENT || n->origin == MAP_SUBNET)
        return;
    c->all++;
    c->managed += n->state != MAP_UNMANAGED;
    c->up += answers(n->state);
}

static void count_members(struct map *m)
{
    struct census *counts = mem_array(m->nodes.count + 1, sizeof *counts);
    char words[40];

    for (size_t i = 0; i < m->nodes.count; i++)
        counts[i].worst = MAP_UNMANAGED;
    for (size_t i = 0; i < m->nodes.count; i++) {
        const struct map_node *n = &m->nodes.at[i];
        uint32_t at = map_cloud_of(m, n);

        for (unsigned deep = 0; n->origin != MAP_CLOUD && at != UINT32_MAX &&
                                deep < MAP_CLOUD_DEPTH_MAX;
             deep++) {
            census_take(&counts[at], n);
            at = map_cloud_of(m, &m->nodes.at[at]);
        }
    }
    for (size_t i = 0; i < m->nodes.count; i++) {
        struct map_node *n = &m->nodes.at[i];
        const struct census *c = &counts[i];

        if (n->origin != MAP_CLOUD)
            continue;
        n->state = c->worst;
        if (c->managed > 0)
            (void)snprintf(words, sizeof words, "%u/%u up", c->up, c->all);
        else
            (void)snprintf(words, sizeof words, "%u node%s", c->all,
                           c->all == 1 ? "" : "s");
        if (strcmp(words, n->words) != 0)
            n->words = map_keep(m, words);
        n->note = n->words;
    }
    free(counts);
}

/* ---- folding ---- */

/* The outermost collapsed cloud around each node; itself if there is none. */
static uint32_t holder_of(const struct map *m, uint32_t i)
{
    uint32_t holder = i, at = map_cloud_of(m, &m->nodes.at[i]);

    for (unsigned deep = 0; at != UINT32_MAX && deep < MAP_CLOUD_DEPTH_MAX;
         deep++) {
        if (m->nodes.at[at].collapsed)
            holder = at;
        at = map_cloud_of(m, &m->nodes.at[at]);
    }
    return holder;
}

static void unfold(struct map *m)
{
    size_t kept = 0;

    for (size_t i = 0; i < m->nodes.count; i++) {
        struct map_node *n = &m->nodes.at[i];

        n->folded = false;
        if (n->joined)
            n->cloud = "";
        n->joined = false;
    }
    for (size_t i = 0; i < m->links.count; i++) {
        m->links.at[i].folded = false;
        if (m->links.at[i].summed == 0)
            m->links.at[kept++] = m->links.at[i];
        else
            array_fini(&m->links.at[i].extras);
    }
    m->links.count = kept;
}

/* A link that leads out of a collapsed cloud, between what is drawn. */
struct lead {
    uint32_t low, high, link;
};

static int lead_order(const void *a, const void *b)
{
    const struct lead *x = a, *y = b;

    if (x->low != y->low)
        return x->low < y->low ? -1 : 1;
    if (x->high != y->high)
        return x->high < y->high ? -1 : 1;
    return (x->link > y->link) - (x->link < y->link);
}

/* What carries something, before what carries nothing. */
static unsigned idleness(enum link_state s)
{
    static const uint8_t ranks[] = {
        [LINK_CONFIRMED] = 0, [LINK_CANDIDATE] = 1, [LINK_AMBIGUOUS] = 2,
        [LINK_STALE] = 3,     [LINK_BLOCKED] = 4,   [LINK_DOWN] = 5,
    };

    return (unsigned)s < COUNT_OF(ranks) ? ranks[s] : 0;
}

/* The load of a sum is what flows, as a share of what could. */
static double share_of(double flows, uint64_t of)
{
    return of > 0 ? flows / (double)of : NAN;
}

struct sum {
    struct map_link link;
    double flow_ab, flow_ba;
    uint64_t known_ab, known_ba; /* speeds of links whose load is known */
    unsigned down;
};

/* turned: the link's a is at the sum's b. */
static void sum_take(struct sum *s, const struct map_link *l, bool turned)
{
    double ab = turned ? l->load_ba : l->load_ab;
    double ba = turned ? l->load_ab : l->load_ba;
    struct map_link *to = &s->link;

    if (to->summed++ == 0) {
        to->a_port = turned ? l->b_port : l->a_port;
        to->b_port = turned ? l->a_port : l->b_port;
        to->kind = l->kind;
        to->layer = l->layer;
        to->state = l->state;
        to->confidence = l->confidence;
        to->evidence = l->evidence;
    } else {
        to->a_port = to->b_port = to->evidence = "";
        to->kind = LINK_BUNDLE;
        to->layer = to->layer == l->layer ? l->layer : 0;
        if (idleness(l->state) < idleness(to->state))
            to->state = l->state;
        if (l->confidence < to->confidence)
            to->confidence = l->confidence;
    }
    to->speed_bps += l->speed_bps;
    s->down += l->state == LINK_DOWN;
    if (!isnan(ab)) {
        s->flow_ab += ab * (double)l->speed_bps;
        s->known_ab += l->speed_bps;
    }
    if (!isnan(ba)) {
        s->flow_ba += ba * (double)l->speed_bps;
        s->known_ba += l->speed_bps;
    }
}

static void sum_add(struct map *m, const struct lead *leads, size_t count,
                    const uint32_t *holders)
{
    struct buffer OWNED_BUFFER id = {0};
    struct sum s = {.down = 0};
    char words[64];

    for (size_t i = 0; i < count; i++) {
        const struct map_link *l = &m->links.at[leads[i].link];

        sum_take(&s, l, holders[l->a] != leads[0].low);
    }
    struct map_link *to = map_add_link(m, leads[0].low, leads[0].high);
    s.link.a = to->a;
    s.link.b = to->b;
    s.link.load_ab = share_of(s.flow_ab, s.known_ab);
    s.link.load_ba = share_of(s.flow_ba, s.known_ba);
    buffer_format(&id, "~sum-%s-%s", m->nodes.at[to->a].id,
                  m->nodes.at[to->b].id);
    s.link.id = map_keep(m, id.at);
    (void)snprintf(words, sizeof words, "%zu link%s, %u down", count,
                   count == 1 ? "" : "s", s.down);
    s.link.why = map_keep(m, words);
    *to = s.link;
}

static void add_sums(struct map *m, struct lead *leads, size_t count,
                     const uint32_t *holders)
{
    if (count > 0)
        qsort(leads, count, sizeof *leads, lead_order);
    for (size_t i = 0, end; i < count; i = end) {
        for (end = i + 1; end < count && leads[end].low == leads[i].low &&
                          leads[end].high == leads[i].high;)
            end++;
        if (m->links.count < MAP_LINKS_MAX)
            sum_add(m, leads + i, end - i, holders);
    }
}

static void fold_links(struct map *m, const uint32_t *holders)
{
    struct lead *leads = mem_array(m->links.count + 1, sizeof *leads);
    size_t count = 0;

    for (uint32_t i = 0; i < m->links.count; i++) {
        struct map_link *l = &m->links.at[i];
        uint32_t a = holders[l->a], b = holders[l->b];

        l->folded = a != l->a || b != l->b;
        if (!l->folded || a == b || l->edit.hidden ||
            m->nodes.at[l->a].edit.hidden || m->nodes.at[l->b].edit.hidden)
            continue;
        leads[count++] = (struct lead){a < b ? a : b, a < b ? b : a, i};
    }
    add_sums(m, leads, count, holders);
    free(leads);
}

static bool has_clouds(const struct map *m)
{
    for (size_t i = 0; i < m->nodes.count; i++)
        if (m->nodes.at[i].origin == MAP_CLOUD)
            return true;
    return false;
}

static void turn(struct map *m, const char *list, bool collapsed)
{
    char id[MAP_ID_MAX + 1];

    while (list != NULL && *list != '\0') {
        size_t len = strcspn(list, ",");

        if (len <= MAP_ID_MAX) {
            memcpy(id, list, len);
            id[len] = '\0';
            uint32_t at = map_find_node(m, id);
            if (at != UINT32_MAX && m->nodes.at[at].origin == MAP_CLOUD)
                m->nodes.at[at].collapsed = collapsed;
        }
        list += len + (list[len] == ',');
    }
}

void map_turn_clouds(struct map *m, const char *open, const char *fold)
{
    turn(m, open, false);
    turn(m, fold, true);
    map_fold(m);
}

void map_fold(struct map *m)
{
    unfold(m);
    if (!has_clouds(m))
        return;
    uint32_t *holders = mem_array(m->nodes.count + 1, sizeof *holders);
    join_by_address(m);
    count_members(m);
    for (uint32_t i = 0; i < m->nodes.count; i++) {
        holders[i] = holder_of(m, i);
        m->nodes.at[i].folded = holders[i] != i;
    }
    fold_links(m, holders);
    free(holders);
}
