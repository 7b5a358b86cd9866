/* What flows through links, as the station tells of it. */
#include "station/station_parts.h"

/* What agrees makes links surer, which is in no hurry: so many intervals. */
enum { AGREES_AFTER = 2, LOOKS = 2 /* an interval */ };

static void on_verdict(void *arg, const struct topology *t,
                       const struct topo_link *l, enum traffic_verdict before,
                       enum traffic_verdict now)
{
    struct station *s = arg;
    struct buffer OWNED_BUFFER object = {0}, text = {0};
    struct event_subject subject = {.class = EVENT_FAULT, .source = "polling"};
    bool ill = now == TRAFFIC_DISAGREES;

    buffer_format(&text,
                  ill ? "probably not cabled to %s %s: what goes in at one end "
                        "does not come out at the other"
                      : "what goes in at %s %s comes out here again, and the "
                        "other way round",
                  t->nodes.at[l->b].name, l->b_port);
    if (now != TRAFFIC_UNKNOWN)
        station_alert_mislink(s, t, l, ill, text.at);
    if (!ill && before != TRAFFIC_DISAGREES) {
        if (s->flows_due.ns == 0)
            s->flows_due = mono_after_ms(
                mono_now(), AGREES_AFTER * s->config->polling.every_ms);
        return;
    }
    s->topology_wanted = true;
    buffer_format(&object, "%s:%s", t->nodes.at[l->a].name, l->a_port);
    subject.severity = ill ? SEVERITY_WARNING : SEVERITY_CLEARED;
    subject.type = ill ? "link.mislink" : "link.traffic_agrees";
    subject.object = object.at;
    events_add(s->events, wall_now(), &subject, "%s", text.at);
}

void station_look_at_flows(struct station *s, struct mono now)
{
    int64_t slices = s->config->polling.every_ms / 1000 / LOOKS;

    flows_look(s->flows, s->snapshot, slices > 1 ? (unsigned)slices : 1,
               on_verdict, s);
    if (s->flows_due.ns == 0 || !mono_reached(now, s->flows_due))
        return;
    s->flows_due = (struct mono){0};
    s->topology_wanted = true;
}
