/* events.h - what happened once: written to the log, kept in the store.
 *
 * Equal events (type, object, text) within EVENTS_MERGE_S merge: the stored
 * one counts up.
 */
#ifndef STATION_EVENTS_H
#define STATION_EVENTS_H

#include "base/clock.h"
#include "base/log.h"
#include "station/severity.h"

struct store;
struct store_event;
struct events;

enum event_class {
    EVENT_PERFORMANCE,
    EVENT_FAULT,
    EVENT_SECURITY,
    EVENT_CHANGE
};
const char *event_class_name(enum event_class class);

enum { EVENTS_MERGE_S = 3600, EVENTS_REMEMBERED = 4096 };

/* store is borrowed. */
struct events *events_new(struct store *store);
void events_free(struct events *e);

/* Told of each event once it has its id, and again, with its count and last
 * time, when it happened again. Texts are valid until it returns. One may
 * listen; NULL: nobody does. */
typedef void (*event_fn)(void *arg, const struct store_event *event);
void events_listen(struct events *e, event_fn told, void *arg);

struct event_subject {
    enum event_class class;
    enum severity severity;
    const char *type;   /* "device.discovered" */
    const char *object; /* name of the device, or "DEVICE:PORT" */
    const char *source; /* "discovery", "polling" ... */
    const char *values; /* JSON object; NULL = none */
    /* A stranger may cause any number of it: not in the log of the daemon. */
    bool quiet;
};

/* Records what happened at a moment; fmt is the sentence for people. */
void events_add(struct events *e, struct wall at,
                const struct event_subject *subject, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

#endif
