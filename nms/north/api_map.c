/* Maps and their pictures. */
#include "north/api_topology.h"
#include "north/json_out.h"
#include "north/routes.h"
#include "station/maps.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

void api_maps(struct api_request *r)
{
    struct maps_entries entries = {0};
    json_t *list = json_array();

    maps_list(station_maps(r->station), &entries);
    for (size_t i = 0; i < entries.count; i++) {
        json_t *o = json_object();

        json_put_text(o, "name", entries.at[i].name);
        json_put_text(o, "title", entries.at[i].title);
        json_put_text(o, "view", map_view_name(entries.at[i].view));
        json_put_flag(o, "made", entries.at[i].made);
        json_put_count(o, "nodes", entries.at[i].nodes);
        if (entries.at[i].made) /* else nobody has looked for them */
            json_put_count(o, "links", entries.at[i].links);
        json_put_flag(o, "laid_out", entries.at[i].laid_out);
        json_put_count(o, "revision", entries.at[i].revision);
        json_put_wall(o, "changed", entries.at[i].changed);
        json_array_append_new(list, o);
    }
    array_fini(&entries);
    api_json(r, 200, json_pack("{s:o}", "maps", list));
}

static void on_picture(void *arg, int result, struct bytes picture,
                       uint64_t revision, const struct complaint *why)
{
    struct api_request *r = arg;
    const enum maps_format *format = r->pending;

    r->tagged = result == 0;
    r->revision = revision;
    if (result < 0)
        api_complaint(r, result, why);
    else
        api_bytes(r, maps_format_type(*format), picture);
}

static void forget_picture(struct api_request *r)
{
    maps_forget(station_maps(r->station), r);
}

/* Cuts "NAME.svg" into name and format; a name alone is asked as JSON. */
static enum maps_format format_of(char *name)
{
    char *dot = strrchr(name, '.');
    enum maps_format format;

    if (dot == NULL || !maps_format_parse(dot, &format))
        return MAPS_JSON;
    *dot = '\0';
    return format;
}

/* Has it drawn; past may be NULL: of now. */
static void draw(struct api_request *r, struct inferred *past)
{
    const enum maps_format *format = r->pending;
    struct maps_view view = {
        .snapshot = r->snapshot,
        .ports = api_param_flag(r, "ports"),
        .past = past,
        .form = {.brief = api_param_flag(r, "brief"),
                 .shown = api_param_flag(r, "shown")},
        .open = api_param(r, "open"),
        .fold = api_param(r, "fold"),
    };

    r->forget = forget_picture;
    maps_picture(station_maps(r->station), r->segments[1], *format, &view,
                 on_picture, r);
    snapshot_unref(TAKE(r->snapshot)); /* drawing takes long */
}

static void on_recalled(void *arg, int result, struct recalled *found)
{
    OWNED(recalled_free) struct recalled *f = found;
    struct api_request *r = arg;

    if (result < 0) {
        r->forget = NULL;
        api_recall_problem(r, result, f);
    } else {
        draw(r, f->is);
    }
}

void api_map(struct api_request *r)
{
    static const enum maps_format formats[MAPS_FORMATS] = {
        MAPS_SVG,  MAPS_PNG,     MAPS_PDF, MAPS_GV,
        MAPS_JSON, MAPS_GRAPHML, MAPS_CSV};
    struct wall at;

    if (!api_moment(r, "at", &at))
        return;
    r->pending = (void *)&formats[format_of(r->segments[1])];
    if (at.ms == 0) {
        draw(r, NULL);
        return;
    }
    r->forget = api_recall_forget;
    recall_at(station_store(r->station), at, on_recalled, r);
}

/* ---- searches ---- */

static json_t *hit_json(const struct maps_hit *h)
{
    json_t *o = json_object();

    json_put_text(o, "map", h->map);
    json_put_text(o, "view", map_view_name(h->view));
    json_put_text(o, "id", h->id);
    json_put_text(o, "name", h->name);
    json_put_text(o, "kind", device_kind_name(h->kind));
    json_put_text(o, "address", h->address);
    json_put_text(o, "clouds", h->clouds);
    json_put_text(o, "leads", h->leads);
    return o;
}

static void on_found(void *arg, const struct maps_hits *hits)
{
    struct api_request *r = arg;
    json_t *list = json_array();

    for (size_t i = 0; i < hits->count; i++)
        json_array_append_new(list, hit_json(&hits->at[i]));
    api_json(r, 200, json_pack("{s:o}", "found", list));
}

static void forget_search(struct api_request *r)
{
    maps_find_forget(station_maps(r->station), r);
}

void api_map_find(struct api_request *r)
{
    const char *text = api_param(r, "q");

    if (text == NULL || text[0] == '\0') {
        api_problem(r, 400, "nothing is looked for",
                    "give ?q= a part of a name or an address");
        return;
    }
    r->forget = forget_search;
    maps_find(station_maps(r->station), text, on_found, r);
}
