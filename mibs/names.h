/* names.h - what OIDs are called, for commands that show single objects: names
 * to OIDs and back, values by the words of their MIB.
 *
 * The objects that Portolan itself reads are known without any file. MIB files
 * are read by net-snmp's parser, whose state belongs to the whole process:
 * there is at most one struct names at a time.
 */
#ifndef MIBS_NAMES_H
#define MIBS_NAMES_H

#include "base/own.h"
#include "mibs/value.h"

struct names;

/* Knows the built-in names and those of all MIB files in the directories.
 * Directories that are not there and faulty files are passed over silently.
 * Never NULL. */
struct names *names_load(const char *const *directories, size_t count);
void names_free(struct names *n);
OWNED_BY(struct names, names_free)

/* Reads "IF-MIB::ifDescr.1", "sysName.0", "ifTable" or digits with dots. 0, or
 * -ENOENT if there is no such name; *out is empty then. */
int names_find(const struct names *n, const char *text, struct oid_store *out)
    __attribute__((warn_unused_result));

/* Appends an OID with its best name, "IF-MIB::ifDescr.1"; digits for what has
 * none. */
void names_format(const struct names *n, struct oid name, struct buffer *out);

/* Appends the value of the object called name as people read it: enumerations
 * by their words, "up(1)", physical addresses with colons, time ticks as a
 * duration too, OIDs by name; else as value_text(). */
void names_value(const struct names *n, struct oid name, const struct value *v,
                 struct buffer *out);

#endif
