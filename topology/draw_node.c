#include "topology/draw_node.h"
#include "topology/draw_tokens.h"

#include <wchar.h>

/* One character of well-formed UTF-8; *at moves behind it. */
static uint32_t character(const char **at)
{
    const unsigned char *p = (const unsigned char *)*at;
    unsigned len = p[0] < 0x80 ? 1 : p[0] < 0xE0 ? 2 : p[0] < 0xF0 ? 3 : 4;
    uint32_t c = len == 1 ? p[0] : p[0] & (0xFFU >> (len + 1));

    for (unsigned i = 1; i < len; i++) {
        if ((p[i] & 0xC0) != 0x80) { /* not well-formed: one octet at a time */
            *at += 1;
            return p[0];
        }
        c = c << 6 | (p[i] & 0x3FU);
    }
    *at += len;
    return c;
}

/* East Asian Width W and F (Unicode TR 11), in blocks. */
static bool is_wide(uint32_t c)
{
    static const struct {
        uint32_t first, last;
    } blocks[] = {{0x1100, 0x115F},  {0x2E80, 0x303E}, {0x3041, 0xA4CF},
                  {0xAC00, 0xD7A3},  {0xF900, 0xFAFF}, {0xFE30, 0xFE6F},
                  {0xFF00, 0xFF60},  {0xFFE0, 0xFFE6}, {0x1F300, 0x1FAFF},
                  {0x20000, 0x3FFFD}};

    for (size_t i = 0; i < COUNT_OF(blocks); i++)
        if (c >= blocks[i].first && c <= blocks[i].last)
            return true;
    return false;
}

static bool is_combining(uint32_t c)
{
    return (c >= 0x0300 && c <= 0x036F) || (c >= 0x200B && c <= 0x200F) ||
           (c >= 0x20D0 && c <= 0x20FF) || (c >= 0xFE00 && c <= 0xFE0F);
}

static size_t columns_of(uint32_t c)
{
    return is_combining(c) ? 0 : is_wide(c) ? 2 : 1;
}

size_t draw_columns(const char *text)
{
    size_t columns = 0;

    while (*text != '\0')
        columns += columns_of(character(&text));
    return columns;
}

void draw_cut(const char *text, size_t columns, struct buffer *out)
{
    size_t all = draw_columns(text), at = 0;

    buffer_text(out, "");
    if (all <= columns) {
        buffer_text(out, text);
        return;
    }
    /* One column for the dots; the head gets the odd one. */
    size_t head = columns / 2, tail = all - (columns - 1 - head);
    bool dots = false;
    while (*text != '\0') {
        const char *from = text;
        uint32_t c = character(&text);

        at += columns_of(c);
        if (at <= head || at > tail)
            buffer_add(out, from, (size_t)(text - from));
        else if (!dots)
            buffer_text(out, "…");
        dots = dots || at > head;
    }
}

/* Ems that a character takes, by its shape. */
static double ems(uint32_t c)
{
    if (is_combining(c))
        return 0;
    if (is_wide(c))
        return 1.02;
    if (c < 0x80 && strchr("iIjl.,:;'|!", (int)c) != NULL)
        return 0.33;
    if (c < 0x80 && strchr("mwMW@%", (int)c) != NULL)
        return 0.93;
    if (c >= 'A' && c <= 'Z')
        return 0.68;
    return 0.585;
}

double draw_text_width(const char *text, double size)
{
    double width = 0;

    while (*text != '\0')
        width += ems(character(&text));
    return width * size;
}

/* Room around what is drawn, so that neighbours do not touch. */
static const double MARGIN_X = 7, MARGIN_TOP = 7, MARGIN_BOTTOM = 6;

static struct draw_node measure_subnet(const struct map_node *n)
{
    struct draw_node d = {.height = 26, .font = 11, .words_font = 9};

    d.width = draw_text_width(map_node_label(n), d.font) + 22;
    if (d.width > 240)
        d.width = 240;
    d.room = (struct draw_box){
        -d.width / 2 - MARGIN_X, -d.height / 2 - 14 - MARGIN_BOTTOM,
        d.width / 2 + MARGIN_X, d.height / 2 + MARGIN_TOP};
    return d;
}

struct draw_node draw_node_measure(const struct map_node *n)
{
    if (n->origin == MAP_SUBNET)
        return measure_subnet(n);

    struct buffer OWNED_BUFFER label = {0};
    struct draw_node d = {.width = draw_plate_size(n->kind)};
    bool small = d.width < 40;

    d.height = d.width;
    d.font = small ? 9 : 11;
    d.words_font = small ? 8 : 9;
    draw_cut(map_node_label(n), DRAW_LABEL_COLUMNS, &label);
    d.label_width = draw_text_width(label.at, d.font) + 4;
    double half = fmax(d.width, d.label_width) / 2 + MARGIN_X;
    double texts = d.font * 1.35 + d.words_font * 1.3;
    d.room = (struct draw_box){-half, -d.height / 2 - texts - MARGIN_BOTTOM,
                               half, d.height / 2 + MARGIN_TOP};
    return d;
}
