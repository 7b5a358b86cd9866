/* alerts_parts.h - what the state machine of alerts is made of; for alerts*.c
 * alone. */
#ifndef STATION_ALERTS_PARTS_H
#define STATION_ALERTS_PARTS_H

#include "base/mem.h"
#include "base/table.h"
#include "station/alert_book.h"
#include "station/alert_life.h"
#include "station/alerts.h"

struct owner;

/* One key: object, type and qualifier. */
struct alert {
    struct alert_record *record; /* the newest, never NULL; a reference */
    enum life life;
    struct flaps flaps;
    int64_t hold_ms, calm_ms; /* as told last */
    struct mono due;          /* of LIFE_DUE */
    size_t due_place;         /* in dues; SIZE_MAX: it waits for nothing */
    struct owner *owner;
    struct alert *prev, *next; /* of the same owner */
    bool unkept;               /* the store has it as it was before */
    size_t changed_place;      /* in a->changed: since it was last published;
                                  SIZE_MAX: it is not */
};

/* A device that has alerts, or else an object of none. */
struct owner {
    struct alert *first;
};

struct alert_listeners ARRAY_OF(struct alert_listener);
struct dues ARRAY_OF(struct alert *);
struct alerts_changed ARRAY_OF(struct alert *);
struct alert_indexes ARRAY_OF(uint32_t);
struct alert_records ARRAY_OF(struct alert_record *);

struct alerts {
    struct store *store;
    struct events *events;
    struct table *by_key;   /* -> struct alert */
    struct table *by_index; /* of those that are active */
    struct table *owners;   /* -> struct owner */
    struct dues dues;       /* a heap, the first due first */
    struct alert_listeners listeners;
    struct alert_book *book;       /* as last published */
    struct alerts_changed changed; /* since then; NULL: it is no more */
    struct alert_records past;     /* since then, of those that are no more */
    uint32_t last_index;
    struct wall changed_at;
    uint64_t totals[SEVERITIES], overflow;
    struct alert_advisor advisor; /* all zeros: there is none */
    struct alert_limits limits;
    const struct alert_type *port_down, *bgp_down, *ospf_down;
    struct alert_indexes shelved; /* of those that may be */
    uint32_t *kept; /* indexes of ended ones in the store: a ring */
    size_t kept_first, kept_count;
    int64_t keep_ended_ms;       /* 0: by number alone */
    struct mono ended_looked_at; /* last */
    bool counters_kept;          /* as they are */
    struct mono now;             /* of the last tick */
    struct wall wall;
};

/* ---- alerts_due.c ---- */

/* alert is due at a moment, whenever it was before. */
void alerts_due_at(struct alerts *a, struct alert *alert, struct mono due);
void alerts_not_due(struct alerts *a, struct alert *alert);
/* Takes one that is due; NULL: there is none (any more). */
struct alert *alerts_take_due(struct alerts *a, struct mono now);

/* ---- alerts_told.c ---- */

/* What is said of a condition that begins, and that it is so again. */
void alerts_take_down(struct alert_record *r, const struct condition *c);
void alerts_renew(struct alert_record *r, const struct condition *c);

/* ---- alerts_hand.c ---- */

/* Those whose time on the shelf is over. */
void alerts_unshelve(struct alerts *a);

/* ---- alerts_erase.c ---- */

/* Cleared ones whose time is over go: once an hour. */
void alerts_expire(struct alerts *a);

/* ---- alerts_keep.c ---- */

/* There is news of r. */
void alerts_keep(struct alerts *a, const struct alert_record *r,
                 enum alert_news news);
/* An ended one is another one now; or it went. */
void alerts_keep_past(struct alerts *a, const struct alert_record *r);
void alerts_keep_no_more(struct alerts *a, uint32_t index);
/* Those that last, as they are now, where the store has them as they were at
 * their last news: at the end. */
void alerts_keep_unkept(struct alerts *a);
/* The last index and totals, if they are others than before. */
void alerts_keep_counters(struct alerts *a);

/* ---- alerts.c ---- */

/* An active one of an earlier run goes on. */
void alerts_resume(struct alerts *a, const struct alert_record *r);
/* The newest of that key; NULL. */
struct alert *alerts_find(const struct alerts *a, const struct object_ref *o,
                          const struct alert_type *type, const char *qualifier);

/* The active one of that index; NULL. */
struct alert *alerts_by_index(const struct alerts *a, uint32_t index);

/* The newest record of alert is a copy of next. With news listeners are told;
 * ALERT_NEWS: there are none. */
void alerts_become(struct alerts *a, struct alert *alert,
                   const struct alert_record *next, enum alert_news news);

#endif
