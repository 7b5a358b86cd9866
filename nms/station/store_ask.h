/* store_ask.h - how questions reach the thread of the store: for store*.c, and
 * for recall.c, whose questions take long. */
#ifndef STATION_STORE_ASK_H
#define STATION_STORE_ASK_H

#include "station/store.h"

struct store_db;

/* A question, first in a struct that knows more. */
struct store_ask {
    struct store_ask *next;
    /* The thread's; NULL: the result is whether all before is on disk. */
    int (*work)(struct store_ask *a, struct store_db *db);
    void (*done)(struct store_ask *a, int result); /* the loop's, once */
    void (*free)(struct store_ask *a);
    const void *arg; /* of whoever asks */
    bool forgotten;  /* done is not called any more */
    bool search;     /* a reader's, which may take long: -EBUSY where too many
                        wait */
    int result;
};

/* Questions in their order; all zeros is none. */
struct store_asks {
    struct store_ask *first, **last;
};
void store_asks_add(struct store_asks *l, struct store_ask *q);
struct store_ask *
store_asks_pop(struct store_asks *l); /* NULL: there is none */
/* Those of *from come behind those of *to. */
void store_asks_move(struct store_asks *to, struct store_asks *from);
void store_asks_forget(struct store_asks *l, const void *arg);

/* Hands it over; what was put before is written before. Taken. Done comes once,
 * never from within: -ECANCELED where the store goes away. */
void store_ask(struct store *s, struct store_ask *q);

#endif
