/* scratch.h - a folder that a bench makes and removes. */
#ifndef TESTS_SCRATCH_H
#define TESTS_SCRATCH_H

#include <ftw.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

enum { SCRATCH_LEN = 64 };

/* One below DIR of the environment, or /tmp; what: of its name. False if there
 * can be none. */
static inline bool scratch_make(const char *what, char out[SCRATCH_LEN])
{
    const char *dir = getenv("DIR");

    (void)snprintf(out, SCRATCH_LEN, "%.40s/%.12s-XXXXXX",
                   dir != NULL ? dir : "/tmp", what);
    return mkdtemp(out) != NULL;
}

static inline int scratch_remove_one(const char *path, const struct stat *st,
                                     int kind, struct FTW *where)
{
    (void)st;
    (void)kind;
    (void)where;
    return remove(path);
}

/* With all that is in it. */
static inline bool scratch_remove(const char *dir)
{
    return nftw(dir, scratch_remove_one, 16, FTW_DEPTH | FTW_PHYS) == 0;
}

#endif
