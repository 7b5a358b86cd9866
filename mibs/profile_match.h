/* profile_match.h - which profile an agent is of: rules found by the prefix of
 * sysObjectID, the most specific one wins. For mibs/profile*.c.
 *
 * More specific is, in this order: the longer prefix of sysObjectID, more kinds
 * of terms besides it, the longer text found in sysDescr, a profile than its
 * ancestor. Rules equal in all of these tie.
 */
#ifndef MIBS_PROFILE_MATCH_H
#define MIBS_PROFILE_MATCH_H

#include "mibs/match_answers.h"
#include "mibs/profile_model.h"

struct match_index;

/* An index over the rules of profiles, which must outlive it. */
struct match_index *match_index_new(struct profile *const *profiles,
                                    size_t count);
void match_index_free(struct match_index *x);
OWNED_BY(struct match_index, match_index_free)

const struct match_index *profiles_index(const struct profiles *set);

/* What rules that may win want to know of an agent besides. */
struct match_questions {
    struct oid gets[MATCH_GETS_MAX], columns[MATCH_COLUMNS_MAX];
    size_t get_count, column_count;
};
void match_questions(const struct match_index *x,
                     const struct system_facts *system,
                     struct match_questions *out);

/* True if what the agent answered meets c; false if it was not asked. */
bool match_answers_meet(const struct match_answers *a,
                        const struct condition *c);

/* The most specific profile for an agent, NULL if none matches. answers may be
 * NULL: then rules that ask do not hold. */
const struct profile *match_best(const struct match_index *x,
                                 const struct system_facts *system,
                                 const struct match_answers *answers);

/* All that match, the best first, each once; gives how many. */
size_t match_all(const struct match_index *x, const struct system_facts *system,
                 const struct match_answers *answers,
                 const struct profile **out, size_t max, bool *tie);

/* Tells each pair of rules that match the same agents equally well; gives the
 * number of them. */
size_t match_ties(const struct match_index *x,
                  void (*complain_to)(const struct complaint *, void *),
                  void *arg);

#endif
