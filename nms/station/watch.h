/* watch.h - what rules keep of the objects of one device: which plan applies to
 * each, and of those that are not normal, or whose past counts, what is known.
 * Pure; for thresholds*.c alone.
 */
#ifndef STATION_WATCH_H
#define STATION_WATCH_H

#include "graphs/layout.h"
#include "station/alert.h"
#include "station/rule_baseline.h"
#include "station/rule_step.h"
#include "station/rule_window.h"

/* What one rule keeps of one object. */
struct kept {
    struct kept *next; /* of the same object */
    const char *rule;  /* borrowed, the same pointer for the same name */
    struct rule_state state;
    const struct alert_type *type; /* of the alert that was raised; NULL: none
                                      was */
    bool of_port;                  /* object_ref of the alert: class and part */
    bool of_pin; /* it was raised because of what a person said of the port */
    char *part;  /* NULL before one was raised */
    struct window *window; /* where its past counts, one of both */
    struct baseline *baseline;
    struct wall told, saved; /* the alert and the past, last */
};

/* What a port was when it was last looked at; and whether what has a state was
 * ever well. */
enum port_was {
    PORT_WAS_UNKNOWN,
    PORT_WAS_UP,   /* or well */
    PORT_WAS_DOWN, /* and nobody minds */
};

struct watched {
    uint64_t key;
    struct kept *kept;
    uint32_t epoch; /* of thresholds, when its plan was chosen */
    uint16_t plan;
    uint8_t was;    /* enum port_was */
    uint8_t expect; /* enum port_expect as pinned */
};

struct watch {
    struct watched *at;
    uint32_t *slots; /* numbers of them, from 1; 0 = free */
    uint32_t count, room, slot_count;
    uint32_t epoch;     /* its device changed last */
    uint32_t old_epoch; /* what was not sampled since is forgotten */
    struct wall pruned;
};

enum { WATCHED_MAX = 100000 }; /* objects of a device; more are not watched */

struct watch *watch_new(void);
void watch_free(struct watch *w); /* NULL is fine */

/* The same on every day: names an object among those of its device. */
uint64_t watch_key(enum series_group group, const char *object);

/* The entry of that key, made where there is none; NULL beyond WATCHED_MAX.
 * Valid until the next one is made. spread is the same for every call. */
struct watched *watch_entry(struct watch *w, uint64_t key, uint64_t spread);

/* What a rule keeps of an object; NULL: nothing. */
struct kept *watched_kept(const struct watched *e, const char *rule);
struct kept *watched_keep(struct watched *e, const char *rule);
/* Forgets it. */
void watched_drop(struct watched *e, struct kept *k);

/* Forgets the entry at place i; the last one takes its place. */
void watch_remove(struct watch *w, uint32_t i, uint64_t spread);

#endif
