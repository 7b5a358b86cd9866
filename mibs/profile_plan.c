/* What a reading asks: the tables and instances that its profile names, those
 * of one table together. */
#include "mibs/profile_model.h"

#include <stdatomic.h>
#include <stdlib.h>

/* Rows that are of use; beyond these a table is no table of sensors. */
enum { METRIC_ROWS_MAX = 20000, FACT_ROWS_MAX = 256, SCALARS_PER_ASK = 48 };

/* ENTITY-MIB, entPhysicalEntry, and in it the columns of the fields descr,
 * name, hw_rev, fw_rev, sw_rev, serial, mfg, model, alias. */
static const uint32_t entity_columns[ENTITY_FIELDS][12] = {
    {1, 3, 6, 1, 2, 1, 47, 1, 1, 1, 1, 2},
    {1, 3, 6, 1, 2, 1, 47, 1, 1, 1, 1, 7},
    {1, 3, 6, 1, 2, 1, 47, 1, 1, 1, 1, 8},
    {1, 3, 6, 1, 2, 1, 47, 1, 1, 1, 1, 9},
    {1, 3, 6, 1, 2, 1, 47, 1, 1, 1, 1, 10},
    {1, 3, 6, 1, 2, 1, 47, 1, 1, 1, 1, 11},
    {1, 3, 6, 1, 2, 1, 47, 1, 1, 1, 1, 12},
    {1, 3, 6, 1, 2, 1, 47, 1, 1, 1, 1, 13},
    {1, 3, 6, 1, 2, 1, 47, 1, 1, 1, 1, 14},
};
static const uint32_t entity_class[] = {1, 3, 6, 1, 2, 1, 47, 1, 1, 1, 1, 5};

struct oid entity_column(uint8_t field)
{
    return (struct oid){entity_columns[field], COUNT_OF(entity_columns[field])};
}

struct oid entity_class_column(void)
{
    return (struct oid){entity_class, COUNT_OF(entity_class)};
}

/* Where in an ask a column is; false if it is not there. */
static bool ask_column(const struct ask *a, struct oid column, size_t *place)
{
    for (size_t i = 0; i < a->count; i++)
        if (oid_equal(a->columns[i], column)) {
            *place = i;
            return true;
        }
    return false;
}

static bool has_scalar(const struct ask *a, struct oid instance)
{
    for (size_t i = 0; i < a->scalar_count; i++)
        if (oid_equal(a->scalars[i], instance))
            return true;
    return false;
}

/* An ask with room for columns; lists are made as large as they may become. */
static struct planned_ask *ask_new(struct reading_plan *plan, const char *name,
                                   struct oid entry, uint32_t rows_max)
{
    struct planned_ask *a = array_add(&plan->asks);

    a->entry = entry;
    a->ask.name = name;
    a->ask.rows_max = rows_max;
    a->ask.columns =
        arena_zero(plan->arena, ASK_COLUMNS_MAX * sizeof(struct oid));
    return a;
}

static void ask_add(struct planned_ask *a, struct oid column)
{
    size_t place;

    if (!ask_column(&a->ask, column, &place))
        ((struct oid *)a->ask.columns)[a->ask.count++] = column;
}

static struct oid entry_of(struct oid column)
{
    return (struct oid){column.sub, column.len - 1};
}

/* The ask for columns of an entry that still takes so many more. */
static struct planned_ask *ask_for(struct reading_plan *plan, const char *name,
                                   struct oid entry, size_t more,
                                   uint32_t rows_max)
{
    for (size_t i = 0; i < plan->asks.count; i++) {
        struct planned_ask *a = &plan->asks.at[i];

        if (a->ask.count > 0 && oid_equal(a->entry, entry) &&
            a->ask.rows_max == rows_max &&
            a->ask.count + more <= ASK_COLUMNS_MAX)
            return a;
    }
    return ask_new(plan, name, entry, rows_max);
}

/* Names of asks differ: what was absent is remembered by its name. */
static const char *scalars_name(struct reading_plan *plan)
{
    struct buffer OWNED_BUFFER name = {0};
    size_t number = 0;

    for (size_t i = 0; i < plan->asks.count; i++)
        number += plan->asks.at[i].ask.scalar_count > 0;
    buffer_format(&name, "%s instances %zu", plan->profile->name, number + 1);
    return arena_text(plan->arena, name.at);
}

static void scalar_add(struct reading_plan *plan, struct oid instance)
{
    struct planned_ask *last = NULL;

    for (size_t i = 0; i < plan->asks.count; i++) {
        if (has_scalar(&plan->asks.at[i].ask, instance))
            return;
        if (plan->asks.at[i].ask.scalars != NULL)
            last = &plan->asks.at[i];
    }
    if (last == NULL || last->ask.scalar_count == SCALARS_PER_ASK) {
        last = array_add(&plan->asks);
        last->ask.name = scalars_name(plan);
        last->ask.scalars =
            arena_zero(plan->arena, SCALARS_PER_ASK * sizeof(struct oid));
    }
    ((struct oid *)last->ask.scalars)[last->ask.scalar_count++] = instance;
}

/* All columns that share a table's rows go into one ask. */
static void walk_plan(struct reading_plan *plan, const struct profile_table *t)
{
    struct planned_ask *a = NULL;

    for (size_t i = 0; i < t->column_count; i++) {
        if (t->columns[i].kind != COLUMN_WALK)
            continue;
        if (a == NULL)
            a = ask_for(plan, t->name, entry_of(t->columns[i].oid),
                        t->column_count, METRIC_ROWS_MAX);
        ask_add(a, t->columns[i].oid);
    }
}

/* What a column of another table is called where it is asked: its entry. */
static const char *entry_name(struct reading_plan *plan, struct oid column)
{
    char text[OID_TEXT_MAX];

    return arena_text(plan->arena,
                      oid_format(entry_of(column), text, sizeof text));
}

/* With identity and metrics at once the collector reads all else too; or has
 * read it before. */
static bool is_read_anyway(const struct reading_plan *plan, struct oid column)
{
    return (plan->named || (plan->identity && plan->metrics)) &&
           known_column(column);
}

static void table_plan(struct reading_plan *plan, const struct profile_table *t)
{
    walk_plan(plan, t);
    for (size_t i = 0; i < t->column_count; i++) {
        const struct column *c = &t->columns[i];
        size_t ask, place;

        if (c->kind == COLUMN_GET)
            scalar_add(plan, c->oid);
        else if (c->kind == COLUMN_JOIN && is_read_anyway(plan, c->oid))
            *(known_port_column(c->oid) ? &plan->joins_ports
                                        : &plan->joins_entities) = true;
        else if (c->kind == COLUMN_JOIN &&
                 !reading_column(plan, c->oid, &ask, &place))
            ask_add(ask_for(plan, entry_name(plan, c->oid), entry_of(c->oid), 1,
                            METRIC_ROWS_MAX),
                    c->oid);
    }
}

static void entity_plan(struct reading_plan *plan, uint8_t field)
{
    struct oid class = entity_class_column();
    struct planned_ask *a =
        ask_for(plan, "entPhysicalTable", entry_of(class), 2, FACT_ROWS_MAX);

    ask_add(a, class);
    ask_add(a, entity_column(field));
}

static void source_plan(struct reading_plan *plan, const struct source *s)
{
    size_t ask, place;

    if (s->origin == ORIGIN_OID)
        scalar_add(plan, s->oid);
    else if (s->origin == ORIGIN_COLUMN &&
             !reading_column(plan, s->oid, &ask, &place))
        ask_add(ask_for(plan, entry_name(plan, s->oid), entry_of(s->oid), 1,
                        FACT_ROWS_MAX),
                s->oid);
    else if (s->origin == ORIGIN_ENTITY && !plan->metrics)
        entity_plan(plan, s->entity_field);
}

static void rule_plan(struct reading_plan *plan, const struct fact_rule *rule)
{
    for (size_t i = 0; i < rule->count; i++)
        source_plan(plan, &rule->sources[i]);
}

/* What a fact needs, the values that it may name included; those are of the
 * profile that wrote the rule. */
static void fact_plan(struct reading_plan *plan, const struct fact_rule *rule)
{
    for (; rule != NULL; rule = rule->then) {
        rule_plan(plan, rule);
        for (size_t i = 0; rule->names != NULL && i < rule->names->value_count;
             i++)
            rule_plan(plan, &rule->names->values[i].rule);
    }
}

/* True if the plan is after what t tells: transceivers are no measurements. */
static bool is_read(const struct reading_plan *plan,
                    const struct profile_table *t)
{
    return plan->metrics &&
           (plan->identity || t->section != SECTION_TRANSCEIVERS);
}

/* ---- where tables find their columns ------------------------------------- */

bool reading_column(const struct reading_plan *plan, struct oid oid,
                    size_t *ask, size_t *place)
{
    for (size_t i = 0; i < plan->asks.count; i++)
        if (ask_column(&plan->asks.at[i].ask, oid, place)) {
            *ask = i;
            return true;
        }
    return false;
}

static bool scalar_find(const struct reading_plan *plan, struct oid oid,
                        size_t *ask, size_t *place)
{
    for (size_t i = 0; i < plan->asks.count; i++) {
        const struct ask *a = &plan->asks.at[i].ask;

        for (size_t k = 0; k < a->scalar_count; k++)
            if (oid_equal(a->scalars[k], oid)) {
                *ask = i;
                *place = k;
                return true;
            }
    }
    return false;
}

/* True if an ask has every walked column of t; where is told. */
static bool walk_bind(const struct ask *a, const struct profile_table *t,
                      struct bound_table *b)
{
    size_t place = 0;

    for (size_t i = 0; i < t->column_count; i++) {
        if (t->columns[i].kind != COLUMN_WALK)
            continue;
        if (!ask_column(a, t->columns[i].oid, &place))
            return false;
        b->columns[i].place = (uint16_t)place;
    }
    return true;
}

static void table_bind(struct reading_plan *plan, const struct profile_table *t,
                       struct bound_table *b)
{
    size_t ask = 0, place = 0;

    b->columns = arena_zero(plan->arena, t->column_count * sizeof *b->columns);
    for (size_t i = 0; i < t->column_count; i++) {
        const struct column *c = &t->columns[i];
        bool known = c->kind == COLUMN_GET
                         ? scalar_find(plan, c->oid, &ask, &place)
                         : c->kind == COLUMN_JOIN &&
                               reading_column(plan, c->oid, &ask, &place);

        b->walks |= c->kind == COLUMN_WALK;
        if (known)
            b->columns[i] =
                (struct binding){true, (uint16_t)ask, (uint16_t)place};
    }
    for (size_t i = 0; b->walks && !b->bound && i < plan->asks.count; i++) {
        b->ask = (uint16_t)i;
        b->bound = walk_bind(&plan->asks.at[i].ask, t, b);
    }
}

static uint32_t check_of(const struct reading_plan *plan)
{
    uint64_t check = plan->asks.count;

    for (size_t i = 0; i < plan->asks.count; i++) {
        const struct ask *a = &plan->asks.at[i].ask;

        check = check * 31 + a->count + a->scalar_count;
        if (a->name != NULL)
            check = check * 31 + bytes_hash(bytes_of_text(a->name));
    }
    return (uint32_t)(check ^ check >> 32);
}

/* ---- plans ----------------------------------------------------------------
 */

struct reading_plan *reading_plan_new(const struct profile *p, bool identity,
                                      bool metrics, bool named)
{
    struct reading_plan *plan = mem_new(struct reading_plan);

    plan->profile = p;
    plan->identity = identity;
    plan->metrics = metrics;
    plan->named = named;
    plan->arena = arena_new();
    plan->tables =
        arena_zero(plan->arena, p->table_count * sizeof *plan->tables);
    for (size_t i = 0; i < p->table_count; i++) {
        plan->tables[i].read = is_read(plan, p->tables[i]);
        if (plan->tables[i].read)
            table_plan(plan, p->tables[i]);
    }
    for (size_t i = 0; identity && i < IDENTITY_FACTS; i++)
        fact_plan(plan, &p->facts[i]);
    for (size_t i = 0; i < p->table_count; i++)
        if (plan->tables[i].read)
            table_bind(plan, p->tables[i], &plan->tables[i]);
    plan->check = check_of(plan);
    return plan;
}

void reading_plan_free(struct reading_plan *plan)
{
    if (plan == NULL)
        return;
    array_fini(&plan->asks);
    arena_free(plan->arena);
    free(plan);
}

const struct reading_plan *reading_plan_of(const struct profile *p)
{
    struct profile *own = (struct profile *)(uintptr_t)p; /* its plan alone */
    struct reading_plan *known = atomic_load(&own->measuring);

    if (known != NULL)
        return known;
    struct reading_plan *made = reading_plan_new(p, false, true, true);
    if (atomic_compare_exchange_strong(&own->measuring, &known, made))
        return made;
    reading_plan_free(made); /* another thread was first */
    return known;
}
