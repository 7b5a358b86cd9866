/* Series: pictures, numbers, and the files they are in. */
#include "north/cli_print.h"
#include "north/cli_url.h"

#include "base/arena.h"

#include <math.h>
#include <stdio.h>

/* ---- pictures ---- */

static void add_times(const struct cli *c, struct buffer *path)
{
    url_param(path, "from", c->values.from);
    url_param(path, "to", c->values.to);
}

/* All words but the last name objects, that one the series. */
enum cli_exit cli_graph(struct cli *c, struct complaint *why)
{
    size_t last = c->words.count - 1;
    static const char *const endings[] = {".png", ".svg", NULL};
    const char *ending = cli_ending(c->values.output, endings);
    struct buffer OWNED_BUFFER path = {0}, OWNED_BUFFER picture = {0};

    if (ending == NULL)
        return cli_refuse(why, CLI_WRONG_USAGE, "",
                          "say where to: -o FILE, ending in .png or .svg");
    url_path(&path, "graphs", cli_word(c, 0), cli_word(c, last), NULL);
    buffer_text(&path, ending);
    for (size_t i = 1; i < last; i++)
        url_param(&path, "with", cli_word(c, i));
    add_times(c, &path);
    if (c->values.width > 0)
        url_param_number(&path, "width", c->values.width);
    if (c->values.height > 0)
        url_param_number(&path, "height", c->values.height);
    if (c->values.dark)
        url_param_number(&path, "dark", 1);
    if (c->values.stacked)
        url_param_number(&path, "stacked", 1);
    if (client_fetch(cli_client(c), path.at, &picture, why) < 0)
        return CLI_FAILED;
    return cli_save(c, c->values.output, &picture, why);
}

/* ---- files ---- */

static const struct print_column file_columns[] = {
    {{"series", "Series", UNIT_TEXT}, NULL},
    {{"object", "Object", UNIT_TEXT}, NULL},
    {{"file", "File", UNIT_TEXT}, NULL},
};

static enum cli_exit print_files(struct cli *c, struct complaint *why)
{
    struct buffer OWNED_BUFFER path = {0};
    json_t *body;

    url_path(&path, "series", cli_word(c, 0), NULL);
    if (client_get(cli_client(c), path.at, &body, why) < 0)
        return CLI_FAILED;
    print_list(c, body, json_object_get(body, "files"), file_columns,
               COUNT_OF(file_columns),
               "it has no series yet: wait for two polls");
    json_decref(body);
    return CLI_DONE;
}

/* ---- numbers ---- */

/* What the values of a column are, by the unit that the API tells. */
static enum unit unit_of(const char *name)
{
    static const struct {
        const char *name;
        enum unit unit;
    } units[] = {{"B/s", UNIT_OCTETS},
                 {"ms", UNIT_MS},
                 {"%", UNIT_PERCENT},
                 {"B", UNIT_BYTES},
                 {"/s", UNIT_PER_S}};

    for (size_t i = 0; i < COUNT_OF(units); i++)
        if (strcmp(name, units[i].name) == 0)
            return units[i].unit;
    return UNIT_NUMBER; /* of a sensor */
}

/* in_octets is told in bit/s: its column says so. */
static const char *title_of(const char *name, struct arena *arena)
{
    static const char *const octets[] = {"_octets", NULL};
    struct buffer OWNED_BUFFER title = {0};

    if (cli_ending(name, octets) == NULL)
        return arena_text(arena, name);
    buffer_add(&title, name, strlen(name) - strlen(octets[0]));
    buffer_text(&title, "_bps");
    return arena_text(arena, title.at);
}

/* The columns of an answer. */
struct numbers {
    struct arena *arena;
    struct grid_column *heads; /* the first is the time */
    size_t count;              /* the time included; the reason follows */
};

static const char *text_in(const json_t *list, size_t i)
{
    const char *text = json_string_value(json_array_get(list, i));

    return text != NULL ? text : "";
}

static void choose(struct numbers *n, const json_t *body)
{
    const json_t *names = json_object_get(body, "columns");
    const json_t *units = json_object_get(body, "units");
    size_t count = json_array_size(names);

    n->heads = arena_zero(n->arena, (count + 2) * sizeof *n->heads);
    n->heads[n->count++] = (struct grid_column){"time", "Time", UNIT_TIME};
    for (size_t i = 0; i < count; i++) {
        const char *title = title_of(text_in(names, i), n->arena);

        n->heads[n->count++] =
            (struct grid_column){title, title, unit_of(text_in(units, i))};
    }
    n->heads[n->count] = (struct grid_column){"gap", "Gap", UNIT_TEXT};
}

static void add_row(struct grid *g, const struct numbers *n, const json_t *row,
                    const char *gap)
{
    struct wall at = {json_integer_value(json_array_get(row, 0)) * 1000};
    char time[24];

    wall_format(at, time, sizeof time);
    grid_text(g, time);
    for (size_t i = 1; i < n->count; i++) {
        const json_t *value = json_array_get(row, i);

        grid_number(g, json_is_number(value) ? json_number_value(value) : NAN);
    }
    grid_text(g, gap);
    grid_row(g);
}

/* True if a row has any number: those before the first poll have none. */
static bool is_known(const json_t *row)
{
    for (size_t i = 1; i < json_array_size(row); i++)
        if (json_is_number(json_array_get(row, i)))
            return true;
    return false;
}

static void print_numbers(const struct cli *c, const json_t *body)
{
    const json_t *rows = json_object_get(body, "rows");
    OWNED(arena_free) struct arena *arena = arena_new();
    struct numbers n = {.arena = arena};
    struct buffer OWNED_BUFFER text = {0};

    choose(&n, body);
    OWNED(grid_free) struct grid *g = grid_new(n.heads, n.count + 1);
    for (size_t i = 0; i < json_array_size(rows); i++) {
        const json_t *row = json_array_get(rows, i);
        const char *gap = text_in(json_object_get(body, "row_gaps"), i);

        if (c->layout == LAYOUT_TSV || gap[0] != '\0' || is_known(row))
            add_row(g, &n, row, gap);
    }
    if (c->layout == LAYOUT_TSV)
        grid_print_tsv(g, true, &text);
    else if (grid_rows(g) > 0)
        grid_print(g, &text);
    else
        buffer_text(&text, "nothing is known of that time\n");
    print_buffer(&text);
}

/* ---- summary ---- */

static const struct grid_column summary_heads[] = {
    {"column", "Column", UNIT_TEXT}, {"unit", NULL, UNIT_TEXT},
    {"last", "Last", UNIT_NUMBER},   {"min", "Lowest", UNIT_NUMBER},
    {"mean", "Mean", UNIT_NUMBER},   {"max", "Highest", UNIT_NUMBER},
    {"p95", "95 %", UNIT_NUMBER},    {"total", "Total", UNIT_NUMBER},
};

/* Figures for people in the unit of their column, for programs as digits; a
 * total is of what its column counts each second. */
static void add_summary_row(struct grid *g, const json_t *one)
{
    enum unit unit = unit_of(json_text_at(one, "unit"));
    enum unit sum = unit == UNIT_OCTETS ? UNIT_BYTES : UNIT_COUNT;
    const char *shown_unit =
        unit == UNIT_OCTETS ? "bit/s" : json_text_at(one, "unit");

    grid_text(g, json_text_at(one, "column"));
    grid_text(g, shown_unit);
    for (size_t i = 2; i < COUNT_OF(summary_heads); i++) {
        const char *key = summary_heads[i].key;
        enum unit its = strcmp(key, "total") == 0 ? sum : unit;
        double value = json_number_at(one, key);
        struct buffer OWNED_BUFFER shown = {0}, OWNED_BUFFER raw = {0};

        buffer_add(&shown, NULL, 0);
        buffer_add(&raw, NULL, 0);
        unit_show(its, value, &shown);
        unit_raw(its, value, &raw);
        grid_pair(g, shown.at, raw.at);
    }
    grid_row(g);
}

static void print_summary(const struct cli *c, const json_t *body)
{
    const json_t *list = json_object_get(body, "summary");
    OWNED(grid_free)
    struct grid *g = grid_new(summary_heads, COUNT_OF(summary_heads));
    struct buffer OWNED_BUFFER text = {0};

    for (size_t i = 0; i < json_array_size(list); i++)
        add_summary_row(g, json_array_get(list, i));
    if (c->layout == LAYOUT_TSV)
        grid_print_tsv(g, true, &text);
    else
        grid_print(g, &text);
    print_buffer(&text);
}

enum cli_exit cli_series(struct cli *c, struct complaint *why)
{
    struct buffer OWNED_BUFFER path = {0};
    json_t *body;

    if (c->values.files || c->words.count == 1)
        return print_files(c, why);
    url_path(&path, "series", cli_word(c, 0), cli_word(c, 1), NULL);
    add_times(c, &path);
    if (c->values.step > 0)
        url_param_number(&path, "step", c->values.step);
    if (c->values.max)
        url_param_number(&path, "max", 1);
    if (client_get(cli_client(c), path.at, &body, why) < 0)
        return CLI_FAILED;
    if (c->layout == LAYOUT_JSON)
        print_json(body);
    else if (c->values.summary)
        print_summary(c, body);
    else
        print_numbers(c, body);
    json_decref(body);
    return CLI_DONE;
}
