#include "mibs/profile_pack.h"

enum { OID_MIN = 2 };

/* A new member changes a size: whoever adds one packs it too, here or in
 * profile_pack_value.c, and raises PROFILE_PACK_VERSION. */
#define PACKED(type, size)                                               \
    _Static_assert(sizeof(void *) != 8 || sizeof(struct type) == (size), \
                   "a new member has to be packed too")
PACKED(profile, 672); /* measuring is made anew */
PACKED(profile_quirks, 80);
PACKED(profile_table, 520);
PACKED(source, 96);
PACKED(condition, 80);
PACKED(match_rule, 168);
PACKED(expr_op, 40);
PACKED(ref, 16);
PACKED(column, 48);
PACKED(state, 32);

static void pack_oids(struct pack *pack, struct oid_list *v)
{
    pack_list(pack, &v->at, &v->count, sizeof *v->at, PROFILE_LIST_MAX);
    for (size_t i = 0; i < v->count; i++)
        pack_oid(pack, &v->at[i], OID_MIN);
}

/* ---- match ----------------------------------------------------------------
 */

static void pack_terms(struct pack *pack, struct profile *p,
                       struct match_terms *t)
{
    pack_oids(pack, &t->object_ids);
    pack_patterns(pack, p, &t->object_id_patterns);
    pack_texts(pack, &t->descr);
    pack_patterns(pack, p, &t->descr_patterns);
    pack_any_of(pack, p, &t->answers, 0);
    for (size_t i = 0; i < t->answers.count; i++)
        for (size_t k = 0; k < t->answers.at[i].count; k++)
            pack_expect(pack,
                        t->answers.at[i].conditions[k].oid.len >= OID_MIN);
}

static void pack_match(struct pack *pack, struct profile *p)
{
    struct match_rules *v = &p->match;

    pack_list(pack, &v->at, &v->count, sizeof *v->at, PROFILE_LIST_MAX);
    for (size_t i = 0; i < v->count; i++) {
        pack_terms(pack, p, &v->at[i].all);
        pack_terms(pack, p, &v->at[i].except);
        pack_some_text(pack, &v->at[i].place);
    }
}

/* ---- facts ----------------------------------------------------------------
 */

static void pack_source(struct pack *pack, struct profile *p, struct source *s)
{
    int64_t class = s->entity_class;

    pack_u8(pack, &s->origin, ORIGIN_ENTITY + 1);
    pack_u8(pack, &s->entity_field, ENTITY_FIELDS);
    pack_i64(pack, &class);
    s->entity_class = (int32_t) class;
    pack_oid(pack, &s->oid,
             s->origin == ORIGIN_OID || s->origin == ORIGIN_COLUMN ? OID_MIN
                                                                   : 0);
    pack_template(pack, p, &s->of, FACT_VALUES_MAX);
    pack_list(pack, &s->replacements, &s->replacement_count,
              sizeof *s->replacements, PROFILE_LIST_MAX);
    for (size_t i = 0; i < s->replacement_count; i++) {
        pack_pattern(pack, p, &s->replacements[i].from);
        pack_expect(pack, s->replacements[i].from != NULL);
        pack_some_text(pack, &s->replacements[i].to);
    }
    pack_pattern(pack, p, &s->pattern);
    pack_template(pack, p, &s->text, FACT_VALUES_MAX);
    pack_translations(pack, &s->map, &s->map_count);
}

static void pack_fact(struct pack *pack, struct profile *p,
                      struct fact_rule *rule)
{
    pack_list(pack, &rule->sources, &rule->count, sizeof *rule->sources,
              PROFILE_LIST_MAX);
    for (size_t i = 0; i < rule->count; i++)
        pack_source(pack, p, &rule->sources[i]);
    if (pack->reads)
        rule->names = &p->names;
}

static void pack_facts(struct pack *pack, struct profile *p)
{
    struct fact_names *names = &p->names;

    pack_patterns(pack, p, &names->descr);
    pack_expect(pack, names->descr.count <= DESCR_PATTERNS_MAX);
    pack_list(pack, &names->values, &names->value_count, sizeof *names->values,
              FACT_VALUES_MAX);
    for (size_t i = 0; i < names->value_count; i++) {
        pack_some_text(pack, &names->values[i].name);
        pack_fact(pack, p, &names->values[i].rule);
    }
    for (size_t i = 0; i < IDENTITY_FACTS; i++)
        pack_fact(pack, p, &p->facts[i]);
}

/* ---- tables ---------------------------------------------------------------
 */

static void pack_states(struct pack *pack, struct states *set)
{
    pack_some_text(pack, &set->name);
    pack_list(pack, &set->at, &set->count, sizeof *set->at, PROFILE_LIST_MAX);
    for (size_t i = 0; i < set->count; i++) {
        pack_some_text(pack, &set->at[i].key);
        pack_some_text(pack, &set->at[i].text);
        pack_some_text(pack, &set->at[i].severity);
        pack_double(pack, &set->at[i].number);
    }
}

/* A table's own states; those of a name are found when the set is linked. */
static void pack_own_states(struct pack *pack, struct profile_table *t)
{
    bool own = t->states_name == NULL && t->states != NULL;
    struct states set = {.name = ""};

    pack_text(pack, &t->states_name);
    pack_bool(pack, &own);
    if (!own)
        return;
    if (!pack->reads)
        set = *t->states;
    pack_states(pack, &set);
    if (pack->reads) {
        struct states *kept = arena_zero(pack->arena, sizeof *kept);

        *kept = set;
        t->states = kept;
    }
}

static void pack_columns(struct pack *pack, struct profile *p,
                         struct profile_table *t)
{
    pack_list(pack, &t->columns, &t->column_count, sizeof *t->columns,
              TABLE_COLUMNS_MAX);
    for (size_t i = 0; i < t->column_count; i++) {
        struct column *c = &t->columns[i];

        pack_some_text(pack, &c->name);
        pack_u8(pack, &c->kind, COLUMN_GET + 1);
        pack_oid(pack, &c->oid, OID_MIN);
        pack_template(pack, p, &c->at, t->column_count);
    }
}

/* Most of what a table may say it does not say: which it does is told first. */
static uint64_t pack_present(struct pack *pack, const size_t *counts,
                             size_t count)
{
    uint64_t present = 0;

    for (size_t i = 0; i < count && !pack->reads; i++)
        if (counts[i] > 0)
            present |= UINT64_C(1) << i;
    pack_u64(pack, &present);
    return present;
}

static void pack_table_texts(struct pack *pack, struct profile *p,
                             struct profile_table *t)
{
    struct template *const texts[] = {
        &t->label,
        &t->index,
        &t->group,
        &t->class,
        &t->unit,
        &t->transceiver[TRANSCEIVER_VENDOR],
        &t->transceiver[TRANSCEIVER_MODEL],
        &t->transceiver[TRANSCEIVER_SERIAL],
        &t->transceiver[TRANSCEIVER_REVISION],
        &t->transceiver[TRANSCEIVER_DATE],
        &t->transceiver[TRANSCEIVER_CONNECTOR],
    };
    size_t counts[COUNT_OF(texts)];

    for (size_t i = 0; i < COUNT_OF(texts); i++)
        counts[i] = texts[i]->count;
    uint64_t present = pack_present(pack, counts, COUNT_OF(texts));

    for (size_t i = 0; i < COUNT_OF(texts); i++)
        if ((present >> i & 1) != 0)
            pack_template(pack, p, texts[i], t->column_count);
    pack_translations(pack, &t->classes, &t->class_count);
}

static void pack_table_values(struct pack *pack, struct profile *p,
                              struct profile_table *t)
{
    struct expr *const values[] = {
        &t->value,
        &t->total,
        &t->used,
        &t->free,
        &t->percent,
        &t->capacity,
        &t->left,
        &t->wavelength,
        &t->distance,
        &t->entity,
        &t->if_index,
        &t->limits[LIMIT_LOW_CRIT],
        &t->limits[LIMIT_LOW_WARN],
        &t->limits[LIMIT_HIGH_WARN],
        &t->limits[LIMIT_HIGH_CRIT],
    };
    size_t counts[COUNT_OF(values)];

    for (size_t i = 0; i < COUNT_OF(values); i++)
        counts[i] = values[i]->count;
    uint64_t present = pack_present(pack, counts, COUNT_OF(values));

    for (size_t i = 0; i < COUNT_OF(values); i++)
        if ((present >> i & 1) != 0)
            pack_expr(pack, p, values[i], t->column_count);
}

static void pack_table(struct pack *pack, struct profile *p,
                       struct profile_table *t)
{
    uint8_t combine = (uint8_t)t->combine;

    pack_some_text(pack, &t->name);
    pack_some_text(pack, &t->place);
    pack_u8(pack, &t->section, SECTIONS);
    pack_u8(pack, &combine, COMBINE_GREATEST + 1);
    t->combine = combine;
    pack_columns(pack, p, t);
    pack_table_texts(pack, p, t);
    pack_table_values(pack, p, t);
    pack_any_of(pack, p, &t->skips, t->column_count);
    pack_texts(pack, &t->unless);
    pack_own_states(pack, t);
}

static void pack_tables(struct pack *pack, struct profile *p)
{
    uint64_t count = p->table_count;

    pack_u64(pack, &count);
    pack_expect(pack, count <= PROFILE_TABLES_MAX);
    for (size_t i = 0; i < count && pack_ok(pack); i++) {
        struct profile_table *t =
            pack->reads ? arena_zero(pack->arena, sizeof *t) : p->tables[i];

        pack_table(pack, p, t);
        if (pack->reads && pack_ok(pack))
            profile_add_table(p, t);
    }
}

/* ---- quirks ---------------------------------------------------------------
 */

static void pack_quirks(struct pack *pack, struct profile *p)
{
    struct profile_quirks *q = &p->quirks;

    pack_text(pack, &q->encoding);
    pack_bool(pack, &q->no_bulk);
    pack_i64(pack, &q->max_repetitions);
    pack_bool(pack, &q->unordered);
    pack_texts(pack, &q->unordered_tables);
    pack_texts(pack, &q->skip);
    pack_i64(pack, &q->slow_start_ms);
    pack_bool(pack, &q->lldp_local_is_if_index);
    pack_bool(pack, &q->bad_hc_counters);
    pack_bool(pack, &q->vlan_contexts);
    pack_any_of(pack, p, &p->ignore_ports, PORT_COLUMNS);
    pack_any_of(pack, p, &p->ignore_vlans, VLAN_COLUMNS);
    pack_any_of(pack, p, &p->ignore_storage, STORAGE_COLUMNS);
    pack_template(pack, p, &p->port_name, PORT_COLUMNS);
}

/* ---- a profile ------------------------------------------------------------
 */

static void pack_members(struct pack *pack, struct profile *p)
{
    pack_some_text(pack, &p->name);
    pack_some_text(pack, &p->place);
    pack_some_text(pack, &p->file);
    pack_text(pack, &p->parent_name);
    pack_text(pack, &p->parent_place);
    pack_bool(pack, &p->extends);
    pack_i64(pack, &p->rank);
    pack_match(pack, p);
    pack_facts(pack, p);
    pack_list(pack, &p->states, &p->states_count, sizeof *p->states,
              PROFILE_LIST_MAX);
    for (size_t i = 0; i < p->states_count; i++)
        pack_states(pack, &p->states[i]);
    pack_tables(pack, p);
    pack_texts(pack, &p->without);
    pack_texts(pack, &p->replaces);
    pack_quirks(pack, p);
}

void profile_pack(struct pack *pack, struct profile **p)
{
    if (!pack->reads) {
        pack_members(pack, *p);
        return;
    }
    OWNED(profile_free) struct profile *made = profile_new_in(pack->arena);

    *p = NULL;
    pack_members(pack, made);
    pack_expect(pack, made->name != NULL && made->name[0] != '\0');
    if (pack_ok(pack))
        *p = TAKE(made);
}
