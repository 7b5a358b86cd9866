/* When a row is left out: skip_values and its relatives to conditions of ours.
 */
#include "mibs/import_parts.h"

#include <stdlib.h>

/* The peer's operators and ours; ours take one text unless list is true. */
static const struct {
    const char *op, *ours;
    bool list, number, pattern;
} operators[] = {
    {"=", "equal", false, false, false},
    {"==", "equal", false, false, false},
    {"!=", "unequal", false, false, false},
    {"!==", "unequal", false, false, false},
    {"<", "less", false, true, false},
    {">", "more", false, true, false},
    {"<=", "at_most", false, true, false},
    {">=", "at_least", false, true, false},
    {"starts", "starts", true, false, false},
    {"ends", "ends", true, false, false},
    {"contains", "contains", true, false, false},
    {"not_starts", "not_starts", true, false, false},
    {"not_ends", "not_ends", true, false, false},
    {"not_contains", "not_contains", true, false, false},
    {"regex", "pattern", false, false, true},
    {"not_regex", "not_pattern", false, false, true},
    {"in_array", "in", true, false, false},
    {"not_in_array", "not_in", true, false, false},
};

static void value_put(const char *text, bool is_oid, struct buffer *out)
{
    if (is_oid && text[0] == '.')
        text++;
    import_quote(text, out);
}

/* One value, or a list of them. False if there is none. */
static bool values_put(struct yaml_node value, bool is_oid, struct buffer *out)
{
    if (yaml_kind(value) != YAML_LIST) {
        const char *text = yaml_text(value);

        if (text == NULL)
            return false;
        value_put(text, is_oid, out);
        return true;
    }
    buffer_char(out, '[');
    for (size_t i = 0; i < yaml_count(value); i++) {
        const char *text = yaml_text(yaml_item(value, i));

        buffer_text(out, i > 0 ? ", " : "");
        value_put(text != NULL ? text : "", is_oid, out);
    }
    buffer_char(out, ']');
    return yaml_count(value) > 0;
}

static bool is_word(struct yaml_node value, const char *word)
{
    const char *text = yaml_text(value);

    return text != NULL && yaml_is_plain(value) && strcmp(text, word) == 0;
}

/* Comparison with false: whether there is anything at all. */
static bool existence_put(const char *op, struct yaml_node value,
                          struct buffer *out)
{
    bool truth = is_word(value, "true");
    bool differs = op[0] == '!';

    if (!truth && !is_word(value, "false"))
        return false;
    if (strcmp(op, "exists") != 0 && op[0] != '=' && !differs)
        return false;
    buffer_format(out, "exists: %s", truth != differs ? "true" : "false");
    return true;
}

bool import_condition(const char *op, struct yaml_node value, bool is_oid,
                      struct buffer *out)
{
    struct buffer OWNED_BUFFER made = {0};

    if (existence_put(op, value, out))
        return true;
    for (size_t i = 0; i < COUNT_OF(operators); i++) {
        const char *text = yaml_text(value);

        if (strcmp(op, operators[i].op) != 0)
            continue;
        if (operators[i].number && !import_is_number(text))
            return false;
        buffer_format(out, "%s: ", operators[i].ours);
        if (operators[i].pattern) {
            if (text == NULL || !import_pattern(text, is_oid, &made))
                return false;
            import_quote(made.at, out);
            return true;
        }
        if (operators[i].number) {
            buffer_text(out, text);
            return true;
        }
        return values_put(value, is_oid, out);
    }
    return false;
}

/* ---- what is looked at ----------------------------------------------------
 */

/* Facts about the device by the peer's names and ours. */
static const char *device_text(const char *name)
{
    static const char *const names[][2] = {
        {"sysName", "device.name"},          {"sysDescr", "device.descr"},
        {"sysObjectID", "device.object_id"}, {"version", "device.version"},
        {"hardware", "device.hardware"},     {"features", "device.features"},
        {"serial", "device.serial"},
    };

    for (size_t i = 0; name != NULL && i < COUNT_OF(names); i++)
        if (strcmp(name, names[i][0]) == 0)
            return names[i][1];
    return NULL;
}

/* "index", in some files with a module in front. */
static bool is_index(const char *oid)
{
    const char *name = oid != NULL ? strstr(oid, "::") : NULL;

    return oid != NULL && strcmp(name != NULL ? name + 2 : oid, "index") == 0;
}

/* What a condition of the list looks at; NULL with a note. */
static const char *operand_of(struct build *b, struct yaml_node skip,
                              bool *is_oid)
{
    const char *device = import_text(yaml_get(skip, "device"));
    const char *oid = import_text(yaml_get(skip, "oid"));

    *is_oid = device != NULL && strcmp(device, "sysObjectID") == 0;
    if (device != NULL && device_text(device) != NULL)
        return device_text(device);
    if (is_index(oid))
        return "{index}";
    if (oid != NULL)
        return build_refer(b, oid);
    import_note(b->im, skip, "a condition", "what it looks at is not known");
    return NULL;
}

/* The peer compares loosely: what an index ends in begins with a dot there. */
static void condition_add(struct build *b, struct yaml_node skip,
                          struct buffer *out)
{
    const char *op = import_text(yaml_get(skip, "op"));
    struct buffer OWNED_BUFFER made = {0};
    bool is_oid = false;
    const char *of = operand_of(b, skip, &is_oid);

    if (of == NULL)
        return;
    if (!b->has_rows && strcmp(of, "{index}") == 0) {
        import_note(b->im, skip, "a condition over the index",
                    "there is one instance alone");
        return;
    }
    if (op == NULL)
        op = "!=";
    if (!import_condition(op, yaml_get(skip, "value"), is_oid, &made)) {
        import_note(b->im, skip, op, "no such comparison with this value");
        return;
    }
    buffer_format(out, "  - {of: '%s', %s}\n", of, made.at);
}

/* A number, and what agents may send as text for a state of that number. */
static void number_and_states(const struct build *b, const char *number,
                              struct buffer *out)
{
    struct yaml_node states = yaml_get(b->item, "states");

    buffer_char(out, '[');
    import_quote(number, out);
    for (size_t i = 0; i < yaml_count(states) && !b->is_number; i++) {
        const char *value =
            import_text(yaml_get(yaml_item(states, i), "value"));
        const char *text = import_text(yaml_get(yaml_item(states, i), "descr"));

        if (value == NULL || text == NULL || strcmp(value, number) != 0)
            continue;
        buffer_text(out, ", ");
        import_quote(text, out);
    }
    buffer_char(out, ']');
}

/* A bare number: the value itself, as it was read. */
static void number_add(const struct build *b, struct yaml_node n,
                       const char *value, const char *operator,
                       struct buffer * out)
{
    const char *text = import_text(n);

    if (text == NULL || value == NULL)
        return;
    buffer_format(out, "  - {of: '%s', %s: ", value, operator);
    if (strcmp(operator, "in") == 0)
        number_and_states(b, text, out);
    else
        buffer_text(out, import_is_number(text) ? text : "0");
    buffer_text(out, "}\n");
}

static void values_add(struct build *b, struct yaml_node skips,
                       const char *value, struct buffer *out)
{
    if (yaml_kind(skips) == YAML_MAP)
        condition_add(b, skips, out);
    if (yaml_kind(skips) == YAML_SCALAR)
        number_add(b, skips, value, "in", out);
    if (yaml_kind(skips) != YAML_LIST)
        return;
    for (size_t i = 0; i < yaml_count(skips); i++)
        if (yaml_kind(yaml_item(skips, i)) == YAML_MAP)
            condition_add(b, yaml_item(skips, i), out);
        else
            number_add(b, yaml_item(skips, i), value, "in", out);
}

/* The item's own, or else what holds for all of its class. */
static struct yaml_node own_or_common(struct build *b, struct yaml_node options,
                                      const char *key)
{
    struct yaml_node own = yaml_get(b->item, key);

    return yaml_kind(own) != YAML_ABSENT ? own : yaml_get(options, key);
}

void build_skips(struct build *b, struct yaml_node options, const char *value,
                 struct buffer *out)
{
    values_add(b, own_or_common(b, options, "skip_values"), value, out);
    number_add(b, own_or_common(b, options, "skip_value_lt"), value, "less",
               out);
    number_add(b, own_or_common(b, options, "skip_value_gt"), value, "more",
               out);
}
