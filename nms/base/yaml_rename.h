/* yaml_rename.h - keys that have another name now, in a document that was
 * written for an earlier version. */
#ifndef BASE_YAML_RENAME_H
#define BASE_YAML_RENAME_H

#include "base/yaml.h"

/* Section and key as they were, and as they are. section NULL: a key of the
 * document itself; to NULL: it stays in its section. */
struct yaml_renamed {
    const char *section, *was, *to, *is;
};

/* Called for each key that has an old name: the place is "FILE:LINE:COLUMN:
 * path.in.file". */
typedef void (*yaml_renamed_fn)(void *arg, const char *place,
                                const struct yaml_renamed *r);

/* Gives old keys their new names, and their new section, which is made where it
 * is not there; a section that is empty then is gone. A table ends with was
 * NULL. Where the new one is there, too, that counts, and the old one is gone.
 */
void yaml_rename(struct yaml *doc, const struct yaml_renamed *table,
                 yaml_renamed_fn renamed, void *arg);

#endif
