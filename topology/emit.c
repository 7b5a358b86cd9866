/* Emit: the scene as a topology, with copies of every text, in an order that
 * does not depend on that of the input. */
#include "base/table.h"
#include "topology/segments.h"

enum { SEGMENT_CONFIDENCE = 40 };

struct emission {
    struct scene *s;
    struct topology *t;
    uint32_t *node_of; /* of the result, by node of the scene; NOWHERE */
    struct segments segments;
    uint32_t *subnet_nodes;
    struct table *texts; /* of the result that are said of many: itself */
};

/* A text of the result, once however many say it. */
static const char *say(struct emission *m, const char *text)
{
    const char *said = table_find_text(m->texts, text);

    if (said == NULL) {
        said = arena_text(m->t->arena, text);
        (void)table_put_text(m->texts, text, (void *)(uintptr_t)said);
    }
    return said;
}

/* ---- identities ---- */

/* 128 bits that follow from octets. */
static struct ident ident_of_octets(struct bytes b, uint64_t salt)
{
    uint64_t hash = scene_name_key(NAME_GHOST, NOWHERE, b);
    uint64_t half[2] = {keymap_mix(hash ^ salt),
                        keymap_mix(bytes_hash(b) + salt)};
    struct ident id;

    memcpy(id.octets, half, sizeof id.octets);
    return id;
}

/* Its ends in the order of their ids: names may change, and with them which end
 * is a. */
static struct ident ident_of_link(const struct topology *t,
                                  const struct topo_link *l)
{
    struct buffer OWNED_BUFFER b = {0};
    const struct ident *a = &t->nodes.at[l->a].id, *z = &t->nodes.at[l->b].id;
    int order = ident_compare(a, z);
    bool turned = order > 0 || (order == 0 && strcmp(l->a_port, l->b_port) > 0);

    scene_add_end(&b, turned ? z : a, turned ? l->b_port : l->a_port);
    scene_add_end(&b, turned ? a : z, turned ? l->a_port : l->b_port);
    buffer_char(&b, (char)('0' + l->layer));
    return ident_of_octets(buffer_view(&b), 1);
}

/* ---- nodes ---- */

static void emit_devices(struct emission *m)
{
    const struct topo_input *input = m->s->input;

    for (size_t i = 0; i < input->count; i++) {
        const struct topo_device *d = &input->devices[i];
        const char *hardware =
            d->facts != NULL ? d->facts->identity.hardware : "";

        *array_add(&m->t->nodes) = (struct topo_node){
            .origin = NODE_DEVICE,
            .id = d->id,
            .name = arena_text(m->t->arena, d->name),
            .device = i,
            .kind = d->kind,
            .descr = say(m, hardware),
            .addr = d->addr_count > 0 ? d->addrs[0] : (struct addr){0},
        };
    }
    for (size_t i = 0; i < m->s->device_count; i++)
        m->node_of[i] = (uint32_t)m->s->nodes.at[i].input;
}

/* Ghosts that nothing is cabled to were heard through others: not shown. */
static void mark_ghosts(struct emission *m)
{
    for (size_t i = 0; i < m->s->edges.count; i++) {
        const struct edge *e = &m->s->edges.at[i];

        if (e->fate != EDGE_PROVED)
            continue;
        m->node_of[m->s->ports.at[e->a].node] = 0;
        m->node_of[m->s->ports.at[e->b].node] = 0;
    }
    for (size_t i = 0; i < m->segments.list.count; i++) {
        const struct segment *g = &m->segments.list.at[i];

        for (size_t k = 0; k < g->count; k++)
            m->node_of[m->s->ports.at[segments_port(&m->segments, g, k)].node] =
                0;
    }
}

static void emit_ghosts(struct emission *m)
{
    for (size_t i = m->s->device_count; i < m->s->nodes.count; i++) {
        const struct scene_node *n = &m->s->nodes.at[i];

        if (m->node_of[i] == NOWHERE)
            continue;
        m->node_of[i] = (uint32_t)m->t->nodes.count;
        *array_add(&m->t->nodes) = (struct topo_node){
            .origin = NODE_GHOST,
            .id = n->id,
            .name = arena_text(m->t->arena, n->name),
            .kind = n->kind,
            .descr = say(m, n->descr),
            .addr = n->addr,
        };
    }
}

/* ---- segments ---- */

static void emit_segments(struct emission *m)
{
    for (size_t i = 0; i < m->segments.list.count; i++) {
        struct segment *g = &m->segments.list.at[i];
        char name[32];

        g->node = (uint32_t)m->t->nodes.count;
        (void)snprintf(name, sizeof name, "~segment-%u", (unsigned)g->number);
        *array_add(&m->t->nodes) = (struct topo_node){
            .origin = NODE_SEGMENT,
            .id = ident_of_octets(
                (struct bytes){(const uint8_t *)&g->key, sizeof g->key}, 2),
            .name = arena_text(m->t->arena, name),
            .kind = KIND_SEGMENT,
            .descr = "",
        };
    }
}

static void emit_subnets(struct emission *m)
{
    struct scene *s = m->s;

    m->subnet_nodes = mem_array(s->subnets.count + 1, sizeof(uint32_t));
    for (size_t i = 0; i < s->subnets.count; i++) {
        char name[ADDR_TEXT_MAX + 8];

        (void)prefix_format(&s->subnets.at[i].prefix, name, sizeof name);
        m->subnet_nodes[i] = (uint32_t)m->t->nodes.count;
        *array_add(&m->t->nodes) = (struct topo_node){
            .origin = NODE_SUBNET,
            .id = ident_of_octets(bytes_of_text(name), 3),
            .name = arena_text(m->t->arena, name),
            .kind = KIND_CLOUD,
            .descr = "",
            .prefix = s->subnets.at[i].prefix,
        };
    }
}

/* ---- links ---- */

/* The end of a link at a port. */
struct end {
    uint32_t node, if_index;
    const char *port;
};

static struct end end_of_port(struct emission *m, uint32_t port)
{
    const struct scene_port *p = &m->s->ports.at[port];

    return (struct end){m->node_of[p->node], p->if_index,
                        say(m, port_label(m->s, port))};
}

static struct end end_of_node(uint32_t node)
{
    return (struct end){node, 0, ""};
}

static int end_compare(const struct topology *t, const struct end *x,
                       const struct end *y)
{
    const struct topo_node *a = &t->nodes.at[x->node];
    const struct topo_node *b = &t->nodes.at[y->node];
    int order = strcmp(a->name, b->name);

    if (order == 0)
        order = ident_compare(&a->id, &b->id);
    return order != 0 ? order : strcmp(x->port, y->port);
}

static void emit_link(struct emission *m, struct topo_link link, struct end a,
                      struct end b)
{
    bool turned = end_compare(m->t, &a, &b) > 0;
    struct end first = turned ? b : a, second = turned ? a : b;

    link.a = first.node;
    link.a_if_index = first.if_index;
    link.a_port = first.port;
    link.b = second.node;
    link.b_if_index = second.if_index;
    link.b_port = second.port;
    if (turned) {
        uint32_t heard = link.a_heard;

        link.a_heard = link.b_heard;
        link.b_heard = heard;
    }
    link.why = say(m, link.why);
    link.id = ident_of_link(m->t, &link);
    *array_add(&m->t->links) = link;
}

static uint64_t port_speed(const struct scene *s, uint32_t port)
{
    const struct interface *i = s->ports.at[port].interface;

    return i != NULL ? i->speed_bps : 0;
}

static uint64_t common_speed(const struct scene *s, uint32_t a, uint32_t b)
{
    uint64_t x = port_speed(s, a), y = port_speed(s, b);

    if (x == 0 || y == 0)
        return x > y ? x : y;
    return x < y ? x : y;
}

static bool is_bundled(const struct scene *s, uint32_t port)
{
    const struct scene_port *p = &s->ports.at[port];

    return p->bundle != port || (p->flags & PORT_AGGREGATE) != 0;
}

static enum link_state edge_state(const struct scene *s, const struct edge *e)
{
    if (e->doubt != DOUBT_NONE)
        return e->doubt == DOUBT_AMBIGUOUS ? LINK_AMBIGUOUS : LINK_CANDIDATE;
    if (port_is_down(s, e->a) || port_is_down(s, e->b))
        return LINK_DOWN;
    if (port_is_blocked(s, e->a) || port_is_blocked(s, e->b))
        return LINK_BLOCKED;
    return LINK_CONFIRMED;
}

static void emit_edge(struct emission *m, const struct edge *e)
{
    struct topo_link link = {
        .layer = 2,
        .kind = is_bundled(m->s, e->a) || is_bundled(m->s, e->b) ? LINK_BUNDLE
                                                                 : LINK_P2P,
        .state = edge_state(m->s, e),
        .evidence = e->evidence,
        .a_heard = edge_said(e, e->heard_a),
        .b_heard = edge_said(e, e->heard_b),
        .confidence = e->confidence,
        .speed_bps = common_speed(m->s, e->a, e->b),
        .why = e->why,
    };

    emit_link(m, link, end_of_port(m, e->a), end_of_port(m, e->b));
}

static enum link_state attachment_state(const struct emission *m, uint32_t port,
                                        uint32_t core)
{
    if (segment_core(m->s, port) != core)
        return LINK_CANDIDATE;
    return port_is_down(m->s, port) ? LINK_DOWN : LINK_CONFIRMED;
}

static void emit_attachments(struct emission *m, const struct segment *g)
{
    uint32_t core = segments_core(m->s, &m->segments, g);

    for (size_t i = 0; i < g->count; i++) {
        uint32_t port = segments_port(&m->segments, g, i);
        struct topo_link link = {
            .layer = 2,
            .kind = LINK_SEGMENT,
            .state = attachment_state(m, port, core),
            .evidence = m->s->ports.at[port].evidence,
            .confidence = SEGMENT_CONFIDENCE,
            .speed_bps = port_speed(m->s, port),
            .why = "several devices meet here, and no managed switch is "
                   "between them",
        };

        emit_link(m, link, end_of_port(m, port), end_of_node(g->node));
    }
}

static const char *why_l3(const struct l3_edge *e)
{
    if (e->b == NOWHERE)
        return "has an address in the subnet";
    return (e->evidence & EVIDENCE_SUBNET) != 0
               ? "both have an address in a subnet for two"
               : "OSPF neighbors, at a port without an address of its own";
}

static void emit_l3_edge(struct emission *m, const struct l3_edge *e)
{
    bool met = (e->evidence & ~(uint32_t)EVIDENCE_SUBNET) != 0;
    bool down = port_is_down(m->s, e->a) ||
                (e->b != NOWHERE && port_is_down(m->s, e->b));
    struct topo_link link = {
        .layer = 3,
        .kind = LINK_L3,
        .state = down ? LINK_DOWN : LINK_CONFIRMED,
        .evidence = e->evidence,
        .confidence = met ? 60 : 30,
        .speed_bps = e->b != NOWHERE ? common_speed(m->s, e->a, e->b)
                                     : port_speed(m->s, e->a),
        .why = why_l3(e),
    };

    emit_link(m, link, end_of_port(m, e->a),
              e->b != NOWHERE ? end_of_port(m, e->b)
                              : end_of_node(m->subnet_nodes[e->subnet]));
}

/* ---- what lost ---- */

static int loss_compare(const void *a, const void *b)
{
    const struct topo_loss *x = a, *y = b;

    if (x->a != y->a)
        return x->a < y->a ? -1 : 1;
    if (x->b != y->b)
        return x->b < y->b ? -1 : 1;
    int order = strcmp(x->a_port, y->a_port);
    if (order == 0)
        order = strcmp(x->b_port, y->b_port);
    if (order == 0)
        order = strcmp(x->why, y->why);
    return order != 0
               ? order
               : (x->evidence > y->evidence) - (x->evidence < y->evidence);
}

static void emit_loss(struct emission *m, const struct edge *e)
{
    struct end a, b;

    if (e->evidence == 0 || m->node_of[m->s->ports.at[e->a].node] == NOWHERE ||
        m->node_of[m->s->ports.at[e->b].node] == NOWHERE)
        return;
    a = end_of_port(m, e->a);
    b = end_of_port(m, e->b);
    bool turned = end_compare(m->t, &a, &b) > 0;
    struct end first = turned ? b : a, second = turned ? a : b;

    *array_add(&m->t->losses) = (struct topo_loss){
        .a = first.node,
        .b = second.node,
        .a_if_index = first.if_index,
        .b_if_index = second.if_index,
        .a_port = first.port,
        .b_port = second.port,
        .evidence = e->evidence,
        .a_heard = edge_said(e, turned ? e->heard_b : e->heard_a),
        .b_heard = edge_said(e, turned ? e->heard_a : e->heard_b),
        .shared = e->fate == EDGE_SEGMENT,
        .why = arena_text(m->t->arena,
                          e->fate == EDGE_OPEN
                              ? "there is a better proof of another cable"
                              : e->why),
    };
}

static void emit_losses(struct emission *m)
{
    for (size_t i = 0; i < m->s->edges.count; i++)
        if (m->s->edges.at[i].fate != EDGE_PROVED)
            emit_loss(m, &m->s->edges.at[i]);
    if (m->t->losses.count > 0)
        qsort(m->t->losses.at, m->t->losses.count, sizeof *m->t->losses.at,
              loss_compare);
    array_trim(&m->t->losses);
}

static int conflict_compare(const void *a, const void *b)
{
    const struct topo_conflict *x = a, *y = b;

    return strcmp(x->text, y->text);
}

static void emit_conflicts(struct emission *m)
{
    for (size_t i = 0; i < m->s->conflicts.count; i++)
        *array_add(&m->t->conflicts) = (struct topo_conflict){
            arena_text(m->t->arena, m->s->conflicts.at[i].text)};
    if (m->t->conflicts.count > 0)
        qsort(m->t->conflicts.at, m->t->conflicts.count,
              sizeof *m->t->conflicts.at, conflict_compare);
}

static void emit_links(struct emission *m)
{
    for (size_t i = 0; i < m->s->edges.count; i++)
        if (m->s->edges.at[i].fate == EDGE_PROVED)
            emit_edge(m, &m->s->edges.at[i]);
    for (size_t i = 0; i < m->segments.list.count; i++)
        emit_attachments(m, &m->segments.list.at[i]);
    for (size_t i = 0; i < m->s->l3_edges.count; i++)
        emit_l3_edge(m, &m->s->l3_edges.at[i]);
    topology_sort(m->t);
}

struct topology *scene_emit(struct scene *s)
{
    struct topology *t = mem_new(struct topology);
    struct emission m = {
        .s = s,
        .t = t,
        .node_of = mem_array(s->nodes.count + 1, sizeof *m.node_of),
        .texts = table_new(),
    };

    t->arena = arena_new();
    t->refs = 1;
    memset(m.node_of, 0xff, s->nodes.count * sizeof *m.node_of);
    segments_find(s, &m.segments);
    mark_ghosts(&m);
    emit_devices(&m);
    emit_ghosts(&m);
    emit_segments(&m);
    emit_subnets(&m);
    emit_links(&m);
    emit_losses(&m);
    emit_conflicts(&m);
    array_trim(&t->nodes);
    array_trim(&t->links);
    segments_fini(&m.segments);
    free(m.node_of);
    free(m.subnet_nodes);
    table_free(m.texts);
    return t;
}
