/* What explains that a port is down: who is at the other end of its cable is
 * down, or that port was found down before; a cable is one alert. */
#include "station/causes_parts.h"

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

/* Which link is at which port. */
static void find_ends(struct causes *c)
{
    const struct topology *t = c->inferred->topology;

    keymap_fini(&c->ends);
    c->ends_of = c->inferred;
    for (uint32_t i = 0; i < t->links.count; i++) {
        const struct topo_link *l = &t->links.at[i];

        if (l->a_if_index != 0)
            (void)keymap_put(&c->ends, end_key(l->a, l->a_if_index), i);
        if (l->b_if_index != 0)
            (void)keymap_put(&c->ends, end_key(l->b, l->b_if_index), i);
    }
}

/* The alert of the port at the other end, if it rose before. */
static uint32_t other_end(const struct causes *c, const struct ident *id,
                          uint32_t if_index, const struct alert_record *r)
{
    const char *part = object_of(record_of(c, id), if_index);
    struct object_ref port = {
        .class = OBJECT_PORT, .device = *id, .part = part};
    const struct alert_record *other =
        part != NULL ? alerts_of(c->alerts, &port, c->port_down, "") : NULL;

    if (other == NULL || other->state != ALERT_ACTIVE ||
        (r->index != 0 && other->index >= r->index))
        return 0;
    return other->index;
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
    if (c->ends_of != c->inferred)
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

uint32_t causes_of_port(struct causes *c, const struct alert_record *r)
{
    struct port_link p = link_of(c, r);

    if (p.link == NULL)
        return 0;
    uint32_t cause = causes_index(c, causes_id(c, p.far));
    return cause != 0
               ? cause
               : other_end(c, causes_id(c, p.far),
                           p.is_a ? p.link->b_if_index : p.link->a_if_index, r);
}
