#include "north/http_door.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/table.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <sys/socket.h>

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/http.h>

enum {
    HEAD_S = 10,      /* from the first octet of a head to its last */
    FIRST_S = 15,     /* from its coming: the handshake of TLS, and a head */
    IDLE_S = 60,      /* between requests */
    BODY_S = 15,      /* a body at once, and ... */
    BODY_RATE = 16384 /* ... so many octets a second */
};

enum visit_state { VISIT_NEW, VISIT_IDLE, VISIT_HEAD, VISIT_BODY, VISIT_BUSY };

struct door_visit {
    struct door *door;
    struct bufferevent *bev;
    struct evhttp_connection *connection; /* NULL: not yet attached */
    struct evbuffer_cb_entry *watch;      /* of what comes in */
    struct event *attach, *deadline, *excess;
    enum visit_state state;
    size_t unread_max; /* that much of it may wait to be taken */
    bool known;        /* showed once who he is */
    struct addr from;
    struct buffer head; /* as far as it has come */
    size_t unsent;      /* when it was looked at last */
    struct api_request *r;
    struct door_visit *next, *before; /* in the order of coming and resting */
};

struct door {
    struct door_options options;
    struct door_visit *first, *last;
    size_t count;
    struct table *by_bev;
};

static struct bytes key_of(const struct bufferevent *const *bev)
{
    return (struct bytes){(const uint8_t *)bev, sizeof *bev};
}

/* ---- the list ---- */

static void link_last(struct door *d, struct door_visit *v)
{
    v->before = d->last;
    v->next = NULL;
    *(d->last != NULL ? &d->last->next : &d->first) = v;
    d->last = v;
}

static void unlink_visit(struct door *d, struct door_visit *v)
{
    *(v->before != NULL ? &v->before->next : &d->first) = v->next;
    *(v->next != NULL ? &v->next->before : &d->last) = v->before;
}

static void visit_free(struct door_visit *v)
{
    struct door *d = v->door;
    const struct bufferevent *bev = v->bev;

    unlink_visit(d, v);
    d->count--;
    (void)table_remove(d->by_bev, key_of(&bev));
    if (v->watch != NULL)
        (void)evbuffer_remove_cb_entry(bufferevent_get_input(v->bev), v->watch);
    event_free(v->attach);
    event_free(v->deadline);
    event_free(v->excess);
    buffer_fini(&v->head);
    free(v);
}

static void allow(struct door_visit *v, int64_t seconds)
{
    const struct timeval limit = {.tv_sec = seconds};

    (void)event_add(v->deadline, &limit);
}

/* ---- heads ---- */

/* The length of a head with the empty line at its end; 0: it goes on. It was
 * looked at up to seen: whoever sends an octet at a time has none of them
 * looked at again and again. */
static size_t end_of_head(struct bytes head, size_t seen)
{
    enum { END_MAX = 3 };

    for (size_t i = seen > END_MAX ? seen - END_MAX : 0; i + 1 < head.len; i++)
        if (head.at[i] == '\n' &&
            (head.at[i + 1] == '\n' ||
             (i + 2 < head.len && head.at[i + 1] == '\r' &&
              head.at[i + 2] == '\n')))
            return i + (head.at[i + 1] == '\n' ? 2 : 3);
    return 0;
}

/* What is behind the colon of the first field of that name. */
static bool find_field(struct bytes head, const char *name, struct bytes *out)
{
    const char *at = (const char *)head.at, *end = at + head.len;
    size_t name_len = strlen(name);

    while (at < end) {
        const char *line = memchr(at, '\n', (size_t)(end - at));
        const char *stop = line != NULL ? line : end;

        if ((size_t)(stop - at) > name_len && at[name_len] == ':' &&
            strncasecmp(at, name, name_len) == 0) {
            const char *from = at + name_len + 1;

            while (from < stop && (*from == ' ' || *from == '\t'))
                from++;
            while (stop > from && (stop[-1] == '\r' || stop[-1] == ' '))
                stop--;
            *out = (struct bytes){(const uint8_t *)from, (size_t)(stop - from)};
            return true;
        }
        at = line != NULL ? line + 1 : end;
    }
    return false;
}

bool door_field(struct bytes head, const char *name, char *out, size_t len)
{
    struct bytes value;

    out[0] = '\0';
    if (!find_field(head, name, &value) || value.len >= len ||
        memchr(value.at, '\0', value.len) != NULL)
        return false;
    memcpy(out, value.at, value.len);
    out[value.len] = '\0';
    return true;
}

/* libevent leaves a body where it came until all of it is there. */
static void allow_body(struct door_visit *v, size_t octets)
{
    evhttp_connection_set_max_body_size(v->connection, (ev_ssize_t)octets);
    v->unread_max = DOOR_HEAD_MAX + octets;
}

/* A body in pieces is refused once it is whole, whoever sends it. */
static bool is_in_pieces(struct bytes head)
{
    struct bytes value;

    return find_field(head, "Transfer-Encoding", &value);
}

/* All of the head has come: how much may follow, and how long that may take. */
static void judge(struct door_visit *v, size_t head_len)
{
    struct door *d = v->door;
    const struct bytes head = {(uint8_t *)v->head.at, head_len};
    bool known = false;
    size_t body = d->options.judge(d->options.arg, head, &known);
    size_t length = SIZE_MAX;
    char text[24];

    if (body > DOOR_BODY_MAX && is_in_pieces(head))
        body = DOOR_BODY_MAX;
    if (door_field(head, "Content-Length", text, sizeof text))
        length = strtoul(text, NULL, 10);
    v->known = v->known || known;
    allow_body(v, body);
    v->state = VISIT_BODY;
    buffer_fini(&v->head);
    allow(v, BODY_S + (int64_t)(length < body ? length : body) / BODY_RATE);
}

static void take_head(struct door_visit *v, struct evbuffer *in, size_t added)
{
    struct evbuffer_ptr from;
    size_t at = evbuffer_get_length(in) - added;

    if (v->state != VISIT_HEAD) {
        bool first = v->state == VISIT_NEW;

        v->state = VISIT_HEAD;
        if (!first) /* else the time since it came goes on */
            allow(v, HEAD_S);
    }
    if (v->head.len + added > DOOR_HEAD_MAX)
        added = v->head.len < DOOR_HEAD_MAX ? DOOR_HEAD_MAX - v->head.len : 0;
    size_t before = v->head.len;
    buffer_reserve(&v->head, added + 1);
    if (evbuffer_ptr_set(in, &from, at, EVBUFFER_PTR_SET) < 0 ||
        evbuffer_copyout_from(in, &from, v->head.at + before, added) < 0)
        return;
    v->head.len += added;
    v->head.at[v->head.len] = '\0';
    size_t end = end_of_head(buffer_view(&v->head), before);
    if (end > 0)
        judge(v, end);
}

static void on_input(struct evbuffer *in, const struct evbuffer_cb_info *info,
                     void *arg)
{
    struct door_visit *v = arg;

    if (info->n_added == 0)
        return;
    if (v->state != VISIT_BODY && v->state != VISIT_BUSY)
        take_head(v, in, info->n_added);
    if (evbuffer_get_length(in) > v->unread_max)
        event_active(v->excess, 0, 0);
}

/* ---- their end ---- */

static void on_closed(struct evhttp_connection *connection, void *arg)
{
    struct door_visit *v = arg;
    struct api_request *r = v->r;
    void (*gone)(struct api_request *) = v->door->options.gone;

    (void)connection;
    visit_free(v);
    if (r != NULL)
        gone(r);
}

void door_close(struct door_visit *v)
{
    evhttp_connection_free(v->connection); /* frees v by on_closed() */
}

static void on_deadline(evutil_socket_t fd, short what, void *arg)
{
    struct door_visit *v = arg;
    size_t unsent = evbuffer_get_length(bufferevent_get_output(v->bev));
    bool moves = v->state == VISIT_IDLE && unsent > 0 && unsent < v->unsent;

    (void)fd;
    (void)what;
    if (v->connection == NULL || v->state == VISIT_BUSY)
        return;
    if (moves) { /* a long answer to one who reads slowly */
        v->unsent = unsent;
        allow(v, IDLE_S);
        return;
    }
    door_close(v);
}

/* libevent had its turn, and has not taken it: a line without end, or what
 * nobody reads while an answer is made. A watermark would not do: with TLS its
 * end calls back while libevent takes something out. */
static void on_excess(evutil_socket_t fd, short what, void *arg)
{
    struct door_visit *v = arg;

    (void)fd;
    (void)what;
    if (v->connection != NULL &&
        evbuffer_get_length(bufferevent_get_input(v->bev)) > v->unread_max)
        door_close(v);
}

/* ---- their coming ---- */

static bool is_of_one(const struct addr *a, const struct addr *b)
{
    return a->family == b->family &&
           bytes_equal(addr_network_octets(a), addr_network_octets(b));
}

/* Who goes for another one: of an address (NULL: any) the one that waits
 * longest, a stranger before one who is known. */
static struct door_visit *superfluous(struct door *d, const struct addr *from,
                                      const struct door_visit *except)
{
    struct door_visit *known = NULL;

    for (struct door_visit *v = d->first; v != NULL; v = v->next) {
        if (v == except || v->connection == NULL || v->state == VISIT_BUSY ||
            (from != NULL && !is_of_one(from, &v->from)))
            continue;
        if (!v->known)
            return v;
        if (known == NULL && v->state == VISIT_IDLE)
            known = v;
    }
    return known;
}

static size_t count_of(const struct door *d, const struct addr *from)
{
    size_t count = 0;

    for (const struct door_visit *v = d->first; v != NULL; v = v->next)
        count += is_of_one(from, &v->from);
    return count;
}

/* Closes one where there are too many: another one, else v itself. */
static void make_room(struct door *d, struct door_visit *v)
{
    bool too_many_each = count_of(d, &v->from) > DOOR_VISITS_EACH_MAX;

    if (!too_many_each && d->count <= DOOR_VISITS_MAX)
        return;
    struct door_visit *other =
        superfluous(d, too_many_each ? &v->from : NULL, v);
    door_close(other != NULL ? other : v);
}

/* libevent has made its connection by now. It is the argument of the callbacks
 * that libevent has set: there is no other way to it before the first request.
 */
static void on_attach(evutil_socket_t fd, short what, void *arg)
{
    struct door_visit *v = arg;
    struct sockaddr_storage from = {.ss_family = AF_UNSPEC};
    socklen_t len = sizeof from;
    void *connection = NULL;

    (void)fd;
    (void)what;
    bufferevent_getcb(v->bev, NULL, NULL, NULL, &connection);
    if (connection == NULL) { /* it went again */
        struct bufferevent *bev = v->bev;

        visit_free(v);
        (void)bufferevent_decref(bev);
        return;
    }
    v->connection = connection;
    assert(evhttp_connection_get_bufferevent(v->connection) == v->bev);
    (void)bufferevent_decref(v->bev); /* it has an owner */
    evhttp_connection_set_closecb(v->connection, on_closed, v);
    v->watch = evbuffer_add_cb(bufferevent_get_input(v->bev), on_input, v);
    if (getpeername(bufferevent_getfd(v->bev), (struct sockaddr *)&from,
                    &len) == 0)
        v->from = addr_from_sockaddr((struct sockaddr *)&from, NULL);
    allow(v, FIRST_S);
    allow_body(v, DOOR_BODY_MAX);
    make_room(v->door, v);
}

struct bufferevent *door_open(struct event_base *base, void *door)
{
    struct door *d = door;
    struct bufferevent *bev = d->options.open(d->options.arg, base);

    assert(bev != NULL); /* libevent would make one of its own */
    struct door_visit *v = mem_new(struct door_visit);
    const struct bufferevent *key = bev;
    v->door = d;
    v->bev = bev;
    v->attach = event_new(base, -1, 0, on_attach, v);
    v->deadline = evtimer_new(base, on_deadline, v);
    v->excess = event_new(base, -1, 0, on_excess, v);
    link_last(d, v);
    d->count++;
    (void)table_put(d->by_bev, key_of(&key), v);
    bufferevent_incref(bev); /* until it is attached */
    event_active(v->attach, 0, 0);
    return bev;
}

struct door_visit *door_find(struct door *d, const struct bufferevent *bev)
{
    return d != NULL ? table_find(d->by_bev, key_of(&bev)) : NULL;
}

void door_busy(struct door_visit *v, struct api_request *r)
{
    v->state = VISIT_BUSY;
    v->r = r;
    v->unread_max = DOOR_HEAD_MAX + DOOR_BODY_MAX;
    buffer_fini(&v->head);
    (void)event_del(v->deadline);
}

void door_idle(struct door_visit *v)
{
    struct evbuffer *in = bufferevent_get_input(v->bev);
    size_t waiting = evbuffer_get_length(in);

    v->state = VISIT_IDLE;
    v->r = NULL;
    v->unsent = SIZE_MAX;
    unlink_visit(v->door, v);
    link_last(v->door, v);
    allow(v, IDLE_S);
    allow_body(v, DOOR_BODY_MAX);
    if (waiting > 0) /* sent before the answer to the one before */
        take_head(v, in, waiting);
}

size_t door_visits(const struct door *d)
{
    return d->count;
}

/* ---- its life ---- */

struct door *door_new(const struct door_options *options)
{
    struct door *d = mem_new(struct door);

    d->options = *options;
    d->by_bev = table_new();
    return d;
}

void door_free(struct door *d)
{
    if (d == NULL)
        return;
    while (d->first != NULL) {
        struct door_visit *v = d->first;
        struct bufferevent *bev = v->connection == NULL ? v->bev : NULL;

        if (v->connection != NULL)
            evhttp_connection_set_closecb(v->connection, NULL, NULL);
        visit_free(v);
        if (bev != NULL)
            (void)bufferevent_decref(bev);
    }
    table_free(d->by_bev);
    free(d);
}
