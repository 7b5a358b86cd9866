/* replay.h - recordings found on disk become agents. */
#ifndef FARM_REPLAY_H
#define FARM_REPLAY_H

#include "tests/farm/farm.h"

/* Adds every .snmprec and .snmprec.xz of path, a file or a directory (by name
 * in byte order, not its sub-directories), to the farm, called by its file name
 * without ending. Lines that are dropped are told on stderr unless quiet.
 * 0 or -errno with *why. */
int replay_add(struct farm *f, const char *path, bool quiet,
               struct complaint *why) __attribute__((warn_unused_result));

#endif
