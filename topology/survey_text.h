/* survey_text.h - a survey as one short text for each node and link, and back:
 * as the past is kept, of which what changed is written. */
#ifndef TOPOLOGY_SURVEY_TEXT_H
#define TOPOLOGY_SURVEY_TEXT_H

#include "topology/survey.h"

/* "root=80000200000000aa vlans=1-4,10", "root!=..." of the root itself, and
 * "told vlans=1" of a link; "" where nothing is known. */
struct survey_texts {
    const char **nodes, **links; /* by number */
    struct arena *arena;
};
struct survey_texts *survey_texts_new(const struct survey *s,
                                      const struct topology *t);
void survey_texts_free(struct survey_texts *texts);
OWNED_BY(struct survey_texts, survey_texts_free)

/* What such texts of the nodes and links of t tell; what cannot be read of one
 * is left out. names[i] is the name of VLAN i, NULL: none; count of them. */
struct survey *survey_of_texts(const struct topology *t,
                               const struct survey_texts *texts,
                               const char *const *names, size_t count);

#endif
