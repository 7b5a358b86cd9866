/* What the API is, for programs: OpenAPI 3.0.3. */
#include "north/described.h"
#include "north/json_out.h"
#include "north/routes.h"

#include <string.h>

/* ---- the description ---- */

/* "devices/+/poll" as "/api/v1/devices/{id1}/poll". */
static void describe_path(const char *pattern, struct buffer *out)
{
    unsigned n = 0;

    if (pattern[0] != '/')
        buffer_text(out, "/api/v1/");
    for (; *pattern != '\0'; pattern++)
        if (*pattern == '+')
            buffer_format(out, "{id%u}", ++n);
        else
            buffer_char(out, *pattern);
}

/* ---- what goes in ---- */

static json_t *parameter(const char *name, size_t len, const char *in,
                         const char *type)
{
    return json_pack("{s:s%,s:s,s:b,s:{s:s}}", "name", name, len, "in", in,
                     "required", strcmp(in, "path") == 0, "schema", "type",
                     type);
}

static void add_query(json_t *list, const char *query)
{
    while (*query != '\0') {
        size_t len = strcspn(query, " "), name = strcspn(query, " :");

        json_array_append_new(
            list,
            parameter(query, name, "query", name < len ? "integer" : "string"));
        query += len + (query[len] == ' ');
    }
}

static json_t *parameters(const char *pattern, const char *query)
{
    json_t *list = json_array();
    unsigned n = 0;

    for (; *pattern != '\0'; pattern++)
        if (*pattern == '+') {
            char name[8];

            (void)snprintf(name, sizeof name, "id%u", ++n);
            json_array_append_new(
                list, parameter(name, strlen(name), "path", "string"));
        }
    add_query(list, query);
    return list;
}

/* ---- what comes out ---- */

static bool is_media(const char *shape)
{
    const char *slash = strchr(shape, '/');

    return slash != NULL && strcspn(shape, "{[") > (size_t)(slash - shape);
}

static json_t *content_of(const char *shape)
{
    json_t *content = json_object();
    bool more = shape[0] == '+';
    json_t *schema;

    if (is_media(shape)) {
        json_object_set_new(content, shape,
                            json_pack("{s:{s:s}}", "schema", "type", "string"));
        return content;
    }
    schema = described_schema(shape + more);
    json_object_set_new(
        content, "application/json",
        json_pack("{s:o}", "schema", schema != NULL ? schema : json_object()));
    if (more)
        json_object_set_new(content, "*/*",
                            json_pack("{s:{s:s}}", "schema", "type", "string"));
    return content;
}

static json_t *responses(const char *answer)
{
    return json_pack("{s:{s:s,s:o},s:{s:s},s:{s:s,s:{s:{s:{s:s}}}}}", "2XX",
                     "description", "as asked", "content", content_of(answer),
                     "304", "description", "as If-None-Match tells", "default",
                     "description", "problem details, RFC 9457", "content",
                     "application/problem+json", "schema", "$ref",
                     "#/components/schemas/Problem");
}

static json_t *operation(const struct api_route *route)
{
    static const struct described unknown = {
        .query = "", .body = "", .answer = "*"};
    const struct described *d = described_find(route);

    if (d == NULL)
        d = &unknown;
    bool lacks = d->body[0] == '?';
    json_t *o = json_pack("{s:s,s:s,s:o,s:o}", "summary", route->summary,
                          "x-role", role_name(route->role), "parameters",
                          parameters(route->pattern, d->query), "responses",
                          responses(d->answer));
    if (d->body[0] != '\0')
        json_object_set_new(o, "requestBody",
                            json_pack("{s:b,s:o}", "required", !lacks,
                                      "content", content_of(d->body + lacks)));
    return o;
}

static json_t *schemas(void)
{
    size_t count;
    const struct shape *shapes = described_shapes(&count);
    json_t *o = json_object();

    for (size_t i = 0; i < count; i++)
        json_object_set_new(o, shapes[i].name,
                            described_schema(shapes[i].shape));
    return o;
}

void api_openapi(struct api_request *r)
{
    static const char *const methods[API_METHODS] = {"get", "post", "patch",
                                                     "delete"};
    size_t count;
    const struct api_route *routes = route_table(&count);
    json_t *paths = json_object();

    for (size_t i = 0; i < count; i++) {
        struct buffer OWNED_BUFFER path = {0};

        describe_path(routes[i].pattern, &path);
        json_t *item = json_object_get(paths, path.at);
        if (item == NULL) {
            item = json_object();
            json_object_set_new(paths, path.at, item);
        }
        json_object_set_new(item, methods[routes[i].method],
                            operation(&routes[i]));
    }
    api_json(r, 200,
             json_pack("{s:s,s:{s:s,s:s},s:o,s:{s:o}}", "openapi", "3.0.3",
                       "info", "title", "Portolan", "version", PORTOLAN_VERSION,
                       "paths", paths, "components", "schemas", schemas()));
}
