/* yaml.h - YAML that people write, read through schema tables, so that each
 * fault names file, line, column, path and remedy.
 *
 * On libyaml's events, so that nothing is built of what is refused. A document
 * is read once, at start or at reload; sizes and depth are bounded
 * (YAML_FILE_MAX, YAML_NODES_MAX, YAML_DEPTH_MAX). Aliases are refused. Unknown
 * keys are faults. A key without a value, or with null, is as if not there.
 */
#ifndef BASE_YAML_H
#define BASE_YAML_H

#include "base/complaint.h"
#include "base/mem.h"
#include "base/own.h"

#include <stdbool.h>
#include <stdint.h>

enum { YAML_FILE_MAX = 8 << 20, YAML_DEPTH_MAX = 32, YAML_NODES_MAX = 1 << 20 };

struct yaml; /* a document */

/* A place in a document; valid as long as the document. node 0 is "absent". */
struct yaml_node {
    const struct yaml *doc;
    int node;
};

enum yaml_kind { YAML_ABSENT, YAML_SCALAR, YAML_LIST, YAML_MAP };

/* Reads a file, or text that is called name in faults. -EINVAL for a fault of
 * YAML itself (a duplicate key too), -errno if it cannot be read. */
int yaml_load(const char *path, struct yaml **out, struct complaint *why)
    __attribute__((warn_unused_result));
int yaml_parse(const char *name, const char *text, size_t len,
               struct yaml **out, struct complaint *why)
    __attribute__((warn_unused_result));
void yaml_discard(struct yaml *doc);

/* Not a symbol of its own: libyaml exports one of this name, which ours would
 * take the place of within libyaml. */
__attribute__((unused)) static inline void yaml_free(struct yaml *doc)
{
    yaml_discard(doc);
}
OWNED_BY(struct yaml, yaml_free)

struct yaml_node yaml_root(const struct yaml *doc);
enum yaml_kind yaml_kind(struct yaml_node n);
const char *yaml_text(struct yaml_node n); /* of a scalar, else NULL */
bool yaml_is_plain(struct yaml_node n);    /* a scalar without quotes */
bool yaml_is_null(struct yaml_node n);     /* absent, or plain "", ~ or null */
size_t yaml_count(struct yaml_node n);     /* of a list or map */
struct yaml_node yaml_item(struct yaml_node n, size_t i); /* list item, value */
const char *yaml_key(struct yaml_node map, size_t i);     /* key of entry i */
struct yaml_node yaml_key_node(struct yaml_node map, size_t i);
struct yaml_node yaml_get(struct yaml_node map, const char *key);
size_t yaml_line(struct yaml_node n); /* where it begins; 0: absent */

/* Fills *why with "FILE:LINE:COLUMN: path.in.file" of n and returns -EINVAL. */
int yaml_complain(struct yaml_node n, struct complaint *why, const char *remedy,
                  const char *fmt, ...)
    __attribute__((format(printf, 4, 5), warn_unused_result));

/* What a key of a map may hold, and where it goes in a struct. */
enum yaml_type {
    YAML_T_TEXT,     /* char *: heap copy, the struct's owner frees it */
    YAML_T_BOOL,     /* bool: true false yes no on off */
    YAML_T_INT,      /* int64_t, within min..max */
    YAML_T_DOUBLE,   /* double, within min..max */
    YAML_T_DURATION, /* int64_t in ms, within min..max */
    YAML_T_CHOICE,   /* int: index in choices */
    YAML_T_MAP,      /* a struct inside, by fields */
    YAML_T_CUSTOM,   /* read(node, at the field, ctx, why) */
};

struct yaml_field {
    const char *key;
    enum yaml_type type;
    size_t offset;
    const char *preset; /* as text; NULL: the field is left as it was */
    bool required;
    double min, max;                 /* both 0: any */
    const char *const *choices;      /* NULL-terminated */
    const struct yaml_field *fields; /* of YAML_T_MAP; ends with key NULL */
    int (*read)(struct yaml_node n, void *field, void *ctx,
                struct complaint *why);
    const char *help; /* what is right, for the remedy; may be NULL */
};

/* Reads map n by fields into *out. An absent n sets presets. On a fault the
 * text fields already read stay in *out for its owner to free. */
int yaml_read(struct yaml_node n, const struct yaml_field *fields, void *out,
              void *ctx, struct complaint *why)
    __attribute__((warn_unused_result));

/* Faults found in one go. array_fini() it. */
struct yaml_faults ARRAY_OF(struct complaint);

enum { YAML_FAULTS_MAX = 100 };

/* Appends *why unless there are YAML_FAULTS_MAX already. */
void yaml_fault_add(struct yaml_faults *faults, const struct complaint *why);

/* The same as yaml_read(), but goes on after a fault to find all of them.
 * Gives 0, or -EINVAL if there is any. A custom reader that finds several adds
 * all but the last itself. */
int yaml_read_all(struct yaml_node n, const struct yaml_field *fields,
                  void *out, void *ctx, struct yaml_faults *faults)
    __attribute__((warn_unused_result));

#endif
