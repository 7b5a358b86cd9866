#include "graphs/picture.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum { WIDTH_DEFAULT = 720, HEIGHT_DEFAULT = 220, CURVES_MAX = 6 };
enum { TITLE_MAX = 200, UNIT_MAX = 24 };

/* Colours of the page, light and dark. */
static const struct theme {
    const char *ground, *ink, *ink_2, *line, *line_strong, *gap, *alarm;
    const char *series[CURVES_MAX];
} themes[] = {
    {"#FFFEFB",
     "#16222D",
     "#435260",
     "#DDD7CA",
     "#86898A",
     "#E8E3D7",
     "#74083F",
     {"#0B5B87", "#C76A0A", "#6D63A8", "#33755F", "#8C0B48", "#74797D"}},
    {"#121B24",
     "#E8EEF2",
     "#AEBBC6",
     "#243340",
     "#647585",
     "#1B2630",
     "#E3246C",
     {"#74C2EC", "#F29A3F", "#B3AAEA", "#6DB698", "#F0327A", "#8E989F"}},
};

/* How transparent the area under a curve, and a band of alarm, is. */
static const char *const AREA_ALPHA = "33", *const BAND_ALPHA = "22";

struct curve {
    const char *source, *label;
    bool below; /* zero, as what goes out is */
    bool area;  /* filled, not a line alone */
};

/* What a kind of picture shows. */
static const struct plan {
    const char *name;
    const char *axis;  /* what it says; NULL: the unit of the sensor */
    const char *unit;  /* behind numbers; NULL: that of the sensor */
    const char *alarm; /* a source that tints the ground where it is not 0 */
    double scale;      /* of the values */
    enum series_group group;
    bool percent;     /* the axis goes from 0 to 100 at least */
    bool prefixes;    /* numbers with k, M, G */
    bool signed_axis; /* it need not show zero */
    bool billing;     /* totals and the 95th percentile */
    struct curve curves[CURVES_MAX];
} plans[] = {
    [PICTURE_TRAFFIC] = {.name = "traffic",
                         .group = SERIES_PORT,
                         .axis = "bit/s",
                         .unit = "bit/s",
                         .scale = 8,
                         .prefixes = true,
                         .billing = true,
                         .curves = {{"in_octets", "in", false, true},
                                    {"out_octets", "out", true, true}}},
    [PICTURE_PACKETS] = {.name = "packets",
                         .group = SERIES_PORT,
                         .axis = "packets/s",
                         .unit = "/s",
                         .scale = 1,
                         .prefixes = true,
                         .curves = {{"in_ucast", "in unicast", false, true},
                                    {"out_ucast", "out unicast", true, true},
                                    {"in_mcast", "in multicast", false, false},
                                    {"out_mcast", "out multicast", true, false},
                                    {"in_bcast", "in broadcast", false, false},
                                    {"out_bcast", "out broadcast", true,
                                     false}}},
    [PICTURE_ERRORS] = {.name = "errors",
                        .group = SERIES_PORT,
                        .axis = "errors/s",
                        .unit = "/s",
                        .scale = 1,
                        .prefixes = true,
                        .curves = {{"in_errors", "in", false, true},
                                   {"out_errors", "out", true, true}}},
    [PICTURE_DISCARDS] = {.name = "discards",
                          .group = SERIES_PORT,
                          .axis = "discards/s",
                          .unit = "/s",
                          .scale = 1,
                          .prefixes = true,
                          .curves = {{"in_discards", "in", false, true},
                                     {"out_discards", "out", true, true}}},
    [PICTURE_ICMP] = {.name = "icmp",
                      .group = SERIES_ICMP,
                      .axis = "round trip, ms",
                      .unit = "ms",
                      .scale = 1,
                      .alarm = "loss_percent",
                      .curves = {{"rtt_ms", "round trip", false, true}}},
    [PICTURE_CPU] = {.name = "cpu",
                     .group = SERIES_CPU,
                     .axis = "usage, %",
                     .unit = "%",
                     .scale = 1,
                     .percent = true,
                     .curves = {{"usage_percent", "usage", false, true}}},
    [PICTURE_MEMORY] = {.name = "memory",
                        .group = SERIES_MEMORY,
                        .axis = "used, %",
                        .unit = "%",
                        .scale = 1,
                        .percent = true,
                        .curves = {{"used_percent", "used", false, true}}},
    [PICTURE_STORAGE] = {.name = "storage",
                         .group = SERIES_STORAGE,
                         .axis = "used, %",
                         .unit = "%",
                         .scale = 1,
                         .percent = true,
                         .curves = {{"used_percent", "used", false, true}}},
    [PICTURE_SENSOR] = {.name = "sensor",
                        .group = SERIES_SENSOR,
                        .scale = 1,
                        .signed_axis = true,
                        .curves = {{"value", "value", false, false}}},
};
_Static_assert(COUNT_OF(plans) == PICTURE_KINDS, "every kind has its plan");

const char *picture_kind_name(enum picture_kind kind)
{
    assert((size_t)kind < COUNT_OF(plans));
    return plans[kind].name;
}

int picture_kind_parse(const char *name, enum picture_kind *out)
{
    for (size_t i = 0; i < COUNT_OF(plans); i++) {
        if (strcmp(plans[i].name, name) != 0)
            continue;
        *out = (enum picture_kind)i;
        return 0;
    }
    return -EINVAL;
}

enum series_group picture_group(enum picture_kind kind)
{
    assert((size_t)kind < COUNT_OF(plans));
    return plans[kind].group;
}

void picture_argv_free(struct picture_argv *argv)
{
    if (argv == NULL)
        return;
    for (size_t i = 0; i < argv->count; i++)
        free(argv->at[i]);
    array_fini(argv);
    free(argv);
}

/* What an argument is made of while all are written. */
struct canvas {
    const struct picture *picture;
    const struct plan *plan;
    const struct theme *theme;
    struct buffer path; /* of the file, escaped for DEF */
    struct buffer unit; /* escaped for a format in a legend */
    struct picture_argv *argv;
};

static void add(struct canvas *c, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

static void add(struct canvas *c, const char *fmt, ...)
{
    char *text = NULL;
    va_list args;

    va_start(args, fmt);
    int len = vasprintf(&text, fmt, args);
    va_end(args);
    assert(len >= 0 && text != NULL);
    *array_add(c->argv) = text;
}

/* Appends text with a backslash before colons and backslashes, percent signs
 * twice where it becomes part of a format. At most limit octets of it. */
static void escape(const char *text, bool format, size_t limit,
                   struct buffer *out)
{
    for (size_t i = 0; text[i] != '\0' && i < limit; i++) {
        if (text[i] == ':' || text[i] == '\\')
            buffer_char(out, '\\');
        if (text[i] == '%' && format)
            buffer_char(out, '%');
        buffer_char(out, text[i]);
    }
}

static void add_colours(struct canvas *c)
{
    const struct theme *t = c->theme;
    const struct {
        const char *part, *colour;
    } parts[] = {
        {"BACK", t->ground},      {"CANVAS", t->ground}, {"FONT", t->ink},
        {"AXIS", t->line_strong}, {"FRAME", t->ground},  {"ARROW", t->ground},
        {"SHADEA", t->ground},    {"SHADEB", t->ground}, {"GRID", t->line},
        {"MGRID", t->line},
    };

    for (size_t i = 0; i < COUNT_OF(parts); i++) {
        add(c, "--color");
        add(c, "%s%s", parts[i].part, parts[i].colour);
    }
}

static void add_fonts(struct canvas *c)
{
    static const char *const fonts[] = {
        "DEFAULT:8:Noto Sans",     "TITLE:10:Noto Sans", "AXIS:7:Noto Sans",
        "LEGEND:8:Noto Sans Mono", "UNIT:8:Noto Sans",
    };

    for (size_t i = 0; i < COUNT_OF(fonts); i++) {
        add(c, "--font");
        add(c, "%s", fonts[i]);
    }
}

static unsigned size_of(unsigned asked, unsigned preset, unsigned limit)
{
    if (asked == 0)
        return preset;
    return asked < limit ? asked : limit;
}

/* The words beside the axis are an option, no part of a graph: nothing in them
 * is escaped. */
static void add_axis(struct canvas *c)
{
    const char *unit = c->picture->unit != NULL ? c->picture->unit : "";

    add(c, "--vertical-label");
    if (c->plan->axis != NULL)
        add(c, "%s", c->plan->axis);
    else
        add(c, "%.*s", (int)UNIT_MAX, unit);
    if (!c->plan->signed_axis) {
        add(c, "--lower-limit");
        add(c, "0");
    } else {
        add(c, "--alt-autoscale");
    }
    if (c->plan->percent) {
        add(c, "--upper-limit");
        add(c, "100");
    }
}

static void add_options(struct canvas *c, const char *daemon)
{
    const struct picture *p = c->picture;

    if (daemon != NULL) {
        add(c, "--daemon");
        add(c, "%s", daemon);
    }
    add(c, "--imgformat");
    add(c, "%s", p->format == PICTURE_SVG ? "SVG" : "PNG");
    add(c, "--start");
    add(c, "%" PRId64, p->from_s);
    add(c, "--end");
    add(c, "%" PRId64, p->to_s);
    add(c, "--width");
    add(c, "%u", size_of(p->width, WIDTH_DEFAULT, PICTURE_WIDTH_MAX));
    add(c, "--height");
    add(c, "%u", size_of(p->height, HEIGHT_DEFAULT, PICTURE_HEIGHT_MAX));
    add(c, "--border");
    add(c, "0");
    add(c, "--slope-mode");
    add(c, "--disable-rrdtool-tag");
    if (p->title != NULL && p->title[0] != '\0') {
        add(c, "--title");
        add(c, "%.*s", (int)TITLE_MAX, p->title);
    }
    add_axis(c);
    add_colours(c);
    add_fonts(c);
}

static void add_define(struct canvas *c, const char *name, const char *source)
{
    add(c, "DEF:%s=%s:%s:AVERAGE", name, c->path.at, source);
}

/* Curve n as v<n> (its values), d<n> (where it is drawn). */
static void add_values(struct canvas *c, size_t n, const struct curve *curve)
{
    add(c, "DEF:r%zu=%s:%s:AVERAGE", n, c->path.at, curve->source);
    add(c, "CDEF:v%zu=r%zu,%g,*", n, n, c->plan->scale);
    add(c, "CDEF:d%zu=v%zu,%d,*", n, n, curve->below ? -1 : 1);
}

/* Time of which nothing is known has the colour of the ground. */
static void add_gaps(struct canvas *c, bool two_sided)
{
    add(c, "CDEF:gap=v0,UN,INF,UNKN,IF");
    add(c, "AREA:gap%s", c->theme->gap);
    if (!two_sided)
        return;
    add(c, "CDEF:gapbelow=v0,UN,NEGINF,UNKN,IF");
    add(c, "AREA:gapbelow%s", c->theme->gap);
}

static void add_alarm(struct canvas *c)
{
    add_define(c, "alarm", c->plan->alarm);
    add(c, "CDEF:alarmed=alarm,0,GT,INF,UNKN,IF");
    add(c, "AREA:alarmed%s%s", c->theme->alarm, BAND_ALPHA);
}

/* The number that letter and n name, its unit, and what it is. */
static void add_number(struct canvas *c, char letter, size_t n,
                       const char *what)
{
    add(c, "GPRINT:%c%zu:%%8.2lf %s%s%s", letter, n,
        c->plan->prefixes ? "%s" : "", c->unit.at, what);
}

static void add_curve(struct canvas *c, size_t n, const struct curve *curve)
{
    const char *colour = c->theme->series[n];

    if (curve->area)
        add(c, "AREA:d%zu%s%s", n, colour, AREA_ALPHA);
    add(c, "LINE1.5:d%zu%s: %-14s", n, colour, curve->label);
    add(c, "VDEF:l%zu=v%zu,LAST", n, n);
    add(c, "VDEF:a%zu=v%zu,AVERAGE", n, n);
    add(c, "VDEF:m%zu=v%zu,MAXIMUM", n, n);
    add_number(c, 'l', n, " now ");
    add_number(c, 'a', n, " mean ");
    add_number(c, 'm', n, " highest\\l");
}

/* The percentile that traffic is paid by, as a line of dashes, and the total
 * of the octets behind it. */
static void add_billing(struct canvas *c, size_t n, const struct curve *curve)
{
    add(c, "VDEF:p%zu=v%zu,95,PERCENTNAN", n, n);
    add(c, "CDEF:q%zu=v%zu,POP,p%zu,%d,*", n, n, n, curve->below ? -1 : 1);
    add(c, "LINE0.7:q%zu%s: %-14s:dashes=4,3", n, c->theme->series[n],
        curve->below ? "out 95 %" : "in 95 %");
    add_number(c, 'p', n, "      ");
    add(c, "VDEF:t%zu=r%zu,TOTAL", n, n);
    add(c, "GPRINT:t%zu:%%8.2lf %%sB total\\l", n);
}

/* Octets beside the percentage, where the agent tells them. */
static void add_space(struct canvas *c)
{
    add_define(c, "used", "used_bytes");
    add_define(c, "total", "total_bytes");
    add(c, "VDEF:usednow=used,LAST");
    add(c, "VDEF:totalnow=total,LAST");
    add(c, "GPRINT:usednow:%%8.2lf %%sB used");
    add(c, "GPRINT:totalnow:of %%.2lf %%sB\\l");
}

static void add_loss(struct canvas *c)
{
    add(c, "VDEF:lossmean=alarm,AVERAGE");
    add(c, "VDEF:losshigh=alarm,MAXIMUM");
    add(c, "COMMENT:  loss          ");
    add(c, "GPRINT:lossmean:%%8.2lf %%%% mean");
    add(c, "GPRINT:losshigh:%%8.2lf %%%% highest\\l");
}

static void add_speed(struct canvas *c, bool below)
{
    add(c, "HRULE:%.0f%s", (below ? -1 : 1) * c->picture->speed_bps,
        c->theme->ink_2);
}

static size_t count_curves(const struct plan *plan)
{
    size_t n = 0;

    while (n < CURVES_MAX && plan->curves[n].source != NULL)
        n++;
    return n;
}

static void add_graph(struct canvas *c)
{
    const struct plan *plan = c->plan;
    size_t count = count_curves(plan);
    bool two_sided = count > 1 && plan->curves[1].below;

    for (size_t n = 0; n < count; n++)
        add_values(c, n, &plan->curves[n]);
    add_gaps(c, two_sided);
    if (plan->alarm != NULL)
        add_alarm(c);
    for (size_t n = 0; n < count; n++)
        add_curve(c, n, &plan->curves[n]);
    for (size_t n = 0; n < count && plan->billing; n++)
        add_billing(c, n, &plan->curves[n]);
    if (plan->alarm != NULL)
        add_loss(c);
    if (plan->group == SERIES_MEMORY || plan->group == SERIES_STORAGE)
        add_space(c);
    if (two_sided)
        add(c, "HRULE:0%s", c->theme->line_strong);
    if (plan->billing && c->picture->speed_bps > 0 &&
        isfinite(c->picture->speed_bps)) {
        add_speed(c, false);
        add_speed(c, true);
    }
}

struct picture_argv *picture_arguments(const struct picture *p,
                                       const char *root, const char *daemon)
{
    assert((size_t)p->kind < COUNT_OF(plans));
    struct canvas c = {.picture = p,
                       .plan = &plans[p->kind],
                       .theme = &themes[p->dark ? 1 : 0],
                       .argv = mem_new(struct picture_argv)};
    const char *unit = c.plan->unit != NULL ? c.plan->unit
                       : p->unit != NULL    ? p->unit
                                            : "";

    escape(root, false, SIZE_MAX, &c.path);
    escape(p->path, false, SIZE_MAX, &c.path);
    buffer_add(&c.unit, NULL, 0);
    escape(unit, true, UNIT_MAX, &c.unit);
    add(&c, "rrdtool");
    add(&c, "graph");
    add(&c, "-");
    add_options(&c, daemon);
    add_graph(&c);
    (void)array_add(c.argv); /* NULL ends them */
    buffer_fini(&c.path);
    buffer_fini(&c.unit);
    return c.argv;
}
