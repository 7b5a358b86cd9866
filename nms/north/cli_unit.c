#include "north/cli_unit.h"

#include "base/mem.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { FIGURE_MAX = 48, SI = 1000, BINARY = 1024, BITS_PER_OCTET = 8 };

bool unit_is_figure(enum unit unit)
{
    return unit != UNIT_TEXT && unit != UNIT_TIME && unit != UNIT_AGO &&
           unit != UNIT_FLAG;
}

/* Three digits that matter, without zeros behind the point. */
static void add_figure(double value, struct buffer *out)
{
    char text[FIGURE_MAX];
    double size = fabs(value);
    int decimals = size >= 99.95 ? 0 : size >= 9.995 ? 1 : 2;

    if (size > 0 && size < 0.0995)
        decimals = size < 0.00995 ? 4 : 3;
    int len = snprintf(text, sizeof text, "%.*f", decimals, value);
    if (len >= (int)sizeof text) /* beyond any figure: 1e300 */
        len = snprintf(text, sizeof text, "%.3g", value);
    while (decimals > 0 && text[len - 1] == '0' && len > 1)
        text[--len] = '\0';
    if (text[len - 1] == '.')
        text[--len] = '\0';
    buffer_text(out, text);
}

/* value in steps of base: 1.25 G. What would be shown as 1000 takes the next
 * prefix. */
static void add_prefixed(double value, double base, const char *const *prefixes,
                         size_t count, struct buffer *out)
{
    size_t i = 0;

    while (i + 1 < count && fabs(value) >= base - 0.5) {
        value /= base;
        i++;
    }
    add_figure(value, out);
    buffer_format(out, " %s", prefixes[i]);
}

static void add_bits(double bps, struct buffer *out)
{
    static const char *const prefixes[] = {"bit/s",  "kbit/s", "Mbit/s",
                                           "Gbit/s", "Tbit/s", "Pbit/s"};

    add_prefixed(bps, SI, prefixes, COUNT_OF(prefixes), out);
}

static void add_bytes(double bytes, struct buffer *out)
{
    static const char *const prefixes[] = {"B",   "KiB", "MiB", "GiB",
                                           "TiB", "PiB", "EiB"};

    add_prefixed(bytes, BINARY, prefixes, COUNT_OF(prefixes), out);
}

static void add_seconds(double seconds, struct buffer *out)
{
    char text[FIGURE_MAX];

    if (fabs(seconds) > 1e12)
        return;
    duration_format((int64_t)(seconds * SI), text, sizeof text);
    buffer_text(out, text);
}

void unit_show(enum unit unit, double value, struct buffer *out)
{
    if (!isfinite(value) || (unit == UNIT_TROUBLE && value == 0))
        return;
    switch (unit) {
    case UNIT_BITS:
        add_bits(value, out);
        return;
    case UNIT_OCTETS:
        add_bits(value * BITS_PER_OCTET, out);
        return;
    case UNIT_BYTES:
        add_bytes(value, out);
        return;
    case UNIT_SECONDS:
        add_seconds(value, out);
        return;
    case UNIT_FLAG:
        buffer_text(out, value != 0 ? "yes" : "no");
        return;
    case UNIT_COUNT:
        buffer_format(out, "%.0f", value);
        return;
    case UNIT_MS:
    case UNIT_PERCENT:
    case UNIT_PER_S:
    case UNIT_TROUBLE:
    case UNIT_NUMBER:
    case UNIT_TEXT:
    case UNIT_TIME:
    case UNIT_AGO:
    case UNITS:
        break;
    }
    add_figure(value, out);
    buffer_text(out, unit == UNIT_MS                              ? " ms"
                     : unit == UNIT_PERCENT                       ? " %"
                     : unit == UNIT_PER_S || unit == UNIT_TROUBLE ? " /s"
                                                                  : "");
}

void unit_raw(enum unit unit, double value, struct buffer *out)
{
    if (!isfinite(value))
        return;
    if (unit == UNIT_OCTETS)
        value *= BITS_PER_OCTET;
    if (value == trunc(value) && fabs(value) < 1e15)
        buffer_format(out, "%.0f", value);
    else
        buffer_format(out, "%.10g", value);
}

void unit_things(int64_t count, const char *thing, struct buffer *out)
{
    size_t len = strlen(thing);
    const char *many = len > 0 && thing[len - 1] == 's' ? "es" : "s";

    buffer_format(out, "%" PRId64 " %s%s", count, thing,
                  count == 1 ? "" : many);
}

void unit_ago(const char *text, struct wall now, struct buffer *out)
{
    char span[FIGURE_MAX];
    struct wall then;

    if (wall_parse(text, now, &then) < 0) {
        buffer_text(out, text);
        return;
    }
    int64_t ms = (now.ms - then.ms) / SI * SI;
    duration_format(ms < 0 ? -ms : ms, span, sizeof span);
    if (ms == 0)
        buffer_text(out, "now");
    else
        buffer_format(out, ms < 0 ? "in %s" : "%s ago", span);
}
