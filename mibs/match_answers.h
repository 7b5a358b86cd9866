/* match_answers.h - what an agent is asked besides the system group, where that
 * leaves open which profile it is of, and what it answered. Rules with the
 * longest prefix of sysObjectID decide what is asked; instances go 24 in
 * a PDU.
 */
#ifndef MIBS_MATCH_ANSWERS_H
#define MIBS_MATCH_ANSWERS_H

#include "base/own.h"
#include "mibs/facts.h"
#include "mibs/value.h"

enum {
    MATCH_GETS_MAX = 96, /* instances asked of one agent */
    MATCH_GETS_AT_ONCE = 24,
    MATCH_COLUMNS_MAX = 4, /* columns walked */
    MATCH_ROWS_MAX = 16,   /* of each looked at */
};

struct profiles;
struct match_answers;

/* What to ask an agent that said system; NULL if that is enough. Refers to
 * set. */
struct match_answers *match_answers_new(const struct profiles *set,
                                        const struct system_facts *system);
void match_answers_free(struct match_answers *a);
OWNED_BY(struct match_answers, match_answers_free)

/* The nth thing to ask, from 0; false when there is no more. It lives as long
 * as a. Rows go to match_answers_row() with the same n. */
bool match_answers_ask(const struct match_answers *a, size_t n,
                       struct ask *out);
void match_answers_row(struct match_answers *a, size_t n,
                       const struct row *row);

#endif
