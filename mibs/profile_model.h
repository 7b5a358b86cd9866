/* profile_model.h - what profile files say, compiled; for the files
 * mibs/profile*.c alone. Everything hangs on the profile's arena, but for
 * patterns, which the profile lists to free them.
 */
#ifndef MIBS_PROFILE_MODEL_H
#define MIBS_PROFILE_MODEL_H

#include "base/mem.h"
#include "mibs/profile.h"
#include "mibs/profile_expr.h"
#include "mibs/profile_pattern.h"
#include "mibs/profile_text.h"

/* What a file may hold at most. */
enum {
    PROFILES_PER_FILE_MAX = 256,
    PROFILES_MAX = 20000,
    PROFILE_LIST_MAX = 4096, /* entries of any one list or map */
    PROFILE_TABLES_MAX = 512,
    PROFILE_ANCESTORS_MAX = 16,
    PROFILE_RANK_MAX = 1000000,  /* and below 0 as far */
    PROFILE_SCALARS_MAX = 96,    /* instances asked by one profile */
    PROFILE_CONDITIONS_MAX = 32, /* of one skip */
    TABLE_COLUMNS_MAX = 32,
    FACT_VALUES_MAX = 24,
    DESCR_PATTERNS_MAX = SCENE_MATCHES_MAX - 2,
};

struct oid_list {
    struct oid *at;
    size_t count;
};

struct pattern_list {
    const struct pattern **at;
    size_t count;
};

/* ---- conditions -----------------------------------------------------------
 */

enum condition_operator {
    IS_EQUAL,
    IS_UNEQUAL,
    IS_LESS,
    IS_MORE,
    IS_AT_LEAST,
    IS_AT_MOST,
    IS_IN,
    IS_NOT_IN,
    IS_CONTAINS,
    IS_STARTS,
    IS_ENDS,
    IS_NOT_CONTAINS,
    IS_NOT_STARTS,
    IS_NOT_ENDS,
    IS_PATTERN,
    IS_NOT_PATTERN,
    IS_EXISTS,
    CONDITION_OPERATORS
};

struct condition {
    uint8_t operator;
    bool wanted; /* of IS_EXISTS */
    struct template of;
    struct oid oid; /* in place of it, what the agent is asked */
    bool walked;    /* a column: any of its rows */
    double number;  /* of IS_LESS, IS_MORE, IS_AT_LEAST, IS_AT_MOST */
    struct text_list texts;
    const struct pattern *pattern;
};

/* Holds if every condition of it does. */
struct all_of {
    struct condition *conditions;
    size_t count;
};

/* Holds if any of it does. */
struct any_of {
    struct all_of *at;
    size_t count;
};

/* ---- match ----------------------------------------------------------------
 */

/* What may be said of an agent. */
struct match_terms {
    struct oid_list object_ids; /* prefixes of sysObjectID */
    struct pattern_list object_id_patterns;
    struct text_list descr; /* parts of sysDescr */
    struct pattern_list descr_patterns;
    struct any_of answers; /* to what is asked besides */
};

/* Holds if of each kind of term that is given one does, and of except none. */
struct match_rule {
    struct match_terms all, except;
    const char *place;
};

struct match_rules {
    struct match_rule *at;
    size_t count;
};

/* ---- facts ----------------------------------------------------------------
 */

/* In the order in which they are found; a source may use those before. */
enum identity_fact {
    IDENTITY_VENDOR,
    IDENTITY_OS,
    IDENTITY_HARDWARE,
    IDENTITY_VERSION,
    IDENTITY_SERIAL,
    IDENTITY_FEATURES,
    IDENTITY_LOCATION,
    IDENTITY_KIND,
    IDENTITY_NAME,
    IDENTITY_FACTS
};

enum source_origin {
    ORIGIN_TEXT,   /* a template over what is known */
    ORIGIN_OID,    /* an instance */
    ORIGIN_COLUMN, /* the first row of a column that holds something */
    ORIGIN_ENTITY, /* the first entity of a class with a field filled */
};

struct replacement {
    const struct pattern *from;
    const char *to;
};

struct translation {
    const char *from, *to;
};

struct source {
    uint8_t origin;
    uint8_t entity_field;
    int32_t entity_class;
    struct oid oid;
    struct template of;
    struct replacement *replacements;
    size_t replacement_count;
    const struct pattern *pattern; /* the text has to match */
    struct template text;          /* what is made of it */
    struct translation *map;       /* and what that means */
    size_t map_count;
};

/* Where one fact comes from: the first source that gives something. */
struct fact_rule {
    struct source *sources;
    size_t count;
    const struct fact_names *names; /* what its templates know */
    struct fact_rule *then;         /* where these give nothing; NULL */
};

/* Something read under a name, for the templates of facts. */
struct named_value {
    const char *name;
    struct fact_rule rule;
};

/* Names that the facts of one profile know: groups of patterns over sysDescr,
 * and values. */
struct fact_names {
    struct pattern_list descr;
    struct named_value *values;
    size_t value_count;
};

/* ---- tables ---------------------------------------------------------------
 */

enum table_section {
    SECTION_PROCESSORS,
    SECTION_MEMPOOLS,
    SECTION_STORAGE,
    SECTION_SENSORS,
    SECTION_SUPPLIES,
    SECTION_TRANSCEIVERS,
    SECTIONS
};

enum column_kind {
    COLUMN_WALK, /* at the row's index */
    COLUMN_JOIN, /* of another table, at an index that the row tells */
    COLUMN_GET,  /* one instance, the same for all rows */
};

struct column {
    const char *name;
    uint8_t kind;
    struct oid oid;
    struct template at; /* of COLUMN_JOIN */
};

struct state {
    const char *key, *text, *severity;
    double number; /* what text values count as */
};

struct states {
    const char *name;
    struct state *at;
    size_t count;
};

enum table_limit {
    LIMIT_LOW_CRIT,
    LIMIT_LOW_WARN,
    LIMIT_HIGH_WARN,
    LIMIT_HIGH_CRIT,
    TABLE_LIMITS
};

/* Texts of a transceiver besides its type. */
enum transceiver_text {
    TRANSCEIVER_VENDOR,
    TRANSCEIVER_MODEL,
    TRANSCEIVER_SERIAL,
    TRANSCEIVER_REVISION,
    TRANSCEIVER_DATE,
    TRANSCEIVER_CONNECTOR,
    TRANSCEIVER_TEXTS
};

/* What becomes of the values of all rows. */
enum table_combine {
    COMBINE_NONE, /* one thing for each row */
    COMBINE_SUM,
    COMBINE_AVERAGE,
    COMBINE_LEAST,
    COMBINE_GREATEST,
};

struct profile_table {
    const char *name, *place;
    uint8_t section;
    int combine; /* enum table_combine */
    struct column *columns;
    size_t column_count;
    struct template label, index, group, class, unit; /* class: type too */
    struct template transceiver[TRANSCEIVER_TEXTS];
    struct translation *classes; /* of class, by its text; may be none */
    size_t class_count;
    struct expr value, total, used, free, percent;
    struct expr capacity, left; /* of supplies, in a unit of theirs */
    struct expr wavelength, distance;
    struct expr limits[TABLE_LIMITS];
    struct expr entity, if_index;
    struct any_of skips;         /* rows that are left out */
    struct text_list unless;     /* tables before it that make it needless */
    const char *states_name;     /* a set of this profile or an ancestor */
    const struct states *states; /* found when the set is linked */
};

/* Names for what generic tables tell, where quirks are about that. */
enum { PORT_NAME, PORT_DESCR, PORT_ALIAS, PORT_TYPE, PORT_COLUMNS };
enum { VLAN_ID, VLAN_NAME, VLAN_COLUMNS };
enum { STORAGE_DESCR, STORAGE_TOTAL, STORAGE_COLUMNS };
extern const char *const port_columns[PORT_COLUMNS];
extern const char *const vlan_columns[VLAN_COLUMNS];
extern const char *const storage_columns[STORAGE_COLUMNS];

/* ---- profiles -------------------------------------------------------------
 */

struct profile {
    struct arena *arena;
    bool borrows; /* its arena is another's */
    struct {
        struct pattern **at;
        size_t count, room;
    } patterns;

    const char *name, *place, *file;
    const char *parent_name, *parent_place;
    const struct profile *parent;
    bool linked, faulty;
    bool extends;         /* what it replaces is its parent */
    uint16_t layer;       /* which directory of the set it is of */
    struct profile *base; /* that, owned; NULL if it replaces nothing */
    int64_t rank;         /* higher before more specific */

    struct match_rules match;
    struct fact_names names;
    struct fact_rule facts[IDENTITY_FACTS];
    struct profile_table **tables;
    size_t table_count, table_room;
    struct text_list without, replaces;
    struct states *states;
    size_t states_count;
    struct profile_quirks quirks;
    struct any_of ignore_ports, ignore_vlans, ignore_storage;
    struct template port_name;

    struct reading_plan *_Atomic measuring; /* reading_plan_of(); or NULL */
};

struct profile *profile_new(void);
/* In an arena that outlives it. */
struct profile *profile_new_in(struct arena *arena);
void profile_free(struct profile *p);
OWNED_BY(struct profile, profile_free)

/* Adds a table, which the arena of p or of an ancestor holds. */
void profile_add_table(struct profile *p, struct profile_table *t);

struct profiles_read ARRAY_OF(struct profile *);

/* Reads the profiles of one file, or of text called name; each faulty one is
 * told to complain_to and left out. Gives the number of faults. Adds to *out,
 * whose elements are the caller's. */
typedef void (*complain_fn)(const struct complaint *, void *);
size_t profile_read_file(const char *path, struct profiles_read *out,
                         complain_fn complain_to, void *arg);
size_t profile_read_text(const char *name, const char *text, size_t len,
                         struct profiles_read *out, complain_fn complain_to,
                         void *arg);

/* Makes p whole from what parent, already whole or NULL, hands down. -EINVAL
 * with *why if something it names is nowhere. */
int profile_link(struct profile *p, const struct profile *parent,
                 struct complaint *why) __attribute__((warn_unused_result));

/* ---- readings -------------------------------------------------------------
 */

/* A thing to ask. */
struct planned_ask {
    struct ask ask;
    struct oid entry; /* what the columns of a walk begin with, most of all */
};

/* Where a column of a table is in what is read; of an instance, one place of
 * its only row. */
struct binding {
    bool known;
    uint16_t ask, place;
};

/* Where a table of the profile finds its columns. */
struct bound_table {
    bool read;  /* it is after what the table tells */
    bool walks; /* the table has rows, which are of an ask, */
    bool bound; /* this one */
    uint16_t ask;
    struct binding *columns; /* walked ones: places in that ask */
};

/* What a profile has to ask, in as few asks as it can; shared and constant. */
struct reading_plan {
    const struct profile *profile;
    bool identity, metrics;
    bool named; /* what ports and entities are called is known already, */
    bool joins_ports, joins_entities; /* and asked for */
    struct arena *arena;
    struct planned_asks ARRAY_OF(struct planned_ask) asks;
    uint32_t check;             /* of what the asks are, and how many columns */
    struct bound_table *tables; /* as the profile's */
};

/* A row that was kept. */
struct kept_row {
    struct oid index;
    const struct value *values;
};

/* What came of an ask. */
struct reading_rows {
    struct kept_rows ARRAY_OF(struct kept_row) rows;
    struct table *by_index; /* made when first needed */
};

struct profile_reading {
    const struct profile *profile;
    const struct reading_plan *plan;
    struct reading_plan *own; /* that, unless it is the profile's */
    struct arena *arena;
    struct reading_rows *asked; /* as the plan's asks */
    size_t refused;             /* rows beyond what is kept */
};

/* profile_plan.c: what p has to ask for identity, for metrics. */
struct reading_plan *reading_plan_new(const struct profile *p, bool identity,
                                      bool metrics, bool named);
void reading_plan_free(struct reading_plan *plan);
OWNED_BY(struct reading_plan, reading_plan_free)

/* What polling asks, metrics alone, of ports and entities that are known: made
 * once for all devices of p, whose it is. */
const struct reading_plan *reading_plan_of(const struct profile *p);

/* What an instance holds; type NONE if it was not asked or not told. */
struct value reading_scalar(const struct profile_reading *r, struct oid oid);

/* Which ask brings a column and at which place; false if none does. */
bool reading_column(const struct reading_plan *plan, struct oid oid,
                    size_t *ask, size_t *place);

/* The row of an ask at index; NULL if there is none. */
const struct kept_row *reading_row(struct profile_reading *r, size_t ask,
                                   struct oid index);

/* Fill f from what was read. */
void profile_identify(const struct profile_reading *r, struct facts *f);
void profile_measure(struct profile_reading *r, struct facts *f);

/* True if c holds in s; if it holds of text, "" for nothing. */
bool condition_holds(const struct condition *c, const struct scene *s);
bool condition_meets(const struct condition *c, const char *text);
bool any_holds(const struct any_of *list, const struct scene *s);

/* Columns of entPhysicalEntry that sources of facts know, by their place in
 * the list of fields of profile_read_facts.c. */
enum { ENTITY_FIELDS = 9 };
struct oid entity_column(uint8_t field);
struct oid entity_class_column(void);
const char *entity_text(const struct entity *e, uint8_t field);

/* True for a column that facts have where everything is collected. */
bool known_column(struct oid column);
/* True for those of a port. */
bool known_port_column(struct oid column);

/* What facts have of it; false if it is no such column. */
bool known_value(const struct facts *f, struct oid column, struct oid index,
                 struct value *out);

#endif
