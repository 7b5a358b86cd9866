#include "station/series_load.h"

#include <stdlib.h>

void load_free(struct load *l)
{
    l->ended = true;
    if (l->making)
        return;
    array_fini(&l->missing);
    gathered_fini(&l->found);
    table_free(l->stays);
    free(l->name);
    free(l);
}

void loads_add(struct load **list, struct load *l)
{
    while (*list != NULL)
        list = &(*list)->next;
    l->next = NULL;
    *list = l;
}

void loads_remove(struct load **list, const struct load *l)
{
    while (*list != NULL && *list != l)
        list = &(*list)->next;
    if (*list != NULL)
        *list = l->next;
}

void load_stay(struct load *l, struct bytes path)
{
    if (l->stays == NULL)
        l->stays = table_new();
    (void)table_put(l->stays, path, l);
}

bool load_stays(const struct load *l, struct bytes path)
{
    return l->stays != NULL && table_find(l->stays, path) != NULL;
}
