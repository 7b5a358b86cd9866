/* table.h - a hash table from a key of octets to a pointer.
 *
 * Keys are copied; values belong to the caller. Order of walking is that of
 * insertion as long as nothing was removed. Growth is the caller's to bound.
 */
#ifndef BASE_TABLE_H
#define BASE_TABLE_H

#include "base/bytes.h"
#include "base/own.h"

struct table;

struct table *table_new(void);
void table_free(struct table *t); /* values stay */
OWNED_BY(struct table, table_free)

size_t table_count(const struct table *t);

/* The value under key, NULL if there is none. */
void *table_find(const struct table *t, struct bytes key);

/* Puts value, not NULL, under key; gives the value it replaces or NULL. */
void *table_put(struct table *t, struct bytes key, void *value);

/* Removes key; gives its value or NULL. */
void *table_remove(struct table *t, struct bytes key);

/* Walks: size_t at = 0; while (table_next(t, &at, &key, &value)). key and
 * value may be NULL. Nothing may be added meanwhile; the current one may be
 * removed. */
bool table_next(const struct table *t, size_t *at, struct bytes *key,
                void **value);

/* The same with NUL-terminated keys. */
static inline void *table_find_text(const struct table *t, const char *key)
{
    return table_find(t, bytes_of_text(key));
}
static inline void *table_put_text(struct table *t, const char *key, void *v)
{
    return table_put(t, bytes_of_text(key), v);
}

#endif
