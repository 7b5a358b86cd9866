/* portolanRiskHistTable: risk by hours. */
#include "base/mem.h"
#include "north/agent_view_parts.h"

#include <math.h>

enum { HOURS = 24, HOUR_MS = 3600000 };

static uint32_t hour_of(struct wall at)
{
    return (uint32_t)(at.ms / HOUR_MS);
}

void agent_view_list_histories(struct agent_view *v)
{
    uint32_t now = hour_of(v->snapshot->at);
    size_t rows = 0;

    for (size_t i = 0; i < v->objects.count; i++) {
        const struct object_row *o = &v->objects.at[i];
        uint32_t first = now > HOURS ? now - HOURS + 1 : 0;

        if (o->history == NULL || o->history->count == 0)
            continue;
        uint32_t known = hour_of(risk_history_at(o->history, 0)->at);
        if (o->history->count == RISK_POINTS && known > first)
            first = known; /* what was before is lost */
        if (first > now)
            continue; /* a clock that was put back */
        *array_add(&v->histories) =
            (struct history_row){.object = o->index,
                                 .first_hour = first,
                                 .hours = now - first + 1,
                                 .row = rows,
                                 .history = o->history};
        rows += now - first + 1;
    }
}

static size_t history_rows(const void *of)
{
    const struct history_rows *all = &agent_scene_view(of)->histories;

    return all->count > 0
               ? all->at[all->count - 1].row + all->at[all->count - 1].hours
               : 0;
}

static const struct history_row *row_at(const void *of, size_t row,
                                        uint32_t *hour)
{
    const struct history_rows *all = &agent_scene_view(of)->histories;
    size_t low = 0, high = all->count;

    while (high - low > 1) {
        size_t middle = (low + high) / 2;

        if (all->at[middle].row <= row)
            low = middle;
        else
            high = middle;
    }
    *hour = all->at[low].first_hour + (uint32_t)(row - all->at[low].row);
    return &all->at[low];
}

static void history_index(const void *of, size_t row, struct oid_store *out)
{
    uint32_t hour;

    (void)oid_push(out, row_at(of, row, &hour)->object);
    (void)oid_push(out, hour);
}

static void history_value(const void *of, size_t row, uint32_t column,
                          struct mib_cell *out)
{
    enum { START = 2, HIGHEST, MEAN };
    struct wall now = agent_scene_view(of)->snapshot->at, from, to;
    struct risk_span span;
    uint32_t hour;
    const struct history_row *h = row_at(of, row, &hour);
    struct wall oldest = risk_history_at(h->history, 0)->at;

    from.ms = (int64_t)hour * HOUR_MS;
    to.ms = from.ms + HOUR_MS < now.ms ? from.ms + HOUR_MS : now.ms;
    if (column == START) {
        mib_date(out, from);
        return;
    }
    if (h->history->count == RISK_POINTS && from.ms < oldest.ms)
        from = oldest;
    (void)risk_history_span(h->history, from, to, &span); /* it is known */
    mib_integer(out, lround(column == HIGHEST ? span.highest
                            : column == MEAN  ? span.mean
                                              : span.last));
}

static const uint8_t history_columns[] = {2, 3, 4, 5};
static const struct mib_table history_table = {.entry = OID_INIT(1, 6, 1),
                                               .own = true,
                                               MIB_COLUMNS(history_columns),
                                               .rows = history_rows,
                                               .index = history_index,
                                               .value = history_value};

const struct mib_table *const agent_risk_tables[] = {&history_table, NULL};
