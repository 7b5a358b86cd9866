/* inference.h - has the topology inferred in a thread, of facts that do not
 * change, while the loop goes on. */
#ifndef STATION_INFERENCE_H
#define STATION_INFERENCE_H

#include "station/cabling.h"
#include "station/flows.h"
#include "station/snapshot.h"
#include "topology/survey.h"

struct event_base;
struct inference;

struct past;

/* What happened to the topology, for the log of events. */
struct news_item {
    uint8_t severity;   /* enum severity */
    const char *type;   /* "link.down" */
    const char *object; /* a device, or DEVICE:PORT */
    const char *text;
};
struct news ARRAY_OF(struct news_item);

/* What was inferred, and of what: immutable, shared. */
struct inferred {
    struct topo_input input; /* holds references to facts */
    struct card **cards;     /* that hold its texts; NULL: arena does */
    struct topology *topology;
    struct survey *survey; /* NULL: none was made */
    struct wall at;
    struct table *nodes; /* ident -> struct topo_device of input */
    uint32_t *above;     /* topology/dominators.h, by node; NULL: the station's
                            place is not known */
    uint32_t root;       /* that place */
    struct past *rows;   /* what changed, to be kept; NULL: nothing, or taken */
    struct news news;    /* and to be told */
    struct cabling cabling;
    uint64_t round; /* of discovery */
    /* Of the past: the state of each node then. NULL: snapshots tell it. */
    const struct map_node_status *status;
    struct arena *arena;
    unsigned refs;
};
/* Nothing as yet, of a moment. */
struct inferred *inferred_empty(struct wall at);
/* The node of a device in topology; UINT32_MAX if it has none. */
uint32_t inferred_node(const struct inferred *i, const struct ident *id);
struct inferred *inferred_ref(const struct inferred *i);
void inferred_unref(struct inferred *i);

/* The result; the callee owns the reference. From the loop. */
typedef void (*inferred_fn)(void *arg, struct inferred *result);

struct inference *inference_new(struct event_base *base, inferred_fn done,
                                void *arg);
/* Waits for the thread; what it was at is not told any more. */
void inference_free(struct inference *i);

/* What goes on from earlier. */
struct inference_past {
    const struct inferred *before; /* NULL: nothing is known */
    uint64_t round;                /* topology/life.h */
    bool under_way;
    const struct addr *seeds; /* of discovery */
    size_t seed_count;
    const struct flows *flows; /* NULL: nothing is known */
};

/* Infers from what was published. */
void inference_request(struct inference *i, const struct snapshot *of,
                       const struct inference_past *past);

bool inference_busy(const struct inference *i);

/* Gives up a reference, which is taken: what was inferred of a large network
 * is freed by the thread. NULL is fine. */
void inference_discard(struct inference *i, struct inferred *result);

#endif
