#include "station/card.h"

#include "wire/credential.h"

#include <stdlib.h>

/* All but localhost, which says nothing to others; alone it is better than
 * none. */
static bool is_shown(const struct device *d, size_t nth)
{
    if (!d->station || !addr_is_loopback(&d->addrs.at[nth]))
        return true;
    for (size_t i = 0; i < d->addrs.count; i++)
        if (!addr_is_loopback(&d->addrs.at[i]))
            return false;
    return nth == 0;
}

static const char *credential_of(const struct device *d)
{
    return d->credential != NULL ? d->credential->name : "";
}

static bool same_text(const char *a, const char *b)
{
    return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

static bool says_the_same(const struct card *c, const struct device *d)
{
    size_t count = 0;

    for (size_t i = 0; i < d->addrs.count; i++) {
        if (!is_shown(d, i))
            continue;
        if (count == c->addr_count ||
            !addr_equal(&c->addrs[count], &d->addrs.at[i]))
            return false;
        count++;
    }
    return count == c->addr_count && same_text(c->name, d->name) &&
           same_text(c->dir, d->dir) && same_text(c->why, d->why) &&
           same_text(c->credential, credential_of(d));
}

static const char *put(char **at, const char *text)
{
    size_t size = strlen(text) + 1;
    char *copy = memcpy(*at, text, size);

    *at += size;
    return copy;
}

static struct card *card_new(const struct device *d)
{
    const char *dir = d->dir != NULL ? d->dir : "";
    size_t texts = strlen(d->name) + strlen(dir) + strlen(d->why) +
                   strlen(credential_of(d)) + 4;
    struct card *c =
        mem_zero(sizeof *c + d->addrs.count * sizeof c->addrs[0] + texts);
    char *at = (char *)&c->addrs[d->addrs.count];

    c->refs = 1;
    for (size_t i = 0; i < d->addrs.count; i++)
        if (is_shown(d, i))
            c->addrs[c->addr_count++] = d->addrs.at[i];
    c->name = put(&at, d->name);
    c->credential = put(&at, credential_of(d));
    c->why = put(&at, d->why);
    c->dir = put(&at, dir);
    if (d->dir == NULL)
        c->dir = NULL;
    return c;
}

struct card *card_of(const struct device *d, const struct card *before)
{
    return before != NULL && says_the_same(before, d) ? card_ref(before)
                                                      : card_new(d);
}

struct card *card_ref(const struct card *c)
{
    struct card *shared = (struct card *)c; /* the count alone changes */

    __atomic_add_fetch(&shared->refs, 1, __ATOMIC_RELAXED);
    return shared;
}

void card_unref(struct card *c)
{
    if (c != NULL && __atomic_sub_fetch(&c->refs, 1, __ATOMIC_ACQ_REL) == 0)
        free(c);
}
