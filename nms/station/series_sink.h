/* series_sink.h - the connection by which samples go to rrdcached: one batch at
 * a time, files that are missing made on the way. Connects by itself, again
 * and again. */
#ifndef STATION_SERIES_SINK_H
#define STATION_SERIES_SINK_H

#include "base/complaint.h"
#include "base/own.h"
#include "graphs/cached.h"

#include <sys/socket.h>

struct event_base;
struct sink;

/* Where an rrdcached listens. */
struct cached_address {
    struct sockaddr_storage at;
    socklen_t len;
    char text[160]; /* as rrdtool's --daemon takes it */
};

/* Reads "unix:/path" or "ADDRESS:PORT". 0, or -EINVAL and *why. */
int cached_address_parse(const char *text, struct cached_address *out,
                         struct complaint *why)
    __attribute__((warn_unused_result));

/* One sample as it waits: "GROUP UPDATE PATH SECONDS:V:V...\n". */
void sink_line(const char *path, enum series_group group, int64_t at_ms,
               const double *values, struct buffer *out);

/* What came of a batch. */
struct sink_outcome {
    size_t created;  /* files made */
    size_t refused;  /* samples that rrdcached does not take */
    size_t old;      /* of these: it has one of that time or later */
    const char *why; /* words of the last refusal but old ones, "" if none */
};

struct sink_events {
    void (*on_ready)(void *arg); /* connected: a batch may be sent */
    void (*on_away)(void *arg);  /* the connection broke; what was sent may or
                                    may not have arrived */
    void (*on_sent)(void *arg, const struct sink_outcome *outcome);
    void *arg;
};

struct sink *sink_new(struct event_base *base,
                      const struct cached_address *address,
                      const struct layout *layout,
                      const struct sink_events *events);
void sink_free(struct sink *s);
OWNED_BY(struct sink, sink_free)

bool sink_is_ready(const struct sink *s); /* connected and idle */
bool sink_is_connected(const struct sink *s);

/* Sends lines, which are copied; the sink is ready. */
void sink_send(struct sink *s, struct bytes lines);

#endif
