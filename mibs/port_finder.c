#include "mibs/port_finder.h"

#include "base/table.h"

/* Values are interfaces, or one that stands for "several". */
struct port_finder {
    struct table *names, *descrs, *aliases, *macs;
    struct interface several; /* ifIndex 0 */
};

static void remember(struct port_finder *p, struct table *t, struct bytes key,
                     const struct interface *i)
{
    if (key.len == 0)
        return;
    if (table_put(t, key, (void *)i) != NULL)
        (void)table_put(t, key, &p->several); /* replaces what was put */
}

struct port_finder *port_finder_new(const struct facts *f)
{
    struct port_finder *p = mem_new(struct port_finder);

    p->names = table_new();
    p->descrs = table_new();
    p->aliases = table_new();
    p->macs = table_new();
    for (size_t n = 0; n < f->interfaces.count; n++) {
        const struct interface *i = &f->interfaces.at[n];

        remember(p, p->names, bytes_of_text(i->name), i);
        remember(p, p->descrs, bytes_of_text(i->descr), i);
        remember(p, p->aliases, bytes_of_text(i->alias), i);
        if (mac_is_set(&i->mac))
            remember(p, p->macs,
                     (struct bytes){i->mac.octets, sizeof i->mac.octets}, i);
    }
    return p;
}

void port_finder_free(struct port_finder *p)
{
    if (p == NULL)
        return;
    table_free(p->names);
    table_free(p->descrs);
    table_free(p->aliases);
    table_free(p->macs);
    free(p);
}

static uint32_t find(const struct table *t, struct bytes key)
{
    const struct interface *i = key.len > 0 ? table_find(t, key) : NULL;

    return i != NULL ? i->if_index : 0;
}

static uint32_t find_in(const struct table *const *tables, size_t count,
                        const char *text)
{
    uint32_t found = 0;

    for (size_t i = 0; i < count && found == 0; i++)
        found = find(tables[i], bytes_of_text(text));
    return found;
}

uint32_t port_by_text(const struct port_finder *p, const char *text)
{
    const struct table *order[] = {p->names, p->descrs, p->aliases};

    return find_in(order, COUNT_OF(order), text);
}

uint32_t port_by_name(const struct port_finder *p, const char *text)
{
    const struct table *order[] = {p->names, p->descrs};

    return find_in(order, COUNT_OF(order), text);
}

uint32_t port_by_alias(const struct port_finder *p, const char *text)
{
    const struct table *order[] = {p->aliases, p->names, p->descrs};

    return find_in(order, COUNT_OF(order), text);
}

uint32_t port_by_mac(const struct port_finder *p, const struct mac *mac)
{
    return find(p->macs, (struct bytes){mac->octets, sizeof mac->octets});
}
