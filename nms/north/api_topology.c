/* The topology of the past: what changed, and maps of then. */
#include "north/api_topology.h"
#include "north/json_out.h"
#include "north/routes.h"
#include "north/target.h"
#include "station/recall.h"
#include "station/store.h"

#include <errno.h>
#include <string.h>

enum { CHANGES_MAX = 10000 };

void api_recall_problem(struct api_request *r, int result,
                        const struct recalled *found)
{
    struct buffer OWNED_BUFFER what = {0};
    char when[32] = "";

    if (result == -EBUSY) {
        api_problem(r, 503, "too many searches wait", "ask again later");
        return;
    }
    if (result != -ENODATA) {
        api_problem(r, 503, "the past cannot be read",
                    "see `portolan status` and the log");
        return;
    }
    wall_format(found->kept_from, when, sizeof when);
    if (when[0] != '\0')
        buffer_format(&what, "nothing is kept of the time before %s", when);
    else
        buffer_text(&what, "nothing is kept as yet");
    api_problem(
        r, 404, what.at,
        "ask for a later time; retention.topology says how long it is kept");
}

void api_recall_forget(struct api_request *r)
{
    store_forget(station_store(r->station), r);
}

bool api_moment(struct api_request *r, const char *name, struct wall *out)
{
    const char *text = api_param(r, name);

    *out = (struct wall){0};
    if (text == NULL || wall_parse(text, wall_now(), out) == 0)
        return true;
    api_problem(r, 400, "that is no time",
                "write 2026-11-22T02:47, seconds since 1970, now, or -2h");
    return false;
}

/* ---- what changed ---- */

static void put_node(json_t *o, const struct topo_change *c)
{
    const struct topo_node *n = c->node_is != NULL ? c->node_is : c->node_was;

    json_put_text(o, "object", n->name);
    json_put_text(o, "kind", device_kind_name(n->kind));
    if (c->node_was != NULL)
        json_put_text(o, "was", c->node_was->name);
    if (c->node_is != NULL)
        json_put_text(o, "now", c->node_is->name);
}

static void put_link(json_t *o, const struct recalled *f,
                     const struct topo_change *c)
{
    const struct topology *is = f->is->topology, *was = f->was->topology;
    const struct topology *of = c->link_is != NULL ? is : was;
    const struct topo_link *l = c->link_is != NULL ? c->link_is : c->link_was;
    struct buffer OWNED_BUFFER words = {0}, OWNED_BUFFER earlier = {0};
    bool moved = c->kind == CHANGE_LINK_MOVED;

    topo_link_words(of, l, &words);
    json_put_text(o, "object", words.at);
    json_put_text(o, "a", of->nodes.at[l->a].name);
    json_put_text(o, "a_port", l->a_port);
    json_put_text(o, "b", of->nodes.at[l->b].name);
    json_put_text(o, "b_port", l->b_port);
    json_put_count(o, "layer", l->layer);
    json_put_text(o, "kind", link_kind_name(l->kind));
    if (moved)
        topo_link_words(was, c->link_was, &earlier);
    if (c->link_was != NULL)
        json_put_text(o, "was",
                      moved ? earlier.at : link_state_name(c->link_was->state));
    if (c->link_is != NULL)
        json_put_text(o, "now", link_state_name(c->link_is->state));
}

static json_t *change_json(const struct recalled *f,
                           const struct topo_change *c)
{
    struct buffer OWNED_BUFFER text = {0};
    json_t *o = json_object();

    json_put_text(o, "change", topo_change_name(c->kind));
    if (c->link_is != NULL || c->link_was != NULL)
        put_link(o, f, c);
    else
        put_node(o, c);
    topo_change_words(c, f->was->topology, &text);
    json_put_text(o, "text", text.at);
    return o;
}

static void on_changes(void *arg, int result, struct recalled *found)
{
    OWNED(recalled_free) struct recalled *f = found;
    struct api_request *r = arg;
    json_t *list;
    size_t more = 0;

    r->forget = NULL;
    if (result < 0) {
        api_recall_problem(r, result, f);
        return;
    }
    list = json_array();
    for (size_t i = 0; i < f->changes.count; i++) {
        if (f->changes.at[i].quiet)
            continue;
        if (json_array_size(list) < CHANGES_MAX)
            json_array_append_new(list, change_json(f, &f->changes.at[i]));
        else
            more++;
    }
    json_t *body = json_object();
    json_put_wall(body, "from", f->from);
    json_put_wall(body, "to", f->to);
    json_put_wall(body, "kept_from", f->kept_from);
    json_put_count(body, "more", more);
    json_object_set_new(body, "changes", list);
    api_json(r, 200, body);
}

void api_topology_diff(struct api_request *r)
{
    struct wall from, to;

    if (!api_times(r, &from, &to))
        return;
    r->forget = api_recall_forget;
    recall_between(station_store(r->station), from, to, on_changes, r);
}
