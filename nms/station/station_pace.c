/* How far apart beats are. */
#include "station/station_parts.h"

#include "wire/beat.h"

enum { MANY_DEVICES = 1000, MANY_REQUESTS_PER_S = 400 };

void station_pace(struct station *s)
{
    bool many = inventory_count(s->inventory) >= MANY_DEVICES &&
                s->requests_per_s >= MANY_REQUESTS_PER_S;

    beat_slow(s->beat, many && !discovery_busy(s->discovery));
}
