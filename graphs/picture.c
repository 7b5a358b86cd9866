#include "graphs/picture.h"

#include "graphs/picture_legend.h"
#include "graphs/picture_table.h"
#include "graphs/picture_values.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>

enum { HEIGHT_DEFAULT = 220, NOTE_INDENT = 3 };
/* The part of the size of numbers below which they are flat. */
static const double FLAT = 0.05;
enum { LEVELS = TEMPLATE_LEVELS_MAX, DASHES = 4 };

/* Colours of the page, light and dark: series, and the states that reasons of
 * gaps and levels look like. */
static const struct theme {
    const char *ground, *ink, *ink_2, *line, *line_strong, *gap;
    const char *series[TEMPLATE_COLOURS];
    const char *reasons[REASON_COLOURS];
    const char *levels[LEVELS];
} themes[] = {
    {"#FFFEFB",
     "#16222D",
     "#435260",
     "#DDD7CA",
     "#86898A",
     "#E8E3D7",
     {"#0B5B87", "#C76A0A", "#6D63A8", "#33755F", "#8C0B48", "#74797D"},
     {"#74083F", "#B8290F", "#AF8700", "#6D63A8", "#4E7A92", "#74797D"},
     {"#AF8700", "#BA5F04", "#B8290F", "#74083F"}},
    {"#121B24",
     "#E8EEF2",
     "#AEBBC6",
     "#243340",
     "#647585",
     "#1B2630",
     {"#74C2EC", "#F29A3F", "#B3AAEA", "#6DB698", "#F0327A", "#8E989F"},
     {"#E3246C", "#FA7350", "#F4DB66", "#9B90DC", "#6E9FB9", "#8E989F"},
     {"#F4DB66", "#F5A64C", "#FA7350", "#E3246C"}},
};

/* How transparent an area under a curve, a stack, a band is. */
static const char *const AREA_ALPHA = "33", *const STACK_ALPHA = "B3",
                         *const BAND_ALPHA = "40";

/* ---- options ---- */

static unsigned height_of(const struct picture *p)
{
    if (p->height == 0)
        return HEIGHT_DEFAULT;
    return p->height < PICTURE_HEIGHT_MAX ? p->height : PICTURE_HEIGHT_MAX;
}

static void add_colours(struct canvas *c)
{
    const struct theme *t = c->theme;
    const struct {
        const char *part, *colour;
    } parts[] = {
        {"BACK", t->ground},      {"CANVAS", t->ground}, {"FONT", t->ink},
        {"AXIS", t->line_strong}, {"FRAME", t->ground},  {"ARROW", t->ground},
        {"SHADEA", t->ground},    {"SHADEB", t->ground}, {"GRID", t->line},
        {"MGRID", t->line},
    };

    for (size_t i = 0; i < COUNT_OF(parts); i++) {
        canvas_add(c, "--color");
        canvas_add(c, "%s%s", parts[i].part, parts[i].colour);
    }
}

static void add_fonts(struct canvas *c)
{
    static const char *const fonts[] = {
        "DEFAULT:8:Noto Sans",     "TITLE:10:Noto Sans", "AXIS:7:Noto Sans",
        "LEGEND:8:Noto Sans Mono", "UNIT:8:Noto Sans",
    };

    for (size_t i = 0; i < COUNT_OF(fonts); i++) {
        canvas_add(c, "--font");
        canvas_add(c, "%s", fonts[i]);
    }
}

/* An axis that need not show zero has some room around what is flat, or all
 * its labels would be the same. */
static void add_free_limits(struct canvas *c)
{
    double high = plan_highest(c->plan), low = plan_lowest(c->plan);
    double size = fmax(fabs(high), fabs(low));

    if (high - low > size * FLAT) {
        canvas_add(c, "--alt-autoscale");
        return;
    }
    double room = size > 0 ? size * FLAT : 1;
    canvas_add(c, "--lower-limit");
    canvas_add(c, "%.10g", low - room);
    canvas_add(c, "--upper-limit");
    canvas_add(c, "%.10g", high + room);
}

/* Small numbers as they are, not as thousandths: "0.002", not "2 m". */
static void add_format(struct canvas *c)
{
    double highest = plan_highest(c->plan);

    if (c->p->what->prefixes == PREFIXES_NONE || highest < 1) {
        canvas_add(c, "--units-exponent");
        canvas_add(c, "0");
    }
    if (highest > 0 && highest < 1) {
        canvas_add(c, "--left-axis-format");
        canvas_add(c, "%%lg");
    }
    if (c->p->what->prefixes == PREFIXES_1024) {
        canvas_add(c, "--base");
        canvas_add(c, "1024");
    }
}

static void add_limits(struct canvas *c)
{
    const struct graph_template *what = c->p->what;

    add_format(c);
    if (what->free_floor) {
        add_free_limits(c);
        return;
    }
    canvas_add(c, "--lower-limit");
    canvas_add(c, "0");
    if (what->ceiling > 0 || !(plan_highest(c->plan) > 0)) {
        canvas_add(c, "--upper-limit");
        canvas_add(c, "%.10g", what->ceiling > 0 ? what->ceiling : 1);
    }
}

/* The grid of time, where rrdtool's own would have labels that are cut at the
 * end of the axis. */
static void add_time_grid(struct canvas *c)
{
    static const struct {
        int64_t span_s;
        unsigned width; /* at least, pixels */
        const char *grid;
    } grids[] = {
        {120, 0, "SECOND:5:SECOND:20:SECOND:20:0:%H:%M:%S"},
        {600, 0, "SECOND:30:MINUTE:2:MINUTE:2:0:%H:%M"},
        {1800, 0, "MINUTE:1:MINUTE:5:MINUTE:5:0:%H:%M"},
        {5400, 400, "MINUTE:5:MINUTE:10:MINUTE:10:0:%H:%M"},
        {5400, 0, "MINUTE:10:MINUTE:30:MINUTE:30:0:%H:%M"},
        {6 * 3600, 400, "MINUTE:15:HOUR:1:HOUR:1:0:%H:%M"},
        {6 * 3600, 0, "MINUTE:30:HOUR:2:HOUR:2:0:%H:%M"},
        {36 * 3600, 500, "HOUR:1:HOUR:3:HOUR:3:0:%H:%M"},
        {36 * 3600, 0, "HOUR:3:HOUR:6:HOUR:6:0:%H:%M"},
        {10 * 86400, 500, "HOUR:6:DAY:1:DAY:1:86400:%a %d"},
    };
    int64_t span_s = c->p->to_s - c->p->from_s;

    for (size_t i = 0; i < COUNT_OF(grids); i++) {
        if (span_s > grids[i].span_s || picture_width(c->p) < grids[i].width)
            continue;
        canvas_add(c, "--x-grid");
        canvas_add(c, "%s", grids[i].grid);
        return;
    }
}

/* The words beside the axis and above are options, no part of a graph: nothing
 * in them is escaped. */
static void add_words(struct canvas *c)
{
    struct buffer OWNED_BUFFER title = {0}, OWNED_BUFFER axis = {0};
    size_t cells = picture_cells(c->p) * 5 / 6; /* their font is wider */

    legend_text(c->p->title != NULL ? c->p->title : "", cells, &title);
    legend_text(c->p->what->axis[0] != '\0' ? c->p->what->axis
                                            : c->plan->traces.at[0].unit,
                cells, &axis);
    canvas_add(c, "--vertical-label");
    canvas_add(c, "%s", axis.at);
    if (title.len == 0)
        return;
    canvas_add(c, "--title");
    canvas_add(c, "%s", title.at);
}

/* ---- ground ---- */

/* The first trace that has values. */
static size_t first_trace(const struct picture_plan *plan)
{
    size_t n = 0;

    while (n + 1 < plan->traces.count && plan->traces.at[n].missing)
        n++;
    return n;
}

/* Time of which nothing is known has the colour of the ground. */
static void add_unknown(struct canvas *c)
{
    struct buffer OWNED_BUFFER all = {0};
    size_t count = 0;

    for (size_t i = 0; i < c->plan->traces.count; i++)
        if (c->plan->traces.at[i].kind == TRACE_CURVE &&
            !c->plan->traces.at[i].missing)
            buffer_format(&all, "%sv%zu", count++ > 0 ? "," : "", i);
    canvas_add(c, "CDEF:unknown=%s,%zu,AVG,UN,INF,UNKN,IF", all.at, count);
    canvas_add(c, "AREA:unknown%s", c->theme->gap);
    if (!c->plan->below)
        return;
    canvas_add(c, "CDEF:unknownbelow=unknown,-1,*");
    canvas_add(c, "AREA:unknownbelow%s", c->theme->gap);
}

/* The times of a reason: where a step of the data meets one of them. */
static void add_band(struct canvas *c, size_t reason, size_t first)
{
    const struct bands *b = &c->plan->bands;
    struct buffer OWNED_BUFFER text = {0};
    size_t count = 0;

    for (size_t i = 0; i < b->count; i++) {
        if (b->at[i].reason != reason)
            continue;
        buffer_format(&text,
                      ",TIME,%" PRId64 ",GT,TIME,STEPWIDTH,-,%" PRId64 ",LT,*",
                      b->at[i].from_s, b->at[i].to_s);
        if (count++ > 0)
            buffer_text(&text, ",MAX");
    }
    const char *colour =
        c->theme->reasons[reason_colour(b->reasons[reason].name)];
    canvas_add(c, "CDEF:b%zu=v%zu,POP%s,INF,UNKN,IF", reason, first, text.at);
    canvas_add(c, "AREA:b%zu%s%s", reason, colour, BAND_ALPHA);
    if (!c->plan->below)
        return;
    canvas_add(c, "CDEF:bb%zu=b%zu,-1,*", reason, reason);
    canvas_add(c, "AREA:bb%zu%s%s", reason, colour, BAND_ALPHA);
}

static void add_tint(struct canvas *c, size_t n)
{
    const struct template_tint *tint = &c->p->what->tint;

    for (size_t i = 0; i < tint->count; i++) {
        if (i + 1 < tint->count)
            canvas_add(c, "CDEF:t%zu=v%zu,%.10g,GT,v%zu,%.10g,LE,*,INF,UNKN,IF",
                       i, n, tint->above[i], n, tint->above[i + 1]);
        else
            canvas_add(c, "CDEF:t%zu=v%zu,%.10g,GT,INF,UNKN,IF", i, n,
                       tint->above[i]);
        canvas_add(c, "AREA:t%zu%s%s", i, c->theme->levels[i], BAND_ALPHA);
    }
}

/* ---- drawing ---- */

static void trace_legend(const struct canvas *c,
                         const struct picture_table *table,
                         const struct trace *t, struct buffer *out)
{
    struct buffer OWNED_BUFFER figures = {0};

    buffer_add(out, NULL, 0);
    buffer_add(&figures, NULL, 0);
    if (table->none)
        return;
    table_figures(c->plan, t, table, &figures);
    table_row(table, t->label.at, &figures, out);
}

static void add_comment(struct canvas *c, const struct picture_table *table,
                        const char *label, const struct buffer *figures)
{
    struct buffer OWNED_BUFFER text = {0};

    table_row(table, label, figures, &text);
    canvas_add(c, "COMMENT:%s", text.at);
}

static void add_headings(struct canvas *c, const struct picture_table *table)
{
    struct buffer OWNED_BUFFER text = {0};

    buffer_add(&text, NULL, 0);
    table_headings(c->plan, table, &text);
    if (text.len > 0)
        add_comment(c, table, "", &text);
}

static const char *dashes_of(size_t dash)
{
    static const char *const dashes[DASHES] = {"", ":dashes=6,2", ":dashes=2,2",
                                               ":dashes=8,2,2,2"};

    return dashes[dash % DASHES];
}

static void add_line(struct canvas *c, const struct picture_table *table,
                     size_t n, bool first_of_stack)
{
    const struct trace *t = &c->plan->traces.at[n];
    const char *colour = c->theme->series[t->colour];
    struct buffer OWNED_BUFFER legend = {0};

    trace_legend(c, table, t, &legend);
    if (t->missing) {
        if (!table->none)
            canvas_add(c, "COMMENT:  %s", legend.at);
        return;
    }
    const char *sign = t->curve->below ? "-1" : "1";
    if (c->plan->several && c->p->stacked) {
        canvas_add(c, "CDEF:d%zu=v%zu,UN,0,v%zu,%s,*,IF", n, n, n, sign);
        canvas_add(c, "AREA:d%zu%s%s:%s%s", n, colour, STACK_ALPHA, legend.at,
                   first_of_stack ? "" : ":STACK");
        return;
    }
    canvas_add(c, "CDEF:d%zu=v%zu,%s,*", n, n, sign);
    if (t->curve->draw == DRAW_AREA && !c->plan->several)
        canvas_add(c, "AREA:d%zu%s%s", n, colour, AREA_ALPHA);
    canvas_add(c, "%s:d%zu%s:%s%s", c->plan->several ? "LINE1" : "LINE1.5", n,
               colour, legend.at, dashes_of(t->dash));
}

/* What of a side is not drawn by itself, on top of its stack. */
static void add_others(struct canvas *c, const struct picture_table *table,
                       bool below)
{
    struct buffer OWNED_BUFFER sum = {0};

    for (size_t n = 0; n < c->plan->traces.count; n++) {
        const struct trace *t = &c->plan->traces.at[n];

        if (t->kind == TRACE_CURVE && t->hidden && !t->missing &&
            t->curve->below == below)
            buffer_format(&sum, sum.len == 0 ? "v%zu" : ",v%zu,ADDNAN", n);
    }
    if (sum.len == 0)
        return;
    canvas_add(c, "CDEF:others%d=%s,%d,*", below, sum.at, below ? -1 : 1);
    canvas_add(c, "AREA:others%d%s%s:%s:STACK", below, c->theme->line_strong,
               STACK_ALPHA, table->none ? "" : "others\\l");
}

/* Curves above zero, or below it: stacks are two. */
static void add_side(struct canvas *c, const struct picture_table *table,
                     bool below)
{
    bool first = true;

    for (size_t n = 0; n < c->plan->traces.count; n++) {
        const struct trace *t = &c->plan->traces.at[n];

        if (t->kind != TRACE_CURVE || t->hidden || t->curve->below != below)
            continue;
        add_line(c, table, n, first);
        first = first && t->missing;
    }
    add_others(c, table, below);
}

static void add_lines(struct canvas *c, const struct picture_table *table)
{
    if (c->plan->several && c->p->stacked) {
        add_side(c, table, false);
        add_side(c, table, true);
        return;
    }
    for (size_t n = 0; n < c->plan->traces.count; n++)
        if (c->plan->traces.at[n].kind == TRACE_CURVE &&
            !c->plan->traces.at[n].hidden)
            add_line(c, table, n, false);
}

/* What all objects are together: a mean is drawn, a sum only told. */
static void add_all(struct canvas *c, const struct picture_table *table)
{
    for (size_t n = 0; n < c->plan->traces.count; n++) {
        const struct trace *t = &c->plan->traces.at[n];
        struct buffer OWNED_BUFFER legend = {0};

        if (t->kind != TRACE_ALL)
            continue;
        trace_legend(c, table, t, &legend);
        if (c->p->what->together == TOGETHER_MEAN)
            canvas_add(c, "LINE2.5:v%zu%s:%s", n, c->theme->ink, legend.at);
        else if (!table->none)
            canvas_add(c, "COMMENT:   %s", legend.at);
    }
}

static void add_beside(struct canvas *c, const struct picture_table *table)
{
    for (size_t n = 0; n < c->plan->traces.count; n++) {
        const struct trace *t = &c->plan->traces.at[n];
        struct buffer OWNED_BUFFER legend = {0};

        if (t->kind != TRACE_BESIDE && t->kind != TRACE_TINT)
            continue;
        trace_legend(c, table, t, &legend);
        if (!table->none)
            canvas_add(c, "COMMENT:   %s", legend.at);
    }
}

/* Which colour of the ground is which level: those that were reached. */
static void add_levels(struct canvas *c, const struct trace *t)
{
    const struct template_tint *tint = &c->p->what->tint;
    size_t reached = 0;

    while (reached < tint->count &&
           t->figures[FIGURE_MAX] > tint->above[reached])
        reached++;
    for (size_t i = 0; i < reached; i++)
        canvas_add(c, "AREA:none%s:%s over %g %s%s", c->theme->levels[i],
                   t->label.at, tint->above[i], t->unit,
                   i + 1 == reached ? "\\l" : " ");
}

static void add_reasons(struct canvas *c, const struct picture_table *table)
{
    const struct bands *b = &c->plan->bands;

    for (size_t i = 0; i < b->reason_count; i++) {
        struct buffer OWNED_BUFFER said = {0}, OWNED_BUFFER row = {0};

        table_gaps(&b->reasons[i], &said);
        table_row(table, b->reasons[i].name, &said, &row);
        canvas_add(c, "AREA:none%s:%s",
                   c->theme->reasons[reason_colour(b->reasons[i].name)],
                   row.at);
    }
}

/* ---- marks ---- */

/* The percentile that traffic is paid by: of all where there are several. */
static bool add_percentiles(struct canvas *c)
{
    bool any = false;

    for (size_t n = 0; n < c->plan->traces.count; n++) {
        const struct trace *t = &c->plan->traces.at[n];
        double value = t->figures[FIGURE_P95];

        if (!c->p->what->percentile || t->kind != TRACE_CURVE ||
            c->plan->several || !isfinite(value))
            continue;
        canvas_add(c, "HRULE:%.10g%s::dashes=5,3",
                   t->curve->below ? -value : value,
                   c->theme->series[t->colour]);
        any = true;
    }
    return any;
}

/* The port's speed, which is drawn where the curves come near it. */
static bool add_speed(struct canvas *c)
{
    double speed = c->p->speed_bps;

    if (!c->p->what->speed || c->plan->several || !isfinite(speed) ||
        speed <= 0)
        return false;
    canvas_add(c, "HRULE:%.10g%s", speed, c->theme->ink_2);
    if (c->plan->below)
        canvas_add(c, "HRULE:%.10g%s", -speed, c->theme->ink_2);
    return true;
}

/* From when to when, in the time of the axis. */
static void add_time(struct canvas *c)
{
    canvas_add(c, "CDEF:time=v%zu,POP,TIME,%" PRId64 ",GT,UNKN,TIME,IF",
               first_trace(c->plan), c->p->to_s);
    canvas_add(c, "VDEF:begin=time,FIRST");
    canvas_add(c, "VDEF:end=time,LAST");
    canvas_add(c, "GPRINT:begin:   %%Y-%%m-%%d %%H\\:%%M\\g:strftime");
    canvas_add(c, "GPRINT:end: to %%Y-%%m-%%d %%H\\:%%M %%Z\\l:strftime");
}

static void add_marks(struct canvas *c, const struct picture_table *table)
{
    struct buffer OWNED_BUFFER note = {0}, OWNED_BUFFER speed = {0};

    if (c->plan->below)
        canvas_add(c, "HRULE:0%s", c->theme->line_strong);
    if (add_percentiles(c))
        buffer_text(&note, "dashes = 95 % of the time at most that");
    if (add_speed(c)) {
        legend_figure(c->p->speed_bps, PREFIXES_1000, "bit/s", &speed);
        buffer_format(&note, "%sspeed of the port %s", note.len > 0 ? "; " : "",
                      speed.at + strspn(speed.at, " "));
    }
    if (c->plan->hidden > 0)
        buffer_format(&note, "%s%zu more are not drawn by themselves",
                      note.len > 0 ? "; " : "", c->plan->hidden);
    if (table->none)
        return;
    if (note.len > 0 && note.len + NOTE_INDENT <= picture_cells(c->p))
        canvas_add(c, "COMMENT:   %s\\l", note.at);
    add_time(c);
}

/* ---- the whole ---- */

/* What lies behind the curves. */
static void add_ground(struct canvas *c)
{
    size_t first = first_trace(c->plan);

    canvas_add(c, "CDEF:none=v%zu,POP,UNKN", first);
    add_unknown(c);
    for (size_t i = 0; i < c->plan->bands.reason_count; i++)
        add_band(c, i, first);
    for (size_t n = 0; n < c->plan->traces.count; n++)
        if (c->plan->traces.at[n].kind == TRACE_TINT)
            add_tint(c, n);
}

/* Rows of the legend that are of no curve. */
static void add_legend(struct canvas *c, const struct picture_table *table)
{
    add_beside(c, table);
    for (size_t n = 0; n < c->plan->traces.count; n++)
        if (c->plan->traces.at[n].kind == TRACE_TINT)
            add_levels(c, &c->plan->traces.at[n]);
    add_reasons(c, table);
}

static void add_graph(struct canvas *c)
{
    const struct picture_plan *plan = c->plan;
    struct picture_table table = table_make(plan);

    canvas_add(c, "--tabwidth");
    canvas_add(c, "%u", table_tab(&table));
    if (table.none)
        canvas_add(c, "--no-legend");
    for (size_t n = 0; n < plan->traces.count; n++)
        if (!plan->traces.at[n].missing)
            canvas_add_values(c, n);
    add_ground(c);
    if (!table.none)
        add_headings(c, &table);
    add_lines(c, &table);
    add_all(c, &table);
    if (!table.none)
        add_legend(c, &table);
    add_marks(c, &table);
}

struct picture_argv *picture_arguments(const struct picture_plan *plan,
                                       const char *root, const char *daemon)
{
    const struct picture *p = plan->p;
    struct canvas c = {.plan = plan,
                       .p = p,
                       .theme = &themes[p->dark ? 1 : 0],
                       .root = root,
                       .argv = mem_new(struct picture_argv)};

    canvas_add_span(&c, daemon);
    canvas_add(&c, "--imgformat");
    canvas_add(&c, "%s", p->format == PICTURE_SVG ? "SVG" : "PNG");
    canvas_add(&c, "--width");
    canvas_add(&c, "%u", picture_width(p));
    canvas_add(&c, "--height");
    canvas_add(&c, "%u", height_of(p));
    canvas_add(&c, "--border");
    canvas_add(&c, "0");
    canvas_add(&c, "--slope-mode");
    canvas_add(&c, "--disable-rrdtool-tag");
    add_limits(&c);
    add_time_grid(&c);
    add_words(&c);
    add_colours(&c);
    add_fonts(&c);
    add_graph(&c);
    return c.argv;
}
