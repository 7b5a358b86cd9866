#include "topology/segments.h"

#include <stdlib.h>

enum { SEGMENT_NUMBERS = 99999 };

static int attachment_compare(const void *a, const void *b)
{
    const struct attachment *x = a, *y = b;

    if (x->segment != y->segment)
        return x->segment < y->segment ? -1 : 1;
    return (x->port > y->port) - (x->port < y->port);
}

static uint64_t anchor_key(const struct scene *s, uint32_t port)
{
    struct buffer OWNED_BUFFER b = {0};

    scene_add_end(&b, &s->nodes.at[s->ports.at[port].node].id,
                  port_label(s, port));
    return scene_name_key(NAME_GHOST, NOWHERE, buffer_view(&b));
}

/* A segment goes by its anchor, the first port of a switch in it: hosts come
 * and go. */
static uint32_t find_anchor(const struct scene *s, const struct segments *all,
                            const struct segment *g)
{
    uint32_t best = segments_port(all, g, 0);

    for (size_t i = 0; i < g->count; i++) {
        uint32_t port = segments_port(all, g, i);
        uint32_t node = s->ports.at[port].node;

        if (s->nodes.at[node].bridge == NOWHERE)
            continue;
        if (s->nodes.at[s->ports.at[best].node].bridge == NOWHERE ||
            port < best)
            best = port;
    }
    return best;
}

static void add_segment(const struct scene *s, struct segments *all,
                        size_t first, size_t count)
{
    struct segment g = {.first = first, .count = count};
    uint32_t node = s->ports.at[segments_port(all, &g, 0)].node;
    bool several = false;

    for (size_t i = 1; i < count; i++)
        several =
            several || s->ports.at[segments_port(all, &g, i)].node != node;
    if (!several)
        return;
    g.key = anchor_key(s, find_anchor(s, all, &g));
    *array_add(&all->list) = g;
}

static int key_compare(const void *a, const void *b)
{
    const struct segment *x = a, *y = b;

    return (x->key > y->key) - (x->key < y->key);
}

/* Numbers follow from anchors, so that a segment keeps its name when others
 * appear; of two that meet, the second takes the next. */
static void give_numbers(struct segments *all)
{
    struct keymap taken = {0};

    for (size_t i = 0; i < all->list.count; i++) {
        struct segment *g = &all->list.at[i];

        g->number = (uint32_t)(g->key % SEGMENT_NUMBERS) + 1;
        while (keymap_put(&taken, g->number, (uint32_t)i) != i)
            g->number++;
    }
    keymap_fini(&taken);
}

void segments_find(struct scene *s, struct segments *out)
{
    struct attachments *all = &out->attachments;

    for (uint32_t port = 0; port < s->ports.count; port++)
        if ((s->ports.at[port].flags & PORT_JOINED) != 0)
            *array_add(all) = (struct attachment){segment_of(s, port), port};
    if (all->count > 0)
        qsort(all->at, all->count, sizeof *all->at, attachment_compare);
    for (size_t i = 0, end; i < all->count; i = end) {
        end = i + 1;
        while (end < all->count && all->at[end].segment == all->at[i].segment)
            end++;
        add_segment(s, out, i, end - i);
    }
    if (out->list.count > 0)
        qsort(out->list.at, out->list.count, sizeof *out->list.at, key_compare);
    give_numbers(out);
}

void segments_fini(struct segments *all)
{
    array_fini(&all->list);
    array_fini(&all->attachments);
}

uint32_t segments_core(struct scene *s, const struct segments *all,
                       const struct segment *g)
{
    struct keymap sizes = {0};
    uint32_t best = NOWHERE, most = 1;

    for (size_t i = 0; i < g->count; i++) {
        uint32_t core = segment_core(s, segments_port(all, g, i));
        uint32_t size = keymap_find(&sizes, core);

        size = size == KEYMAP_NONE ? 1 : size + 1;
        keymap_set(&sizes, core, size);
        if (size > most) {
            most = size;
            best = core;
        }
    }
    keymap_fini(&sizes);
    return best;
}
