/* causes.h - which alert explains which: of devices that cannot be reached, the
 * one that is down between them and the station is the cause, and the others
 * are its symptoms; so is all that is told of them, and of ports that face
 * them.
 *
 * What was detected first makes no difference: a device that falls silent waits
 * until those between it and the station were asked, at once, and answered or
 * are down too; what rose before its cause is explained later. For the loop.
 */
#ifndef STATION_CAUSES_H
#define STATION_CAUSES_H

#include "station/alerts.h"
#include "station/doubt.h"
#include "station/inference.h"
#include "station/inventory.h"

struct causes;
struct polling;

enum {
    CAUSES_WAIT_MS = 40000,    /* for who is between, at most */
    CAUSES_GRACE_MS = 30000,   /* for symptoms to end after their cause did */
    CAUSES_ASK_MAX = 50,       /* devices that are asked in one turn */
    CAUSES_BESIDE = 4,         /* devices beside a silent one that are asked */
    CAUSES_HERALD_MS = 120000, /* a port that went down so long before a device
                                  was found down told of that already */
    CAUSES_TWIN_MS = 60000 /* for a device to answer, or to be found down, two
                              ports to which went down */
};

/* All are borrowed; those of earlier runs are loaded. */
struct causes *causes_new(struct alerts *alerts, struct inventory *inventory,
                          struct polling *polling);
void causes_free(struct causes *c);

/* A device missed a check, or that is over: it answers, or is down. Those
 * between it and the station, and some beside it, are asked at once. */
void causes_suspect(struct causes *c, const struct device *d, bool begins);

/* Who answered since d is silent, and before d was asked last? When all come
 * back, some answer a little earlier. */
enum doubt_witness causes_witness(struct causes *c, const struct device *d,
                                  struct mono asked, struct mono now);

/* A device is down, or is not any more; told as the alert device.unreachable.
 */
void causes_down(struct causes *c, const struct device *d);
void causes_up(struct causes *c, const struct device *d);
/* It is no device any more. */
void causes_gone(struct causes *c, const struct device *d);

/* What explains r: an index, or 0. */
uint32_t causes_of(struct causes *c, const struct alert_record *r);

/* The port that told of it before, as struct alert_record's herald; r rises,
 * and nothing explains it. */
uint32_t causes_herald(struct causes *c, const struct alert_record *r);

/* The newest topology; kept by the caller until another one is told. Before the
 * first one what is explained stays so. */
void causes_use(struct causes *c, const struct inferred *inferred);

/* Every second. frozen: what is silent may be the station's own doing. */
void causes_tick(struct causes *c, bool frozen, struct mono now,
                 struct wall wall);

/* ---- the rule; pure ---- */

/* What is known of a node. */
struct cause_state {
    bool down;         /* else it may answer, or is no device */
    struct wall since; /* down: called so */
    struct wall seen;  /* not down: it answered last; 0 = never */
};

/* By node: the first one from the station on that is down and on every way to
 * it, itself perhaps; ABOVE_NONE: there is none. Who is down while something
 * behind it has answered since is no obstacle, and explains nothing but itself.
 * above as topology_dominators() gives it, NULL: nothing is known of ways.
 * free() it. */
uint32_t *causes_by_node(const uint32_t *above,
                         const struct cause_state *states, size_t count)
    __attribute__((returns_nonnull, warn_unused_result));

#endif
