#include "station/rule_step.h"

#include <math.h>

struct rule_bounds rule_bounds_none(void)
{
    struct rule_bounds b = {.back = 0};

    for (int i = 0; i < SEVERITIES; i++)
        b.above[i] = b.below[i] = NAN;
    return b;
}

struct rule_range rule_range_of(const struct rule_bounds *b)
{
    struct rule_range r = {.low = -INFINITY, .high = INFINITY};

    for (int i = 0; i < SEVERITIES; i++) {
        r.high =
            fmin(r.high, b->above[i]); /* fmin() and fmax() leave NaN out */
        r.low = fmax(r.low, b->below[i]);
    }
    return r;
}

bool rule_is_normal(const struct rule_state *s)
{
    return s->told == SEVERITY_CLEARED && s->pending == SEVERITY_CLEARED;
}

/* The worst level that value is beyond, moved towards it by so much. */
static enum severity passed(const struct rule_bounds *b, double value,
                            double back)
{
    for (int i = SEVERITIES - 1; i > SEVERITY_CLEARED; i--)
        if (value > b->above[i] - back || value < b->below[i] + back)
            return (enum severity)i;
    return SEVERITY_CLEARED;
}

static void begin(struct rule_state *s, enum severity told, struct wall at)
{
    s->told = told;
    s->since = at;
    s->pending = SEVERITY_CLEARED;
    s->held_ms = 0;
}

int64_t rule_pause_ms(int64_t every_ms)
{
    enum { PAUSE_MS = 3600000 };

    return 2 * every_ms > PAUSE_MS ? 2 * every_ms : PAUSE_MS;
}

enum severity rule_step(const struct rule_bounds *b, struct rule_state *s,
                        int64_t every_ms, struct wall at, double value)
{
    struct wall last = s->last;

    if (isnan(value)) {
        s->last = (struct wall){0};
        return s->told;
    }
    s->last = at;
    s->value = value;
    enum severity held = passed(b, value, b->back);
    enum severity now = passed(b, value, 0);
    if (held < s->told) /* it came back from the level that was told */
        begin(s, held, at);
    if (now <= s->told) {
        s->pending = SEVERITY_CLEARED;
        s->held_ms = 0;
        return s->told;
    }
    if (s->pending == SEVERITY_CLEARED) {
        s->pending = now;
        s->held_ms = 0;
    } else {
        int64_t pause = last.ms != 0 ? at.ms - last.ms : 0;

        s->held_ms += pause > 0 && pause <= rule_pause_ms(every_ms) ? pause : 0;
        s->pending = now < s->pending ? now : s->pending;
    }
    if (s->held_ms >= b->for_ms) {
        begin(s, s->pending, at);
        s->pending = now > s->told ? now : SEVERITY_CLEARED;
    }
    return s->told;
}

double rule_level(const struct rule_bounds *b, enum severity severity,
                  double value)
{
    enum severity at = severity != SEVERITY_CLEARED ? severity : 1;

    while (at < SEVERITIES && isnan(b->above[at]) && isnan(b->below[at]))
        at++;
    if (at == SEVERITIES)
        return NAN;
    if (isnan(b->below[at]))
        return b->above[at];
    if (isnan(b->above[at]))
        return b->below[at];
    return fabs(value - b->above[at]) < fabs(value - b->below[at])
               ? b->above[at]
               : b->below[at];
}
