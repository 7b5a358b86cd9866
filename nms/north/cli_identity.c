/* Identities: why a device is one, and what people say of that. */
#include "north/cli_identity.h"

#include "north/cli_print.h"
#include "north/cli_url.h"

#include <stdio.h>

static const struct print_column why_columns[] = {
    {{"why", "Known as one device by", UNIT_TEXT}, NULL},
    {{"context_of", "A context of", UNIT_TEXT}, NULL},
};

static const struct print_column decision_columns[] = {
    {{"address", "Address", UNIT_TEXT}, NULL},
    {{"by", "Decided by", UNIT_TEXT}, NULL},
    {{"at", "When", UNIT_AGO}, NULL},
    {{"why", "Because", UNIT_TEXT}, NULL},
    {{"agree", "Same", UNIT_TEXT}, NULL},
    {{"differ", "Different", UNIT_TEXT}, NULL},
    {{"runner_up", "Runner-up", UNIT_TEXT}, "runner_up/device"},
    {{"runner_up_why", "Why not that one", UNIT_TEXT}, "runner_up/why"},
};

static const struct print_column shared_columns[] = {
    {{"sign", "Shared, yet another device", UNIT_TEXT}, NULL},
    {{"trust", "Trust", UNIT_TEXT}, NULL},
    {{"value", "Value", UNIT_TEXT}, NULL},
    {{"with", "With", UNIT_TEXT}, NULL},
};

static const struct print_column pin_columns[] = {
    {{"kind", "Pinned", UNIT_TEXT}, NULL},
    {{"device", "Device", UNIT_TEXT}, NULL},
    {{"other", "Other", UNIT_TEXT}, NULL},
    {{"addresses", "Addresses", UNIT_TEXT}, NULL},
    {{"who", "By", UNIT_TEXT}, NULL},
    {{"at", "When", UNIT_AGO}, NULL},
    {{"unpolled_ports", "Ports not polled", UNIT_COUNT}, NULL},
};

static void print_part(struct cli *c, const json_t *body, const char *part,
                       const struct print_column *columns, size_t count)
{
    const json_t *list = json_object_get(body, part);

    if (json_array_size(list) == 0)
        return;
    putchar('\n');
    print_list(c, body, list, columns, count, "");
}

int cli_fetch_identity(struct cli *c, const char *device, json_t **out,
                       struct complaint *why)
{
    struct buffer OWNED_BUFFER path = {0};

    url_path(&path, "devices", device, "identity", NULL);
    return client_get(cli_client(c), path.at, out, why);
}

void cli_print_identity(struct cli *c, const json_t *body)
{
    putchar('\n');
    print_record(c, body, why_columns, COUNT_OF(why_columns));
    print_part(c, body, "decisions", decision_columns,
               COUNT_OF(decision_columns));
    print_part(c, body, "shared", shared_columns, COUNT_OF(shared_columns));
    print_part(c, body, "pins", pin_columns, COUNT_OF(pin_columns));
}

/* ---- what people say ---- */

/* body is taken. */
static enum cli_exit pin(struct cli *c, json_t *body, const char *done,
                         const char *undone, struct complaint *why)
{
    json_t *answer;

    json_object_set_new(body, "undo", json_boolean(c->values.undo));
    int rc = client_send(cli_client(c), "POST", "pins", body, &answer, why);
    if (rc < 0)
        return CLI_FAILED;
    if (c->layout == LAYOUT_JSON)
        print_json(answer);
    else
        printf("%s\n", c->values.undo ? undone : done);
    json_decref(answer);
    return CLI_DONE;
}

enum cli_exit cli_merge(struct cli *c, struct complaint *why)
{
    return pin(c,
               json_pack("{s:[s,s]}", "merge", cli_word(c, 0), cli_word(c, 1)),
               "they are one device until `--undo`, asked at the addresses of "
               "the first; ports that only the second tells of are polled no "
               "more, see `device NAME --why`",
               "undone; what answers is asked again", why);
}

enum cli_exit cli_apart(struct cli *c, struct complaint *why)
{
    return pin(c,
               json_pack("{s:[s,s]}", "apart", cli_word(c, 0), cli_word(c, 1)),
               "they are two devices until `--undo`",
               "undone; what answers is asked again", why);
}

enum cli_exit cli_split(struct cli *c, struct complaint *why)
{
    return pin(c, json_pack("{s:s}", "split", cli_word(c, 0)),
               "the address is a device of its own until `--undo`",
               "undone; what answers is asked again", why);
}
