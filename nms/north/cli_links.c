/* Links with their evidence, and the way between two devices. */
#include "north/cli_print.h"
#include "north/cli_url.h"

#include <stdio.h>

static const struct print_column link_columns[] = {
    {{"a", "A", UNIT_TEXT}, NULL},
    {{"a_port", "Port", UNIT_TEXT}, NULL},
    {{"b", "B", UNIT_TEXT}, NULL},
    {{"b_port", "Port", UNIT_TEXT}, NULL},
    {{"layer", "Layer", UNIT_COUNT}, NULL},
    {{"kind", "Kind", UNIT_TEXT}, NULL},
    {{"state", "State", UNIT_TEXT}, NULL},
    {{"speed_bps", "Speed", UNIT_BITS}, NULL},
    {{"confidence", "Sure", UNIT_PERCENT}, NULL},
    {{"evidence", "Evidence", UNIT_TEXT}, NULL},
    {{"why", NULL, UNIT_TEXT}, NULL},
};

/* The same with the reason of each, for people who ask. */
static const struct print_column reason_columns[] = {
    {{"a", "A", UNIT_TEXT}, NULL},
    {{"a_port", "Port", UNIT_TEXT}, NULL},
    {{"b", "B", UNIT_TEXT}, NULL},
    {{"b_port", "Port", UNIT_TEXT}, NULL},
    {{"state", "State", UNIT_TEXT}, NULL},
    {{"confidence", "Sure", UNIT_PERCENT}, NULL},
    {{"why", "Why", UNIT_TEXT}, NULL},
};

static void print_conflicts(const json_t *conflicts)
{
    if (json_array_size(conflicts) > 0)
        puts("\nWhat contradicts itself:");
    for (size_t i = 0; i < json_array_size(conflicts); i++)
        printf("  %s\n", json_string_value(json_array_get(conflicts, i)));
}

enum cli_exit cli_links(struct cli *c, struct complaint *why)
{
    bool reasons = c->values.why && c->layout == LAYOUT_TABLE;
    struct buffer OWNED_BUFFER path = {0};
    json_t *body;

    url_path(&path, "links", NULL);
    url_param(&path, "device",
              c->words.count > 0 ? cli_word(c, 0) : c->values.device);
    if (client_get(cli_client(c), path.at, &body, why) < 0)
        return CLI_FAILED;
    print_list(c, body, json_object_get(body, "links"),
               reasons ? reason_columns : link_columns,
               reasons ? COUNT_OF(reason_columns) : COUNT_OF(link_columns),
               "no link is known");
    if (c->layout == LAYOUT_TABLE)
        print_conflicts(json_object_get(body, "conflicts"));
    json_decref(body);
    return CLI_DONE;
}

/* ---- the way ---- */

static const struct print_column hop_columns[] = {
    {{"hop", "Hop", UNIT_COUNT}, NULL},
    {{"from", "From", UNIT_TEXT}, NULL},
    {{"from_port", "Port", UNIT_TEXT}, NULL},
    {{"to", "To", UNIT_TEXT}, NULL},
    {{"to_port", "Port", UNIT_TEXT}, NULL},
    {{"layer", "Layer", UNIT_COUNT}, NULL},
    {{"kind", "Kind", UNIT_TEXT}, NULL},
    {{"state", "State", UNIT_TEXT}, NULL},
    {{"speed_bps", "Speed", UNIT_BITS}, NULL},
    {{"evidence", "Evidence", UNIT_TEXT}, NULL},
};

/* Link number n of the way, seen in the direction that is gone. A new
 * reference. */
static json_t *hop_of(const json_t *body, size_t n)
{
    json_t *link = json_array_get(json_object_get(body, "links"), n);
    const char *from =
        json_string_value(json_array_get(json_object_get(body, "nodes"), n));
    bool back = from != NULL && strcmp(from, json_text_at(link, "a")) != 0;
    json_t *hop = json_copy(link);

    json_object_set_new(hop, "hop", json_integer((json_int_t)n + 1));
    json_object_set(hop, "from", json_object_get(link, back ? "b" : "a"));
    json_object_set(hop, "to", json_object_get(link, back ? "a" : "b"));
    json_object_set(hop, "from_port",
                    json_object_get(link, back ? "b_port" : "a_port"));
    json_object_set(hop, "to_port",
                    json_object_get(link, back ? "a_port" : "b_port"));
    return hop;
}

enum cli_exit cli_path(struct cli *c, struct complaint *why)
{
    struct buffer OWNED_BUFFER path = {0};
    json_t *body, *hops = json_array();

    url_path(&path, "path", NULL);
    url_param(&path, "from", cli_word(c, 0));
    url_param(&path, "to", cli_word(c, 1));
    if (client_get(cli_client(c), path.at, &body, why) < 0) {
        json_decref(hops);
        return CLI_FAILED;
    }
    for (size_t i = 0; i < json_array_size(json_object_get(body, "links")); i++)
        json_array_append_new(hops, hop_of(body, i));
    print_list(c, body, hops, hop_columns, COUNT_OF(hop_columns),
               "both are the same device");
    json_decref(hops);
    json_decref(body);
    return CLI_DONE;
}
