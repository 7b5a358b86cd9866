/* past.h - rows of the past: what held of objects, from which moment on. Kept
 * by store_past.h, written and read by chronicle.h. */
#ifndef STATION_PAST_H
#define STATION_PAST_H

#include "base/arena.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/own.h"

struct past_row {
    struct wall at;
    const char *kind, *key, *text;
};

struct past {
    struct past_rows ARRAY_OF(struct past_row) rows;
    struct arena *arena; /* holds their texts */
    struct wall from;    /* as far back as anything is kept; 0 = nothing is */
};
struct past *past_new(void);
void past_free(struct past *p);
OWNED_BY(struct past, past_free)
/* By kind and key. */
void past_sort(struct past *p);
/* Copies the texts. */
void past_add(struct past *p, const struct past_row *row);

#endif
