/* profile_read.h - readers of the values that a profile's YAML is made of;
 * for mibs/profile_read*.c. Each has the form of yaml_field.read: node, field
 * to fill, struct profile_reader, complaint.
 */
#ifndef MIBS_PROFILE_READ_H
#define MIBS_PROFILE_READ_H

#include "base/yaml.h"
#include "mibs/profile_model.h"

/* Where a reader is: the profile it fills, and the names known there. */
struct profile_reader {
    struct profile *profile;
    struct scope scope;
};

#define READER_OF(ctx) ((struct profile_reader *)(ctx))

/* A scalar's text into const char *. */
int read_text(struct yaml_node n, void *field, void *ctx, struct complaint *why)
    __attribute__((warn_unused_result));

/* A name of ours, [A-Za-z0-9_.-]+, into const char *. */
int read_name(struct yaml_node n, void *field, void *ctx, struct complaint *why)
    __attribute__((warn_unused_result));

/* Digits and dots into struct oid. */
int read_oid(struct yaml_node n, void *field, void *ctx, struct complaint *why)
    __attribute__((warn_unused_result));

/* One or a list of them: struct text_list, oid_list, pattern_list. */
int read_texts(struct yaml_node n, void *field, void *ctx,
               struct complaint *why) __attribute__((warn_unused_result));
int read_oids(struct yaml_node n, void *field, void *ctx, struct complaint *why)
    __attribute__((warn_unused_result));
int read_patterns(struct yaml_node n, void *field, void *ctx,
                  struct complaint *why) __attribute__((warn_unused_result));

/* A pattern into const struct pattern *. */
int read_pattern(struct yaml_node n, void *field, void *ctx,
                 struct complaint *why) __attribute__((warn_unused_result));

/* One or a list of texts with names in braces into struct template. */
int read_template(struct yaml_node n, void *field, void *ctx,
                  struct complaint *why) __attribute__((warn_unused_result));

/* A name alone, or a text with names in braces, into struct template. */
int read_operand(struct yaml_node n, void *field, void *ctx,
                 struct complaint *why) __attribute__((warn_unused_result));

/* Arithmetic into struct expr. */
int read_expr(struct yaml_node n, void *field, void *ctx, struct complaint *why)
    __attribute__((warn_unused_result));

/* A list of anything, at most PROFILE_LIST_MAX; what is no list counts as a
 * list of one. of names the items for people, read_one fills one of size. */
struct list_kind {
    const char *of;
    size_t size;
    int (*read_one)(struct yaml_node n, void *field, void *ctx,
                    struct complaint *why);
};
struct list_view {
    void *at;
    size_t count;
};
int read_list(struct yaml_node n, const struct list_kind *kind, void *ctx,
              struct list_view *out, struct complaint *why)
    __attribute__((warn_unused_result));

/* The entries of a map, at most PROFILE_LIST_MAX. */
int map_count(struct yaml_node n, const char *of, size_t *out,
              struct complaint *why) __attribute__((warn_unused_result));

/* "FILE:LINE:COLUMN: path" of n, kept by the profile. */
const char *place_of(struct profile_reader *r, struct yaml_node n);

/* The map "quirks" into struct profile. */
int read_quirks(struct yaml_node n, void *field, void *ctx,
                struct complaint *why) __attribute__((warn_unused_result));

/* The parts of a profile: map "facts", one of the lists of tables, "states" */
int read_facts(struct yaml_node n, struct profile_reader *r,
               struct complaint *why) __attribute__((warn_unused_result));
int read_tables(struct yaml_node n, enum table_section section,
                struct profile_reader *r, struct complaint *why)
    __attribute__((warn_unused_result));
int read_states(struct yaml_node n, struct profile_reader *r,
                struct complaint *why) __attribute__((warn_unused_result));

/* A map of texts to texts: struct translation *. */
int read_translations(struct yaml_node n, struct profile_reader *r,
                      struct translation **out, size_t *count,
                      struct complaint *why)
    __attribute__((warn_unused_result));

/* The list "skip" of a table, and its like, into struct any_of. */
int read_skips(struct yaml_node n, void *field, void *ctx,
               struct complaint *why) __attribute__((warn_unused_result));

/* The list "get" of a rule into struct any_of. */
int read_answers(struct yaml_node n, void *field, void *ctx,
                 struct complaint *why) __attribute__((warn_unused_result));

#endif
