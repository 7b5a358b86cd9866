/* cli_print.h - what the API said, in the layout that is wanted: columns by
 * tables. */
#ifndef NORTH_CLI_PRINT_H
#define NORTH_CLI_PRINT_H

#include "north/cli.h"
#include "north/cli_grid.h"

/* A column is a member of each object, "poll/rtt_ms" a member of a member. A
 * list of texts is one cell. */
struct print_column {
    struct grid_column head;
    const char *path; /* NULL: as head.key */
};

/* A grid of an array of objects; its heads, which live as long as the grid
 * needs them, are copied. */
struct print_table {
    struct grid *grid;
    struct grid_column *heads;
};
void print_table_init(struct print_table *t, const struct print_column *columns,
                      size_t count);
void print_table_fini(struct print_table *t);
/* A row of one object. */
void print_table_add(struct print_table *t, const struct print_column *columns,
                     size_t count, const json_t *object);
#define OWNED_PRINT_TABLE __attribute__((cleanup(print_table_fini)))

/* Prints list as a table; or body, from which it is, as JSON. nothing: said on
 * a terminal where the list is empty. */
void print_list(const struct cli *c, const json_t *body, const json_t *list,
                const struct print_column *columns, size_t count,
                const char *nothing);

/* Prints one object: a line for each column. Not for JSON. */
void print_record(const struct cli *c, const json_t *object,
                  const struct print_column *columns, size_t count);

void print_json(const json_t *body);
void print_buffer(const struct buffer *text);

/* The member at "a/b"; NULL if there is none. */
const json_t *json_at(const json_t *object, const char *path);
const char *json_text_at(const json_t *object, const char *path); /* or "" */
double json_number_at(const json_t *object, const char *path);    /* or NaN */

#endif
