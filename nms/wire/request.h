/* request.h - a request on its way, and the table that finds it by the id its
 * answer carries. Private to the engine. */
#ifndef WIRE_REQUEST_H
#define WIRE_REQUEST_H

#include "base/spares.h"
#include "wire/engine.h"
#include "wire/wheel.h"

/* Where a request is; it lies in the list of that place. */
enum exchange_place {
    EXCHANGE_WAITING, /* in its agent's queue, for window, cap and rate */
    EXCHANGE_FLYING,  /* sent; an answer or its timeout will come */
    EXCHANGE_RESEND,  /* sent before; waits for the rate alone */
    EXCHANGE_ENDED,   /* its callback is due */
};

/* A request from engine_send() to its callback. What it asks for is encoded
 * once, and lies behind it in the same piece of memory. */
struct exchange {
    struct wheel_entry timer;                 /* first: found from it */
    struct exchange *prev, *next;             /* in the list of its place */
    struct exchange *agent_prev, *agent_next; /* all of its agent */
    struct agent *agent;
    uint32_t id;     /* request-id and msgID of its first try; 0: none yet */
    uint32_t octets; /* of its memory */
    enum exchange_place place;
    bool discovery; /* v3 engine discovery: ours, nobody is called back */
    bool counted;   /* in the engine's number of requests in flight */
    bool looks;     /* its timer comes before its time is over */
    bool probed;    /* one of its tries is a probe (agent_probe_ms()) */
    unsigned tries, resyncs, spoiled;
    struct mono asked, sent; /* the first time, and the last */
    int result;
    const char *why; /* of the result; or of the last broken answer */
    bool refused;    /* the broken answer says -EACCES */
    answer_fn done;
    void *arg;

    uint8_t type;
    bool skim; /* names of the answer need not be read */
    const struct ber_columns *columns; /* of its rows; NULL */
    uint32_t non_repeaters, max_repetitions;
    size_t count;        /* names */
    struct bytes list;   /* VarBindList; empty: it cannot be encoded */
    const char *context; /* "" = default */
};

struct exchange *exchange_new(struct agent *a, const struct request *request,
                              answer_fn done, void *arg);
void exchange_free(struct exchange *x);

/* Tries but for the probe, which is none of its own. */
unsigned exchange_tries(const struct exchange *x);

/* Ids are a slot and its generation, so that a late answer to a forgotten
 * request finds nobody; and between them the try, so that an answer tells which
 * one it answers (those beyond REQUEST_TRIES begin again). */
enum {
    REQUEST_SLOTS_MAX = 1 << 16,
    REQUEST_SLOTS_FIRST = 1024,
    REQUEST_TRIES = 4,
    REQUEST_OCTETS = 768, /* of memory, that hold most */
};

struct request_slot {
    struct exchange *exchange;
    uint32_t next_free; /* slot, while free */
    uint16_t generation;
};

struct request_table {
    struct request_slot *slots;
    uint32_t count;       /* slots there are */
    uint32_t free;        /* a free slot; count if there is none */
    uint16_t seed;        /* of generations */
    struct spares memory; /* of exchanges */
};

void request_table_init(struct request_table *t);
void request_table_fini(struct request_table *t);

/* Gives x an id; false if the table is full. */
bool request_table_add(struct request_table *t, struct exchange *x);
void request_table_remove(struct request_table *t, struct exchange *x);

/* Who has this id, of whatever try; NULL if nobody has (any more). */
struct exchange *request_table_find(const struct request_table *t, int32_t id);

/* The id of the try that x makes next. */
int32_t request_id_next(const struct exchange *x);

/* When the try was sent that id belongs to; when the first one was, if that is
 * not known. */
struct mono request_sent(const struct exchange *x, int32_t id);

#endif
