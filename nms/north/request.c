/* Reading a question: path, parameters, body. */
#include "north/request.h"

#include "base/mem.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <sys/queue.h>

#include <event2/http.h>
#include <event2/keyvalq_struct.h>

enum { TEXTS_MAX = 10000 }; /* in a list of a body */

/* ---- the path ---- */

/* A segment percent-decoded; NULL if it has a NUL in it. */
static char *decode_segment(const char *at, size_t len)
{
    OWNED(free) char *raw = mem_text_of(at, len);
    size_t decoded_len = 0;
    OWNED(free) char *decoded = evhttp_uridecode(raw, 0, &decoded_len);

    if (decoded == NULL || strlen(decoded) != decoded_len)
        return NULL;
    return TAKE(decoded);
}

bool api_cut_path(struct api_request *r, const char *path)
{
    static const char prefix[] = "/api/v1/";

    if (strncmp(path, prefix, sizeof prefix - 1) != 0) {
        r->segments[r->count++] = mem_text(path);
        return path[0] == '/';
    }
    path += sizeof prefix - 1;
    for (bool more = *path != '\0'; more;) {
        size_t len = strcspn(path, "/");
        char *segment =
            r->count < API_SEGMENTS_MAX ? decode_segment(path, len) : NULL;

        if (segment == NULL)
            return false;
        r->segments[r->count++] = segment;
        more = path[len] == '/'; /* behind the last one too, if an empty one */
        path += len + (more ? 1 : 0);
    }
    return true;
}

/* ---- parameters ---- */

const char *api_param(const struct api_request *r, const char *name)
{
    return evhttp_find_header(r->query, name);
}

size_t api_params(const struct api_request *r, const char *name,
                  const char **out, size_t max)
{
    size_t count = 0;

    for (const struct evkeyval *one = r->query->tqh_first;
         one != NULL && count < max; one = one->next.tqe_next)
        if (strcmp(one->key, name) == 0)
            out[count++] = one->value;
    return count;
}

bool api_param_flag(const struct api_request *r, const char *name)
{
    const char *text = api_param(r, name);

    return text != NULL && strcmp(text, "1") == 0;
}

bool api_param_number(struct api_request *r, const char *name, int64_t min,
                      int64_t max, int64_t *out)
{
    const char *text = api_param(r, name);
    struct buffer OWNED_BUFFER range = {0};
    char *end;

    if (text == NULL || *text == '\0')
        return true;
    errno = 0;
    long long n = strtoll(text, &end, 10);
    if (errno == 0 && *end == '\0' && n >= min && n <= max) {
        *out = n;
        return true;
    }
    buffer_format(&range, "write %s=%lld to %s=%lld, or leave it out", name,
                  (long long)min, name, (long long)max);
    api_problem(r, 400, "a parameter is no number, or too small or large",
                range.at);
    return false;
}

bool api_param_time(struct api_request *r, const char *name, struct wall *out)
{
    const char *text = api_param(r, name);

    if (text == NULL || wall_parse(text, r->snapshot->at, out) == 0)
        return true;
    api_problem(r, 400, "from or to is no time",
                "write -2h, 2026-11-22T02:47 or seconds since 1970");
    return false;
}

/* ---- the body ---- */

bool api_read_list(struct api_request *r, struct bytes text)
{
    if (text.len == 0)
        return true;
    r->body = json_loadb((const char *)text.at, text.len, 0, NULL);
    return json_is_object(r->body) || json_is_array(r->body);
}

bool api_read_body(struct api_request *r, struct bytes text)
{
    return api_read_list(r, text) && !json_is_array(r->body);
}

/* The texts of a list in the body; false and a 400 if there is none. */
bool api_texts(struct api_request *r, const char *key, bool may_lack,
               struct api_texts *out)
{
    const json_t *list = json_object_get(r->body, key);
    size_t count = json_array_size(list);

    *out = (struct api_texts){0};
    if ((list == NULL && !may_lack) || count > TEXTS_MAX ||
        (list != NULL && !json_is_array(list))) {
        api_problem(r, 400, "the body has no list of texts where one belongs",
                    "see /api/v1/openapi.json");
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        const char *text = json_string_value(json_array_get(list, i));

        *array_add(out) = text != NULL ? text : "";
    }
    return true;
}

/* ---- what it is about ---- */

const struct device_record *api_device(struct api_request *r, size_t nth)
{
    char detail[300];
    const struct device_record *d =
        snapshot_find(r->snapshot, r->segments[nth]);

    if (d != NULL)
        return d;
    (void)snprintf(detail, sizeof detail, "no device is called \"%s\"",
                   r->segments[nth]);
    api_problem(r, 404, detail, "see `portolan devices`");
    return NULL;
}

const struct facts *api_facts(struct api_request *r,
                              const struct device_record *d)
{
    if (r->open_device == d)
        return r->open;
    facts_unref(r->open);
    r->open = device_record_facts(d);
    r->open_device = d;
    return r->open;
}

static struct arena *arena_of(struct api_request *r)
{
    if (r->arena == NULL)
        r->arena = arena_new();
    return r->arena;
}

size_t api_metrics_of(struct api_request *r, const struct device_record *d,
                      const struct metric_record **out)
{
    const struct facts *facts = api_facts(r, d);

    return device_record_metrics(d, facts, arena_of(r), out);
}

const char *api_keep_text(struct api_request *r, const char *text)
{
    return arena_text(arena_of(r), text);
}

const char *api_port_file(struct api_request *r, const struct device_record *d,
                          const struct port_record *p)
{
    struct buffer OWNED_BUFFER path = {0};

    device_record_port_file(d, p, &path);
    return arena_text(arena_of(r), path.at);
}
