/* facts_shape.h - which members facts have, and of what type: one table for
 * whoever writes or reads all of them. */
#ifndef MIBS_FACTS_SHAPE_H
#define MIBS_FACTS_SHAPE_H

#include "mibs/facts.h"

/* How a member of a struct is written. */
enum member_type {
    M_TEXT,  /* const char * */
    M_BYTES, /* struct bytes, as hexadecimal digits */
    M_BOOL,
    M_U8,
    M_U16,
    M_U32,
    M_U64,
    M_I32,
    M_I64,    /* FACT_UNKNOWN is left out */
    M_DOUBLE, /* NaN is left out */
    M_ADDR,
    M_ADDRS, /* the management addresses of a neighbor, count told aside */
    M_PREFIX,
    M_MAC,
    M_WALL,
    M_OBJECT, /* a struct inside */
    M_LIST,   /* an array of structs (ARRAY_OF) */
};

struct member {
    const char *key;
    enum member_type type;
    size_t offset;
    const struct member *inside; /* of objects and lists, ends with key NULL */
    size_t size;                 /* of one element of a list */
};

/* The members of struct facts, ends with key NULL: what is looked at most often
 * first. Up to SEEN come those that facts at rest show, up to REPORTS, ENTITIES
 * and NAMES those that polling needs. */
extern const struct member facts_members[];
#define FACTS_MEMBERS_SEEN "identity"
#define FACTS_MEMBERS_REPORTS "reports"
#define FACTS_MEMBERS_ENTITIES "entities"
#define FACTS_MEMBERS_NAMES "processors"

/* Those of them that are measured. */
extern const struct member facts_measured[];

/* Sets a member of a number's type (M_BOOL to M_I64, M_WALL) that lies at at;
 * one of another type is left as it is. */
void member_set_number(const struct member *m, void *at, uint64_t n);

#endif
