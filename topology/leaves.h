/* leaves.h - end hosts while they are placed: where an address may be, and on
 * which port its device has the cable. Private to places.c, between.c and
 * leaves.c.
 */
#ifndef TOPOLOGY_LEAVES_H
#define TOPOLOGY_LEAVES_H

#include "topology/scene.h"

/* A known address at a port. */
struct leaf {
    uint32_t port;     /* of the bridge */
    uint32_t node, at; /* whose it is, and the port it is of */
    bool soft;         /* at is a guess, or stands for what is not known */
    uint32_t mac;
};
struct leaf_list ARRAY_OF(struct leaf);

/* A bridge's port that is on a segment. */
struct member {
    uint32_t segment, port;
};
struct member_list ARRAY_OF(struct member);

struct placing {
    struct scene *s;
    struct tree *tree;
    struct leaf_list leaves;
    struct member_list members; /* by segment, as the bridges told */
    uint32_t *strangers;        /* by port: addresses of nobody known */
    bool *contested; /* by port: somebody may be here, or elsewhere */
};

/* Places that one address is weighed between. */
enum { WHERE_MAX = 8 };
struct where {
    uint32_t ports[WHERE_MAX];
    size_t count;
    bool more;
};

/* ---- places.c ---- */

/* The number of the bridge that port is of. */
uint32_t leaf_bridge(const struct scene *s, uint32_t port);

/* True if only CDP and its kind prove the cable at port, and the device there
 * passes nothing on: such frames come through switches, so that the forwarding
 * table has a say. */
bool edge_is_hearsay(const struct scene *s, uint32_t port);

void where_add(struct where *w, uint32_t port);

/* Edge ports that have learned mac: away from the root, else towards it, where
 * only the topmost bridge has an edge port. Of tables that were read apart the
 * newest has it; the others count as having missed that it moved. */
struct where where_is(struct placing *p, uint32_t mac);

/* The one among several that is clearly the least crowded; NOWHERE. */
uint32_t where_least_crowded(const struct scene *s, const struct where *w);

/* True if a table that was read later than that of port has mac: it may have
 * moved. */
bool leaf_is_outdated(const struct scene *s, uint32_t port, uint32_t mac);

/* The leaf of mac behind port, its own port as far as it is known. */
struct leaf leaf_of(struct scene *s, uint32_t port, uint32_t mac);
/* That port; a guess gives way to what is known: then it has no name. */
uint32_t leaf_port(struct scene *s, const struct leaf *l);
uint32_t leaf_evidence(const struct scene *s, uint32_t mac);
/* True if the address tells which port of its device has the cable. */
bool mac_is_firm(const struct scene *s, const struct scene_mac *m);

/* ---- between.c ---- */

/* The bridges' ports that are on segments; before anything is placed. */
void between_list(struct placing *p);

/* Puts an address that no edge port has learned behind a device that forwards
 * and tells of no table, else on the segment between the bridges that have
 * learned it. */
void between_place(struct placing *p, uint32_t mac);

/* The leaf shares a segment with its port, unless its cable is known. */
void leaf_join(struct scene *s, const struct leaf *l, enum join_proof proof);
/* It is somewhere behind a device that forwards and tells of no table. */
void leaf_hang(struct scene *s, uint32_t forwarder, const struct leaf *l);

#endif
