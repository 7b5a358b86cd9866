/* readings.h - the last reading of each port of a device, kept in little
 * memory: what all rows of one answer share stands there once. Pure.
 */
#ifndef STATION_READINGS_H
#define STATION_READINGS_H

#include "station/rates.h"

struct readings; /* of one device */

struct readings *readings_new(void);
void readings_free(struct readings *rs);

/* A reading that is kept; all zeros is none, which is recalled as one that is
 * not valid. */
struct kept_reading {
    uint64_t counters[PORT_RATES];
    struct counter_moment *moments; /* where they differ; NULL: of its stamp */
    uint32_t stamp;                 /* in readings; 0 = none */
    uint32_t discontinuity_cs;
    uint16_t present, wide, beyond, doubted;
    bool valid, has_discontinuity;
};

/* Keeps r in *k, instead of what it held. */
void readings_keep(struct readings *rs, struct kept_reading *k,
                   const struct counter_reading *r);

/* As it was; counters that were not told are 0. */
struct counter_reading readings_recall(const struct readings *rs,
                                       const struct kept_reading *k);

/* Empties *k. */
void readings_drop(struct readings *rs, struct kept_reading *k);

#endif
