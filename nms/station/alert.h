/* alert.h - a condition with a life, as it is published: immutable records that
 * any thread reads. alerts.h makes them.
 *
 * An alert is what the alarm MIBs call an alarm. Its key is object, type and
 * qualifier: while that condition lasts it is one alert, however often it is
 * told of, and whatever its severity becomes.
 */
#ifndef STATION_ALERT_H
#define STATION_ALERT_H

#include "base/clock.h"
#include "base/ident.h"
#include "station/events.h"

/* What alerts and risk are of. */
enum object_class {
    OBJECT_STATION, /* this station itself */
    OBJECT_DEVICE,
    OBJECT_PORT,   /* part: as struct port_record's object */
    OBJECT_METRIC, /* part: "cpu-1", "sensor-temperature-3" ...: the name of its
                      series file without ".rrd" */
    OBJECT_LINK,   /* part: id of the link (topology.h); no device */
    OBJECT_GROUP,  /* part: its name */
    OBJECT_CLASSES
};
const char *object_class_name(enum object_class class); /* "device" ... */

/* Names an object for life. Texts are borrowed. */
struct object_ref {
    enum object_class class;
    struct ident device; /* zeros for what belongs to no device */
    const char *part;    /* "" for a device and the station */
};

/* The life of an alert. What is acknowledged, silenced, shelved or explained by
 * another one is told beside this: none of these ends it, and none keeps it
 * from being cleared. */
enum alert_state {
    ALERT_PENDING, /* the condition holds, not yet as long as its rule asks: it
                      has no index yet, and stands in no book */
    ALERT_ACTIVE,
    ALERT_CLEARED,
    ALERT_STATES
};
const char *alert_state_name(enum alert_state state);

/* Bits: what told of the condition (portolanAlarmEvidence). */
enum alert_evidence {
    ALERT_BY_POLL = 1 << 0,
    ALERT_BY_TRAP = 1 << 1,
    ALERT_BY_SYSLOG = 1 << 2,
    ALERT_BY_FLOW = 1 << 3,
    ALERT_BY_TOPOLOGY = 1 << 4,
    ALERT_BY_STATION = 1 << 5
};

/* What kinds of alerts there are: one table, in alert_types.c. */
struct alert_type {
    const char *name;  /* "device.unreachable" */
    const char *title; /* for people: "device unreachable" */
    uint32_t model;    /* alarmModelIndex; for life */
    enum event_class class;
    enum severity severity; /* where nothing else says one */
    uint16_t event_type;    /* IANAItuEventType (IANA-ITU-ALARM-TC) */
    uint16_t cause;         /* IANAItuProbableCause (IANA-ITU-ALARM-TC) */
    /* Last arcs of its notifications in PORTOLAN-MIB; 0: it has none of its own
     * and goes as alarmActiveState and alarmClearState (ALARM-MIB). */
    uint8_t raise, clear;
    bool told; /* whoever sees the condition tells of it as events too: the
                  alert adds none of its own */
    uint32_t calm_ms; /* it is cleared when the condition did not hold for that
                         long, where nothing else says how long; returns
                         meanwhile are counted as flaps */
};

const struct alert_type *alert_types(size_t *count);
/* NULL if there is none of that name. */
const struct alert_type *alert_type_find(const char *name);

/* Who did something by hand, and when; text is what they said. */
struct alert_deed {
    const char *who; /* "" = nobody did */
    const char *text;
    struct wall at;
};

/* Texts and lists lie behind it, in one piece of memory. */
struct alert_record {
    unsigned refs;
    uint32_t index; /* alarmActiveIndex and the ID of commands; only grows, kept
                       over restarts; given when it becomes active, 0 before */
    enum alert_state state;
    enum severity severity, worst; /* now, and ever; never SEVERITY_CLEARED */
    const struct alert_type *type;
    struct object_ref object;
    const char *qualifier; /* tells alerts of one type and object apart: a data
                              source, a rule; "" */
    const char *name;      /* of the object, for people: "sw1", "sw1:Gi0/1" */
    const char *device;    /* name of its device; "" if it has none */
    const char *text;      /* what is wrong, a sentence for people */
    const char *rule;      /* of the configuration that raised it; "" = the
                              station's own */
    unsigned evidence;     /* bits of enum alert_evidence */
    double value, limit;   /* NaN = it has none */
    const char *unit;      /* of both; "" */
    struct wall raised;    /* became active (pending: began to hold) */
    struct wall changed;   /* severity, state or deeds changed last */
    struct wall last_seen; /* told of last */
    struct wall ceased;    /* it holds no more since then, not long enough to be
                              cleared; 0 = it holds */
    struct wall cleared;   /* 0 = it lasts */
    uint32_t count;        /* times it was told of */
    uint32_t flaps;        /* times the condition ceased and soon came back */
    bool flapping;         /* so often that it lasts until that is over */
    struct alert_deed acknowledged;
    uint32_t silence;    /* number of the silence that covers it; 0 = none */
    struct wall shelved; /* until then nobody is told; 0 = it is not */
    uint32_t cause;      /* index of the alert that explains it; 0 = none */
    uint32_t herald;     /* of a device that cannot be reached: index of the
                            alert of a port at the other end of a cable to it,
                            which rose just before: who was told of that one
                            was told of this; 0 = none */
    const char *const *symptoms; /* names of devices that cannot be reached for
                                    it, by byte order */
    size_t symptom_count;
    bool symptoms_whole; /* all that may be behind it answered since, or are
                            among them */
    double risk;         /* what it adds to its object's risk, 0..125 */
};

/* A copy of what like says, with one reference. */
struct alert_record *alert_copy(const struct alert_record *like)
    __attribute__((returns_nonnull, warn_unused_result));

/* Tells lists of symptoms apart; 0: there are none. */
uint32_t alert_symptoms_hash(const struct alert_record *a);

struct alert_record *alert_ref(const struct alert_record *a);
void alert_unref(struct alert_record *a); /* any thread; NULL is fine */

struct alert_book_past;

/* All of them at a moment; immutable, with a count of references. */
struct alert_book {
    /* Those that last, by index: the order of rising too. */
    const struct alert_record *const *active;
    size_t active_count;
    /* Cleared ones, the last cleared at the end: ALERTS_CLEARED_MAX at most. */
    const struct alert_record *const *cleared;
    size_t cleared_count;
    uint64_t version;            /* counts up with each change */
    struct wall changed;         /* last: alarmActiveLastChanged */
    uint64_t totals[SEVERITIES]; /* ever raised, by severity at that time:
                                    ituAlarmActiveStats; kept over restarts */
    uint64_t overflow;           /* ever refused beyond ALERTS_ACTIVE_MAX */
    unsigned refs;
    struct alert_book_past *past; /* alert_book.c's own */
};

enum {
    ALERTS_ACTIVE_MAX = 250000, /* pending ones too */
    ALERTS_CLEARED_MAX = 10000  /* alarmClearMaximum */
};

struct alert_book *alert_book_ref(const struct alert_book *b);
void alert_book_unref(struct alert_book *b); /* any thread; NULL is fine */

/* By index, among active and cleared ones; NULL. */
const struct alert_record *alert_book_find(const struct alert_book *b,
                                           uint32_t index);

#endif
