#include "mibs/match_answers.h"

#include "base/mem.h"
#include "mibs/profile_match.h"

#include <string.h>

enum { ANSWER_TEXT_MAX = 1024 };

/* One text that an instance or a row of a column holds. */
struct answer {
    struct oid oid;
    bool walked;
    const char *text;
};

struct match_answers {
    struct arena *arena;
    struct match_questions asked;
    struct {
        struct answer *at;
        size_t count, room;
    } told;
};

struct match_answers *match_answers_new(const struct profiles *set,
                                        const struct system_facts *system)
{
    struct match_questions asked = {0};

    match_questions(profiles_index(set), system, &asked);
    if (asked.get_count + asked.column_count == 0)
        return NULL;
    struct match_answers *a = mem_new(struct match_answers);

    a->arena = arena_new();
    a->asked = asked;
    return a;
}

void match_answers_free(struct match_answers *a)
{
    if (a == NULL)
        return;
    array_fini(&a->told);
    arena_free(a->arena);
    free(a);
}

bool match_answers_ask(const struct match_answers *a, size_t n, struct ask *out)
{
    size_t gets = a->asked.get_count;
    size_t first = n * MATCH_GETS_AT_ONCE;
    size_t column = n - (gets + MATCH_GETS_AT_ONCE - 1) / MATCH_GETS_AT_ONCE;

    *out = (struct ask){.name = "match"};
    if (first < gets) {
        out->scalars = a->asked.gets + first;
        out->scalar_count = gets - first < MATCH_GETS_AT_ONCE
                                ? gets - first
                                : MATCH_GETS_AT_ONCE;
        return true;
    }
    if (column >= a->asked.column_count)
        return false;
    out->columns = &a->asked.columns[column];
    out->count = 1;
    out->rows_max = MATCH_ROWS_MAX;
    return true;
}

static void answer_keep(struct match_answers *a, struct oid oid, bool walked,
                        const struct value *v)
{
    struct buffer OWNED_BUFFER text = {0};

    if (!value_exists(v))
        return;
    value_text(v, NULL, &text);
    if (text.len > ANSWER_TEXT_MAX)
        text.len = ANSWER_TEXT_MAX;
    *array_add(&a->told) = (struct answer){
        oid, walked, arena_text_of(a->arena, text.at, text.len)};
}

void match_answers_row(struct match_answers *a, size_t n, const struct row *row)
{
    struct ask ask;

    if (!match_answers_ask(a, n, &ask) ||
        a->told.count > MATCH_GETS_MAX + MATCH_COLUMNS_MAX * MATCH_ROWS_MAX)
        return;
    for (size_t i = 0; i < ask.scalar_count && i < row->count; i++)
        answer_keep(a, ask.scalars[i], false, &row->values[i]);
    if (ask.count > 0 && row->count > 0)
        answer_keep(a, ask.columns[0], true, &row->values[0]);
}

static bool was_asked(const struct match_answers *a, const struct condition *c)
{
    const struct oid *list = c->walked ? a->asked.columns : a->asked.gets;
    size_t count = c->walked ? a->asked.column_count : a->asked.get_count;

    for (size_t i = 0; i < count; i++)
        if (oid_equal(list[i], c->oid))
            return true;
    return false;
}

bool match_answers_meet(const struct match_answers *a,
                        const struct condition *c)
{
    bool told = false;

    if (a == NULL || !was_asked(a, c))
        return false;
    for (size_t i = 0; i < a->told.count; i++) {
        const struct answer *one = &a->told.at[i];

        if (one->walked != c->walked || !oid_equal(one->oid, c->oid))
            continue;
        told = true;
        if (condition_meets(c, one->text))
            return true;
    }
    return !told && condition_meets(c, "");
}
