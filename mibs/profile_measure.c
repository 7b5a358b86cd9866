/* Processors, memory, storage and sensors from the rows that were read. */
#include "mibs/profile_measure.h"

#include "base/table.h"

/* ---- columns of a row ------------------------------------------------------
 */

/* What is the same for all rows. */
static void instances_load(struct measure *m)
{
    static const struct value none = {.type = VALUE_NONE};

    for (size_t i = 0; i < m->table->column_count; i++) {
        const struct binding *b = &m->bound->columns[i];

        if (m->table->columns[i].kind != COLUMN_GET)
            continue;
        const struct kept_rows *rows = &m->reading->asked[b->ask].rows;
        m->values[i] =
            b->known && rows->count > 0 ? rows->at[0].values[b->place] : none;
    }
}

/* What column i, a join, holds at the index that the row tells. */
static struct value join_value(struct measure *m, size_t i)
{
    static const struct value none = {.type = VALUE_NONE};
    struct buffer *index = &m->scratch->text;
    const struct binding *b = &m->bound->columns[i];

    struct value known;

    m->joined[i].len = index->len = 0;
    if (!template_give(&m->table->columns[i].at, &m->scene, index) ||
        oid_parse(index->at, &m->joined[i]) < 0)
        return none;
    if (!b->known)
        return known_value(m->facts, m->table->columns[i].oid,
                           oid_view(&m->joined[i]), &known)
                   ? known
                   : none;
    const struct kept_row *row =
        reading_row(m->reading, b->ask, oid_view(&m->joined[i]));

    return row != NULL ? row->values[b->place] : none;
}

static void row_load(struct measure *m, const struct kept_row *row)
{
    const struct profile_table *t = m->table;

    m->scene.index = row->index;
    for (size_t i = 0; i < t->column_count; i++)
        if (t->columns[i].kind == COLUMN_WALK)
            m->values[i] = row->values[m->bound->columns[i].place];
    for (size_t i = 0; i < t->column_count; i++)
        if (t->columns[i].kind == COLUMN_JOIN)
            m->values[i] = join_value(m, i);
}

static bool row_is_skipped(const struct measure *m)
{
    return any_holds(&m->table->skips, &m->scene);
}

/* ---- tables ----------------------------------------------------------------
 */

static bool is_needless(const struct measure *m)
{
    for (size_t i = 0; i < m->table->unless.count; i++)
        if (table_find_text(m->gave, m->table->unless.at[i]) != NULL)
            return true;
    return false;
}

/* What the rows are together, and which of them is the first that counts; NaN
 * if none does. */
static double rows_combine(struct measure *m, const struct kept_row *rows,
                           size_t count, const struct kept_row **first)
{
    double sum = 0, least = INFINITY, greatest = -INFINITY;
    size_t counted = 0;

    for (size_t i = 0; i < count; i++) {
        row_load(m, &rows[i]);
        double value = row_is_skipped(m) ? NAN : measure_value(m);

        if (isnan(value))
            continue;
        if (counted++ == 0)
            *first = &rows[i];
        sum += value;
        least = fmin(least, value);
        greatest = fmax(greatest, value);
    }
    if (counted == 0)
        return NAN;
    switch ((enum table_combine)m->table->combine) {
    case COMBINE_AVERAGE:
        return sum / (double)counted;
    case COMBINE_LEAST:
        return least;
    case COMBINE_GREATEST:
        return greatest;
    case COMBINE_NONE:
    case COMBINE_SUM:
        break;
    }
    return sum;
}

/* Adds what all rows are together, called by the first of them. */
static void rows_add_combined(struct measure *m, const struct kept_row *rows,
                              size_t count)
{
    const struct kept_row *first = NULL;
    double combined = rows_combine(m, rows, count, &first);

    if (first == NULL)
        return;
    row_load(m, first);
    m->combined = combined;
    if (measure_add(m))
        m->scene.count++;
}

static void rows_add(struct measure *m, const struct kept_row *rows,
                     size_t count)
{
    for (size_t i = 0; i < count; i++) {
        row_load(m, &rows[i]);
        if (!row_is_skipped(m) && measure_add(m))
            m->scene.count++;
    }
}

static void table_measure(struct measure *m)
{
    static const struct kept_row nowhere = {.index = {0}};
    const struct profile_table *t = m->table;
    const struct kept_row *rows = &nowhere;
    size_t count = 1;

    if (m->bound->walks && !m->bound->bound)
        return;
    if (m->bound->walks) {
        rows = m->reading->asked[m->bound->ask].rows.at;
        count = m->reading->asked[m->bound->ask].rows.count;
    }
    if (count == 0)
        return;
    instances_load(m);
    m->scene.count = 1;
    if (t->combine == COMBINE_NONE)
        rows_add(m, rows, count);
    else
        rows_add_combined(m, rows, count);
    if (m->scene.count > 1)
        (void)table_put_text(m->gave, t->name, m->reading);
}

void profile_measure(struct profile_reading *r, struct facts *f)
{
    OWNED(table_free) struct table *seen = table_new();
    OWNED(table_free) struct table *gave = table_new();
    struct oid_store joined[TABLE_COLUMNS_MAX]; /* set before they are read */
    struct measure_scratch scratch = {.text = {0}};
    struct measure m = {
        .reading = r,
        .facts = f,
        .joined = joined,
        .scratch = &scratch,
        .seen = seen,
        .gave = gave,
    };

    for (size_t i = 0; i < r->profile->table_count; i++) {
        const struct profile_table *t = r->profile->tables[i];

        m.table = t;
        m.bound = &r->plan->tables[i];
        m.combined = NAN;
        m.scene = (struct scene){.table = t->name,
                                 .columns = m.values,
                                 .facts = f,
                                 .encoding = r->profile->quirks.encoding,
                                 .scratch = &scratch.scene};
        if (m.bound->read && !is_needless(&m))
            table_measure(&m);
    }
    buffer_fini(&scratch.text);
    buffer_fini(&scratch.safe);
    buffer_fini(&scratch.name);
    buffer_fini(&scratch.scene.of_template);
    buffer_fini(&scratch.scene.of_condition);
}
