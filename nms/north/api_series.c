/* Series as numbers and pictures. OBJECT is a device or DEVICE:PORT, SERIES a
 * kind of picture, with ":OBJECT" for one of several ("cpu:1"). */
#include "north/json_out.h"
#include "north/routes.h"
#include "station/series.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { DAY_MS = 86400000, STEP_MAX_S = 86400 * 365 };

/* What a request means. */
struct target {
    const struct device_record *device;
    const struct port_record *port;
    enum picture_kind kind;
    const char *file, *descr;
};

static const struct port_record *port_named(const struct device_record *d,
                                            const char *name,
                                            const struct interface **found)
{
    for (size_t i = 0; i < d->port_count; i++) {
        const struct interface *one =
            facts_interface(d->facts, d->ports[i].if_index);

        if (one == NULL || (strcmp(interface_label(one), name) != 0 &&
                            strcmp(one->descr, name) != 0))
            continue;
        *found = one;
        return &d->ports[i];
    }
    return NULL;
}

/* The device of an object, and its port where it names one; names may have
 * colons themselves. */
static bool find_object(struct api_request *r, struct target *t,
                        const struct interface **found)
{
    char *object = r->segments[1];

    t->device = snapshot_find(r->snapshot, object);
    for (char *colon = strchr(object, ':'); t->device == NULL && colon != NULL;
         colon = strchr(colon + 1, ':')) {
        *colon = '\0';
        const struct device_record *d = snapshot_find(r->snapshot, object);
        *colon = ':';
        if (d == NULL)
            continue;
        t->port = port_named(d, colon + 1, found);
        t->device = t->port != NULL ? d : NULL;
    }
    if (t->device == NULL)
        api_problem(r, 404, "there is no such device or port",
                    "name it as DEVICE or DEVICE:PORT; see `portolan "
                    "interfaces DEVICE`");
    return t->device != NULL;
}

static const struct metric_record *metric_of(const struct device_record *d,
                                             enum series_group group,
                                             const char *object)
{
    for (size_t i = 0; i < d->metric_count; i++)
        if (d->metrics[i].group == group &&
            (object == NULL || strcmp(d->metrics[i].object, object) == 0))
            return &d->metrics[i];
    return NULL;
}

/* Cuts "cpu:1" in two; NULL if there is no colon. */
static char *cut_object(char *series)
{
    char *colon = strchr(series, ':');

    if (colon != NULL)
        *colon++ = '\0';
    return colon;
}

static bool find_target(struct api_request *r, struct target *t,
                        const struct interface **found)
{
    char *object = cut_object(r->segments[2]);

    if (picture_kind_parse(r->segments[2], &t->kind) < 0) {
        api_problem(r, 404, "there is no such series",
                    "traffic, packets, errors, discards, icmp, cpu, memory, "
                    "storage or sensor, or cpu:OBJECT");
        return false;
    }
    if (!find_object(r, t, found))
        return false;
    enum series_group group = picture_group(t->kind);
    if (group == SERIES_PORT && t->port != NULL) {
        t->file = t->port->file;
        return true;
    }
    const struct metric_record *m =
        group != SERIES_PORT ? metric_of(t->device, group, object) : NULL;
    if (m == NULL) {
        api_problem(r, 404, "the object has no such series",
                    "see `portolan series OBJECT --files`");
        return false;
    }
    t->file = m->file;
    t->descr = m->descr;
    return true;
}

static bool times_of(struct api_request *r, struct wall *from, struct wall *to)
{
    struct wall now = wall_now();
    const char *from_text = api_param(r, "from"), *to_text = api_param(r, "to");

    *to = now;
    *from = (struct wall){now.ms - DAY_MS};
    if ((to_text != NULL && wall_parse(to_text, now, to) < 0) ||
        (from_text != NULL && wall_parse(from_text, now, from) < 0) ||
        from->ms >= to->ms) {
        api_problem(r, 400, "from and to are no times in their order",
                    "write 2026-11-22T02:47, seconds since 1970, now, or -2h");
        return false;
    }
    return true;
}

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

void api_series_files(struct api_request *r)
{
    const struct interface *found = NULL;
    struct target t = {0};

    if (!find_object(r, &t, &found))
        return;
    json_t *list = json_array();
    for (size_t i = 0; i < t.device->port_count; i++) {
        const struct port_record *p = &t.device->ports[i];
        const struct interface *one =
            facts_interface(t.device->facts, p->if_index);

        if (t.port == NULL || t.port == p)
            put_file(list, r, "port", one != NULL ? interface_label(one) : "",
                     p->file);
    }
    for (size_t i = 0; t.port == NULL && i < t.device->metric_count; i++)
        put_file(list, r, series_group_name(t.device->metrics[i].group),
                 t.device->metrics[i].object, t.device->metrics[i].file);
    api_json(r, 200, json_pack("{s:o}", "files", list));
}

/* ---- numbers ---- */

static json_t *row_json(const struct series_rows *rows, size_t i)
{
    json_t *row = json_array();

    json_array_append_new(
        row, json_integer(rows->first_s + (int64_t)i * rows->step_s));
    for (size_t c = 0; c < rows->columns; c++) {
        double value = rows->at[i * rows->columns + c];

        json_array_append_new(row,
                              isfinite(value) ? json_real(value) : json_null());
    }
    return row;
}

static void problem_of(struct api_request *r, int result, const char *what)
{
    struct complaint why;

    api_complaint(r,
                  complain(&why, result, "series",
                           result == -ENOENT
                               ? "wait for two polls, then ask again"
                               : "see `portolan status`",
                           "%s", what),
                  &why);
}

static void on_rows(void *arg, int result, const struct series_rows *rows,
                    const char *why)
{
    struct api_request *r = arg;

    if (result < 0) {
        problem_of(r, result, why);
        return;
    }
    json_t *names = json_array(), *list = json_array();
    for (size_t c = 0; c < rows->columns; c++)
        json_array_append_new(names, json_string(rows->names[c]));
    for (size_t i = 0; i < rows->rows; i++)
        json_array_append_new(list, row_json(rows, i));
    api_json(r, 200,
             json_pack("{s:I,s:o,s:o}", "step_s", (json_int_t)rows->step_s,
                       "columns", names, "rows", list));
}

static void forget_series(struct api_request *r)
{
    series_forget(station_series(r->station), r);
}

void api_series(struct api_request *r)
{
    const struct interface *found = NULL;
    struct series_query query = {0};
    struct target t = {0};

    if (!find_target(r, &t, &found) || !times_of(r, &query.from, &query.to))
        return;
    query.path = t.file;
    query.step_ms = api_param_number(r, "step", 0, 0, STEP_MAX_S) * 1000;
    query.max = api_param_number(r, "max", 0, 0, 1) == 1;
    r->forget = forget_series;
    series_fetch(station_series(r->station), &query, on_rows, r);
}

/* ---- pictures ---- */

static void on_graph(void *arg, int result, struct bytes picture,
                     const char *why)
{
    struct api_request *r = arg;

    if (result < 0)
        problem_of(r, result, why);
    else
        api_bytes(r, r->pending != NULL ? "image/svg+xml" : "image/png",
                  picture);
}

static void title_of(const struct target *t, const struct interface *port,
                     struct buffer *out)
{
    buffer_text(out, t->device->name);
    if (port != NULL)
        buffer_format(out, " %s", interface_label(port));
    if (port != NULL && port->alias[0] != '\0')
        buffer_format(out, " · %s", port->alias);
    if (t->descr != NULL && t->descr[0] != '\0')
        buffer_format(out, " · %s", t->descr);
    buffer_format(out, " · %s", picture_kind_name(t->kind));
}

static const char *unit_of(const struct target *t)
{
    const struct facts *f = t->device->measured;

    for (size_t i = 0; t->kind == PICTURE_SENSOR && i < f->sensors.count; i++)
        if (strcmp(f->sensors.at[i].descr, t->descr) == 0)
            return f->sensors.at[i].unit;
    return NULL;
}

void api_graph(struct api_request *r)
{
    struct buffer OWNED_BUFFER title = {0};
    const struct interface *found = NULL;
    struct target t = {0};
    struct wall from, to;
    char *dot = strrchr(r->segments[2], '.');
    bool svg = dot != NULL && strcmp(dot, ".svg") == 0;

    if (dot == NULL || (!svg && strcmp(dot, ".png") != 0)) {
        api_problem(r, 404, "a picture is a .png or .svg",
                    "ask for graphs/OBJECT/SERIES.svg");
        return;
    }
    *dot = '\0';
    if (!find_target(r, &t, &found) || !times_of(r, &from, &to))
        return;
    title_of(&t, found, &title);
    struct picture picture = {
        .kind = t.kind,
        .format = svg ? PICTURE_SVG : PICTURE_PNG,
        .path = t.file,
        .title = title.at,
        .unit = unit_of(&t),
        .from_s = from.ms / 1000,
        .to_s = to.ms / 1000,
        .width =
            (unsigned)api_param_number(r, "width", 0, 0, PICTURE_WIDTH_MAX),
        .height =
            (unsigned)api_param_number(r, "height", 0, 0, PICTURE_HEIGHT_MAX),
        .speed_bps = found != NULL ? (double)found->speed_bps : 0,
        .dark = api_param_number(r, "dark", 0, 0, 1) == 1,
    };
    r->pending = svg ? r : NULL;
    r->forget = forget_series;
    series_picture(station_series(r->station), &picture, on_graph, r);
}
