/* Sensors of a peer's definitions to tables of ours. */
#include "mibs/import_parts.h"

#include <stdio.h>
#include <stdlib.h>

/* One item of a class while it is made. */
struct sensor_item {
    struct build build;
    struct yaml_node options;
    const char *class;
    const char *value;                /* its column */
    const char *divisor, *multiplier; /* expressions; NULL: none */
    const char *before, *after;       /* the function around it */
};

/* ---- classes and functions ------------------------------------------------
 */

static const char *const classes[] = {
    "airflow",
    "ber",
    "bitrate",
    "charge",
    "chromatic_dispersion",
    "cooling",
    "count",
    "current",
    "dbm",
    "delay",
    "eer",
    "fanspeed",
    "frequency",
    "humidity",
    "load",
    "loss",
    "percent",
    "power",
    "power_consumed",
    "power_factor",
    "pressure",
    "quality_factor",
    "runtime",
    "signal",
    "signal_loss",
    "snr",
    "state",
    "temperature",
    "tv_signal",
    "voltage",
    "waterflow",
};

static bool is_class(const char *name)
{
    for (size_t i = 0; i < COUNT_OF(classes); i++)
        if (strcmp(classes[i], name) == 0)
            return true;
    return false;
}

/* The peer's functions and what ours is written around the value. 0 mW are
 * -60 dBm there. */
static const struct {
    const char *name, *before, *after;
} functions[] = {
    {"mw_to_dbm", "dbm_mw(max(", ", 0.000001))"},
    {"uw_to_dbm", "dbm_uw(max(", ", 0.001))"},
    {"fahrenheit_to_celsius", "celsius(", ")"},
    {"ieee754_to_decimal", "float(", ")"},
    {"dateToRuntime", "minutes_since(", ")"},
};

static bool function_find(struct sensor_item *s, const char *name)
{
    for (size_t i = 0; i < COUNT_OF(functions); i++)
        if (strcmp(functions[i].name, name) == 0) {
            s->before = functions[i].before;
            s->after = functions[i].after;
            return true;
        }
    return false;
}

/* ---- values ----------------------------------------------------------------
 */

static const char *item_text(const struct sensor_item *s, const char *key)
{
    return import_text(yaml_get(s->build.item, key));
}

/* An expression of the item's or of all of its class; NULL for none, or 1. */
static const char *factor_of(struct sensor_item *s, const char *key)
{
    const char *text = item_text(s, key);
    struct buffer OWNED_BUFFER made = {0};

    if (text == NULL)
        text = import_text(yaml_get(s->options, key));
    if (text == NULL || strcmp(text, "1") == 0 ||
        !build_expression(&s->build, text, &made))
        return NULL;
    return arena_text(s->build.im->arena, made.at);
}

/* What is done with each raw number: divided, multiplied, made dBm of. */
static void scaled(const struct sensor_item *s, const char *raw,
                   struct buffer *out)
{
    buffer_text(out, s->before != NULL ? s->before : "");
    buffer_text(out, raw);
    if (s->divisor != NULL)
        buffer_format(out, " / %s", s->divisor);
    if (s->multiplier != NULL)
        buffer_format(out, " * %s", s->multiplier);
    buffer_text(out, s->after != NULL ? s->after : "");
}

static void line_put(const char *key, const char *text, struct buffer *body)
{
    buffer_format(body, "  %s: ", key);
    import_quote(text, body);
    buffer_char(body, '\n');
}

static void limit_put(struct sensor_item *s, const char *key, const char *ours,
                      struct buffer *body)
{
    const char *text = item_text(s, key);
    struct buffer OWNED_BUFFER raw = {0}, OWNED_BUFFER made = {0};

    if (text == NULL || !build_expression(&s->build, text, &raw))
        return;
    if (import_is_number(text))
        buffer_text(&made, raw.at);
    else
        scaled(s, raw.at, &made);
    line_put(ours, made.at, body);
}

static void template_line(struct sensor_item *s, const char *key,
                          const char *ours, struct buffer *body)
{
    const char *text = item_text(s, key);
    struct buffer OWNED_BUFFER made = {0};

    if (text != NULL && build_template(&s->build, text, &made))
        line_put(ours, made.at, body);
}

/* The entity or port that it belongs to. */
static void relation_put(struct sensor_item *s, struct buffer *body)
{
    const char *text = item_text(s, "entPhysicalIndex");
    const char *measured = item_text(s, "entPhysicalIndex_measured");
    struct buffer OWNED_BUFFER made = {0};

    if (text == NULL || !build_expression(&s->build, text, &made))
        return;
    line_put(measured != NULL && strcmp(measured, "ports") == 0 ? "if_index"
                                                                : "entity",
             made.at, body);
}

/* ---- states ----------------------------------------------------------------
 */

static const char *severity_of(const char *generic)
{
    static const char *const severities[] = {"ok", "warning", "critical",
                                             "unknown"};
    long n = generic != NULL ? strtol(generic, NULL, 10) : 3;

    return severities[n >= 0 && n < 3 ? n : 3];
}

/* One state under key, unless there was one. */
static void state_put(struct table *keys, const char *key, const char *text,
                      struct yaml_node state, struct buffer *out)
{
    const char *value = import_text(yaml_get(state, "value"));

    if (table_put_text(keys, key, keys) != NULL)
        return;
    buffer_text(out, "    ");
    import_quote(key, out);
    buffer_text(out, ": [");
    import_quote(text, out);
    buffer_format(out, ", %s",
                  severity_of(import_text(yaml_get(state, "generic"))));
    if (strcmp(key, value) != 0)
        buffer_format(out, ", %s", value);
    buffer_text(out, "]\n");
}

/* Values by number, and by their text for agents that send that. */
static void states_put(struct yaml_node states, bool is_number,
                       struct buffer *out)
{
    OWNED(table_free) struct table *keys = table_new();

    for (int by_text = 0; by_text < 2; by_text++)
        for (size_t i = 0; i < yaml_count(states); i++) {
            struct yaml_node state = yaml_item(states, i);
            const char *value = import_text(yaml_get(state, "value"));
            const char *text = import_text(yaml_get(state, "descr"));

            if (!import_is_number(value))
                continue;
            if (text == NULL)
                text = value;
            if (by_text == 0)
                state_put(keys, value, text, state, out);
            else if (!is_number && !import_is_number(text))
                state_put(keys, text, text, state, out);
        }
}

/* The name of a set with these states: one made already, or a new one. */
static const char *states_name(struct importer *im, const char *hint,
                               const struct buffer *contents)
{
    const char *known = table_find(im->states_of, buffer_view(contents));
    struct buffer OWNED_BUFFER name = {0};

    if (known != NULL)
        return known;
    import_identifier(hint, &name);
    size_t len = name.len;

    for (unsigned n = 2; table_find_text(im->states_names, name.at) != NULL;
         n++) {
        name.len = len;
        buffer_format(&name, "-%u", n);
    }
    known = arena_text(im->arena, name.at);
    (void)table_put_text(im->states_names, known, im);
    (void)table_put(im->states_of, buffer_view(contents), (void *)known);
    buffer_format(&im->states, "  %s:\n", known);
    buffer_add(&im->states, contents->at, contents->len);
    return known;
}

static void states_line(struct sensor_item *s, struct buffer *body)
{
    struct buffer OWNED_BUFFER contents = {0};
    const char *name = item_text(s, "state_name");

    states_put(yaml_get(s->build.item, "states"), s->build.is_number,
               &contents);
    if (contents.len > 0)
        line_put(
            "states",
            states_name(s->build.im, name != NULL ? name : s->value, &contents),
            body);
}

/* ---- items -----------------------------------------------------------------
 */

/* What makes the item one that is not carried over; NULL if nothing does. */
static const char *sensor_begin(struct sensor_item *s)
{
    const char *named = item_text(s, "value");
    const char *function = item_text(s, "user_func");

    if (function != NULL && !function_find(s, function))
        return "its function is code of the peer's";
    if (named == NULL)
        named = item_text(s, "oid");
    s->value = build_start(&s->build, named, item_text(s, "num_oid"));
    if (s->value == NULL)
        return "its value is not found";
    s->divisor = factor_of(s, "divisor");
    s->multiplier = factor_of(s, "multiplier");
    return NULL;
}

static void sensor_import(struct sensor_item *s)
{
    struct importer *im = s->build.im;
    struct buffer OWNED_BUFFER body = {0}, OWNED_BUFFER value = {0},
                               OWNED_BUFFER skips = {0},
                               OWNED_BUFFER hint = {0};
    const char *refusal = sensor_begin(s);

    if (refusal != NULL) {
        import_left(im, IMPORT_SENSORS, s->build.item, s->class, refusal);
        return;
    }
    line_put("class", s->class, &body);
    template_line(s, "descr", "label", &body);
    template_line(s, "group", "group", &body);
    scaled(s, s->build.value, &value);
    line_put("value", value.at, &body);
    limit_put(s, "low_limit", "low_crit", &body);
    limit_put(s, "low_warn_limit", "low_warn", &body);
    limit_put(s, "warn_limit", "high_warn", &body);
    limit_put(s, "high_limit", "high_crit", &body);
    relation_put(s, &body);
    if (strcmp(s->class, "state") == 0)
        states_line(s, &body);
    build_skips(&s->build, s->options, s->value, &skips);
    buffer_format(&hint, "%s-%s", s->class, s->value);
    build_finish(&s->build, SECTION_SENSORS, hint.at, &body, &skips);
}

static void class_import(struct importer *im, const char *class,
                         struct yaml_node entry)
{
    struct yaml_node data = yaml_get(entry, "data");

    for (size_t i = 0; i < yaml_count(data); i++) {
        struct sensor_item s = {
            .build = {.im = im,
                      .item = yaml_item(data, i),
                      .part = IMPORT_SENSORS},
            .options = yaml_get(entry, "options"),
            .class = class,
        };

        if (yaml_kind(s.build.item) == YAML_MAP)
            sensor_import(&s);
    }
}

void import_sensors(struct importer *im, struct yaml_node module)
{
    for (size_t i = 0; i < yaml_count(module); i++) {
        const char *class = import_key(module, i);

        if (strcmp(class, "additional_oids") == 0)
            continue; /* ours are asked when something mentions them */
        if (is_class(class))
            class_import(im, class, yaml_item(module, i));
        else
            import_left(im, IMPORT_SENSORS, yaml_item(module, i), class,
                        "there is no such class here");
    }
}
