/* draw_tokens.h - colours and widths of a map's picture: the light theme of the
 * page's tokens, so that a map looks the same printed and on the screen. */
#ifndef TOPOLOGY_DRAW_TOKENS_H
#define TOPOLOGY_DRAW_TOKENS_H

#include "topology/map.h"

#define DRAW_SEA "#F8F6F0"
#define DRAW_SURFACE "#FFFEFB"
#define DRAW_LINE "#DDD7CA"
#define DRAW_INK "#16222D"
#define DRAW_INK_2 "#435260"
#define DRAW_INK_3 "#5B6872"
#define DRAW_COAST "#B7A98A"
#define DRAW_PLATE_LINE "#5C6A76"
#define DRAW_ACCENT "#0B5B87"
#define DRAW_ACCENT_SOFT "#D9E8F1"
#define DRAW_LINK_UNKNOWN "#93A0AB"
#define DRAW_LINK_DOWN "#74083F"
#define DRAW_LINK_BLOCKED "#74797D"
#define DRAW_LINK_STALE "#9A8E78"
#define DRAW_LINK_CANDIDATE "#0B5B87"
#define DRAW_FONT "Noto Sans,Noto Sans CJK SC,DejaVu Sans"

/* How a state looks: three ways to tell it, so that two may fail. */
struct draw_state {
    const char *mark;  /* glyph before its words, "" = none */
    const char *icon;  /* badge, in icons/state; "" = none */
    const char *word;  /* as people read it */
    const char *line;  /* border of the plate */
    const char *fill;  /* of the plate */
    const char *text;  /* of its words and name */
    double width;      /* of the border */
    const char *style; /* of the border: "", "dashed", "dotted" */
};
const struct draw_state *draw_state(enum map_state s);

/* The colour of a load, a share of speed; the unknown one for NaN. */
const char *draw_load_colour(double load);

enum { DRAW_LOAD_STEPS = 8 };
const char *draw_load_step(unsigned step);

/* Points wide. */
double draw_link_width(uint64_t speed_bps);

/* "10G", "2.5G", "100M"; "" if not known. len >= 16. */
const char *draw_speed_text(uint64_t speed_bps, char *out, size_t len);

/* End devices are drawn smaller than what carries others. */
double draw_plate_size(enum device_kind kind);

#endif
