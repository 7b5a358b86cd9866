#include "tests/farm/late.h"

#include "base/mem.h"

#include <string.h>

/* A binary heap, the earliest at its top. */
struct late {
    struct late_answers ARRAY_OF(struct late_answer) heap;
};

struct late *late_new(void)
{
    return mem_new(struct late);
}

void late_free(struct late *l)
{
    if (l == NULL)
        return;
    for (size_t i = 0; i < l->heap.count; i++)
        free(l->heap.at[i].octets);
    array_fini(&l->heap);
    free(l);
}

static bool earlier(const struct late *l, size_t a, size_t b)
{
    return l->heap.at[a].due_ms < l->heap.at[b].due_ms;
}

static void swap(struct late *l, size_t a, size_t b)
{
    struct late_answer kept = l->heap.at[a];

    l->heap.at[a] = l->heap.at[b];
    l->heap.at[b] = kept;
}

bool late_add(struct late *l, const struct late_answer *a, struct bytes octets)
{
    if (l->heap.count >= LATE_MAX)
        return false;
    struct late_answer *it = array_add(&l->heap);

    *it = *a;
    it->octets = mem_array(octets.len + 1, 1);
    it->len = octets.len;
    if (octets.len > 0)
        memcpy(it->octets, octets.at, octets.len);
    for (size_t at = l->heap.count - 1; at > 0 && earlier(l, at, (at - 1) / 2);
         at = (at - 1) / 2)
        swap(l, at, (at - 1) / 2);
    return true;
}

const struct late_answer *late_first(const struct late *l)
{
    return l->heap.count > 0 ? &l->heap.at[0] : NULL;
}

void late_drop(struct late *l)
{
    if (l->heap.count == 0)
        return;
    free(l->heap.at[0].octets);
    l->heap.at[0] = l->heap.at[--l->heap.count];
    for (size_t at = 0;;) {
        size_t least = 2 * at + 1;

        if (least >= l->heap.count)
            return;
        if (least + 1 < l->heap.count && earlier(l, least + 1, least))
            least++;
        if (!earlier(l, least, at))
            return;
        swap(l, at, least);
        at = least;
    }
}
