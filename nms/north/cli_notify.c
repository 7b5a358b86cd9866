/* Receivers of notifications: how they do, and tests of them. */
#include "north/cli_print.h"
#include "north/cli_url.h"

#include <stdio.h>

static const struct print_column columns[] = {
    {{"name", "Receiver", UNIT_TEXT}, NULL},
    {{"kind", "Kind", UNIT_TEXT}, NULL},
    {{"severity", "From", UNIT_TEXT}, NULL},
    {{"waiting", "Waiting", UNIT_COUNT}, NULL},
    {{"sent", "Sent", UNIT_COUNT}, NULL},
    {{"told", "Alerts told", UNIT_COUNT}, NULL},
    {{"last_sent", "Last", UNIT_AGO}, NULL},
    {{"dropped", "Dropped", UNIT_COUNT}, NULL},
    {{"refused", "Refused", UNIT_COUNT}, NULL},
    {{"error", "Last error", UNIT_TEXT}, NULL},
    {{"seq", NULL, UNIT_COUNT}, NULL},
};

enum cli_exit cli_notify(struct cli *c, struct complaint *why)
{
    json_t *body;

    if (client_get(cli_client(c), "receivers", &body, why) < 0)
        return CLI_FAILED;
    print_list(c, body, json_object_get(body, "receivers"), columns,
               COUNT_OF(columns),
               "nobody is told: see receivers in the "
               "configuration");
    json_decref(body);
    return CLI_DONE;
}

enum cli_exit cli_notify_test(struct cli *c, struct complaint *why)
{
    struct buffer OWNED_BUFFER path = {0};
    json_t *body;

    url_path(&path, "receivers", cli_word(c, 0), "test", NULL);
    if (client_send(cli_client(c), "POST", path.at, NULL, &body, why) < 0)
        return CLI_FAILED;
    if (c->layout == LAYOUT_JSON)
        print_json(body);
    else
        printf("%s took it\n", cli_word(c, 0));
    json_decref(body);
    return CLI_DONE;
}
