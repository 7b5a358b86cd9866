/* Rules of alerts, what they make of an object, and what ports should be. */
#include "north/cli_print.h"
#include "north/cli_url.h"

#include <stdio.h>
#include <string.h>

static const struct print_column columns[] = {
    {{"name", "Rule", UNIT_TEXT}, NULL},
    {{"on", "On", UNIT_TEXT}, NULL},
    {{"as", "As", UNIT_TEXT}, NULL},
    {{"state", "State", UNIT_TEXT}, NULL},
    {{"levels", "Levels", UNIT_TEXT}, NULL},
    {{"clear", "Clear", UNIT_NUMBER}, NULL},
    {{"for_s", "For s", UNIT_NUMBER}, NULL},
    {{"over_s", "Over s", UNIT_NUMBER}, NULL},
    {{"unit", "Unit", UNIT_TEXT}, NULL},
    {{"value", "Value", UNIT_TEXT}, NULL},
};

static const struct print_column object_columns[] = {
    {{"object", "Object", UNIT_TEXT}, NULL},
    {{"rule", "Rule", UNIT_TEXT}, NULL},
    {{"state", "State", UNIT_TEXT}, NULL},
    {{"now", "Now", UNIT_NUMBER}, NULL},
    {{"level", "Level", UNIT_NUMBER}, NULL},
    {{"unit", "Unit", UNIT_TEXT}, NULL},
    {{"usual", "Usual", UNIT_NUMBER}, NULL},
    {{"spread", "Spread", UNIT_NUMBER}, NULL},
    {{"pending", "Pending", UNIT_TEXT}, NULL},
    {{"held_s", "Held s", UNIT_NUMBER}, NULL},
    {{"since", "Since", UNIT_AGO}, NULL},
    {{"why", "Why", UNIT_TEXT}, NULL},
    {{"by", "Pattern", UNIT_TEXT}, NULL},
    {{"descr", "Description", UNIT_TEXT}, NULL},
};

/* "above 90 warning, 98 major" */
static void add_levels(const json_t *rule, const char *side, struct buffer *out)
{
    json_t *levels = json_object_get(rule, side), *level;
    const char *severity, *between = "";

    if (levels == NULL)
        return;
    buffer_format(out, "%s%s", out->len > 0 ? "; " : "", side);
    json_object_foreach(levels, severity, level)
    {
        buffer_format(out, "%s %g %s", between, json_number_value(level),
                      severity);
        between = ",";
    }
}

/* What people see in one column, of several members. */
static void add_words(json_t *rule)
{
    struct buffer OWNED_BUFFER levels = {0};

    buffer_text(&levels, json_text_at(rule, "severity"));
    add_levels(rule, "above", &levels);
    add_levels(rule, "below", &levels);
    json_object_set_new(rule, "levels", json_string(levels.at));
    json_object_set_new(
        rule, "state",
        json_string(json_is_true(json_object_get(rule, "off")) ? "off" : "on"));
}

enum cli_exit cli_alerts_rules(struct cli *c, struct complaint *why)
{
    struct buffer OWNED_BUFFER path = {0};
    const char *object = c->values.explain;
    json_t *body, *rule;
    size_t i;

    buffer_text(&path, "alerts/rules");
    if (object != NULL)
        url_param(&path, "object", object);
    if (client_get(cli_client(c), path.at, &body, why) < 0)
        return CLI_FAILED;
    json_t *list = json_object_get(body, "rules");
    if (object != NULL) {
        print_list(c, body, list, object_columns, COUNT_OF(object_columns),
                   "no rule applies");
    } else {
        if (c->layout != LAYOUT_JSON)
            json_array_foreach(list, i, rule) add_words(rule);
        print_list(c, body, list, columns, COUNT_OF(columns), "there are none");
    }
    json_decref(body);
    return CLI_DONE;
}

/* ---- what ports should be ---- */

static const struct print_column expect_columns[] = {
    {{"expect", "Expected", UNIT_TEXT}, NULL},
    {{"devices", "Devices", UNIT_TEXT}, NULL},
    {{"ports", "Ports", UNIT_TEXT}, NULL},
    {{"from", "From", UNIT_TEXT}, NULL},
};

static const char ports_path[] = "alerts/ports";

static void print_ports(struct cli *c, const json_t *body)
{
    print_list(c, body, json_object_get(body, "ports"), expect_columns,
               COUNT_OF(expect_columns), "nothing is said of any port");
}

/* What is said of the ports that the words are patterns of. */
static json_t *expectation(const struct cli *c)
{
    json_t *o = json_pack("{s:[s]}", "devices", cli_word(c, 0));

    if (c->words.count > 1)
        json_object_set_new(o, "ports", json_pack("[s]", cli_word(c, 1)));
    return o;
}

static bool is_same_at(const json_t *a, const json_t *b, const char *key)
{
    const json_t *x = json_object_get(a, key), *y = json_object_get(b, key);

    return x == y || json_equal(x, y); /* neither has it, or both the same */
}

static bool is_of_same(const json_t *a, const json_t *b)
{
    return is_same_at(a, b, "devices") && is_same_at(a, b, "ports");
}

/* Those of the page without what is said of these, as they are sent; *found if
 * there was such. */
static json_t *others_of_page(const json_t *list, const json_t *these,
                              bool *found)
{
    json_t *out = json_array(), *one;
    size_t i;

    *found = false;
    json_array_foreach(list, i, one)
    {
        if (strcmp(json_text_at(one, "from"), "page") != 0)
            continue;
        if (is_of_same(one, these)) {
            *found = true;
            continue;
        }
        json_t *kept = json_deep_copy(one);
        json_object_del(kept, "from");
        json_array_append_new(out, kept);
    }
    return out;
}

static enum cli_exit say_of_ports(struct cli *c, const json_t *list,
                                  struct complaint *why)
{
    json_t *these = expectation(c), *answer;
    bool found;
    json_t *wanted = others_of_page(list, these, &found);

    if (c->values.undo && !found) {
        json_decref(these);
        json_decref(wanted);
        return cli_refuse(why, CLI_FAILED, "`portolan alerts ports` lists all",
                          "nothing was said of just these ports");
    }
    if (!c->values.undo) {
        json_object_set_new(these, "expect", json_string(c->values.expect));
        json_array_append(wanted, these);
    }
    json_decref(these);
    if (client_send(cli_client(c), "PATCH", ports_path,
                    json_pack("{s:o}", "ports", wanted), &answer, why) < 0)
        return CLI_FAILED;
    print_ports(c, answer);
    json_decref(answer);
    return CLI_DONE;
}

enum cli_exit cli_alerts_ports(struct cli *c, struct complaint *why)
{
    bool says = c->values.undo || c->values.expect != NULL;
    enum cli_exit code = CLI_DONE;
    json_t *body;

    if (says != (c->words.count > 0) ||
        (c->values.undo && c->values.expect != NULL))
        return cli_refuse(why, CLI_WRONG_USAGE, "see --help",
                          "name the ports, and --expect or --undo");
    if (client_get(cli_client(c), ports_path, &body, why) < 0)
        return CLI_FAILED;
    if (says)
        code = say_of_ports(c, json_object_get(body, "ports"), why);
    else
        print_ports(c, body);
    json_decref(body);
    return code;
}
