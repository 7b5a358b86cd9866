#include "north/http.h"

#include "base/log.h"
#include "base/mem.h"
#include "north/access.h"
#include "north/audit.h"
#include "north/http_door.h"
#include "north/http_listen.h"
#include "north/http_parts.h"
#include "north/http_socket.h"
#include "north/http_tls.h"
#include "north/routes.h"
#include "north/stream.h"
#include "station/worker.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/queue.h>
#include <sys/socket.h>

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/http.h>
#include <event2/keyvalq_struct.h>
#include <event2/listener.h>

enum {
    IDLE_S = 120, /* a connection that says nothing is closed */
    HOLDS_S = 5   /* that often is asked whether answers may go on */
};

struct http {
    struct api api;
    struct event *look;   /* at answers that go on; NULL */
    struct event *resume; /* listeners that had to pause */
};

/* ---- one request ---- */

static void request_free(struct api_request *r)
{
    if (r->forget != NULL)
        r->forget(r);
    *r->link = r->next;
    if (r->next != NULL)
        r->next->link = r->link;
    audit_note(r);
    json_decref(r->before);
    json_decref(r->after);
    for (size_t i = 0; i < r->count; i++)
        free(r->segments[i]);
    evhttp_clear_headers(r->query);
    free(r->query);
    json_decref(r->body);
    json_decref(r->more);
    if (r->session != NULL)
        explicit_bzero(r->session, strlen(r->session));
    free(r->session);
    facts_unref(r->open);
    arena_free(r->arena);
    snapshot_unref(r->snapshot);
    free(r);
}

/* A client that waits for us says nothing, and is not idle: only what it does
 * not read has a limit then. */
static void set_patience(struct evhttp_connection *connection, bool waits)
{
    static const struct timeval idle = {.tv_sec = IDLE_S};

    bufferevent_set_timeouts(evhttp_connection_get_bufferevent(connection),
                             waits ? NULL : &idle, &idle);
}

/* The client went away while we worked for it. A request that libevent took
 * from its connection already is ours to free. */
static void client_gone(struct api_request *r)
{
    if (evhttp_request_get_connection(r->http) == NULL)
        evhttp_request_free(r->http);
    r->http = NULL;
    if (r->answer == NULL) /* else when the thread gives it back */
        request_free(r);
}

static void on_client_gone(struct evhttp_connection *connection, void *arg)
{
    (void)connection;
    client_gone(arg);
}

void http_request_over(struct api_request *r)
{
    struct evhttp_connection *connection =
        evhttp_request_get_connection(r->http);

    if (r->visit != NULL)
        door_idle(r->visit);
    else
        evhttp_connection_set_closecb(connection, NULL, NULL);
    set_patience(connection, false);
    r->forget = NULL;
    request_free(r);
}

/* ---- taking a request ---- */

static bool method_of(struct evhttp_request *http, enum api_method *out)
{
    switch (evhttp_request_get_command(http)) {
    case EVHTTP_REQ_GET:
    case EVHTTP_REQ_HEAD:
        *out = API_GET;
        return true;
    case EVHTTP_REQ_POST:
        *out = API_POST;
        return true;
    case EVHTTP_REQ_PATCH:
        *out = API_PATCH;
        return true;
    case EVHTTP_REQ_DELETE:
        *out = API_DELETE;
        return true;
    case EVHTTP_REQ_PUT:
    case EVHTTP_REQ_OPTIONS:
    case EVHTTP_REQ_TRACE:
    case EVHTTP_REQ_CONNECT:
        break;
    }
    return false;
}

/* The body as the operation wants it. */
static bool read_body(struct api_request *r, const struct api_route *route)
{
    struct evbuffer *in = evhttp_request_get_input_buffer(r->http);
    size_t len = evbuffer_get_length(in);
    struct bytes text = {evbuffer_pullup(in, -1), len};
    bool document = (route->traits & ROUTE_TAKES_DOCUMENT) != 0;

    if (document)
        r->document = text;
    r->document_len = r->document.len;
    if (document || len > API_BODY_MAX)
        return document;
    return (route->traits & ROUTE_TAKES_LIST) != 0 ? api_read_list(r, text)
                                                   : api_read_body(r, text);
}

/* Until it is answered, or the client goes. */
static void watch_client(struct api_request *r)
{
    struct evhttp_connection *connection =
        evhttp_request_get_connection(r->http);

    r->visit = door_find(r->remote ? r->api->door : NULL,
                         evhttp_connection_get_bufferevent(connection));
    if (r->visit != NULL)
        door_busy(r->visit, r);
    else
        evhttp_connection_set_closecb(connection, on_client_gone, r);
    set_patience(connection, true);
}

static struct api_request *request_new(struct api *api,
                                       struct evhttp_request *http,
                                       const char *path, const char *query,
                                       bool remote)
{
    struct api_request *r = mem_new(struct api_request);

    r->api = api;
    r->station = api->station;
    r->notices = api->notices;
    r->stream = api->stream;
    r->http = http;
    r->query = mem_new(struct evkeyvalq);
    r->query_malformed =
        query != NULL && evhttp_parse_query_str(query, r->query) < 0;
    if (query == NULL || r->query_malformed)
        TAILQ_INIT(r->query);
    r->malformed = !api_cut_path(r, path);
    r->access = api->access;
    r->remote = remote;
    http_know(r);
    r->if_match =
        evhttp_find_header(evhttp_request_get_input_headers(http), "If-Match");
    r->if_none_match = evhttp_find_header(
        evhttp_request_get_input_headers(http), "If-None-Match");
    r->packs = http_takes_packed(http);
    r->snapshot = station_snapshot(api->station);
    r->next = api->open;
    r->link = &api->open;
    if (r->next != NULL)
        r->next->link = &r->next;
    api->open = r;
    watch_client(r);
    return r;
}

/* In the thread. */
static void handle_work(void *arg)
{
    struct api_request *r = arg;

    if (r->answer->handle != NULL)
        r->answer->handle(r);
    http_finish(r, r->answer);
    facts_unref(TAKE(r->open));
    snapshot_unref(TAKE(r->snapshot));
}

static void on_handled(void *arg, bool worked)
{
    struct api_request *r = arg;
    struct api_answer *answer = TAKE(r->answer);

    if (r->http == NULL)
        request_free(r); /* the client has gone */
    else if (!worked)
        api_problem(r, 503, "the station ends", "ask again later");
    else
        http_send(r, answer);
    buffer_fini(&answer->body);
    free(answer);
}

void http_finish_beside(struct api_request *r, const struct api_answer *answer)
{
    r->forget = NULL; /* nothing is waited for any more */
    r->answer = mem_new(struct api_answer);
    *r->answer = *answer;
    worker_do(r->api->worker, handle_work, on_handled, r);
}

static void handle(struct api_request *r, const struct api_route *route)
{
    if ((route->traits & ROUTE_BESIDE) == 0) {
        route->handle(r);
        return;
    }
    r->answer = mem_new(struct api_answer);
    r->answer->handle = route->handle;
    worker_do(r->api->worker, handle_work, on_handled, r);
}

static void refuse_unknown(struct api_request *r, bool path_known)
{
    static const char remedy[] = "see /api/v1/openapi.json";

    if (path_known)
        api_problem(r, 405, "this resource has no such method", remedy);
    else
        api_problem(r, 404, "there is no such resource", remedy);
}

/* What is asked for is found first, then who asks, and only then is read what
 * he sent. */
static void dispatch(struct api_request *r, bool method_known)
{
    static const char cannot[] = "the path or the body cannot be read",
                      remedy[] = "send a JSON object, and a path of a few "
                                 "segments";
    bool known;
    const struct api_route *route =
        route_find(r->method, r->segments, r->count, &known);

    if (r->malformed)
        api_problem(r, 400, cannot, remedy);
    else if (r->query_malformed)
        api_problem(r, 400, "what is behind the ? cannot be read",
                    "write it as NAME=VALUE&NAME=VALUE, also where a value is "
                    "empty");
    else if (route == NULL || !method_known)
        refuse_unknown(r, known);
    else if (!http_admit(r, route))
        return;
    else if (!read_body(r, route))
        api_problem(r, 400, cannot, remedy);
    else {
        r->route = route;
        handle(r, route);
    }
}

/* What a GET outside of the API asks for; NULL if it is none of the page. */
static const struct file *page_file(struct api_request *r, bool method_known,
                                    const char *path)
{
    return method_known && r->method == API_GET && r->api->files != NULL &&
                   r->remote
               ? files_find(r->api->files, path)
               : NULL;
}

static void take_request(struct api *api, struct evhttp_request *http,
                         bool remote)
{
    const struct evhttp_uri *uri = evhttp_request_get_evhttp_uri(http);
    const char *path = uri != NULL ? evhttp_uri_get_path(uri) : NULL;

    if (api->station == NULL || path == NULL) {
        evhttp_send_error(http, 503, "the station is starting");
        return;
    }
    struct api_request *r =
        request_new(api, http, path, evhttp_uri_get_query(uri), remote);
    bool known = method_of(http, &r->method);
    if (!http_is_whole(r) || !http_is_known_host(r))
        return;
    const struct file *file = page_file(r, known, path);
    if (file != NULL)
        http_send_file(r, api->files, file);
    else
        dispatch(r, known);
}

static void on_control(struct evhttp_request *http, void *arg)
{
    take_request(arg, http, false);
}

static void on_remote(struct evhttp_request *http, void *arg)
{
    take_request(arg, http, true);
}

/* ---- its life ---- */

/* No descriptor is left for who wants to come in: without a pause the loop
 * would ask for it again and again. */
static void on_no_room(struct evconnlistener *listener, void *arg)
{
    (void)arg;
    (void)evconnlistener_disable(listener);
    log_info("http: no connection can be taken: %s; it is tried again each "
             "second",
             strerror(EVUTIL_SOCKET_ERROR()));
}

static void listen_again(struct evhttp_bound_socket *bound, void *arg)
{
    (void)arg;
    (void)evconnlistener_enable(evhttp_bound_socket_get_listener(bound));
}

static void on_resume(evutil_socket_t fd, short what, void *arg)
{
    struct api *api = arg;

    (void)fd;
    (void)what;
    evhttp_foreach_bound_socket(api->control, listen_again, NULL);
    if (api->server != NULL)
        evhttp_foreach_bound_socket(api->server, listen_again, NULL);
}

/* Requests that come by a listening descriptor, which is taken. */
static struct evhttp *serve(struct api *api, int fd,
                            void (*on_request)(struct evhttp_request *http,
                                               void *arg))
{
    struct evhttp *server = evhttp_new(api->base);
    struct evconnlistener *listener = evconnlistener_new(
        api->base, NULL, NULL, LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC, 0,
        fd);

    evhttp_set_allowed_methods(server, EVHTTP_REQ_GET | EVHTTP_REQ_HEAD |
                                           EVHTTP_REQ_POST | EVHTTP_REQ_PATCH |
                                           EVHTTP_REQ_DELETE);
    evhttp_set_max_headers_size(server, DOOR_HEAD_MAX);
    evhttp_set_max_body_size(server, API_DOCUMENT_MAX);
    evhttp_set_timeout(server, IDLE_S);
    evhttp_set_gencb(server, on_request, api);
    evhttp_bind_listener(server, listener);
    evconnlistener_set_error_cb(listener, on_no_room);
    return server;
}

static struct bufferevent *open_visit(void *arg, struct event_base *base)
{
    struct api *api = arg;

    return api->tls != NULL
               ? tls_accept(api->tls, base)
               : bufferevent_socket_new(base, -1, BEV_OPT_CLOSE_ON_FREE);
}

static int open_port(struct api *api, const struct http_options *options,
                     struct complaint *why)
{
    const struct door_options door = {.base = api->base,
                                      .open = open_visit,
                                      .judge = http_judge,
                                      .gone = client_gone,
                                      .arg = api};

    if (!addr_is_set(&options->listen))
        return 0;
    int rc = http_port_prepare(api, options, why);
    int fd =
        rc == 0 ? http_listen_open(&options->listen, options->port, why) : rc;
    if (fd < 0)
        return fd;
    api->door = door_new(&door);
    api->server = serve(api, fd, on_remote);
    evhttp_set_bevcb(api->server, door_open, api->door);
    return 0;
}

int http_new(struct event_base *base, const struct http_options *options,
             struct http **out, struct complaint *why)
{
    int fd = http_socket_open(options->socket, options->uid, options->gid, why);

    *out = NULL;
    if (fd < 0)
        return fd;
    struct http *h = mem_new(struct http);
    h->api.base = base;
    h->api.path = mem_text(options->socket);
    h->api.data = mem_text(options->data);
    h->api.worker = worker_new(base);
    h->api.control = serve(&h->api, fd, on_control);
    h->resume = event_new(base, -1, EV_PERSIST, on_resume, &h->api);
    event_add(h->resume, &(struct timeval){.tv_sec = 1});
    int rc = open_port(&h->api, options, why);
    if (rc < 0) {
        http_free(h);
        return rc;
    }
    *out = h;
    return 0;
}

/* Whose answer goes on although he may not have it any more: he signed out, or
 * was deleted. */
static struct api_request *expired(struct api *api)
{
    struct wall now = wall_now();

    for (struct api_request *r = api->open; r != NULL; r = r->next)
        if (r->visit != NULL && r->http != NULL &&
            !access_holds(api->access, &r->caller, now))
            return r;
    return NULL;
}

static void on_look(evutil_socket_t fd, short what, void *arg)
{
    struct http *h = arg;
    struct api_request *r;

    (void)fd;
    (void)what;
    while (h->api.access != NULL && (r = expired(&h->api)) != NULL)
        door_close(r->visit);
}

int http_serve(struct http *h, struct station *station, struct notices *notices,
               struct complaint *why)
{
    struct api *api = &h->api;

    api->station = station;
    api->notices = notices;
    access_free(TAKE(api->access));
    if (station == NULL)
        return 0;
    const struct access_parts parts = {.base = api->base,
                                       .people = station_people(station),
                                       .keys = station_keys(station),
                                       .events = station_events(station),
                                       .data = api->data};
    api->access = access_new(&parts);
    if (api->stream == NULL)
        api->stream = stream_new(api->base, station);
    if (api->server == NULL)
        return 0;
    const struct timeval often = {.tv_sec = HOLDS_S};
    if (h->look == NULL)
        h->look = event_new(api->base, -1, EV_PERSIST, on_look, h);
    event_add(h->look, &often);
    return http_port_start(api, why);
}

void http_renew(struct http *h, const struct http_options *options)
{
    if (h->api.server != NULL)
        http_port_renew(&h->api, options);
}

void http_free(struct http *h)
{
    if (h == NULL)
        return;
    worker_free(h->api.worker);
    access_free(TAKE(h->api.access));
    while (h->api.open != NULL) {
        evhttp_connection_set_closecb(
            evhttp_request_get_connection(h->api.open->http), NULL, NULL);
        request_free(h->api.open);
    }
    stream_free(h->api.stream);
    if (h->look != NULL)
        event_free(h->look);
    event_free(h->resume);
    door_free(h->api.door);
    evhttp_free(h->api.control);
    if (h->api.server != NULL)
        evhttp_free(h->api.server);
    http_port_end(&h->api);
    (void)unlink(h->api.path);
    free(h->api.path);
    free(h->api.data);
    free(h);
}
