/* Conditions of profiles: when a row is left out, and what an agent has to
 * answer for a rule to hold. */
#include "mibs/profile_read.h"

#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

/* One key of a condition's map for each operator, by its number; those that
 * take texts, a number or a pattern. */
struct condition_keys {
    struct template of;
    struct oid oid, column;
    struct text_list texts[CONDITION_OPERATORS];
    double numbers[CONDITION_OPERATORS];
    const struct pattern *patterns[CONDITION_OPERATORS];
    bool exists;
};

/* ---- reading --------------------------------------------------------------
 */

#define AT(member) .offset = offsetof(struct condition_keys, member)
#define TEXTS_KEY(name, operator)                          \
    {                                                      \
        .key = (name), .type = YAML_T_CUSTOM,              \
        .offset = offsetof(struct condition_keys, texts) + \
                  (operator) * sizeof(struct text_list),   \
        .read = read_texts                                 \
    }
#define NUMBER_KEY(name, operator)                           \
    {                                                        \
        .key = (name), .type = YAML_T_DOUBLE,                \
        .offset = offsetof(struct condition_keys, numbers) + \
                  (operator) * sizeof(double)                \
    }
#define PATTERN_KEY(name, operator)                           \
    {                                                         \
        .key = (name), .type = YAML_T_CUSTOM,                 \
        .offset = offsetof(struct condition_keys, patterns) + \
                  (operator) * sizeof(struct pattern *),      \
        .read = read_pattern                                  \
    }
#define OPERATOR_KEYS                                                       \
    TEXTS_KEY("equal", IS_EQUAL), TEXTS_KEY("unequal", IS_UNEQUAL),         \
        NUMBER_KEY("less", IS_LESS), NUMBER_KEY("more", IS_MORE),           \
        NUMBER_KEY("at_least", IS_AT_LEAST),                                \
        NUMBER_KEY("at_most", IS_AT_MOST), TEXTS_KEY("in", IS_IN),          \
        TEXTS_KEY("not_in", IS_NOT_IN), TEXTS_KEY("contains", IS_CONTAINS), \
        TEXTS_KEY("starts", IS_STARTS), TEXTS_KEY("ends", IS_ENDS),         \
        TEXTS_KEY("not_contains", IS_NOT_CONTAINS),                         \
        TEXTS_KEY("not_starts", IS_NOT_STARTS),                             \
        TEXTS_KEY("not_ends", IS_NOT_ENDS),                                 \
        PATTERN_KEY("pattern", IS_PATTERN),                                 \
        PATTERN_KEY("not_pattern", IS_NOT_PATTERN),                         \
    {                                                                       \
        .key = "exists", .type = YAML_T_BOOL, AT(exists)                    \
    }

static const struct yaml_field condition_fields[] = {
    {.key = "of",
     .type = YAML_T_CUSTOM,
     AT(of),
     .read = read_operand,
     .required = true,
     .help = "write of: and what is looked at"},
    OPERATOR_KEYS,
    {.key = NULL},
};

static const struct yaml_field answer_fields[] = {
    {.key = "oid", .type = YAML_T_CUSTOM, AT(oid), .read = read_oid},
    {.key = "column", .type = YAML_T_CUSTOM, AT(column), .read = read_oid},
    OPERATOR_KEYS,
    {.key = NULL},
};

static const char *const operator_keys[CONDITION_OPERATORS] = {
    [IS_EQUAL] = "equal",
    [IS_UNEQUAL] = "unequal",
    [IS_LESS] = "less",
    [IS_MORE] = "more",
    [IS_AT_LEAST] = "at_least",
    [IS_AT_MOST] = "at_most",
    [IS_IN] = "in",
    [IS_NOT_IN] = "not_in",
    [IS_CONTAINS] = "contains",
    [IS_STARTS] = "starts",
    [IS_ENDS] = "ends",
    [IS_NOT_CONTAINS] = "not_contains",
    [IS_NOT_STARTS] = "not_starts",
    [IS_NOT_ENDS] = "not_ends",
    [IS_PATTERN] = "pattern",
    [IS_NOT_PATTERN] = "not_pattern",
    [IS_EXISTS] = "exists",
};

/* One condition for each operator that the map has; gives how many. */
static size_t conditions_make(struct yaml_node n,
                              const struct condition_keys *keys,
                              struct condition *out)
{
    size_t count = 0;

    for (unsigned i = 0; i < CONDITION_OPERATORS; i++) {
        if (yaml_is_null(yaml_get(n, operator_keys[i])))
            continue;
        out[count++] = (struct condition){
            .operator=(uint8_t) i,
            .wanted = keys->exists,
            .of = keys->of,
            .oid = keys->oid.len > 0 ? keys->oid : keys->column,
            .walked = keys->column.len > 0,
            .number = keys->numbers[i],
            .texts = keys->texts[i],
            .pattern = keys->patterns[i],
        };
    }
    return count;
}

/* Where what is looked at comes from: fields of a row, or of an answer. */
static int origin_check(struct yaml_node n, const struct yaml_field *fields,
                        const struct condition_keys *keys,
                        struct complaint *why)
{
    if (fields != answer_fields ||
        (keys->oid.len > 0) + (keys->column.len > 0) == 1)
        return 0;
    return yaml_complain(n, why,
                         "write {oid: INSTANCE, equal: VALUE}, or column: "
                         "for the rows of a column",
                         "one of oid and column belongs here");
}

/* Adds the conditions of one map to *out. */
static int read_conditions(struct yaml_node n, const struct yaml_field *fields,
                           struct profile_reader *r, struct all_of *out,
                           struct complaint *why)
{
    struct condition_keys keys = {0};
    struct condition made[CONDITION_OPERATORS];
    int rc = yaml_read(n, fields, &keys, r, why);

    if (rc == 0)
        rc = origin_check(n, fields, &keys, why);
    if (rc < 0)
        return rc;
    size_t count = conditions_make(n, &keys, made);

    if (count == 0)
        return yaml_complain(n, why,
                             "write equal, unequal, less, more, at_least, "
                             "at_most, in, not_in, contains, starts, ends, "
                             "pattern, not_... or exists",
                             "a condition without an operator");
    struct condition *all =
        arena_zero(r->profile->arena, (out->count + count) * sizeof *all);

    if (out->count > 0)
        memcpy(all, out->conditions, out->count * sizeof *all);
    memcpy(all + out->count, made, count * sizeof *all);
    out->conditions = all;
    out->count += count;
    return 0;
}

/* A map, or a list of maps that all have to hold. */
static int read_all_of(struct yaml_node n, const struct yaml_field *fields,
                       struct all_of *out, void *ctx, struct complaint *why)
{
    int rc = 0;

    if (yaml_kind(n) != YAML_LIST)
        return read_conditions(n, fields, ctx, out, why);
    if (yaml_count(n) == 0 || yaml_count(n) > PROFILE_CONDITIONS_MAX)
        return yaml_complain(n, why, "write {of: COLUMN, equal: VALUE}",
                             "one to %d conditions belong here",
                             PROFILE_CONDITIONS_MAX);
    for (size_t i = 0; i < yaml_count(n) && rc == 0; i++)
        rc = read_conditions(yaml_item(n, i), fields, ctx, out, why);
    return rc;
}

static int read_skip(struct yaml_node n, void *field, void *ctx,
                     struct complaint *why)
{
    return read_all_of(n, condition_fields, field, ctx, why);
}

static int read_answer(struct yaml_node n, void *field, void *ctx,
                       struct complaint *why)
{
    return read_all_of(n, answer_fields, field, ctx, why);
}

int read_answers(struct yaml_node n, void *field, void *ctx,
                 struct complaint *why)
{
    static const struct list_kind kind = {"conditions", sizeof(struct all_of),
                                          read_answer};
    struct any_of *out = field;
    struct list_view list;
    int rc = read_list(n, &kind, ctx, &list, why);

    *out = (struct any_of){list.at, list.count};
    return rc;
}

int read_skips(struct yaml_node n, void *field, void *ctx,
               struct complaint *why)
{
    static const struct list_kind kind = {"conditions", sizeof(struct all_of),
                                          read_skip};
    struct any_of *out = field;
    struct list_view list;
    int rc = read_list(n, &kind, ctx, &list, why);

    *out = (struct any_of){list.at, list.count};
    return rc;
}

/* ---- holding --------------------------------------------------------------
 */

static bool as_number(const char *text, double *out)
{
    char *end;

    *out = strtod(text, &end);
    return end != text && *end == '\0' && isfinite(*out);
}

/* Numbers by value, "1.0" being "1"; texts as they are. */
static bool same(const char *a, const char *b)
{
    double x, y;

    if (as_number(a, &x) && as_number(b, &y))
        return x == y;
    return strcmp(a, b) == 0;
}

static bool is_contained(const char *text, const char *part)
{
    return strstr(text, part) != NULL;
}

static bool is_start(const char *text, const char *part)
{
    return strncmp(text, part, strlen(part)) == 0;
}

static bool is_end(const char *text, const char *part)
{
    size_t len = strlen(text), part_len = strlen(part);

    return len >= part_len && strcmp(text + len - part_len, part) == 0;
}

static bool any(const struct text_list *texts, const char *text,
                bool (*holds)(const char *text, const char *part))
{
    for (size_t i = 0; i < texts->count; i++)
        if (holds(text, texts->at[i]))
            return true;
    return false;
}

static bool number_meets(const struct condition *c, const char *text)
{
    double number;

    if (!as_number(text, &number))
        return false;
    if (c->operator== IS_LESS || c->operator== IS_AT_MOST)
        return number < c->number ||
               (c->operator== IS_AT_MOST && number <= c->number);
    return number > c->number ||
           (c->operator== IS_AT_LEAST && number >= c->number);
}

bool condition_meets(const struct condition *c, const char *text)
{
    switch ((enum condition_operator)c->operator) {
    case IS_EQUAL:
    case IS_IN:
        return any(&c->texts, text, same);
    case IS_UNEQUAL:
    case IS_NOT_IN:
        return !any(&c->texts, text, same);
    case IS_LESS:
    case IS_MORE:
    case IS_AT_LEAST:
    case IS_AT_MOST:
        return number_meets(c, text);
    case IS_CONTAINS:
        return any(&c->texts, text, is_contained);
    case IS_NOT_CONTAINS:
        return !any(&c->texts, text, is_contained);
    case IS_STARTS:
        return any(&c->texts, text, is_start);
    case IS_NOT_STARTS:
        return !any(&c->texts, text, is_start);
    case IS_ENDS:
        return any(&c->texts, text, is_end);
    case IS_NOT_ENDS:
        return !any(&c->texts, text, is_end);
    case IS_PATTERN:
        return pattern_find(c->pattern, text, NULL);
    case IS_NOT_PATTERN:
        return !pattern_find(c->pattern, text, NULL);
    case IS_EXISTS:
        return (text[0] != '\0') == c->wanted;
    case CONDITION_OPERATORS:
        break;
    }
    return false;
}

bool condition_holds(const struct condition *c, const struct scene *s)
{
    struct buffer OWNED_BUFFER own = {0};
    struct buffer *text = s->scratch != NULL ? &s->scratch->of_condition : &own;

    buffer_clear(text);
    buffer_text(text, "");
    (void)template_give(&c->of, s, text); /* nothing is a text too */
    return condition_meets(c, text->at);
}
