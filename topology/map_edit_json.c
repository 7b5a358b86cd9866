/* Operations as JSON. */
#include "base/text.h"
#include "topology/map_edit.h"
#include "topology/map_edit_shape.h"

#include <errno.h>

/* ---- reading ---- */

struct reading {
    const json_t *from;
    const struct map_op_row *row;
    struct arena *arena;
    struct complaint *why;
    int rc;
};

static void refuse(struct reading *r, const char *key, const char *what)
{
    if (r->rc == 0)
        r->rc =
            complain(r->why, -EINVAL, "operation", r->row->usage,
                     "\"%s\" of operation \"%s\" %s", key, r->row->name, what);
}

static const char *safe(struct reading *r, const char *text)
{
    struct buffer OWNED_BUFFER out = {0};

    text_safe(bytes_of_text(text), NULL, false, MAP_NAME_MAX, &out);
    return arena_text_of(r->arena, out.at, out.len);
}

static const char *text_at(struct reading *r, const char *key, bool may_lack)
{
    const json_t *value = json_object_get(r->from, key);
    const char *text = json_string_value(value);

    if (value == NULL && may_lack)
        return "";
    if (text == NULL)
        refuse(r, key, value == NULL ? "is missing" : "is no text");
    else if (text[0] == '\0' && !may_lack)
        refuse(r, key, "is empty");
    return text != NULL ? safe(r, text) : "";
}

static double number_at(struct reading *r, const char *key)
{
    const json_t *value = json_object_get(r->from, key);

    if (!json_is_number(value))
        refuse(r, key, value == NULL ? "is missing" : "is no number");
    return json_number_value(value);
}

static void read_members(struct reading *r, struct map_edit *e)
{
    const json_t *list = json_object_get(r->from, "nodes");
    size_t count = json_array_size(list);

    e->text = text_at(r, "prefix", true);
    if (e->text[0] != '\0' && list == NULL)
        return;
    if (!json_is_array(list) || count == 0 || count > MAP_EDIT_MEMBERS_MAX)
        refuse(r, "nodes", "is no list of 1 to 10000 texts");
    for (size_t i = 0; i < count && r->rc == 0; i++) {
        const char *id = json_string_value(json_array_get(list, i));

        if (id == NULL || id[0] == '\0')
            refuse(r, "nodes", "has something that is no text");
        else
            *array_add(&e->members) = safe(r, id);
    }
}

/* A value of an attribute: a text, or what can be written as one. */
static const char *value_text(struct reading *r, const char *key,
                              const json_t *value)
{
    char number[40];

    if (json_is_string(value))
        return safe(r, json_string_value(value));
    if (json_is_integer(value))
        (void)snprintf(number, sizeof number, "%lld",
                       (long long)json_integer_value(value));
    else if (json_is_real(value))
        (void)snprintf(number, sizeof number, "%.10g", json_real_value(value));
    else if (json_is_boolean(value))
        (void)snprintf(number, sizeof number, "%s",
                       json_is_true(value) ? "true" : "false");
    else {
        refuse(r, key, "is neither text nor number");
        return "";
    }
    return arena_text(r->arena, number);
}

/* Of an object called "attributes", else of the operation itself. */
static void read_attributes(struct reading *r, const json_t *from,
                            struct map_edit *e)
{
    static const char *const ours[] = {"op", "id", "was", "attributes"};
    const char *key;
    json_t *value;

    json_object_foreach((json_t *)(uintptr_t)from, key, value)
    {
        bool own = false;

        for (size_t i = 0; i < COUNT_OF(ours); i++)
            own = own || strcmp(key, ours[i]) == 0;
        if (own || r->rc < 0)
            continue;
        if (e->attributes.count >= MAP_EDIT_ATTRIBUTES_MAX)
            refuse(r, key, "is one too many");
        else
            *array_add(&e->attributes) =
                (struct map_extra){safe(r, key), value_text(r, key, value)};
    }
}

static void read_ends(struct reading *r, struct map_edit *e)
{
    e->id = text_at(r, "a", false);
    e->port = text_at(r, "a_port", true);
    e->other = text_at(r, "b", false);
    e->other_port = text_at(r, "b_port", true);
}

static void read_key(struct reading *r, struct map_edit *e)
{
    if (json_object_get(r->from, "a") != NULL)
        read_ends(r, e);
    else
        e->id = text_at(r, "id", false);
    e->key = text_at(r, "key", false);
    const json_t *value = json_object_get(r->from, "value");
    if (value == NULL)
        refuse(r, "value", "is missing");
    else
        e->text = value_text(r, "value", value);
}

static void read_place(struct reading *r, struct map_edit *e)
{
    e->id = text_at(r, "id", false);
    e->x = number_at(r, "x");
    e->y = number_at(r, "y");
    e->placed = true;
}

static void read_object(struct reading *r, struct map_edit *e)
{
    const json_t *attributes = json_object_get(r->from, "attributes");

    switch (r->row->shape) {
    case SHAPE_BARE:
        return;
    case SHAPE_LINK:
        read_ends(r, e);
        return;
    case SHAPE_KEY:
        read_key(r, e);
        return;
    case SHAPE_PLACE:
        read_place(r, e);
        return;
    case SHAPE_OBJECT:
    case SHAPE_ATTRIBUTES:
    case SHAPE_TEXT:
    case SHAPE_PAIR:
    case SHAPE_CLOUD:
        break;
    }
    if (r->row->shape == SHAPE_OBJECT &&
        json_object_get(r->from, "a") != NULL) {
        read_ends(r, e);
        return;
    }
    e->id = text_at(r, r->row->id_key, false);
    if (r->row->shape == SHAPE_TEXT)
        e->text = text_at(r, "text", true);
    else if (r->row->shape == SHAPE_PAIR)
        e->other = text_at(r, r->row->other_key, true);
    else if (r->row->shape == SHAPE_CLOUD)
        read_members(r, e);
    else if (r->row->shape == SHAPE_ATTRIBUTES) {
        read_attributes(r, json_is_object(attributes) ? attributes : r->from,
                        e);
    }
}

/* What resolving found, of an edit that was kept. */
static void read_found(struct reading *r, struct map_edit *e)
{
    const json_t *x = json_object_get(r->from, "x");
    const json_t *y = json_object_get(r->from, "y");

    e->link = text_at(r, "link", true);
    e->was = text_at(r, "was", true);
    if (e->op == MAP_BIND || e->op == MAP_NEST)
        e->text = text_at(r, "other_was", true);
    if (e->op == MAP_MAKE_CLOUD)
        e->other = text_at(r, "nodes_was", true);
    if (e->op == MAP_PIN && json_is_number(x) && json_is_number(y)) {
        e->placed = true;
        e->x = json_number_value(x);
        e->y = json_number_value(y);
    }
}

int map_edit_read(const json_t *from, struct arena *arena, struct map_edit *out,
                  struct complaint *why)
{
    struct reading r = {.from = from, .arena = arena, .why = why};
    const char *name = json_string_value(json_object_get(from, "op"));
    enum map_op op = MAP_UNDO;

    if (json_is_string(from))
        return map_edit_parse(json_string_value(from), arena, out, why);
    *out = map_edit_none(op);
    if (name == NULL)
        return complain(why, -EINVAL, "operation",
                        "write {\"op\": \"move\", ...} or \"move:ID=X,Y\"",
                        "an operation has no \"op\"");
    if (!map_op_parse(name, &op))
        return complain(why, -EINVAL, "operation",
                        "portolan map edit --help lists them",
                        "\"%.100s\": there is no such operation", name);
    *out = map_edit_none(op);
    r.row = map_op_row(op);
    read_object(&r, out);
    read_found(&r, out);
    if (r.rc < 0) {
        map_edit_fini(out);
        *out = map_edit_none(op);
    }
    return r.rc;
}

/* ---- writing ---- */

static void put(json_t *o, const char *key, const char *value)
{
    if (value[0] != '\0')
        (void)json_object_set_new(o, key, json_string(value));
}

static void put_place(json_t *o, const struct map_edit *e)
{
    if (!e->placed)
        return;
    (void)json_object_set_new(o, "x", json_real(e->x));
    (void)json_object_set_new(o, "y", json_real(e->y));
}

static void put_ends(json_t *o, const struct map_edit *e)
{
    put(o, "a", e->id);
    put(o, "a_port", e->port);
    put(o, "b", e->other);
    put(o, "b_port", e->other_port);
}

static void put_members(json_t *o, const struct map_edit *e)
{
    json_t *list = json_array();

    for (size_t i = 0; i < e->members.count; i++)
        (void)json_array_append_new(list, json_string(e->members.at[i]));
    put(o, "prefix", e->text);
    if (e->members.count > 0)
        (void)json_object_set(o, "nodes", list);
    json_decref(list);
}

static void put_attributes(json_t *o, const struct map_edit *e)
{
    json_t *all = json_object();

    for (size_t i = 0; i < e->attributes.count; i++)
        put(all, e->attributes.at[i].key, e->attributes.at[i].value);
    (void)json_object_set_new(o, "attributes", all);
}

json_t *map_edit_json(const struct map_edit *e)
{
    const struct map_op_row *row = map_op_row(e->op);
    json_t *o = json_object();

    put(o, "op", row->name);
    if (row->shape == SHAPE_LINK || e->link[0] != '\0' ||
        (row->shape == SHAPE_KEY && e->other[0] != '\0'))
        put_ends(o, e);
    else if (row->id_key != NULL)
        put(o, row->id_key, e->id);
    if (row->shape == SHAPE_TEXT)
        (void)json_object_set_new(o, "text", json_string(e->text));
    else if (row->shape == SHAPE_PAIR)
        (void)json_object_set_new(o, row->other_key, json_string(e->other));
    else if (row->shape == SHAPE_CLOUD)
        put_members(o, e);
    else if (row->shape == SHAPE_ATTRIBUTES)
        put_attributes(o, e);
    if (row->shape == SHAPE_KEY) {
        put(o, "key", e->key);
        (void)json_object_set_new(o, "value", json_string(e->text));
    }
    put_place(o, e);
    put(o, "link", e->link);
    put(o, "was", e->was);
    if (e->op == MAP_BIND || e->op == MAP_NEST)
        put(o, "other_was", e->text);
    if (e->op == MAP_MAKE_CLOUD)
        put(o, "nodes_was", e->other);
    return o;
}
