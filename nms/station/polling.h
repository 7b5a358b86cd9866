/* polling.h - asks every device again and again, and tells what that gives as
 * samples.
 *
 * Each device has its own place in the interval, by a hash of its id, so that
 * load is even and the same tomorrow. The nth poll is due at phase + n *
 * interval; one that is late is counted, one that would overlap the last is
 * skipped and counted, and told when that begins and ends. A silent device is
 * asked by one cheap question, ever more rarely (at most every
 * POLL_BACKOFF_MAX_S), until it answers; then it is polled at once. Devices
 * that come back together were asked at places of their own, and so are polled
 * there.
 *
 * While silence may be the station's own doing (doubt.h) no device is called
 * down.
 */
#ifndef STATION_POLLING_H
#define STATION_POLLING_H

#include "station/doubt.h"
#include "station/inventory.h"
#include "station/sample.h"

struct beat;
struct event_base;
struct polling;
struct pinger;
struct port;
struct ports_kept;
struct profiles;

enum { POLL_BACKOFF_MAX_S = 300 };

struct polling_options {
    int64_t every_ms;
    unsigned ping_count; /* echoes a check; 0 = no echo */
};

/* Told of each sample, and when a device's reach or its ports changed. */
struct polling_listener {
    sample_fn sampled; /* NULL: nobody listens, nothing is told */
    void (*reach_changed)(void *arg, struct device *d, enum reach before);
    void (*ports_changed)(void *arg, struct device *d); /* renumbered, new */
    void (*ports_turned)(void *arg, struct device *d);  /* up or down */
    void (*restarted)(void *arg, struct device *d);
    /* its SNMPv3 engine counts its boots or time from less than before */
    void (*state_lost)(void *arg, struct device *d);
    /* its facts are of the first moments of its agent, when it does not tell
     * all yet; these are over */
    void (*settled)(void *arg, struct device *d);
    /* its polls begin, or end, to take more than an interval */
    void (*overrun)(void *arg, struct device *d, bool begins);
    /* what it measures besides ports was read: with its peers, and reports of
     * the tables */
    void (*measured)(void *arg, struct device *d, const struct facts *f);
    /* it answers echoes, and its agent begins, or ends, to be silent */
    void (*unheard)(void *arg, struct device *d, bool begins);
    /* asked when it is taken up: of which of these two was told, perhaps by an
     * earlier run, that it begins, and not that it ends? NULL: of none */
    void (*told)(void *arg, const struct device *d, bool *overruns,
                 bool *unheard);
    /* asked: who answered since d is silent, and before it was asked last? */
    enum doubt_witness (*witness)(void *arg, const struct device *d,
                                  struct mono asked, struct mono now);
    void *arg;
};

/* Parts are borrowed; pinger and beat may be NULL. */
struct polling_parts {
    struct event_base *base;
    struct beat *beat; /* polls begin at its beats; NULL: none */
    struct pinger *pinger;
    const struct profiles *profiles;
    struct gaps *gaps;
    struct wall earliest; /* samples of an earlier run end there; 0 = none */
};

struct polling *polling_new(const struct polling_parts *parts,
                            const struct polling_options *options,
                            const struct polling_listener *listener);
/* Devices must have been given up with polling_drop(). */
void polling_free(struct polling *p);

/* The time that samples of a moment carry (steady.h). */
struct wall polling_wall(const struct polling *p, struct mono moment);

void polling_configure(struct polling *p,
                       const struct polling_options *options);
void polling_use_profiles(struct polling *p, const struct profiles *profiles);

/* Takes a device up: its first poll comes within one interval. Does nothing if
 * it is taken up already. */
void polling_take(struct polling *p, struct device *d);
/* After the interval was changed: its next poll is where it belongs now. */
void polling_reschedule(struct polling *p, struct device *d);
/* Stops polling it and forgets its counters. */
void polling_drop(struct polling *p, struct device *d);

/* Its facts are new: ports are matched with those known. */
void polling_facts_changed(struct polling *p, struct device *d);

/* Polls it at once, beside its schedule; if a check is under way, once more
 * after that, so that what is read is of after the call. */
void polling_now(struct polling *p, struct device *d);

/* The same, since something was said of it that wants to be seen: if a check is
 * under way, or just ended, once more after that. */
void polling_verify(struct polling *p, struct device *d);

/* Has it missed two checks in a row, and no third yet? When it did the second.
 */
bool polling_missed_twice(const struct device *d, struct wall *second);

/* The name of a port as it is polled; NULL: none has that ifIndex. Valid until
 * its facts change. */
const char *polling_port_name(const struct device *d, uint32_t if_index);

/* Whether a port is down, as last polled. False: it was not. */
bool polling_port_is_down(const struct device *d, uint32_t if_index,
                          bool *down);

/* One of its ports, as last polled; NULL. Until the next poll. */
const struct port *polling_port(const struct device *d, uint32_t if_index);

/* Ports for the store (file names stay for life), for the caller to free; and
 * back from their text before polling_take(). */
struct ports_kept *polling_ports_keep(const struct device *d);
void polling_ports_from_json(struct polling *p, struct device *d,
                             const char *text, size_t len);

/* Fills the poll, ports and metrics of a record; texts go to record->arena. */
void polling_record(const struct polling *p, const struct device *d,
                    struct device_record *record);

/* Every second, with what the station sees of itself: what it doubts now. Valid
 * until polling_free(). */
const struct doubt *polling_doubt(struct polling *p,
                                  const struct doubt_facts *facts);

/* Once a second. */
void polling_tick(struct polling *p, struct mono now, struct wall wall);

struct polling_stats {
    uint64_t polls, failures, overruns, samples;
    uint64_t withheld;     /* verdicts "down" that were in doubt */
    uint64_t bad_samples;  /* readings that no port can have made */
    int64_t clock_lead_ms; /* samples' time ahead of the wall clock */
    uint32_t devices, ports, under_way;
    int64_t lateness_p99_ms, lateness_max_ms; /* over the last minute */
};
void polling_stats(struct polling *p, struct polling_stats *out);

#endif
