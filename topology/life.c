#include "topology/life.h"

#include "base/arena.h"
#include "base/table.h"
#include "topology/kind.h"

#include <assert.h>
#include <stdlib.h>

static const int64_t DAY_MS = 86400000;

enum port_life { PORT_UNKNOWN, PORT_LIVES, PORT_IS_DEAD };

struct life {
    struct topology *t;
    const struct topology *before;
    const struct life_moment *at;
    struct table *nodes;         /* id -> index + 1 in t */
    struct table *earlier;       /* id -> index + 1 of links in before */
    struct table *segment_ports; /* port -> the same, of links to segments */
    struct table *taken; /* port -> index + 1 of the link of t that has it */
    bool *continued;     /* as before's links: t has it */
};

static void put_index(struct table *t, struct bytes key, size_t i)
{
    (void)table_put(t, key, (void *)(uintptr_t)(i + 1));
}

/* SIZE_MAX: not there. */
static size_t find_index(const struct table *t, struct bytes key)
{
    return (size_t)(uintptr_t)table_find(t, key) - 1;
}

/* ---- ports ---- */

/* Names a port that has one cable; empty where it is not known: but the unknown
 * port of an end device is taken for its only one. */
static struct bytes port_key(const struct topo_node *n, const char *port,
                             struct buffer *out)
{
    buffer_clear(out);
    if (n->origin == NODE_SEGMENT || n->origin == NODE_SUBNET ||
        (port[0] == '\0' && kind_forwards(n->kind)))
        return (struct bytes){NULL, 0};
    buffer_add(out, n->id.octets, sizeof n->id.octets);
    buffer_text(out, port);
    return buffer_view(out);
}

static const struct interface *interface_of(const struct life *f,
                                            const struct topo_node *n,
                                            uint32_t if_index, const char *port)
{
    const struct facts *facts = n->origin == NODE_DEVICE
                                    ? f->at->input->devices[n->device].facts
                                    : NULL;
    const struct interface *renumbered = NULL;

    for (size_t i = 0; facts != NULL && i < facts->interfaces.count; i++) {
        const struct interface *one = &facts->interfaces.at[i];

        if (strcmp(one->label, port) != 0)
            continue;
        if (one->if_index == if_index)
            return one;
        renumbered = one;
    }
    return renumbered;
}

/* As polled since, else as its device told with all the rest. */
static enum port_life port_state(const struct life *f,
                                 const struct topo_node *n, uint32_t if_index,
                                 const char *port)
{
    const struct interface *i = interface_of(f, n, if_index, port);
    uint32_t polled;

    if (i == NULL)
        return PORT_UNKNOWN;
    polled =
        f->at->turned != NULL
            ? keymap_find(f->at->turned, life_port_key(n->device, i->if_index))
            : KEYMAP_NONE;
    if (polled != KEYMAP_NONE)
        return polled != 0 ? PORT_IS_DEAD : PORT_LIVES;
    return if_is_down(i->admin_status, i->oper_status) ? PORT_IS_DEAD
                                                       : PORT_LIVES;
}

/* ---- what is found again ---- */

static const struct life_look *look_of(const struct life *f,
                                       const struct topo_node *n)
{
    static const struct life_look never = {.tells = false};

    return n->origin == NODE_DEVICE ? &f->at->looks[n->device] : &never;
}

/* When the later of its ends was asked. */
static struct wall proven_at(const struct life *f, const struct topo_link *l)
{
    const struct life_look *a = look_of(f, &f->t->nodes.at[l->a]);
    const struct life_look *b = look_of(f, &f->t->nodes.at[l->b]);
    struct wall at = {0};

    if (a->tells)
        at = a->at;
    if (b->tells && b->at.ms > at.ms)
        at = b->at;
    return at.ms > 0 ? at : f->at->now;
}

/* Its earlier self. A member of a segment is the same one when the segment got
 * another name. */
static const struct topo_link *earlier_of(const struct life *f,
                                          const struct topo_link *l)
{
    struct buffer OWNED_BUFFER key = {0};
    size_t found = find_index(f->earlier, ident_key(&l->id));

    if (found == SIZE_MAX && l->kind == LINK_SEGMENT) {
        struct bytes port = port_key(&f->t->nodes.at[l->a], l->a_port, &key);

        if (port.len == 0)
            port = port_key(&f->t->nodes.at[l->b], l->b_port, &key);
        if (port.len > 0)
            found = find_index(f->segment_ports, port);
    }
    if (found == SIZE_MAX)
        return NULL;
    f->continued[found] = true;
    return &f->before->links.at[found];
}

/* A device, or what was heard of, that this round met first: nothing is known
 * that a new link of it could contradict. */
static bool is_newcomer(const struct life *f, uint32_t node)
{
    const struct topo_node *n = &f->t->nodes.at[node];

    return n->origin != NODE_SEGMENT && n->origin != NODE_SUBNET &&
           n->first_round == f->at->round;
}

static bool is_doubtful(const struct topo_link *l)
{
    return l->state == LINK_CANDIDATE || l->state == LINK_AMBIGUOUS;
}

static void note_proof(const struct life *f, struct topo_link *l)
{
    struct topo_life *life = &l->life;
    struct wall seen = proven_at(f, l);
    bool again =
        seen.ms > life->last_seen.ms && f->at->round > life->proven_round;

    if (life->first_seen.ms == 0) {
        life->first_seen = seen;
        life->first_round = f->at->round;
    }
    life->proofs += again ? 1 : 0;
    if (again || life->proven_round == 0)
        life->proven_round = f->at->round;
    if (seen.ms > life->last_seen.ms)
        life->last_seen = seen;
    life->missed = 0;
    life->missed_round = 0;
}

/* What polling told of its ports since its devices told all. */
static void note_ports(const struct life *f, struct topo_link *l)
{
    const struct topo_node *nodes = f->t->nodes.at;
    enum port_life a = port_state(f, &nodes[l->a], l->a_if_index, l->a_port);
    enum port_life b = port_state(f, &nodes[l->b], l->b_if_index, l->b_port);

    if (a == PORT_IS_DEAD || b == PORT_IS_DEAD)
        l->state = LINK_DOWN;
    else if (l->state == LINK_DOWN && (a == PORT_LIVES || b == PORT_LIVES))
        l->state = LINK_CONFIRMED;
}

/* A link of one moment gets its past, and the state that follows of both. */
static void continue_link(struct life *f, struct topo_link *l)
{
    const struct topo_link *was = earlier_of(f, l);

    if (was != NULL)
        l->life = was->life;
    note_proof(f, l);
    if (is_doubtful(l))
        return;
    note_ports(f, l);
    l->life.accepted = l->life.accepted || l->layer == 3 ||
                       l->confidence >= LIFE_SURE ||
                       l->life.proofs >= LIFE_PROOFS || is_newcomer(f, l->a) ||
                       is_newcomer(f, l->b);
    if (!l->life.accepted && l->state == LINK_CONFIRMED)
        l->state = LINK_CANDIDATE;
}

static void take_port(struct life *f, size_t link, uint32_t node,
                      const char *port)
{
    struct buffer OWNED_BUFFER key = {0};
    struct bytes k = port_key(&f->t->nodes.at[node], port, &key);

    if (k.len > 0)
        put_index(f->taken, k, link);
}

static void continue_found(struct life *f)
{
    for (size_t i = 0; i < f->t->links.count; i++) {
        struct topo_link *l = &f->t->links.at[i];
        bool doubtful = is_doubtful(l);

        continue_link(f, l);
        if (l->layer != 2 || doubtful)
            continue;
        take_port(f, i, l->a, l->a_port);
        take_port(f, i, l->b, l->b_port);
    }
}

/* ---- what is not found again ---- */

/* The node of before in t; NULL if t has none. */
static const struct topo_node *node_now(const struct life *f, uint32_t node)
{
    size_t i = find_index(f->nodes, ident_key(&f->before->nodes.at[node].id));

    return i != SIZE_MAX ? &f->t->nodes.at[i] : NULL;
}

/* True if a cable was proved at that port, which has room for one. */
static bool is_retired(const struct life *f, const struct topo_link *l,
                       uint32_t node, const char *port)
{
    struct buffer OWNED_BUFFER key = {0};
    struct bytes k = port_key(&f->before->nodes.at[node], port, &key);
    size_t by = k.len > 0 ? find_index(f->taken, k) : SIZE_MAX;

    return by != SIZE_MAX &&
           (l->kind != LINK_BUNDLE || f->t->links.at[by].kind != LINK_BUNDLE);
}

/* Both ends were asked since, as far as they tell anything: it was not
 * overlooked. */
static bool was_looked_for(const struct life *f, const struct topo_link *l)
{
    const struct topo_node *ends[] = {node_now(f, l->a), node_now(f, l->b)};
    bool asked = false;

    for (size_t i = 0; i < COUNT_OF(ends); i++) {
        if (ends[i] == NULL)
            continue;
        const struct life_look *look = look_of(f, ends[i]);
        if (look->silent ||
            (look->tells && look->at.ms <= l->life.last_seen.ms))
            return false;
        asked = asked || look->tells;
    }
    return asked;
}

static bool is_down(const struct life *f, const struct topo_link *l)
{
    const struct topo_node *a = node_now(f, l->a), *b = node_now(f, l->b);

    return (a != NULL &&
            port_state(f, a, l->a_if_index, l->a_port) == PORT_IS_DEAD) ||
           (b != NULL &&
            port_state(f, b, l->b_if_index, l->b_port) == PORT_IS_DEAD);
}

/* One round more that did not prove it. */
static void note_miss(const struct life *f, struct topo_link *l)
{
    struct topo_life *life = &l->life;

    if (f->at->round <= life->proven_round ||
        f->at->round <= life->missed_round || !was_looked_for(f, l))
        return;
    life->missed++;
    life->missed_round = f->at->round;
}

/* Whether a device that was there is not known any more. */
static bool lost_a_device(const struct life *f, const struct topo_link *l)
{
    const struct topo_node *nodes = f->before->nodes.at;

    return (nodes[l->a].origin == NODE_DEVICE && node_now(f, l->a) == NULL) ||
           (nodes[l->b].origin == NODE_DEVICE && node_now(f, l->b) == NULL);
}

/* The state in which a link that is not proved lives on; false if it does
 * not. */
static bool lives_on(const struct life *f, struct topo_link *l)
{
    if (l->layer != 2 || is_doubtful(l) || lost_a_device(f, l) ||
        is_retired(f, l, l->a, l->a_port) || is_retired(f, l, l->b, l->b_port))
        return false;
    if (is_down(f, l)) {
        l->state = LINK_DOWN;
        return f->at->now.ms - l->life.last_seen.ms < LIFE_DOWN_DAYS * DAY_MS;
    }
    if (l->state == LINK_DOWN) /* a port came up again, and proves nothing */
        l->state = LINK_STALE;
    else if (l->state != LINK_STALE && f->at->under_way &&
             l->life.first_round == f->at->round)
        return false; /* it was believed for want of the rest */
    note_miss(f, l);
    if (l->life.missed >= LIFE_STALE_ROUNDS)
        l->state = LINK_STALE;
    return l->life.missed < LIFE_GONE_ROUNDS;
}

/* The node of before, in t; added where nobody tells of it any more. */
static uint32_t keep_node(struct life *f, uint32_t node)
{
    const struct topo_node *was = &f->before->nodes.at[node];
    size_t found = find_index(f->nodes, ident_key(&was->id));

    if (found != SIZE_MAX)
        return (uint32_t)found;
    struct topo_node *n = array_add(&f->t->nodes);
    *n = *was;
    n->name = arena_text(f->t->arena, was->name);
    n->descr = arena_text(f->t->arena, was->descr);
    put_index(f->nodes, ident_key(&n->id), f->t->nodes.count - 1);
    return (uint32_t)(f->t->nodes.count - 1);
}

/* Adds what lives on; a's name may come behind b's by now. */
static void keep_link(struct life *f, const struct topo_link *was)
{
    uint32_t a = keep_node(f, was->a), b = keep_node(f, was->b);
    struct topo_link *l = array_add(&f->t->links);
    int order = strcmp(f->t->nodes.at[a].name, f->t->nodes.at[b].name);
    bool turned = order > 0;

    *l = *was;
    l->a = turned ? b : a;
    l->b = turned ? a : b;
    l->a_if_index = turned ? was->b_if_index : was->a_if_index;
    l->b_if_index = turned ? was->a_if_index : was->b_if_index;
    l->a_heard = turned ? was->b_heard : was->a_heard;
    l->b_heard = turned ? was->a_heard : was->b_heard;
    l->a_port = arena_text(f->t->arena, turned ? was->b_port : was->a_port);
    l->b_port = arena_text(f->t->arena, turned ? was->a_port : was->b_port);
    l->why = arena_text(f->t->arena, was->why);
}

static void continue_others(struct life *f)
{
    for (size_t i = 0; i < f->before->links.count; i++) {
        struct topo_link l = f->before->links.at[i];

        if (!f->continued[i] && lives_on(f, &l))
            keep_link(f, &l);
    }
}

/* ---- nodes ---- */

static void continue_nodes(struct life *f)
{
    OWNED(table_free) struct table *known = table_new();

    for (size_t i = 0; f->before != NULL && i < f->before->nodes.count; i++)
        put_index(known, ident_key(&f->before->nodes.at[i].id), i);
    for (size_t i = 0; i < f->t->nodes.count; i++) {
        struct topo_node *n = &f->t->nodes.at[i];
        size_t was = find_index(known, ident_key(&n->id));

        n->first_round = was != SIZE_MAX ? f->before->nodes.at[was].first_round
                                         : f->at->round;
        put_index(f->nodes, ident_key(&n->id), i);
    }
}

static void index_before(struct life *f)
{
    struct buffer OWNED_BUFFER key = {0};

    for (size_t i = 0; f->before != NULL && i < f->before->links.count; i++) {
        const struct topo_link *l = &f->before->links.at[i];

        put_index(f->earlier, ident_key(&l->id), i);
        if (l->kind != LINK_SEGMENT)
            continue;
        struct bytes port =
            port_key(&f->before->nodes.at[l->a], l->a_port, &key);
        if (port.len == 0)
            port = port_key(&f->before->nodes.at[l->b], l->b_port, &key);
        if (port.len > 0)
            put_index(f->segment_ports, port, i);
    }
}

void life_continue(struct topology *t, const struct topology *before,
                   const struct life_moment *at)
{
    size_t links = before != NULL ? before->links.count : 0;
    struct life f = {
        .t = t,
        .before = before,
        .at = at,
        .nodes = table_new(),
        .earlier = table_new(),
        .segment_ports = table_new(),
        .taken = table_new(),
        .continued = mem_array(links + 1, sizeof *f.continued),
    };

    assert(at->round > 0);
    continue_nodes(&f);
    index_before(&f);
    continue_found(&f);
    if (before != NULL)
        continue_others(&f);
    topology_sort(t);
    array_trim(&t->nodes);
    array_trim(&t->links);
    table_free(f.nodes);
    table_free(f.earlier);
    table_free(f.segment_ports);
    table_free(f.taken);
    free(f.continued);
}
