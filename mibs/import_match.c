/* How a system is known, and what is odd about its agents. */
#include "mibs/import_parts.h"

#include <ctype.h>

/* ---- terms ------------------------------------------------------------------
 */

/* What each kind of term is called there and here. */
enum term_kind { TERM_OID, TERM_TEXT, TERM_PATTERN, TERM_OID_PATTERN };

static const struct {
    const char *key, *ours;
    enum term_kind kind;
} terms[] = {
    {"sysObjectID", "object_id", TERM_OID},
    {"sysObjectID_regex", "object_id_pattern", TERM_OID_PATTERN},
    {"sysDescr", "descr", TERM_TEXT},
    {"sysDescr_regex", "descr_pattern", TERM_PATTERN},
};

static struct yaml_node item_or_self(struct yaml_node n, size_t i)
{
    return yaml_kind(n) == YAML_LIST ? yaml_item(n, i) : n;
}

static size_t items_of(struct yaml_node n)
{
    return yaml_kind(n) == YAML_LIST ? yaml_count(n)
                                     : yaml_kind(n) == YAML_SCALAR;
}

/* One value of a term; false if it cannot be said. */
static bool term_value(enum term_kind kind, const char *text,
                       struct buffer *out)
{
    struct buffer OWNED_BUFFER made = {0};
    struct oid_store oid;
    char digits[OID_TEXT_MAX];
    size_t len;

    switch (kind) {
    case TERM_OID:
        text += strspn(text, ". ");
        len = strspn(text, ".0123456789");
        while (len > 0 && text[len - 1] == '.')
            len--;
        buffer_add(&made, text, len);
        if (len == 0 || oid_parse(made.at, &oid) < 0)
            return false;
        buffer_text(out, oid_format(oid_view(&oid), digits, sizeof digits));
        return true;
    case TERM_TEXT:
        import_quote(text, out);
        return text[0] != '\0';
    case TERM_PATTERN:
    case TERM_OID_PATTERN:
        if (!import_pattern(text, kind == TERM_OID_PATTERN, &made))
            return false;
        import_quote(made.at, out);
        return true;
    }
    return false;
}

/* Appends "KEY: [VALUE, ...]" if the rule has the term. False if it has, but
 * nothing of it can be said. */
static bool term_put(struct importer *im, struct yaml_node rule, size_t term,
                     const char *suffix, struct buffer *out)
{
    struct buffer OWNED_BUFFER key = {0}, OWNED_BUFFER values = {0};
    struct yaml_node n;

    buffer_format(&key, "%s%s", terms[term].key, suffix);
    n = yaml_get(rule, key.at);
    for (size_t i = 0; i < items_of(n); i++) {
        const char *text = yaml_text(item_or_self(n, i));
        struct buffer OWNED_BUFFER value = {0};

        if (text == NULL || !term_value(terms[term].kind, text, &value)) {
            import_note(im, n, text != NULL ? text : key.at,
                        "cannot be read as %s", terms[term].ours);
            continue;
        }
        buffer_format(&values, "%s%s", values.len > 0 ? ", " : "", value.at);
    }
    if (values.len > 0)
        buffer_format(out, "%s%s: [%s]", out->len > 0 ? ", " : "",
                      terms[term].ours, values.at);
    return values.len > 0 || items_of(n) == 0;
}

/* ---- questions --------------------------------------------------------------
 */

/* "oid: X" or "column: X" of a question. */
static bool question_oid(struct importer *im, struct yaml_node n, bool walked,
                         struct buffer *out)
{
    const char *text = import_text(yaml_get(n, "oid"));
    struct mention m;
    struct mib_object o;
    struct oid_store oid;
    char digits[OID_TEXT_MAX];

    if (text == NULL || !mention_parse(text, &m) ||
        !mention_find(im, &m, "", &o))
        return false;
    oid = o.oid;
    if (!oid_append(&oid, oid_view(&m.suffix)))
        return false;
    if (!walked && !m.instance && m.oid.len == 0 && !oid_push(&oid, 0))
        return false;
    buffer_format(out, "%s: %s", walked ? "column" : "oid",
                  oid_format(oid_view(&oid), digits, sizeof digits));
    return true;
}

static bool question_put(struct importer *im, struct yaml_node rule,
                         const char *key, bool walked, struct buffer *out)
{
    struct yaml_node n = yaml_get(rule, key);
    const char *op = import_text(yaml_get(n, "op"));
    struct buffer OWNED_BUFFER made = {0};

    if (yaml_kind(n) != YAML_MAP)
        return true;
    buffer_char(&made, '{');
    if (!question_oid(im, n, walked, &made)) {
        import_note(im, n, key, "what it asks for is in no MIB module here");
        return false;
    }
    buffer_text(&made, ", ");
    if (!import_condition(op != NULL ? op : "contains", yaml_get(n, "value"),
                          false, &made)) {
        import_note(im, n, key, "no such comparison with this value");
        return false;
    }
    buffer_format(out, "%s%s}", out->len > 0 ? ", " : "", made.at);
    return true;
}

/* The question of a rule, both kinds if it has both; suffix "_except" those
 * that may not hold. */
static bool questions_put(struct importer *im, struct yaml_node rule,
                          const char *suffix, struct buffer *out)
{
    struct buffer OWNED_BUFFER get = {0}, OWNED_BUFFER walk = {0},
                               OWNED_BUFFER made = {0};
    bool is_except = suffix[0] != '\0';

    buffer_format(&get, "snmpget%s", suffix);
    buffer_format(&walk, "snmpwalk%s", suffix);
    if (!question_put(im, rule, get.at, false, &made) ||
        !question_put(im, rule, walk.at, true, &made))
        return is_except; /* an exception that cannot be said is no rule less */
    if (made.len > 0)
        buffer_format(out, "%sget: %s%s%s", out->len > 0 ? ", " : "",
                      is_except ? "[" : "[[", made.at, is_except ? "]" : "]]");
    return true;
}

/* ---- rules ------------------------------------------------------------------
 */

static bool rule_put(struct importer *im, struct yaml_node rule,
                     struct buffer *out)
{
    struct buffer OWNED_BUFFER made = {0}, OWNED_BUFFER except = {0};

    for (size_t i = 0; i < COUNT_OF(terms); i++)
        if (!term_put(im, rule, i, "", &made))
            return false;
    if (made.len == 0 || !questions_put(im, rule, "", &made))
        return false;
    for (size_t i = 0; i < COUNT_OF(terms); i++)
        (void)term_put(im, rule, i, "_except", &except); /* noted already */
    (void)questions_put(im, rule, "_except", &except);
    if (except.len > 0)
        buffer_format(&made, ", except: {%s}", except.at);
    buffer_format(out, "- {%s}\n", made.at);
    return true;
}

void import_match(struct importer *im, struct yaml_node detection)
{
    struct yaml_node rules = yaml_get(detection, "discovery");

    for (size_t i = 0; i < yaml_count(rules); i++)
        if (rule_put(im, yaml_item(rules, i), &im->match))
            im->report->carried[IMPORT_MATCH]++;
        else
            import_left(im, IMPORT_MATCH, yaml_item(rules, i), "a rule",
                        "nothing remains of it that sets agents apart");
}
