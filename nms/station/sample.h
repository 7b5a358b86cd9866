/* sample.h - what a poll tells of one object at one moment: for its series, and
 * for whoever weighs values as they come. */
#ifndef STATION_SAMPLE_H
#define STATION_SAMPLE_H

#include "base/clock.h"
#include "station/gap.h"

struct device;
struct facts;
struct port;
struct sensor;

/* Valid until the call that tells it returns. */
struct sample {
    struct device *device;
    const char *path; /* of its series, as layout_path() made it */
    enum series_group group;
    const char *object; /* names it among those of its group, for life: "" for
                           echoes */
    const char *descr;  /* as its device calls it; "" */
    const struct port *port;     /* what it is of, where it is of a port */
    const struct sensor *sensor; /* or of a sensor; NULL */
    struct wall at;              /* of the samples' clock (steady.h) */
    /* As many as the group has, NaN = unknown; NULL: it was not read at all,
     * and the next reading may still tell of this time. */
    const double *values;
    enum gap why; /* why some or all are unknown; GAP_NONE if none is */
};

typedef void (*sample_fn)(void *arg, const struct sample *sample);

/* Gives what facts tell of processors, memory, storage and sensors, one after
 * the other; device, path and time are left to who is told. */
void samples_of(const struct facts *f, sample_fn each, void *arg);

#endif
