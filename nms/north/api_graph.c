/* Series as pictures: of an object, or of several that share one. */
#include "north/api_gaps.h"
#include "north/routes.h"
#include "north/target.h"
#include "station/series.h"

#include <stdlib.h>
#include <string.h>

static void on_graph(void *arg, int result, struct bytes picture,
                     const char *why)
{
    struct api_request *r = arg;

    if (result < 0)
        api_series_problem(r, result, why);
    else
        api_bytes(r, r->pending != NULL ? "image/svg+xml" : "image/png",
                  picture);
}

static void title_of(const struct target *t, struct buffer *out)
{
    bool several = t->files.count > 1;

    if (!t->devices)
        buffer_text(out, t->name);
    if (!several && t->interface != NULL)
        buffer_format(out, " %s", interface_label(t->interface));
    if (!several && t->interface != NULL && t->interface->alias[0] != '\0')
        buffer_format(out, " · %s", t->interface->alias);
    if (!several && t->metric != NULL && t->metric->object[0] != '\0' &&
        t->metric->descr[0] != '\0')
        buffer_format(out, " · %s", t->metric->descr);
    buffer_format(out, "%s%s", out->len > 0 ? " · " : "", t->what->title);
}

/* What the legend calls file n: where all are of one device its name is in the
 * title. */
static const char *label_of(const struct target *t, size_t n)
{
    const char *label = t->files.at[n].label.at;

    return t->devices ? label : label + strlen(t->name) + 1;
}

/* Adds the objects that ?with= names. */
static bool add_others(struct api_request *r, struct target *t,
                       const char *rest)
{
    const char *others[PICTURE_OBJECTS_MAX];
    size_t count = api_params(r, "with", others, COUNT_OF(others));

    for (size_t i = 0; i < count; i++) {
        OWNED(free) char *object = mem_text(others[i]);

        if (!target_find_object(r, t, object) ||
            !target_add_files(r, t, rest, true))
            return false;
    }
    if (t->files.count <= PICTURE_OBJECTS_MAX)
        return true;
    api_problem(r, 400, "these are too many objects for one picture",
                "name fewer of them");
    return false;
}

/* Cuts ".svg" or ".png" off; false, and a 404 was answered. */
static bool cut_format(struct api_request *r, enum picture_format *out)
{
    char *dot = strrchr(r->segments[2], '.');

    *out = dot != NULL && strcmp(dot, ".svg") == 0 ? PICTURE_SVG : PICTURE_PNG;
    if (dot == NULL || (*out == PICTURE_PNG && strcmp(dot, ".png") != 0)) {
        api_problem(r, 404, "a picture is a .png or .svg",
                    "ask for graphs/OBJECT/SERIES.svg");
        return false;
    }
    *dot = '\0';
    return true;
}

static void draw(struct api_request *r, const struct target *t,
                 struct picture *p)
{
    struct buffer OWNED_BUFFER title = {0};
    struct picture_object objects[PICTURE_OBJECTS_MAX];
    struct gap_spans spans = {0};
    struct picture_gaps gaps = {0};
    bool one = t->files.count == 1;

    for (size_t i = 0; i < t->files.count; i++)
        api_gaps_of(r, t->files.at[i].device, t->files.at[i].path,
                    (enum series_group)t->what->group,
                    (struct wall){p->from_s * 1000},
                    (struct wall){p->to_s * 1000}, &spans);
    api_gaps_pictured(&spans, &gaps);
    for (size_t i = 0; i < t->files.count; i++)
        objects[i] = (struct picture_object){.path = t->files.at[i].path,
                                             .label = label_of(t, i)};
    title_of(t, &title);
    p->what = t->what;
    p->objects = objects;
    p->count = t->files.count;
    p->title = title.at;
    p->unit = target_unit(r, t);
    p->speed_bps =
        one && t->interface != NULL ? (double)t->interface->speed_bps : 0;
    p->gaps = gaps.at;
    p->gap_count = gaps.count;
    series_picture(station_series(r->station), p, on_graph, r);
    array_fini(&gaps);
    array_fini(&spans);
}

void api_graph(struct api_request *r)
{
    struct target t OWNED_TARGET = {0};
    struct picture p = {0};
    int64_t width = 0, height = 0;
    struct wall from, to;
    char *rest;

    if (!cut_format(r, &p.format) ||
        !target_find_series(r, &t, r->segments[2], &rest) ||
        !target_find_object(r, &t, r->segments[1]) ||
        !target_add_files(r, &t, rest, true) || !add_others(r, &t, rest) ||
        !api_times(r, &from, &to) ||
        !api_param_number(r, "width", 0, PICTURE_WIDTH_MAX, &width) ||
        !api_param_number(r, "height", 0, PICTURE_HEIGHT_MAX, &height))
        return;
    p.from_s = from.ms / 1000;
    p.to_s = to.ms / 1000;
    p.width = (unsigned)width;
    p.height = (unsigned)height;
    p.dark = api_param_flag(r, "dark");
    p.stacked = api_param_flag(r, "stacked");
    r->pending = p.format == PICTURE_SVG ? r : NULL;
    r->forget = api_series_forget;
    draw(r, &t, &p);
}
