#include "wire/walk_parts.h"

#include "base/mem.h"

#include <errno.h>

enum { IDLE_MAX = 2 };

/* A little more than the average, since rows differ. */
static const double size_margin = 1.02;

static struct oid index_of(const struct walk_column *column)
{
    return (struct oid){column->index, column->index_len};
}

/* ---- asking -------------------------------------------------------------- */

/* True if all columns are asked in turn and stand at one index, and no row
 * waits. */
static bool is_level(const struct walk *w)
{
    struct oid at = index_of(&w->columns[0]);

    if (w->unordered || w->asked_count != w->count ||
        walk_rows_first(&w->rows) != NULL)
        return false;
    for (size_t i = 0; i < w->count; i++) {
        if (w->asked[i] != i || !oid_equal(index_of(&w->columns[i]), at))
            return false;
    }
    return true;
}

/* Brings all columns to where the first stands. */
static void spread(struct walk *w)
{
    for (size_t i = 0; w->level && i < w->count; i++) {
        struct walk_column *column = &w->columns[i];

        column->came = column->news = false;
        column->over = column->backward = column->doubtful = false;
        if (!w->passed)
            continue;
        column->idle = 0;
        if (i > 0)
            walk_column_stand(column, index_of(&w->columns[0]));
    }
    w->level = false;
}

/* In an orderly table columns that are behind come first, and those far ahead
 * wait; else all in turn. */
static size_t rank_of(const struct walk *w, const struct walk_column *column)
{
    return w->unordered ? column->asked : column->ahead;
}

/* Chooses up to most columns for the next PDU. */
static void choose(struct walk *w, size_t most)
{
    size_t slack = w->repetitions / 2;

    w->asked_count = 0;
    for (size_t i = 0; i < w->count; i++) {
        const struct walk_column *column = &w->columns[i];
        size_t rank = rank_of(w, column), at = w->asked_count;

        if (column->ended || (!w->unordered && rank > slack))
            continue;
        while (at > 0 && rank_of(w, &w->columns[w->asked[at - 1]]) > rank)
            at--;
        if (at == most)
            continue;
        size_t moved = w->asked_count - at;
        if (w->asked_count == most)
            moved--;
        else
            w->asked_count++;
        memmove(&w->asked[at + 1], &w->asked[at], moved * sizeof w->asked[0]);
        w->asked[at] = (uint16_t)i;
    }
}

static uint32_t repetitions_of(const struct walk *w)
{
    double row = w->value_octets * size_margin * (double)w->asked_count;
    uint32_t most = w->agent->rules.max_repetitions;

    if (!w->bulk)
        return 1;
    if (most == 0 || most > w->repetitions_max)
        most = w->repetitions_max;
    return (uint32_t)walk_fit(w, row, most);
}

/* No more than are left by what the table had last time, and the one behind its
 * end: agents need not look up, nor we read, what follows it. */
static uint32_t repetitions_left(const struct walk *w)
{
    uint64_t done = w->yielded + w->rows.count;
    uint64_t left = done < w->rows_usual ? w->rows_usual - done + 1 : 0;

    return left == 0 || left > w->repetitions_fit ? w->repetitions_fit
                                                  : (uint32_t)left;
}

/* Readies columns that are asked for an answer. */
static void ready(struct walk *w)
{
    for (size_t i = 0; i < w->asked_count; i++) {
        struct walk_column *column = &w->columns[w->asked[i]];

        column->asked++;
        column->came = column->news = false;
        column->over = column->backward = column->doubtful = false;
    }
    w->level = is_level(w);
    w->passed = false;
}

void walk_table_next(struct walk *w)
{
    size_t most = walk_fit(w, w->value_octets * size_margin, w->columns_max);

    if (w->live == 0) {
        walk_finish(w, w->yielded == 0 ? w->error : 0);
        return;
    }
    if (most < w->count)
        spread(w);
    if (!w->level)
        choose(w, most);
    w->repetitions_fit = repetitions_of(w);
    w->repetitions = repetitions_left(w);
    if (!w->level)
        ready(w);
    walk_ask(w, w->bulk ? PDU_GET_BULK : PDU_GET_NEXT);
}

/* ---- rows that are complete --------------------------------------------- */

/* The lowest index that a live column stands at; false if one has not begun. */
static bool frontier(const struct walk *w, struct oid *out)
{
    bool any = false;

    for (size_t i = 0; i < w->count; i++) {
        const struct walk_column *column = &w->columns[i];

        if (column->ended)
            continue;
        if (column->index_len == 0)
            return false;
        if (!any || oid_compare(index_of(column), *out) < 0)
            *out = index_of(column);
        any = true;
    }
    return any;
}

/* Hands out the rows that no live column can add to. False if the walk is
 * gone. */
static bool yield_complete(struct walk *w)
{
    const struct walk_row *row = NULL;
    struct oid upto = {0};

    if (walk_rows_first(&w->rows) == NULL ||
        (w->live > 0 && (w->unordered || !frontier(w, &upto))))
        return true;
    while ((row = walk_rows_first(&w->rows)) != NULL) {
        struct oid index = {row->index, row->index_len};

        if (w->live > 0 && oid_compare(index, upto) > 0)
            return true;
        if (w->yielded == w->rows_max) {
            if (w->rows_max >= WALK_PENDING_MAX)
                walk_note(w, QUIRK_ENDLESS);
            walk_finish(w, -E2BIG);
            return false;
        }
        if (!walk_yield(w))
            return false;
    }
    return true;
}

/* Too many rows wait, or too long ones: hands out what there is, and ends. */
static void overflow(struct walk *w)
{
    walk_note(w, QUIRK_ENDLESS);
    w->live = 0;
    if (yield_complete(w))
        walk_finish(w, -E2BIG);
}

/* ---- answers ------------------------------------------------------------- */

/* True if vb says that the column is over. */
static bool is_over(struct walk *w, struct walk_column *column,
                    const struct varbind *vb)
{
    if (vb->value.type == VALUE_END_OF_VIEW)
        return true;
    if (vb->value.type == VALUE_NO_OBJECT ||
        vb->value.type == VALUE_NO_INSTANCE) {
        walk_note(w, QUIRK_NO_END);
        return true;
    }
    if (oid_begins(vb->name, column->oid) && vb->name.len > column->oid.len)
        return false;
    column->backward = oid_compare(vb->name, column->oid) < 0;
    return true;
}

/* True if the answer goes on with the column behind its end: then one of its
 * names is wrong, and nothing it says of the column is believed from there. */
static bool contradicts(struct walk *w, struct walk_column *column,
                        const struct varbind *vb)
{
    if (!column->over)
        return false;
    if (oid_compare(oid_tail(vb->name, column->oid.len), index_of(column)) <= 0)
        return true; /* the view's end, and round again */
    walk_note(w, QUIRK_BAD_ENCODING);
    column->over = false;
    column->doubtful = true;
    return true;
}

/* One value of a column. False if there is no room for more. */
static bool take_value(struct walk *w, struct walk_column *column,
                       const struct varbind *vb)
{
    struct oid index = oid_tail(vb->name, column->oid.len);

    column->came = true;
    if (column->index_len > 0 && oid_compare(index, index_of(column)) < 0) {
        walk_note(w, QUIRK_NOT_INCREASING);
        w->unordered = true;
    }
    enum walk_put put =
        walk_rows_put(&w->rows, index, (size_t)(column - w->columns),
                      &vb->value, &w->stamp, WALK_PENDING_MAX);
    if (put == WALK_PUT_FULL)
        return false;
    if (put == WALK_PUT_NEW) {
        column->news = true;
        column->ahead++;
    }
    walk_column_stand(column, index);
    return true;
}

/* A column that left its subtree backwards is asked once more: at the end of
 * their view some agents begin again, but so does a damaged answer look. */
static void end_if_sure(struct walk *w, struct walk_column *column)
{
    if (column->backward) {
        walk_note(w, QUIRK_NO_END);
        if (column->doubts++ == 0)
            return;
    }
    walk_column_end(w, column, 0);
    w->failures = 0;
}

/* A column that brings nothing new twice goes round in circles. */
static void note_progress(struct walk *w)
{
    for (size_t i = 0; i < w->asked_count; i++) {
        struct walk_column *column = &w->columns[w->asked[i]];

        if (column->news) {
            column->idle = 0;
            w->failures = 0;
        } else if (column->came && !column->over &&
                   ++column->idle >= IDLE_MAX) {
            walk_note(w, QUIRK_LOOP);
            walk_column_end(w, column, 0);
            w->failures = 0;
        }
        if (column->over)
            end_if_sure(w, column);
    }
}

/* What the answer tells about sizes that are good for this agent. */
static void learn(struct walk *w, const struct answer *answer, size_t values)
{
    walk_weigh(w, answer);
    if (values < w->asked_count && w->lead <= 1)
        walk_note(w, QUIRK_TRUNCATED);
    if (w->bulk_failed && !w->agent->bulk_works)
        walk_note(w, QUIRK_NO_BULK);
    if (!(agent_quirks(w->agent) & QUIRK_TOO_BIG))
        agent_widen(w->agent);
    if (w->bulk && answer->tries == 1 &&
        values >= w->asked_count * w->repetitions &&
        w->repetitions == w->repetitions_max)
        walk_grow(w);
}

/* ---- whole rows ---------------------------------------------------------- */

/* The usual agent answers whole rows in order: they are handed out as they
 * came, nothing is kept. *next is the first varbind that was not of them, at
 * first the one that follows what leads. False if the walk is gone. */
static bool pass_rows(struct walk *w, const struct answer *answer, size_t *next)
{
    struct stamp stamps[WALK_COLUMNS_ASKED];
    uint32_t subs[2][OID_MAX];
    const struct ber_rows *rows = answer->rows;
    struct row row = {.values = rows->values,
                      .count = w->count,
                      .index = index_of(&w->columns[0]),
                      .stamp = &w->stamp};

    for (size_t i = 0; w->with_uptime && i < w->count; i++)
        stamps[i] = w->stamp;
    row.stamps = w->with_uptime ? stamps : NULL;
    size_t passed = 0;
    for (; passed < rows->count && w->yielded < w->rows_max; passed++) {
        struct oid index = ber_subs(rows->indexes[passed], subs[passed & 1]);

        if (oid_compare(index, row.index) <= 0)
            break;
        row.index = index;
        walk_rows_pass(&w->rows, index);
        if (!walk_hand_out(w, &row))
            return false;
        row.values += w->count;
    }
    if (passed == 0)
        return true;
    *next += passed * w->count;
    w->passed = true;
    walk_column_stand(&w->columns[0], row.index);
    return true;
}

/* -------------------------------------------------------------------------- */

/* Varbinds from the one at next on, one by one; those before, behind skip, were
 * rows. False if there is no room for more. */
static bool take_varbinds(struct walk *w, const struct answer *answer,
                          size_t skip, size_t next)
{
    bool passed = next > skip;

    spread(w);
    for (size_t i = 0; passed && i < w->count; i++)
        w->columns[i].came = w->columns[i].news = true;
    answer_read_names(w->agent, answer, next);
    for (size_t i = next; i < answer->count; i++) {
        struct walk_column *column =
            &w->columns[w->asked[(i - skip) % w->asked_count]];
        const struct varbind *vb = &answer->varbinds[i];

        if (column->doubtful)
            continue;
        if (is_over(w, column, vb))
            column->over = true;
        else if (!contradicts(w, column, vb) && !take_value(w, column, vb))
            return false;
    }
    note_progress(w);
    return true;
}

static void take_values(struct walk *w, const struct answer *answer)
{
    size_t skip = walk_stamp(w, answer);
    size_t values = answer->count - skip, next = skip;

    if (w->level && answer->count > skip && !pass_rows(w, answer, &next))
        return;
    if (w->level && next == answer->count && values > 0) {
        w->failures = 0;
    } else if (!take_varbinds(w, answer, skip, next)) {
        overflow(w);
        return;
    }
    if (values > 0)
        learn(w, answer, values);
    else if (w->lead <= 1 && !walk_narrow(w)) {
        walk_finish(w, -EBADMSG);
        return;
    }
    if (yield_complete(w))
        walk_table_next(w);
}

/* A column that cannot be read, by its place in the PDU counted from 1; some
 * agents do not say which it is: then one at a time. */
static void without(struct walk *w, int32_t index, int why)
{
    int32_t lead = (int32_t)w->lead;
    bool leads = index >= 1 && index <= lead;

    if (index > lead && (size_t)(index - lead) <= w->asked_count)
        walk_column_end(w, &w->columns[w->asked[index - lead - 1]], why);
    else if (w->asked_count > 1 && !leads)
        w->columns_max = 1;
    else if (!walk_without_lead(w, index))
        walk_column_end(w, &w->columns[w->asked[0]], why);
    w->failures = 0;
}

static void take_error(struct walk *w, const struct answer *answer)
{
    int32_t status = answer->error_status;
    int why = status == ERROR_NO_ACCESS || status == ERROR_AUTHORIZATION
                  ? -EACCES
                  : -EIO;

    spread(w);
    if (status == ERROR_TOO_BIG) {
        walk_note(w, QUIRK_TOO_BIG);
        if (!walk_narrow(w))
            walk_column_end(w, &w->columns[w->asked[0]], -EMSGSIZE);
    } else if (status == ERROR_NO_SUCH_NAME && w->bulk) {
        /* somewhere among the repetitions the view ends */
        walk_note(w, QUIRK_NO_END);
        w->bulk = false;
    } else if (status == ERROR_NO_SUCH_NAME) {
        without(w, answer->error_index, 0);
    } else if (w->bulk && why == -EIO) {
        walk_without_bulk(w); /* row by row, up to where it fails */
    } else {
        without(w, answer->error_index, why);
    }
    if (yield_complete(w))
        walk_table_next(w);
}

void walk_table_take(struct walk *w, const struct answer *answer)
{
    if (answer->error_status != ERROR_NONE)
        take_error(w, answer);
    else
        take_values(w, answer);
}
