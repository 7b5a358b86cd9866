/* restore.h - a backup becomes a data directory again.
 *
 * All of it is unpacked beside the directory and checked; only then the old
 * directory gets another name, and the new one its own, and the configuration
 * its place. Whatever fails before, or of the first two, leaves all as it was.
 */
#ifndef STATION_RESTORE_H
#define STATION_RESTORE_H

#include "station/backup.h"

#include <sys/types.h>

struct restore_options {
    const char *from; /* the backup */
    const char *passphrase;
    const char *base;    /* the one it goes on from; NULL: it is whole */
    const char *data;    /* the directory */
    const char *config;  /* where the configuration belongs; NULL: nowhere */
    bool replace_config; /* one that is there gets another name */
    bool force;          /* so does a data directory that is not empty */
    bool dry_run; /* reads, all but the database checked; writes nothing */
    bool series;
    uid_t uid; /* whose it becomes; -1: nobody's else */
    gid_t gid;
    void (*progress)(void *arg, uint64_t files, uint64_t place, uint64_t whole);
    void *arg;
};

struct restore_report {
    struct backup_about about; /* backup_about_fini() it */
    uint64_t files, octets, series;
    int64_t schema;     /* of the database */
    char *aside;        /* where the old directory is; NULL: there was none */
    char *config;       /* where the configuration was put; NULL: nowhere */
    char *config_aside; /* where the old one is; NULL: it stayed or is new */
    char *in_the_way;   /* dry_run: why it would not begin; NULL: it would */
};
void restore_report_fini(struct restore_report *r);

/* 0; or -errno and *why: -EBUSY, a station has the directory; -EEXIST, it is
 * not empty; -EACCES, another passphrase; -EBADMSG, the backup is damaged;
 * -ENOTSUP, of a newer version, or series of another kind of machine. */
int restore(const struct restore_options *options, struct restore_report *out,
            struct complaint *why) __attribute__((warn_unused_result));

#endif
