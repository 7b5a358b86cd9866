/* Topology: when it is inferred, and what follows of what it says. */
#include "station/chronicle.h"
#include "station/station_parts.h"
#include "station/store_past.h"

#include "base/log.h"
#include "topology/kind.h"

#include <stdlib.h>

/* End devices come and go all day: what they do waits so many times longer. */
enum { EDGES_PATIENCE = 4 };
/* Inferring and making maps may take the threads one part of so many of the
 * time. */
enum { INFER_SHARE = 4, INFER_APART_MS = 2000, INFER_APART_MAX_MS = 60000 };
static const uint64_t PAST_ROWS_MAX = 2000000;
/* Who changed what is kept for two years, whatever else happens. */
static const uint64_t AUDIT_MAX = 5000000;

static uint64_t round_now(const struct station *s)
{
    struct discovery_record progress;

    discovery_progress(s->discovery, &progress);
    return s->rounds_before + progress.round;
}

static const struct inferred *last_inferred(const struct station *s)
{
    return s->inferred != NULL ? s->inferred : s->earlier;
}

/* ---- ports that go up and down ---- */

/* Who stands at the other end of a cable that is back is heard by then: LLDP
 * tells every 30 s. */
enum { REVISIT_MS = 35000, REVISITS_MAX = 10000 };

static void revisit_later(struct station *s, const struct device *d)
{
    struct mono due = mono_after_ms(mono_now(), REVISIT_MS);

    for (size_t i = 0; i < s->revisits.count; i++)
        if (ident_equal(&s->revisits.at[i].device, &d->id)) {
            s->revisits.at[i].due = due;
            return;
        }
    if (s->revisits.count < REVISITS_MAX)
        *array_add(&s->revisits) = (struct revisit){d->id, due};
}

static void revisit(struct station *s, struct mono now)
{
    for (size_t i = s->revisits.count; i > 0; i--) {
        struct revisit *r = &s->revisits.at[i - 1];
        struct device *d;

        if (!mono_reached(now, r->due))
            continue;
        d = inventory_by_id(s->inventory, &r->device);
        *r = s->revisits.at[--s->revisits.count];
        if (d != NULL && d->agent != NULL)
            discovery_collect(s->discovery, d);
    }
}

/* The links of its ports are drawn anew; where one comes back that leads to
 * what forwards, it may lead elsewhere by now. */
void station_on_ports_turned(void *arg, struct device *d)
{
    struct station *s = arg;
    const struct inferred *last = s->inferred;
    uint32_t node = last != NULL ? inferred_node(last, &d->id) : UINT32_MAX;

    if (node == UINT32_MAX) /* it is new: soon inferred anyway */
        return;
    for (size_t i = 0; i < last->topology->links.count; i++) {
        const struct topo_link *l = &last->topology->links.at[i];
        uint32_t other = l->a == node ? l->b : l->a;
        bool down = false;

        if ((l->a != node && l->b != node) ||
            !polling_port_is_down(
                d, l->a == node ? l->a_if_index : l->b_if_index, &down) ||
            down == (l->state == LINK_DOWN))
            continue;
        if (l->layer == 3 || !kind_forwards(d->kind) ||
            !kind_forwards(last->topology->nodes.at[other].kind)) {
            s->edges_turned = true;
            continue;
        }
        s->topology_wanted = true;
        if (!down)
            revisit_later(s, d);
    }
}

/* ---- inferring ---- */

/* Of what was published just now. */
void station_infer(struct station *s, struct mono now)
{
    int64_t apart_ms =
        s->infer_apart_ms > INFER_APART_MS ? s->infer_apart_ms : INFER_APART_MS;
    const struct inferred *last = last_inferred(s);
    struct inference_past past = {
        .before = last,
        .round = round_now(s),
        .seeds = s->config->discovery.seeds.at,
        .seed_count = s->config->discovery.seeds.count,
        .flows = s->flows,
    };

    revisit(s, now);
    if (s->edges_turned &&
        mono_ms_between(s->inferred_at, now) >= EDGES_PATIENCE * apart_ms) {
        s->edges_turned = false;
        s->topology_wanted = true;
    }
    if (!s->topology_wanted || inference_busy(s->inference) ||
        maps_busy(s->maps) || mono_ms_between(s->inferred_at, now) < apart_ms)
        return;
    /* What was not published yet is inferred from the next time. */
    s->topology_wanted = !inventory_is_published(s->inventory);
    s->inferred_at = now;
    s->round_ending = !s->topology_wanted && !discovery_busy(s->discovery);
    past.under_way = s->round_known != past.round;
    inference_request(s->inference, s->snapshot, &past);
}

/* What changed is kept and told. */
static void note_changes(struct station *s, struct inferred *result)
{
    if (result->rows != NULL)
        store_past_put(s->store, TAKE(result->rows));
    for (size_t i = 0; i < result->news.count; i++) {
        const struct news_item *n = &result->news.at[i];
        struct event_subject subject = {
            .class = n->severity == SEVERITY_INDETERMINATE ? EVENT_CHANGE
                                                           : EVENT_FAULT,
            .severity = (enum severity)n->severity,
            .type = n->type,
            .object = n->object,
            .source = "topology"};

        events_add(s->events, result->at, &subject, "%s", n->text);
    }
    station_tell_topology(s, result);
}

static void refresh_maps(struct station *s, const struct inferred *from)
{
    const struct config_maps *c = &s->config->maps;

    maps_refresh(s->maps, from,
                 &(struct maps_wanted){.prefixes = c->prefixes.at,
                                       .prefix_count = c->prefixes.count,
                                       .sites = {c->sites.at, c->sites.count}});
}

void station_on_inferred(void *arg, struct inferred *result)
{
    struct station *s = arg;
    struct inferred *before = s->inferred != NULL ? s->inferred : s->earlier;
    struct mono now = mono_now();

    s->inferred = result;
    s->earlier = NULL;
    if (s->round_ending)
        s->round_known = result->round;
    s->infer_apart_ms = INFER_SHARE * mono_ms_between(s->inferred_at, now);
    if (s->infer_apart_ms > INFER_APART_MAX_MS)
        s->infer_apart_ms = INFER_APART_MAX_MS;
    s->inferred_at = now;
    note_changes(s, result);
    thresholds_links(s->thresholds, result);
    risks_links(s->risks, result);
    refresh_maps(s, result);
    station_alert_topology(s);
    station_publish(s);
    inference_discard(s->inference, before);
}

void station_keep_past(struct station *s)
{
    const struct config *c = s->config;
    const struct config_retention *r = &c->retention;
    const struct store_keep keep = {.events_ms = r->events_ms,
                                    .notifications_ms = r->notifications_ms,
                                    .events_max = (uint64_t)c->events.max,
                                    .audit_ms = r->audit_ms,
                                    .audit_max = AUDIT_MAX};

    store_past_keep(s->store, r->topology_ms, PAST_ROWS_MAX);
    store_keep_events(s->store, &keep);
    alerts_keep_ended_for(s->alerts, r->alerts_ms);
}

void station_keep_reach(struct station *s, const struct device *d,
                        struct wall at)
{
    struct past *rows = past_new();

    chronicle_add_reach(rows, at, &d->id, d->reach);
    store_past_put(s->store, rows);
}

void station_keep_gone(struct station *s, const struct device *d)
{
    struct past *rows = past_new();

    chronicle_add_gone(rows, wall_now(), &d->id);
    store_past_put(s->store, rows);
}

/* Nobody looked since the earlier run ended; and what is not on record of
 * devices that it knew. */
static void resume_watch(struct station *s, const struct past *known)
{
    struct past *rows = past_new();
    struct wall now = wall_now();

    if (s->alive.ms != 0 && s->alive.ms < now.ms)
        chronicle_add_watch(rows, s->alive, false);
    chronicle_add_watch(rows, now, true);
    for (size_t i = 0; i < inventory_count(s->inventory); i++) {
        const struct device *d = inventory_at(s->inventory, i);

        if (!chronicle_has_reach(known, &d->id, d->reach))
            chronicle_add_reach(rows, now, &d->id, d->reach);
    }
    store_past_put(s->store, rows);
}

int station_recall_topology(struct station *s, struct complaint *why)
{
    struct past *found;
    size_t faults = 0;

    station_keep_past(s);
    int rc = store_past_load(s->store, &found, why);
    if (rc < 0)
        return rc;
    OWNED(past_free) struct past *rows = found;
    resume_watch(s, rows);
    if (rows->from.ms == 0)
        return 0;
    s->earlier = chronicle_read(rows, wall_now(), &faults);
    s->rounds_before = chronicle_round(s->earlier->topology);
    if (faults > 0)
        log_error("state: %zu nodes and links of the topology cannot be read "
                  "and are left out",
                  faults);
    return 0;
}
