/* silences.h - the silences there are, kept over restarts, and what they cover.
 *
 * For the loop. Where one begins or ends, alerts that last are looked at anew,
 * some in each turn.
 */
#ifndef STATION_SILENCES_H
#define STATION_SILENCES_H

#include "station/alerts.h"
#include "station/silence.h"

struct silences;

enum { SILENCES_MAX = 1000, SILENCES_TURN_MAX = 2000 /* alerts a turn */ };

struct silence {
    uint32_t number; /* only grows, over restarts too */
    char *object;    /* as written */
    struct silence_object of;
    struct silence_time time;
    char *who, *text; /* who wants it, and why; "" */
    struct wall made;
    bool holds; /* as of the last turn */
};

/* Parts are borrowed; store and events may be NULL. */
struct silences_parts {
    struct store *store;
    struct events *events;
    struct alerts *alerts;
    struct silence_world world;
};
struct silences *silences_new(const struct silences_parts *parts);
void silences_free(struct silences *s);

/* Reads those of earlier runs; for the start. 0, or -EIO and *why. */
int silences_load(struct silences *s, struct complaint *why)
    __attribute__((warn_unused_result));

/* Every second. */
void silences_tick(struct silences *s, struct wall now);
/* What belongs to what has changed. */
void silences_renew(struct silences *s);

/* The number of one that holds now and covers r, the first; 0: none does. */
uint32_t silences_cover(const struct silences *s, const struct alert_record *r);

/* What somebody wants; all is copied. */
struct silence_wish {
    const char *object, *who, *text;
    struct silence_time time;
};

/* The new one's number into *number. 0, or -EINVAL, -ENOSPC and *why. */
int silences_add(struct silences *s, const struct silence_wish *wish,
                 struct wall now, uint32_t *number, struct complaint *why)
    __attribute__((warn_unused_result));
/* It ends now. 0, or -ENOENT and *why. */
int silences_remove(struct silences *s, uint32_t number, const char *who,
                    struct wall now, struct complaint *why)
    __attribute__((warn_unused_result));

/* Who made some is called otherwise from now on. How many. */
size_t silences_rename_person(struct silences *s, const char *from,
                              const char *to);

size_t silences_count(const struct silences *s);
/* By number; valid until the next call that changes them. */
const struct silence *silences_at(const struct silences *s, size_t i);
const struct silence *silences_find(const struct silences *s, uint32_t number);

#endif
