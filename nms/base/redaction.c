#include "base/redaction.h"

#include <ctype.h>
#include <stdlib.h>

void redaction_fini(struct redaction *r)
{
    for (size_t i = 0; i < r->words.count; i++) {
        free(r->words.at[i].from);
        free(r->words.at[i].to);
    }
    array_fini(&r->words);
}

void redaction_add(struct redaction *r, const char *from, const char *to)
{
    if (from == NULL || from[0] == '\0')
        return;
    *array_add(&r->words) =
        (struct redaction_word){mem_text(from), mem_text(to)};
}

/* What names are made of; octets beyond ASCII are letters of some script. */
static bool is_letter(char c)
{
    uint8_t octet = (uint8_t)c;

    return octet >= 0x80 || isalnum(octet) || c == '_';
}

/* Joins what is on both its sides to one name, as in "sw1.lab" and "a-b". */
static bool is_joint(char c)
{
    return c == '-' || c == '.';
}

/* Whether a name goes on over the edge between two octets: inside is the last
 * of the word, next what lies beyond it, after what lies beyond that. */
static bool goes_on(char inside, char next, char after)
{
    if (!is_letter(inside))
        return false;
    return is_letter(next) || (is_joint(next) && is_letter(after));
}

/* The octets before at, that are not before text, end with this one. */
static bool ends_with(const char *text, const char *at, const char *tail)
{
    size_t len = strlen(tail);

    return (size_t)(at - text) >= len && memcmp(at - len, tail, len) == 0;
}

/* Names of JSON members whose values are words of ours. */
static bool is_of_ours(const char *text, const char *at)
{
    static const char *const members[] = {
        "\"kind\":\"",  "\"state\":\"", "\"type\":\"",     "\"class\":\"",
        "\"role\":\"",  "\"layer\":\"", "\"severity\":\"", "\"status\":\"",
        "\"level\":\"", "\"op\":\"",    "\"protocol\":\""};

    for (size_t i = 0; i < COUNT_OF(members); i++)
        if (ends_with(text, at, members[i]))
            return true;
    return false;
}

/* A whole string of JSON that is a member's name, or a word of ours. */
static bool is_structure(const char *text, const char *at, size_t len)
{
    const char *after = at + len;

    if (!ends_with(text, at, "\""))
        return false;
    return strncmp(after, "\":", 2) == 0 || strncmp(after, "\\\":", 3) == 0 ||
           (after[0] == '"' && is_of_ours(text, at));
}

static bool stands_alone(const char *text, const char *at, size_t len)
{
    char before = at > text ? at[-1] : '\0';
    char far_before = at > text + 1 ? at[-2] : '\0';
    char after = at[len];
    char far_after = after != '\0' ? at[len + 1] : '\0';

    return !goes_on(at[0], before, far_before) &&
           !goes_on(at[len - 1], after, far_after);
}

/* The first place of a word in text from at on; NULL: there is none. */
static const char *find_word(const char *text, const char *at, const char *word)
{
    while ((at = strstr(at, word)) != NULL) {
        size_t len = strlen(word);

        if (stands_alone(text, at, len) && !is_structure(text, at, len))
            return at;
        at++;
    }
    return NULL;
}

/* The first place of any of them, the longest where several begin there. */
static const char *find_first(const struct redaction *r, const char *text,
                              const char *at,
                              const struct redaction_word **which)
{
    const char *first = NULL;

    for (size_t i = 0; i < r->words.count; i++) {
        const struct redaction_word *w = &r->words.at[i];
        const char *found = find_word(text, at, w->from);

        if (found == NULL || (first != NULL && found > first) ||
            (found == first && strlen(w->from) < strlen((*which)->from)))
            continue;
        first = found;
        *which = w;
    }
    return first;
}

bool redaction_finds(const struct redaction *r, const char *text)
{
    for (size_t i = 0; i < r->words.count; i++)
        if (find_word(text, text, r->words.at[i].from) != NULL)
            return true;
    return false;
}

bool redaction_text(const struct redaction *r, const char *text,
                    struct buffer *out)
{
    const struct redaction_word *which = NULL;
    const char *at = text;

    if (!redaction_finds(r, text))
        return false;
    for (const char *found; (found = find_first(r, text, at, &which)) != NULL;
         at = found + strlen(which->from)) {
        buffer_add(out, at, (size_t)(found - at));
        buffer_text(out, which->to);
    }
    buffer_text(out, at);
    return true;
}
