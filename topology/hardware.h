/* hardware.h - the boxes that a device is made of: one, or the members of a
 * stack or virtual chassis; and whether others have taken their place. Pure.
 * Facts must be open (facts_pack.h).
 */
#ifndef TOPOLOGY_HARDWARE_H
#define TOPOLOGY_HARDWARE_H

#include "base/mem.h"
#include "mibs/facts.h"

enum { HARDWARE_MEMBERS_MAX = 64 };

/* A box of a stack, by ENTITY-MIB. Texts are views of the facts. */
struct member {
    uint32_t entity; /* entPhysicalIndex */
    uint32_t number; /* as its name tells and ports are called; else its place
                        among them, from 1 */
    const char *name, *descr, *model, *serial, *version;
};
struct members ARRAY_OF(struct member);

/* Appends the members of a stack or virtual chassis: what is in an entity of
 * class stack; where there is none, chassis side by side that have serial
 * numbers. Nothing for a device of one box. array_fini() the list. */
void hardware_members(const struct facts *f, struct members *out);

/* The member that a port is in by its name: the number before the first slash
 * or dot ("Gi2/0/1", "port1.0.5"); NULL if that is none of them. */
const struct member *hardware_member_of(const struct members *m,
                                        const char *port);

/* False for texts in place of a serial number: "0", "N/A", "BUILTIN" ... */
bool hardware_serial_counts(const char *serial);

/* True if this is the serial number of the device or one of its members. */
bool hardware_has_serial(const struct facts *f, const char *serial);

/* True if what tells now is other hardware than what told before, though it
 * may answer in its place, and why: another serial number, which no member of
 * the stack had; or, where none is told, other MAC addresses and another
 * snmpEngineID. An agent that tells less than before proves nothing. */
bool hardware_replaced(const struct facts *before, const struct facts *now,
                       char *why, size_t len);

/* Calls back for each member, by its serial number, that came (came) or went
 * between two answers of a stack. */
typedef void (*hardware_member_fn)(void *arg, const struct member *m,
                                   bool came);
void hardware_members_changed(const struct facts *before,
                              const struct facts *now, hardware_member_fn fn,
                              void *arg);

#endif
