/* polled.h - polling's part of a device; for polling.c and polled.c alone. */
#ifndef STATION_POLLED_H
#define STATION_POLLED_H

#include "station/interview.h"
#include "station/lateness.h"
#include "station/polling.h"
#include "station/ports.h"
#include "station/series.h"

struct polling {
    struct polling_parts parts;
    struct polling_options options;
    struct polling_listener listener;
    struct lateness lateness;
    struct polling_stats stats;
    uint64_t round; /* numbers every poll */
};

/* Polling's part of a device. */
struct polled {
    struct polling *polling;
    struct device *device;
    struct ports *ports;
    struct facts *measured; /* the newest metrics; NULL before the first */
    struct event *due_timer, *recheck_timer;
    struct mono due, started, probe_due;
    int64_t phase_ms;
    /* The check under way. */
    unsigned parts_open; /* ping, question, ports, metrics */
    bool checking, asked, answered, strange;
    struct walk *walk;
    struct interview *interview;
    uint64_t round;
    unsigned missed; /* checks without answer in a row */
    bool has_uptime;
    uint32_t uptime_cs;
    struct mono uptime_at;
    struct poll_record record;
};

/* Adds processors, memory, storage and sensors to their series. */
void polled_sample(struct polled *pd, const struct facts *f);

#endif
