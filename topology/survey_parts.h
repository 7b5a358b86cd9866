/* survey_parts.h - what survey.c and survey_text.c share. */
#ifndef TOPOLOGY_SURVEY_PARTS_H
#define TOPOLOGY_SURVEY_PARTS_H

#include "topology/survey.h"

enum { VLAN_MAX = 4094 };

/* A name is kept until all are known: the first that is none of "". */
struct vlan_names {
    const char *at[VLAN_MAX + 1];
};

struct survey *survey_make(const struct topology *t); /* of nothing yet */

void survey_add(struct survey_pairs *to, uint16_t vlan, uint32_t of);
/* Sorts what was added behind from, and leaves each once. */
void survey_settle(struct survey_pairs *pairs, size_t from);
/* vlan_nodes is complete. */
void survey_count_vlans(struct survey *s, const struct vlan_names *names);

/* One tree for each root that was added, by root. */
void survey_settle_trees(struct survey *s);
struct survey_tree *survey_tree_of_root(const struct survey *s,
                                        const uint8_t root[8]);
/* The nodes of trees are known. */
void survey_name_trees(struct survey *s, const struct topology *t);

#endif
