/* When the station doubts what it sees, it says so once, and once more when it
 * trusts it again. */
#include "station/station_parts.h"

#include "wire/icmp.h"
#include "wire/uplinks.h"

uint64_t station_drops(const struct station *s)
{
    struct engine_stats engine;
    struct pinger_stats echoes = {0};

    engine_stats(s->engine, &engine);
    if (s->pinger != NULL)
        pinger_stats(s->pinger, &echoes);
    return engine.socket_drops + echoes.dropped;
}

/* What begins and ends in the same way: overload, isolation. */
struct doubt_words {
    const char *begun, *over; /* types of events */
    const char *what, *trust;
};

static void tell(struct station *s, const struct doubt_words *words,
                 enum doubt_cause before, enum doubt_cause now)
{
    struct event_subject subject = {.class = EVENT_PERFORMANCE,
                                    .severity = SEVERITY_CLEARED,
                                    .type = words->over,
                                    .object = s->config->station.name,
                                    .source = "station"};

    if ((before == DOUBT_NONE) == (now == DOUBT_NONE))
        return;
    if (now == DOUBT_NONE) {
        events_add(s->events, wall_now(), &subject, "%s", words->trust);
        return;
    }
    subject.severity = SEVERITY_MAJOR;
    subject.type = words->begun;
    events_add(s->events, wall_now(), &subject,
               "%s: %s; no device is called down until that is over",
               words->what, doubt_cause_text(now));
}

/* Of thousands of interfaces the kernel tells so slowly that it is asked more
 * rarely: for a hundredth of the time. */
static size_t uplinks(struct station *s)
{
    enum { SHARE = 100 };
    struct mono now = mono_now();
    int64_t before = thread_ns();

    if (!mono_reached(now, s->uplinks_due))
        return s->uplinks;
    s->uplinks = uplinks_running();
    s->uplinks_due.ns = now.ns + SHARE * (thread_ns() - before);
    return s->uplinks;
}

/* Datagrams that had no room. The kernel counts those with a wrong checksum
 * too, of which a broken or hostile host sends some at any time: beside what
 * came such a few are no sign. */
static uint64_t unread(struct station *s)
{
    enum { FEW = 8, SHARE = 100 };
    struct engine_stats engine;
    struct pinger_stats echoes = {0};

    engine_stats(s->engine, &engine);
    if (s->pinger != NULL)
        pinger_stats(s->pinger, &echoes);
    uint64_t drops = engine.socket_drops + echoes.dropped;
    uint64_t came = engine.answers + engine.unexpected + echoes.received;
    uint64_t new = drops - s->drops_before, beside = came - s->came_before;

    s->drops_before = drops;
    s->came_before = came;
    return new > FEW &&new *SHARE >= beside ? new : 0;
}

void station_doubt(struct station *s)
{
    static const struct doubt_words overload = {
        "station.overloaded", "station.relieved", "this station is overloaded",
        "this station keeps up again"};
    static const struct doubt_words isolation = {
        "station.isolated", "station.connected", "this station is cut off",
        "this station sees its devices again"};
    struct doubt_facts facts = {.loop_lag_ms = s->loop_lag_ms,
                                .drops = unread(s),
                                .uplinks = uplinks(s)};
    const struct doubt *now = polling_doubt(s->polling, &facts);

    tell(s, &overload, s->overload, now->overload);
    tell(s, &isolation, s->isolation, now->isolation);
    s->overload = now->overload;
    s->isolation = now->isolation;
}
