/* What people do to maps: draw, import, edit, look at what was done. */
#include "north/cli_print.h"
#include "north/cli_url.h"

#include "base/file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

static const struct print_column edit_columns[] = {
    {{"revision", "Revision", UNIT_COUNT}, NULL},
    {{"at", "When", UNIT_AGO}, NULL},
    {{"who", "Who", UNIT_TEXT}, NULL},
    {{"text", "Edit", UNIT_TEXT}, NULL},
    {{"status", "Status", UNIT_TEXT}, NULL},
};

static void print_edits(const struct cli *c, const json_t *body,
                        const char *none)
{
    print_list(c, body, json_object_get(body, "edits"), edit_columns,
               COUNT_OF(edit_columns), none);
}

enum cli_exit cli_map_edits(struct cli *c, struct complaint *why)
{
    struct buffer OWNED_BUFFER path = {0};
    json_t *body;

    url_path(&path, "maps", cli_word(c, 0), "edits", NULL);
    url_param(&path, "at", c->values.at);
    if (client_get(cli_client(c), path.at, &body, why) < 0)
        return CLI_FAILED;
    print_edits(c, body, "nobody edited this map");
    json_decref(body);
    return CLI_DONE;
}

enum cli_exit cli_map_edit(struct cli *c, struct complaint *why)
{
    struct buffer OWNED_BUFFER path = {0};
    json_t *edits = json_array(), *answer;
    json_t *body = json_pack("{s:o}", "edits", edits);

    for (size_t i = 1; i < c->words.count; i++)
        (void)json_array_append_new(edits, json_string(cli_word(c, i)));
    if (c->values.revision > 0)
        (void)json_object_set_new(body, "revision",
                                  json_integer(c->values.revision));
    url_path(&path, "maps", cli_word(c, 0), NULL);
    url_param(&path, "at", c->values.at);
    if (client_send(cli_client(c), "PATCH", path.at, body, &answer, why) < 0)
        return CLI_FAILED;
    print_edits(c, answer, "nothing was changed");
    json_decref(answer);
    return CLI_DONE;
}

static enum cli_exit say(struct cli *c, json_t *answer, const char *what)
{
    if (c->layout == LAYOUT_JSON)
        print_json(answer);
    else if (c->layout == LAYOUT_TABLE)
        printf("the map %s is %s\n", cli_word(c, 0), what);
    json_decref(answer);
    return CLI_DONE;
}

enum cli_exit cli_map_new(struct cli *c, struct complaint *why)
{
    json_t *answer;

    if (client_send(cli_client(c), "POST", "maps",
                    json_pack("{s:s}", "name", cli_word(c, 0)), &answer,
                    why) < 0)
        return CLI_FAILED;
    return say(c, answer, "there, and empty");
}

enum cli_exit cli_map_delete(struct cli *c, struct complaint *why)
{
    struct buffer OWNED_BUFFER path = {0};
    json_t *answer;

    url_path(&path, "maps", cli_word(c, 0), NULL);
    if (client_send(cli_client(c), "DELETE", path.at, NULL, &answer, why) < 0)
        return CLI_FAILED;
    return say(c, answer, "deleted");
}

/* Complaints about the file begin with it; what the station or the way to it
 * says has nothing to do with it. */
static enum cli_exit explain(int rc, const char *file, struct complaint *why)
{
    struct complaint was = *why;

    if (rc != -EINVAL)
        return CLI_FAILED;
    return cli_refuse(why, CLI_FAILED, was.remedy, "%s: %s", file, was.what);
}

enum cli_exit cli_map_import(struct cli *c, struct complaint *why)
{
    enum { FILE_MAX = 32 << 20 };
    static const char *const endings[] = {".gv",   ".dot", ".graphml", ".xml",
                                          ".json", ".csv", ".tsv",     NULL};
    const char *file = cli_word(c, 1), *ending = cli_ending(file, endings);
    struct buffer OWNED_BUFFER path = {0}, OWNED_BUFFER text = {0};
    json_t *answer;

    if (ending == NULL)
        return cli_refuse(why, CLI_WRONG_USAGE, "",
                          "FILE ends in .gv .dot .graphml .json or .csv, which "
                          "tells its format");
    int rc = file_read(file, FILE_MAX, &text);
    if (rc < 0)
        return cli_refuse(why, CLI_FAILED, "check its name and permissions",
                          "%s cannot be read: %s", file, strerror(-rc));
    url_path(&path, "maps", cli_word(c, 0), NULL);
    buffer_text(&path, ending);
    if (c->values.replace)
        url_param_number(&path, "replace", 1);
    rc = client_post(cli_client(c), path.at, buffer_view(&text), &answer, why);
    if (rc < 0)
        return explain(rc, file, why);
    return say(c, answer, "imported");
}
