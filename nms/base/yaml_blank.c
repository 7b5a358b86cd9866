#include "base/yaml_blank.h"

#include "base/yaml.h"

#include <ctype.h>
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
    bool beside;         /* one was blanked in this line */
    size_t named;        /* the indent of the comment before, which names one */
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

/* ---- comments ---- */

static bool is_word(uint8_t c)
{
    return isalnum(c) != 0 || c == '_';
}

static bool names_secret(const struct walk *w, struct bytes comment)
{
    enum { WORD_MAX = 64 };

    for (size_t i = 0; i < comment.len;) {
        char word[WORD_MAX + 1];
        size_t len = 0, begin = i;

        for (; i < comment.len && is_word(comment.at[i]); i++)
            if (len < WORD_MAX)
                word[len++] = (char)tolower(comment.at[i]);
        word[len] = '\0';
        if (len > 0 && w->is_secret(word))
            return true;
        i += i == begin;
    }
    return false;
}

/* Whoever changed a secret may have left the old one there: beside it, or under
 * a key that he made a comment. */
static void add_comment(struct walk *w, struct bytes comment)
{
    size_t indent = 1;

    while (indent < comment.len && comment.at[indent] == ' ')
        indent++;
    bool names = names_secret(w, comment);
    bool below = w->named != 0 && indent > w->named;
    if (w->beside || names || below)
        buffer_format(w->out, "# %s", w->note);
    else
        buffer_add(w->out, comment.at, comment.len);
    if (names && !below)
        w->named = indent;
    else if (!below)
        w->named = 0;
}

static bool is_comment(const struct walk *w, size_t at)
{
    return w->text.at[at] == '#' &&
           (at == 0 || isspace(w->text.at[at - 1]) != 0);
}

/* Copies what stands between values, from an octet to where we are. */
static void add_between(struct walk *w, size_t from)
{
    for (size_t i = from; i < w->at; i++) {
        size_t begin = i;
        uint8_t c = w->text.at[i];

        if (!is_comment(w, i)) {
            if (c == '\n')
                w->beside = false;
            else if (c != ' ' && c != '\t' && c != '\r')
                w->named = 0;
            buffer_char(w->out, (char)c);
            continue;
        }
        while (i + 1 < w->at && w->text.at[i + 1] != '\r' &&
               w->text.at[i + 1] != '\n')
            i++;
        add_comment(w, (struct bytes){w->text.at + begin, i + 1 - begin});
    }
}

/* ---- values ---- */

/* What is not blanked stays as it is; a comment may stand in the first line of
 * a block. */
static void keep(struct walk *w, const yaml_event_t *e)
{
    yaml_scalar_style_t style = e->data.scalar.style;
    size_t from = w->at;

    move_to(w, e->start_mark.index);
    add_between(w, from);
    from = w->at;
    move_to(w, e->end_mark.index);
    size_t end = w->at;
    const uint8_t *line = memchr(w->text.at + from, '\n', end - from);
    if (line != NULL && (style == YAML_LITERAL_SCALAR_STYLE ||
                         style == YAML_FOLDED_SCALAR_STYLE)) {
        w->at = (size_t)(line - w->text.at);
        add_between(w, from);
        from = w->at;
        w->at = end;
    }
    buffer_add(w->out, w->text.at + from, end - from);
    w->beside = w->beside && line == NULL;
    w->named = end > from ? 0 : w->named;
}

/* Copies up to a value, and the note in place of it. */
static void blank(struct walk *w, size_t begin, size_t end)
{
    size_t from = w->at;

    move_to(w, begin);
    add_between(w, from);
    buffer_format(w->out, "\"%s\"", w->note);
    w->beside = true;
    move_to(w, end);
    /* What a block reaches beyond its last line is not its own. */
    size_t back = w->at;
    while (back > 0 &&
           (w->text.at[back - 1] == '\n' || w->text.at[back - 1] == ' ' ||
            w->text.at[back - 1] == '\r'))
        back--;
    if (back < w->at && memchr(w->text.at + back, '\n', w->at - back) != NULL)
        buffer_char(w->out, '\n');
    w->beside =
        back == w->at || memchr(w->text.at + back, '\n', w->at - back) == NULL;
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
    bool key = level != NULL && level->map && level->key_next;

    if (w->secret_depth == 0 && (key || !w->secret))
        keep(w, e);
    if (key) {
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
    if (rc == 0) {
        size_t from = w.at;

        w.at = w.text.len;
        add_between(&w, from);
    } else {
        out->len = before;
    }
    return rc;
}
