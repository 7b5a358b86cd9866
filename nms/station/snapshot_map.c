/* States and loads for a map. */
#include "station/inference.h"
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

static const struct device_record *record_at(const struct snapshot *s,
                                             uint32_t place)
{
    return place != UINT32_MAX ? s->devices[place] : NULL;
}

/* Share of a link's speed that a node sends into it through if_index; or, by
 * the other end, receives. NaN where it is not known. d may be NULL. */
static double share(const struct device_record *d, uint32_t if_index,
                    uint64_t speed_bps, size_t rate)
{
    if (d == NULL || speed_bps == 0)
        return NAN;
    const struct port_record *port = port_of(d, if_index);
    return port != NULL ? port->rates[rate] * 8 / (double)speed_bps : NAN;
}

struct map_link_status snapshot_link_status(const struct snapshot *s,
                                            const struct topo_link *l,
                                            const uint32_t *places)
{
    const struct device_record *a = record_at(s, places[l->a]);
    const struct device_record *b = record_at(s, places[l->b]);
    struct map_link_status out = {
        .load_ab = share(a, l->a_if_index, l->speed_bps, PORT_OUT_OCTETS),
        .load_ba = share(b, l->b_if_index, l->speed_bps, PORT_OUT_OCTETS),
    };

    if (isnan(out.load_ab))
        out.load_ab = share(b, l->b_if_index, l->speed_bps, PORT_IN_OCTETS);
    if (isnan(out.load_ba))
        out.load_ba = share(a, l->a_if_index, l->speed_bps, PORT_IN_OCTETS);
    return out;
}

/* Where the device of a node is, which may have another name by now. */
static uint32_t place_of(const struct snapshot *s, uint32_t node)
{
    const struct device_record *d = snapshot_of_node(s, node);

    return d != NULL ? (uint32_t)snapshot_place(s, d->name) : UINT32_MAX;
}

/* Devices of a topology are in the order of the names they had: the next one
 * is mostly where it is expected. */
uint32_t *snapshot_node_places(const struct snapshot *s, struct arena *arena)
{
    const struct topology *t = s->topology;
    uint32_t *out, next = 0;

    if (t == NULL)
        return NULL;
    out = arena_zero(arena, (t->nodes.count + 1) * sizeof *out);
    for (uint32_t i = 0; i < t->nodes.count; i++) {
        out[i] = UINT32_MAX;
        if (i >= s->topo_input->count)
            continue;
        if (next < s->device_count &&
            ident_equal(&s->devices[next]->id, &s->topo_input->devices[i].id))
            out[i] = next;
        else
            out[i] = place_of(s, i);
        if (out[i] != UINT32_MAX)
            next = out[i] + 1;
    }
    return out;
}

static struct map_node_status node_status(const struct device_record *d,
                                          enum map_state state, struct wall at,
                                          struct arena *arena)
{
    char age[24], words[40];

    if (d->reach != REACH_DOWN)
        return (struct map_node_status){state, ""};
    duration_format(at.ms - d->since.ms, age, sizeof age);
    (void)snprintf(words, sizeof words, "down %s", age);
    return (struct map_node_status){state, arena_text(arena, words)};
}

struct map_status snapshot_map_status(const struct snapshot *s,
                                      struct arena *arena)
{
    const struct topology *t = s->topology;
    const uint32_t *places = snapshot_node_places(s, arena);
    const struct device_state *states = snapshot_states(s, arena);
    struct map_node_status *nodes;
    struct map_link_status *links;

    if (t == NULL)
        return (struct map_status){NULL, NULL};
    nodes = arena_zero(arena, (t->nodes.count + 1) * sizeof *nodes);
    links = arena_zero(arena, (t->links.count + 1) * sizeof *links);
    for (size_t i = 0; i < t->nodes.count; i++)
        nodes[i] = places[i] == UINT32_MAX
                       ? (struct map_node_status){MAP_UNMANAGED, ""}
                       : node_status(s->devices[places[i]],
                                     states[places[i]].state, s->at, arena);
    for (size_t i = 0; i < t->links.count; i++)
        links[i] = snapshot_link_status(s, &t->links.at[i], places);
    return (struct map_status){nodes, links};
}

const struct survey *snapshot_survey(const struct snapshot *s)
{
    return s->inferred != NULL ? s->inferred->survey : NULL;
}
