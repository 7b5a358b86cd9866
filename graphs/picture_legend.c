#include "graphs/picture_legend.h"

#include "base/clock.h"
#include "base/text.h"

#include <math.h>

enum { NUMBER_CELLS = 6, TEXT_MAX = 400 };

/* The characters that stand two cells wide (Unicode TR 11, W and F, in ranges
 * that need not be exact: where they err a column is off by a cell). */
static bool is_wide(uint32_t c)
{
    static const struct {
        uint32_t first, last;
    } ranges[] = {
        {0x1100, 0x115F},   {0x2E80, 0x303E},   {0x3041, 0xA4CF},
        {0xAC00, 0xD7A3},   {0xF900, 0xFAFF},   {0xFE30, 0xFE6F},
        {0xFF00, 0xFF60},   {0xFFE0, 0xFFE6},   {0x1F300, 0x1F64F},
        {0x1F900, 0x1F9FF}, {0x20000, 0x3FFFD},
    };

    for (size_t i = 0; i < COUNT_OF(ranges); i++)
        if (c >= ranges[i].first && c <= ranges[i].last)
            return true;
    return false;
}

/* The character at text, which is well-formed UTF-8, and its octets. */
static uint32_t character(const char *text, size_t *len)
{
    const unsigned char *at = (const unsigned char *)text;
    uint32_t c = at[0];

    *len = at[0] < 0x80 ? 1 : at[0] < 0xE0 ? 2 : at[0] < 0xF0 ? 3 : 4;
    if (*len > 1)
        c = at[0] & (0x7FU >> *len);
    for (size_t i = 1; i < *len; i++)
        c = c << 6 | (at[i] & 0x3FU);
    return c;
}

/* Octets of text that fit into max cells; *cells is how many they take. */
static size_t fitting(const char *text, size_t max, size_t *cells)
{
    size_t at = 0, len;

    *cells = 0;
    while (text[at] != '\0') {
        size_t wide = is_wide(character(text + at, &len)) ? 2 : 1;

        if (*cells + wide > max)
            break;
        *cells += wide;
        at += len;
    }
    return at;
}

size_t legend_cells(const char *text)
{
    struct buffer OWNED_BUFFER safe = {0};
    size_t cells;

    legend_text(text, SIZE_MAX, &safe);
    (void)fitting(safe.at, SIZE_MAX, &cells); /* all does */
    return cells;
}

void legend_text(const char *text, size_t max, struct buffer *out)
{
    struct buffer OWNED_BUFFER safe = {0};
    size_t cells;

    buffer_add(&safe, NULL, 0);
    buffer_add(out, NULL, 0);
    text_safe(bytes_of_text(text), NULL, false, TEXT_MAX, &safe);
    size_t len = fitting(safe.at, max, &cells);
    if (len == safe.len) {
        buffer_add(out, safe.at, len);
        return;
    }
    len = fitting(safe.at, max > 1 ? max - 1 : 0, &cells);
    buffer_add(out, safe.at, len);
    buffer_text(out, "…");
}

/* The prefix for a value, which is divided. */
static const char *prefix_of(double *value, enum template_prefixes prefixes)
{
    static const char *const names[][2] = {
        {"", ""},    {"k", "Ki"}, {"M", "Mi"}, {"G", "Gi"},
        {"T", "Ti"}, {"P", "Pi"}, {"E", "Ei"}};
    double step = prefixes == PREFIXES_1024 ? 1024 : 1000;
    size_t i = 0;

    if (prefixes == PREFIXES_NONE)
        return "";
    while (i + 1 < COUNT_OF(names) && fabs(*value) >= step * 0.99995) {
        *value /= step;
        i++;
    }
    return names[i][prefixes == PREFIXES_1024 ? 1 : 0];
}

static int decimals_of(double value)
{
    double size = fabs(value);

    if (size == 0)
        return 0;
    if (size < 0.0995)
        return size < 0.00095 ? 4 : 3;
    return size < 9.995 ? 2 : size < 99.95 ? 1 : 0;
}

/* Cells that prefix and unit take. */
static size_t unit_cells(enum template_prefixes prefixes, const char *unit)
{
    return (prefixes == PREFIXES_1000   ? 1
            : prefixes == PREFIXES_1024 ? 2
                                        : 0) +
           legend_cells(unit);
}

static void fill(struct buffer *out, size_t cells)
{
    while (cells-- > 0)
        buffer_char(out, ' ');
}

void legend_figure(double value, enum template_prefixes prefixes,
                   const char *unit, struct buffer *out)
{
    struct buffer OWNED_BUFFER behind = {0};
    size_t width = unit_cells(prefixes, unit);

    if (!isfinite(value)) {
        buffer_format(out, "%*s", NUMBER_CELLS, "-");
        fill(out, width > 0 ? width + 1 : 0);
        return;
    }
    const char *prefix = prefix_of(&value, prefixes);
    if (fabs(value) < 99999.5 && (value == 0 || fabs(value) >= 0.00005))
        buffer_format(out, "%*.*f", NUMBER_CELLS, decimals_of(value), value);
    else
        buffer_format(out, "%*.0e", NUMBER_CELLS, value);
    buffer_format(&behind, "%s%s", prefix, unit);
    if (width == 0)
        return;
    buffer_char(out, ' ');
    buffer_text(out, behind.at);
    fill(out, width - legend_cells(behind.at));
}

void legend_heading(const char *heading, enum template_prefixes prefixes,
                    const char *unit, struct buffer *out)
{
    size_t width = unit_cells(prefixes, unit);

    buffer_format(out, "%*s", NUMBER_CELLS, heading);
    fill(out, width > 0 ? width + 1 : 0);
}

size_t legend_width(enum template_prefixes prefixes, const char *unit)
{
    size_t width = unit_cells(prefixes, unit);

    return NUMBER_CELLS + (width > 0 ? width + 1 : 0);
}

void legend_span(int64_t s, struct buffer *out)
{
    char text[24];

    duration_format(s * 1000, text, sizeof text);
    buffer_text(out, text);
}
