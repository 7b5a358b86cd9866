#include "mibs/profile_read.h"

#include <errno.h>
#include <string.h>

enum { NAME_TEXT_MAX = 64, VALUE_TEXT_MAX = 1024 };

static struct arena *arena_of(void *ctx)
{
    return READER_OF(ctx)->profile->arena;
}

int read_text(struct yaml_node n, void *field, void *ctx, struct complaint *why)
{
    const char *text = yaml_text(n);

    if (text == NULL)
        return yaml_complain(n, why, "write one text",
                             "a text belongs here, not a list or map");
    if (strlen(text) > VALUE_TEXT_MAX)
        return yaml_complain(n, why, "shorten it",
                             "a text of more than %d octets", VALUE_TEXT_MAX);
    *(const char **)field = arena_text(arena_of(ctx), text);
    return 0;
}

int read_name(struct yaml_node n, void *field, void *ctx, struct complaint *why)
{
    static const char octets[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                 "abcdefghijklmnopqrstuvwxyz0123456789_.-";
    const char *text = yaml_text(n);

    if (text == NULL || text[0] == '\0' || strlen(text) > NAME_TEXT_MAX ||
        text[strspn(text, octets)] != '\0')
        return yaml_complain(
            n, why, "use letters, digits, '_', '-' and '.', such as ios",
            "a name belongs here");
    return read_text(n, field, ctx, why);
}

int read_oid(struct yaml_node n, void *field, void *ctx, struct complaint *why)
{
    const char *text = yaml_text(n);
    struct oid_store parsed;

    if (text == NULL || oid_parse(text, &parsed) < 0 || parsed.len < 2)
        return yaml_complain(n, why,
                             "write digits and dots, such as 1.3.6.1.2.1.1.5.0",
                             "\"%.80s\" is no numeric object identifier",
                             text != NULL ? text : "(a list or map)");
    struct oid *out = field;
    uint32_t *sub =
        arena_zero(arena_of(ctx), parsed.len * sizeof parsed.sub[0]);

    memcpy(sub, parsed.sub, parsed.len * sizeof parsed.sub[0]);
    *out = (struct oid){sub, parsed.len};
    return 0;
}

int map_count(struct yaml_node n, const char *of, size_t *out,
              struct complaint *why)
{
    *out = yaml_count(n);
    if (yaml_kind(n) != YAML_MAP || *out > PROFILE_LIST_MAX)
        return yaml_complain(n, why, "write them as NAME: VALUE",
                             "a map of at most %d %s belongs here",
                             PROFILE_LIST_MAX, of);
    return 0;
}

int read_list(struct yaml_node n, const struct list_kind *kind, void *ctx,
              struct list_view *out, struct complaint *why)
{
    bool is_list = yaml_kind(n) == YAML_LIST;
    int rc = 0;

    out->count = is_list ? yaml_count(n) : 1;
    if (out->count > PROFILE_LIST_MAX)
        return yaml_complain(n, why, "leave some out", "more than %d %s",
                             PROFILE_LIST_MAX, kind->of);
    out->at = arena_zero(arena_of(ctx), (out->count + 1) * kind->size);
    for (size_t i = 0; i < out->count && rc == 0; i++)
        rc = kind->read_one(is_list ? yaml_item(n, i) : n,
                            (char *)out->at + i * kind->size, ctx, why);
    return rc;
}

int read_texts(struct yaml_node n, void *field, void *ctx,
               struct complaint *why)
{
    static const struct list_kind kind = {"texts", sizeof(char *), read_text};
    struct text_list *out = field;
    struct list_view list;
    int rc = read_list(n, &kind, ctx, &list, why);

    *out = (struct text_list){list.at, list.count};
    return rc;
}

int read_oids(struct yaml_node n, void *field, void *ctx, struct complaint *why)
{
    static const struct list_kind kind = {"object identifiers",
                                          sizeof(struct oid), read_oid};
    struct oid_list *out = field;
    struct list_view list;
    int rc = read_list(n, &kind, ctx, &list, why);

    *out = (struct oid_list){list.at, list.count};
    return rc;
}

int read_pattern(struct yaml_node n, void *field, void *ctx,
                 struct complaint *why)
{
    struct profile *p = READER_OF(ctx)->profile;
    struct buffer OWNED_BUFFER error = {0};
    const char *text = yaml_text(n);

    if (text == NULL || text[0] == '\0')
        return yaml_complain(n, why, "write one, in single quotes",
                             "a pattern belongs here");
    struct pattern *made = pattern_new(text, &error);

    if (made == NULL)
        return yaml_complain(n, why,
                             "write a Perl regular expression, in single "
                             "quotes",
                             "a faulty pattern: %s", error.at);
    *array_add(&p->patterns) = made;
    *(const struct pattern **)field = made;
    return 0;
}

int read_patterns(struct yaml_node n, void *field, void *ctx,
                  struct complaint *why)
{
    static const struct list_kind kind = {"patterns", sizeof(struct pattern *),
                                          read_pattern};
    struct pattern_list *out = field;
    struct list_view list;
    int rc = read_list(n, &kind, ctx, &list, why);

    *out = (struct pattern_list){list.at, list.count};
    return rc;
}

/* What may be named, for a remedy. */
static void names_list(const struct scope *scope, struct buffer *out)
{
    buffer_text(out, "known here: ");
    for (size_t i = 0; i < scope->column_count; i++)
        buffer_format(out, "%s ", scope->columns[i]);
    if (scope->row)
        buffer_text(out, "index index.N count table ");
    if (scope->value)
        buffer_text(out, "value ");
    if (scope->pattern_count > 0)
        buffer_text(out, "groups of patterns, ");
    buffer_text(out, "device.os device.version device.descr ...");
}

static int template_fault(struct yaml_node n, void *ctx,
                          const struct buffer *error, struct complaint *why)
{
    struct buffer OWNED_BUFFER remedy = {0};

    names_list(&READER_OF(ctx)->scope, &remedy);
    return yaml_complain(n, why, remedy.at, "%s", error->at);
}

static int read_template_text(struct yaml_node n, void *field, void *ctx,
                              struct complaint *why)
{
    struct profile_reader *r = ctx;
    struct buffer OWNED_BUFFER error = {0};

    if (yaml_text(n) == NULL)
        return yaml_complain(n, why, "write a text such as 'Fan {index}'",
                             "a text belongs here, not a list or map");
    if (!template_compile(yaml_text(n), &r->scope, arena_of(ctx), field,
                          &error))
        return template_fault(n, ctx, &error, why);
    return 0;
}

int read_template(struct yaml_node n, void *field, void *ctx,
                  struct complaint *why)
{
    static const struct list_kind kind = {"texts", sizeof(struct template_text),
                                          read_template_text};
    struct template *out = field;
    struct list_view list;
    int rc = read_list(n, &kind, ctx, &list, why);

    *out = (struct template){list.at, list.count};
    return rc;
}

int read_operand(struct yaml_node n, void *field, void *ctx,
                 struct complaint *why)
{
    struct profile_reader *r = ctx;
    const char *text = yaml_text(n);
    struct buffer OWNED_BUFFER error = {0};

    /* No name begins with a digit: that is an index as it is. */
    if (text == NULL || strchr(text, '{') != NULL ||
        (text[0] >= '0' && text[0] <= '9'))
        return read_template(n, field, ctx, why);
    struct template *out = field;
    struct template_text *t = arena_zero(arena_of(ctx), sizeof *t);
    struct template_part *part = arena_zero(arena_of(ctx), sizeof *part);

    *out = (struct template){t, 1};
    *t = (struct template_text){part, 1};
    if (!ref_compile(text, strlen(text), &r->scope, arena_of(ctx), &part->ref,
                     &error))
        return template_fault(n, ctx, &error, why);
    return 0;
}

int read_expr(struct yaml_node n, void *field, void *ctx, struct complaint *why)
{
    struct profile_reader *r = ctx;
    struct buffer OWNED_BUFFER error = {0};

    if (yaml_text(n) == NULL)
        return yaml_complain(n, why,
                             "write arithmetic over columns, such as "
                             "'used * 1024'",
                             "an expression belongs here");
    if (!expr_compile(yaml_text(n), &r->scope, arena_of(ctx), field, &error))
        return template_fault(n, ctx, &error, why);
    return 0;
}

int read_translations(struct yaml_node n, struct profile_reader *r,
                      struct translation **out, size_t *count,
                      struct complaint *why)
{
    int rc = map_count(n, "texts", count, why);

    if (rc < 0)
        return rc;
    *out = arena_zero(r->profile->arena, (*count + 1) * sizeof **out);
    for (size_t i = 0; i < *count && rc == 0; i++) {
        (*out)[i].from = arena_text(r->profile->arena, yaml_key(n, i));
        rc = read_text(yaml_item(n, i), &(*out)[i].to, r, why);
    }
    return rc;
}

const char *place_of(struct profile_reader *r, struct yaml_node n)
{
    struct complaint at;
    int rc = yaml_complain(n, &at, "", "%s", "");

    (void)rc; /* made for its place alone */
    return arena_text(r->profile->arena, at.place);
}
