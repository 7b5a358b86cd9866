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

static const struct print_column loss_columns[] = {
    {{"a", "A", UNIT_TEXT}, NULL},
    {{"a_port", "Port", UNIT_TEXT}, NULL},
    {{"b", "B", UNIT_TEXT}, NULL},
    {{"b_port", "Port", UNIT_TEXT}, NULL},
    {{"evidence", "Evidence", UNIT_TEXT}, NULL},
    {{"outcome", "Outcome", UNIT_TEXT}, NULL},
    {{"why", "Why", UNIT_TEXT}, NULL},
};

static const struct print_column proof_columns[] = {
    {{"outcome", "Outcome", UNIT_TEXT}, NULL},
    {{"a_port", "Port", UNIT_TEXT}, NULL},
    {{"b_port", "Port", UNIT_TEXT}, NULL},
    {{"evidence", "Proof", UNIT_TEXT}, NULL},
    {{"says", "Says", UNIT_TEXT}, NULL},
    {{"table", "Table", UNIT_TEXT}, NULL},
    {{"age_s", "Age", UNIT_SECONDS}, NULL},
};

static void print_conflicts(const json_t *conflicts)
{
    if (json_array_size(conflicts) > 0)
        puts("\nWhat contradicts itself:");
    for (size_t i = 0; i < json_array_size(conflicts); i++)
        printf("  %s\n", json_string_value(json_array_get(conflicts, i)));
}

/* A row of each proof of each link, or claim that lost; one without proofs, by
 * what the network itself shows. */
static void add_proofs(json_t *rows, const json_t *list)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *link = json_array_get(list, i);
        const json_t *proofs = json_object_get(link, "proofs");
        json_t *outcome = json_object_get(link, "outcome");

        if (outcome == NULL)
            outcome = json_object_get(link, "state");
        for (size_t k = 0; k < json_array_size(proofs); k++) {
            json_t *row = json_copy(json_array_get(proofs, k));

            json_object_set(row, "outcome", outcome);
            json_object_set(row, "a_port", json_object_get(link, "a_port"));
            json_object_set(row, "b_port", json_object_get(link, "b_port"));
            json_array_append_new(rows, row);
        }
    }
}

static enum cli_exit cli_links_why(struct cli *c, struct complaint *why)
{
    struct buffer OWNED_BUFFER path = {0};
    json_t *body, *rows = json_array();

    url_path(&path, "links", "why", NULL);
    url_param(&path, "a", cli_word(c, 0));
    url_param(&path, "b", cli_word(c, 1));
    if (client_get(cli_client(c), path.at, &body, why) < 0) {
        json_decref(rows);
        return CLI_FAILED;
    }
    const json_t *links = json_object_get(body, "links");
    const json_t *lost = json_object_get(body, "lost");
    add_proofs(rows, links);
    add_proofs(rows, lost);
    if (c->layout == LAYOUT_TABLE) {
        print_list(c, body, links, reason_columns, COUNT_OF(reason_columns),
                   "nothing tells of a link between the two");
        if (json_array_size(lost) > 0) {
            puts("\nWhat lost:");
            print_list(c, body, lost, loss_columns, COUNT_OF(loss_columns), "");
        }
        if (json_array_size(rows) > 0)
            puts("\nProofs:");
    }
    if (c->layout != LAYOUT_TABLE || json_array_size(rows) > 0)
        print_list(c, body, rows, proof_columns, COUNT_OF(proof_columns), "");
    json_decref(rows);
    json_decref(body);
    return CLI_DONE;
}

enum cli_exit cli_links(struct cli *c, struct complaint *why)
{
    bool reasons = c->values.why && c->layout == LAYOUT_TABLE;
    struct buffer OWNED_BUFFER path = {0};
    json_t *body;

    if (c->words.count > 1 && c->values.conflicts)
        return cli_refuse(why, CLI_WRONG_USAGE, "name one device, or none",
                          "--conflicts is not of two devices");
    if (c->words.count > 1)
        return cli_links_why(c, why);
    url_path(&path, "links", NULL);
    url_param(&path, "device", c->words.count > 0 ? cli_word(c, 0) : NULL);
    if (client_get(cli_client(c), path.at, &body, why) < 0)
        return CLI_FAILED;
    if (c->values.conflicts)
        print_list(c, body, json_object_get(body, "lost"), loss_columns,
                   COUNT_OF(loss_columns), "nothing contradicts itself");
    else
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
