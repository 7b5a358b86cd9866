/* restore_parts.h - what a restore goes through; for restore*.c alone. */
#ifndef STATION_RESTORE_PARTS_H
#define STATION_RESTORE_PARTS_H

#include "base/mem.h"
#include "base/table.h"
#include "station/restore.h"

struct restoring {
    const struct restore_options *options;
    struct restore_report *report;
    struct complaint *why;
    struct wall at;
    char *data;  /* without a slash at its end */
    char *stage; /* where it is unpacked; NULL: nowhere */
    bool inside; /* that is in the data directory itself */
    bool state;  /* the database is there */
    struct buffer kept;
};

/* restore_place.c: may it begin? Then makes the stage. */
int restore_begin(struct restoring *r) __attribute__((warn_unused_result));
/* The file of a member below the stage, open for writing, and what is above it;
 * or -errno. */
int restore_make(struct restoring *r, const char *below, unsigned mode)
    __attribute__((warn_unused_result));
/* The stage takes the directory's name. */
int restore_swap(struct restoring *r) __attribute__((warn_unused_result));
/* The configuration goes where it belongs. */
int restore_config(struct restoring *r) __attribute__((warn_unused_result));
/* Removes the stage, where it still is one. */
void restore_end(struct restoring *r);

#define RESTORE_ETC ".etc" /* below the stage */

#endif
