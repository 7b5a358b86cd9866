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
/* The same, with those whose files are unchanged taken from the file cache,
 * which is written anew where they are not; it may be missing, unreadable or
 * not writable, and is then not used. NULL: none. */
struct profiles *
profiles_load_cached(const char *const *directories, size_t count,
                     const char *cache,
                     void (*complain_to)(const struct complaint *, void *),
                     void *arg, size_t *faults);
/* The same while profiles of these directories are in force: a file that has
 * become faulty, by itself or because it does not fit to the others, counts as
 * it was when it was read before and kept in the cache; that is told too. NULL
 * if a directory cannot be read: what is in force had better stay. */
struct profiles *
profiles_renew(const char *const *directories, size_t count, const char *cache,
               void (*complain_to)(const struct complaint *, void *), void *arg,
               size_t *faults);
/* Whoever asks with a set for a while keeps it so long; each gives it up by
 * profiles_free(). NULL is fine. */
struct profiles *profiles_ref(const struct profiles *set);
void profiles_free(struct profiles *set);
OWNED_BY(struct profiles, profiles_free)

/* Checks one file alone: tells every fault to complain_to and gives their
 * number; or 0 and -EINVAL with the first. */
size_t profile_faults(const char *path,
                      void (*complain_to)(const struct complaint *, void *),
                      void *arg);
int profile_check(const char *path, struct complaint *why)
    __attribute__((warn_unused_result));

size_t profiles_count(const struct profiles *set);
const struct profile *profiles_find(const struct profiles *set,
                                    const char *name);

/* The most specific profile for what an agent said, and answered to
 * match_answers.h (may be NULL); the generic one if no other, NULL if there
 * is none in the set. */
struct match_answers;
const struct profile *profiles_match(const struct profiles *set,
                                     const struct system_facts *system,
                                     const struct match_answers *answers);

const char *profile_name(const struct profile *p);

/* What profile p asks beyond the standard tables for the scope, the nth, from
 * 0; false when there is no more. named: what ports and entities are called
 * need not be asked, profile_finish() will find it in the facts. The ask lives
 * as long as the reading. Rows go to profile_row() with the same n and a state
 * that starts zeroed per device.
 */
struct profile_reading;
struct profile_reading *profile_reading_new(const struct profile *p,
                                            bool identity, bool metrics,
                                            bool named);
void profile_reading_free(struct profile_reading *r);
OWNED_BY(struct profile_reading, profile_reading_free)
bool profile_ask(const struct profile_reading *r, size_t n, struct ask *out);
/* Tells readings apart that ask for other things. */
uint32_t profile_reading_check(const struct profile_reading *r);
void profile_row(struct profile_reading *r, size_t n, const struct row *row);

/* True if its tables are named by entities, or ports, that are known already.
 */
bool profile_reading_joins_entities(const struct profile_reading *r);
bool profile_reading_joins_ports(const struct profile_reading *r);

/* Once all asks ended: fills identity and adds processors, mempools, storages
 * and sensors to f (texts into f->arena). */
void profile_finish(struct profile_reading *r, struct facts *f);

/* What ports are called by p (may be NULL), once they are known; and what of
 * ports, VLANs and storage is not shown, once f is whole but for this. */
void profile_name_ports(const struct profile *p, struct facts *f);
void profile_ignore(const struct profile *p, struct facts *f);

/* Which of these p does, bits of enum profile_alters. */
enum profile_alters {
    ALTERS_PORT_NAMES = 1,
    ALTERS_PORTS = 2,
    ALTERS_VLANS = 4,
    ALTERS_STORAGE = 8,
};
unsigned profile_alters(const struct profile *p);

/* Tables of the generic engines that this profile replaces. */
bool profile_replaces(const struct profile *p, const char *generic);

/* True if a standard table is not to be asked of these agents. */
bool profile_skips(const struct profile *p, const char *table);

/* Iconv name of the text encoding of these devices, NULL if UTF-8/Latin-1. */
const char *profile_encoding(const struct profile *p);

struct text_list {
    const char **at;
    size_t count;
};

/* What is odd about agents of this kind; zeros where nothing is. */
struct profile_quirks {
    const char *encoding;    /* as profile_encoding() */
    bool no_bulk;            /* GETBULK is not to be used */
    int64_t max_repetitions; /* at most so many; 0: as the engine likes */
    bool unordered;          /* OIDs of walks need not increase */
    struct text_list unordered_tables; /* of these tables alone */
    struct text_list skip;             /* tables that are not asked */
    int64_t slow_start_ms;       /* after its start it does not tell all yet */
    bool lldp_local_is_if_index; /* lldpLocPortNum is the ifIndex */
    bool bad_hc_counters;        /* 64-bit counters are not to be trusted */
    bool vlan_contexts;          /* one bridge table per VLAN: NAME@VLAN */
};
const struct profile_quirks *profile_quirks(const struct profile *p);

/* A set from texts, as profiles_load(): for tests and for what is typed in. */
struct profile_file {
    const char *name, *text; /* the file's name in faults, its contents */
    size_t len;
};
struct profiles *
profiles_of_files(const struct profile_file *files, size_t count,
                  void (*complain_to)(const struct complaint *, void *),
                  void *arg, size_t *faults);

/* Every profile that matches an agent, the best first, up to max of them.
 * Gives how many; *tie is true if the first two are equally specific, so that
 * the order of their names decided. */
size_t profiles_match_all(const struct profiles *set,
                          const struct system_facts *system,
                          const struct match_answers *answers,
                          const struct profile **out, size_t max, bool *tie);

/* The nth profile of the set, in the order of their names. */
const struct profile *profiles_at(const struct profiles *set, size_t n);

#endif
