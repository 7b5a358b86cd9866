/* Processors, memory pools and storage of a peer's definitions. */
#include "mibs/import_parts.h"

#include <stdlib.h>

static const char *item_text(const struct build *b, const char *key)
{
    return import_text(yaml_get(b->item, key));
}

static void line_put(const char *key, const char *text, struct buffer *body)
{
    buffer_format(body, "  %s: ", key);
    import_quote(text, body);
    buffer_char(body, '\n');
}

static void label_put(struct build *b, const char *otherwise,
                      struct buffer *body)
{
    const char *text = item_text(b, "descr");
    struct buffer OWNED_BUFFER made = {0};

    if (text != NULL && build_template(b, text, &made))
        line_put("label", made.at, body);
    else
        line_put("label", otherwise, body);
}

/* ---- processors ------------------------------------------------------------
 */

/* precision divides; below 0 what is left of 100 is the usage. */
static void usage_put(const struct build *b, struct buffer *body)
{
    const char *text = item_text(b, "precision");
    double precision = text != NULL ? strtod(text, NULL) : 1;
    struct buffer OWNED_BUFFER made = {0};

    if (precision < 0)
        buffer_text(&made, "100 - ");
    buffer_text(&made, b->value);
    if (precision != 0 && precision != 1 && precision != -1)
        buffer_format(&made, " / %.15g",
                      precision < 0 ? -precision : precision);
    line_put("value", made.at, body);
}

static void processor_import(struct build *b)
{
    const char *named = item_text(b, "value");
    struct buffer OWNED_BUFFER body = {0}, OWNED_BUFFER skips = {0},
                               OWNED_BUFFER hint = {0};

    if (named == NULL)
        named = item_text(b, "oid");
    const char *value = build_start(b, named, item_text(b, "num_oid"));

    if (value == NULL) {
        import_left(b->im, b->part, b->item, "a processor",
                    "its value is not found");
        return;
    }
    label_put(b, "Processor", &body);
    usage_put(b, &body);
    build_skips(b, yaml_get(b->item, "options"), value, &skips);
    buffer_format(&hint, "processor-%s", value);
    build_finish(b, SECTION_PROCESSORS, hint.at, &body, &skips);
}

/* ---- what is full to a degree ----------------------------------------------
 */

/* A kind of pool: its keys, and how its quantities are called. */
struct pool_kind {
    const char *total, *factor; /* keys of the peer's */
    const char *hint, *label;
    enum table_section section;
};

/* The key whose object tells what rows there are: one that has a table. */
static const char *rows_key(const struct build *b, const char *const *keys)
{
    const char *first = NULL;

    for (size_t i = 0; keys[i] != NULL; i++) {
        const char *text = item_text(b, keys[i]);
        struct mention m;
        struct mib_object o;

        if (text == NULL || import_is_number(text) || !mention_parse(text, &m))
            continue;
        if (first == NULL)
            first = keys[i];
        if (!m.instance && mention_find(b->im, &m, "", &o) &&
            o.kind == MIB_COLUMN)
            return keys[i];
    }
    return first;
}

/* One quantity in octets, or percent. */
static bool quantity_put(struct build *b, const char *key, const char *ours,
                         const char *factor, struct buffer *body)
{
    const char *text = item_text(b, key);
    struct buffer OWNED_BUFFER made = {0};

    if (text == NULL || !build_expression(b, text, &made))
        return false;
    if (factor != NULL)
        buffer_format(&made, " * %s", factor);
    line_put(ours, made.at, body);
    return true;
}

/* What the quantities are counted in; NULL for octets. */
static const char *factor_of(struct build *b, const char *key)
{
    const char *text = item_text(b, key);
    struct buffer OWNED_BUFFER made = {0};

    if (text == NULL || strcmp(text, "1") == 0 ||
        !build_expression(b, text, &made))
        return NULL;
    return arena_text(b->im->arena, made.at);
}

/* Classes of memory by the peer's names; "system" for others. */
static const char *memory_class(const char *class)
{
    static const char *const classes[] = {"system", "virtual", "swap",
                                          "cached", "buffers", "shared"};

    for (size_t i = 0; class != NULL && i < COUNT_OF(classes); i++)
        if (strcmp(class, classes[i]) == 0)
            return class;
    return "system";
}

static void pool_import(struct build *b, const struct pool_kind *kind)
{
    const char *const keys[] = {"used", "free", "percent_used", kind->total,
                                NULL};
    const char *key = rows_key(b, keys);
    struct buffer OWNED_BUFFER body = {0}, OWNED_BUFFER skips = {0},
                               OWNED_BUFFER hint = {0};
    const char *value =
        key != NULL ? build_start(b, item_text(b, key), NULL) : NULL;
    int quantities = 0;

    if (value == NULL) {
        import_left(b->im, b->part, b->item, kind->label,
                    "nothing of it is found");
        return;
    }
    const char *factor = factor_of(b, kind->factor);

    label_put(b, kind->label, &body);
    if (kind->section == SECTION_MEMPOOLS)
        line_put("class", memory_class(item_text(b, "class")), &body);
    quantities += quantity_put(b, kind->total, "total", factor, &body);
    quantities += quantity_put(b, "used", "used", factor, &body);
    quantities += quantity_put(b, "free", "free", factor, &body);
    quantities += 2 * quantity_put(b, "percent_used", "percent", NULL, &body);
    if (quantities < 2) {
        import_left(b->im, b->part, b->item, kind->label,
                    "less than two of its quantities are found");
        return;
    }
    build_skips(b, yaml_get(b->item, "options"), value, &skips);
    buffer_format(&hint, "%s-%s", kind->hint, value);
    build_finish(b, kind->section, hint.at, &body, &skips);
}

/* ---- modules ---------------------------------------------------------------
 */

void import_processors(struct importer *im, struct yaml_node module)
{
    struct yaml_node data = yaml_get(module, "data");

    for (size_t i = 0; i < yaml_count(data); i++) {
        struct build b = {
            .im = im, .item = yaml_item(data, i), .part = IMPORT_PROCESSORS};

        processor_import(&b);
    }
}

static void pools_import(struct importer *im, struct yaml_node module,
                         enum import_part part, const struct pool_kind *kind)
{
    struct yaml_node data = yaml_get(module, "data");

    for (size_t i = 0; i < yaml_count(data); i++) {
        struct build b = {.im = im, .item = yaml_item(data, i), .part = part};

        pool_import(&b, kind);
    }
}

void import_mempools(struct importer *im, struct yaml_node module)
{
    static const struct pool_kind memory = {"total", "precision", "memory",
                                            "Memory", SECTION_MEMPOOLS};

    pools_import(im, module, IMPORT_MEMPOOLS, &memory);
}

void import_storage(struct importer *im, struct yaml_node module)
{
    static const struct pool_kind disk = {"size", "units", "storage", "Storage",
                                          SECTION_STORAGE};

    pools_import(im, module, IMPORT_STORAGE, &disk);
}
