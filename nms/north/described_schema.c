/* Shapes as schemas. */
#include "north/described.h"

#include <string.h>

enum { DEPTH_MAX = 16 };

struct reading {
    const char *at;
    unsigned depth;
};

static json_t *read_shape(struct reading *r);

static json_t *typed(const char *type)
{
    return json_pack("{s:s}", "type", type);
}

/* An object from behind its brace on; NULL if it is none. */
static json_t *read_object(struct reading *r)
{
    json_t *of = json_object(), *required = json_array();
    json_t *o = json_pack("{s:s,s:o}", "type", "object", "properties", of);
    bool well = true;

    while (well && *r->at != '}') {
        size_t len = strcspn(r->at, "?:,{}[]");
        const char *key = r->at;
        bool may_lack = key[len] == '?';
        json_t *member;

        r->at += len + may_lack;
        well = len > 0 && *r->at++ == ':' && (member = read_shape(r)) != NULL;
        if (!well)
            break;
        if (len == 1 && key[0] == '*') {
            json_object_set_new(o, "additionalProperties", member);
        } else {
            json_object_setn_new(of, key, len, member);
            if (!may_lack)
                json_array_append_new(required, json_stringn(key, len));
        }
        r->at += *r->at == ',';
    }
    r->at += well;
    if (json_array_size(required) > 0)
        json_object_set(o, "required", required);
    json_decref(required);
    if (well)
        return o;
    json_decref(o);
    return NULL;
}

static json_t *read_list(struct reading *r)
{
    json_t *items = read_shape(r);

    if (items != NULL && *r->at++ == ']')
        return json_pack("{s:s,s:o}", "type", "array", "items", items);
    json_decref(items);
    return NULL;
}

static json_t *read_name(struct reading *r)
{
    size_t len = strcspn(r->at, ",}]|");
    char name[80];

    (void)snprintf(name, sizeof name, "#/components/schemas/%.*s", (int)len,
                   r->at);
    r->at += len;
    return json_pack("{s:s}", "$ref", name);
}

static json_t *read_one(struct reading *r)
{
    switch (*r->at) {
    case '{':
        r->at++;
        return read_object(r);
    case '[':
        r->at++;
        return read_list(r);
    case '*':
        r->at++;
        return json_object();
    case 's':
        r->at++;
        return typed("string");
    case 'i':
        r->at++;
        return typed("integer");
    case 'n':
        r->at++;
        return typed("number");
    case 'b':
        r->at++;
        return typed("boolean");
    default:
        return *r->at >= 'A' && *r->at <= 'Z' ? read_name(r) : NULL;
    }
}

static json_t *read_shape(struct reading *r)
{
    static const char or_null[] = "|null";
    json_t *o = ++r->depth <= DEPTH_MAX ? read_one(r) : NULL;

    r->depth--;
    if (o != NULL && strncmp(r->at, or_null, sizeof or_null - 1) == 0) {
        r->at += sizeof or_null - 1;
        json_object_set_new(o, "nullable", json_true());
    }
    return o;
}

json_t *described_schema(const char *shape)
{
    struct reading r = {.at = shape};
    json_t *o = read_shape(&r);

    if (o != NULL && *r.at == '\0')
        return o;
    json_decref(o);
    return NULL;
}
