#include "graphs/recast.h"

#include "base/mem.h"
#include "graphs/blank.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char average[] = "AVERAGE", maximum[] = "MAX";
static const double xff = 0.5; /* as of blank.h */

/* ---- what an old file knows, as one line of time ------------------------- */

/* Some seconds, all of one value as far as they are known. */
struct span {
    int64_t from_s, to_s;
    double value, known_s;
};

/* Of one data source, as means or as highest: spans that touch, oldest first.
 * Questions come in order, so that it is gone through once. */
struct line {
    struct spans ARRAY_OF(struct span) spans;
    bool max;
    size_t at; /* spans before it are older than any question to come */
};

static int64_t floor_to(int64_t time_s, int64_t step_s)
{
    return time_s - time_s % step_s;
}

static int64_t row_s(const struct rrd *rrd, const struct rrd_archive *a)
{
    return (int64_t)(rrd->step_s * a->points);
}

/* The end of the newest row, and the begin of the oldest. */
static int64_t newest_of(const struct rrd *rrd, const struct rrd_archive *a)
{
    return floor_to(floor_to(rrd->updated_s, (int64_t)rrd->step_s),
                    row_s(rrd, a));
}

static int64_t oldest_of(const struct rrd *rrd, const struct rrd_archive *a)
{
    return newest_of(rrd, a) - (int64_t)a->rows * row_s(rrd, a);
}

/* Of one step the highest is the mean. */
static bool tells(const struct rrd_archive *a, bool max)
{
    return strcmp(a->cf, max ? maximum : average) == 0 ||
           (max && a->points == 1 && strcmp(a->cf, average) == 0);
}

static void add_span(struct line *line, int64_t from_s, int64_t to_s,
                     double value, double known_s)
{
    bool known = isfinite(value) && known_s > 0;

    if (from_s < to_s)
        *array_add(&line->spans) =
            (struct span){from_s, to_s, known ? value : 0, known ? known_s : 0};
}

/* Rows that begin before limit_s, cut there. */
static void add_rows(struct line *line, const struct rrd *rrd,
                     const struct rrd_archive *a, size_t source,
                     int64_t limit_s)
{
    int64_t length = row_s(rrd, a), from = oldest_of(rrd, a);

    for (uint64_t r = 0; r < a->rows && from < limit_s; r++, from += length) {
        int64_t to = from + length < limit_s ? from + length : limit_s;

        add_span(line, from, to, a->values[r * rrd->sources + source],
                 (double)(to - from));
    }
}

/* Steps behind the newest row of the finest archive, and seconds behind the
 * last step. */
static void add_begun(struct line *line, const struct rrd *rrd,
                      const struct rrd_archive *finest, size_t source)
{
    const struct rrd_begun *begun = &finest->begun[source];
    const struct rrd_source *s = &rrd->source[source];
    int64_t row = newest_of(rrd, finest);
    int64_t step = floor_to(rrd->updated_s, (int64_t)rrd->step_s);
    double steps = (double)(step - row) / (double)rrd->step_s;
    double known = steps - (double)begun->unknown;
    double known_s = (double)(rrd->updated_s - step) - (double)s->unknown_s;

    add_span(line, row, step,
             line->max || known <= 0 ? begun->value : begun->value / known,
             known * (double)rrd->step_s);
    add_span(line, step, rrd->updated_s, known_s > 0 ? s->sum / known_s : NAN,
             known_s);
}

static int by_points(const void *a, const void *b)
{
    const struct rrd_archive *const *x = a, *const *y = b;

    return ((*x)->points > (*y)->points) - ((*x)->points < (*y)->points);
}

/* Finest first; how many. */
static size_t sort_archives(const struct rrd *rrd, bool max,
                            const struct rrd_archive *out[RRD_ARCHIVES_MAX])
{
    size_t count = 0;

    for (size_t a = 0; a < rrd->archives && count < RRD_ARCHIVES_MAX; a++)
        if (tells(&rrd->archive[a], max))
            out[count++] = &rrd->archive[a];
    qsort(out, count, sizeof(const struct rrd_archive *), by_points);
    return count;
}

static void line_draw(struct line *line, const struct rrd *rrd, size_t source,
                      bool max)
{
    const struct rrd_archive *archives[RRD_ARCHIVES_MAX];
    int64_t limits[RRD_ARCHIVES_MAX]; /* from where on a finer one tells */
    size_t count = sort_archives(rrd, max, archives);

    line->spans.count = 0;
    line->at = 0;
    line->max = max;
    for (size_t i = 0; i < count; i++) {
        int64_t finer =
            i == 0 ? rrd->updated_s : oldest_of(rrd, archives[i - 1]);

        limits[i] = i > 0 && limits[i - 1] < finer ? limits[i - 1] : finer;
    }
    for (size_t i = count; i > 0; i--)
        add_rows(line, rrd, archives[i - 1], source, limits[i - 1]);
    if (count > 0)
        add_begun(line, rrd, archives[0], source);
}

/* What is known between two moments. */
struct known {
    double value; /* the mean, or the highest; NaN */
    double s;     /* seconds that are known */
};

static struct known line_ask(struct line *line, int64_t from_s, int64_t to_s)
{
    struct known k = {NAN, 0};
    double sum = 0, most = -INFINITY;

    while (line->at < line->spans.count &&
           line->spans.at[line->at].to_s <= from_s)
        line->at++;
    for (size_t i = line->at;
         i < line->spans.count && line->spans.at[i].from_s < to_s; i++) {
        const struct span *s = &line->spans.at[i];
        int64_t begin = s->from_s > from_s ? s->from_s : from_s;
        int64_t end = s->to_s < to_s ? s->to_s : to_s;
        double share = (double)(end - begin) / (double)(s->to_s - s->from_s);

        if (s->known_s <= 0)
            continue;
        k.s += share * s->known_s;
        sum += share * s->known_s * s->value;
        most = s->value > most ? s->value : most;
    }
    if (k.s > 0)
        k.value = line->max ? most : sum / k.s;
    return k;
}

/* One row, or one step: unknown where more than half of it is. */
static double line_row(struct line *line, int64_t from_s, int64_t to_s)
{
    struct known k = line_ask(line, from_s, to_s);
    double whole = (double)(to_s - from_s);

    return whole - k.s > xff * whole ? (double)NAN : k.value;
}

/* ---- the new file -------------------------------------------------------- */

/* The rows that it has already. */
struct same {
    const struct rrd *rrd;
    const struct rrd_archive *archive; /* NULL: none */
    size_t source;
};

static struct same find_same(const struct rrd *from, size_t source,
                             const char *cf, int64_t length)
{
    for (size_t a = 0; a < from->archives; a++)
        if (strcmp(from->archive[a].cf, cf) == 0 &&
            row_s(from, &from->archive[a]) == length)
            return (struct same){from, &from->archive[a], source};
    return (struct same){from, NULL, source};
}

/* The value of its row that ends at a moment; false if it reaches not there. */
static bool same_value(const struct same *same, int64_t end_s, double *out)
{
    const struct rrd_archive *a = same->archive;

    if (a == NULL || end_s <= oldest_of(same->rrd, a) ||
        end_s > newest_of(same->rrd, a))
        return false;
    int64_t back = (newest_of(same->rrd, a) - end_s) / row_s(same->rrd, a);
    size_t row = (size_t)((int64_t)a->rows - 1 - back);
    *out = a->values[row * same->rrd->sources + same->source];
    return true;
}

static void fill(const struct rrd *to, struct rrd_archive *a, size_t source,
                 struct line *line, const struct same *same)
{
    int64_t length = row_s(to, a), end = oldest_of(to, a);

    line->at = 0;
    for (uint64_t r = 0; r < a->rows; r++) {
        double *value = &a->values[r * to->sources + source];

        end += length;
        if (!same_value(same, end, value))
            *value = line_row(line, end - length, end);
    }
}

/* What is under way of an archive. Of one step there is nothing. */
static struct rrd_begun begin(const struct rrd *to, const struct rrd_archive *a,
                              struct line *line)
{
    struct rrd_begun begun = {NAN, 0};
    int64_t step = (int64_t)to->step_s;
    int64_t last = floor_to(to->updated_s, step);

    for (int64_t end = newest_of(to, a) + step; end <= last; end += step) {
        double value = line_row(line, end - step, end);

        if (isnan(value))
            begun.unknown++;
        else if (isnan(begun.value))
            begun.value = value;
        else if (line->max)
            begun.value = fmax(begun.value, value);
        else
            begun.value += value;
    }
    return begun;
}

/* What is under way of a data source. */
static void begin_step(const struct rrd *to, struct rrd_source *s,
                       struct line *line)
{
    int64_t step = floor_to(to->updated_s, (int64_t)to->step_s);

    line->at = 0;
    struct known k = line_ask(line, step, to->updated_s);
    s->sum = k.s > 0 ? k.value * k.s : step < to->updated_s ? (double)NAN : 0;
    s->unknown_s = (uint64_t)llround((double)(to->updated_s - step) - k.s);
}

static struct rrd *frame(const struct rrd *from, const struct layout *l,
                         enum series_group group)
{
    struct rrd *to = blank_new(l, group);

    to->updated_s = from->updated_s;
    for (size_t a = 0; a < to->archives; a++)
        rrd_archive_init(to, &to->archive[a], to->archive[a].rows);
    return to;
}

/* The place of a source of that name; the count of sources if there is none. */
static size_t find_source(const struct rrd *rrd, const char *name)
{
    size_t i = 0;

    while (i < rrd->sources && strcmp(rrd->source[i].name, name) != 0)
        i++;
    return i;
}

/* Means or highest of a data source; old: where it was, if it was there. */
static void carry(const struct rrd *from, size_t old, struct rrd *to, size_t s,
                  struct line *line)
{
    for (size_t i = 0; i < to->archives; i++) {
        struct rrd_archive *a = &to->archive[i];
        struct same same = find_same(from, old, a->cf, row_s(to, a));

        if ((strcmp(a->cf, maximum) == 0) != line->max)
            continue;
        if (old == from->sources)
            same.archive = NULL;
        fill(to, a, s, line, &same);
        a->begun[s] = begin(to, a, line);
    }
    if (!line->max)
        begin_step(to, &to->source[s], line);
}

struct rrd *rrd_recast(const struct rrd *from, const struct layout *l,
                       enum series_group group)
{
    struct rrd *to = frame(from, l, group);
    struct line line = {0};

    for (size_t s = 0; s < to->sources; s++) {
        size_t old = find_source(from, to->source[s].name);
        if (old < from->sources)
            memcpy(to->source[s].last, from->source[old].last,
                   sizeof to->source[s].last);
        for (int max = 0; max < 2; max++) {
            line.spans.count = 0;
            line.max = max != 0;
            if (old < from->sources)
                line_draw(&line, from, old, max != 0);
            carry(from, old, to, s, &line);
        }
    }
    array_fini(&line.spans);
    return to;
}
