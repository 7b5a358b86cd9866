/* grove.h - the trees of all broadcast domains, while they are inferred: who
 * sees whom, and where the roots are. Private to tree.c and grove.c.
 *
 * In each broadcast domain one address is the root: the one that most bridges
 * have learned, mostly the gateway's, to which all of them just spoke. up(S) is
 * the port where S sees it. A bridge D that S sees on any other port is below
 * S.
 */
#ifndef TOPOLOGY_GROVE_H
#define TOPOLOGY_GROVE_H

#include "topology/scene.h"

/* S sees D on port. */
struct sight {
    uint32_t from, to; /* numbers of bridges */
    uint32_t port;     /* of S; MANY: on several */
    bool weak;         /* by an address that the next device alone hears */
};
struct sights ARRAY_OF(struct sight);

struct child {
    uint32_t parent_port, bridge;
    bool sure;
};
struct children ARRAY_OF(struct child);

struct grove {
    struct scene *s;
    struct tree *t;       /* what stays */
    size_t count;         /* bridges */
    struct sights sights; /* by from, then port */
    uint32_t *from_first; /* sights of bridge k */
    uint32_t *to_first;   /* sights that bridge k is seen by ... */
    uint32_t *to_order;   /* ... by from */
    uint32_t *root;       /* by bridge: a number of the tree, NOWHERE */
    uint32_t *root_mac;   /* by bridge */
    uint32_t *depth;      /* by bridge: how many have it below */
    struct cover *down;   /* by bridge: its parent has the same behind it */
    struct cover *up; /* by bridge: what its parent has of its upward port */
    struct children children;
};

void grove_build(struct grove *g, struct scene *s, struct tree *t);
void grove_fini(struct grove *g);

/* The port where from sees to: NOWHERE, MANY. */
uint32_t grove_port(const struct grove *g, uint32_t from, uint32_t to);

/* Sights that are of port: [*first, *end). */
void grove_at_port(const struct grove *g, uint32_t port, size_t *first,
                   size_t *end);

/* True if the sight says that from is above to. */
bool grove_is_above(const struct grove *g, const struct sight *x);

/* ---- clear.c ---- */

/* After the parents are known. */
void clear_build(struct grove *g);
/* True if nothing can be between a port and the child behind it. */
bool clear_is_cable(const struct grove *g, uint32_t parent_port,
                    uint32_t child);

uint32_t grove_bridge_of(const struct grove *g, uint32_t port);

#endif
