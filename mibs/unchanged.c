#include "mibs/unchanged.h"

#include "mibs/entity_mib.h"
#include "mibs/facts_shape.h"
#include "mibs/lldp_mib.h"
#include "mibs/stack_mib.h"

#include <stdlib.h>

enum { CHANGE_LLDP, CHANGE_ENTITY, CHANGE_STACK };

static const struct oid change_scalars[] = {
    /* lldpStatsRemTablesLastChangeTime */
    [CHANGE_LLDP] = OID_INIT(1, 0, 8802, 1, 1, 2, 1, 2, 1, 0),
    [CHANGE_ENTITY] = OID_INIT(1, 3, 6, 1, 2, 1, 47, 1, 4, 1, 0),
    [CHANGE_STACK] = OID_INIT(1, 3, 6, 1, 2, 1, 31, 1, 6, 0),
};

static void read_changes(struct harvest *h, const struct row *row)
{
    struct change_facts *c = &h->facts->changes;

    c->lldp_remote_cs = row_integer(row, CHANGE_LLDP, FACT_UNKNOWN);
    c->entity_cs = row_integer(row, CHANGE_ENTITY, FACT_UNKNOWN);
    c->if_stack_cs = row_integer(row, CHANGE_STACK, FACT_UNKNOWN);
}

const struct reader change_reader = {
    .name = "lastChangeTimes",
    READ_SCALARS(change_scalars),
    .row = read_changes,
};

/* ---- is it still so? ----------------------------------------------------- */

/* How far an agent's clock may be off against ours: so much and, as a part of
 * the time between, so much more. */
enum { DRIFT_MS = 60000, DRIFT_PART = 200 };

/* No restart since: its uptime grew as the time did. */
static bool ran_on(const struct facts *known, const struct facts *facts)
{
    const struct system_facts *then = &known->system, *now = &facts->system;
    int64_t apart_ms = facts->observed_at.ms - known->observed_at.ms;
    int64_t grown_ms = ((int64_t)now->uptime_cs - then->uptime_cs) * 10;

    if (!then->has_uptime || !now->has_uptime || apart_ms < 0 ||
        known->observed_at.ms == 0 ||
        then->uptime_cs < UNCHANGED_SETTLED_S * 100)
        return false;
    if (then->engine_boots != now->engine_boots)
        return false;
    return llabs(grown_ms - apart_ms) <= DRIFT_MS + apart_ms / DRIFT_PART;
}

bool unchanged_since(const struct facts *known, const struct facts *facts)
{
    return known != NULL && facts->observed_at.ms != 0 &&
           strcmp(known->system.object_id, facts->system.object_id) == 0 &&
           strcmp(known->system.descr, facts->system.descr) == 0 &&
           ran_on(known, facts);
}

const struct table_report *unchanged_report(const struct facts *known,
                                            const char *table, struct wall now)
{
    for (size_t i = 0; i < known->reports.count; i++) {
        const struct table_report *r = &known->reports.at[i];
        int64_t age_ms = now.ms - r->at.ms;

        if (strcmp(r->name, table) == 0)
            return r->result == 0 && r->at.ms != 0 && age_ms >= 0 &&
                           age_ms < UNCHANGED_FOR_MS
                       ? r
                       : NULL;
    }
    return NULL;
}

/* ---- taking over --------------------------------------------------------- */

/* Moves the texts and octets of *object, whose members these are, to an arena
 * of its new owner. */
static void rehome(void *object, const struct member *members,
                   struct arena *arena)
{
    for (const struct member *m = members; m->key != NULL; m++) {
        void *field = (char *)object + m->offset;

        if (m->type == M_TEXT)
            *(const char **)field = arena_text(arena, *(const char **)field);
        else if (m->type == M_BYTES)
            *(struct bytes *)field =
                arena_bytes(arena, *(const struct bytes *)field);
    }
}

static const struct member *members_of(const char *list)
{
    const struct member *m = facts_members;

    while (strcmp(m->key, list) != 0)
        m++;
    return m->inside;
}

static void keep_neighbors(struct harvest *h)
{
    const struct neighbors *known = &h->known->neighbors;

    for (size_t i = 0; i < known->count; i++) {
        if (known->at[i].protocol != NEIGHBOR_LLDP)
            continue;
        struct neighbor *n = &array_add(&h->remotes)->neighbor;
        *n = known->at[i];
        rehome(n, members_of("neighbors"), h->facts->arena);
    }
}

static void keep_entities(struct harvest *h)
{
    const struct entities *known = &h->known->entities;

    for (size_t i = 0; i < known->count; i++) {
        struct entity *e = array_add(&h->facts->entities);

        *e = known->at[i];
        rehome(e, members_of("entities"), h->facts->arena);
    }
}

static void keep_stack(struct harvest *h)
{
    const struct stack_entries *known = &h->known->stack;

    for (size_t i = 0; i < known->count; i++)
        *array_add(&h->facts->stack) = known->at[i];
}

static bool has_rows(const struct facts *f, const struct reader *reader)
{
    for (size_t i = 0; i < f->reports.count; i++)
        if (strcmp(f->reports.at[i].name, reader->name) == 0)
            return f->reports.at[i].rows > 0;
    return false;
}

/* A table that a time tells of. */
struct timed {
    const struct reader *reader;
    const struct reader *with; /* the table that must have had rows */
    size_t offset;             /* in change_facts */
    bool of_ports; /* neighbors: no time is 0, and ports must have rested */
    void (*keep)(struct harvest *h); /* NULL: that of with keeps it too */
};

static const struct timed timed[] = {
    {&lldp_remote_reader, &lldp_remote_reader,
     offsetof(struct change_facts, lldp_remote_cs), true, keep_neighbors},
    {&lldp_address_reader, &lldp_remote_reader,
     offsetof(struct change_facts, lldp_remote_cs), true, NULL},
    {&entity_reader, &entity_reader, offsetof(struct change_facts, entity_cs),
     false, keep_entities},
    {&if_stack_reader, &if_stack_reader,
     offsetof(struct change_facts, if_stack_cs), false, keep_stack},
};

static int64_t time_of(const struct facts *f, const struct timed *t)
{
    return *(const int64_t *)(const void *)((const char *)&f->changes +
                                            t->offset);
}

/* Members of aggregates are told by other tables too, in which nothing says
 * what changed: then the stack is read. */
static bool is_alone(const struct facts *known, const struct timed *t)
{
    return t->reader != &if_stack_reader ||
           (!has_rows(known, &lag_reader) && !has_rows(known, &pagp_reader));
}

/* True if no port went up or down since: whoever is behind one that did may be
 * another one, whatever the agent says. */
static bool ports_rested(const struct facts *known, const struct facts *facts)
{
    if (facts->interfaces.count != known->interfaces.count)
        return false;
    for (size_t i = 0; i < facts->interfaces.count; i++) {
        const struct interface *now = &facts->interfaces.at[i];
        const struct interface *then = facts_interface(known, now->if_index);

        if (then == NULL || then->oper_status != now->oper_status ||
            then->last_change_cs != now->last_change_cs)
            return false;
    }
    return true;
}

static bool is_unchanged(const struct harvest *h, const struct timed *t,
                         struct wall now)
{
    const struct table_report *with =
        unchanged_report(h->known, t->with->name, now);
    int64_t then_cs = time_of(h->known, t);

    return then_cs != FACT_UNKNOWN && then_cs == time_of(h->facts, t) &&
           !(t->of_ports &&
             (then_cs == 0 || !ports_rested(h->known, h->facts))) &&
           with != NULL && with->rows > 0 &&
           unchanged_report(h->known, t->reader->name, now) != NULL &&
           is_alone(h->known, t);
}

bool unchanged_keep(struct harvest *h, const char *table, struct wall now)
{
    for (size_t i = 0; i < COUNT_OF(timed); i++) {
        const struct timed *t = &timed[i];

        if (strcmp(t->reader->name, table) != 0)
            continue;
        if (!is_unchanged(h, t, now))
            return false;
        if (t->keep != NULL)
            t->keep(h);
        return true;
    }
    return false;
}
