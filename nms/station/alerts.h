/* alerts.h - the state machine of alerts: who sees a condition tells it here,
 * again and again or only when it changes; alerts are raised, explained,
 * silenced and cleared by that, and whoever listens is told.
 *
 * The loop alone calls this; what it publishes (alert.h) any thread may read.
 */
#ifndef STATION_ALERTS_H
#define STATION_ALERTS_H

#include "base/complaint.h"
#include "station/alert.h"
#include "station/alert_life.h"

struct alerts;
struct redaction;
struct store;
struct events;

/* Both are borrowed; NULL: nothing is kept, no event is told. */
struct alerts *alerts_new(struct store *store, struct events *events);
void alerts_free(struct alerts *a);

/* Reads those of earlier runs; for the start. 0, or -EIO and *why; what cannot
 * be read is reported to the log and left where it is. */
int alerts_load(struct alerts *a, struct complaint *why)
    __attribute__((warn_unused_result));

/* When alerts flap, and how long ports and sessions have to be calm; from the
 * next time on that they return or cease. Without: as alert_life.h says. */
struct alert_limits {
    struct flap_limits flaps;
    int64_t calm_port_ms, calm_session_ms;
};
void alerts_limit(struct alerts *a, const struct alert_limits *limits);

/* Cleared ones go after so long, looked for once an hour; 0: by their number
 * alone. */
void alerts_keep_ended_for(struct alerts *a, int64_t keep_ms);

/* Every second: what is due becomes active or ends. */
void alerts_tick(struct alerts *a, struct mono now, struct wall wall);

/* A condition as seen at a moment. Texts are copied. */
struct condition {
    struct object_ref object;
    const struct alert_type *type;
    const char *qualifier;  /* NULL = "" */
    enum severity severity; /* SEVERITY_CLEARED: it does not hold (any more) */
    struct wall at;
    unsigned evidence;         /* bits of enum alert_evidence */
    const char *name, *device; /* as in struct alert_record */
    const char *text;
    const char *rule;    /* NULL = "" */
    const char *unit;    /* NULL = "" */
    double value, limit; /* NaN = none */
    int64_t hold_ms; /* pending that long before it is active; 0 = at once */
    int64_t calm_ms; /* it ends when it did not hold for that long; 0 = as long
                        as its type says, negative = at once, however often it
                        returned. Of one that is cleared negative counts too */
};

/* Tells of a condition. One that is cleared and was never raised costs a
 * look-up. */
void alerts_tell(struct alerts *a, const struct condition *c);

/* All that is told of an object ends: it is gone, or watched no more. */
void alerts_forget(struct alerts *a, const struct object_ref *object,
                   struct wall at, const char *why);

enum alert_news {
    ALERT_RAISED,    /* became active */
    ALERT_CHANGED,   /* its severity, or whether it flaps: text and value alone
                        change without news */
    ALERT_TOUCHED,   /* acknowledged, shelved, silenced; or that ended */
    ALERT_EXPLAINED, /* became a symptom, or is one no more; or has other ones
                      */
    ALERT_ENDED,     /* cleared */
    ALERT_NEWS
};

/* Told in the loop, after the change; before is as it was (NULL: there was
 * none). Who wants to keep a record takes a reference. */
struct alert_listener {
    void (*on_alert)(void *arg, enum alert_news news,
                     const struct alert_record *now,
                     const struct alert_record *before);
    void *arg;
};
void alerts_listen(struct alerts *a, const struct alert_listener *listener);
/* Who listens with that argument does so no more; not from within. */
void alerts_unlisten(struct alerts *a, const void *arg);

/* Who knows why an alert rises, and whether somebody wants to hear of it: asked
 * just before it rises, so that it rises explained or silenced. */
struct alert_advisor {
    uint32_t (*cause)(void *arg, const struct alert_record *r);   /* index; 0 */
    uint32_t (*silence)(void *arg, const struct alert_record *r); /* number; 0
                                                                   */
    uint32_t (*herald)(void *arg, const struct alert_record *r);  /* index; 0 */
    void *arg;
};
void alerts_advise(struct alerts *a, const struct alert_advisor *advisor);

/* What is known better later. An index that there is not (any more) is
 * nothing; so is what is known already. */
void alerts_explain(struct alerts *a, uint32_t index, uint32_t cause,
                    struct wall at);
/* Devices that cannot be reached for it: names by byte order; whole as struct
 * alert_record's symptoms_whole. */
struct symptom_list {
    const char *const *names;
    size_t count;
    bool whole;
};
void alerts_list_symptoms(struct alerts *a, uint32_t index,
                          const struct symptom_list *list, struct wall at);
void alerts_silence(struct alerts *a, uint32_t index, uint32_t silence,
                    struct wall at);

/* The newest record of that key, also while it is pending or just cleared;
 * NULL. Valid until something else is told. */
const struct alert_record *alerts_of(const struct alerts *a,
                                     const struct object_ref *object,
                                     const struct alert_type *type,
                                     const char *qualifier);

/* The newest record of an active one; NULL. As above. */
const struct alert_record *alerts_by_number(const struct alerts *a,
                                            uint32_t index);

/* All that last or are pending of a device and what belongs to it. Nothing may
 * be told from within. */
typedef void (*alert_fn)(void *arg, const struct alert_record *r);
void alerts_each_of(const struct alerts *a, const struct ident *device,
                    alert_fn on_alert, void *arg);

/* A pending one need not wait any longer: it becomes active. */
void alerts_hasten(struct alerts *a, const struct object_ref *object,
                   const struct alert_type *type, const char *qualifier);

/* One that is pending waits that long from now on. */
void alerts_defer(struct alerts *a, const struct object_ref *object,
                  const struct alert_type *type, const char *qualifier,
                  int64_t ms);

/* What it adds to the risk of its object, 0..125. Without news. */
void alerts_weigh(struct alerts *a, uint32_t index, double risk);

/* A device is called otherwise: its alerts say so. */
void alerts_rename(struct alerts *a, const struct ident *device,
                   const char *name);

/* Cleared ones of a device and what belongs to it go, by its id or its name
 * (NULL: of none); words in the texts of others are replaced, and the name of
 * who acknowledged one where it is who (NULL: nobody). How many went, and how
 * many are others now. */
struct alerts_erasure {
    const struct ident *device;
    const char *name;
    const struct redaction *words;
    const char *who, *instead;
};
struct alerts_erased {
    uint64_t deleted, changed;
};
struct alerts_erased alerts_erase(struct alerts *a,
                                  const struct alerts_erasure *e);

/* As of now, with a reference for the caller. Costs what changed since. */
struct alert_book *alerts_book(struct alerts *a);

/* ---- by hand; -ENOENT with its reason if there is none ---- */

/* Takes note that somebody looks after it; who is as of api_who(). */
int alerts_acknowledge(struct alerts *a, uint32_t index, const char *who,
                       const char *text, struct wall at, struct complaint *why)
    __attribute__((warn_unused_result));
int alerts_unacknowledge(struct alerts *a, uint32_t index, const char *who,
                         struct wall at, struct complaint *why)
    __attribute__((warn_unused_result));
/* Nobody is told of it until then; 0: it is not shelved any more. */
int alerts_shelve(struct alerts *a, uint32_t index, struct wall until,
                  const char *who, struct wall at, struct complaint *why)
    __attribute__((warn_unused_result));

#endif
