#include "station/steady.h"

static int64_t ms_of(struct mono t)
{
    return t.ns / 1000000;
}

void steady_begin(struct steady *s, struct mono now, struct wall wall,
                  struct wall earliest)
{
    int64_t at_ms = wall.ms > earliest.ms ? wall.ms : earliest.ms;

    *s = (struct steady){.at = now, .ahead_ms = at_ms - ms_of(now)};
}

int64_t steady_lead_ms(const struct steady *s, struct mono now,
                       struct wall wall)
{
    return steady_at(s, now).ms - wall.ms;
}

void steady_follow(struct steady *s, struct mono now, struct wall wall)
{
    int64_t lead = steady_lead_ms(s, now, wall);
    int64_t most = mono_ms_between(s->at, now) / STEADY_SLEW;

    s->at = mono_after_ms(s->at, most * STEADY_SLEW);
    if (lead >= -STEADY_NEAR_MS) {
        s->since = (struct mono){0};
        if (lead > 0)
            s->ahead_ms -= lead < most ? lead : most;
        return;
    }
    if (s->since.ns == 0)
        s->since = now;
    if (mono_ms_between(s->since, now) < STEADY_LASTS_MS)
        return;
    s->ahead_ms -= lead;
    s->since = (struct mono){0};
}

struct wall steady_at(const struct steady *s, struct mono moment)
{
    return (struct wall){ms_of(moment) + s->ahead_ms};
}
