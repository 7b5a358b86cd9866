/* profile_match.h - which profile an agent is of: rules found by the prefix of
 * sysObjectID, the most specific one wins. For mibs/profile*.c.
 *
 * More specific is, in this order: the longer prefix of sysObjectID, more kinds
 * of terms besides it, the longer text found in sysDescr, a profile than its
 * ancestor. Rules equal in all of these tie.
 */
#ifndef MIBS_PROFILE_MATCH_H
#define MIBS_PROFILE_MATCH_H

#include "mibs/profile_model.h"

struct match_index;

/* An index over the rules of profiles, which must outlive it. */
struct match_index *match_index_new(struct profile *const *profiles,
                                    size_t count);
void match_index_free(struct match_index *x);
OWNED_BY(struct match_index, match_index_free)

/* The most specific profile for an agent, NULL if none matches. */
const struct profile *match_best(const struct match_index *x,
                                 const struct system_facts *system);

/* All that match, the best first, each once; gives how many. */
size_t match_all(const struct match_index *x, const struct system_facts *system,
                 const struct profile **out, size_t max, bool *tie);

/* Tells each pair of rules that match the same agents equally well; gives the
 * number of them. */
size_t match_ties(const struct match_index *x,
                  void (*complain_to)(const struct complaint *, void *),
                  void *arg);

#endif
