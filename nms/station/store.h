/* store.h - the state that outlives the process: SQLite, owned by a thread.
 *
 * The loop hands over what changed and goes on; the thread writes it within a
 * second as one transaction. kill -9 or a power cut loses at most that last
 * second and never consistency. While the disk is full or failing, changes wait
 * in memory, the newest text of each object replacing older ones.
 */
#ifndef STATION_STORE_H
#define STATION_STORE_H

#include "base/bytes.h"
#include "base/clock.h"
#include "base/complaint.h"
#include "base/own.h"

struct event_base;
struct store;

enum {
    STORE_KEY_MAX = 255,      /* octets of a kind or a key */
    STORE_EVENTS_WAIT = 65536 /* events that wait at most; older ones go */
};

struct store_options {
    const char *path; /* DATA/state.db */
};

/* What happened, and what people changed: each with ids of its own. */
enum store_log { STORE_EVENTS, STORE_AUDIT, STORE_LOGS };

/* How long they are kept: by parts of a twelfth of that time which go as a
 * whole; and how many at most. Events whose type begins with "notification." go
 * after notifications_ms, some thousands a minute; 0: with the others. */
struct store_keep {
    int64_t events_ms, notifications_ms, audit_ms;
    uint64_t events_max, audit_max;
};

/* Opens or makes the database and brings its schema up to date. One that is
 * damaged is renamed aside (NAME.damaged-TIME) with an error in the log, never
 * deleted, and a new one with what can be read of it takes its place;
 * store_damage() tells. base is
 * where callbacks of queries come from; NULL if there will be none.
 * 0, or -errno and *why: it cannot be written, or is of a newer version. */
int store_open(struct event_base *base, const struct store_options *options,
               struct store **out, struct complaint *why)
    __attribute__((warn_unused_result));

/* Writes what waits (bounded: 3 s where the disk fails), ends the thread. */
void store_free(struct store *s);
OWNED_BY(struct store, store_free)

/* What was wrong with the file when it was opened, and what of it goes on, in
 * words; NULL: nothing was. */
const char *store_damage(const struct store *s);

/* From now on; before it is called nothing goes. */
void store_keep_events(struct store *s, const struct store_keep *keep);

/* Objects: a kind ("device", "link", "meta" ...), a key (an ident, a name), and
 * a text of the caller's, usually JSON with a version in it. Replaces; copied.
 */
void store_put(struct store *s, const char *kind, const char *key,
               const char *text);
void store_delete(struct store *s, const char *kind, const char *key);

/* What becomes a text only when it is written, by the thread: what it is made
 * of must not change meanwhile. Where nothing is written, what is there stays.
 */
struct store_value {
    void *object;
    void (*write)(const void *object, struct buffer *out); /* any thread */
    void (*free)(void *object);                            /* any thread */
};

/* As store_put(); the object is taken. */
void store_put_later(struct store *s, const char *kind, const char *key,
                     const struct store_value *value);

/* What is put between these two is written in one transaction; they nest. Keep
 * it short: within one turn of the loop. */
void store_begin(struct store *s);
void store_end(struct store *s);

/* Calls on_object for each object of a kind, in order of key; what waits is
 * written first. For the start: it blocks. 0, what on_object returned if
 * negative, or -EIO and *why. */
typedef int (*store_object_fn)(void *arg, const char *key, const char *text);
int store_load(struct store *s, const char *kind, store_object_fn on_object,
               void *arg, struct complaint *why)
    __attribute__((warn_unused_result));

/* What happened once. Texts are copied by store_event(), never NULL when read;
 * NULL is "" when written. */
struct store_event {
    enum store_log log;
    uint64_t id;        /* ascending; given by store_event() */
    struct wall at;     /* first */
    struct wall last;   /* and last time; 0 = at */
    uint32_t count;     /* how often; 0 = once */
    int severity;       /* as the caller counts; higher is worse */
    const char *class;  /* performance fault security change */
    const char *type;   /* "device.discovered" */
    const char *object; /* what it is about */
    const char *source; /* who said so */
    const char *text;   /* for people */
    const char *values; /* JSON object, "" = none */
};

/* Adds one; gives its id at once. */
uint64_t store_event(struct store *s, const struct store_event *event);

/* It happened again. */
void store_event_again(struct store *s, uint64_t id, struct wall last,
                       uint32_t count);

/* What to read: all that is set must hold. Newest first, unless after_id is
 * set, which gives oldest first. */
struct store_query {
    enum store_log log;
    uint64_t after_id, before_id; /* exclusive; 0 = any */
    struct wall from, to;         /* of at; 0 = any */
    const char *object; /* it, or a part of it ("sw1" has "sw1:Gi0/1"); NULL =
                           any, as below */
    const char *class, *source; /* equal */
    const char *type; /* equal, or with a "*" at its end all that begin so */
    const char *text; /* is part of its text, letters' case aside */
    int severity_min; /* INT_MIN or 0 = any */
    size_t limit;     /* 0 = 100, at most 10000 */
};

enum { STORE_SEARCHES_MAX = 32 /* that wait, the one under way included */ };

/* result: 0, -EIO, -ECANCELED (the store goes away), -ETIME (it takes too long
 * to look through so many), -EBUSY (too many searches wait). Events are valid
 * until the callback returns. It comes once, from the loop. Sees all that was
 * put before. */
typedef void (*store_events_fn)(void *arg, int result,
                                const struct store_event *events, size_t count);
void store_events(struct store *s, const struct store_query *query,
                  store_events_fn done, void *arg);

/* How many events of a query fall into each of so many spans of equal length
 * between its from and to, which are set, and how bad the worst was. result as
 * above; spans are valid until the callback returns. */
struct store_span {
    uint64_t events;
    int worst; /* severity; 0: none */
};
typedef void (*store_spans_fn)(void *arg, int result,
                               const struct store_span *spans, size_t count);
void store_histogram(struct store *s, const struct store_query *query,
                     size_t spans, store_spans_fn done, void *arg);

/* done comes once, from the loop, as soon as all that was put before is on
 * disk: 0; -EIO: the disk does not take it, which goes on being tried;
 * -ECANCELED: the store goes away. Writes at once. */
typedef void (*store_settled_fn)(void *arg, int result);
void store_settle(struct store *s, store_settled_fn done, void *arg);

/* Forgets every query whose callback argument is arg. */
void store_forget(struct store *s, const void *arg);

/* Waits until all that was put is on disk, at most limit_ms. 0, -ETIMEDOUT. For
 * tests, and for the end. */
int store_flush(struct store *s, int64_t limit_ms);

struct store_stats {
    uint64_t waiting;          /* changes not yet on disk */
    uint64_t written, commits; /* changes, transactions */
    uint64_t failures;         /* transactions that failed (and are retried) */
    uint64_t dropped;          /* events lost: too many waited */
    uint64_t refused;          /* searches: too many waited */
    double commit_ms_last, commit_ms_max;
    char error[160]; /* what fails now, "" if nothing does */
};
void store_stats(const struct store *s, struct store_stats *out);

#endif
