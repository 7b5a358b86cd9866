/* Texts with {{ }} to templates and expressions of ours. */
#include "mibs/import_parts.h"

#include "base/text.h"
#include <ctype.h>

#include <stdio.h>
#include <stdlib.h>

/* ---- what stands between {{ and }} -----------------------------------------
 */

/* The index of a table that has no rows. */
static void instance_text(const struct build *b, int part, struct buffer *out)
{
    char text[OID_TEXT_MAX];

    if (part < 0)
        buffer_text(out, oid_format(oid_view(&b->instance), text, sizeof text));
    else if ((size_t)part < b->instance.len)
        buffer_format(out, "%u", (unsigned)b->instance.sub[part]);
}

/* "$index_string:sss": the third text within the index. */
static bool index_string(const char *at, struct buffer *out)
{
    size_t nth = strspn(at + strspn(at, ":"), "s");

    if (nth == 0)
        return false;
    buffer_format(out, "{index.text%zu}", nth);
    return true;
}

/* A name that the peer itself fills in. False if word is none. */
static bool word_put(const struct build *b, const char *word,
                     struct buffer *out)
{
    if (*word == '$')
        word++;
    if (strcmp(word, "index") == 0) {
        if (b->has_rows)
            buffer_text(out, "{index}");
        else
            instance_text(b, -1, out);
        return true;
    }
    if (strncmp(word, "subindex", 8) == 0 && isdigit((unsigned char)word[8])) {
        int part = import_part(word + 8);

        if (b->has_rows)
            buffer_format(out, "{index.%d}", part + 1);
        else
            instance_text(b, part, out);
        return true;
    }
    if (strcmp(word, "count") == 0) {
        buffer_text(out, b->has_rows ? "{count}" : "1");
        return true;
    }
    if (strcmp(word, "noindex") == 0)
        return true;
    return strncmp(word, "index_string", 12) == 0 && b->has_rows &&
           index_string(word + 12, out);
}

static void inner_put(struct build *b, const char *inner, struct buffer *out)
{
    const char *name;

    if (word_put(b, inner, out))
        return;
    name = build_refer(b, inner);
    if (name != NULL)
        buffer_format(out, "{%s}", name);
}

/* Braces mean something in templates of ours. */
static void literal_put(const char *at, size_t len, struct buffer *out)
{
    for (size_t i = 0; i < len; i++)
        buffer_char(out, at[i] == '{' ? '(' : at[i] == '}' ? ')' : at[i]);
}

/* The text between "{{" and "}}" at *at, trimmed, which it moves behind; NULL
 * if that is not how it goes on. */
static char *inner_take(struct build *b, const char **at)
{
    const char *end;

    if (strncmp(*at, "{{", 2) != 0)
        return NULL;
    end = strstr(*at, "}}");
    if (end == NULL)
        return NULL;
    const char *text =
        arena_text_of(b->im->arena, *at + 2, (size_t)(end - *at - 2));

    *at = end + 2;
    return text_trim((char *)text);
}

/* True for "MODULE::name" or ".1.3.6.1" and nothing else. */
static bool is_mention(const char *text)
{
    struct mention m;

    return (strstr(text, "::") != NULL || strncmp(text, ".1.3.", 5) == 0) &&
           strchr(text, '{') == NULL && mention_parse(text, &m);
}

bool build_template(struct build *b, const char *text, struct buffer *out)
{
    size_t before = out->len;

    if (is_mention(text)) {
        inner_put(b, text, out);
        return out->len > before;
    }
    while (*text != '\0') {
        char *inner = inner_take(b, &text);

        if (inner != NULL) {
            inner_put(b, inner, out);
            continue;
        }
        const char *next = strstr(text + 1, "{{");
        size_t len = next != NULL ? (size_t)(next - text) : strlen(text);

        literal_put(text, len, out);
        text += len;
    }
    return out->len > before;
}

/* ---- expressions -----------------------------------------------------------
 */

/* "{{ X }}" and nothing else. */
static char *only_inner(struct build *b, const char *text)
{
    const char *at = text;
    char *inner = inner_take(b, &at);

    return inner != NULL && at[strspn(at, " ")] == '\0' ? inner : NULL;
}

/* A word of the peer's, or a column, as a number. */
static bool number_put(struct build *b, const char *inner, struct buffer *out)
{
    struct buffer OWNED_BUFFER word = {0};
    const char *name;

    buffer_text(&word, "");
    if (word_put(b, inner, &word)) {
        if (strcmp(word.at, "{index}") == 0)
            buffer_format(out, "index.%u",
                          b->index_count > 1 ? (unsigned)b->index_count : 1U);
        else if (word.at[0] == '{')
            buffer_add(out, word.at + 1, word.len - 2);
        else
            buffer_text(out, word.at);
        return word.len > 0;
    }
    name = build_refer(b, inner);
    if (name != NULL)
        buffer_text(out, name);
    return name != NULL;
}

/* "1.0E+{{ X }}": a power of ten. */
static bool power_put(struct build *b, const char *text, struct buffer *out)
{
    char *inner;
    size_t len = strspn(text, "1.0");

    if (len == 0 || text[0] != '1' || (text[len] != 'E' && text[len] != 'e'))
        return false;
    text += len + 1;
    bool minus = *text == '-';

    text += *text == '+' || *text == '-';
    inner = only_inner(b, text);
    if (inner == NULL)
        return false;
    buffer_text(out, minus ? "(1 / 10 ^ " : "(10 ^ ");
    if (!number_put(b, inner, out))
        return false;
    buffer_char(out, ')');
    return true;
}

bool build_expression(struct build *b, const char *text, struct buffer *out)
{
    char *inner;

    text += strspn(text, " ");
    if (import_is_number(text)) {
        if (strpbrk(text, "eE") != NULL)
            buffer_format(out, "%.15g", strtod(text, NULL));
        else
            buffer_text(out, text + (*text == '+'));
        return true;
    }
    if (is_mention(text))
        return number_put(b, text, out);
    inner = only_inner(b, text);
    if (inner != NULL)
        return number_put(b, inner, out);
    if (power_put(b, text, out))
        return true;
    if (strstr(text, "{{") != NULL) {
        struct buffer OWNED_BUFFER made = {0};

        if (build_template(b, text, &made)) {
            buffer_format(out, "'%s'", made.at);
            return true;
        }
    }
    import_note(b->im, b->item, text, "no number can be made of it");
    return false;
}
