/* picture_plan.h - what a picture is made of; for the files picture*.c alone.
 * Pure. */
#ifndef GRAPHS_PICTURE_PLAN_H
#define GRAPHS_PICTURE_PLAN_H

#include "graphs/picture_gap.h"

enum trace_kind {
    TRACE_CURVE,  /* drawn */
    TRACE_ALL,    /* a curve of all objects together */
    TRACE_BESIDE, /* a row of the legend alone */
    TRACE_TINT    /* tints the ground */
};

struct trace {
    enum trace_kind kind;
    const struct template_curve *curve; /* of TRACE_CURVE and TRACE_ALL */
    const char *source;
    size_t object;
    struct buffer label;
    const char *unit;
    enum template_prefixes prefixes;
    double scale;
    size_t colour;           /* in the colours of series */
    size_t dash;             /* 0: a full line */
    bool missing;            /* its file is not there */
    bool hidden;             /* of too many */
    double figures[FIGURES]; /* NaN = not known */
};

struct picture_plan {
    const struct picture *p;
    struct traces ARRAY_OF(struct trace) traces;
    bool several;  /* objects, not one */
    bool below;    /* something is below zero */
    bool peaks;    /* maxima are asked of their archives */
    size_t hidden; /* objects that are not drawn by themselves */
    struct bands bands;
};

/* True if any value of it is known. */
bool trace_is_known(const struct trace *t);

/* The highest and lowest value of what is drawn; 0 if nothing is known. */
double plan_highest(const struct picture_plan *plan);
double plan_lowest(const struct picture_plan *plan);

#endif
