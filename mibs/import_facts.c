/* Facts about a device: module os of a peer's definitions. */
#include "mibs/import_parts.h"

#include "base/text.h"

#include <stdio.h>

/* The peer's fields, our facts, and the field of ENTITY-MIB that tells the
 * same where nothing else does. */
static const struct {
    const char *field, *ours, *entity;
} fields[] = {
    {"hardware", "hardware", "model"}, {"version", "version", "sw_rev"},
    {"serial", "serial", "serial"},    {"features", "features", NULL},
    {"location", "location", NULL},    {"sysName", "name", NULL},
};

struct facts_import {
    struct importer *im;
    struct yaml_node os;
    struct buffer values; /* the map "values" */
    size_t value_count;
    struct buffer groups; /* names of the groups over sysDescr, ";a;b;" */
};

/* ---- groups -----------------------------------------------------------------
 */

static bool pattern_names(const char *pattern, const char *group)
{
    struct buffer OWNED_BUFFER one = {0}, OWNED_BUFFER two = {0};

    buffer_format(&one, "(?<%s>", group);
    buffer_format(&two, "(?P<%s>", group);
    return strstr(pattern, one.at) != NULL || strstr(pattern, two.at) != NULL;
}

static struct yaml_node item_or_self(struct yaml_node n, size_t i)
{
    return yaml_kind(n) == YAML_LIST ? yaml_item(n, i) : n;
}

static size_t items_of(struct yaml_node n)
{
    return yaml_kind(n) == YAML_LIST ? yaml_count(n)
                                     : yaml_kind(n) == YAML_SCALAR;
}

static bool pattern_is_right(struct importer *im, struct yaml_node n,
                             const char *text, struct buffer *out)
{
    struct buffer OWNED_BUFFER error = {0};

    if (text == NULL || !import_pattern(text, false, out)) {
        import_note(im, n, text != NULL ? text : "a pattern",
                    "this is no pattern");
        return false;
    }
    struct pattern *p = pattern_new(out->at, &error);

    if (p == NULL)
        import_note(im, n, text, "the pattern cannot be read: %s", error.at);
    pattern_free(p);
    return p != NULL;
}

static void descr_put(struct facts_import *f)
{
    struct yaml_node n = yaml_get(f->os, "sysDescr_regex");
    size_t count = 0;

    for (size_t i = 0; i < items_of(n); i++) {
        struct buffer OWNED_BUFFER pattern = {0};
        struct yaml_node item = item_or_self(n, i);

        if (!pattern_is_right(f->im, item, yaml_text(item), &pattern))
            continue;
        if (count == DESCR_PATTERNS_MAX) {
            import_note(f->im, item, yaml_text(item),
                        "more than %d patterns over sysDescr",
                        DESCR_PATTERNS_MAX);
            break;
        }
        buffer_text(&f->im->facts, count++ == 0 ? "  descr:\n" : "");
        buffer_text(&f->im->facts, "  - ");
        import_quote(pattern.at, &f->im->facts);
        buffer_char(&f->im->facts, '\n');
        for (size_t k = 0; k < COUNT_OF(fields); k++)
            if (pattern_names(pattern.at, fields[k].field))
                buffer_format(&f->groups, ";%s;", fields[k].field);
    }
}

static bool descr_has(const struct facts_import *f, const char *group)
{
    struct buffer OWNED_BUFFER name = {0};

    buffer_format(&name, ";%s;", group);
    return f->groups.len > 0 && strstr(f->groups.at, name.at) != NULL;
}

/* ---- sources ----------------------------------------------------------------
 */

/* "oid: X" or "column: X" of a mention; false with a note if it is nowhere. */
static bool source_oid(struct importer *im, struct yaml_node n,
                       const char *text, struct buffer *out)
{
    struct mention m;
    struct mib_object o;
    struct oid_store oid;
    char digits[OID_TEXT_MAX];
    static const uint32_t zero[] = {0};

    if (!mention_parse(text, &m) || !mention_find(im, &m, "", &o)) {
        import_note(im, n, text, "no MIB module here has it");
        return false;
    }
    oid = o.oid;
    if (!oid_append(&oid, oid_view(&m.suffix)))
        return false;
    bool is_column = o.kind == MIB_COLUMN && !m.instance;

    if (o.kind == MIB_SCALAR && !m.instance &&
        !oid_append(&oid, (struct oid){zero, 1}))
        return false;
    buffer_format(out, "%s: %s", is_column ? "column" : "oid",
                  oid_format(oid_view(&oid), digits, sizeof digits));
    return true;
}

/* The keys "pattern" and "text" that take group out of what was read. */
static void group_put(const char *pattern, const char *group,
                      struct buffer *out)
{
    buffer_text(out, ", pattern: ");
    import_quote(pattern, out);
    buffer_format(out, ", text: '{%s}'", group);
}

/* The sources of a list of objects, read by the pattern of their field, if any;
 * group is what is taken. */
static void objects_put(struct facts_import *f, const char *field,
                        const char *group, struct buffer *out)
{
    struct buffer OWNED_BUFFER key = {0}, OWNED_BUFFER pattern = {0};
    struct yaml_node n = yaml_get(f->os, field);

    buffer_format(&key, "%s_regex", field);
    struct yaml_node regex = yaml_get(f->os, key.at);

    if (!yaml_is_null(regex)) {
        if (!pattern_is_right(f->im, regex, yaml_text(regex), &pattern) ||
            !pattern_names(pattern.at, group))
            return;
    } else if (strcmp(field, group) != 0) {
        return;
    }
    for (size_t i = 0; i < items_of(n); i++) {
        struct yaml_node item = item_or_self(n, i);
        struct buffer OWNED_BUFFER source = {0};

        if (yaml_text(item) == NULL ||
            !source_oid(f->im, item, yaml_text(item), &source))
            continue;
        if (pattern.len > 0)
            group_put(pattern.at, group, &source);
        buffer_format(out, "  - {%s}\n", source.at);
    }
}

/* ---- templates --------------------------------------------------------------
 */

enum { TEMPLATE_NAMES = 4 };

/* A template, cut at what it mentions. */
struct template_cut {
    const char *literals[TEMPLATE_NAMES + 1];
    const char *names[TEMPLATE_NAMES];
    size_t count;
};

/* The name of a value that reads the object; NULL with a note. */
static const char *value_of(struct facts_import *f, struct yaml_node n,
                            const char *mention)
{
    struct buffer OWNED_BUFFER source = {0}, OWNED_BUFFER name = {0};

    buffer_text(&name, "v_");
    import_identifier(mention, &name);
    if (name.len > 60)
        name.at[60] = '\0';
    const char *kept = arena_text(f->im->arena, name.at);
    struct buffer OWNED_BUFFER line = {0};

    buffer_format(&line, "    %s:", kept);
    if (f->values.len > 0 && strstr(f->values.at, line.at) != NULL)
        return kept;
    if (f->value_count == FACT_VALUES_MAX ||
        !source_oid(f->im, n, mention, &source))
        return NULL;
    f->value_count++;
    buffer_format(&f->values, "%s {%s}\n", line.at, source.at);
    return kept;
}

static bool template_cut(struct facts_import *f, struct yaml_node n,
                         const char *text, struct template_cut *out)
{
    *out = (struct template_cut){0};
    for (;;) {
        const char *open = strstr(text, "{{");
        const char *close = open != NULL ? strstr(open, "}}") : NULL;

        if (close == NULL) {
            out->literals[out->count] = arena_text(f->im->arena, text);
            return true;
        }
        if (out->count == TEMPLATE_NAMES) {
            import_note(f->im, n, text, "it mentions more than %d objects",
                        TEMPLATE_NAMES);
            return false;
        }
        out->literals[out->count] =
            arena_text_of(f->im->arena, text, (size_t)(open - text));
        char *inner = (char *)arena_text_of(f->im->arena, open + 2,
                                            (size_t)(close - open - 2));

        out->names[out->count++] = value_of(f, n, text_trim(inner));
        text = close + 2;
    }
}

/* The template with those names that mask has. */
static void alternative_put(const struct template_cut *t, unsigned mask,
                            struct buffer *out)
{
    struct buffer OWNED_BUFFER text = {0};

    for (size_t i = 0; i <= t->count; i++) {
        buffer_text(&text, t->literals[i]);
        if (i < t->count && (mask >> i & 1) != 0)
            buffer_format(&text, "{%s}", t->names[i]);
    }
    buffer_text(out, "  - ");
    import_quote(text.at, out);
    buffer_char(out, '\n');
}

static unsigned bits_of(unsigned mask)
{
    unsigned bits = 0;

    for (; mask != 0; mask &= mask - 1)
        bits++;
    return bits;
}

/* The peer leaves out what is not there: the more names the better. */
static void template_put(struct facts_import *f, const char *field,
                         struct buffer *out)
{
    struct buffer OWNED_BUFFER key = {0};
    struct template_cut t;
    unsigned have = 0;

    buffer_format(&key, "%s_template", field);
    struct yaml_node n = yaml_get(f->os, key.at);

    if (import_text(n) == NULL || !template_cut(f, n, import_text(n), &t))
        return;
    for (size_t i = 0; i < t.count; i++)
        have |= t.names[i] != NULL ? 1U << i : 0;
    for (unsigned bits = bits_of(have); bits > 0; bits--)
        for (unsigned mask = 1; mask < 1U << TEMPLATE_NAMES; mask++)
            if ((mask & ~have) == 0 && bits_of(mask) == bits)
                alternative_put(&t, mask, out);
}

/* ---- names of products ------------------------------------------------------
 */

struct products {
    const struct pattern *pattern; /* NULL: the whole name */
    struct buffer *out;
    struct table *seen;
    size_t count;
};

static void product_told(void *arg, const char *name, struct oid oid)
{
    struct products *p = arg;
    struct buffer OWNED_BUFFER text = {0};
    struct pattern_match m;
    char digits[OID_TEXT_MAX];

    if (p->count == PROFILE_LIST_MAX)
        return;
    oid_format(oid, digits, sizeof digits);
    if (p->pattern == NULL)
        buffer_text(&text, name);
    else if (pattern_find(p->pattern, name, &m)) {
        struct bytes group = pattern_group(p->pattern, &m, "hardware");

        buffer_add(&text, group.at, group.len);
    }
    if (text.len == 0 || table_put_text(p->seen, digits, p) != NULL)
        return;
    buffer_format(p->out, "%s%s: ", p->count > 0 ? ", " : "", digits);
    import_quote(text.at, p->out);
    p->count++;
}

/* sysObjectID by its name in a module of products. */
static void products_put(struct facts_import *f, struct buffer *out)
{
    struct yaml_node n = yaml_get(f->os, "hardware_mib");
    struct yaml_node regex = yaml_get(f->os, "hardware_regex");
    struct buffer OWNED_BUFFER map = {0}, OWNED_BUFFER pattern = {0},
                               OWNED_BUFFER error = {0};
    const struct mib_names *names = f->im->names;

    if (import_text(n) == NULL)
        return;
    if (!yaml_is_null(regex) &&
        !pattern_is_right(f->im, regex, yaml_text(regex), &pattern))
        return;
    OWNED(pattern_free)
    struct pattern *p =
        pattern.len > 0 ? pattern_new(pattern.at, &error) : NULL;
    OWNED(table_free) struct table *seen = table_new();
    struct products found = {.pattern = p, .out = &map, .seen = seen};

    names->each(names->arg, import_text(n), product_told, &found);
    if (found.count == 0)
        import_note(f->im, n, import_text(n), "there is no such MIB module");
    else
        buffer_format(out, "  - {of: device.object_id, map: {%s}}\n", map.at);
}

/* ---- facts ------------------------------------------------------------------
 */

static void replacement_put(struct importer *im, struct yaml_node item,
                            struct buffer *out)
{
    const char *from =
        yaml_text(yaml_kind(item) == YAML_LIST ? yaml_item(item, 0) : item);
    const char *to =
        yaml_kind(item) == YAML_LIST ? yaml_text(yaml_item(item, 1)) : "";
    struct buffer OWNED_BUFFER pattern = {0}, OWNED_BUFFER with = {0};

    if (!pattern_is_right(im, item, from, &pattern))
        return;
    buffer_text(&with, "");
    for (const char *p = to != NULL ? to : ""; *p != '\0'; p++)
        buffer_char(&with, *p == '\\' && p[1] >= '0' && p[1] <= '9' ? '$' : *p);
    buffer_text(out, out->len > 0 ? ", [" : "[");
    import_quote(pattern.at, out);
    buffer_text(out, ", ");
    import_quote(with.at, out);
    buffer_char(out, ']');
}

/* All sources of a field: its template, its objects, names of products, groups
 * of the patterns of others and of sysDescr, what ENTITY-MIB says. */
static void sources_put(struct facts_import *f, size_t i, struct buffer *out)
{
    const char *field = fields[i].field;

    template_put(f, field, out);
    objects_put(f, field, field, out);
    if (strcmp(field, "hardware") == 0)
        products_put(f, out);
    for (size_t k = 0; k < COUNT_OF(fields); k++)
        if (k != i)
            objects_put(f, fields[k].field, field, out);
    if (descr_has(f, field))
        buffer_format(out, "  - '{%s}'\n", field);
    if (fields[i].entity != NULL)
        buffer_format(out, "  - {entity: {class: chassis, field: %s}}\n",
                      fields[i].entity);
}

static void indented(const struct buffer *lines, struct buffer *out)
{
    const char *at = lines->at;

    while (at != NULL && *at != '\0') {
        size_t len = strcspn(at, "\n") + 1;

        buffer_text(out, "  ");
        buffer_add(out, at, len);
        at += len;
    }
}

static void field_put(struct facts_import *f, size_t i, struct buffer *out)
{
    struct buffer OWNED_BUFFER sources = {0}, OWNED_BUFFER replace = {0},
                               OWNED_BUFFER key = {0};

    sources_put(f, i, &sources);
    if (sources.len == 0)
        return;
    f->im->report->carried[IMPORT_FACTS]++;
    buffer_format(&key, "%s_replace", fields[i].field);
    struct yaml_node n = yaml_get(f->os, key.at);

    for (size_t k = 0; k < items_of(n); k++)
        replacement_put(f->im, item_or_self(n, k), &replace);
    if (replace.len == 0 || f->value_count == FACT_VALUES_MAX) {
        buffer_format(out, "  %s:\n%s", fields[i].ours, sources.at);
        return;
    }
    f->value_count++;
    buffer_format(&f->values, "    raw_%s:\n", fields[i].ours);
    indented(&sources, &f->values);
    buffer_format(out, "  %s: {of: raw_%s, replace: [%s]}\n", fields[i].ours,
                  fields[i].ours, replace.at);
}

/* ---- kind and vendor --------------------------------------------------------
 */

/* The peer's types and what a device of that type is here. */
static const char *const kinds[][2] = {
    {"firewall", "firewall"},  {"power", "power"},
    {"printer", "printer"},    {"storage", "storage"},
    {"server", "server"},      {"loadbalancer", "loadbalancer"},
    {"environment", "sensor"},
};

static void kind_put(struct importer *im, const char *type)
{
    for (size_t i = 0; type != NULL && i < COUNT_OF(kinds); i++)
        if (strcmp(type, kinds[i][0]) == 0) {
            buffer_format(&im->facts, "  kind: %s\n", kinds[i][1]);
            return;
        }
    buffer_text(&im->facts,
                "  kind:\n"
                "  - {of: device.layers, pattern: '^1?23', text: l3switch}\n"
                "  - {of: device.layers, pattern: '^1?2', text: switch}\n"
                "  - {of: device.layers, pattern: '3', text: router}\n");
}

/* The first word of the system's text is mostly who made it. */
static void vendor_put(struct importer *im, const char *text)
{
    struct buffer OWNED_BUFFER word = {0};

    if (text == NULL)
        return;
    for (; *text != '\0' && *text != ' '; text++)
        if (*text != '{' && *text != '}')
            buffer_char(&word, *text);
    if (word.len == 0)
        return;
    buffer_text(&im->facts, "  vendor: ");
    import_quote(word.at, &im->facts);
    buffer_char(&im->facts, '\n');
}

void import_facts(struct importer *im, struct yaml_node detection,
                  struct yaml_node os)
{
    struct facts_import f = {.im = im, .os = os};
    struct buffer OWNED_BUFFER facts = {0};

    vendor_put(im, import_text(yaml_get(detection, "text")));
    kind_put(im, import_text(yaml_get(detection, "type")));
    descr_put(&f);
    for (size_t i = 0; i < COUNT_OF(fields); i++)
        field_put(&f, i, &facts);
    if (f.values.len > 0)
        buffer_format(&im->facts, "  values:\n%s", f.values.at);
    if (facts.len > 0)
        buffer_text(&im->facts, facts.at);
    buffer_fini(&f.values);
    buffer_fini(&f.groups);
}
