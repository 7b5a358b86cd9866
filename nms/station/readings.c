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

/* The reading of a port: its octets, 0 = none. */
struct place {
    uint32_t stamp; /* 0 = none */
    uint32_t at, len;
};

struct readings {
    unsigned refs;
    struct stamps ARRAY_OF(struct stamp_kept) stamps; /* numbered from 1 */
    uint32_t newest, free;                            /* numbers; 0 = none */
    struct place *places;                             /* by port */
    uint32_t place_count;
    uint8_t *octets;
    uint32_t len, room;
};

struct readings *readings_new(void)
{
    struct readings *rs = mem_new(struct readings);

    rs->refs = 1;
    return rs;
}

struct readings *readings_ref(struct readings *rs)
{
    (void)__atomic_add_fetch(&rs->refs, 1, __ATOMIC_RELAXED);
    return rs;
}

void readings_unref(struct readings *rs)
{
    if (rs == NULL || __atomic_sub_fetch(&rs->refs, 1, __ATOMIC_ACQ_REL) > 0)
        return;
    array_fini(&rs->stamps);
    free(rs->places);
    free(rs->octets);
    free(rs);
}

/* A round follows, which appends as much again. */
static struct readings *copy_of(const struct readings *rs)
{
    struct readings *own = readings_new();

    own->stamps.at = mem_array(rs->stamps.count + 1, sizeof *own->stamps.at);
    own->stamps.room = rs->stamps.count + 1;
    own->stamps.count = rs->stamps.count;
    memcpy(own->stamps.at, rs->stamps.at,
           rs->stamps.count * sizeof *own->stamps.at);
    own->newest = rs->newest;
    own->free = rs->free;
    own->place_count = rs->place_count;
    own->places = mem_array(rs->place_count + 1, sizeof *own->places);
    memcpy(own->places, rs->places, rs->place_count * sizeof *own->places);
    own->len = rs->len;
    own->room = 2 * rs->len + 1;
    own->octets = mem_array(own->room, 1);
    memcpy(own->octets, rs->octets, rs->len);
    return own;
}

struct readings *readings_own(struct readings *rs)
{
    if (__atomic_load_n(&rs->refs, __ATOMIC_ACQUIRE) == 1)
        return rs;
    struct readings *own = rs->place_count > 0 ? copy_of(rs) : readings_new();

    readings_unref(rs);
    return own;
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

/* ---- octets ---- */

/* Flags, masks, discontinuity, counters, and a moment for each. */
enum { NUMBER_MAX = 10, NUMBERS_MAX = 6 + PORT_RATES * 4 };
enum flag { FLAG_VALID = 1, FLAG_DISCONTINUITY = 2, FLAG_MOMENTS = 4 };

struct octets {
    uint8_t at[NUMBER_MAX * NUMBERS_MAX];
    size_t len;
};

static void put(struct octets *o, uint64_t n)
{
    for (; n > 0x7f; n >>= 7)
        o->at[o->len++] = (uint8_t)(n | 0x80);
    o->at[o->len++] = (uint8_t)n;
}

static inline uint64_t take(const uint8_t **at)
{
    const uint8_t *p = *at;
    uint64_t n = *p & 0x7f;

    for (unsigned shift = 7; *p++ > 0x7f; shift += 7)
        n |= (uint64_t)(*p & 0x7f) << shift;
    *at = p;
    return n;
}

static void put_moment(struct octets *o, const struct counter_moment *m)
{
    put(o, (uint32_t)m->later_us);
    put(o, m->slack_us);
    put(o, (uint32_t)m->ticks);
}

static struct counter_moment take_moment(const uint8_t **at)
{
    struct counter_moment m;

    m.later_us = (int32_t)(uint32_t)take(at);
    m.slack_us = (uint32_t)take(at);
    m.ticks = (int32_t)(uint32_t)take(at);
    return m;
}

static void put_reading(struct octets *o, const struct counter_reading *r,
                        bool alike)
{
    put(o, (r->valid ? FLAG_VALID : 0U) |
               (r->has_discontinuity ? FLAG_DISCONTINUITY : 0U) |
               (alike ? 0U : FLAG_MOMENTS));
    put(o, r->present);
    put(o, r->wide);
    put(o, r->beyond);
    put(o, r->doubted);
    put(o, r->discontinuity_cs);
    for (size_t i = 0; i < PORT_RATES; i++) {
        if (!(r->present >> i & 1))
            continue;
        put(o, r->counters[i]);
        if (!alike)
            put_moment(o, &r->moments[i]);
    }
}

static void take_reading(const uint8_t *at, const struct stamp_kept *s,
                         struct counter_reading *r)
{
    uint64_t flags = take(&at);

    r->valid = (flags & FLAG_VALID) != 0;
    r->has_discontinuity = (flags & FLAG_DISCONTINUITY) != 0;
    r->present = (uint16_t)take(&at);
    r->wide = (uint16_t)take(&at);
    r->beyond = (uint16_t)take(&at);
    r->doubted = (uint16_t)take(&at);
    r->discontinuity_cs = (uint32_t)take(&at);
    for (size_t i = 0; i < PORT_RATES; i++) {
        if (!(r->present >> i & 1))
            continue;
        r->counters[i] = take(&at);
        r->moments[i] =
            (flags & FLAG_MOMENTS) != 0 ? take_moment(&at) : s->moment;
    }
}

static uint32_t append(struct readings *rs, const uint8_t *at, size_t len)
{
    enum { MORE = 1024 };
    uint32_t begin = rs->len;

    if (len > rs->room - rs->len) {
        rs->room = rs->len + (uint32_t)len + MORE + rs->len / 2;
        rs->octets = mem_resize(rs->octets, rs->room, 1);
    }
    memcpy(rs->octets + begin, at, len);
    rs->len += (uint32_t)len;
    return begin;
}

/* ---- readings ---- */

static struct place *place_of(struct readings *rs, uint32_t n)
{
    if (n >= rs->place_count) {
        uint32_t count = n + 1 + n / 4;

        rs->places = mem_resize(rs->places, count, sizeof *rs->places);
        memset(rs->places + rs->place_count, 0,
               (count - rs->place_count) * sizeof *rs->places);
        rs->place_count = count;
    }
    return &rs->places[n];
}

void readings_drop(struct readings *rs, uint32_t n)
{
    struct place *p = place_of(rs, n);

    if (p->stamp != 0)
        stamp_drop(rs, p->stamp);
    *p = (struct place){0};
}

void readings_keep(struct readings *rs, uint32_t n,
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
    struct octets o = {.len = 0};

    readings_drop(rs, n);
    put_reading(&o, r, one_moment(r, &stamp.moment));
    *place_of(rs, n) = (struct place){.stamp = stamp_take(rs, &stamp),
                                      .at = append(rs, o.at, o.len),
                                      .len = (uint32_t)o.len};
}

struct counter_reading readings_recall(const struct readings *rs, uint32_t n)
{
    struct counter_reading r = {0};

    if (n >= rs->place_count || rs->places[n].stamp == 0)
        return r;
    const struct place *p = &rs->places[n];
    const struct stamp_kept *s = stamp_at(rs, p->stamp);
    r.at = s->at;
    r.wall = s->wall;
    r.has_uptime = s->has_uptime;
    r.uptime_cs = s->uptime_cs;
    r.has_boots = s->has_boots;
    r.boots = s->boots;
    take_reading(rs->octets + p->at, s, &r);
    return r;
}

bool readings_newest(const struct readings *rs, uint32_t *uptime_cs,
                     struct wall *at)
{
    const struct stamp_kept *newest = NULL;

    for (size_t i = 0; i < rs->stamps.count; i++) {
        const struct stamp_kept *s = &rs->stamps.at[i];

        if (s->users > 0 && s->has_uptime &&
            (newest == NULL || s->at.ns > newest->at.ns))
            newest = s;
    }
    if (newest == NULL)
        return false;
    *uptime_cs = newest->uptime_cs;
    *at = newest->wall;
    return true;
}

/* The stamps that are used, numbered anew, in no more room than they take. */
static void settle_stamps(struct readings *rs)
{
    struct stamps kept = {0};
    uint32_t used = 0;

    for (size_t i = 0; i < rs->stamps.count; i++)
        used += rs->stamps.at[i].users > 0;
    kept.at = mem_array(used, sizeof *kept.at);
    kept.room = used;
    for (size_t i = 0; i < rs->stamps.count; i++) {
        struct stamp_kept *s = &rs->stamps.at[i];

        if (s->users == 0)
            continue;
        *array_add(&kept) = *s;
        s->next = (uint32_t)kept.count; /* its number now */
    }
    for (uint32_t i = 0; i < rs->place_count; i++)
        if (rs->places[i].stamp != 0)
            rs->places[i].stamp = stamp_at(rs, rs->places[i].stamp)->next;
    array_fini(&rs->stamps);
    rs->stamps = kept;
    rs->newest = rs->free = 0;
}

void readings_settle(struct readings *rs)
{
    uint8_t *before = rs->octets;
    uint32_t live = 0;

    for (uint32_t i = 0; i < rs->place_count; i++)
        live += rs->places[i].len;
    if (live == rs->len)
        return;
    settle_stamps(rs);
    rs->octets = mem_array(live + 1, 1);
    rs->room = live + 1;
    rs->len = 0;
    for (uint32_t i = 0; i < rs->place_count; i++) {
        struct place *p = &rs->places[i];

        if (p->stamp != 0)
            p->at = append(rs, before + p->at, p->len);
    }
    free(before);
}
