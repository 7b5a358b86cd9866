/* life.h - how long a link lives that was seen once.
 *
 * Inference (topology.h) knows one moment. Here the links of the last moment
 * are laid beside it: what was believed and is not proved now stays as long as
 * there is a reason to. Rules: docs/topology.md, "Life of a link". Pure: the
 * clock is an argument.
 */
#ifndef TOPOLOGY_LIFE_H
#define TOPOLOGY_LIFE_H

#include "topology/keymap.h"
#include "topology/topology.h"

enum {
    LIFE_PROOFS = 2,       /* rounds that confirm what one end alone tells */
    LIFE_STALE_ROUNDS = 3, /* without proof: stale */
    LIFE_GONE_ROUNDS = 6,  /* without proof: gone */
    LIFE_DOWN_DAYS = 30,   /* a port is down so long: gone */
    LIFE_SURE = 90         /* confidence of a proof by both ends */
};

/* When a device was last asked for all that it tells. */
struct life_look {
    struct wall at;
    bool tells;  /* it has an agent, or is this machine */
    bool silent; /* it answers nothing now */
};

/* Names a port of a device of the input. */
static inline uint64_t life_port_key(size_t device, uint32_t if_index)
{
    return (uint64_t)device << 32 | if_index;
}

struct life_moment {
    const struct topo_input *input; /* what was inferred from */
    const struct life_look *looks;  /* as input->devices */
    /* Ports that were polled since, and told otherwise: 1 down, 0 up; NULL:
     * none. */
    const struct keymap *turned;
    uint64_t round; /* of discovery, from 1; never counts down */
    bool under_way; /* it may know half of the network as yet */
    struct wall now;
};

/* Gives the links of t, which was just inferred, their states and pasts, and
 * adds those of before, which may be NULL, that live on. */
void life_continue(struct topology *t, const struct topology *before,
                   const struct life_moment *at);

#endif
