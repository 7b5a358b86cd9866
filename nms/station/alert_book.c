#include "station/alert_book.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

struct alert_book_past {
    /* References that this book alone has. */
    struct alerts_gone ARRAY_OF(struct alert_record *) gone;
    struct alert_book *next; /* keeps what both list; NULL: there is none */
};

struct alert_book *alert_book_new(void)
{
    struct alert_book *b = mem_new(struct alert_book);

    b->refs = 1;
    b->past = mem_new(struct alert_book_past);
    return b;
}

struct alert_book *alert_book_ref(const struct alert_book *b)
{
    struct alert_book *shared = (struct alert_book *)b;

    __atomic_add_fetch(&shared->refs, 1, __ATOMIC_RELAXED);
    return shared;
}

static void let_go(const struct alert_record *const *at, size_t count)
{
    for (size_t i = 0; i < count; i++)
        alert_unref((struct alert_record *)at[i]);
}

void alert_book_unref(struct alert_book *b)
{
    while (b != NULL &&
           __atomic_sub_fetch(&b->refs, 1, __ATOMIC_ACQ_REL) == 0) {
        struct alert_book *next = b->past->next;

        let_go((const struct alert_record *const *)b->past->gone.at,
               b->past->gone.count);
        if (next == NULL) {
            let_go(b->active, b->active_count);
            let_go(b->cleared, b->cleared_count);
        }
        array_fini(&b->past->gone);
        free(b->past);
        free((void *)b->active);
        free((void *)b->cleared);
        free(b);
        b = next;
    }
}

/* The place of the first active one whose index is not less. */
static size_t place_of(const struct alert_book *b, uint32_t index)
{
    size_t low = 0, high = b->active_count;

    while (low < high) {
        size_t mid = low + (high - low) / 2;

        if (b->active[mid]->index < index)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

const struct alert_record *alert_book_find(const struct alert_book *b,
                                           uint32_t index)
{
    size_t place = place_of(b, index);

    if (place < b->active_count && b->active[place]->index == index)
        return b->active[place];
    for (size_t i = b->cleared_count; i > 0; i--)
        if (b->cleared[i - 1]->index == index)
            return b->cleared[i - 1];
    return NULL;
}

/* ---- following ---- */

static int by_index(const void *a, const void *b)
{
    const struct alert_record *left = *(struct alert_record *const *)a;
    const struct alert_record *right = *(struct alert_record *const *)b;

    return (left->index > right->index) - (left->index < right->index);
}

static int by_end(const void *a, const void *b)
{
    const struct alert_record *left = *(struct alert_record *const *)a;
    const struct alert_record *right = *(struct alert_record *const *)b;
    int64_t l = left->cleared.ms, r = right->cleared.ms;

    return l != r ? (l > r) - (l < r) : by_index(a, b);
}

/* What before listed at a place and its successor does not. */
static void drop(struct alert_book *before, const struct alert_record *r)
{
    *array_add(&before->past->gone) = (struct alert_record *)r;
}

/* The active ones of before as records have them now; records are by index. */
static void follow_active(struct alert_book *before, struct alert_book *next,
                          struct alert_record **records, size_t count)
{
    const struct alert_record **at =
        mem_array(before->active_count + count, sizeof *at);
    size_t kept = 0;

    if (before->active_count > 0)
        memcpy(at, before->active, before->active_count * sizeof *at);
    for (size_t i = 0; i < count; i++) {
        size_t place = place_of(before, records[i]->index);

        if (place == before->active_count ||
            before->active[place]->index != records[i]->index)
            continue;
        drop(before, at[place]);
        at[place] =
            records[i]->state == ALERT_ACTIVE ? alert_ref(records[i]) : NULL;
    }
    for (size_t i = 0; i < before->active_count; i++)
        if (at[i] != NULL)
            at[kept++] = at[i];
    uint32_t last = before->active_count > 0
                        ? before->active[before->active_count - 1]->index
                        : 0;
    for (size_t i = 0; i < count; i++)
        if (records[i]->index > last && records[i]->state == ALERT_ACTIVE)
            at[kept++] = alert_ref(records[i]);
    next->active = at;
    next->active_count = kept;
}

static void follow_cleared(struct alert_book *before, struct alert_book *next,
                           struct alert_record **records, size_t count)
{
    size_t added = 0, forgotten = 0;

    for (size_t i = 0; i < count; i++)
        if (records[i]->state == ALERT_CLEARED)
            records[added++] = records[i];
    qsort(records, added, sizeof *records, by_end);
    if (before->cleared_count + added > ALERTS_CLEARED_MAX)
        forgotten = before->cleared_count + added - ALERTS_CLEARED_MAX;
    size_t old = forgotten < before->cleared_count
                     ? before->cleared_count - forgotten
                     : 0;
    size_t skip = forgotten - (before->cleared_count - old);
    const struct alert_record **at =
        mem_array(old + added - skip + 1, sizeof *at);

    for (size_t i = 0; i < before->cleared_count - old; i++)
        drop(before, before->cleared[i]);
    if (old > 0)
        memcpy(at, before->cleared + before->cleared_count - old,
               old * sizeof *at);
    for (size_t i = skip; i < added; i++)
        at[old + i - skip] = alert_ref(records[i]);
    next->cleared = at;
    next->cleared_count = old + added - skip;
}

/* One that knows nothing of records yet. */
static struct alert_book *successor(const struct alert_book *before)
{
    struct alert_book *next = alert_book_new();

    next->version = before->version + 1;
    next->changed = before->changed;
    memcpy(next->totals, before->totals, sizeof next->totals);
    next->overflow = before->overflow;
    return next;
}

static struct alert_book *succeed(struct alert_book *before,
                                  struct alert_book *next)
{
    next->refs++; /* before's */
    before->past->next = next;
    alert_book_unref(before);
    return next;
}

struct alert_book *alert_book_follow(struct alert_book *before,
                                     struct alert_record **records,
                                     size_t count)
{
    struct alert_book *next = successor(before);

    if (count > 0)
        qsort(records, count, sizeof *records, by_index);
    follow_active(before, next, records, count);
    follow_cleared(before, next, records, count);
    return succeed(before, next);
}

struct alert_book *alert_book_amend(struct alert_book *before,
                                    alert_amend_fn amend, void *arg)
{
    struct alert_book *next = successor(before);
    const struct alert_record **at =
        mem_array(before->cleared_count + 1, sizeof *at);

    follow_active(before, next, NULL, 0);
    for (size_t i = 0; i < before->cleared_count; i++) {
        const struct alert_record *r = before->cleared[i];
        const struct alert_record *is = amend(arg, r);

        if (is != r)
            drop(before, r);
        if (is != NULL)
            at[next->cleared_count++] = is;
    }
    next->cleared = at;
    return succeed(before, next);
}
