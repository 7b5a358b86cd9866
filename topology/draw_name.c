/* Names of nodes. */
#include "topology/draw_picture.h"

/* The lines of text of a node: its name, and its state in words where it is
 * not well. */
struct caption {
    struct buffer name, words;
    double font, words_font, width, height, name_height, words_height;
    const char *name_colour, *words_colour;
    bool bold;
};

static void caption_measure(struct caption *c)
{
    c->name_height = c->name.len > 0 ? c->font * 1.35 : 0;
    c->words_height = c->words.len > 0 ? c->words_font * 1.3 : 0;
    c->height = c->name_height + c->words_height;
    c->width = fmax(draw_text_width(c->name.at, c->font),
                    draw_text_width(c->words.at, c->words_font)) +
               4;
}

static void caption_init(const struct picture *p, struct caption *c, uint32_t i)
{
    const struct map_node *n = &p->map->nodes.at[i];
    const struct draw_node *d = &p->nodes[i];
    const struct draw_state *s = draw_state(n->state);
    struct buffer OWNED_BUFFER words = {0};

    *c = (struct caption){.name_colour = s->text,
                          .words_colour = s->text,
                          .font = d->font * p->zoom,
                          .words_font = d->words_font * p->zoom};
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
    caption_measure(c);
}

static void caption_fini(struct caption *c)
{
    buffer_fini(&c->name);
    buffer_fini(&c->words);
}

/* Where a caption may stand around its plate, the liked places first. */
static struct draw_box caption_place(const struct picture *p, uint32_t i,
                                     const struct caption *c, unsigned place)
{
    const struct map_node *n = &p->map->nodes.at[i];
    const struct draw_node *d = &p->nodes[i];
    double down = (d->height + c->height) / 2 + 2;
    double side = (d->width + c->width) / 2 + 5;
    double above =
        draw_state(n->state)->icon[0] != '\0' ? draw_badge_size(p) / 2 : 0;

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
                                    const struct caption *c,
                                    struct space_touch *covers)
{
    enum { BOX_WEIGHT = 100, LINE_WEIGHT = 4 };
    struct draw_box best = {0, 0, 0, 0};
    unsigned least = UINT32_MAX;

    for (unsigned place = 0; place < PLACES && least > place; place++) {
        struct draw_box box = caption_place(p, i, c, place);
        struct space_touch t = space_touches(p->space, box, i);
        unsigned cost = t.boxes * BOX_WEIGHT + t.lines * LINE_WEIGHT + place;

        if (cost < least) {
            least = cost;
            best = box;
            *covers = t;
        }
    }
    return best;
}

static void put_caption(struct picture *p, const struct caption *c,
                        struct draw_box box, const char *ground)
{
    double x = (box.x0 + box.x1) / 2;

    space_add_box(p->space, box, UINT32_MAX - 1);
    picture_grow(p, box);
    if (c->name.len > 0)
        picture_text(
            p, &(struct draw_text){c->name.at, x, box.y1 - c->name_height / 2,
                                   c->font, c->name_colour, c->bold, ground});
    if (c->words.len > 0)
        picture_text(p, &(struct draw_text){
                            c->words.at, x, box.y0 + c->words_height / 2,
                            c->words_font, c->words_colour, c->bold, ground});
}

/* Layout keeps room for a name as large as it is in a picture of full size;
 * larger ones are left out where they would cover anything. */
static void write_caption(struct picture *p, uint32_t i)
{
    struct caption c;
    struct space_touch covers = {0, 0};

    caption_init(p, &c, i);
    if (c.height > 0) {
        struct draw_box box = choose_place(p, i, &c, &covers);

        if (p->zoom > 1 && covers.boxes > 0 && c.words.len > 0) {
            buffer_clear(&c.words); /* the name alone, then */
            caption_measure(&c);
            box = choose_place(p, i, &c, &covers);
        }
        if (p->zoom <= 1 || covers.boxes == 0)
            put_caption(p, &c, box, covers.lines > 0 ? DRAW_SEA : NULL);
    }
    caption_fini(&c);
}

/* Who chooses a place first: trouble, then what carries others, the more links
 * the sooner, then by name. */
struct turn {
    const struct map_node *node;
    uint32_t index, links;
    bool trouble, small;
};

static int turn_order(const void *a, const void *b)
{
    const struct turn *x = a, *y = b;

    if (x->trouble != y->trouble)
        return x->trouble ? -1 : 1;
    if (x->small != y->small)
        return x->small ? 1 : -1;
    if (x->links != y->links)
        return x->links > y->links ? -1 : 1;
    int order = strcmp(map_node_label(x->node), map_node_label(y->node));
    return order != 0 ? order : strcmp(x->node->id, y->node->id);
}

static void count_links(const struct map *m, struct turn *turns)
{
    for (size_t i = 0; i < m->links.count; i++)
        if (map_link_is_shown(m, &m->links.at[i])) {
            turns[m->links.at[i].a].links++;
            turns[m->links.at[i].b].links++;
        }
}

void draw_names_write(struct picture *p)
{
    const struct map *m = p->map;
    struct turn *turns = mem_array(m->nodes.count + 1, sizeof *turns);
    size_t count = 0;

    count_links(m, turns);
    for (uint32_t i = 0; i < m->nodes.count; i++) {
        const struct map_node *n = &m->nodes.at[i];

        if (!map_node_is_shown(n))
            continue;
        turns[count++] =
            (struct turn){.node = n,
                          .index = i,
                          .links = turns[i].links,
                          .trouble = draw_state(n->state)->icon[0] != '\0',
                          .small = p->nodes[i].font < 10};
    }
    qsort(turns, count, sizeof *turns, turn_order);
    for (size_t i = 0; i < count; i++)
        write_caption(p, turns[i].index);
    free(turns);
}
