/* Rules of alerts, and what they make of an object. */
#include "north/cli_print.h"
#include "north/cli_url.h"

#include <stdio.h>

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
