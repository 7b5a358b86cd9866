/* map_choose.h - which nodes and links of the topology a generated map shows;
 * for map_generate.c alone. */
#ifndef TOPOLOGY_MAP_CHOOSE_H
#define TOPOLOGY_MAP_CHOOSE_H

#include "topology/map_generate.h"

struct choice {
    const struct map_sources *from;
    bool *nodes, *links;      /* as the topology's: is it shown? */
    uint32_t focus;           /* the node that the map is about; UINT32_MAX */
    char of[MAP_SUBJECT_MAX]; /* what the subject is called by now, where it was
                                 asked for by an earlier name; "" */
};

void choice_init(struct choice *c, const struct map_sources *from);
void choice_fini(struct choice *c);

/* The names of all spanning trees. */
struct map_parts *choice_tree_parts(const struct survey *y);

/* False if there is no such subject: no device has the VLAN, no such name. */
bool choice_make(struct choice *c, const struct map_subject *s);

#endif
