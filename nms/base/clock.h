/* clock.h - moments and durations.
 *
 * struct mono schedules and ages; struct wall is for people and the store: it
 * jumps, so nothing is ever scheduled by it. Only wire and the mains ask the
 * clock; everything else is told.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A moment on the monotonic clock. */
struct mono {
    int64_t ns;
};

/* A moment of civil time: milliseconds since 1970-01-01 UTC. 0: not known. */
struct wall {
    int64_t ms;
};

/* Asks the clock. */
struct mono mono_now(void);
struct wall wall_now(void);

/* Processor time that the calling thread has had: what the machine does else,
 * and waiting, do not count. */
int64_t thread_ns(void);

static inline struct mono mono_after_ms(struct mono t, int64_t ms)
{
    return (struct mono){.ns = t.ns + ms * 1000000};
}

static inline bool mono_reached(struct mono now, struct mono due)
{
    return now.ns >= due.ns;
}

/* Milliseconds from earlier to later; negative if they are the other way. */
static inline int64_t mono_ms_between(struct mono earlier, struct mono later)
{
    return (later.ns - earlier.ns) / 1000000;
}

/* Writes t as "2026-11-22T02:47:31Z" (len >= 21); "" if not known,
 * or not in the years 1000 to 9999. */
void wall_format(struct wall t, char *out, size_t len);

/* Reads what wall_format() writes, "2026-11-22 02:47[:31]", seconds since
 * 1970, "now", or a time before now such as "-2h", "-30m", "-7d". Gives 0 or
 * -EINVAL. */
int wall_parse(const char *text, struct wall now, struct wall *out)
    __attribute__((warn_unused_result));

/* What clocks on the wall show here, in the time zone of the process (TZ, else
 * /etc/localtime): as if they showed UTC, in ms. */
int64_t wall_local_ms(struct wall t);
/* The moment when they show that; the first where they show it twice, and where
 * they leave it out, as much later as they are put ahead. */
struct wall wall_of_local(int64_t local_ms);

/* Reads a duration with its unit: "500ms", "30s", "5m", "6h", "7d", "2w",
 * "2y" (365 days), or several together ("1h30m"). Gives 0 or -EINVAL; a bare
 * number other than 0 has no unit and is refused. */
int duration_parse(const char *text, int64_t *ms)
    __attribute__((warn_unused_result));

/* Writes ms as people read it, two units at most: "90 ms", "42 s", "6 min 5 s",
 * "3 h 2 min", "12 d 4 h". len >= 24. */
void duration_format(int64_t ms, char *out, size_t len);

#endif
