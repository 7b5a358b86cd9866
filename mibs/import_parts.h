/* import_parts.h - what the files mibs/import*.c share. */
#ifndef MIBS_IMPORT_PARTS_H
#define MIBS_IMPORT_PARTS_H

#include "base/arena.h"
#include "base/table.h"
#include "base/yaml.h"
#include "mibs/import.h"
#include "mibs/profile_model.h"

/* One system while it is imported. */
struct importer {
    const char *os;
    const struct mib_names *names;
    struct import_report *report;
    struct arena *arena;
    struct table *table_names;  /* taken */
    struct table *states_of;    /* name of a set of states, by its contents */
    struct table *states_names; /* taken */
    struct buffer states;       /* the map "states" as it grows */
    struct buffer sections[SECTIONS];
    struct buffer facts, match, quirks;
    size_t table_count;
};

/* Tells that something at n is not carried over, or not whole, and why. */
void import_note(struct importer *im, struct yaml_node n, const char *what,
                 const char *fmt, ...) __attribute__((format(printf, 4, 5)));

/* A note that counts: the thing at n is left out. */
void import_left(struct importer *im, enum import_part part, struct yaml_node n,
                 const char *what, const char *why);

/* ---- texts ---- */

/* Appends text as a quoted scalar of YAML. */
void import_quote(const char *text, struct buffer *out);

/* Appends a pattern as PHP writes it, "/.../i", as ours. False if it is none.
 * dotted: it is held against an OID with a dot in front, which ours have not.
 */
bool import_pattern(const char *php, bool dotted, struct buffer *out);

/* Appends the letters, digits and '_' of text, '_' for the rest. */
void import_identifier(const char *text, struct buffer *out);

/* The text of n; NULL if it is no scalar, or null. */
const char *import_text(struct yaml_node n);

/* The key of entry i; "" if map is none, as where a list stands instead. */
const char *import_key(struct yaml_node map, size_t i);

/* Which part of an index digits name, from 0; OID_MAX, which no index has,
 * where it is that or more. */
int import_part(const char *digits);

/* True if text is a number and nothing else. */
bool import_is_number(const char *text);

/* ---- mentions of objects ---- */

/* "MODULE::name.SUFFIX:FROM-TO", "name" or ".1.3.6.1". */
struct mention {
    char module[80], name[96];
    struct oid_store oid;    /* where it is digits */
    struct oid_store suffix; /* an instance; len 0: none */
    bool instance;           /* has a suffix */
    int from, to;            /* sub-identifiers of the row, from 0; -1: none */
};
bool mention_parse(const char *text, struct mention *out);

/* What it is called by, found in modules; of digits the kind is MIB_NODE. */
bool mention_find(const struct importer *im, const struct mention *m,
                  const char *module, struct mib_object *out);

/* ---- tables under construction ---- */

enum build_origin { BUILD_WALK, BUILD_GET, BUILD_JOIN };

struct build_column {
    char name[64];
    uint8_t origin;
    struct oid_store oid;
    char at[48]; /* of BUILD_JOIN */
};

struct build {
    struct importer *im;
    struct yaml_node item;
    enum import_part part;
    char module[80];           /* of names without one */
    bool has_rows;             /* else one instance */
    struct oid_store entry;    /* what walked columns begin with */
    struct oid_store instance; /* of the only row where there are no rows */
    uint8_t index_count;       /* 0: not known */
    const char *value;         /* the value, as an expression */
    bool is_number;            /* it is known to be no text */
    struct build_column columns[TABLE_COLUMNS_MAX];
    size_t column_count;
};

/* Begins a table with the object that its rows are of: named, numbered (an OID
 * that ends in "{{ $index }}"; may be NULL), or both. The name of its column;
 * NULL with a note if it cannot be. */
const char *build_start(struct build *b, const char *named,
                        const char *numbered);

/* The name of the column that has what text mentions; NULL with a note. */
const char *build_refer(struct build *b, const char *text);

/* Appends a text with {{ }} as a template of ours; what it mentions and is
 * nowhere is left out with a note. False if nothing remains. */
bool build_template(struct build *b, const char *text, struct buffer *out);

/* Appends what text, a number, a mention or {{ }}, is as an expression of ours.
 * False with a note if that cannot be said. */
bool build_expression(struct build *b, const char *text, struct buffer *out);

/* Appends the conditions of skip_values, skip_value_lt and skip_value_gt of
 * the item, or of options where it has none; value is the column held against
 * bare numbers. */
void build_skips(struct build *b, struct yaml_node options, const char *value,
                 struct buffer *out);

/* One condition of op and value: "equal: '5'". False if there is no such. */
bool import_condition(const char *op, struct yaml_node value, bool is_oid,
                      struct buffer *out);

/* Writes the table: name made of hint, columns, and body, lines that are
 * indented by two. */
void build_finish(struct build *b, enum table_section section, const char *hint,
                  const struct buffer *body, const struct buffer *skips);

/* ---- parts of a definition ---- */

void import_match(struct importer *im, struct yaml_node detection);
void import_quirks(struct importer *im, struct yaml_node detection);
void import_facts(struct importer *im, struct yaml_node detection,
                  struct yaml_node os);
void import_processors(struct importer *im, struct yaml_node module);
void import_mempools(struct importer *im, struct yaml_node module);
void import_storage(struct importer *im, struct yaml_node module);
void import_sensors(struct importer *im, struct yaml_node module);

#endif
