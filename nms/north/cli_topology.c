/* What changed of the topology. */
#include "north/cli_print.h"
#include "north/cli_url.h"

#include <inttypes.h>
#include <stdio.h>

static const struct print_column change_columns[] = {
    {{"change", "Change", UNIT_TEXT}, NULL},
    {{"object", "Object", UNIT_TEXT}, NULL},
    {{"was", "Was", UNIT_TEXT}, NULL},
    {{"now", "Now", UNIT_TEXT}, NULL},
    {{"kind", "Kind", UNIT_TEXT}, NULL},
    {{"layer", "Layer", UNIT_COUNT}, NULL},
    {{"text", NULL, UNIT_TEXT}, NULL},
};

static void print_span(const json_t *body)
{
    int64_t more = json_integer_value(json_object_get(body, "more"));

    printf("from %s to %s\n\n", json_text_at(body, "from"),
           json_text_at(body, "to"));
    if (more > 0)
        printf("%" PRId64 " more are not shown: ask for a shorter time\n\n",
               more);
}

enum cli_exit cli_topology_diff(struct cli *c, struct complaint *why)
{
    struct buffer OWNED_BUFFER path = {0};
    json_t *body;

    url_path(&path, "topology", "diff", NULL);
    url_param(&path, "from", c->values.from);
    url_param(&path, "to", c->values.to);
    if (client_get(cli_client(c), path.at, &body, why) < 0)
        return CLI_FAILED;
    if (c->layout == LAYOUT_TABLE)
        print_span(body);
    print_list(c, body, json_object_get(body, "changes"), change_columns,
               COUNT_OF(change_columns), "nothing changed in that time");
    json_decref(body);
    return CLI_DONE;
}
