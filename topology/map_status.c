/* What changes faster than topology: states and loads, of what was found and of
 * what people drew and bound to it. */
#include "topology/map_doc.h"

struct setting {
    struct map *m;
    const struct topology *t;
    const struct map_status *status;
    struct table *nodes; /* id as text to index + 1; NULL: nobody asked */
    struct table *ends;  /* "ID/PORT ID/PORT" to link + 1; the same */
};

static enum map_state state_of(const struct setting *s, uint32_t node,
                               enum map_state otherwise)
{
    enum map_state state = s->status->nodes[node].state;

    return (unsigned)state < MAP_STATES ? state : otherwise;
}

static void set_node(const struct setting *s, struct map_node *n, uint32_t node)
{
    n->state = state_of(s, node, MAP_UNKNOWN);
    if (s->status->nodes[node].words != NULL)
        n->words = map_keep(s->m, s->status->nodes[node].words);
}

/* The node of topology that has an id; UINT32_MAX. */
static uint32_t node_of(struct setting *s, const char *id)
{
    char text[IDENT_TEXT_MAX];

    if (s->nodes == NULL) {
        s->nodes = table_new();
        for (size_t i = 0; i < s->t->nodes.count; i++)
            (void)table_put_text(
                s->nodes,
                ident_format(&s->t->nodes.at[i].id, text, sizeof text),
                (void *)(uintptr_t)(i + 1));
    }
    uintptr_t found = (uintptr_t)table_find_text(s->nodes, id);
    return found != 0 ? (uint32_t)(found - 1) : UINT32_MAX;
}

/* What a person bound shows the state of what it is bound to. */
static void set_bound(struct setting *s, struct map_node *n)
{
    uint32_t node = node_of(s, n->bound);

    if (node == UINT32_MAX) {
        n->state = MAP_UNKNOWN;
        n->words = "what it is bound to is gone";
        return;
    }
    set_node(s, n, node);
    if (n->kind == KIND_UNKNOWN)
        n->kind = s->t->nodes.at[node].kind;
}

static void set_nodes(struct setting *s)
{
    char id[IDENT_TEXT_MAX];

    for (uint32_t i = 0; i < s->t->nodes.count; i++) {
        uint32_t at = map_find_node(
            s->m, ident_format(&s->t->nodes.at[i].id, id, sizeof id));

        if (at != UINT32_MAX)
            set_node(s, &s->m->nodes.at[at], i);
    }
    for (size_t i = 0; i < s->m->nodes.count; i++)
        if (s->m->nodes.at[i].bound[0] != '\0')
            set_bound(s, &s->m->nodes.at[i]);
}

/* ---- links ---- */

/* The device that a node stands for. */
static const char *device_of(const struct map_node *n)
{
    return n->bound[0] != '\0' ? n->bound : n->id;
}

static const char *ends_key(struct buffer *out, const char *a,
                            const char *a_port, const char *b,
                            const char *b_port)
{
    buffer_clear(out);
    buffer_format(out, "%s/%s %s/%s", a, a_port, b, b_port);
    return out->at;
}

/* Links by their ends, with ports and without; the last of several. */
static void gather_ends(struct setting *s)
{
    struct buffer OWNED_BUFFER key = {0};
    char a[IDENT_TEXT_MAX], b[IDENT_TEXT_MAX];

    s->ends = table_new();
    for (size_t i = 0; i < s->t->links.count; i++) {
        const struct topo_link *l = &s->t->links.at[i];
        void *at = (void *)(uintptr_t)(i + 1);

        ident_format(&s->t->nodes.at[l->a].id, a, sizeof a);
        ident_format(&s->t->nodes.at[l->b].id, b, sizeof b);
        (void)table_put_text(s->ends,
                             ends_key(&key, a, l->a_port, b, l->b_port), at);
        (void)table_put_text(s->ends, ends_key(&key, a, "", b, ""), at);
    }
}

/* The link that was found where a person drew one; *turned if its a is there at
 * b. SIZE_MAX: there is none. */
static size_t found_where(struct setting *s, const struct map_link *l,
                          bool *turned)
{
    struct buffer OWNED_BUFFER key = {0};
    const char *a = device_of(&s->m->nodes.at[l->a]);
    const char *b = device_of(&s->m->nodes.at[l->b]);

    if (s->ends == NULL)
        gather_ends(s);
    uintptr_t found = (uintptr_t)table_find_text(
        s->ends, ends_key(&key, a, l->a_port, b, l->b_port));
    *turned = found == 0;
    if (found == 0)
        found = (uintptr_t)table_find_text(
            s->ends, ends_key(&key, b, l->b_port, a, l->a_port));
    return found != 0 ? found - 1 : SIZE_MAX;
}

static void set_load(struct map_link *l, const struct map_link_status *from,
                     bool turned)
{
    l->load_ab = turned ? from->load_ba : from->load_ab;
    l->load_ba = turned ? from->load_ab : from->load_ba;
}

static void show_as(const struct setting *s, struct map_link *l, size_t at,
                    bool turned)
{
    l->state = s->t->links.at[at].state;
    if (l->speed_bps == 0)
        l->speed_bps = s->t->links.at[at].speed_bps;
    set_load(l, &s->status->links[at], turned);
}

/* A link that was drawn between what is discovered is as that link is. */
static void set_drawn(struct setting *s, struct map_link *l)
{
    bool turned;
    size_t at = found_where(s, l, &turned);

    if (at != SIZE_MAX)
        show_as(s, l, at, turned);
}

/* A link that was found. Maps of people are not made anew with it: there its
 * state is another one, and its ends may have changed places. */
static void set_found(const struct setting *s, struct map_link *l, size_t at)
{
    const struct ident *b = &s->t->nodes.at[s->t->links.at[at].b].id;
    char id[IDENT_TEXT_MAX];

    if (s->m->view == MAP_DRAWN)
        show_as(s, l, at,
                strcmp(device_of(&s->m->nodes.at[l->a]),
                       ident_format(b, id, sizeof id)) == 0);
    else
        set_load(l, &s->status->links[at], false);
}

static void set_links(struct setting *s)
{
    OWNED(table_free) struct table *known = table_new();

    for (size_t i = 0; i < s->t->links.count; i++)
        (void)table_put(known, ident_key(&s->t->links.at[i].id),
                        (void *)(uintptr_t)(i + 1));
    for (size_t i = 0; i < s->m->links.count; i++) {
        struct map_link *l = &s->m->links.at[i];
        struct ident id;
        bool has_ident = ident_parse(l->id, &id) == 0;
        uintptr_t found =
            has_ident ? (uintptr_t)table_find(known, ident_key(&id)) : 0;

        if (l->summed > 0)
            continue;
        if (found != 0)
            set_found(s, l, found - 1);
        else if (!has_ident || s->m->view == MAP_DRAWN)
            set_drawn(s, l);
    }
}

void map_set_status(struct map *m, const struct topology *t,
                    const struct map_status *status)
{
    struct setting s = {.m = m, .t = t, .status = status};

    if (status->nodes != NULL)
        set_nodes(&s);
    if (status->links != NULL)
        set_links(&s);
    table_free(s.nodes);
    table_free(s.ends);
    map_fold(m);
}
