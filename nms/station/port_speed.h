/* port_speed.h - what a port can carry, as told and as learned. Pure. */
#ifndef STATION_PORT_SPEED_H
#define STATION_PORT_SPEED_H

#include "station/ports.h"

/* What was seen to flow through a port that is said to be slower. */
struct port_beyond {
    uint64_t learned_bps; /* that is how fast it is; 0 = not known */
    float least_bps, most_bps;
    uint32_t count; /* readings in a row that were faster than it is */
};

/* How fast it was found to be, 0 = as told; and what an earlier run found. */
uint64_t port_learned_bps(const struct port *p);
void port_recall_speed(struct port *p, uint64_t learned_bps);

/* What it carries: as told, or as learned. */
struct rate_bounds port_bounds(const struct port *p);

/* What is beyond a port's speed is no rate; but time and again it is the speed
 * that is not true: people set it, for the sake of routing or shaping. Readings
 * that say so in a row, and nearly the same, are believed. p's row tells of the
 * time between. */
void port_learn_speed(struct port *p, const struct counter_reading *before,
                      const struct counter_reading *now);

#endif
