#include "station/cabling.h"

#include "topology/kind.h"

#include <stdlib.h>

enum { UP = 1, ETHERNET = 6, MISMATCHES_MAX = 10000 };

/* What two ends say of each other themselves. */
static const uint32_t OWN_WORDS = EVIDENCE_MANUAL | EVIDENCE_LLDP |
                                  EVIDENCE_CDP | EVIDENCE_FDP | EVIDENCE_EDP |
                                  EVIDENCE_NDP | EVIDENCE_LACP;

void cabling_fini(struct cabling *c)
{
    array_fini(&c->trunks);
    array_fini(&c->mismatches);
}

static int by_key(const void *a, const void *b)
{
    uint64_t x = ((const struct trunk *)a)->key;
    uint64_t y = ((const struct trunk *)b)->key;

    return (x > y) - (x < y);
}

static bool is_device(const struct topo_node *n)
{
    return n->origin != NODE_SEGMENT && kind_forwards(n->kind);
}

static void add_trunks(struct cabling *c, const struct topology *t,
                       uint32_t link)
{
    const struct topo_link *l = &t->links.at[link];

    if (l->layer != 2 || !is_device(&t->nodes.at[l->a]) ||
        !is_device(&t->nodes.at[l->b]))
        return;
    if (l->a_if_index != 0)
        *array_add(&c->trunks) = (struct trunk){
            .key = cabling_key(l->a, l->a_if_index), .link = link};
    if (l->b_if_index != 0)
        *array_add(&c->trunks) = (struct trunk){
            .key = cabling_key(l->b, l->b_if_index), .link = link};
}

static bool is_told(const char *duplex)
{
    return strcmp(duplex, "fullDuplex") == 0 ||
           strcmp(duplex, "halfDuplex") == 0;
}

static void add_mismatch(struct cabling *c, uint32_t link, bool duplex,
                         const char *text, struct arena *arena)
{
    if (c->mismatches.count < MISMATCHES_MAX)
        *array_add(&c->mismatches) = (struct mismatch){
            .link = link, .duplex = duplex, .text = arena_text(arena, text)};
}

static void compare(struct cabling *c, const struct topology *t, uint32_t link,
                    const struct interface *a, const struct interface *b,
                    struct arena *arena)
{
    const struct topo_link *l = &t->links.at[link];
    const char *a_name = t->nodes.at[l->a].name,
               *b_name = t->nodes.at[l->b].name;
    struct buffer OWNED_BUFFER text = {0};

    if (is_told(a->duplex) && is_told(b->duplex) &&
        strcmp(a->duplex, b->duplex) != 0) {
        buffer_format(&text, "%s %s is %s, %s %s is %s", a_name, l->a_port,
                      a->duplex, b_name, l->b_port, b->duplex);
        add_mismatch(c, link, true, text.at, arena);
    }
    if (a->speed_bps == 0 || b->speed_bps == 0 || a->speed_bps == b->speed_bps)
        return;
    buffer_clear(&text);
    buffer_format(&text, "%s %s runs at %g Mbit/s, %s %s at %g Mbit/s", a_name,
                  l->a_port, (double)a->speed_bps / 1e6, b_name, l->b_port,
                  (double)b->speed_bps / 1e6);
    add_mismatch(c, link, false, text.at, arena);
}

/* The end of a link, where it is an Ethernet port that is up. */
static const struct interface *end_of(const struct topo_device *devices,
                                      size_t count, uint32_t node,
                                      uint32_t if_index)
{
    const struct interface *i =
        node < count && devices[node].facts != NULL && if_index != 0
            ? facts_interface(devices[node].facts, if_index)
            : NULL;

    return i != NULL && i->type == ETHERNET && i->oper_status == UP ? i : NULL;
}

void cabling_look(struct cabling *c, const struct topology *t,
                  const struct topo_device *devices, size_t count,
                  struct arena *arena)
{
    for (uint32_t i = 0; i < t->links.count; i++) {
        const struct topo_link *l = &t->links.at[i];

        add_trunks(c, t, i);
        if (l->layer != 2 || l->kind != LINK_P2P ||
            (l->evidence & OWN_WORDS) == 0 ||
            (l->state != LINK_CONFIRMED && l->state != LINK_BLOCKED))
            continue;
        const struct interface *a = end_of(devices, count, l->a, l->a_if_index);
        const struct interface *b = end_of(devices, count, l->b, l->b_if_index);

        if (a != NULL && b != NULL)
            compare(c, t, i, a, b, arena);
    }
    if (c->trunks.count > 0)
        qsort(c->trunks.at, c->trunks.count, sizeof *c->trunks.at, by_key);
}

uint32_t cabling_trunk(const struct cabling *c, uint32_t node,
                       uint32_t if_index)
{
    const struct trunk wanted = {.key = cabling_key(node, if_index)};
    const struct trunk *found =
        c->trunks.count > 0 ? bsearch(&wanted, c->trunks.at, c->trunks.count,
                                      sizeof wanted, by_key)
                            : NULL;

    return found != NULL ? found->link : UINT32_MAX;
}
