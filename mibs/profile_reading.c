#include "base/table.h"
#include "mibs/profile_model.h"

#include <assert.h>
#include <stdlib.h>

/* What one device may make us keep. */
enum { READING_OCTETS_MAX = 16 << 20, READING_VALUE_MAX = 2048 };

struct profile_reading *profile_reading_new(const struct profile *p,
                                            bool identity, bool metrics,
                                            bool named)
{
    struct profile_reading *r = mem_new(struct profile_reading);

    r->profile = p;
    if (!identity && metrics && named)
        r->plan = reading_plan_of(p);
    else
        r->plan = r->own = reading_plan_new(p, identity, metrics, named);
    r->arena = arena_new();
    r->asked = mem_array(r->plan->asks.count, sizeof *r->asked);
    return r;
}

void profile_reading_free(struct profile_reading *r)
{
    if (r == NULL)
        return;
    for (size_t i = 0; i < r->plan->asks.count; i++) {
        array_fini(&r->asked[i].rows);
        table_free(r->asked[i].by_index);
    }
    free(r->asked);
    arena_free(r->arena);
    reading_plan_free(r->own);
    free(r);
}

bool profile_reading_joins_entities(const struct profile_reading *r)
{
    return r->plan->joins_entities;
}

bool profile_reading_joins_ports(const struct profile_reading *r)
{
    return r->plan->joins_ports;
}

bool profile_ask(const struct profile_reading *r, size_t n, struct ask *out)
{
    *out = (struct ask){0};
    if (n >= r->plan->asks.count)
        return false;
    *out = r->plan->asks.at[n].ask;
    return true;
}

uint32_t profile_reading_check(const struct profile_reading *r)
{
    return r->plan->check;
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
    assert(n < r->plan->asks.count);
    const struct ask *ask = &r->plan->asks.at[n].ask;
    size_t count = ask->count + ask->scalar_count;

    if (arena_size(r->arena) > READING_OCTETS_MAX || row->count < count ||
        row->index.len > OID_MAX) {
        r->refused++;
        return;
    }
    struct value *values = arena_zero(r->arena, count * sizeof *values);
    struct kept_row *kept = array_add(&r->asked[n].rows);

    for (size_t i = 0; i < count; i++)
        values[i] = value_keep(r->arena, row->values[i]);
    *kept = (struct kept_row){oid_keep(r->arena, row->index), values};
}

struct value reading_scalar(const struct profile_reading *r, struct oid oid)
{
    for (size_t i = 0; i < r->plan->asks.count; i++) {
        const struct ask *a = &r->plan->asks.at[i].ask;
        const struct kept_rows *rows = &r->asked[i].rows;

        for (size_t k = 0; k < a->scalar_count && rows->count > 0; k++)
            if (oid_equal(a->scalars[k], oid))
                return rows->at[0].values[k];
    }
    return (struct value){.type = VALUE_NONE};
}

static struct bytes index_key(struct oid index)
{
    return (struct bytes){(const uint8_t *)index.sub,
                          index.len * sizeof *index.sub};
}

const struct kept_row *reading_row(struct profile_reading *r, size_t ask,
                                   struct oid index)
{
    struct reading_rows *a = &r->asked[ask];

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
    if (r->plan->identity)
        profile_identify(r, f);
    if (r->plan->metrics)
        profile_measure(r, f);
}
