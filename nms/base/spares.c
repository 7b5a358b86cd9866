#include "base/spares.h"

#include "base/mem.h"

#include <stdlib.h>

static size_t octets_of(const struct spares *s)
{
    return s->octets == 0 ? SPARE_OCTETS : s->octets;
}

void *spares_take(struct spares *s, size_t size)
{
    if (size > octets_of(s))
        return mem_resize(NULL, size, 1);
    if (s->count > 0)
        return s->blocks[--s->count];
    return mem_resize(NULL, octets_of(s), 1);
}

void spares_give(struct spares *s, void *block, size_t size)
{
    if (size <= octets_of(s) && s->count < SPARES_MAX)
        s->blocks[s->count++] = block;
    else
        free(block);
}

void spares_fini(struct spares *s)
{
    while (s->count > 0)
        free(s->blocks[--s->count]);
}
