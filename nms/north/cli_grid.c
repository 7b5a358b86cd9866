#include "north/cli_grid.h"

#include "base/arena.h"
#include "base/mem.h"
#include "base/text.h"

#include <assert.h>
#include <string.h>
#include <wchar.h>

enum { CELL_MAX = 4096, GAP = 2 };

struct cell {
    const char *shown, *raw;
};
struct cells ARRAY_OF(struct cell);

struct grid {
    const struct grid_column *columns;
    size_t count, rows;
    struct cells cells; /* rows one after the other */
    struct arena *arena;
};

struct grid *grid_new(const struct grid_column *columns, size_t count)
{
    struct grid *g = mem_new(struct grid);

    g->columns = columns;
    g->count = count;
    g->arena = arena_new();
    return g;
}

void grid_free(struct grid *g)
{
    if (g == NULL)
        return;
    array_fini(&g->cells);
    arena_free(g->arena);
    free(g);
}

/* ---- filling it ---- */

static const struct grid_column *column_at_hand(const struct grid *g)
{
    size_t n = g->cells.count - g->rows * g->count;

    assert(n < g->count);
    return &g->columns[n];
}

void grid_pair(struct grid *g, const char *shown, const char *raw)
{
    struct buffer OWNED_BUFFER safe = {0};

    (void)column_at_hand(g);
    text_safe(bytes_of_text(shown), NULL, false, CELL_MAX, &safe);
    *array_add(&g->cells) =
        (struct cell){.shown = arena_text(g->arena, safe.at),
                      .raw = arena_text(g->arena, raw)};
}

void grid_text(struct grid *g, const char *text)
{
    const struct grid_column *column = column_at_hand(g);
    struct buffer OWNED_BUFFER ago = {0};

    if (column->unit != UNIT_AGO || text == NULL || *text == '\0') {
        grid_pair(g, text, text);
        return;
    }
    unit_ago(text, wall_now(), &ago);
    grid_pair(g, ago.at, text);
}

void grid_number(struct grid *g, double value)
{
    enum unit unit = column_at_hand(g)->unit;
    struct buffer OWNED_BUFFER shown = {0}, OWNED_BUFFER raw = {0};

    unit_show(unit, value, &shown);
    unit_raw(unit, value, &raw);
    grid_pair(g, shown.at, raw.at);
}

void grid_row(struct grid *g)
{
    g->rows++;
    while (g->cells.count < g->rows * g->count)
        *array_add(&g->cells) = (struct cell){"", ""};
}

size_t grid_rows(const struct grid *g)
{
    return g->rows;
}

static const struct cell *cell_of(const struct grid *g, size_t row, size_t n)
{
    return &g->cells.at[row * g->count + n];
}

/* ---- for people ---- */

size_t grid_width(const char *text)
{
    size_t width = 0, left = strlen(text);
    mbstate_t state = {0};

    while (left > 0) {
        wchar_t c;
        size_t len = mbrtowc(&c, text, left, &state);

        if (len == 0 || len > left) { /* not in this locale: octet by octet */
            state = (mbstate_t){0};
            len = 1;
            width++;
        } else {
            int columns = wcwidth(c);
            width += columns > 0 ? (size_t)columns : 0;
        }
        text += len;
        left -= len;
    }
    return width;
}

static void add_blanks(size_t count, struct buffer *out)
{
    while (count-- > 0)
        buffer_char(out, ' ');
}

/* 0 for a column that is not shown. */
static size_t column_width(const struct grid *g, size_t n)
{
    size_t widest = 0;

    for (size_t row = 0; row < g->rows; row++) {
        size_t width = grid_width(cell_of(g, row, n)->shown);
        widest = width > widest ? width : widest;
    }
    if (widest == 0 || g->columns[n].title == NULL)
        return 0;
    size_t title = grid_width(g->columns[n].title);
    return title > widest ? title : widest;
}

static void add_cell(const char *text, size_t width, bool right, bool last,
                     struct buffer *out)
{
    size_t fill = width - grid_width(text);

    if (right)
        add_blanks(fill, out);
    buffer_text(out, text);
    if (!right && !last)
        add_blanks(fill, out);
    if (!last)
        add_blanks(GAP, out);
}

/* One line: the titles where row is SIZE_MAX. */
static void add_line(const struct grid *g, const size_t *widths, size_t row,
                     struct buffer *out)
{
    size_t start = out->len, last = 0;

    for (size_t n = 0; n < g->count; n++)
        last = widths[n] > 0 ? n : last;
    for (size_t n = 0; n < g->count; n++) {
        const char *text =
            row == SIZE_MAX ? g->columns[n].title : cell_of(g, row, n)->shown;

        if (widths[n] > 0)
            add_cell(text, widths[n], unit_is_figure(g->columns[n].unit),
                     n == last, out);
    }
    while (out->len > start && out->at[out->len - 1] == ' ')
        out->at[--out->len] = '\0';
    buffer_char(out, '\n');
}

void grid_print(const struct grid *g, struct buffer *out)
{
    OWNED(free) char *room = mem_array(g->count, sizeof(size_t));
    size_t *widths = (size_t *)(void *)room;

    if (g->rows == 0)
        return;
    for (size_t n = 0; n < g->count; n++)
        widths[n] = column_width(g, n);
    add_line(g, widths, SIZE_MAX, out);
    for (size_t row = 0; row < g->rows; row++)
        add_line(g, widths, row, out);
}

static bool is_told(const struct grid *g, size_t n)
{
    return g->rows > 0 && g->columns[n].title != NULL &&
           cell_of(g, 0, n)->shown[0] != '\0';
}

void grid_print_record(const struct grid *g, struct buffer *out)
{
    size_t widest = 0;

    for (size_t n = 0; n < g->count; n++)
        if (is_told(g, n) && grid_width(g->columns[n].title) > widest)
            widest = grid_width(g->columns[n].title);
    for (size_t n = 0; n < g->count; n++) {
        if (!is_told(g, n))
            continue;
        buffer_format(out, "%s:", g->columns[n].title);
        add_blanks(widest - grid_width(g->columns[n].title) + GAP, out);
        buffer_format(out, "%s\n", cell_of(g, 0, n)->shown);
    }
}

/* ---- for programs ---- */

void grid_print_tsv(const struct grid *g, bool header, struct buffer *out)
{
    for (size_t n = 0; header && n < g->count; n++)
        buffer_format(out, "%s%s", n > 0 ? "\t" : "", g->columns[n].key);
    if (header)
        buffer_char(out, '\n');
    for (size_t row = 0; row < g->rows; row++) {
        for (size_t n = 0; n < g->count; n++) {
            if (n > 0)
                buffer_char(out, '\t');
            text_tsv(cell_of(g, row, n)->raw, out);
        }
        buffer_char(out, '\n');
    }
}

void grid_print_tsv_record(const struct grid *g, struct buffer *out)
{
    buffer_text(out, "key\tvalue\n");
    for (size_t n = 0; g->rows > 0 && n < g->count; n++) {
        buffer_format(out, "%s\t", g->columns[n].key);
        text_tsv(cell_of(g, 0, n)->raw, out);
        buffer_char(out, '\n');
    }
}
