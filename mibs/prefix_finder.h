/* prefix_finder.h - which of the prefixes that an agent tells an address of one
 * of its interfaces is in. For many questions about one agent. */
#ifndef MIBS_PREFIX_FINDER_H
#define MIBS_PREFIX_FINDER_H

#include "base/own.h"
#include "mibs/harvest.h"

struct prefix_finder;

/* all is copied. */
struct prefix_finder *prefix_finder_new(const struct prefixes *all);
void prefix_finder_free(struct prefix_finder *p);
OWNED_BY(struct prefix_finder, prefix_finder_free)

/* The length of the longest prefix of that interface, or of one that is not
 * told, that a is in; -1 if it is in none. */
int prefix_finder_len(const struct prefix_finder *p, uint32_t if_index,
                      const struct addr *a);

#endif
