/* Maps for other programs: JSON and GraphML. */
#include "base/text.h"
#include "topology/map.h"
#include "topology/map_doc.h"

#include <jansson.h>

#include <limits.h>
#include <math.h>
#include <stdlib.h>

static void put(json_t *object, const char *key, const char *value)
{
    if (value[0] != '\0')
        (void)json_object_set_new(object, key, json_string(value));
}

static void put_flag(json_t *object, const char *key, bool set)
{
    if (set)
        (void)json_object_set_new(object, key, json_true());
}

static void put_extras(json_t *object, const struct map_extras *extras)
{
    if (extras->count == 0)
        return;
    json_t *of = json_object();
    for (size_t i = 0; i < extras->count; i++)
        put(of, extras->at[i].key, extras->at[i].value);
    (void)json_object_set_new(object, "attributes", of);
}

/* Numbers that are not known are null. */
static void put_share(json_t *object, const char *key, double value)
{
    double shown = round(value * 1000) / 1000;

    (void)json_object_set_new(object, key,
                              isnan(value) ? json_null() : json_real(shown));
}

/* To a tenth of a point; whole numbers as such. */
static json_t *place_json(double at, bool brief)
{
    double tenth = round(at * 10) / 10;

    if (!brief)
        return json_real(at);
    return tenth == trunc(tenth) && fabs(tenth) < INT_MAX
               ? json_integer((json_int_t)tenth)
               : json_real(tenth);
}

/* brief: as a page draws it. */
static json_t *node_json(const struct map_node *n, bool brief)
{
    json_t *o = json_object();

    put(o, "id", n->id);
    (void)json_object_set_new(o, "name", json_string(map_node_label(n)));
    put(o, "kind", device_kind_name(n->kind));
    put(o, "origin", map_origin_name(n->origin));
    put(o, "state", map_state_name(n->state));
    put(o, "words", n->words);
    put(o, "address", n->address);
    if (!brief)
        put(o, "addresses", n->addresses);
    put(o, "detail", n->detail);
    put(o, "note", n->note);
    put(o, "leads", n->leads);
    if (n->focus)
        (void)json_object_set_new(o, "focus", json_true());
    if (n->placed) {
        (void)json_object_set_new(o, "x", place_json(n->x, brief));
        (void)json_object_set_new(o, "y", place_json(n->y, brief));
    }
    put(o, "cloud", n->cloud);
    if (!brief)
        put_flag(o, "joined", n->joined);
    put(o, "within", n->within);
    put(o, "bound", n->bound);
    put_flag(o, "collapsed", n->collapsed);
    put_flag(o, "folded", n->folded);
    put_flag(o, "pinned", n->edit.pinned);
    put_flag(o, "hidden", n->edit.hidden);
    put_flag(o, "added", n->edit.added);
    put_extras(o, &n->extras);
    return o;
}

/* places: of the nodes in their list; NULL: ends are told by their ids. */
static void put_ends(json_t *o, const struct map *m, const struct map_link *l,
                     const size_t *places)
{
    if (places == NULL) {
        put(o, "a", m->nodes.at[l->a].id);
        put(o, "b", m->nodes.at[l->b].id);
        return;
    }
    (void)json_object_set_new(o, "a_at",
                              json_integer((json_int_t)places[l->a]));
    (void)json_object_set_new(o, "b_at",
                              json_integer((json_int_t)places[l->b]));
}

static json_t *link_json(const struct map *m, const struct map_link *l,
                         bool brief, const size_t *places)
{
    json_t *o = json_object();

    put(o, "id", l->id);
    put_ends(o, m, l, places);
    put(o, "a_port", l->a_port);
    put(o, "b_port", l->b_port);
    (void)json_object_set_new(o, "layer", json_integer(l->layer));
    put(o, "kind", link_kind_name(l->kind));
    put(o, "state", link_state_name(l->state));
    (void)json_object_set_new(o, "speed",
                              json_integer((json_int_t)l->speed_bps));
    put(o, "evidence", l->evidence);
    (void)json_object_set_new(o, "confidence", json_integer(l->confidence));
    if (!brief || l->summed > 0)
        put(o, "why", l->why);
    put_share(o, "load_ab", l->load_ab);
    put_share(o, "load_ba", l->load_ba);
    put_flag(o, "one_sided", l->one_sided);
    put_flag(o, "folded", l->folded);
    put_flag(o, "hidden", l->edit.hidden);
    put_flag(o, "added", l->edit.added);
    if (l->summed > 0)
        (void)json_object_set_new(o, "summed", json_integer(l->summed));
    put_extras(o, &l->extras);
    return o;
}

static bool is_between_unfolded(const struct map *m, const struct map_link *l)
{
    return !l->folded && !m->nodes.at[l->a].folded && !m->nodes.at[l->b].folded;
}

static void write_json(const struct map *m, const struct map_json_form *form,
                       struct buffer *out)
{
    json_t *root = json_object(), *nodes = json_array(), *links = json_array();
    bool brief = form->brief || form->shown;
    size_t *places = mem_array(m->nodes.count + 1, sizeof *places);

    (void)json_object_set_new(root, "name", json_string(m->name));
    (void)json_object_set_new(root, "view",
                              json_string(map_view_name(m->view)));
    (void)json_object_set_new(root, "revision",
                              json_integer((json_int_t)m->revision));
    put(root, "title", m->title);
    put(root, "prefix", m->prefix);
    put(root, "up", m->up);
    for (size_t i = 0; i < m->nodes.count; i++) {
        if (form->shown && m->nodes.at[i].folded)
            continue;
        places[i] = json_array_size(nodes);
        (void)json_array_append_new(nodes, node_json(&m->nodes.at[i], brief));
    }
    for (size_t i = 0; i < m->links.count; i++)
        if (!form->shown || is_between_unfolded(m, &m->links.at[i]))
            (void)json_array_append_new(links,
                                        link_json(m, &m->links.at[i], brief,
                                                  form->brief ? places : NULL));
    free(places);
    (void)json_object_set_new(root, "nodes", nodes);
    (void)json_object_set_new(root, "links", links);

    char *text = json_dumps(root, JSON_COMPACT | JSON_REAL_PRECISION(10));
    json_decref(root);
    buffer_text(out, text != NULL ? text : "{}");
    free(text);
}

void map_write_json(const struct map *m, struct buffer *out)
{
    static const struct map_json_form whole = {.brief = false};

    write_json(m, &whole, out);
}

void map_write_json_as(const struct map *m, const struct map_json_form *form,
                       struct buffer *out)
{
    write_json(m, form, out);
}

/* ---- GraphML (graphml.graphdrawing.org) ---- */

enum graphml_for { FOR_GRAPH, FOR_NODE, FOR_EDGE, FOR_ALL };

/* Every datum: its key, what it belongs to, its type. */
static const struct {
    const char *key;
    enum graphml_for on;
    const char *type;
} graphml_keys[] = {
    {"name", FOR_NODE, "string"},       {"kind", FOR_NODE, "string"},
    {"state", FOR_NODE, "string"},      {"address", FOR_NODE, "string"},
    {"detail", FOR_NODE, "string"},     {"x", FOR_NODE, "double"},
    {"y", FOR_NODE, "double"},          {"a_port", FOR_EDGE, "string"},
    {"b_port", FOR_EDGE, "string"},     {"link_kind", FOR_EDGE, "string"},
    {"link_state", FOR_EDGE, "string"}, {"speed", FOR_EDGE, "long"},
    {"evidence", FOR_EDGE, "string"},   {"origin", FOR_NODE, "string"},
    {"cloud", FOR_NODE, "string"},      {"within", FOR_NODE, "string"},
    {"collapsed", FOR_NODE, "boolean"}, {"leads", FOR_NODE, "string"},
    {"bound", FOR_NODE, "string"},      {"addresses", FOR_NODE, "string"},
    {"joined", FOR_NODE, "boolean"},    {"pinned", FOR_NODE, "boolean"},
    {"hidden", FOR_ALL, "boolean"},     {"layer", FOR_EDGE, "int"},
    {"id", FOR_EDGE, "string"},         {"portolan", FOR_GRAPH, "int"},
    {"title", FOR_GRAPH, "string"},
};

static void data(struct buffer *out, const char *key, const char *value)
{
    if (value[0] == '\0')
        return;
    buffer_format(out, "<data key=\"%s\">", key);
    text_xml(value, out);
    buffer_text(out, "</data>");
}

/* Attributes of people: their keys are "+NAME". */
static void put_attributes(struct buffer *out, const struct map_extras *extras)
{
    for (size_t i = 0; i < extras->count; i++) {
        buffer_text(out, "<data key=\"+");
        text_xml(extras->at[i].key, out);
        buffer_text(out, "\">");
        text_xml(extras->at[i].value, out);
        buffer_text(out, "</data>");
    }
}

static void declare(struct buffer *out, const struct map_extras *extras,
                    struct table *declared)
{
    for (size_t i = 0; i < extras->count; i++) {
        if (table_put_text(declared, extras->at[i].key, declared) != NULL)
            continue;
        buffer_text(out, "<key id=\"+");
        text_xml(extras->at[i].key, out);
        buffer_text(out, "\" for=\"all\" attr.name=\"");
        text_xml(extras->at[i].key, out);
        buffer_text(out, "\" attr.type=\"string\"/>\n");
    }
}

static void declare_attributes(struct buffer *out, const struct map *m)
{
    OWNED(table_free) struct table *declared = table_new();

    for (size_t i = 0; i < m->nodes.count; i++)
        declare(out, &m->nodes.at[i].extras, declared);
    for (size_t i = 0; i < m->links.count; i++)
        declare(out, &m->links.at[i].extras, declared);
}

static void node_graphml(struct buffer *out, const struct map_node *n)
{
    buffer_text(out, "<node id=\"");
    text_xml(n->id, out);
    buffer_text(out, "\">");
    data(out, "name", map_node_label(n));
    data(out, "kind", device_kind_name(n->kind));
    data(out, "state", map_state_name(n->state));
    data(out, "address", n->address);
    data(out, "addresses", n->addresses);
    data(out, "detail", n->detail);
    data(out, "origin", map_origin_name(n->origin));
    data(out, "cloud", n->cloud);
    data(out, "within", n->within);
    data(out, "leads", n->leads);
    data(out, "bound", n->bound);
    data(out, "joined", n->joined ? "true" : "");
    data(out, "collapsed", n->collapsed ? "true" : "");
    data(out, "pinned", n->edit.pinned ? "true" : "");
    data(out, "hidden", n->edit.hidden ? "true" : "");
    put_attributes(out, &n->extras);
    if (n->placed)
        buffer_format(out,
                      "<data key=\"x\">%.2f</data><data key=\"y\">%.2f</data>",
                      n->x, n->y);
    buffer_text(out, "</node>\n");
}

static void link_graphml(struct buffer *out, const struct map *m,
                         const struct map_link *l)
{
    buffer_text(out, "<edge source=\"");
    text_xml(m->nodes.at[l->a].id, out);
    buffer_text(out, "\" target=\"");
    text_xml(m->nodes.at[l->b].id, out);
    buffer_text(out, "\">");
    data(out, "id", l->id);
    data(out, "a_port", l->a_port);
    data(out, "b_port", l->b_port);
    data(out, "link_kind", link_kind_name(l->kind));
    data(out, "link_state", link_state_name(l->state));
    buffer_format(out, "<data key=\"speed\">%llu</data>",
                  (unsigned long long)l->speed_bps);
    if (l->layer > 0)
        buffer_format(out, "<data key=\"layer\">%u</data>", l->layer);
    data(out, "evidence", l->evidence);
    data(out, "hidden", l->edit.hidden ? "true" : "");
    put_attributes(out, &l->extras);
    buffer_text(out, "</edge>\n");
}

void map_write_graphml(const struct map *m, struct buffer *out)
{
    static const char *const fors[] = {"graph", "node", "edge", "all"};

    buffer_text(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<graphml "
                     "xmlns=\"http://graphml.graphdrawing.org/xmlns\">\n");
    for (size_t i = 0; i < COUNT_OF(graphml_keys); i++)
        buffer_format(out,
                      "<key id=\"%s\" for=\"%s\" attr.name=\"%s\" "
                      "attr.type=\"%s\"/>\n",
                      graphml_keys[i].key, fors[graphml_keys[i].on],
                      graphml_keys[i].key, graphml_keys[i].type);
    declare_attributes(out, m);
    buffer_text(out, "<graph id=\"");
    text_xml(m->name, out);
    buffer_text(out, "\" edgedefault=\"undirected\">\n");
    data(out, "portolan", "1");
    data(out, "title", m->title);
    for (size_t i = 0; i < m->nodes.count; i++)
        node_graphml(out, &m->nodes.at[i]);
    for (size_t i = 0; i < m->links.count; i++)
        if (m->links.at[i].summed == 0)
            link_graphml(out, m, &m->links.at[i]);
    buffer_text(out, "</graph>\n</graphml>\n");
}

/* ---- CSV (RFC 4180) ---- */

static bool is_number(const char *text)
{
    char *end;

    (void)strtod(text, &end);
    return end != text && *end == '\0' &&
           strspn(text, "+-.0123456789eE") == strlen(text);
}

/* True if a program for tables would take the field for a formula of its own;
 * or if it looks as one does that was kept from that. */
static bool is_formula(const char *value)
{
    const char *begin = value + strspn(value, "'");

    return *begin != '\0' && strchr("=+-@\t\r", *begin) != NULL &&
           !is_number(value);
}

static void field(struct buffer *out, const char *value)
{
    struct buffer OWNED_BUFFER kept = {0};

    if (is_formula(value)) {
        buffer_format(&kept, "'%s", value);
        value = kept.at;
    }
    /* A line that begins with '#' is a comment to who reads it. */
    if (strpbrk(value, ",\"\n") == NULL && value[0] != '#') {
        buffer_text(out, value);
        return;
    }
    buffer_char(out, '"');
    for (; *value != '\0'; value++) {
        if (*value == '"')
            buffer_char(out, '"');
        buffer_char(out, *value);
    }
    buffer_char(out, '"');
}

/* How many nodes have each name. */
static struct table *count_names(const struct map *m)
{
    struct table *t = table_new();

    for (size_t i = 0; i < m->nodes.count; i++) {
        const char *name = map_node_label(&m->nodes.at[i]);
        uintptr_t count = (uintptr_t)table_find_text(t, name);

        (void)table_put_text(t, name, (void *)(count + 1));
    }
    return t;
}

static const char *name_of(const struct table *names, const struct map_node *n)
{
    const char *name = map_node_label(n);

    return (uintptr_t)table_find_text(names, name) == 1 ? name : n->id;
}

static void node_fields(struct buffer *out, const struct map_node *n)
{
    buffer_format(out, ",%s,", n != NULL ? device_kind_name(n->kind) : "");
    field(out, n != NULL ? n->address : "");
}

static void link_csv(struct buffer *out, const struct map *m,
                     const struct map_link *l, const struct table *names)
{
    const struct map_node *a = &m->nodes.at[l->a], *b = &m->nodes.at[l->b];

    field(out, name_of(names, a));
    buffer_char(out, ',');
    field(out, l->a_port);
    buffer_char(out, ',');
    field(out, name_of(names, b));
    buffer_char(out, ',');
    field(out, l->b_port);
    buffer_format(out, ",%s,%s,", link_kind_name(l->kind),
                  link_state_name(l->state));
    if (l->speed_bps > 0)
        buffer_format(out, "%llu", (unsigned long long)l->speed_bps);
    buffer_char(out, ',');
    field(out, l->evidence);
    node_fields(out, a);
    node_fields(out, b);
    buffer_text(out, "\r\n");
}

void map_write_csv(const struct map *m, struct buffer *out)
{
    OWNED(table_free) struct table *names = count_names(m);
    bool *linked = mem_array(m->nodes.count + 1, sizeof *linked);

    buffer_text(out, "a,a_port,b,b_port,kind,state,speed,evidence,a_kind,"
                     "a_address,b_kind,b_address\r\n");
    for (size_t i = 0; i < m->links.count; i++) {
        const struct map_link *l = &m->links.at[i];

        if (l->summed > 0 || l->edit.hidden)
            continue;
        link_csv(out, m, l, names);
        linked[l->a] = linked[l->b] = true;
    }
    for (size_t i = 0; i < m->nodes.count; i++) {
        const struct map_node *n = &m->nodes.at[i];

        if (linked[i] || n->edit.hidden || n->origin == MAP_CLOUD)
            continue;
        field(out, name_of(names, n));
        buffer_text(out, ",,,,,,,");
        node_fields(out, n);
        buffer_text(out, ",,\r\n");
    }
    free(linked);
}
