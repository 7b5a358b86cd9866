/* series_renewer.h - lays files out anew where the configuration, or a group of
 * series, has become another one: in the background, one at a time, without
 * losing what they hold.
 *
 * DATA/rrd.layout notes how all files are laid out. If that is how they should
 * be nothing is looked at. Else each file is: one that is another way is
 * flushed and replaced in one step (series_converter.h), so that an
 * interruption leaves the old file or the new one; the note is written at the
 * end. Files of an rrdcached that is not ours are out of reach: it lays them
 * out itself. */
#ifndef STATION_SERIES_RENEWER_H
#define STATION_SERIES_RENEWER_H

#include "graphs/described.h"
#include "station/series_sink.h"

struct renewer;

struct renewer_hooks {
    /* Samples of a path that wait are written, those that come wait: then
     * renewer_go(). */
    void (*hold)(void *arg, const char *path);
    void (*release)(void *arg);
    void (*on_end)(void *arg); /* no file is looked at any more */
    void *arg;
};

/* data_dir and all else is copied; root is where the files lie, NULL: with an
 * rrdcached that is not ours. It starts by itself, from the loop. */
struct renewer *renewer_new(struct event_base *base, const char *data_dir,
                            const char *root,
                            const struct cached_address *address,
                            const struct layout *layout,
                            const struct renewer_hooks *hooks);
void renewer_free(struct renewer *r);
OWNED_BY(struct renewer, renewer_free)

/* Files should be laid out so from now on. */
void renewer_lay_out(struct renewer *r, const struct layout *layout);

/* What was held has come to rest. */
void renewer_go(struct renewer *r);

/* True if samples of this group have to wait until the end. */
bool renewer_holds(const struct renewer *r, enum series_group group);

struct renewer_stats {
    bool running;
    uint32_t folders, folders_done; /* of this run */
    uint64_t renewed, failed;       /* files, since the start */
    const char *error;              /* the last one, "" if none */
};
void renewer_stats(const struct renewer *r, struct renewer_stats *out);

#endif
