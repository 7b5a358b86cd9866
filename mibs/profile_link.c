/* A profile made whole from its parent, or from what it extends. */
#include "mibs/profile_model.h"

#include <errno.h>

static const struct profile_table *table_named(const struct profile *p,
                                               const char *name)
{
    for (size_t i = 0; i < p->table_count; i++)
        if (strcmp(p->tables[i]->name, name) == 0)
            return p->tables[i];
    return NULL;
}

static bool text_listed(const struct text_list *list, const char *text)
{
    for (size_t i = 0; i < list->count; i++)
        if (strcmp(list->at[i], text) == 0)
            return true;
    return false;
}

/* Tables that were left out have to be there. */
static int without_check(const struct profile *p, const struct profile *parent,
                         struct complaint *why)
{
    for (size_t i = 0; i < p->without.count; i++)
        if (parent == NULL || table_named(parent, p->without.at[i]) == NULL)
            return complain(why, -EINVAL, p->place,
                            "look at the names of the parent's tables",
                            "without: the parent has no table \"%s\"",
                            p->without.at[i]);
    return 0;
}

/* The column that t is mostly about; NULL if it is of no single one. */
static const struct column *main_column(const struct profile_table *t)
{
    const struct expr *const values[] = {&t->value, &t->used, &t->free,
                                         &t->percent, &t->total};

    for (size_t i = 0; i < COUNT_OF(values); i++) {
        const struct ref *r = expr_column(values[i]);

        if (r != NULL)
            return &t->columns[r->column];
    }
    return NULL;
}

/* True if t, of what p extends, measures what a table of p does. */
static bool measured_already(const struct profile *p, size_t own,
                             const struct profile_table *t)
{
    const struct column *c = main_column(t);

    for (size_t i = 0; i < own && c != NULL; i++) {
        const struct column *mine = main_column(p->tables[i]);

        if (p->tables[i]->section == t->section && mine != NULL &&
            oid_equal(mine->oid, c->oid))
            return true;
    }
    return false;
}

static int tables_inherit(struct profile *p, const struct profile *parent,
                          struct complaint *why)
{
    size_t own = p->table_count;

    for (size_t i = 0; i < parent->table_count; i++) {
        struct profile_table *t = parent->tables[i];
        bool replaced = false;

        for (size_t k = 0; k < own; k++)
            replaced |= strcmp(p->tables[k]->name, t->name) == 0;
        replaced |= parent == p->base && measured_already(p, own, t);
        if (replaced || text_listed(&p->without, t->name))
            continue;
        if (p->table_count == PROFILE_TABLES_MAX)
            return complain(why, -EINVAL, p->place, "leave some out",
                            "more than %d tables, the parent's included",
                            PROFILE_TABLES_MAX);
        profile_add_table(p, t);
    }
    return 0;
}

static void replaces_inherit(struct profile *p, const struct profile *parent)
{
    size_t count = p->replaces.count + parent->replaces.count;
    const char **all = arena_zero(p->arena, (count + 1) * sizeof *all);

    for (size_t i = 0; i < count; i++)
        all[i] = i < p->replaces.count
                     ? p->replaces.at[i]
                     : parent->replaces.at[i - p->replaces.count];
    p->replaces = (struct text_list){all, count};
}

static void quirks_inherit(struct profile_quirks *q,
                           const struct profile_quirks *from)
{
    if (q->encoding == NULL)
        q->encoding = from->encoding;
    if (q->max_repetitions == 0)
        q->max_repetitions = from->max_repetitions;
    q->no_bulk |= from->no_bulk;
    q->unordered |= from->unordered;
    q->lldp_local_is_if_index |= from->lldp_local_is_if_index;
    q->bad_hc_counters |= from->bad_hc_counters;
    if (q->unordered_tables.count == 0)
        q->unordered_tables = from->unordered_tables;
    if (q->skip.count == 0)
        q->skip = from->skip;
    if (q->slow_start_ms == 0)
        q->slow_start_ms = from->slow_start_ms;
    q->vlan_contexts |= from->vlan_contexts;
}

static void ignored_inherit(struct profile *p, const struct profile *from)
{
    if (p->ignore_ports.count == 0)
        p->ignore_ports = from->ignore_ports;
    if (p->ignore_vlans.count == 0)
        p->ignore_vlans = from->ignore_vlans;
    if (p->ignore_storage.count == 0)
        p->ignore_storage = from->ignore_storage;
    if (p->port_name.count == 0)
        p->port_name = from->port_name;
}

static const struct states *states_find(const struct profile *p,
                                        const char *name)
{
    for (; p != NULL; p = p->parent)
        for (size_t i = 0; i < p->states_count; i++)
            if (strcmp(p->states[i].name, name) == 0)
                return &p->states[i];
    return NULL;
}

static int states_link(struct profile *p, struct complaint *why)
{
    for (size_t i = 0; i < p->table_count; i++) {
        struct profile_table *t = p->tables[i];

        if (t->states != NULL || t->states_name == NULL)
            continue;
        t->states = states_find(p, t->states_name);
        if (t->states == NULL)
            return complain(why, -EINVAL, t->place,
                            "write them under states: of this profile or of "
                            "an ancestor",
                            "there are no states called \"%s\"",
                            t->states_name);
    }
    return 0;
}

/* Tables that make another needless have to be there, were it but in an
 * ancestor. */
static int unless_check(const struct profile *p, struct complaint *why)
{
    for (size_t i = 0; i < p->table_count; i++) {
        const struct profile_table *t = p->tables[i];

        for (size_t k = 0; k < t->unless.count; k++) {
            const char *name = t->unless.at[k];
            const struct profile *from = p;

            while (from != NULL && table_named(from, name) == NULL)
                from = from->parent;
            if (from == NULL)
                return complain(why, -EINVAL, t->place,
                                "look at the names of the other tables",
                                "unless: there is no table \"%s\"", name);
        }
    }
    return 0;
}

/* A copy of a rule and of those that follow it; *last is the last of them. */
static struct fact_rule *rule_copy(struct arena *a,
                                   const struct fact_rule *rule,
                                   struct fact_rule **last)
{
    struct fact_rule *first = NULL, **link = &first;

    for (; rule != NULL; rule = rule->then) {
        struct fact_rule *copy = arena_zero(a, sizeof *copy);

        *copy = *rule;
        *link = *last = copy;
        link = &copy->then;
    }
    return first;
}

/* The parent's where p has none; what p extends comes before its own. */
static void facts_inherit(struct profile *p, const struct profile *parent)
{
    for (size_t i = 0; i < IDENTITY_FACTS; i++) {
        struct fact_rule *own = &p->facts[i], *last = NULL, *first;

        if (own->count == 0) {
            *own = parent->facts[i];
        } else if (parent == p->base && parent->facts[i].count > 0) {
            struct fact_rule *mine = arena_zero(p->arena, sizeof *mine);

            *mine = *own;
            first = rule_copy(p->arena, &parent->facts[i], &last);
            last->then = mine;
            *own = *first;
        }
    }
}

int profile_link(struct profile *p, const struct profile *parent,
                 struct complaint *why)
{
    int rc = without_check(p, parent, why);

    p->parent = parent;
    if (rc == 0 && parent != NULL) {
        rc = tables_inherit(p, parent, why);
        replaces_inherit(p, parent);
        quirks_inherit(&p->quirks, &parent->quirks);
        ignored_inherit(p, parent);
        facts_inherit(p, parent);
    }
    if (rc == 0)
        rc = states_link(p, why);
    if (rc == 0)
        rc = unless_check(p, why);
    p->linked = rc == 0;
    p->faulty = rc < 0;
    return rc;
}

bool profile_replaces(const struct profile *p, const char *generic)
{
    return text_listed(&p->replaces, generic);
}

bool profile_skips(const struct profile *p, const char *table)
{
    return text_listed(&p->quirks.skip, table);
}
