/* beat.h - what may wait for a moment is done at beats, all of it together.
 *
 * A process that wakes for every datagram pays more for waking than for the
 * datagram. Where there is much to do its parts ask for the next beat instead:
 * then they read what has come since, and what they send leaves together. The
 * kernel stamps what comes, so that nobody takes the wait for the network's.
 */
#ifndef WIRE_BEAT_H
#define WIRE_BEAT_H

#include "base/own.h"

#include <stdbool.h>
#include <stdint.h>

/* Beats are that far apart; further where everybody has time, at multiples. */
enum { BEAT_MS = 10, BEAT_SLOW_MS = 40 };

struct event_base;
struct beat;

/* Who is called at beats; lies in whoever that is. */
struct beat_part {
    void (*turn)(void *arg);
    void *arg;
    bool wanted;
    struct beat_part *prev, *next;
};

struct beat *beat_new(struct event_base *base);
/* Its parts must have left. */
void beat_free(struct beat *b);
OWNED_BY(struct beat, beat_free)

/* Who uses others joins after them, and has its turn before them: what it asks
 * of them is done with the same beat. */
void beat_join(struct beat *b, struct beat_part *part, void (*turn)(void *arg),
               void *arg);
void beat_leave(struct beat *b, struct beat_part *part);

/* The next beat is to have a turn of part, once. Asked for by another part's
 * turn it may be the same beat. */
void beat_want(struct beat *b, struct beat_part *part);

/* Whether beats are slow: the caller alone decides, for all parts. Not before.
 */
void beat_slow(struct beat *b, bool slow);

/* How far apart they are. */
int64_t beat_ms(const struct beat *b);

#endif
