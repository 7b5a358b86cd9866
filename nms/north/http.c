#include "north/http.h"

#include "base/file.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "north/routes.h"
#include "station/worker.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/queue.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/http.h>
#include <event2/keyvalq_struct.h>
#include <event2/listener.h>

enum {
    HEADERS_MAX = 16384,
    DETAIL_MAX = 1024, /* octets of what a problem says */
    IDLE_S = 120,      /* a connection that says nothing is closed */
    BACKLOG = 64,
    SOCKET_MODE = 0660
};

struct api {
    struct event_base *base;
    struct evhttp *server;
    struct station *station;
    struct notices *notices;
    struct worker *worker; /* makes long answers of what is published */
    char *path;
    struct api_request *open;
};

/* What a thread made for a request, to be sent by the loop. */
struct api_answer {
    void (*handle)(struct api_request *r);
    int status;
    const char *type;
    struct buffer body;
};

struct http {
    struct api api;
};

/* ---- one request ---- */

static void request_free(struct api_request *r)
{
    if (r->forget != NULL)
        r->forget(r);
    *r->link = r->next;
    if (r->next != NULL)
        r->next->link = r->link;
    for (size_t i = 0; i < r->count; i++)
        free(r->segments[i]);
    evhttp_clear_headers(r->query);
    free(r->query);
    json_decref(r->body);
    json_decref(r->more);
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
static void on_client_gone(struct evhttp_connection *connection, void *arg)
{
    struct api_request *r = arg;

    (void)connection;
    if (evhttp_request_get_connection(r->http) == NULL)
        evhttp_request_free(r->http);
    r->http = NULL;
    if (r->answer == NULL) /* else when the thread gives it back */
        request_free(r);
}

static void request_over(struct api_request *r)
{
    struct evhttp_connection *connection =
        evhttp_request_get_connection(r->http);

    evhttp_connection_set_closecb(connection, NULL, NULL);
    set_patience(connection, false);
    r->forget = NULL;
    request_free(r);
}

enum { TAG_MAX = 24 };

/* What tells the revision of an answer; "" if it is of none. */
static const char *tag_of(const struct api_request *r, char out[TAG_MAX])
{
    out[0] = '\0';
    if (r->tagged)
        (void)snprintf(out, TAG_MAX, "\"%llu\"",
                       (unsigned long long)r->revision);
    return out;
}

/* The client has it already. */
static bool is_known(const struct api_request *r, int status)
{
    char tag[TAG_MAX];

    return status == HTTP_OK && r->tagged && r->if_none_match != NULL &&
           strcmp(r->if_none_match, tag_of(r, tag)) == 0;
}

static void set_type(struct api_request *r, const char *type)
{
    char tag[TAG_MAX];
    struct evkeyvalq *headers = evhttp_request_get_output_headers(r->http);

    evhttp_add_header(headers, "Content-Type", type);
    evhttp_add_header(headers, "X-Content-Type-Options", "nosniff");
    evhttp_add_header(headers, "Cache-Control", "no-store");
    if (r->tagged)
        evhttp_add_header(headers, "ETag", tag_of(r, tag));
}

static const char *reason_of(int status)
{
    switch (status) {
    case 200:
        return "OK";
    case 201:
        return "Created";
    case 202:
        return "Accepted";
    case 304:
        return "Not Modified";
    case 400:
        return "Bad Request";
    case 403:
        return "Forbidden";
    case 404:
        return "Not Found";
    case 405:
        return "Method Not Allowed";
    case 409:
        return "Conflict";
    case 412:
        return "Precondition Failed";
    case 413:
        return "Content Too Large";
    case 503:
        return "Service Unavailable";
    case 504:
        return "Gateway Timeout";
    default:
        return status < 500 ? "Refused" : "Internal Server Error";
    }
}

/* HEAD tells how long the body would be. */
static void set_length(struct api_request *r, size_t len)
{
    char text[24];

    (void)snprintf(text, sizeof text, "%zu", len);
    evhttp_add_header(evhttp_request_get_output_headers(r->http),
                      "Content-Length", text);
}

static void free_body(const void *at, size_t len, void *arg)
{
    (void)at;
    (void)len;
    free(arg);
}

/* body is taken. */
static void send_reply(struct api_request *r, int status, const char *type,
                       struct buffer *body)
{
    struct evbuffer *out = evbuffer_new();
    size_t len = body->len;

    if (is_known(r, status)) {
        status = HTTP_NOTMODIFIED;
    } else if (evhttp_request_get_command(r->http) == EVHTTP_REQ_HEAD) {
        set_length(r, len);
    } else if (len > 0) {
        char *text = buffer_take(body);

        evbuffer_add_reference(out, text, len, free_body, text);
    }
    buffer_fini(body);
    set_type(r, type);
    evhttp_send_reply(r->http, status, reason_of(status), out);
    evbuffer_free(out);
    request_over(r);
}

/* body is taken. In a thread the answer is kept for the loop. */
static void reply(struct api_request *r, int status, const char *type,
                  struct buffer *body)
{
    if (r->answer == NULL) {
        send_reply(r, status, type, body);
        return;
    }
    r->answer->status = status;
    r->answer->type = type;
    buffer_move(&r->answer->body, body);
}

void api_bytes(struct api_request *r, const char *type, struct bytes body)
{
    struct buffer copy = {0};

    buffer_add(&copy, body.at, body.len);
    reply(r, HTTP_OK, type, &copy);
}

static int append(const char *text, size_t len, void *arg)
{
    buffer_add(arg, text, len);
    return 0;
}

static void reply_json(struct api_request *r, int status, const char *type,
                       json_t *body)
{
    struct buffer text = {0};

    (void)json_dump_callback(body, append, &text, JSON_COMPACT);
    json_decref(body);
    reply(r, status, type, &text);
}

void api_json(struct api_request *r, int status, json_t *body)
{
    reply_json(r, status, "application/json", body);
}

/* What a client wrote comes back in a detail: it need not be UTF-8. */
void api_problem(struct api_request *r, int status, const char *detail,
                 const char *remedy)
{
    struct buffer OWNED_BUFFER safe = {0};

    text_safe(bytes_of_text(detail), NULL, false, DETAIL_MAX, &safe);
    json_t *problem =
        json_pack("{s:s,s:s,s:i,s:s,s:s}", "type", "about:blank", "title",
                  reason_of(status), "status", status, "detail",
                  safe.len > 0 ? safe.at : "", "remedy", remedy);
    (void)json_object_update_missing(problem, r->more);
    reply_json(r, status, "application/problem+json", problem);
}

void api_complaint(struct api_request *r, int rc, const struct complaint *why)
{
    int status = rc == -ENOENT      ? 404
                 : rc == -EPERM     ? 403
                 : rc == -EINVAL    ? 400
                 : rc == -EEXIST    ? 409
                 : rc == -EALREADY  ? 409
                 : rc == -ESTALE    ? 412
                 : rc == -EFBIG     ? 413
                 : rc == -EBUSY     ? 503
                 : rc == -ETIMEDOUT ? 504
                                    : 500;

    api_problem(r, status, why->what, why->remedy);
}

void api_stream_begin(struct api_request *r, const char *type)
{
    set_type(r, type);
    evhttp_send_reply_start(r->http, HTTP_OK, "OK");
}

void api_stream_write(struct api_request *r, const struct buffer *text)
{
    struct evbuffer *out = evbuffer_new();

    r->streamed += text->len;
    evbuffer_add(out, text->at, text->len);
    evhttp_send_reply_chunk(r->http, out);
    evbuffer_free(out);
}

void api_stream_end(struct api_request *r)
{
    struct evhttp_request *http = r->http;

    request_over(r);
    evhttp_send_reply_end(http);
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

/* The body as the operation, NULL if there is none, wants it. */
static bool read_body(struct api_request *r, const struct api_route *route)
{
    enum api_body body = route != NULL ? route_body(route) : BODY_OBJECT;
    struct evbuffer *in = evhttp_request_get_input_buffer(r->http);
    size_t len = evbuffer_get_length(in);
    struct bytes text = {evbuffer_pullup(in, -1), len};

    if (body == BODY_DOCUMENT)
        r->document = text;
    if (body == BODY_DOCUMENT || len > API_BODY_MAX)
        return body == BODY_DOCUMENT;
    return body == BODY_LIST ? api_read_list(r, text) : api_read_body(r, text);
}

/* The user at the other end of the control socket; (unsigned)-1 if unknown. */
static unsigned peer_of(struct evhttp_request *http)
{
    struct bufferevent *bev =
        evhttp_connection_get_bufferevent(evhttp_request_get_connection(http));
    struct ucred peer = {.uid = (uid_t)-1};
    socklen_t len = sizeof peer;

    if (getsockopt(bufferevent_getfd(bev), SOL_SOCKET, SO_PEERCRED, &peer,
                   &len) < 0)
        return (unsigned)-1;
    return peer.uid;
}

static struct api_request *request_new(struct api *api,
                                       struct evhttp_request *http,
                                       const char *path, const char *query)
{
    struct api_request *r = mem_new(struct api_request);

    r->api = api;
    r->station = api->station;
    r->notices = api->notices;
    r->http = http;
    r->query = mem_new(struct evkeyvalq);
    if (query == NULL || evhttp_parse_query_str(query, r->query) < 0)
        TAILQ_INIT(r->query);
    r->malformed = !api_cut_path(r, path);
    r->uid = peer_of(http);
    r->if_match =
        evhttp_find_header(evhttp_request_get_input_headers(http), "If-Match");
    r->if_none_match = evhttp_find_header(
        evhttp_request_get_input_headers(http), "If-None-Match");
    r->snapshot = station_snapshot(api->station);
    r->next = api->open;
    r->link = &api->open;
    if (r->next != NULL)
        r->next->link = &r->next;
    api->open = r;
    evhttp_connection_set_closecb(evhttp_request_get_connection(http),
                                  on_client_gone, r);
    set_patience(evhttp_request_get_connection(http), true);
    return r;
}

/* In the thread. */
static void handle_work(void *arg)
{
    struct api_request *r = arg;

    r->answer->handle(r);
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
        send_reply(r, answer->status, answer->type, &answer->body);
    buffer_fini(&answer->body);
    free(answer);
}

static void handle(struct api_request *r, const struct api_route *route)
{
    if (!route->beside) {
        route->handle(r);
        return;
    }
    r->answer = mem_new(struct api_answer);
    r->answer->handle = route->handle;
    worker_do(r->api->worker, handle_work, on_handled, r);
}

static void dispatch(struct api_request *r, bool method_known)
{
    bool known;
    const struct api_route *route =
        route_find(r->method, r->segments, r->count, &known);

    if (r->malformed || !read_body(r, method_known ? route : NULL))
        api_problem(r, 400, "the path or the body cannot be read",
                    "send a JSON object, and a path of a few segments");
    else if (route != NULL && method_known)
        handle(r, route);
    else if (known)
        api_problem(r, 405, "this resource has no such method",
                    "see /api/v1/openapi.json");
    else
        api_problem(r, 404, "there is no such resource",
                    "see /api/v1/openapi.json");
}

static void on_request(struct evhttp_request *http, void *arg)
{
    struct api *api = arg;
    const struct evhttp_uri *uri = evhttp_request_get_evhttp_uri(http);
    const char *path = uri != NULL ? evhttp_uri_get_path(uri) : NULL;

    if (api->station == NULL || path == NULL) {
        evhttp_send_error(http, 503, "the station is starting");
        return;
    }
    struct api_request *r =
        request_new(api, http, path, evhttp_uri_get_query(uri));
    dispatch(r, method_of(http, &r->method));
}

/* ---- the socket ---- */

static int address_of(const char *path, struct sockaddr_un *out,
                      struct complaint *why)
{
    *out = (struct sockaddr_un){.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof out->sun_path)
        return complain(why, -ENAMETOOLONG, path, "choose a shorter path",
                        "the control socket's path is longer than %zu octets",
                        sizeof out->sun_path - 1);
    memcpy(out->sun_path, path, strlen(path) + 1);
    return 0;
}

/* True if somebody answers there. */
static bool is_alive(const struct sockaddr_un *address)
{
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool alive = fd >= 0 && connect(fd, (const struct sockaddr *)address,
                                    sizeof *address) == 0;

    if (fd >= 0)
        close(fd);
    return alive;
}

static int make_dir_of(const char *path, unsigned uid, unsigned gid)
{
    OWNED(free) char *dir = mem_text(path);
    char *slash = strrchr(dir, '/');
    struct stat there;

    if (slash == NULL || slash == dir)
        return 0;
    *slash = '\0';
    if (stat(dir, &there) == 0)
        return 0;
    int rc = file_make_dir(dir, 0755);
    return rc == 0 && chown(dir, uid, gid) < 0 ? -errno : rc;
}

static int open_socket(const char *path, unsigned uid, unsigned gid,
                       struct complaint *why)
{
    struct sockaddr_un address;
    int rc = address_of(path, &address, why);

    if (rc < 0)
        return rc;
    if (is_alive(&address))
        return complain(why, -EADDRINUSE, path,
                        "stop it, or choose another station.socket",
                        "another station serves this control socket");
    (void)unlink(path);
    rc = make_dir_of(path, uid, gid);
    int fd =
        rc == 0 ? socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)
                : -1;
    if (fd < 0 ||
        bind(fd, (const struct sockaddr *)&address, sizeof address) < 0 ||
        chmod(path, SOCKET_MODE) < 0 || chown(path, uid, gid) < 0 ||
        listen(fd, BACKLOG) < 0) {
        rc = rc < 0 ? rc : -errno;
        if (fd >= 0)
            close(fd);
        return complain(why, rc, path, "see the rights of its directory",
                        "the control socket cannot be made: %s", strerror(-rc));
    }
    return fd;
}

int http_new(struct event_base *base, const char *socket_path, unsigned uid,
             unsigned gid, struct http **out, struct complaint *why)
{
    int fd = open_socket(socket_path, uid, gid, why);

    *out = NULL;
    if (fd < 0)
        return fd;
    struct http *h = mem_new(struct http);
    h->api.base = base;
    h->api.path = mem_text(socket_path);
    h->api.worker = worker_new(base);
    h->api.server = evhttp_new(base);
    evhttp_set_allowed_methods(
        h->api.server, EVHTTP_REQ_GET | EVHTTP_REQ_HEAD | EVHTTP_REQ_POST |
                           EVHTTP_REQ_PATCH | EVHTTP_REQ_DELETE);
    evhttp_set_max_headers_size(h->api.server, HEADERS_MAX);
    evhttp_set_max_body_size(h->api.server, API_DOCUMENT_MAX);
    evhttp_set_timeout(h->api.server, IDLE_S);
    evhttp_set_gencb(h->api.server, on_request, &h->api);
    struct evconnlistener *listener = evconnlistener_new(
        base, NULL, NULL, LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC, 0, fd);
    evhttp_bind_listener(h->api.server, listener);
    *out = h;
    return 0;
}

void http_serve(struct http *h, struct station *station,
                struct notices *notices)
{
    h->api.station = station;
    h->api.notices = notices;
}

void http_free(struct http *h)
{
    if (h == NULL)
        return;
    worker_free(h->api.worker);
    while (h->api.open != NULL) {
        evhttp_connection_set_closecb(
            evhttp_request_get_connection(h->api.open->http), NULL, NULL);
        request_free(h->api.open);
    }
    evhttp_free(h->api.server);
    (void)unlink(h->api.path);
    free(h->api.path);
    free(h);
}
