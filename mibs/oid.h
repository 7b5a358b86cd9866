/* oid.h - object identifiers: views, storage, comparison, text. */
#ifndef MIBS_OID_H
#define MIBS_OID_H

#include "base/bytes.h"

enum { OID_MAX = 128, OID_TEXT_MAX = OID_MAX * 11 + 1 };

/* A view of sub-identifiers that someone else owns. */
struct oid {
    const uint32_t *sub;
    size_t len;
};

/* An OID that owns its sub-identifiers. */
struct oid_store {
    uint32_t sub[OID_MAX];
    size_t len;
};

/* For constants: static const struct oid x = OID_INIT(1, 3, 6, 1); */
#define OID_INIT(...)                                                  \
    {                                                                  \
        (const uint32_t[]){__VA_ARGS__},                               \
            sizeof((const uint32_t[]){__VA_ARGS__}) / sizeof(uint32_t) \
    }
#define OID(...) ((struct oid)OID_INIT(__VA_ARGS__))

struct oid oid_view(const struct oid_store *o);
void oid_copy(struct oid_store *out, struct oid from); /* len <= OID_MAX */

/* Appends one sub-identifier, or several; false if it would be too long. */
bool oid_push(struct oid_store *o, uint32_t sub);
bool oid_append(struct oid_store *o, struct oid tail);

int oid_compare(struct oid a, struct oid b); /* lexicographic */
bool oid_equal(struct oid a, struct oid b);
bool oid_begins(struct oid whole, struct oid prefix);

/* whole without its first n sub-identifiers; empty if it has no more. */
struct oid oid_tail(struct oid whole, size_t n);

/* The nth text, from 1, of an index that is texts from its start on, each with
 * its length in front (RFC 2578, 7.7); empty if there are not so many. */
struct oid oid_nth_text(struct oid index, unsigned nth);

/* Reads digits and dots, a leading dot allowed. 0 or -EINVAL. */
int oid_parse(const char *text, struct oid_store *out)
    __attribute__((warn_unused_result));

/* Writes "1.3.6.1" and returns out; cut if len is too small. */
const char *oid_format(struct oid o, char *out, size_t len);

#endif
