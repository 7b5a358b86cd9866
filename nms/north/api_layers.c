/* Layers over a map: what is true of its nodes and links besides their state,
 * by their ids, whichever map they are on. */
#include "north/json_out.h"
#include "north/routes.h"
#include "topology/survey.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void append_id(json_t *list, const struct ident *id)
{
    char text[IDENT_TEXT_MAX];

    json_array_append_new(list,
                          json_string(ident_format(id, text, sizeof text)));
}

static void put_at(json_t *o, const struct ident *id, json_t *value)
{
    char text[IDENT_TEXT_MAX];

    json_object_set_new(o, ident_format(id, text, sizeof text), value);
}

/* ---- which there are ---- */

static json_t *vlans_json(const struct survey *s)
{
    json_t *list = json_array();

    for (size_t i = 0; s != NULL && i < s->vlans.count; i++) {
        json_t *o = json_object();

        json_put_count(o, "vlan", s->vlans.at[i].id);
        json_put_text(o, "name", s->vlans.at[i].name);
        json_put_count(o, "devices", s->vlans.at[i].devices);
        json_array_append_new(list, o);
    }
    return list;
}

static json_t *trees_json(const struct survey *s, const struct topology *t)
{
    json_t *list = json_array();

    for (size_t i = 0; s != NULL && i < s->trees.count; i++) {
        const struct survey_tree *tree = &s->trees.at[i];
        json_t *o = json_object();
        char id[IDENT_TEXT_MAX];

        json_put_text(o, "name", tree->name);
        json_put_count(o, "bridges", tree->bridges);
        if (tree->node != UINT32_MAX)
            json_put_text(
                o, "root",
                ident_format(&t->nodes.at[tree->node].id, id, sizeof id));
        json_array_append_new(list, o);
    }
    return list;
}

void api_layers(struct api_request *r)
{
    const struct survey *s = snapshot_survey(r->snapshot);

    api_json(r, 200,
             json_pack("{s:o,s:o}", "vlans", vlans_json(s), "trees",
                       trees_json(s, r->snapshot->topology)));
}

/* ---- VLANs ---- */

/* Ids of those of a VLAN, appended. */
static void append_pairs(json_t *list, const struct survey_pairs *pairs,
                         uint16_t vlan, const struct topology *t, bool links)
{
    for (size_t i = 0; i < pairs->count; i++) {
        const struct survey_pair *p = &pairs->at[i];

        if (p->vlan == vlan)
            append_id(list,
                      links ? &t->links.at[p->of].id : &t->nodes.at[p->of].id);
    }
}

/* Links whose tables tell no VLANs at all: they may carry it. */
static json_t *untold_json(const struct survey *s, const struct topology *t)
{
    json_t *list = json_array();

    for (size_t i = 0; i < t->links.count; i++)
        if (t->links.at[i].layer == 2 && !s->tells_vlans[i])
            append_id(list, &t->links.at[i].id);
    return list;
}

static void vlan_layer(struct api_request *r, const char *number)
{
    const struct survey *s = snapshot_survey(r->snapshot);
    const struct topology *t = r->snapshot->topology;
    unsigned long id = strtoul(number, NULL, 10);
    const struct survey_vlan *v = s != NULL && id <= UINT16_MAX
                                      ? survey_find_vlan(s, (uint16_t)id)
                                      : NULL;

    if (v == NULL) {
        api_problem(r, 404, "no device has that VLAN", "see GET layers");
        return;
    }
    json_t *nodes = json_array(), *links = json_array();
    append_pairs(nodes, &s->vlan_nodes, v->id, t, false);
    append_pairs(links, &s->vlan_links, v->id, t, true);
    json_t *o =
        json_pack("{s:s,s:i,s:o,s:o,s:o}", "layer", "vlan", "vlan", (int)v->id,
                  "nodes", nodes, "links", links, "untold", untold_json(s, t));
    json_put_text(o, "name", v->name);
    api_json(r, 200, o);
}

/* ---- spanning tree ---- */

/* Of each bridge the tree it follows: its place in "trees". */
static json_t *tree_nodes_json(const struct survey *s, const struct topology *t)
{
    json_t *o = json_object();

    for (size_t i = 0; i < t->nodes.count; i++)
        if (s->tree_of[i] != UINT32_MAX)
            put_at(o, &t->nodes.at[i].id,
                   json_integer((json_int_t)s->tree_of[i]));
    return o;
}

static void put_end(json_t *o, const char *role_key, const char *state_key,
                    struct survey_end end)
{
    json_put_text(o, role_key, stp_role_name(end.role));
    json_put_text(o, state_key, stp_state_name(end.state));
}

/* Of each link what the ports at its ends are to the tree, as far as told. */
static json_t *tree_ends_json(const struct survey *s, const struct topology *t)
{
    json_t *all = json_object();

    for (size_t i = 0; i < t->links.count; i++) {
        json_t *o = json_object();

        put_end(o, "a_role", "a_state", s->ends[i].a);
        put_end(o, "b_role", "b_state", s->ends[i].b);
        if (json_object_size(o) > 0)
            put_at(all, &t->links.at[i].id, o);
        else
            json_decref(o);
    }
    return all;
}

static void tree_layer(struct api_request *r, const char *name)
{
    const struct survey *s = snapshot_survey(r->snapshot);
    const struct topology *t = r->snapshot->topology;
    json_t *blocked = json_array();

    (void)name;
    for (size_t i = 0; t != NULL && i < t->links.count; i++)
        if (t->links.at[i].state == LINK_BLOCKED)
            append_id(blocked, &t->links.at[i].id);
    api_json(r, 200,
             json_pack("{s:s,s:o,s:o,s:o,s:o}", "layer", "stp", "trees",
                       trees_json(s, t), "nodes",
                       s != NULL ? tree_nodes_json(s, t) : json_object(),
                       "ports",
                       s != NULL ? tree_ends_json(s, t) : json_object(),
                       "blocked", blocked));
}

/* ---- risk ---- */

static json_t *risk_json(const struct risk_entry *e)
{
    return json_pack("{s:f,s:i}", "risk", round((double)e->risk * 100) / 100,
                     "level", (int)e->level);
}

static void risk_layer(struct api_request *r, const char *name)
{
    const struct risk_book *b = r->snapshot->risk;
    json_t *nodes = json_object(), *links = json_object(),
           *clouds = json_object();

    (void)name;
    for (size_t i = 0; b != NULL && i < b->device_count; i++)
        if (b->devices[i].risk > 0)
            put_at(nodes, &b->devices[i].id, risk_json(&b->devices[i]));
    for (size_t i = 0; b != NULL && i < b->link_count; i++)
        put_at(links, &b->links[i].id, risk_json(&b->links[i]));
    for (size_t i = 0; b != NULL && i < b->cloud_count; i++)
        json_object_set_new(clouds, b->clouds[i].name,
                            risk_json(&b->clouds[i]));
    api_json(r, 200,
             json_pack("{s:s,s:o,s:o,s:o}", "layer", "risk", "nodes", nodes,
                       "links", links, "clouds", clouds));
}

/* ---- the network layer ---- */

static json_t *subnet_json(const struct topo_node *n)
{
    json_t *o = json_object();
    char id[IDENT_TEXT_MAX];

    json_put_text(o, "id", ident_format(&n->id, id, sizeof id));
    json_put_text(o, "name", n->name);
    return o;
}

static json_t *l3_link_json(const struct topology *t, const struct topo_link *l)
{
    json_t *o = json_object();
    char id[IDENT_TEXT_MAX];

    json_put_text(o, "id", ident_format(&l->id, id, sizeof id));
    json_put_text(o, "a", ident_format(&t->nodes.at[l->a].id, id, sizeof id));
    json_put_text(o, "b", ident_format(&t->nodes.at[l->b].id, id, sizeof id));
    json_put_text(o, "a_port", l->a_port);
    json_put_text(o, "b_port", l->b_port);
    json_put_text(o, "state", link_state_name(l->state));
    return o;
}

static void network_layer(struct api_request *r, const char *name)
{
    const struct topology *t = r->snapshot->topology;
    json_t *subnets = json_array(), *links = json_array();

    (void)name;
    for (size_t i = 0; t != NULL && i < t->nodes.count; i++)
        if (t->nodes.at[i].origin == NODE_SUBNET)
            json_array_append_new(subnets, subnet_json(&t->nodes.at[i]));
    for (size_t i = 0; t != NULL && i < t->links.count; i++)
        if (t->links.at[i].layer == 3)
            json_array_append_new(links, l3_link_json(t, &t->links.at[i]));
    api_json(r, 200,
             json_pack("{s:s,s:o,s:o}", "layer", "network", "subnets", subnets,
                       "links", links));
}

void api_layer(struct api_request *r)
{
    static const struct {
        const char *begin;
        bool whole;
        void (*answer)(struct api_request *r, const char *rest);
    } layers[] = {
        {"vlan:", false, vlan_layer},
        {"stp", true, tree_layer},
        {"risk", true, risk_layer},
        {"network", true, network_layer},
    };
    const char *name = r->segments[1];

    for (size_t i = 0; i < COUNT_OF(layers); i++) {
        size_t len = strlen(layers[i].begin);

        if (strncmp(name, layers[i].begin, len) == 0 &&
            (!layers[i].whole || name[len] == '\0')) {
            layers[i].answer(r, name + len);
            return;
        }
    }
    api_problem(r, 404, "there is no such layer",
                "layers are network, vlan:N, stp and risk");
}
