#include "station/rule_window.h"

#include "base/mem.h"

#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { TREND_SLOTS = 8, TREND_SHARE = 8 }; /* that a trend needs at least */

static const double DAY_MS = 86400e3;

struct slot {
    int64_t at_ms; /* of its newest value */
    float mean;
    uint32_t count;
};

struct window {
    int64_t over_ms;
    double per_day; /* as of the last slot that ended */
    uint32_t first, count;
    struct slot slots[WINDOW_SLOTS];
};

struct window *window_new(int64_t over_ms)
{
    struct window *w = mem_new(struct window);

    w->over_ms = over_ms;
    w->per_day = NAN;
    return w;
}

void window_free(struct window *w)
{
    free(w);
}

int64_t window_over_ms(const struct window *w)
{
    return w->over_ms;
}

static const struct slot *slot_at(const struct window *w, uint32_t n)
{
    return &w->slots[(w->first + n) % WINDOW_SLOTS];
}

static const struct slot *newest(const struct window *w)
{
    return w->count > 0 ? slot_at(w, w->count - 1) : NULL;
}

/* What time of the window has been seen. */
static int64_t span_ms(const struct window *w)
{
    return w->count > 0 ? newest(w)->at_ms - slot_at(w, 0)->at_ms : 0;
}

static int64_t slot_ms(const struct window *w)
{
    return w->over_ms / (WINDOW_SLOTS - 2);
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static double median(double *at, size_t count)
{
    qsort(at, count, sizeof *at, by_value);
    return count % 2 == 1 ? at[count / 2]
                          : (at[count / 2 - 1] + at[count / 2]) / 2;
}

/* Of many slots every third: a ninth of the pairs tells the same. */
static double slope(const struct window *w)
{
    enum { POINTS = WINDOW_SLOTS / 3 + 1 };
    double slopes[POINTS * (POINTS - 1) / 2];
    uint32_t every = w->count > POINTS ? 3 : 1;
    size_t count = 0;

    for (uint32_t i = 0; i < w->count; i += every)
        for (uint32_t k = i + every; k < w->count; k += every) {
            const struct slot *a = slot_at(w, i), *b = slot_at(w, k);

            slopes[count++] = (double)(b->mean - a->mean) /
                              (double)(b->at_ms - a->at_ms) * DAY_MS;
        }
    return count > 0 ? median(slopes, count) : NAN;
}

void window_add(struct window *w, struct wall at, double value)
{
    struct slot *last = w->count > 0 ? (struct slot *)newest(w) : NULL;

    /* NaN is none of these. */
    if (!(fabs(value) <= (double)FLT_MAX) ||
        (last != NULL && at.ms <= last->at_ms))
        return;
    while (w->count > 0 && slot_at(w, 0)->at_ms < at.ms - w->over_ms) {
        w->first = (w->first + 1) % WINDOW_SLOTS;
        w->count--;
    }
    if (w->count > 0 && at.ms / slot_ms(w) == last->at_ms / slot_ms(w)) {
        last->count++;
        last->mean += (float)((value - (double)last->mean) / last->count);
        last->at_ms = at.ms;
        return;
    }
    if (w->count == WINDOW_SLOTS) { /* cannot be: slots are shorter than that */
        w->first = (w->first + 1) % WINDOW_SLOTS;
        w->count--;
    }
    if (w->count >= TREND_SLOTS && span_ms(w) >= w->over_ms / TREND_SHARE)
        w->per_day = slope(w);
    w->slots[(w->first + w->count++) % WINDOW_SLOTS] =
        (struct slot){.at_ms = at.ms, .mean = (float)value, .count = 1};
}

double window_change(const struct window *w)
{
    if (w->count < 2 || span_ms(w) < w->over_ms - w->over_ms / 4)
        return NAN;
    return (double)newest(w)->mean - (double)slot_at(w, 0)->mean;
}

double window_percentile(const struct window *w, double percent)
{
    double values[WINDOW_SLOTS];

    if (w->count < 2 || span_ms(w) < w->over_ms / 2)
        return NAN;
    for (uint32_t i = 0; i < w->count; i++)
        values[i] = (double)slot_at(w, i)->mean;
    qsort(values, w->count, sizeof values[0], by_value);
    size_t nth = (size_t)ceil(percent / 100 * w->count);
    return values[nth > 0 ? nth - 1 : 0];
}

double window_per_day(const struct window *w)
{
    return w->per_day;
}

void window_write(const struct window *w, struct buffer *out)
{
    buffer_format(out, "1");
    for (uint32_t i = 0; i < w->count; i++) {
        const struct slot *s = slot_at(w, i);

        buffer_format(out, " %" PRId64 ":%.7g", s->at_ms, (double)s->mean);
    }
}

void window_read(struct window *w, const char *text)
{
    if (strncmp(text, "1 ", 2) != 0)
        return;
    text++;
    for (uint32_t n = 0; n < WINDOW_SLOTS; n++) {
        char *end;
        int64_t at_ms = strtoll(text, &end, 10);

        if (end == text || *end != ':')
            return;
        text = end + 1;
        double value = strtod(text, &end);
        if (end == text || !isfinite(value))
            return;
        text = end;
        window_add(w, (struct wall){at_ms}, value);
    }
}
