/* The questions for events. */
#include "base/mem.h"
#include "station/store_ask.h"
#include "station/store_db.h"

#include <assert.h>
#include <stdlib.h>

struct question {
    struct store_ask ask;
    struct store_query query; /* its texts are owned */
    store_events_fn done;     /* NULL: spans are asked for */
    store_spans_fn counted;
    struct store_span *spans;
    size_t span_count;
    void *arg;
    struct arena *arena;
    struct store_found found;
};

static int find(struct store_ask *a, struct store_db *db)
{
    struct question *q = (struct question *)a;

    q->arena = arena_new();
    return store_db_query(db, &q->query, q->arena, &q->found);
}

static void tell(struct store_ask *a, int result)
{
    struct question *q = (struct question *)a;

    q->done(q->arg, result, result == 0 ? q->found.at : NULL,
            result == 0 ? q->found.count : 0);
}

static int count(struct store_ask *a, struct store_db *db)
{
    struct question *q = (struct question *)a;

    return store_db_histogram(db, &q->query, q->spans, q->span_count);
}

static void tell_count(struct store_ask *a, int result)
{
    struct question *q = (struct question *)a;

    q->counted(q->arg, result, result == 0 ? q->spans : NULL,
               result == 0 ? q->span_count : 0);
}

static void question_free(struct store_ask *a)
{
    struct question *q = (struct question *)a;

    free((char *)q->query.object); /* ours, though const for its readers */
    free((char *)q->query.class);
    free((char *)q->query.type);
    free((char *)q->query.source);
    free((char *)q->query.text);
    free(q->spans);
    arena_free(q->arena);
    array_fini(&q->found);
    free(q);
}

static struct question *question_new(const struct store_query *query, void *arg)
{
    struct question *q = mem_new(struct question);

    q->ask.free = question_free;
    q->ask.search = true;
    q->ask.arg = arg;
    q->query = *query;
    q->query.object = mem_text(query->object);
    q->query.class = mem_text(query->class);
    q->query.type = mem_text(query->type);
    q->query.source = mem_text(query->source);
    q->query.text = mem_text(query->text);
    q->arg = arg;
    return q;
}

void store_events(struct store *s, const struct store_query *query,
                  store_events_fn done, void *arg)
{
    struct question *q = question_new(query, arg);

    assert(done != NULL);
    q->ask.work = find;
    q->ask.done = tell;
    q->done = done;
    store_ask(s, &q->ask);
}

void store_histogram(struct store *s, const struct store_query *query,
                     size_t spans, store_spans_fn done, void *arg)
{
    struct question *q = question_new(query, arg);

    assert(done != NULL && spans > 0);
    q->ask.work = count;
    q->ask.done = tell_count;
    q->counted = done;
    q->span_count = spans;
    q->spans = mem_array(spans, sizeof *q->spans);
    store_ask(s, &q->ask);
}
