/* The question for events. */
#include "base/mem.h"
#include "station/store_ask.h"
#include "station/store_db.h"

#include <assert.h>
#include <stdlib.h>

struct question {
    struct store_ask ask;
    struct store_query query; /* its texts are owned */
    store_events_fn done;
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

static void question_free(struct store_ask *a)
{
    struct question *q = (struct question *)a;

    free((char *)q->query.object); /* ours, though const for its readers */
    free((char *)q->query.class);
    free((char *)q->query.type);
    free((char *)q->query.source);
    free((char *)q->query.text);
    arena_free(q->arena);
    array_fini(&q->found);
    free(q);
}

void store_events(struct store *s, const struct store_query *query,
                  store_events_fn done, void *arg)
{
    struct question *q = mem_new(struct question);

    assert(done != NULL);
    q->ask = (struct store_ask){
        .work = find, .done = tell, .free = question_free, .arg = arg};
    q->query = *query;
    q->query.object = mem_text(query->object);
    q->query.class = mem_text(query->class);
    q->query.type = mem_text(query->type);
    q->query.source = mem_text(query->source);
    q->query.text = mem_text(query->text);
    q->done = done;
    q->arg = arg;
    store_ask(s, &q->ask);
}
