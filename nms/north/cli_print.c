#include "north/cli_print.h"

#include <math.h>
#include <stdio.h>

enum { JSON_FLAGS = JSON_INDENT(2) | JSON_PRESERVE_ORDER };

const json_t *json_at(const json_t *object, const char *path)
{
    while (object != NULL) {
        size_t len = strcspn(path, "/");
        OWNED(free) char *key = mem_text_of(path, len);

        object = json_object_get(object, key);
        if (path[len] == '\0')
            return object;
        path += len + 1;
    }
    return NULL;
}

const char *json_text_at(const json_t *object, const char *path)
{
    const char *text = json_string_value(json_at(object, path));

    return text != NULL ? text : "";
}

double json_number_at(const json_t *object, const char *path)
{
    const json_t *value = json_at(object, path);

    return json_is_number(value) ? json_number_value(value) : NAN;
}

/* ---- cells ---- */

static void add_list(struct grid *g, const json_t *list)
{
    struct buffer OWNED_BUFFER text = {0};

    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *one = json_string_value(json_array_get(list, i));

        buffer_format(&text, "%s%s", i > 0 ? ", " : "", one != NULL ? one : "");
    }
    grid_text(g, text.at);
}

static void add_value(struct grid *g, const json_t *value)
{
    if (json_is_number(value))
        grid_number(g, json_number_value(value));
    else if (json_is_boolean(value))
        grid_number(g, json_is_true(value) ? 1 : 0);
    else if (json_is_array(value))
        add_list(g, value);
    else
        grid_text(g, json_string_value(value));
}

/* ---- tables ---- */

void print_table_init(struct print_table *t, const struct print_column *columns,
                      size_t count)
{
    t->heads = mem_array(count, sizeof *t->heads);
    for (size_t i = 0; i < count; i++)
        t->heads[i] = columns[i].head;
    t->grid = grid_new(t->heads, count);
}

void print_table_fini(struct print_table *t)
{
    grid_free(t->grid);
    free(t->heads);
}

void print_table_add(struct print_table *t, const struct print_column *columns,
                     size_t count, const json_t *object)
{
    for (size_t i = 0; i < count; i++)
        add_value(t->grid, json_at(object, columns[i].path != NULL
                                               ? columns[i].path
                                               : columns[i].head.key));
    grid_row(t->grid);
}

void print_buffer(const struct buffer *text)
{
    if (text->len > 0)
        (void)fwrite(text->at, 1, text->len, stdout);
}

void print_json(const json_t *body)
{
    (void)json_dumpf(body, stdout, JSON_FLAGS);
    putchar('\n');
}

void print_list(const struct cli *c, const json_t *body, const json_t *list,
                const struct print_column *columns, size_t count,
                const char *nothing)
{
    struct buffer OWNED_BUFFER text = {0};
    OWNED_PRINT_TABLE struct print_table t = {0};

    if (c->layout == LAYOUT_JSON) {
        print_json(body);
        return;
    }
    print_table_init(&t, columns, count);
    for (size_t i = 0; i < json_array_size(list); i++)
        print_table_add(&t, columns, count, json_array_get(list, i));
    if (c->layout == LAYOUT_TSV)
        grid_print_tsv(t.grid, true, &text);
    else if (json_array_size(list) > 0)
        grid_print(t.grid, &text);
    else
        buffer_format(&text, "%s\n", nothing);
    print_buffer(&text);
}

void print_record(const struct cli *c, const json_t *object,
                  const struct print_column *columns, size_t count)
{
    struct buffer OWNED_BUFFER text = {0};
    OWNED_PRINT_TABLE struct print_table t = {0};

    print_table_init(&t, columns, count);
    print_table_add(&t, columns, count, object);
    if (c->layout == LAYOUT_TSV)
        grid_print_tsv_record(t.grid, &text);
    else
        grid_print_record(t.grid, &text);
    print_buffer(&text);
}
