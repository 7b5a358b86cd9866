/* cli_grid.h - rows and columns: aligned for a terminal, or tab-separated for
 * programs. */
#ifndef NORTH_CLI_GRID_H
#define NORTH_CLI_GRID_H

#include "base/own.h"
#include "north/cli_unit.h"

struct grid_column {
    const char *key;   /* in the header for programs: "in_bps" */
    const char *title; /* in the header for people; NULL: not for people */
    enum unit unit;
};

struct grid;

/* columns are borrowed. */
struct grid *grid_new(const struct grid_column *columns, size_t count);
void grid_free(struct grid *g);
OWNED_BY(struct grid, grid_free)

/* Adds a cell to the row at hand, from left to right. */
void grid_text(struct grid *g, const char *text); /* NULL and "": empty */
void grid_number(struct grid *g, double value);   /* by the column's unit */
void grid_pair(struct grid *g, const char *shown, const char *raw);

/* Ends the row; cells not given are empty. */
void grid_row(struct grid *g);
size_t grid_rows(const struct grid *g);

/* Appends the table for people: titles, columns aligned by what a terminal
 * shows; a column without any value is left out. Control characters are. */
void grid_print(const struct grid *g, struct buffer *out);

/* The same as two columns, a line for each column that has a value in the
 * first row: "name:  core-1". */
void grid_print_record(const struct grid *g, struct buffer *out);

/* Appends it for programs: header, tabs, \t \n \\ escaped, every column; the
 * header is optional for rows that follow others. */
void grid_print_tsv(const struct grid *g, bool header, struct buffer *out);

/* The same as lines of key and value. */
void grid_print_tsv_record(const struct grid *g, struct buffer *out);

/* Columns that a terminal needs for text (UTF-8). */
size_t grid_width(const char *text);

#endif
