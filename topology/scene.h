/* scene.h - all that one inference looks at, in dense numbers. Private to the
 * inference; its parts, in the order in which they run:
 *
 *   scene.c     devices, in an order of their own   ports.c   their ports
 *   owners.c    who owns a MAC, address or name     claims.c  who hears whom
 *   resolve.c   which device and port a neighbor is
 *   edges.c     claims that meet, and who is believed   edge.c  one of them
 *   fdb.c       forwarding tables, by address and by port
 *   grove.c     who sees whom in them, and from where
 *   clear.c     whether anything can be between two of them
 *   tree.c      switches that only forwarding tables place
 *   leaves.c    end hosts at their edge ports; places.c where an address may
 *               be, between.c those that no edge port has
 *   hearsay.c   what one end alone heard through bridges, perhaps
 *   subnet.c    layer 3                 segments.c  which are worth showing
 *   emit.c      the result
 *
 * Nodes, ports, addresses and edges are numbers into arrays that only grow.
 */
#ifndef TOPOLOGY_SCENE_H
#define TOPOLOGY_SCENE_H

#include "topology/keymap.h"
#include "topology/topology.h"

/* No node, port, edge. */
#define NOWHERE KEYMAP_NONE
/* Several nodes or ports: not to be told apart. */
#define MANY (KEYMAP_NONE - 1)

enum port_flag {
    PORT_CABLED = 1 << 0,    /* may have a cable: no bridge, loopback, VLAN */
    PORT_AGGREGATE = 1 << 1, /* stands for a bundle of others */
    PORT_BRIDGED = 1 << 2,   /* is in the bridge's port table */
    PORT_BLOCKING = 1 << 3,  /* the spanning tree blocks it for some VLAN */
    PORT_PASSING = 1 << 4,   /* and does not for some */
    PORT_ADDRESSED = 1 << 5, /* has an IP address of its own */
    PORT_INFRA = 1 << 6,     /* a bridge with a forwarding table is behind it */
    PORT_JOINED = 1 << 7,    /* is a member of a segment */
    PORT_DEAF = 1 << 8,      /* its LLDP agent is set not to listen */
    PORT_QUIET = 1 << 9,     /* it counted no frame */
    PORT_LOUD = 1 << 10,     /* it counted some, or heard somebody */
    PORT_TALKS = 1 << 11     /* it sends LLDP, by its own word */
};

struct scene_port {
    uint32_t node;
    uint32_t if_index;
    const struct interface *interface; /* NULL: its device tells of no such */
    const char *text;  /* without interface: what others call it, or "" */
    uint32_t carrier;  /* the port whose cable it uses, mostly itself */
    uint32_t bundle;   /* the aggregate that its carrier is in, or that */
    uint32_t edge;     /* the cable that was proved, NOWHERE */
    uint32_t segment;  /* union-find: towards the segment's first port */
    uint32_t core;     /* the same, of what is surely one segment */
    uint32_t evidence; /* of being in the segment */
    uint16_t flags;    /* enum port_flag */
};

struct scene_node {
    const struct topo_device *device; /* NULL: a ghost */
    const struct facts *facts;        /* NULL: none */
    size_t input;                     /* index of the device */
    struct ident id;
    const char *name;
    enum device_kind kind;
    uint32_t first_port, port_count; /* its interfaces, by ifIndex */
    uint32_t bridge;  /* number among those with forwarding tables, NOWHERE */
    bool forwards;    /* carries the frames of others */
    bool says_bridge; /* announces that it does, as far as it is configured */
    bool tells_lldp;  /* serves an LLDP-MIB; which may be all it does */
    bool hears_lldp;  /* and heard somebody */
    bool sends_lldp;  /* somebody heard it */
    bool tells_cdp, sends_cdp;
    bool tells_both;   /* some neighbor by LLDP and CDP on one port */
    bool tells_lacp;   /* it tells who its ports aggregate with */
    const char *descr; /* of ghosts */
    struct addr addr;  /* of ghosts */
};

/* Who owns an address of layer 2. */
enum mac_kind {
    MAC_UNKNOWN, /* nobody known */
    MAC_LEAF,    /* an end of a cable: what it sends begins there */
    MAC_SELF,    /* a bridge's own voice, heard on all its ports */
    MAC_PORT     /* a bridge's port, which speaks to the next device alone */
};
struct scene_mac {
    uint64_t key;
    uint32_t node; /* NOWHERE, MANY */
    uint32_t port; /* NOWHERE, MANY */
    uint8_t kind;  /* enum mac_kind */
    bool listed;   /* in the owner's own tables, not by ARP */
};

/* "from hears node there." */
struct claim {
    uint32_t from; /* port, a carrier */
    uint32_t node;
    uint32_t to; /* port of node, NOWHERE */
    uint32_t evidence;
    uint8_t heard;    /* bits of enum heard */
    const char *text; /* what it was told the port is called */
};

/* How one end of an edge knows of the other. */
enum heard {
    HEARD_LLDP = 1,
    HEARD_CDP = 2, /* CDP and its kind: bridges pass it on */
    HEARD_STP = 4,
    HEARD_CDP_LISTED = 8, /* CDP, listed in LLDP-MIB */
    HEARD_LACP = 16,
    HEARD_ADJACENT = HEARD_LLDP | HEARD_LACP /* no bridge passes them on */
};
enum edge_doubt { DOUBT_NONE, DOUBT_CANDIDATE, DOUBT_AMBIGUOUS };
enum edge_fate { EDGE_OPEN, EDGE_PROVED, EDGE_LOST, EDGE_SEGMENT };

struct edge {
    uint32_t a, b; /* ports, a < b */
    uint32_t evidence;
    uint8_t heard_a, heard_b; /* bits of enum heard: by a, by b */
    uint8_t fate;             /* enum edge_fate */
    uint8_t confidence;
    uint8_t doubt;   /* enum edge_doubt */
    const char *why; /* static, or of the scene's arena */
};

/* Two ports that forwarding tables put on one segment. */
struct join {
    uint32_t a, b;
    uint32_t with; /* only as far as a is on one with this port, NOWHERE */
};

/* How long an entry of a forwarding table lives that is not heard again
 * (802.1D, 7.9.2). */
enum { FDB_AGEING_MS = 300000 };

/* An entry of a forwarding table; its bridge is the port's node. */
struct sighting {
    uint32_t mac, port;
    uint16_t vlan; /* 0: not told */
};

struct fdb {
    struct sightings ARRAY_OF(struct sighting) rows; /* by bridge */
    uint32_t *mac_first, *mac_rows;   /* rows of a MAC, by bridge */
    uint32_t *port_first, *port_rows; /* rows of a port */
    uint32_t *bridge_first;           /* rows of a bridge */
    uint32_t *voices;                 /* a MAC of each node, NOWHERE, MANY */
    size_t port_count;                /* ports that port_first knows */
    struct bridges ARRAY_OF(uint32_t) bridges; /* their nodes */
};

/* A link of layer 3: a and b are ports, or b a subnet. */
struct l3_edge {
    uint32_t a, b;
    uint32_t subnet; /* NOWHERE: between two ports */
    uint32_t evidence;
};
struct l3_subnet {
    struct prefix prefix;
};

struct scene {
    const struct topo_input *input;
    struct scene_nodes ARRAY_OF(struct scene_node) nodes;
    size_t device_count; /* nodes behind are ghosts */
    struct scene_ports ARRAY_OF(struct scene_port) ports;
    struct scene_macs ARRAY_OF(struct scene_mac) macs;
    struct claims ARRAY_OF(struct claim) claims;
    struct edges ARRAY_OF(struct edge) edges;
    struct joins ARRAY_OF(struct join) joins; /* JOIN_LEARNED */
    struct l3_edges ARRAY_OF(struct l3_edge) l3_edges;
    struct l3_subnets ARRAY_OF(struct l3_subnet) subnets;
    struct fdb fdb;
    struct keymap names;   /* see scene_name_key() */
    struct keymap mac_ids; /* scene_mac.key to its number */
    struct keymap addrs;   /* address to node, MANY */
    struct keymap pairs;   /* two ports to their edge */
    struct keymap pairs_l3;
    struct keymap towards; /* port and node to the edge between, MANY */
    struct topo_conflicts conflicts;
    size_t compares; /* rows compared one by one */
    struct arena *arena;
};

/* Rows that are compared one by one, of all devices: no network needs a
 * fraction of it. */
enum { COMPARES_MAX = 20000000 };

/* ---- scene.c ---- */

struct scene *scene_new(const struct topo_input *input);
void scene_free(struct scene *s);
OWNED_BY(struct scene, scene_free)

/* What a key of the table of names is about. */
enum name_tag {
    /* Names: the case of ASCII letters counts for nothing. */
    NAME_IF_NAME,
    NAME_IF_DESCR,
    NAME_TOLD_PORT,
    NAME_SYSTEM,
    NAME_SHORT,
    NAME_DEVICE,
    NAME_CDP_GHOST,
    /* Octets. */
    NAME_LLDP_PORT,
    NAME_CHASSIS,
    NAME_GHOST,
    NAME_PORT_NUMBER,
    NAME_ADDR,
    NAME_PREFIX,
    NAME_STP_PORT,
    NAME_LACP_PORT,
    NAME_LACP_SYSTEM
};
/* The key of octets under a tag, within a node (NOWHERE: of all). */
uint64_t scene_name_key(enum name_tag tag, uint32_t node, struct bytes name);

/* Enters node (or port) under key; MANY if another is there. */
void scene_name_put(struct keymap *m, uint64_t key, uint32_t value);

/* Keeps a conflict for people; at most CONFLICTS_MAX. */
enum { CONFLICTS_MAX = 1000 };
void scene_conflict(struct scene *s, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

const char *scene_format(struct scene *s, const char *fmt, ...)
    __attribute__((format(printf, 2, 3), returns_nonnull));

/* Appends what the end of a cable goes by: its node and its port. */
void scene_add_end(struct buffer *b, const struct ident *node,
                   const char *port);

/* "sw1 p2" for words. */
const char *scene_port_words(struct scene *s, uint32_t port);

/* ---- ports.c ---- */

void ports_build(struct scene *s);

/* The port with this ifIndex; one that its device does not list is made. */
uint32_t port_of_if_index(struct scene *s, uint32_t node, uint32_t if_index);
/* The same, NOWHERE if it is not listed. */
uint32_t port_listed(const struct scene *s, uint32_t node, uint32_t if_index);

/* A port known by a name alone, always the same for the same name. */
uint32_t port_of_text(struct scene *s, uint32_t node, const char *text);

/* A port that is there, but not known by anything. */
uint32_t port_unknown(struct scene *s, uint32_t node, const char *text);

const char *port_label(const struct scene *s, uint32_t port);
bool port_is_down(const struct scene *s, uint32_t port);
bool port_is_blocked(const struct scene *s, uint32_t port);
/* True if it is an interface of its device, or known by its name. */
bool port_is_known(const struct scene *s, uint32_t port);

/* The one port of node that can have a cable and is up; NOWHERE. */
uint32_t port_alone(const struct scene *s, uint32_t node);

/* ---- owners.c ---- */

void owners_build(struct scene *s);

uint64_t mac_number(const struct mac *m);
/* The number of m, made if new. */
uint32_t owners_mac(struct scene *s, const struct mac *m);
/* Enters m as node's, heard of but not listed by it. */
void owners_claim_mac(struct scene *s, const struct mac *m, uint32_t node,
                      uint32_t port);
/* Nodes by what names them; NOWHERE if none or several. */
uint32_t owner_of_mac(const struct scene *s, const struct mac *m);
uint32_t owner_of_addr(const struct scene *s, const struct addr *a);
uint32_t owner_of_chassis(const struct scene *s, uint8_t subtype,
                          struct bytes id);
uint32_t owner_of_name(const struct scene *s, const char *name);

/* ---- resolve.c ---- */

/* True if the row is of a frame that bridges do not pass on. */
bool neighbor_is_lldp(const struct scene *s, const struct neighbor *n);
/* True if the chassis id tells this neighbor from all others. Names of parts
 * (LldpChassisIdSubtype interfaceAlias, portComponent, interfaceName) are told
 * apart within one box alone; zeros and no id at all tell nothing. */
bool neighbor_has_own_id(const struct neighbor *n);
/* The node that a neighbor is; NOWHERE if it is none of the known. */
uint32_t neighbor_node(const struct scene *s, const struct neighbor *n,
                       bool lldp);
/* The port (a carrier) of node that it sent from; NOWHERE. */
uint32_t neighbor_port(struct scene *s, uint32_t node,
                       const struct neighbor *n);
/* What people call that port. */
const char *neighbor_port_text(const struct neighbor *n);
/* The port that it was heard on. */
uint32_t neighbor_local(struct scene *s, uint32_t node,
                        const struct neighbor *n);

/* ---- claims.c ---- */

void claims_gather(struct scene *s); /* makes ghosts */
void claims_gather_stp(struct scene *s);

/* ---- edge.c ---- */

/* How sure it is that two ports are on one segment: not at all; as far as
 * forwarding tables are whole (tree_weigh_joins()); it was told. */
enum join_proof { JOIN_GUESSED, JOIN_LEARNED, JOIN_TOLD };

/* The number of the edge between two ports of different nodes, made if there
 * is none. */
uint32_t edge_between(struct scene *s, uint32_t a, uint32_t b);
/* The key in scene.towards. */
uint64_t edge_towards_key(uint32_t port, uint32_t node);
/* Takes it as a cable; false if a port has another one already. */
bool edge_prove(struct scene *s, uint32_t edge, uint8_t confidence,
                const char *why);
/* Takes it back, for a reason; or its ports are on a segment instead. */
void edge_drop(struct scene *s, uint32_t edge, const char *why);
void edge_to_segment(struct scene *s, uint32_t edge, enum join_proof proof);

/* The port at the other end of the cable at port, its bundle's included;
 * NOWHERE. */
uint32_t port_peer(const struct scene *s, uint32_t port);
/* True if it has a cable or is on a segment; bundles have room for more. */
bool port_is_busy(const struct scene *s, uint32_t port);
/* The same, also of a bundle whose members have cables. */
bool port_is_taken(const struct scene *s, uint32_t port);

/* Both ports are on one unmanaged segment. */
void segment_join(struct scene *s, uint32_t a, uint32_t b, uint32_t evidence,
                  enum join_proof proof);
/* The same, learned by a and with: as far as these two are on one. */
void segment_join_between(struct scene *s, uint32_t a, uint32_t with,
                          uint32_t b, uint32_t evidence);
/* The first port of the segment of port; of what is surely in it. */
uint32_t segment_of(struct scene *s, uint32_t port);
uint32_t segment_core(struct scene *s, uint32_t port);
bool segment_is_same(struct scene *s, uint32_t a, uint32_t b);

/* Says of cables whose bundle has others to another device that it has. */
void edges_name_spread_bundles(struct scene *s);

/* The bits of evidence that one end's word stands for. */
uint32_t edge_said(const struct edge *e, uint8_t heard);

/* True if one end listens to LLDP and the other sends it, and the first hears
 * nothing: something in between eats it. */
bool lldp_is_missing(const struct scene *s, uint32_t a, uint32_t b);
/* The same where the other port is not known. */
bool lldp_is_missing_from(const struct scene *s, uint32_t port, uint32_t node);

/* ---- edges.c ---- */

void edges_pair(struct scene *s);            /* claims to edges */
void edges_settle_adjacent(struct scene *s); /* needs no forwarding table */
void edges_settle_rest(struct scene *s);     /* after fdb_build() */
void edges_weigh_traffic(struct scene *s);   /* when all are settled */

/* ---- fdb.c ---- */

void fdb_build(struct scene *s);
/* The port where bridge (a node) sees mac; NOWHERE, or MANY. */
uint32_t fdb_port_of(const struct scene *s, uint32_t mac, uint32_t node);
/* The next address, behind *at, that both ports have learned in one VLAN: it is
 * neither on this side nor on that. False if there is no more. */
bool fdb_common(const struct scene *s, uint32_t port, uint32_t other,
                size_t *at, uint32_t *mac);
/* True if a known device is on neither side of a cable between two ports that
 * forward: both have learned it, and neither elsewhere. */
bool fdb_is_between(const struct scene *s, uint32_t a, uint32_t b);
/* Rows that were learned on a port: how many, and the nth. */
size_t fdb_port_rows(const struct scene *s, uint32_t port);
const struct sighting *fdb_port_row(const struct scene *s, uint32_t port,
                                    size_t n);
/* Rows of a MAC. */
size_t fdb_mac_rows(const struct scene *s, uint32_t mac);
const struct sighting *fdb_mac_row(const struct scene *s, uint32_t mac,
                                   size_t n);
/* True if a bridge that does not speak the protocol of the claim sees the two
 * ports in different directions: it stands between them. */
bool fdb_parts(const struct scene *s, uint32_t a, uint32_t b,
               uint32_t *between);

/* ---- grove.c, tree.c, leaves.c, subnet.c, emit.c ---- */

/* Bridges of which is not known that they are not behind a free port of one:
 * tree.loose_bridges[first] and on. */
struct loose {
    uint32_t first, count;
    bool known, many; /* listed already; more than are listed */
    bool sees_all;    /* nobody is above it, and it has seen all others */
    bool unplaced;    /* it may be above its siblings, or below */
};

/* How much of what a bridge must have learned it has. */
struct cover {
    uint32_t rows, misses;
};

/* Nobody is above a bridge; of those, it has most below. */
enum tree_top { TOP_NOT, TOP_MAYBE, TOP_SURELY };

/* What the tree leaves behind for the leaves. */
struct tree {
    uint32_t *up;               /* by bridge: where it sees the root, NOWHERE */
    uint32_t *domain;           /* by bridge: the broadcast domain */
    uint8_t *top;               /* by bridge: enum tree_top */
    uint32_t *parent;           /* by bridge: the port above it, NOWHERE */
    uint32_t *group;            /* by bridge: those that proved cables join */
    struct loose *loose;        /* by bridge */
    struct cover *cover;        /* by bridge */
    struct cover *domain_cover; /* by domain */
    struct loose_list ARRAY_OF(uint32_t) loose_bridges;
};
void tree_build(struct scene *s, struct tree *t);
void tree_fini(struct tree *t);
/* True if no other bridge can be between a port and an address that it has
 * learned. */
bool tree_clears(const struct scene *s, const struct tree *t, uint32_t port,
                 uint32_t mac);
/* Takes those joins for sure whose forwarding tables are whole. */
void tree_weigh_joins(struct scene *s, const struct tree *t);
void leaves_place(struct scene *s, struct tree *t);
/* Doubts cables that one end alone tells by what bridges pass on, where
 * something that has no place may be between. */
void hearsay_doubt(struct scene *s);
/* Whether two ports have addresses in a common subnet. */
enum kinship { KIN_NOT, KIN_UNKNOWN, KIN_SURELY };
enum kinship ports_kinship(struct scene *s, uint32_t a, uint32_t b);
void subnets_build(struct scene *s);
struct topology *scene_emit(struct scene *s);

#endif
