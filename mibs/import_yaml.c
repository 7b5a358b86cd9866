/* YAML as the peer reads it: aliases, and a comma too many here and there. What
 * is mended is written anew, so that places in it are of one long line. */
#include "mibs/import_parts.h"

#include "base/file.h"

#include <errno.h>
#include <stdlib.h>
#include <yaml.h>

enum { EVENTS_MAX = 200000, REPLAYS_MAX = 1000000, NESTED_MAX = 16 };

/* What a file consists of, in order. */
struct events {
    struct ARRAY_OF(yaml_event_t) list;
    struct table *anchors; /* name to the index of its event, plus 1 */
    size_t written;
    struct buffer *out;
};

static void events_fini(struct events *e)
{
    for (size_t i = 0; i < e->list.count; i++)
        yaml_event_delete(&e->list.at[i]);
    array_fini(&e->list);
    table_free(e->anchors);
}

static const char *anchor_of(const yaml_event_t *e)
{
    const yaml_char_t *name =
        e->type == YAML_SCALAR_EVENT           ? e->data.scalar.anchor
        : e->type == YAML_SEQUENCE_START_EVENT ? e->data.sequence_start.anchor
        : e->type == YAML_MAPPING_START_EVENT  ? e->data.mapping_start.anchor
                                               : NULL;

    return (const char *)name;
}

static bool events_read(struct events *e, const char *text, size_t len)
{
    yaml_parser_t parser;
    bool ended = false;

    if (yaml_parser_initialize(&parser) == 0)
        return false;
    yaml_parser_set_input_string(&parser, (const unsigned char *)text, len);
    while (!ended && e->list.count < EVENTS_MAX) {
        yaml_event_t *event = array_add(&e->list);

        if (yaml_parser_parse(&parser, event) == 0) {
            e->list.count--;
            break;
        }
        ended = event->type == YAML_STREAM_END_EVENT;
        if (anchor_of(event) != NULL)
            (void)table_put_text(e->anchors, anchor_of(event),
                                 (void *)(uintptr_t)e->list.count);
    }
    yaml_parser_delete(&parser);
    return ended;
}

/* Plain where that means something, quoted else. */
static void scalar_write(const yaml_event_t *event, struct buffer *out)
{
    const char *text = (const char *)event->data.scalar.value;

    if (event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE &&
        (import_is_number(text) || strcmp(text, "true") == 0 ||
         strcmp(text, "false") == 0 || strcmp(text, "null") == 0 ||
         text[0] == '\0'))
        buffer_text(out, text[0] != '\0' ? text : "null");
    else
        import_quote(text, out);
}

/* Writes what begins at event i and gives where it ends; 0 if there is too much
 * of it. */
static size_t value_write(struct events *e, size_t i, unsigned depth)
{
    const yaml_event_t *event = &e->list.at[i];
    bool is_map = event->type == YAML_MAPPING_START_EVENT;
    size_t nth = 0;

    if (++e->written > REPLAYS_MAX || depth > YAML_DEPTH_MAX)
        return 0;
    if (event->type == YAML_SCALAR_EVENT) {
        scalar_write(event, e->out);
        return i + 1;
    }
    if (event->type == YAML_ALIAS_EVENT) {
        const char *to =
            table_find_text(e->anchors, (const char *)event->data.alias.anchor);
        size_t at = to != NULL ? (uintptr_t)to - 1 : i;

        return at < i && value_write(e, at, depth + 1) > 0 ? i + 1 : 0;
    }
    if (!is_map && event->type != YAML_SEQUENCE_START_EVENT)
        return 0;
    buffer_char(e->out, is_map ? '{' : '[');
    for (i++; e->list.at[i].type != YAML_MAPPING_END_EVENT &&
              e->list.at[i].type != YAML_SEQUENCE_END_EVENT;
         nth++) {
        buffer_text(e->out, nth == 0                 ? ""
                            : is_map && nth % 2 == 1 ? ": "
                                                     : ", ");
        i = value_write(e, i, depth + 1);
        if (i == 0)
            return 0;
    }
    buffer_char(e->out, is_map ? '}' : ']');
    return i + 1;
}

static bool aliases_replace(const char *text, size_t len, struct buffer *out)
{
    struct events e = {.anchors = table_new(), .out = out};
    bool done = false;

    if (events_read(&e, text, len))
        for (size_t i = 0; i < e.list.count && !done; i++)
            if (e.list.at[i].type == YAML_DOCUMENT_START_EVENT)
                done = value_write(&e, i + 1, 0) > 0;
    events_fini(&e);
    return done;
}

static void commas_drop(const char *text, size_t len, struct buffer *out)
{
    bool comma = false;

    for (size_t i = 0; i < len; i++) {
        if (text[i] == ',' && comma)
            continue;
        comma =
            text[i] == ',' || (comma && (text[i] == ' ' || text[i] == '\t'));
        buffer_char(out, text[i]);
    }
}

int import_parse(const char *name, const char *text, size_t len,
                 struct yaml **out, struct complaint *why)
{
    struct buffer OWNED_BUFFER mended = {0}, OWNED_BUFFER whole = {0};
    struct complaint again;
    int rc = yaml_parse(name, text, len, out, why);

    if (rc != -EINVAL)
        return rc;
    commas_drop(text, len, &mended);
    buffer_text(&mended, "");
    if (yaml_parse(name, mended.at, mended.len, out, &again) == 0)
        return 0;
    if (aliases_replace(mended.at, mended.len, &whole) &&
        yaml_parse(name, whole.at, whole.len, out, &again) == 0)
        return 0;
    return rc;
}

int import_load(const char *path, struct yaml **out, struct complaint *why)
{
    struct buffer OWNED_BUFFER text = {0};
    int rc = file_read(path, YAML_FILE_MAX, &text);

    *out = NULL;
    buffer_text(&text, "");
    if (rc < 0)
        return complain(why, rc, path, "check its name and permissions",
                        "cannot be read: %s", strerror(-rc));
    return import_parse(path, text.at, text.len, out, why);
}
