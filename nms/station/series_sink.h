/* series_sink.h - a connection by which samples go to rrdcached: one batch at a
 * time, each file's once. Connects by itself, again and again. */
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

/* What goes to one file: a line "UPDATE PATH SAMPLE ...\n", of which path is a
 * part. */
struct sink_item {
    struct bytes line, path;
    uint32_t samples;
    bool missing; /* told: rrdcached says that there is no such file */
};

/* What came of a batch. */
struct sink_outcome {
    size_t refused;  /* samples that rrdcached does not take */
    size_t old;      /* that are there, or later ones; others of that file are
                        taken */
    const char *why; /* words of the last refusal, "" if none */
};

struct sink_events {
    void (*on_ready)(void *arg); /* connected: a batch may be sent */
    /* The connection broke; what was sent may or may not have arrived. silent:
     * since a batch was not answered for silence_ms. */
    void (*on_away)(void *arg, bool silent);
    void (*on_unreached)(void *arg); /* it could not be connected to */
    void (*on_sent)(void *arg, const struct sink_outcome *outcome);
    void *arg;
};

/* write: a batch is answered when its files are written, by FLUSH; else
 * rrdcached has it in its journal, and writes when it likes. */
struct sink *sink_new(struct event_base *base,
                      const struct cached_address *address, bool write,
                      int64_t silence_ms, const struct sink_events *events);
void sink_free(struct sink *s);
OWNED_BY(struct sink, sink_free)

bool sink_is_ready(const struct sink *s); /* connected and idle */
bool sink_is_connected(const struct sink *s);

/* Connected, and no batch has waited for its answer for long: a sixth of
 * silence_ms. */
bool sink_is_answered(const struct sink *s);

/* What the last batch that was answered took; NaN before the first. */
double sink_answer_ms(const struct sink *s);

/* Sends items of different files; the sink is ready. They are borrowed until
 * on_sent or on_away. */
void sink_send(struct sink *s, struct sink_item *items, size_t count);

#endif
