/* Facts of identity from what was read, the first source that gives something.
 */
#include "mibs/profile_model.h"

#include "base/text.h"

enum { FACT_TEXT_MAX = 256 };

/* What one source is looked at with. */
struct identify {
    const struct profile_reading *reading;
    struct facts *facts;
    const struct fact_names *names; /* whose meanings are in the scene */
    struct value values[FACT_VALUES_MAX];
    struct scene scene;
};

static void value_give(const struct value *v, const char *encoding,
                       struct buffer *out)
{
    if (value_exists(v))
        value_text(v, encoding, out);
}

/* The first row of a column that holds some text. */
static void column_give(const struct identify *id, struct oid column,
                        struct buffer *out)
{
    size_t ask, place;

    if (!reading_column(id->reading->plan, column, &ask, &place))
        return;
    const struct kept_rows *rows = &id->reading->asked[ask].rows;

    for (size_t i = 0; i < rows->count && out->len == 0; i++)
        value_give(&rows->at[i].values[place], id->scene.encoding, out);
}

/* The same from ENTITY-MIB as this reading asked for it itself. */
static void entity_row_give(const struct identify *id, const struct source *s,
                            struct buffer *out)
{
    size_t ask, place, class_ask, class_place;

    if (!reading_column(id->reading->plan, entity_column(s->entity_field), &ask,
                        &place) ||
        !reading_column(id->reading->plan, entity_class_column(), &class_ask,
                        &class_place) ||
        ask != class_ask)
        return;
    const struct kept_rows *rows = &id->reading->asked[ask].rows;

    for (size_t i = 0; i < rows->count && out->len == 0; i++)
        if (s->entity_class == 0 ||
            value_integer(&rows->at[i].values[class_place], 0) ==
                s->entity_class)
            value_give(&rows->at[i].values[place], id->scene.encoding, out);
}

static void entity_give(const struct identify *id, const struct source *s,
                        struct buffer *out)
{
    const struct entities *all = &id->facts->entities;

    for (size_t i = 0; i < all->count && out->len == 0; i++)
        if (s->entity_class == 0 || all->at[i].class == s->entity_class)
            buffer_text(out, entity_text(&all->at[i], s->entity_field));
    if (out->len == 0)
        entity_row_give(id, s, out);
}

static void origin_give(const struct identify *id, const struct source *s,
                        struct buffer *out)
{
    struct value v;

    switch ((enum source_origin)s->origin) {
    case ORIGIN_TEXT:
        (void)template_give_whole(&s->of, &id->scene, out); /* or nothing */
        return;
    case ORIGIN_OID:
        v = reading_scalar(id->reading, s->oid);
        value_give(&v, id->scene.encoding, out);
        return;
    case ORIGIN_COLUMN:
        column_give(id, s->oid, out);
        return;
    case ORIGIN_ENTITY:
        entity_give(id, s, out);
        return;
    }
}

static void replacements_do(const struct source *s, struct buffer *text)
{
    for (size_t i = 0; i < s->replacement_count; i++) {
        struct buffer result = {0};

        pattern_replace(s->replacements[i].from, text->at,
                        s->replacements[i].to, &result);
        buffer_fini(text);
        *text = result;
    }
}

/* What a table of translations makes of text; NULL if it is not in it. */
static const char *translate(const struct source *s, const char *text)
{
    for (size_t i = 0; i < s->map_count; i++)
        if (strcmp(s->map[i].from, text) == 0)
            return s->map[i].to;
    return NULL;
}

/* The part of value that the source wants. */
static void text_give(const struct source *s, const struct scene *scene,
                      struct buffer *out)
{
    struct bytes named = {0};

    if (s->text.count > 0) {
        (void)template_give_whole(&s->text, scene, out); /* or nothing */
        return;
    }
    if (s->pattern != NULL && scene->match_count > 0)
        named = pattern_group(s->pattern, &scene->matches[0], "value");
    if (named.len > 0)
        buffer_add(out, named.at, named.len);
    else
        buffer_text(out, scene->value);
}

/* Puts the matches of the source's own pattern before those of sysDescr. */
static bool own_match(const struct source *s, struct scene *scene)
{
    struct pattern_match m;
    struct scene own = {0};

    if (s->pattern == NULL)
        return true;
    if (!pattern_find(s->pattern, scene->value, &m))
        return false;
    scene_match(&own, s->pattern, &m);
    for (size_t i = 0; i < scene->match_count; i++)
        scene_match(&own, scene->patterns[i], &scene->matches[i]);
    memcpy(scene->patterns, own.patterns, sizeof own.patterns);
    memcpy(scene->matches, own.matches, sizeof own.matches);
    scene->match_count = own.match_count;
    return true;
}

/* What a source gives; "" for nothing. */
static const char *source_give(const struct identify *id,
                               const struct source *s)
{
    struct buffer OWNED_BUFFER value = {0}, OWNED_BUFFER text = {0},
                               OWNED_BUFFER safe = {0};
    struct scene scene = id->scene;

    buffer_text(&value, "");
    origin_give(id, s, &value);
    if (value.len == 0)
        return "";
    replacements_do(s, &value);
    scene.value = text_trim(value.at);
    if (!own_match(s, &scene))
        return "";
    text_give(s, &scene, &text);
    text_safe(buffer_view(&text), NULL, false, FACT_TEXT_MAX, &safe);
    buffer_text(&safe, "");
    const char *result = text_trim(safe.at);

    if (s->map_count > 0)
        result = translate(s, result);
    return arena_text(id->facts->arena, result);
}

static const char *rule_give(const struct identify *id,
                             const struct fact_rule *rule)
{
    const char *text = "";

    for (size_t i = 0; i < rule->count && text[0] == '\0'; i++)
        text = source_give(id, &rule->sources[i]);
    return text;
}

/* Gives names their meanings: groups of sysDescr, and values in order. */
static void names_load(struct identify *id, const struct fact_names *names)
{
    if (id->names == names || names == NULL)
        return;
    id->names = names;
    id->scene.match_count = 0;
    id->scene.columns = id->values;
    memset(id->values, 0, sizeof id->values);
    for (size_t i = 0; i < names->descr.count; i++) {
        struct pattern_match m;

        if (pattern_find(names->descr.at[i], id->facts->system.descr, &m))
            scene_match(&id->scene, names->descr.at[i], &m);
    }
    for (size_t i = 0; i < names->value_count; i++) {
        const char *text = rule_give(id, &names->values[i].rule);

        if (text[0] != '\0')
            id->values[i] = (struct value){.type = VALUE_OCTETS,
                                           .octets = bytes_of_text(text)};
    }
}

static const char *fact_give(struct identify *id, const struct fact_rule *rule)
{
    const char *text = "";

    for (; rule != NULL && text[0] == '\0'; rule = rule->then) {
        names_load(id, rule->names);
        text = rule_give(id, rule);
    }
    return text;
}

/* The last sources of kind are often guesses: what is no kind is passed over.
 */
static enum device_kind kind_give(struct identify *id,
                                  const struct fact_rule *rule)
{
    enum device_kind kind = KIND_UNKNOWN;

    for (; rule != NULL; rule = rule->then) {
        names_load(id, rule->names);
        for (size_t i = 0; i < rule->count; i++)
            if (device_kind_parse(source_give(id, &rule->sources[i]), &kind) ==
                0)
                return kind;
    }
    return KIND_UNKNOWN;
}

void profile_identify(const struct profile_reading *r, struct facts *f)
{
    const struct profile *p = r->profile;
    struct identity_facts *out = &f->identity;
    struct identify id = {
        .reading = r,
        .facts = f,
        .scene = {.facts = f, .encoding = p->quirks.encoding},
    };

    out->profile = arena_text(f->arena, p->name);
    out->vendor = fact_give(&id, &p->facts[IDENTITY_VENDOR]);
    out->os = fact_give(&id, &p->facts[IDENTITY_OS]);
    if (out->os[0] == '\0')
        out->os = out->profile;
    out->hardware = fact_give(&id, &p->facts[IDENTITY_HARDWARE]);
    out->version = fact_give(&id, &p->facts[IDENTITY_VERSION]);
    out->serial = fact_give(&id, &p->facts[IDENTITY_SERIAL]);
    out->features = fact_give(&id, &p->facts[IDENTITY_FEATURES]);
    out->kind = kind_give(&id, &p->facts[IDENTITY_KIND]);

    const char *location = fact_give(&id, &p->facts[IDENTITY_LOCATION]);
    const char *name = fact_give(&id, &p->facts[IDENTITY_NAME]);

    if (location[0] != '\0')
        f->system.location = location;
    if (name[0] != '\0')
        f->system.name = name;
}
