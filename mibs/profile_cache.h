/* profile_cache.h - profiles as they were after reading their YAML, in one
 * file, so that those whose files are unchanged need no reading; for
 * mibs/profile_set.c.
 *
 * A file is unchanged if its size and times are, or if its contents are. The
 * cache holds for one version of the program alone, and is left aside as a
 * whole if a checksum says that it is not what was written. Files with faults
 * are not kept, but as they were when they had none: their faults are told
 * each time.
 */
#ifndef MIBS_PROFILE_CACHE_H
#define MIBS_PROFILE_CACHE_H

#include "mibs/profile_model.h"

struct profile_cache;

/* What the file at path holds; empty if it is no cache of ours. Never NULL.
 * What is taken of it lives as long as the cache does. */
struct profile_cache *profile_cache_open(const char *path);
void profile_cache_free(struct profile_cache *c);
OWNED_BY(struct profile_cache, profile_cache_free)

/* Adds the profiles of a file that is as it was; false if it is not. */
bool profile_cache_take(struct profile_cache *c, const char *file,
                        struct profiles_read *out);

/* Adds the profiles of a file as it was when it was kept, whatever it is now,
 * and keeps them further; false if it was not. */
bool profile_cache_take_older(struct profile_cache *c, const char *file,
                              struct profiles_read *out);

/* Keeps what was read of a file of these contents, not yet linked. */
void profile_cache_keep(struct profile_cache *c, const char *file,
                        struct bytes contents, struct profile *const *profiles,
                        size_t count);

/* Writes what was taken and kept, if that is not what the file holds. 0 or
 * -errno. Nothing can be taken or kept any more. */
int profile_cache_save(struct profile_cache *c)
    __attribute__((warn_unused_result));

#endif
