/* objects.h - the numbers of objects (portolanObjIndex): each object that other
 * managers may see has one for life, kept over restarts and never given to
 * another one.
 *
 * The loop alone gives numbers; a book of them any thread may read.
 */
#ifndef STATION_OBJECTS_H
#define STATION_OBJECTS_H

#include "base/complaint.h"
#include "station/alert.h"

struct objects;
struct store;

enum { OBJECTS_MAX = 1 << 20 }; /* beyond them new objects have no number */

struct object_entry {
    uint32_t index;
    struct object_ref ref;
};

/* All that have a number, at a moment; immutable, with a count of references.
 */
struct object_book {
    const struct object_entry *const *at; /* by index */
    const struct object_entry *const *by_ref;
    size_t count;
    struct object_pool *pool; /* has the entries */
    unsigned refs;
};

struct object_book *object_book_ref(const struct object_book *b);
void object_book_unref(struct object_book *b); /* any thread; NULL is fine */

/* The number of an object; 0 if it has none. */
uint32_t object_book_index(const struct object_book *b,
                           const struct object_ref *ref);
/* NULL if there is none of that number. */
const struct object_entry *object_book_find(const struct object_book *b,
                                            uint32_t index);

/* store is borrowed; NULL: nothing is kept. */
struct objects *objects_new(struct store *store);
void objects_free(struct objects *o); /* NULL is fine */

/* Reads the numbers of earlier runs. 0, or -EIO and *why. */
int objects_load(struct objects *o, struct complaint *why)
    __attribute__((warn_unused_result));

/* The number of an object, which it is given if it has none; 0 where there are
 * OBJECTS_MAX already. */
uint32_t objects_know(struct objects *o, const struct object_ref *ref);

/* As of now, with a reference for the caller. Costs as much as there are
 * objects if there are new ones, else nothing. */
struct object_book *objects_book(struct objects *o);

#endif
