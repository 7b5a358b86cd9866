/* template.h - what a picture of series shows: data, read from YAML.
 *
 * Those that come with the station are compiled in (graphs/templates.yaml), so
 * that it draws without any file; files of directories add to them and take
 * their place by name. The language is described in docs/graphs.md. Pure but
 * for reading the files.
 */
#ifndef GRAPHS_TEMPLATE_H
#define GRAPHS_TEMPLATE_H

#include "base/complaint.h"
#include "base/mem.h"
#include "base/own.h"
#include "graphs/layout.h"

enum {
    TEMPLATE_CURVES_MAX = 8,
    TEMPLATE_LEVELS_MAX = 4,
    TEMPLATE_COLOURS = 6, /* of series, of the page */
    TEMPLATES_MAX = 200,
};

/* Figures of a curve that the legend can tell, in the order in which it does.
 */
enum figure {
    FIGURE_LAST,
    FIGURE_MIN,
    FIGURE_MEAN,
    FIGURE_MAX,
    FIGURE_P95, /* 95 % of the values are at most that */
    FIGURE_TOTAL,
    FIGURES
};

/* "last" "min" "mean" "max" "p95" "total". */
const char *figure_name(enum figure figure);

/* Numbers with a prefix: of steps of 1000 (k, M, G), of 1024 (Ki, Mi, Gi). */
enum template_prefixes { PREFIXES_NONE, PREFIXES_1000, PREFIXES_1024 };
enum template_draw { DRAW_LINE, DRAW_AREA };
/* What all of several objects are together. */
enum template_together { TOGETHER_NONE, TOGETHER_SUM, TOGETHER_MEAN };

struct template_curve {
    char *source; /* a data source of the group */
    char *label;
    int draw;       /* enum template_draw */
    bool below;     /* mirrored below zero, as what goes out is */
    bool alone;     /* not where several objects share the picture */
    bool optional;  /* files of earlier versions lack it */
    int64_t colour; /* 1 to TEMPLATE_COLOURS */
};

/* A row of the legend that has no curve, such as the octets of a percentage. */
struct template_beside {
    char *source, *label, *unit;
    int prefixes; /* enum template_prefixes */
};

/* What tints the ground where it is above a level; the worse the darker. */
struct template_tint {
    char *source; /* NULL: nothing does */
    char *label, *unit;
    double above[TEMPLATE_LEVELS_MAX]; /* rising */
    size_t count;
};

struct graph_template {
    char *name;  /* SERIES of the command and the API */
    char *title; /* in words */
    char *axis;  /* what it says; "": the unit of the sensor */
    char *unit;  /* behind numbers; "": that of the sensor */
    char *total; /* the unit of totals: values are per second */
    int group;   /* enum series_group */
    int prefixes, together;
    double scale;    /* of the values; not of totals */
    bool free_floor; /* the axis need not show zero */
    double ceiling;  /* which the axis shows at least; 0 = none */
    bool percentile; /* drawn as a line of dashes */
    bool speed;      /* of the port, drawn as a line */
    bool columns[FIGURES];
    struct template_curve curves[TEMPLATE_CURVES_MAX];
    size_t curve_count; /* at least 1 */
    struct template_beside beside[TEMPLATE_CURVES_MAX];
    size_t beside_count;
    struct template_tint tint;
    unsigned keepers; /* besides its set */
};

/* Keeps a template though its set is freed, and gives that up; NULL is fine. */
const struct graph_template *template_keep(const struct graph_template *t);
void template_drop(const struct graph_template *t);

struct graph_templates; /* a set, immutable once loaded */

/* The set: what is compiled in, then every *.yaml of the directories in the
 * order of their names; directories that are not there are none. A template
 * with a fault, or a file that is no YAML, is told to complain_to (may be NULL)
 * with its place and left out; the others stay. */
struct graph_templates *
templates_load(const char *const *directories, size_t count,
               void (*complain_to)(const struct complaint *, void *),
               void *arg);
/* The same with one text more instead of directories: for tests. */
struct graph_templates *
templates_of_text(const char *name, struct bytes text,
                  void (*complain_to)(const struct complaint *, void *),
                  void *arg);
void templates_free(struct graph_templates *set);
OWNED_BY(struct graph_templates, templates_free)

/* By name; NULL if there is none. Lives as long as the set. */
const struct graph_template *templates_find(const struct graph_templates *set,
                                            const char *name);
size_t templates_count(const struct graph_templates *set);
/* The nth, in the order in which they were read. */
const struct graph_template *templates_at(const struct graph_templates *set,
                                          size_t n);

/* The unit of the values of a data source as they are stored: "B/s", "ms", "%",
 * "B", "/s"; "" of a sensor's. */
const char *source_unit(const char *source);

#endif
