/* notices.h - tells receivers of alerts: who is told of what and when, what
 * waits for whom, and that a recovery goes to exactly those who were told.
 *
 * Symptoms of another alert, silenced, shelved and acknowledged ones are not
 * told; of one that was told before it became such a one, the end still is.
 * Each receiver has a queue and a way of its own: one that is away delays
 * nobody else, and misses nothing that its queue holds (notice_queue.h).
 */
#ifndef NORTH_NOTICES_H
#define NORTH_NOTICES_H

#include "base/clock.h"
#include "base/complaint.h"
#include "base/own.h"
#include "mibs/value.h"
#include "station/receiver.h"

struct event_base;
struct notices;
struct station;

/* What waits of an earlier run goes on. 0, or -EIO and *why. */
int notices_new(struct event_base *base, struct station *station,
                struct notices **out, struct complaint *why)
    __attribute__((warn_unused_result));
void notices_free(struct notices *n); /* NULL is fine */
OWNED_BY(struct notices, notices_free)

/* The configuration in force is another one: call this before the one before is
 * freed. Receivers of the same name keep what waits and what they were told. */
void notices_use(struct notices *n);

/* The master agent, whose receivers are one more, called "master": as agentx.h
 * has it. */
struct notice_master {
    int (*notify)(void *arg, uint64_t id, struct oid trap,
                  const struct varbind *varbinds, size_t count);
    void (*notified)(void *arg, uint32_t seq);
    uint64_t (*shown)(void *arg); /* agentx_shown() */
    void (*hasten)(void *arg);
    void *arg;
};

/* master is copied; NULL: there is none, and what waits for its receivers and
 * what they were told is forgotten. */
void notices_use_master(struct notices *n, const struct notice_master *master);
/* Another one is about to be used, or the station ends: it is away, and all
 * that waits stays. */
void notices_leave_master(struct notices *n);
/* What it made of a notification: it took it (error 0), refused it, or went
 * away before it said so (-1). arg is the notices. */
void notices_on_master(void *arg, uint64_t id, int error);
/* What it serves is newer: who reads its tables because of a notification must
 * find there what that told. arg is the notices. */
void notices_on_shown(void *arg);

/* How a receiver does; valid within the callback. */
struct notice_status {
    const struct receiver *receiver;
    size_t waiting, told; /* notifications; alerts that last */
    uint64_t sent, refused, dropped;
    uint32_t seq; /* of the last notification */
    struct wall last_sent;
    const char *error; /* why the last one did not go; "" */
};
typedef void (*notice_status_fn)(void *arg, const struct notice_status *s);
void notices_list(const struct notices *n, notice_status_fn on_receiver,
                  void *arg);

/* Who was told of an alert that lasts, by its index: how badly it was and when.
 * Valid within the callback. */
struct notice_told {
    const char *receiver;
    enum severity severity;
    struct wall at;
    const char *error; /* why nothing goes to this receiver now; "" */
};
typedef void (*notice_told_fn)(void *arg, const struct notice_told *told);
void notices_told(const struct notices *n, uint32_t index,
                  notice_told_fn on_told, void *arg);

/* Sends a test. The callback comes once, from the loop: 0 it went, -EAGAIN or
 * -EINVAL and why it did not, -ENOENT the receiver is gone. It fails with
 * -ENOENT or -EBUSY (others wait, it goes behind them; no callback comes) and
 * *why. */
typedef void (*notice_tested_fn)(void *arg, int result, const char *why);
int notices_test(struct notices *n, const char *name, notice_tested_fn done,
                 void *arg, struct complaint *why)
    __attribute__((warn_unused_result));
/* Forgets every test whose callback argument is arg. */
void notices_forget(struct notices *n, const void *arg);

#endif
