/* series.h - where samples go and stay: RRD files behind rrdcached.
 *
 * Samples are taken at once. Nothing is fire and forget: within a second they
 * are in DATA/spool, where they wait until it is worth writing their files,
 * each with all that waits for it, and as long as rrdcached is away; up to a
 * bound that is reported. They leave it when their file is written. What is
 * read or drawn is written first. Missing files are made. A private rrdcached
 * is started, watched, killed when it hangs, restarted and never left behind.
 * Files that are laid out otherwise than configured are laid out anew.
 */
#ifndef STATION_SERIES_H
#define STATION_SERIES_H

#include "base/clock.h"
#include "base/complaint.h"
#include "base/own.h"
#include "graphs/picture.h"

struct event_base;
struct series;

struct series_options {
    const char *data_dir;  /* files in rrd/ and spool/ below it */
    const char *rrdcached; /* NULL or "private", "unix:/path", "host:port" (a
                              numeric address) */
    int64_t step_ms;       /* between samples: polling.every; 0 = 60 s */
    const struct series_keep *keep; /* NULL = the defaults */
    size_t keep_count;
    uint64_t spool_max; /* octets that may wait on disk; 0 = 1 GB */
    int64_t hold_ms;    /* samples wait until their file is written; 0: some
                           seconds for few files, longer for many
                           (porter_hold_ms()) */
    int64_t silence_ms; /* rrdcached may be silent, before it is called away and
                           a private one is killed; 0 = 60 s */
};

/* Everything is copied. rrdcached is started from the loop: samples may be
 * added at once. 0, or -errno and *why (the directory cannot be written, the
 * address cannot be read). */
int series_new(struct event_base *base, const struct series_options *options,
               struct series **out, struct complaint *why)
    __attribute__((warn_unused_result));

/* Another step or other times to keep: files are laid out anew in the
 * background and keep their history; samples that a file cannot take before
 * wait for it. As in struct series_options. */
void series_lay_out(struct series *s, int64_t step_ms,
                    const struct series_keep *keep, size_t count);

/* Ends the private rrdcached (bounded: 3 s). What is not written to its files
 * stays in the spool for the next start. Callbacks that are owed come with
 * -ECANCELED. */
void series_free(struct series *s);
OWNED_BY(struct series, series_free)

/* One sample of one object. path: as layout_path() made it once for this object
 * (kept by the caller for the object's life). values: as many as the group has,
 * NaN = unknown. Times of a path must increase, in whole seconds; one that does
 * not is dropped and counted. */
void series_add(struct series *s, const char *path, enum series_group group,
                struct wall at, const double *values);

/* So many files are known to get samples: how long these wait follows from it.
 */
void series_expect(struct series *s, size_t files);

/* The device whose folder is from is the one whose folder is to: files that to
 * lacks go there, the others stay. Of a private rrdcached only. */
void series_inherit(struct series *s, const char *from, const char *to);

/* The files of a folder are removed soon, and samples until then that wait for
 * them dropped: nothing is added to them any more. Files of a private rrdcached
 * only. */
void series_erase(struct series *s, const char *folder, struct wall until);
/* True while there is such a folder, here. */
bool series_has(const struct series *s, const char *folder);

/* The path of a file for people: DATA/rrd/PATH. */
void series_file(const struct series *s, const char *path, struct buffer *out);

/* What to read. */
struct series_query {
    const char *path;
    struct wall from, to;
    int64_t step_ms; /* rows at least that far apart; 0 = as fine as there is */
    bool max;        /* the highest instead of the mean, where it is kept */
};

/* Row i is the mean over the step_s seconds that end at first_s + i * step_s;
 * its values are at[i * columns ...], NaN = unknown. Valid until the callback
 * returns. */
struct series_rows {
    int64_t first_s, step_s;
    const char *const *names;
    size_t columns, rows;
    const double *at;
};

/* result: 0, -ENOENT there is no such file (yet), -ENOTCONN rrdcached is away,
 * -ETIMEDOUT, -EBUSY too many at once, -EBADMSG, -EIO samples that wait cannot
 * be read, -ECANCELED; then rows is NULL and why says it in words. The callback
 * comes once, never from within. */
typedef void (*series_rows_fn)(void *arg, int result,
                               const struct series_rows *rows, const char *why);
void series_fetch(struct series *s, const struct series_query *query,
                  series_rows_fn done, void *arg);

/* Draws; path, title and unit are copied. result as above, -EIO rrdtool failed
 * (why says how). The picture is valid until the callback returns. */
typedef void (*series_picture_fn)(void *arg, int result, struct bytes picture,
                                  const char *why);
void series_picture(struct series *s, const struct picture *p,
                    series_picture_fn done, void *arg);

/* Forgets every fetch and picture whose callback argument is arg. */
void series_forget(struct series *s, const void *arg);

/* Batches: the number of the one that takes samples now, and up to which one
 * all are durable: on disk, whoever dies. */
uint64_t series_batch(const struct series *s);
uint64_t series_durable(const struct series *s);

/* READY: rrdcached takes samples. One that answers no more does not, though it
 * is connected. */
enum series_state { SERIES_AWAY, SERIES_CONNECTING, SERIES_READY };

struct series_stats {
    enum series_state state;
    uint64_t added, durable; /* samples: taken, on disk */
    uint64_t dropped;        /* samples lost: spool full or disk full */
    uint64_t refused;        /* by rrdcached: out of order, bad file */
    uint64_t created;        /* files */
    uint64_t restarts;       /* of the private rrdcached */
    uint64_t waiting; /* samples that are not known to be in their files */
    int64_t hold_ms;  /* they wait that long, while all is well */
    double answer_ms; /* rrdcached took for the last batch; NaN: none yet */
    uint64_t spool_octets, spool_max; /* with what was written lately */
    /* Of a private rrdcached: files, what they take, what the file system has
     * free and in all; files removed since nothing is left to read in them. */
    uint64_t files, octets, free_octets, disk_octets, removed;
    bool renewing;                    /* files are being laid out anew */
    uint64_t renewed, renew_failures; /* files, since the start */
    uint32_t renew_folders, renew_folders_done;
    const char *error; /* the last one, "" if none; valid until the next */
};
void series_stats(const struct series *s, struct series_stats *out);

/* Octets that a file of this group takes. */
uint64_t series_size(const struct series *s, enum series_group group);

#endif
