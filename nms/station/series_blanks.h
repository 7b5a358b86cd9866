/* series_blanks.h - makes new files below a folder, as rrdtool would, at a
 * tenth of what that costs: what all files of a group share is made once, and
 * large ones go to the disk without a copy in memory, where some kernels would
 * hold them in large pieces and write a whole one for each number that changes
 * (series_converter.h). One thread's at a time. */
#ifndef STATION_SERIES_BLANKS_H
#define STATION_SERIES_BLANKS_H

#include "base/own.h"
#include "graphs/layout.h"

struct blanks;

/* Below root, "DIR/", which is there. */
struct blanks *blanks_new(const char *root);
void blanks_free(struct blanks *b);
OWNED_BY(struct blanks, blanks_free)

/* Makes a file for a first sample of first_ms, and its folder if that is
 * missing. It appears whole. 0, -EEXIST there is one already, which stays as it
 * is, or -errno. */
int blanks_make(struct blanks *b, const struct layout *l, const char *path,
                enum series_group group, int64_t first_ms)
    __attribute__((warn_unused_result));

#endif
