#include "station/past.h"

#include <stdlib.h>
#include <string.h>

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

static int by_kind_and_key(const void *a, const void *b)
{
    const struct past_row *x = a, *y = b;
    int order = strcmp(x->kind, y->kind);

    return order != 0 ? order : strcmp(x->key, y->key);
}

void past_sort(struct past *p)
{
    if (p->rows.count > 1)
        qsort(p->rows.at, p->rows.count, sizeof *p->rows.at, by_kind_and_key);
}
