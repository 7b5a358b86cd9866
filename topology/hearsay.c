/* Hearsay: what one end alone tells by a protocol that bridges pass on. */
#include "topology/scene.h"

struct strays ARRAY_OF(struct addr);

static int stray_compare(const void *a, const void *b)
{
    return addr_compare(a, b);
}

/* Its cable ends where nobody else was learned. */
static bool is_end(const struct scene *s, uint32_t port)
{
    uint32_t peer = port_peer(s, port);

    return peer != NOWHERE && fdb_port_rows(s, s->ports.at[peer].bundle) <= 1 &&
           !s->nodes.at[s->ports.at[port].node].says_bridge;
}

static bool has_place(const struct scene *s, const uint8_t *placed,
                      uint32_t node)
{
    return s->nodes.at[node].facts != NULL || placed[node] != 0;
}

/* Addresses of devices that only answer echo, and have no cable of their own,
 * or say that they pass frames on: any of them may be a bridge between any two.
 */
static void find_strays(const struct scene *s, struct strays *out)
{
    uint8_t *placed = mem_array(s->nodes.count + 1, 1);

    for (uint32_t port = 0; port < s->ports.count; port++)
        if (is_end(s, port))
            placed[s->ports.at[port].node] = 1;
    for (uint32_t node = 0; node < s->device_count; node++) {
        const struct topo_device *d = s->nodes.at[node].device;

        for (size_t i = 0; i < d->addr_count && !has_place(s, placed, node);
             i++)
            *array_add(out) = d->addrs[i];
    }
    if (out->count > 0)
        qsort(out->at, out->count, sizeof *out->at, stray_compare);
    free(placed);
}

static bool any_within(const struct strays *all, const struct prefix *p)
{
    size_t low = 0, high = all->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (addr_compare(&all->at[middle], &p->base) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low < all->count && prefix_contains(p, &all->at[low]);
}

static bool has_stray_beside(const struct scene *s, const struct strays *all,
                             uint32_t node)
{
    const struct facts *f = s->nodes.at[node].facts;

    for (size_t i = 0; f != NULL && i < f->addresses.count; i++) {
        const struct interface_address *a = &f->addresses.at[i];

        if (a->prefix_len <= 0 || addr_is_loopback(&a->addr))
            continue;
        struct prefix p = prefix_of(&a->addr, (unsigned)a->prefix_len);
        if (any_within(all, &p))
            return true;
    }
    return false;
}

static bool is_hearsay(const struct scene *s, const struct edge *e)
{
    const uint32_t passed_on =
        EVIDENCE_CDP | EVIDENCE_FDP | EVIDENCE_EDP | EVIDENCE_NDP;

    return e->fate == EDGE_PROVED && e->doubt == DOUBT_NONE &&
           (e->evidence & ~passed_on) == 0 &&
           (e->heard_a == 0 || e->heard_b == 0) &&
           s->ports.at[e->a].node < s->device_count &&
           s->ports.at[e->b].node < s->device_count;
}

void hearsay_doubt(struct scene *s)
{
    struct strays strays = {0};

    find_strays(s, &strays);
    for (size_t i = 0; i < s->edges.count && strays.count > 0; i++) {
        struct edge *e = &s->edges.at[i];

        if (is_hearsay(s, e) &&
            (has_stray_beside(s, &strays, s->ports.at[e->a].node) ||
             has_stray_beside(s, &strays, s->ports.at[e->b].node)))
            e->doubt = DOUBT_CANDIDATE;
    }
    array_fini(&strays);
}
