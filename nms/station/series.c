#include "station/series.h"

#include "base/file.h"
#include "base/log.h"
#include "base/mem.h"
#include "station/series_fetcher.h"
#include "station/series_heir.h"
#include "station/series_keeper.h"
#include "station/series_lane.h"
#include "station/series_painter.h"
#include "station/series_renewer.h"
#include "station/series_surveyor.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>

/* A batch of the straight way, and of the other one, where a file may be made
 * for each sample. */
enum { BATCH_OCTETS = 256 << 10, BATCH_OCTETS_ASIDE = 8 << 10 };
enum { MARKS = 1 << 22, MARK_BITS = 64 };
static const uint64_t SPOOL_DEFAULT = (uint64_t)1 << 30;
static const int64_t STEP_DEFAULT_MS = 60000, SILENCE_DEFAULT_MS = 60000;
static const char private_name[] = "private";

/* Samples go straight. Those of a file that is missing, or is laid out anew, go
 * aside: that lane makes files and can be stopped, while all others go on. What
 * once went aside goes there until nothing waits there, so that the samples of
 * a file stay in order. */
struct series {
    char *dir, *root;          /* DATA, DATA/rrd/ */
    struct keeper *keeper;     /* NULL: rrdcached is not ours */
    struct surveyor *surveyor; /* NULL too: nor are the files */
    struct heir *heir;         /* NULL too */
    uint64_t surveyed;         /* files made or renewed that it knows of */
    struct spool_bound bound;
    struct lane *straight, *aside;
    /* Of paths that go aside, a bit for each by its hash. Where two share one
     * both go. */
    uint64_t *marks;
    bool marked;    /* any */
    bool all_aside; /* what an earlier run, or a hold, left there is first */
    bool held;      /* groups go aside that the renewer holds */
    struct renewer *renewer;
    bool fence; /* a straight batch is under way that may hold what is held */
    bool file_held;
    struct fetcher *fetcher;
    struct painter *painter;
    struct layout layout;
    uint64_t added, refused;
    const char *error; /* of the samples that were refused here; NULL: none */
};

/* ---- the way aside ---- */

static void mark(struct series *s, struct bytes path)
{
    uint64_t at = bytes_hash(path) % MARKS;

    s->marks[at / MARK_BITS] |= (uint64_t)1 << at % MARK_BITS;
    s->marked = true;
}

static bool is_marked(const struct series *s, struct bytes path)
{
    uint64_t at = s->marked ? bytes_hash(path) % MARKS : 0;

    return s->marked && (s->marks[at / MARK_BITS] >> at % MARK_BITS & 1) != 0;
}

/* Stopped while a file, or any file of a group, must not be written to. */
static void stop_or_go(struct series *s)
{
    lane_pause(s->aside, s->file_held || s->held);
}

/* Nothing waits aside: all may go straight. */
static void rejoin(struct series *s)
{
    struct lane_stats aside = {0};

    if (s->file_held || s->held || (!s->marked && !s->all_aside))
        return;
    lane_count(s->aside, &aside);
    if (aside.waiting > 0 || !lane_is_idle(s->aside))
        return;
    memset(s->marks, 0, MARKS / 8);
    s->marked = s->all_aside = false;
}

static bool goes_aside(const struct series *s, const struct sink_sample *sample)
{
    return s->all_aside ||
           (s->held && renewer_holds(s->renewer, sample->group)) ||
           is_marked(s, sample->path);
}

static bool on_divert(void *arg, const struct sink_sample *sample)
{
    struct series *s = arg;

    if (sample->missing)
        mark(s, sample->path);
    else if (!goes_aside(s, sample))
        return false;
    struct buffer *lines = lane_begin(s->aside);
    if (lines->len == 0)
        lane_number(s->aside, lane_oldest(s->straight));
    buffer_add(lines, sample->line.at, sample->line.len);
    if (sample->again)
        lane_again(s->aside);
    lane_end(s->aside);
    return true;
}

static void on_straight_idle(void *arg)
{
    struct series *s = arg;

    s->fence = false;
    rejoin(s);
    if (s->file_held && lane_is_idle(s->aside))
        renewer_go(s->renewer);
}

/* There are other files than the surveyor has seen. */
static void tell_surveyor(struct series *s)
{
    struct lane_stats aside = {0};
    struct renewer_stats renewer;

    if (s->surveyor == NULL)
        return;
    lane_count(s->aside, &aside);
    renewer_stats(s->renewer, &renewer);
    if (aside.created + renewer.renewed == s->surveyed)
        return;
    s->surveyed = aside.created + renewer.renewed;
    surveyor_wake(s->surveyor);
}

static void on_survey(void *arg, const struct survey *found)
{
    struct series *s = arg;

    keeper_files(s->keeper, found->files);
}

static void on_aside_idle(void *arg)
{
    struct series *s = arg;

    rejoin(s);
    tell_surveyor(s);
    if (s->file_held && !s->fence)
        renewer_go(s->renewer);
}

static void on_silent(void *arg)
{
    struct series *s = arg;

    if (s->keeper != NULL)
        keeper_silent(s->keeper);
}

static bool on_hold(void *arg, const char *path)
{
    struct series *s = arg;

    mark(s, bytes_of_text(path));
    s->file_held = true;
    s->fence = !lane_is_idle(s->straight);
    stop_or_go(s);
    return !s->fence && lane_is_idle(s->aside);
}

static void on_release(void *arg)
{
    struct series *s = arg;

    s->file_held = false;
    stop_or_go(s);
    rejoin(s);
}

static void on_renewed(void *arg)
{
    struct series *s = arg;

    s->all_aside |= s->held; /* until what waited there is through */
    s->held = false;
    stop_or_go(s);
    rejoin(s);
    tell_surveyor(s);
}

/* ---- what callers use ---- */

static void refuse(struct series *s, const char *why)
{
    s->refused++;
    s->error = why;
}

void series_add(struct series *s, const char *path, enum series_group group,
                struct wall at, const double *values)
{
    s->added++;
    if (!layout_path_is_ours(path)) {
        refuse(s, "a path is none of a series");
        return;
    }
    sink_line(path, group, at.ms, values, lane_begin(s->straight));
    lane_end(s->straight);
}

void series_expect(struct series *s, size_t files)
{
    if (s->keeper != NULL)
        keeper_files(s->keeper, files);
}

void series_inherit(struct series *s, const char *from, const char *to)
{
    if (s->heir != NULL)
        heir_give(s->heir, from, to);
}

void series_file(const struct series *s, const char *path, struct buffer *out)
{
    buffer_format(out, "%s%s", s->root, path);
}

void series_fetch(struct series *s, const struct series_query *query,
                  series_rows_fn done, void *arg)
{
    fetcher_ask(s->fetcher, query, done, arg);
}

void series_picture(struct series *s, const struct picture *p,
                    series_picture_fn done, void *arg)
{
    painter_draw(s->painter, p, done, arg);
}

void series_forget(struct series *s, const void *arg)
{
    fetcher_forget(s->fetcher, arg);
    painter_forget(s->painter, arg);
}

uint64_t series_batch(const struct series *s)
{
    return lane_filling(s->straight);
}

uint64_t series_durable(const struct series *s)
{
    uint64_t filling = lane_filling(s->straight);
    uint64_t straight = lane_oldest(s->straight);
    uint64_t aside = lane_oldest(s->aside);
    uint64_t oldest = straight < aside ? straight : aside;

    oldest = oldest < filling ? oldest : filling;
    return oldest > 0 ? oldest - 1 : 0;
}

void series_stats(const struct series *s, struct series_stats *out)
{
    struct lane_stats lanes = {0};

    lane_count(s->straight, &lanes);
    lane_count(s->aside, &lanes);
    *out = (struct series_stats){
        .state = lane_is_connected(s->straight) ? SERIES_READY
                 : s->keeper == NULL || keeper_pid(s->keeper) != 0
                     ? SERIES_CONNECTING
                     : SERIES_AWAY,
        .added = s->added,
        .durable = lanes.durable,
        .dropped = lanes.dropped,
        .refused = s->refused + lanes.refused,
        .created = lanes.created,
        .restarts = s->keeper != NULL ? keeper_restarts(s->keeper) : 0,
        .waiting = lanes.waiting,
        .spool_octets = s->bound.octets,
        .spool_max = s->bound.max,
    };
    struct renewer_stats renewer;
    renewer_stats(s->renewer, &renewer);
    out->renewing = renewer.running;
    out->renewed = renewer.renewed;
    out->renew_failures = renewer.failed;
    out->renew_folders = renewer.folders;
    out->renew_folders_done = renewer.folders_done;
    if (s->surveyor != NULL) {
        struct survey found = surveyor_found(s->surveyor);
        struct statvfs disk;

        out->files = found.files;
        out->octets = found.octets;
        out->removed = found.removed;
        if (statvfs(s->root, &disk) == 0)
            out->free_octets = (uint64_t)disk.f_bavail * disk.f_frsize;
    }
    const char *errors[] = {s->error != NULL ? s->error : "",
                            lane_error(s->straight), lane_error(s->aside),
                            renewer.error};
    out->error = "";
    for (size_t i = 0; i < COUNT_OF(errors) && out->error[0] == '\0'; i++)
        out->error = errors[i];
}

uint64_t series_size(const struct series *s, enum series_group group)
{
    return layout_size(&s->layout, group);
}

void series_free(struct series *s)
{
    if (s == NULL)
        return;
    painter_free(s->painter);
    fetcher_free(s->fetcher);
    surveyor_free(s->surveyor);
    heir_free(s->heir);
    renewer_free(s->renewer);
    lane_free(s->straight);
    lane_free(s->aside);
    keeper_free(s->keeper);
    free(s->marks);
    free(s->dir);
    free(s->root);
    free(s);
}

/* What the configuration says by default. */
static struct layout layout_of(int64_t step_ms, const struct series_keep *keep,
                               size_t count)
{
    static const int64_t minute = 60000, hour = 60 * minute, day = 24 * hour;
    const struct series_keep preset[] = {{minute, day},
                                         {5 * minute, 7 * day},
                                         {30 * minute, 30 * day},
                                         {6 * hour, 730 * day}};

    step_ms = step_ms > 0 ? step_ms : STEP_DEFAULT_MS;
    if (keep == NULL || count == 0)
        return layout_make(step_ms, preset, COUNT_OF(preset));
    return layout_make(step_ms, keep,
                       count < LAYOUT_ARCHIVES_MAX ? count
                                                   : LAYOUT_ARCHIVES_MAX);
}

/* Where rrdcached listens, and the private one if it is ours. */
static int find_rrdcached(struct series *s, struct event_base *base,
                          const char *rrdcached, struct cached_address *address,
                          struct complaint *why)
{
    struct buffer OWNED_BUFFER text = {0};

    if (rrdcached != NULL && strcmp(rrdcached, private_name) != 0)
        return cached_address_parse(rrdcached, address, why);
    buffer_format(&text, "unix:%s/rrdcached.sock", s->dir);
    int rc = cached_address_parse(text.at, address, why);
    if (rc < 0)
        return complain(why, rc, "station.data",
                        "choose a directory with a name below 90 octets",
                        "%.100s is too long for a socket in it", s->dir);
    return keeper_new(base, s->dir, (int64_t)s->layout.step_s * 1000,
                      &s->keeper, why);
}

static int open_lane(struct series *s, const struct lane_options *options,
                     const char *name, struct lane **out, struct complaint *why)
{
    struct lane_options all = *options;
    struct buffer OWNED_BUFFER dir = {0};

    buffer_format(&dir, "%s/%s", s->dir, name);
    all.spool_dir = dir.at;
    all.bound = &s->bound;
    all.layout = &s->layout;
    int rc = lane_new(&all, out);
    if (rc < 0)
        return complain(why, rc, dir.at, "check station.data and its rights",
                        "cannot open the directory: %s", strerror(-rc));
    struct lane_stats lane = {0};
    lane_count(*out, &lane);
    if (lane.waiting > 0)
        log_notice("series: %llu samples wait in %s and will be handed over",
                   (unsigned long long)lane.waiting, dir.at);
    return 0;
}

static int open_lanes(struct series *s, struct event_base *base,
                      const struct cached_address *address, int64_t silence_ms,
                      struct complaint *why)
{
    struct lane_options straight = {
        .base = base,
        .address = address,
        .batch_octets = BATCH_OCTETS,
        .silence_ms = silence_ms > 0 ? silence_ms : SILENCE_DEFAULT_MS,
        .events = {on_divert, on_straight_idle, on_silent, s},
    };
    struct lane_options aside = straight;

    aside.batch_octets = BATCH_OCTETS_ASIDE;
    aside.events = (struct lane_events){NULL, on_aside_idle, on_silent, s};
    int rc = open_lane(s, &straight, "spool", &s->straight, why);

    return rc < 0 ? rc : open_lane(s, &aside, "spool/aside", &s->aside, why);
}

/* Files that are not laid out so will be. */
static void hold_groups(struct series *s)
{
    s->all_aside |= s->held;
    s->held = false;
    for (int group = 0; group < SERIES_GROUPS; group++)
        s->held |= renewer_holds(s->renewer, (enum series_group)group);
    stop_or_go(s);
}

void series_lay_out(struct series *s, int64_t step_ms,
                    const struct series_keep *keep, size_t count)
{
    s->layout = layout_of(step_ms, keep, count);
    lane_lay_out(s->straight, &s->layout);
    lane_lay_out(s->aside, &s->layout);
    renewer_lay_out(s->renewer, &s->layout);
    if (s->keeper != NULL)
        keeper_step(s->keeper, (int64_t)s->layout.step_s * 1000);
    if (s->surveyor != NULL)
        surveyor_keep(s->surveyor, layout_span_ms(&s->layout));
    hold_groups(s);
}

int series_new(struct event_base *base, const struct series_options *options,
               struct series **out, struct complaint *why)
{
    OWNED(series_free) struct series *s = mem_new(struct series);
    struct renewer_hooks hooks = {on_hold, on_release, on_renewed, s};
    struct cached_address address;
    struct buffer OWNED_BUFFER root = {0};
    struct buffer OWNED_BUFFER cache = {0};
    struct lane_stats left = {0};

    *out = NULL;
    s->dir = mem_text(options->data_dir);
    s->bound.max = options->spool_max != 0 ? options->spool_max : SPOOL_DEFAULT;
    s->layout = layout_of(options->step_ms, options->keep, options->keep_count);
    s->marks = mem_array(MARKS / MARK_BITS, sizeof *s->marks);
    buffer_format(&root, "%s/rrd/", s->dir);
    buffer_format(&cache, "%s/cache", s->dir);
    s->root = mem_text(root.at);
    int rc = find_rrdcached(s, base, options->rrdcached, &address, why);
    if (rc == 0)
        rc = open_lanes(s, base, &address, options->silence_ms, why);
    if (rc < 0)
        return rc;
    lane_count(s->aside, &left);
    s->all_aside = left.waiting > 0;
    bool is_tcp = address.at.ss_family != AF_UNIX;
    s->fetcher = fetcher_new(base, &address);
    s->painter =
        painter_new(base, is_tcp ? "" : s->root, address.text, cache.at);
    s->renewer = renewer_new(base, s->dir, s->keeper != NULL ? s->root : NULL,
                             &address, &s->layout, &hooks);
    if (s->keeper != NULL) {
        s->surveyor = surveyor_new(base, s->root, layout_span_ms(&s->layout),
                                   on_survey, s);
        s->heir = heir_new(base, s->root, &address);
    }
    hold_groups(s);
    *out = TAKE(s);
    return 0;
}
