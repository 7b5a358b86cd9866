#include "station/series_fetcher.h"

#include "base/mem.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>

enum { QUEUE_MAX = 256, ANSWER_MAX_S = 10, IDLE_MAX_S = 60, MS_PER_S = 1000 };

struct fetch {
    struct fetch *next;
    char path[LAYOUT_PATH_MAX];
    struct series_query query; /* its path is the one above */
    series_rows_fn done;       /* NULL: forgotten */
    void *arg;
};

/* What can be told at once is told from the loop too. */
struct fetcher {
    struct event_base *base;
    struct cached_address address;
    struct bufferevent *bev;
    struct event *turn;
    struct fetch *first, **last; /* the first is under way if asking */
    size_t count;
    bool asking, connected;
    struct cached_reader reader;
    struct cached_rows rows;
    bool broken; /* the answer is none that we understand */
};

static void start_turn(struct fetcher *f)
{
    static const struct timeval at_once = {0};

    (void)event_add(f->turn, &at_once); /* fails only without memory */
}

static void disconnect(struct fetcher *f)
{
    if (f->bev != NULL)
        bufferevent_free(f->bev);
    f->bev = NULL;
    f->connected = false;
    f->reader = (struct cached_reader){0};
}

/* Takes the first from the queue. */
static struct fetch *pop(struct fetcher *f)
{
    struct fetch *fetch = f->first;

    f->first = fetch->next;
    if (f->first == NULL)
        f->last = &f->first;
    f->count--;
    f->asking = false;
    return fetch;
}

static void tell(struct fetcher *f, int result, const char *why)
{
    struct fetch *fetch = pop(f);
    struct cached_rows got = f->rows;
    struct series_rows rows = {.first_s = got.first_s,
                               .step_s = got.step_s,
                               .names = (const char *const *)got.names,
                               .columns = got.columns,
                               .rows = got.rows,
                               .at = got.at};

    f->rows = (struct cached_rows){0};
    f->broken = false;
    start_turn(f);
    if (fetch->done != NULL)
        fetch->done(fetch->arg, result, result == 0 ? &rows : NULL, why);
    cached_rows_fini(&got);
    free(fetch);
}

static void finish(struct fetcher *f)
{
    const struct series_query *query = &f->first->query;
    int64_t step_s = (query->step_ms + MS_PER_S - 1) / MS_PER_S;

    if (f->broken || f->rows.columns == 0) {
        tell(f, -EBADMSG, "rrdcached gave an answer that cannot be read");
        return;
    }
    cached_rows_thin(&f->rows, step_s, query->max);
    tell(f, 0, NULL);
}

static void refuse(struct fetcher *f, const char *words)
{
    char why[CACHED_LINE_MAX];
    bool missing = cached_failure_of(words) == CACHED_NO_FILE;

    snprintf(why, sizeof why, "%s", words);
    tell(f, missing ? -ENOENT : -EBADMSG,
         missing ? "there is no such series yet" : why);
}

static bool take_answer(struct fetcher *f, struct bytes in)
{
    for (;;) {
        switch (cached_read(&f->reader, &in)) {
        case CACHED_MORE:
            return true;
        case CACHED_BROKEN:
            return false;
        case CACHED_STATUS:
            if (!f->asking)
                return false;
            break;
        case CACHED_LINE:
            if (cached_rows_take(&f->rows, f->reader.line) < 0)
                f->broken = true;
            break;
        }
        if (f->reader.status < 0)
            refuse(f, f->reader.line);
        else if (f->reader.left == 0)
            finish(f);
    }
}

static void fail(struct fetcher *f, int result, const char *why)
{
    disconnect(f);
    cached_rows_fini(&f->rows);
    if (f->first != NULL)
        tell(f, result, why);
}

static void on_read(struct bufferevent *bev, void *arg)
{
    struct fetcher *f = arg;
    char room[CACHED_LINE_MAX];

    (void)bev;
    while (f->bev != NULL) {
        size_t len = bufferevent_read(f->bev, room, sizeof room);

        if (len == 0)
            return;
        if (!take_answer(f, (struct bytes){(const uint8_t *)room, len}))
            fail(f, -EBADMSG, "rrdcached cannot be understood");
    }
}

static void on_event(struct bufferevent *bev, short what, void *arg)
{
    struct fetcher *f = arg;

    (void)bev;
    if ((what & BEV_EVENT_CONNECTED) != 0)
        f->connected = true;
    else if (!f->asking)
        disconnect(f);
    else if ((what & BEV_EVENT_TIMEOUT) != 0)
        fail(f, -ETIMEDOUT, "rrdcached does not answer");
    else
        fail(f, -ENOTCONN, "rrdcached is away");
}

static bool connect_now(struct fetcher *f)
{
    f->bev = bufferevent_socket_new(
        f->base, -1, BEV_OPT_CLOSE_ON_FREE | BEV_OPT_DEFER_CALLBACKS);
    if (f->bev == NULL)
        return false;
    bufferevent_setcb(f->bev, on_read, NULL, on_event, f);
    (void)bufferevent_enable(f->bev, EV_READ | EV_WRITE);
    return bufferevent_socket_connect(f->bev, (struct sockaddr *)&f->address.at,
                                      (int)f->address.len) == 0;
}

static void ask_first(struct fetcher *f)
{
    static const struct timeval limit = {.tv_sec = ANSWER_MAX_S};
    struct buffer OWNED_BUFFER text = {0};
    const struct series_query *q = &f->first->query;

    f->asking = true;
    if (f->bev == NULL && !connect_now(f)) {
        fail(f, -ENOTCONN, "rrdcached is away");
        return;
    }
    cached_fetch(q->path, q->max, q->from.ms / MS_PER_S, q->to.ms / MS_PER_S,
                 &text);
    bufferevent_set_timeouts(f->bev, &limit, &limit);
    (void)bufferevent_write(f->bev, text.at, text.len); /* else: the limit */
}

static void on_turn(evutil_socket_t fd, short what, void *arg)
{
    static const struct timeval idle = {.tv_sec = IDLE_MAX_S};
    struct fetcher *f = arg;

    (void)fd;
    (void)what;
    if (f->asking)
        return;
    while (f->first != NULL && f->first->done == NULL)
        free(pop(f));
    if (f->first == NULL) {
        if (f->bev != NULL)
            bufferevent_set_timeouts(f->bev, &idle, NULL);
        return;
    }
    if (f->count > QUEUE_MAX)
        tell(f, -EBUSY, "too many series are asked for at once");
    else if (!layout_path_is_ours(f->first->path))
        tell(f, -ENOENT, "this is no path of a series");
    else
        ask_first(f);
}

void fetcher_ask(struct fetcher *f, const struct series_query *query,
                 series_rows_fn done, void *arg)
{
    struct fetch *fetch = mem_new(struct fetch);

    assert(done != NULL);
    snprintf(fetch->path, sizeof fetch->path, "%s", query->path);
    fetch->query = *query;
    fetch->query.path = fetch->path;
    fetch->done = done;
    fetch->arg = arg;
    *f->last = fetch;
    f->last = &fetch->next;
    f->count++;
    start_turn(f);
}

void fetcher_forget(struct fetcher *f, const void *arg)
{
    for (struct fetch *fetch = f->first; fetch != NULL; fetch = fetch->next)
        if (fetch->arg == arg)
            fetch->done = NULL;
}

void fetcher_free(struct fetcher *f)
{
    if (f == NULL)
        return;
    disconnect(f);
    cached_rows_fini(&f->rows);
    while (f->first != NULL)
        tell(f, -ECANCELED, "the station ends");
    event_free(f->turn);
    free(f);
}

struct fetcher *fetcher_new(struct event_base *base,
                            const struct cached_address *address)
{
    struct fetcher *f = mem_new(struct fetcher);

    f->base = base;
    f->address = *address;
    f->last = &f->first;
    f->turn = event_new(base, -1, 0, on_turn, f);
    assert(f->turn != NULL); /* fails only without memory */
    return f;
}
