/* secret_file.h - a secret in a file of its own, read in the same way by the
 * station and by the command: what one encrypts with it the other opens.
 */
#ifndef STATION_SECRET_FILE_H
#define STATION_SECRET_FILE_H

#include <stdbool.h>

enum { SECRET_LEN_MAX = 4096 }; /* octets of a secret that is not a key */

/* Its first line that says something, without blanks around it, to be
 * overwritten and freed by the caller; *more: others follow that say something
 * too. 0, -EFBIG where it or the file is too long, or -errno; then *out is
 * NULL. */
int secret_file_read(const char *path, char **out, bool *more)
    __attribute__((warn_unused_result));

#endif
