/* What people do to maps: draw, import, edit, delete. */
#include "north/json_out.h"
#include "north/routes.h"
#include "station/maps.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const uint64_t ANY = UINT64_MAX; /* revision */

static void on_answer(void *arg, const struct maps_answer *a)
{
    struct api_request *r = arg;
    bool created = r->method == API_POST;

    r->tagged = a->told != NULL;
    r->revision = a->revision;
    if (a->result == 0) {
        api_json(r, created ? 201 : 200,
                 a->told != NULL ? json_incref(a->told) : json_object());
        return;
    }
    if (a->told != NULL) /* what is in the way */
        r->more =
            json_pack("{s:O,s:O}", "changes", json_object_get(a->told, "edits"),
                      "revision", json_object_get(a->told, "revision"));
    api_complaint(r, a->result, a->why);
}

static void forget(struct api_request *r)
{
    maps_forget(station_maps(r->station), r);
}

static void put(struct api_request *r, struct maps_question *q)
{
    if (api_param(r, "at") != NULL) {
        api_problem(r, 400,
                    r->method == API_GET ? "edits are those of now"
                                         : "the past cannot be edited",
                    "leave \"at\" out: what is done to a map now is shown on "
                    "its past too");
        return;
    }
    q->uid = r->uid;
    q->who = r->caller.kind == CALLER_SOCKET ? NULL : r->caller.name;
    r->forget = forget;
    maps_ask(station_maps(r->station), q, on_answer, r);
}

void api_map_new(struct api_request *r)
{
    const char *name = json_string_value(json_object_get(r->body, "name"));
    struct maps_question q = {
        .deed = MAPS_NEW, .name = name, .matches = ANY, .seen = ANY};

    if (name == NULL)
        api_problem(r, 400, "the body has no \"name\"",
                    "send {\"name\": \"plan\"}");
    else
        put(r, &q);
}

void api_map_import(struct api_request *r)
{
    char *name = r->segments[1], *dot = strrchr(name, '.');
    struct maps_question q = {
        .deed = MAPS_IMPORT,
        .name = name,
        .matches = ANY,
        .seen = ANY,
        .document = r->document,
        .replace = api_param_flag(r, "replace"),
    };

    if (dot == NULL || !map_import_format_parse(dot, &q.format)) {
        api_problem(r, 400, "the format is not known",
                    "send to maps/NAME.gv, .graphml, .json or .csv");
        return;
    }
    *dot = '\0';
    put(r, &q);
}

/* "7" or "7-HASH", as a header has it, or 7. False if it is neither, "*" is
 * any. */
static bool revision_of(const char *text, uint64_t *out)
{
    char *end;

    *out = ANY;
    if (text == NULL || strcmp(text, "*") == 0)
        return true;
    text += *text == '"';
    if (*text < '0' || *text > '9')
        return false;
    errno = 0;
    *out = strtoull(text, &end, 10);
    return errno == 0 &&
           (*end == '\0' || *end == '-' || strcmp(end, "\"") == 0);
}

static uint64_t revision_at(const json_t *body, const char *key,
                            uint64_t otherwise)
{
    const json_t *value = json_object_get(body, key);
    json_int_t n = json_integer_value(value);

    return json_is_integer(value) && n >= 0 ? (uint64_t)n : otherwise;
}

void api_map_edit(struct api_request *r)
{
    struct maps_question q = {
        .deed = MAPS_EDIT, .name = r->segments[1], .snapshot = r->snapshot};

    q.edits =
        json_is_array(r->body) ? r->body : json_object_get(r->body, "edits");
    if (!json_is_array(q.edits)) {
        api_problem(r, 400, "the body has no list of operations",
                    "send [{\"op\": \"move\", \"id\": ..., \"x\": 1, "
                    "\"y\": 2}]");
        return;
    }
    if (!revision_of(r->if_match, &q.matches)) {
        api_problem(r, 400, "If-Match names no revision",
                    "send the ETag that the map came with");
        return;
    }
    q.matches = revision_at(r->body, "revision", q.matches);
    q.seen = revision_at(r->body, "seen", ANY);
    put(r, &q);
}

void api_map_edits(struct api_request *r)
{
    struct maps_question q = {.deed = MAPS_EDITS,
                              .name = r->segments[1],
                              .matches = ANY,
                              .seen = ANY};

    put(r, &q);
}

void api_map_delete(struct api_request *r)
{
    struct maps_question q = {.deed = MAPS_DELETE,
                              .name = r->segments[1],
                              .matches = ANY,
                              .seen = ANY};

    put(r, &q);
}
