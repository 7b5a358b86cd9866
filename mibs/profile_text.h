/* profile_text.h - names in braces and the texts around them: how a profile
 * builds labels, indexes and facts out of what an agent said.
 *
 *   "{name}"  "Slot {index.1} {descr}"  "{index.2-:text}"  "{device.version}"
 */
#ifndef MIBS_PROFILE_TEXT_H
#define MIBS_PROFILE_TEXT_H

#include "base/arena.h"
#include "mibs/facts.h"
#include "mibs/profile_pattern.h"
#include "mibs/value.h"

enum {
    TEMPLATE_TEXT_MAX = 512, /* octets of a template */
    TEMPLATE_PARTS_MAX = 24,
    TEMPLATE_RESULT_MAX = 1024, /* octets that one gives */
    SCENE_MATCHES_MAX = 12,
};

/* What a name stands for. */
enum ref_kind {
    REF_NONE,   /* nothing: a literal part of a template */
    REF_COLUMN, /* a column of the table at hand */
    REF_INDEX,  /* sub-identifiers of the row's index */
    REF_COUNT,  /* the row's number, from 1 */
    REF_TABLE,  /* the table's name */
    REF_DEVICE, /* a text about the device */
    REF_GROUP,  /* a named group of a pattern */
    REF_VALUE,  /* the text that a source of a fact brought */
};

enum ref_filter {
    FILTER_NONE,
    FILTER_TEXT,   /* sub-identifiers as the characters of a text */
    FILTER_INET,   /* sub-identifiers as an IP address */
    FILTER_MAC,    /* octets or sub-identifiers as a MAC address */
    FILTER_NUMBER, /* the first number in the text */
    FILTER_UPPER,
    FILTER_LOWER,
    FILTER_DATE, /* a date as 2024-05-31, with its time where it has one */
};

struct ref {
    uint8_t kind, filter;
    uint8_t column;   /* or which text of the device */
    uint8_t nth_text; /* of REF_INDEX: the nth text, its length first; or 0 */
    /* Of REF_INDEX, from 1; -1 is the last, -2 the one before it; from 0: all;
     * to 0: so many behind from as stand there. */
    int16_t from, to;
    const char *name; /* of REF_GROUP */
};

/* Which names are known where a text is compiled. */
struct scope {
    const char *const *columns; /* names */
    size_t column_count;
    bool row;                              /* index, count, table */
    bool value;                            /* value */
    const struct pattern *const *patterns; /* whose groups are known */
    size_t pattern_count;
};

/* What names stand for while a text is made. */
struct scene {
    const struct value *columns;
    struct oid index;
    unsigned count;
    const char *table, *value;
    const struct facts *facts;
    const char *encoding;
    const struct pattern *patterns[SCENE_MATCHES_MAX];
    struct pattern_match matches[SCENE_MATCHES_MAX];
    size_t match_count;
    struct scene_scratch *scratch; /* NULL: none */
};

/* Texts for the moment, of whoever makes many. */
struct scene_scratch {
    struct buffer of_template, of_condition;
};

/* Compiles a name such as "index.2-:text". False with the reason in *error. */
bool ref_compile(const char *text, size_t len, const struct scope *scope,
                 struct arena *arena, struct ref *out, struct buffer *error);

/* True if r, which was not compiled here, can be used where there are so many
 * columns. */
bool ref_is_sound(const struct ref *r, size_t columns);

/* Appends what r stands for; false if that is nothing. */
bool ref_text(const struct ref *r, const struct scene *s, struct buffer *out);

/* The number r stands for, the first one of a text; NaN if there is none. */
double ref_number(const struct ref *r, const struct scene *s);

struct template_part {
    const char *literal; /* where ref.kind is REF_NONE */
    struct ref ref;
};

struct template_text {
    struct template_part *parts;
    size_t count;
};

/* The first number in the text that t gives; NaN if there is none, or if a name
 * in it stands for nothing. */
double template_number(const struct template_text *t, const struct scene *s);

/* Alternatives: the first of which all names stand for something is taken, the
 * last in any case. None at all gives "". */
struct template
{
    struct template_text *texts;
    size_t count;
};

bool template_compile(const char *text, const struct scope *scope,
                      struct arena *arena, struct template_text *out,
                      struct buffer *error);

/* Appends the text, white space at its ends cut off, at most
 * TEMPLATE_RESULT_MAX octets. False if it is empty. */
bool template_give(const struct template *t, const struct scene *s,
                   struct buffer *out);

/* The same, but nothing unless all names of an alternative stand for something.
 */
bool template_give_whole(const struct template *t, const struct scene *s,
                         struct buffer *out);

/* Remembers that p matched, so that its groups are known. */
void scene_match(struct scene *s, const struct pattern *p,
                 const struct pattern_match *m);

#endif
