/* walk.h - walks tables of an agent, several columns at once, and yields whole
 * rows.
 *
 * Survives columns of different length, holes, OIDs that do not increase,
 * loops, truncated and oversized answers, endOfMibView missing. Uses GETBULK
 * with max-repetitions learned per agent (shrinks on timeout and tooBig, grows
 * while it goes well), GETNEXT where bulk does not work or for v1. Columns too
 * many for one PDU are walked in groups and joined by index.
 */
#ifndef WIRE_WALK_H
#define WIRE_WALK_H

#include "wire/engine.h"

/* Limits that hold for every walk; beyond them it ends with -E2BIG. */
enum { WALK_ROWS_MAX = 2000000, WALK_PENDING_MAX = 65536 };

struct walk;

typedef void (*walk_row_fn)(void *arg, const struct row *row);
/* result 0, or the first error that stopped it; rows that were yielded stand.
 * The walk is gone when this is called. */
typedef void (*walk_end_fn)(void *arg, int result);

/* Starts; ask is copied. Rows come in index order when the agent is orderly,
 * each index once. With ask->scalars one row comes: missing instances are
 * VALUE_NO_INSTANCE or NO_OBJECT (a v1 noSuchName is turned into these). With
 * ask->below the row has the first instance below each, NO_INSTANCE where there
 * is none. A table the agent does not have ends with 0 and no row. */
struct walk *walk_start(struct agent *a, const struct ask *ask,
                        walk_row_fn on_row, walk_end_fn on_end, void *arg);

/* Stops at once; no callback will come. */
void walk_cancel(struct walk *w);

#endif
