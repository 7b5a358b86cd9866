/* unchanged.h - what of an agent need not be read again: large tables that it
 * says did not change, and tables that it was found not to have. Both hold for
 * a day, for the same agent in the same run, and never on the word of an agent
 * that had just started.
 */
#ifndef MIBS_UNCHANGED_H
#define MIBS_UNCHANGED_H

#include "mibs/harvest.h"

enum {
    UNCHANGED_FOR_MS = 24 * 3600 * 1000, /* then all is read anew */
    UNCHANGED_SETTLED_S = 900, /* agents are done with starting after that */
};

/* When tables changed last (facts->changes). */
extern const struct reader change_reader;

/* True if what was known is still of this agent in this run: the same
 * sysObjectID and sysDescr, and no restart in between. facts: what it says
 * now, at least its system group. */
bool unchanged_since(const struct facts *known, const struct facts *facts);

/* The report of a table in facts that is not older than a day; NULL if there is
 * none or it failed. */
const struct table_report *unchanged_report(const struct facts *known,
                                            const char *table, struct wall now);

/* Takes over what h->known tells of a table, as if it had been read, if the
 * agent says that it did not change since. h->facts has change times and
 * interfaces. False: read it. */
bool unchanged_keep(struct harvest *h, const char *table, struct wall now);

#endif
