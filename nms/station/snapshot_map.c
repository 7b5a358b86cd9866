/* States and loads for a map. */
#include "station/snapshot.h"

#include <stdio.h>

static const struct port_record *port_of(const struct device_record *d,
                                         uint32_t if_index)
{
    for (size_t i = 0; if_index != 0 && i < d->port_count; i++)
        if (d->ports[i].if_index == if_index)
            return &d->ports[i];
    return NULL;
}

/* Share of a link's speed that node sends into it through if_index; or, by the
 * other end, receives. NaN where it is not known. */
static double share(const struct snapshot *snap, uint32_t node,
                    uint32_t if_index, uint64_t speed_bps, size_t rate)
{
    const struct device_record *d = snapshot_of_node(snap, node);

    if (d == NULL || speed_bps == 0)
        return NAN;
    const struct port_record *port = port_of(d, if_index);
    return port != NULL ? port->rates[rate] * 8 / (double)speed_bps : NAN;
}

static struct map_link_status link_status(const struct snapshot *snap,
                                          const struct topo_link *l)
{
    struct map_link_status out = {
        .load_ab =
            share(snap, l->a, l->a_if_index, l->speed_bps, PORT_OUT_OCTETS),
        .load_ba =
            share(snap, l->b, l->b_if_index, l->speed_bps, PORT_OUT_OCTETS),
    };

    if (isnan(out.load_ab))
        out.load_ab =
            share(snap, l->b, l->b_if_index, l->speed_bps, PORT_IN_OCTETS);
    if (isnan(out.load_ba))
        out.load_ba =
            share(snap, l->a, l->a_if_index, l->speed_bps, PORT_IN_OCTETS);
    return out;
}

static struct map_node_status node_status(const struct snapshot *snap,
                                          uint32_t node, struct arena *arena)
{
    const struct device_record *d = snapshot_of_node(snap, node);
    char age[24], words[40];

    if (d == NULL)
        return (struct map_node_status){MAP_UNMANAGED, ""};
    if (d->reach != REACH_DOWN)
        return (struct map_node_status){device_map_state(d), ""};
    duration_format(snap->at.ms - d->since.ms, age, sizeof age);
    (void)snprintf(words, sizeof words, "down %s", age);
    return (struct map_node_status){MAP_DOWN, arena_text(arena, words)};
}

struct map_status snapshot_map_status(const struct snapshot *snap,
                                      struct arena *arena)
{
    const struct topology *t = snap->topology;
    struct map_node_status *nodes;
    struct map_link_status *links;

    if (t == NULL)
        return (struct map_status){NULL, NULL};
    nodes = arena_zero(arena, (t->nodes.count + 1) * sizeof *nodes);
    links = arena_zero(arena, (t->links.count + 1) * sizeof *links);
    for (size_t i = 0; i < t->nodes.count; i++)
        nodes[i] = node_status(snap, (uint32_t)i, arena);
    for (size_t i = 0; i < t->links.count; i++)
        links[i] = link_status(snap, &t->links.at[i]);
    return (struct map_status){nodes, links};
}
