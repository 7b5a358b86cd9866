#include "station/past.h"

#include <stdlib.h>

struct past *past_new(void)
{
    struct past *p = mem_new(struct past);

    p->arena = arena_new();
    return p;
}

void past_free(struct past *p)
{
    if (p == NULL)
        return;
    array_fini(&p->rows);
    arena_free(p->arena);
    free(p);
}

void past_add(struct past *p, const struct past_row *row)
{
    *array_add(&p->rows) = (struct past_row){
        .at = row->at,
        .kind = arena_text(p->arena, row->kind),
        .key = arena_text(p->arena, row->key),
        .text = arena_text(p->arena, row->text),
    };
}
