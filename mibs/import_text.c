/* Texts of a peer's definitions: quoted for YAML, patterns, mentions. */
#include "mibs/import_parts.h"

#include <ctype.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void import_note(struct importer *im, struct yaml_node n, const char *what,
                 const char *fmt, ...)
{
    struct import_note *note = array_add(&im->report->notes);
    struct complaint at;
    va_list args;

    if (yaml_complain(n, &at, "", "%s", "") < 0) /* for its place */
        (void)snprintf(note->place, sizeof note->place, "%s", at.place);
    (void)snprintf(note->what, sizeof note->what, "%s", what);
    va_start(args, fmt);
    (void)vsnprintf(note->why, sizeof note->why, fmt, args);
    va_end(args);
}

void import_left(struct importer *im, enum import_part part, struct yaml_node n,
                 const char *what, const char *why)
{
    im->report->left[part]++;
    import_note(im, n, what, "%s", why);
}

const char *import_text(struct yaml_node n)
{
    return yaml_is_null(n) ? NULL : yaml_text(n);
}

const char *import_key(struct yaml_node map, size_t i)
{
    const char *key = yaml_key(map, i);

    return key != NULL ? key : "";
}

int import_part(const char *digits)
{
    unsigned long n = strtoul(digits, NULL, 10);

    return n < OID_MAX ? (int)n : OID_MAX;
}

bool import_is_number(const char *text)
{
    char *end;
    double number;

    if (text == NULL || text[0] == '\0' || isspace((unsigned char)text[0]))
        return false;
    number = strtod(text, &end);
    return *end == '\0' && isfinite(number) && strpbrk(text, "xXpP") == NULL;
}

/* ---- YAML ----------------------------------------------------------------
 */

static bool is_printable(const char *text)
{
    for (; *text != '\0'; text++)
        if ((unsigned char)*text < ' ' || (unsigned char)*text == 0x7f)
            return false;
    return true;
}

static void escaped(const char *text, struct buffer *out)
{
    buffer_char(out, '"');
    for (; *text != '\0'; text++)
        if (*text == '"' || *text == '\\')
            buffer_format(out, "\\%c", *text);
        else if ((unsigned char)*text < ' ' || (unsigned char)*text == 0x7f)
            buffer_format(out, "\\x%02x", (unsigned)(unsigned char)*text);
        else
            buffer_char(out, *text);
    buffer_char(out, '"');
}

void import_quote(const char *text, struct buffer *out)
{
    if (!is_printable(text)) {
        escaped(text, out);
        return;
    }
    buffer_char(out, '\'');
    for (; *text != '\0'; text++)
        buffer_text(out, *text == '\'' ? "''" : (char[]){*text, '\0'});
    buffer_char(out, '\'');
}

void import_identifier(const char *text, struct buffer *out)
{
    for (; *text != '\0'; text++)
        buffer_char(out, isalnum((unsigned char)*text) ? *text : '_');
}

/* ---- patterns --------------------------------------------------------------
 */

/* The end of a pattern that begins with a delimiter; NULL if there is none. */
static const char *pattern_end(const char *php)
{
    static const char pairs[] = "()[]{}<>";
    char close = php[0];
    const char *pair = strchr(pairs, php[0]);

    if (php[0] == '\0' || isalnum((unsigned char)php[0]) || php[0] == '\\')
        return NULL;
    if (pair != NULL && (pair - pairs) % 2 == 0)
        close = pair[1];
    const char *end = strrchr(php + 1, close);

    return end != NULL && end[1 + strspn(end + 1, "imsuxUDAX")] == '\0' ? end
                                                                        : NULL;
}

/* The dot in front of an OID that a pattern expects: "^.1.3" or "^\.1\.3". */
static size_t leading_dot(const char *text)
{
    if (text[0] != '^')
        return 0;
    if (strncmp(text + 1, "\\.", 2) == 0)
        return 2;
    return text[1] == '.' && isdigit((unsigned char)text[2]) ? 1 : 0;
}

bool import_pattern(const char *php, bool dotted, struct buffer *out)
{
    const char *end = pattern_end(php);
    struct buffer OWNED_BUFFER flags = {0};

    if (end == NULL)
        return false;
    for (const char *f = end + 1; *f != '\0'; f++)
        if (strchr("imsx", *f) != NULL)
            buffer_char(&flags, *f);
    if (flags.len > 0)
        buffer_format(out, "(?%s)", flags.at);
    php++;
    if (dotted && leading_dot(php) > 0) {
        buffer_char(out, '^');
        php += 1 + leading_dot(php);
    }
    buffer_add(out, php, (size_t)(end - php));
    return true;
}

/* ---- mentions --------------------------------------------------------------
 */

static bool copy_word(const char **at, const char *more, char *out, size_t size)
{
    size_t len = 0;
    const char *p = *at;

    while (isalnum((unsigned char)p[len]) ||
           (p[len] != '\0' && strchr(more, p[len]) != NULL))
        len++;
    if (len == 0 || len >= size)
        return false;
    memcpy(out, p, len);
    out[len] = '\0';
    *at = p + len;
    return true;
}

/* A text as sub-identifiers, its length first. */
static bool suffix_text(const char **at, struct oid_store *out)
{
    const char *end = strchr(*at + 1, '"');

    if (end == NULL || !oid_push(out, (uint32_t)(end - *at - 1)))
        return false;
    for (const char *p = *at + 1; p < end; p++)
        if (!oid_push(out, (uint8_t)*p))
            return false;
    *at = end + 1;
    return true;
}

/* ".1.2" or ".\"text\"" behind a name. */
static bool suffix_parse(const char **at, struct oid_store *out)
{
    while (**at == '.') {
        char *end;

        ++*at;
        if (**at == '"') {
            if (!suffix_text(at, out))
                return false;
            continue;
        }
        unsigned long sub = strtoul(*at, &end, 10);

        if (end == *at || !oid_push(out, (uint32_t)sub))
            return false;
        *at = end;
    }
    return true;
}

/* ":2" or ":0-1". */
static bool places_parse(const char **at, struct mention *m)
{
    char *end;

    if (**at != ':')
        return true;
    m->from = m->to = (int)strtol(*at + 1, &end, 10);
    if (end == *at + 1)
        return false;
    if (*end == '-') {
        *at = end + 1;
        m->to = (int)strtol(*at, &end, 10);
        if (end == *at)
            return false;
    }
    *at = end;
    return m->from >= 0 && m->to >= m->from;
}

bool mention_parse(const char *text, struct mention *out)
{
    *out = (struct mention){.from = -1, .to = -1};
    text += strspn(text, " $");
    if (*text == '.' || isdigit((unsigned char)*text)) {
        size_t len = strspn(text, ".0123456789");
        struct buffer OWNED_BUFFER digits = {0};

        buffer_add(&digits, text, len);
        text += len;
        if (oid_parse(digits.at, &out->oid) < 0 || out->oid.len < 2)
            return false;
    } else {
        const char *colons = strstr(text, "::");

        if (colons != NULL) {
            if (!copy_word(&text, "-_. ", out->module, sizeof out->module) ||
                text != colons)
                return false;
            text += 2;
        }
        if (!copy_word(&text, "-_", out->name, sizeof out->name) ||
            !suffix_parse(&text, &out->suffix))
            return false;
        out->instance = out->suffix.len > 0;
    }
    if (!places_parse(&text, out))
        return false;
    return text[strspn(text, " ")] == '\0';
}

bool mention_find(const struct importer *im, const struct mention *m,
                  const char *module, struct mib_object *out)
{
    *out = (struct mib_object){0};
    if (m->oid.len > 0) {
        out->oid = m->oid;
        return true;
    }
    if (m->module[0] != '\0')
        return im->names->find(im->names->arg, m->module, m->name, out);
    return im->names->find(im->names->arg, module, m->name, out) ||
           im->names->find(im->names->arg, "", m->name, out);
}
