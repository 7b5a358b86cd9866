#include "station/objects.h"

#include "base/arena.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/table.h"
#include "station/store.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Numbers are reserved in the store so many at a time: one that was given is
 * not given again, even if the last second of an earlier run was lost. */
enum { RESERVE = 1000 };

/* What books and the registry have in common. */
struct object_pool {
    unsigned refs;
    struct arena *arena;
};

struct object_list ARRAY_OF(const struct object_entry *);

struct objects {
    struct store *store;
    struct table *by_key; /* of all that tells an object apart */
    struct object_pool *pool;
    struct object_list at; /* by index */
    struct object_book *book;
    uint32_t next, reserved; /* to be given; reserved up to, exclusive */
    bool full;
};

/* ---- books ---- */

static void pool_unref(struct object_pool *p)
{
    if (__atomic_sub_fetch(&p->refs, 1, __ATOMIC_ACQ_REL) > 0)
        return;
    arena_free(p->arena);
    free(p);
}

struct object_book *object_book_ref(const struct object_book *b)
{
    struct object_book *shared = (struct object_book *)b;

    __atomic_add_fetch(&shared->refs, 1, __ATOMIC_RELAXED);
    return shared;
}

void object_book_unref(struct object_book *b)
{
    if (b == NULL || __atomic_sub_fetch(&b->refs, 1, __ATOMIC_ACQ_REL) > 0)
        return;
    pool_unref(b->pool);
    free((void *)b->at);
    free((void *)b->by_ref);
    free(b);
}

static int compare_refs(const struct object_ref *a, const struct object_ref *b)
{
    if (a->class != b->class)
        return a->class < b->class ? -1 : 1;
    int order = ident_compare(&a->device, &b->device);
    return order != 0 ? order : strcmp(a->part, b->part);
}

static int compare_entries(const void *a, const void *b)
{
    const struct object_entry *const *left = a, *const *right = b;

    return compare_refs(&(*left)->ref, &(*right)->ref);
}

uint32_t object_book_index(const struct object_book *b,
                           const struct object_ref *ref)
{
    size_t low = 0, high = b->count;

    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = compare_refs(&b->by_ref[middle]->ref, ref);

        if (order == 0)
            return b->by_ref[middle]->index;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return 0;
}

const struct object_entry *object_book_find(const struct object_book *b,
                                            uint32_t index)
{
    size_t low = 0, high = b->count;

    while (low < high) {
        size_t middle = (low + high) / 2;

        if (b->at[middle]->index == index)
            return b->at[middle];
        if (b->at[middle]->index < index)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

/* What stood in by_ref before, and those behind it, which came since. */
static void sort_refs(struct object_book *b, const struct object_book *before)
{
    const struct object_entry **at = mem_array(b->count + 1, sizeof(void *));
    size_t old = before != NULL ? before->count : 0, i = 0, j = old, n = 0;
    const struct object_entry **fresh = mem_array(b->count + 1, sizeof(void *));

    memcpy(fresh + old, b->at + old, (b->count - old) * sizeof(void *));
    qsort(fresh + old, b->count - old, sizeof(void *), compare_entries);
    while (n < b->count) {
        bool take_old =
            j == b->count || (i < old && compare_refs(&before->by_ref[i]->ref,
                                                      &fresh[j]->ref) < 0);

        at[n++] = take_old ? before->by_ref[i++] : fresh[j++];
    }
    free(fresh);
    b->by_ref = at;
}

struct object_book *objects_book(struct objects *o)
{
    struct object_book *before = o->book;

    if (before != NULL && before->count == o->at.count)
        return object_book_ref(before);
    struct object_book *b = mem_new(struct object_book);
    const struct object_entry **at = mem_array(o->at.count + 1, sizeof(void *));
    if (o->at.count > 0)
        memcpy(at, o->at.at, o->at.count * sizeof(void *));
    b->at = at;
    b->count = o->at.count;
    b->refs = 1;
    b->pool = o->pool;
    __atomic_add_fetch(&o->pool->refs, 1, __ATOMIC_RELAXED);
    sort_refs(b, before);
    object_book_unref(before);
    o->book = b;
    return object_book_ref(b);
}

/* ---- the registry ---- */

struct objects *objects_new(struct store *store)
{
    struct objects *o = mem_new(struct objects);

    o->store = store;
    o->by_key = table_new();
    o->pool = mem_new(struct object_pool);
    o->pool->refs = 1;
    o->pool->arena = arena_new();
    o->next = o->reserved = 1;
    return o;
}

void objects_free(struct objects *o)
{
    if (o == NULL)
        return;
    object_book_unref(o->book);
    pool_unref(o->pool);
    table_free(o->by_key);
    array_fini(&o->at);
    free(o);
}

static void write_key(const struct object_ref *ref, struct buffer *out)
{
    buffer_char(out, (char)ref->class);
    buffer_add(out, ref->device.octets, sizeof ref->device.octets);
    buffer_text(out, ref->part);
}

static const struct object_entry *add(struct objects *o, uint32_t index,
                                      const struct object_ref *ref,
                                      struct bytes key)
{
    struct object_entry *e = arena_zero(o->pool->arena, sizeof *e);

    e->index = index;
    e->ref = *ref;
    e->ref.part = arena_text(o->pool->arena, ref->part);
    *array_add(&o->at) = e;
    (void)table_put(o->by_key, key, e);
    return e;
}

static void reserve(struct objects *o)
{
    char text[16];

    o->reserved = o->next + RESERVE;
    (void)snprintf(text, sizeof text, "%" PRIu32, o->reserved);
    if (o->store != NULL)
        store_put(o->store, "meta", "objects", text);
}

/* "CLASS IDENT PART", the part being the rest. */
static void keep(struct objects *o, const struct object_entry *e)
{
    struct buffer OWNED_BUFFER text = {0};
    char key[16], id[IDENT_TEXT_MAX];

    if (o->store == NULL)
        return;
    (void)snprintf(key, sizeof key, "%010" PRIu32, e->index);
    buffer_format(&text, "%s %s %s", object_class_name(e->ref.class),
                  ident_format(&e->ref.device, id, sizeof id), e->ref.part);
    store_put(o->store, "object", key, text.at);
}

uint32_t objects_know(struct objects *o, const struct object_ref *ref)
{
    struct buffer OWNED_BUFFER key = {0};

    write_key(ref, &key);
    const struct object_entry *e = table_find(o->by_key, buffer_view(&key));
    if (e != NULL)
        return e->index;
    if (o->at.count >= OBJECTS_MAX) {
        if (!o->full)
            log_warning("station: %d objects have a number; further ones are "
                        "not shown to other managers",
                        OBJECTS_MAX);
        o->full = true;
        return 0;
    }
    if (o->next == o->reserved)
        reserve(o);
    e = add(o, o->next++, ref, buffer_view(&key));
    keep(o, e);
    return e->index;
}

/* ---- of earlier runs ---- */

static bool parse_class(const char *text, size_t len, enum object_class *out)
{
    for (int c = 0; c < OBJECT_CLASSES; c++) {
        const char *name = object_class_name((enum object_class)c);

        *out = (enum object_class)c;
        if (strlen(name) == len && strncmp(name, text, len) == 0)
            return true;
    }
    return false;
}

static bool parse(const char *text, struct object_ref *out)
{
    enum { ID_LEN = IDENT_TEXT_MAX - 1 };
    const char *blank = strchr(text, ' ');
    char id[IDENT_TEXT_MAX] = "";

    if (blank == NULL ||
        !parse_class(text, (size_t)(blank - text), &out->class))
        return false;
    if (strlen(blank + 1) <= ID_LEN || blank[1 + ID_LEN] != ' ')
        return false;
    memcpy(id, blank + 1, ID_LEN);
    out->part = blank + 1 + ID_LEN + 1;
    return ident_parse(id, &out->device) == 0;
}

static int on_kept(void *arg, const char *key, const char *text)
{
    struct buffer OWNED_BUFFER name = {0};
    struct objects *o = arg;
    struct object_ref ref = {0};
    unsigned long index = strtoul(key, NULL, 10);

    if (index == 0 || index >= UINT32_MAX || o->at.count >= OBJECTS_MAX ||
        !parse(text, &ref))
        return 0; /* of another version: it gets a new number */
    write_key(&ref, &name);
    if (table_find(o->by_key, buffer_view(&name)) == NULL)
        (void)add(o, (uint32_t)index, &ref, buffer_view(&name));
    if (o->next <= index)
        o->next = (uint32_t)index + 1;
    return 0;
}

static int on_reserved(void *arg, const char *key, const char *text)
{
    struct objects *o = arg;
    unsigned long next = strtoul(text, NULL, 10);

    if (strcmp(key, "objects") == 0 && next < UINT32_MAX && o->next < next)
        o->next = (uint32_t)next;
    return 0;
}

int objects_load(struct objects *o, struct complaint *why)
{
    int rc = store_load(o->store, "object", on_kept, o, why);

    if (rc == 0)
        rc = store_load(o->store, "meta", on_reserved, o, why);
    o->reserved = o->next;
    return rc;
}
