/* series_asker.h - single commands to rrdcached, one after the other, on a
 * connection of its own that is made when it is needed. */
#ifndef STATION_SERIES_ASKER_H
#define STATION_SERIES_ASKER_H

#include "station/series_sink.h"

struct asker;

struct asker_events {
    void (*on_line)(void *arg, const char *line); /* of the answer */
    /* result: 0, -EPROTO rrdcached refuses (words say why), -ENOTCONN,
     * -ETIMEDOUT. Nothing is under way any more. */
    void (*on_done)(void *arg, int result, const char *words);
    void *arg;
};

struct asker *asker_new(struct event_base *base,
                        const struct cached_address *address,
                        const struct asker_events *events);
void asker_free(struct asker *a); /* without a callback */
OWNED_BY(struct asker, asker_free)

/* Sends a command, a line with its newline; none is under way. */
void asker_ask(struct asker *a, const char *command);

#endif
