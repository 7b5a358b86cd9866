/* Conditions of profiles: when a row is left out. */
#include "mibs/profile_read.h"

#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

/* One key of a condition's map for each operator. */
struct condition_keys {
    struct template of;
    struct text_list equal, unequal, in, not_in, contains, starts, ends;
    double less, more;
    const struct pattern *pattern;
    bool exists;
};

/* ---- reading --------------------------------------------------------------
 */

#define AT(member) .offset = offsetof(struct condition_keys, member)
#define TEXTS_KEY(name, member)                                            \
    {                                                                      \
        .key = name, .type = YAML_T_CUSTOM, AT(member), .read = read_texts \
    }

static const struct yaml_field condition_fields[] = {
    {.key = "of",
     .type = YAML_T_CUSTOM,
     AT(of),
     .read = read_operand,
     .required = true,
     .help = "write of: and what is looked at"},
    TEXTS_KEY("equal", equal),
    TEXTS_KEY("unequal", unequal),
    TEXTS_KEY("in", in),
    TEXTS_KEY("not_in", not_in),
    TEXTS_KEY("contains", contains),
    TEXTS_KEY("starts", starts),
    TEXTS_KEY("ends", ends),
    {.key = "less", .type = YAML_T_DOUBLE, AT(less)},
    {.key = "more", .type = YAML_T_DOUBLE, AT(more)},
    {.key = "pattern",
     .type = YAML_T_CUSTOM,
     AT(pattern),
     .read = read_pattern},
    {.key = "exists", .type = YAML_T_BOOL, AT(exists)},
    {.key = NULL},
};

struct condition_list {
    struct condition at[CONDITION_OPERATORS];
    size_t count;
};

static void condition_add(struct condition_list *out, struct condition c)
{
    out->at[out->count++] = c;
}

/* One condition for each operator that the map has. */
static void conditions_make(struct yaml_node n,
                            const struct condition_keys *keys,
                            struct condition_list *out)
{
    const struct {
        uint8_t operator;
        const struct text_list *texts;
    } of_texts[] = {
        {IS_EQUAL, &keys->equal},
        {IS_UNEQUAL, &keys->unequal},
        {IS_IN, &keys->in},
        {IS_NOT_IN, &keys->not_in},
        {IS_CONTAINS, &keys->contains},
        {IS_STARTS, &keys->starts},
        {IS_ENDS, &keys->ends},
    };

    for (size_t i = 0; i < COUNT_OF(of_texts); i++)
        if (of_texts[i].texts->count > 0)
            condition_add(out,
                          (struct condition){.operator= of_texts[i].operator,
                                             .of = keys->of,
                                             .texts = *of_texts[i].texts});
    if (yaml_kind(yaml_get(n, "less")) != YAML_ABSENT)
        condition_add(out, (struct condition){.operator= IS_LESS,
                                              .of = keys->of,
                                              .number = keys->less});
    if (yaml_kind(yaml_get(n, "more")) != YAML_ABSENT)
        condition_add(out, (struct condition){.operator= IS_MORE,
                                              .of = keys->of,
                                              .number = keys->more});
    if (keys->pattern != NULL)
        condition_add(out, (struct condition){.operator= IS_PATTERN,
                                              .of = keys->of,
                                              .pattern = keys->pattern});
    if (yaml_kind(yaml_get(n, "exists")) != YAML_ABSENT)
        condition_add(out, (struct condition){.operator= IS_EXISTS,
                                              .of = keys->of,
                                              .wanted = keys->exists});
}

/* Adds the conditions of one map to *out. */
static int read_conditions(struct yaml_node n, struct profile_reader *r,
                           struct skip *out, struct complaint *why)
{
    struct condition_keys keys = {0};
    struct condition_list made = {0};
    int rc = yaml_read(n, condition_fields, &keys, r, why);

    if (rc < 0)
        return rc;
    conditions_make(n, &keys, &made);
    if (made.count == 0)
        return yaml_complain(n, why,
                             "write equal, unequal, less, more, in, not_in, "
                             "contains, starts, ends, pattern or exists",
                             "a condition without an operator");
    struct condition *all =
        arena_zero(r->profile->arena, (out->count + made.count) * sizeof *all);

    if (out->count > 0)
        memcpy(all, out->conditions, out->count * sizeof *all);
    memcpy(all + out->count, made.at, made.count * sizeof *all);
    out->conditions = all;
    out->count += made.count;
    return 0;
}

/* A map, or a list of maps that all have to hold. */
static int read_skip(struct yaml_node n, void *field, void *ctx,
                     struct complaint *why)
{
    int rc = 0;

    if (yaml_kind(n) != YAML_LIST)
        return read_conditions(n, ctx, field, why);
    if (yaml_count(n) == 0 || yaml_count(n) > PROFILE_CONDITIONS_MAX)
        return yaml_complain(n, why, "write {of: COLUMN, equal: VALUE}",
                             "one to %d conditions belong here",
                             PROFILE_CONDITIONS_MAX);
    for (size_t i = 0; i < yaml_count(n) && rc == 0; i++)
        rc = read_conditions(yaml_item(n, i), ctx, field, why);
    return rc;
}

int read_skips(struct yaml_node n, void *field, void *ctx,
               struct complaint *why)
{
    static const struct list_kind kind = {"conditions", sizeof(struct skip),
                                          read_skip};
    struct profile_table *t = field;
    struct list_view list;
    int rc = read_list(n, &kind, ctx, &list, why);

    t->skips = list.at;
    t->skip_count = list.count;
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

bool condition_holds(const struct condition *c, const struct scene *s)
{
    struct buffer OWNED_BUFFER text = {0};
    double number;

    buffer_text(&text, "");
    bool exists = template_give(&c->of, s, &text);
    bool is_number = as_number(text.at, &number);

    switch ((enum condition_operator)c->operator) {
    case IS_EQUAL:
    case IS_IN:
        return any(&c->texts, text.at, same);
    case IS_UNEQUAL:
    case IS_NOT_IN:
        return !any(&c->texts, text.at, same);
    case IS_LESS:
        return is_number && number < c->number;
    case IS_MORE:
        return is_number && number > c->number;
    case IS_CONTAINS:
        return any(&c->texts, text.at, is_contained);
    case IS_STARTS:
        return any(&c->texts, text.at, is_start);
    case IS_ENDS:
        return any(&c->texts, text.at, is_end);
    case IS_PATTERN:
        return pattern_find(c->pattern, text.at, NULL);
    case IS_EXISTS:
        return exists == c->wanted;
    case CONDITION_OPERATORS:
        break;
    }
    return false;
}
