#include "graphs/picture_gap.h"

#include "base/text.h"

#include <stdlib.h>

enum { GAPS_MAX = 100000 };

struct gap_list ARRAY_OF(struct band);

static const char others[] = "other reasons";

static size_t reason_of(struct bands *b, const char *name)
{
    for (size_t i = 0; i < b->reason_count; i++)
        if (strcmp(b->reasons[i].name, name) == 0)
            return i;
    if (b->reason_count == REASONS_MAX) {
        b->reasons[REASONS_MAX - 1].name = others;
        return REASONS_MAX - 1;
    }
    b->reasons[b->reason_count].name = name;
    return b->reason_count++;
}

static int by_start(const void *a, const void *b)
{
    const struct picture_gap *left = *(const struct picture_gap *const *)a;
    const struct picture_gap *right = *(const struct picture_gap *const *)b;

    return (left->from_s > right->from_s) - (left->from_s < right->from_s);
}

static int by_reason(const void *a, const void *b)
{
    const struct band *left = a, *right = b;

    if (left->reason != right->reason)
        return left->reason < right->reason ? -1 : 1;
    return (left->from_s > right->from_s) - (left->from_s < right->from_s);
}

/* The gaps within the picture, the first first, reasons by number. */
static void collect(const struct picture *p, struct bands *b,
                    struct gap_list *list)
{
    size_t count = p->gap_count < GAPS_MAX ? p->gap_count : GAPS_MAX;
    const struct picture_gap **sorted = mem_array(count, sizeof *sorted);

    for (size_t i = 0; i < count; i++)
        sorted[i] = &p->gaps[i];
    qsort(sorted, count, sizeof *sorted, by_start);
    for (size_t i = 0; i < count; i++) {
        struct band band = {
            .from_s =
                sorted[i]->from_s > p->from_s ? sorted[i]->from_s : p->from_s,
            .to_s = sorted[i]->to_s < p->to_s ? sorted[i]->to_s : p->to_s};

        if (band.from_s >= band.to_s)
            continue;
        band.reason = reason_of(b, sorted[i]->reason != NULL ? sorted[i]->reason
                                                             : "unknown");
        *array_add(list) = band;
    }
    free(sorted);
    if (list->count > 0) /* by reason, and still by time within each */
        qsort(list->at, list->count, sizeof *list->at, by_reason);
}

/* Joins equal ones that are at most near_s apart. */
static void join(struct gap_list *list, int64_t near_s)
{
    size_t kept = 0;

    for (size_t i = 0; i < list->count; i++) {
        struct band *last = kept > 0 ? &list->at[kept - 1] : NULL;
        const struct band *one = &list->at[i];

        if (last == NULL || last->reason != one->reason ||
            one->from_s - last->to_s > near_s)
            list->at[kept++] = *one;
        else if (one->to_s > last->to_s)
            last->to_s = one->to_s;
    }
    list->count = kept;
}

static void count_reasons(const struct gap_list *list, struct bands *b)
{
    for (size_t i = 0; i < list->count; i++) {
        struct gap_reason *r = &b->reasons[list->at[i].reason];

        r->count++;
        r->total_s += list->at[i].to_s - list->at[i].from_s;
    }
}

void bands_make(const struct picture *p, struct bands *out)
{
    struct gap_list list = {0};
    int64_t near_s = (p->to_s - p->from_s) / 1000;

    *out = (struct bands){0};
    collect(p, out, &list);
    join(&list, 0);
    count_reasons(&list, out);
    for (; list.count > BANDS_MAX; near_s = near_s * 2 + 1)
        join(&list, near_s);
    if (list.count > 0)
        memcpy(out->at, list.at, list.count * sizeof list.at[0]);
    out->count = list.count;
    array_fini(&list);
}

size_t reason_colour(const char *reason)
{
    static const struct {
        const char *part;
        size_t colour;
    } parts[] = {
        {"timeout", 0},     {"answer", 0}, {"unreachable", 0}, {"auth", 1},
        {"refuse", 1},      {"reset", 2},  {"restart", 2},     {"reboot", 2},
        {"counters", 2},    {"number", 2}, {"overload", 3},    {"skipped", 3},
        {"maintenance", 4},
    };

    for (size_t i = 0; i < COUNT_OF(parts); i++)
        if (text_contains_nocase(reason, parts[i].part))
            return parts[i].colour;
    return REASON_COLOURS - 1;
}
