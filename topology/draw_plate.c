/* Plates, badges and names. */
#include "topology/dot.h"
#include "topology/draw_picture.h"

static const double BADGE = 15, ICON_SHARE = 0.8;

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
    dot_write_text(text.at, p->out);
}

/* The way into the map behind it. */
static void write_leads(struct picture *p, const struct map_node *n)
{
    struct buffer OWNED_BUFFER url = {0};

    if (n->leads[0] == '\0')
        return;
    map_url(n->leads, &url);
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
    dot_write_text(map_node_label(n), p->out);
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
    if (p->options->bare)
        return;
    snprintf(icon, sizeof icon, "kind/%s", device_kind_name(n->kind));
    picture_icon(p, icon, n->x, n->y, d->width * ICON_SHARE);
    if (s->icon[0] == '\0')
        return;
    double x = n->x + d->width / 2 - 1, y = n->y + d->height / 2 - 1;
    buffer_format(p->out,
                  "b%u [pos=\"%.2f,%.2f\",shape=circle,width=%.4f,"
                  "fixedsize=true,label=\"\",style=filled,penwidth=0,"
                  "fillcolor=\"" DRAW_SEA "\"];\n",
                  p->things++, x, y, (BADGE + 3) / 72);
    snprintf(icon, sizeof icon, "state/%s", s->icon);
    picture_icon(p, icon, x, y, BADGE);
    space_add_box(p->space, draw_box_at(x, y, BADGE, BADGE), i);
}

void draw_plates_write(struct picture *p)
{
    for (uint32_t i = 0; i < p->map->nodes.count; i++)
        if (map_node_is_shown(&p->map->nodes.at[i]))
            write_node(p, i);
}

/* ---- names ---- */

/* The lines of text of a node: its name, and its state in words where it is
 * not well. */
struct caption {
    struct buffer name, words;
    double width, height, name_height, words_height;
    const char *name_colour, *words_colour;
    bool bold;
};

static void caption_init(struct caption *c, const struct map_node *n,
                         const struct draw_node *d)
{
    const struct draw_state *s = draw_state(n->state);
    struct buffer OWNED_BUFFER words = {0};

    *c = (struct caption){.name_colour = s->text, .words_colour = s->text};
    if (n->origin == MAP_SUBNET)
        buffer_text(&c->name, "");
    else
        draw_cut(map_node_label(n), DRAW_LABEL_COLUMNS, &c->name);
    if (s->mark[0] != '\0')
        buffer_format(&words, "%s %s", s->mark,
                      n->words[0] != '\0' ? n->words : s->word);
    else if (n->note[0] != '\0')
        buffer_text(&words, n->note);
    if (s->mark[0] == '\0')
        c->words_colour = DRAW_INK_3;
    draw_cut(words.at != NULL ? words.at : "", DRAW_WORDS_COLUMNS, &c->words);
    c->bold = n->state == MAP_DOWN || n->state == MAP_CRITICAL;
    c->name_height = c->name.len > 0 ? d->font * 1.35 : 0;
    c->words_height = c->words.len > 0 ? d->words_font * 1.3 : 0;
    c->height = c->name_height + c->words_height;
    c->width = fmax(draw_text_width(c->name.at, d->font),
                    draw_text_width(c->words.at, d->words_font)) +
               4;
}

static void caption_fini(struct caption *c)
{
    buffer_fini(&c->name);
    buffer_fini(&c->words);
}

/* Where a caption may stand around its plate, the liked places first. */
static struct draw_box caption_place(const struct map_node *n,
                                     const struct draw_node *d,
                                     const struct caption *c, unsigned place)
{
    double down = (d->height + c->height) / 2 + 2;
    double side = (d->width + c->width) / 2 + 5;
    double above = draw_state(n->state)->icon[0] != '\0' ? BADGE / 2 : 0;

    switch (place) {
    case 0:
        return draw_box_at(n->x, n->y - down, c->width, c->height);
    case 1:
        return draw_box_at(n->x + side, n->y, c->width, c->height);
    case 2:
        return draw_box_at(n->x - side, n->y, c->width, c->height);
    case 3:
        return draw_box_at(n->x, n->y + down + above, c->width, c->height);
    default:
        break;
    }
    return draw_box_at(n->x + side * 0.92, n->y - d->height * 0.42, c->width,
                       c->height);
}

enum { PLACES = 5 };

/* The place that covers least; a box weighs more than any line. */
static struct draw_box choose_place(struct picture *p, uint32_t i,
                                    const struct caption *c, unsigned *lines)
{
    enum { BOX_WEIGHT = 100, LINE_WEIGHT = 4 };
    struct draw_box best = {0, 0, 0, 0};
    unsigned least = UINT32_MAX;

    for (unsigned place = 0; place < PLACES && least > place; place++) {
        struct draw_box box =
            caption_place(&p->map->nodes.at[i], &p->nodes[i], c, place);
        struct space_touch t = space_touches(p->space, box, i);
        unsigned cost = t.boxes * BOX_WEIGHT + t.lines * LINE_WEIGHT + place;

        if (cost < least) {
            least = cost;
            best = box;
            *lines = t.lines;
        }
    }
    return best;
}

static void write_caption(struct picture *p, uint32_t i)
{
    const struct map_node *n = &p->map->nodes.at[i];
    const struct draw_node *d = &p->nodes[i];
    struct caption c;
    unsigned lines = 0;

    caption_init(&c, n, d);
    if (c.height > 0) {
        struct draw_box box = choose_place(p, i, &c, &lines);
        double x = (box.x0 + box.x1) / 2;
        const char *ground = lines > 0 ? DRAW_SEA : NULL;

        space_add_box(p->space, box, UINT32_MAX - 1);
        picture_grow(p, box);
        if (c.name.len > 0)
            picture_text(
                p, &(struct draw_text){c.name.at, x, box.y1 - c.name_height / 2,
                                       d->font, c.name_colour, c.bold, ground});
        if (c.words.len > 0)
            picture_text(p, &(struct draw_text){
                                c.words.at, x, box.y0 + c.words_height / 2,
                                d->words_font, c.words_colour, c.bold, ground});
    }
    caption_fini(&c);
}

/* What carries others chooses its place before what hangs on it. */
void draw_names_write(struct picture *p)
{
    for (unsigned pass = 0; pass < 2; pass++)
        for (uint32_t i = 0; i < p->map->nodes.count; i++) {
            bool small = p->nodes[i].font < 10;

            if (map_node_is_shown(&p->map->nodes.at[i]) && small == (pass == 1))
                write_caption(p, i);
        }
}
