/* asking.h - asks the API as its handlers see it, without HTTP and without a
 * station: answers are kept, commands are noted.
 *
 * Defines what http.c defines elsewhere, so that it is not linked. */
#ifndef TESTS_ASKING_H
#define TESTS_ASKING_H

#include "fake_station.h"

#include "base/text.h"
#include "north/routes.h"

#include <errno.h>

#include <sys/queue.h>

#include <event2/http.h>
#include <event2/keyvalq_struct.h>

/* What was answered last. */
struct api {
    int status;
    char type[64], detail[400];
    json_t *json;
    struct buffer text;
    unsigned answers;
    bool streams;
    uint64_t tag;             /* ETag; 0: none */
    struct api_request *open; /* not answered yet */
};

/* ---- what http.c does ---- */

static inline void request_free(struct api_request *r)
{
    r->api->open = NULL;
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

static inline void answered(struct api_request *r, int status, const char *type)
{
    struct api *api = r->api;

    api->status = status;
    (void)snprintf(api->type, sizeof api->type, "%s", type);
    api->answers++;
    api->tag = r->tagged ? r->revision : 0;
    request_free(r); /* nobody may use it any more */
}

void api_json(struct api_request *r, int status, json_t *body)
{
    assert_non_null(body);
    r->api->json = body;
    answered(r, status, "application/json");
}

void api_json_text(struct api_request *r, struct buffer *body)
{
    json_t *told =
        json_loadb(body->at, body->len, JSON_REJECT_DUPLICATES, NULL);

    buffer_fini(body);
    api_json(r, 200, told);
}

void api_bytes(struct api_request *r, const char *type, struct bytes body)
{
    buffer_add(&r->api->text, body.at, body.len);
    answered(r, 200, type);
}

void api_problem(struct api_request *r, int status, const char *detail,
                 const char *remedy)
{
    assert_true(remedy != NULL && remedy[0] != '\0');
    (void)snprintf(r->api->detail, sizeof r->api->detail, "%s", detail);
    r->api->json = json_incref(r->more);
    answered(r, status, "application/problem+json");
}

void api_complaint(struct api_request *r, int rc, const struct complaint *why)
{
    assert_true(rc < 0);
    api_problem(r,
                rc == -ENOENT  ? 404
                : rc == -EPERM ? 403
                               : 400,
                why->what, why->remedy);
}

void api_stream_begin(struct api_request *r, const char *type)
{
    (void)type;
    r->api->streams = true;
}

void api_stream_write(struct api_request *r, const struct buffer *text)
{
    assert_true(r->api->streams);
    r->streamed += text->len;
    if (r->api->text.len < 1 << 16)
        buffer_add(&r->api->text, text->at, text->len);
}

void api_stream_end(struct api_request *r)
{
    answered(r, 200, "stream");
}

/* ---- asking ---- */

struct asking {
    struct state_scene *scene;
    struct station station;
    struct api api;
};

static inline struct asking *asking_new(void)
{
    struct asking *a = mem_new(struct asking);

    a->scene = state_scene_new();
    scene_infer(a->scene);
    a->station.snapshot = scene_publish(a->scene);
    a->station.alerts = a->scene->alerts;
    a->station.gaps = a->scene->gaps;
    a->station.names = names_load(NULL, 0);
    return a;
}

/* Forgets the last answer; who still waits for one leaves. */
static inline void asking_forget(struct asking *a)
{
    struct api_request *open = a->api.open;

    if (open != NULL && open->forget != NULL)
        open->forget(open);
    if (open != NULL)
        request_free(open);
    json_decref(a->api.json);
    buffer_fini(&a->api.text);
    a->api = (struct api){0};
}

static inline void asking_free(struct asking *a)
{
    asking_forget(a);
    names_free(a->station.names);
    snapshot_unref(a->station.snapshot);
    state_scene_free(a->scene);
    free(a);
}

/* Asks; gives the status, 0 if the answer is not there yet. */
static inline int ask(struct asking *a, enum api_method method,
                      const char *target, const char *body)
{
    struct api_request *r = mem_new(struct api_request);
    const char *query = strchr(target, '?');
    OWNED(free)
    char *path = mem_text_of(target, query != NULL ? (size_t)(query - target)
                                                   : strlen(target));
    bool known;

    asking_forget(a);
    r->api = &a->api;
    r->station = &a->station;
    r->snapshot = snapshot_ref(a->station.snapshot);
    r->method = method;
    r->query = mem_new(struct evkeyvalq);
    if (query == NULL || evhttp_parse_query_str(query + 1, r->query) < 0)
        TAILQ_INIT(r->query);
    a->api.open = r;
    assert_true(api_cut_path(r, path));
    const struct api_route *route =
        route_find(method, r->segments, r->count, &known);
    assert_non_null(route);
    struct bytes text = bytes_of_text(body != NULL ? body : "");
    if ((route->traits & ROUTE_TAKES_DOCUMENT) != 0)
        r->document = text;
    else if ((route->traits & ROUTE_TAKES_LIST) != 0)
        assert_true(api_read_list(r, text));
    else
        assert_true(api_read_body(r, text));
    route->handle(r);
    return a->api.status;
}

static inline int get(struct asking *a, const char *target)
{
    return ask(a, API_GET, target, NULL);
}

/* The text at "key" or "key/2/key" of the answer; "" if it is not there. */
static inline const char *told(const struct asking *a, const char *path)
{
    const json_t *at = a->api.json;
    const char *text;

    while (*path != '\0' && at != NULL) {
        size_t len = strcspn(path, "/");
        OWNED(free) char *key = mem_text_of(path, len);

        at = json_is_array(at) ? json_array_get(at, strtoul(key, NULL, 10))
                               : json_object_get(at, key);
        path += len + (path[len] == '/' ? 1 : 0);
    }
    text = json_string_value(at);
    return text != NULL ? text : "";
}

static inline size_t told_count(const struct asking *a, const char *key)
{
    return json_array_size(json_object_get(a->api.json, key));
}

#endif
