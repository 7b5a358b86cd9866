/* All that is on record of a device or a person: given out, or deleted. */
#include "base/file.h"
#include "base/mem.h"
#include "north/cli_print.h"
#include "north/cli_url.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- forgetting ---- */

static const struct print_column left_columns[] = {
    {{"where", "Still there in", UNIT_TEXT}, NULL},
    {{"why", "Because", UNIT_TEXT}, NULL},
};

static enum cli_exit forget(struct cli *c, const char *what,
                            struct complaint *why)
{
    struct buffer OWNED_BUFFER path = {0};
    json_t *answer;

    if (!c->values.yes)
        return cli_refuse(why, CLI_WRONG_USAGE, "say --yes to do it",
                          "it cannot be undone");
    url_path(&path, what, cli_word(c, 0), "forget", NULL);
    if (client_send(cli_client(c), "POST", path.at, NULL, &answer, why) < 0)
        return CLI_FAILED;
    const json_t *left = json_object_get(answer, "left");
    if (c->layout != LAYOUT_JSON)
        printf("forgotten: %.0f rows deleted, %.0f others changed; on record "
               "it is %s\n",
               json_number_at(answer, "deleted"),
               json_number_at(answer, "changed"),
               json_text_at(answer, "instead"));
    if (c->layout == LAYOUT_JSON)
        print_json(answer);
    else if (json_array_size(left) > 0)
        print_list(c, answer, left, left_columns, COUNT_OF(left_columns), "");
    json_decref(answer);
    return CLI_DONE;
}

enum cli_exit cli_forget_device(struct cli *c, struct complaint *why)
{
    return forget(c, "devices", why);
}

enum cli_exit cli_forget_person(struct cli *c, struct complaint *why)
{
    return forget(c, "users", why);
}

/* ---- giving out ---- */

enum {
    DIR_MODE = 0750,
    FILE_MODE = 0640,
    PAGE = 10000,
    ALERTS_MAX = 100000,
    INDENT = 2
};

/* Where it goes, and what went there. */
struct given {
    struct cli *c;
    const char *dir, *name;
    json_t *told; /* "file", "entries" of each */
};

static const struct print_column given_columns[] = {
    {{"file", "File", UNIT_TEXT}, NULL},
    {{"entries", "Entries", UNIT_COUNT}, NULL},
};

/* Writes a body, which is taken. */
static int give(struct given *g, const char *file, json_t *body,
                struct complaint *why)
{
    struct buffer OWNED_BUFFER path = {0};
    size_t entries = json_is_array(body) ? json_array_size(body) : 1;
    OWNED(free)
    char *text = json_dumps(body, JSON_INDENT(INDENT));

    json_decref(body);
    buffer_format(&path, "%s/%s", g->dir, file);
    int rc = file_make_dir(g->dir, DIR_MODE);
    if (rc < 0)
        return complain(why, rc, g->dir, "check its rights",
                        "it cannot be made: %s", strerror(-rc));
    rc = text != NULL ? file_write(path.at, bytes_of_text(text),
                                   cli_file_mode(FILE_MODE))
                      : -ENOMEM;
    if (rc < 0)
        return complain(why, rc, path.at, "check its rights and disk",
                        "it cannot be written: %s", strerror(-rc));
    json_array_append_new(g->told, json_pack("{s:s,s:I}", "file", path.at,
                                             "entries", (json_int_t)entries));
    return 0;
}

/* One part of what the station says, or all of it where part is NULL; what it
 * does not know is not there. */
static int fetch(struct given *g, const char *file, const char *path,
                 const char *part, struct complaint *why)
{
    json_t *body;
    int rc = client_get(cli_client(g->c), path, &body, why);

    if (rc < 0)
        return rc;
    json_t *kept = part != NULL ? json_incref(json_object_get(body, part))
                                : json_incref(body);
    json_decref(body);
    return kept != NULL ? give(g, file, kept, why) : 0;
}

/* Events of accounts have a person's name as their object. */
static bool is_of_account(const json_t *event)
{
    static const char *const types[] = {"user.", "login", "logout"};
    const char *type = json_text_at(event, "type");

    for (size_t i = 0; i < COUNT_OF(types); i++)
        if (strncmp(type, types[i], strlen(types[i])) == 0)
            return true;
    return false;
}

/* Rows that are of what is given out, and not of a namesake: the name is a
 * pattern where the station looks for it. */
typedef bool (*is_of_fn)(const json_t *row, const char *name);

static bool is_of_anybody(const json_t *row, const char *name)
{
    (void)row;
    (void)name;
    return true;
}

static bool is_of_person(const json_t *row, const char *name)
{
    return is_of_account(row) && strcmp(json_text_at(row, "object"), name) == 0;
}

/* It, a port of it and the like. */
static bool is_of_device(const json_t *row, const char *name)
{
    const char *object = json_text_at(row, "object");
    size_t len = strlen(name);

    if (strcmp(json_text_at(row, "device"), name) == 0)
        return true;
    return !is_of_account(row) && strncmp(object, name, len) == 0 &&
           (object[len] == '\0' || object[len] == ':');
}

static void keep(json_t *all, const json_t *rows, is_of_fn is_of,
                 const char *name)
{
    json_t *row;
    size_t i;

    json_array_foreach(rows, i, row)
    {
        if (is_of(row, name))
            json_array_append(all, row);
    }
}

/* Adds entries of a log that hold, page by page, the newest first. */
static int add_log(struct given *g, json_t *all, const char *log,
                   const char *param, const char *value, is_of_fn is_of,
                   struct complaint *why)
{
    int64_t before = 0;

    do {
        struct buffer OWNED_BUFFER path = {0};
        json_t *body;

        buffer_text(&path, log);
        url_param(&path, param, value);
        url_param_number(&path, "limit", PAGE);
        if (before > 0)
            url_param_number(&path, "before", before);
        int rc = client_get(cli_client(g->c), path.at, &body, why);
        if (rc < 0)
            return rc;
        keep(all, json_object_get(body, log), is_of, g->name);
        before = json_integer_value(json_object_get(body, "next"));
        json_decref(body);
    } while (before > 0);
    return 0;
}

static int fetch_log(struct given *g, const char *file, const char *log,
                     const char *param, is_of_fn is_of, struct complaint *why)
{
    json_t *all = json_array();
    int rc = add_log(g, all, log, param, g->name, is_of, why);

    if (rc == 0)
        return give(g, file, all, why);
    json_decref(all);
    return rc;
}

/* What the station says below devices/NAME, each in a file of its own. */
static int fetch_facts(struct given *g, struct complaint *why)
{
    static const struct {
        const char *file, *path, *part;
    } parts[] = {{"interfaces.json", "interfaces", "interfaces"},
                 {"sensors.json", "sensors", "sensors"},
                 {"neighbors.json", "neighbors", "neighbors"},
                 {"addresses.json", "addresses", NULL},
                 {"identity.json", "identity", NULL}};
    int rc = 0;

    for (size_t i = 0; i < COUNT_OF(parts) && rc == 0; i++) {
        struct buffer OWNED_BUFFER path = {0};

        url_path(&path, "devices", g->name, parts[i].path, NULL);
        rc = fetch(g, parts[i].file, path.at, parts[i].part, why);
    }
    return rc;
}

static int fetch_links(struct given *g, struct complaint *why)
{
    struct buffer OWNED_BUFFER path = {0};

    buffer_text(&path, "links");
    url_param(&path, "device", g->name);
    return fetch(g, "links.json", path.at, "links", why);
}

/* All of them, or it is said that they are not. */
static int fetch_alerts(struct given *g, struct complaint *why)
{
    struct buffer OWNED_BUFFER path = {0};
    json_t *body, *all = json_array();

    buffer_text(&path, "alerts");
    url_param(&path, "object", g->name);
    url_param(&path, "state", "all");
    url_param_number(&path, "limit", ALERTS_MAX);
    int rc = client_get(cli_client(g->c), path.at, &body, why);
    if (rc < 0) {
        json_decref(all);
        return rc;
    }
    const json_t *rows = json_object_get(body, "alerts");
    json_int_t total = json_integer_value(json_object_get(body, "total"));
    size_t count = json_array_size(rows);
    keep(all, rows, is_of_device, g->name);
    json_decref(body);
    rc = give(g, "alerts.json", all, why);
    if (rc == 0 && total > (json_int_t)count)
        rc = complain(why, -EFBIG, "", "ask the API for them by time",
                      "the station gave %zu of %" JSON_INTEGER_FORMAT
                      " alerts of it",
                      count, total);
    return rc;
}

/* Changes by hand of the device: those are told by the path they were made at,
 * as it is read. */
static int fetch_changes(struct given *g, struct complaint *why)
{
    static const struct {
        const char *before, *behind;
    } paths[] = {{"devices/", ""}, {"devices/", "/poll"}, {"risk/", ""}};
    json_t *all = json_array();
    int rc = 0;

    for (size_t i = 0; i < COUNT_OF(paths) && rc == 0; i++) {
        struct buffer OWNED_BUFFER object = {0};

        buffer_format(&object, "%s%s%s", paths[i].before, g->name,
                      paths[i].behind);
        rc = add_log(g, all, "audit", "object", object.at, is_of_anybody, why);
    }
    if (rc == 0)
        return give(g, "audit.json", all, why);
    json_decref(all);
    return rc;
}

static int fetch_risk(struct given *g, struct complaint *why)
{
    struct buffer OWNED_BUFFER path = {0};

    url_path(&path, "risk", g->name, NULL);
    return fetch(g, "risk.json", path.at, NULL, why);
}

static int fetch_files(struct given *g, struct complaint *why)
{
    struct buffer OWNED_BUFFER path = {0};

    url_path(&path, "series", g->name, NULL);
    return fetch(g, "series.json", path.at, "files", why);
}

/* Rows of a list that name who in a member. */
static json_t *rows_by(const json_t *list, const char *path, const char *who)
{
    json_t *found = json_array(), *row;
    size_t i;

    json_array_foreach(list, i, row)
    {
        if (strcmp(json_text_at(row, path), who) == 0)
            json_array_append(found, row);
    }
    return found;
}

static int fetch_rows(struct given *g, const char *path, const char *list,
                      const char *member, struct complaint *why)
{
    struct buffer OWNED_BUFFER file = {0};
    json_t *body;
    int rc = client_get(cli_client(g->c), path, &body, why);

    if (rc < 0)
        return rc;
    buffer_format(&file, "%s.json", list);
    json_t *rows = rows_by(json_object_get(body, list), member, g->name);
    json_decref(body);
    return give(g, file.at, rows, why);
}

static enum cli_exit give_all(struct cli *c,
                              int (*fetch_all)(struct given *g,
                                               struct complaint *why),
                              struct complaint *why)
{
    struct given g = {.c = c,
                      .dir = cli_word(c, 1),
                      .name = cli_word(c, 0),
                      .told = json_array()};
    int rc = fetch_all(&g, why);

    if (rc == 0)
        print_list(c, g.told, g.told, given_columns, COUNT_OF(given_columns),
                   "");
    json_decref(g.told);
    return cli_exit_of(rc);
}

/* Of a device that is there. */
static int fetch_known(struct given *g, struct complaint *why)
{
    int rc = fetch_facts(g, why);

    if (rc == 0)
        rc = fetch_links(g, why);
    if (rc == 0)
        rc = fetch_risk(g, why);
    if (rc == 0)
        rc = fetch_files(g, why);
    return rc;
}

/* Whether there was a device of that name: something happened to it. */
static bool is_remembered(struct given *g)
{
    json_t *all = json_array();
    int rc = add_log(g, all, "events", "object", g->name, is_of_device, NULL);
    bool found = rc == 0 && json_array_size(all) > 0;

    json_decref(all);
    return found;
}

/* One that was removed is on record all the same. */
static int fetch_device(struct given *g, struct complaint *why)
{
    struct buffer OWNED_BUFFER path = {0};

    url_path(&path, "devices", g->name, NULL);
    int rc = fetch(g, "device.json", path.at, NULL, why);
    if (rc == 0)
        rc = fetch_known(g, why);
    else if (rc == -ENOENT && is_remembered(g))
        rc = 0;
    if (rc == 0)
        rc = fetch_alerts(g, why);
    if (rc == 0)
        rc = fetch_log(g, "events.json", "events", "object", is_of_device, why);
    if (rc == 0)
        rc = fetch_changes(g, why);
    return rc;
}

static int fetch_person(struct given *g, struct complaint *why)
{
    int rc = fetch_rows(g, "users", "users", "name", why);

    if (rc == 0)
        rc = fetch_rows(g, "tokens", "tokens", "by", why);
    if (rc == 0)
        rc = fetch_rows(g, "silences", "silences", "who", why);
    if (rc == 0)
        rc = fetch_rows(g, "pins", "pins", "who", why);
    if (rc == 0)
        rc = fetch_rows(g, "alerts?state=all&limit=100000", "alerts",
                        "acknowledged/who", why);
    if (rc == 0)
        rc = fetch_log(g, "events.json", "events", "object", is_of_person, why);
    if (rc == 0)
        rc = fetch_log(g, "audit.json", "audit", "who", is_of_anybody, why);
    return rc;
}

enum cli_exit cli_export_device(struct cli *c, struct complaint *why)
{
    return give_all(c, fetch_device, why);
}

enum cli_exit cli_export_person(struct cli *c, struct complaint *why)
{
    return give_all(c, fetch_person, why);
}
