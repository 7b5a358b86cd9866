/* picture_table.h - the legend as a table below the plot; for the files
 * picture*.c alone. Pure. */
#ifndef GRAPHS_PICTURE_TABLE_H
#define GRAPHS_PICTURE_TABLE_H

#include "graphs/picture_plan.h"

/* Which columns fit, and how wide they are in cells. */
struct picture_table {
    bool columns[FIGURES];
    size_t width[FIGURES];
    size_t label;
    bool none; /* the picture is too small for any legend */
};

/* Pixels of the plot; cells that fit below it. */
unsigned picture_width(const struct picture *p);
size_t picture_cells(const struct picture *p);

struct picture_table table_make(const struct picture_plan *plan);

/* Pixels from the left to where figures begin. */
unsigned table_tab(const struct picture_table *table);

/* Append the cells of a row, the blanks at its end not cut. */
void table_headings(const struct picture_plan *plan,
                    const struct picture_table *table, struct buffer *out);
void table_figures(const struct picture_plan *plan, const struct trace *t,
                   const struct picture_table *table, struct buffer *out);
void table_gaps(const struct gap_reason *r, struct buffer *out);

/* Appends a row as a legend: "label<tab>figures\l", escaped. One stop of the
 * tabulator stands behind the labels, so that columns begin together whatever
 * the label's script. */
void table_row(const struct picture_table *table, const char *label,
               const struct buffer *figures, struct buffer *out);

/* Appends text with its colons escaped: they end a part of an argument, and
 * nothing else in a legend or path means anything to rrdtool. */
void picture_escape(const char *text, struct buffer *out);

#endif
