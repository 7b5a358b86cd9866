/* check.h - one check of the pinger, and where checks wait: a queue of what was
 * asked, a list by turn. Pure: no sockets, told the time. */
#ifndef WIRE_CHECK_H
#define WIRE_CHECK_H

#include "base/mem.h"
#include "wire/icmp.h"
#include "wire/wheel.h"

/* What was asked for. A sweep holds one for each address that waits. */
struct check_ask {
    struct addr to;
    uint32_t interval_ms, timeout_ms;
    ping_fn done; /* NULL: forgotten */
    void *arg;
    uint8_t count; /* 1..CHECK_ECHOES_MAX */
};

enum { CHECK_ECHOES_MAX = 16 };

/* First in, first out; all zeros is an empty one. */
struct check_queue {
    struct check_ask *at; /* a ring of room, a power of two */
    size_t head, count, room;
    size_t forgotten; /* of count */
};

void check_queue_add(struct check_queue *q, const struct check_ask *ask);
/* The first that is not forgotten; false if there is none. */
bool check_queue_pop(struct check_queue *q, struct check_ask *out);
void check_queue_forget(struct check_queue *q, const void *arg);
void check_queue_fini(struct check_queue *q);

/* A check under way. */
struct check {
    struct wheel_entry timer; /* first: found from it */
    struct check_ask asked;
    uint64_t token;
    struct check *next; /* in a list */
    struct mono next_send;
    unsigned sent, received;
    uint32_t open; /* a bit for each echo that is waited for */
    int error;     /* that ended it */
    double rtt_min_ms, rtt_max_ms, rtt_sum_ms, rtt_last_ms, jitter_sum_ms;
    struct mono sent_at[]; /* asked.count of them */
};

struct check *check_new(const struct check_ask *ask); /* free() it */

/* True when the last echo was answered or given up, or an error ended it. */
bool check_is_over(const struct check *c);

/* True if there is an echo left to send, and its moment has come. */
bool check_may_send(const struct check *c, struct mono now);

/* The next echo left. */
void check_note_sent(struct check *c, struct mono now);

/* A reply to echo nth came at a moment: false if it is none that is waited for.
 * One that is too late is not counted. */
bool check_note_reply(struct check *c, unsigned nth, struct mono came);

/* Gives up the echoes whose time is over. */
void check_expire(struct check *c, struct mono now);

/* When something happens next if no reply comes. */
struct mono check_due(const struct check *c);

struct ping_result check_result(const struct check *c);

/* A list, first in first out; all zeros is an empty one. */
struct check_list {
    struct check *first, **last;
    size_t count;
};
void check_list_add(struct check_list *l, struct check *c);
struct check *check_list_pop(struct check_list *l);

#endif
