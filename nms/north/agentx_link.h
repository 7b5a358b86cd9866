/* agentx_link.h - the way to the master agent: connects, opens a session,
 * registers what is served, and again whenever the master was away. Never
 * blocks on the master: what it does not take waits up to a limit, and a master
 * that says nothing is left and asked anew.
 *
 * One thread owns it, which polls agentx_link_fd() and calls agentx_link_turn()
 * with what it found, at agentx_link_due() at the latest.
 */
#ifndef NORTH_AGENTX_LINK_H
#define NORTH_AGENTX_LINK_H

#include "base/clock.h"
#include "north/agentx_pdu.h"

/* A subtree of a context that is ours. Valid until the next is asked for. */
struct agentx_region {
    const char *context; /* "" is the default one; NULL: it is gone again */
    struct oid subtree;
    bool before_masters; /* the master may have one of its own there, which ours
                            takes the place of */
};

/* Who serves. All are called from agentx_link_turn(). */
struct agentx_host {
    /* A request of the master: appends the response to out. The reader stands
     * behind the context. */
    void (*on_request)(void *arg, const struct agentx_header *h,
                       struct bytes context, struct agentx_reader *r,
                       struct buffer *out);
    /* The nth subtree to be registered, in the order of importance; false if
     * there are no more yet. What was given once stays as it is, until it is
     * withdrawn. */
    bool (*region)(void *arg, size_t n, struct agentx_region *out);
    /* The master took a notification (error 0), or refused it; or it went away
     * before it said so (-1). */
    void (*on_told)(void *arg, uint64_t id, int error);
    /* The master is there, or is no more; why is for people. */
    void (*on_master)(void *arg, bool here, const char *why);
    void *arg;
};

struct agentx_link;

enum {
    AGENTX_IDLE_MS = 2000,    /* after which the master is asked to show life */
    AGENTX_SILENT_MS = 4500,  /* after which it is left */
    AGENTX_ANSWER_MS = 30000, /* that a question of ours may be open: then it is
                                 left, however much it says otherwise */
    AGENTX_AGAIN_MS = 500,    /* between attempts to connect */
    AGENTX_OPEN_MS = 30000,   /* that a session takes to open at most */
    AGENTX_ANSWERS_MAX = 1 << 20, /* octets of answers that wait for the master:
                                     further requests are not read meanwhile */
    AGENTX_UNSENT_MAX = 8 << 20,  /* octets that wait for the master, in all */
    AGENTX_UNTOLD_MAX = 64        /* notifications that it did not answer yet */
};

/* master: a path, or tcp:HOST:PORT; borrowed, as host is. */
struct agentx_link *agentx_link_new(const char *master,
                                    const struct agentx_host *host);
void agentx_link_free(struct agentx_link *l); /* says good-bye; NULL is fine */

int agentx_link_fd(const struct agentx_link *l); /* -1: there is none now */
bool agentx_link_wants_read(const struct agentx_link *l);
bool agentx_link_wants_write(const struct agentx_link *l);
struct mono agentx_link_due(const struct agentx_link *l);
void agentx_link_turn(struct agentx_link *l, struct mono now);

/* There are more regions than before. */
void agentx_link_more(struct agentx_link *l);

/* The nth region, as region() still gives it, is no more: the master is told,
 * if it was of it. From now on region() gives none in its place. */
void agentx_link_withdraw(struct agentx_link *l, size_t n);

/* Ends the session; a new one begins soon. */
void agentx_link_renew(struct agentx_link *l, struct mono now, const char *why);

/* Sends a notification; on_told(id) comes once. -ENOTCONN if the master is not
 * there, -EAGAIN if too many wait for its answer. */
int agentx_link_notify(struct agentx_link *l, uint64_t id, struct oid trap,
                       const struct varbind *varbinds, size_t count)
    __attribute__((warn_unused_result));

/* Answers a request whose answer had to wait, without varbinds. */
void agentx_link_answer(struct agentx_link *l, const struct agentx_header *h,
                        uint16_t error, uint16_t index);

struct agentx_link_stats {
    bool here;
    const char *why; /* it is not, and what to do; static, "" = not known yet */
    size_t registered, refused; /* regions: that are; that were not taken */
    uint64_t sessions;          /* that were opened */
    /* sysUpTime of the master at a moment, by which its clock is known. */
    uint32_t uptime_cs;
    struct mono uptime_at;
};
void agentx_link_stats(const struct agentx_link *l,
                       struct agentx_link_stats *out);

#endif
