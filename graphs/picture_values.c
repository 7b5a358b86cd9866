#include "graphs/picture_values.h"

#include "graphs/picture_table.h"

#include <assert.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>

enum { ASK_WIDTH = 4000 }; /* figures are of the finest archive there is */

void picture_argv_free(struct picture_argv *argv)
{
    if (argv == NULL)
        return;
    for (size_t i = 0; i < argv->count; i++)
        free(argv->at[i]);
    array_fini(argv);
    free(argv);
}

void canvas_add(struct canvas *c, const char *fmt, ...)
{
    char *text = NULL;
    va_list args;

    va_start(args, fmt);
    int len = vasprintf(&text, fmt, args);
    va_end(args);
    assert(len >= 0 && text != NULL);
    *array_add(c->argv) = text;
}

void canvas_add_span(struct canvas *c, const char *daemon)
{
    canvas_add(c, "graphv");
    canvas_add(c, "-");
    if (daemon != NULL) {
        canvas_add(c, "--daemon");
        canvas_add(c, "%s", daemon);
    }
    canvas_add(c, "--start");
    canvas_add(c, "%" PRId64, c->p->from_s);
    canvas_add(c, "--end");
    canvas_add(c, "%" PRId64, c->p->to_s);
}

static void add_define(struct canvas *c, const struct trace *t, char letter,
                       size_t n, const char *consolidation)
{
    struct buffer OWNED_BUFFER path = {0};

    picture_escape(c->root, &path);
    picture_escape(c->p->objects[t->object].path, &path);
    canvas_add(c, "DEF:%c%zu=%s:%s:%s", letter, n, path.at, t->source,
               consolidation);
}

/* All traces of a curve as one. "v0,v2,+" is unknown where a part is: half a
 * sum would be a step that no network made. "v0,v2,2,AVG" is of what is known.
 */
static void add_together(struct canvas *c, const struct trace *all, size_t n)
{
    struct buffer OWNED_BUFFER text = {0};
    bool sum = c->p->what->together == TOGETHER_SUM;
    size_t count = 0;

    for (size_t i = 0; i < n; i++) {
        const struct trace *t = &c->plan->traces.at[i];

        if (t->kind != TRACE_CURVE || t->missing || t->curve != all->curve)
            continue;
        buffer_format(&text, "%sv%zu%s", count > 0 ? "," : "", i,
                      sum && count > 0 ? ",+" : "");
        count++;
    }
    if (sum)
        canvas_add(c, "CDEF:v%zu=%s", n, text.at);
    else
        canvas_add(c, "CDEF:v%zu=%s,%zu,AVG", n, text.at, count);
}

void canvas_add_values(struct canvas *c, size_t n)
{
    const struct trace *t = &c->plan->traces.at[n];

    if (t->kind == TRACE_ALL) {
        add_together(c, t, n);
        return;
    }
    add_define(c, t, 'r', n, "AVERAGE");
    canvas_add(c, "CDEF:v%zu=r%zu,%.10g,*", n, n, t->scale);
}

static void add_figures(struct canvas *c, size_t n)
{
    static const char *const functions[] = {
        [FIGURE_LAST] = "LAST",         [FIGURE_MIN] = "MINIMUM",
        [FIGURE_MEAN] = "AVERAGE",      [FIGURE_MAX] = "MAXIMUM",
        [FIGURE_P95] = "95,PERCENTNAN", [FIGURE_TOTAL] = "TOTAL"};

    for (size_t k = 0; k < FIGURES; k++) {
        canvas_add(c, "VDEF:f%zu_%zu=v%zu,%s", n, k, n, functions[k]);
        canvas_add(c, "PRINT:f%zu_%zu:%%.10le", n, k);
    }
}

/* The highest of the archive of maxima, where means hide it. */
static void add_peak(struct canvas *c, size_t n)
{
    const struct trace *t = &c->plan->traces.at[n];

    add_define(c, t, 'k', n, "MAX");
    canvas_add(c, "CDEF:h%zu=k%zu,%.10g,*", n, n, t->scale);
    canvas_add(c, "VDEF:f%zu_max=h%zu,MAXIMUM", n, n);
    canvas_add(c, "PRINT:f%zu_max:%%.10le", n);
}

struct picture_argv *picture_ask(const struct picture_plan *plan,
                                 const char *root, const char *daemon)
{
    struct canvas c = {.plan = plan,
                       .p = plan->p,
                       .root = root,
                       .argv = mem_new(struct picture_argv)};

    canvas_add_span(&c, daemon);
    canvas_add(&c, "--width");
    canvas_add(&c, "%d", ASK_WIDTH);
    for (size_t n = 0; n < plan->traces.count; n++) {
        const struct trace *t = &plan->traces.at[n];

        if (t->missing)
            continue;
        canvas_add_values(&c, n);
        add_figures(&c, n);
        if (plan->peaks && t->kind == TRACE_CURVE)
            add_peak(&c, n);
    }
    return c.argv;
}
