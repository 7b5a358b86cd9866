/* picture_legend.h - figures and labels as the legend of a picture says them;
 * for the files picture*.c alone. Pure. */
#ifndef GRAPHS_PICTURE_LEGEND_H
#define GRAPHS_PICTURE_LEGEND_H

#include "graphs/template.h"

/* How wide a text is in a font of one width: cells, CJK two. */
size_t legend_cells(const char *text);

/* Appends text safe for one row of a legend: no control characters, well-formed
 * UTF-8, at most max cells, "..." where it is cut. */
void legend_text(const char *text, size_t max, struct buffer *out);

/* Appends "  12.5 Mbit/s", filled to the width of the longest of its kind; "-"
 * where value is not known. */
void legend_figure(double value, enum template_prefixes prefixes,
                   const char *unit, struct buffer *out);
/* Its heading, as wide. */
void legend_heading(const char *heading, enum template_prefixes prefixes,
                    const char *unit, struct buffer *out);
/* Cells of both. */
size_t legend_width(enum template_prefixes prefixes, const char *unit);

/* Appends seconds as "45 min", "2 h 5 min". */
void legend_span(int64_t s, struct buffer *out);

#endif
