#include "mibs/profile_read.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

struct profile *profile_new_in(struct arena *arena)
{
    struct profile *p = mem_new(struct profile);

    p->arena = arena;
    p->borrows = true;
    return p;
}

struct profile *profile_new(void)
{
    struct profile *p = profile_new_in(arena_new());

    p->borrows = false;
    return p;
}

void profile_free(struct profile *p)
{
    if (p == NULL)
        return;
    for (size_t i = 0; i < p->patterns.count; i++)
        pattern_free(p->patterns.at[i]);
    array_fini(&p->patterns);
    profile_free(p->base);
    reading_plan_free(p->measuring);
    if (!p->borrows)
        arena_free(p->arena);
    free(p);
}

void profile_add_table(struct profile *p, struct profile_table *t)
{
    if (p->table_count == p->table_room) {
        size_t room = p->table_room > 0 ? 2 * p->table_room : 8;
        struct profile_table **more = arena_zero(p->arena, room * sizeof *more);

        if (p->table_count > 0)
            memcpy(more, p->tables, p->table_count * sizeof *more);
        p->tables = more;
        p->table_room = room;
    }
    p->tables[p->table_count++] = t;
}

/* ---- match ----------------------------------------------------------------
 */

#define TERM(member, name, reader)                              \
    {                                                           \
        .key = (name), .type = YAML_T_CUSTOM, .read = (reader), \
        .offset = offsetof(struct match_terms, member)          \
    }
#define TERMS                                                         \
    TERM(object_ids, "object_id", read_oids),                         \
        TERM(object_id_patterns, "object_id_pattern", read_patterns), \
        TERM(descr, "descr", read_texts),                             \
        TERM(descr_patterns, "descr_pattern", read_patterns),         \
        TERM(answers, "get", read_answers)

static bool terms_empty(const struct match_terms *t)
{
    return t->object_ids.count + t->object_id_patterns.count + t->descr.count +
               t->descr_patterns.count ==
           0;
}

static int read_except(struct yaml_node n, void *field, void *ctx,
                       struct complaint *why)
{
    static const struct yaml_field fields[] = {TERMS, {.key = NULL}};

    return yaml_read(n, fields, field, ctx, why);
}

static int read_rule(struct yaml_node n, void *field, void *ctx,
                     struct complaint *why)
{
    static const struct yaml_field fields[] = {
        TERMS, /* of match_rule.all, its first member */
        {.key = "except",
         .type = YAML_T_CUSTOM,
         .read = read_except,
         .offset = offsetof(struct match_rule, except)},
        {.key = NULL},
    };
    _Static_assert(offsetof(struct match_rule, all) == 0, "TERMS begin there");
    struct match_rule *rule = field;
    int rc = yaml_read(n, fields, rule, ctx, why);

    if (rc < 0)
        return rc;
    rule->place = place_of(ctx, n);
    if (terms_empty(&rule->all))
        return yaml_complain(n, why,
                             "write object_id, object_id_pattern, descr or "
                             "descr_pattern",
                             "a rule without them would match everything, "
                             "or ask every agent");
    return 0;
}

static int read_match(struct yaml_node n, void *field, void *ctx,
                      struct complaint *why)
{
    static const struct list_kind kind = {"rules", sizeof(struct match_rule),
                                          read_rule};
    struct match_rules *out = field;
    struct list_view list;
    int rc = read_list(n, &kind, ctx, &list, why);

    *out = (struct match_rules){list.at, list.count};
    return rc;
}

/* ---- a profile ------------------------------------------------------------
 */

static int read_parent(struct yaml_node n, void *field, void *ctx,
                       struct complaint *why)
{
    READER_OF(ctx)->profile->parent_place = place_of(ctx, n);
    return read_name(n, field, ctx, why);
}

/* Engines of the collector that a profile may stand in for. */
static int read_replaces(struct yaml_node n, void *field, void *ctx,
                         struct complaint *why)
{
    static const char *const engines[] = {
        "hrProcessorTable", "hrStorageTable",    "ucdCpu",
        "ucdMemory",        "entPhySensorTable", "lmSensors",
        "upsObjects",       "pethMainPseTable",  "prtMarkerSuppliesTable",
        "entStateTable",
    };
    struct text_list *out = field;
    int rc = read_texts(n, out, ctx, why);

    for (size_t i = 0; rc == 0 && i < out->count; i++) {
        bool known = false;

        for (size_t k = 0; k < COUNT_OF(engines); k++)
            known |= strcmp(out->at[i], engines[k]) == 0;
        if (!known)
            return yaml_complain(
                n, why,
                "write hrProcessorTable, hrStorageTable, "
                "ucdCpu, ucdMemory, entPhySensorTable, "
                "entStateTable, lmSensors, upsObjects, pethMainPseTable or "
                "prtMarkerSuppliesTable",
                "\"%.60s\" is no generic engine", out->at[i]);
    }
    return rc;
}

static int read_facts_key(struct yaml_node n, void *field, void *ctx,
                          struct complaint *why)
{
    (void)field;
    return read_facts(n, ctx, why);
}

static int read_states_key(struct yaml_node n, void *field, void *ctx,
                           struct complaint *why)
{
    (void)field;
    return read_states(n, ctx, why);
}

static int read_processors(struct yaml_node n, void *field, void *ctx,
                           struct complaint *why)
{
    (void)field;
    return read_tables(n, SECTION_PROCESSORS, ctx, why);
}

static int read_mempools(struct yaml_node n, void *field, void *ctx,
                         struct complaint *why)
{
    (void)field;
    return read_tables(n, SECTION_MEMPOOLS, ctx, why);
}

static int read_storage(struct yaml_node n, void *field, void *ctx,
                        struct complaint *why)
{
    (void)field;
    return read_tables(n, SECTION_STORAGE, ctx, why);
}

static int read_sensors(struct yaml_node n, void *field, void *ctx,
                        struct complaint *why)
{
    (void)field;
    return read_tables(n, SECTION_SENSORS, ctx, why);
}

static int read_supplies(struct yaml_node n, void *field, void *ctx,
                         struct complaint *why)
{
    (void)field;
    return read_tables(n, SECTION_SUPPLIES, ctx, why);
}

static int read_transceivers(struct yaml_node n, void *field, void *ctx,
                             struct complaint *why)
{
    (void)field;
    return read_tables(n, SECTION_TRANSCEIVERS, ctx, why);
}

#define KEY(name, member, reader)                               \
    {                                                           \
        .key = (name), .type = YAML_T_CUSTOM, .read = (reader), \
        .offset = offsetof(struct profile, member)              \
    }
#define SECTION(name, reader)                                  \
    {                                                          \
        .key = (name), .type = YAML_T_CUSTOM, .read = (reader) \
    }

/* In the order in which they are read. */
static const struct yaml_field profile_fields[] = {
    {.key = "profile",
     .type = YAML_T_CUSTOM,
     .read = read_name,
     .offset = offsetof(struct profile, name),
     .required = true,
     .help = "write profile: and a name, such as ios"},
    KEY("parent", parent_name, read_parent),
    {.key = "extends",
     .type = YAML_T_BOOL,
     .offset = offsetof(struct profile, extends)},
    {.key = "rank",
     .type = YAML_T_INT,
     .offset = offsetof(struct profile, rank),
     .min = -PROFILE_RANK_MAX,
     .max = PROFILE_RANK_MAX},
    KEY("match", match, read_match),
    SECTION("facts", read_facts_key),
    SECTION("states", read_states_key),
    SECTION("processors", read_processors),
    SECTION("mempools", read_mempools),
    SECTION("storage", read_storage),
    SECTION("sensors", read_sensors),
    SECTION("supplies", read_supplies),
    SECTION("transceivers", read_transceivers),
    KEY("without", without, read_texts),
    KEY("replaces", replaces, read_replaces),
    SECTION("quirks", read_quirks),
    {.key = NULL},
};

static int profile_read(struct yaml_node n, const char *file,
                        struct profile **out, struct complaint *why)
{
    OWNED(profile_free) struct profile *p = profile_new();
    struct profile_reader r = {.profile = p};

    *out = NULL;
    if (yaml_kind(n) != YAML_MAP)
        return yaml_complain(n, why, "write profile: NAME, then what it says",
                             "a profile is a map");
    p->file = arena_text(p->arena, file);
    p->place = place_of(&r, n);
    int rc = yaml_read(n, profile_fields, p, &r, why);

    if (rc < 0)
        return rc;
    *out = TAKE(p);
    return 0;
}

/* ---- a file ---------------------------------------------------------------
 */

/* Where faults go, and how many there were. */
struct faults {
    complain_fn to;
    void *arg;
    size_t count;
};

static void fault_tell(struct faults *f, const struct complaint *why)
{
    f->count++;
    if (f->to != NULL)
        f->to(why, f->arg);
}

static void profile_take(struct yaml_node n, const char *file,
                         struct profiles_read *out, struct faults *faults)
{
    struct complaint why;
    struct profile *p = NULL;

    if (profile_read(n, file, &p, &why) < 0)
        fault_tell(faults, &why);
    else
        *array_add(out) = p;
}

/* A file is one profile, or a list of them under "profiles". */
static void doc_read(const struct yaml *doc, const char *file,
                     struct profiles_read *out, struct faults *faults)
{
    struct yaml_node root = yaml_root(doc);
    struct yaml_node list = yaml_get(root, "profiles");
    struct complaint why;

    if (yaml_kind(list) == YAML_ABSENT) {
        profile_take(root, file, out, faults);
        return;
    }
    if (yaml_kind(list) != YAML_LIST || yaml_count(root) != 1 ||
        yaml_count(list) > PROFILES_PER_FILE_MAX) {
        if (yaml_complain(list, &why, "write profiles: and a list, alone",
                          "at most %d profiles in a list belong here",
                          PROFILES_PER_FILE_MAX) < 0)
            fault_tell(faults, &why);
        return;
    }
    for (size_t i = 0; i < yaml_count(list); i++)
        profile_take(yaml_item(list, i), file, out, faults);
}

size_t profile_read_file(const char *path, struct profiles_read *out,
                         complain_fn complain_to, void *arg)
{
    struct faults faults = {.to = complain_to, .arg = arg};
    struct complaint why;
    struct yaml *doc = NULL;

    if (yaml_load(path, &doc, &why) < 0)
        fault_tell(&faults, &why);
    else
        doc_read(doc, path, out, &faults);
    yaml_free(doc);
    return faults.count;
}

size_t profile_read_text(const char *name, const char *text, size_t len,
                         struct profiles_read *out, complain_fn complain_to,
                         void *arg)
{
    struct faults faults = {.to = complain_to, .arg = arg};
    struct complaint why;
    struct yaml *doc = NULL;

    if (yaml_parse(name, text, len, &doc, &why) < 0)
        fault_tell(&faults, &why);
    else
        doc_read(doc, name, out, &faults);
    yaml_free(doc);
    return faults.count;
}
