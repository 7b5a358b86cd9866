/* profile_pattern.h - regular expressions (PCRE2) of profiles, held against
 * texts that strangers sent: the work of a match is bounded, and a match that
 * exceeds it is none.
 */
#ifndef MIBS_PROFILE_PATTERN_H
#define MIBS_PROFILE_PATTERN_H

#include "base/bytes.h"
#include "base/own.h"

enum {
    PATTERN_TEXT_MAX = 1024,    /* octets of a pattern */
    PATTERN_SUBJECT_MAX = 4096, /* octets looked at */
    PATTERN_GROUPS_MAX = 16,    /* the whole match counted */
};

struct pattern; /* immutable once made; usable by several threads */

/* Where a match and its groups lie in the subject. */
struct pattern_match {
    const char *subject; /* not owned */
    size_t span[PATTERN_GROUPS_MAX][2];
    unsigned count;
};

/* Compiles text; NULL with the reason in *error if it is none. */
struct pattern *pattern_new(const char *text, struct buffer *error);

/* Of text that was compiled before, which outlives it: compiled anew when it is
 * first used. What is no pattern after all never matches. */
struct pattern *pattern_of_sound(const char *text);
void pattern_free(struct pattern *p);
OWNED_BY(struct pattern, pattern_free)

/* Which engine of patterns this is, and of what version. */
const char *pattern_engine(void);

/* The text it was made of. */
const char *pattern_text(const struct pattern *p);

/* True if p is found in subject; *out (may be NULL) tells where. */
bool pattern_find(const struct pattern *p, const char *subject,
                  struct pattern_match *out);

/* Room to match in, for many patterns in turn; zeros to begin with, made when
 * first used, of one thread alone. */
struct pattern_room {
    void *data;
};
void pattern_room_fini(struct pattern_room *room);
bool pattern_find_in(struct pattern_room *room, const struct pattern *p,
                     const char *subject, struct pattern_match *out);

/* True if p has a group of that name. */
bool pattern_has_group(const struct pattern *p, const char *name);

/* The text of a named group of a match; empty if it took no part. */
struct bytes pattern_group(const struct pattern *p,
                           const struct pattern_match *m, const char *name);

/* Appends subject with every match of p replaced by with, in which $1 or
 * ${name} stand for groups; subject as it is if that fails. */
void pattern_replace(const struct pattern *p, const char *subject,
                     const char *with, struct buffer *out);

#endif
