/* Any octets as the target and body of a request to the API: a path in a few
 * decoded segments or none, an operation that fits it or none, parameters
 * within their bounds, a body that is an object or none. */
#include "north/routes.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

#include <sys/queue.h>

#include <event2/http.h>
#include <event2/keyvalq_struct.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
    if (!holds)
        abort();
}

/* What http.c does with answers; here one is enough to be counted. Handlers are
 * linked, but never run. */
void api_json(struct api_request *r, int status, json_t *body)
{
    (void)r;
    (void)status;
    json_decref(body);
}

void api_bytes(struct api_request *r, const char *type, struct bytes body)
{
    (void)r;
    (void)type;
    (void)body;
}

void api_json_text(struct api_request *r, struct buffer *body)
{
    (void)r;
    buffer_fini(body);
}

void api_complaint(struct api_request *r, int rc, const struct complaint *why)
{
    (void)r;
    (void)rc;
    (void)why;
}

void api_stream_begin(struct api_request *r, const char *type)
{
    (void)r;
    (void)type;
}

void api_stream_write(struct api_request *r, const struct buffer *text)
{
    (void)r;
    (void)text;
}

void api_stream_end(struct api_request *r)
{
    (void)r;
}

void api_problem(struct api_request *r, int status, const char *detail,
                 const char *remedy)
{
    must(status >= 400 && detail != NULL && remedy != NULL);
    r->streamed++;
}

static void must_be_sound(const struct api_request *r)
{
    must(r->count <= API_SEGMENTS_MAX);
    for (size_t i = 0; i < r->count; i++)
        must(r->segments[i] != NULL);
}

static void route(const struct api_request *r)
{
    for (enum api_method m = API_GET; m < API_METHODS; m++) {
        bool known = false;
        const struct api_route *found =
            route_find(m, r->segments, r->count, &known);

        must(found == NULL || (known && found->method == m));
    }
}

static void read_parameters(struct api_request *r)
{
    static const char *const names[] = {"limit", "after", "q", "from"};

    for (size_t i = 0; i < COUNT_OF(names); i++) {
        int64_t n = 7;
        bool read = api_param_number(r, names[i], 1, 100, &n);

        must(read || n == 7);
        must(n >= 1 && n <= 100);
        (void)api_param(r, names[i]);
    }
}

static void read_body(struct api_request *r, struct bytes body)
{
    bool object = api_read_body(r, body);

    must(!object || r->body == NULL || json_is_object(r->body));
    for (int may_lack = 0; may_lack <= 1; may_lack++) {
        struct api_texts texts;
        size_t before = r->streamed;
        bool there = api_texts(r, "targets", may_lack == 1, &texts);

        must(there == (r->streamed == before));
        for (size_t i = 0; i < texts.count; i++)
            must(texts.at[i] != NULL);
        array_fini(&texts);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *line = memchr(data, '\n', size);
    size_t target_len = line != NULL ? (size_t)(line - data) : size;
    char *target = mem_text_of(data, target_len);
    char *query = strchr(target, '?');
    struct bytes body = {line != NULL ? line + 1 : NULL,
                         line != NULL ? size - target_len - 1 : 0};
    struct api_request r = {.query = mem_new(struct evkeyvalq)};

    if (query != NULL)
        *query++ = '\0';
    if (query == NULL || evhttp_parse_query_str(query, r.query) < 0)
        TAILQ_INIT(r.query);
    bool whole = api_cut_path(&r, target);
    must_be_sound(&r);
    if (whole)
        route(&r);
    read_parameters(&r);
    read_body(&r, body);
    for (size_t i = 0; i < r.count; i++)
        free(r.segments[i]);
    evhttp_clear_headers(r.query);
    free(r.query);
    json_decref(r.body);
    free(target);
    return 0;
}
