/* agentx_thread.h - the subagent's thread: speaks with the master, answers from
 * the newest view. For agentx.c alone.
 */
#ifndef NORTH_AGENTX_THREAD_H
#define NORTH_AGENTX_THREAD_H

#include "north/agentx_post.h"

struct agentx_work {
    const char *master;
    uint32_t contexts; /* at most */
    bool writable;
    struct agentx_post in, out; /* to the thread, and from it */
};

/* The thread's function; arg is a struct agentx_work, which outlives it. */
void *agentx_thread(void *arg);

#endif
