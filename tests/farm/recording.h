/* recording.h - a recorded agent as an ordered list of variables. */
#ifndef FARM_RECORDING_H
#define FARM_RECORDING_H

#include "base/complaint.h"
#include "tests/farm/mib.h"

struct recording;

/* Reads the text of a recording (snmprec.h), called name in complaints; sorts
 * it and keeps the first of repeated names. *bad (may be NULL) counts lines
 * that were dropped, *first (may be NULL) tells of the first of them. */
struct recording *recording_read(const char *name, struct bytes text,
                                 size_t *bad, struct complaint *first);

/* Reads a file, through xz -dc if it ends in .xz. 0 or -errno. */
int recording_load(const char *path, struct recording **out, size_t *bad,
                   struct complaint *why) __attribute__((warn_unused_result));

void recording_free(struct recording *r);
OWNED_BY(struct recording, recording_free)

size_t recording_count(const struct recording *r);

/* As mib_find(), mib_after(), mib_advance(): at->row is the place in the list.
 */
bool recording_find(const struct recording *r, struct oid name, struct spot *at,
                    struct value *value, bool *has_object);
bool recording_after(const struct recording *r, struct oid name,
                     struct spot *at, struct value *value);
bool recording_next(const struct recording *r, struct spot *at,
                    struct value *value);
struct oid recording_name(const struct recording *r, const struct spot *at);

#endif
