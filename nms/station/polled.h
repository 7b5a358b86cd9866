/* polled.h - polling's part of a device; for poll*.c alone. */
#ifndef STATION_POLLED_H
#define STATION_POLLED_H

#include "station/doubt.h"
#include "station/gaps.h"
#include "station/interview.h"
#include "station/lateness.h"
#include "station/polling.h"
#include "station/ports.h"
#include "station/steady.h"
#include "wire/beat.h"
#include "wire/wheel.h"

struct polling {
    struct polling_parts parts;
    struct polling_options options;
    struct polling_listener listener;
    struct lateness lateness;
    struct doubt doubt;
    struct polling_stats stats;
    struct steady clock; /* of all samples */
    int64_t patience_ms; /* readings further apart leave a gap */
    uint64_t round;      /* numbers every poll */
    struct wheel wheel;  /* of what is due */
    struct event *timer; /* until then, where no beat comes before */
    struct beat_part part;
    bool turning;       /* looks when the next is due at its end */
    struct buffer path; /* of the sample that is told */
};

/* Something that is due for a device at a moment. */
struct polled_timer {
    struct wheel_entry entry; /* first: found from it */
    struct polled *polled;
    void (*due)(struct polled *pd);
};

/* Polling's part of a device. */
struct polled {
    struct polling *polling;
    struct device *device;
    struct ports *ports;
    struct parcel *measured; /* the newest metrics; NULL before the first */
    struct roster *roster;   /* where they were; NULL before the first */
    uint32_t metrics[SERIES_GROUPS]; /* how many those are, of each group */
    struct polled_timer due_timer, recheck_timer;
    struct mono due, started, probe_due;
    /* The check under way. */
    unsigned parts_open; /* ping, question, ports, metrics */
    bool taken;          /* its polls are due at times */
    bool checking, asked, answered, strange;
    struct mono answered_at; /* when it did last */
    bool heard;              /* its agent answered something */
    bool unheard; /* it did not in the last check, whoever answered echoes */
    unsigned unheard_checks; /* so many in a row, of a device that is there */
    bool cheap;              /* only whether it is there */
    bool of_schedule;        /* due when it began, not asked for beside it */
    bool deferred;           /* until the others that are late have begun too */
    bool verify; /* something was told of it since the last check began */
    struct walk *walk;
    struct interview *interview;
    uint64_t round;
    unsigned missed;          /* checks without answer in a row */
    struct mono silent_since; /* the first of them began */
    struct wall missed_at;    /* the last of them ended */
    bool overrunning;         /* its checks take more than an interval */
    bool has_uptime;
    uint32_t uptime_cs;
    uint32_t settled_cs; /* of its uptime, when its agent tells all */
    bool settled;        /* its facts are of later than that */
    struct mono uptime_at;
    uint64_t packets_before, octets_before; /* this check */
    uint32_t times_back; /* occasions its engine's time went backwards */
    bool spared;         /* its metrics waited for this round */
    struct poll_record record;
    struct mono good_at;  /* the first row of the last walk that brought some */
    struct mono good_end; /* the end of that walk */
    enum gap gap;         /* the reason of its open gap */
    bool skipped;         /* a poll, since then */
    bool unmeasured;      /* a gap of its metrics is open */
    struct mono measured_at;
    struct mono gap_end;   /* of the newest gap of the device as a whole */
    bool pinging;          /* an echo check is under way */
    enum gap echo_gap;     /* the reason of the open gap of its echoes */
    struct mono echoed_at; /* what came of its echoes was known last */
};

/* Takes what the device's profile knows of its kind. */
void polled_know(struct polled *pd);

/* What its agent cost until now is not this check's; and what it has cost. */
void polled_begin(struct polled *pd);
void polled_end(struct polled *pd);

/* True if metrics had better wait for the next round: the agent is busy, or the
 * check takes most of the interval already. Never twice in a row. */
bool polled_spares(struct polled *pd, struct mono now);

/* Tells the agent how busy it says it is. */
void polled_weigh(struct polled *pd, const struct facts *measured);

/* True once after the agent's engine lost its state. */
bool polled_lost_state(struct polled *pd);

/* The next poll is at the first place of the device in the interval behind a
 * moment. */
void polled_set_due(struct polled *pd, struct mono behind);

/* The same for who is due. Polls whose places passed meanwhile are left out and
 * counted: never two in a bunch. */
void polled_schedule_next(struct polled *pd, struct mono now);

/* Where the station stood still, all that became due meanwhile would begin at
 * once: they begin as far apart as they should have. True if the poll that is
 * due now begins later for that. */
bool polled_defer(struct polled *pd, int64_t late_ms);

/* A device that is down is probed at once, then after 2, 4 ... intervals, at
 * most POLL_BACKOFF_MAX_S. */
bool polled_probe_is_due(struct polled *pd, struct mono now);

/* timer is due in that many ms, whenever it was before. */
void polled_timer(struct polled_timer *timer, int64_t ms);

/* What is due at the turn is done, all of it together. */
void polling_schedule_open(struct polling *p);
void polling_schedule_close(struct polling *p);

/* Checks without an answer in a row after which a device is down: one, and that
 * many that follow soon. */
enum { RECHECKS = 2 };

/* Checks in a row in which an agent is silent, though its device is there. */
enum { UNHEARD_CHECKS = 3 };

/* It is taken up: what was told of it before goes on until a check says
 * otherwise. */
void polled_resume(struct polled *pd);

/* What a check that is over says of the device, and of the station itself. */
/* It answered something, at a moment. The check may end long after, as when the
 * network is cut meanwhile: that it is there is true of that moment alone. */
void polled_answer(struct polled *pd, struct mono at);
/* Its agent refused, or answered what cannot be read, if result is that: it is
 * there, though it tells nothing. */
void polled_refused(struct polled *pd, int result);
/* How many echoes it is asked: more where it missed a check, so that one comes
 * through where many are lost, and one of the dead. */
unsigned polled_echoes(const struct polled *pd);
void polled_answered(struct polled *pd, struct mono now);
void polled_missed(struct polled *pd, struct mono now);
/* It missed the last check, and is waited for past the next one's time: where
 * intervals are short that is how it is silent in each of them. */
void polled_still_silent(struct polled *pd, struct mono now);

/* Samples of now that are missing are our own doing. */
static inline bool polled_in_doubt(const struct polled *pd)
{
    return doubt_holds(&pd->polling->doubt);
}

/* Tells of one object of the device, read at a moment: group, object, values
 * (NULL: not read), why and what it is of are said by sample, the rest is
 * filled in. */
void polled_tell(const struct polled *pd, struct mono at,
                 struct sample *sample);

/* The same of one of its ports. */
void polled_tell_port(const struct polled *pd, const struct port *port,
                      struct mono at, const double *values, enum gap why);

/* Tells of processors, memory, storage and sensors. */
void polled_sample(struct polled *pd, const struct facts *f);

/* Keeps them for whoever asks what was measured last. */
void polled_keep(struct polled *pd, const struct facts *f);

/* polled_round.c: the walk of its ports is over: what was read is told. Ports
 * that were not read this time say why. */
void polled_round(struct polled *pd, int result);
void polled_unread(struct polled *pd, int result);

/* polled_gaps.c: a walk of the ports ended well, or brought some rows; or it,
 * or one question, failed with a result of engine.h. */
void polled_heard(struct polled *pd, const struct ports_round *r,
                  struct mono now);
void polled_silent(struct polled *pd, int result, struct mono now);

/* Processors and the like were read, or not. */
void polled_measured(struct polled *pd, struct mono now);
void polled_unmeasured(struct polled *pd, enum gap why, struct mono now);

/* They were not asked for, since the walk of the ports broke off. */
void polled_not_asked_to_measure(struct polled *pd, int result,
                                 struct mono now);

/* What came of its echoes is known, be it that none came back; or it is not. */
void polled_echoed(struct polled *pd, bool answered, struct mono now);
void polled_unechoed(struct polled *pd, enum gap why, struct mono now);

/* A poll is due: echoes of which nothing was known for too long have a gap. */
void polled_miss_echoes(struct polled *pd, struct mono now);

/* It has an address that may be asked for echoes. */
bool polled_has_echoes(const struct polled *pd);

/* Why a question (engine.h) brought nothing. */
enum gap polled_reason(int result);

#endif
