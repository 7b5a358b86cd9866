/* forget_left.h - where a name that is to be forgotten still stands: in files
 * that people wrote, and in copies of earlier states. For a thread: it reads
 * files. */
#ifndef STATION_FORGET_LEFT_H
#define STATION_FORGET_LEFT_H

#include "base/mem.h"
#include "base/redaction.h"

struct left_place {
    char *where;
    const char *why;
};

/* Texts are owned. */
struct left_search {
    char *data, *config; /* the directory; the file, "" or NULL: none */
    char *backups;       /* the directory; NULL: DATA/backups */
    const struct redaction *names; /* borrowed */
    bool stop;                     /* atomic; begins false */
    struct left_places ARRAY_OF(struct left_place) found;
};
void left_search_fini(struct left_search *s);

/* Adds what it finds. */
void left_search(struct left_search *s);

/* It ends after the file that it looks into. Any thread. */
void left_search_stop(struct left_search *s);

#endif
