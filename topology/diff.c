#include "topology/diff.h"

#include "base/table.h"

#include <stdlib.h>

static const char *const names[TOPO_CHANGES] = {
    [CHANGE_NODE_FOUND] = "node.found",
    [CHANGE_NODE_RENAMED] = "node.renamed",
    [CHANGE_NODE_CHANGED] = "node.changed",
    [CHANGE_NODE_GONE] = "node.gone",
    [CHANGE_LINK_FOUND] = "link.found",
    [CHANGE_LINK_CONFIRMED] = "link.confirmed",
    [CHANGE_LINK_UP] = "link.up",
    [CHANGE_LINK_DOWN] = "link.down",
    [CHANGE_LINK_STALE] = "link.stale",
    [CHANGE_LINK_CHANGED] = "link.changed",
    [CHANGE_LINK_MOVED] = "link.moved",
    [CHANGE_LINK_GONE] = "link.gone",
};

const char *topo_change_name(enum topo_change_kind k)
{
    return (unsigned)k < TOPO_CHANGES ? names[k] : "";
}

struct diff {
    const struct topology *was, *is;
    struct table *nodes; /* id -> node of was; those of is are taken out */
    struct table *links; /* the same with links */
    struct table *fresh; /* id -> node of is that was has not */
    struct table *ports; /* port -> link of was that is not in is */
    struct topo_changes *out;
};

static struct topo_change *add(struct diff *d, enum topo_change_kind kind)
{
    struct topo_change *c = array_add(d->out);

    c->kind = kind;
    return c;
}

static void end_words(const struct topology *t, uint32_t node, const char *port,
                      struct buffer *out)
{
    buffer_text(out, t->nodes.at[node].name);
    if (port[0] != '\0')
        buffer_format(out, " %s", port);
}

void topo_link_words(const struct topology *t, const struct topo_link *l,
                     struct buffer *out)
{
    end_words(t, l->a, l->a_port, out);
    buffer_text(out, " -- ");
    end_words(t, l->b, l->b_port, out);
}

/* ---- nodes ---- */

static bool node_is_other(const struct topo_node *x, const struct topo_node *y)
{
    return x->kind != y->kind || x->origin != y->origin ||
           !addr_equal(&x->addr, &y->addr) || strcmp(x->descr, y->descr) != 0;
}

static void compare_node(struct diff *d, const struct topo_node *is)
{
    const struct topo_node *was = table_remove(d->nodes, ident_key(&is->id));
    enum topo_change_kind kind = CHANGE_NODE_FOUND;

    if (was != NULL && strcmp(was->name, is->name) != 0)
        kind = CHANGE_NODE_RENAMED;
    else if (was != NULL && node_is_other(was, is))
        kind = CHANGE_NODE_CHANGED;
    else if (was != NULL)
        return;
    struct topo_change *c = add(d, kind);
    c->node_was = was;
    c->node_is = is;
    if (was == NULL)
        (void)table_put(d->fresh, ident_key(&is->id), (void *)(uintptr_t)is);
}

/* What is left of the earlier one, in its order. */
static void add_lost_nodes(struct diff *d)
{
    for (size_t i = 0; i < d->was->nodes.count; i++) {
        const struct topo_node *n = &d->was->nodes.at[i];

        if (table_find(d->nodes, ident_key(&n->id)) == n)
            add(d, CHANGE_NODE_GONE)->node_was = n;
    }
}

/* ---- links ---- */

static enum topo_change_kind kind_of(const struct topo_link *was,
                                     const struct topo_link *is)
{
    bool doubted = was->state == LINK_CANDIDATE || was->state == LINK_AMBIGUOUS;
    bool failed = was->state == LINK_DOWN || was->state == LINK_STALE;

    switch (is->state) {
    case LINK_DOWN:
        return CHANGE_LINK_DOWN;
    case LINK_STALE:
        return CHANGE_LINK_STALE;
    case LINK_CONFIRMED:
        if (doubted)
            return CHANGE_LINK_CONFIRMED;
        return failed ? CHANGE_LINK_UP : CHANGE_LINK_CHANGED;
    case LINK_BLOCKED:
        return failed ? CHANGE_LINK_UP : CHANGE_LINK_CHANGED;
    case LINK_CANDIDATE:
    case LINK_AMBIGUOUS:
        return CHANGE_LINK_CHANGED;
    }
    return CHANGE_LINK_CHANGED;
}

static struct bytes port_key(const struct topology *t, uint32_t node,
                             const char *port, struct buffer *out)
{
    const struct topo_node *n = &t->nodes.at[node];

    buffer_clear(out);
    if (port[0] == '\0' || n->origin == NODE_SUBNET)
        return (struct bytes){NULL, 0};
    buffer_add(out, n->id.octets, sizeof n->id.octets);
    buffer_text(out, port);
    return buffer_view(out);
}

/* A link that is gone and had a port of this new one, taken out. */
static const struct topo_link *moved_from(struct diff *d,
                                          const struct topo_link *is)
{
    const uint32_t nodes[] = {is->a, is->b};
    const char *const ports[] = {is->a_port, is->b_port};
    struct buffer OWNED_BUFFER key = {0};

    for (size_t i = 0; i < COUNT_OF(nodes) && is->layer == 2; i++) {
        struct bytes k = port_key(d->is, nodes[i], ports[i], &key);
        const struct topo_link *was =
            k.len > 0 ? table_find(d->ports, k) : NULL;

        if (was != NULL && table_remove(d->links, ident_key(&was->id)) != NULL)
            return was;
    }
    return NULL;
}

/* The segment at one end; NULL. */
static const struct topo_node *segment_of_link(const struct topology *t,
                                               const struct topo_link *l)
{
    const struct topo_node *a = &t->nodes.at[l->a], *b = &t->nodes.at[l->b];

    if (a->origin == NODE_SEGMENT)
        return a;
    return b->origin == NODE_SEGMENT ? b : NULL;
}

/* A segment goes by one of its ports, and is another one when that went. */
static bool is_renaming(const struct diff *d, const struct topo_link *was,
                        const struct topo_link *is)
{
    const struct topo_node *from = segment_of_link(d->was, was);
    const struct topo_node *to = segment_of_link(d->is, is);

    return from != NULL && to != NULL &&
           table_find(d->nodes, ident_key(&from->id)) != NULL &&
           table_find(d->fresh, ident_key(&to->id)) != NULL;
}

static bool mislink_turned(const struct topo_link *was,
                           const struct topo_link *is)
{
    return ((was->evidence ^ is->evidence) & (uint32_t)EVIDENCE_MISLINK) != 0;
}

/* A neighbor that was only heard of is a device now. */
static bool is_called_alike(const struct diff *d, const struct topo_link *was,
                            const struct topo_link *is)
{
    struct buffer OWNED_BUFFER before = {0}, OWNED_BUFFER after = {0};

    topo_link_words(d->was, was, &before);
    topo_link_words(d->is, is, &after);
    return strcmp(before.at, after.at) == 0;
}

static void compare_link(struct diff *d, const struct topo_link *is)
{
    const struct topo_link *was = table_remove(d->links, ident_key(&is->id));

    if (was != NULL && was->state == is->state && was->kind == is->kind &&
        was->speed_bps == is->speed_bps && !mislink_turned(was, is))
        return;
    struct topo_change *c =
        add(d, was != NULL ? kind_of(was, is) : CHANGE_LINK_FOUND);
    c->link_was = was;
    c->link_is = is;
}

/* Links that went give their ports to those that came. */
static void pair_moves(struct diff *d, size_t first)
{
    struct buffer OWNED_BUFFER key = {0};
    void *value = NULL;

    for (size_t at = 0; table_next(d->links, &at, NULL, &value);) {
        const struct topo_link *l = value;
        struct bytes k = port_key(d->was, l->a, l->a_port, &key);

        if (l->layer != 2)
            continue;
        if (k.len > 0)
            (void)table_put(d->ports, k, value);
        k = port_key(d->was, l->b, l->b_port, &key);
        if (k.len > 0)
            (void)table_put(d->ports, k, value);
    }
    for (size_t i = first; i < d->out->count; i++) {
        struct topo_change *c = &d->out->at[i];

        if (c->kind != CHANGE_LINK_FOUND)
            continue;
        c->link_was = moved_from(d, c->link_is);
        if (c->link_was == NULL)
            continue;
        c->kind = CHANGE_LINK_MOVED;
        c->quiet = is_renaming(d, c->link_was, c->link_is) ||
                   is_called_alike(d, c->link_was, c->link_is);
    }
}

static void add_lost_links(struct diff *d)
{
    for (size_t i = 0; i < d->was->links.count; i++) {
        const struct topo_link *l = &d->was->links.at[i];

        if (table_find(d->links, ident_key(&l->id)) == l)
            add(d, CHANGE_LINK_GONE)->link_was = l;
    }
}

static void compare_links(struct diff *d)
{
    size_t first = d->out->count;

    for (size_t i = 0; i < d->is->links.count; i++)
        compare_link(d, &d->is->links.at[i]);
    if (d->was == NULL)
        return;
    pair_moves(d, first);
    add_lost_links(d);
}

void topology_diff(const struct topology *was, const struct topology *is,
                   struct topo_changes *out)
{
    struct diff d = {.was = was,
                     .is = is,
                     .nodes = table_new(),
                     .links = table_new(),
                     .fresh = table_new(),
                     .ports = table_new(),
                     .out = out};

    for (size_t i = 0; was != NULL && i < was->nodes.count; i++)
        (void)table_put(d.nodes, ident_key(&was->nodes.at[i].id),
                        &was->nodes.at[i]);
    for (size_t i = 0; was != NULL && i < was->links.count; i++)
        (void)table_put(d.links, ident_key(&was->links.at[i].id),
                        &was->links.at[i]);
    for (size_t i = 0; i < is->nodes.count; i++)
        compare_node(&d, &is->nodes.at[i]);
    if (was != NULL)
        add_lost_nodes(&d);
    compare_links(&d);
    table_free(d.nodes);
    table_free(d.links);
    table_free(d.fresh);
    table_free(d.ports);
}

/* ---- words ---- */

static const char *state_words(const struct topo_link *was,
                               const struct topo_link *is)
{
    if (was->state == is->state && mislink_turned(was, is))
        return (is->evidence & (uint32_t)EVIDENCE_MISLINK) != 0
                   ? "may be a mislink: what goes in does not come out"
                   : "carries what goes in: it is no mislink";
    if (was->state == is->state)
        return was->kind != is->kind ? "is of another kind"
                                     : "has another speed";
    switch (is->state) {
    case LINK_CONFIRMED:
        return "is confirmed";
    case LINK_CANDIDATE:
        return "is doubtful: less than before proves it";
    case LINK_DOWN:
        return "is down: a port of it is";
    case LINK_STALE:
        return "is not proven any more, though both ends are up";
    case LINK_BLOCKED:
        return "is blocked by the spanning tree";
    case LINK_AMBIGUOUS:
        return "may lead to several places";
    }
    return "";
}

void topo_change_words(const struct topo_change *c, const struct topology *was,
                       struct buffer *out)
{
    switch (c->kind) {
    case CHANGE_NODE_FOUND:
        buffer_text(out, "is there");
        return;
    case CHANGE_NODE_RENAMED:
        buffer_format(out, "was called %s", c->node_was->name);
        return;
    case CHANGE_NODE_CHANGED:
        buffer_text(out, "tells other things of itself");
        return;
    case CHANGE_NODE_GONE:
    case CHANGE_LINK_GONE:
        buffer_text(out, "is gone");
        return;
    case CHANGE_LINK_FOUND:
        buffer_format(out, "is new, %s", link_state_name(c->link_is->state));
        return;
    case CHANGE_LINK_MOVED:
        buffer_text(out, "was ");
        topo_link_words(was, c->link_was, out);
        return;
    case CHANGE_LINK_CONFIRMED:
    case CHANGE_LINK_UP:
    case CHANGE_LINK_DOWN:
    case CHANGE_LINK_STALE:
    case CHANGE_LINK_CHANGED:
        buffer_text(out, state_words(c->link_was, c->link_is));
        return;
    case TOPO_CHANGES:
        return;
    }
}
