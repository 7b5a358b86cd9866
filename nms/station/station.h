/* station.h - the station: owns every part and joins them; its few commands.
 *
 * A device's life, top-down: discovery.h finds its address, interview.h asks
 * it, inventory.h keeps what it is, polling.h asks it again and again, series.h
 * keeps the numbers, topology draws its links, snapshot.h shows it.
 *
 * All functions run in the loop's thread; callbacks come from the loop, exactly
 * once unless said otherwise.
 */
#ifndef STATION_STATION_H
#define STATION_STATION_H

#include "base/complaint.h"
#include "mibs/value.h"
#include "station/snapshot.h"

struct alerts;
struct event_base;
struct events;
struct config;
struct gaps;
struct keys;
struct names;
struct people;
struct pins;
struct silences;
struct station;

/* Opens sockets (needs root or CAP_NET_RAW for echo and frames) but reads and
 * starts nothing yet: so that rights can be dropped between. config is
 * borrowed until the station is freed or another one is taken. */
int station_new(struct event_base *base, const struct config *config,
                struct station **out, struct complaint *why)
    __attribute__((warn_unused_result));

/* Reads the state of earlier runs and starts to work. */
int station_start(struct station *s, struct complaint *why)
    __attribute__((warn_unused_result));

/* Ends cleanly: what is queued is written. */
void station_free(struct station *s);

/* Reads beside the loop what a configuration names many files of, for
 * station_reconfigure() with it; then ready(arg), once, from the loop. One at a
 * time; config is borrowed until then. */
void station_prepare(struct station *s, const struct config *config,
                     void (*ready)(void *arg), void *arg);

/* Takes a new configuration that was prepared (the old one may be freed
 * afterwards). What
 * cannot change while running is refused with its reason, the old one stays. */
int station_reconfigure(struct station *s, const struct config *config,
                        struct complaint *why)
    __attribute__((warn_unused_result));

/* The loop worked for so many nanoseconds of its processor's time before it
 * looked at its sockets again: told by whoever turns it. at: what it was at
 * when that had been STATION_HELD_MS, "" if not known. */
enum { STATION_HELD_MS = 10 };
void station_held(struct station *s, int64_t ns, const char *at);

/* The published state; unref it. Never NULL. */
struct snapshot *station_snapshot(const struct station *s);

/* published(arg) comes after each publication, from within it: take note, no
 * more. One may listen; NULL: nobody does. */
void station_listen(struct station *s, void (*published)(void *arg), void *arg);

/* Publishes now what somebody just did by hand, so that who did it sees it. */
void station_show(struct station *s);

/* ---- commands ---- */

/* Starts a discovery of addresses and prefixes, or a full round without any;
 * joins one that runs. Addresses outside `within` are refused, all or nothing.
 */
int station_discover(struct station *s, const char *const *targets,
                     size_t count, struct complaint *why)
    __attribute__((warn_unused_result));

/* What discovery is at is dropped; the next round comes when it is due. */
void station_stop(struct station *s);

/* Asks addresses although discovery did not find them. */
int station_add(struct station *s, const char *const *addresses, size_t count,
                struct complaint *why) __attribute__((warn_unused_result));

/* Forgets a device; its series stay until the files are deleted by hand. */
int station_remove(struct station *s, const char *name, struct complaint *why)
    __attribute__((warn_unused_result));

/* Collects its facts and polls it now. */
int station_poll(struct station *s, const char *name, struct complaint *why)
    __attribute__((warn_unused_result));

/* What people know better than the evidence: b is the same device as a (names
 * or addresses), or never is; the address is of a device of its own. Kept, and
 * attributed to who, until it is undone. b is asked anew then, and so is the
 * address. */
int station_merge(struct station *s, const char *a, const char *b,
                  const char *who, struct complaint *why)
    __attribute__((warn_unused_result));
int station_unmerge(struct station *s, const char *a, const char *b,
                    const char *who, struct complaint *why)
    __attribute__((warn_unused_result));
int station_apart(struct station *s, const char *a, const char *b,
                  const char *who, struct complaint *why)
    __attribute__((warn_unused_result));
int station_unapart(struct station *s, const char *a, const char *b,
                    const char *who, struct complaint *why)
    __attribute__((warn_unused_result));
int station_split(struct station *s, const char *address, const char *who,
                  struct complaint *why) __attribute__((warn_unused_result));
int station_unsplit(struct station *s, const char *address, const char *who,
                    struct complaint *why) __attribute__((warn_unused_result));

/* What to do with answers: on_varbind for each, then on_end, once, with 0 or
 * -errno. */
struct station_query;
typedef void (*query_varbind_fn)(void *arg, struct oid name,
                                 const struct value *value);
typedef void (*query_end_fn)(void *arg, int result, uint64_t varbinds);
struct query_listener {
    query_varbind_fn on_varbind;
    query_end_fn on_end;
    void *arg;
};

struct query_names {
    const struct oid *at;
    size_t count; /* 1..128 */
};

/* Walks or gets with the station's credentials. target is a device or an
 * address within the fence. */
int station_walk(struct station *s, const char *target, struct oid root,
                 const struct query_listener *listener,
                 struct station_query **out, struct complaint *why)
    __attribute__((warn_unused_result));
int station_get(struct station *s, const char *target,
                const struct query_names *names,
                const struct query_listener *listener,
                struct station_query **out, struct complaint *why)
    __attribute__((warn_unused_result));
void station_query_cancel(struct station_query *q); /* no more callbacks */

/* How its subagent does (north/agentx.h), and that the master agent came or
 * went, and why. */
void station_tell_agentx(struct station *s, const struct agentx_record *record);
void station_tell_master(struct station *s, const char *master, bool here,
                         const char *why);

/* The daily backup was made (why NULL), or not. */
void station_tell_backup(struct station *s, const struct complaint *why);

/* Parts that answer for themselves: borrowed, as long as the station. */
struct alerts *station_alerts(struct station *s);         /* station/alerts.h */
struct silences *station_silences(struct station *s);     /* silences.h */
struct events *station_events(struct station *s);         /* station/events.h */
struct maps *station_maps(struct station *s);             /* station/maps.h */
struct series *station_series(struct station *s);         /* station/series.h */
struct gaps *station_gaps(struct station *s);             /* station/gaps.h */
struct store *station_store(struct station *s);           /* station/store.h */
struct people *station_people(struct station *s);         /* station/people.h */
struct keys *station_keys(struct station *s);             /* station/keys.h */
const struct pins *station_pins(const struct station *s); /* station/pins.h */
const struct names *station_names(const struct station *s); /* mibs/names.h */
/* Appends the path of the series of the station itself (SERIES_STATION). */
void station_series_path(struct buffer *out);
/* What pictures show: graphs/template.h. */
const struct graph_templates *station_graphs(const struct station *s);

#endif
