/* diff.h - what is other in one topology than in an earlier one.
 *
 * Pure. Objects are the same by their ids, whatever they are called. A link
 * that went while another took one of its ports moved there.
 */
#ifndef TOPOLOGY_DIFF_H
#define TOPOLOGY_DIFF_H

#include "topology/topology.h"

enum topo_change_kind {
    CHANGE_NODE_FOUND,
    CHANGE_NODE_RENAMED,
    CHANGE_NODE_CHANGED, /* kind, address or description */
    CHANGE_NODE_GONE,
    CHANGE_LINK_FOUND,
    CHANGE_LINK_CONFIRMED, /* what was a candidate or ambiguous */
    CHANGE_LINK_UP,        /* what was down or stale */
    CHANGE_LINK_DOWN,
    CHANGE_LINK_STALE,
    CHANGE_LINK_CHANGED, /* blocked, doubted; kind or speed */
    CHANGE_LINK_MOVED,   /* was went, is took a port of it */
    CHANGE_LINK_GONE,
    TOPO_CHANGES
};
/* "node.found" ... "link.gone". */
const char *topo_change_name(enum topo_change_kind k);

/* Borrowed from both topologies; NULL where there is none. */
struct topo_change {
    enum topo_change_kind kind;
    const struct topo_node *node_was, *node_is;
    const struct topo_link *link_was, *link_is;
    bool quiet; /* no news for people: a segment got another name, or a
                   neighbor became a device */
};
struct topo_changes ARRAY_OF(struct topo_change);

/* Appends what changed from was, which may be NULL (nothing), to is: nodes,
 * then links, in their order, what went last. array_fini() it. */
void topology_diff(const struct topology *was, const struct topology *is,
                   struct topo_changes *out);

/* "sw1 Gi0/1 -- sw2 p3", or a node's name. */
void topo_link_words(const struct topology *t, const struct topo_link *l,
                     struct buffer *out);

/* What happened, without the name of it: "its port is down". */
void topo_change_words(const struct topo_change *c, const struct topology *was,
                       struct buffer *out);

#endif
