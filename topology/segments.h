/* segments.h - several devices that meet where nothing managed is between:
 * which of these segments are worth showing, and what they are called. */
#ifndef TOPOLOGY_SEGMENTS_H
#define TOPOLOGY_SEGMENTS_H

#include "topology/scene.h"

/* A member of a segment. */
struct attachment {
    uint32_t segment; /* its first port */
    uint32_t port;
};

struct segment {
    size_t first, count; /* attachments */
    uint64_t key;        /* of its anchor: the same as long as that is in it */
    uint32_t number;     /* in its name, of no other */
    uint32_t node;       /* of the result, for who makes that */
};

struct segments {
    struct segment_list ARRAY_OF(struct segment) list; /* by key */
    struct attachments ARRAY_OF(struct attachment) attachments;
};

/* Those of ports of several nodes; *out is all zeros before. */
void segments_find(struct scene *s, struct segments *out);
void segments_fini(struct segments *all);

/* The nth port of one. */
static inline uint32_t segments_port(const struct segments *all,
                                     const struct segment *g, size_t n)
{
    return all->attachments.at[g->first + n].port;
}

/* What most of its members surely share (segment_core()); the others are in it
 * perhaps. NOWHERE: no two do. */
uint32_t segments_core(struct scene *s, const struct segments *all,
                       const struct segment *g);

#endif
