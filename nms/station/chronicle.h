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

/* Adds rows for what is told otherwise of VLANs and spanning trees; *rows may
 * be NULL, and is made if there are any. was may be NULL. */
void chronicle_survey_rows(const struct inferred *was,
                           const struct inferred *is, struct past **rows);

/* What rows tell of that; NULL if nothing. */
struct survey *chronicle_read_survey(const struct past *p,
                                     const struct topology *t);

/* Rows for what the station sees without inferring: whether a device answers,
 * and whether anybody looks: the station itself runs. */
void chronicle_add_reach(struct past *p, struct wall at,
                         const struct ident *device, enum reach reach);
void chronicle_add_gone(struct past *p, struct wall at,
                        const struct ident *device);
void chronicle_add_watch(struct past *p, struct wall at, bool runs);

/* True if rows say that of a device. */
bool chronicle_has_reach(const struct past *p, const struct ident *device,
                         enum reach reach);

/* What was inferred when these rows held, with what was told of VLANs and
 * spanning trees, and in what state each device was (inferred.status). A row
 * that cannot be read is left out, and counted in *faults. */
struct inferred *chronicle_read(const struct past *p, struct wall at,
                                size_t *faults);

/* The highest round of discovery that it tells of. */
uint64_t chronicle_round(const struct topology *t);

#endif
