/* Alerts and silences: what there is, and what people do with it. */
#include "north/cli_print.h"
#include "north/cli_url.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static const struct print_column alert_columns[] = {
    {{"id", "ID", UNIT_COUNT}, NULL},
    {{"severity", "Severity", UNIT_TEXT}, NULL},
    {{"object", "Object", UNIT_TEXT}, NULL},
    {{"title", "Alert", UNIT_TEXT}, NULL},
    {{"text", "What", UNIT_TEXT}, NULL},
    {{"raised", "Since", UNIT_AGO}, NULL},
    {{"cleared", "Over", UNIT_AGO}, NULL},
    {{"flapping", "Flapping", UNIT_FLAG}, NULL},
    {{"flaps", NULL, UNIT_COUNT}, NULL},
    {{"symptom_count", "Unreachable with it", UNIT_COUNT}, NULL},
    {{"symptoms", NULL, UNIT_TEXT}, NULL},
    {{"cause", "Because of", UNIT_COUNT}, NULL},
    {{"silence", "Silenced by", UNIT_COUNT}, NULL},
    {{"shelved_until", "Shelved until", UNIT_TIME}, NULL},
    {{"ack_who", "Acknowledged by", UNIT_TEXT}, "acknowledged/who"},
    {{"ack_text", NULL, UNIT_TEXT}, "acknowledged/text"},
    {{"state", NULL, UNIT_TEXT}, NULL},
    {{"type", NULL, UNIT_TEXT}, NULL},
    {{"device", NULL, UNIT_TEXT}, NULL},
    {{"rule", NULL, UNIT_TEXT}, NULL},
    {{"count", NULL, UNIT_COUNT}, NULL},
    {{"last_seen", NULL, UNIT_TIME}, NULL},
};

static const struct print_column detail_columns[] = {
    {{"id", "ID", UNIT_COUNT}, NULL},
    {{"title", "Alert", UNIT_TEXT}, NULL},
    {{"object", "Object", UNIT_TEXT}, NULL},
    {{"text", "What", UNIT_TEXT}, NULL},
    {{"state", "State", UNIT_TEXT}, NULL},
    {{"severity", "Severity", UNIT_TEXT}, NULL},
    {{"worst", "Worst", UNIT_TEXT}, NULL},
    {{"type", "Type", UNIT_TEXT}, NULL},
    {{"rule", "Rule", UNIT_TEXT}, NULL},
    {{"value", "Value", UNIT_NUMBER}, NULL},
    {{"limit", "Limit", UNIT_NUMBER}, NULL},
    {{"unit", "Unit", UNIT_TEXT}, NULL},
    {{"evidence", "Told by", UNIT_TEXT}, NULL},
    {{"raised", "Raised", UNIT_TIME}, NULL},
    {{"last_seen", "Last seen", UNIT_TIME}, NULL},
    {{"cleared", "Over", UNIT_TIME}, NULL},
    {{"count", "Times seen", UNIT_COUNT}, NULL},
    {{"flaps", "Flaps", UNIT_COUNT}, NULL},
    {{"flapping", "Flapping", UNIT_FLAG}, NULL},
    {{"symptoms", "Makes unreachable", UNIT_TEXT}, NULL},
    {{"cause", "Because of", UNIT_COUNT}, NULL},
    {{"silence", "Silenced by", UNIT_COUNT}, NULL},
    {{"shelved_until", "Shelved until", UNIT_TIME}, NULL},
    {{"ack_who", "Acknowledged by", UNIT_TEXT}, "acknowledged/who"},
    {{"ack_at", "Acknowledged", UNIT_TIME}, "acknowledged/at"},
    {{"ack_text", "They say", UNIT_TEXT}, "acknowledged/text"},
};

static const struct print_column silence_columns[] = {
    {{"id", "ID", UNIT_COUNT}, NULL},
    {{"object", "Object", UNIT_TEXT}, NULL},
    {{"holds", "Now", UNIT_FLAG}, NULL},
    {{"from", "From", UNIT_TIME}, NULL},
    {{"until", "Until", UNIT_TIME}, NULL},
    {{"repeat", "Again", UNIT_TEXT}, NULL},
    {{"next", "Next", UNIT_TIME}, NULL},
    {{"who", "By", UNIT_TEXT}, NULL},
    {{"text", "Because", UNIT_TEXT}, NULL},
    {{"kind", NULL, UNIT_TEXT}, NULL},
    {{"made", NULL, UNIT_TIME}, NULL},
};

/* ---- showing them ---- */

static int fetch(struct cli *c, const char *id, json_t **out,
                 struct complaint *why)
{
    struct buffer OWNED_BUFFER path = {0};

    url_path(&path, "alerts", id, NULL);
    if (id == NULL) {
        url_param(&path, "state", c->values.all ? "all" : NULL);
        url_param(&path, "severity", c->values.severity);
        url_param(&path, "object", c->values.object);
        if (c->values.limit > 0)
            url_param_number(&path, "limit", c->values.limit);
    }
    return client_get(cli_client(c), path.at, out, why);
}

/* What is not shown, for people: "3 symptoms, 1 silenced alert: see --all". */
static void print_quiet(const struct cli *c, const json_t *body)
{
    static const struct {
        const char *key, *thing;
    } kinds[] = {{"symptoms", "symptom"},
                 {"silenced", "silenced alert"},
                 {"shelved", "shelved alert"}};
    struct buffer OWNED_BUFFER text = {0};
    json_int_t more =
        json_integer_value(json_object_get(body, "total")) -
        (json_int_t)json_array_size(json_object_get(body, "alerts"));

    if (c->layout != LAYOUT_TABLE || c->values.all)
        return;
    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        json_int_t count =
            json_integer_value(json_object_get(body, kinds[i].key));

        if (count == 0)
            continue;
        buffer_text(&text, text.len > 0 ? ", " : "besides ");
        unit_things(count, kinds[i].thing, &text);
    }
    if (text.len > 0)
        printf("\n%s: `portolan alerts --all` shows them\n", text.at);
    if (more > 0)
        printf("\n%lld more: --limit shows them\n", (long long)more);
}

enum cli_exit cli_alerts(struct cli *c, struct complaint *why)
{
    const char *id = c->words.count > 0 ? cli_word(c, 0) : NULL;
    json_t *body;

    if (fetch(c, id, &body, why) < 0)
        return CLI_FAILED;
    if (id == NULL) {
        print_list(c, body, json_object_get(body, "alerts"), alert_columns,
                   COUNT_OF(alert_columns), "all is well");
        print_quiet(c, body);
    } else if (c->layout == LAYOUT_JSON) {
        print_json(body);
    } else {
        print_record(c, body, detail_columns, COUNT_OF(detail_columns));
    }
    json_decref(body);
    return CLI_DONE;
}

enum cli_exit cli_silences(struct cli *c, struct complaint *why)
{
    json_t *body;

    if (client_get(cli_client(c), "silences", &body, why) < 0)
        return CLI_FAILED;
    print_list(c, body, json_object_get(body, "silences"), silence_columns,
               COUNT_OF(silence_columns), "nothing is silenced");
    json_decref(body);
    return CLI_DONE;
}

/* ---- what people do ---- */

/* The words from the nth on, as one text. */
static void join_words(const struct cli *c, size_t n, struct buffer *out)
{
    buffer_text(out, "");
    for (size_t i = n; i < c->words.count; i++)
        buffer_format(out, "%s%s", i > n ? " " : "", cli_word(c, i));
}

/* body is taken; NULL: none. Says done, unless JSON is wanted. */
static enum cli_exit order(struct cli *c, const char *method, const char *path,
                           json_t *body, const char *done,
                           struct complaint *why)
{
    json_t *answer;

    if (client_send(cli_client(c), method, path, body, &answer, why) < 0)
        return CLI_FAILED;
    if (c->layout == LAYOUT_JSON)
        print_json(answer);
    else
        printf("%s\n", done);
    json_decref(answer);
    return CLI_DONE;
}

enum cli_exit cli_ack(struct cli *c, struct complaint *why)
{
    struct buffer OWNED_BUFFER path = {0}, text = {0};

    url_path(&path, "alerts", cli_word(c, 0), "ack", NULL);
    if (c->values.undo)
        return order(c, "DELETE", path.at, NULL, "acknowledged no more", why);
    join_words(c, 1, &text);
    return order(c, "POST", path.at, json_pack("{s:s}", "text", text.at),
                 "acknowledged", why);
}

enum cli_exit cli_shelve(struct cli *c, struct complaint *why)
{
    struct buffer OWNED_BUFFER path = {0};

    url_path(&path, "alerts", cli_word(c, 0), "shelf", NULL);
    if (c->values.undo)
        return order(c, "DELETE", path.at, NULL, "shelved no more", why);
    if (c->words.count < 2)
        return cli_refuse(why, CLI_WRONG_USAGE, "portolan shelve 12 2h",
                          "it does not say for how long");
    return order(c, "POST", path.at,
                 json_pack("{s:s}", "duration", cli_word(c, 1)), "shelved",
                 why);
}

/* A name that is written as that of one device, and is none (any more, or yet),
 * may be a slip. */
static void look_whether_known(struct cli *c, const char *object)
{
    struct buffer OWNED_BUFFER path = {0};
    struct complaint why;
    json_t *device;

    if (strpbrk(object, "*?/:") != NULL)
        return; /* a pattern, a prefix, a port, a group, a cloud */
    url_path(&path, "devices", object, NULL);
    int rc = client_get(cli_client(c), path.at, &device, &why);
    if (rc == 0)
        json_decref(device);
    else if (rc == -ENOENT)
        fprintf(stderr,
                "portolan: no device is called %s: nothing is covered as long "
                "as none is\n",
                object);
}

enum cli_exit cli_silence(struct cli *c, struct complaint *why)
{
    struct buffer OWNED_BUFFER text = {0};
    json_t *answer, *body;

    join_words(c, 2, &text);
    body = json_pack("{s:s,s:s,s:s}", "object", cli_word(c, 0), "duration",
                     cli_word(c, 1), "text", text.at);
    if (c->values.from != NULL)
        json_object_set_new(body, "from", json_string(c->values.from));
    if (c->values.repeat != NULL)
        json_object_set_new(body, "repeat", json_string(c->values.repeat));
    if (client_send(cli_client(c), "POST", "silences", body, &answer, why) < 0)
        return CLI_FAILED;
    if (c->layout == LAYOUT_JSON)
        print_json(answer);
    else
        printf("silence %lld of %s from %s until %s\n",
               (long long)json_integer_value(json_object_get(answer, "id")),
               json_text_at(answer, "object"), json_text_at(answer, "from"),
               json_text_at(answer, "until"));
    json_decref(answer);
    look_whether_known(c, cli_word(c, 0));
    return CLI_DONE;
}

enum cli_exit cli_unsilence(struct cli *c, struct complaint *why)
{
    struct buffer OWNED_BUFFER path = {0};

    url_path(&path, "silences", cli_word(c, 0), NULL);
    return order(c, "DELETE", path.at, NULL, "silenced no more", why);
}
