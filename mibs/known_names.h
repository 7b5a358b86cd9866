/* known_names.h - names of the standard objects that Portolan reads, so that
 * they are known without MIB files. */
#ifndef MIBS_KNOWN_NAMES_H
#define MIBS_KNOWN_NAMES_H

#include <stddef.h>

/* The children of one node, in the order of their numbers from 1; "-" stands
 * for one that has no name here. */
struct known_group {
    const char *module, *oid, *labels;
};

extern const struct known_group known_groups[];
extern const size_t known_group_count;

/* Words of an enumeration, in the order of their numbers from 1. */
struct known_enum {
    const char *label, *words;
};

extern const struct known_enum known_enums[];
extern const size_t known_enum_count;

#endif
