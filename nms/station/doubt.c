#include "station/doubt.h"

#include "base/mem.h"

enum { HOLD_MIN_MS = 10000, HOLD_MAX_MS = 60000 };
static const int64_t NS_PER_MS = 1000000;

const char *doubt_cause_text(enum doubt_cause cause)
{
    static const char *const texts[DOUBT_CAUSES] = {
        [DOUBT_NONE] = "",
        [DOUBT_LAG] = "its event loop was more than 1 s late",
        [DOUBT_DROPS] = "its sockets had no room for answers",
        [DOUBT_SLOW] = "half of the polls take more than 90 % of the interval",
        [DOUBT_UPLINKS] = "none of its interfaces is up",
        [DOUBT_SILENCE] = "nearly all devices fell silent at once",
    };

    return texts[cause];
}

static int64_t span_of(const struct doubt *d, struct mono at)
{
    return at.ns / (d->interval_ms * NS_PER_MS / DOUBT_SPANS);
}

/* Empties what is older than an interval. */
static void advance(struct doubt *d, struct mono now)
{
    int64_t span = span_of(d, now);
    int64_t new = span - d->span;

    for (int64_t i = 0; i < new &&i < DOUBT_SPANS; i++)
        memset(d->ends[(span - i) % DOUBT_SPANS], 0, sizeof d->ends[0]);
    if (new > 0)
        d->span = span;
}

void doubt_init(struct doubt *d, int64_t interval_ms, struct mono now)
{
    *d = (struct doubt){0};
    doubt_use_interval(d, interval_ms, now);
}

void doubt_use_interval(struct doubt *d, int64_t interval_ms, struct mono now)
{
    memset(d->ends, 0, sizeof d->ends);
    d->interval_ms = interval_ms;
    d->span = span_of(d, now);
}

void doubt_note(struct doubt *d, enum doubt_check end, struct mono at)
{
    int64_t span = span_of(d, at);

    advance(d, at);
    d->noted_at = at;
    if (span > d->span - DOUBT_SPANS)
        d->ends[span % DOUBT_SPANS][end]++;
}

/* Checks that ended since a moment, an interval ago at most. */
struct ends {
    uint64_t answered, slow, missed; /* the slow ones answered too */
};

static struct ends ends_since(const struct doubt *d, struct mono since)
{
    struct ends sum = {0};
    int64_t first = span_of(d, since);

    if (first <= d->span - DOUBT_SPANS)
        first = d->span - DOUBT_SPANS + 1;
    for (int64_t i = first; i <= d->span; i++) {
        const uint32_t *ends = d->ends[i % DOUBT_SPANS];

        sum.answered += ends[CHECK_ANSWERED] + ends[CHECK_SLOW];
        sum.slow += ends[CHECK_SLOW];
        sum.missed += ends[CHECK_MISSED];
    }
    return sum;
}

static bool is_witnessed(const struct doubt *d, struct mono now)
{
    return d->witnessed_at.ns != 0 &&
           mono_ms_between(d->witnessed_at, now) <= d->interval_ms;
}

void doubt_witness(struct doubt *d, struct mono now)
{
    d->witnessed_at = now;
    if (d->isolation == DOUBT_SILENCE)
        d->isolation = DOUBT_NONE;
}

bool doubt_permits(struct doubt *d, struct mono silent_since, size_t devices,
                   enum doubt_witness witness, struct mono now)
{
    if (witness == DOUBT_BEFORE)
        doubt_witness(d, now);
    if (doubt_holds(d))
        return false;
    advance(d, now);
    struct ends ends = ends_since(d, silent_since);
    uint64_t asked = ends.answered + ends.missed;

    if (devices < DOUBT_DEVICES_MIN || is_witnessed(d, now) ||
        ends.missed * 100 < asked * DOUBT_SILENT_PERCENT)
        return true;
    if (asked >= DOUBT_DEVICES_MIN) {
        d->isolation = DOUBT_SILENCE;
        d->isolated_at = silent_since;
        return false;
    }
    return witness != DOUBT_NOBODY ||
           mono_ms_between(silent_since, now) >= d->interval_ms;
}

static enum doubt_cause overload_now(const struct doubt *d,
                                     const struct doubt_facts *facts)
{
    struct ends ends = ends_since(d, (struct mono){0});

    if (facts->loop_lag_ms > DOUBT_LAG_MS)
        return DOUBT_LAG;
    if (facts->drops > 0)
        return DOUBT_DROPS;
    if (ends.answered >= DOUBT_DEVICES_MIN && ends.slow * 2 > ends.answered)
        return DOUBT_SLOW;
    return DOUBT_NONE;
}

static int64_t hold_ms(const struct doubt *d)
{
    return d->interval_ms < HOLD_MIN_MS   ? HOLD_MIN_MS
           : d->interval_ms > HOLD_MAX_MS ? HOLD_MAX_MS
                                          : d->interval_ms;
}

static void overload_turn(struct doubt *d, const struct doubt_facts *facts,
                          struct mono now)
{
    enum doubt_cause cause = overload_now(d, facts);

    if (cause != DOUBT_NONE) {
        d->overloaded_at = now;
        if (d->overload == DOUBT_NONE)
            d->overload = cause;
    } else if (mono_ms_between(d->overloaded_at, now) >= hold_ms(d)) {
        d->overload = DOUBT_NONE;
    }
}

static void isolation_turn(struct doubt *d, const struct doubt_facts *facts,
                           struct mono now)
{
    struct ends ends = ends_since(d, d->isolated_at);
    bool cut_off = d->had_uplinks && facts->uplinks == 0;

    d->had_uplinks |= facts->uplinks > 0;
    if (cut_off && d->isolation == DOUBT_NONE) {
        d->isolation = DOUBT_UPLINKS;
        d->isolated_at = now;
    } else if (!cut_off && ends.missed <= ends.answered &&
               (ends.answered > 0 || d->isolation == DOUBT_UPLINKS ||
                mono_ms_between(d->noted_at, now) >= hold_ms(d))) {
        d->isolation = DOUBT_NONE;
    }
}

void doubt_turn(struct doubt *d, const struct doubt_facts *facts,
                struct mono now)
{
    advance(d, now);
    overload_turn(d, facts, now);
    isolation_turn(d, facts, now);
}
