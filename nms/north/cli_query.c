/* Walks and gets with the station's credentials, and the whole inventory as
 * tables. */
#include "north/cli_print.h"
#include "north/cli_url.h"

#include "base/file.h"
#include "mibs/tables.h"

#include <errno.h>
#include <stdio.h>

/* ---- walk and get ---- */

/* What becomes of lines "name = TYPE: value". */
struct lines {
    bool json;
    json_t *list;
    struct complaint *why;
    bool failed;
};

static void add_json(json_t *list, const char *line)
{
    const char *equals = strstr(line, " = ");
    const char *colon = equals != NULL ? strstr(equals, ": ") : NULL;

    if (colon == NULL)
        return;
    json_array_append_new(
        list, json_pack("{s:s%,s:s%,s:s}", "name", line,
                        (size_t)(equals - line), "type", equals + 3,
                        (size_t)(colon - equals - 3), "value", colon + 2));
}

static bool on_line(void *arg, const char *line)
{
    static const char failed[] = "# failed: ";
    struct lines *lines = arg;

    if (strncmp(line, failed, sizeof failed - 1) == 0) {
        lines->failed = true;
        (void)cli_refuse(
            lines->why, CLI_FAILED,
            "see `portolan device NAME`, its address and credential",
            "the agent gave no more: %s", line + sizeof failed - 1);
    } else if (lines->json) {
        add_json(lines->list, line);
    } else {
        puts(line);
    }
    return ferror(stdout) == 0;
}

static enum cli_exit ask(struct cli *c, const char *path, struct complaint *why)
{
    struct lines lines = {
        .json = c->layout == LAYOUT_JSON, .list = json_array(), .why = why};
    int rc = client_lines(cli_client(c), path, on_line, &lines, why);

    if (rc == 0 && lines.json)
        print_json(lines.list);
    json_decref(lines.list);
    return lines.failed ? CLI_FAILED : cli_exit_of(rc);
}

enum cli_exit cli_walk(struct cli *c, struct complaint *why)
{
    struct buffer OWNED_BUFFER path = {0};

    url_path(&path, "walk", NULL);
    url_param(&path, "target", cli_word(c, 0));
    url_param(&path, "oid", c->words.count > 1 ? cli_word(c, 1) : "1.3.6.1");
    return ask(c, path.at, why);
}

enum cli_exit cli_get(struct cli *c, struct complaint *why)
{
    struct buffer OWNED_BUFFER path = {0}, OWNED_BUFFER oids = {0};

    for (size_t i = 1; i < c->words.count; i++)
        buffer_format(&oids, "%s%s", i > 1 ? "," : "", cli_word(c, i));
    url_path(&path, "get", NULL);
    url_param(&path, "target", cli_word(c, 0));
    url_param(&path, "oid", oids.at);
    return ask(c, path.at, why);
}

/* ---- export ---- */

enum { FILE_MODE = 0644, DIR_MODE = 0755, TABLES_MAX = 64 };

struct export
{
    const char *names[TABLES_MAX];
    struct buffer tables[TABLES_MAX];
    size_t count;
};

static void export_fini(struct export *e)
{
    for (size_t i = 0; i < e->count; i++)
        buffer_fini(&e->tables[i]);
}
#define OWNED_EXPORT __attribute__((cleanup(export_fini)))

static int fetch_table(struct cli *c, const char *name, struct export *e,
                       struct complaint *why)
{
    struct buffer OWNED_BUFFER path = {0};
    size_t n = e->count++;

    e->names[n] = name;
    url_path(&path, "export", name, NULL);
    return client_fetch(cli_client(c), path.at, &e->tables[n], why);
}

/* Everything is there before anything is written. */
static int fetch_tables(struct cli *c, struct export *e, struct complaint *why)
{
    int rc = fetch_table(c, "links.tsv", e, why);

    if (rc == 0)
        rc = fetch_table(c, "quirks.tsv", e, why);
    for (size_t n = 0; rc == 0 && fact_tables_file(n) != NULL; n++)
        rc = fetch_table(c, fact_tables_file(n), e, why);
    return rc;
}

static int write_tables(const char *dir, const struct export *e,
                        struct complaint *why)
{
    int rc = file_make_dir(dir, DIR_MODE);

    for (size_t i = 0; rc == 0 && i < e->count; i++) {
        struct buffer OWNED_BUFFER path = {0};

        buffer_format(&path, "%s/%s", dir, e->names[i]);
        rc = file_write(path.at, buffer_view(&e->tables[i]),
                        cli_file_mode(FILE_MODE));
    }
    if (rc < 0)
        return complain(why, rc, "", "check its rights and disk",
                        "%s cannot be written: %s", dir, strerror(-rc));
    return 0;
}

/* Lines but for the header. */
static size_t rows_of(const struct buffer *table)
{
    size_t lines = 0;

    for (size_t i = 0; i < table->len; i++)
        lines += table->at[i] == '\n';
    return lines > 0 ? lines - 1 : 0;
}

static const struct print_column export_columns[] = {
    {{"table", "Table", UNIT_TEXT}, NULL},
    {{"rows", "Rows", UNIT_COUNT}, NULL},
    {{"file", "File", UNIT_TEXT}, NULL},
};

static void print_tables(const struct cli *c, const char *dir,
                         const struct export *e)
{
    json_t *list = json_array();

    for (size_t i = 0; i < e->count; i++) {
        struct buffer OWNED_BUFFER file = {0};

        buffer_format(&file, "%s/%s", dir, e->names[i]);
        json_array_append_new(list,
                              json_pack("{s:s%,s:I,s:s}", "table", e->names[i],
                                        strcspn(e->names[i], "."), "rows",
                                        (json_int_t)rows_of(&e->tables[i]),
                                        "file", file.at));
    }
    print_list(c, list, list, export_columns, COUNT_OF(export_columns), "");
    json_decref(list);
}

enum cli_exit cli_export(struct cli *c, struct complaint *why)
{
    OWNED_EXPORT struct export e = {0};
    int rc = fetch_tables(c, &e, why);

    if (rc == 0)
        rc = write_tables(cli_word(c, 0), &e, why);
    if (rc == 0)
        print_tables(c, cli_word(c, 0), &e);
    return cli_exit_of(rc);
}
