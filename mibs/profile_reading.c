#include "base/table.h"
#include "mibs/profile_model.h"

#include <assert.h>

/* What one device may make us keep. */
enum { READING_OCTETS_MAX = 16 << 20, READING_VALUE_MAX = 2048 };

struct profile_reading *profile_reading_new(const struct profile *p,
                                            bool identity, bool metrics,
                                            bool named)
{
    struct profile_reading *r = mem_new(struct profile_reading);

    r->profile = p;
    r->identity = identity;
    r->metrics = metrics;
    r->named = named;
    r->arena = arena_new();
    reading_plan(r);
    return r;
}

void profile_reading_free(struct profile_reading *r)
{
    if (r == NULL)
        return;
    for (size_t i = 0; i < r->asks.count; i++) {
        array_fini(&r->asks.at[i].rows);
        table_free(r->asks.at[i].by_index);
    }
    array_fini(&r->asks);
    arena_free(r->arena);
    free(r);
}

bool profile_reading_joins(const struct profile_reading *r)
{
    return r->joins;
}

bool profile_ask(const struct profile_reading *r, size_t n, struct ask *out)
{
    *out = (struct ask){0};
    if (n >= r->asks.count)
        return false;
    *out = r->asks.at[n].ask;
    return true;
}

static struct oid oid_keep(struct arena *a, struct oid o)
{
    uint32_t *sub = arena_zero(a, (o.len + 1) * sizeof *sub);

    if (o.len > 0)
        memcpy(sub, o.sub, o.len * sizeof *sub);
    return (struct oid){sub, o.len};
}

static struct value value_keep(struct arena *a, struct value v)
{
    if (v.type == VALUE_OCTETS || v.type == VALUE_IP ||
        v.type == VALUE_OPAQUE) {
        if (v.octets.len > READING_VALUE_MAX)
            v.octets.len = READING_VALUE_MAX;
        v.octets = arena_bytes(a, v.octets);
    } else if (v.type == VALUE_OID) {
        v.oid = oid_keep(a, v.oid);
    }
    return v;
}

void profile_row(struct profile_reading *r, size_t n, const struct row *row)
{
    assert(n < r->asks.count);
    struct reading_ask *a = &r->asks.at[n];
    size_t count = a->ask.count + a->ask.scalar_count;

    if (arena_size(r->arena) > READING_OCTETS_MAX || row->count < count ||
        row->index.len > OID_MAX) {
        r->refused++;
        return;
    }
    struct value *values = arena_zero(r->arena, count * sizeof *values);
    struct kept_row *kept = array_add(&a->rows);

    for (size_t i = 0; i < count; i++)
        values[i] = value_keep(r->arena, row->values[i]);
    *kept = (struct kept_row){oid_keep(r->arena, row->index), values};
}

struct value reading_scalar(const struct profile_reading *r, struct oid oid)
{
    for (size_t i = 0; i < r->asks.count; i++) {
        const struct reading_ask *a = &r->asks.at[i];

        for (size_t k = 0; k < a->ask.scalar_count && a->rows.count > 0; k++)
            if (oid_equal(a->ask.scalars[k], oid))
                return a->rows.at[0].values[k];
    }
    return (struct value){.type = VALUE_NONE};
}

bool reading_column(const struct profile_reading *r, struct oid oid,
                    size_t *ask, size_t *place)
{
    for (size_t i = 0; i < r->asks.count; i++)
        if (ask_column(&r->asks.at[i].ask, oid, place)) {
            *ask = i;
            return true;
        }
    return false;
}

static struct bytes index_key(struct oid index)
{
    return (struct bytes){(const uint8_t *)index.sub,
                          index.len * sizeof *index.sub};
}

const struct kept_row *reading_row(struct profile_reading *r, size_t ask,
                                   struct oid index)
{
    struct reading_ask *a = &r->asks.at[ask];

    if (a->by_index == NULL) {
        a->by_index = table_new();
        for (size_t i = 0; i < a->rows.count; i++)
            (void)table_put(a->by_index, index_key(a->rows.at[i].index),
                            &a->rows.at[i]);
    }
    return table_find(a->by_index, index_key(index));
}

void profile_finish(struct profile_reading *r, struct facts *f)
{
    if (r->identity)
        profile_identify(r, f);
    if (r->metrics)
        profile_measure(r, f);
}
