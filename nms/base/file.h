/* file.h - whole files, read with a bound and written all or nothing. */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include "base/bytes.h"

#include <stdbool.h>

/* Appends the contents of path to out; -EFBIG beyond limit, else -errno. */
int file_read(const char *path, size_t limit, struct buffer *out)
    __attribute__((warn_unused_result));

/* Writes through a temporary file beside path, fsync and rename, so that path
 * is the old or the new, never half. 0 or -errno. */
int file_write(const char *path, struct bytes contents, unsigned mode)
    __attribute__((warn_unused_result));

/* What was removed from the directory of path, or renamed in it, stays so after
 * a loss of power. 0 or -errno. */
int file_sync_parent(const char *path) __attribute__((warn_unused_result));

/* The path as it is from any directory, to be freed. */
char *file_absolute(const char *path);

/* Makes path and what is missing above it. 0 or -errno. */
int file_make_dir(const char *path, unsigned mode)
    __attribute__((warn_unused_result));

/* Makes what is missing above path, for everybody to pass through whatever the
 * process's umask is, which is another one meanwhile. 0 or -errno. */
int file_make_above(const char *path) __attribute__((warn_unused_result));

/* May this user put another thing where path leads, as a directory above it is
 * theirs to change? Then root does nothing there by name. */
bool file_way_is_of(const char *path, unsigned uid, unsigned gid);

#endif
