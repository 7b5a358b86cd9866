/* inference.h - has the topology inferred in a thread, of facts that do not
 * change, while the loop goes on. */
#ifndef STATION_INFERENCE_H
#define STATION_INFERENCE_H

#include "station/snapshot.h"
#include "topology/survey.h"

struct event_base;
struct inference;

/* What was inferred, and of what: immutable, shared. */
struct inferred {
    struct topo_input input; /* holds references to facts */
    struct topology *topology;
    struct survey *survey; /* NULL: none was made */
    struct wall at;
    struct table *nodes; /* ident -> struct topo_device of input */
    struct arena *arena;
    unsigned refs;
};
/* The node of a device in topology; UINT32_MAX if it has none. */
uint32_t inferred_node(const struct inferred *i, const struct ident *id);
struct inferred *inferred_ref(const struct inferred *i);
void inferred_unref(struct inferred *i);

/* The result; the callee owns the reference. From the loop. */
typedef void (*inferred_fn)(void *arg, struct inferred *result);

struct inference *inference_new(struct event_base *base, inferred_fn done,
                                void *arg);
/* Waits for the thread. */
void inference_free(struct inference *i);

/* Infers from what was published. */
void inference_request(struct inference *i, const struct snapshot *of);

bool inference_busy(const struct inference *i);

/* Gives up a reference, which is taken: what was inferred of a large network
 * is freed by the thread. NULL is fine. */
void inference_discard(struct inference *i, struct inferred *result);

#endif
