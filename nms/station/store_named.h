/* store_named.h - devices that were called by a name, as the past has them:
 * what else is known of one that is in no inventory any more. Looked for in
 * bites, as store_erase.h. */
#ifndef STATION_STORE_NAMED_H
#define STATION_STORE_NAMED_H

#include "base/mem.h"
#include "station/store.h"

/* A device with an address of it, as texts; addr NULL: none is told. */
struct store_named_row {
    char *id, *addr;
};
struct store_named ARRAY_OF(struct store_named_row);
void store_named_fini(struct store_named *n);

enum { STORE_NAMED_MAX = 1000 };

/* result: 0, -EIO, -ECANCELED. Each pair once, STORE_NAMED_MAX at most; an
 * erasure of that name that was not completed (store_erase.h) is told too.
 * Once, from the loop; found is valid until the callback returns. */
typedef void (*store_named_fn)(void *arg, int result,
                               const struct store_named *found);
void store_find_named(struct store *s, const char *name, store_named_fn done,
                      void *arg);

#endif
