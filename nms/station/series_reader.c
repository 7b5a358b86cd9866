#include "station/series_reader.h"

#include "base/mem.h"
#include "station/series_fetcher.h"
#include "station/series_painter.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <event2/event.h>

enum { REQUESTS_MAX = 256 };

/* One that waits for what it shows to be written. */
struct request {
    struct request *next;
    struct reader *reader;
    char path[LAYOUT_PATH_MAX];
    struct series_query query; /* its path is the one above */
    struct picture *picture;   /* NULL: rows are asked for */
    series_rows_fn rows;
    series_picture_fn drawn;
    void *arg;
    bool forgotten;
    size_t left; /* paths that are being handed over */
    int result;
};

struct reader {
    struct porter *porter;
    struct fetcher *fetcher;
    struct painter *painter;
    struct event *turn; /* tells what need not wait */
    struct request *first;
    size_t count;
};

static void unlink_request(struct request *q)
{
    struct request **at = &q->reader->first;

    while (*at != q)
        at = &(*at)->next;
    *at = q->next;
    q->reader->count--;
}

static const char *words_of(int result)
{
    switch (result) {
    case -EBUSY:
        return "too many series are asked for at once";
    case -ECANCELED:
        return "the station ends";
    case -EIO:
        return "samples that wait cannot be read";
    default:
        return "rrdcached is away";
    }
}

/* What waited is written, or cannot be. */
static void finish(struct request *q)
{
    struct reader *r = q->reader;

    unlink_request(q);
    if (q->forgotten)
        ;
    else if (q->result == 0 && q->picture != NULL)
        painter_draw(r->painter, q->picture, q->drawn, q->arg);
    else if (q->result == 0)
        fetcher_ask(r->fetcher, &q->query, q->rows, q->arg);
    else if (q->picture != NULL)
        q->drawn(q->arg, q->result, (struct bytes){0}, words_of(q->result));
    else
        q->rows(q->arg, q->result, NULL, words_of(q->result));
    picture_free(q->picture);
    free(q);
}

static void on_brought(void *arg, int result)
{
    struct request *q = arg;

    q->result = q->result != 0 ? q->result : result;
    if (--q->left == 0)
        finish(q);
}

static void bring(struct request *q, const char *path)
{
    if (!layout_path_is_ours(path))
        return; /* whoever reads it says so */
    q->left++;
    porter_bring(q->reader->porter, path, on_brought, q);
}

static struct request *request_new(struct reader *r, void *arg)
{
    struct request *q = mem_new(struct request);

    q->reader = r;
    q->arg = arg;
    q->result = r->count >= REQUESTS_MAX ? -EBUSY : 0;
    q->next = r->first;
    r->first = q;
    r->count++;
    return q;
}

/* One that waits for nothing is told from the loop too. */
static void begin(struct request *q)
{
    static const struct timeval at_once = {0};

    if (q->left == 0)
        (void)event_add(q->reader->turn, &at_once);
}

void reader_fetch(struct reader *r, const struct series_query *query,
                  series_rows_fn done, void *arg)
{
    struct request *q = request_new(r, arg);

    assert(done != NULL);
    snprintf(q->path, sizeof q->path, "%s", query->path);
    q->query = *query;
    q->query.path = q->path;
    q->rows = done;
    if (q->result == 0)
        bring(q, q->path);
    begin(q);
}

void reader_draw(struct reader *r, const struct picture *picture,
                 series_picture_fn done, void *arg)
{
    struct request *q = request_new(r, arg);

    assert(done != NULL);
    q->picture = picture_copy(picture);
    q->drawn = done;
    for (size_t i = 0; i < picture->count && q->result == 0; i++)
        bring(q, picture->objects[i].path);
    begin(q);
}

static void on_turn(evutil_socket_t fd, short what, void *arg)
{
    struct reader *r = arg;

    (void)fd;
    (void)what;
    for (struct request *q = r->first, *next; q != NULL; q = next) {
        next = q->next;
        if (q->left == 0)
            finish(q);
    }
}

void reader_forget(struct reader *r, const void *arg)
{
    for (struct request *q = r->first; q != NULL; q = q->next)
        q->forgotten |= q->arg == arg;
    fetcher_forget(r->fetcher, arg);
    painter_forget(r->painter, arg);
}

void reader_free(struct reader *r)
{
    if (r == NULL)
        return;
    while (r->first != NULL) {
        r->first->result = -ECANCELED;
        finish(r->first);
    }
    painter_free(r->painter);
    fetcher_free(r->fetcher);
    event_free(r->turn);
    free(r);
}

struct reader *reader_new(struct event_base *base, struct porter *porter,
                          const struct cached_address *address,
                          const char *root, const char *cache_dir)
{
    struct reader *r = mem_new(struct reader);

    r->porter = porter;
    r->fetcher = fetcher_new(base, address);
    r->painter = painter_new(base, root, address->text, cache_dir);
    r->turn = event_new(base, -1, 0, on_turn, r);
    assert(r->turn != NULL); /* fails only without memory */
    return r;
}
