/* backup_parts.h - what making a backup goes through; for backup*.c alone. */
#ifndef STATION_BACKUP_PARTS_H
#define STATION_BACKUP_PARTS_H

#include "base/mem.h"
#include "base/table.h"
#include "station/backup.h"

struct bundle_out;

/* A file to be put in; from and name are owned. */
struct backup_file {
    char *from, *name;
    unsigned mode;
    int64_t mtime_ns;
    uint64_t size;
    bool blank; /* without its secrets */
};
struct backup_list ARRAY_OF(struct backup_file);

struct backup {
    const struct backup_options *options;
    struct backup_report *report;
    struct complaint *why;
    struct wall at;
    struct bundle_out *out;
    struct backup_list list;
    uint64_t done;
    /* of a backup that goes on from another one */
    struct backup_about since;
    struct table *before; /* members of that one; NULL: it does not go on */
    int64_t before_ns;    /* files written since then are others */
    struct buffer kept;
};

enum { BACKUP_FILE_MAX = 1 << 28 };

/* Reads the backup to go on from. 0, or -errno and *b->why. */
int backup_go_on(struct backup *b) __attribute__((warn_unused_result));

/* Puts all that is to be in it into b->list. What the station uses and what
 * cannot be had is not left out: -errno and *b->why. */
int backup_list_all(struct backup *b) __attribute__((warn_unused_result));

/* Members of these names are files of series. */
bool backup_is_series(const char *name);

/* Appends a file of series between two updates, however often it is written.
 * -EAGAIN: it was written whenever we looked; else -errno. */
int backup_read_series(const char *path, struct buffer *out)
    __attribute__((warn_unused_result));

#endif
