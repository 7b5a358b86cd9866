#include "mibs/profile_read.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>

static const char *const severities[] = {"ok", "warning", "critical",
                                         "unknown"};

/* Names that mean something else in templates. */
static const char *const reserved_names[] = {"index", "count", "table", "value",
                                             "device"};

/* Classes of sensors that the tables for users know. */
static const char *const sensor_classes[] = {
    "temperature",
    "voltage",
    "current",
    "power",
    "fanspeed",
    "frequency",
    "humidity",
    "load",
    "charge",
    "runtime",
    "dbm",
    "snr",
    "state",
    "count",
    "percent",
    "signal",
    "pressure",
    "airflow",
    "waterflow",
    "cooling",
    "power_factor",
    "power_consumed",
    "eer",
    "delay",
    "loss",
    "signal_loss",
    "quality",
    "quality_factor",
    "ber",
    "bitrate",
    "chromatic_dispersion",
    "tv_signal",
    NULL,
};

/* ---- columns --------------------------------------------------------------
 */

/* The columns of a table while they are read: names for the scope. */
static int column_add(struct profile_reader *r, struct profile_table *t,
                      struct yaml_node key, struct column **out,
                      struct complaint *why)
{
    const char *name = NULL;
    int rc = read_name(key, &name, r, why);

    if (rc < 0)
        return rc;
    for (size_t i = 0; i < COUNT_OF(reserved_names); i++)
        if (strcmp(name, reserved_names[i]) == 0)
            return yaml_complain(key, why, "take another name",
                                 "\"%s\" has a meaning of its own", name);
    for (size_t i = 0; i < t->column_count; i++)
        if (strcmp(name, t->columns[i].name) == 0)
            return yaml_complain(key, why, "take another name",
                                 "a column is called \"%s\" already", name);
    if (strchr(name, '.') != NULL || strchr(name, '-') != NULL)
        return yaml_complain(key, why, "use letters, digits and '_'",
                             "a column's name without '.' and '-' belongs "
                             "here");
    if (t->column_count == TABLE_COLUMNS_MAX)
        return yaml_complain(key, why, "split the table",
                             "more than %d columns", TABLE_COLUMNS_MAX);
    *out = &t->columns[t->column_count++];
    (*out)->name = name;
    return 0;
}

static int read_join(struct yaml_node n, struct column *out,
                     struct profile_reader *r, struct complaint *why)
{
    static const struct yaml_field fields[] = {
        {.key = "oid",
         .type = YAML_T_CUSTOM,
         .read = read_oid,
         .required = true,
         .offset = offsetof(struct column, oid),
         .help = "write oid: the column, at: the index there"},
        {.key = "at",
         .type = YAML_T_CUSTOM,
         .read = read_operand,
         .required = true,
         .offset = offsetof(struct column, at),
         .help = "write oid: the column, at: the index there"},
        {.key = NULL},
    };

    return yaml_read(n, fields, out, r, why);
}

/* Makes the names of the columns so far known. */
static void scope_update(struct profile_reader *r,
                         const struct profile_table *t)
{
    const char **names =
        arena_zero(r->profile->arena, (t->column_count + 1) * sizeof *names);

    for (size_t i = 0; i < t->column_count; i++)
        names[i] = t->columns[i].name;
    r->scope.columns = names;
    r->scope.column_count = t->column_count;
}

static int read_columns(struct yaml_node n, struct profile_table *t,
                        enum column_kind kind, struct profile_reader *r,
                        struct complaint *why)
{
    size_t count = 0;
    int rc = map_count(n, "columns", &count, why);

    for (size_t i = 0; i < count && rc == 0; i++) {
        struct column *c = NULL;
        struct column read = {0};

        /* A join may use the columns before it, not itself. */
        rc = kind == COLUMN_JOIN ? read_join(yaml_item(n, i), &read, r, why)
                                 : read_oid(yaml_item(n, i), &read.oid, r, why);
        if (rc == 0)
            rc = column_add(r, t, yaml_key_node(n, i), &c, why);
        if (rc < 0)
            return rc;
        c->kind = (uint8_t)kind;
        c->oid = read.oid;
        c->at = read.at;
        scope_update(r, t);
    }
    return rc;
}

static int read_walk(struct yaml_node n, void *field, void *ctx,
                     struct complaint *why)
{
    return read_columns(n, field, COLUMN_WALK, ctx, why);
}

static int read_get(struct yaml_node n, void *field, void *ctx,
                    struct complaint *why)
{
    return read_columns(n, field, COLUMN_GET, ctx, why);
}

static int read_joins(struct yaml_node n, void *field, void *ctx,
                      struct complaint *why)
{
    return read_columns(n, field, COLUMN_JOIN, ctx, why);
}

static int read_unless(struct yaml_node n, void *field, void *ctx,
                       struct complaint *why)
{
    struct profile_table *t = field;

    return read_texts(n, &t->unless, ctx, why);
}

/* ---- states ---------------------------------------------------------------
 */

/* KEY: [text, severity] or KEY: [text, severity, number]. */
static int read_state(struct yaml_node key, struct yaml_node n,
                      struct profile_reader *r, struct state *out,
                      struct complaint *why)
{
    size_t count = yaml_kind(n) == YAML_LIST ? yaml_count(n) : 0;
    const char *severity = NULL;
    char *end = NULL;

    if (count < 2 || count > 3)
        return yaml_complain(n, why, "write VALUE: [text, severity]",
                             "a state is a list of two or three");
    int rc = read_text(key, &out->key, r, why);

    if (rc == 0)
        rc = read_text(yaml_item(n, 0), &out->text, r, why);
    if (rc == 0)
        rc = read_text(yaml_item(n, 1), &severity, r, why);
    if (rc < 0)
        return rc;
    for (size_t i = 0; i < COUNT_OF(severities); i++)
        if (strcmp(severity, severities[i]) == 0)
            out->severity = severities[i];
    if (out->severity == NULL)
        return yaml_complain(yaml_item(n, 1), why,
                             "write ok, warning, critical or unknown",
                             "\"%.40s\" is no severity", severity);
    const char *number = count == 3 ? yaml_text(yaml_item(n, 2)) : out->key;

    out->number = number != NULL ? strtod(number, &end) : 0;
    if (count == 3 && (number == NULL || end == number || *end != '\0'))
        return yaml_complain(yaml_item(n, 2), why, "write a number",
                             "what a state counts as is a number");
    return 0;
}

static int read_state_set(struct yaml_node n, struct profile_reader *r,
                          struct states *out, struct complaint *why)
{
    int rc = map_count(n, "states", &out->count, why);

    if (rc < 0)
        return rc;
    out->at = arena_zero(r->profile->arena, (out->count + 1) * sizeof *out->at);
    for (size_t i = 0; i < out->count && rc == 0; i++)
        rc = read_state(yaml_key_node(n, i), yaml_item(n, i), r, &out->at[i],
                        why);
    return rc;
}

int read_states(struct yaml_node n, struct profile_reader *r,
                struct complaint *why)
{
    struct profile *p = r->profile;
    int rc = map_count(n, "sets of states", &p->states_count, why);

    if (rc < 0)
        return rc;
    p->states = arena_zero(p->arena, (p->states_count + 1) * sizeof *p->states);
    for (size_t i = 0; i < p->states_count && rc == 0; i++) {
        rc = read_name(yaml_key_node(n, i), &p->states[i].name, r, why);
        if (rc == 0)
            rc = read_state_set(yaml_item(n, i), r, &p->states[i], why);
    }
    return rc;
}

/* The states of a table: a set's name, or a map of its own. */
static int read_table_states(struct yaml_node n, void *field, void *ctx,
                             struct complaint *why)
{
    struct profile_reader *r = ctx;
    struct profile_table *t = field;

    if (yaml_kind(n) == YAML_SCALAR)
        return read_name(n, &t->states_name, ctx, why);
    struct states *own = arena_zero(r->profile->arena, sizeof *own);

    own->name = "";
    t->states = own;
    return read_state_set(n, r, own, why);
}

/* ---- class ----------------------------------------------------------------
 */

static int class_check(struct yaml_node n, const char *text,
                       struct complaint *why)
{
    for (size_t i = 0; sensor_classes[i] != NULL; i++)
        if (strcmp(text, sensor_classes[i]) == 0)
            return 0;
    return yaml_complain(n, why,
                         "write temperature, voltage, current, power, "
                         "fanspeed, frequency, humidity, load, charge, "
                         "runtime, dbm, snr, state, count, percent ...",
                         "\"%.40s\" is no class of sensors", text);
}

static int read_class_map(struct yaml_node n, void *field, void *ctx,
                          struct complaint *why)
{
    struct profile_table *t = field;
    int rc = read_translations(n, ctx, &t->classes, &t->class_count, why);

    for (size_t i = 0; i < t->class_count && rc == 0; i++)
        if (t->section == SECTION_SENSORS)
            rc = class_check(yaml_item(n, i), t->classes[i].to, why);
    return rc;
}

/* class: NAME, or class: {of: COLUMN, map: {VALUE: NAME}}. */
static int read_class(struct yaml_node n, void *field, void *ctx,
                      struct complaint *why)
{
    static const struct yaml_field fields[] = {
        {.key = "of",
         .type = YAML_T_CUSTOM,
         .required = true,
         .read = read_operand,
         .help = "write of: and a column's name",
         .offset = offsetof(struct profile_table, class)},
        {.key = "map",
         .type = YAML_T_CUSTOM,
         .required = true,
         .read = read_class_map,
         .help = "write map: {VALUE: CLASS}"},
        {.key = NULL},
    };
    struct profile_table *t = field;
    const char *text = yaml_text(n);
    int rc = 0;

    if (text == NULL)
        return yaml_read(n, fields, t, ctx, why);
    if (t->section == SECTION_SENSORS)
        rc = class_check(n, text, why);
    return rc < 0 ? rc : read_template(n, &t->class, ctx, why);
}

/* ---- tables ---------------------------------------------------------------
 */

#define AT(member) .offset = offsetof(struct profile_table, member)
#define EXPR_KEY(name, member)                                              \
    {                                                                       \
        .key = (name), .type = YAML_T_CUSTOM, AT(member), .read = read_expr \
    }
#define TEMPLATE_KEY(name, member)                        \
    {                                                     \
        .key = (name), .type = YAML_T_CUSTOM, AT(member), \
        .read = read_template                             \
    }

#define CUSTOM_KEY(name, reader)                               \
    {                                                          \
        .key = (name), .type = YAML_T_CUSTOM, .read = (reader) \
    }

/* What all tables have; first of all the columns, whose names the rest knows.
 */
#define NAME_KEY                                                           \
    {                                                                      \
        .key = "name", .type = YAML_T_CUSTOM, AT(name), .read = read_name, \
        .required = true, .help = "write name: and a name for the table"   \
    }
#define COMMON_KEYS                                                         \
    NAME_KEY, CUSTOM_KEY("walk", read_walk), CUSTOM_KEY("get", read_get),   \
        CUSTOM_KEY("join", read_joins), TEMPLATE_KEY("label", label),       \
        TEMPLATE_KEY("index", index), CUSTOM_KEY("unless", read_unless),    \
    {                                                                       \
        .key = "skip", .type = YAML_T_CUSTOM, AT(skips), .read = read_skips \
    }

#define COMBINE_KEY                                           \
    {                                                         \
        .key = "combine", .type = YAML_T_CHOICE, AT(combine), \
        .choices = combine_names                              \
    }

static const char *const combine_names[] = {
    [COMBINE_NONE] = "none",         [COMBINE_SUM] = "sum",
    [COMBINE_AVERAGE] = "average",   [COMBINE_LEAST] = "least",
    [COMBINE_GREATEST] = "greatest", NULL};

static const struct yaml_field processor_fields[] = {
    COMMON_KEYS,
    EXPR_KEY("value", value),
    COMBINE_KEY,
    {.key = NULL},
};

static const struct yaml_field mempool_fields[] = {
    COMMON_KEYS,
    {.key = "class", .type = YAML_T_CUSTOM, .read = read_class},
    EXPR_KEY("total", total),
    EXPR_KEY("used", used),
    EXPR_KEY("free", free),
    EXPR_KEY("percent", percent),
    {.key = NULL},
};

static const struct yaml_field storage_fields[] = {
    COMMON_KEYS,
    EXPR_KEY("total", total),
    EXPR_KEY("used", used),
    EXPR_KEY("free", free),
    EXPR_KEY("percent", percent),
    {.key = NULL},
};

static const struct yaml_field sensor_fields[] = {
    COMMON_KEYS,
    {.key = "class",
     .type = YAML_T_CUSTOM,
     .read = read_class,
     .required = true,
     .help = "write class: temperature, voltage, state ..."},
    EXPR_KEY("value", value),
    COMBINE_KEY,
    TEMPLATE_KEY("unit", unit),
    TEMPLATE_KEY("group", group),
    EXPR_KEY("low_crit", limits[LIMIT_LOW_CRIT]),
    EXPR_KEY("low_warn", limits[LIMIT_LOW_WARN]),
    EXPR_KEY("high_warn", limits[LIMIT_HIGH_WARN]),
    EXPR_KEY("high_crit", limits[LIMIT_HIGH_CRIT]),
    EXPR_KEY("entity", entity),
    EXPR_KEY("if_index", if_index),
    {.key = "states", .type = YAML_T_CUSTOM, .read = read_table_states},
    {.key = NULL},
};

#define TYPE_KEY                                                 \
    {                                                            \
        .key = "type", .type = YAML_T_CUSTOM, .read = read_class \
    }

static const struct yaml_field supply_fields[] = {
    COMMON_KEYS,
    TYPE_KEY,
    EXPR_KEY("capacity", capacity),
    EXPR_KEY("left", left),
    EXPR_KEY("percent", percent),
    {.key = NULL},
};

static const struct yaml_field transceiver_fields[] = {
    COMMON_KEYS,
    TYPE_KEY,
    TEMPLATE_KEY("vendor", transceiver[TRANSCEIVER_VENDOR]),
    TEMPLATE_KEY("model", transceiver[TRANSCEIVER_MODEL]),
    TEMPLATE_KEY("serial", transceiver[TRANSCEIVER_SERIAL]),
    TEMPLATE_KEY("revision", transceiver[TRANSCEIVER_REVISION]),
    TEMPLATE_KEY("date", transceiver[TRANSCEIVER_DATE]),
    TEMPLATE_KEY("connector", transceiver[TRANSCEIVER_CONNECTOR]),
    EXPR_KEY("wavelength", wavelength),
    EXPR_KEY("distance", distance),
    EXPR_KEY("entity", entity),
    EXPR_KEY("if_index", if_index),
    {.key = NULL},
};

static const struct yaml_field *const section_fields[SECTIONS] = {
    [SECTION_PROCESSORS] = processor_fields,
    [SECTION_MEMPOOLS] = mempool_fields,
    [SECTION_STORAGE] = storage_fields,
    [SECTION_SENSORS] = sensor_fields,
    [SECTION_SUPPLIES] = supply_fields,
    [SECTION_TRANSCEIVERS] = transceiver_fields,
};

/* What a table of each section has to say, and how to write it. */
static const struct {
    const char *lacks, *remedy;
} section_needs[SECTIONS] = {
    [SECTION_PROCESSORS] = {"has no value", "write value: and a column's name"},
    [SECTION_MEMPOOLS] = {"says neither used nor free nor percent",
                          "write used, free or percent"},
    [SECTION_STORAGE] = {"says neither used nor free nor percent",
                         "write used, free or percent"},
    [SECTION_SENSORS] = {"has no value", "write value: and a column's name"},
    [SECTION_SUPPLIES] = {"says neither percent nor what is left",
                          "write percent, or left and capacity"},
    [SECTION_TRANSCEIVERS] = {"says nothing of a transceiver",
                              "write type, vendor, model, serial or "
                              "wavelength"},
};

static bool table_says_enough(const struct profile_table *t)
{
    switch ((enum table_section)t->section) {
    case SECTION_PROCESSORS:
    case SECTION_SENSORS:
        return t->value.count > 0;
    case SECTION_MEMPOOLS:
    case SECTION_STORAGE: /* the rest is computed */
        return t->percent.count > 0 || t->used.count > 0 || t->free.count > 0;
    case SECTION_SUPPLIES:
        return t->percent.count > 0 ||
               (t->left.count > 0 && t->capacity.count > 0);
    case SECTION_TRANSCEIVERS:
        return t->class.count > 0 ||
               t->transceiver[TRANSCEIVER_VENDOR].count > 0 ||
               t->transceiver[TRANSCEIVER_MODEL].count > 0 ||
               t->transceiver[TRANSCEIVER_SERIAL].count > 0 ||
               t->wavelength.count > 0;
    case SECTIONS:
        break;
    }
    return false;
}

static int table_check(struct yaml_node n, const struct profile_table *t,
                       struct complaint *why)
{
    if (t->column_count == 0)
        return yaml_complain(n, why, "write walk: {NAME: OID} or get:",
                             "table \"%s\" has no columns", t->name);
    if (!table_says_enough(t))
        return yaml_complain(n, why, section_needs[t->section].remedy,
                             "table \"%s\" %s", t->name,
                             section_needs[t->section].lacks);
    return 0;
}

static int read_table(struct yaml_node n, enum table_section section,
                      struct profile_reader *r, struct profile_table **out,
                      struct complaint *why)
{
    struct scope before = r->scope;
    struct profile_table *t = arena_zero(r->profile->arena, sizeof *t);

    t->section = (uint8_t)section;
    t->place = place_of(r, n);
    t->columns =
        arena_zero(r->profile->arena, TABLE_COLUMNS_MAX * sizeof *t->columns);
    r->scope.row = true;
    int rc = yaml_read(n, section_fields[section], t, r, why);

    r->scope = before;
    *out = t;
    return rc < 0 ? rc : table_check(n, t, why);
}

/* A table's name is there once in a profile, whatever the section. */
static int name_check(struct yaml_node n, const struct profile *p,
                      const struct profile_table *t, struct complaint *why)
{
    for (size_t i = 0; i < p->table_count; i++)
        if (strcmp(p->tables[i]->name, t->name) == 0)
            return yaml_complain(n, why, "take another name",
                                 "a table is called \"%s\" already", t->name);
    if (p->table_count == PROFILE_TABLES_MAX)
        return yaml_complain(n, why, "leave some out", "more than %d tables",
                             PROFILE_TABLES_MAX);
    return 0;
}

int read_tables(struct yaml_node n, enum table_section section,
                struct profile_reader *r, struct complaint *why)
{
    struct profile *p = r->profile;
    int rc = 0;

    if (yaml_kind(n) != YAML_LIST)
        return yaml_complain(n, why, "write each table as an item: - name: ...",
                             "a list of tables belongs here");
    for (size_t i = 0; i < yaml_count(n) && rc == 0; i++) {
        struct profile_table *t = NULL;

        rc = read_table(yaml_item(n, i), section, r, &t, why);
        if (rc == 0)
            rc = name_check(yaml_item(n, i), p, t, why);
        if (rc == 0)
            profile_add_table(p, t);
    }
    return rc;
}
