#include "station/alert_life.h"

#include <string.h>

struct life_step life_step(enum life now, enum life_input input)
{
    static const struct life_step table[LIVES][LIFE_INPUTS] = {
        [LIFE_NONE] = {[LIFE_HOLDS] = {LIFE_PENDING, LIFE_BEGIN},
                       [LIFE_CEASED] = {LIFE_NONE, LIFE_IGNORE},
                       [LIFE_DUE] = {LIFE_NONE, LIFE_IGNORE},
                       [LIFE_DROPPED] = {LIFE_NONE, LIFE_IGNORE}},
        [LIFE_PENDING] = {[LIFE_HOLDS] = {LIFE_PENDING, LIFE_RENEW},
                          [LIFE_CEASED] = {LIFE_NONE, LIFE_FORGET},
                          [LIFE_DUE] = {LIFE_ACTIVE, LIFE_RAISE},
                          [LIFE_DROPPED] = {LIFE_NONE, LIFE_FORGET}},
        [LIFE_ACTIVE] = {[LIFE_HOLDS] = {LIFE_ACTIVE, LIFE_RENEW},
                         [LIFE_CEASED] = {LIFE_CALMING, LIFE_CALM},
                         [LIFE_DUE] = {LIFE_ACTIVE, LIFE_IGNORE},
                         [LIFE_DROPPED] = {LIFE_NONE, LIFE_CLOSE}},
        [LIFE_CALMING] = {[LIFE_HOLDS] = {LIFE_ACTIVE, LIFE_RETURN},
                          [LIFE_CEASED] = {LIFE_CALMING, LIFE_IGNORE},
                          [LIFE_DUE] = {LIFE_RECENT, LIFE_END},
                          [LIFE_DROPPED] = {LIFE_NONE, LIFE_CLOSE}},
        [LIFE_RECENT] = {[LIFE_HOLDS] = {LIFE_PENDING, LIFE_BEGIN},
                         [LIFE_CEASED] = {LIFE_RECENT, LIFE_IGNORE},
                         [LIFE_DUE] = {LIFE_NONE, LIFE_FORGET},
                         [LIFE_DROPPED] = {LIFE_NONE, LIFE_FORGET}},
    };

    return table[now][input];
}

void flaps_note(struct flaps *f, struct mono now)
{
    memmove(&f->last[0], &f->last[1], sizeof f->last - sizeof f->last[0]);
    f->last[FLAPS_MAX - 1] = now;
}

bool flaps_many(const struct flaps *f, const struct flap_limits *limits,
                struct mono now)
{
    struct mono first = f->last[FLAPS_MAX - (size_t)limits->times];

    return first.ns != 0 && mono_ms_between(first, now) <= limits->within_ms;
}
