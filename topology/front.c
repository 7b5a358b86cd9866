#include "topology/front.h"

#include "mibs/entity_mib.h"

#include <stdlib.h>

/* ENTITY-MIB, PhysicalClass. */
enum { CLASS_CONTAINER = 5, CLASS_MODULE = 9, CLASS_PORT = 10 };

/* Parts lie in one another so deep at most; a loop of them ends. */
enum { DEPTH_MAX = 16 };

static bool is_port(const struct entity *e)
{
    return e->class == CLASS_PORT && e->if_index != 0;
}

/* How many ports are in each entity, at any depth: an array as f->entities,
 * free() it. */
static uint32_t *count_ports(const struct facts *f)
{
    uint32_t *counts = mem_array(f->entities.count, sizeof *counts);

    for (size_t i = 0; i < f->entities.count; i++) {
        const struct entity *in = &f->entities.at[i];

        for (int depth = 0; is_port(&f->entities.at[i]) && depth < DEPTH_MAX;
             depth++) {
            in = entity_find(f, in->contained_in);
            if (in == NULL)
                break;
            counts[in - f->entities.at]++;
        }
    }
    return counts;
}

/* The outermost part that holds this port alone. */
static const struct entity *outermost(const struct facts *f,
                                      const uint32_t *counts,
                                      const struct entity *port)
{
    const struct entity *at = port;

    for (int depth = 0; depth < DEPTH_MAX; depth++) {
        const struct entity *in = entity_find(f, at->contained_in);

        if (in == NULL || counts[in - f->entities.at] > 1 ||
            (in->class != CLASS_CONTAINER && in->class != CLASS_MODULE))
            break;
        at = in;
    }
    return at;
}

static int by_place(const void *a, const void *b)
{
    const struct front_place *x = a, *y = b;

    if (x->holder != y->holder)
        return x->holder < y->holder ? -1 : 1;
    return (x->position > y->position) - (x->position < y->position);
}

static int by_if_index(const void *a, const void *b)
{
    const struct front_place *x = a, *y = b;

    return (x->if_index > y->if_index) - (x->if_index < y->if_index);
}

/* Leaves out holders that give one position twice. Sorted by place. */
static void drop_doubtful(struct front_places *all)
{
    size_t kept = 0;

    for (size_t i = 0; i < all->count;) {
        size_t end = i + 1;
        bool clear = true;

        for (; end < all->count && all->at[end].holder == all->at[i].holder;
             end++)
            clear = clear && all->at[end].position != all->at[end - 1].position;
        for (; i < end; i++)
            if (clear)
                all->at[kept++] = all->at[i];
    }
    all->count = kept;
}

/* Each port once: an agent may map several entities to one ifIndex. */
static void drop_doubles(struct front_places *all)
{
    size_t kept = 0;

    for (size_t i = 0; i < all->count; i++)
        if (kept == 0 || all->at[kept - 1].if_index != all->at[i].if_index)
            all->at[kept++] = all->at[i];
    all->count = kept;
}

void front_places(const struct facts *f, struct front_places *out)
{
    uint32_t *counts = count_ports(f);

    for (size_t i = 0; i < f->entities.count; i++) {
        const struct entity *e = &f->entities.at[i];

        if (!is_port(e))
            continue;
        const struct entity *at = outermost(f, counts, e);
        if (at->position >= 0)
            *array_add(out) = (struct front_place){
                e->if_index, at->contained_in, at->position};
    }
    free(counts);
    if (out->count == 0)
        return;
    qsort(out->at, out->count, sizeof *out->at, by_place);
    drop_doubtful(out);
    if (out->count > 0)
        qsort(out->at, out->count, sizeof *out->at, by_if_index);
    drop_doubles(out);
}

const struct front_place *front_place_of(const struct front_places *places,
                                         uint32_t if_index)
{
    const struct front_place key = {.if_index = if_index};

    return places->count > 0 ? bsearch(&key, places->at, places->count,
                                       sizeof *places->at, by_if_index)
                             : NULL;
}

const char *front_holder_name(const struct facts *f, uint32_t holder)
{
    const struct entity *e = entity_find(f, holder);

    if (e == NULL)
        return "";
    return e->name[0] != '\0' ? e->name : e->descr;
}
