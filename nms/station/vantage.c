#include "station/vantage.h"

#include <stdlib.h>

#define NOWHERE UINT32_MAX

/* The layers in which each node has links, as bits. */
static uint8_t *layers_of(const struct topology *t)
{
    uint8_t *layers = mem_array(t->nodes.count + 1, 1);

    for (size_t i = 0; i < t->links.count; i++) {
        const struct topo_link *l = &t->links.at[i];
        uint8_t bit = (uint8_t)(1u << l->layer);

        layers[l->a] |= bit;
        layers[l->b] |= bit;
    }
    return layers;
}

static uint32_t node_of_addr(const struct topo_input *input,
                             const struct addr *addr)
{
    for (size_t i = 0; i < input->count; i++)
        for (size_t n = 0; n < input->devices[i].addr_count; n++)
            if (addr_equal(&input->devices[i].addrs[n], addr))
                return (uint32_t)i;
    return NOWHERE;
}

static uint32_t own_node(const struct topo_input *input)
{
    for (size_t i = 0; i < input->count; i++)
        if (input->devices[i].station)
            return (uint32_t)i;
    return NOWHERE;
}

/* The next hop of its default route, if that is a known device. */
static uint32_t gateway_node(const struct topo_input *input, uint32_t own,
                             const uint8_t *layers)
{
    const struct facts *f =
        own < input->count ? input->devices[own].facts : NULL;

    for (size_t i = 0; f != NULL && i < f->routes.count; i++) {
        const struct route *r = &f->routes.at[i];
        uint32_t node;

        if (r->to.len != 0 || !addr_is_set(&r->next_hop))
            continue;
        node = node_of_addr(input, &r->next_hop);
        if (node != NOWHERE && layers[node] != 0)
            return node;
    }
    return NOWHERE;
}

uint32_t vantage_node(const struct topology *t, const struct topo_input *input,
                      const struct addr *seeds, size_t count)
{
    OWNED(free) char *owned = (char *)layers_of(t);
    const uint8_t *layers = (const uint8_t *)owned;
    uint32_t own = own_node(input);

    if (own != NOWHERE && (layers[own] & 1u << 2) != 0)
        return own;
    uint32_t node = gateway_node(input, own, layers);
    for (size_t i = 0; i < count && node == NOWHERE; i++) {
        node = node_of_addr(input, &seeds[i]);
        if (node != NOWHERE && layers[node] == 0)
            node = NOWHERE;
    }
    if (node == NOWHERE && own != NOWHERE && layers[own] != 0)
        node = own;
    return node;
}
