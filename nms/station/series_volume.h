/* series_volume.h - the files in which samples wait: named by their shelf and a
 * number, added to at their end, read whole, removed. From any thread. */
#ifndef STATION_SERIES_VOLUME_H
#define STATION_SERIES_VOLUME_H

#include "base/bytes.h"

/* Which one: DIR/SHELF-NUMBER.ledger. */
struct volume_name {
    unsigned shelf;
    uint64_t number;
};

/* Reads a name; false if it is none. */
bool volume_name_parse(const char *name, struct volume_name *out);
void volume_path(const char *dir, struct volume_name name, struct buffer *out);

/* Adds octets, all or none; makes it if missing. 0 or -errno. */
int volume_append(const char *dir, struct volume_name name, struct bytes octets)
    __attribute__((warn_unused_result));

/* Appends what it holds to out, at most max octets. 0, -ENOENT, -EFBIG or
 * -errno. */
int volume_read(const char *dir, struct volume_name name, size_t max,
                struct buffer *out) __attribute__((warn_unused_result));

int volume_remove(const char *dir, struct volume_name name)
    __attribute__((warn_unused_result));

#endif
