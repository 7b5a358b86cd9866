#include "station/series_lane.h"

#include "base/log.h"
#include "base/mem.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

#include <event2/event.h>

/* A batch is closed when it is that old. */
enum { BATCH_AGE_MS = 500 };
/* Batches that wait in memory before they go to disk, and where the disk takes
 * no more, before samples are lost. */
enum { WAIT_OCTETS = 8 << 20, WAIT_OCTETS_MAX = 64 << 20 };
/* What rrdcached took last is kept to be sent again if it dies: its journal is
 * buffered by stdio, some thousand octets at a time. */
enum { RECENT_OCTETS = 128 << 10 };
static const uint64_t NUMBER_NONE = UINT64_MAX;

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
struct lane {
    char *dir; /* of the spool */
    struct sink *sink;
    struct spool *spool;
    struct lane_events events;
    size_t batch_octets;
    struct event *age; /* of the batch that fills */
    struct batch *filling;
    struct batch_list again, waiting, recent;
    struct batch *sending; /* NULL: none */
    uint64_t spool_number; /* the first batch that went to the spool */
    struct lane_stats stats;
    char error[256];
    bool paused;
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

static void list_add(struct batch_list *list, struct batch *b)
{
    if (list->first == NULL)
        list->last = &list->first;
    b->next = NULL;
    *list->last = b;
    list->last = &b->next;
    list->samples += b->samples;
    list->octets += b->lines.len;
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

static void note_error(struct lane *l, const char *what)
{
    if (what != l->error)
        snprintf(l->error, sizeof l->error, "%s", what);
}

static void lose(struct lane *l, struct batch *b, const char *why)
{
    l->stats.dropped += b->samples;
    note_error(l, why);
    if (!l->losing)
        log_error("series: samples are lost: %s; bring rrdcached back or make "
                  "space in %s",
                  why, l->dir);
    l->losing = true;
    batch_free(b);
}

/* Puts one batch into the spool; false if it takes no more. */
static bool spill_one(struct lane *l, struct batch *b)
{
    bool was_empty = spool_is_empty(l->spool);
    int rc = spool_add(l->spool, buffer_view(&b->lines), b->samples);

    if (rc < 0) {
        note_error(l, rc == -ENOSPC ? "the spool is full" : strerror(-rc));
        return false;
    }
    if (was_empty)
        l->spool_number = b->number;
    batch_free(b);
    return true;
}

/* Moves to disk what is too much for memory, oldest first: no more than that,
 * so that the loop is not held. */
static void spill(struct lane *l, size_t limit)
{
    bool open = true;

    while (open && l->waiting.octets > limit) {
        struct batch *b = list_pop(&l->waiting);

        open = spill_one(l, b);
        if (open)
            continue;
        struct batch_list rest = l->waiting;
        l->waiting = (struct batch_list){0};
        list_add(&l->waiting, b);
        for (struct batch *r; (r = list_pop(&rest)) != NULL;)
            list_add(&l->waiting, r);
    }
    while (l->waiting.octets > WAIT_OCTETS_MAX)
        lose(l, list_pop(&l->waiting), l->error);
}

/* The oldest file of the spool as a batch; NULL if it cannot be read, then it
 * is left out. */
static struct batch *take_spooled(struct lane *l)
{
    struct batch *b = batch_new(l->spool_number);
    int rc = spool_first(l->spool, &b->lines, &b->samples);

    b->again = b->from_spool = true;
    if (rc == 0 && b->lines.len > 0)
        return b;
    if (rc < 0)
        lose(l, b, strerror(-rc));
    else
        batch_free(b);
    spool_drop(l->spool);
    return NULL;
}

/* The next batch to send, oldest first; NULL if there is none. */
static struct batch *next_batch(struct lane *l)
{
    struct batch *b = list_pop(&l->again);

    while (b == NULL && !spool_is_empty(l->spool))
        b = take_spooled(l);
    return b != NULL ? b : list_pop(&l->waiting);
}

static void send_next(struct lane *l)
{
    if (l->paused || l->sending != NULL || !sink_is_ready(l->sink))
        return;
    l->sending = next_batch(l);
    if (l->sending != NULL)
        sink_send(l->sink, buffer_view(&l->sending->lines));
}

/* Closes the batch that fills, if it has anything. */
static void seal(struct lane *l)
{
    uint64_t next = l->filling->number + 1;

    if (l->filling->samples == 0)
        return;
    buffer_trim(&l->filling->lines); /* it may wait long, with many others */
    list_add(&l->waiting, l->filling);
    l->filling = batch_new(next);
    (void)event_del(l->age);
    spill(l, WAIT_OCTETS);
}

/* ---- what the sink tells ---- */

static void keep_recent(struct lane *l, struct batch *b)
{
    b->samples = 0;
    b->again = true;
    b->from_spool = false;
    list_add(&l->recent, b);
    while (l->recent.first != NULL &&
           l->recent.octets - l->recent.first->lines.len >= RECENT_OCTETS)
        batch_free(list_pop(&l->recent));
}

static void on_sent(void *arg, const struct sink_outcome *outcome)
{
    struct lane *l = arg;
    struct batch *b = l->sending;
    size_t refused = outcome->refused - (b->again ? outcome->old : 0);
    /* Of what is sent again some was counted before. */
    uint64_t gone =
        outcome->diverted < b->samples ? outcome->diverted : b->samples;

    l->sending = NULL;
    l->stats.durable += b->samples - gone;
    l->stats.created += outcome->created;
    l->stats.refused += refused;
    if (refused > 0)
        note_error(l, outcome->why[0] != '\0' ? outcome->why
                                              : "a sample is not newer than "
                                                "the one before");
    if (b->from_spool)
        spool_drop(l->spool);
    l->losing = false;
    keep_recent(l, b);
    l->events.on_idle(l->events.arg);
    send_next(l);
}

static void on_ready(void *arg)
{
    send_next(arg);
}

/* What may have been lost with rrdcached comes first again, in order: what was
 * taken last, what was on its way, what was to be sent again anyhow. */
static void take_back(struct lane *l)
{
    struct batch_list rest = l->again;

    l->again = l->recent;
    if (l->again.first == NULL)
        l->again = (struct batch_list){0};
    l->recent = (struct batch_list){0};
    if (l->sending != NULL) {
        l->sending->again = true;
        list_add(&l->again, l->sending);
        l->sending = NULL;
    }
    for (struct batch *b; (b = list_pop(&rest)) != NULL;)
        list_add(&l->again, b);
}

static void on_away(void *arg, bool silent)
{
    struct lane *l = arg;

    take_back(l);
    note_error(l, silent ? "rrdcached does not answer" : "rrdcached is away");
    l->events.on_idle(l->events.arg);
    if (silent)
        l->events.on_silent(l->events.arg);
}

static bool on_divert(void *arg, const struct sink_sample *sample)
{
    struct lane *l = arg;
    struct sink_sample told = *sample;

    told.again = l->sending->again;
    return l->events.divert(l->events.arg, &told);
}

static void on_age(evutil_socket_t fd, short what, void *arg)
{
    struct lane *l = arg;

    (void)fd;
    (void)what;
    seal(l);
    send_next(l);
}

/* ---- what callers use ---- */

struct buffer *lane_begin(struct lane *l)
{
    return &l->filling->lines;
}

void lane_end(struct lane *l)
{
    static const struct timeval age = {.tv_usec = BATCH_AGE_MS * 1000L};

    if (l->filling->samples++ == 0)
        (void)event_add(l->age, &age); /* fails only without memory */
    if (l->filling->lines.len < l->batch_octets)
        return;
    seal(l);
    send_next(l);
}

void lane_number(struct lane *l, uint64_t number)
{
    l->filling->number = number;
}

void lane_again(struct lane *l)
{
    l->filling->again = true;
}

void lane_pause(struct lane *l, bool paused)
{
    l->paused = paused;
    send_next(l);
}

bool lane_is_idle(const struct lane *l)
{
    return l->sending == NULL;
}

void lane_lay_out(struct lane *l, const struct layout *layout)
{
    sink_lay_out(l->sink, layout);
}

uint64_t lane_filling(const struct lane *l)
{
    return l->filling->number;
}

uint64_t lane_oldest(const struct lane *l)
{
    const struct batch *firsts[] = {l->again.first, l->sending,
                                    l->waiting.first, l->filling};
    uint64_t oldest = NUMBER_NONE;

    for (size_t i = 0; i < COUNT_OF(firsts); i++)
        if (firsts[i] != NULL && firsts[i]->samples > 0 &&
            firsts[i]->number < oldest)
            oldest = firsts[i]->number;
    if (!spool_is_empty(l->spool) && l->spool_number < oldest)
        oldest = l->spool_number;
    return oldest;
}

bool lane_is_connected(const struct lane *l)
{
    return sink_is_connected(l->sink);
}

static uint64_t count_waiting(const struct lane *l)
{
    uint64_t count = l->again.samples + l->waiting.samples +
                     l->filling->samples + spool_lines(l->spool);

    for (const struct batch *b = l->again.first; b != NULL; b = b->next)
        if (b->from_spool) /* counted in the spool */
            count -= b->samples;
    if (l->sending != NULL && !l->sending->from_spool)
        count += l->sending->samples;
    return count;
}

void lane_count(const struct lane *l, struct lane_stats *out)
{
    out->durable += l->stats.durable;
    out->dropped += l->stats.dropped;
    out->refused += l->stats.refused;
    out->created += l->stats.created;
    out->waiting += count_waiting(l);
}

const char *lane_error(const struct lane *l)
{
    return l->error;
}

/* Puts what is to be sent again before all that the spool has. What was taken
 * last is left too: an rrdcached that dies with the station, or has just died,
 * may not have it. */
static void leave_first(struct lane *l)
{
    struct batch_list turned = {0};

    for (struct batch *b; (b = list_pop(&l->again)) != NULL;) {
        b->next = turned.first;
        turned.first = b;
    }
    for (struct batch *b = turned.first, *next; b != NULL; b = next) {
        next = b->next;
        int rc =
            b->from_spool || b->lines.len == 0
                ? 0
                : spool_add_first(l->spool, buffer_view(&b->lines), b->samples);
        if (rc < 0)
            lose(l, b, strerror(-rc));
        else
            batch_free(b);
    }
}

static void leave(struct lane *l)
{
    take_back(l);
    leave_first(l);
    if (l->filling != NULL)
        seal(l);
    spill(l, 0);
    for (struct batch *b; (b = list_pop(&l->waiting)) != NULL;)
        lose(l, b, l->error);
}

void lane_free(struct lane *l)
{
    if (l == NULL)
        return;
    if (l->sink != NULL)
        sink_free(l->sink);
    if (l->spool != NULL)
        leave(l);
    if (l->age != NULL)
        event_free(l->age);
    batch_free(l->filling);
    spool_free(l->spool);
    free(l->dir);
    free(l);
}

int lane_new(const struct lane_options *options, struct lane **out)
{
    OWNED(lane_free) struct lane *l = mem_new(struct lane);
    struct sink_events events = {
        .on_ready = on_ready,
        .on_away = on_away,
        .on_sent = on_sent,
        .divert = options->events.divert != NULL ? on_divert : NULL,
        .arg = l};

    *out = NULL;
    l->dir = mem_text(options->spool_dir);
    l->events = options->events;
    l->batch_octets = options->batch_octets;
    l->filling = batch_new(1);
    int rc = spool_open(options->spool_dir, options->bound, &l->spool);
    if (rc < 0)
        return rc;
    l->sink = sink_new(options->base, options->address, options->layout,
                       options->silence_ms, &events);
    l->age = event_new(options->base, -1, 0, on_age, l);
    assert(l->age != NULL); /* fails only without memory */
    *out = TAKE(l);
    return 0;
}
