/* Risk: of all, and why something has the risk that it has. */
#include "north/cli_print.h"
#include "north/cli_url.h"

#include <stdio.h>

static const struct print_column columns[] = {
    {{"risk", "Risk", UNIT_NUMBER}, NULL},
    {{"level", NULL, UNIT_COUNT}, NULL},
    {{"level_name", "Level", UNIT_TEXT}, NULL},
    {{"class", "Class", UNIT_TEXT}, NULL},
    {{"name", "Name", UNIT_TEXT}, NULL},
    {{"value", "Value", UNIT_COUNT}, NULL},
    {{"exposure", "Exposure", UNIT_COUNT}, NULL},
};

static const struct print_column one_columns[] = {
    {{"name", "Name", UNIT_TEXT}, NULL},
    {{"class", "Class", UNIT_TEXT}, NULL},
    {{"risk", "Risk", UNIT_NUMBER}, NULL},
    {{"level_name", "Level", UNIT_TEXT}, NULL},
    {{"value", "Value", UNIT_COUNT}, NULL},
    {{"value_why", "Because", UNIT_TEXT}, NULL},
    {{"exposure", "Exposure", UNIT_COUNT}, NULL},
    {{"exposure_why", "Because", UNIT_TEXT}, NULL},
    {{"formula", "Formula", UNIT_TEXT}, NULL},
    {{"highest", "highest", UNIT_NUMBER}, NULL},
    {{"rest", "rest", UNIT_NUMBER}, NULL},
    {{"count", "count", UNIT_COUNT}, NULL},
};

static const struct print_column part_columns[] = {
    {{"alert", "Alert", UNIT_COUNT}, NULL},
    {{"risk", "Adds", UNIT_NUMBER}, NULL},
    {{"severity", "Severity", UNIT_TEXT}, NULL},
    {{"severity_number", "severity", UNIT_COUNT}, "variables/severity"},
    {{"suppressed", "suppressed", UNIT_COUNT}, "variables/suppressed"},
    {{"silenced", "silenced", UNIT_COUNT}, "variables/silenced"},
    {{"object", "Object", UNIT_TEXT}, NULL},
    {{"text", "What", UNIT_TEXT}, NULL},
};

static const struct print_column member_columns[] = {
    {{"risk", "Risk", UNIT_NUMBER}, NULL},
    {{"name", "Member", UNIT_TEXT}, NULL},
};

static const struct print_column point_columns[] = {
    {{"at", "When", UNIT_AGO}, NULL},
    {{"risk", "Risk", UNIT_NUMBER}, NULL},
};

/* "125 x (1 - (1 - 75/125) x (1 - 18/125)) = 80.2" */
static void print_sum(const json_t *body)
{
    const json_t *list = json_object_get(body, "alerts"), *part;
    double left = 1;
    size_t i;

    if (json_array_size(list) == 0) {
        printf("no alert lasts: the risk is 0\n");
        return;
    }
    printf("125 x (1 - ");
    json_array_foreach(list, i, part)
    {
        double risk = json_number_at(part, "risk");

        printf("%s(1 - %g/125)", i > 0 ? " x " : "", risk);
        left *= 1 - risk / 125;
    }
    printf(") = %.2f\n", 125 * (1 - left));
}

static void print_one(struct cli *c, const json_t *body)
{
    if (c->layout == LAYOUT_JSON) {
        print_json(body);
        return;
    }
    print_record(c, body, one_columns, COUNT_OF(one_columns));
    putchar('\n');
    if (json_object_get(body, "members") != NULL) {
        print_list(c, body, json_object_get(body, "members"), member_columns,
                   COUNT_OF(member_columns), "it has no members");
    } else {
        if (json_array_size(json_object_get(body, "alerts")) > 0) {
            print_list(c, body, json_object_get(body, "alerts"), part_columns,
                       COUNT_OF(part_columns), "");
            putchar('\n');
        }
        if (c->layout == LAYOUT_TABLE)
            print_sum(body);
    }
    if (json_array_size(json_object_get(body, "history")) == 0)
        return;
    putchar('\n');
    print_list(c, body, json_object_get(body, "history"), point_columns,
               COUNT_OF(point_columns), "");
}

static enum cli_exit set_value(struct cli *c, const char *path,
                               struct complaint *why)
{
    json_t *answer,
        *body = json_pack("{s:I}", "value", (json_int_t)c->values.value);

    if (client_send(cli_client(c), "POST", path, body, &answer, why) < 0)
        return CLI_FAILED;
    if (c->layout == LAYOUT_JSON)
        print_json(answer);
    else
        printf("%s\n", c->values.value > 0 ? "it is worth that from now on"
                                           : "it is worth what rules say");
    json_decref(answer);
    return CLI_DONE;
}

/* What the list does not have: also where it goes into a file. */
static void print_more(const struct cli *c, const json_t *body)
{
    json_int_t more =
        json_integer_value(json_object_get(body, "total")) -
        (json_int_t)json_array_size(json_object_get(body, "risk"));

    if (more <= 0 || c->layout == LAYOUT_JSON)
        return;
    (void)fflush(stdout);
    (void)fprintf(c->layout == LAYOUT_TABLE ? stdout : stderr,
                  "\n%" JSON_INTEGER_FORMAT " more: --limit shows them\n",
                  more);
}

static enum cli_exit show_all(struct cli *c, struct complaint *why)
{
    struct buffer OWNED_BUFFER path = {0};
    json_t *body;

    buffer_text(&path, "risk");
    if (c->values.all)
        url_param(&path, "all", "1");
    if (c->values.limit > 0)
        url_param_number(&path, "limit", c->values.limit);
    if (client_get(cli_client(c), path.at, &body, why) < 0)
        return CLI_FAILED;
    print_list(c, body, json_object_get(body, "risk"), columns,
               COUNT_OF(columns), "nothing is at risk");
    print_more(c, body);
    json_decref(body);
    return CLI_DONE;
}

enum cli_exit cli_risk(struct cli *c, struct complaint *why)
{
    struct buffer OWNED_BUFFER path = {0};
    bool sets = c->values.value > 0 || c->values.undo;
    json_t *body;

    if (sets && c->words.count == 0)
        return cli_refuse(
            why, CLI_WRONG_USAGE, "name a device, a site or a link",
            "--%s is of one thing", c->values.undo ? "undo" : "value");
    if (c->values.value > 0 && c->values.undo)
        return cli_refuse(why, CLI_WRONG_USAGE, "say one of them",
                          "--value and --undo contradict each other");
    if (c->words.count == 0)
        return show_all(c, why);
    url_path(&path, "risk", cli_word(c, 0), NULL);
    if (sets)
        return set_value(c, path.at, why);
    if (client_get(cli_client(c), path.at, &body, why) < 0)
        return CLI_FAILED;
    print_one(c, body);
    json_decref(body);
    return CLI_DONE;
}
