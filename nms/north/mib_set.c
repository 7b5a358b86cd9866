#include "north/mib_set.h"

#include "base/mem.h"
#include "north/alarm_row.h"

#include <assert.h>
#include <stdlib.h>

struct place {
    const struct mib_table *table;
    struct oid_store first; /* its entry and its first column */
};

struct mib_set {
    size_t count;
    struct place at[MIB_TABLES_MAX]; /* by first */
};

static struct oid entry_of(const struct place *p)
{
    return (struct oid){p->first.sub, p->first.len - 1};
}

/* ---- making ---- */

static void place_init(struct place *p, const struct mib_table *table,
                       uint32_t enterprise)
{
    p->table = table;
    if (table->own) {
        oid_copy(&p->first, OID(1, 3, 6, 1, 4, 1));
        (void)oid_push(&p->first, enterprise);
        (void)oid_push(&p->first, 1);
    }
    (void)oid_append(&p->first, table->entry);
    (void)oid_push(&p->first, table->columns[0]);
}

static int compare_places(const void *a, const void *b)
{
    const struct place *left = a, *right = b;

    return oid_compare(oid_view(&left->first), oid_view(&right->first));
}

struct mib_set *mib_set_new(const struct mib_table *const *tables, size_t count,
                            uint32_t enterprise)
{
    struct mib_set *s = mem_new(struct mib_set);

    assert(count <= MIB_TABLES_MAX);
    for (size_t i = 0; i < count; i++)
        place_init(&s->at[s->count++], tables[i], enterprise);
    qsort(s->at, s->count, sizeof s->at[0], compare_places);
    return s;
}

void mib_set_free(struct mib_set *s)
{
    free(s);
}

/* ---- finding ---- */

/* How many tables begin at or before name: the one that may have it is the last
 * of them. */
static size_t tables_before(const struct mib_set *s, struct oid name)
{
    size_t low = 0, high = s->count;

    while (low < high) {
        size_t middle = (low + high) / 2;

        if (oid_compare(oid_view(&s->at[middle].first), name) <= 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* The first row whose index is not below index (beyond: is behind it). */
static size_t row_place(const struct mib_table *t, const void *of,
                        struct oid index, bool beyond)
{
    size_t low = 0, high = t->rows(of);

    while (low < high) {
        size_t middle = (low + high) / 2;
        struct oid_store at; /* all of it zeroed would cost more than asked */

        at.len = 0;
        t->index(of, middle, &at);
        int order = oid_compare(oid_view(&at), index);
        if (order < 0 || (beyond && order == 0))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* The place of the first column that is not below arc. */
static size_t column_place(const struct mib_table *t, uint32_t arc)
{
    size_t i = 0;

    while (i < t->column_count && t->columns[i] < arc)
        i++;
    return i;
}

static bool read_cell(const struct mib_table *t, const void *of, size_t row,
                      uint32_t column, struct mib_cell *out)
{
    out->value = (struct value){.type = VALUE_NONE};
    t->value(of, row, column, out);
    return out->value.type != VALUE_NONE;
}

static uint8_t find(const struct mib_set *s, const void *of, struct oid name,
                    struct mib_cell *out)
{
    size_t before = tables_before(s, name);

    if (before == 0 || !oid_begins(name, entry_of(&s->at[before - 1])))
        return VALUE_NO_OBJECT;
    const struct mib_table *t = s->at[before - 1].table;
    struct oid tail = oid_tail(name, entry_of(&s->at[before - 1]).len);
    size_t column = column_place(t, tail.sub[0]);
    if (column == t->column_count || t->columns[column] != tail.sub[0])
        return VALUE_NO_OBJECT;

    struct oid index = oid_tail(tail, 1);
    size_t row = row_place(t, of, index, false);
    struct oid_store at = {.len = 0};
    if (row == t->rows(of))
        return VALUE_NO_INSTANCE;
    t->index(of, row, &at);
    return oid_equal(oid_view(&at), index) &&
                   read_cell(t, of, row, tail.sub[0], out)
               ? out->value.type
               : VALUE_NO_INSTANCE;
}

void mib_get(const struct mib_set *s, const void *of, struct oid name,
             struct mib_cell *out)
{
    uint8_t type = find(s, of, name, out);

    if (type == VALUE_NO_OBJECT || type == VALUE_NO_INSTANCE)
        out->value = (struct value){.type = type};
}

/* The first cell of a table from a column's row on. */
static bool next_in(const struct place *p, const void *of, size_t column,
                    size_t row, struct oid_store *name, struct mib_cell *out)
{
    const struct mib_table *t = p->table;
    size_t rows = t->rows(of);

    for (; column < t->column_count; column++, row = 0) {
        for (; row < rows; row++) {
            if (!read_cell(t, of, row, t->columns[column], out))
                continue;
            oid_copy(name, entry_of(p));
            (void)oid_push(name, t->columns[column]);
            t->index(of, row, name);
            return true;
        }
    }
    return false;
}

/* The same behind a name that lies within the table. */
static bool next_within(const struct place *p, const void *of, struct oid from,
                        bool include, struct oid_store *name,
                        struct mib_cell *out)
{
    const struct mib_table *t = p->table;
    struct oid tail = oid_tail(from, entry_of(p).len);
    size_t column = column_place(t, tail.sub[0]), row = 0;

    if (column < t->column_count && t->columns[column] == tail.sub[0])
        row = row_place(t, of, oid_tail(tail, 1), !include);
    return next_in(p, of, column, row, name, out);
}

bool mib_next(const struct mib_set *s, const void *of, struct oid from,
              bool include, struct oid_store *name, struct mib_cell *out)
{
    size_t at = tables_before(s, from);

    if (at > 0 && oid_begins(from, entry_of(&s->at[at - 1])) &&
        next_within(&s->at[at - 1], of, from, include, name, out))
        return true;
    for (; at < s->count; at++)
        if (next_in(&s->at[at], of, 0, 0, name, out))
            return true;
    return false;
}

/* ---- cells ---- */

size_t mib_one_row(const void *of)
{
    (void)of;
    return 1;
}

void mib_index_0(const void *of, size_t row, struct oid_store *out)
{
    (void)of;
    (void)row;
    (void)oid_push(out, 0);
}

void mib_integer(struct mib_cell *c, int64_t number)
{
    c->value = (struct value){.type = VALUE_INTEGER, .integer = number};
}

static void set_number(struct mib_cell *c, uint8_t type, uint64_t number)
{
    c->value = (struct value){.type = type, .number = number};
}

void mib_unsigned(struct mib_cell *c, uint64_t number)
{
    set_number(c, VALUE_GAUGE32, number < UINT32_MAX ? number : UINT32_MAX);
}

void mib_counter(struct mib_cell *c, uint64_t number)
{
    set_number(c, VALUE_COUNTER32, number & UINT32_MAX);
}

void mib_counter64(struct mib_cell *c, uint64_t number)
{
    set_number(c, VALUE_COUNTER64, number);
}

void mib_ticks(struct mib_cell *c, uint64_t number)
{
    set_number(c, VALUE_TICKS, number & UINT32_MAX);
}

void mib_truth(struct mib_cell *c, bool is)
{
    mib_integer(c, is ? 1 : 2);
}

void mib_octets(struct mib_cell *c, struct bytes b)
{
    c->value = (struct value){.type = VALUE_OCTETS, .octets = b};
}

void mib_text(struct mib_cell *c, const char *text)
{
    mib_octets(c, admin_string(text, ADMIN_STRING_MAX));
}

void mib_date(struct mib_cell *c, struct wall t)
{
    enum { WITHOUT_ZONE = 8 };

    date_and_time(t, c->octets);
    mib_octets(c, (struct bytes){c->octets,
                                 t.ms > 0 ? DATE_TIME_OCTETS : WITHOUT_ZONE});
}

void mib_bits(struct mib_cell *c, uint8_t octet)
{
    c->octets[0] = octet;
    mib_octets(c, (struct bytes){c->octets, 1});
}

void mib_address_type(struct mib_cell *c, const struct addr *a)
{
    enum { UNKNOWN, IPV4, IPV6 };

    mib_integer(c, a == NULL ? UNKNOWN : a->family == 4 ? IPV4 : IPV6);
}

void mib_address(struct mib_cell *c, const struct addr *a)
{
    mib_octets(c, a != NULL ? addr_octets(a) : (struct bytes){0});
}

void mib_oid(struct mib_cell *c, struct oid o)
{
    if (o.len < 2)
        oid_copy(&c->oid, OID(0, 0));
    else if (o.sub != c->oid.sub)
        oid_copy(&c->oid, o);
    c->value = (struct value){.type = VALUE_OID, .oid = oid_view(&c->oid)};
}
