/* sandbox_calls.h - the lists of sandbox.c: names of system calls, ended by
 * NULL. A name that a machine does not have does no harm. */
#ifndef BASE_SANDBOX_CALLS_H
#define BASE_SANDBOX_CALLS_H

/* What every program with threads does: memory, time, waiting, its open
 * descriptors, its own signals. */
extern const char *const sandbox_common[];
/* Files are looked at and, but for open(2), read. */
extern const char *const sandbox_files[];
/* Files are made, changed and removed. */
extern const char *const sandbox_changes[];
/* Sockets that are there are used. */
extern const char *const sandbox_network[];
/* Children are watched, waited for, limited and ended. */
extern const char *const sandbox_family[];
/* What ordinary programs need beyond. */
extern const char *const sandbox_programs[];

#endif
