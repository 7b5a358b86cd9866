#include "station/twins.h"

#include "base/mem.h"
#include "mibs/harvest.h"
#include "wire/walk.h"

#include <stdlib.h>

/* Interfaces that are compared: the first ones tell two devices apart. */
enum { ROWS_MAX = 64 };

enum {
    ASK_UPTIME,
    ASK_ENGINE,
    ASK_ENGINE_BOOTS,
    ASK_ENGINE_TIME,
    ASK_INTERFACES,
    ASK_TABLE_CHANGE,
    ASK_PACKETS,
};

static const struct oid questions[] = {
    [ASK_UPTIME] = OID_INIT(1, 3, 6, 1, 2, 1, 1, 3, 0),
    [ASK_ENGINE] = OID_INIT(1, 3, 6, 1, 6, 3, 10, 2, 1, 1, 0),
    [ASK_ENGINE_BOOTS] = OID_INIT(1, 3, 6, 1, 6, 3, 10, 2, 1, 2, 0),
    [ASK_ENGINE_TIME] = OID_INIT(1, 3, 6, 1, 6, 3, 10, 2, 1, 3, 0),
    [ASK_INTERFACES] = OID_INIT(1, 3, 6, 1, 2, 1, 2, 1, 0),
    [ASK_TABLE_CHANGE] = OID_INIT(1, 3, 6, 1, 2, 1, 31, 1, 5, 0),
    [ASK_PACKETS] = OID_INIT(1, 3, 6, 1, 2, 1, 11, 1, 0),
};

enum { ROW_DESCR, ROW_PHYS };

static const struct oid row_columns[] = {
    [ROW_DESCR] = OID_INIT(1, 3, 6, 1, 2, 1, 2, 2, 1, 2),
    [ROW_PHYS] = OID_INIT(1, 3, 6, 1, 2, 1, 2, 2, 1, 6),
};

struct twins {
    struct agent *agents[TWIN_SIDES];
    twins_fn done;
    void *arg;
    struct walk *walk;
    size_t asked; /* questions, then tables: each side in turn */
    bool answered;
    struct twin_evidence seen;
};

enum { QUESTIONS = TWIN_SIDES * TWIN_ROUNDS, ALL = QUESTIONS + TWIN_SIDES };

static void twins_free(struct twins *t)
{
    if (t->walk != NULL)
        walk_cancel(t->walk);
    free(t);
}

void twins_cancel(struct twins *t)
{
    twins_free(t);
}

bool twins_ask(const struct twins *t, const struct agent *a)
{
    return t->agents[0] == a || t->agents[1] == a;
}

static void finish(struct twins *t, const struct identity_opinion *opinion,
                   const struct agent *silent)
{
    twins_fn done = t->done;
    void *arg = t->arg;

    twins_free(t);
    done(arg, opinion, silent);
}

static size_t side_of(const struct twins *t)
{
    return t->asked % TWIN_SIDES;
}

static void on_answer(void *arg, const struct row *row)
{
    struct twins *t = arg;
    struct twin_answer *a = &t->seen.at[side_of(t)][t->asked / TWIN_SIDES];
    const struct value *engine = row_at(row, ASK_ENGINE);

    a->received = mono_now();
    a->uptime_cs = row_integer(row, ASK_UPTIME, FACT_UNKNOWN);
    a->engine_boots = row_integer(row, ASK_ENGINE_BOOTS, FACT_UNKNOWN);
    a->engine_time_s = row_integer(row, ASK_ENGINE_TIME, FACT_UNKNOWN);
    a->interfaces = row_integer(row, ASK_INTERFACES, FACT_UNKNOWN);
    a->table_change_cs = row_integer(row, ASK_TABLE_CHANGE, FACT_UNKNOWN);
    a->packets = row_integer(row, ASK_PACKETS, FACT_UNKNOWN);
    a->engine = engine->type == VALUE_OCTETS && engine->octets.len > 0
                    ? bytes_hash(engine->octets)
                    : 0;
    t->answered = true;
}

static void on_row(void *arg, const struct row *row)
{
    struct twins *t = arg;
    const struct value *descr = row_at(row, ROW_DESCR);
    const struct value *phys = row_at(row, ROW_PHYS);
    static const struct bytes none = {0};

    if (row->index.len == 1)
        twin_rows_add(&t->seen.rows[side_of(t)], row->index.sub[0],
                      descr->type == VALUE_OCTETS ? descr->octets : none,
                      phys->type == VALUE_OCTETS ? phys->octets : none);
}

static void ask(struct twins *t);

static void on_end(void *arg, int result)
{
    static const struct identity_opinion silent = {
        .verdict = IDENTITY_UNSURE,
        .why = "twin test: an agent did not answer all questions"};
    struct twins *t = arg;

    t->walk = NULL;
    if (result < 0 || (t->asked < QUESTIONS && !t->answered)) {
        finish(t, &silent, t->agents[side_of(t)]);
        return;
    }
    if (++t->asked < ALL) {
        ask(t);
        return;
    }
    struct identity_opinion opinion = twin_judge(&t->seen);
    finish(t, &opinion, NULL);
}

static void ask(struct twins *t)
{
    static const struct ask question = {.name = "twin test",
                                        .scalars = questions,
                                        .scalar_count = COUNT_OF(questions)};
    static const struct ask table = {.name = "twin test",
                                     .columns = row_columns,
                                     .count = COUNT_OF(row_columns),
                                     .rows_max = ROWS_MAX};
    struct agent *agent = t->agents[side_of(t)];

    t->answered = false;
    if (t->asked < QUESTIONS)
        t->seen.at[side_of(t)][t->asked / TWIN_SIDES].sent = mono_now();
    t->walk = t->asked < QUESTIONS
                  ? walk_start(agent, &question, on_answer, on_end, t)
                  : walk_start(agent, &table, on_row, on_end, t);
}

struct twins *twins_start(struct agent *a, struct agent *b, twins_fn done,
                          void *arg)
{
    struct twins *t = mem_new(struct twins);

    t->agents[0] = a;
    t->agents[1] = b;
    t->done = done;
    t->arg = arg;
    ask(t);
    return t;
}
