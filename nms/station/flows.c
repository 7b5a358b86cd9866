#include "station/flows.h"

#include "base/table.h"
#include "graphs/layout.h"

#include <stdlib.h>

/* What an end carried in the last interval and the one before. */
struct end {
    struct ident device;
    uint32_t if_index;
    struct traffic_span spans[2];
};

/* A link, and what its ends carried. */
struct flow {
    const struct topo_link *link; /* of flows.of */
    struct end a, b;
    int64_t weighed_ms; /* up to when */
    struct traffic_state state;
};
struct flow_list ARRAY_OF(struct flow);

struct flows {
    const struct topology *of; /* that the links are of; NULL at first */
    struct flow_list flows;
    size_t next; /* to be looked at */
};

struct flows *flows_new(void)
{
    return mem_new(struct flows);
}

void flows_free(struct flows *f)
{
    if (f == NULL)
        return;
    topology_unref((struct topology *)f->of);
    array_fini(&f->flows);
    free(f);
}

/* ---- links ---- */

/* A device that tells of ports: they are polled, or soon will be. */
static bool has_ports(const struct snapshot *s, uint32_t node)
{
    const struct topo_device *d = &s->topo_input->devices[node];

    return node < s->topo_input->count && d->facts != NULL &&
           d->facts->interfaces.count > 0;
}

/* Both ports are polled. A segment has no other end. */
static bool is_watched(const struct snapshot *s, const struct topo_link *l)
{
    return l->layer == 2 && l->kind != LINK_SEGMENT && l->a_if_index != 0 &&
           l->b_if_index != 0 && has_ports(s, l->a) && has_ports(s, l->b);
}

static struct flow flow_of(const struct snapshot *s, const struct topo_link *l)
{
    const struct topo_device *devices = s->topo_input->devices;

    return (struct flow){
        .link = l,
        .a = {.device = devices[l->a].id, .if_index = l->a_if_index},
        .b = {.device = devices[l->b].id, .if_index = l->b_if_index},
    };
}

/* The links of a new topology; those that were there go on. */
static void follow(struct flows *f, const struct snapshot *s)
{
    struct table *before = table_new();
    struct flow_list next = {0};

    for (size_t i = 0; i < f->flows.count; i++)
        (void)table_put(before, ident_key(&f->flows.at[i].link->id),
                        &f->flows.at[i]);
    for (size_t i = 0; i < s->topology->links.count; i++) {
        const struct topo_link *l = &s->topology->links.at[i];
        const struct flow *known = table_find(before, ident_key(&l->id));

        if (!is_watched(s, l))
            continue;
        struct flow *flow = array_add(&next);
        *flow = known != NULL ? *known : flow_of(s, l);
        flow->link = l;
    }
    table_free(before);
    array_trim(&next);
    array_fini(&f->flows);
    topology_unref((struct topology *)f->of);
    f->flows = next;
    f->of = topology_ref(s->topology);
    f->next = 0;
}

/* ---- samples ---- */

static const struct port_record *port_of(const struct device_record *d,
                                         uint32_t if_index)
{
    for (size_t i = 0; i < d->port_count; i++)
        if (d->ports[i].if_index == if_index)
            return &d->ports[i];
    return NULL;
}

/* Takes the newest sample of an end; false if there is no new one. A sample
 * whose predecessor was not seen is of a part of the time alone. */
static bool take_sample(struct end *e, const struct device_record *d)
{
    const struct port_record *p = d != NULL && ident_equal(&d->id, &e->device)
                                      ? port_of(d, e->if_index)
                                      : NULL;
    struct traffic_span *last = &e->spans[1];

    if (p == NULL || p->at.ms <= last->to_ms)
        return false;
    struct traffic_span span = {
        .from_ms = last->to_ms,
        .to_ms = p->at.ms,
        .in = p->rates[PORT_IN_OCTETS],
        .out = p->rates[PORT_OUT_OCTETS],
    };
    if ((span.to_ms - span.from_ms) * 2 > (int64_t)d->poll.interval_s * 3000)
        span.in = span.out = NAN;
    e->spans[0] = *last;
    *last = span;
    return true;
}

/* The last interval of the end that was polled earlier lies in the two of the
 * other. Each is weighed once. */
static void look_at(struct flow *flow, const struct snapshot *s)
{
    bool a = take_sample(&flow->a, snapshot_of_node(s, flow->link->a));
    bool b = take_sample(&flow->b, snapshot_of_node(s, flow->link->b));
    bool a_last = flow->a.spans[1].to_ms >= flow->b.spans[1].to_ms;
    const struct end *outer = a_last ? &flow->a : &flow->b;
    const struct traffic_span *inner =
        a_last ? &flow->b.spans[1] : &flow->a.spans[1];

    if ((!a && !b) || (inner->to_ms - flow->weighed_ms) * 4 <
                          (inner->to_ms - inner->from_ms) * 3)
        return;
    flow->weighed_ms = inner->to_ms;
    (void)traffic_weigh(&flow->state, outer->spans, inner,
                        flow->link->speed_bps);
}

void flows_look(struct flows *f, const struct snapshot *s, unsigned slices,
                flows_fn told, void *arg)
{
    size_t count;

    if (s->topology == NULL)
        return;
    if (s->topology != f->of)
        follow(f, s);
    count = f->flows.count / (slices > 0 ? slices : 1) + 1;
    for (size_t n = 0; n < count && n < f->flows.count; n++) {
        struct flow *flow = &f->flows.at[f->next];
        enum traffic_verdict before = flow->state.verdict;

        look_at(flow, s);
        if (flow->state.verdict != before)
            told(arg, f->of, flow->link, before, flow->state.verdict);
        f->next = (f->next + 1) % f->flows.count;
    }
}

void flows_verdicts(const struct flows *f, struct topo_traffics *out)
{
    for (size_t i = 0; i < f->flows.count; i++) {
        const struct flow *flow = &f->flows.at[i];

        if (flow->state.verdict != TRAFFIC_UNKNOWN)
            *array_add(out) = (struct topo_traffic){
                .a = flow->a.device,
                .b = flow->b.device,
                .a_if_index = flow->a.if_index,
                .b_if_index = flow->b.if_index,
                .verdict = flow->state.verdict,
            };
    }
}
