/* backup.h - all that a station knows as one file (bundle.h), made while it
 * works: from its data directory, without asking it for anything.
 *
 * The database is copied as it is at one moment, what waits for the files of
 * series before these are read, and of each of them a whole state between two
 * updates. What the station was told in the last second may be missing.
 *
 * Members: portolan-backup.json, what it is; data/..., what lies in the data
 * directory; etc/..., the configuration and what belongs to it; kept.txt, in a
 * backup that goes on from another one, the files that are as they were there.
 */
#ifndef STATION_BACKUP_H
#define STATION_BACKUP_H

#include "base/clock.h"
#include "base/complaint.h"

#include <stdbool.h>
#include <stdint.h>

#define BACKUP_ABOUT "portolan-backup.json"
#define BACKUP_KEPT "kept.txt"
#define BACKUP_DATA "data/"
#define BACKUP_ETC "etc/"

enum { BACKUP_FORMAT = 1, BACKUP_ID_MAX = 40 };

/* How far it is; of all files none is known of at first. */
struct backup_progress {
    uint64_t files, files_all, octets;
};

struct backup_options {
    const char *data;    /* the directory */
    const char *config;  /* the file; NULL: it is not included */
    const char *station; /* its name */
    const char *to;
    const char *passphrase;       /* NULL: it is not encrypted */
    const char *since;            /* a backup to go on from; NULL: none */
    const char *since_passphrase; /* its own */
    bool series, secrets;
    /* Told now and then; false ends it with -ECANCELED. NULL: nobody is told.
     */
    bool (*progress)(void *arg, const struct backup_progress *p);
    void *arg;
};

struct backup_report {
    uint64_t files, octets; /* in it, as they are unpacked */
    uint64_t kept;          /* as they were in the one before */
    uint64_t changing; /* series that were written all the time; left out */
    char id[BACKUP_ID_MAX];
};

/* Makes it. Any thread; takes long. 0, or -errno and *why: then nothing of that
 * name is there that was not before. */
int backup_make(const struct backup_options *options, struct backup_report *out,
                struct complaint *why) __attribute__((warn_unused_result));

/* What a backup says of itself; texts are to be freed by backup_about_fini().
 */
struct backup_about {
    int format;
    char *version, *station, *data, *machine, *id, *since, *config;
    int64_t schema;
    struct wall at;
    bool series, secrets;
};
void backup_about_fini(struct backup_about *a);

/* Reads that member's text. 0, or -EBADMSG and *why, which calls it name. */
int backup_about_read(const char *name, const char *text, size_t len,
                      struct backup_about *out, struct complaint *why)
    __attribute__((warn_unused_result));

/* The kind of machine: files of series are read where it is the same. */
const char *backup_machine(void);

/* Is the value of a key of the configuration a secret? */
bool backup_is_secret(const char *key);

#endif
