/* program_mib.h - what is installed on a host and what runs there:
 * HOST-RESOURCES-MIB (RFC 2790), hrSWInstalledTable, hrSWRunTable and
 * hrSWRunPerfTable. Large, and another one at each moment: nothing that facts
 * keep, but read for whoever asks, variable by variable of a walk.
 */
#ifndef MIBS_PROGRAM_MIB_H
#define MIBS_PROGRAM_MIB_H

#include "base/arena.h"
#include "mibs/value.h"

enum { PROGRAMS_MAX = 20000 }; /* rows of one host; others are dropped */

/* A product that is installed, or a process. Texts are safe UTF-8, "" where
 * nothing is told. */
struct program {
    uint32_t index;         /* of the process: its id, mostly */
    const char *name;       /* hrSWInstalledName, hrSWRunName */
    const char *type;       /* "operatingSystem" "deviceDriver" "application" */
    const char *installed;  /* hrSWInstalledDate: 2024-05-31 12:30:00 */
    const char *path;       /* hrSWRunPath */
    const char *parameters; /* hrSWRunParameters */
    const char *status;     /* "running" "runnable" "notRunnable" "invalid" */
    double cpu_s;           /* time that it used; NaN: not told */
    double memory_bytes;    /* NaN: not told */
};

struct programs;

struct programs *programs_new(void);
void programs_free(struct programs *p);
OWNED_BY(struct programs, programs_free)

/* Entries to walk: of what is installed the first alone, of what runs both. */
struct oid programs_installed_entry(void);
struct oid programs_run_entry(void);
struct oid programs_perf_entry(void);

/* Takes one variable of such a walk; others are passed over. */
void programs_take(struct programs *p, struct oid name, const struct value *v);

/* What has a name, by index; it lives as long as p. How many there are; *cut
 * tells how many were dropped. */
size_t programs_list(struct programs *p, const struct program **out,
                     size_t *cut);

#endif
