#include "mibs/sounding.h"

#include "base/arena.h"
#include "base/mem.h"

/* A beginning: what columns of one table have in common. */
struct beginning {
    struct oid oid;
    size_t table;
    bool heard, there;
};

struct sounding {
    struct {
        struct beginning *at;
        size_t count, room;
    } list;
    struct arena *arena; /* what is asked */
    size_t tables;
};

/* IF-MIB, ifEntry: every agent has it. */
static const struct oid control = OID_INIT(1, 3, 6, 1, 2, 1, 2, 2, 1);

static void add(struct sounding *s, struct oid oid, size_t table)
{
    *array_add(&s->list) = (struct beginning){.oid = oid, .table = table};
}

struct sounding *sounding_new(void)
{
    struct sounding *s = mem_new(struct sounding);

    s->arena = arena_new();
    add(s, control, SIZE_MAX); /* the first, of no table */
    return s;
}

void sounding_free(struct sounding *s)
{
    if (s == NULL)
        return;
    array_fini(&s->list);
    arena_free(s->arena);
    free(s);
}

void sounding_add(struct sounding *s, size_t table, const struct oid *columns,
                  size_t count)
{
    size_t first = s->list.count;

    for (size_t i = 0; i < count; i++) {
        struct oid entry = {columns[i].sub, columns[i].len - 1};
        bool known = false;

        for (size_t k = first; k < s->list.count && !known; k++)
            known = oid_equal(s->list.at[k].oid, entry);
        if (!known)
            add(s, entry, table);
    }
    s->tables++;
}

size_t sounding_tables(const struct sounding *s)
{
    return s->tables;
}

bool sounding_ask(const struct sounding *s, size_t n, struct ask *out)
{
    size_t first = n * SOUNDING_OIDS_MAX;
    size_t count = s->list.count > first ? s->list.count - first : 0;
    struct oid *oids;

    *out = (struct ask){.name = "tables", .below = true};
    if (count == 0)
        return false;
    out->scalar_count = count < SOUNDING_OIDS_MAX ? count : SOUNDING_OIDS_MAX;
    oids = arena_zero(s->arena, out->scalar_count * sizeof *oids);
    for (size_t i = 0; i < out->scalar_count; i++)
        oids[i] = s->list.at[first + i].oid;
    out->scalars = oids;
    return true;
}

/* Whatever it holds, were it nothing. */
static bool is_instance(const struct value *v)
{
    return value_exists(v) || v->type == VALUE_NULL;
}

void sounding_row(struct sounding *s, size_t n, const struct row *row)
{
    size_t first = n * SOUNDING_OIDS_MAX;

    for (size_t i = 0; i < row->count && first + i < s->list.count; i++) {
        struct beginning *b = &s->list.at[first + i];

        b->heard = true;
        b->there |= is_instance(&row->values[i]);
    }
}

bool sounding_lacks(const struct sounding *s, size_t table)
{
    bool any = false;

    if (!s->list.at[0].there)
        return false;
    for (size_t i = 1; i < s->list.count; i++) {
        const struct beginning *b = &s->list.at[i];

        if (b->table != table)
            continue;
        if (!b->heard || b->there)
            return false;
        any = true;
    }
    return any;
}
