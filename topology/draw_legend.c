/* The title and the legend: what the marks of this very picture mean. */
#include "topology/dot.h"
#include "topology/draw_picture.h"

/* What occurs in a picture. */
struct census {
    size_t states[MAP_STATES], kinds[DEVICE_KINDS];
    size_t link_states[LINK_AMBIGUOUS + 1];
    size_t nodes, devices, links, bundles;
    bool loads;
    uint64_t speeds[8]; /* that occur, ascending, by class of width */
    size_t speed_count;
};

static void count_speed(struct census *c, uint64_t bps)
{
    static const uint64_t classes[] = {
        UINT64_C(100000000),   UINT64_C(1000000000),  UINT64_C(10000000000),
        UINT64_C(25000000000), UINT64_C(40000000000), UINT64_C(100000000000),
        UINT64_C(400000000000)};
    size_t class = 0, at = 0;

    if (bps < classes[0])
        return;
    while (class + 1 < COUNT_OF(classes) && bps >= classes[class + 1])
        class ++;
    while (at < c->speed_count && c->speeds[at] < classes[class])
        at++;
    if (at < c->speed_count && c->speeds[at] == classes[class])
        return;
    memmove(&c->speeds[at + 1], &c->speeds[at],
            (c->speed_count - at) * sizeof c->speeds[0]);
    c->speeds[at] = classes[class];
    c->speed_count++;
}

static struct census take_census(const struct map *m)
{
    struct census c = {.nodes = 0};

    for (size_t i = 0; i < m->nodes.count; i++) {
        const struct map_node *n = &m->nodes.at[i];

        if (!map_node_is_shown(n))
            continue;
        c.nodes++;
        c.devices += n->origin == MAP_DEVICE;
        if (n->origin != MAP_SUBNET) {
            c.states[n->state]++;
            c.kinds[(unsigned)n->kind < DEVICE_KINDS ? n->kind : 0]++;
        }
    }
    for (size_t i = 0; i < m->links.count; i++) {
        const struct map_link *l = &m->links.at[i];

        if (!map_link_is_shown(m, l))
            continue;
        c.links++;
        c.bundles += l->kind == LINK_BUNDLE;
        c.loads = c.loads || !isnan(l->load_ab) || !isnan(l->load_ba);
        if ((unsigned)l->state <= LINK_AMBIGUOUS)
            c.link_states[l->state]++;
        count_speed(&c, l->speed_bps);
    }
    return c;
}

/* ---- title ---- */

/* States worth a word in the title, worst first. */
static const enum map_state news[] = {
    MAP_DOWN,    MAP_CRITICAL,    MAP_MAJOR,    MAP_MINOR,
    MAP_WARNING, MAP_UNREACHABLE, MAP_SILENCED, MAP_UNKNOWN,
};

void draw_title_text(const struct picture *p, struct buffer *out)
{
    const struct map *m = p->map;
    struct census c = take_census(m);
    const char *title = p->options->title;

    if (title == NULL)
        title = m->title[0] != '\0' ? m->title : m->name;
    buffer_text(out, "<b>");
    dot_write_html(title, out);
    buffer_format(out,
                  "</b><font color=\"" DRAW_INK_2
                  "\" point-size=\"%.4g\">  ·  %zu node%s  ·  %zu link%s",
                  11 * p->scale, c.nodes, c.nodes == 1 ? "" : "s", c.links,
                  c.links == 1 ? "" : "s");
    for (size_t i = 0; i < COUNT_OF(news); i++)
        if (c.states[news[i]] > 0)
            buffer_format(out, "  ·  <font color=\"%s\">%s %zu %s</font>",
                          draw_state(news[i])->text, draw_state(news[i])->mark,
                          c.states[news[i]], draw_state(news[i])->word);
    buffer_text(out, "</font>");
}

/* ---- legend ---- */

enum { SIZE = 9, ROWS_MAX = 8 };

/* A caption, then cells; their widths are summed, so that the legend can be set
 * at the left and its rows made equally wide. */
struct row {
    struct buffer cells;
    double width;
};

struct legend {
    struct row rows[ROWS_MAX];
    unsigned count; /* rows that are done; the next one is being made */
    double scale;
    const char *icons;
};

static struct row *row_of(struct legend *l)
{
    return &l->rows[l->count];
}

static void cell_text(struct legend *l, const char *text)
{
    buffer_text(&row_of(l)->cells, "<td>");
    dot_write_html(text, &row_of(l)->cells);
    buffer_text(&row_of(l)->cells, "</td>");
    row_of(l)->width += draw_text_width(text, SIZE * l->scale) + 8;
}

static void cell_icon(struct legend *l, const char *icon)
{
    if (l->icons == NULL || icon == NULL)
        return;
    buffer_format(&row_of(l)->cells,
                  "<td width=\"%.0f\" height=\"%.0f\" fixedsize=\"true\">"
                  "<img scale=\"true\" src=\"%s.svg\"/></td>",
                  16 * l->scale, 16 * l->scale, icon);
    row_of(l)->width += 16 * l->scale + 4;
}

/* A swatch, as wide and as high as given. */
static void cell_swatch(struct legend *l, const char *colour, double width,
                        double height)
{
    buffer_format(&row_of(l)->cells,
                  "<td><table border=\"0\" cellborder=\"0\" cellspacing=\"0\" "
                  "cellpadding=\"0\"><tr><td width=\"%.0f\" height=\"%.0f\" "
                  "fixedsize=\"true\" bgcolor=\"%s\"></td></tr></table></td>",
                  width * l->scale, fmax(1, round(height * l->scale)), colour);
    row_of(l)->width += width * l->scale + 4;
}

static void row_begin(struct legend *l, const char *caption)
{
    buffer_clear(&row_of(l)->cells);
    row_of(l)->width = 0;
    buffer_format(&row_of(l)->cells, "<td align=\"left\"><b>%s</b></td>",
                  caption);
    row_of(l)->width += draw_text_width(caption, SIZE * l->scale) + 10;
}

static void row_end(struct legend *l)
{
    if (l->count + 1 < ROWS_MAX)
        l->count++;
}

static void load_row(struct legend *l)
{
    static const char *const bounds[DRAW_LOAD_STEPS] = {
        "1", "10", "25", "40", "55", "70", "85", "100 %"};

    row_begin(l, "Load");
    for (unsigned i = 0; i < DRAW_LOAD_STEPS; i++) {
        cell_swatch(l, draw_load_step(i), 22, 7);
        cell_text(l, bounds[i]);
    }
    cell_text(l, "each half: what its own end sends");
    row_end(l);
}

static void speed_row(struct legend *l, const struct census *c)
{
    char text[16];

    row_begin(l, "Speed");
    for (size_t i = 0; i < c->speed_count; i++) {
        cell_swatch(l, DRAW_LINK_UNKNOWN, 20, draw_link_width(c->speeds[i]));
        cell_text(l, draw_speed_text(c->speeds[i], text, sizeof text));
    }
    row_end(l);
}

static void link_row(struct legend *l, const struct census *c)
{
    static const struct {
        enum link_state state;
        const char *icon, *word;
    } rows[] = {
        {LINK_DOWN, "state/link-down", "down"},
        {LINK_BLOCKED, "state/link-blocked", "blocked"},
        {LINK_STALE, "state/link-stale", "stale"},
        {LINK_CANDIDATE, "state/link-candidate", "candidate (one side only)"},
        {LINK_AMBIGUOUS, NULL, "?: ambiguous"},
    };
    bool any = false;

    row_begin(l, "Links");
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if (c->link_states[rows[i].state] > 0) {
            cell_icon(l, rows[i].icon);
            cell_text(l, rows[i].word);
            any = true;
        }
    if (c->bundles > 0)
        cell_text(l, "ring: a bundle");
    if (any || c->bundles > 0)
        row_end(l);
}

static void state_row(struct legend *l, const struct census *c)
{
    bool any = false;
    char icon[40];

    row_begin(l, "States");
    for (size_t i = 0; i < COUNT_OF(news); i++) {
        const struct draw_state *s = draw_state(news[i]);

        if (c->states[news[i]] == 0)
            continue;
        snprintf(icon, sizeof icon, "state/%s", s->icon);
        cell_icon(l, icon);
        cell_text(l, s->word);
        any = true;
    }
    if (c->states[MAP_UNMANAGED] > 0) {
        cell_icon(l, "state/unmanaged");
        cell_text(l, draw_state(MAP_UNMANAGED)->word);
        any = true;
    }
    if (any)
        row_end(l);
}

/* Words for kinds, where the icon's name is not one. */
static const char *kind_word(enum device_kind kind)
{
    static const char *const words[DEVICE_KINDS] = {
        [KIND_L3SWITCH] = "layer 3 switch",
        [KIND_AP] = "access point",
        [KIND_WLC] = "wireless controller",
        [KIND_UPS] = "UPS",
        [KIND_VM] = "virtual machine",
        [KIND_LOADBALANCER] = "load balancer",
        [KIND_STATION] = "this station",
        [KIND_SEGMENT] = "unmanaged segment",
        [KIND_UNKNOWN] = "unknown kind",
    };

    return words[kind] != NULL ? words[kind] : device_kind_name(kind);
}

static void kind_row(struct legend *l, const struct census *c)
{
    enum { KINDS_IN_ROW = 8 };
    unsigned shown = 0;
    char icon[40];

    for (int k = 0; k < DEVICE_KINDS; k++) {
        if (c->kinds[k] == 0 || l->icons == NULL)
            continue;
        if (shown % KINDS_IN_ROW == 0)
            row_begin(l, shown == 0 ? "Kinds" : " ");
        snprintf(icon, sizeof icon, "kind/%s",
                 device_kind_name((enum device_kind)k));
        cell_icon(l, icon);
        cell_text(l, kind_word((enum device_kind)k));
        if (++shown % KINDS_IN_ROW == 0)
            row_end(l);
    }
    if (shown % KINDS_IN_ROW != 0)
        row_end(l);
}

/* In a corner of the map where nothing is. */
static bool corner_place(struct picture *p, double width, double height,
                         struct draw_box *out)
{
    static const double GAP = 14;
    struct draw_box b = p->bounds;
    const struct draw_box corners[] = {
        {b.x0, b.y0, b.x0 + width, b.y0 + height},
        {b.x1 - width, b.y0, b.x1, b.y0 + height},
        {b.x1 - width, b.y1 - height, b.x1, b.y1},
    };

    if (width > b.x1 - b.x0 || height > b.y1 - b.y0)
        return false;
    for (size_t i = 0; i < COUNT_OF(corners); i++) {
        struct space_touch t = space_touches(
            p->space,
            (struct draw_box){corners[i].x0 - GAP, corners[i].y0 - GAP,
                              corners[i].x1 + GAP, corners[i].y1 + GAP},
            UINT32_MAX);

        if (t.boxes == 0 && t.lines == 0) {
            *out = corners[i];
            return true;
        }
    }
    return false;
}

/* In a free corner; else under the map at its left, or beside it at its foot:
 * where more of a screen, whose sides are as 16 to 9, is left to the map. */
static struct draw_box legend_place(struct picture *p, double width,
                                    double height)
{
    static const double GAP = 22;
    struct draw_box b = p->bounds, corner;
    double w = b.x1 - b.x0, h = b.y1 - b.y0;

    if (corner_place(p, width, height, &corner))
        return corner;
    double under = fmax(fmax(w, width) / 16, (h + GAP + height) / 9);
    double beside = fmax((w + GAP + width) / 16, fmax(h, height) / 9);

    if (beside < under)
        return (struct draw_box){b.x1 + GAP, b.y0, b.x1 + GAP + width,
                                 b.y0 + height};
    return (struct draw_box){b.x0, b.y0 - GAP - height, b.x0 + width,
                             b.y0 - GAP};
}

/* The rows as one table. A last, empty cell makes a row as wide as the widest:
 * else Graphviz would spread its cells. */
static void legend_put(struct picture *p, const struct legend *l)
{
    double width = 0, height = 24.0 * l->scale * l->count + 8;

    for (unsigned i = 0; i < l->count; i++)
        width = fmax(width, l->rows[i].width);
    struct draw_box box = legend_place(p, width, height);
    buffer_format(p->out,
                  "legend [pos=\"%.2f,%.2f\",shape=plain,fontsize=%.4g,"
                  "fontcolor=\"" DRAW_INK_2
                  "\",label=<<table border=\"1\" color=\"" DRAW_LINE
                  "\" bgcolor=\"" DRAW_SURFACE
                  "\" style=\"rounded\" cellborder=\"0\" cellspacing=\"0\" "
                  "cellpadding=\"3\">",
                  (box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2,
                  SIZE * l->scale);
    for (unsigned i = 0; i < l->count; i++)
        buffer_format(p->out,
                      "<tr><td align=\"left\"><table border=\"0\" "
                      "cellborder=\"0\" cellspacing=\"3\" cellpadding=\"0\">"
                      "<tr>%s<td width=\"%.0f\"></td></tr></table></td></tr>",
                      l->rows[i].cells.at, width - l->rows[i].width + 8);
    buffer_text(p->out, "</table>>];\n");
    picture_grow(p, box);
}

/* Short rows stand side by side, as long as none becomes the widest. */
static void merge_rows(struct legend *l)
{
    static const double GAP = 14;
    double widest = 0, gap = GAP * l->scale;
    unsigned kept = 0;

    for (unsigned i = 0; i < l->count; i++)
        widest = fmax(widest, l->rows[i].width);
    for (unsigned i = 1; i < l->count; i++) {
        struct row *to = &l->rows[kept], *from = &l->rows[i];

        if (to->width + gap + from->width <= widest) {
            buffer_format(&to->cells, "<td width=\"%.0f\"></td>%s", gap,
                          from->cells.at);
            to->width += gap + from->width;
        } else if (++kept != i) {
            buffer_fini(&l->rows[kept].cells);
            l->rows[kept] = *from;
            *from = (struct row){.width = 0};
        }
    }
    if (l->count > 0)
        l->count = kept + 1;
}

void draw_legend_write(struct picture *p)
{
    struct legend l = {.icons = p->options->icons, .scale = p->scale};
    struct census c = take_census(p->map);

    if (c.loads)
        load_row(&l);
    if (c.speed_count > 0)
        speed_row(&l, &c);
    link_row(&l, &c);
    state_row(&l, &c);
    kind_row(&l, &c);
    merge_rows(&l);
    if (l.count > 0)
        legend_put(p, &l);
    for (size_t i = 0; i < ROWS_MAX; i++)
        buffer_fini(&l.rows[i].cells);
}
