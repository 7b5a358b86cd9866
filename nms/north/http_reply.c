/* Answers: whole ones, pieces, problems. */
#include "north/http_parts.h"

#include "base/mem.h"
#include "base/text.h"
#include "north/audit.h"
#include "north/http_pack.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <event2/buffer.h>
#include <event2/http.h>

enum {
    DETAIL_MAX = 1024, /* octets of what a problem says */
    COOKIE_NAME_MAX = 32,
    UNAUTHORIZED = 401
};

enum {
    TAG_MAX = 48,
    PACK_MIN = 1400,       /* octets: what fits into a packet is not packed */
    BESIDE_MIN = 32 << 10, /* of what is packed by a thread */
    PACK_LEVEL = 5
};

/* What tells the revision of an answer: the number of its own, and what its
 * content tells; "" if it has none. */
static const char *tag_of(const struct api_request *r,
                          const struct api_answer *a, char out[TAG_MAX])
{
    char revision[24] = "", hash[20] = "";

    out[0] = '\0';
    if (r->tagged)
        (void)snprintf(revision, sizeof revision, "%llu",
                       (unsigned long long)r->revision);
    if (a != NULL && a->hash != 0)
        (void)snprintf(hash, sizeof hash, "-%016llx",
                       (unsigned long long)a->hash);
    if (revision[0] != '\0' || hash[0] != '\0')
        (void)snprintf(out, TAG_MAX, "\"%s%s%s\"", revision, hash,
                       a != NULL && a->packed ? "-z" : "");
    return out;
}

/* What browsers are told of every answer: nothing is loaded from elsewhere,
 * nothing runs that is not of the page, nobody frames it. */
static void set_policy(const struct api_request *r, struct evkeyvalq *headers)
{
    static const char *const policy[][2] = {
        {"Content-Security-Policy",
         "default-src 'none'; script-src 'self'; style-src 'self'; "
         "img-src 'self' data: blob:; connect-src 'self'; font-src 'self'; "
         "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"},
        {"X-Content-Type-Options", "nosniff"},
        {"X-Frame-Options", "DENY"},
        {"Referrer-Policy", "same-origin"},
        {"Cross-Origin-Opener-Policy", "same-origin"},
        {"Cross-Origin-Resource-Policy", "same-origin"},
        {"Cross-Origin-Embedder-Policy", "require-corp"},
    };

    for (size_t i = 0; i < COUNT_OF(policy); i++)
        evhttp_add_header(headers, policy[i][0], policy[i][1]);
    if (r->api->secure)
        evhttp_add_header(headers, "Strict-Transport-Security",
                          "max-age=31536000");
}

void http_cookie_name(const struct api *api, char *out, size_t len)
{
    (void)snprintf(out, len, "%sportolan-%u", api->secure ? "__Host-" : "",
                   (unsigned)api->port);
}

/* What the browser keeps from now on. */
static void set_session(struct api_request *r, struct evkeyvalq *headers)
{
    struct buffer OWNED_BUFFER text = {0};
    char name[COOKIE_NAME_MAX];

    if (r->session == NULL)
        return;
    http_cookie_name(r->api, name, sizeof name);
    buffer_format(&text, "%s=%s; Path=/; HttpOnly; SameSite=Strict%s%s", name,
                  r->session, r->api->secure ? "; Secure" : "",
                  r->session[0] == '\0' ? "; Max-Age=0" : "");
    evhttp_add_header(headers, "Set-Cookie", text.at);
}

static void set_refusal(struct api_request *r, int status,
                        struct evkeyvalq *headers)
{
    char text[16];

    if (status == UNAUTHORIZED)
        evhttp_add_header(headers, "WWW-Authenticate",
                          "Bearer realm=\"portolan\"");
    if (r->retry_after_s == 0)
        return;
    (void)snprintf(text, sizeof text, "%u", r->retry_after_s);
    evhttp_add_header(headers, "Retry-After", text);
}

static void set_type(struct api_request *r, const char *type, const char *tag)
{
    struct evkeyvalq *headers = evhttp_request_get_output_headers(r->http);

    evhttp_add_header(headers, "Content-Type", type);
    evhttp_add_header(headers, "Cache-Control", "no-store");
    set_policy(r, headers);
    set_session(r, headers);
    if (tag[0] != '\0')
        evhttp_add_header(headers, "ETag", tag);
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
    case 401:
        return "Unauthorized";
    case 403:
        return "Forbidden";
    case 404:
        return "Not Found";
    case 405:
        return "Method Not Allowed";
    case 409:
        return "Conflict";
    case 411:
        return "Length Required";
    case 412:
        return "Precondition Failed";
    case 413:
        return "Content Too Large";
    case 421:
        return "Misdirected Request";
    case 429:
        return "Too Many Requests";
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

/* The client has it already. */
static bool is_known(const struct api_request *r, const struct api_answer *a,
                     const char *tag)
{
    return a->status == HTTP_OK && tag[0] != '\0' && r->if_none_match != NULL &&
           strcmp(r->if_none_match, tag) == 0;
}

void http_finish(const struct api_request *r, struct api_answer *a)
{
    struct buffer packed = {0};

    if (r->method != API_GET || a->status != HTTP_OK || a->body.len == 0)
        return;
    a->hash = bytes_hash(buffer_view(&a->body));
    if (!r->packs || a->body.len < PACK_MIN)
        return;
    a->packed = http_pack(buffer_view(&a->body), PACK_LEVEL, &packed);
    if (a->packed) {
        buffer_fini(&a->body);
        buffer_move(&a->body, &packed);
    }
    buffer_fini(&packed);
}

void http_send(struct api_request *r, struct api_answer *a)
{
    struct evkeyvalq *headers = evhttp_request_get_output_headers(r->http);
    struct evbuffer *out = evbuffer_new();
    size_t len = a->body.len;
    char tag[TAG_MAX];
    int status =
        is_known(r, a, tag_of(r, a, tag)) ? HTTP_NOTMODIFIED : a->status;

    audit_answer(r, a->status, buffer_view(&a->body));
    if (status != HTTP_NOTMODIFIED && a->packed)
        evhttp_add_header(headers, "Content-Encoding", "gzip");
    evhttp_add_header(headers, "Vary", "Accept-Encoding");
    if (evhttp_request_get_command(r->http) == EVHTTP_REQ_HEAD) {
        set_length(r, len);
    } else if (len > 0 && status != HTTP_NOTMODIFIED) {
        char *text = buffer_take(&a->body);

        evbuffer_add_reference(out, text, len, free_body, text);
    }
    buffer_fini(&a->body);
    set_type(r, a->type, tag);
    set_refusal(r, status, headers);
    evhttp_send_reply(r->http, status, reason_of(status), out);
    evbuffer_free(out);
    http_request_over(r);
}

/* body is taken. In a thread the answer is kept for the loop; what is long is
 * finished by the thread. */
static void reply(struct api_request *r, int status, const char *type,
                  struct buffer *body)
{
    struct api_answer a = {.status = status, .type = type};

    if (r->answer != NULL) {
        r->answer->status = status;
        r->answer->type = type;
        buffer_move(&r->answer->body, body);
        return;
    }
    buffer_move(&a.body, body);
    if (r->method == API_GET && a.body.len >= BESIDE_MIN) {
        http_finish_beside(r, &a);
        return;
    }
    if (http_is_promise(r, status)) {
        http_settle(r, &a);
        return;
    }
    http_finish(r, &a);
    http_send(r, &a);
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

void api_json_text(struct api_request *r, struct buffer *body)
{
    reply(r, HTTP_OK, "application/json", body);
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
                 : rc == -ENOTCONN  ? 503
                 : rc == -ETIMEDOUT ? 504
                                    : 500;

    api_problem(r, status, why->what, why->remedy);
}

void api_stream_begin(struct api_request *r, const char *type)
{
    set_type(r, type, "");
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

    http_request_over(r);
    evhttp_send_reply_end(http);
}

/* ---- files ---- */

/* Is tag among those of If-None-Match? Weak ones match too (RFC 9110, 13.1.2).
 */
static bool has_tag(const char *list, const char *tag)
{
    return list != NULL && strstr(list, tag) != NULL;
}

bool http_takes_packed(struct evhttp_request *http)
{
    const char *takes = evhttp_find_header(
        evhttp_request_get_input_headers(http), "Accept-Encoding");

    return takes != NULL && strstr(takes, "gzip") != NULL;
}

static void release_files(const void *at, size_t len, void *arg)
{
    (void)at;
    (void)len;
    files_unref(arg);
}

void http_send_file(struct api_request *r, struct files *files,
                    const struct file *file)
{
    struct evkeyvalq *headers = evhttp_request_get_output_headers(r->http);
    bool packed = file->packed.len > 0 && r->packs;
    struct bytes body = packed ? file->packed : file->content;
    const char *tag = packed ? file->packed_tag : file->tag;
    struct evbuffer *out = evbuffer_new();
    int status = has_tag(r->if_none_match, tag) ? HTTP_NOTMODIFIED : HTTP_OK;

    evhttp_add_header(headers, "Content-Type", file->type);
    evhttp_add_header(headers, "Cache-Control", "no-cache");
    evhttp_add_header(headers, "Vary", "Accept-Encoding");
    evhttp_add_header(headers, "ETag", tag);
    set_policy(r, headers);
    if (packed)
        evhttp_add_header(headers, "Content-Encoding", "gzip");
    if (evhttp_request_get_command(r->http) == EVHTTP_REQ_HEAD)
        set_length(r, body.len);
    else if (status == HTTP_OK && body.len > 0)
        evbuffer_add_reference(out, body.at, body.len, release_files,
                               files_ref(files));
    evhttp_send_reply(r->http, status, reason_of(status), out);
    evbuffer_free(out);
    http_request_over(r);
}
