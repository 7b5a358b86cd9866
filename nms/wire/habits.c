#include "wire/habits.h"

#include "base/bytes.h"

#include <math.h>
#include <stdlib.h>

void habits_init(struct habits *h)
{
    *h = (struct habits){.answer_octets = HABIT_ANSWER_OCTETS, .window = 1};
}

void habits_fini(struct habits *h)
{
    for (size_t i = 0; i < h->tables.count; i++)
        free(h->tables.at[i].table);
    for (size_t i = 0; i < h->quirks.count; i++)
        free(h->quirks.at[i].table);
    array_fini(&h->tables);
    array_fini(&h->quirks);
}

void habits_copy(struct habits *h, const struct habits *from)
{
    habits_fini(h);
    *h = (struct habits){.answer_octets = from->answer_octets,
                         .window = from->window,
                         .fresh = from->fresh,
                         .changed = from->changed};
    for (size_t i = 0; i < from->tables.count; i++) {
        struct table_habit *t = array_add(&h->tables);

        *t = from->tables.at[i];
        if (t->table != NULL)
            t->table = mem_text(t->table);
    }
    for (size_t i = 0; i < from->quirks.count; i++) {
        struct quirk_habit *q = array_add(&h->quirks);

        *q = from->quirks.at[i];
        q->table = mem_text(q->table);
    }
}

/* ---- tables -------------------------------------------------------------- */

static bool is_called(const char *kept, const char *name)
{
    return strncmp(kept, name, HABIT_NAME_MAX) == 0;
}

static char *name_copy(const char *name)
{
    return mem_text_of(name, strnlen(name, HABIT_NAME_MAX));
}

static uint32_t hash_of(const char *table)
{
    return (uint32_t)bytes_hash(
        (struct bytes){(const uint8_t *)table, strnlen(table, HABIT_NAME_MAX)});
}

static struct table_habit *find(const struct habits *h, const char *table)
{
    uint32_t hash = hash_of(table);

    for (size_t i = 0; i < h->tables.count; i++)
        if (h->tables.at[i].hash == hash &&
            (h->tables.at[i].table == NULL ||
             is_called(h->tables.at[i].table, table)))
            return &h->tables.at[i];
    return NULL;
}

struct table_habit habits_of(const struct habits *h, const char *table)
{
    const struct table_habit *t = find(h, table);

    return t != NULL ? *t
                     : (struct table_habit){.max_repetitions =
                                                HABIT_REPETITIONS_FIRST};
}

static void forget(struct habits *h, struct table_habit *t)
{
    free(t->table);
    *t = h->tables.at[--h->tables.count];
    h->changed = true;
}

bool table_habit_is_usual(const struct table_habit *t)
{
    return t->max_repetitions == HABIT_REPETITIONS_FIRST && !t->unordered;
}

/* The entry of a table, made as usual if there is none; NULL if there is no
 * room. */
static struct table_habit *entry_of(struct habits *h, const char *table)
{
    struct table_habit *t = find(h, table);

    if (t != NULL || h->tables.count == HABIT_TABLES_MAX)
        return t;
    t = array_add(&h->tables);
    t->hash = hash_of(table);
    t->max_repetitions = HABIT_REPETITIONS_FIRST;
    return t;
}

void habits_keep(struct habits *h, const char *table, uint32_t max_repetitions,
                 bool unordered)
{
    const struct table_habit now = {.max_repetitions =
                                        max_repetitions < HABIT_REPETITIONS_MAX
                                            ? (uint8_t)max_repetitions
                                            : HABIT_REPETITIONS_MAX,
                                    .unordered = unordered};
    bool usual = table_habit_is_usual(&now);
    struct table_habit *t = usual ? find(h, table) : entry_of(h, table);

    if (t == NULL)
        return;
    h->changed |= t->max_repetitions != now.max_repetitions ||
                  t->unordered != now.unordered;
    t->max_repetitions = now.max_repetitions;
    t->unordered = now.unordered;
    if (!usual && t->table == NULL)
        t->table = name_copy(table);
    if (usual && t->value_octets == 0)
        forget(h, t);
}

/* A way that became longer for good is usual after some ten readings. */
static const double usual_gain = 1.0 / 32;

void habits_weigh(struct habits *h, const char *table, double value_octets,
                  double answer_ms, uint64_t rows)
{
    struct table_habit *t = entry_of(h, table);

    if (t == NULL)
        return;
    t->value_octets = value_octets < HABIT_VALUE_OCTETS_MAX
                          ? (uint16_t)ceil(value_octets * HABIT_OCTET_PARTS)
                          : UINT16_MAX;
    t->rows = rows <= UINT16_MAX ? (uint16_t)rows : 0;
    if (!(answer_ms > 0))
        return;
    if (!(t->answer_ms > 0))
        t->answer_ms = (float)answer_ms;
    t->answer_ms += (float)(usual_gain * (answer_ms - t->answer_ms));
}

/* ---- quirks -------------------------------------------------------------- */

static void meet_again(struct habits *h, struct quirk_habit *q, struct wall now)
{
    int64_t since_ms = now.ms - q->last.ms;

    if (since_ms >= 0 && since_ms < QUIRK_APART_MS)
        return;
    q->last = now;
    q->count++;
    h->changed = true;
}

/* Where no more fit: the newest entry of that quirk, whatever its table is;
 * else room, by forgetting what was met longest ago. */
static struct quirk_habit *without_room(struct habits *h, uint32_t quirk)
{
    struct quirk_habit *same = NULL, *oldest = &h->quirks.at[0];

    for (size_t i = 0; i < h->quirks.count; i++) {
        struct quirk_habit *q = &h->quirks.at[i];

        if (q->quirk == quirk && (same == NULL || q->last.ms > same->last.ms))
            same = q;
        if (q->last.ms < oldest->last.ms)
            oldest = q;
    }
    if (same != NULL)
        return same;
    free(oldest->table);
    *oldest = h->quirks.at[--h->quirks.count];
    return NULL;
}

void habits_meet(struct habits *h, uint32_t quirk, const char *table,
                 struct wall now)
{
    const char *name = table != NULL ? table : "";
    struct quirk_habit *known = NULL;

    for (size_t i = 0; i < h->quirks.count && known == NULL; i++)
        if (h->quirks.at[i].quirk == quirk &&
            is_called(h->quirks.at[i].table, name))
            known = &h->quirks.at[i];
    if (known == NULL && h->quirks.count == HABIT_QUIRKS_MAX)
        known = without_room(h, quirk);
    if (known != NULL) {
        meet_again(h, known, now);
        return;
    }
    habits_recall(h, &(struct quirk_habit){.table = (char *)name,
                                           .quirk = quirk,
                                           .count = 1,
                                           .first = now,
                                           .last = now});
    h->fresh = h->changed = true;
}

void habits_recall(struct habits *h, const struct quirk_habit *kept)
{
    if (h->quirks.count == HABIT_QUIRKS_MAX)
        return;
    struct quirk_habit *q = array_add(&h->quirks);
    *q = *kept;
    q->table = name_copy(kept->table);
}

struct wall habits_last(const struct habits *h, uint32_t quirk)
{
    struct wall last = {0};

    for (size_t i = 0; i < h->quirks.count; i++)
        if (h->quirks.at[i].quirk == quirk && h->quirks.at[i].last.ms > last.ms)
            last = h->quirks.at[i].last;
    return last;
}

uint32_t habits_count(const struct habits *h, uint32_t quirk)
{
    uint32_t count = 0;

    for (size_t i = 0; i < h->quirks.count; i++)
        if (h->quirks.at[i].quirk == quirk)
            count += h->quirks.at[i].count;
    return count;
}

uint32_t habits_quirks(const struct habits *h)
{
    uint32_t quirks = 0;

    for (size_t i = 0; i < h->quirks.count; i++)
        quirks |= h->quirks.at[i].quirk;
    return quirks;
}
