#include "graphs/template_read.h"

#include "base/text.h"

#include <errno.h>
#include <stdlib.h>

enum { NAME_MAX_LEN = 40, WORD_MAX = 40 };

static const char *const draws[] = {"line", "area", NULL};
static const char *const prefixes[] = {"none", "1000", "1024", NULL};
static const char *const togethers[] = {"none", "sum", "mean", NULL};
static const char *const groups[] = {"port",    "icmp",   "cpu",  "memory",
                                     "storage", "sensor", "risk", "station",
                                     NULL}; /* as enum series_group */
static const char *const floors[] = {"zero", "free", NULL};

#define FIELD(key_, type_, of, member) \
    .key = (key_), .type = (type_), .offset = offsetof(struct of, member)

static const struct yaml_field curve_fields[] = {
    {FIELD("source", YAML_T_TEXT, template_curve, source), .required = true,
     .help = "a data source of the group"},
    {FIELD("label", YAML_T_TEXT, template_curve, label), .required = true,
     .help = "what the legend calls it"},
    {FIELD("draw", YAML_T_CHOICE, template_curve, draw), .choices = draws},
    {FIELD("below", YAML_T_BOOL, template_curve, below)},
    {FIELD("alone", YAML_T_BOOL, template_curve, alone)},
    {FIELD("optional", YAML_T_BOOL, template_curve, optional)},
    {FIELD("colour", YAML_T_INT, template_curve, colour), .preset = "1",
     .min = 1, .max = TEMPLATE_COLOURS,
     .help = "the number of one of the page's six colours"},
    {.key = NULL},
};

static const struct yaml_field beside_fields[] = {
    {FIELD("source", YAML_T_TEXT, template_beside, source), .required = true,
     .help = "a data source of the group"},
    {FIELD("label", YAML_T_TEXT, template_beside, label), .required = true,
     .help = "what the legend calls it"},
    {FIELD("unit", YAML_T_TEXT, template_beside, unit), .preset = ""},
    {FIELD("prefixes", YAML_T_CHOICE, template_beside, prefixes),
     .choices = prefixes},
    {.key = NULL},
};

/* ---- lists ---- */

/* Is n a list of 1 to max items? */
static int check_list(struct yaml_node n, size_t max, struct complaint *why)
{
    if (yaml_kind(n) != YAML_LIST || yaml_count(n) == 0)
        return yaml_complain(n, why, "write [...], or a line with \"- \" each",
                             "a list is expected");
    if (yaml_count(n) > max)
        return yaml_complain(n, why, "make two templates of it",
                             "the list has more than %zu items", max);
    return 0;
}

/* Is source one of the group's? What is read may name the group behind it, so
 * this is asked once all is read. */
static bool group_has(enum series_group group, const char *source)
{
    for (size_t i = 0; i < series_group_values(group); i++)
        if (strcmp(series_group_value(group, i), source) == 0)
            return true;
    return false;
}

static int read_curves(struct yaml_node n, void *field, void *ctx,
                       struct complaint *why)
{
    struct graph_template *t = ctx;
    int rc = check_list(n, TEMPLATE_CURVES_MAX, why);

    (void)field;
    for (size_t i = 0; rc == 0 && i < yaml_count(n); i++) {
        t->curve_count = i + 1;
        rc = yaml_read(yaml_item(n, i), curve_fields, &t->curves[i], NULL, why);
    }
    return rc;
}

static int read_beside(struct yaml_node n, void *field, void *ctx,
                       struct complaint *why)
{
    struct graph_template *t = ctx;
    int rc = check_list(n, TEMPLATE_CURVES_MAX, why);

    (void)field;
    for (size_t i = 0; rc == 0 && i < yaml_count(n); i++) {
        t->beside_count = i + 1;
        rc =
            yaml_read(yaml_item(n, i), beside_fields, &t->beside[i], NULL, why);
    }
    return rc;
}

static int read_columns(struct yaml_node n, void *field, void *ctx,
                        struct complaint *why)
{
    struct graph_template *t = ctx;
    int rc = check_list(n, FIGURES, why);

    (void)field;
    for (size_t i = 0; rc == 0 && i < yaml_count(n); i++) {
        const char *text = yaml_text(yaml_item(n, i));
        size_t figure = 0;

        while (text != NULL && figure < FIGURES &&
               strcmp(text, figure_name((enum figure)figure)) != 0)
            figure++;
        if (text == NULL || figure == FIGURES)
            return yaml_complain(yaml_item(n, i), why,
                                 "write last, min, mean, max, p95 or total",
                                 "there is no such column");
        t->columns[figure] = true;
    }
    return rc;
}

static int read_levels(struct yaml_node n, void *field, void *ctx,
                       struct complaint *why)
{
    struct template_tint *tint = &((struct graph_template *)ctx)->tint;
    int rc = check_list(n, TEMPLATE_LEVELS_MAX, why);

    (void)field;
    for (size_t i = 0; rc == 0 && i < yaml_count(n); i++) {
        struct yaml_node item = yaml_item(n, i);
        const char *text = yaml_text(item);
        char *end = NULL;
        double level = text != NULL ? strtod(text, &end) : 0;

        if (text == NULL || end == text || *end != '\0' || !(level >= 0) ||
            level > 1e18 || (i > 0 && level <= tint->above[i - 1]))
            return yaml_complain(item, why, "write numbers that rise",
                                 "this is no level above the one before");
        tint->above[i] = level;
        tint->count = i + 1;
    }
    return rc;
}

/* ---- a template ---- */

static const struct yaml_field tint_fields[] = {
    {FIELD("source", YAML_T_TEXT, graph_template, tint.source),
     .required = true, .help = "a data source of the group"},
    {FIELD("label", YAML_T_TEXT, graph_template, tint.label), .required = true,
     .help = "what the legend calls it"},
    {FIELD("unit", YAML_T_TEXT, graph_template, tint.unit), .preset = ""},
    {.key = "above",
     .type = YAML_T_CUSTOM,
     .read = read_levels,
     .required = true,
     .help = "write [0, 5, 25]"},
    {.key = NULL},
};

static int read_tint(struct yaml_node n, void *field, void *ctx,
                     struct complaint *why)
{
    (void)field;
    return yaml_read(n, tint_fields, ctx, ctx, why);
}

static int read_floor(struct yaml_node n, void *field, void *ctx,
                      struct complaint *why)
{
    const char *text = yaml_text(n);

    (void)ctx;
    if (text == NULL ||
        (strcmp(text, floors[0]) != 0 && strcmp(text, floors[1]) != 0))
        return yaml_complain(n, why, "write zero or free",
                             "there is no such floor");
    *(bool *)field = strcmp(text, floors[1]) == 0;
    return 0;
}

static const struct yaml_field template_fields[] = {
    {FIELD("title", YAML_T_TEXT, graph_template, title), .required = true,
     .help = "what the picture is called"},
    {FIELD("group", YAML_T_CHOICE, graph_template, group), .required = true,
     .help = "port, icmp, cpu, memory, storage, sensor, risk or station",
     .choices = groups},
    {FIELD("axis", YAML_T_TEXT, graph_template, axis), .preset = ""},
    {FIELD("unit", YAML_T_TEXT, graph_template, unit), .preset = ""},
    {FIELD("total", YAML_T_TEXT, graph_template, total), .preset = ""},
    {FIELD("prefixes", YAML_T_CHOICE, graph_template, prefixes),
     .choices = prefixes},
    {FIELD("together", YAML_T_CHOICE, graph_template, together),
     .choices = togethers},
    {FIELD("scale", YAML_T_DOUBLE, graph_template, scale), .preset = "1",
     .min = 1e-9, .max = 1e9},
    {FIELD("floor", YAML_T_CUSTOM, graph_template, free_floor),
     .read = read_floor},
    {FIELD("ceiling", YAML_T_DOUBLE, graph_template, ceiling), .min = 0,
     .max = 1e15},
    {FIELD("percentile", YAML_T_BOOL, graph_template, percentile)},
    {FIELD("speed", YAML_T_BOOL, graph_template, speed)},
    {FIELD("columns", YAML_T_CUSTOM, graph_template, columns),
     .read = read_columns, .required = true, .help = "write [last, mean, max]"},
    {FIELD("curves", YAML_T_CUSTOM, graph_template, curves),
     .read = read_curves, .required = true,
     .help = "write [{source: S, label: L}]"},
    {FIELD("beside", YAML_T_CUSTOM, graph_template, beside),
     .read = read_beside},
    {FIELD("tint", YAML_T_CUSTOM, graph_template, tint), .read = read_tint},
    {.key = NULL},
};

/* Words of a file are ours or the user's, but they become part of pictures: as
 * those of agents they are made safe, and short. */
static void make_safe(char **word)
{
    struct buffer safe = {0};

    if (*word == NULL)
        return;
    text_safe(bytes_of_text(*word), NULL, false, WORD_MAX, &safe);
    free(*word);
    *word = buffer_take(&safe);
}

static void make_all_safe(struct graph_template *t)
{
    char **const words[] = {&t->title, &t->axis,       &t->unit,
                            &t->total, &t->tint.label, &t->tint.unit};

    for (size_t i = 0; i < COUNT_OF(words); i++)
        make_safe(words[i]);
    for (size_t i = 0; i < t->curve_count; i++)
        make_safe(&t->curves[i].label);
    for (size_t i = 0; i < t->beside_count; i++) {
        make_safe(&t->beside[i].label);
        make_safe(&t->beside[i].unit);
    }
}

static int check_source(struct yaml_node at, enum series_group group,
                        const char *source, struct complaint *why)
{
    if (group_has(group, source))
        return 0;
    return yaml_complain(yaml_get(at, "source"), why,
                         "see the sources of groups in docs/graphs.md",
                         "the group %s has no source \"%s\"",
                         series_group_name(group), source);
}

static int check_sources(const struct graph_template *t, struct yaml_node n,
                         struct complaint *why)
{
    enum series_group group = (enum series_group)t->group;
    int rc = 0;

    for (size_t i = 0; rc == 0 && i < t->curve_count; i++)
        rc = check_source(yaml_item(yaml_get(n, "curves"), i), group,
                          t->curves[i].source, why);
    for (size_t i = 0; rc == 0 && i < t->beside_count; i++)
        rc = check_source(yaml_item(yaml_get(n, "beside"), i), group,
                          t->beside[i].source, why);
    if (rc == 0 && t->tint.source != NULL)
        rc = check_source(yaml_get(n, "tint"), group, t->tint.source, why);
    if (rc == 0 && (t->curves[0].optional || t->curves[0].alone))
        return yaml_complain(yaml_get(n, "curves"), why,
                             "begin with a curve that is always drawn",
                             "the first curve is optional or alone");
    return rc;
}

static bool name_is_good(const char *name)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789-_";
    size_t len = strlen(name);

    return len > 0 && len <= NAME_MAX_LEN && strspn(name, letters) == len;
}

void template_free(struct graph_template *t)
{
    if (t == NULL)
        return;
    char *const words[] = {t->name,       t->title,    t->axis,
                           t->unit,       t->total,    t->tint.source,
                           t->tint.label, t->tint.unit};

    for (size_t i = 0; i < COUNT_OF(words); i++)
        free(words[i]);
    for (size_t i = 0; i < TEMPLATE_CURVES_MAX; i++) {
        free(t->curves[i].source);
        free(t->curves[i].label);
        free(t->beside[i].source);
        free(t->beside[i].label);
        free(t->beside[i].unit);
    }
    free(t);
}

int template_read(const char *name, struct yaml_node n,
                  struct graph_template **out, struct complaint *why)
{
    OWNED(template_free)
    struct graph_template *t = mem_new(struct graph_template);

    *out = NULL;
    if (!name_is_good(name))
        return yaml_complain(
            n, why, "use up to 40 of a-z 0-9 - _",
            "this name of a template cannot be a part of a path");
    if (yaml_kind(n) != YAML_MAP)
        return yaml_complain(n, why, "write title, group, columns, curves",
                             "a template is expected");
    t->name = mem_text(name);
    int rc = yaml_read(n, template_fields, t, t, why);
    if (rc == 0)
        rc = check_sources(t, n, why);
    if (rc < 0)
        return rc;
    make_all_safe(t);
    *out = TAKE(t);
    return 0;
}
