/* The log of a map's edits as a document. */
#include "base/text.h"
#include "topology/map_overlay.h"

#include <errno.h>

/* ---- writing ---- */

static json_t *edit_json(const struct overlay_edit *e)
{
    json_t *o = map_edit_json(&e->edit);
    char at[32];

    wall_format(e->at, at, sizeof at);
    (void)json_object_set_new(o, "step", json_integer((json_int_t)e->step));
    (void)json_object_set_new(o, "revision",
                              json_integer((json_int_t)e->revision));
    (void)json_object_set_new(o, "at", json_string(at));
    (void)json_object_set_new(o, "who", json_string(e->who));
    if (e->undone)
        (void)json_object_set_new(o, "undone_by", json_string(e->undone_by));
    return o;
}

json_t *overlay_edit_json(const struct overlay_edit *e)
{
    struct buffer OWNED_BUFFER text = {0};
    json_t *o = edit_json(e);

    map_edit_text(&e->edit, &text);
    (void)json_object_set_new(o, "text", json_string(text.at));
    (void)json_object_set_new(o, "status",
                              json_string(e->undone ? "undone"
                                          : e->gone ? "gone"
                                                    : "in force"));
    return o;
}

/* One edit a line, so that people can read it, and compare two. */
void overlay_write(const struct overlay *o, const char *name,
                   struct buffer *out)
{
    json_t *head = json_string(name);
    char *quoted = json_dumps(head, JSON_ENCODE_ANY);

    buffer_format(out,
                  "{\"portolan\": 1, \"map\": %s, \"revision\": %llu,\n"
                  "\"edits\": [",
                  quoted != NULL ? quoted : "\"\"",
                  (unsigned long long)o->revision);
    free(quoted);
    json_decref(head);
    for (size_t i = 0; i < o->edits.count; i++) {
        json_t *edit = edit_json(&o->edits.at[i]);
        char *line = json_dumps(edit, JSON_COMPACT | JSON_REAL_PRECISION(10));

        buffer_format(out, "%s\n%s", i > 0 ? "," : "",
                      line != NULL ? line : "{}");
        free(line);
        json_decref(edit);
    }
    buffer_text(out, "\n]}\n");
}

/* ---- reading ---- */

static int broken(const char *name, size_t at, const char *what,
                  struct complaint *why)
{
    char place[160];

    (void)snprintf(place, sizeof place, "%.120s: edit %zu", name, at + 1);
    return complain(why, -EINVAL, place, "put the file right, or remove it",
                    "%s", what);
}

static const char *person(struct overlay *o, const json_t *from,
                          const char *key)
{
    struct buffer OWNED_BUFFER safe = {0};
    const char *text = json_string_value(json_object_get(from, key));

    text_safe(bytes_of_text(text), NULL, false, OVERLAY_WHO_MAX, &safe);
    return arena_text_of(o->arena, safe.at, safe.len);
}

static uint64_t count_at(const json_t *from, const char *key)
{
    json_int_t n = json_integer_value(json_object_get(from, key));

    return n > 0 ? (uint64_t)n : 0;
}

static int read_edit(struct overlay *o, const char *name, size_t at,
                     const json_t *from, struct complaint *why)
{
    const char *moment = json_string_value(json_object_get(from, "at"));
    struct overlay_edit e = {.undone_by = ""};
    struct complaint inner = {.what = ""};

    if (!json_is_object(from))
        return broken(name, at, "is no object", why);
    if (map_edit_read(from, o->arena, &e.edit, &inner) < 0)
        return broken(name, at, inner.what, why);
    e.step = count_at(from, "step");
    e.revision = count_at(from, "revision");
    e.who = person(o, from, "who");
    e.undone = json_object_get(from, "undone_by") != NULL;
    e.undone_by = person(o, from, "undone_by");
    if (moment != NULL && wall_parse(moment, (struct wall){.ms = 0}, &e.at) < 0)
        e.at = (struct wall){.ms = 0};
    *array_add(&o->edits) = e;
    o->steps = e.step > o->steps ? e.step : o->steps;
    o->revision = e.revision > o->revision ? e.revision : o->revision;
    return 0;
}

static int read_edits(struct overlay *o, const char *name, const json_t *root,
                      struct complaint *why)
{
    const json_t *edits = json_object_get(root, "edits");
    size_t count = json_array_size(edits);
    int rc = 0;

    if (!json_is_array(edits) || count > OVERLAY_EDITS_MAX)
        return complain(why, -EINVAL, name, "put the file right, or remove it",
                        "has no list of at most %d edits", OVERLAY_EDITS_MAX);
    o->revision = count_at(root, "revision");
    for (size_t i = 0; i < count && rc == 0; i++)
        rc = read_edit(o, name, i, json_array_get(edits, i), why);
    return rc;
}

int overlay_read(const char *name, struct bytes text, struct overlay **out,
                 struct complaint *why)
{
    json_error_t error;
    char place[160];

    *out = NULL;
    if (text.len > OVERLAY_TEXT_MAX)
        return complain(why, -EFBIG, name, "remove it", "is larger than 64 MB");
    json_t *root = json_loadb((const char *)text.at, text.len,
                              JSON_REJECT_DUPLICATES, &error);
    if (root == NULL) {
        (void)snprintf(place, sizeof place, "%.120s:%d:%d", name, error.line,
                       error.column);
        return complain(why, -EINVAL, place, "put the file right, or remove it",
                        "is no JSON: %s", error.text);
    }
    OWNED(overlay_free) struct overlay *o = overlay_new();
    int rc = read_edits(o, name, root, why);
    json_decref(root);
    if (rc == 0)
        *out = TAKE(o);
    return rc;
}
