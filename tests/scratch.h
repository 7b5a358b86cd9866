/* scratch.h - a folder that a test or bench makes and removes. */
#ifndef TESTS_SCRATCH_H
#define TESTS_SCRATCH_H

#include "base/bytes.h"
#include "base/file.h"

#include <ftw.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

/* Writes a file below it, and the folders that it is in. */
static inline bool scratch_put(const char *dir, const char *below,
                               const char *text)
{
    struct buffer OWNED_BUFFER path = {0}, OWNED_BUFFER folder = {0};

    buffer_format(&path, "%s/%s", dir, below);
    buffer_format(&folder, "%.*s", (int)(strrchr(path.at, '/') - path.at),
                  path.at);
    return file_make_dir(folder.at, 0750) == 0 &&
           file_write(path.at, bytes_of_text(text), 0640) == 0;
}

#endif
