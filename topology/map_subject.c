#include "topology/map_subject.h"

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

static bool may_stand(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
}

void map_subject_part(const char *text, struct buffer *out)
{
    buffer_text(out, "");
    for (size_t i = 0; text[i] != '\0' && i + 1 < MAP_SUBJECT_MAX; i++)
        buffer_char(out, may_stand(text[i]) ? text[i] : '-');
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

/* "core-1-2": a device and how many links away from it. */
static bool parse_near(const char *text, struct map_subject *out)
{
    const char *dash = strrchr(text, '-');
    unsigned long depth;

    if (dash == NULL || dash == text ||
        !parse_number(dash + 1, MAP_DEPTH_MAX, &depth))
        return false;
    out->depth = (unsigned)depth;
    memcpy(out->of, text, (size_t)(dash - text));
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
