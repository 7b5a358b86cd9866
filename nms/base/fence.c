#include "base/fence.h"

#include "base/mem.h"

/* An address as a number of 128 bits; IPv4 in the uppermost 32. */
struct point {
    uint64_t high, low;
};

/* All addresses from first to last. */
struct span {
    struct point first, last;
};

/* Sorted; no two overlap. */
struct spans ARRAY_OF(struct span);

enum { FAMILIES = 2 };

struct fence {
    struct spans permitted[FAMILIES], forbidden[FAMILIES];
};

static size_t family_of(const struct addr *a)
{
    return a->family == 4 ? 0 : 1;
}

static struct point point_of(const struct addr *a)
{
    struct point p = {0, 0};

    for (size_t i = 0; i < 8; i++) {
        p.high = p.high << 8 | a->octets[i];
        p.low = p.low << 8 | a->octets[i + 8];
    }
    return p;
}

static bool is_less(struct point a, struct point b)
{
    return a.high != b.high ? a.high < b.high : a.low < b.low;
}

static struct span span_of(const struct prefix *p)
{
    struct span s = {.first = point_of(&p->base)};

    s.last = s.first;
    if (p->len < 64) {
        s.last.high |= UINT64_MAX >> p->len;
        s.last.low = UINT64_MAX;
    } else if (p->len < 128) {
        s.last.low |= UINT64_MAX >> (p->len - 64);
    }
    return s;
}

/* The first span that does not end before p. */
static size_t lower_bound(const struct spans *s, struct point p)
{
    size_t low = 0, high = s->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (is_less(s->at[middle].last, p))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool holds(const struct spans *s, struct point p)
{
    size_t i = lower_bound(s, p);

    return i < s->count && !is_less(p, s->at[i].first);
}

/* Spans that overlap one that is added become one with it. Blocks that only
 * touch stay two: the answers are the same. */
static void spans_add(struct spans *s, struct span added)
{
    size_t from = lower_bound(s, added.first), to = from;

    for (; to < s->count && !is_less(added.last, s->at[to].first); to++) {
        if (is_less(s->at[to].first, added.first))
            added.first = s->at[to].first;
        if (is_less(added.last, s->at[to].last))
            added.last = s->at[to].last;
    }
    if (to == from) {
        (void)array_add(s);
        memmove(&s->at[from + 1], &s->at[from],
                (s->count - 1 - from) * sizeof *s->at);
    } else {
        memmove(&s->at[from + 1], &s->at[to], (s->count - to) * sizeof *s->at);
        s->count -= to - from - 1;
    }
    s->at[from] = added;
}

struct fence *fence_new(void)
{
    return mem_new(struct fence);
}

void fence_free(struct fence *f)
{
    if (f == NULL)
        return;
    for (size_t i = 0; i < FAMILIES; i++) {
        array_fini(&f->permitted[i]);
        array_fini(&f->forbidden[i]);
    }
    free(f);
}

/* A v4 block lies in the uppermost 32 bits. */
static void add(struct spans *families, const struct prefix *p)
{
    if (addr_is_set(&p->base))
        spans_add(&families[family_of(&p->base)], span_of(p));
}

void fence_permit(struct fence *f, const struct prefix *p)
{
    add(f->permitted, p);
}

void fence_forbid(struct fence *f, const struct prefix *p)
{
    add(f->forbidden, p);
}

bool fence_permits(const struct fence *f, const struct addr *a)
{
    if (!addr_is_set(a))
        return false;
    struct point p = point_of(a);
    size_t family = family_of(a);

    return holds(&f->permitted[family], p) && !holds(&f->forbidden[family], p);
}

void fence_take(struct fence *f, struct fence *from)
{
    struct fence swap = *f;

    *f = *from;
    *from = swap;
    fence_free(from);
}
