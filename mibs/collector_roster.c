/* Metrics by a roster: what is known to be there is got together. */
#include "mibs/collector_parts.h"

#include <assert.h>

/* The plan as far as rosters build on it: which tables. */
static uint32_t check_of(const struct collector *c)
{
    uint64_t check = c->steps.count;

    if (c->reading != NULL)
        check = check * 31 + profile_reading_check(c->reading);
    for (size_t i = 0; i < c->steps.count; i++)
        check = check * 31 + (uintptr_t)c->steps.at[i].reader;
    return (uint32_t)(check ^ check >> 32);
}

static size_t width_of(const struct ask *ask)
{
    return ask->count > 0 ? ask->count : ask->scalar_count;
}

static bool has_column(const struct roster_table *t, size_t column)
{
    return (t->columns >> column & 1) != 0;
}

/* Tables of the roster wait for its ask, or for nothing if they had no row. */
static bool await_rows(struct collector *c)
{
    struct roster_table t;
    bool any = false;

    for (size_t at = 0, i = 0; roster_next(c->roster, &at, &t); i++) {
        struct step *s = &c->steps.at[i];

        s->rostered = t.way != ROSTER_WALK;
        any |= t.way == ROSTER_GET;
    }
    return any;
}

static void end_rostered(struct collector *c)
{
    for (size_t i = 0; i < c->steps.count; i++) {
        struct step *s = &c->steps.at[i];

        if (!s->rostered)
            continue;
        s->state = STEP_ENDED;
        s->skipped = s->rows == 0;
    }
}

void collector_follow(struct collector *c, struct roster *r)
{
    assert(c->scope == COLLECT_METRICS);
    if (!c->identified)
        return;
    c->roster_check = check_of(c);
    if (!roster_use(r, c->roster_check))
        return;
    c->roster = r;
    if (await_rows(c))
        add_step(c, NULL)->follows = true;
    else
        end_rostered(c);
}

/* An instance in the arena of the facts. */
static struct oid instance(struct collector *c, struct oid column,
                           struct oid index)
{
    size_t len = column.len + index.len;
    uint32_t *sub = arena_zero(c->harvest->facts->arena, len * sizeof *sub);

    memcpy(sub, column.sub, column.len * sizeof *sub);
    if (index.len > 0)
        memcpy(sub + column.len, index.sub, index.len * sizeof *sub);
    return (struct oid){sub, len};
}

static size_t add_table(struct collector *c, const struct step *s,
                        struct roster_table *t, struct oid *out)
{
    struct ask ask;
    size_t count = 0;

    if (t->way != ROSTER_GET || !fill_ask(c, s, &ask))
        return 0;
    const struct oid *columns = ask.count > 0 ? ask.columns : ask.scalars;
    for (uint32_t row = 0; row < t->rows; row++) {
        struct oid index = roster_row(t);

        for (size_t i = 0; i < width_of(&ask); i++)
            if (has_column(t, i))
                out[count++] = instance(c, columns[i], index);
    }
    return count;
}

bool follow_ask(struct collector *c, struct ask *ask)
{
    struct oid *instances =
        arena_zero(c->harvest->facts->arena,
                   (roster_values(c->roster) + 1) * sizeof *instances);
    struct roster_table t;
    size_t count = 0;

    for (size_t at = 0, i = 0; roster_next(c->roster, &at, &t); i++)
        count += add_table(c, &c->steps.at[i], &t, instances + count);
    *ask = (struct ask){
        .name = "metrics", .scalars = instances, .scalar_count = count};
    return count > 0;
}

static bool all_exist(const struct row *row)
{
    for (size_t i = 0; i < row->count; i++)
        if (!value_exists(&row->values[i]))
            return false;
    return true;
}

/* Hands a table its rows out of all values; gives how many those were. */
static size_t hand_out(struct collector *c, struct step *s,
                       struct roster_table *t, const struct row *from,
                       size_t first)
{
    struct value values[ASK_COLUMNS_MAX];
    struct ask ask;
    size_t at = first;

    if (t->way != ROSTER_GET || !fill_ask(c, s, &ask))
        return 0;
    for (uint32_t n = 0; n < t->rows; n++) {
        struct row row = {
            .values = values, .count = width_of(&ask), .stamp = from->stamp};

        row.index = roster_row(t);
        for (size_t i = 0; i < row.count; i++)
            values[i] = has_column(t, i) ? from->values[at++]
                                         : (struct value){.type = VALUE_NONE};
        step_row(c, s, &row);
    }
    return at - first;
}

void follow_row(struct collector *c, const struct row *row)
{
    struct roster_table t;
    size_t first = 0;

    if (!all_exist(row))
        return;
    for (size_t at = 0, i = 0; roster_next(c->roster, &at, &t); i++)
        first += hand_out(c, &c->steps.at[i], &t, row, first);
    end_rostered(c);
    roster_held(c->roster);
}

void follow_end(struct collector *c)
{
    bool strayed = false;

    for (size_t i = 0; i < c->steps.count; i++) {
        struct step *s = &c->steps.at[i];

        strayed |= s->rostered && s->state == STEP_WAITING;
        s->rostered = false;
    }
    if (!strayed)
        return;
    roster_strayed(c->roster);
    c->roster = NULL;
}

struct roster *collector_roster(const struct collector *c,
                                const struct roster *before)
{
    if (c->scope != COLLECT_METRICS || c->roster != NULL ||
        c->roster_check == 0)
        return NULL;
    size_t tables = 0;
    for (size_t i = 0; i < c->steps.count; i++) {
        const struct step *s = &c->steps.at[i];

        if (s->follows)
            continue;
        if (s->state != STEP_ENDED || s->result < 0 || s->dropped > 0)
            return NULL;
        tables++;
    }
    return roster_make(&c->notes, tables, c->roster_check,
                       bytes_hash(bytes_of_text(c->known->system.name)),
                       before);
}
