/* pack.h - values as octets and back, by one description for both directions:
 * whoever packs a struct visits its members once, and what was written is what
 * is read.
 *
 * Reading trusts nothing: what does not fit breaks the pack, after which every
 * read gives zero, nothing and none. Texts that were read lie in the octets.
 */
#ifndef MIBS_PACK_H
#define MIBS_PACK_H

#include "base/arena.h"
#include "base/cursor.h"
#include "mibs/oid.h"

#include <stdbool.h>

struct pack {
    bool reads;
    struct buffer out;   /* where it writes */
    struct cursor in;    /* where it reads; octets outlive what is read */
    struct arena *arena; /* holds what is read */
};

/* Breaks what is read if it is not so; nothing while writing. */
void pack_expect(struct pack *p, bool is_so);
bool pack_ok(const struct pack *p);

void pack_bool(struct pack *p, bool *v);
void pack_u8(struct pack *p, uint8_t *v, unsigned limit); /* below limit */
void pack_u64(struct pack *p, uint64_t *v);
void pack_i64(struct pack *p, int64_t *v);
void pack_double(struct pack *p, double *v);

/* A text, NULL if it may be none. */
void pack_text(struct pack *p, const char **v);
void pack_some_text(struct pack *p, const char **v);

/* At least min sub-identifiers. */
void pack_oid(struct pack *p, struct oid *v, size_t min);

/* A list's count, at most max; reading gives *at room for so many elements of
 * size, zeroed. The caller visits them. */
void pack_list(struct pack *p, void *at, size_t *count, size_t size,
               size_t max);

#endif
