/* Series as numbers, and the files they are in. */
#include "graphs/summary.h"
#include "north/api_gaps.h"
#include "north/json_out.h"
#include "north/routes.h"
#include "north/target.h"
#include "station/series.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { STEP_MAX_S = 86400 * 365 };

/* What an answer is made with. */
struct asked {
    const struct graph_template *what; /* kept */
    char *unit;                        /* of a sensor, else "" */
    char *object;                      /* whose numbers these are */
    struct gap_spans gaps;
};

/* ---- files ---- */

static void put_file(json_t *list, struct api_request *r, const char *series,
                     const char *object, const char *file)
{
    struct buffer OWNED_BUFFER path = {0};
    json_t *o = json_object();

    series_file(station_series(r->station), file, &path);
    json_put_text(o, "series", series);
    json_put_text(o, "object", object);
    json_put_text(o, "file", path.at);
    json_array_append_new(list, o);
}

static void put_device(json_t *list, struct api_request *r,
                       const struct target *t)
{
    const struct metric_record *metrics;
    size_t count = api_metrics_of(r, t->device, &metrics);
    const char *risk = target_risk_file(r, t->device);

    for (size_t i = 0; i < count; i++)
        put_file(list, r, series_group_name(metrics[i].group),
                 metrics[i].object, metrics[i].file);
    if (risk != NULL)
        put_file(list, r, series_group_name(SERIES_RISK), "", risk);
}

static void put_ports(json_t *list, struct api_request *r,
                      const struct target *t)
{
    for (size_t i = 0; i < t->device->port_count; i++) {
        const struct port_record *p = &t->device->ports[i];
        const struct interface *one =
            facts_interface(api_facts(r, t->device), p->if_index);

        if (t->port == NULL || t->port == p)
            put_file(list, r, "port", one != NULL ? interface_label(one) : "",
                     api_port_file(r, t->device, p));
    }
}

void api_series_files(struct api_request *r)
{
    struct target t OWNED_TARGET = {0};

    if (!target_find_object(r, &t, r->segments[1]))
        return;
    json_t *list = json_array();
    if (t.own_file != NULL) {
        put_file(list, r, series_group_name(SERIES_STATION), "", t.own_file);
    } else if (t.device == NULL) {
        put_file(list, r, series_group_name(SERIES_RISK), "", t.risk_file);
    } else {
        put_ports(list, r, &t);
        if (t.port == NULL)
            put_device(list, r, &t);
    }
    api_json(r, 200, json_pack("{s:o}", "files", list));
}

/* ---- numbers ---- */

/* The columns of a file that a series shows: a port's file holds more. */
struct shown {
    size_t places[SERIES_VALUES_MAX];
    size_t count;
};

static bool template_shows(const struct graph_template *what,
                           const char *source)
{
    for (size_t i = 0; i < what->curve_count; i++)
        if (strcmp(what->curves[i].source, source) == 0)
            return true;
    for (size_t i = 0; i < what->beside_count; i++)
        if (strcmp(what->beside[i].source, source) == 0)
            return true;
    return what->tint.source != NULL && strcmp(what->tint.source, source) == 0;
}

static struct shown choose(const struct series_rows *rows,
                           const struct graph_template *what)
{
    struct shown shown = {.count = 0};

    for (size_t c = 0; c < rows->columns && shown.count < SERIES_VALUES_MAX;
         c++)
        if (template_shows(what, rows->names[c]))
            shown.places[shown.count++] = c;
    return shown;
}

static json_t *number_json(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

static json_t *row_json(const struct series_rows *rows,
                        const struct shown *shown, size_t i)
{
    json_t *row = json_array();

    json_array_append_new(
        row, json_integer(rows->first_s + (int64_t)i * rows->step_s));
    for (size_t c = 0; c < shown->count; c++)
        json_array_append_new(
            row, number_json(rows->at[i * rows->columns + shown->places[c]]));
    return row;
}

/* The unit of a column's values, and of their total: what is per second adds
 * up. */
static const char *unit_of(const struct asked *a, const char *source)
{
    const char *unit = source_unit(source);

    return unit[0] != '\0' ? unit : a->unit;
}

static json_t *summary_json(const struct asked *a,
                            const struct series_rows *rows, size_t column)
{
    struct summary s = summary_make(rows->at + column, rows->rows,
                                    rows->columns, rows->step_s);
    const char *unit = unit_of(a, rows->names[column]);
    const char *per_s = strstr(unit, "/s");
    json_t *o = json_object();

    json_put_text(o, "column", rows->names[column]);
    json_put_text(o, "unit", unit);
    for (size_t i = 0; i < FIGURES; i++)
        if (i != FIGURE_TOTAL || per_s != NULL)
            json_object_set_new(o, figure_name((enum figure)i),
                                number_json(s.figures[i]));
    if (per_s != NULL)
        json_object_set_new(o, "total_unit",
                            json_stringn(unit, (size_t)(per_s - unit)));
    return o;
}

static json_t *rows_json(const struct asked *a, const struct series_rows *rows)
{
    json_t *names = json_array(), *units = json_array();
    json_t *list = json_array(), *summary = json_array();
    struct shown shown = choose(rows, a->what);

    for (size_t c = 0; c < shown.count; c++) {
        const char *name = rows->names[shown.places[c]];

        json_array_append_new(names, json_string(name));
        json_array_append_new(units, json_string(unit_of(a, name)));
        json_array_append_new(summary, summary_json(a, rows, shown.places[c]));
    }
    for (size_t i = 0; i < rows->rows; i++)
        json_array_append_new(list, row_json(rows, &shown, i));
    json_t *told = json_pack(
        "{s:I,s:o,s:o,s:o,s:o,s:o,s:o}", "step_s", (json_int_t)rows->step_s,
        "columns", names, "units", units, "summary", summary, "rows", list,
        "row_gaps", api_gaps_of_rows(&a->gaps, rows, shown.places, shown.count),
        "gaps", api_gaps_json(&a->gaps));

    json_put_text(told, "object", a->object);
    return told;
}

/* Of an object that was not polled twice yet: no rows. */
static json_t *nothing_yet(const struct asked *a)
{
    json_t *names = json_array(), *units = json_array();

    for (size_t i = 0; i < a->what->curve_count; i++) {
        const char *name = a->what->curves[i].source;

        json_array_append_new(names, json_string(name));
        json_array_append_new(units, json_string(unit_of(a, name)));
    }
    json_t *told =
        json_pack("{s:i,s:o,s:o,s:[],s:[],s:[],s:o}", "step_s", 0, "columns",
                  names, "units", units, "summary", "rows", "row_gaps", "gaps",
                  api_gaps_json(&a->gaps));

    json_put_text(told, "object", a->object);
    return told;
}

static void asked_free(struct asked *a)
{
    array_fini(&a->gaps);
    template_drop(a->what);
    free(a->unit);
    free(a->object);
    free(a);
}

static void on_rows(void *arg, int result, const struct series_rows *rows,
                    const char *why)
{
    struct api_request *r = arg;
    struct asked *a = r->pending;

    r->pending = NULL;
    if (result == -ENOENT)
        api_json(r, 200, nothing_yet(a));
    else if (result < 0)
        api_series_problem(r, result, why);
    else
        api_json(r, 200, rows_json(a, rows));
    asked_free(a);
}

static void forget_rows(struct api_request *r)
{
    asked_free(r->pending);
    r->pending = NULL;
    api_series_forget(r);
}

void api_series(struct api_request *r)
{
    struct series_query query = {0};
    struct target t OWNED_TARGET = {0};
    int64_t step_s = 0;
    char *rest;

    if (!target_find_series(r, &t, r->segments[2], &rest) ||
        !target_find_object(r, &t, r->segments[1]) ||
        !target_add_files(r, &t, rest, false) ||
        !api_times(r, &query.from, &query.to) ||
        !api_param_number(r, "step", 0, STEP_MAX_S, &step_s))
        return;
    query.path = t.files.at[0].path;
    query.step_ms = step_s * 1000;
    query.max = api_param_flag(r, "max");
    struct asked *a = mem_new(struct asked);
    a->what = template_keep(t.what);
    a->unit = mem_text(target_unit(r, &t));
    a->object = mem_text(t.files.at[0].label.at);
    api_gaps_of(r, t.files.at[0].device, query.path,
                (enum series_group)t.what->group, query.from, query.to,
                &a->gaps);
    r->pending = a;
    r->forget = forget_rows;
    series_fetch(station_series(r->station), &query, on_rows, r);
}
