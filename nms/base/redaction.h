/* redaction.h - words that are to be forgotten, and what stands in their place.
 *
 * A word is found where it stands for itself: not within a longer name. "sw1"
 * is found in "sw1:Gi0/1" and "(sw1)", not in "sw10", "sw1-a" or "sw1.lab". In
 * JSON names of members are left alone, and values that are words of ours, as
 * in {"kind": "router"}: devices are called so, too.
 */
#ifndef BASE_REDACTION_H
#define BASE_REDACTION_H

#include "base/bytes.h"
#include "base/mem.h"

struct redaction_word {
    char *from, *to;
};

/* All zeros has no words. */
struct redaction {
    struct redaction_words ARRAY_OF(struct redaction_word) words;
};
void redaction_fini(struct redaction *r);

/* One word more; both are copied. An empty one is none. */
void redaction_add(struct redaction *r, const char *from, const char *to);

/* True if a text has one of the words. */
bool redaction_finds(const struct redaction *r, const char *text);

/* Appends text with what stands in place of the words; true if it had one.
 * Nothing is appended where it had none. */
bool redaction_text(const struct redaction *r, const char *text,
                    struct buffer *out);

#endif
