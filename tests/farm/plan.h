/* plan.h - how generated networks are laid out. */
#ifndef FARM_PLAN_H
#define FARM_PLAN_H

#include "tests/farm/network.h"

struct plan {
    const char *name, *help;
    uint32_t least; /* devices it cannot do without */
    /* Adds so many devices; switches get at least so many ports. */
    void (*draw)(struct network *net, uint32_t devices, uint32_t ports);
};

/* All plans; *count tells how many. */
const struct plan *plan_all(size_t *count);

/* The plan called name, NULL if there is none. */
const struct plan *plan_find(const char *name);

/* Draws and finishes a network: its owner is the caller. */
struct network *plan_make(const struct plan *p, uint64_t seed, uint32_t base_ip,
                          uint32_t devices, uint32_t ports);

/* For plans: a number below limit that depends on the seed and two numbers. */
uint32_t plan_pick(const struct network *net, uint64_t what, uint64_t which,
                   uint32_t limit);

/* Hosts without agents behind up to count free ports of a switch; every third
 * a phone with a computer behind it. */
void plan_hosts(struct network *net, uint32_t device, uint32_t count);

void campus_draw(struct network *net, uint32_t devices, uint32_t ports);

#endif
