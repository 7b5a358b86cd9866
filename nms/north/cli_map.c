/* Maps: which there are, one as text, one as a picture or document. */
#include "north/cli_print.h"
#include "north/cli_url.h"

#include <stdio.h>

static const struct print_column map_columns[] = {
    {{"name", "Name", UNIT_TEXT}, NULL},
    {{"view", "View", UNIT_TEXT}, NULL},
    {{"nodes", "Nodes", UNIT_COUNT}, NULL},
    {{"links", "Links", UNIT_COUNT}, NULL},
    {{"laid_out", "Laid out", UNIT_FLAG}, NULL},
    {{"changed", "Changed", UNIT_AGO}, NULL},
    {{"made", "Made", UNIT_FLAG}, NULL},
    {{"title", "Title", UNIT_TEXT}, NULL},
};

enum cli_exit cli_map_list(struct cli *c, struct complaint *why)
{
    json_t *body;

    if (client_get(cli_client(c), "maps", &body, why) < 0)
        return CLI_FAILED;
    print_list(c, body, json_object_get(body, "maps"), map_columns,
               COUNT_OF(map_columns),
               "there is no map yet; `portolan discover --wait` makes some");
    json_decref(body);
    return CLI_DONE;
}

/* ---- searches ---- */

static const struct print_column hit_columns[] = {
    {{"name", "Node", UNIT_TEXT}, NULL},
    {{"map", "Map", UNIT_TEXT}, NULL},
    {{"clouds", "Inside", UNIT_TEXT}, NULL},
    {{"kind", "Kind", UNIT_TEXT}, NULL},
    {{"address", "Address", UNIT_TEXT}, NULL},
    {{"leads", "Leads to", UNIT_TEXT}, NULL},
    {{"id", NULL, UNIT_TEXT}, NULL},
};

enum cli_exit cli_map_find(struct cli *c, struct complaint *why)
{
    struct buffer OWNED_BUFFER path = {0};
    json_t *body;

    buffer_text(&path, "find");
    url_param(&path, "q", cli_word(c, 0));
    if (client_get(cli_client(c), path.at, &body, why) < 0)
        return CLI_FAILED;
    print_list(c, body, json_object_get(body, "found"), hit_columns,
               COUNT_OF(hit_columns), "no map has a node like that");
    json_decref(body);
    return CLI_DONE;
}

/* ---- as text ---- */

static const struct print_column node_columns[] = {
    {{"name", "Node", UNIT_TEXT}, NULL},
    {{"kind", "Kind", UNIT_TEXT}, NULL},
    {{"state", "State", UNIT_TEXT}, NULL},
    {{"words", "Note", UNIT_TEXT}, NULL},
    {{"address", "Address", UNIT_TEXT}, NULL},
    {{"detail", "Detail", UNIT_TEXT}, NULL},
    {{"cloud", "Cloud", UNIT_TEXT}, NULL},
    {{"id", NULL, UNIT_TEXT}, NULL},
};

static const struct print_column link_columns[] = {
    {{"a", "A", UNIT_TEXT}, NULL},
    {{"a_port", "Port", UNIT_TEXT}, NULL},
    {{"b", "B", UNIT_TEXT}, NULL},
    {{"b_port", "Port", UNIT_TEXT}, NULL},
    {{"speed_bps", "Speed", UNIT_BITS}, "speed"},
    {{"load_ab_percent", "Load there", UNIT_PERCENT}, NULL},
    {{"load_ba_percent", "Load back", UNIT_PERCENT}, NULL},
    {{"kind", "Kind", UNIT_TEXT}, NULL},
    {{"state", "State", UNIT_TEXT}, NULL},
    {{"evidence", "Evidence", UNIT_TEXT}, NULL},
};

/* Links name nodes by their ids; people name them otherwise. */
static void name_ends(json_t *link, const json_t *names)
{
    static const char *const ends[] = {"a", "b"};

    for (size_t i = 0; i < COUNT_OF(ends); i++) {
        json_t *name = json_object_get(names, json_text_at(link, ends[i]));

        if (name != NULL)
            json_object_set(link, ends[i], name);
    }
}

static void put_load(json_t *link, const char *key, const char *percent)
{
    const json_t *share = json_object_get(link, key);

    if (json_is_number(share))
        json_object_set_new(link, percent,
                            json_real(json_number_value(share) * 100));
    /* A speed that is not known is told as 0. */
    if (json_integer_value(json_object_get(link, "speed")) == 0)
        json_object_del(link, "speed");
}

/* What each id is called. */
static json_t *names_of(const json_t *nodes)
{
    json_t *names = json_object();

    for (size_t i = 0; i < json_array_size(nodes); i++) {
        json_t *node = json_array_get(nodes, i);

        json_object_set(names, json_text_at(node, "id"),
                        json_object_get(node, "name"));
    }
    return names;
}

static json_t *nodes_for_people(const json_t *body, const json_t *names)
{
    json_t *nodes = json_deep_copy(json_object_get(body, "nodes"));

    for (size_t i = 0; i < json_array_size(nodes); i++) {
        json_t *node = json_array_get(nodes, i);
        json_t *cloud = json_object_get(names, json_text_at(node, "cloud"));

        if (cloud != NULL)
            json_object_set(node, "cloud", cloud);
    }
    return nodes;
}

static json_t *links_for_people(const json_t *body, const json_t *names)
{
    json_t *links = json_deep_copy(json_object_get(body, "links"));

    for (size_t i = json_array_size(links); i-- > 0;) {
        json_t *link = json_array_get(links, i);

        if (json_object_get(link, "summed") != NULL) {
            json_array_remove(links, i); /* others tell it */
            continue;
        }
        name_ends(link, names);
        put_load(link, "load_ab", "load_ab_percent");
        put_load(link, "load_ba", "load_ba_percent");
    }
    return links;
}

static void print_map(const struct cli *c, const json_t *body)
{
    json_t *names = names_of(json_object_get(body, "nodes"));
    json_t *nodes = nodes_for_people(body, names);
    json_t *links = links_for_people(body, names);

    if (c->layout == LAYOUT_TABLE) {
        struct buffer OWNED_BUFFER text = {0};

        buffer_format(&text, "%s: ", json_text_at(body, "name"));
        unit_things((int64_t)json_array_size(nodes), "node", &text);
        buffer_text(&text, ", ");
        unit_things((int64_t)json_array_size(links), "link", &text);
        if (c->values.at != NULL)
            buffer_format(&text, "\n%s", json_text_at(body, "title"));
        buffer_text(&text, "\n\n");
        print_buffer(&text);
    }
    print_list(c, body, nodes, node_columns, COUNT_OF(node_columns), "no node");
    putchar('\n');
    print_list(c, body, links, link_columns, COUNT_OF(link_columns), "no link");
    json_decref(nodes);
    json_decref(links);
    json_decref(names);
}

enum cli_exit cli_map_show(struct cli *c, struct complaint *why)
{
    struct buffer OWNED_BUFFER path = {0};
    json_t *body;

    if (c->values.edits)
        return cli_map_edits(c, why);
    url_path(&path, "maps", cli_word(c, 0), NULL);
    buffer_text(&path, ".json");
    url_param(&path, "at", c->values.at);
    if (client_get(cli_client(c), path.at, &body, why) < 0)
        return CLI_FAILED;
    if (c->layout == LAYOUT_JSON)
        print_json(body);
    else
        print_map(c, body);
    json_decref(body);
    return CLI_DONE;
}

/* ---- as a file ---- */

enum cli_exit cli_map_export(struct cli *c, struct complaint *why)
{
    static const char *const endings[] = {".gv",   ".svg",     ".png", ".pdf",
                                          ".json", ".graphml", ".csv", NULL};
    const char *ending = cli_ending(c->values.output, endings);
    struct buffer OWNED_BUFFER path = {0}, OWNED_BUFFER picture = {0};

    if (ending == NULL)
        return cli_refuse(why, CLI_WRONG_USAGE, "",
                          "say where to: -o FILE, ending in .svg .png .pdf .gv "
                          ".json .graphml or .csv");
    url_path(&path, "maps", cli_word(c, 0), NULL);
    buffer_text(&path, ending);
    url_param(&path, "at", c->values.at);
    if (c->values.ports)
        url_param_number(&path, "ports", 1);
    if (client_fetch(cli_client(c), path.at, &picture, why) < 0)
        return CLI_FAILED;
    return cli_save(c, c->values.output, &picture, why);
}
