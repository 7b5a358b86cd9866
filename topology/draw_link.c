/* Links: lines, marks of their state, loads and port names. */
#include "base/text.h"
#include "topology/dot.h"
#include "topology/draw_picture.h"

/* A link as a line between the centres of its plates, set off to the side where
 * others run beside it, and bowed where it would run through other plates. */
struct line {
    uint32_t link;
    double x0, y0, x1, y1;
    double ux, uy, length; /* direction from a to b; 0 length: not drawn */
    double from, to;       /* the part between the plates, points from a */
    double bow; /* how far its middle is off the straight, to the left */
};

struct draw_lines {
    struct line *at;
    size_t count;
};

static const double BESIDE = 7;      /* between parallel links */
static const double BESIDE_MAX = 15; /* from the middle */
static const double PILL_FROM = 0.30, PILL_FROM_LARGE = 0.70, PILL_LOUD = 0.85;

/* ---- geometry ---- */

struct run {
    uint32_t low, high, link; /* nodes of the pair */
};

static int run_order(const void *a, const void *b)
{
    const struct run *x = a, *y = b;

    if (x->low != y->low)
        return x->low < y->low ? -1 : 1;
    if (x->high != y->high)
        return x->high < y->high ? -1 : 1;
    return (x->link > y->link) - (x->link < y->link);
}

/* How far a line runs inside a plate before it leaves it. */
static double inside(const struct draw_node *d, double ux, double uy)
{
    double x = fabs(ux) < 1e-6 ? INFINITY : d->width / 2 / fabs(ux);
    double y = fabs(uy) < 1e-6 ? INFINITY : d->height / 2 / fabs(uy);

    return fmin(x, y);
}

static struct line line_make(const struct picture *p, uint32_t link,
                             double beside)
{
    const struct map_link *l = &p->map->links.at[link];
    const struct map_node *a = &p->map->nodes.at[l->a];
    const struct map_node *b = &p->map->nodes.at[l->b];
    struct line line = {.link = link};
    double dx = b->x - a->x, dy = b->y - a->y, length = hypot(dx, dy);

    if (length < 1)
        return line;
    line.length = length;
    line.ux = dx / length;
    line.uy = dy / length;
    /* The side is that of the pair, whichever end comes first. */
    double side = l->a < l->b ? beside : -beside;
    line.x0 = a->x - line.uy * side;
    line.y0 = a->y + line.ux * side;
    line.x1 = b->x - line.uy * side;
    line.y1 = b->y + line.ux * side;
    line.from = inside(&p->nodes[l->a], line.ux, line.uy);
    line.to = length - inside(&p->nodes[l->b], line.ux, line.uy);
    return line;
}

static size_t gather_runs(const struct picture *p, struct run *runs)
{
    size_t count = 0;

    for (uint32_t i = 0; i < p->map->links.count; i++) {
        const struct map_link *l = &p->map->links.at[i];

        if (l->a != l->b && map_link_is_shown(p->map, l))
            runs[count++] = (struct run){l->a < l->b ? l->a : l->b,
                                         l->a < l->b ? l->b : l->a, i};
    }
    qsort(runs, count, sizeof *runs, run_order);
    return count;
}

static void point_at(const struct line *l, double along, double beside,
                     double *x, double *y)
{
    double share = l->to > l->from ? (along - l->from) / (l->to - l->from) : 0;

    if (share > 0 && share < 1)
        beside += 4 * l->bow * share * (1 - share);
    *x = l->x0 + l->ux * along - l->uy * beside;
    *y = l->y0 + l->uy * along + l->ux * beside;
}

/* How many plates a line runs through, by looking every few points. */
static unsigned covers(struct picture *p, const struct line *l)
{
    static const double STEP = 14, CLEAR = 7;
    unsigned count = 0;

    for (double at = l->from + 10; at < l->to - 10; at += STEP) {
        double x, y;

        point_at(l, at, 0, &x, &y);
        count +=
            space_touches(p->space, draw_box_at(x, y, CLEAR, CLEAR), UINT32_MAX)
                .boxes;
    }
    return count;
}

/* The least bow with which a line runs through the fewest plates. */
static void line_bow(struct picture *p, struct line *l)
{
    static const double bows[] = {34, -34, 55, -55, 80, -80};
    enum { LINE_MAX = 4000 };
    unsigned least = l->to - l->from < LINE_MAX ? covers(p, l) : 0;
    double best = 0;

    for (size_t i = 0; i < COUNT_OF(bows) && least > 0; i++) {
        l->bow = bows[i];
        unsigned count = covers(p, l);
        if (count < least) {
            least = count;
            best = bows[i];
        }
    }
    l->bow = best;
}

/* Enters a line where names and marks look for room. */
static void line_enter(struct picture *p, const struct line *l)
{
    enum { PIECES = 8 };
    double x0, y0, x1, y1;

    if (l->bow == 0) {
        space_add_line(p->space, l->x0, l->y0, l->x1, l->y1, UINT32_MAX - 1);
        return;
    }
    point_at(l, l->from, 0, &x0, &y0);
    for (unsigned i = 1; i <= PIECES; i++) {
        point_at(l, l->from + (l->to - l->from) * i / PIECES, 0, &x1, &y1);
        picture_grow(p, draw_box_at(x1, y1, 4, 4));
        space_add_line(p->space, x0, y0, x1, y1, UINT32_MAX - 1);
        x0 = x1;
        y0 = y1;
    }
}

struct draw_lines *draw_lines_new(struct picture *p)
{
    struct draw_lines *lines = mem_new(struct draw_lines);
    struct run *runs = mem_array(p->map->links.count + 1, sizeof *runs);
    size_t count = gather_runs(p, runs);

    lines->at = mem_array(count + 1, sizeof *lines->at);
    for (size_t i = 0, end; i < count; i = end) {
        for (end = i + 1; end < count && runs[end].low == runs[i].low &&
                          runs[end].high == runs[i].high;)
            end++;
        double gap = fmin(BESIDE, 2 * BESIDE_MAX / (double)(end - i));

        for (size_t k = i; k < end; k++) {
            double beside = ((double)(k - i) - (double)(end - i - 1) / 2) * gap;
            struct line line = line_make(p, runs[k].link, beside);

            if (line.length > 0) {
                line_bow(p, &line);
                lines->at[lines->count++] = line;
            }
        }
    }
    free(runs);
    for (size_t i = 0; i < lines->count; i++)
        line_enter(p, &lines->at[i]);
    return lines;
}

void draw_lines_free(struct draw_lines *lines)
{
    free(lines->at);
    free(lines);
}

static double middle(const struct line *l)
{
    return (l->from + l->to) / 2;
}

/* ---- lines ---- */

/* How a link looks. */
struct look {
    const char *colour; /* NULL: by load */
    const char *style;
    double share; /* of the width by speed */
};

/* A cloud is as bad as its worst member: that says nothing of its links. */
static bool is_cut_off(const struct map_node *n)
{
    if (n->origin == MAP_CLOUD)
        return false;
    return n->state == MAP_UNREACHABLE || n->state == MAP_DOWN;
}

static struct look look_of(const struct picture *p, const struct map_link *l)
{
    static const struct look looks[] = {
        [LINK_CONFIRMED] = {NULL, "", 1},
        [LINK_CANDIDATE] = {DRAW_LINK_CANDIDATE, "dashed", 0.8},
        [LINK_DOWN] = {DRAW_LINK_DOWN, "dashed", 1},
        [LINK_STALE] = {DRAW_LINK_STALE, "dotted", 1},
        [LINK_BLOCKED] = {DRAW_LINK_BLOCKED, "", 0.6},
        [LINK_AMBIGUOUS] = {DRAW_LINK_CANDIDATE, "dotted", 0.9},
    };
    struct look look =
        looks[(unsigned)l->state < COUNT_OF(looks) ? l->state : LINK_CANDIDATE];

    if (l->state == LINK_CONFIRMED && (is_cut_off(&p->map->nodes.at[l->a]) ||
                                       is_cut_off(&p->map->nodes.at[l->b])))
        look = (struct look){"#6D63A8", "dotted", 0.9};
    else if (l->state == LINK_CONFIRMED && l->one_sided)
        look.style = "dashed";
    return look;
}

static void write_link_tooltip(struct picture *p, const struct map_link *l)
{
    struct buffer OWNED_BUFFER text = {0};
    char speed[16];

    buffer_format(&text, "%s %s – %s %s, %s",
                  map_node_label(&p->map->nodes.at[l->a]), l->a_port,
                  map_node_label(&p->map->nodes.at[l->b]), l->b_port,
                  link_state_name(l->state));
    draw_speed_text(l->speed_bps, speed, sizeof speed);
    if (speed[0] != '\0')
        buffer_format(&text, ", %s", speed);
    if (!isnan(l->load_ab) && !isnan(l->load_ba))
        buffer_format(&text, ", %.0f %% / %.0f %%", l->load_ab * 100,
                      l->load_ba * 100);
    if (l->evidence[0] != '\0')
        buffer_format(&text, "\n%s%s", l->evidence,
                      l->one_sided ? ", told by one end alone" : "");
    buffer_text(p->out, ",tooltip=");
    dot_write_tooltip(text.at, p->out);
}

/* A stroke between two points, as Graphviz's spline of four; (bx, by) is how
 * far its inner points are off the straight. */
static void write_stroke(struct picture *p, const struct map_link *l,
                         const double from[2], const double to[2], double bx,
                         double by)
{
    double dx = to[0] - from[0], dy = to[1] - from[1];

    buffer_format(p->out,
                  "p%u -- p%u [pos=\"%.2f,%.2f %.2f,%.2f %.2f,%.2f "
                  "%.2f,%.2f\"",
                  l->a, l->b, from[0], from[1], from[0] + dx / 3 + bx,
                  from[1] + dy / 3 + by, from[0] + dx * 2 / 3 + bx,
                  from[1] + dy * 2 / 3 + by, to[0], to[1]);
}

static void write_colour(struct picture *p, const struct map_link *l,
                         const struct look *look)
{
    const char *a = draw_load_colour(l->load_ab);
    const char *b = draw_load_colour(l->load_ba);

    if (look->colour != NULL)
        buffer_format(p->out, ",color=\"%s\"", look->colour);
    else if (strcmp(a, b) == 0)
        buffer_format(p->out, ",color=\"%s\"", a);
    else
        buffer_format(p->out, ",color=\"%s;0.5:%s\"", a, b);
}

static void write_line(struct picture *p, const struct line *line)
{
    const struct map_link *l = &p->map->links.at[line->link];
    struct look look = look_of(p, l);
    double width = draw_link_width(l->speed_bps) * look.share;
    double bow = line->bow * 4 / 3, from[2], to[2];

    /* From just inside the plates, so that the halves meet where people see the
     * middle, and caps are hidden. */
    point_at(line, line->from - 2, 0, &from[0], &from[1]);
    point_at(line, line->to + 2, 0, &to[0], &to[1]);
    write_stroke(p, l, from, to, -line->uy * bow, line->ux * bow);
    write_colour(p, l, &look);
    buffer_format(p->out, ",penwidth=%.3g,class=\"link %s\"", fmax(width, 0.9),
                  link_state_name(l->state));
    if (look.style[0] != '\0')
        buffer_format(p->out, ",style=%s", look.style);
    write_link_tooltip(p, l);
    buffer_text(p->out, "];\n");
}

/* A short stroke across or beside the line: along and beside are from its
 * middle. */
static void write_mark_stroke(struct picture *p, const struct line *line,
                              const double from[2], const double to[2],
                              const char *colour)
{
    double a[2], b[2];

    point_at(line, middle(line) + from[0], from[1], &a[0], &a[1]);
    point_at(line, middle(line) + to[0], to[1], &b[0], &b[1]);
    write_stroke(p, &p->map->links.at[line->link], a, b, 0, 0);
    buffer_format(p->out, ",color=\"%s\",penwidth=1.8,class=mark];\n", colour);
}

/* The mark of a state across the middle of the line: a cross for down, two
 * bars for blocked, a question mark for one that may be elsewhere. */
static void write_state_mark(struct picture *p, const struct line *line)
{
    static const double cross[][2][2] = {{{-5, -5}, {5, 5}},
                                         {{-5, 5}, {5, -5}}};
    static const double bars[][2][2] = {{{-2.5, -6}, {-2.5, 6}},
                                        {{2.5, -6}, {2.5, 6}}};
    enum link_state state = p->map->links.at[line->link].state;

    for (size_t i = 0; i < 2 && state == LINK_DOWN; i++)
        write_mark_stroke(p, line, cross[i][0], cross[i][1], DRAW_LINK_DOWN);
    for (size_t i = 0; i < 2 && state == LINK_BLOCKED; i++)
        write_mark_stroke(p, line, bars[i][0], bars[i][1], DRAW_LINK_BLOCKED);
    if (state == LINK_AMBIGUOUS) {
        struct draw_text mark = {.text = "?",
                                 .size = 10,
                                 .colour = DRAW_LINK_CANDIDATE,
                                 .bold = true,
                                 .ground = DRAW_SEA};

        point_at(line, middle(line), 0, &mark.x, &mark.y);
        picture_text(p, &mark);
    }
}

void draw_lines_write(struct picture *p, const struct draw_lines *lines)
{
    for (size_t i = 0; i < lines->count; i++)
        write_line(p, &lines->at[i]);
    for (size_t i = 0; i < lines->count; i++)
        write_state_mark(p, &lines->at[i]);
}

/* ---- loads and bundles ---- */

static void write_pill(struct picture *p, const struct line *line, double load)
{
    static const double places[] = {0.5, 0.4, 0.6, 0.3, 0.7};
    bool loud = load >= PILL_LOUD;
    char text[16];

    snprintf(text, sizeof text, "%.0f %%", load * 100);
    double width = draw_text_width(text, 8) + 10, height = 13;
    for (size_t i = 0; i < COUNT_OF(places); i++) {
        double x, y;

        point_at(line, line->from + places[i] * (line->to - line->from), 0, &x,
                 &y);
        struct draw_box box = draw_box_at(x, y, width + 2, height + 2);
        if (space_touches(p->space, box, UINT32_MAX).boxes > 0)
            continue;
        space_add_box(p->space, box, UINT32_MAX - 1);
        buffer_format(p->out,
                      "t%u [pos=\"%.2f,%.2f\",shape=box,"
                      "style=\"rounded,filled\",width=%.4f,height=%.4f,"
                      "fixedsize=true,fontsize=8,penwidth=0.7,color=\"%s\","
                      "fillcolor=\"%s\",fontcolor=\"%s\",label=\"%s\"];\n",
                      p->things++, x, y, width / 72, height / 72,
                      loud ? DRAW_INK : DRAW_LINE,
                      loud ? DRAW_INK : DRAW_SURFACE,
                      loud ? "#FFFFFF" : DRAW_INK, text);
        return;
    }
}

/* A ring round the line says: several cables, one link. It stands where it
 * covers nothing, near an end if it can. */
static void write_ring(struct picture *p, const struct line *line)
{
    static const double places[] = {0.25, 0.4, 0.6, 0.75};
    static const double SIZE = 14;
    bool lies = fabs(line->ux) > fabs(line->uy);

    for (size_t i = 0; i < COUNT_OF(places); i++) {
        double x, y;

        point_at(line, line->from + places[i] * (line->to - line->from), 0, &x,
                 &y);
        struct draw_box box = draw_box_at(x, y, SIZE, SIZE);
        if (i + 1 < COUNT_OF(places) &&
            space_touches(p->space, box, UINT32_MAX).boxes > 0)
            continue;
        buffer_format(p->out,
                      "r%u [pos=\"%.2f,%.2f\",shape=ellipse,width=%s,height=%s,"
                      "fixedsize=true,label=\"\",style=\"\",penwidth=1.1,"
                      "color=\"" DRAW_INK_2 "\"];\n",
                      p->things++, x, y, lies ? "0.09" : "0.2",
                      lies ? "0.2" : "0.09");
        space_add_box(p->space, box, UINT32_MAX - 1);
        return;
    }
}

void draw_marks_write(struct picture *p, const struct draw_lines *lines)
{
    double least = p->shown > DRAW_PORTS_MAX ? PILL_FROM_LARGE : PILL_FROM;

    for (size_t i = 0; i < lines->count; i++) {
        const struct line *line = &lines->at[i];
        const struct map_link *l = &p->map->links.at[line->link];
        double load = fmax(isnan(l->load_ab) ? 0 : l->load_ab,
                           isnan(l->load_ba) ? 0 : l->load_ba);
        double x, y;

        if (l->state == LINK_DOWN || l->state == LINK_BLOCKED ||
            l->state == LINK_AMBIGUOUS) {
            point_at(line, middle(line), 0, &x, &y);
            space_add_box(p->space, draw_box_at(x, y, 14, 14), UINT32_MAX - 1);
        }
        if (l->kind == LINK_BUNDLE)
            write_ring(p, line);
        /* What is not up carries no load. */
        if (look_of(p, l).colour == NULL && load >= least)
            write_pill(p, line, load);
    }
}

/* ---- port names ---- */

/* Long names of ports as engineers write them. */
static void shorten_port(const char *port, struct buffer *out)
{
    static const struct {
        const char *is, *becomes;
    } prefixes[] = {
        {"HundredGigabitEthernet", "Hu"},
        {"HundredGigE", "Hu"},
        {"FortyGigabitEthernet", "Fo"},
        {"FortyGigE", "Fo"},
        {"TwentyFiveGigE", "Twe"},
        {"TenGigabitEthernet", "Te"},
        {"Ten-GigabitEthernet", "XGE"},
        {"XGigabitEthernet", "XGE"},
        {"GigabitEthernet", "Gi"},
        {"FastEthernet", "Fa"},
        {"Bridge-Aggregation", "BAGG"},
        {"Port-channel", "Po"},
        {"ethernet", "e"},
        {"Ethernet", "Et"},
    };

    for (size_t i = 0; i < COUNT_OF(prefixes); i++) {
        size_t len = strlen(prefixes[i].is);

        if (strncmp(port, prefixes[i].is, len) == 0 && port[len] != '\0') {
            buffer_text(out, prefixes[i].becomes);
            port += len + (port[len] == ' ');
            break;
        }
    }
    draw_cut(port, 14, out);
}

/* A port's name beside its end of the line, where it covers nothing. along
 * counts from that end inwards: +1 from a, -1 from b. */
static void write_port(struct picture *p, const struct line *line,
                       const char *port, double end, double inwards)
{
    enum { SIZE = 8, TRIES = 6 };
    struct buffer OWNED_BUFFER text = {0};

    shorten_port(port, &text);
    double width = draw_text_width(text.at, SIZE), height = SIZE * 1.2;
    /* How far the box reaches along the line and across it. */
    double reach = fabs(line->ux) * width / 2 + fabs(line->uy) * height / 2;
    double across = fabs(line->uy) * width / 2 + fabs(line->ux) * height / 2;
    double limit = (line->to - line->from) * 0.5;
    double off = across + 2 +
                 draw_link_width(p->map->links.at[line->link].speed_bps) / 2;

    for (unsigned i = 0; i < TRIES; i++) {
        unsigned step = i / 2;
        double along = reach + 4 + step * 11.0;
        double x, y;

        if (along + reach > limit + 6)
            return;
        point_at(line, end + inwards * along, i % 2 == 0 ? off : -off, &x, &y);
        struct draw_box box = draw_box_at(x, y, width, height);
        struct space_touch t = space_touches(p->space, box, UINT32_MAX);
        if (t.boxes > 0 || t.lines > 0)
            continue;
        space_add_box(p->space, box, UINT32_MAX - 1);
        picture_text(p, &(struct draw_text){text.at, x, y, SIZE, DRAW_INK_3,
                                            false, NULL});
        return;
    }
}

void draw_ports_write(struct picture *p, const struct draw_lines *lines)
{
    for (size_t i = 0; i < lines->count; i++) {
        const struct line *line = &lines->at[i];
        const struct map_link *l = &p->map->links.at[line->link];

        if (l->a_port[0] != '\0')
            write_port(p, line, l->a_port, line->from, 1);
        if (l->b_port[0] != '\0')
            write_port(p, line, l->b_port, line->to, -1);
    }
}
