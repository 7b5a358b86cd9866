/* probe.h - asks one address once, for whoever thinks of beginning there: what
 * answers, or why nothing does. The address need not lie within
 * discovery.within: a person named it, and nothing else is sent to. From the
 * loop. */
#ifndef STATION_PROBE_H
#define STATION_PROBE_H

#include "base/complaint.h"
#include "mibs/facts.h"

#include <stdbool.h>

#include <jansson.h>

struct station;
struct station_probe;

struct probe_question {
    const char *address;
    json_t *credential; /* as the configuration writes one; or NULL: */
    const char *name;   /* of one of the configuration; NULL: its first */
};

struct probe_report {
    int result;          /* 0, or as of a request (engine.h); -ENETUNREACH */
    const char *trouble; /* in words; NULL: nobody knows */
    struct addr addr;
    const struct facts *facts; /* NULL: nothing; else open */
    bool whole;                /* neighbors and addresses too */
};

/* Told once, unless it is canceled; the report is valid until it returns. */
typedef void (*probe_fn)(void *arg, const struct probe_report *report);

/* Texts are borrowed until it returns. 0, or -EINVAL, -ENOENT, -EBUSY. */
int station_probe(struct station *s, const struct probe_question *q,
                  probe_fn done, void *arg, struct station_probe **out,
                  struct complaint *why) __attribute__((warn_unused_result));
void station_probe_cancel(struct station_probe *p);

#endif
