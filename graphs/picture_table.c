#include "graphs/picture_table.h"

#include "graphs/picture_legend.h"

#include <math.h>

enum { WIDTH_DEFAULT = 720 };
enum { LEGEND_MIN = 160 }; /* pixels: narrower pictures have none */
enum { MARGIN_CELLS = 9 }; /* of the legend, beside the plot */
enum { SWATCH_CELLS = 3, LABEL_MIN = 6, NARROW_CELLS = 80 };
enum { TAB_MARGIN = 16 }; /* pixels that the legend is in from the left */
static const double CELL_PIXELS = 6.67; /* of the legend's font */

void picture_escape(const char *text, struct buffer *out)
{
    for (; *text != '\0'; text++) {
        if (*text == ':')
            buffer_char(out, '\\');
        buffer_char(out, *text);
    }
}

unsigned picture_width(const struct picture *p)
{
    if (p->width == 0)
        return WIDTH_DEFAULT;
    return p->width < PICTURE_WIDTH_MAX ? p->width : PICTURE_WIDTH_MAX;
}

size_t picture_cells(const struct picture *p)
{
    return (size_t)(picture_width(p) / CELL_PIXELS) + MARGIN_CELLS;
}

unsigned table_tab(const struct picture_table *table)
{
    return (unsigned)((double)(table->label + SWATCH_CELLS) * CELL_PIXELS) +
           TAB_MARGIN;
}

static const char *heading_of(size_t figure)
{
    return figure == FIGURE_P95 ? "95 %" : figure_name((enum figure)figure);
}

static enum template_prefixes total_prefixes(const struct graph_template *what)
{
    return strcmp(what->total, "B") == 0 ? PREFIXES_1024 : PREFIXES_1000;
}

/* A row of the legend is of what is drawn, or beside it. */
static bool has_row(const struct trace *t)
{
    return !t->hidden;
}

static size_t column_width(const struct picture_plan *plan, size_t figure)
{
    const struct graph_template *what = plan->p->what;
    size_t width = 0;

    if (figure == FIGURE_TOTAL)
        return legend_width(total_prefixes(what), what->total);
    for (size_t i = 0; i < plan->traces.count; i++) {
        const struct trace *t = &plan->traces.at[i];
        size_t one = legend_width(t->prefixes, t->unit);

        if (has_row(t) && one > width)
            width = one;
    }
    return width;
}

static size_t label_width(const struct picture_plan *plan)
{
    size_t width = LABEL_MIN;

    for (size_t i = 0; i < plan->traces.count; i++) {
        size_t one = legend_cells(plan->traces.at[i].label.at);

        if (has_row(&plan->traces.at[i]) && one > width)
            width = one;
    }
    for (size_t i = 0; i < plan->bands.reason_count; i++) {
        size_t one = legend_cells(plan->bands.reasons[i].name);

        if (one > width)
            width = one;
    }
    return width;
}

struct picture_table table_make(const struct picture_plan *plan)
{
    static const enum figure order[] = {FIGURE_LAST, FIGURE_MEAN,  FIGURE_MAX,
                                        FIGURE_P95,  FIGURE_TOTAL, FIGURE_MIN};
    size_t room = picture_cells(plan->p);
    struct picture_table t = {.label = label_width(plan),
                              .none = picture_width(plan->p) < LEGEND_MIN};

    size_t share = room < NARROW_CELLS ? room / 3 : room / 2;
    if (t.label > share)
        t.label = share;
    size_t used = t.label + SWATCH_CELLS;
    for (size_t i = 0; i < COUNT_OF(order); i++) {
        size_t k = order[i];

        t.width[k] = column_width(plan, k) + 1;
        t.columns[k] = plan->p->what->columns[k] && used + t.width[k] <= room;
        used += t.columns[k] ? t.width[k] : 0;
    }
    return t;
}

/* Fills a cell that has cells to its column's width. */
static void fill_cell(const struct picture_table *t, size_t figure,
                      size_t cells, struct buffer *out)
{
    for (; cells < t->width[figure]; cells++)
        buffer_char(out, ' ');
}

void table_headings(const struct picture_plan *plan,
                    const struct picture_table *table, struct buffer *out)
{
    const struct graph_template *what = plan->p->what;
    const struct trace *first = &plan->traces.at[0];

    for (size_t k = 0; k < FIGURES; k++) {
        bool total = k == FIGURE_TOTAL;
        enum template_prefixes prefixes =
            total ? total_prefixes(what) : first->prefixes;
        const char *unit = total ? what->total : first->unit;

        if (!table->columns[k])
            continue;
        legend_heading(heading_of(k), prefixes, unit, out);
        fill_cell(table, k, legend_width(prefixes, unit), out);
    }
}

void table_figures(const struct picture_plan *plan, const struct trace *t,
                   const struct picture_table *table, struct buffer *out)
{
    const struct graph_template *what = plan->p->what;

    if (!trace_is_known(t)) {
        buffer_text(out, "  no data");
        return;
    }
    for (size_t k = 0; k < FIGURES; k++) {
        bool total = k == FIGURE_TOTAL;
        enum template_prefixes prefixes =
            total ? total_prefixes(what) : t->prefixes;
        const char *unit = total ? what->total : t->unit;

        if (!table->columns[k] || (total && t->curve == NULL))
            continue;
        legend_figure(t->figures[k], prefixes, unit, out);
        fill_cell(table, k, legend_width(prefixes, unit), out);
    }
}

void table_gaps(const struct gap_reason *r, struct buffer *out)
{
    buffer_format(out, "  %zu gap%s, ", r->count, r->count == 1 ? "" : "s");
    legend_span(r->total_s, out);
}

void table_row(const struct picture_table *table, const char *label,
               const struct buffer *figures, struct buffer *out)
{
    struct buffer OWNED_BUFFER text = {0};

    legend_text(label, table->label, &text);
    buffer_char(&text, '\t');
    buffer_text(&text, figures->at);
    while (text.at[text.len - 1] == ' ')
        text.at[--text.len] = '\0';
    picture_escape(text.at, out);
    buffer_text(out, "\\l");
}

/* ---- in words ---- */

/* Appends words with one blank between them, none at their end. */
static void put_words(const char *words, struct buffer *out)
{
    for (const char *at = words; *at != '\0'; at++)
        if (*at != ' ' || (at[1] != ' ' && at[1] != '\0'))
            buffer_char(out, *at);
}

static void describe_trace(const struct picture_plan *plan,
                           const struct trace *t, struct buffer *out)
{
    const char *comma = "";

    buffer_format(out, "%s:", t->label.at);
    if (!trace_is_known(t))
        buffer_text(out, " no data");
    for (size_t k = 0; trace_is_known(t) && k < FIGURES; k++) {
        struct picture_table one = {.columns = {[FIGURE_LAST] = false}};
        struct buffer OWNED_BUFFER figure = {0};

        one.columns[k] = plan->p->what->columns[k];
        table_figures(plan, t, &one, &figure);
        if (figure.len == 0)
            continue;
        buffer_format(out, "%s %s ", comma, heading_of(k));
        put_words(figure.at + strspn(figure.at, " "), out);
        comma = ",";
    }
    buffer_char(out, '\n');
}

void picture_describe(const struct picture_plan *plan, struct buffer *out)
{
    legend_text(plan->p->title != NULL ? plan->p->title : "", SIZE_MAX, out);
    buffer_char(out, '\n');
    for (size_t n = 0; n < plan->traces.count; n++)
        if (has_row(&plan->traces.at[n]))
            describe_trace(plan, &plan->traces.at[n], out);
    for (size_t i = 0; i < plan->bands.reason_count; i++) {
        struct buffer OWNED_BUFFER said = {0};

        table_gaps(&plan->bands.reasons[i], &said);
        legend_text(plan->bands.reasons[i].name, SIZE_MAX, out);
        buffer_char(out, ':');
        put_words(said.at + 1, out);
        buffer_char(out, '\n');
    }
}
