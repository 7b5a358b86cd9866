#include "topology/draw.h"
#include "topology/dot.h"
#include "topology/draw_picture.h"

void picture_grow(struct picture *p, struct draw_box box)
{
    p->bounds = draw_box_join(p->bounds, box);
}

void picture_text(struct picture *p, const struct draw_text *t)
{
    double half = draw_text_width(t->text, t->size) / 2;

    buffer_format(p->out, "t%u [pos=\"%.2f,%.2f\",shape=box,margin=\"%s\"",
                  p->things++, t->x, t->y,
                  t->ground != NULL ? "0.035,0.008" : "0,0");
    buffer_format(p->out, ",fontsize=%.3g,fontcolor=\"%s\"", t->size,
                  t->colour);
    if (t->ground != NULL)
        buffer_format(p->out, ",style=filled,penwidth=0,fillcolor=\"%s\"",
                      t->ground);
    else
        buffer_text(p->out, ",style=\"\",penwidth=0,color=none");
    buffer_text(p->out, ",label=");
    if (t->bold) {
        buffer_text(p->out, "<<b>");
        dot_write_html(t->text, p->out);
        buffer_text(p->out, "</b>>");
    } else {
        dot_write_label(t->text, p->out);
    }
    buffer_text(p->out, "];\n");
    picture_grow(p, (struct draw_box){t->x - half, t->y - t->size / 2,
                                      t->x + half, t->y + t->size / 2});
}

void picture_icon(struct picture *p, const char *icon, double x, double y,
                  double size)
{
    if (p->options->icons == NULL)
        return;
    buffer_format(p->out,
                  "i%u [pos=\"%.2f,%.2f\",shape=none,label=\"\",width=%.4f,"
                  "height=%.4f,fixedsize=true,imagescale=true,image=\"%s.svg\"]"
                  ";\n",
                  p->things++, x, y, size / 72, size / 72, icon);
}

static void measure(struct picture *p)
{
    for (uint32_t i = 0; i < p->map->nodes.count; i++) {
        const struct map_node *n = &p->map->nodes.at[i];
        struct draw_node *d = &p->nodes[i];

        *d = draw_node_measure(n);
        if (!map_node_is_shown(n))
            continue;
        struct draw_box room = {n->x + d->room.x0, n->y + d->room.y0,
                                n->x + d->room.x1, n->y + d->room.y1};
        p->bounds = p->shown++ == 0 ? room : draw_box_join(p->bounds, room);
        space_add_box(p->space,
                      draw_box_at(n->x, n->y, d->width + 4, d->height + 4), i);
    }
}

/* A picture that is wider is looked at from farther away. */
static const double WIDTH_AT_EASE = 1300, SCALE_MAX = 4;

static void begin(struct picture *p)
{
    struct buffer OWNED_BUFFER title = {0};
    double dpi = p->options->dpi > 0 ? p->options->dpi : 72;

    p->scale =
        fmin(fmax((p->bounds.x1 - p->bounds.x0) / WIDTH_AT_EASE, 1), SCALE_MAX);
    draw_title_text(p, &title);
    buffer_format(p->out,
                  "graph picture {\n"
                  "graph [layout=nop2,outputorder=edgesfirst,splines=line,"
                  "bgcolor=\"" DRAW_SEA "\",pad=0.3,dpi=%.4g,labelloc=t,"
                  "labeljust=l,fontname=\"" DRAW_FONT "\",fontsize=%.4g,"
                  "fontcolor=\"" DRAW_INK "\",label=<%s>",
                  dpi, 13 * p->scale, title.at);
    if (p->options->icons != NULL) {
        buffer_text(p->out, ",imagepath=");
        dot_write_text(p->options->icons, p->out);
    }
    buffer_text(p->out,
                "];\nnode [fontname=\"" DRAW_FONT "\",width=0,height=0];\n"
                "edge [fontname=\"" DRAW_FONT "\",fontsize=8];\n");
}

double draw_raster_dpi(const struct map *m)
{
    static const double SHARP = 144, LEAST = 1, PIXELS_MAX = 32e6,
                        SIDE_MAX = 30000, AROUND = 300;
    struct draw_box all = {0, 0, 0, 0};
    bool any = false;

    for (size_t i = 0; i < m->nodes.count; i++) {
        const struct map_node *n = &m->nodes.at[i];
        struct draw_box box = draw_box_at(n->x, n->y, AROUND, AROUND);

        if (!map_node_is_shown(n))
            continue;
        all = any ? draw_box_join(all, box) : box;
        any = true;
    }
    double width = fmax(all.x1 - all.x0, AROUND);
    double height = fmax(all.y1 - all.y0, AROUND);
    double most = fmin(sqrt(PIXELS_MAX / (width * height)),
                       SIDE_MAX / fmax(width, height));
    return fmax(LEAST, fmin(SHARP, 72 * most));
}

/* The way back, at the top left; without one, air between title and map. */
static void write_up(struct picture *p)
{
    struct buffer OWNED_BUFFER words = {0};
    struct buffer OWNED_BUFFER url = {0};
    double size = 10 * p->scale;

    if (!map_url(p->map->up, &url)) {
        buffer_format(p->out,
                      "air [pos=\"%.2f,%.2f\",shape=point,style=invis];\n",
                      p->bounds.x0, p->bounds.y1 + size);
        return;
    }
    buffer_format(&words, "↑ %s", p->map->up);
    buffer_format(p->out,
                  "up [pos=\"%.2f,%.2f\",shape=plain,fontsize=%.4g,"
                  "fontcolor=\"" DRAW_ACCENT "\",URL=",
                  p->bounds.x0 + draw_text_width(words.at, size) / 2,
                  p->bounds.y1 + 1.5 * size, size);
    dot_write_text(url.at, p->out);
    buffer_text(p->out, ",label=");
    dot_write_label(words.at, p->out);
    buffer_text(p->out, "];\n");
}

/* Names are 10 pixels high at least. */
static double zoom_of(const struct draw_options *options)
{
    static const double LEAST = 10, NAME = 11, MOST = 8, POINTS = 72;

    if (options->dpi <= 0)
        return 1;
    return fmin(fmax(1, LEAST * POINTS / (NAME * options->dpi)), MOST);
}

/* Then names of ports are less than 6. */
static const double PORTS_ZOOM_MAX = 1.25;

struct draw_size draw_map(const struct map *m,
                          const struct draw_options *options,
                          struct buffer *out)
{
    static const double PAD = 2 * 0.3 * 72, TITLE = 44;

    struct picture p = {.map = m, .options = options, .out = out};

    p.zoom = zoom_of(options);
    p.space = space_new();
    p.nodes = mem_array(m->nodes.count + 1, sizeof *p.nodes);
    measure(&p);
    struct draw_lines *lines = draw_lines_new(&p);
    begin(&p);
    write_up(&p);
    draw_coasts_write(&p);
    draw_plates_write(&p);
    draw_lines_write(&p, lines);
    draw_names_write(&p);
    draw_marks_write(&p, lines);
    if (options->ports ||
        (p.shown <= DRAW_PORTS_MAX && p.zoom < PORTS_ZOOM_MAX))
        draw_ports_write(&p, lines);
    if (options->legend)
        draw_legend_write(&p);
    buffer_text(out, "}\n");
    draw_lines_free(lines);
    free(p.nodes);
    space_free(p.space);
    return (struct draw_size){p.bounds.x1 - p.bounds.x0 + PAD,
                              p.bounds.y1 - p.bounds.y0 + PAD +
                                  TITLE * p.scale};
}
