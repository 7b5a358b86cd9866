#include "base/yaml_blank.h"

#include "base/yaml.h"

#include <errno.h>
#include <string.h>

#include <yaml.h>

/* Where a walk through the document is: maps and lists that are open. */
struct level {
    bool map, key_next;
};

struct walk {
    struct bytes text;
    yaml_blank_fn is_secret;
    const char *note;
    struct buffer *out;
    size_t at, character; /* of the text: what was copied, in both units */
    struct level levels[YAML_DEPTH_MAX];
    size_t depth;
    bool secret;         /* what comes next is a value to be blanked */
    size_t secret_depth; /* of one that has a depth; 0: none */
    size_t secret_begin; /* its first character */
};

/* The octet of a character, going on from the last one. */
static size_t octet_of(struct walk *w, size_t character)
{
    size_t at = w->at, seen = w->character;

    while (seen < character && at < w->text.len) {
        at++;
        while (at < w->text.len && (w->text.at[at] & 0xc0) == 0x80)
            at++;
        seen++;
    }
    return at;
}

static void move_to(struct walk *w, size_t character)
{
    w->at = octet_of(w, character);
    w->character = character;
}

/* Copies up to a value, and the note in place of it. */
static void blank(struct walk *w, size_t begin, size_t end)
{
    size_t from = w->at;

    move_to(w, begin);
    buffer_add(w->out, w->text.at + from, w->at - from);
    buffer_format(w->out, "\"%s\"", w->note);
    move_to(w, end);
    /* What a block reaches beyond its last line is not its own. */
    size_t back = w->at;
    while (back > 0 &&
           (w->text.at[back - 1] == '\n' || w->text.at[back - 1] == ' ' ||
            w->text.at[back - 1] == '\r'))
        back--;
    if (back < w->at && memchr(w->text.at + back, '\n', w->at - back) != NULL)
        buffer_char(w->out, '\n');
    for (size_t i = back; i < w->at; i++) /* the indent of what is next */
        if (memchr(w->text.at + i, '\n', w->at - i) == NULL)
            buffer_char(w->out, (char)w->text.at[i]);
}

/* A value was passed: in a map a key is next. */
static void passed(struct walk *w)
{
    if (w->depth > 0 && w->levels[w->depth - 1].map)
        w->levels[w->depth - 1].key_next = true;
}

static void on_scalar(struct walk *w, const yaml_event_t *e)
{
    const char *text = (const char *)e->data.scalar.value;
    struct level *level = w->depth > 0 ? &w->levels[w->depth - 1] : NULL;

    if (level != NULL && level->map && level->key_next) {
        level->key_next = false;
        w->secret = w->secret_depth == 0 && w->is_secret(text);
        return;
    }
    if (w->secret && e->start_mark.index < e->end_mark.index)
        blank(w, e->start_mark.index, e->end_mark.index);
    w->secret = false;
    passed(w);
}

static int open_level(struct walk *w, bool map, const yaml_event_t *e)
{
    if (w->depth == YAML_DEPTH_MAX)
        return -EINVAL;
    w->levels[w->depth++] = (struct level){.map = map, .key_next = map};
    if (w->secret) {
        w->secret_depth = w->depth;
        w->secret_begin = e->start_mark.index;
    }
    w->secret = false;
    return 0;
}

static int close_level(struct walk *w, const yaml_event_t *e)
{
    if (w->depth == 0)
        return -EINVAL;
    if (w->secret_depth == w->depth) {
        blank(w, w->secret_begin, e->end_mark.index);
        w->secret_depth = 0;
    }
    w->depth--;
    passed(w);
    return 0;
}

static int on_event(struct walk *w, const yaml_event_t *e)
{
    if (e->type == YAML_ALIAS_EVENT)
        return -EINVAL;
    if (e->type == YAML_MAPPING_START_EVENT ||
        e->type == YAML_SEQUENCE_START_EVENT)
        return open_level(w, e->type == YAML_MAPPING_START_EVENT, e);
    if (e->type == YAML_MAPPING_END_EVENT || e->type == YAML_SEQUENCE_END_EVENT)
        return close_level(w, e);
    if (e->type == YAML_SCALAR_EVENT)
        on_scalar(w, e);
    return 0;
}

static int walk_events(struct walk *w, yaml_parser_t *parser)
{
    yaml_event_t event;
    bool ended = false;
    int rc = 0;

    while (rc == 0 && !ended) {
        if (yaml_parser_parse(parser, &event) == 0)
            return -EINVAL;
        rc = on_event(w, &event);
        ended = event.type == YAML_STREAM_END_EVENT;
        yaml_event_delete(&event);
    }
    return rc;
}

int yaml_blank(struct bytes text, yaml_blank_fn is_secret, const char *note,
               struct buffer *out)
{
    struct walk w = {
        .text = text, .is_secret = is_secret, .note = note, .out = out};
    yaml_parser_t parser;
    size_t before = out->len;

    buffer_add(out, NULL, 0);
    /* Characters are counted without a mark of the byte order. */
    if (text.len > 1 && (text.at[0] == 0xef || text.at[0] >= 0xfe) &&
        text.at[1] >= 0xbb)
        return -EINVAL;
    if (yaml_parser_initialize(&parser) == 0)
        return -EINVAL;
    yaml_parser_set_input_string(&parser, text.at, text.len);
    int rc = walk_events(&w, &parser);
    yaml_parser_delete(&parser);
    if (rc == 0)
        buffer_add(out, w.text.at + w.at, w.text.len - w.at);
    else
        out->len = before;
    return rc;
}
