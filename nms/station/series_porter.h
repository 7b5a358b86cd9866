/* series_porter.h - hands over to rrdcached what waits on the shelves
 * (series_shelves.h): the shelves take turns, so that each file is written once
 * in a while with all that waited for it; and what somebody is about to read
 * goes at once.
 *
 * What was handed over is done with when rrdcached has written it. Whatever
 * dies before that, it is offered again; what a file has already rrdcached does
 * not take. Files that are missing are made when their turn comes, as many as
 * may be (series_allowance.h); samples of the others stay. */
#ifndef STATION_SERIES_PORTER_H
#define STATION_SERIES_PORTER_H

#include "base/complaint.h"
#include "station/series_shelves.h"
#include "station/series_sink.h"

struct porter;

struct porter_hooks {
    /* True: the file must not be written to now; its samples stay. */
    bool (*held)(void *arg, struct bytes path, enum series_group group);
    /* True: samples of that moment are not wanted any more. */
    bool (*is_gone)(void *arg, struct bytes path, int64_t at_ms);
    void (*on_made)(void *arg);      /* files were made */
    void (*on_silent)(void *arg);    /* rrdcached does not answer a batch */
    void (*on_unreached)(void *arg); /* nobody could connect to it */
    void *arg;
};

struct porter_options {
    const char *root; /* where files are made, "DIR/"; NULL: rrdcached does */
    const char *spool_dir;
    uint64_t spool_max;
    const struct cached_address *address;
    const struct layout *layout;
    bool is_ours;       /* the rrdcached: it is told when to write */
    int64_t silence_ms; /* an answer may take */
    int64_t hold_ms; /* between two writes of a file; 0: as suits the files */
    struct porter_hooks hooks;
};

/* 0, or -errno: the spool cannot be opened. */
int porter_new(struct event_base *base, const struct porter_options *options,
               struct porter **out) __attribute__((warn_unused_result));

/* What waits stays on disk. Callbacks that are owed come with -ECANCELED. */
void porter_free(struct porter *c);
OWNED_BY(struct porter, porter_free)

void porter_lay_out(struct porter *c, const struct layout *layout);

/* How long samples wait for so many files that get one each step_ms, in ms: a
 * step, at most ten seconds, for few; for many so long that as few are written
 * each second as a processor hardly notices, at most half an hour. */
int64_t porter_hold_ms(uint64_t files, int64_t step_ms);

/* There will be so many files. How many there are it sees by itself. */
void porter_files(struct porter *c, uint64_t files);

/* Takes a sample, as shelves_add() does. */
void porter_add(struct porter *c, const char *path, enum series_group group,
                int64_t at_ms, const double *values);

/* Hands over what waits of a path, or of a folder with the slash at its end,
 * also into a file that is missing. result: 0 it is written, as far as it can
 * be; -EIO not all that waits can be read, -ENOTCONN, -ECANCELED. Comes once,
 * never from within. */
typedef void (*porter_fn)(void *arg, int result);
void porter_bring(struct porter *c, const char *name, porter_fn done,
                  void *arg);

bool porter_is_answered(const struct porter *c); /* sink_is_answered() */

struct porter_stats {
    struct shelves_stats shelves;
    uint64_t refused; /* samples: out of order, or not taken */
    uint64_t created; /* files */
    int64_t hold_ms;
    double answer_ms; /* of the last batch; NaN before the first */
    const char *error;
};
void porter_stats(const struct porter *c, struct porter_stats *out);

#endif
