/* cabling.h - what links tell of the ports at their ends: which of them lead to
 * what forwards, and whose settings do not go together. Pure.
 */
#ifndef STATION_CABLING_H
#define STATION_CABLING_H

#include "topology/topology.h"

/* A port at an end of a link between two devices that forward; what is
 * unmanaged between them is none. */
struct trunk {
    uint64_t key; /* cabling_key() */
    uint32_t link;
};

/* Settings that differ at the two ends of a link. */
struct mismatch {
    uint32_t link;
    bool duplex;      /* else speed */
    const char *text; /* for people; of the arena */
};

struct cabling {
    struct trunks ARRAY_OF(struct trunk) trunks; /* by key */
    struct mismatches ARRAY_OF(struct mismatch) mismatches;
};
void cabling_fini(struct cabling *c);

static inline uint64_t cabling_key(uint32_t node, uint32_t if_index)
{
    return (uint64_t)node << 32 | if_index;
}

/* Of links between the devices that t was inferred of, count of them, whose
 * facts are open. */
void cabling_look(struct cabling *c, const struct topology *t,
                  const struct topo_device *devices, size_t count,
                  struct arena *arena);

/* The link at that port of a node; UINT32_MAX if it is no trunk. */
uint32_t cabling_trunk(const struct cabling *c, uint32_t node,
                       uint32_t if_index);

#endif
