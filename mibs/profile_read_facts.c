#include "mibs/profile_read.h"

#include <errno.h>
#include <stddef.h>

/* The keys of a fact's source, before they become a struct source. */
struct source_keys {
    struct oid oid, column;
    struct template of, text;
    const struct pattern *pattern;
    struct list_view replacements;
    struct {
        struct translation *at;
        size_t count;
    } map;
    struct {
        int class, field;
        bool given;
    } entity;
};

static const char *const fact_names[IDENTITY_FACTS] = {
    [IDENTITY_VENDOR] = "vendor",     [IDENTITY_OS] = "os",
    [IDENTITY_HARDWARE] = "hardware", [IDENTITY_VERSION] = "version",
    [IDENTITY_SERIAL] = "serial",     [IDENTITY_FEATURES] = "features",
    [IDENTITY_LOCATION] = "location", [IDENTITY_KIND] = "kind",
    [IDENTITY_NAME] = "name",
};

/* entPhysicalClass by its numbers (ENTITY-MIB, PhysicalClass); 0: whatever it
 * is, for agents that do not say. */
static const char *const entity_classes[] = {
    "any",       "other",       "unknown", "chassis", "backplane",
    "container", "powerSupply", "fan",     "sensor",  "module",
    "port",      "stack",       "cpu",     NULL,
};

static const char *const entity_fields[] = {
    "descr",  "name", "hw_rev", "fw_rev", "sw_rev",
    "serial", "mfg",  "model",  "alias",  NULL,
};

static int read_replacement(struct yaml_node n, void *field, void *ctx,
                            struct complaint *why)
{
    struct replacement *out = field;

    if (yaml_kind(n) != YAML_LIST || yaml_count(n) != 2)
        return yaml_complain(n, why, "write ['pattern', 'text']",
                             "a replacement is a list of two");
    int rc = read_pattern(yaml_item(n, 0), &out->from, ctx, why);

    return rc < 0 ? rc : read_text(yaml_item(n, 1), &out->to, ctx, why);
}

static int read_replacements(struct yaml_node n, void *field, void *ctx,
                             struct complaint *why)
{
    static const struct list_kind kind = {
        "replacements", sizeof(struct replacement), read_replacement};

    if (yaml_kind(n) != YAML_LIST)
        return yaml_complain(n, why, "write [['pattern', 'text']]",
                             "a list of replacements belongs here");
    return read_list(n, &kind, ctx, field, why);
}

static int read_entity(struct yaml_node n, void *field, void *ctx,
                       struct complaint *why)
{
    static const struct yaml_field fields[] = {
        {.key = "class",
         .type = YAML_T_CHOICE,
         .required = true,
         .choices = entity_classes,
         .offset = offsetof(struct source_keys, entity.class)},
        {.key = "field",
         .type = YAML_T_CHOICE,
         .required = true,
         .choices = entity_fields,
         .offset = offsetof(struct source_keys, entity.field)},
        {.key = NULL},
    };
    struct source_keys *keys =
        (void *)((char *)field - offsetof(struct source_keys, entity));

    keys->entity.given = true;
    return yaml_read(n, fields, keys, ctx, why);
}

/* A pattern of the source's own: its groups are known from here on. */
static int read_own_pattern(struct yaml_node n, void *field, void *ctx,
                            struct complaint *why)
{
    struct profile_reader *r = ctx;
    int rc = read_pattern(n, field, ctx, why);

    if (rc < 0)
        return rc;
    const struct pattern *made = *(const struct pattern **)field;
    const struct pattern **known = arena_zero(
        r->profile->arena, (r->scope.pattern_count + 1) * sizeof *known);

    known[0] = made;
    for (size_t i = 0; i < r->scope.pattern_count; i++)
        known[i + 1] = r->scope.patterns[i];
    r->scope.patterns = known;
    r->scope.pattern_count++;
    return 0;
}

static int read_source_text(struct yaml_node n, void *field, void *ctx,
                            struct complaint *why)
{
    struct profile_reader *r = ctx;

    r->scope.value = true;
    return read_template(n, field, ctx, why);
}

static int read_map(struct yaml_node n, void *field, void *ctx,
                    struct complaint *why)
{
    struct source_keys *keys =
        (void *)((char *)field - offsetof(struct source_keys, map));

    return read_translations(n, ctx, &keys->map.at, &keys->map.count, why);
}

#define AT(member) .offset = offsetof(struct source_keys, member)

/* In the order in which they are read: a pattern before the text that uses its
 * groups. */
static const struct yaml_field source_fields[] = {
    {.key = "oid", .type = YAML_T_CUSTOM, AT(oid), .read = read_oid},
    {.key = "column", .type = YAML_T_CUSTOM, AT(column), .read = read_oid},
    {.key = "entity", .type = YAML_T_CUSTOM, AT(entity), .read = read_entity},
    {.key = "of", .type = YAML_T_CUSTOM, AT(of), .read = read_operand},
    {.key = "replace",
     .type = YAML_T_CUSTOM,
     AT(replacements),
     .read = read_replacements},
    {.key = "pattern",
     .type = YAML_T_CUSTOM,
     AT(pattern),
     .read = read_own_pattern},
    {.key = "text", .type = YAML_T_CUSTOM, AT(text), .read = read_source_text},
    {.key = "map", .type = YAML_T_CUSTOM, AT(map), .read = read_map},
    {.key = NULL},
};

/* Turns keys into a source: exactly one of them tells where it comes from. */
static int source_make(struct yaml_node n, const struct source_keys *keys,
                       struct source *out, struct complaint *why)
{
    unsigned origins = 0;

    origins += keys->oid.len > 0;
    origins += keys->column.len > 0;
    origins += keys->entity.given;
    origins += keys->of.count > 0;
    if (origins != 1)
        return yaml_complain(n, why, "write one of: oid, column, entity, of",
                             "a source has one origin, not %u", origins);
    *out = (struct source){
        .origin = keys->oid.len > 0      ? ORIGIN_OID
                  : keys->column.len > 0 ? ORIGIN_COLUMN
                  : keys->entity.given   ? ORIGIN_ENTITY
                                         : ORIGIN_TEXT,
        .oid = keys->oid.len > 0 ? keys->oid : keys->column,
        .entity_class = keys->entity.class,
        .entity_field = (uint8_t)keys->entity.field,
        .of = keys->of,
        .replacements = keys->replacements.at,
        .replacement_count = keys->replacements.count,
        .pattern = keys->pattern,
        .text = keys->text,
        .map = keys->map.at,
        .map_count = keys->map.count,
    };
    return 0;
}

static int read_source(struct yaml_node n, void *field, void *ctx,
                       struct complaint *why)
{
    struct profile_reader *r = ctx;
    struct scope before = r->scope;
    struct source *out = field;
    struct source_keys keys = {0};

    if (yaml_kind(n) == YAML_SCALAR) {
        out->origin = ORIGIN_TEXT;
        return read_template(n, &out->of, ctx, why);
    }
    int rc = yaml_read(n, source_fields, &keys, ctx, why);

    r->scope = before;
    return rc < 0 ? rc : source_make(n, &keys, out, why);
}

/* A kind that is written out has to be one. */
static int kind_check(struct yaml_node n, const char *text,
                      struct complaint *why)
{
    enum device_kind kind;

    if (text == NULL || strchr(text, '{') != NULL ||
        device_kind_parse(text, &kind) == 0)
        return 0;
    return yaml_complain(n, why,
                         "write router, switch, l3switch, firewall, server, "
                         "host, ap, wlc, printer, ups, power, storage, "
                         "hypervisor, vm, phone, camera, loadbalancer ...",
                         "\"%.40s\" is no kind of device", text);
}

static int kind_source_check(struct yaml_node n, struct complaint *why)
{
    struct yaml_node map = yaml_get(n, "map");
    int rc = kind_check(n, yaml_text(n), why);

    if (rc == 0 && yaml_kind(map) != YAML_MAP)
        rc = kind_check(yaml_get(n, "text"), yaml_text(yaml_get(n, "text")),
                        why);
    for (size_t i = 0; i < yaml_count(map) && rc == 0; i++)
        rc = kind_check(yaml_item(map, i), yaml_text(yaml_item(map, i)), why);
    return rc;
}

static int kinds_check(struct yaml_node n, struct complaint *why)
{
    int rc = 0;

    if (yaml_kind(n) != YAML_LIST)
        return kind_source_check(n, why);
    for (size_t i = 0; i < yaml_count(n) && rc == 0; i++)
        rc = kind_source_check(yaml_item(n, i), why);
    return rc;
}

static int read_fact(struct yaml_node n, void *field, void *ctx,
                     struct complaint *why)
{
    static const struct list_kind kind = {"sources", sizeof(struct source),
                                          read_source};
    struct profile_reader *r = ctx;
    struct fact_rule *out = field;
    struct list_view list;
    int rc = read_list(n, &kind, ctx, &list, why);

    if (rc == 0 && out == &r->profile->facts[IDENTITY_KIND])
        rc = kinds_check(n, why);
    *out = (struct fact_rule){
        .sources = list.at, .count = list.count, .names = &r->profile->names};
    return rc;
}

/* Patterns over sysDescr: their groups are known to all facts. */
static int read_descr(struct yaml_node n, void *field, void *ctx,
                      struct complaint *why)
{
    struct profile_reader *r = ctx;
    struct pattern_list *out = field;
    int rc = read_patterns(n, out, ctx, why);

    if (rc == 0 && out->count > DESCR_PATTERNS_MAX)
        return yaml_complain(n, why, "join some with |",
                             "more than %d patterns", DESCR_PATTERNS_MAX);
    r->scope.patterns = out->at;
    r->scope.pattern_count = out->count;
    return rc;
}

/* One value of "values", whose name those after it and all facts know. */
static int read_value(struct yaml_node key, struct yaml_node n,
                      struct profile_reader *r, struct complaint *why)
{
    struct fact_names *names = &r->profile->names;
    struct named_value *out = &names->values[names->value_count];
    const char **known =
        arena_zero(r->profile->arena, (names->value_count + 1) * sizeof *known);
    int rc = read_name(key, &out->name, r, why);

    if (rc == 0)
        rc = read_fact(n, &out->rule, r, why);
    if (rc < 0)
        return rc;
    for (size_t i = 0; i <= names->value_count; i++)
        known[i] = names->values[i].name;
    r->scope.columns = known;
    r->scope.column_count = ++names->value_count;
    return 0;
}

static int read_values(struct yaml_node n, void *field, void *ctx,
                       struct complaint *why)
{
    struct profile_reader *r = ctx;
    struct fact_names *names = field;
    size_t count = 0;
    int rc = map_count(n, "values", &count, why);

    if (rc == 0 && count > FACT_VALUES_MAX)
        return yaml_complain(n, why, "leave some out", "more than %d values",
                             FACT_VALUES_MAX);
    names->values =
        arena_zero(r->profile->arena, (count + 1) * sizeof *names->values);
    for (size_t i = 0; i < count && rc == 0; i++)
        rc = read_value(yaml_key_node(n, i), yaml_item(n, i), r, why);
    return rc;
}

/* A fact without sources takes the group of sysDescr that has its name; what
 * a device is called has to be said. */
static void facts_of_groups(struct profile_reader *r)
{
    struct profile *p = r->profile;
    struct buffer OWNED_BUFFER unheard = {0};

    for (size_t i = 0; i < IDENTITY_FACTS; i++) {
        char name[24];
        struct source *source = arena_zero(p->arena, sizeof *source);
        struct template_text *text = arena_zero(p->arena, sizeof *text);
        struct ref ref;

        if (p->facts[i].count > 0 || i == IDENTITY_NAME ||
            !ref_compile(fact_names[i], strlen(fact_names[i]), &r->scope,
                         p->arena, &ref, &unheard))
            continue;
        (void)snprintf(name, sizeof name, "{%s}", fact_names[i]);
        if (!template_compile(name, &r->scope, p->arena, text, &unheard))
            continue;
        *source = (struct source){.origin = ORIGIN_TEXT, .of = {text, 1}};
        p->facts[i] = (struct fact_rule){
            .sources = source, .count = 1, .names = &p->names};
    }
}

#define FACT(which, name)                                        \
    {                                                            \
        .key = (name), .type = YAML_T_CUSTOM, .read = read_fact, \
        .offset = offsetof(struct profile, facts) +              \
                  (which) * sizeof(struct fact_rule)             \
    }

int read_facts(struct yaml_node n, struct profile_reader *r,
               struct complaint *why)
{
    static const struct yaml_field fields[] = {
        {.key = "descr",
         .type = YAML_T_CUSTOM,
         .read = read_descr,
         .offset = offsetof(struct profile, names.descr)},
        {.key = "values",
         .type = YAML_T_CUSTOM,
         .read = read_values,
         .offset = offsetof(struct profile, names)},
        FACT(IDENTITY_VENDOR, "vendor"),
        FACT(IDENTITY_OS, "os"),
        FACT(IDENTITY_HARDWARE, "hardware"),
        FACT(IDENTITY_VERSION, "version"),
        FACT(IDENTITY_SERIAL, "serial"),
        FACT(IDENTITY_FEATURES, "features"),
        FACT(IDENTITY_LOCATION, "location"),
        FACT(IDENTITY_KIND, "kind"),
        FACT(IDENTITY_NAME, "name"),
        {.key = NULL},
    };
    struct scope before = r->scope;
    int rc = yaml_read(n, fields, r->profile, r, why);

    if (rc == 0)
        facts_of_groups(r);
    r->scope = before;
    return rc;
}
