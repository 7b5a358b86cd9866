#include "station/news.h"

#include "base/table.h"
#include "station/events.h"

#include <stdlib.h>

/* Is the end a device, or something heard of, that this round met first? */
static bool is_new_here(const struct topology *t, uint32_t node, uint64_t round)
{
    const struct topo_node *n = &t->nodes.at[node];

    return (n->origin == NODE_DEVICE || n->origin == NODE_GHOST) &&
           n->first_round == round;
}

static bool is_of_newcomer(const struct topology *t, const struct topo_link *l,
                           uint64_t round)
{
    return is_new_here(t, l->a, round) || is_new_here(t, l->b, round);
}

static bool is_failure(enum topo_change_kind k)
{
    return k == CHANGE_LINK_DOWN || k == CHANGE_LINK_UP ||
           k == CHANGE_LINK_STALE;
}

static const struct topo_link *link_of(const struct topo_change *c)
{
    return c->link_is != NULL ? c->link_is : c->link_was;
}

/* A link that went with its device. */
static bool went_with_device(const struct topology *was,
                             const struct topo_link *l, struct table *gone)
{
    return table_find(gone, ident_key(&was->nodes.at[l->a].id)) != NULL ||
           table_find(gone, ident_key(&was->nodes.at[l->b].id)) != NULL;
}

struct writing {
    const struct topology *was;
    struct inferred *is;
    struct table *come, *gone; /* ids of devices */
    struct table *failed;      /* ports whose cable failed, or is back */
    bool under_way;
    size_t more;
};

static struct bytes port_key(const struct topology *t, uint32_t node,
                             const char *port, struct buffer *out)
{
    const struct ident *id = &t->nodes.at[node].id;

    buffer_clear(out);
    buffer_add(out, id->octets, sizeof id->octets);
    buffer_text(out, port);
    return buffer_view(out);
}

static bool has_failed(const struct writing *w, uint32_t node, const char *port)
{
    struct buffer OWNED_BUFFER key = {0};

    return port[0] != '\0' &&
           table_find(w->failed, port_key(w->is->topology, node, port, &key)) !=
               NULL;
}

static void note_port(struct writing *w, uint32_t node, const char *port)
{
    struct buffer OWNED_BUFFER key = {0};

    (void)table_put(w->failed, port_key(w->is->topology, node, port, &key), w);
}

/* What fails on layer 3 because its cable does is told once. */
static bool is_told_by_cable(const struct writing *w, const struct topo_link *l)
{
    return l->layer == 3 &&
           (has_failed(w, l->a, l->a_port) || has_failed(w, l->b, l->b_port));
}

static bool is_news(const struct writing *w, const struct topo_change *c)
{
    const struct topo_link *l = link_of(c);
    const struct topology *of = c->link_is != NULL ? w->is->topology : w->was;

    if (l == NULL || c->quiet)
        return false;
    if (is_failure(c->kind))
        return !is_told_by_cable(w, l);
    /* Its device became one with another, or was removed: that was told. */
    if (c->kind == CHANGE_LINK_MOVED &&
        went_with_device(w->was, c->link_was, w->gone))
        return false;
    if (w->under_way && is_of_newcomer(of, l, w->is->round))
        return false;
    return c->link_is != NULL ? !went_with_device(of, l, w->come)
                              : !went_with_device(of, l, w->gone);
}

static enum severity severity_of(const struct topo_change *c)
{
    switch (c->kind) {
    case CHANGE_LINK_DOWN:
        return SEVERITY_MINOR;
    case CHANGE_LINK_STALE:
        return SEVERITY_WARNING;
    case CHANGE_LINK_UP:
        return SEVERITY_CLEARED;
    case CHANGE_NODE_FOUND:
    case CHANGE_NODE_RENAMED:
    case CHANGE_NODE_CHANGED:
    case CHANGE_NODE_GONE:
    case CHANGE_LINK_FOUND:
    case CHANGE_LINK_CONFIRMED:
    case CHANGE_LINK_CHANGED:
    case CHANGE_LINK_MOVED:
    case CHANGE_LINK_GONE:
    case TOPO_CHANGES:
        return SEVERITY_INDETERMINATE;
    }
    return SEVERITY_INDETERMINATE;
}

static void add_item(struct writing *w, const struct topo_change *c)
{
    const struct topo_link *l = link_of(c);
    const struct topology *of = c->link_is != NULL ? w->is->topology : w->was;
    bool turned = of->nodes.at[l->a].origin != NODE_DEVICE;
    const char *port = turned ? l->b_port : l->a_port;
    struct buffer OWNED_BUFFER object = {0};
    struct buffer OWNED_BUFFER text = {0};
    struct arena *arena = w->is->arena;

    buffer_text(&object, of->nodes.at[turned ? l->b : l->a].name);
    if (port[0] != '\0')
        buffer_format(&object, ":%s", port);
    topo_link_words(of, l, &text);
    buffer_text(&text, " ");
    topo_change_words(c, w->was, &text);
    *array_add(&w->is->news) = (struct news_item){
        .severity = (uint8_t)severity_of(c),
        .type = topo_change_name(c->kind),
        .object = arena_text(arena, object.at),
        .text = arena_text(arena, text.at),
    };
}

static void note_change(struct writing *w, const struct topo_change *c)
{
    if (is_failure(c->kind) && c->link_is->layer == 2) {
        note_port(w, c->link_is->a, c->link_is->a_port);
        note_port(w, c->link_is->b, c->link_is->b_port);
    }
    if (c->kind == CHANGE_NODE_FOUND && c->node_is->origin == NODE_DEVICE)
        (void)table_put(w->come, ident_key(&c->node_is->id), w);
    if (c->kind == CHANGE_NODE_GONE && c->node_was->origin == NODE_DEVICE)
        (void)table_put(w->gone, ident_key(&c->node_was->id), w);
}

static void add_rest(struct writing *w)
{
    struct buffer OWNED_BUFFER text = {0};

    if (w->more == 0)
        return;
    buffer_format(&text,
                  "%zu more links changed at once; see `portolan topology "
                  "diff`",
                  w->more);
    *array_add(&w->is->news) = (struct news_item){
        .severity = SEVERITY_INDETERMINATE,
        .type = "topology.changed",
        .object = "topology",
        .text = arena_text(w->is->arena, text.at),
    };
}

void news_write(const struct topo_changes *changes, const struct topology *was,
                bool under_way, struct inferred *is)
{
    struct writing w = {.was = was,
                        .is = is,
                        .come = table_new(),
                        .gone = table_new(),
                        .failed = table_new(),
                        .under_way = under_way};

    for (size_t i = 0; i < changes->count; i++)
        note_change(&w, &changes->at[i]);
    for (size_t i = 0; i < changes->count && was != NULL; i++) {
        if (!is_news(&w, &changes->at[i]))
            continue;
        if (is->news.count < NEWS_MAX)
            add_item(&w, &changes->at[i]);
        else
            w.more++;
    }
    add_rest(&w);
    table_free(w.come);
    table_free(w.gone);
    table_free(w.failed);
}
