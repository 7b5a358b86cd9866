/* series_lane.h - a way of samples to rrdcached, in order: gathered to batches,
 * sent one after the other. While rrdcached is away they wait in memory, then
 * in a spool on disk.
 *
 * A batch is durable when rrdcached has it in its journal; what it took last is
 * kept to be sent again if it dies, since the journal is buffered. */
#ifndef STATION_SERIES_LANE_H
#define STATION_SERIES_LANE_H

#include "station/series_sink.h"
#include "station/series_spool.h"

struct lane;

struct lane_events {
    /* As of struct sink_events; NULL: this lane makes files. */
    bool (*divert)(void *arg, const struct sink_sample *sample);
    /* A batch has been sent, or will be sent again; nothing is under way. May
     * pause the lane. */
    void (*on_idle)(void *arg);
    /* rrdcached left a batch without an answer for silence_ms. */
    void (*on_silent)(void *arg);
    void *arg;
};

struct lane_options {
    struct event_base *base;
    const struct cached_address *address;
    const struct layout *layout;
    const char *spool_dir;
    struct spool_bound *bound; /* lives longer */
    size_t batch_octets;       /* a batch is closed when it has that much */
    int64_t silence_ms;        /* an answer may take */
    struct lane_events events;
};

/* 0, or -errno: the spool cannot be opened. */
int lane_new(const struct lane_options *options, struct lane **out)
    __attribute__((warn_unused_result));

/* Leaves in the spool what rrdcached does not have for sure: what it took last,
 * too. */
void lane_free(struct lane *l);
OWNED_BY(struct lane, lane_free)

/* Where the next line is written to, then told. */
struct buffer *lane_begin(struct lane *l);
void lane_end(struct lane *l);

/* The batch that fills has this number; rrdcached may have some of it. */
void lane_number(struct lane *l, uint64_t number);
void lane_again(struct lane *l);

/* Nothing is sent while it is paused; a batch that is under way goes on. */
void lane_pause(struct lane *l, bool paused);
bool lane_is_idle(const struct lane *l); /* no batch is under way */

/* Files are made so from now on. */
void lane_lay_out(struct lane *l, const struct layout *layout);

/* The number of the batch that fills, and of the oldest that is not durable:
 * UINT64_MAX if there is none. */
uint64_t lane_filling(const struct lane *l);
uint64_t lane_oldest(const struct lane *l);

bool lane_is_connected(const struct lane *l);

struct lane_stats {
    uint64_t durable, dropped, refused, created, waiting; /* samples, files */
};
/* Adds to *out. */
void lane_count(const struct lane *l, struct lane_stats *out);
const char *lane_error(const struct lane *l); /* the last one, "" if none */

#endif
