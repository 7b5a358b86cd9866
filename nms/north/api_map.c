/* Links, the way between two devices, and maps. */
#include "north/json_out.h"
#include "north/routes.h"
#include "station/maps.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* ---- links ---- */

static json_t *link_json(const struct topology *t, const struct topo_link *l)
{
    struct buffer OWNED_BUFFER evidence = {0};
    json_t *o = json_object();

    link_evidence_text(l->evidence, &evidence);
    json_put_text(o, "a", t->nodes.at[l->a].name);
    json_put_text(o, "a_port", l->a_port);
    json_put_text(o, "b", t->nodes.at[l->b].name);
    json_put_text(o, "b_port", l->b_port);
    json_put_count(o, "layer", l->layer);
    json_put_text(o, "kind", link_kind_name(l->kind));
    json_put_text(o, "state", link_state_name(l->state));
    json_put_text(o, "evidence", evidence.at);
    json_put_count(o, "confidence", l->confidence);
    if (l->speed_bps > 0)
        json_put_count(o, "speed_bps", l->speed_bps);
    json_put_text(o, "why", l->why);
    return o;
}

void api_links(struct api_request *r)
{
    const struct topology *t = r->snapshot->topology;
    const char *device = api_param(r, "device");
    json_t *list = json_array(), *conflicts = json_array();

    for (size_t i = 0; t != NULL && i < t->links.count; i++) {
        const struct topo_link *l = &t->links.at[i];

        if (device == NULL || strcmp(t->nodes.at[l->a].name, device) == 0 ||
            strcmp(t->nodes.at[l->b].name, device) == 0)
            json_array_append_new(list, link_json(t, l));
    }
    for (size_t i = 0; t != NULL && i < t->conflicts.count; i++)
        json_array_append_new(conflicts, json_string(t->conflicts.at[i].text));
    json_t *o = json_pack("{s:o,s:o}", "links", list, "conflicts", conflicts);
    json_put_wall(o, "at", r->snapshot->topology_at);
    api_json(r, 200, o);
}

/* The node of a name or address. */
static bool node_of(struct api_request *r, const char *name, uint32_t *out)
{
    const struct topology *t = r->snapshot->topology;
    const struct device_record *d =
        name != NULL ? snapshot_find(r->snapshot, name) : NULL;

    if (t == NULL || name == NULL)
        return false;
    if (d != NULL) {
        *out = snapshot_node(r->snapshot, snapshot_place(r->snapshot, d->name));
        return *out != UINT32_MAX;
    }
    for (uint32_t i = 0; i < t->nodes.count; i++)
        if (strcmp(t->nodes.at[i].name, name) == 0) {
            *out = i;
            return true;
        }
    return false;
}

void api_path(struct api_request *r)
{
    const struct topology *t = r->snapshot->topology;
    struct topo_path path = {0};
    uint32_t a, b;

    if (!node_of(r, api_param(r, "from"), &a) ||
        !node_of(r, api_param(r, "to"), &b)) {
        api_problem(r, 404, "one of the two is not on the map",
                    "see `portolan devices`");
        return;
    }
    if (!topology_path(t, a, b, &path)) {
        api_problem(r, 404, "no way is known between the two",
                    "see `portolan links`");
        return;
    }
    json_t *nodes = json_array(), *links = json_array();
    for (size_t i = 0; i < path.nodes.count; i++)
        json_array_append_new(nodes,
                              json_string(t->nodes.at[path.nodes.at[i]].name));
    for (size_t i = 0; i < path.links.count; i++)
        json_array_append_new(links,
                              link_json(t, &t->links.at[path.links.at[i]]));
    topo_path_fini(&path);
    api_json(r, 200, json_pack("{s:o,s:o}", "nodes", nodes, "links", links));
}

/* ---- maps ---- */

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
        json_put_count(o, "links", entries.at[i].links);
        json_put_flag(o, "laid_out", entries.at[i].laid_out);
        json_put_wall(o, "changed", entries.at[i].changed);
        json_array_append_new(list, o);
    }
    array_fini(&entries);
    api_json(r, 200, json_pack("{s:o}", "maps", list));
}

static void on_picture(void *arg, int result, struct bytes picture,
                       const struct complaint *why)
{
    struct api_request *r = arg;
    const enum maps_format *format = r->pending;

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

void api_map(struct api_request *r)
{
    static const enum maps_format formats[MAPS_FORMATS] = {
        MAPS_SVG, MAPS_PNG, MAPS_PDF, MAPS_GV, MAPS_JSON, MAPS_GRAPHML};
    enum maps_format format = format_of(r->segments[1]);
    struct maps_view view = {
        .snapshot = r->snapshot,
        .ports = api_param_number(r, "ports", 0, 0, 1) == 1,
    };

    r->pending = (void *)&formats[format];
    r->forget = forget_picture;
    maps_picture(station_maps(r->station), r->segments[1], format, &view,
                 on_picture, r);
    snapshot_unref(TAKE(r->snapshot)); /* drawing takes long */
}
