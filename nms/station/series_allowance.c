#include "station/series_allowance.h"

enum { PERCENT = 100, SHARE_PERCENT = 1, ALL_WITHIN_S = 3600 };
/* What is not used is kept up to this: some thousand files at once. */
static const int64_t NS_PER_S = 1000000000, KEPT_NS = 1500000000;
/* Before one was made. */
static const int64_t EACH_GUESS_NS = 500000, EACH_MIN_NS = 10000;
enum { SMOOTH = 4 };

void allowance_init(struct allowance *a, struct mono now)
{
    *a = (struct allowance){KEPT_NS, EACH_GUESS_NS, now};
}

/* Of each second. */
static double share_of(const struct allowance *a, uint64_t files)
{
    double least = (double)a->each_ns / (double)NS_PER_S * (double)files /
                   (double)ALL_WITHIN_S;
    double share = (double)SHARE_PERCENT / PERCENT;

    return least > share ? least : share;
}

uint64_t allowance_files(struct allowance *a, struct mono now, uint64_t files)
{
    int64_t passed_ns = now.ns - a->at.ns;

    if (passed_ns > 0) {
        double more = (double)passed_ns * share_of(a, files);

        a->at = now;
        a->left_ns = more < (double)(KEPT_NS - a->left_ns)
                         ? a->left_ns + (int64_t)more
                         : KEPT_NS;
    }
    return a->left_ns > 0 ? (uint64_t)(a->left_ns / a->each_ns) : 0;
}

void allowance_spend(struct allowance *a, uint64_t made, int64_t cost_ns)
{
    if (made == 0)
        return;
    a->left_ns -= cost_ns;
    a->each_ns += (cost_ns / (int64_t)made - a->each_ns) / SMOOTH;
    if (a->each_ns < EACH_MIN_NS)
        a->each_ns = EACH_MIN_NS;
}
