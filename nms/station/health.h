/* health.h - how the process itself does, and from when on that asks for
 * somebody. The rules are pure; looking asks the kernel, never a disk.
 */
#ifndef STATION_HEALTH_H
#define STATION_HEALTH_H

#include "base/clock.h"

#include <stdbool.h>
#include <stdint.h>

/* What the kernel tells of this process. */
struct health_process {
    double cpu_percent; /* of one processor, since the look before */
    uint64_t memory_octets, memory_max; /* resident; what it may have: of its
                                           group, or the machine */
    uint32_t descriptors, descriptors_max;
    int64_t cpu_ns; /* used until then */
    struct mono looked;
};

/* Looks again; all zeros is none before. */
void health_look(struct health_process *p, struct mono now);

/* What may be wrong, and does not show otherwise. */
enum health_trouble {
    HEALTH_LATE,        /* polls start late */
    HEALTH_LAG,         /* the loop turns slowly */
    HEALTH_SPOOL,       /* samples pile up */
    HEALTH_DISK,        /* the disk is nearly full */
    HEALTH_MEMORY,      /* memory runs out */
    HEALTH_DESCRIPTORS, /* descriptors do */
    HEALTH_DATABASE,    /* the state is written slowly */
    HEALTH_HELPERS,     /* helpers end again and again */
    HEALTH_TROUBLES
};

/* All in the units of their names; a maximum of 0 is none. */
struct health_facts {
    int64_t interval_ms; /* of polls */
    int64_t lateness_p99_ms;
    double lag_mean_ms; /* of the loop, over half a minute */
    uint64_t spool_octets, spool_max;
    uint64_t disk_free, disk_octets; /* of the file system of the data */
    uint64_t memory_octets, memory_max;
    uint32_t descriptors, descriptors_max;
    double commit_ms; /* the last transaction took */
    uint64_t store_waiting;
    uint32_t helper_ends; /* of the last ten minutes, unasked for */
};

/* Does it hold? before: did it; what is over must be clearly over. */
bool health_holds(enum health_trouble trouble, const struct health_facts *f,
                  bool before);

/* Times of what happens now and then, by minute. */
enum { HEALTH_MINUTES = 10 };
struct health_ends {
    uint32_t at[HEALTH_MINUTES];
    int64_t minute;
    uint64_t total; /* as told last */
};

/* total counts up. Those of the last ten minutes; the first total is none. */
uint32_t health_ends_note(struct health_ends *e, uint64_t total,
                          struct mono now);

#endif
