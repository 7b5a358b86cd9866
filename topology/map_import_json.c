/* Maps as JSON: ours, and {"nodes": [...], "links": [...]} as most tools for
 * graphs write it. */
#include "topology/map_import_parts.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

/* ---- places: jansson tells none for values ---- */

/* Line and column of the nth object of the list called key. */
struct place {
    size_t line, column;
};

/* Walks the text, which is well-formed, to the element. */
static struct place place_of(struct bytes text, const char *key, size_t nth)
{
    struct place at = {1, 0};
    size_t depth = 0, len = strlen(key), commas = 0;
    size_t list = 0; /* depth inside the list; 0: not there */
    bool quoted = false;

    for (size_t i = 0; i < text.len; i++) {
        char c = (char)text.at[i];

        at.column++;
        if (c == '\n') {
            at.line++;
            at.column = 0;
        }
        if (quoted) {
            i += c == '\\';
            at.column += c == '\\';
            quoted = c != '"';
            continue;
        }
        if (list == 0 && depth == 1 && c == '"' && i + len + 1 < text.len &&
            memcmp(text.at + i + 1, key, len) == 0 &&
            text.at[i + 1 + len] == '"')
            list = depth + 1;
        quoted = c == '"';
        commas += c == ',' && list > 0 && depth == list;
        if (list > 0 && depth == list && commas == nth && c == '{')
            return at;
        depth += c == '{' || c == '[';
        depth -= (c == '}' || c == ']') && depth > 0;
    }
    return (struct place){0, 0};
}

struct reading {
    struct import *im;
    struct bytes text;
    const char *list; /* "nodes" */
    size_t at;        /* the element */
    json_t *ids;      /* index of a node to its id, for links by number */
};

static void refuse(struct reading *r, const char *what)
{
    struct place at = place_of(r->text, r->list, r->at);

    import_refuse(r->im, -EINVAL, at.line, at.column,
                  "nodes have \"id\"; links have \"a\" and \"b\", or "
                  "\"source\" and \"target\"",
                  "%s[%zu] %s", r->list, r->at, what);
}

/* A value as text; "" if it is none. */
static const char *text_of(const json_t *value, char *room, size_t len)
{
    if (json_is_string(value))
        return json_string_value(value);
    room[0] = '\0';
    if (json_is_integer(value))
        (void)snprintf(room, len, "%lld", (long long)json_integer_value(value));
    else if (json_is_real(value))
        (void)snprintf(room, len, "%.10g", json_real_value(value));
    else if (json_is_boolean(value))
        (void)snprintf(room, len, "%s", json_is_true(value) ? "true" : "false");
    return room;
}

static const json_t *first_of(const json_t *o, const char *const *keys)
{
    for (; *keys != NULL; keys++)
        if (json_object_get(o, *keys) != NULL)
            return json_object_get(o, *keys);
    return NULL;
}

/* What our own documents say and a map does not take over. */
static bool is_passed_over(const char *key)
{
    static const char *const keys[] = {
        "id",         "state",      "words", "note",    "focus",
        "added",      "folded",     "why",   "load_ab", "load_ba",
        "confidence", "attributes", "summed"};

    for (size_t i = 0; i < COUNT_OF(keys); i++)
        if (strcmp(key, keys[i]) == 0)
            return true;
    return false;
}

static void set_node(struct reading *r, uint32_t node, const json_t *from)
{
    char room[40];
    const char *key;
    json_t *value;

    json_object_foreach((json_t *)(uintptr_t)from, key, value)
    {
        if (!is_passed_over(key))
            import_set_node(r->im, node, key,
                            text_of(value, room, sizeof room));
    }
}

static void set_own(struct reading *r, struct map_extras *of,
                    const json_t *from, bool link)
{
    char room[40];
    const char *key;
    json_t *value;

    json_object_foreach((json_t *)(uintptr_t)from, key, value)
    {
        import_set_own(r->im, of, key, text_of(value, room, sizeof room), link);
    }
}

static void read_node(struct reading *r, const json_t *from)
{
    static const char *const ids[] = {"id", "key", "name", "label", NULL};
    char room[40];
    const json_t *inner = json_object_get(from, "data"); /* cytoscape */
    const json_t *of = json_is_object(inner) ? inner : from;
    const json_t *place = json_object_get(from, "position");
    const char *id = text_of(first_of(of, ids), room, sizeof room);

    if (!json_is_object(from) || id[0] == '\0') {
        refuse(r, "has no \"id\"");
        return;
    }
    (void)json_array_append_new(r->ids, json_string(id));
    uint32_t node = import_node(r->im, id, 0, 0);
    if (node == UINT32_MAX)
        return;
    set_node(r, node, of);
    if (json_is_object(place))
        set_node(r, node, place);
    struct map_node *n = &r->im->map->nodes.at[node];
    const json_t *own = json_object_get(of, "attributes");
    if (json_is_object(own) && r->im->ours)
        set_own(r, &n->extras, own, false);
    else if (json_is_object(own))
        set_node(r, node, own);
}

/* The node that an end of a link names: by its id, or by its number. */
static uint32_t end_of(struct reading *r, const json_t *end)
{
    char room[40];
    const char *id = text_of(end, room, sizeof room);
    uint32_t at = map_find_node(r->im->map, id);

    if (json_is_object(end)) /* d3 puts the node itself there */
        id = text_of(json_object_get(end, "id"), room, sizeof room);
    if (at == UINT32_MAX && json_is_integer(end))
        id = text_of(json_array_get(r->ids, (size_t)json_integer_value(end)),
                     room, sizeof room);
    if (id[0] == '\0') {
        refuse(r, "lacks an end");
        return UINT32_MAX;
    }
    return import_node(r->im, id, 0, 0);
}

static void set_link(struct reading *r, struct map_link *l, const json_t *from)
{
    static const char *const ends[] = {"a",      "b",    "source",
                                       "target", "from", "to"};
    char room[40];
    const char *key;
    json_t *value;

    json_object_foreach((json_t *)(uintptr_t)from, key, value)
    {
        bool end = strcmp(key, "id") != 0 && is_passed_over(key);

        for (size_t i = 0; i < COUNT_OF(ends); i++)
            end = end || strcmp(key, ends[i]) == 0;
        if (!end)
            import_set_link(r->im, l, key, text_of(value, room, sizeof room));
    }
}

static void read_link(struct reading *r, const json_t *from)
{
    static const char *const as[] = {"a", "source", "from", NULL};
    static const char *const bs[] = {"b", "target", "to", NULL};
    const json_t *inner = json_object_get(from, "data");
    const json_t *of = json_is_object(inner) ? inner : from;

    if (r->im->ours && json_object_get(of, "summed") != NULL)
        return; /* told by others */
    uint32_t a = end_of(r, first_of(of, as));
    uint32_t b = r->im->rc == 0 ? end_of(r, first_of(of, bs)) : UINT32_MAX;
    struct map_link *l = import_link(r->im, a, b, 0, 0);
    if (l == NULL)
        return;
    set_link(r, l, of);
    const json_t *own = json_object_get(of, "attributes");
    if (json_is_object(own) && r->im->ours)
        set_own(r, &l->extras, own, true);
    else if (json_is_object(own))
        set_link(r, l, own);
}

static void read_list(struct reading *r, const json_t *list, const char *name,
                      void (*read)(struct reading *, const json_t *))
{
    r->list = name;
    for (r->at = 0; r->at < json_array_size(list) && r->im->rc == 0; r->at++)
        read(r, json_array_get(list, r->at));
}

static void read_graph(struct reading *r, const json_t *root)
{
    static const char *const links[] = {"links", "edges"};
    const json_t *graph = json_object_get(root, "elements"); /* cytoscape */
    const json_t *of = json_is_object(graph) ? graph : root;

    if (!json_is_array(json_object_get(of, "nodes")) &&
        !json_is_array(json_object_get(of, "links")) &&
        !json_is_array(json_object_get(of, "edges"))) {
        import_refuse(r->im, -EINVAL, 1, 1,
                      "write {\"nodes\": [{\"id\": ...}], \"links\": [{\"a\": "
                      "..., \"b\": ...}]}",
                      "there is no list of nodes or links in it");
        return;
    }
    read_list(r, json_object_get(of, "nodes"), "nodes", read_node);
    for (size_t i = 0; i < COUNT_OF(links); i++)
        read_list(r, json_object_get(of, links[i]), links[i], read_link);
}

void import_json(struct import *im, struct bytes text)
{
    json_error_t error;
    json_t *root = json_loadb((const char *)text.at, text.len, 0, &error);

    if (root == NULL) {
        import_refuse(im, -EINVAL, (size_t)(error.line > 0 ? error.line : 1),
                      (size_t)(error.column > 0 ? error.column : 1),
                      "put it right there", "is no JSON: %s", error.text);
        return;
    }
    im->ours = json_object_get(root, "view") != NULL;
    im->down = !im->ours;
    struct reading r = {.im = im, .text = text, .ids = json_array()};
    const char *title = json_string_value(json_object_get(root, "title"));
    if (im->ours && title != NULL)
        map_set_title(im->map, map_import_text(im, bytes_of_text(title)));
    read_graph(&r, root);
    json_decref(r.ids);
    json_decref(root);
}
