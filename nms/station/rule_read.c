#include "station/rule_read.h"

#include <assert.h>
#include <errno.h>
#include <math.h>
#include <stddef.h>
#include <stdlib.h>

#define DAY_MS (24.0 * 3600 * 1000)
#define LEVELS_REMEDY \
    "write a number, or levels such as {warning: 80, major: 95}"

/* Where nothing is said, a value comes back by that much of its first level. */
static const double BACK_SHARE = 0.05;

static const char *const ons[] = {"port",    "icmp",   "cpu",        "memory",
                                  "storage", "sensor", "port-state", "restart",
                                  "duplex",  "speed",  NULL};
static const char *const kinds[] = {"value", "change", "percentile", "baseline",
                                    "days",  "limits", "state",      NULL};
/* From SEVERITY_INDETERMINATE on. */
static const char *const severities[] = {"indeterminate", "warning",  "minor",
                                         "major",         "critical", NULL};

static int pattern_item(struct yaml_node n, struct rule_patterns *list,
                        struct complaint *why)
{
    static const char remedy[] = "write a regular expression such as ^core-";
    struct buffer OWNED_BUFFER error = {0};
    const char *text = yaml_text(n);

    if (text == NULL || text[0] == '\0')
        return yaml_complain(n, why, remedy, "a pattern is expected");
    struct pattern *p = pattern_new(text, &error);
    if (p == NULL)
        return yaml_complain(n, why, remedy, "\"%s\" is no pattern: %s", text,
                             error.at);
    *array_add(list) = p;
    return 0;
}

int rule_read_patterns(struct yaml_node n, void *field, void *ctx,
                       struct complaint *why)
{
    struct rule_patterns *list = field;
    int rc = 0;

    (void)ctx;
    rule_patterns_fini(list);
    if (yaml_kind(n) != YAML_LIST)
        return pattern_item(n, list, why);
    if (yaml_count(n) > RULE_PATTERNS_MAX)
        return yaml_complain(n, why, "join some with |",
                             "there are more than %d patterns",
                             RULE_PATTERNS_MAX);
    for (size_t i = 0; i < yaml_count(n) && rc == 0; i++)
        rc = pattern_item(yaml_item(n, i), list, why);
    return rc;
}

int rule_read_kinds(struct yaml_node n, void *field, void *ctx,
                    struct complaint *why)
{
    uint64_t *bits = field;

    (void)ctx;
    *bits = 0;
    if (yaml_kind(n) != YAML_LIST)
        return yaml_complain(n, why, "write a list such as [router, switch]",
                             "a list is expected");
    for (size_t i = 0; i < yaml_count(n); i++) {
        const char *text = yaml_text(yaml_item(n, i));
        enum device_kind kind;

        if (text == NULL || device_kind_parse(text, &kind) < 0)
            return yaml_complain(yaml_item(n, i), why,
                                 "write a kind that `portolan devices` shows",
                                 "\"%s\" is no kind of device",
                                 text != NULL ? text : "");
        *bits |= UINT64_C(1) << kind;
    }
    return 0;
}

static int read_number(struct yaml_node n, double *out, struct complaint *why)
{
    const char *text = yaml_text(n);
    char *end;

    if (text == NULL || text[0] == '\0' ||
        text[strspn(text, "+-.0123456789eE")] != '\0')
        return yaml_complain(n, why, LEVELS_REMEDY, "a number is expected");
    *out = strtod(text, &end);
    if (*end != '\0' || !isfinite(*out))
        return yaml_complain(n, why, LEVELS_REMEDY, "\"%s\" is not a number",
                             text);
    return 0;
}

static int read_levels(struct yaml_node n, double levels[SEVERITIES],
                       double *one, struct complaint *why)
{
    for (int i = 0; i < SEVERITIES; i++)
        levels[i] = NAN;
    *one = NAN;
    if (yaml_kind(n) != YAML_MAP)
        return read_number(n, one, why);
    for (size_t i = 0; i < yaml_count(n); i++) {
        int severity = 0;

        while (severities[severity] != NULL &&
               strcmp(severities[severity], yaml_key(n, i)) != 0)
            severity++;
        if (severities[severity] == NULL)
            return yaml_complain(yaml_key_node(n, i), why,
                                 "write indeterminate, warning, minor, major "
                                 "or critical",
                                 "\"%s\" is no severity", yaml_key(n, i));
        int rc = read_number(yaml_item(n, i), &levels[severity + 1], why);
        if (rc < 0)
            return rc;
    }
    return 0;
}

/* The fields of both are those of the rule itself. */
static int read_above(struct yaml_node n, void *field, void *ctx,
                      struct complaint *why)
{
    struct rule *r = field;

    (void)ctx;
    return read_levels(n, r->bounds.above, &r->above_one, why);
}

static int read_below(struct yaml_node n, void *field, void *ctx,
                      struct complaint *why)
{
    struct rule *r = field;

    (void)ctx;
    return read_levels(n, r->bounds.below, &r->below_one, why);
}

#define TEXT(key_, member)                      \
    {                                           \
        .key = (key_), .type = YAML_T_TEXT,     \
        .offset = offsetof(struct rule, member) \
    }
#define CHOICE(key_, member, choices_)                                 \
    {                                                                  \
        .key = (key_), .type = YAML_T_CHOICE,                          \
        .offset = offsetof(struct rule, member), .choices = (choices_) \
    }
#define NUMBER(key_, member, min_, max_)                                      \
    {                                                                         \
        .key = (key_), .type = YAML_T_DOUBLE,                                 \
        .offset = offsetof(struct rule, member), .min = (min_), .max = (max_) \
    }
#define DURATION(key_, member, min_, max_)                                    \
    {                                                                         \
        .key = (key_), .type = YAML_T_DURATION,                               \
        .offset = offsetof(struct rule, member), .min = (min_), .max = (max_) \
    }
#define PATTERNS(key_, member)                                              \
    {                                                                       \
        .key = (key_), .type = YAML_T_CUSTOM,                               \
        .offset = offsetof(struct rule, member), .read = rule_read_patterns \
    }

static const struct yaml_field fields[] = {
    TEXT("name", name),
    CHOICE("on", on, ons),
    CHOICE("as", as, kinds),
    {.key = "off", .type = YAML_T_BOOL, .offset = offsetof(struct rule, off)},
    TEXT("value", value),
    TEXT("limit", limit),
    TEXT("unit", unit),
    TEXT("text", text),
    CHOICE("severity", word, severities),
    {.key = "above", .type = YAML_T_CUSTOM, .read = read_above},
    {.key = "below", .type = YAML_T_CUSTOM, .read = read_below},
    NUMBER("clear", clear, 0, 0),
    DURATION("for", bounds.for_ms, 0, DAY_MS),
    DURATION("over", over_ms, 60000, 90 * DAY_MS),
    NUMBER("percentile", percentile, 1, 100),
    NUMBER("level", level, 0, 0),
    NUMBER("spread", spread, 1e-9, 1e18),
    NUMBER("least", least, 0, 1e18),
    PATTERNS("devices", devices),
    PATTERNS("not_devices", not_devices),
    PATTERNS("objects", objects),
    PATTERNS("not_objects", not_objects),
    PATTERNS("sites", sites),
    {.key = "kinds",
     .type = YAML_T_CUSTOM,
     .offset = offsetof(struct rule, kinds),
     .read = rule_read_kinds},
    {.key = NULL},
};

/* ---- what was read, as a whole ---- */

/* The node of a key, or the rule's where it is not written. */
static struct yaml_node node_of(struct yaml_node n, const char *key)
{
    struct yaml_node inside = yaml_get(n, key);

    return yaml_is_null(inside) ? n : inside;
}

static int compile(struct yaml_node n, const struct rule *r, const char *text,
                   struct formula **out, struct complaint *why)
{
    const char *const *names = rule_variables((enum series_group)r->on);
    struct buffer OWNED_BUFFER error = {0}, OWNED_BUFFER remedy = {0};

    formula_free(*out);
    *out = formula_new(text, names, &error);
    if (*out != NULL)
        return 0;
    buffer_text(&remedy, "variables here:");
    for (size_t i = 0; names[i] != NULL; i++)
        buffer_format(&remedy, " %s", names[i]);
    return yaml_complain(n, why, remedy.at, "%s", error.at);
}

static int check_values(struct yaml_node n, struct rule *r,
                        struct complaint *why)
{
    const char *value = r->value != NULL
                            ? r->value
                            : rule_variables((enum series_group)r->on)[0];
    int rc = compile(node_of(n, "value"), r, value, &r->value_of, why);

    if (rc == 0 && r->as == RULE_DAYS && r->limit == NULL)
        return yaml_complain(n, why, "write limit: total_bytes",
                             "nothing says what the value grows up to");
    if (rc == 0 && r->as == RULE_DAYS)
        rc = compile(node_of(n, "limit"), r, r->limit, &r->limit_of, why);
    return rc;
}

/* Levels without a severity of their own get that of the rule. */
static int settle_levels(struct yaml_node n, struct rule *r,
                         struct complaint *why)
{
    double *levels[] = {r->bounds.above, r->bounds.below};
    double ones[] = {r->above_one, r->below_one};

    for (size_t i = 0; i < COUNT_OF(levels); i++) {
        double sign = i == 0 ? 1 : -1, before = -INFINITY;

        if (!isnan(ones[i])) {
            for (int s = 0; s < SEVERITIES; s++)
                levels[i][s] = NAN;
            levels[i][r->severity] = ones[i];
        }
        for (int s = 0; s < SEVERITIES; s++) {
            if (isnan(levels[i][s]))
                continue;
            if (sign * levels[i][s] <= before)
                return yaml_complain(node_of(n, i == 0 ? "above" : "below"),
                                     why, "order the levels by severity",
                                     "%s is not beyond the milder level",
                                     severity_name(s));
            before = sign * levels[i][s];
        }
    }
    r->range = rule_range_of(&r->bounds);
    return 0;
}

static int check_levels(struct yaml_node n, struct rule *r,
                        struct complaint *why)
{
    int rc = settle_levels(n, r, why);

    if (rc < 0)
        return rc;
    bool high = isfinite(r->range.high), low = isfinite(r->range.low);
    if (!high && !low)
        return yaml_complain(
            n, why, "add above: or below:", "\"%s\" has no level", r->name);
    if (high && low && r->range.low >= r->range.high)
        return yaml_complain(node_of(n, "below"), why,
                             "leave a range between below and above",
                             "no value would be normal");
    if (isnan(r->clear)) {
        double first = fabs(high ? r->range.high : r->range.low);

        r->bounds.back = BACK_SHARE * first;
        if (high && low)
            r->bounds.back =
                fmin(r->bounds.back, (r->range.high - r->range.low) / 4);
        return 0;
    }
    if (high && low)
        return yaml_complain(node_of(n, "clear"), why, "leave clear: out",
                             "clear: belongs to one side, and there are two");
    r->bounds.back = high ? r->range.high - r->clear : r->clear - r->range.low;
    if (r->bounds.back < 0)
        return yaml_complain(node_of(n, "clear"), why,
                             high ? "write a value below the first level"
                                  : "write a value above the first level",
                             "%g would be cleared and raised at once",
                             r->clear);
    return 0;
}

static int check_kind(struct yaml_node n, struct rule *r, struct complaint *why)
{
    struct yaml_node as = node_of(n, "as");

    if ((r->as == RULE_LIMITS || r->as == RULE_STATE) && r->on != SERIES_SENSOR)
        return yaml_complain(as, why, "write on: sensor",
                             "only sensors tell their %s",
                             rule_as_name((enum rule_as)r->as));
    if (rule_remembers(r) && r->as != RULE_BASELINE && r->over_ms == 0)
        return yaml_complain(n, why, "add over: such as 1h",
                             "nothing says over which time");
    if (isnan(r->level) != isnan(r->spread))
        return yaml_complain(n, why, "give both or none",
                             "level and spread belong together");
    return 0;
}

static int check(struct yaml_node n, struct rule *r, struct complaint *why)
{
    if (r->on < 0)
        return yaml_complain(n, why,
                             "add on: port, icmp, cpu, memory, storage "
                             "or sensor",
                             "\"%s\" is on nothing", r->name);
    if (r->word >= 0)
        r->severity = (enum severity)(r->word + 1);
    if (r->on >= RULE_ON_PORT_STATE) {
        if (yaml_kind(yaml_get(n, "above")) != YAML_ABSENT ||
            yaml_kind(yaml_get(n, "below")) != YAML_ABSENT)
            return yaml_complain(n, why, "write severity: alone",
                                 "%s has no value that could have levels",
                                 rule_on_name(r->on));
        return 0;
    }
    int rc = check_kind(n, r, why);
    if (rc == 0)
        rc = check_values(n, r, why);
    if (rc == 0 && r->as != RULE_LIMITS && r->as != RULE_STATE)
        rc = check_levels(n, r, why);
    return rc;
}

static int read_into(struct yaml_node n, struct rule *r, struct complaint *why)
{
    if (yaml_kind(yaml_get(n, "above")) != YAML_ABSENT ||
        yaml_kind(yaml_get(n, "below")) != YAML_ABSENT)
        r->clear = NAN; /* it belonged to levels that are no more */
    int rc = yaml_read(n, fields, r, NULL, why);

    return rc < 0 ? rc : check(n, r, why);
}

int rule_read(struct yaml_node n, struct rules *rules, struct complaint *why)
{
    const char *name = yaml_text(yaml_get(n, "name"));

    if (yaml_kind(n) == YAML_MAP &&
        (name == NULL || name[0] == '\0' || strlen(name) > RULE_NAME_MAX))
        return yaml_complain(n, why, "write name: in up to 64 octets",
                             "a rule has no name");
    struct rule *known = name != NULL ? rules_find(rules, name) : NULL;
    if (known != NULL)
        return read_into(n, known, why);
    if (rules->count >= RULES_MAX)
        return yaml_complain(n, why, "join some",
                             "there are more than %d rules", RULES_MAX);
    OWNED(rule_free) struct rule *r = rule_new();
    int rc = read_into(n, r, why);
    if (rc == 0)
        *array_add(rules) = TAKE(r);
    return rc;
}

void rules_take_defaults(struct rules *rules)
{
    struct complaint why;
    struct yaml *read = NULL;
    int rc = yaml_parse("defaults", rule_defaults, strlen(rule_defaults), &read,
                        &why);
    OWNED(yaml_free) struct yaml *doc = read;

    assert(rc == 0);
    for (size_t i = 0; i < yaml_count(yaml_root(doc)); i++) {
        rc = rule_read(yaml_item(yaml_root(doc), i), rules, &why);
        assert(rc == 0);
        rules->at[i]->standard = true;
    }
}
