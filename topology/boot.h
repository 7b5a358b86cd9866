/* boot.h - when agents started, as instants on our own clock: what one agent
 * tells is the same instant wherever it is asked. Pure. */
#ifndef TOPOLOGY_BOOT_H
#define TOPOLOGY_BOOT_H

#include <stdint.h>

/* sysUpTime is 32 bits of 1/100 s: it starts again after 497 days. */
#define UPTIME_WRAP_MS ((INT64_C(1) << 32) * 10)

enum boot {
    BOOT_UNKNOWN,
    BOOT_EQUAL,
    BOOT_NEAR,      /* nothing follows */
    BOOT_DIFFERENT, /* by more than 10 s: surely two agents */
    BOOT_LATER      /* the same agent may have been started again */
};

/* EQUAL, NEAR or DIFFERENT of two instants of a clock that starts again every
 * wrap_ms (0: never). */
enum boot boot_compare(int64_t a_ms, int64_t b_ms, int64_t wrap_ms,
                       int64_t slack_ms);

#endif
