#include "topology/dot.h"
#include "base/table.h"
#include "topology/dot_lexer.h"

#include <errno.h>

/* A graph or subgraph while it is read. */
struct scope {
    const char *group;
    size_t cluster;             /* number + 1 of the one around; 0: none */
    struct dot_members members; /* nodes named inside, with repeats */
    struct dot_attributes node_defaults, edge_defaults;
};

struct reader {
    struct dot_lexer lexer;
    struct dot_graph *graph;
    struct table *nodes; /* name to index + 1 */
    const struct dot_limits *limits;
    size_t attribute_count;
    bool own; /* see dot_limits */
    unsigned depth;
};

/* One end of an edge statement: a node, or all nodes of a subgraph. */
struct ends {
    struct dot_members members;
    const char *port;
};

static bool ok(const struct reader *r)
{
    return r->lexer.rc == 0;
}

static void next(struct reader *r)
{
    dot_lexer_next(&r->lexer);
}

static bool at_sign(const struct reader *r, char sign)
{
    return dot_lexer_is(&r->lexer, sign);
}

static void refuse(struct reader *r, const char *what, const char *remedy)
{
    (void)dot_lexer_break(&r->lexer, -EINVAL, what, remedy);
}

static void outgrow(struct reader *r, const char *what)
{
    (void)dot_lexer_break(&r->lexer, -EFBIG, what,
                          "split the document into several maps");
}

static const char *take_text(struct reader *r)
{
    const char *text =
        arena_text_of(r->graph->arena, r->lexer.text.at, r->lexer.text.len);

    next(r);
    return text;
}

static void scope_fini(struct scope *s)
{
    array_fini(&s->members);
    array_fini(&s->node_defaults);
    array_fini(&s->edge_defaults);
}

/* As strcmp() tells; most differ at once. */
static bool same(const char *a, const char *b)
{
    return a == b || (a[0] == b[0] && strcmp(a, b) == 0);
}

static void attribute_set(struct reader *r, struct dot_attributes *to,
                          const struct dot_attribute *a)
{
    for (size_t i = 0; i < to->count; i++)
        if (same(to->at[i].key, a->key) && same(to->at[i].group, a->group)) {
            to->at[i] = *a;
            return;
        }
    if (to->count >= (r->own ? DOT_OWN_EACH_MAX : DOT_ATTRIBUTES_EACH_MAX) ||
        ++r->attribute_count >
            (r->own ? DOT_OWN_ATTRIBUTES_MAX : DOT_ATTRIBUTES_MAX))
        outgrow(r, "too many attributes");
    else
        *array_add(to) = *a;
}

static void attributes_set(struct reader *r, struct dot_attributes *to,
                           const struct dot_attributes *from)
{
    for (size_t i = 0; i < from->count && ok(r); i++)
        attribute_set(r, to, &from->at[i]);
}

/* key [= value], value "true" if there is none. */
static void read_attribute(struct reader *r, const char *key, const char *group,
                           struct dot_attributes *to)
{
    struct dot_attribute a = {.key = key, .value = "true", .group = group};

    if (at_sign(r, '=')) {
        next(r);
        if (r->lexer.token != DOT_ID && r->lexer.token != DOT_HTML) {
            refuse(r, "a value is missing behind '='",
                   "write key=value, with quotation marks where needed");
            return;
        }
        a.html = r->lexer.token == DOT_HTML;
        a.value = take_text(r);
    }
    if (ok(r))
        attribute_set(r, to, &a);
}

/* [a=b, c=d; ...] any number of times. */
static void read_attributes(struct reader *r, const char *group,
                            struct dot_attributes *to)
{
    while (at_sign(r, '[')) {
        next(r);
        while (r->lexer.token == DOT_ID) {
            read_attribute(r, take_text(r), group, to);
            if (at_sign(r, ',') || at_sign(r, ';'))
                next(r);
        }
        if (!at_sign(r, ']')) {
            refuse(r, "an attribute or ']' is missing",
                   "write [key=value, key=value]");
            return;
        }
        next(r);
    }
}

static uint32_t node_named(struct reader *r, const char *name,
                           struct scope *scope)
{
    struct dot_graph *g = r->graph;
    uintptr_t known = (uintptr_t)table_find_text(r->nodes, name);

    if (known == 0 && g->nodes.count >= r->limits->nodes) {
        outgrow(r, "too many nodes");
        return 0;
    }
    if (known == 0) {
        struct dot_node *node = array_add(&g->nodes);

        node->name = name;
        node->group = scope->group;
        known = g->nodes.count;
        (void)table_put_text(r->nodes, name, (void *)known);
        if (!r->own)
            attributes_set(r, &node->attributes, &scope->node_defaults);
    }
    *array_add(&scope->members) = (uint32_t)(known - 1);
    return (uint32_t)(known - 1);
}

/* :port, :port:compass or :compass; the first is what counts. */
static const char *read_port(struct reader *r)
{
    const char *port = "";

    for (unsigned n = 0; n < 2 && at_sign(r, ':'); n++) {
        next(r);
        if (r->lexer.token != DOT_ID) {
            refuse(r, "a port is missing behind ':'", "write node:port");
            return "";
        }
        const char *text = take_text(r);
        port = n == 0 ? text : port;
    }
    return port;
}

static int members_order(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

    return (x > y) - (x < y);
}

/* Each member once, as first named in the document. */
static void members_tidy(struct dot_members *m)
{
    size_t kept = 0;

    if (m->count == 0)
        return;
    qsort(m->at, m->count, sizeof *m->at, members_order);
    for (size_t i = 0; i < m->count; i++)
        if (kept == 0 || m->at[kept - 1] != m->at[i])
            m->at[kept++] = m->at[i];
    m->count = kept;
}

static void edge_add(struct reader *r, uint32_t a, uint32_t b,
                     const struct ends *from, const struct ends *to,
                     const struct scope *scope,
                     const struct dot_attributes *attributes)
{
    if (r->graph->edges.count >= r->limits->edges) {
        outgrow(r, "too many edges");
        return;
    }
    struct dot_edge *edge = array_add(&r->graph->edges);

    *edge = (struct dot_edge){.a = a,
                              .b = b,
                              .a_port = from->port,
                              .b_port = to->port,
                              .group = scope->group};
    if (!r->own)
        attributes_set(r, &edge->attributes, &scope->edge_defaults);
    attributes_set(r, &edge->attributes, attributes);
}

static void edges_add(struct reader *r, const struct ends *from,
                      const struct ends *to, const struct scope *scope,
                      const struct dot_attributes *attributes)
{
    for (size_t i = 0; i < from->members.count; i++)
        for (size_t k = 0; k < to->members.count && ok(r); k++)
            edge_add(r, from->members.at[i], to->members.at[k], from, to, scope,
                     attributes);
}

static void read_statements(struct reader *r, struct scope *scope);

static struct dot_cluster *cluster_of(struct reader *r,
                                      const struct scope *scope)
{
    return scope->cluster > 0 ? &r->graph->clusters.at[scope->cluster - 1]
                              : NULL;
}

/* A subgraph that begins: a cluster, by its name. */
static void cluster_begin(struct reader *r, struct scope *scope,
                          const struct scope *around)
{
    static const char mark[] = "cluster";
    const struct dot_cluster *outer = cluster_of(r, around);

    scope->cluster = around->cluster;
    if (scope->group == around->group ||
        strncmp(scope->group, mark, sizeof mark - 1) != 0)
        return;
    if (r->graph->clusters.count >= r->limits->nodes) {
        outgrow(r, "too many clusters");
        return;
    }
    const char *name = outer != NULL ? outer->name : "";
    struct dot_cluster *c = array_add(&r->graph->clusters);
    c->name = scope->group;
    c->around = name;
    scope->cluster = r->graph->clusters.count;
}

static void cluster_end(struct reader *r, const struct scope *scope,
                        const struct scope *around)
{
    struct dot_cluster *c = cluster_of(r, scope);

    if (c == NULL || scope->cluster == around->cluster)
        return;
    for (size_t i = 0; i < scope->members.count; i++)
        *array_add(&c->members) = scope->members.at[i];
}

/* Where an attribute of a graph or subgraph goes; else is for what nobody
 * keeps. */
static struct dot_attributes *graph_attributes(struct reader *r,
                                               const struct scope *scope,
                                               struct dot_attributes *otherwise)
{
    if (r->depth == 0)
        return &r->graph->attributes;
    return scope->cluster > 0 ? &cluster_of(r, scope)->attributes : otherwise;
}

/* [subgraph [name]] { ... }: its nodes become members of the scope around it.
 */
static void read_subgraph(struct reader *r, struct scope *around,
                          struct dot_members *out)
{
    struct scope scope = {.group = around->group};

    if (r->lexer.token == DOT_SUBGRAPH) {
        next(r);
        if (r->lexer.token == DOT_ID)
            scope.group = take_text(r);
    }
    if (!at_sign(r, '{')) {
        refuse(r, "'{' is missing behind a subgraph", "write subgraph { ... }");
        return;
    }
    if (++r->depth > DOT_DEPTH_MAX) {
        outgrow(r, "subgraphs nested too deep");
        return;
    }
    attributes_set(r, &scope.node_defaults, &around->node_defaults);
    attributes_set(r, &scope.edge_defaults, &around->edge_defaults);
    cluster_begin(r, &scope, around);
    next(r);
    read_statements(r, &scope);
    if (ok(r) && !at_sign(r, '}'))
        refuse(r, "'}' is missing", "close each { with }");
    next(r);
    r->depth--;
    members_tidy(&scope.members);
    cluster_end(r, &scope, around);
    for (size_t i = 0; i < scope.members.count; i++) {
        *array_add(&around->members) = scope.members.at[i];
        *array_add(out) = scope.members.at[i];
    }
    scope_fini(&scope);
}

/* One end of an edge: a subgraph, or a node whose name was read already. */
static void read_end(struct reader *r, struct scope *scope, const char *name,
                     struct ends *out)
{
    *out = (struct ends){.port = ""};
    if (name == NULL && (r->lexer.token == DOT_SUBGRAPH || at_sign(r, '{'))) {
        read_subgraph(r, scope, &out->members);
        return;
    }
    if (name == NULL && r->lexer.token != DOT_ID) {
        refuse(r, "a node is missing", "an edge is written a -- b or a -> b");
        return;
    }
    *array_add(&out->members) =
        node_named(r, name != NULL ? name : take_text(r), scope);
    out->port = read_port(r);
}

struct chain ARRAY_OF(struct ends);

static void chain_fini(struct chain *c)
{
    for (size_t i = 0; i < c->count; i++)
        array_fini(&c->at[i].members);
    array_fini(c);
}

/* The attributes of a statement go to its node, or to all its edges. */
static void chain_apply(struct reader *r, struct scope *scope,
                        const struct chain *chain, bool subgraph)
{
    struct dot_attributes attributes = {0};

    if (ok(r))
        read_attributes(r, scope->group, &attributes);
    if (ok(r) && chain->count == 1 && !subgraph &&
        chain->at[0].members.count == 1)
        attributes_set(
            r, &r->graph->nodes.at[chain->at[0].members.at[0]].attributes,
            &attributes);
    for (size_t i = 1; i < chain->count && ok(r); i++)
        edges_add(r, &chain->at[i - 1], &chain->at[i], scope, &attributes);
    r->attribute_count -= attributes.count < r->attribute_count
                              ? attributes.count
                              : r->attribute_count;
    array_fini(&attributes);
}

/* node [..] | a -- b -- {c d} [..] | subgraph. */
static void read_chain(struct reader *r, struct scope *scope, const char *name)
{
    struct chain chain = {0};
    bool subgraph = name == NULL;

    read_end(r, scope, name, array_add(&chain));
    while (ok(r) && r->lexer.token == DOT_EDGE) {
        next(r);
        read_end(r, scope, NULL, array_add(&chain));
    }
    chain_apply(r, scope, &chain, subgraph);
    chain_fini(&chain);
}

static void read_defaults(struct reader *r, struct scope *scope)
{
    struct dot_attributes unused = {0};
    struct dot_attributes *to = &unused;

    if (r->lexer.token == DOT_NODE)
        to = &scope->node_defaults;
    else if (r->lexer.token == DOT_EDGES)
        to = &scope->edge_defaults;
    else
        to = graph_attributes(r, scope, &unused);
    next(r);
    if (ok(r) && !at_sign(r, '['))
        refuse(r, "'[' is missing", "write node [key=value]");
    read_attributes(r, scope->group, to);
    array_fini(&unused);
    if (r->limits->own != NULL && r->graph->nodes.count == 0)
        r->own = dot_find(&r->graph->attributes, r->limits->own, NULL) != NULL;
}

/* name = value | name ... (a node or an edge). */
static void read_named(struct reader *r, struct scope *scope)
{
    const char *name = take_text(r);

    if (!at_sign(r, '=')) {
        read_chain(r, scope, name);
        return;
    }
    struct dot_attributes unused = {0};
    read_attribute(r, name, scope->group, graph_attributes(r, scope, &unused));
    array_fini(&unused);
}

static void read_statement(struct reader *r, struct scope *scope)
{
    switch (r->lexer.token) {
    case DOT_GRAPH:
    case DOT_NODE:
    case DOT_EDGES:
        read_defaults(r, scope);
        return;
    case DOT_ID:
        read_named(r, scope);
        return;
    case DOT_SUBGRAPH:
        read_chain(r, scope, NULL);
        return;
    case DOT_SIGN:
        if (at_sign(r, '{')) {
            read_chain(r, scope, NULL);
            return;
        }
        break;
    case DOT_END:
    case DOT_HTML:
    case DOT_EDGE:
    case DOT_STRICT:
    case DOT_DIGRAPH:
    case DOT_BROKEN:
        break;
    }
    refuse(r, "a node, an edge or an attribute is expected here",
           "write a node, a -- b, or key=value");
}

static void read_statements(struct reader *r, struct scope *scope)
{
    while (ok(r) && r->lexer.token != DOT_END && !at_sign(r, '}')) {
        if (at_sign(r, ';'))
            next(r);
        else
            read_statement(r, scope);
    }
}

static void read_graph(struct reader *r)
{
    struct scope scope = {.group = ""};

    next(r);
    if (r->lexer.token == DOT_STRICT) {
        r->graph->strict = true;
        next(r);
    }
    if (r->lexer.token != DOT_GRAPH && r->lexer.token != DOT_DIGRAPH) {
        refuse(r, "this is not a graph",
               "a DOT document begins with graph or digraph");
        return;
    }
    r->graph->directed = r->lexer.token == DOT_DIGRAPH;
    next(r);
    if (r->lexer.token == DOT_ID)
        r->graph->name = take_text(r);
    if (!at_sign(r, '{')) {
        refuse(r, "'{' is missing", "write graph name { ... }");
        return;
    }
    next(r);
    read_statements(r, &scope);
    if (ok(r) && !at_sign(r, '}'))
        refuse(r, "'}' is missing at the end", "close each { with }");
    scope_fini(&scope);
}

int dot_read(const char *place, struct bytes text,
             const struct dot_limits *limits, struct dot_graph **out,
             struct complaint *why)
{
    struct reader r = {.limits = limits};

    *out = NULL;
    OWNED(dot_graph_free) struct dot_graph *graph = mem_new(struct dot_graph);
    OWNED(table_free) struct table *nodes = table_new();
    graph->arena = arena_new();
    graph->name = "";
    r.graph = graph;
    r.nodes = nodes;
    dot_lexer_init(&r.lexer, place, text, why);
    read_graph(&r);
    dot_lexer_fini(&r.lexer);
    if (!ok(&r))
        return r.lexer.rc;
    *out = TAKE(graph);
    return 0;
}

void dot_graph_free(struct dot_graph *g)
{
    if (g == NULL)
        return;
    for (size_t i = 0; i < g->nodes.count; i++)
        array_fini(&g->nodes.at[i].attributes);
    for (size_t i = 0; i < g->edges.count; i++)
        array_fini(&g->edges.at[i].attributes);
    for (size_t i = 0; i < g->clusters.count; i++) {
        array_fini(&g->clusters.at[i].attributes);
        array_fini(&g->clusters.at[i].members);
    }
    array_fini(&g->clusters);
    array_fini(&g->nodes);
    array_fini(&g->edges);
    array_fini(&g->attributes);
    arena_free(g->arena);
    free(g);
}

const struct dot_attribute *dot_find(const struct dot_attributes *of,
                                     const char *key, const char *group)
{
    for (size_t i = of->count; i > 0; i--) {
        const struct dot_attribute *a = &of->at[i - 1];

        if (same(a->key, key) && (group == NULL || same(a->group, group)))
            return a;
    }
    return NULL;
}
