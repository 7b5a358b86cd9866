#include "station/store_ask.h"

#include <stddef.h>

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

void store_asks_forget(struct store_asks *l, const void *arg)
{
    for (struct store_ask *q = l->first; q != NULL; q = q->next)
        if (q->arg == arg)
            q->forgotten = true;
}
