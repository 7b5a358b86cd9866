/* What explains that a port is down: who is at the other end of its cable is
 * down, or that port was found down before (a cable is one alert), or another
 * port that leads to the same device, of which nothing was heard since. */
#include "station/causes_parts.h"

#include <stdlib.h>
#include <string.h>

/* The record of a device as it is published; NULL. */
static const struct device_record *record_of(const struct causes *c,
                                             const struct ident *id)
{
    const struct device *d = inventory_by_id(c->inventory, id);

    return d != NULL ? d->record : NULL;
}

/* The ifIndex of a port by what it is called for life; 0: not known. */
static uint32_t index_of(const struct device_record *r, const char *object)
{
    for (size_t i = 0; r != NULL && i < r->port_count; i++)
        if (strcmp(r->ports[i].object, object) == 0)
            return r->ports[i].if_index;
    return 0;
}

/* What it is called for life; NULL: not known. */
static const char *object_of(const struct device_record *r, uint32_t if_index)
{
    for (size_t i = 0; r != NULL && i < r->port_count; i++)
        if (r->ports[i].if_index == if_index)
            return r->ports[i].object;
    return NULL;
}

static uint64_t end_key(uint32_t node, uint32_t if_index)
{
    enum { NODE_SHIFT = 32 };

    return (uint64_t)node << NODE_SHIFT | if_index;
}

/* Which links are at which node. */
static void list_by_node(struct causes *c)
{
    const struct topology *t = c->inferred->topology;
    uint32_t nodes = (uint32_t)t->nodes.count;

    free(c->at_node);
    free(c->node_links);
    c->at_node = mem_array(nodes + 2, sizeof *c->at_node);
    c->node_links = mem_array(2 * t->links.count + 1, sizeof *c->node_links);
    for (size_t i = 0; i < t->links.count; i++) {
        c->at_node[t->links.at[i].a + 2]++;
        c->at_node[t->links.at[i].b + 2]++;
    }
    for (uint32_t n = 2; n < nodes + 2; n++)
        c->at_node[n] += c->at_node[n - 1];
    for (uint32_t i = 0; i < t->links.count; i++) {
        c->node_links[c->at_node[t->links.at[i].a + 1]++] = i;
        c->node_links[c->at_node[t->links.at[i].b + 1]++] = i;
    }
}

/* Which link is at which port. */
static void find_ends(struct causes *c)
{
    const struct topology *t = c->inferred->topology;

    if (c->ends_of == c->inferred)
        return;
    keymap_fini(&c->ends);
    c->ends_of = c->inferred;
    for (uint32_t i = 0; i < t->links.count; i++) {
        const struct topo_link *l = &t->links.at[i];

        if (l->a_if_index != 0)
            (void)keymap_put(&c->ends, end_key(l->a, l->a_if_index), i);
        if (l->b_if_index != 0)
            (void)keymap_put(&c->ends, end_key(l->b, l->b_if_index), i);
    }
    list_by_node(c);
}

uint32_t causes_beside(struct causes *c, uint32_t node, uint32_t n)
{
    find_ends(c);
    if (n >= c->at_node[node + 1] - c->at_node[node])
        return UINT32_MAX;
    const struct topo_link *l =
        &c->inferred->topology->links.at[c->node_links[c->at_node[node] + n]];
    return l->a == node ? l->b : l->a;
}

const struct alert_record *causes_port_alert(const struct causes *c,
                                             const struct ident *id,
                                             uint32_t if_index)
{
    const char *part = object_of(record_of(c, id), if_index);
    struct object_ref port = {
        .class = OBJECT_PORT, .device = *id, .part = part};
    const struct alert_record *r =
        part != NULL ? alerts_of(c->alerts, &port, c->port_down, "") : NULL;

    return r != NULL && r->state == ALERT_ACTIVE ? r : NULL;
}

/* Of the ports at the other ends of a node's cables: the one that went down
 * first within ms before a moment, and that nothing explains; NULL. */
static const struct alert_record *first_facing(struct causes *c, uint32_t node,
                                               struct wall at, int64_t ms)
{
    const struct alert_record *first = NULL;

    find_ends(c);
    for (uint32_t i = c->at_node[node]; i < c->at_node[node + 1]; i++) {
        const struct topo_link *l =
            &c->inferred->topology->links.at[c->node_links[i]];
        uint32_t near = l->a == node ? l->b : l->a;
        uint32_t port = l->a == node ? l->b_if_index : l->a_if_index;
        const struct alert_record *r =
            near != node && near < c->inferred->input.count && port != 0
                ? causes_port_alert(c, causes_id(c, near), port)
                : NULL;

        if (r != NULL && r->cause == 0 && r->ceased.ms == 0 &&
            at.ms - r->raised.ms <= ms &&
            (first == NULL || r->index < first->index))
            first = r;
    }
    return first;
}

/* The alert of the port at the other end, if it rose before. */
static uint32_t other_end(const struct causes *c, const struct ident *id,
                          uint32_t if_index, const struct alert_record *r)
{
    const struct alert_record *other = causes_port_alert(c, id, if_index);

    return other != NULL && (r->index == 0 || other->index < r->index)
               ? other->index
               : 0;
}

/* The link at the port of r, and which device's port that leads to. */
struct port_link {
    const struct topo_link *link; /* NULL: not known, or to no device */
    bool is_a;                    /* the port is its first end */
    uint32_t far;                 /* node */
};

static struct port_link link_of(struct causes *c, const struct alert_record *r)
{
    const struct ident *id = &r->object.device;
    struct port_link out = {.far = UINT32_MAX};
    uint32_t node =
        c->inferred != NULL ? inferred_node(c->inferred, id) : UINT32_MAX;

    if (node == UINT32_MAX)
        return out;
    find_ends(c);
    uint32_t link = keymap_find(
        &c->ends, end_key(node, index_of(record_of(c, id), r->object.part)));
    if (link == KEYMAP_NONE)
        return out;
    const struct topo_link *l = &c->inferred->topology->links.at[link];
    out.is_a = l->a == node;
    out.far = out.is_a ? l->b : l->a;
    if (out.far < c->inferred->input.count)
        out.link = l;
    return out;
}

const struct ident *causes_far_end(struct causes *c,
                                   const struct alert_record *r)
{
    struct port_link p = link_of(c, r);

    return p.link != NULL ? causes_id(c, p.far) : NULL;
}

/* Two ports to one device went down at a time: it may have died, so the second
 * waits for what becomes of it. */
static uint32_t twin_of(struct causes *c, uint32_t far,
                        const struct alert_record *r)
{
    const struct alert_record *first =
        first_facing(c, far, c->wall, CAUSES_TWIN_MS);
    const struct device *d = inventory_by_id(c->inventory, causes_id(c, far));

    if (first == NULL || d == NULL || d->polled == NULL ||
        d->last_seen.ms >= first->raised.ms ||
        (r->index != 0 && first->index >= r->index))
        return 0;
    return first->index;
}

bool causes_is_twin(struct causes *c, const struct alert_record *r,
                    const struct alert_record *cause)
{
    if (cause->state != ALERT_ACTIVE || r->type != c->port_down ||
        cause->type != c->port_down)
        return false;
    const struct ident *far = causes_far_end(c, r);
    const struct ident *other = causes_far_end(c, cause);
    return far != NULL && other != NULL && ident_equal(far, other);
}

uint32_t causes_of_port(struct causes *c, const struct alert_record *r)
{
    struct port_link p = link_of(c, r);

    if (p.link == NULL)
        return 0;
    uint32_t cause = causes_index(c, causes_id(c, p.far));
    if (cause == 0)
        cause = other_end(c, causes_id(c, p.far),
                          p.is_a ? p.link->b_if_index : p.link->a_if_index, r);
    return cause == 0 ? twin_of(c, p.far, r) : cause;
}

uint32_t causes_herald(struct causes *c, const struct alert_record *r)
{
    uint32_t node = c->inferred != NULL
                        ? inferred_node(c->inferred, &r->object.device)
                        : UINT32_MAX;
    const struct alert_record *first =
        node != UINT32_MAX && r->type == c->unreachable && r->cause == 0
            ? first_facing(c, node, r->raised, CAUSES_HERALD_MS)
            : NULL;

    return first != NULL ? first->index : 0;
}
