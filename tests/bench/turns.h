/* turns.h - a loop of events that is turned until something holds. */
#ifndef TESTS_TURNS_H
#define TESTS_TURNS_H

#include "base/clock.h"

#include <event2/event.h>

static inline void turns_on_limit(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    *(bool *)arg = true;
}

/* One turn; waits for an event where wait says so. What the loop's thread works
 * without a look at its sockets is at most *busy_max_ns, which grows. */
static inline void turn(struct event_base *base, bool wait,
                        int64_t *busy_max_ns)
{
    int64_t before = thread_ns();

    (void)event_base_loop(base, wait ? EVLOOP_ONCE : EVLOOP_NONBLOCK);
    int64_t busy_ns = thread_ns() - before;
    if (busy_ns > *busy_max_ns)
        *busy_max_ns = busy_ns;
}

/* Turns until holds(arg), which an event brings about; false: it does not
 * within limit_s. */
static inline bool turn_until(struct event_base *base, bool (*holds)(void *arg),
                              void *arg, int64_t limit_s, int64_t *busy_max_ns)
{
    bool late = false;
    struct event *limit = event_new(base, -1, 0, turns_on_limit, &late);

    (void)event_add(limit, &(struct timeval){.tv_sec = limit_s});
    while (!holds(arg) && !late)
        turn(base, true, busy_max_ns);
    event_free(limit);
    return holds(arg);
}

#endif
