/* notices_parts.h - notices from inside; for notice*.c alone. */
#ifndef NORTH_NOTICES_PARTS_H
#define NORTH_NOTICES_PARTS_H

#include "base/mem.h"
#include "north/courier.h"
#include "north/notice_changes.h"
#include "north/notice_form.h"
#include "north/notice_ledger.h"
#include "north/notice_queue.h"
#include "north/notices.h"
#include "station/child.h"
#include "station/notify.h"
#include "station/station.h"

struct event;

/* Kind of what the store keeps of numbers, by receiver. */
#define NOTICE_SEQ "notice_seq"

/* One receiver, as it is served. */
struct served {
    struct notices *owner;
    const struct receiver *conf; /* borrowed; NULL while none is in force */
    char *name;
    struct notice_queue *queue;
    struct notice_ledger *ledger;
    uint32_t seq;  /* of the last notification */
    bool open;     /* its hours hold */
    bool stirring; /* of what it was told, symptoms may be other ones now */
    /* what goes together, now or soon: items hold references of their alerts */
    struct ARRAY_OF(struct notice_item) gathered;
    struct mono gathered_due;
    /* what is on its way */
    uint64_t way; /* a hash of where it goes and how */
    bool sending;
    uint32_t
        sending_seq; /* which: a queue that is full may drop it meanwhile */
    struct mono due; /* not before */
    bool away;       /* the master was, when one was to be sent: until it shows
                        something */
    unsigned failures;
    uint64_t sent, refused;
    struct wall last_sent;
    char error[160];
    struct notify_peer *peer;
    struct courier *courier;
    struct child *child;
    /* a test under way */
    notice_tested_fn tested;
    void *tested_arg;
    uint32_t tested_seq;
};

struct notices {
    struct event_base *base;
    struct station *station;
    struct notice_master agent; /* notify NULL: there is none, or another one
                                   is about to be used */
    bool mastered;              /* the master's receivers are served */
    struct event *tick;         /* every second */
    struct event *turn;         /* something may be sent */
    struct ARRAY_OF(struct served *) served;
    struct notice_changes *changes; /* that are no alerts */
    struct mono shown;              /* the station was asked to publish, last */
    struct receiver master;         /* what the master agent's receivers are */
};

/* ---- notices.c ---- */

/* NULL: there is none of that name. */
struct served *served_find(const struct notices *n, const char *name);

/* Tells of an item at the end of what the loop does just now, or when its
 * digest is due. The references of its alerts are taken. */
void served_gather(struct served *s, const struct notice_item *item);
/* Is it to be told of an alert, as that is now? */
bool served_wants(const struct served *s, const struct alert_record *a);

/* ---- notice_reasons.c ---- */

/* Whoever knows of the port that leads to a device knows of the device: no
 * second alert for them, but they hear why. True if that is so, and kept. */
bool served_is_told_by_herald(struct served *s, const struct alert_record *a);
/* Looks whether its symptoms are those that were told. */
void served_note_reasons(struct served *s, struct told *told,
                         const struct alert_record *a);
/* By the clock: what settled is told. */
void served_tell_reasons(struct served *s, struct mono now);

/* ---- notice_send.c ---- */

/* A hash of where what is sent to a receiver goes, and how. */
uint64_t served_way(const struct receiver *r);

/* What waits goes, as far as it may now. */
void served_send(struct served *s);
/* What was sent in vain is not waited for any more; ways are closed. */
void served_close(struct served *s);

/* ---- notice_write.c ---- */

/* Lets go of the references of one. */
void notice_item_drop(const struct notice_item *item);
/* Items become what waits; their references go. */
void served_flush(struct served *s);

#endif
