/* conformance.h - where what an agent told breaks the standards that it serves,
 * for a report to its vendor. Of facts alone: how it answered (order, GETBULK,
 * encoding) is known to whoever asked. */
#ifndef MIBS_CONFORMANCE_H
#define MIBS_CONFORMANCE_H

#include "mibs/facts.h"

/* One rule that is broken, in so many places. */
struct finding {
    bool fault; /* else a remark: allowed, but it misleads managers */
    const char *table, *standard;
    const char *what;  /* a sentence */
    size_t count;      /* rows that break it; 1 where it is of no row */
    char example[120]; /* the first of them; "" if it is of no row */
};
struct findings ARRAY_OF(struct finding);

/* Appends all that is found, in the order of the tables of a report; release
 * with array_fini(). Texts are constants. */
void conformance_check(const struct facts *f, struct findings *out);

#endif
