#include "station/store_ask.h"

#include "base/mem.h"

#include <stdlib.h>

void store_asks_add(struct store_asks *l, struct store_ask *q)
{
    if (l->first == NULL)
        l->last = &l->first;
    q->next = NULL;
    *l->last = q;
    l->last = &q->next;
}

struct store_ask *store_asks_pop(struct store_asks *l)
{
    struct store_ask *q = l->first;

    if (q != NULL)
        l->first = q->next;
    return q;
}

void store_asks_move(struct store_asks *to, struct store_asks *from)
{
    for (struct store_ask *q; (q = store_asks_pop(from)) != NULL;)
        store_asks_add(to, q);
}

void store_asks_forget(struct store_asks *l, const void *arg)
{
    for (struct store_ask *q = l->first; q != NULL; q = q->next)
        if (q->arg == arg)
            q->forgotten = true;
}

/* ---- whether what was put is on disk ---- */

struct settling {
    struct store_ask ask;
    store_settled_fn done;
    void *arg;
};

static void tell(struct store_ask *a, int result)
{
    struct settling *q = (struct settling *)a;

    q->done(q->arg, result);
}

static void settling_free(struct store_ask *a)
{
    free(a);
}

void store_settle(struct store *s, store_settled_fn done, void *arg)
{
    struct settling *q = mem_new(struct settling);

    *q = (struct settling){
        .ask = {.done = tell, .free = settling_free, .arg = arg},
        .done = done,
        .arg = arg};
    store_ask(s, &q->ask);
}
