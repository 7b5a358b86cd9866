/* topology.h - from facts of all devices to nodes and links.
 *
 * Pure: the same facts give the same nodes and links, in whatever order they
 * came and on whatever day. Rules and their reasons: docs/topology.md.
 */
#ifndef TOPOLOGY_TOPOLOGY_H
#define TOPOLOGY_TOPOLOGY_H

#include "base/clock.h"
#include "base/ident.h"
#include "mibs/facts.h"
#include "topology/traffic.h"

/* A device of the inventory as topology sees it. Everything is borrowed. */
struct topo_device {
    struct ident id;
    const char *name;
    const struct facts *facts; /* NULL: only known to answer echo */
    const struct addr *addrs;  /* all that are known to be its own */
    size_t addr_count;
    enum device_kind kind;
    bool station; /* the management station itself */
};

/* What flows between two ports says of a link between them. */
struct topo_traffic {
    struct ident a, b; /* of devices */
    uint32_t a_if_index, b_if_index;
    enum traffic_verdict verdict;
};

struct topo_input {
    const struct topo_device *devices;
    size_t count;
    const struct topo_traffic *traffic; /* in any order */
    size_t traffic_count;
    /* Frames the station heard itself, as its neighbors: facts of the station
     * carry them in facts->neighbors. */
};

enum link_kind { LINK_P2P, LINK_BUNDLE, LINK_SEGMENT, LINK_L3 };
const char *link_kind_name(enum link_kind k); /* "p2p" ... */

enum link_state {
    LINK_CONFIRMED,
    LINK_CANDIDATE,
    LINK_DOWN,
    LINK_STALE,
    LINK_BLOCKED,
    LINK_AMBIGUOUS
};
const char *link_state_name(enum link_state s);

/* Words to enumerators, whatever their case; false if there is none. */
bool link_kind_parse(const char *word, enum link_kind *out);
bool link_state_parse(const char *word, enum link_state *out);

/* Bits of evidence. */
enum link_evidence {
    EVIDENCE_MANUAL = 1 << 0,
    EVIDENCE_LLDP = 1 << 1,
    EVIDENCE_CDP = 1 << 2,
    EVIDENCE_LACP = 1 << 3,
    EVIDENCE_STP = 1 << 4,
    EVIDENCE_FDB = 1 << 5,
    EVIDENCE_ARP = 1 << 6,
    EVIDENCE_SUBNET = 1 << 7,
    EVIDENCE_ROUTE = 1 << 8,
    EVIDENCE_TRAFFIC = 1 << 9,
    EVIDENCE_FDP = 1 << 10,
    EVIDENCE_EDP = 1 << 11,
    EVIDENCE_NDP = 1 << 12,
    EVIDENCE_OSPF = 1 << 13,
    EVIDENCE_BGP = 1 << 14,
    EVIDENCE_MISLINK = 1 << 15 /* what goes in does not come out */
};
/* Appends "lldp,fdb" for the bits that are set. */
void link_evidence_text(uint32_t evidence, struct buffer *out);

enum node_origin {
    NODE_DEVICE,  /* input->devices[node.device] */
    NODE_GHOST,   /* a neighbor that somebody heard, not in the inventory */
    NODE_SEGMENT, /* an unmanaged segment: "~segment-N" */
    NODE_SUBNET   /* an address prefix, of layer 3 only */
};

struct topo_node {
    enum node_origin origin;
    struct ident id;  /* of the device; of others derived from what names them,
                         so that it is the same next time */
    const char *name; /* of the device; a ghost's sysName or chassis id */
    size_t device;    /* NODE_DEVICE: index in the input */
    enum device_kind kind;
    const char *descr;    /* hardware; ghosts: platform or sysDescr */
    struct addr addr;     /* the one asked first; ghosts: one for management */
    struct prefix prefix; /* NODE_SUBNET */
    uint64_t first_round; /* life.h: when it was first seen; 0 = not told */
};

/* What is known of a link's past: life.h, which alone sets it. */
struct topo_life {
    struct wall first_seen; /* 0 = not told */
    struct wall last_seen;  /* when an end that proves it was last asked */
    uint64_t first_round;
    uint64_t proven_round; /* the last that proved it */
    uint64_t missed_round; /* the last that did not, though it could have */
    uint32_t proofs;       /* rounds that proved it */
    uint32_t missed;       /* rounds in a row that did not */
    bool accepted;         /* it was believed once */
};

struct topo_link {
    struct ident id; /* derived from both ends, the same next time */
    uint32_t a, b;   /* nodes; a's name before b's in byte order */
    uint32_t a_if_index, b_if_index; /* 0 = not known */
    const char *a_port, *b_port;     /* ifName, or what was told; "" */
    uint8_t layer;                   /* 2 or 3 */
    enum link_kind kind;
    enum link_state state;
    uint32_t evidence;  /* bits of enum link_evidence */
    uint32_t a_heard;   /* those by which a itself hears of b */
    uint32_t b_heard;   /* and b of a */
    uint8_t confidence; /* 0..100, topology.md section 3 */
    uint64_t speed_bps; /* 0 = not known */
    const char *why;    /* one sentence that names the proof */
    struct topo_life life;
};
/* True if one end alone says so, and nothing else tells of the link. */
bool topo_link_is_one_sided(const struct topo_link *l);

struct topo_nodes ARRAY_OF(struct topo_node);
struct topo_links ARRAY_OF(struct topo_link);

/* A contradiction that was met: the claim that lost, and to whom. */
struct topo_conflict {
    const char *text;
};
struct topo_conflicts ARRAY_OF(struct topo_conflict);

/* What was claimed of two ports, and is no link: it lost against a better
 * proof, or the two share a segment. */
struct topo_loss {
    uint32_t a, b; /* nodes; a's name before b's in byte order */
    uint32_t a_if_index, b_if_index;
    const char *a_port, *b_port;
    uint32_t evidence, a_heard, b_heard; /* as in topo_link */
    bool shared;                         /* they are on one segment */
    const char *why;                     /* why it lost */
};
struct topo_losses ARRAY_OF(struct topo_loss);

/* The result; immutable, holds its own copies of every text. The nodes of the
 * devices come first, in the order of the input. */
struct topology {
    struct topo_nodes nodes;
    struct topo_links links; /* sorted by names, then ports */
    struct topo_conflicts conflicts;
    struct topo_losses losses; /* sorted as links */
    struct arena *arena;
    unsigned refs;
};

struct topology *topology_infer(const struct topo_input *input);

/* Puts the links into their order. */
void topology_sort(struct topology *t);

struct topology *topology_ref(const struct topology *t);
void topology_unref(struct topology *t);

/* The way from node a to node b through switches and routers: fewest
 * uncertain links first, then fewest links. False if there is none. The
 * members alternate; links.count is nodes.count - 1. */
struct topo_path {
    struct topo_path_nodes ARRAY_OF(uint32_t) nodes;
    struct topo_path_links ARRAY_OF(uint32_t) links;
};
bool topology_path(const struct topology *t, uint32_t a, uint32_t b,
                   struct topo_path *out);
void topo_path_fini(struct topo_path *p);

/* Adds the rows of links.tsv to a table made by topology_tsv_new(). */
struct tsv;
struct tsv *topology_tsv_new(void);
void topology_tsv(const struct topology *t, struct tsv *out);

#endif
