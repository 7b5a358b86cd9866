/* facts_parcel.h - how a parcel of facts is laid out. For facts_pack.c, which
 * writes, and facts_open.c, which reads.
 */
#ifndef MIBS_FACTS_PARCEL_H
#define MIBS_FACTS_PARCEL_H

#include "mibs/facts_shape.h"
#include "mibs/plan.h"

#include <assert.h>

struct parcel {
    unsigned refs;
    uint32_t len, texts; /* octets; different texts */
    const struct member *members;
    uint8_t octets[];
};

/* Every ARRAY_OF() has this shape. */
struct any_list {
    char *at;
    size_t count, room;
};

/* How texts and octets are told: nothing, NULL, one that is new, or the nth of
 * those that were. */
enum { TEXT_EMPTY, TEXT_NULL, TEXT_NEW, TEXT_KNOWN };

/* How numbers with a fraction are told. */
enum { DOUBLE_NAN, DOUBLE_WHOLE, DOUBLE_ANY };

enum { MEMBERS_MAX = 32, BITS = 8 };

static inline size_t members_count(const struct member *members)
{
    size_t count = 0;

    while (members[count].key != NULL)
        count++;
    assert(count <= MEMBERS_MAX);
    return count;
}

static inline struct neighbor *neighbor_of(const void *mgmt)
{
    return (struct neighbor *)(void *)((char *)(uintptr_t)mgmt -
                                       offsetof(struct neighbor, mgmt));
}

/* A number by its bits; 0 of what is none. */
static inline uint64_t number_of(const struct member *m, const void *at)
{
    switch (m->type) {
    case M_BOOL:
        return *(const bool *)at;
    case M_U8:
        return *(const uint8_t *)at;
    case M_U16:
        return *(const uint16_t *)at;
    case M_U32:
        return *(const uint32_t *)at;
    case M_U64:
        return *(const uint64_t *)at;
    case M_I32:
        return (uint64_t) * (const int32_t *)at;
    case M_I64:
        return (uint64_t) * (const int64_t *)at;
    case M_WALL:
        return (uint64_t)((const struct wall *)at)->ms;
    case M_TEXT:
    case M_BYTES:
    case M_DOUBLE:
    case M_ADDR:
    case M_ADDRS:
    case M_PREFIX:
    case M_MAC:
    case M_OBJECT:
    case M_LIST:
        break;
    }
    return 0;
}

/* Names of tables that all reports tell: texts of every parcel of whole facts,
 * known from the start. The nth; NULL behind the last. */
static inline const char *parcel_word(const struct member *members, size_t n)
{
    const struct planned *p = members == facts_members ? plan_at(n) : NULL;

    return p != NULL ? p->reader->name : NULL;
}

struct parcel *parcel_of(const struct facts *f, const struct member *members);

#endif
