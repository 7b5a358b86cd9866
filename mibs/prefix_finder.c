#include "mibs/prefix_finder.h"

#include <stdlib.h>
#include <string.h>

/* Prefixes of one interface, zone and family lie in each other, or apart: in
 * order of their addresses each comes behind those it lies in. */
struct nested {
    struct connected of;
    size_t within; /* 1 + the order of the next longer, 0: in none */
};

struct prefix_finder {
    struct nested *at;
    size_t count;
};

static int number_compare(uint32_t a, uint32_t b)
{
    return (a > b) - (a < b);
}

static int group_compare(const struct connected *a, const struct connected *b)
{
    const struct addr *x = &a->prefix.base, *y = &b->prefix.base;
    int order = number_compare(a->if_index, b->if_index);

    if (order == 0)
        order = number_compare(x->zone, y->zone);
    return order != 0 ? order : number_compare(x->family, y->family);
}

static int nested_compare(const void *a, const void *b)
{
    const struct connected *x = &((const struct nested *)a)->of;
    const struct connected *y = &((const struct nested *)b)->of;
    int order = group_compare(x, y);

    if (order == 0)
        order = memcmp(x->prefix.base.octets, y->prefix.base.octets,
                       sizeof x->prefix.base.octets);
    return order != 0 ? order : number_compare(x->prefix.len, y->prefix.len);
}

static bool holds(const struct nested *n, const struct connected *key)
{
    return group_compare(&n->of, key) == 0 &&
           prefix_contains(&n->of.prefix, &key->prefix.base);
}

/* From the one that is before all behind it (1 + its order) to the longest that
 * key lies in; 0 if there is none. */
static size_t climb(const struct prefix_finder *p, size_t from,
                    const struct connected *key)
{
    while (from != 0 && !holds(&p->at[from - 1], key))
        from = p->at[from - 1].within;
    return from;
}

struct prefix_finder *prefix_finder_new(const struct prefixes *all)
{
    struct prefix_finder *p = mem_new(struct prefix_finder);

    p->at = mem_array(all->count + 1, sizeof *p->at);
    for (size_t i = 0; i < all->count; i++)
        p->at[i].of = all->at[i];
    qsort(p->at, all->count, sizeof *p->at, nested_compare);
    for (size_t i = 0; i < all->count; i++) {
        struct nested *one = &p->at[p->count];

        if (p->count > 0 && nested_compare(one - 1, &p->at[i]) == 0)
            continue;
        one->of = p->at[i].of;
        one->within = climb(p, p->count, &one->of);
        p->count++;
    }
    return p;
}

void prefix_finder_free(struct prefix_finder *p)
{
    if (p == NULL)
        return;
    free(p->at);
    free(p);
}

static int len_of(const struct prefix_finder *p, uint32_t if_index,
                  uint32_t zone, const struct addr *a)
{
    struct nested key = {
        .of = {.if_index = if_index, .prefix = {.base = *a, .len = UINT8_MAX}}};
    size_t low = 0, high = p->count;

    key.of.prefix.base.zone = zone;
    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (nested_compare(&p->at[middle], &key) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    low = climb(p, low, &key.of);
    return low != 0 ? p->at[low - 1].of.prefix.len : -1;
}

int prefix_finder_len(const struct prefix_finder *p, uint32_t if_index,
                      const struct addr *a)
{
    const uint32_t interfaces[] = {if_index, 0}, zones[] = {a->zone, 0};
    int longest = -1;

    for (size_t i = 0; i < COUNT_OF(interfaces); i++)
        for (size_t z = a->zone == 0; z < COUNT_OF(zones); z++) {
            int len = len_of(p, interfaces[i], zones[z], a);

            longest = len > longest ? len : longest;
        }
    return longest;
}
