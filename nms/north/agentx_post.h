/* agentx_post.h - messages between the loop and the thread of the subagent:
 * bounded lists, each behind one lock, with a descriptor that becomes readable
 * when there is something.
 */
#ifndef NORTH_AGENTX_POST_H
#define NORTH_AGENTX_POST_H

#include "base/mem.h"
#include "mibs/value.h"

#include <pthread.h>

struct agent_view;

enum agentx_verb {
    /* to the thread */
    POST_VIEW,   /* view, with its reference */
    POST_NOTICE, /* id, trap, varbinds */
    POST_DONE,   /* id, error: what a wish of the loop came to */
    POST_SEQ,    /* number */
    POST_STOP,
    /* to the loop */
    POST_TOLD,   /* id, error */
    POST_MASTER, /* number: it is there; text: why not */
    POST_WISH,   /* id, wish */
    POST_COUNTS  /* counts */
};

/* What another manager wants done with an alarm. */
enum agentx_deed {
    DEED_ACKNOWLEDGE,
    DEED_UNACKNOWLEDGE,
    DEED_SHELVE, /* for seconds; 0: no more */
    DEED_SILENCE /* its object, for seconds */
};
struct agentx_wish {
    enum agentx_deed deed;
    uint32_t alarm, seconds;
};

/* How the subagent does. */
struct agentx_counts {
    bool here;
    const char *why; /* it is not; static, "" = not known yet */
    uint32_t contexts, regions, refused;
    uint64_t requests, sessions;
    double answer_ms_max, answer_ms_sum;
};

/* A notification, as it was copied: varbinds point into octets and subs. */
struct agentx_notice {
    struct oid_store trap;
    struct varbind *varbinds;
    size_t count;
    uint8_t *octets;
    uint32_t *subs;
};
struct agentx_notice *agentx_notice_new(struct oid trap,
                                        const struct varbind *varbinds,
                                        size_t count);
void agentx_notice_free(struct agentx_notice *n); /* NULL is fine */

struct agentx_message {
    enum agentx_verb verb;
    uint64_t id;
    int64_t number;
    int error;
    const char *text; /* static */
    struct agent_view *view;
    struct agentx_notice *notice;
    struct agentx_wish wish;
    struct agentx_counts counts;
};
struct agentx_messages ARRAY_OF(struct agentx_message);

struct agentx_post {
    pthread_mutex_t lock;
    struct agentx_messages waiting;
    int fd; /* an eventfd: readable while something waits */
};

/* 0 or -errno. */
int agentx_post_init(struct agentx_post *p) __attribute__((warn_unused_result));
void agentx_post_fini(struct agentx_post *p); /* nobody posts any more */

/* Puts one in; what it has is the receiver's. */
void agentx_post_put(struct agentx_post *p, const struct agentx_message *m);

/* Takes all, in their order: array_fini() them. */
struct agentx_messages agentx_post_take(struct agentx_post *p);

/* Lets go what nobody received. */
void agentx_messages_drop(struct agentx_messages *m);

#endif
