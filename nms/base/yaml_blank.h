/* yaml_blank.h - a document with some of its values blanked out, and comments
 * that may tell them: everything else stays as it was written. Pure. */
#ifndef BASE_YAML_BLANK_H
#define BASE_YAML_BLANK_H

#include "base/bytes.h"

#include <stdbool.h>

/* Is what stands under that key to be blanked out? */
typedef bool (*yaml_blank_fn)(const char *key);

/* Appends text with "" and a comment-free note in place of those values,
 * wherever such a key stands; whatever is below one goes as a whole. The note
 * is also in place of comments in the line of one, of those that have such a
 * key in them as a word, and of lines of comment that are indented below these:
 * key is in lower case then. -EINVAL,
 * and nothing is added: it is no YAML, or uses what we do not read (aliases).
 */
int yaml_blank(struct bytes text, yaml_blank_fn is_secret, const char *note,
               struct buffer *out) __attribute__((warn_unused_result));

#endif
