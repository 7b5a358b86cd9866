#include "base/text.h"
#include "topology/dot.h"
#include "topology/map.h"
#include "topology/map_doc.h"
#include "topology/map_edit_shape.h"
#include "topology/map_value.h"

#include <errno.h>

/* The group of a document that holds the edits of people. */
#define EDITS "edits"

struct reading {
    const struct dot_graph *graph;
    struct map *map;
    const char *place;
    bool found;      /* without the edits of people */
    bool entities;   /* in labels, for Graphviz; not in portolan=1 */
    uint32_t *nodes; /* of the graph's nodes: which of the map; UINT32_MAX */
    struct buffer raw, safe;
};

/* What was just put into raw, as text that harms nothing; valid until the next
 * call. */
static const char *made_safe(struct reading *r, size_t limit)
{
    buffer_clear(&r->safe);
    text_safe(buffer_view(&r->raw), NULL, false, limit, &r->safe);
    buffer_clear(&r->raw);
    return r->safe.at != NULL ? r->safe.at : "";
}

static const char *plain(struct reading *r, const char *value, const char *name,
                         size_t limit)
{
    dot_plain_text(value, name, &r->raw);
    return made_safe(r, limit);
}

/* The words of an HTML label. */
static const char *html_words(struct reading *r, const char *value)
{
    dot_html_text(value, &r->raw);
    return made_safe(r, MAP_NAME_MAX);
}

static const char *keep(struct reading *r, const struct dot_attribute *a,
                        const char *name)
{
    const char *text = a->html ? html_words(r, a->value)
                               : plain(r, a->value, name, MAP_NAME_MAX);

    return arena_text(r->map->arena, text);
}

/* What Graphviz shows. */
static const char *keep_label(struct reading *r, const struct dot_attribute *a,
                              const char *name)
{
    if (a->html || !r->entities)
        return keep(r, a, name);
    dot_label_text(a->value, name, &r->raw);
    return arena_text(r->map->arena, made_safe(r, MAP_NAME_MAX));
}

/* A word in a list of ours: plain ASCII, so nothing is to be made safe. */
static const char *word(const struct dot_attributes *of, const char *key)
{
    const struct dot_attribute *a = dot_find(of, key, NULL);

    return a != NULL && !a->html ? a->value : "";
}

static bool flag(const struct dot_attributes *of, const char *key)
{
    return map_value_flag(word(of, key));
}

/* ---- attributes of nodes: one row an attribute ---- */

typedef void (*node_fn)(struct reading *r, struct map_node *n,
                        const struct dot_attribute *a);

static void node_label(struct reading *r, struct map_node *n,
                       const struct dot_attribute *a)
{
    if (strcmp(a->group, EDITS) == 0 && !n->edit.added)
        n->edit.label = keep_label(r, a, n->id);
    else
        n->label = keep_label(r, a, n->id);
}

static void node_kind(struct reading *r, struct map_node *n,
                      const struct dot_attribute *a)
{
    (void)r;
    if (device_kind_parse(a->value, &n->kind) < 0)
        n->kind = KIND_UNKNOWN;
}

static void node_origin(struct reading *r, struct map_node *n,
                        const struct dot_attribute *a)
{
    (void)r;
    (void)map_origin_parse(a->value, &n->origin);
}

static void node_state(struct reading *r, struct map_node *n,
                       const struct dot_attribute *a)
{
    (void)r;
    (void)map_state_parse(a->value, &n->state);
}

static void node_words(struct reading *r, struct map_node *n,
                       const struct dot_attribute *a)
{
    n->words = keep(r, a, n->id);
}

static void node_address(struct reading *r, struct map_node *n,
                         const struct dot_attribute *a)
{
    n->address = keep(r, a, n->id);
}

static void node_addresses(struct reading *r, struct map_node *n,
                           const struct dot_attribute *a)
{
    n->addresses = keep(r, a, n->id);
}

static void node_detail(struct reading *r, struct map_node *n,
                        const struct dot_attribute *a)
{
    n->detail = keep(r, a, n->id);
}

static void node_note(struct reading *r, struct map_node *n,
                      const struct dot_attribute *a)
{
    n->note = keep(r, a, n->id);
}

static void node_leads(struct reading *r, struct map_node *n,
                       const struct dot_attribute *a)
{
    n->leads = keep(r, a, n->id);
}

static void node_focus(struct reading *r, struct map_node *n,
                       const struct dot_attribute *a)
{
    (void)r;
    n->focus = strcmp(a->value, "true") == 0;
}

static void node_pos(struct reading *r, struct map_node *n,
                     const struct dot_attribute *a)
{
    (void)r;
    if (!map_value_position(a->value, &n->x, &n->y))
        return;
    n->placed = true;
}

static void node_loose(struct reading *r, struct map_node *n,
                       const struct dot_attribute *a)
{
    (void)r;
    n->loose = strcmp(a->value, "true") == 0;
}

static void node_pinned(struct reading *r, struct map_node *n,
                        const struct dot_attribute *a)
{
    (void)r;
    n->edit.pinned = strcmp(a->value, "true") == 0;
}

static void node_bound(struct reading *r, struct map_node *n,
                       const struct dot_attribute *a)
{
    n->bound = keep(r, a, n->id);
}

static void node_cloud(struct reading *r, struct map_node *n,
                       const struct dot_attribute *a)
{
    n->cloud = keep(r, a, n->id);
}

static void node_joined(struct reading *r, struct map_node *n,
                        const struct dot_attribute *a)
{
    (void)r;
    n->joined = strcmp(a->value, "true") == 0;
}

static void node_within(struct reading *r, struct map_node *n,
                        const struct dot_attribute *a)
{
    n->within = keep(r, a, n->id);
}

static void node_collapsed(struct reading *r, struct map_node *n,
                           const struct dot_attribute *a)
{
    (void)r;
    n->collapsed = strcmp(a->value, "true") == 0;
}

static void node_removed(struct reading *r, struct map_node *n,
                         const struct dot_attribute *a)
{
    n->edit.removed = !r->map->foreign && strcmp(a->value, "true") == 0;
}

static void node_hidden(struct reading *r, struct map_node *n,
                        const struct dot_attribute *a)
{
    n->edit.hidden = !r->map->foreign && strcmp(a->value, "true") == 0;
}

static const char *const graph_words[] = {
    "portolan",    "view",      "prefix",     "title",       "label",
    "up",          "layout",    "overlap",    "splines",     "bgcolor",
    "labelloc",    "labeljust", "inputscale", "outputorder", "fontname",
    "notranslate", "charset",
};

/* An attribute that is not ours must not become one when it is made safe. */
static bool turns_into_ours(const char *key, const char *safe)
{
    if (strcmp(key, safe) == 0)
        return false;
    for (size_t i = 0; i < COUNT_OF(graph_words); i++)
        if (strcmp(safe, graph_words[i]) == 0)
            return true;
    return map_is_own_key(safe, false) || map_is_own_key(safe, true);
}

static void keep_extra(struct reading *r, struct map_extras *to,
                       const struct dot_attribute *a)
{
    struct map_extra extra;

    if (a->html)
        return;
    extra.key = arena_text(r->map->arena, plain(r, a->key, "", MAP_ID_MAX));
    extra.value =
        arena_text(r->map->arena, plain(r, a->value, "", MAP_NAME_MAX));
    if (extra.key[0] != '\0' && !turns_into_ours(a->key, extra.key))
        *array_add(to) = extra;
}

/* A way to the map behind the node is ours, and written again. */
static void node_url(struct reading *r, struct map_node *n,
                     const struct dot_attribute *a)
{
    if (n->leads[0] == '\0')
        keep_extra(r, &n->extras, a);
}

/* Written for Graphviz alone, or read elsewhere: nothing to keep. */
static void node_nothing(struct reading *r, struct map_node *n,
                         const struct dot_attribute *a)
{
    (void)r;
    (void)n;
    (void)a;
}

static const struct {
    const char *key;
    node_fn take;
} node_rows[] = {
    {"label", node_label},
    {"kind", node_kind},
    {"origin", node_origin},
    {"state", node_state},
    {"words", node_words},
    {"address", node_address},
    {"addresses", node_addresses},
    {"detail", node_detail},
    {"pos", node_pos},
    {"hidden", node_hidden},
    {"pinned", node_pinned},
    {"loose", node_loose},
    {"added", node_nothing},
    {"cloud", node_cloud},
    {"joined", node_joined},
    {"within", node_within},
    {"leads", node_leads},
    {"collapsed", node_collapsed},
    {"bound", node_bound},
    {"removed", node_removed},
    {"pin", node_nothing},
    {"note", node_note},
    {"focus", node_focus},
    {"URL", node_url},
    {"shape", node_nothing},
    {"style", node_nothing},
    {"color", node_nothing},
    {"image", node_nothing},
    {"fillcolor", node_nothing},
    {"tooltip", node_nothing},
    {"width", node_nothing},
    {"height", node_nothing},
    {"fontname", node_nothing},
    {"fontsize", node_nothing},
    {"fontcolor", node_nothing},
};

static const char *const link_words[] = {
    "key",    "a_port",    "b_port",       "layer",     "kind",     "state",
    "speed",  "evidence",  "confidence",   "why",       "load_ab",  "load_ba",
    "added",  "hidden",    "taillabel",    "headlabel", "penwidth", "style",
    "color",  "tooltip",   "labeltooltip", "fontsize",  "fontname", "edited",
    "summed", "one_sided",
};

static bool is_link_word(const char *key)
{
    for (size_t i = 0; i < COUNT_OF(link_words); i++)
        if (strcmp(key, link_words[i]) == 0)
            return true;
    return false;
}

bool map_is_own_key(const char *key, bool link)
{
    if (link)
        return is_link_word(key);
    for (size_t i = 0; i < COUNT_OF(node_rows); i++)
        if (strcmp(key, node_rows[i].key) == 0)
            return true;
    return false;
}

static void read_node_attribute(struct reading *r, struct map_node *n,
                                const struct dot_attribute *a)
{
    for (size_t i = 0; i < COUNT_OF(node_rows); i++)
        if (strcmp(a->key, node_rows[i].key) == 0) {
            node_rows[i].take(r, n, a);
            return;
        }
    keep_extra(r, &n->extras, a);
}

static void read_node(struct reading *r, size_t i)
{
    const struct dot_node *from = &r->graph->nodes.at[i];

    r->nodes[i] = UINT32_MAX;
    if (r->found && strcmp(from->group, EDITS) == 0)
        return;
    const char *id = plain(r, from->name, "", MAP_ID_MAX);
    uint32_t at = map_find_node(r->map, id[0] != '\0' ? id : "?");
    struct map_node *n;

    n = at != UINT32_MAX ? &r->map->nodes.at[at]
                         : map_add_node(r->map, id[0] != '\0' ? id : "?");
    r->nodes[i] = (uint32_t)(n - r->map->nodes.at);
    n->edit.added = flag(&from->attributes, "added");
    for (size_t k = 0; k < from->attributes.count; k++)
        if (!r->found || strcmp(from->attributes.at[k].group, EDITS) != 0)
            read_node_attribute(r, n, &from->attributes.at[k]);
}

/* ---- links ---- */

static const char *link_text(struct reading *r, const struct dot_edge *from,
                             const char *key, const char *otherwise)
{
    const struct dot_attribute *a = dot_find(&from->attributes, key, NULL);

    if (a != NULL)
        return keep(r, a, "");
    return arena_text(r->map->arena, plain(r, otherwise, "", MAP_NAME_MAX));
}

/* What people read at an end of the line is a better name than what Graphviz
 * calls a part of a label. */
static const char *port_text(struct reading *r, const struct dot_edge *from,
                             const char *key, const char *label,
                             const char *otherwise)
{
    bool ours = dot_find(&from->attributes, key, NULL) != NULL;
    const struct dot_attribute *shown =
        dot_find(&from->attributes, label, NULL);

    if (!ours && shown != NULL)
        return keep_label(r, shown, "");
    return link_text(r, from, key, otherwise);
}

static void read_link_words(struct map_link *l, const struct dot_edge *from)
{
    const struct dot_attributes *of = &from->attributes;

    l->layer = (uint8_t)map_value_number(word(of, "layer"), 3);
    l->confidence = (uint8_t)map_value_number(word(of, "confidence"), 100);
    l->speed_bps = map_value_number(word(of, "speed"), UINT64_MAX);
    (void)link_kind_parse(word(of, "kind"), &l->kind);
    (void)link_state_parse(word(of, "state"), &l->state);
    l->load_ab = map_value_share(word(of, "load_ab"));
    l->load_ba = map_value_share(word(of, "load_ba"));
    l->one_sided = flag(of, "one_sided");
    l->edit.added = flag(of, "added");
    l->edit.hidden = flag(of, "hidden");
}

/* True for what our own documents tell of a link elsewhere, or for who opens
 * them in Graphviz. */
static bool is_told_elsewhere(const struct reading *r,
                              const struct dot_edge *from)
{
    const struct dot_attributes *of = &from->attributes;

    if (r->map->foreign)
        return false;
    if (word(of, "summed")[0] != '\0')
        return true;
    return r->found ? strcmp(from->group, EDITS) == 0 : flag(of, "edited");
}

static void read_link(struct reading *r, const struct dot_edge *from)
{
    if (r->nodes[from->a] == UINT32_MAX || r->nodes[from->b] == UINT32_MAX ||
        is_told_elsewhere(r, from))
        return;
    struct map_link *l =
        map_add_link(r->map, r->nodes[from->a], r->nodes[from->b]);
    l->id = link_text(r, from, "key", "");
    l->a_port = port_text(r, from, "a_port", "taillabel", from->a_port);
    l->b_port = port_text(r, from, "b_port", "headlabel", from->b_port);
    l->evidence = link_text(r, from, "evidence", "");
    l->why = link_text(r, from, "why", "");
    read_link_words(l, from);
    l->edit.hidden = l->edit.hidden && !r->map->foreign;
    for (size_t i = 0; i < from->attributes.count; i++)
        if (!is_link_word(from->attributes.at[i].key))
            keep_extra(r, &l->extras, &from->attributes.at[i]);
}

/* ---- the whole ---- */

static void read_graph_attributes(struct reading *r)
{
    const struct dot_attributes *of = &r->graph->attributes;
    const struct dot_attribute *title = dot_find(of, "title", NULL);

    if (!map_view_parse(word(of, "view"), &r->map->view))
        r->map->view = MAP_DRAWN;
    if (title != NULL)
        r->map->title = keep(r, title, "");
    r->map->prefix = arena_text(
        r->map->arena, plain(r, word(of, "prefix"), "", ADDR_TEXT_MAX));
    r->map->up =
        arena_text(r->map->arena, plain(r, word(of, "up"), "", MAP_ID_MAX));
    for (size_t i = 0; i < of->count; i++) {
        bool known = false;

        for (size_t k = 0; k < COUNT_OF(graph_words); k++)
            known = known || strcmp(of->at[i].key, graph_words[k]) == 0;
        if (!known)
            keep_extra(r, &r->map->extras, &of->at[i]);
    }
}

/* The cloud of a box, which may be opened again; UINT32_MAX: there is no room,
 * or a node of first ones is called so. */
static uint32_t cloud_of(struct reading *r, const struct dot_cluster *from,
                         uint32_t first)
{
    struct buffer OWNED_BUFFER id = {0}, OWNED_BUFFER around = {0};

    map_cloud_id(plain(r, from->name, "", MAP_ID_MAX), &id);
    uint32_t at = map_find_node(r->map, id.at);
    if (at != UINT32_MAX)
        return at >= first ? at : UINT32_MAX;
    if (r->map->nodes.count >= MAP_NODES_MAX)
        return UINT32_MAX;
    struct map_node *cloud = map_add_node(r->map, id.at);
    cloud->origin = MAP_CLOUD;
    cloud->kind = KIND_CLOUD;
    cloud->label = map_keep(r->map, plain(r, from->name, "", MAP_NAME_MAX));
    map_cloud_id(plain(r, from->around, "", MAP_ID_MAX), &around);
    if (from->around[0] != '\0')
        cloud->cloud = map_keep(r->map, around.at);
    return (uint32_t)r->map->nodes.count - 1;
}

/* Boxes of other tools are clouds, open as they are there. */
static void read_clusters(struct reading *r)
{
    uint32_t first = (uint32_t)r->map->nodes.count;

    for (size_t i = 0; i < r->graph->clusters.count; i++) {
        const struct dot_cluster *from = &r->graph->clusters.at[i];
        const struct dot_attribute *label =
            dot_find(&from->attributes, "label", NULL);
        uint32_t cloud = cloud_of(r, from, first);

        if (cloud == UINT32_MAX)
            continue;
        if (label != NULL)
            r->map->nodes.at[cloud].label = keep_label(r, label, "");
        for (size_t k = 0; k < from->members.count; k++)
            r->map->nodes.at[r->nodes[from->members.at[k]]].cloud =
                r->map->nodes.at[cloud].id;
    }
}

static void read_all(struct reading *r)
{
    const char *version = word(&r->graph->attributes, "portolan");

    r->entities = strcmp(version, "1") != 0;
    r->map->foreign = version[0] == '\0';
    read_graph_attributes(r);
    for (size_t i = 0; i < r->graph->nodes.count; i++)
        read_node(r, i);
    for (size_t i = 0; i < r->graph->edges.count; i++)
        read_link(r, &r->graph->edges.at[i]);
    if (r->map->foreign && !r->found)
        read_clusters(r);
    for (size_t i = 0; i < r->map->nodes.count; i++)
        if (r->map->nodes.at[i].edit.removed) {
            map_tidy(r->map);
            break;
        }
    map_fold(r->map);
}

static int read_document(const char *name, struct bytes octets, bool found,
                         struct map **out, struct complaint *why)
{
    static const struct dot_limits limits = {MAP_NODES_MAX, MAP_LINKS_MAX,
                                             "portolan"};
    struct dot_graph *read = NULL;

    *out = NULL;
    if (octets.len > MAP_TEXT_MAX)
        return complain(why, -EFBIG, name, "split it into several maps",
                        "the document is larger than 64 MB");
    int rc = dot_read(name, octets, &limits, &read, why);
    if (rc < 0)
        return rc;
    OWNED(dot_graph_free) struct dot_graph *graph = read;
    OWNED(free)
    char *owned = mem_array(graph->nodes.count + 1, sizeof(uint32_t));
    struct reading r = {.graph = graph,
                        .map = map_new(name, MAP_DRAWN),
                        .place = name,
                        .found = found,
                        .nodes = (uint32_t *)(void *)owned};
    read_all(&r);
    buffer_fini(&r.raw);
    buffer_fini(&r.safe);
    *out = r.map;
    return 0;
}

int map_read(const char *name, const char *text, size_t len, struct map **out,
             struct complaint *why)
{
    return read_document(name, (struct bytes){(const uint8_t *)text, len},
                         false, out, why);
}

int map_read_found(const char *name, const char *text, size_t len,
                   struct map **out, struct complaint *why)
{
    return read_document(name, (struct bytes){(const uint8_t *)text, len}, true,
                         out, why);
}
