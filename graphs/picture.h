/* picture.h - the picture of series, as arguments for rrdtool graph. Pure.
 *
 * A picture takes two questions. The first, picture_ask(), has rrdtool compute
 * the figures of the legend; the second, picture_arguments(), draws with a
 * legend of our own words, so that columns stand in line, what is not known is
 * told in words, and a description of the picture is the same words.
 */
#ifndef GRAPHS_PICTURE_H
#define GRAPHS_PICTURE_H

#include "graphs/template.h"

enum picture_format { PICTURE_PNG, PICTURE_SVG };

enum {
    PICTURE_WIDTH_MAX = 4000,
    PICTURE_HEIGHT_MAX = 2000,
    PICTURE_OBJECTS_MAX = 100
};

/* One of the objects that share a picture. */
struct picture_object {
    const char *path;  /* of its file, as layout_path() made it */
    const char *label; /* what it is called where there are several */
    bool missing;      /* its file is not there (yet) */
};

/* A time of which nothing is known, and why. */
struct picture_gap {
    int64_t from_s, to_s;
    const char *reason;
};

/* What files may lack, found out by asking: together in lacks. */
enum {
    PICTURE_LACKS_OPTIONAL = 1, /* sources that are marked so */
    PICTURE_LACKS_PEAKS = 2     /* archives of maxima */
};

/* Texts are made safe. */
struct picture {
    const struct graph_template *what;
    enum picture_format format;
    const struct picture_object *objects;
    size_t count;      /* 1..PICTURE_OBJECTS_MAX */
    const char *title; /* NULL = none */
    const char *unit;  /* of a sensor: "C", "V"; else NULL */
    int64_t from_s, to_s;
    unsigned width, height;         /* of the plot, pixels; 0 = 720 x 220 */
    double speed_bps;               /* of the port, drawn as a line; 0 = none */
    bool dark;                      /* for a dark page */
    bool stacked;                   /* several objects on each other */
    unsigned lacks;                 /* PICTURE_LACKS_... */
    const struct picture_gap *gaps; /* borrowed until the call returns */
    size_t gap_count;
};

/* A deep copy (but for the template); free() it by picture_free(). */
struct picture *picture_copy(const struct picture *p);
void picture_free(struct picture *p);
OWNED_BY(struct picture, picture_free)

/* Arguments of rrdtool; at and each text on the heap. */
struct picture_argv ARRAY_OF(char *);
void picture_argv_free(struct picture_argv *argv);
OWNED_BY(struct picture_argv, picture_argv_free)

/* What is asked and drawn: a trace for each curve of each object. */
struct picture_plan;
struct picture_plan *picture_plan_new(const struct picture *p);
void picture_plan_free(struct picture_plan *plan);
OWNED_BY(struct picture_plan, picture_plan_free)

/* "graphv" "-" ...: has the figures printed. root is the directory of the files
 * with a slash behind it ("" where a remote rrdcached knows it); daemon is
 * rrdcached's address ("unix:/path") or NULL. */
struct picture_argv *picture_ask(const struct picture_plan *plan,
                                 const char *root, const char *daemon);

/* Takes what was printed. -EBADMSG if these are not the answers. */
int picture_take(struct picture_plan *plan, const char *const *printed,
                 size_t count) __attribute__((warn_unused_result));

/* "graphv" "-" ...: draws. After picture_take(). */
struct picture_argv *picture_arguments(const struct picture_plan *plan,
                                       const char *root, const char *daemon);

/* Appends title and legend as plain text, a line each: what the picture says to
 * who cannot see it. */
void picture_describe(const struct picture_plan *plan, struct buffer *out);

#endif
