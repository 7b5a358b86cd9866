#include "station/series.h"

#include "base/file.h"
#include "base/log.h"
#include "base/mem.h"
#include "station/series_fetcher.h"
#include "station/series_keeper.h"
#include "station/series_painter.h"
#include "station/series_sink.h"
#include "station/series_spool.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

#include <event2/event.h>

/* A batch is closed when it is that old or has that much. */
enum { BATCH_AGE_MS = 500, BATCH_OCTETS = 256 << 10 };
/* Batches that wait in memory before they go to disk, and where the disk takes
 * no more, before samples are lost. */
enum { WAIT_OCTETS = 8 << 20, WAIT_OCTETS_MAX = 64 << 20 };
/* What rrdcached took last is kept to be sent again if it dies: its journal is
 * buffered by stdio, some thousand octets at a time. */
enum { RECENT_OCTETS = 128 << 10 };
static const uint64_t SPOOL_DEFAULT = (uint64_t)256 << 20;
static const int64_t STEP_DEFAULT_MS = 60000;
static const char private_name[] = "private";

/* Samples that travel together. */
struct batch {
    struct batch *next;
    uint64_t number;  /* 0: of an earlier run */
    uint64_t samples; /* that are not yet durable */
    struct buffer lines;
    bool again;      /* rrdcached may have some of it */
    bool from_spool; /* the first of the spool, which stays until it is sent */
};

struct batch_list {
    struct batch *first, **last;
    uint64_t samples;
    size_t octets;
};

/* A batch goes from filling to waiting, through the spool if rrdcached is away
 * for long, to sending, to recent. When the connection breaks what is sending
 * and recent is sent again, first of all. */
struct series {
    char *dir, *root;      /* DATA, DATA/rrd/ */
    struct keeper *keeper; /* NULL: rrdcached is not ours */
    struct sink *sink;
    struct fetcher *fetcher;
    struct painter *painter;
    struct spool *spool;
    struct event *age; /* of the batch that fills */
    struct batch *filling;
    struct batch_list again, waiting, recent;
    struct batch *sending; /* NULL: none */
    uint64_t spool_number; /* the first batch that went to the spool */
    uint64_t spool_max, last_number;
    struct series_stats stats;
    char error[256];
    bool losing; /* samples are lost; said once */
};

/* ---- batches ---- */

static struct batch *batch_new(uint64_t number)
{
    struct batch *b = mem_new(struct batch);

    b->number = number;
    return b;
}

static void batch_free(struct batch *b)
{
    if (b == NULL)
        return;
    buffer_fini(&b->lines);
    free(b);
}

static void list_add(struct batch_list *l, struct batch *b)
{
    if (l->first == NULL)
        l->last = &l->first;
    b->next = NULL;
    *l->last = b;
    l->last = &b->next;
    l->samples += b->samples;
    l->octets += b->lines.len;
}

static struct batch *list_pop(struct batch_list *l)
{
    struct batch *b = l->first;

    if (b == NULL)
        return NULL;
    l->first = b->next;
    l->samples -= b->samples;
    l->octets -= b->lines.len;
    return b;
}

static void list_free(struct batch_list *l)
{
    for (struct batch *b; (b = list_pop(l)) != NULL;)
        batch_free(b);
}

static void note_error(struct series *s, const char *what)
{
    if (what != s->error)
        snprintf(s->error, sizeof s->error, "%s", what);
}

static void lose(struct series *s, struct batch *b, const char *why)
{
    s->stats.dropped += b->samples;
    note_error(s, why);
    if (!s->losing)
        log_error("series: samples are lost: %s; bring rrdcached back or make "
                  "space in %s",
                  why, s->dir);
    s->losing = true;
    batch_free(b);
}

/* Puts one batch into the spool; false if it takes no more. */
static bool spill_one(struct series *s, struct batch *b)
{
    bool was_empty = spool_is_empty(s->spool);
    int rc = spool_add(s->spool, buffer_view(&b->lines), b->samples);

    if (rc < 0) {
        note_error(s, rc == -ENOSPC ? "the spool is full" : strerror(-rc));
        return false;
    }
    if (was_empty)
        s->spool_number = b->number;
    batch_free(b);
    return true;
}

/* Moves what waits to disk where it is too much for memory. */
static void spill(struct series *s, size_t limit)
{
    bool open = true;

    if (s->waiting.octets <= limit)
        return;
    while (open && s->waiting.first != NULL) {
        struct batch *b = list_pop(&s->waiting);

        open = spill_one(s, b);
        if (open)
            continue;
        struct batch_list rest = s->waiting;
        s->waiting = (struct batch_list){0};
        list_add(&s->waiting, b);
        for (struct batch *r; (r = list_pop(&rest)) != NULL;)
            list_add(&s->waiting, r);
    }
    while (s->waiting.octets > WAIT_OCTETS_MAX)
        lose(s, list_pop(&s->waiting), s->error);
}

/* The oldest file of the spool as a batch; NULL if it cannot be read, then it
 * is left out. */
static struct batch *take_spooled(struct series *s)
{
    struct batch *b = batch_new(s->spool_number);
    int rc = spool_first(s->spool, &b->lines, &b->samples);

    b->again = b->from_spool = true;
    if (rc == 0 && b->lines.len > 0)
        return b;
    if (rc < 0)
        lose(s, b, strerror(-rc));
    else
        batch_free(b);
    spool_drop(s->spool);
    return NULL;
}

/* The next batch to send, oldest first; NULL if there is none. */
static struct batch *next_batch(struct series *s)
{
    struct batch *b = list_pop(&s->again);

    while (b == NULL && !spool_is_empty(s->spool))
        b = take_spooled(s);
    return b != NULL ? b : list_pop(&s->waiting);
}

static void send_next(struct series *s)
{
    if (!sink_is_ready(s->sink) || s->sending != NULL)
        return;
    s->sending = next_batch(s);
    if (s->sending != NULL)
        sink_send(s->sink, buffer_view(&s->sending->lines));
}

/* Closes the batch that fills, if it has anything. */
static void seal(struct series *s)
{
    if (s->filling->samples == 0)
        return;
    list_add(&s->waiting, s->filling);
    s->filling = batch_new(++s->last_number);
    (void)event_del(s->age);
    spill(s, WAIT_OCTETS);
}

/* ---- what the sink tells ---- */

static void keep_recent(struct series *s, struct batch *b)
{
    b->samples = 0;
    b->again = true;
    b->from_spool = false;
    list_add(&s->recent, b);
    while (s->recent.first != NULL &&
           s->recent.octets - s->recent.first->lines.len >= RECENT_OCTETS)
        batch_free(list_pop(&s->recent));
}

static void on_sent(void *arg, const struct sink_outcome *outcome)
{
    struct series *s = arg;
    struct batch *b = s->sending;
    size_t refused = outcome->refused - (b->again ? outcome->old : 0);

    s->sending = NULL;
    s->stats.durable += b->samples;
    s->stats.created += outcome->created;
    s->stats.refused += refused;
    if (refused > 0)
        note_error(s, outcome->why[0] != '\0' ? outcome->why
                                              : "a sample is not newer than "
                                                "the one before");
    if (b->from_spool)
        spool_drop(s->spool);
    s->losing = false;
    keep_recent(s, b);
    send_next(s);
}

static void on_ready(void *arg)
{
    send_next(arg);
}

/* What may have been lost with it is sent again, in order: what was taken last,
 * what was on its way, what was to be sent again anyhow. */
static void on_away(void *arg)
{
    struct series *s = arg;
    struct batch_list rest = s->again;

    s->again = s->recent;
    if (s->again.first == NULL)
        s->again = (struct batch_list){0};
    s->recent = (struct batch_list){0};
    if (s->sending != NULL) {
        s->sending->again = true;
        list_add(&s->again, s->sending);
        s->sending = NULL;
    }
    for (struct batch *b; (b = list_pop(&rest)) != NULL;)
        list_add(&s->again, b);
    note_error(s, "rrdcached is away");
}

/* ---- what callers use ---- */

static void on_age(evutil_socket_t fd, short what, void *arg)
{
    struct series *s = arg;

    (void)fd;
    (void)what;
    seal(s);
    send_next(s);
}

void series_add(struct series *s, const char *path, enum series_group group,
                struct wall at, const double *values)
{
    static const struct timeval age = {.tv_usec = BATCH_AGE_MS * 1000L};

    s->stats.added++;
    if (!layout_path_is_ours(path)) {
        s->stats.refused++;
        note_error(s, "a path is none of a series");
        return;
    }
    sink_line(path, group, at.ms, values, &s->filling->lines);
    if (s->filling->samples++ == 0)
        (void)event_add(s->age, &age); /* fails only without memory */
    if (s->filling->lines.len < BATCH_OCTETS)
        return;
    seal(s);
    send_next(s);
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
    return s->last_number;
}

uint64_t series_durable(const struct series *s)
{
    const struct batch *firsts[] = {s->again.first, s->sending,
                                    s->waiting.first, s->filling};
    uint64_t oldest = s->last_number;

    for (size_t i = 0; i < COUNT_OF(firsts); i++)
        if (firsts[i] != NULL && firsts[i]->samples > 0 &&
            firsts[i]->number < oldest)
            oldest = firsts[i]->number;
    if (!spool_is_empty(s->spool) && s->spool_number < oldest)
        oldest = s->spool_number;
    return oldest > 0 ? oldest - 1 : 0;
}

static uint64_t count_waiting(const struct series *s)
{
    uint64_t count = s->again.samples + s->waiting.samples +
                     s->filling->samples + spool_lines(s->spool);

    for (const struct batch *b = s->again.first; b != NULL; b = b->next)
        if (b->from_spool) /* counted in the spool */
            count -= b->samples;
    if (s->sending != NULL && !s->sending->from_spool)
        count += s->sending->samples;
    return count;
}

void series_stats(const struct series *s, struct series_stats *out)
{
    *out = s->stats;
    out->state = sink_is_connected(s->sink) ? SERIES_READY
                 : s->keeper == NULL || keeper_pid(s->keeper) != 0
                     ? SERIES_CONNECTING
                     : SERIES_AWAY;
    out->restarts = s->keeper != NULL ? keeper_restarts(s->keeper) : 0;
    out->waiting = count_waiting(s);
    out->spool_octets = spool_octets(s->spool);
    out->spool_max = s->spool_max;
    out->error = s->error;
}

/* Leaves in the spool what rrdcached does not have for sure. */
static void leave(struct series *s)
{
    if (s->filling != NULL)
        seal(s);
    if (s->sending != NULL && !s->sending->from_spool)
        list_add(&s->again, TAKE(s->sending));
    for (struct batch *b; (b = list_pop(&s->again)) != NULL;) {
        if (b->samples == 0 || b->from_spool)
            batch_free(b);
        else if (!spill_one(s, b))
            lose(s, b, s->error);
    }
    spill(s, 0);
    for (struct batch *b; (b = list_pop(&s->waiting)) != NULL;)
        lose(s, b, s->error);
}

void series_free(struct series *s)
{
    if (s == NULL)
        return;
    if (s->painter != NULL)
        painter_free(s->painter);
    if (s->fetcher != NULL)
        fetcher_free(s->fetcher);
    if (s->sink != NULL)
        sink_free(s->sink);
    if (s->spool != NULL)
        leave(s);
    keeper_free(s->keeper);
    if (s->age != NULL)
        event_free(s->age);
    list_free(&s->again);
    list_free(&s->waiting);
    list_free(&s->recent);
    batch_free(s->sending);
    batch_free(s->filling);
    spool_free(s->spool);
    free(s->dir);
    free(s->root);
    free(s);
}

/* What the configuration says by default. */
static struct layout layout_of(const struct series_options *options)
{
    static const int64_t minute = 60000, hour = 60 * minute, day = 24 * hour;
    const struct series_keep preset[] = {{minute, day},
                                         {5 * minute, 7 * day},
                                         {30 * minute, 30 * day},
                                         {6 * hour, 730 * day}};
    int64_t step_ms = options->step_ms > 0 ? options->step_ms : STEP_DEFAULT_MS;

    if (options->keep == NULL || options->keep_count == 0)
        return layout_make(step_ms, preset, COUNT_OF(preset));
    return layout_make(step_ms, options->keep,
                       options->keep_count < LAYOUT_ARCHIVES_MAX
                           ? options->keep_count
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

static int open_spool(struct series *s, struct complaint *why)
{
    struct buffer OWNED_BUFFER dir = {0};

    buffer_format(&dir, "%s/spool", s->dir);
    int rc = spool_open(dir.at, s->spool_max, &s->spool);
    if (rc < 0)
        return complain(why, rc, dir.at, "check station.data and its rights",
                        "cannot open the directory: %s", strerror(-rc));
    if (!spool_is_empty(s->spool))
        log_notice("series: %llu samples wait in %s and will be handed over",
                   (unsigned long long)spool_lines(s->spool), dir.at);
    return 0;
}

int series_new(struct event_base *base, const struct series_options *options,
               struct series **out, struct complaint *why)
{
    OWNED(series_free) struct series *s = mem_new(struct series);
    struct sink_events events = {on_ready, on_away, on_sent, s};
    struct cached_address address;
    struct layout layout = layout_of(options);
    struct buffer OWNED_BUFFER root = {0};
    struct buffer OWNED_BUFFER cache = {0};

    *out = NULL;
    s->dir = mem_text(options->data_dir);
    s->spool_max = options->spool_max != 0 ? options->spool_max : SPOOL_DEFAULT;
    buffer_format(&root, "%s/rrd/", s->dir);
    buffer_format(&cache, "%s/cache", s->dir);
    s->root = mem_text(root.at);
    int rc = find_rrdcached(s, base, options->rrdcached, &address, why);
    if (rc == 0)
        rc = open_spool(s, why);
    if (rc < 0)
        return rc;
    bool is_tcp = address.at.ss_family != AF_UNIX;
    s->sink = sink_new(base, &address, &layout, &events);
    s->fetcher = fetcher_new(base, &address);
    s->painter =
        painter_new(base, is_tcp ? "" : s->root, address.text, cache.at);
    s->age = event_new(base, -1, 0, on_age, s);
    assert(s->age != NULL); /* fails only without memory */
    s->filling = batch_new(++s->last_number);
    *out = TAKE(s);
    return 0;
}
