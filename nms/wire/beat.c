#include "wire/beat.h"

#include "base/clock.h"
#include "base/mem.h"

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include <event2/event.h>
#include <sys/timerfd.h>
#include <utlist.h>

static const int64_t ms_ns = 1000000, second_ns = 1000000000;

/* A timer of the kernel's that goes on by itself: one of the loop's has to be
 * set for each beat, and is a few milliseconds coarse. */
struct beat {
    int fd;
    struct event *timer;
    struct beat_part *parts;
    int64_t ms; /* between them */
    bool running;
};

static struct timespec timespec_of(int64_t ns)
{
    return (struct timespec){.tv_sec = ns / second_ns,
                             .tv_nsec = ns % second_ns};
}

/* Beats are at multiples of their distance. */
static void start(struct beat *b)
{
    int64_t beat_ns = b->ms * ms_ns;
    int64_t next_ns = (mono_now().ns / beat_ns + 1) * beat_ns;
    struct itimerspec when = {.it_value = timespec_of(next_ns),
                              .it_interval = timespec_of(beat_ns)};

    b->running = true;
    (void)timerfd_settime(b->fd, TFD_TIMER_ABSTIME, &when, NULL);
    (void)event_add(b->timer, NULL); /* fails only without memory */
}

static void stop(struct beat *b)
{
    static const struct itimerspec never = {.it_value = {0}};

    b->running = false;
    (void)timerfd_settime(b->fd, 0, &never, NULL);
    (void)event_del(b->timer);
}

/* Those that a long turn missed are none. */
static void forget_missed(const struct beat *b)
{
    uint64_t times;

    (void)!read(b->fd, &times, sizeof times);
}

static void on_beat(evutil_socket_t fd, short what, void *arg)
{
    struct beat *b = arg;
    struct beat_part *part = NULL, *next = NULL;
    bool again = false;

    (void)fd, (void)what;
    DL_FOREACH_SAFE(b->parts, part, next)
    {
        bool wanted = part->wanted;

        part->wanted = false;
        if (wanted)
            part->turn(part->arg);
    }
    DL_FOREACH (b->parts, part)
        again |= part->wanted;
    if (again)
        forget_missed(b);
    else
        stop(b);
}

struct beat *beat_new(struct event_base *base)
{
    struct beat *b = mem_new(struct beat);

    b->ms = BEAT_MS;
    b->fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    b->timer = event_new(base, b->fd, EV_READ | EV_PERSIST, on_beat, b);
    assert(b->fd >= 0 && b->timer != NULL); /* fails only without memory */
    return b;
}

void beat_free(struct beat *b)
{
    if (b == NULL)
        return;
    assert(b->parts == NULL);
    event_free(b->timer);
    (void)close(b->fd);
    free(b);
}

void beat_join(struct beat *b, struct beat_part *part, void (*turn)(void *arg),
               void *arg)
{
    *part = (struct beat_part){.turn = turn, .arg = arg};
    DL_PREPEND(b->parts, part);
}

void beat_leave(struct beat *b, struct beat_part *part)
{
    DL_DELETE(b->parts, part);
}

void beat_want(struct beat *b, struct beat_part *part)
{
    part->wanted = true;
    if (!b->running)
        start(b);
}

void beat_slow(struct beat *b, bool slow)
{
    int64_t ms = slow ? BEAT_SLOW_MS : BEAT_MS;

    if (b->ms == ms)
        return;
    b->ms = ms;
    if (b->running)
        start(b);
}

int64_t beat_ms(const struct beat *b)
{
    return b->ms;
}
