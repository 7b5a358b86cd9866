/* store_erase.h - what the state is to forget: rows that are about something
 * go, words in others are replaced (redaction.h). What was there is overwritten
 * on disk, in the log of the database too.
 *
 * The store's thread does it in bites of some milliseconds, between which it
 * writes and answers as ever.
 */
#ifndef STATION_STORE_ERASE_H
#define STATION_STORE_ERASE_H

#include "base/redaction.h"
#include "station/store.h"

struct store_texts ARRAY_OF(char *);

/* What is to go; owned by whoever has it, all zeros is nothing. */
struct store_erasure {
    /* Names of objects: their events, and those of their parts, go. */
    struct store_texts objects;
    struct store_texts ids; /* of the device, as texts: its past and that of
                               its links go */
    struct redaction words;
    char *who, *instead; /* a person, as source of events and object of those
                            of accounts; NULL: nobody */
    bool doubted; /* that there ever was one of these objects: then nothing is
                     done where no event is about the first of them, and its
                     erasure was not begun before */
    /* Kinds of objects that stay as they are, up to a NULL: they are written
     * from memory again and again. Those that have a word are told. */
    const char *const *kept;
};
void store_erasure_fini(struct store_erasure *e);

enum { STORE_LEFT_MAX = 1000 };

struct store_erased {
    uint64_t deleted, changed; /* rows */
    struct store_texts left;   /* "KIND KEY" of those with a word that stay, at
                                  most STORE_LEFT_MAX */
    bool log; /* that of the database has what was there before: somebody reads
                 the database all the time */
};

/* The erasure is taken. That it was begun is on record under the first object
 * until it is completed: store_named.h finds that. result: 0, -EIO, -ECANCELED:
 * it is done in part; -ENOENT: there is no event. Once, from the loop; erased
 * is valid until the callback returns. */
typedef void (*store_erased_fn)(void *arg, int result,
                                const struct store_erased *erased);
void store_erase(struct store *s, struct store_erasure *what,
                 store_erased_fn done, void *arg);

#endif
