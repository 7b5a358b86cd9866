/* fault.h - how agents misbehave on purpose: which kinds there are, with what
 * value, and for which share of the agents. */
#ifndef FARM_FAULT_H
#define FARM_FAULT_H

#include "base/complaint.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum fault {
    FAULT_LOSS,
    FAULT_DELAY,
    FAULT_DEAD,
    FAULT_REBOOT,
    FAULT_RENUMBER,
    FAULT_CLOCK,
    FAULT_TOO_BIG,
    FAULT_SHORT,
    FAULT_NO_BULK,
    FAULT_NO_END,
    FAULT_BACKWARDS,
    FAULT_LOOP,
    FAULT_ENDLESS,
    FAULT_TRUNCATED,
    FAULT_GARBAGE,
    FAULT_SOURCE,
    FAULT_TWICE,
    FAULT_WRONG_ID,
    FAULT_ENGINE_ID,
    FAULT_CLONED,
    FAULT_STUCK_HC,
    FAULT_FROZEN,
    FAULT_RESET,
    FAULT_CARD,
    FAULT_DRIFT,
    FAULT_ROUND,
    FAULT_SPIKE,
    FAULT_SHAPED,
    FAULT_NO_ENGINE,
    FAULT_NO_SERIAL,
    FAULT_SERIAL,
    FAULT_REPLACED,
    FAULTS
};

struct fault_kind {
    const char *name, *unit; /* unit NULL: takes no value */
    int64_t preset, most;
    const char *help;
};
extern const struct fault_kind fault_kinds[FAULTS];

/* A fault as it was switched on. */
struct fault_setting {
    enum fault kind;
    int64_t low, high; /* a range; else both equal */
    double share;      /* of the agents, 0..1 */
};

/* Reads KIND[=VALUE[-VALUE]][@SHARE]; SHARE is 0.05 or 5%. -EINVAL. */
int fault_parse(const char *text, struct fault_setting *out,
                struct complaint *why) __attribute__((warn_unused_result));

/* What is on now: values by kind, and who is struck. */
struct faults {
    struct fault_setting of[FAULTS];
    uint64_t seed;
    uint64_t dice; /* state of what is random per packet */
};

void faults_init(struct faults *f, uint64_t seed);

/* Whether the setting strikes the nth agent: the same for the same seed. */
bool fault_strikes(const struct faults *f, const struct fault_setting *s,
                   uint32_t agent);

/* A number from low to high, another each time. */
int64_t faults_roll(struct faults *f, int64_t low, int64_t high);

static inline uint32_t fault_bit(enum fault kind)
{
    return 1u << kind;
}

#endif
