#include "topology/dot.h"
#include "topology/draw_tokens.h"
#include "topology/map.h"
#include "topology/map_doc.h"

/* What Graphviz needs to show the document sensibly; map_read() skips it. */
static const char node_defaults[] =
    "  node [shape=box, style=\"rounded,filled\", color=\"" DRAW_PLATE_LINE
    "\", fillcolor=\"" DRAW_SURFACE "\", fontname=\"" DRAW_FONT
    "\", fontsize=11];\n";
static const char edge_defaults[] =
    "  edge [color=\"#6A97CC\", fontname=\"" DRAW_FONT "\", fontsize=8];\n";

static void put_text(struct buffer *out, const char *key, const char *value)
{
    if (value[0] == '\0')
        return;
    buffer_format(out, ", %s=", key);
    dot_write_text(value, out);
}

/* The same of what Graphviz shows. */
static void put_label(struct buffer *out, const char *key, const char *value)
{
    if (value[0] == '\0')
        return;
    buffer_format(out, ", %s=", key);
    dot_write_label(value, out);
}

/* The map behind something: our word for it, and a way there for those who see
 * it drawn by any Graphviz tool. */
static void put_leads(struct buffer *out, const char *map)
{
    struct buffer OWNED_BUFFER url = {0};

    if (map[0] == '\0')
        return;
    put_text(out, "leads", map);
    if (map_url(map, &url))
        put_text(out, "URL", url.at);
}

static void put_extras(struct buffer *out, const struct map_extras *extras)
{
    for (size_t i = 0; i < extras->count; i++) {
        buffer_text(out, ", ");
        dot_write_text(extras->at[i].key, out);
        buffer_char(out, '=');
        dot_write_text(extras->at[i].value, out);
    }
}

static void put_position(struct buffer *out, const struct map_node *n)
{
    buffer_format(out, ", pos=\"%.2f,%.2f!\"", n->x, n->y);
}

static void put_flag(struct buffer *out, const char *key, bool set)
{
    if (set)
        buffer_format(out, ", %s=true", key);
}

/* The clouds around a node, or what it is as one. */
static void put_cloud(struct buffer *out, const struct map_node *n)
{
    put_text(out, "cloud", n->cloud);
    put_flag(out, "joined", n->joined);
    put_text(out, "within", n->within);
    put_flag(out, "collapsed", n->collapsed);
}

/* What is known of a node whoever brought it. */
static void put_node_facts(struct buffer *out, const struct map_node *n,
                           const char *label)
{
    buffer_text(out, "    ");
    dot_write_text(n->id, out);
    buffer_text(out, " [label=");
    dot_write_label(label[0] != '\0' ? label : n->id, out);
    buffer_format(out, ", origin=%s, kind=%s, state=%s",
                  map_origin_name(n->origin), device_kind_name(n->kind),
                  map_state_name(n->state));
    put_text(out, "words", n->words);
    put_text(out, "address", n->address);
    put_text(out, "addresses", n->addresses);
    put_text(out, "detail", n->detail);
    put_text(out, "note", n->note);
    put_leads(out, n->leads);
    if (n->focus)
        buffer_text(out, ", focus=true");
    put_text(out, "bound", n->bound);
    put_cloud(out, n);
    put_extras(out, &n->extras);
}

/* A node with all that it is; unless it has edits that stand elsewhere. */
static void put_node(struct buffer *out, const struct map_node *n, bool whole)
{
    bool place = whole || n->edit.added || !n->edit.pinned;

    put_node_facts(out, n, whole ? map_node_label(n) : n->label);
    put_flag(out, "added", n->edit.added);
    put_flag(out, "pinned", whole && n->edit.pinned);
    put_flag(out, "hidden", whole && n->edit.hidden);
    if (n->placed && place)
        put_position(out, n);
    put_flag(out, "loose", n->loose);
    if (n->folded || (n->origin == MAP_CLOUD && !n->collapsed))
        buffer_text(out, ", style=invis");
    buffer_text(out, "];\n");
}

static bool is_other(const char *a, const char *b)
{
    return strcmp(a, b) != 0;
}

/* Attributes of a that b does not have, or has otherwise. */
static void put_other_extras(struct buffer *out, const struct map_extras *a,
                             const struct map_extras *b)
{
    for (size_t i = 0; i < a->count; i++) {
        bool same = false;

        for (size_t k = 0; k < b->count && !same; k++)
            same = !is_other(a->at[i].key, b->at[k].key) &&
                   !is_other(a->at[i].value, b->at[k].value);
        if (!same)
            put_extras(out,
                       &(const struct map_extras){.at = &a->at[i], .count = 1});
    }
}

/* What differs from what was found; was may be n itself. */
static void put_differences(struct buffer *out, const struct map_node *n,
                            const struct map_node *was)
{
    if (n->kind != was->kind)
        buffer_format(out, ", kind=%s", device_kind_name(n->kind));
    if (is_other(n->address, was->address))
        put_text(out, "address", n->address);
    if (is_other(n->addresses, was->addresses))
        put_text(out, "addresses", n->addresses);
    if (is_other(n->detail, was->detail))
        put_text(out, "detail", n->detail);
    if (is_other(n->leads, was->leads))
        put_leads(out, n->leads);
    if (is_other(n->bound, was->bound))
        put_text(out, "bound", n->bound);
    if (is_other(n->cloud, was->cloud) || n->collapsed != was->collapsed)
        put_cloud(out, n);
    put_other_extras(out, &n->extras, &was->extras);
}

/* The edits over a node that discovery brought; nothing if there are none. */
static void put_node_edits(struct buffer *out, const struct map_node *n,
                           const struct map_node *was)
{
    struct buffer OWNED_BUFFER differs = {0};
    bool edited = n->edit.pinned || n->edit.hidden || n->edit.label[0] != '\0';

    put_differences(&differs, n, was);
    if (!edited && differs.len == 0)
        return;
    buffer_text(out, "    ");
    dot_write_text(n->id, out);
    buffer_format(out, " [hidden=%s", n->edit.hidden ? "true" : "false");
    put_label(out, "label", n->edit.label);
    if (n->edit.hidden)
        buffer_text(out, ", style=invis");
    if (n->edit.pinned) {
        buffer_text(out, ", pinned=true");
        if (n->placed)
            put_position(out, n);
    }
    if (differs.len > 0)
        buffer_text(out, differs.at);
    buffer_text(out, "];\n");
}

/* How Graphviz shows the state of a link. */
static const char *plain_style(enum link_state s)
{
    static const char *const styles[] = {
        [LINK_CONFIRMED] = "",
        [LINK_CANDIDATE] = ", style=dashed, color=\"" DRAW_LINK_CANDIDATE "\"",
        [LINK_DOWN] = ", style=dashed, color=\"" DRAW_LINK_DOWN "\"",
        [LINK_STALE] = ", style=dotted, color=\"" DRAW_LINK_STALE "\"",
        [LINK_BLOCKED] = ", color=\"" DRAW_LINK_BLOCKED "\"",
        [LINK_AMBIGUOUS] = ", style=dotted, color=\"" DRAW_LINK_CANDIDATE "\"",
    };

    return (unsigned)s < COUNT_OF(styles) ? styles[s] : "";
}

static void put_load(struct buffer *out, const char *key, double load)
{
    if (!isnan(load))
        buffer_format(out, ", %s=%.4f", key, load);
}

/* Ports are written for other tools too where these could show them; on more
 * links nobody reads them. */
enum { LABELLED_LINKS = 2000 };

/* How a link stands in the document. */
enum put {
    PUT_LINK,  /* as it is */
    PUT_EDITED /* another statement tells what became of it */
};

static void put_link(struct buffer *out, const struct map *m,
                     const struct map_link *l, enum put how)
{
    bool unseen = how == PUT_EDITED || l->edit.hidden || l->folded;

    buffer_text(out, "    ");
    dot_write_text(m->nodes.at[l->a].id, out);
    buffer_text(out, " -- ");
    dot_write_text(m->nodes.at[l->b].id, out);
    buffer_format(out, " [kind=%s, state=%s, layer=%u, speed=%llu",
                  link_kind_name(l->kind), link_state_name(l->state), l->layer,
                  (unsigned long long)l->speed_bps);
    buffer_format(out, ", confidence=%u", l->confidence);
    put_text(out, "key", l->id);
    put_text(out, "a_port", l->a_port);
    put_text(out, "b_port", l->b_port);
    put_text(out, "evidence", l->evidence);
    put_text(out, "why", l->why);
    put_load(out, "load_ab", l->load_ab);
    put_load(out, "load_ba", l->load_ba);
    put_flag(out, "one_sided", l->one_sided);
    put_flag(out, "added", l->edit.added);
    put_flag(out, "hidden", l->edit.hidden);
    put_flag(out, "edited", how == PUT_EDITED);
    if (l->summed > 0)
        buffer_format(out, ", summed=%u", l->summed);
    if (unseen)
        buffer_text(out, ", style=invis");
    if (m->links.count <= LABELLED_LINKS) {
        put_label(out, "taillabel", l->a_port);
        put_label(out, "headlabel", l->b_port);
    }
    put_extras(out, &l->extras);
    buffer_format(out, ", penwidth=%.1f%s];\n", draw_link_width(l->speed_bps),
                  unseen ? "" : plain_style(l->state));
}

static void put_graph(struct buffer *out, const struct map *m)
{
    buffer_text(out, "graph ");
    dot_write_text(m->name, out);
    buffer_format(out, " {\n  graph [portolan=2, view=%s",
                  map_view_name(m->view));
    put_text(out, "prefix", m->prefix);
    put_text(out, "up", m->up);
    put_text(out, "title", m->title);
    buffer_text(out, ", label=");
    dot_write_label(m->title[0] != '\0' ? m->title : m->name, out);
    buffer_text(out, ", labelloc=t, labeljust=l, fontname=\"" DRAW_FONT
                     "\", bgcolor=\"" DRAW_SEA "\", outputorder=edgesfirst");
    if (m->nodes.count > 0 && map_is_laid_out(m))
        buffer_text(out, ", layout=neato, inputscale=72");
    put_extras(out, &m->extras);
    buffer_text(out, "];\n");
    buffer_text(out, node_defaults);
    buffer_text(out, edge_defaults);
}

/* ---- what was found, and what people made of it ---- */

static bool link_is_other(const struct map_link *a, const struct map_link *b)
{
    struct buffer OWNED_BUFFER x = {0};
    struct buffer OWNED_BUFFER y = {0};

    put_extras(&x, &a->extras);
    put_extras(&y, &b->extras);
    return a->edit.hidden != b->edit.hidden || a->kind != b->kind ||
           a->speed_bps != b->speed_bps || is_other(a->a_port, b->a_port) ||
           is_other(a->b_port, b->b_port) ||
           !bytes_equal(buffer_view(&x), buffer_view(&y));
}

/* Links by their ids, index + 1. */
static struct table *links_by_id(const struct map *m)
{
    struct table *t = table_new();

    for (size_t i = 0; i < m->links.count; i++)
        if (m->links.at[i].id[0] != '\0')
            (void)table_put_text(t, m->links.at[i].id,
                                 (void *)(uintptr_t)(i + 1));
    return t;
}

static const struct map_link *
link_named(const struct map *m, const struct table *ids, const char *id)
{
    uintptr_t found = id[0] != '\0' ? (uintptr_t)table_find_text(ids, id) : 0;

    return found != 0 ? &m->links.at[found - 1] : NULL;
}

/* Two layers: what was found, and the same as people changed it. */
struct layers {
    const struct map *found, *shown; /* may be one document */
    struct table *found_links, *shown_links;
};

/* Replaced when discovery finds something else. */
static void put_found(struct buffer *out, const struct layers *w)
{
    const struct map *m = w->found;
    bool apart = w->found != w->shown;

    buffer_text(out, "  subgraph found {\n");
    for (size_t i = 0; i < m->nodes.count; i++)
        if (apart || !m->nodes.at[i].edit.added)
            put_node(out, &m->nodes.at[i], apart);
    for (size_t i = 0; i < m->links.count; i++) {
        const struct map_link *l = &m->links.at[i];
        const struct map_link *now =
            apart ? link_named(w->shown, w->shown_links, l->id) : l;

        if (l->summed == 0 && (apart || !l->edit.added))
            put_link(out, m, l,
                     now == NULL || link_is_other(l, now) ? PUT_EDITED
                                                          : PUT_LINK);
    }
    buffer_text(out, "  }\n");
}

static void put_removed(struct buffer *out, const struct layers *w)
{
    for (size_t i = 0; i < w->found->nodes.count; i++) {
        const char *id = w->found->nodes.at[i].id;

        if (map_find_node(w->shown, id) != UINT32_MAX)
            continue;
        buffer_text(out, "    ");
        dot_write_text(id, out);
        buffer_text(out, " [removed=true, hidden=true, style=invis];\n");
    }
}

/* True if the edits have to tell of a link. */
static bool is_edited_link(const struct layers *w, const struct map_link *l)
{
    if (w->found == w->shown)
        return l->edit.added;
    const struct map_link *was = link_named(w->found, w->found_links, l->id);
    return was == NULL || link_is_other(l, was);
}

/* What people changed: stays. */
static void put_edits(struct buffer *out, const struct layers *w)
{
    const struct map *m = w->shown;

    buffer_text(out, "  subgraph edits {\n");
    for (size_t i = 0; i < m->nodes.count; i++) {
        uint32_t was = map_find_node(w->found, m->nodes.at[i].id);

        if (was == UINT32_MAX ||
            (w->found == w->shown && m->nodes.at[i].edit.added))
            put_node(out, &m->nodes.at[i], was == UINT32_MAX);
    }
    for (size_t i = 0; i < m->nodes.count; i++) {
        uint32_t was = map_find_node(w->found, m->nodes.at[i].id);

        if (was != UINT32_MAX)
            put_node_edits(out, &m->nodes.at[i], &w->found->nodes.at[was]);
    }
    put_removed(out, w);
    for (size_t i = 0; i < m->links.count; i++)
        if (m->links.at[i].summed == 0 && is_edited_link(w, &m->links.at[i]))
            put_link(out, m, &m->links.at[i], PUT_LINK);
    buffer_text(out, "  }\n");
}

/* What collapsed clouds stand for: made anew by who reads it. */
static void put_sums(struct buffer *out, const struct map *m)
{
    bool any = false;

    for (size_t i = 0; i < m->links.count; i++) {
        if (m->links.at[i].summed == 0)
            continue;
        buffer_text(out, any ? "" : "  subgraph sums {\n");
        any = true;
        put_link(out, m, &m->links.at[i], PUT_LINK);
    }
    buffer_text(out, any ? "  }\n" : "");
}

void map_write_edited(const struct map *found, const struct map *shown,
                      struct buffer *out)
{
    struct layers w = {.found = found, .shown = shown};

    if (found != shown) {
        w.found_links = links_by_id(found);
        w.shown_links = links_by_id(shown);
    }
    put_graph(out, shown);
    put_found(out, &w);
    put_edits(out, &w);
    put_sums(out, shown);
    buffer_text(out, "}\n");
    table_free(w.found_links);
    table_free(w.shown_links);
}

void map_write(const struct map *m, struct buffer *out)
{
    map_write_edited(m, m, out);
}
