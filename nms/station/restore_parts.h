/* restore_parts.h - what a restore goes through; for restore*.c alone. */
#ifndef STATION_RESTORE_PARTS_H
#define STATION_RESTORE_PARTS_H

#include "base/mem.h"
#include "base/table.h"
#include "station/restore.h"

/* Of the configuration: to be renamed to put; texts are owned. */
struct restore_file {
    char *ready; /* NULL: it is done */
    char *put;
    char *aside; /* what the one that is there is renamed to; NULL: none is */
    bool main;   /* the configuration itself */
};

/* A directory that is held by its descriptor: whoever may rename it, what is
 * done through the grip is done in it. */
struct restore_grip {
    int fd;        /* 0: of none */
    char *through; /* a path that leads into it */
};

struct restoring {
    const struct restore_options *options;
    struct restore_report *report;
    struct complaint *why;
    struct wall at;
    char *data;               /* without a slash at its end */
    char *stage;              /* where it is unpacked; NULL: nowhere */
    struct restore_grip grip; /* of that */
    bool inside;              /* that is in the data directory itself */
    bool state;               /* the database is there */
    struct buffer kept;
    struct restore_files ARRAY_OF(struct restore_file) files;
};

/* restore_place.c: may it begin? Then makes the stage. */
int restore_begin(struct restoring *r) __attribute__((warn_unused_result));
/* The file of a member below the stage, open for writing, and what is above it;
 * or -errno. */
int restore_make(struct restoring *r, const char *below, unsigned mode)
    __attribute__((warn_unused_result));
/* The stage takes the directory's name; where that fails all is as it was. */
int restore_swap(struct restoring *r) __attribute__((warn_unused_result));
/* restore_config.c: the configuration is written beside where it belongs; goes
 * there; what did not is removed. */
int restore_config_prepare(struct restoring *r)
    __attribute__((warn_unused_result));
int restore_config_place(struct restoring *r)
    __attribute__((warn_unused_result));
void restore_config_end(struct restoring *r);
/* Removes the stage, where it still is one. */
void restore_end(struct restoring *r);

#define RESTORE_ETC ".etc" /* below the stage */

#endif
