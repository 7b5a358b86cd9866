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

/* The map behind something: our word for it, and a way there for those who see
 * it drawn by any Graphviz tool. */
static void put_leads(struct buffer *out, const char *map)
{
    struct buffer OWNED_BUFFER url = {0};

    if (map[0] == '\0')
        return;
    put_text(out, "leads", map);
    map_url(map, &url);
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

/* What is known of a node whoever brought it. */
static void put_node_facts(struct buffer *out, const struct map_node *n)
{
    buffer_text(out, "    ");
    dot_write_text(n->id, out);
    buffer_text(out, " [label=");
    dot_write_text(n->label[0] != '\0' ? n->label : n->id, out);
    buffer_format(out, ", origin=%s, kind=%s, state=%s",
                  map_origin_name(n->origin), device_kind_name(n->kind),
                  map_state_name(n->state));
    put_text(out, "words", n->words);
    put_text(out, "address", n->address);
    put_text(out, "detail", n->detail);
    put_text(out, "note", n->note);
    put_leads(out, n->leads);
    if (n->focus)
        buffer_text(out, ", focus=true");
    put_extras(out, &n->extras);
}

static void put_node(struct buffer *out, const struct map_node *n)
{
    put_node_facts(out, n);
    if (n->edit.added)
        buffer_text(out, ", added=true");
    if (n->placed && (n->edit.added || !n->edit.pinned))
        put_position(out, n);
    if (n->loose)
        buffer_text(out, ", loose=true");
    buffer_text(out, "];\n");
}

static bool node_is_edited(const struct map_node *n)
{
    return n->edit.pinned || n->edit.hidden || n->edit.label[0] != '\0';
}

/* The edits over a node that discovery brought. */
static void put_node_edits(struct buffer *out, const struct map_node *n)
{
    buffer_text(out, "    ");
    dot_write_text(n->id, out);
    buffer_format(out, " [hidden=%s", n->edit.hidden ? "true" : "false");
    put_text(out, "label", n->edit.label);
    if (n->edit.hidden)
        buffer_text(out, ", style=invis");
    if (n->edit.pinned) {
        buffer_text(out, ", pinned=true");
        if (n->placed)
            put_position(out, n);
    }
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

static void put_link(struct buffer *out, const struct map *m,
                     const struct map_link *l)
{
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
    if (l->edit.added)
        buffer_text(out, ", added=true");
    if (l->edit.hidden)
        buffer_text(out, ", hidden=true, style=invis");
    put_text(out, "taillabel", l->a_port);
    put_text(out, "headlabel", l->b_port);
    put_extras(out, &l->extras);
    buffer_format(out, ", penwidth=%.1f%s];\n", draw_link_width(l->speed_bps),
                  l->edit.hidden ? "" : plain_style(l->state));
}

static void put_graph(struct buffer *out, const struct map *m)
{
    buffer_text(out, "graph ");
    dot_write_text(m->name, out);
    buffer_format(out, " {\n  graph [portolan=1, view=%s",
                  map_view_name(m->view));
    put_text(out, "prefix", m->prefix);
    put_text(out, "up", m->up);
    put_text(out, "title", m->title);
    buffer_text(out, ", label=");
    dot_write_text(m->title[0] != '\0' ? m->title : m->name, out);
    buffer_text(out, ", labelloc=t, labeljust=l, fontname=\"" DRAW_FONT
                     "\", bgcolor=\"" DRAW_SEA "\", outputorder=edgesfirst");
    if (m->nodes.count > 0 && map_is_laid_out(m))
        buffer_text(out, ", layout=neato, inputscale=72");
    put_extras(out, &m->extras);
    buffer_text(out, "];\n");
    buffer_text(out, node_defaults);
    buffer_text(out, edge_defaults);
}

/* What discovery found: replaced when it finds something else. */
static void put_found(struct buffer *out, const struct map *m)
{
    buffer_text(out, "  subgraph found {\n");
    for (size_t i = 0; i < m->nodes.count; i++)
        if (!m->nodes.at[i].edit.added)
            put_node(out, &m->nodes.at[i]);
    for (size_t i = 0; i < m->links.count; i++)
        if (!m->links.at[i].edit.added)
            put_link(out, m, &m->links.at[i]);
    buffer_text(out, "  }\n");
}

/* What people changed: stays. */
static void put_edits(struct buffer *out, const struct map *m)
{
    buffer_text(out, "  subgraph edits {\n");
    for (size_t i = 0; i < m->nodes.count; i++)
        if (m->nodes.at[i].edit.added)
            put_node(out, &m->nodes.at[i]);
    for (size_t i = 0; i < m->nodes.count; i++)
        if (node_is_edited(&m->nodes.at[i]))
            put_node_edits(out, &m->nodes.at[i]);
    for (size_t i = 0; i < m->links.count; i++)
        if (m->links.at[i].edit.added)
            put_link(out, m, &m->links.at[i]);
    buffer_text(out, "  }\n");
}

void map_write(const struct map *m, struct buffer *out)
{
    put_graph(out, m);
    put_found(out, m);
    put_edits(out, m);
    buffer_text(out, "}\n");
}
