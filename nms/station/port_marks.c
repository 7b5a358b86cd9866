#include "station/port_marks.h"

#include "base/mem.h"
#include "base/table.h"

#include <stdlib.h>

/* Ports of one alias that are left: how many, and the sum of their orders,
 * which is the order of the last one. */
struct sharing {
    size_t count, orders;
};

struct port_marks {
    struct ports *ps;
    struct table *marks;   /* -> 1 + order of the first port that has them */
    struct table *aliases; /* -> sharing */
    size_t count;          /* of ports; both arrays are by their order */
    size_t *next;          /* 1 + order of the next of the same marks; or 0 */
    struct sharing *shared;
    bool *taken;
};

/* "" where they are too few to tell a port. */
static void marks_key(struct buffer *out, const char *descr,
                      const struct mac *mac)
{
    if (descr[0] == '\0' || !mac_is_set(mac))
        return;
    buffer_add(out, mac, sizeof *mac);
    buffer_text(out, descr);
}

static void put_first(struct port_marks *m, struct bytes key, size_t first)
{
    if (first == 0)
        (void)table_remove(m->marks, key);
    else
        (void)table_put(m->marks, key, (void *)(uintptr_t)first);
}

static size_t first_of(const struct port_marks *m, struct bytes key)
{
    return (size_t)(uintptr_t)table_find(m->marks, key);
}

static void note_alias(struct port_marks *m, const struct port *p, size_t order)
{
    struct sharing *shared = table_find_text(m->aliases, p->alias);

    if (shared == NULL) {
        shared = &m->shared[order];
        (void)table_put_text(m->aliases, p->alias, shared);
    }
    shared->count++;
    shared->orders += order;
}

static void note(struct port_marks *m, size_t order)
{
    struct buffer OWNED_BUFFER key = {0};
    const struct port *p = &m->ps->list.at[order];

    if (p->alias[0] != '\0')
        note_alias(m, p, order);
    marks_key(&key, p->descr, &p->mac);
    if (key.len == 0)
        return;
    m->next[order] = first_of(m, buffer_view(&key));
    put_first(m, buffer_view(&key), order + 1);
}

struct port_marks *port_marks_new(struct ports *ps)
{
    struct port_marks *m = mem_new(struct port_marks);

    m->ps = ps;
    m->count = ps->list.count;
    m->marks = table_new();
    m->aliases = table_new();
    m->next = mem_array(m->count + 1, sizeof *m->next);
    m->shared = mem_array(m->count + 1, sizeof *m->shared);
    m->taken = mem_array(m->count + 1, sizeof *m->taken);
    for (size_t i = m->count; i-- > 0;) /* so that the first is found first */
        if (!ps->list.at[i].present)
            note(m, i);
    return m;
}

void port_marks_free(struct port_marks *m)
{
    if (m == NULL)
        return;
    table_free(m->marks);
    table_free(m->aliases);
    free(m->next);
    free(m->shared);
    free(m->taken);
    free(m);
}

/* 1 + the order of the port; 0 if there is none. */
static size_t find(struct port_marks *m, const struct interface *i)
{
    struct buffer OWNED_BUFFER key = {0};
    size_t first = 0;

    marks_key(&key, i->descr, &i->mac);
    if (key.len > 0)
        first = first_of(m, buffer_view(&key));
    while (first != 0 && m->taken[first - 1]) { /* by its alias */
        first = m->next[first - 1];
        put_first(m, buffer_view(&key), first);
    }
    const struct sharing *shared = first == 0 && i->alias[0] != '\0'
                                       ? table_find_text(m->aliases, i->alias)
                                       : NULL;
    return shared != NULL && shared->count == 1 ? shared->orders + 1 : first;
}

struct port *port_marks_take(struct port_marks *m, const struct interface *i)
{
    size_t found = find(m, i);

    if (found == 0)
        return NULL;
    struct port *p = &m->ps->list.at[found - 1];
    struct sharing *shared =
        p->alias[0] != '\0' ? table_find_text(m->aliases, p->alias) : NULL;

    m->taken[found - 1] = true;
    if (shared != NULL) {
        shared->count--;
        shared->orders -= found - 1;
    }
    return p;
}
