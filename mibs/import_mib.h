/* import_mib.h - names of MIB modules to numbers, through net-snmp's parser.
 *
 * The parser's tree is one per process and grows until the process ends: for
 * the command alone, in a child process for each set of modules that may
 * collide with another.
 */
#ifndef MIBS_IMPORT_MIB_H
#define MIBS_IMPORT_MIB_H

#include "mibs/oid.h"

enum mib_kind {
    MIB_NODE,   /* no more than a place in the tree */
    MIB_SCALAR, /* its one instance is .0 */
    MIB_COLUMN,
    MIB_ENTRY,
    MIB_TABLE,
};

/* What a module says of a name. */
struct mib_object {
    struct oid_store oid;
    uint8_t kind;
    uint8_t index_count; /* objects in the INDEX of its table; 0: not known */
    bool is_text;        /* octets, not a number */
    bool is_foreign;     /* its module is in none of the own directories */
};

/* Where names are looked up; a table of one's own in tests. */
struct mib_names {
    /* False if there is no such module, or no such name in it; of module ""
     * any that was read will do. */
    bool (*find)(void *arg, const char *module, const char *name,
                 struct mib_object *out);
    /* Tells every name of a module with its number. */
    void (*each)(void *arg, const char *module,
                 void (*told)(void *told_arg, const char *name, struct oid oid),
                 void *told_arg);
    void *arg;
};

/* Makes the parser ready, silent about the faults of modules. */
void mib_parser_start(void);

/* Has what the parser prints itself go nowhere, for the rest of this process.
 */
void mib_parser_hush(void);

/* Has its directories searched for modules, the later before the earlier. Those
 * that are no directory are passed over. Gives how many files there are. */
size_t mib_parser_directory(const char *path);

/* Reads a module and what it imports; false if that is nowhere. */
bool mib_parser_read(const char *module);

/* Directories whose modules are meant; count 0: any. */
struct mib_own {
    const char *at[8];
    size_t count;
};

/* The names that net-snmp's parser knows; modules are read when they are first
 * asked for. own is only looked at. */
struct mib_names mib_parser_names(const struct mib_own *own);

#endif
