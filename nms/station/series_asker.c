#include "station/series_asker.h"

#include "base/mem.h"

#include <assert.h>
#include <errno.h>

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>

/* A file is made or laid out anew within some milliseconds; on a disk that is
 * busy it takes its time. */
enum { ANSWER_MAX_S = 60 };

struct asker {
    struct event_base *base;
    struct cached_address address;
    struct asker_events events;
    struct bufferevent *bev; /* NULL: not connected */
    bool asking;
    struct cached_reader reader;
};

static void disconnect(struct asker *a)
{
    if (a->bev != NULL)
        bufferevent_free(a->bev);
    a->bev = NULL;
    a->reader = (struct cached_reader){0};
}

static void finish(struct asker *a, int result, const char *words)
{
    if (!a->asking)
        return;
    a->asking = false;
    if (a->bev != NULL)
        bufferevent_set_timeouts(a->bev, NULL, NULL);
    a->events.on_done(a->events.arg, result, words);
}

static void fail(struct asker *a, int result)
{
    disconnect(a);
    finish(a, result,
           result == -ETIMEDOUT ? "rrdcached does not answer"
                                : "rrdcached is away");
}

/* Takes what has come. False if it is not rrdcached who speaks. */
static bool take_reply(struct asker *a, struct bytes in)
{
    for (;;) {
        enum cached_event event = cached_read(&a->reader, &in);

        if (event == CACHED_MORE)
            return true;
        if (event == CACHED_BROKEN || !a->asking)
            return false;
        if (event == CACHED_LINE)
            a->events.on_line(a->events.arg, a->reader.line);
        if (a->reader.left > 0)
            continue;
        if (in.len > 0)
            return false; /* it says more than it was asked */
        finish(a, a->reader.status < 0 ? -EPROTO : 0,
               a->reader.status < 0 ? a->reader.line : "");
        return true;
    }
}

static void on_read(struct bufferevent *bev, void *arg)
{
    struct asker *a = arg;
    char room[CACHED_LINE_MAX];
    size_t len = bufferevent_read(bev, room, sizeof room);

    if (!take_reply(a, (struct bytes){(const uint8_t *)room, len}))
        fail(a, -ENOTCONN);
    else if (a->bev != NULL &&
             evbuffer_get_length(bufferevent_get_input(a->bev)) > 0)
        bufferevent_trigger(a->bev, EV_READ, BEV_TRIG_DEFER_CALLBACKS);
}

static void on_event(struct bufferevent *bev, short what, void *arg)
{
    (void)bev;
    if ((what & BEV_EVENT_CONNECTED) == 0)
        fail(arg, (what & BEV_EVENT_TIMEOUT) != 0 ? -ETIMEDOUT : -ENOTCONN);
}

static void connect_now(struct asker *a)
{
    a->bev = bufferevent_socket_new(
        a->base, -1, BEV_OPT_CLOSE_ON_FREE | BEV_OPT_DEFER_CALLBACKS);
    assert(a->bev != NULL); /* fails only without memory */
    bufferevent_setcb(a->bev, on_read, NULL, on_event, a);
    (void)bufferevent_enable(a->bev, EV_READ | EV_WRITE);
    if (bufferevent_socket_connect(a->bev, (struct sockaddr *)&a->address.at,
                                   (int)a->address.len) < 0)
        bufferevent_trigger_event(a->bev, BEV_EVENT_ERROR,
                                  BEV_TRIG_DEFER_CALLBACKS);
}

void asker_ask(struct asker *a, const char *command)
{
    static const struct timeval silence = {.tv_sec = ANSWER_MAX_S};

    assert(!a->asking);
    a->asking = true;
    if (a->bev == NULL)
        connect_now(a);
    bufferevent_set_timeouts(a->bev, &silence, &silence);
    /* Fails only without memory; the silence that follows ends it. */
    (void)bufferevent_write(a->bev, command, strlen(command));
}

void asker_free(struct asker *a)
{
    if (a == NULL)
        return;
    disconnect(a);
    free(a);
}

struct asker *asker_new(struct event_base *base,
                        const struct cached_address *address,
                        const struct asker_events *events)
{
    struct asker *a = mem_new(struct asker);

    a->base = base;
    a->address = *address;
    a->events = *events;
    return a;
}
