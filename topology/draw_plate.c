/* Plates and badges. */
#include "topology/dot.h"
#include "topology/draw_picture.h"

static const double ICON_SHARE = 0.8;

double draw_badge_size(const struct picture *p)
{
    static const double SIZE = 15, MOST = 30;

    return fmin(SIZE * p->zoom, MOST);
}

static bool is_round(enum device_kind kind)
{
    return kind == KIND_ROUTER || kind == KIND_INTERNET || kind == KIND_STATION;
}

/* What a pointer over the plate is told: "NAME, STATE words, address". */
static void write_tooltip(struct picture *p, const struct map_node *n)
{
    struct buffer OWNED_BUFFER text = {0};

    buffer_format(&text, "%s, %s", map_node_label(n),
                  draw_state(n->state)->word);
    if (n->words[0] != '\0')
        buffer_format(&text, " (%s)", n->words);
    if (n->address[0] != '\0')
        buffer_format(&text, "\n%s", n->address);
    if (n->detail[0] != '\0')
        buffer_format(&text, "\n%s", n->detail);
    buffer_text(p->out, ",tooltip=");
    dot_write_tooltip(text.at, p->out);
}

/* The way into the map behind it. */
static void write_leads(struct picture *p, const struct map_node *n)
{
    struct buffer OWNED_BUFFER url = {0};

    if (!map_url(n->leads, &url))
        return;
    buffer_text(p->out, ",URL=");
    dot_write_text(url.at, p->out);
}

static void write_plate(struct picture *p, uint32_t i)
{
    const struct map_node *n = &p->map->nodes.at[i];
    const struct draw_node *d = &p->nodes[i];
    const struct draw_state *s = draw_state(n->state);
    const char *fill = s->fill, *line = s->line;

    if ((n->kind == KIND_STATION || n->focus) && n->state == MAP_UP) {
        fill = DRAW_ACCENT_SOFT;
        line = DRAW_ACCENT;
    }
    buffer_format(
        p->out,
        "p%u [pos=\"%.2f,%.2f\",id=\"n%u\",class=\"%s %s\","
        "shape=%s,width=%.4f,height=%.4f,fixedsize=true,label=\"\","
        "style=\"%sfilled%s%s\",color=\"%s\",fillcolor=\"%s\","
        "penwidth=%.3g",
        i, n->x, n->y, i, device_kind_name(n->kind), map_state_name(n->state),
        is_round(n->kind) ? "circle" : "box", d->width / 72, d->height / 72,
        is_round(n->kind) ? "" : "rounded,", s->style[0] != '\0' ? "," : "",
        s->style, line, fill, s->width);
    if (n->focus)
        buffer_text(p->out, ",peripheries=2");
    write_tooltip(p, n);
    write_leads(p, n);
    buffer_text(p->out, "];\n");
}

/* A subnet is a pill with its prefix inside: no device, so no plate. */
static void write_subnet(struct picture *p, uint32_t i)
{
    const struct map_node *n = &p->map->nodes.at[i];
    const struct draw_node *d = &p->nodes[i];

    buffer_format(p->out,
                  "p%u [pos=\"%.2f,%.2f\",id=\"n%u\",class=\"subnet\","
                  "shape=box,style=\"rounded,filled\",width=%.4f,height=%.4f,"
                  "fixedsize=true,fontsize=%.3g,fontcolor=\"" DRAW_INK
                  "\",color=\"" DRAW_COAST "\",fillcolor=\"" DRAW_SURFACE
                  "\",penwidth=1.2,label=",
                  i, n->x, n->y, i, d->width / 72, d->height / 72, d->font);
    dot_write_label(map_node_label(n), p->out);
    write_tooltip(p, n);
    write_leads(p, n);
    buffer_text(p->out, "];\n");
}

static void write_node(struct picture *p, uint32_t i)
{
    const struct map_node *n = &p->map->nodes.at[i];
    const struct draw_node *d = &p->nodes[i];
    const struct draw_state *s = draw_state(n->state);
    char icon[40];

    if (n->origin == MAP_SUBNET) {
        write_subnet(p, i);
        return;
    }
    write_plate(p, i);
    if (!p->options->bare) {
        snprintf(icon, sizeof icon, "kind/%s", device_kind_name(n->kind));
        picture_icon(p, icon, n->x, n->y, d->width * ICON_SHARE);
    }
    if (s->icon[0] == '\0' ||
        (p->options->bare && p->badges++ >= DRAW_BARE_BADGES_MAX))
        return;
    double x = n->x + d->width / 2 - 1, y = n->y + d->height / 2 - 1;
    double size = draw_badge_size(p);
    buffer_format(p->out,
                  "b%u [pos=\"%.2f,%.2f\",shape=circle,width=%.4f,"
                  "fixedsize=true,label=\"\",style=filled,penwidth=0,"
                  "fillcolor=\"" DRAW_SEA "\"];\n",
                  p->things++, x, y, (size + 3) / 72);
    snprintf(icon, sizeof icon, "state/%s", s->icon);
    picture_icon(p, icon, x, y, size);
    space_add_box(p->space, draw_box_at(x, y, size, size), i);
}

void draw_plates_write(struct picture *p)
{
    for (uint32_t i = 0; i < p->map->nodes.count; i++)
        if (map_node_is_shown(&p->map->nodes.at[i]))
            write_node(p, i);
}
