/* Through which devices the station reaches another. */
#include "station/inference.h"
#include "topology/dominators.h"

static bool is_shown(const struct inferred *i, uint32_t node)
{
    const struct topo_node *n = &i->topology->nodes.at[node];

    if (n->origin == NODE_GHOST)
        return true;
    return n->origin == NODE_DEVICE && !i->input.devices[n->device].station;
}

size_t snapshot_above(const struct snapshot *s, size_t place,
                      struct arena *arena, const char ***out)
{
    const struct inferred *i = s->inferred;
    uint32_t node = snapshot_node(s, place);
    size_t count = 0;

    *out = NULL;
    if (node == UINT32_MAX || i->above == NULL ||
        (node != i->root && i->above[node] == ABOVE_NONE))
        return SIZE_MAX;
    for (uint32_t at = i->above[node]; at != ABOVE_NONE; at = i->above[at])
        count += is_shown(i, at) ? 1 : 0;
    *out = arena_zero(arena, (count + 1) * sizeof **out);
    size_t n = count;
    for (uint32_t at = i->above[node]; at != ABOVE_NONE; at = i->above[at])
        if (is_shown(i, at))
            (*out)[--n] = i->topology->nodes.at[at].name;
    return count;
}
