#include "graphs/summary.h"

#include <math.h>
#include <stdlib.h>

static const double PERCENTILE = 95;

static int by_value(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;

    return (left > right) - (left < right);
}

struct summary summary_make(const double *at, size_t count, size_t stride,
                            int64_t step_s)
{
    struct summary s;
    double *known = mem_array(count, sizeof *known), sum = 0;
    size_t n = 0;

    for (size_t i = 0; i < FIGURES; i++)
        s.figures[i] = (double)NAN;
    for (size_t i = 0; i < count; i++) {
        double value = at[i * stride];

        if (!isfinite(value))
            continue;
        known[n++] = value;
        sum += value;
        s.figures[FIGURE_LAST] = value;
    }
    if (n > 0) {
        size_t field = (size_t)lround(PERCENTILE * (double)(n - 1) / 100);

        qsort(known, n, sizeof *known, by_value);
        s.figures[FIGURE_MIN] = known[0];
        s.figures[FIGURE_MAX] = known[n - 1];
        s.figures[FIGURE_MEAN] = sum / (double)n;
        s.figures[FIGURE_P95] = known[field];
        s.figures[FIGURE_TOTAL] = sum * (double)step_s;
    }
    free(known);
    return s;
}
