/* series_surveyor.h - a thread that looks over the files of series: how many
 * there are and what they take; and clears away what nobody can read any more:
 * files that got no sample for longer than they keep one, and what was left
 * half made. */
#ifndef STATION_SERIES_SURVEYOR_H
#define STATION_SERIES_SURVEYOR_H

#include "base/clock.h"
#include "base/own.h"

#include <stdbool.h>

struct event_base;
struct surveyor;

struct survey {
    uint64_t files, octets, removed; /* removed: since the start */
};

/* dir: of the files, copied. keep_ms: files whose last sample is older than the
 * newest of all by more than that are removed, from the second look on: a clock
 * that is wrong alone removes nothing. */
struct surveyor *surveyor_new(struct event_base *base, const char *dir,
                              int64_t keep_ms);
void surveyor_free(struct surveyor *s); /* waits for the thread: some ms */
OWNED_BY(struct surveyor, surveyor_free)

void surveyor_keep(struct surveyor *s, int64_t keep_ms);

/* Files were made or laid out anew: it looks again soon. */
void surveyor_wake(struct surveyor *s);

/* What it found last; all zeros before the first time. */
struct survey surveyor_found(const struct surveyor *s);

#endif
