#include "station/witness.h"

#include "base/table.h"
#include "mibs/facts_pack.h"

#include <stdlib.h>

enum {
    LENGTHS = 129,    /* of prefixes */
    NEARLY_PARTS = 4, /* three of four: entries age */
    NEARLY = 3
};

struct subnet {
    uint64_t answered;
    const struct device *speaker; /* who is being heard ... */
    uint64_t known;               /* ... and how many of them it knows */
    bool witnessed;
};

struct witnesses {
    struct table *subnets; /* by prefix as text -> struct subnet */
    struct table *answers; /* by addr -> its struct subnet */
    bool lengths[2][LENGTHS];
};

struct witnesses *witnesses_new(void)
{
    struct witnesses *w = mem_new(struct witnesses);

    w->subnets = table_new();
    w->answers = table_new();
    return w;
}

void witnesses_free(struct witnesses *w)
{
    size_t at = 0;
    void *value;

    if (w == NULL)
        return;
    while (table_next(w->subnets, &at, NULL, &value))
        free(value);
    table_free(w->subnets);
    table_free(w->answers);
    free(w);
}

static struct subnet *subnet_of(const struct witnesses *w,
                                const struct prefix *p)
{
    char key[ADDR_TEXT_MAX];

    return table_find_text(w->subnets, prefix_format(p, key, sizeof key));
}

void witnesses_subnet(struct witnesses *w, const struct prefix *p)
{
    char key[ADDR_TEXT_MAX];

    if (subnet_of(w, p) != NULL)
        return;
    (void)table_put_text(w->subnets, prefix_format(p, key, sizeof key),
                         mem_new(struct subnet));
    w->lengths[p->base.family == 6][p->len] = true;
}

/* The smallest subnet around an address. */
static struct subnet *subnet_around(const struct witnesses *w,
                                    const struct addr *addr)
{
    const bool *lengths = w->lengths[addr->family == 6];

    for (unsigned len = addr->family == 6 ? 128 : 32; len > 0; len--) {
        if (!lengths[len])
            continue;
        struct prefix p = prefix_of(addr, len);
        struct subnet *s = subnet_of(w, &p);
        if (s != NULL)
            return s;
    }
    return NULL;
}

static struct bytes addr_key(const struct addr *a)
{
    return (struct bytes){(const uint8_t *)a, sizeof *a};
}

void witnesses_answer(struct witnesses *w, const struct addr *addr)
{
    struct subnet *s = subnet_around(w, addr);

    if (s == NULL || table_put(w->answers, addr_key(addr), s) != NULL)
        return;
    s->answered++;
}

static void note(const struct witnesses *w, const struct device *d,
                 const struct addr *addr)
{
    struct subnet *s = table_find(w->answers, addr_key(addr));

    if (s == NULL)
        return;
    if (s->speaker != d)
        s->known = 0;
    s->speaker = d;
    s->known++;
}

void witnesses_hear(struct witnesses *w, const struct device *d)
{
    if (d->facts->arp.count == 0)
        return;
    OWNED(facts_unref) struct facts *f = facts_open(d->facts);
    for (size_t i = 0; i < f->arp.count; i++)
        note(w, d, &f->arp.at[i].addr);
    for (size_t i = 0; i < d->addrs.count; i++)
        note(w, d, &d->addrs.at[i]);
    for (size_t i = 0; i < f->addresses.count; i++) {
        const struct interface_address *own = &f->addresses.at[i];
        struct prefix p;
        struct subnet *s;

        if (own->prefix_len < 0)
            continue;
        p = prefix_of(&own->addr, (unsigned)own->prefix_len);
        s = subnet_of(w, &p);
        if (s != NULL && s->speaker == d &&
            s->known * NEARLY_PARTS >= s->answered * NEARLY)
            s->witnessed = true;
    }
}

bool witnesses_have(const struct witnesses *w, const struct prefix *p)
{
    const struct subnet *s = subnet_of(w, p);

    return s != NULL && s->witnessed;
}
