#include "station/series.h"

#include "base/mem.h"
#include "station/series_gone.h"
#include "station/series_heir.h"
#include "station/series_keeper.h"
#include "station/series_porter.h"
#include "station/series_reader.h"
#include "station/series_renewer.h"
#include "station/series_surveyor.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

static const uint64_t SPOOL_DEFAULT = (uint64_t)1 << 30;
static const int64_t STEP_DEFAULT_MS = 60000, SILENCE_DEFAULT_MS = 60000;
static const char private_name[] = "private";

struct series {
    char *dir, *root;          /* DATA, DATA/rrd/ */
    struct keeper *keeper;     /* NULL: rrdcached is not ours */
    struct surveyor *surveyor; /* NULL too: nor are the files */
    struct heir *heir;         /* NULL too */
    uint64_t surveyed;         /* files made or renewed that it knows of */
    struct porter *porter;
    struct reader *reader;
    struct renewer *renewer;
    struct gone *gone;
    char *held; /* a file that is laid out anew: its samples wait; NULL: none */
    struct layout layout;
    int64_t silence_ms; /* rrdcached may need to answer, or to listen */
    uint64_t added, refused;
    const char *error; /* of the samples that were refused here; NULL: none */
};

/* What is to be done when what waits for a file, or a folder, is written. */
struct errand {
    struct series *series;
    char *from, *to;
};

/* ---- what the parts tell ---- */

/* There are other files than the surveyor has seen. */
static void tell_surveyor(struct series *s)
{
    struct porter_stats porter;
    struct renewer_stats renewer;

    if (s->surveyor == NULL)
        return;
    porter_stats(s->porter, &porter);
    renewer_stats(s->renewer, &renewer);
    if (porter.created + renewer.renewed == s->surveyed)
        return;
    s->surveyed = porter.created + renewer.renewed;
    surveyor_wake(s->surveyor);
}

static void on_made(void *arg)
{
    tell_surveyor(arg);
}

static void on_silent(void *arg)
{
    struct series *s = arg;

    if (s->keeper != NULL)
        keeper_silent(s->keeper);
}

static void on_unreached(void *arg)
{
    struct series *s = arg;

    if (s->keeper != NULL)
        keeper_unreached(s->keeper, s->silence_ms);
}

static bool is_held(void *arg, struct bytes path, enum series_group group)
{
    struct series *s = arg;

    return renewer_holds(s->renewer, group) ||
           (s->held != NULL && bytes_equal(bytes_of_text(s->held), path));
}

static bool is_gone(void *arg, struct bytes path, int64_t at_ms)
{
    const struct series *s = arg;

    return gone_has(s->gone, path, at_ms);
}

/* What waited for a file is in it; what comes from now on waits. */
static void on_held(void *arg, int result)
{
    struct errand *e = arg;
    struct series *s = e->series;

    if (result != -ECANCELED) {
        free(s->held);
        s->held = TAKE(e->from);
        renewer_go(s->renewer);
    }
    free(e->from);
    free(e);
}

static void on_hold(void *arg, const char *path)
{
    struct errand *e = mem_new(struct errand);

    e->series = arg;
    e->from = mem_text(path);
    porter_bring(e->series->porter, path, on_held, e);
}

static void on_release(void *arg)
{
    struct series *s = arg;

    free(s->held);
    s->held = NULL;
}

static void on_renewed(void *arg)
{
    tell_surveyor(arg);
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
    porter_add(s->porter, path, group, at.ms, values);
}

void series_expect(struct series *s, size_t files)
{
    porter_files(s->porter, files);
}

static void on_brought(void *arg, int result)
{
    struct errand *e = arg;

    if (result != -ECANCELED)
        heir_give(e->series->heir, e->from, e->to);
    free(e->from);
    free(e->to);
    free(e);
}

/* to NULL: to nobody. */
static void leave(struct series *s, const char *from, const char *to)
{
    struct buffer OWNED_BUFFER folder = {0};

    if (s->heir == NULL)
        return;
    struct errand *e = mem_new(struct errand);
    e->series = s;
    e->from = mem_text(from);
    e->to = mem_text(to);
    buffer_format(&folder, "%s/", from);
    porter_bring(s->porter, folder.at, on_brought, e);
}

void series_inherit(struct series *s, const char *from, const char *to)
{
    leave(s, from, to);
}

void series_erase(struct series *s, const char *folder, struct wall until)
{
    gone_add(s->gone, folder, until.ms);
    leave(s, folder, NULL);
}

bool series_has(const struct series *s, const char *folder)
{
    struct buffer OWNED_BUFFER path = {0};

    buffer_format(&path, "%s%s", s->root, folder);
    return access(path.at, F_OK) == 0;
}

void series_file(const struct series *s, const char *path, struct buffer *out)
{
    buffer_format(out, "%s%s", s->root, path);
}

void series_fetch(struct series *s, const struct series_query *query,
                  series_rows_fn done, void *arg)
{
    reader_fetch(s->reader, query, done, arg);
}

void series_picture(struct series *s, const struct picture *p,
                    series_picture_fn done, void *arg)
{
    reader_draw(s->reader, p, done, arg);
}

void series_forget(struct series *s, const void *arg)
{
    reader_forget(s->reader, arg);
}

uint64_t series_batch(const struct series *s)
{
    struct porter_stats porter;

    porter_stats(s->porter, &porter);
    return porter.shelves.filling;
}

uint64_t series_durable(const struct series *s)
{
    struct porter_stats porter;

    porter_stats(s->porter, &porter);
    return porter.shelves.durable;
}

void series_stats(const struct series *s, struct series_stats *out)
{
    struct porter_stats porter;

    porter_stats(s->porter, &porter);
    *out = (struct series_stats){
        .state = porter_is_answered(s->porter) ? SERIES_READY
                 : s->keeper == NULL || keeper_pid(s->keeper) != 0
                     ? SERIES_CONNECTING
                     : SERIES_AWAY,
        .added = s->added,
        .durable = porter.shelves.written,
        .dropped = porter.shelves.dropped,
        .refused = s->refused + porter.refused,
        .created = porter.created,
        .restarts = s->keeper != NULL ? keeper_restarts(s->keeper) : 0,
        .waiting = porter.shelves.waiting,
        .hold_ms = porter.hold_ms,
        .answer_ms = porter.answer_ms,
        .spool_octets = porter.shelves.octets,
        .spool_max = porter.shelves.max,
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
        if (statvfs(s->root, &disk) == 0) {
            out->free_octets = (uint64_t)disk.f_bavail * disk.f_frsize;
            out->disk_octets = (uint64_t)disk.f_blocks * disk.f_frsize;
        }
    }
    const char *errors[] = {s->error != NULL ? s->error : "", porter.error,
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
    porter_free(s->porter); /* what waits for it is told through the others */
    reader_free(s->reader);
    surveyor_free(s->surveyor);
    heir_free(s->heir);
    renewer_free(s->renewer);
    keeper_free(s->keeper);
    gone_free(s->gone);
    free(s->held);
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
    return keeper_new(base, s->dir, &s->keeper, why);
}

static int open_porter(struct series *s, struct event_base *base,
                       const struct cached_address *address,
                       const struct series_options *options,
                       struct complaint *why)
{
    struct buffer OWNED_BUFFER spool = {0};
    struct porter_options porter = {
        .root = s->keeper != NULL ? s->root : NULL,
        .spool_max =
            options->spool_max != 0 ? options->spool_max : SPOOL_DEFAULT,
        .address = address,
        .layout = &s->layout,
        .is_ours = s->keeper != NULL,
        .silence_ms = s->silence_ms,
        .hold_ms = options->hold_ms,
        .hooks = {is_held, is_gone, on_made, on_silent, on_unreached, s},
    };

    buffer_format(&spool, "%s/spool", s->dir);
    porter.spool_dir = spool.at;
    int rc = porter_new(base, &porter, &s->porter);
    return rc < 0 ? complain(why, rc, spool.at,
                             "check station.data and its rights",
                             "cannot open the directory: %s", strerror(-rc))
                  : 0;
}

void series_lay_out(struct series *s, int64_t step_ms,
                    const struct series_keep *keep, size_t count)
{
    s->layout = layout_of(step_ms, keep, count);
    porter_lay_out(s->porter, &s->layout);
    renewer_lay_out(s->renewer, &s->layout);
    if (s->surveyor != NULL)
        surveyor_keep(s->surveyor, layout_span_ms(&s->layout));
}

int series_new(struct event_base *base, const struct series_options *options,
               struct series **out, struct complaint *why)
{
    OWNED(series_free) struct series *s = mem_new(struct series);
    struct renewer_hooks hooks = {on_hold, on_release, on_renewed, s};
    struct cached_address address;
    struct buffer OWNED_BUFFER root = {0};
    struct buffer OWNED_BUFFER cache = {0};

    *out = NULL;
    s->silence_ms =
        options->silence_ms > 0 ? options->silence_ms : SILENCE_DEFAULT_MS;
    s->gone = gone_new();
    s->dir = mem_text(options->data_dir);
    s->layout = layout_of(options->step_ms, options->keep, options->keep_count);
    buffer_format(&root, "%s/rrd/", s->dir);
    buffer_format(&cache, "%s/cache", s->dir);
    s->root = mem_text(root.at);
    int rc = find_rrdcached(s, base, options->rrdcached, &address, why);
    if (rc == 0)
        rc = open_porter(s, base, &address, options, why);
    if (rc < 0)
        return rc;
    bool is_tcp = address.at.ss_family != AF_UNIX;
    s->reader =
        reader_new(base, s->porter, &address, is_tcp ? "" : s->root, cache.at);
    s->renewer = renewer_new(base, s->dir, s->keeper != NULL ? s->root : NULL,
                             &address, &s->layout, &hooks);
    if (s->keeper != NULL) {
        s->surveyor = surveyor_new(base, s->root, layout_span_ms(&s->layout));
        s->heir = heir_new(base, s->root, &address);
    }
    *out = TAKE(s);
    return 0;
}
