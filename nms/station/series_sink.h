/* series_sink.h - a connection by which samples go to rrdcached: one batch at a
 * time. One that makes files makes those that are missing on the way; of one
 * that does not, samples of missing files go another way. Connects by itself,
 * again and again. */
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

/* One sample of a batch. */
struct sink_sample {
    struct bytes line, path; /* the line with its newline */
    enum series_group group;
    bool missing; /* rrdcached says that there is no such file */
    bool again;   /* rrdcached may have it already */
};

/* What came of a batch. */
struct sink_outcome {
    size_t created;  /* files made */
    size_t diverted; /* samples that went another way */
    size_t refused;  /* samples that rrdcached does not take */
    size_t old;      /* of these: it has one of that time or later */
    const char *why; /* words of the last refusal but old ones, "" if none */
};

struct sink_events {
    void (*on_ready)(void *arg); /* connected: a batch may be sent */
    /* The connection broke; what was sent may or may not have arrived. silent:
     * since a batch was not answered for silence_ms. */
    void (*on_away)(void *arg, bool silent);
    void (*on_sent)(void *arg, const struct sink_outcome *outcome);
    /* Asked of each sample before it is sent, and again if its file is missing;
     * true takes it another way, which it has to if the file is missing. NULL:
     * all are sent, and files made. */
    bool (*divert)(void *arg, const struct sink_sample *sample);
    void *arg;
};

struct sink *sink_new(struct event_base *base,
                      const struct cached_address *address,
                      const struct layout *layout, int64_t silence_ms,
                      const struct sink_events *events);
void sink_free(struct sink *s);
OWNED_BY(struct sink, sink_free)

/* Files are made so from now on. */
void sink_lay_out(struct sink *s, const struct layout *layout);

bool sink_is_ready(const struct sink *s); /* connected and idle */
bool sink_is_connected(const struct sink *s);

/* Sends lines, which are copied; the sink is ready. */
void sink_send(struct sink *s, struct bytes lines);

#endif
