/* series_drawer.h - one rrdtool in its remote-control mode, started when there
 * is something to draw, ended when it is idle, hangs or has drawn much. */
#ifndef STATION_SERIES_DRAWER_H
#define STATION_SERIES_DRAWER_H

#include "base/own.h"
#include "graphs/talk.h"

struct event_base;
struct drawer;

/* cache_dir, which is copied, is where fonts may be cached; limit_ms how long
 * an answer may take. */
struct drawer *drawer_new(struct event_base *base, const char *cache_dir,
                          int64_t limit_ms);
/* Ends it without a callback. */
void drawer_free(struct drawer *d);
OWNED_BY(struct drawer, drawer_free)

/* result: 0 and the answer; else why says it in words: -EREMOTEIO rrdtool
 * refuses, -EIO it ended or cannot be started, -EBADMSG it cannot be
 * understood, -ETIMEDOUT it took too long. After the last three it is started
 * anew for the next question. answer and why are valid until the callback
 * returns. It comes once, never from within, and may ask again. */
typedef void (*drawer_fn)(void *arg, int result, const struct talk *answer,
                          const char *why);

/* Asks one thing at a time. */
void drawer_ask(struct drawer *d, const struct picture_argv *argv,
                drawer_fn done, void *arg);
bool drawer_is_free(const struct drawer *d);

/* Ends the process, so that the next question goes to a new one. Not while it
 * is asked. */
void drawer_restart(struct drawer *d);

#endif
