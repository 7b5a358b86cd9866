#include "station/events.h"

#include "base/mem.h"
#include "base/table.h"
#include "base/text.h"
#include "station/store.h"

#include <stdarg.h>
#include <stdlib.h>

/* An event that may happen again soon. */
struct remembered {
    uint64_t id;
    struct wall at;
    uint32_t count;
};

struct events {
    struct store *store;
    struct table *remembered; /* type, object, text -> struct remembered */
    event_fn told;            /* NULL: nobody listens */
    void *told_arg;
};

const char *event_class_name(enum event_class class)
{
    static const char *const names[] = {"performance", "fault", "security",
                                        "change"};

    return names[class];
}

struct events *events_new(struct store *store)
{
    struct events *e = mem_new(struct events);

    e->store = store;
    e->remembered = table_new();
    return e;
}

void events_listen(struct events *e, event_fn told, void *arg)
{
    e->told = told;
    e->told_arg = arg;
}

static void forget_all(struct events *e)
{
    size_t at = 0;
    void *value;

    while (table_next(e->remembered, &at, NULL, &value))
        free(value);
    table_free(e->remembered);
}

void events_free(struct events *e)
{
    if (e == NULL)
        return;
    forget_all(e);
    free(e);
}

static struct remembered *recall(struct events *e, struct bytes key,
                                 struct wall at)
{
    struct remembered *seen = table_find(e->remembered, key);
    int64_t apart = seen != NULL ? at.ms - seen->at.ms : 0;

    if (apart > EVENTS_MERGE_S * INT64_C(1000) ||
        apart < -EVENTS_MERGE_S * INT64_C(1000)) /* the clock was set */
        return NULL;
    return seen;
}

static void remember(struct events *e, struct bytes key, uint64_t id,
                     struct wall at)
{
    if (table_count(e->remembered) >= EVENTS_REMEMBERED &&
        table_find(e->remembered, key) == NULL) {
        forget_all(e);
        e->remembered = table_new();
    }
    struct remembered *seen = mem_new(struct remembered);
    *seen = (struct remembered){.id = id, .at = at, .count = 1};
    free(table_put(e->remembered, key, seen));
}

static enum log_level level_of(const struct event_subject *subject)
{
    if (subject->quiet)
        return LOG_LEVEL_DEBUG;
    return subject->severity >= SEVERITY_MAJOR ? LOG_LEVEL_WARNING
                                               : LOG_LEVEL_INFO;
}

static void tell(struct events *e, const struct store_event *event)
{
    if (e->told != NULL)
        e->told(e->told_arg, event);
}

/* event happened before, as seen. */
static void again(struct events *e, struct remembered *seen,
                  struct store_event *event)
{
    event->id = seen->id;
    event->last = event->at;
    event->at = seen->at;
    event->count = ++seen->count;
    store_event_again(e->store, seen->id, event->last, seen->count);
    tell(e, event);
}

void events_add(struct events *e, struct wall at,
                const struct event_subject *subject, const char *fmt, ...)
{
    struct buffer OWNED_BUFFER key = {0};
    char text[512];
    va_list args;

    va_start(args, fmt);
    (void)vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    text_end_whole(text);
    buffer_format(&key, "%s\t%s\t%s", subject->type, subject->object, text);

    struct remembered *seen = recall(e, buffer_view(&key), at);
    struct store_event event = {
        .at = at,
        .severity = (int)subject->severity,
        .class = event_class_name(subject->class),
        .type = subject->type,
        .object = subject->object,
        .source = subject->source,
        .text = text,
        .values = subject->values,
    };
    if (seen != NULL) {
        again(e, seen, &event);
        return;
    }
    event.id = store_event(e->store, &event);
    remember(e, buffer_view(&key), event.id, at);
    tell(e, &event);
    log_line(level_of(subject), "%s: %s", subject->object, text);
}
