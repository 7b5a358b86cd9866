#include "station/store_past.h"

#include "station/store_ask.h"
#include "station/store_db.h"

#include <assert.h>
#include <stdlib.h>

struct question {
    struct store_ask ask;
    struct wall at;
    struct past *found;
    store_past_fn done;
    void *arg;
};

static int find(struct store_ask *a, struct store_db *db)
{
    struct question *q = (struct question *)a;

    q->found = past_new();
    return store_db_past(db, q->at, q->found);
}

static void tell(struct store_ask *a, int result)
{
    struct question *q = (struct question *)a;

    q->done(q->arg, result, result == 0 ? TAKE(q->found) : NULL);
}

static void question_free(struct store_ask *a)
{
    struct question *q = (struct question *)a;

    past_free(q->found);
    free(q);
}

void store_past_at(struct store *s, struct wall at, store_past_fn done,
                   void *arg)
{
    struct question *q = mem_new(struct question);

    assert(done != NULL);
    q->ask = (struct store_ask){
        .work = find, .done = tell, .free = question_free, .arg = arg};
    q->at = at;
    q->done = done;
    q->arg = arg;
    store_ask(s, &q->ask);
}
