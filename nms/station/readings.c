#include "station/readings.h"

#include "base/mem.h"

#include <stdlib.h>

/* What readings of one moment have in common. */
struct stamp_kept {
    struct mono at;
    struct wall wall;
    struct counter_moment moment; /* of all counters */
    uint32_t uptime_cs, boots;
    bool has_uptime, has_boots;
    uint32_t users; /* 0: it is free */
    uint32_t next;  /* the free one behind it, 0 = none */
};

struct readings {
    struct stamps ARRAY_OF(struct stamp_kept) stamps; /* numbered from 1 */
    uint32_t newest, free;                            /* numbers; 0 = none */
};

struct readings *readings_new(void)
{
    return mem_new(struct readings);
}

void readings_free(struct readings *rs)
{
    if (rs == NULL)
        return;
    array_fini(&rs->stamps);
    free(rs);
}

static bool moments_equal(const struct counter_moment *a,
                          const struct counter_moment *b)
{
    return a->later_us == b->later_us && a->slack_us == b->slack_us &&
           a->ticks == b->ticks;
}

/* The moment of all counters that were told. False if there are several. */
static bool one_moment(const struct counter_reading *r,
                       struct counter_moment *out)
{
    const struct counter_moment *first = NULL;

    *out = (struct counter_moment){0};
    for (size_t i = 0; i < PORT_RATES; i++) {
        if (!(r->present >> i & 1))
            continue;
        if (first == NULL)
            first = &r->moments[i];
        else if (!moments_equal(first, &r->moments[i]))
            return false;
    }
    if (first != NULL)
        *out = *first;
    return true;
}

static bool stamps_equal(const struct stamp_kept *a, const struct stamp_kept *b)
{
    return a->at.ns == b->at.ns && a->wall.ms == b->wall.ms &&
           moments_equal(&a->moment, &b->moment) &&
           a->uptime_cs == b->uptime_cs && a->boots == b->boots &&
           a->has_uptime == b->has_uptime && a->has_boots == b->has_boots;
}

static struct stamp_kept *stamp_at(const struct readings *rs, uint32_t number)
{
    return &rs->stamps.at[number - 1];
}

static uint32_t stamp_number(struct readings *rs)
{
    uint32_t number = rs->free;

    if (number != 0) {
        rs->free = stamp_at(rs, number)->next;
        return number;
    }
    (void)array_add(&rs->stamps);
    return (uint32_t)rs->stamps.count;
}

/* Rows of one answer follow each other: theirs is the newest stamp. */
static uint32_t stamp_take(struct readings *rs, const struct stamp_kept *wanted)
{
    if (rs->newest == 0 || !stamps_equal(stamp_at(rs, rs->newest), wanted)) {
        rs->newest = stamp_number(rs);
        *stamp_at(rs, rs->newest) = *wanted;
    }
    stamp_at(rs, rs->newest)->users++;
    return rs->newest;
}

static void stamp_drop(struct readings *rs, uint32_t number)
{
    struct stamp_kept *s = stamp_at(rs, number);

    if (--s->users > 0)
        return;
    s->next = rs->free;
    rs->free = number;
    if (rs->newest == number)
        rs->newest = 0;
}

void readings_drop(struct readings *rs, struct kept_reading *k)
{
    if (k->stamp != 0)
        stamp_drop(rs, k->stamp);
    free(k->moments);
    *k = (struct kept_reading){0};
}

void readings_keep(struct readings *rs, struct kept_reading *k,
                   const struct counter_reading *r)
{
    struct stamp_kept stamp = {
        .at = r->at,
        .wall = r->wall,
        .uptime_cs = r->uptime_cs,
        .boots = r->boots,
        .has_uptime = r->has_uptime,
        .has_boots = r->has_boots,
    };
    bool alike = one_moment(r, &stamp.moment);

    readings_drop(rs, k);
    k->stamp = stamp_take(rs, &stamp);
    if (!alike) {
        k->moments = mem_array(PORT_RATES, sizeof *k->moments);
        memcpy(k->moments, r->moments, sizeof r->moments);
    }
    for (size_t i = 0; i < PORT_RATES; i++)
        k->counters[i] = r->present >> i & 1 ? r->counters[i] : 0;
    k->discontinuity_cs = r->discontinuity_cs;
    k->present = r->present;
    k->wide = r->wide;
    k->beyond = r->beyond;
    k->doubted = r->doubted;
    k->valid = r->valid;
    k->has_discontinuity = r->has_discontinuity;
}

struct counter_reading readings_recall(const struct readings *rs,
                                       const struct kept_reading *k)
{
    struct counter_reading r = {
        .valid = k->valid,
        .has_discontinuity = k->has_discontinuity,
        .discontinuity_cs = k->discontinuity_cs,
        .present = k->present,
        .wide = k->wide,
        .beyond = k->beyond,
        .doubted = k->doubted,
    };

    if (k->stamp == 0)
        return r;
    const struct stamp_kept *s = stamp_at(rs, k->stamp);
    r.at = s->at;
    r.wall = s->wall;
    r.has_uptime = s->has_uptime;
    r.uptime_cs = s->uptime_cs;
    r.has_boots = s->has_boots;
    r.boots = s->boots;
    memcpy(r.counters, k->counters, sizeof r.counters);
    for (size_t i = 0; i < PORT_RATES; i++)
        if (k->present >> i & 1)
            r.moments[i] = k->moments != NULL ? k->moments[i] : s->moment;
    return r;
}
