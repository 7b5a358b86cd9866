/* readings.h - the last reading of each port of a device, kept in little
 * memory: what all rows of one answer share stands there once, the rest in as
 * few octets as it needs. Pure.
 */
#ifndef STATION_READINGS_H
#define STATION_READINGS_H

#include "station/rates.h"

struct readings; /* of one device; with a count of references */

struct readings *readings_new(void);
struct readings *readings_ref(struct readings *rs);
void readings_unref(struct readings *rs); /* any thread; NULL is fine */

/* Readings that nobody else has, for the reference to rs: these, or a copy.
 * What nobody else has alone may be changed. */
struct readings *readings_own(struct readings *rs)
    __attribute__((warn_unused_result));

/* Keeps r as the last one of the nth port. */
void readings_keep(struct readings *rs, uint32_t n,
                   const struct counter_reading *r);

/* The last one of the nth port as it was; counters that were not told are 0.
 * One that is not valid where there is none. */
struct counter_reading readings_recall(const struct readings *rs, uint32_t n);

/* The newest moment of all that told sysUpTime; false if none did. */
bool readings_newest(const struct readings *rs, uint32_t *uptime_cs,
                     struct wall *at);

/* The last one of the nth port is not to be compared with. */
void readings_drop(struct readings *rs, uint32_t n);

/* After a round: memory of readings that were replaced is given back. */
void readings_settle(struct readings *rs);

#endif
