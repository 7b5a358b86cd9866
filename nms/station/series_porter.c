#include "station/series_porter.h"

#include "base/clock.h"
#include "base/log.h"
#include "station/series_batch.h"
#include "station/series_maker.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <event2/event.h>

/* What is done with stays on disk until the kernel has written the files, which
 * it does within half a minute. */
enum { KEEP_MS = 60000 };
/* So many writes of files a second cost rrdcached some 5 % of a core, however
 * many samples each has. Few files are written as often as they get samples. */
enum {
    HOLD_MIN_MS = 1000,
    HOLD_FEW_MS = 10000,
    HOLD_MAX_MS = 1800000,
    FILES_PER_S = 200
};
/* So many turns in a row find what waits spoilt by the disk; then it is let go,
 * so that what came later does not wait for ever. */
enum { SPOILT_MAX = 10 };
enum { MS_PER_S = 1000, US_PER_MS = 1000, TURN_MIN_MS = 1 };

struct place {
    bool due;        /* it waits for its turn */
    bool again;      /* as of struct load */
    uint64_t files;  /* that got samples before its last turn */
    unsigned spoilt; /* turns in a row that could not read all */
};

struct porter {
    struct shelves *shelves;
    struct sink *sink;
    struct maker *maker;
    struct porter_hooks hooks;
    bool is_ours, ends;
    int64_t hold_ms, step_ms;
    bool hold_fixed;
    uint64_t expected, files; /* that get samples: as told, as seen */
    struct event *turn_event, *pace_event;
    struct place places[SHELVES];
    unsigned next;
    struct due ARRAY_OF(unsigned) due; /* shelves, the first is next */
    struct load *turn;                 /* NULL: none */
    struct load *asked;                /* waiting to be sent */
    struct load *sending;              /* one of the above; NULL: none */
    struct batch batch;                /* being sent */
    bool ending; /* the last turn's volumes are being done with */
    bool paced;  /* the turn goes on when it is time */
    uint64_t refused;
    char error[256];
};

/* ---- loads ---- */

static void tell(struct load *l, int result)
{
    loads_remove(&l->c->asked, l);
    l->done(l->arg, result);
    load_free(l);
}

static void note(struct porter *c, uint64_t refused, const char *why)
{
    c->refused += refused;
    if (refused > 0)
        snprintf(c->error, sizeof c->error, "%s", why);
}

/* ---- turns ---- */

static void go_on(struct porter *c);

int64_t porter_hold_ms(uint64_t files, int64_t step_ms)
{
    int64_t least_ms = step_ms > HOLD_MIN_MS ? step_ms : HOLD_MIN_MS;
    uint64_t hold_ms = files * MS_PER_S / FILES_PER_S;

    least_ms = least_ms < HOLD_FEW_MS ? least_ms : HOLD_FEW_MS;
    if (hold_ms > HOLD_MAX_MS)
        return HOLD_MAX_MS;
    return (int64_t)hold_ms > least_ms ? (int64_t)hold_ms : least_ms;
}

/* That get samples, or will. */
static uint64_t files_of(const struct porter *c)
{
    return c->files > c->expected ? c->files : c->expected;
}

static void suit_files(struct porter *c)
{
    if (!c->hold_fixed)
        c->hold_ms = porter_hold_ms(files_of(c), c->step_ms);
}

static void count_files(struct porter *c, const struct load *l)
{
    struct place *place = &c->places[l->shelf];
    uint64_t files = 0;

    while (files < l->found.parcels.count &&
           l->found.parcels.at[files].layer == 0)
        files++;
    c->files += files - place->files;
    place->files = files;
    suit_files(c);
}

/* Not all could be read: does it wait for a later turn? A shortage of
 * descriptors passes; what the disk does not give may never come. */
static bool is_put_off(struct place *place, int result)
{
    if (result != -EIO && result != -EFBIG) {
        place->spoilt = 0;
        return result < 0;
    }
    if (++place->spoilt < SPOILT_MAX)
        return true;
    place->spoilt = 0;
    log_error("series: samples that waited are lost: they could not be read "
              "%d times: %s; check the disk",
              SPOILT_MAX, strerror(-result));
    return false;
}

/* The shelf's next turn reads them again. */
static void put_off_turn(struct porter *c, int result)
{
    struct load *l = TAKE(c->turn);

    snprintf(c->error, sizeof c->error, "samples that wait cannot be read: %s",
             strerror(-result));
    c->places[l->shelf].again |= l->again;
    load_free(l);
}

static void on_turn_read(void *arg, int result, struct gathered *found)
{
    struct load *l = arg;
    struct porter *c = l->c;

    l->found = *found;
    l->read = true;
    *found = (struct gathered){0};
    if (!l->again && !c->ends)
        note(c, l->found.repeated, "a sample is not newer than the one before");
    if (c->turn != l) {
        load_free(l); /* given up meanwhile */
    } else if (!c->ends) {
        if (is_put_off(&c->places[l->shelf], result))
            put_off_turn(c, result);
        else
            count_files(c, l);
        go_on(c);
    }
}

static void make_due(struct porter *c, unsigned shelf)
{
    if (c->places[shelf].due)
        return;
    c->places[shelf].due = true;
    *array_add(&c->due) = shelf;
}

/* Begins with the shelf whose turn is next. */
static void begin_turn(struct porter *c)
{
    while (c->turn == NULL && !c->ending && c->due.count > 0 &&
           sink_is_connected(c->sink)) {
        unsigned shelf = c->due.at[0];
        struct place *place = &c->places[shelf];

        c->due.count--;
        memmove(c->due.at, c->due.at + 1, c->due.count * sizeof *c->due.at);
        place->due = false;
        uint64_t upto = shelves_close(c->shelves, shelf);
        if (upto == 0)
            continue;
        c->turn = mem_new(struct load);
        c->turn->c = c;
        c->turn->shelf = shelf;
        c->turn->upto = upto;
        c->turn->again = place->again;
        place->again = false;
        shelves_read(c->shelves, shelf, upto, NULL, NULL, on_turn_read,
                     c->turn);
    }
}

/* Nothing of it is under way any more; a later turn begins anew. */
static void give_up_turn(struct porter *c)
{
    struct load *l = c->turn;

    if (l == NULL)
        return;
    c->turn = NULL;
    c->paced = false;
    (void)event_del(c->pace_event);
    c->places[l->shelf].again = true;
    make_due(c, l->shelf);
    if (l->read)
        load_free(l);
}

static void on_turn_ended(void *arg)
{
    struct porter *c = arg;

    c->ending = false;
    if (!c->ends)
        go_on(c);
}

static void finish_turn(struct porter *c)
{
    struct load *l = c->turn;
    struct shelves_end end = {
        .shelf = l->shelf,
        .upto = l->upto,
        .keep_ms = c->hold_ms < KEEP_MS ? c->hold_ms : KEEP_MS,
        .done = on_turn_ended,
        .arg = c,
    };

    c->places[l->shelf].again |= l->stays != NULL;
    c->turn = NULL;
    if (l->sent || l->stays == NULL) {
        end.paths = TAKE(l->stays);
        c->ending = true;
        shelves_retire(c->shelves, &end);
    } else {
        shelves_reopen(c->shelves, l->shelf);
    }
    load_free(l);
}

/* ---- batches ---- */

/* Sends what is next of a load; false if there is nothing. */
static bool send_some(struct porter *c, struct load *l)
{
    if (!batch_fill(&c->batch, l, &c->hooks))
        return false;
    c->sending = l;
    l->sent = true;
    sink_send(c->sink, c->batch.items.at, c->batch.items.count);
    return true;
}

static struct load *first_read(struct load *l)
{
    while (l != NULL && !l->read)
        l = l->next;
    return l;
}

/* The first that may be sent. */
static struct load *first_whole(struct load *l)
{
    while (l != NULL && (!l->read || l->making))
        l = l->next;
    return l;
}

/* Sends what is next: what is asked for before what is due. */
static void go_on(struct porter *c)
{
    struct load *l;

    while (sink_is_ready(c->sink) && (l = first_whole(c->asked)) != NULL) {
        if (send_some(c, l))
            return;
        tell(l, 0);
    }
    while (sink_is_ready(c->sink) && c->turn != NULL && c->turn->read &&
           !c->turn->making && !c->paced) {
        if (send_some(c, c->turn))
            return;
        finish_turn(c);
    }
    begin_turn(c);
}

/* A turn takes as long as there is until the next one, so that rrdcached has
 * its work evenly. */
static void pace(struct porter *c)
{
    int64_t batches = (int64_t)(c->turn->found.parcels.count / BATCH_FILES) + 2;
    int64_t wait_ms = c->hold_ms / SHELVES / batches;
    struct timeval wait = {.tv_sec = wait_ms / MS_PER_S,
                           .tv_usec = wait_ms % MS_PER_S * US_PER_MS};

    if (c->due.count > 0 || wait_ms < TURN_MIN_MS)
        return;
    c->paced = true;
    (void)event_add(c->pace_event, &wait); /* fails only without memory */
}

static void on_made(void *arg, const char *why)
{
    struct load *l = arg;
    struct porter *c = l->c;

    l->making = false;
    if (why[0] != '\0')
        snprintf(c->error, sizeof c->error, "%s", why);
    if (l->ended)
        load_free(l);
    if (c->ends)
        return;
    c->hooks.on_made(c->hooks.arg);
    go_on(c);
}

/* Makes files that are missing, those that are asked for in any case; samples
 * of the others stay, as do those of files that could not be made. */
static void make_missing(struct porter *c, struct load *l)
{
    struct maker_orders orders = {0};
    uint64_t may =
        l->name != NULL ? UINT64_MAX : maker_allows(c->maker, files_of(c));

    for (size_t i = 0; i < c->batch.items.count; i++) {
        const struct parcel *p = &l->found.parcels.at[c->batch.parcels.at[i]];
        struct bytes path = parcel_path(&l->found, p);

        if (!c->batch.items.at[i].missing)
            continue;
        if (c->batch.again || l->missing.count >= may) {
            load_stay(l, path);
            continue;
        }
        *array_add(&l->missing) = c->batch.parcels.at[i];
        maker_order(&orders, path, p->group, p->first_ms);
    }
    l->making = l->missing.count > 0;
    if (l->making)
        maker_make(c->maker, &orders, on_made, l);
}

static void on_sent(void *arg, const struct sink_outcome *outcome)
{
    struct porter *c = arg;
    struct load *l = c->sending;

    c->sending = NULL;
    note(c, outcome->refused, outcome->why);
    if (!l->again)
        note(c, outcome->old, "a sample is not newer than the one before");
    make_missing(c, l);
    l->at = c->batch.behind;
    if (l == c->turn && !c->batch.again && l->at < l->found.parcels.count)
        pace(c);
    go_on(c);
}

static void on_ready(void *arg)
{
    go_on(arg);
}

static void on_away(void *arg, bool silent)
{
    struct porter *c = arg;

    c->sending = NULL;
    snprintf(c->error, sizeof c->error, "%s",
             silent ? "rrdcached does not answer" : "rrdcached is away");
    give_up_turn(c);
    if (!c->is_ours) { /* what its journal did not have yet */
        shelves_take_back(c->shelves);
        for (unsigned shelf = 0; shelf < SHELVES; shelf++)
            c->places[shelf].again = true;
    }
    for (struct load *l; (l = first_read(c->asked)) != NULL;)
        tell(l, -ENOTCONN);
    if (silent)
        c->hooks.on_silent(c->hooks.arg);
}

static void on_unreached(void *arg)
{
    struct porter *c = arg;

    c->hooks.on_unreached(c->hooks.arg);
}

/* ---- what is asked for ---- */

static void on_asked_read(void *arg, int result, struct gathered *found)
{
    struct load *l = arg;

    l->found = *found;
    l->read = true;
    *found = (struct gathered){0};
    if (l->c->ends)
        tell(l, -ECANCELED);
    else if (!sink_is_connected(l->c->sink))
        tell(l, -ENOTCONN);
    else if (result < 0 && result != -EFBIG)
        tell(l, -EIO);
    else
        go_on(l->c);
}

static void read_asked(struct load *l)
{
    bool folder = l->name[strlen(l->name) - 1] == '/';
    struct table *paths = NULL;

    if (!folder) {
        paths = table_new();
        (void)table_put_text(paths, l->name, l);
    }
    shelves_read(l->c->shelves, l->shelf, UINT64_MAX, paths,
                 folder ? l->name : NULL, on_asked_read, l);
}

void porter_bring(struct porter *c, const char *name, porter_fn done, void *arg)
{
    struct load *l = mem_new(struct load);

    l->c = c;
    l->name = mem_text(name);
    l->done = done;
    l->arg = arg;
    l->shelf = shelves_of(name);
    l->again = true;
    c->places[l->shelf].again = true;
    if (c->turn != NULL && c->turn->shelf == l->shelf)
        c->turn->again = true;
    loads_add(&c->asked, l);
    read_asked(l);
}

/* ---- the clock ---- */

static void schedule(struct porter *c)
{
    int64_t wait_ms = c->hold_ms / SHELVES;

    wait_ms = wait_ms < TURN_MIN_MS ? TURN_MIN_MS : wait_ms;
    struct timeval wait = {.tv_sec = wait_ms / MS_PER_S,
                           .tv_usec = wait_ms % MS_PER_S * US_PER_MS};
    (void)event_add(c->turn_event, &wait); /* fails only without memory */
}

static void on_turn(evutil_socket_t fd, short what, void *arg)
{
    struct porter *c = arg;

    (void)fd;
    (void)what;
    schedule(c);
    if (sink_is_connected(c->sink))
        make_due(c, c->next);
    c->next = (c->next + 1) % SHELVES;
    go_on(c);
}

static void on_pace(evutil_socket_t fd, short what, void *arg)
{
    struct porter *c = arg;

    (void)fd;
    (void)what;
    c->paced = false;
    go_on(c);
}

/* ---- what callers use ---- */

void porter_files(struct porter *c, uint64_t files)
{
    c->expected = files;
    suit_files(c);
}

void porter_lay_out(struct porter *c, const struct layout *layout)
{
    maker_lay_out(c->maker, layout);
    c->step_ms = (int64_t)layout->step_s * MS_PER_S;
    suit_files(c);
}

void porter_add(struct porter *c, const char *path, enum series_group group,
                int64_t at_ms, const double *values)
{
    shelves_add(c->shelves, path, group, at_ms, values,
                series_group_values(group));
}

bool porter_is_answered(const struct porter *c)
{
    return sink_is_answered(c->sink);
}

void porter_stats(const struct porter *c, struct porter_stats *out)
{
    shelves_stats(c->shelves, &out->shelves);
    out->refused = c->refused;
    out->created = maker_made(c->maker);
    out->hold_ms = c->hold_ms;
    out->answer_ms = sink_answer_ms(c->sink);
    out->error = out->shelves.error[0] != '\0' ? out->shelves.error : c->error;
}

void porter_free(struct porter *c)
{
    if (c == NULL)
        return;
    c->ends = true;
    sink_free(c->sink);
    maker_free(c->maker);
    for (struct load *l; (l = first_read(c->asked)) != NULL;)
        tell(l, -ECANCELED);
    shelves_free(c->shelves); /* tells what is being read */
    if (c->turn != NULL)
        load_free(c->turn);
    if (c->turn_event != NULL)
        event_free(c->turn_event);
    if (c->pace_event != NULL)
        event_free(c->pace_event);
    array_fini(&c->due);
    batch_fini(&c->batch);
    free(c);
}

int porter_new(struct event_base *base, const struct porter_options *options,
               struct porter **out)
{
    OWNED(porter_free) struct porter *c = mem_new(struct porter);
    struct sink_events sink = {on_ready, on_away, on_unreached, on_sent, c};
    struct maker_options maker = {options->root, options->address,
                                  options->layout};

    *out = NULL;
    c->hooks = options->hooks;
    c->is_ours = options->is_ours;
    c->hold_fixed = options->hold_ms > 0;
    c->hold_ms = options->hold_ms;
    c->step_ms = (int64_t)options->layout->step_s * MS_PER_S;
    suit_files(c);
    int rc =
        shelves_open(base, options->spool_dir, options->spool_max, &c->shelves);
    if (rc < 0)
        return rc;
    for (unsigned shelf = 0; shelf < SHELVES; shelf++)
        c->places[shelf].again = !shelves_is_empty(c->shelves, shelf);
    c->sink = sink_new(base, options->address, options->is_ours,
                       options->silence_ms, &sink);
    c->maker = maker_new(base, &maker);
    c->turn_event = event_new(base, -1, 0, on_turn, c);
    c->pace_event = event_new(base, -1, 0, on_pace, c);
    /* fail only without memory */
    assert(c->turn_event != NULL && c->pace_event != NULL);
    schedule(c);
    *out = TAKE(c);
    return 0;
}
