/* profile.h - what is known of kinds of device beyond what every agent tells:
 * YAML files that match an agent, name it, and say where its processors,
 * memory, storage and sensors are. The language is described in
 * docs/profiles.md.
 */
#ifndef MIBS_PROFILE_H
#define MIBS_PROFILE_H

#include "base/complaint.h"
#include "base/own.h"
#include "mibs/facts.h"
#include "mibs/value.h"

struct profiles; /* a set, immutable once loaded */
struct profile;

/* Reads every *.yaml of the directories, later ones replacing profiles of the
 * same name. A faulty file is reported to complain_to (may be NULL) and left
 * out; *faults counts them. Never NULL: an empty set is a set. */
struct profiles *profiles_load(const char *const *directories, size_t count,
                               void (*complain_to)(const struct complaint *,
                                                   void *),
                               void *arg, size_t *faults);
void profiles_free(struct profiles *set);
OWNED_BY(struct profiles, profiles_free)

/* Checks one file alone: 0 or -errno with *why. */
int profile_check(const char *path, struct complaint *why)
    __attribute__((warn_unused_result));

size_t profiles_count(const struct profiles *set);
const struct profile *profiles_find(const struct profiles *set,
                                    const char *name);

/* The most specific profile for what an agent said; the generic one if no
 * other, NULL only if the set is empty. */
const struct profile *profiles_match(const struct profiles *set,
                                     const struct system_facts *system);

const char *profile_name(const struct profile *p);

/* What profile p asks beyond the standard tables for the scope, the nth, from
 * 0; false when there is no more. The ask lives as long as the set. Rows go to
 * profile_row() with the same n and a state that starts zeroed per device. */
struct profile_reading;
struct profile_reading *profile_reading_new(const struct profile *p,
                                            bool identity, bool metrics);
void profile_reading_free(struct profile_reading *r);
OWNED_BY(struct profile_reading, profile_reading_free)
bool profile_ask(const struct profile_reading *r, size_t n, struct ask *out);
void profile_row(struct profile_reading *r, size_t n, const struct row *row);

/* Once all asks ended: fills identity and adds processors, mempools, storages
 * and sensors to f (texts into f->arena). */
void profile_finish(struct profile_reading *r, struct facts *f);

/* Tables of the generic engines that this profile replaces. */
bool profile_replaces(const struct profile *p, const char *generic);

/* Iconv name of the text encoding of these devices, NULL if UTF-8/Latin-1. */
const char *profile_encoding(const struct profile *p);

#endif
