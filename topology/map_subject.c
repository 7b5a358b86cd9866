#include "topology/map_subject.h"
#include "base/arena.h"
#include "base/table.h"
#include "base/text.h"

#include <stdlib.h>

/* What stands before the subject in the name of a map; or the whole name. */
static const struct {
    const char *word;
    bool whole;
} names[MAP_VIEWS] = {
    [MAP_PHYSICAL] = {"physical", true}, [MAP_NETWORK] = {"network", true},
    [MAP_PREFIX] = {"prefix-", false},   [MAP_SITES] = {"sites", true},
    [MAP_SITE] = {"site-", false},       [MAP_INSIDE] = {"cloud-", false},
    [MAP_VLAN] = {"vlan-", false},       [MAP_TREE] = {"stp-", false},
    [MAP_NEAR] = {"near-", false},       [MAP_STATION] = {"station", true},
};

static const char MARK[] = "--"; /* and MARK_DIGITS of hexadecimal */
enum { MARK_DIGITS = 8, MARK_LEN = sizeof MARK - 1 + MARK_DIGITS };

static bool may_stand(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
}

static void add_part(const char *text, size_t most, struct buffer *out)
{
    const struct bytes octets = bytes_of_text(text);
    bool characters = text_is_utf8(octets);
    size_t len = characters ? text_fit(octets, most) : strnlen(text, most);

    buffer_text(out, "");
    for (size_t i = 0; i < len; i++) {
        bool stands =
            (characters && (uint8_t)text[i] >= 0x80) || may_stand(text[i]);

        buffer_char(out, stands ? text[i] : '-');
    }
}

void map_subject_part(const char *text, struct buffer *out)
{
    add_part(text, MAP_SUBJECT_MAX - 1, out);
}

/* ---- names that are alike ---- */

struct map_parts {
    struct arena *arena;
    struct table *first;  /* by part: the text */
    struct table *shared; /* by part: several texts */
};

struct map_parts *map_parts_new(void)
{
    struct map_parts *p = mem_new(struct map_parts);

    p->arena = arena_new();
    p->first = table_new();
    p->shared = table_new();
    return p;
}

void map_parts_free(struct map_parts *p)
{
    if (p == NULL)
        return;
    table_free(p->first);
    table_free(p->shared);
    arena_free(p->arena);
    free(p);
}

void map_parts_add(struct map_parts *p, const char *text)
{
    struct buffer OWNED_BUFFER part = {0};

    map_subject_part(text, &part);
    const char *known = table_find_text(p->first, part.at);
    if (known == NULL)
        (void)table_put_text(p->first, part.at,
                             (void *)(uintptr_t)arena_text(p->arena, text));
    else if (strcmp(known, text) != 0)
        (void)table_put_text(p->shared, part.at, p);
}

struct map_subject map_parts_subject(const struct map_parts *p,
                                     enum map_view view, const char *text)
{
    struct map_subject s = map_subject_of(view, text);
    struct buffer OWNED_BUFFER marked = {0};

    if (strcmp(s.of, text) == 0 || table_find_text(p->shared, s.of) == NULL)
        return s;
    add_part(text, MAP_SUBJECT_MAX - 1 - MARK_LEN, &marked);
    buffer_format(&marked, "%s%08x", MARK,
                  (unsigned)(bytes_hash(bytes_of_text(text)) & UINT32_MAX));
    memcpy(s.of, marked.at, marked.len + 1);
    return s;
}

/* The length of name without a mark; all of it if it has none. */
static size_t unmarked(const char *name)
{
    size_t len = strlen(name);

    if (len <= MARK_LEN ||
        strspn(name + len - MARK_DIGITS, "0123456789abcdef") != MARK_DIGITS ||
        strncmp(name + len - MARK_LEN, MARK, sizeof MARK - 1) != 0)
        return len;
    return len - MARK_LEN;
}

/* Octet by octet; an octet of name that may not stand was '-' in ASCII. */
static bool was(const char *name, size_t len, const char *earlier)
{
    if (strlen(earlier) != len)
        return false;
    for (size_t i = 0; i < len; i++)
        if (earlier[i] != name[i] && (may_stand(name[i]) || earlier[i] != '-'))
            return false;
    return true;
}

bool map_subject_was(const char *name, const char *earlier)
{
    return strcmp(name, earlier) != 0 && (was(name, strlen(name), earlier) ||
                                          was(name, unmarked(name), earlier));
}

struct map_subject map_subject_of(enum map_view view, const char *text)
{
    struct map_subject s = {.view = view, .depth = 1};
    struct buffer OWNED_BUFFER part = {0};

    map_subject_part(text != NULL ? text : "", &part);
    memcpy(s.of, part.at, part.len + 1);
    return s;
}

void map_subject_name(const struct map_subject *s, struct buffer *out)
{
    char text[ADDR_TEXT_MAX];

    buffer_text(out, names[s->view].word != NULL ? names[s->view].word : "");
    if (s->view == MAP_PREFIX)
        map_subject_part(prefix_format(&s->prefix, text, sizeof text), out);
    else if (s->view == MAP_VLAN)
        buffer_format(out, "%u", s->vlan);
    else if (s->view == MAP_NEAR)
        buffer_format(out, "%s-%u", s->of, s->depth);
    else if (s->view == MAP_SITE || s->view == MAP_INSIDE ||
             s->view == MAP_TREE)
        buffer_text(out, s->of);
}

/* "192.0.2.0-24" and "2001-db8---32": the last '-' was the '/', others ':'. */
static bool parse_prefix(const char *text, struct prefix *out)
{
    char copy[ADDR_TEXT_MAX];
    char *slash;

    if (strlen(text) >= sizeof copy)
        return false;
    memcpy(copy, text, strlen(text) + 1);
    slash = strrchr(copy, '-');
    if (slash == NULL)
        return false;
    *slash = '/';
    for (char *c = copy; *c != '\0'; c++)
        if (*c == '-')
            *c = ':';
    return prefix_parse(copy, false, out) == 0;
}

/* Plain digits, without a sign or a zero in front. */
static bool parse_number(const char *text, unsigned long most,
                         unsigned long *out)
{
    char *end;

    if (text[0] < '1' || text[0] > '9')
        return false;
    *out = strtoul(text, &end, 10);
    return *end == '\0' && *out <= most;
}

/* What people write becomes what stands in names. */
static void make_part(struct map_subject *s)
{
    struct buffer OWNED_BUFFER part = {0};

    map_subject_part(s->of, &part);
    memcpy(s->of, part.at, part.len + 1);
}

/* "core-1-2": a device and how many links away from it. */
static bool parse_near(const char *text, struct map_subject *out)
{
    const char *dash = strrchr(text, '-');
    unsigned long depth;
    struct addr addr;

    if (dash == NULL || dash == text ||
        !parse_number(dash + 1, MAP_DEPTH_MAX, &depth))
        return false;
    out->depth = (unsigned)depth;
    memcpy(out->of, text, (size_t)(dash - text));
    if (addr_parse(out->of, &addr) < 0)
        make_part(out);
    return true;
}

static bool parse_of(const char *text, struct map_subject *out)
{
    enum { VLAN_MAX = 4094 };
    unsigned long number;

    if (text[0] == '\0' || strlen(text) >= sizeof out->of)
        return false;
    if (out->view == MAP_PREFIX)
        return parse_prefix(text, &out->prefix);
    if (out->view == MAP_NEAR)
        return parse_near(text, out);
    if (out->view == MAP_VLAN) {
        if (!parse_number(text, VLAN_MAX, &number))
            return false;
        out->vlan = (uint16_t)number;
        return true;
    }
    memcpy(out->of, text, strlen(text) + 1);
    make_part(out);
    return true;
}

bool map_subject_parse(const char *name, struct map_subject *out)
{
    for (int v = 0; v < MAP_VIEWS; v++) {
        const char *word = names[v].word;

        if (word == NULL)
            continue;
        *out = (struct map_subject){.view = (enum map_view)v};
        if (names[v].whole ? strcmp(name, word) == 0
                           : strncmp(name, word, strlen(word)) == 0 &&
                                 parse_of(name + strlen(word), out))
            return true;
    }
    *out = (struct map_subject){.view = MAP_DRAWN};
    return false;
}
