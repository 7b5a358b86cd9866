#include "station/series_maker.h"

#include "base/mem.h"
#include "base/table.h"
#include "station/series_asker.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Files that wait to be made; others are asked for again. */
enum { ORDERS_MAX = 20000 };

struct order {
    struct order *next;
    char *path;
    enum series_group group;
    int64_t first_ms;
};

struct maker {
    struct asker *asker;
    struct layout layout;
    struct maker_events events;
    struct order *first, **last, *making;
    struct table *known; /* paths of all orders, to themselves */
    uint64_t made;
};

static void order_free(struct maker *m, struct order *o)
{
    (void)table_remove(m->known, bytes_of_text(o->path));
    free(o->path);
    free(o);
}

static struct order *pop(struct maker *m)
{
    struct order *o = m->first;

    if (o == NULL)
        return NULL;
    m->first = o->next;
    if (m->first == NULL)
        m->last = &m->first;
    return o;
}

/* Takes one out of the queue. */
static void take_out(struct maker *m, const struct order *o)
{
    struct order **at = &m->first;

    while (*at != o)
        at = &(*at)->next;
    *at = o->next;
    if (m->last == &o->next)
        m->last = at;
}

static void go_on(struct maker *m)
{
    struct buffer OWNED_BUFFER command = {0};

    if (m->making != NULL)
        return;
    m->making = pop(m);
    if (m->making == NULL) {
        m->events.on_idle(m->events.arg);
        return;
    }
    cached_create(m->making->path, &m->layout, m->making->group,
                  m->making->first_ms, &command);
    asker_ask(m->asker, command.at);
}

static void forget_all(struct maker *m)
{
    for (struct order *o; (o = pop(m)) != NULL;)
        order_free(m, o);
}

static void on_line(void *arg, const char *line)
{
    (void)arg;
    (void)line;
}

static void on_done(void *arg, int result, const char *words)
{
    struct maker *m = arg;
    struct order *o = m->making;
    bool exists =
        result == -EPROTO && cached_failure_of(words) == CACHED_EXISTS;

    m->making = NULL;
    m->made += result == 0;
    if (result < 0 && result != -EPROTO)
        forget_all(m); /* it is away: they are asked for again */
    m->events.on_made(m->events.arg, o->path,
                      result == 0 || exists ? NULL : words);
    order_free(m, o);
    go_on(m);
}

void maker_make(struct maker *m, const char *path, enum series_group group,
                int64_t first_ms, bool first)
{
    struct order *o = table_find_text(m->known, path);

    if (o != NULL && (!first || o == m->making))
        return;
    if (o == NULL && table_count(m->known) >= ORDERS_MAX)
        return;
    if (o == NULL) {
        o = mem_new(struct order);
        o->path = mem_text(path);
        o->group = group;
        o->first_ms = first_ms;
        (void)table_put_text(m->known, path, o);
    } else {
        take_out(m, o);
    }
    if (first) {
        o->next = m->first;
        m->first = o;
        m->last = o->next == NULL ? &o->next : m->last;
    } else {
        *m->last = o;
        m->last = &o->next;
    }
    go_on(m);
}

void maker_lay_out(struct maker *m, const struct layout *layout)
{
    m->layout = *layout;
}

bool maker_has(const struct maker *m, struct bytes path)
{
    return table_find(m->known, path) != NULL;
}

bool maker_is_busy(const struct maker *m)
{
    return m->making != NULL;
}

uint64_t maker_made(const struct maker *m)
{
    return m->made;
}

void maker_free(struct maker *m)
{
    if (m == NULL)
        return;
    asker_free(m->asker);
    forget_all(m);
    if (m->making != NULL)
        order_free(m, m->making);
    table_free(m->known);
    free(m);
}

struct maker *maker_new(struct event_base *base,
                        const struct cached_address *address,
                        const struct layout *layout,
                        const struct maker_events *events)
{
    struct maker *m = mem_new(struct maker);
    struct asker_events answers = {on_line, on_done, m};

    m->events = *events;
    m->layout = *layout;
    m->last = &m->first;
    m->known = table_new();
    m->asker = asker_new(base, address, &answers);
    return m;
}
