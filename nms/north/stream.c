#include "north/stream.h"

#include "north/discovery_json.h"
#include "north/event_json.h"
#include "north/json_out.h"
#include "north/request.h"
#include "north/stream_look.h"
#include "station/events.h"
#include "station/maps.h"
#include "station/worker.h"

#include <inttypes.h>
#include <stdlib.h>

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/http.h>

enum {
    APART_MS = 200,     /* of two looks */
    LINKS_MS = 3000,    /* of two looks at links */
    SOON_MS = 20,       /* what somebody did by hand */
    PENDING_MAX = 1000, /* messages that wait for a look */
    EDITS_TOLD = 100    /* of a map at once */
};

struct client {
    struct api_request *r;
    unsigned kinds; /* bits */
    bool greeted;   /* was told how things are */
    struct client *next, **link;
};

/* What the loop noticed. */
struct noticed {
    enum stream_kind kind;
    json_t *data;
};
struct noticed_list ARRAY_OF(struct noticed);

/* What the thread works on. */
struct job {
    struct stream *stream;
    struct snapshot *snapshot; /* NULL: nothing new was published */
    bool links;
    struct noticed_list noticed;
    unsigned overflow; /* bits of kinds */
    struct stream_batch *batch;
    json_t *status, *discovery; /* as they are now; NULL: as before */
};

struct stream {
    struct event_base *base;
    struct station *station;
    struct worker *worker;
    struct event *turn, *beat;
    struct client *clients;
    size_t count;
    bool follows;
    struct mono left; /* when the last client went */
    struct stream_ring ring;
    struct stream_seen *seen; /* the thread's while it is busy */
    bool busy, published;
    struct mono looked_at, links_at;
    struct noticed_list noticed;
    unsigned overflow;          /* kinds with more than can wait */
    json_t *status, *discovery; /* as last seen; NULL before */
};

/* ---- sending ---- */

static void let_go(const void *at, size_t len, void *arg)
{
    (void)at;
    (void)len;
    stream_batch_unref(arg);
}

static size_t backlog_of(const struct client *c)
{
    struct evhttp_connection *connection =
        evhttp_request_get_connection(c->r->http);

    return evbuffer_get_length(
        bufferevent_get_output(evhttp_connection_get_bufferevent(connection)));
}

/* The client is freed with its request. */
static void cut_off(struct client *c)
{
    evhttp_connection_free(evhttp_request_get_connection(c->r->http));
}

/* Messages of b from the one at that place on. */
static void send_batch(struct client *c, struct stream_batch *b, size_t at)
{
    struct evbuffer *out;
    struct bytes part;

    if ((b->kinds & c->kinds) == 0)
        return;
    out = evbuffer_new();
    while (stream_batch_part(b, c->kinds, &at, &part)) {
        b->refs++;
        (void)evbuffer_add_reference(out, part.at, part.len, let_go, b);
    }
    if (evbuffer_get_length(out) > 0)
        evhttp_send_reply_chunk(c->r->http, out);
    evbuffer_free(out);
}

static void add_beat(const struct stream *s, struct buffer *out)
{
    char at[24];

    wall_format(wall_now(), at, sizeof at);
    buffer_format(out,
                  "id: %" PRIu64 "-%" PRIu64
                  "\nevent: beat\ndata: {\"at\":\"%s\"}\n\n",
                  s->ring.epoch, s->ring.next - 1, at);
}

static int append(const char *text, size_t len, void *arg)
{
    buffer_add(arg, text, len);
    return 0;
}

static void add_state(struct buffer *out, const struct client *c,
                      enum stream_kind kind, const json_t *data)
{
    if ((c->kinds & 1u << kind) == 0 || data == NULL)
        return;
    buffer_format(out, "event: %s\ndata: ", stream_kind_name(kind));
    (void)json_dump_callback(data, append, out, JSON_COMPACT);
    buffer_text(out, "\n\n");
}

/* Tells how things are, once somebody looked. */
static void greet(struct stream *s, struct client *c)
{
    struct buffer OWNED_BUFFER text = {0};

    if (c->greeted || s->status == NULL)
        return;
    c->greeted = true;
    add_state(&text, c, STREAM_STATUS, s->status);
    add_state(&text, c, STREAM_DISCOVERY, s->discovery);
    if (text.len > 0)
        api_stream_write(c->r, &text);
}

/* To all; who does not read is cut off. */
static void send_all(struct stream *s, struct stream_batch *b)
{
    for (struct client *c = s->clients, *next; c != NULL; c = next) {
        next = c->next;
        if (backlog_of(c) > STREAM_BACKLOG_MAX) {
            cut_off(c);
            continue;
        }
        if (b != NULL)
            send_batch(c, b, 0);
        greet(s, c);
    }
}

/* ---- looking ---- */

static void noticed_fini(struct noticed_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        json_decref(list->at[i].data);
    array_fini(list);
}

/* In the thread. */
static void look_work(void *arg)
{
    struct job *j = arg;
    struct stream_seen *seen = j->stream->seen;

    if (j->snapshot != NULL) {
        stream_look(seen, j->snapshot, j->links, j->batch);
        j->status = stream_seen_status(seen);
        j->discovery = discovery_json(j->snapshot);
        snapshot_unref(TAKE(j->snapshot));
    }
    for (size_t i = 0; i < j->noticed.count; i++)
        stream_batch_add(j->batch, j->noticed.at[i].kind,
                         TAKE(j->noticed.at[i].data));
    for (int kind = 0; kind < STREAM_KINDS; kind++)
        if ((j->overflow & 1u << kind) != 0)
            stream_batch_reset(j->batch, (enum stream_kind)kind);
}

static void look_soon(struct stream *s, int64_t ms)
{
    struct timeval soon = {.tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000};

    if (!s->busy && !event_pending(s->turn, EV_TIMEOUT, NULL))
        event_add(s->turn, &soon);
}

static void look_again(struct stream *s)
{
    int64_t waited = mono_ms_between(s->looked_at, mono_now());

    if (s->noticed.count > 0 || s->overflow != 0)
        look_soon(s, SOON_MS);
    else if (s->published)
        look_soon(s, waited < APART_MS ? APART_MS - waited : 0);
}

static void replace(json_t **place, json_t *by)
{
    if (by == NULL)
        return;
    json_decref(*place);
    *place = by;
}

static void on_looked(void *arg, bool worked)
{
    struct job *j = arg;
    struct stream *s = j->stream;
    struct stream_batch *b = TAKE(j->batch);

    s->busy = false;
    replace(&s->status, TAKE(j->status));
    replace(&s->discovery, TAKE(j->discovery));
    if (worked && b->pieces.count > 0) {
        stream_ring_add(&s->ring, b);
        send_all(s, b);
    } else {
        stream_batch_unref(b);
        if (worked)
            send_all(s, NULL);
    }
    snapshot_unref(j->snapshot);
    noticed_fini(&j->noticed);
    free(j);
    if (worked)
        look_again(s);
}

static void on_turn(evutil_socket_t fd, short what, void *arg)
{
    struct stream *s = arg;
    struct mono now = mono_now();

    (void)fd;
    (void)what;
    if (s->busy || !s->follows)
        return;
    struct job *j = mem_new(struct job);
    j->stream = s;
    j->batch = stream_batch_new(s->ring.epoch, s->ring.next);
    j->noticed = s->noticed;
    j->overflow = s->overflow;
    s->noticed = (struct noticed_list){0};
    s->overflow = 0;
    if (s->published && mono_ms_between(s->looked_at, now) >= APART_MS) {
        s->published = false;
        s->looked_at = now;
        j->snapshot = station_snapshot(s->station);
        j->links = mono_ms_between(s->links_at, now) >= LINKS_MS;
        if (j->links)
            s->links_at = now;
    }
    s->busy = true;
    worker_do(s->worker, look_work, on_looked, j);
}

/* ---- what the station tells ---- */

static void notice(struct stream *s, enum stream_kind kind, json_t *data)
{
    if (s->noticed.count >= PENDING_MAX) {
        json_decref(data);
        s->overflow |= 1u << kind;
    } else {
        *array_add(&s->noticed) = (struct noticed){kind, data};
    }
    look_soon(s, SOON_MS);
}

static void on_published(void *arg)
{
    struct stream *s = arg;

    s->published = true;
    look_again(s);
}

static void on_event(void *arg, const struct store_event *event)
{
    struct stream *s = arg;

    if (s->overflow == 0)
        notice(s, STREAM_EVENT, event_json(event));
}

static void on_map(void *arg, const struct maps_change *change)
{
    json_t *o = json_object();

    json_put_text(o, "name", change->name);
    json_put_count(o, "revision", change->revision);
    json_put_wall(o, "changed", change->changed);
    json_put_text(o, "who", change->who);
    json_put_text(o, "what", change->what);
    if (change->edits != NULL && json_array_size(change->edits) > 0 &&
        json_array_size(change->edits) <= EDITS_TOLD)
        json_object_set_new(o, "edits", json_deep_copy(change->edits));
    notice(arg, STREAM_MAP, o);
}

static void listen_to(struct stream *s, bool on)
{
    struct events *events = station_events(s->station);
    struct maps *maps = station_maps(s->station);

    station_listen(s->station, on ? on_published : NULL, s);
    if (events != NULL)
        events_listen(events, on ? on_event : NULL, s);
    if (maps != NULL)
        maps_listen(maps, on ? on_map : NULL, s);
}

/* Each time with another epoch: nobody goes on from before. */
static void begin(struct stream *s)
{
    uint64_t epoch = (uint64_t)wall_now().ms;

    if (s->follows)
        return;
    s->follows = true;
    stream_ring_fini(&s->ring);
    stream_ring_init(&s->ring,
                     epoch > s->ring.epoch ? epoch : s->ring.epoch + 1);
    s->seen = stream_seen_new();
    s->published = true;
    s->looked_at = s->links_at = (struct mono){0};
    listen_to(s, true);
    look_soon(s, 0);
}

static void end(struct stream *s)
{
    if (!s->follows)
        return;
    s->follows = false;
    listen_to(s, false);
    event_del(s->turn);
    stream_seen_free(TAKE(s->seen));
    stream_ring_fini(&s->ring);
    noticed_fini(&s->noticed);
    s->overflow = 0;
    json_decref(TAKE(s->status));
    json_decref(TAKE(s->discovery));
}

static void on_beat(evutil_socket_t fd, short what, void *arg)
{
    struct stream *s = arg;
    struct buffer OWNED_BUFFER text = {0};

    (void)fd;
    (void)what;
    add_beat(s, &text);
    for (struct client *c = s->clients, *next; c != NULL; c = next) {
        next = c->next;
        if (backlog_of(c) > STREAM_BACKLOG_MAX)
            cut_off(c);
        else
            api_stream_write(c->r, &text);
    }
    if (s->count == 0 && !s->busy &&
        mono_ms_between(s->left, mono_now()) >= STREAM_LINGER_MS)
        end(s);
}

/* ---- clients ---- */

static void forget(struct api_request *r)
{
    struct client *c = r->pending;
    struct stream *s = r->stream;

    *c->link = c->next;
    if (c->next != NULL)
        c->next->link = c->link;
    s->count--;
    s->left = mono_now();
    free(c);
}

/* What came since the last that the client got; or that it missed some. */
static void resume(struct stream *s, struct client *c, const char *id)
{
    struct buffer OWNED_BUFFER text = {0};
    struct stream_batch *b;
    uint64_t from = s->ring.next;
    bool missed = id != NULL && !stream_ring_resume(&s->ring, id, &from);

    buffer_text(&text, "retry: 3000\n\n");
    if (missed)
        buffer_text(&text, "event: reset\ndata: {}\n\n");
    if (id == NULL || missed)
        add_beat(s, &text);
    api_stream_write(c->r, &text);
    for (size_t n = 0; (b = stream_ring_batch(&s->ring, n)) != NULL; n++)
        if (b->first + b->pieces.count > from)
            send_batch(c, b, from > b->first ? (size_t)(from - b->first) : 0);
}

static const char *last_id(const struct api_request *r)
{
    const char *after = api_param(r, "after");

    return after != NULL
               ? after
               : evhttp_find_header(evhttp_request_get_input_headers(r->http),
                                    "Last-Event-ID");
}

static void add_client(struct stream *s, struct api_request *r, unsigned kinds)
{
    struct client *c = mem_new(struct client);

    c->r = r;
    c->kinds = kinds;
    c->next = s->clients;
    c->link = &s->clients;
    if (c->next != NULL)
        c->next->link = &c->next;
    s->clients = c;
    s->count++;
    r->pending = c;
    r->forget = forget;
    begin(s);
    api_stream_begin(r, "text/event-stream");
    resume(s, c, last_id(r));
    greet(s, c);
}

/* How many follow by the same session or token. */
static size_t count_of(const struct stream *s, const struct caller *caller)
{
    size_t count = 0;

    for (const struct client *c = s->clients; c != NULL; c = c->next)
        count += caller->kind != CALLER_SOCKET &&
                 ident_equal(&c->r->caller.key, &caller->key);
    return count;
}

void stream_follow(struct stream *s, struct api_request *r)
{
    unsigned kinds;

    snapshot_unref(TAKE(r->snapshot)); /* it lasts */
    if (!stream_kinds_parse(api_param(r, "kinds"), &kinds))
        api_problem(r, 400, "kinds names one that there is not",
                    "kinds are device, link, alert, risk, discovery, map, "
                    "status and event, with commas between them");
    else if (s->count >= STREAM_CLIENTS_MAX)
        api_problem(r, 503, "too many follow already", "try again later");
    else if (count_of(s, &r->caller) >= STREAM_EACH_MAX)
        api_problem(r, 503, "too many follow already by this key",
                    "close those that nobody reads");
    else if (evhttp_request_get_command(r->http) == EVHTTP_REQ_HEAD)
        api_bytes(r, "text/event-stream", (struct bytes){NULL, 0});
    else
        add_client(s, r, kinds);
}

struct stream *stream_new(struct event_base *base, struct station *station)
{
    static const struct timeval beat = {.tv_sec = STREAM_BEAT_S};
    struct stream *s = mem_new(struct stream);

    s->base = base;
    s->station = station;
    s->worker = worker_new(base);
    s->turn = evtimer_new(base, on_turn, s);
    s->beat = event_new(base, -1, EV_PERSIST, on_beat, s);
    event_add(s->beat, &beat);
    return s;
}

void stream_free(struct stream *s)
{
    if (s == NULL)
        return;
    worker_free(s->worker);
    end(s);
    event_free(s->turn);
    event_free(s->beat);
    free(s);
}
