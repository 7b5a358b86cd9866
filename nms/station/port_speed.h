/* port_speed.h - what a port can carry, as told and as learned. Pure. */
#ifndef STATION_PORT_SPEED_H
#define STATION_PORT_SPEED_H

#include "station/ports.h"

/* What it carries: as told, or as learned. */
struct rate_bounds port_bounds(const struct port *p);

/* What is beyond a port's speed is no rate; but time and again it is the speed
 * that is not true: people set it, for the sake of routing or shaping. Readings
 * that say so in a row, and nearly the same, are believed. p's row tells of the
 * time between. */
void port_learn_speed(struct port *p, const struct counter_reading *before,
                      const struct counter_reading *now);

#endif
