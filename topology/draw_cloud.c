/* Open clouds: a coast of three fading lines around the members. */
#include "topology/dot.h"
#include "topology/draw_picture.h"

#include <stdio.h>

static const double PAD = 12;   /* between members and coast, and coasts */
static const double HEAD = 16;  /* for the name */
static const double WAVE = 3.5; /* between the lines of a coast */
static const double NAME_SIZE = 10.5;

struct coast {
    struct draw_box box;
    bool any;
};

/* Widens the coasts of all open clouds around a node. */
static void coasts_widen(const struct picture *p, uint32_t i,
                         struct coast *coasts)
{
    const struct map_node *n = &p->map->nodes.at[i];
    struct draw_box room = p->nodes[i].room;
    uint32_t at = map_cloud_of(p->map, n);

    room = (struct draw_box){n->x + room.x0, n->y + room.y0, n->x + room.x1,
                             n->y + room.y1};
    for (unsigned deep = 0; at != UINT32_MAX && deep < MAP_CLOUD_DEPTH_MAX;
         deep++) {
        struct coast *c = &coasts[at];

        room = (struct draw_box){room.x0 - PAD, room.y0 - PAD, room.x1 + PAD,
                                 room.y1 + PAD + HEAD};
        c->box = c->any ? draw_box_join(c->box, room) : room;
        c->any = true;
        at = map_cloud_of(p->map, &p->map->nodes.at[at]);
    }
}

/* What stands on a coast: the cloud's name, and its state where it is not well.
 */
static void title_text(const struct map_node *n, struct buffer *out)
{
    const struct draw_state *s = draw_state(n->state);

    draw_cut(map_node_label(n), DRAW_WORDS_COLUMNS, out);
    if (s->mark[0] != '\0')
        buffer_format(out, " %s %s", s->mark, n->words);
}

/* A coast is as wide as its name, and leaves room for those within. */
static void coasts_settle(const struct picture *p, struct coast *coasts)
{
    const struct map *m = p->map;

    for (unsigned pass = 0; pass < MAP_CLOUD_DEPTH_MAX; pass++) {
        bool changed = false;

        for (uint32_t i = 0; i < m->nodes.count; i++) {
            struct buffer OWNED_BUFFER text = {0};
            struct coast *c = &coasts[i];
            uint32_t around = map_cloud_of(m, &m->nodes.at[i]);

            if (!c->any)
                continue;
            title_text(&m->nodes.at[i], &text);
            double least = draw_text_width(text.at, NAME_SIZE) + 2 * PAD;
            if (c->box.x1 - c->box.x0 < least)
                c->box.x1 = c->box.x0 + least;
            if (around == UINT32_MAX || !coasts[around].any)
                continue;
            struct draw_box *outer = &coasts[around].box;
            changed = changed || outer->x1 < c->box.x1 + PAD;
            outer->x1 = fmax(outer->x1, c->box.x1 + PAD);
        }
        if (!changed)
            return;
    }
}

static void write_tooltip(struct picture *p, const struct map_node *n)
{
    struct buffer OWNED_BUFFER text = {0};

    buffer_format(&text, "%s, cloud, %s, %s", map_node_label(n),
                  draw_state(n->state)->word, n->words);
    if (n->within[0] != '\0')
        buffer_format(&text, "\n%s", n->within);
    buffer_text(p->out, ",tooltip=");
    dot_write_tooltip(text.at, p->out);
}

static void write_coast(struct picture *p, uint32_t i, struct draw_box box)
{
    static const char *const inks[] = {DRAW_COAST, DRAW_COAST "99",
                                       DRAW_COAST "44"};
    const struct map_node *n = &p->map->nodes.at[i];
    double x = (box.x0 + box.x1) / 2, y = (box.y0 + box.y1) / 2;

    for (unsigned k = 0; k < COUNT_OF(inks); k++) {
        double more = 2 * WAVE * k;

        buffer_format(p->out,
                      "c%u [pos=\"%.2f,%.2f\",class=\"coast\",shape=box,"
                      "style=rounded,width=%.4f,height=%.4f,fixedsize=true,"
                      "label=\"\",color=\"%s\",penwidth=1.1",
                      p->things++, x, y, (box.x1 - box.x0 + more) / 72,
                      (box.y1 - box.y0 + more) / 72, inks[k]);
        write_tooltip(p, n);
        buffer_text(p->out, "];\n");
    }
    picture_grow(p, box);
    /* Names beside plates keep off it. */
    space_add_line(p->space, box.x0, box.y0, box.x1, box.y0, UINT32_MAX - 1);
    space_add_line(p->space, box.x0, box.y1, box.x1, box.y1, UINT32_MAX - 1);
    space_add_line(p->space, box.x0, box.y0, box.x0, box.y1, UINT32_MAX - 1);
    space_add_line(p->space, box.x1, box.y0, box.x1, box.y1, UINT32_MAX - 1);
}

static void write_name(struct picture *p, uint32_t i, struct draw_box box)
{
    const struct map_node *n = &p->map->nodes.at[i];
    const struct draw_state *s = draw_state(n->state);
    struct buffer OWNED_BUFFER text = {0};

    title_text(n, &text);
    double half = draw_text_width(text.at, NAME_SIZE) / 2;
    struct draw_text title = {.text = text.at,
                              .x = box.x0 + PAD + half,
                              .y = box.y1 - HEAD / 2 - 2,
                              .size = NAME_SIZE,
                              .colour =
                                  s->mark[0] != '\0' ? s->text : DRAW_INK_2,
                              .bold = true,
                              .ground = DRAW_SEA};
    picture_text(p, &title);
    space_add_box(p->space,
                  draw_box_at(title.x, title.y, 2 * half, NAME_SIZE * 1.3),
                  UINT32_MAX - 1);
}

static void each_coast(struct picture *p, const struct coast *coasts,
                       void (*write)(struct picture *, uint32_t,
                                     struct draw_box))
{
    for (uint32_t i = 0; i < p->map->nodes.count; i++) {
        const struct map_node *n = &p->map->nodes.at[i];

        if (n->origin == MAP_CLOUD && coasts[i].any && !n->folded &&
            !n->edit.hidden && !n->collapsed)
            write(p, i, coasts[i].box);
    }
}

void draw_coasts_write(struct picture *p)
{
    struct coast *coasts = mem_array(p->map->nodes.count + 1, sizeof *coasts);

    for (uint32_t i = 0; i < p->map->nodes.count; i++)
        if (map_node_is_shown(&p->map->nodes.at[i]))
            coasts_widen(p, i, coasts);
    coasts_settle(p, coasts);
    each_coast(p, coasts, write_coast);
    each_coast(p, coasts, write_name);
    free(coasts);
}
