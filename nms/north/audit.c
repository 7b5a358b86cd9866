#include "north/audit.h"

#include "north/routes.h"
#include "north/who.h"
#include "station/store.h"

#include <stdlib.h>
#include <string.h>

enum { PART_MAX = 4000 /* octets of what is kept of a body */ };

void audit_tell(struct api_request *r, json_t *before, json_t *after)
{
    json_decref(r->before);
    json_decref(r->after);
    r->before = before;
    r->after = after;
}

/* ---- what is kept of a body ---- */

/* Keys whose values nobody reads again. */
static bool is_secret(const char *key)
{
    static const char *const words[] = {"secret", "password", "community",
                                        "token",  "old",      "new",
                                        "key",    "headers",  "webhook"};

    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (strcasestr(key, words[i]) != NULL)
            return true;
    return false;
}

static void hide(json_t *value);

/* Whatever it is: a number may be a community, headers an object, and what is
 * refused is on record too. That something is set is none. */
static void hide_member(json_t *o, const char *key, json_t *value)
{
    if (is_secret(key) && !json_is_null(value) && !json_is_boolean(value))
        json_object_set_new(o, key, json_string("(not kept)"));
    else
        hide(value);
}

static void hide(json_t *value)
{
    const char *key;
    void *next;
    json_t *member;
    size_t i;

    if (json_is_object(value))
        json_object_foreach_safe(value, next, key, member)
            hide_member(value, key, member);
    json_array_foreach(value, i, member) hide(member);
}

static bool may_hold_secrets(const struct api_route *route)
{
    static const char *const begins[] = {
        "session", "users", "tokens", "credentials", "discovery", "receivers"};

    for (size_t i = 0; i < COUNT_OF(begins); i++)
        if (strncmp(route->pattern, begins[i], strlen(begins[i])) == 0)
            return true;
    return false;
}

/* A copy without secrets; of what is long its length alone. */
static json_t *kept(const struct api_route *route, const json_t *value)
{
    json_t *copy = json_deep_copy(value);
    size_t len;

    if (copy == NULL)
        return NULL;
    if (may_hold_secrets(route))
        hide(copy);
    len = json_dumpb(copy, NULL, 0, JSON_COMPACT | JSON_ENCODE_ANY);
    if (len <= PART_MAX)
        return copy;
    json_decref(copy);
    return json_pack("{s:I}", "octets", (json_int_t)len);
}

void audit_answer(struct api_request *r, int status, struct bytes body)
{
    r->status = status;
    if (r->route == NULL || r->after != NULL || status >= 300 ||
        body.len > PART_MAX * 4)
        return;
    r->after = json_loadb((const char *)body.at, body.len, 0, NULL);
}

/* ---- noting ---- */

static json_t *details_of(const struct api_request *r)
{
    static const char *const ways[] = {[CALLER_NOBODY] = "nobody",
                                       [CALLER_SOCKET] = "socket",
                                       [CALLER_SESSION] = "session",
                                       [CALLER_TOKEN] = "token"};
    json_t *o = json_pack("{s:s}", "by", ways[r->caller.kind]);
    char from[ADDR_TEXT_MAX];

    if (addr_is_set(&r->from))
        json_object_set_new(
            o, "from", json_string(addr_format(&r->from, from, sizeof from)));
    if (r->body != NULL)
        json_object_set_new(o, "body", kept(r->route, r->body));
    else if (r->document_len > 0)
        json_object_set_new(
            o, "body",
            json_pack("{s:I}", "octets", (json_int_t)r->document_len));
    if (r->before != NULL)
        json_object_set_new(o, "before", kept(r->route, r->before));
    if (r->after != NULL)
        json_object_set_new(o, "after", kept(r->route, r->after));
    return o;
}

static void path_of(const struct api_request *r, struct buffer *out)
{
    buffer_text(out, r->recorded_as != NULL ? r->recorded_as : "");
    for (size_t i = 0; i < r->count && r->recorded_as == NULL; i++)
        buffer_format(out, "%s%s", i > 0 ? "/" : "", r->segments[i]);
}

void audit_note(struct api_request *r)
{
    static const char *const methods[API_METHODS] = {
        [API_GET] = "GET",
        [API_POST] = "POST",
        [API_PATCH] = "PATCH",
        [API_DELETE] = "DELETE",
    };
    struct buffer OWNED_BUFFER path = {0};
    char who[WHO_MAX];
    struct store *store;

    /* Who could not sign in changed nothing: the event login.failed tells of
     * him, and no flood of guesses fills the record. */
    if (r->noted || r->route == NULL || r->route->method == API_GET ||
        r->caller.kind == CALLER_NOBODY)
        return;
    r->noted = true;
    store = station_store(r->station);
    if (store == NULL)
        return;
    path_of(r, &path);
    json_t *details = details_of(r);
    char *text = json_dumps(details, JSON_COMPACT);
    const struct store_event entry = {
        .log = STORE_AUDIT,
        .at = wall_now(),
        .severity = r->status,
        .class = methods[r->route->method],
        .type = r->route->pattern,
        .object = path.at,
        .source = api_who(r, who, sizeof who),
        .text = text,
        .values = text,
    };
    (void)store_event(store, &entry);
    free(text);
    json_decref(details);
}
