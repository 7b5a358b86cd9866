#include "topology/mac_set.h"

#include <stdlib.h>

enum {
    MACS_LIKE = 60, /* percent of a set that must agree */
    MAC_SET_MIN = 2
};

struct mac_set ARRAY_OF(struct mac);

bool mac_counts(const struct mac *m)
{
    return mac_is_set(m) && !mac_is_multicast(m) && !mac_is_virtual(m);
}

static int mac_order(const void *a, const void *b)
{
    return mac_compare(a, b);
}

static void add_mac(struct mac_set *set, const struct mac *m)
{
    if (mac_counts(m))
        *array_add(set) = *m;
}

static struct mac_set macs_of(const struct facts *f)
{
    struct mac_set set = {0};
    size_t kept = 0;

    for (size_t i = 0; i < f->interfaces.count; i++)
        add_mac(&set, &f->interfaces.at[i].mac);
    for (size_t i = 0; i < f->macs.count; i++)
        add_mac(&set, &f->macs.at[i]);
    if (set.count > 0)
        qsort(set.at, set.count, sizeof *set.at, mac_order);
    for (size_t i = 0; i < set.count; i++)
        if (kept == 0 || !mac_equal(&set.at[kept - 1], &set.at[i]))
            set.at[kept++] = set.at[i];
    set.count = kept;
    return set;
}

static size_t count_common(const struct mac_set *a, const struct mac_set *b)
{
    size_t i = 0, k = 0, common = 0;

    while (i < a->count && k < b->count) {
        int order = mac_compare(&a->at[i], &b->at[k]);

        common += order == 0;
        i += order <= 0;
        k += order >= 0;
    }
    return common;
}

/* Of a stranger only the first interfaces are asked for. */
static bool is_sample(const struct facts *f)
{
    return f->interfaces.count == 0;
}

enum match mac_sets_match(const struct facts *a, const struct facts *b)
{
    struct mac_set x = macs_of(a), y = macs_of(b);
    size_t common = count_common(&x, &y);
    size_t all = x.count + y.count - common;

    if (is_sample(a))
        all = x.count;
    else if (is_sample(b))
        all = y.count;

    enum match match = MATCH_UNKNOWN;

    if (x.count > 0 && y.count > 0 && common == 0)
        match = MATCH_NO;
    else if (common > 0 && (common >= MAC_SET_MIN || x.count + y.count == 2) &&
             common * 100 >= all * MACS_LIKE)
        match = MATCH_YES;
    array_fini(&x);
    array_fini(&y);
    return match;
}

static void take_lower(struct mac *lowest, const struct mac *m)
{
    if (mac_counts(m) && (!mac_is_set(lowest) || mac_compare(m, lowest) < 0))
        *lowest = *m;
}

struct mac mac_set_lowest(const struct facts *f)
{
    struct mac lowest = {{0}};

    for (size_t i = 0; i < f->interfaces.count; i++)
        take_lower(&lowest, &f->interfaces.at[i].mac);
    for (size_t i = 0; i < f->macs.count; i++)
        take_lower(&lowest, &f->macs.at[i]);
    return lowest;
}
