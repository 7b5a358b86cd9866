/* mib.h - the tables of a simulated agent as one ordered tree of variables,
 * computed on demand.
 *
 * A group is a table or a set of scalars: a prefix, columns, and rows that are
 * counted and indexed by functions. The tree is all groups in order of their
 * OIDs; who has which group is the group's own business (no rows).
 */
#ifndef FARM_MIB_H
#define FARM_MIB_H

#include "tests/farm/view.h"

enum { INDEX_MAX = 24, PREFIX_BER_MAX = 40 };

/* The instance part of a name. */
struct index {
    uint32_t sub[INDEX_MAX];
    unsigned len;
};

static inline void index_push(struct index *i, uint32_t sub)
{
    i->sub[i->len++] = sub;
}
void index_push_ip(struct index *i, uint32_t ip);
void index_push_mac(struct index *i, uint64_t mac);

struct group {
    struct oid prefix;
    const uint8_t *columns; /* ascending, none above 127 */
    unsigned count;
    /* Rows in order of their indexes; 0 where the agent has no such table. */
    uint32_t (*rows)(const struct view *v);
    /* NULL: scalars, one row with index 0. */
    void (*index)(const struct view *v, uint32_t row, struct index *out);
    /* The value; false for a hole. May use v->text. */
    bool (*get)(struct view *v, unsigned column, uint32_t row,
                struct value *out);
    bool endless; /* VIEW_ENDLESS applies */
};

#define GROUP_COLUMNS(...)                     \
    .columns = (const uint8_t[]){__VA_ARGS__}, \
    .count = sizeof((const uint8_t[]){__VA_ARGS__})

/* Each file of tables has one list, ended by a group without columns. */
extern const struct group groups_system[], groups_if[], groups_ip[],
    groups_lldp[], groups_cdp[], groups_bridge[], groups_entity[],
    groups_host[], groups_cisco[], groups_vendor[], groups_ups[], groups_peer[];

struct mib;

struct mib *mib_new(void);
void mib_free(struct mib *m);
OWNED_BY(struct mib, mib_free)

/* The groups in order, for tests. */
const struct group *mib_group(const struct mib *m, size_t nth);

/* A place in the tree of a view. */
struct spot {
    uint32_t group, column, row; /* of a recording: row alone */
    uint32_t beyond;             /* rows after the last, of an endless table */
};

/* The variable called name; false if there is none, *has_object telling whether
 * others of its object exist. */
bool mib_find(const struct mib *m, struct view *v, struct oid name,
              struct spot *at, struct value *value, bool *has_object);

/* The first variable after name, or after the one at *at. False at the end. */
bool mib_after(const struct mib *m, struct view *v, struct oid name,
               struct spot *at, struct value *value);
bool mib_advance(const struct mib *m, struct view *v, struct spot *at,
                 struct value *value);

/* The name of what is at *at. */
void mib_name(const struct mib *m, const struct view *v, const struct spot *at,
              struct oid_store *out);

/* The same in BER, without tag and length; octets written (room for them must
 * be 5 * OID_MAX). */
size_t mib_name_ber(const struct mib *m, const struct view *v,
                    const struct spot *at, uint8_t *out);

/* ---- for groups -----------------------------------------------------------
 */

static inline bool value_int(struct value *out, int64_t number)
{
    *out = (struct value){.type = VALUE_INTEGER, .integer = number};
    return true;
}
static inline bool value_of(struct value *out, uint8_t type, uint64_t number)
{
    *out = (struct value){.type = type, .number = number};
    return true;
}
static inline bool value_gauge(struct value *out, uint64_t number)
{
    return value_of(out, VALUE_GAUGE32, number);
}
bool value_octets(struct value *out, const void *at, size_t len);
bool value_str(struct value *out, const char *text); /* lives elsewhere */
bool value_mac(struct view *v, struct value *out, uint64_t mac);
bool value_ip(struct view *v, struct value *out, uint32_t ip);
bool value_oid(struct value *out, struct oid oid);
bool value_text_of(struct view *v, struct value *out); /* what is in v->text */

/* The first n octets of v->text as a number and back, big-endian. */
void octets_put(uint8_t *at, uint64_t number, unsigned octets);

/* A number between low and high that wanders slowly with time and is the same
 * for the same device, thing and moment. */
int64_t view_wander(const struct view *v, uint32_t thing, int64_t low,
                    int64_t high);

/* 1 if the device has all of the flags, else 0: for rows(). */
static inline uint32_t view_has(const struct view *v, uint32_t flags)
{
    return (v->dev->model->flags & flags) == flags;
}

#endif
