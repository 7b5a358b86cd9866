/* rule_window.h - what a value was over a time: its change, a percentile, a
 * trend that outliers do not bend. Pure; memory is fixed however long the time
 * is: it is cut into slots, and a slot keeps the mean of its values.
 */
#ifndef STATION_RULE_WINDOW_H
#define STATION_RULE_WINDOW_H

#include "base/bytes.h"
#include "base/clock.h"
#include "base/own.h"

enum { WINDOW_SLOTS = 96 };

struct window;

/* Of the last over_ms. */
struct window *window_new(int64_t over_ms);
void window_free(struct window *w);
OWNED_BY(struct window, window_free)

/* As it was made. */
int64_t window_over_ms(const struct window *w);

/* The next value; what is not known is not added, nor what is not later or
 * beyond what a float holds. */
void window_add(struct window *w, struct wall at, double value);

/* The newest value less what it was over_ms ago; NaN before that was seen. */
double window_change(const struct window *w);

/* The value that percent of the slots do not exceed; NaN before half of the
 * time was seen. */
double window_percentile(const struct window *w, double percent);

/* How much it grows in a day: the median of the slopes between all pairs of
 * slots (Theil and Sen); NaN before an eighth of the time was seen, in eight
 * slots. Computed when a slot ends. */
double window_per_day(const struct window *w);

/* As a text for the store, and back; what cannot be read leaves it empty. */
void window_write(const struct window *w, struct buffer *out);
void window_read(struct window *w, const char *text);

#endif
