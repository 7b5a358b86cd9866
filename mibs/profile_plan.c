/* What a reading asks: the tables and instances that its profile names, those
 * of one table together. */
#include "mibs/profile_model.h"

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

bool ask_column(const struct ask *a, struct oid column, size_t *place)
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
static struct reading_ask *ask_new(struct profile_reading *r, const char *name,
                                   struct oid entry, uint32_t rows_max)
{
    struct reading_ask *a = array_add(&r->asks);

    a->entry = entry;
    a->ask.name = name;
    a->ask.rows_max = rows_max;
    a->ask.columns = arena_zero(r->arena, ASK_COLUMNS_MAX * sizeof(struct oid));
    return a;
}

static void ask_add(struct reading_ask *a, struct oid column)
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
static struct reading_ask *ask_for(struct profile_reading *r, const char *name,
                                   struct oid entry, size_t more,
                                   uint32_t rows_max)
{
    for (size_t i = 0; i < r->asks.count; i++) {
        struct reading_ask *a = &r->asks.at[i];

        if (a->ask.count > 0 && oid_equal(a->entry, entry) &&
            a->ask.rows_max == rows_max &&
            a->ask.count + more <= ASK_COLUMNS_MAX)
            return a;
    }
    return ask_new(r, name, entry, rows_max);
}

/* Names of asks differ: what was absent is remembered by its name. */
static const char *scalars_name(struct profile_reading *r)
{
    struct buffer OWNED_BUFFER name = {0};
    size_t number = 0;

    for (size_t i = 0; i < r->asks.count; i++)
        number += r->asks.at[i].ask.scalar_count > 0;
    buffer_format(&name, "%s instances %zu", r->profile->name, number + 1);
    return arena_text(r->arena, name.at);
}

static void scalar_add(struct profile_reading *r, struct oid instance)
{
    struct reading_ask *last = NULL;

    for (size_t i = 0; i < r->asks.count; i++) {
        if (has_scalar(&r->asks.at[i].ask, instance))
            return;
        if (r->asks.at[i].ask.scalars != NULL)
            last = &r->asks.at[i];
    }
    if (last == NULL || last->ask.scalar_count == SCALARS_PER_ASK) {
        last = array_add(&r->asks);
        last->ask.name = scalars_name(r);
        last->ask.scalars =
            arena_zero(r->arena, SCALARS_PER_ASK * sizeof(struct oid));
    }
    ((struct oid *)last->ask.scalars)[last->ask.scalar_count++] = instance;
}

/* All columns that share a table's rows go into one ask. */
static void walk_plan(struct profile_reading *r, const struct profile_table *t)
{
    struct reading_ask *a = NULL;

    for (size_t i = 0; i < t->column_count; i++) {
        if (t->columns[i].kind != COLUMN_WALK)
            continue;
        if (a == NULL)
            a = ask_for(r, t->name, entry_of(t->columns[i].oid),
                        t->column_count, METRIC_ROWS_MAX);
        ask_add(a, t->columns[i].oid);
    }
}

/* What a column of another table is called where it is asked: its entry. */
static const char *entry_name(struct profile_reading *r, struct oid column)
{
    char text[OID_TEXT_MAX];

    return arena_text(r->arena,
                      oid_format(entry_of(column), text, sizeof text));
}

/* With identity and metrics at once the collector reads all else too; or has
 * read it before. */
static bool is_read_anyway(const struct profile_reading *r, struct oid column)
{
    return (r->named || (r->identity && r->metrics)) && known_column(column);
}

static void table_plan(struct profile_reading *r, const struct profile_table *t)
{
    walk_plan(r, t);
    for (size_t i = 0; i < t->column_count; i++) {
        const struct column *c = &t->columns[i];
        size_t ask, place;

        if (c->kind == COLUMN_GET)
            scalar_add(r, c->oid);
        else if (c->kind == COLUMN_JOIN && is_read_anyway(r, c->oid))
            r->joins = true;
        else if (c->kind == COLUMN_JOIN &&
                 !reading_column(r, c->oid, &ask, &place))
            ask_add(ask_for(r, entry_name(r, c->oid), entry_of(c->oid), 1,
                            METRIC_ROWS_MAX),
                    c->oid);
    }
}

static void entity_plan(struct profile_reading *r, uint8_t field)
{
    struct oid class = entity_class_column();
    struct reading_ask *a =
        ask_for(r, "entPhysicalTable", entry_of(class), 2, FACT_ROWS_MAX);

    ask_add(a, class);
    ask_add(a, entity_column(field));
}

static void source_plan(struct profile_reading *r, const struct source *s)
{
    size_t ask, place;

    if (s->origin == ORIGIN_OID)
        scalar_add(r, s->oid);
    else if (s->origin == ORIGIN_COLUMN &&
             !reading_column(r, s->oid, &ask, &place))
        ask_add(ask_for(r, entry_name(r, s->oid), entry_of(s->oid), 1,
                        FACT_ROWS_MAX),
                s->oid);
    else if (s->origin == ORIGIN_ENTITY && !r->metrics)
        entity_plan(r, s->entity_field);
}

static void rule_plan(struct profile_reading *r, const struct fact_rule *rule)
{
    for (size_t i = 0; i < rule->count; i++)
        source_plan(r, &rule->sources[i]);
}

/* What a fact needs, the values that it may name included; those are of the
 * profile that wrote the rule. */
static void fact_plan(struct profile_reading *r, const struct fact_rule *rule)
{
    for (; rule != NULL; rule = rule->then) {
        rule_plan(r, rule);
        for (size_t i = 0; rule->names != NULL && i < rule->names->value_count;
             i++)
            rule_plan(r, &rule->names->values[i].rule);
    }
}

bool table_is_read(const struct profile_reading *r,
                   const struct profile_table *t)
{
    return r->metrics && (r->identity || t->section != SECTION_TRANSCEIVERS);
}

void reading_plan(struct profile_reading *r)
{
    const struct profile *p = r->profile;

    for (size_t i = 0; i < p->table_count; i++)
        if (table_is_read(r, p->tables[i]))
            table_plan(r, p->tables[i]);
    for (size_t i = 0; r->identity && i < IDENTITY_FACTS; i++)
        fact_plan(r, &p->facts[i]);
}
