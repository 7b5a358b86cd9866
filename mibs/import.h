/* import.h - a peer's definitions of operating systems (LibreNMS: YAML files of
 * os_detection and os_discovery, MIB modules) to profiles of ours: one file for
 * each system, all object identifiers digits, what could not be carried over
 * told with its reason. What the peer does in PHP is not in these files.
 */
#ifndef MIBS_IMPORT_H
#define MIBS_IMPORT_H

#include "base/yaml.h"
#include "mibs/import_mib.h"

/* Parts of a profile, as the report counts them. */
enum import_part {
    IMPORT_MATCH,
    IMPORT_FACTS,
    IMPORT_PROCESSORS,
    IMPORT_MEMPOOLS,
    IMPORT_STORAGE,
    IMPORT_SENSORS,
    IMPORT_QUIRKS,
    IMPORT_PARTS
};
const char *import_part_name(enum import_part part);

/* Something that was not carried over, or not whole. */
struct import_note {
    char place[160]; /* "os_discovery/acme.yaml:12:3: modules.sensors" */
    char what[160], why[160];
};

struct import_report {
    unsigned carried[IMPORT_PARTS], left[IMPORT_PARTS];
    struct ARRAY_OF(struct import_note) notes;
};
void import_report_fini(struct import_report *r);

/* What detection files say before anything is imported: in which order the peer
 * tries systems, and where their modules are. */
struct import_system {
    char *os, *group, *mib_dir; /* group and mib_dir may be NULL */
    char *detection;            /* path of its file */
    bool is_slow;               /* asks more than the system group */
    int rank; /* 0 and less: the first tried has the highest */
};
struct import_systems ARRAY_OF(struct import_system);
void import_systems_fini(struct import_systems *all);

/* Reads every detection file below dir ("DIR/os_detection"), sorts and ranks
 * them as the peer tries them: those that need no further question by name,
 * those that do, the few that fit half of all agents. Faulty files are told to
 * complain_to and left out. 0, or -errno with *why if dir cannot be read. */
int import_systems_read(const char *dir, struct import_systems *out,
                        void (*complain_to)(const struct complaint *, void *),
                        void *arg, struct complaint *why)
    __attribute__((warn_unused_result));

/* A definition file, or text that is called name in faults, as the peer reads
 * it: with aliases, a comma too many forgiven. -EINVAL if it is no YAML, -errno
 * if it cannot be read. */
int import_load(const char *path, struct yaml **out, struct complaint *why)
    __attribute__((warn_unused_result));
int import_parse(const char *name, const char *text, size_t len,
                 struct yaml **out, struct complaint *why)
    __attribute__((warn_unused_result));

/* Appends the profile of one system to *out: detection is its file of
 * os_detection, discovery that of os_discovery, which may be absent. */
void import_system(const struct import_system *s, struct yaml_node detection,
                   struct yaml_node discovery, const struct mib_names *names,
                   struct buffer *out, struct import_report *report);

/* Takes out of a profile, which is called name in faults, each part that would
 * have it refused, and tells so. Gives how many. */
size_t import_mend(const char *name, struct buffer *profile,
                   struct import_report *report);

#endif
