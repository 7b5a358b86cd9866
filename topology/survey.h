/* survey.h - what the tables of all devices tell beyond nodes and links: who
 * has which VLAN and which links carry it, and who follows which spanning tree.
 * Made once, while facts are open; small, so that maps can be made of it at any
 * time afterwards.
 *
 * Pure, immutable. Nodes and links are numbers of the topology it was made of.
 */
#ifndef TOPOLOGY_SURVEY_H
#define TOPOLOGY_SURVEY_H

#include "base/own.h"
#include "topology/topology.h"

/* "VLAN vlan is on node (or link) of." */
struct survey_pair {
    uint32_t of;
    uint16_t vlan;
};
struct survey_pairs ARRAY_OF(struct survey_pair);

struct survey_vlan {
    uint16_t id;
    const char *name; /* as the first device with a name for it calls it */
    uint32_t devices; /* that have it */
};

/* Bridges that agree on a root (dot1dStpDesignatedRoot). */
struct survey_tree {
    uint8_t root[8];  /* priority and address */
    uint32_t node;    /* of the root; UINT32_MAX: not known */
    const char *name; /* of the root, else its address "02-00-00-00-00-01";
                         with "-vlan-N" where the tree is of one VLAN */
    uint32_t bridges;
};

/* What the port at one end of a link is to the spanning tree: enum stp_role
 * and dot1dStpPortState; 0: not told. */
struct survey_end {
    uint8_t role, state;
};
struct survey_ends {
    struct survey_end a, b;
};

enum { SURVEY_PAIRS_MAX = 4000000, SURVEY_TREES_MAX = 10000 };

struct survey {
    struct survey_pairs vlan_nodes, vlan_links; /* by VLAN, then number */
    struct survey_vlans ARRAY_OF(struct survey_vlan) vlans; /* by number */
    struct survey_trees ARRAY_OF(struct survey_tree) trees; /* by root */
    uint32_t *tree_of;        /* of each node, UINT32_MAX: of none */
    bool *tells_vlans;        /* of each link: a table knows the VLANs on it */
    struct survey_ends *ends; /* of each link */
    struct arena *arena;
};

/* input holds open facts. */
struct survey *survey_new(const struct topo_input *input,
                          const struct topology *t);
void survey_free(struct survey *s);
OWNED_BY(struct survey, survey_free)

/* The VLAN or tree; NULL if nobody has it. */
const struct survey_vlan *survey_find_vlan(const struct survey *s, uint16_t id);
const struct survey_tree *survey_find_tree(const struct survey *s,
                                           const char *name);

#endif
