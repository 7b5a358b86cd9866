#include "graphs/blank.h"

#include "base/mem.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static const double xff = 0.5; /* as layout_parts() says */

static void describe(struct rrd_source *s, const struct layout *l,
                     enum series_group group, size_t nth)
{
    const char *name = series_group_value(group, nth);

    assert(strlen(name) < sizeof s->name);
    (void)snprintf(s->name, sizeof s->name, "%s", name);
    (void)snprintf(s->type, sizeof s->type, "GAUGE");
    (void)snprintf(s->last, sizeof s->last, "U");
    s->heartbeat_s = l->heartbeat_s;
    s->min = series_group_least(group);
    s->max = NAN;
}

static void add_archive(struct rrd *blank, struct rrd_archive *a,
                        const struct layout_archive *from, const char *cf)
{
    (void)snprintf(a->cf, sizeof a->cf, "%s", cf);
    a->points = from->points;
    a->rows = from->rows;
    a->xff = xff;
    a->begun = mem_array(blank->sources, sizeof *a->begun);
}

struct rrd *blank_new(const struct layout *l, enum series_group group)
{
    size_t archives = l->count, nth = 0;

    for (size_t i = 0; i < l->count; i++)
        archives += l->archives[i].max;
    struct rrd *blank = rrd_new(series_group_values(group), archives);
    blank->step_s = l->step_s;
    for (size_t i = 0; i < blank->sources; i++)
        describe(&blank->source[i], l, group, i);
    for (size_t i = 0; i < l->count; i++)
        add_archive(blank, &blank->archive[nth++], &l->archives[i], "AVERAGE");
    for (size_t i = 0; i < l->count; i++)
        if (l->archives[i].max)
            add_archive(blank, &blank->archive[nth++], &l->archives[i], "MAX");
    return blank;
}

void blank_begin(struct rrd *blank, int64_t begin_s)
{
    uint64_t begin = (uint64_t)begin_s, part_s = begin % blank->step_s;

    blank->updated_s = begin_s;
    for (size_t i = 0; i < blank->sources; i++) {
        blank->source[i].unknown_s = part_s;
        blank->source[i].sum = NAN;
    }
    for (size_t a = 0; a < blank->archives; a++) {
        struct rrd_archive *archive = &blank->archive[a];
        uint64_t row_s = blank->step_s * archive->points;

        for (size_t i = 0; i < blank->sources; i++)
            archive->begun[i] = (struct rrd_begun){
                NAN, (begin - part_s) % row_s / blank->step_s};
    }
}

uint64_t blank_rows_len(const struct rrd *blank)
{
    uint64_t rows = 0;

    for (size_t a = 0; a < blank->archives; a++)
        rows += blank->archive[a].rows;
    return rows * blank->sources * sizeof(double);
}
