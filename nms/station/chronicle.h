/* chronicle.h - the topology as rows of the past (past.h), and back.
 *
 * What changed between two topologies becomes rows: one for each node and link
 * that is other than before. Rows of one moment become what was inferred then,
 * as far as a map needs it: devices know their addresses, hardware and location
 * alone. Any thread.
 */
#ifndef STATION_CHRONICLE_H
#define STATION_CHRONICLE_H

#include "station/inference.h"
#include "station/past.h"
#include "topology/diff.h"

/* Rows for what changed to is; NULL where nothing did. */
struct past *chronicle_rows(const struct topo_changes *changes,
                            const struct inferred *is);

/* What was inferred when these rows held. A row that cannot be read is left
 * out, and counted in *faults. */
struct inferred *chronicle_read(const struct past *p, struct wall at,
                                size_t *faults);

/* The highest round of discovery that it tells of. */
uint64_t chronicle_round(const struct topology *t);

#endif
