#include "station/store_queue.h"

#include "station/store_db.h"
#include "station/store_past.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

size_t store_queue_count(const struct store_queue *q)
{
    return q->changes.count + q->entries.count - q->first + q->pasts.count;
}

/* kind, NUL, key: what names an object. */
static struct bytes name_of(const char *kind, const char *key,
                            struct buffer *out)
{
    buffer_add(out, kind, strlen(kind) + 1);
    buffer_text(out, key);
    return buffer_view(out);
}

static void change_clear(struct store_change *c)
{
    if (c->value.object != NULL)
        c->value.free(c->value.object);
    c->value = (struct store_value){0};
    free(TAKE(c->text));
}

/* The change of an object, without what it was to become. */
static struct store_change *change_of(struct store_queue *q, const char *kind,
                                      const char *key)
{
    struct buffer OWNED_BUFFER name = {0};
    struct bytes view = name_of(kind, key, &name);

    assert(strlen(kind) <= STORE_KEY_MAX && strlen(key) <= STORE_KEY_MAX);
    if (q->by_name == NULL)
        q->by_name = table_new();
    struct store_change *change = table_find(q->by_name, view);
    if (change != NULL) {
        change_clear(change);
        return change;
    }
    change = mem_new(struct store_change);
    change->kind = mem_text(kind);
    change->key = mem_text(key);
    *array_add(&q->changes) = change;
    (void)table_put(q->by_name, view, change);
    return change;
}

void store_queue_put(struct store_queue *q, const char *kind, const char *key,
                     const char *text)
{
    change_of(q, kind, key)->text = mem_text(text);
}

void store_queue_put_later(struct store_queue *q, const char *kind,
                           const char *key, const struct store_value *value)
{
    change_of(q, kind, key)->value = *value;
}

/* Copies a text into *to and gives where it begins there. */
static size_t keep(const char *text, struct buffer *to)
{
    size_t at = to->len;

    buffer_add(to, text != NULL ? text : "", text != NULL ? strlen(text) : 0);
    buffer_char(to, '\0');
    return at;
}

static struct store_entry entry_of(const struct store_event *event, bool again)
{
    struct buffer texts = {0};
    struct store_entry e = {.event = *event, .again = again};
    size_t class = keep(event->class, &texts);
    size_t type = keep(event->type, &texts);
    size_t object = keep(event->object, &texts);
    size_t source = keep(event->source, &texts);
    size_t text = keep(event->text, &texts);
    size_t values = keep(event->values, &texts);

    e.texts = buffer_take(&texts);
    e.event.class = e.texts + class;
    e.event.type = e.texts + type;
    e.event.object = e.texts + object;
    e.event.source = e.texts + source;
    e.event.text = e.texts + text;
    e.event.values = e.texts + values;
    if (e.event.last.ms == 0)
        e.event.last = e.event.at;
    if (e.event.count == 0)
        e.event.count = 1;
    return e;
}

static void drop_oldest(struct store_queue *q)
{
    free(q->entries.at[q->first].texts);
    q->first++;
    q->dropped++;
    if (q->first <= STORE_EVENTS_WAIT)
        return;
    q->entries.count -= q->first;
    memmove(q->entries.at, q->entries.at + q->first,
            q->entries.count * sizeof *q->entries.at);
    q->first = 0;
}

/* What happens again and again waits once: how often is told by the last. */
static bool merge(struct store_queue *q, const struct store_event *event)
{
    enum { LOOK_BACK = 64 };
    size_t until = q->entries.count > LOOK_BACK + q->first
                       ? q->entries.count - LOOK_BACK
                       : q->first;

    for (size_t i = q->entries.count; i > until; i--) {
        struct store_event *waits = &q->entries.at[i - 1].event;

        if (waits->id != event->id || waits->log != event->log)
            continue;
        waits->last = event->last;
        waits->count = event->count;
        return true;
    }
    return false;
}

void store_queue_event(struct store_queue *q, const struct store_event *event,
                       bool again)
{
    if (again && merge(q, event))
        return;
    if (q->entries.count - q->first >= STORE_EVENTS_WAIT)
        drop_oldest(q);
    *array_add(&q->entries) = entry_of(event, again);
}

void store_queue_past(struct store_queue *q, struct past *p)
{
    if (q->past_rows > 0 && q->past_rows + p->rows.count > STORE_PAST_WAIT) {
        q->dropped += p->rows.count;
        past_free(p);
        return;
    }
    q->past_rows += p->rows.count;
    *array_add(&q->pasts) = p;
}

void store_queue_move(struct store_queue *to, struct store_queue *from)
{
    assert(to->changes.count == 0 && to->entries.count == 0);
    table_free(from->by_name);
    from->by_name = NULL;
    *to = *from;
    *from = (struct store_queue){.dropped = from->dropped};
}

static int write_change(struct store_db *db, const struct store_change *c)
{
    struct buffer OWNED_BUFFER made = {0};
    const char *text = c->text;

    if (c->value.object != NULL) {
        c->value.write(c->value.object, &made);
        if (made.len == 0)
            return 0; /* it could not be made: what is there stays */
        text = made.at;
    }
    return text != NULL ? store_db_put(db, c->kind, c->key, text)
                        : store_db_delete(db, c->kind, c->key);
}

int store_queue_write(const struct store_queue *q, struct store_db *db)
{
    int rc = 0;

    for (size_t i = 0; i < q->changes.count && rc == 0; i++)
        rc = write_change(db, q->changes.at[i]);
    for (size_t i = q->first; i < q->entries.count && rc == 0; i++) {
        const struct store_entry *e = &q->entries.at[i];
        rc = e->again ? store_db_again(db, &e->event)
                      : store_db_event(db, &e->event);
    }
    for (size_t i = 0; i < q->pasts.count && rc == 0; i++)
        rc = store_db_keep_past(db, q->pasts.at[i]);
    return rc;
}

void store_queue_fini(struct store_queue *q)
{
    for (size_t i = 0; i < q->changes.count; i++) {
        free(q->changes.at[i]->kind);
        free(q->changes.at[i]->key);
        change_clear(q->changes.at[i]);
        free(q->changes.at[i]);
    }
    for (size_t i = q->first; i < q->entries.count; i++)
        free(q->entries.at[i].texts);
    for (size_t i = 0; i < q->pasts.count; i++)
        past_free(q->pasts.at[i]);
    array_fini(&q->changes);
    array_fini(&q->entries);
    array_fini(&q->pasts);
    table_free(q->by_name);
    q->by_name = NULL;
    q->first = 0;
}
