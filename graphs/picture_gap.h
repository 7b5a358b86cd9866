/* picture_gap.h - the gaps of a picture as few bands, and what the legend says
 * of them; for the files picture*.c alone. Pure. */
#ifndef GRAPHS_PICTURE_GAP_H
#define GRAPHS_PICTURE_GAP_H

#include "graphs/picture.h"

enum { BANDS_MAX = 60, REASONS_MAX = 6 };

/* Where a reason holds. */
struct band {
    int64_t from_s, to_s;
    size_t reason;
};

/* Gaps of one reason. */
struct gap_reason {
    const char *name; /* lives as long as the gaps */
    size_t count;
    int64_t total_s;
};

struct bands {
    struct band at[BANDS_MAX];
    size_t count;
    struct gap_reason reasons[REASONS_MAX]; /* the first by its first gap */
    size_t reason_count;
};

/* Cut to the time of the picture; equal ones that touch are one; nearby equal
 * ones join while there are more than BANDS_MAX, and what is more than
 * REASONS_MAX is "other reasons". */
void bands_make(const struct picture *p, struct bands *out);

/* The place of a reason in the colours of a theme, below REASON_COLOURS. */
enum { REASON_COLOURS = 6 };
size_t reason_colour(const char *reason);

#endif
