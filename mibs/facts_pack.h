/* facts_pack.h - facts in as little memory as they need. A station keeps those
 * of every device, and looks into few of them at a time: the others are at rest
 * in a parcel, rows of lists told by how they differ from the row before, each
 * text once. A parcel is of this process alone, and may change with it.
 */
#ifndef MIBS_FACTS_PACK_H
#define MIBS_FACTS_PACK_H

#include "mibs/facts.h"

/* f at rest, for the reference to f that the caller had. Its system and
 * identity, its macs, and how many rows its lists have can be read still; the
 * lists themselves (at is NULL), the bridge and all else must be opened. Facts
 * at rest are given back as they are. */
struct facts *facts_rest(struct facts *f) __attribute__((warn_unused_result));

/* All of f, which may be at rest: a reference for the caller. */
struct facts *facts_open(const struct facts *f)
    __attribute__((warn_unused_result));

/* The same, but of the lists of facts at rest the reports alone; or entities
 * too; or all that things are called by: interfaces and processors too. A
 * fraction of the work. */
struct facts *facts_open_reports(const struct facts *f)
    __attribute__((warn_unused_result));
struct facts *facts_open_entities(const struct facts *f)
    __attribute__((warn_unused_result));
struct facts *facts_open_names(const struct facts *f)
    __attribute__((warn_unused_result));

/* What is measured of f (processors, mempools, storages, sensors) without the
 * rest. Parcels are immutable and shared; references may be taken and given up
 * by any thread. */
struct parcel *parcel_of_measured(const struct facts *f)
    __attribute__((warn_unused_result));
struct parcel *parcel_ref(const struct parcel *p);
void parcel_unref(struct parcel *p); /* NULL is fine */

/* All of f, what is measured as measured tells, if it is not NULL: a reference
 * for the caller. */
struct facts *facts_open_with(const struct facts *f,
                              const struct parcel *measured)
    __attribute__((warn_unused_result));

#endif
