/* bundle.h - a backup as a file: a tar archive (pax), compressed by zstd,
 * sealed where there is a passphrase (seal.h). Its last member, SHA256SUMS,
 * names all before it as `sha256sum -c` reads them: an archive without it was
 * cut. `tar --zstd -xf` unpacks one that is not sealed.
 *
 * The only place that knows libarchive. Any thread; one at a time.
 */
#ifndef STATION_BUNDLE_H
#define STATION_BUNDLE_H

#include "base/bytes.h"
#include "base/complaint.h"
#include "station/seal.h"

enum {
    BUNDLE_NAME_MAX = 1024,
    BUNDLE_MEMBERS_MAX = 16 << 20,
};

struct bundle_member {
    const char *name; /* "data/maps/physical.gv"; no part of it is "" or ".." */
    uint64_t size;
    int64_t mtime_ns; /* kept to the second */
    unsigned mode;    /* of these 0777 alone */
};

/* ---- writing ---- */

struct bundle_out;

/* Begins path.XXXXXX beside path, which is what it was until bundle_finish().
 * passphrase NULL: it is not sealed. 0 or -errno and *why. */
int bundle_create(const char *path, const char *passphrase,
                  struct bundle_out **out, struct complaint *why)
    __attribute__((warn_unused_result));

/* A member, its octets in parts, as many as its size says. 0 or -errno; what
 * failed once fails ever after: bundle_finish() tells why. */
int bundle_begin(struct bundle_out *b, const struct bundle_member *m);
int bundle_add(struct bundle_out *b, const void *at, size_t len);
int bundle_end(struct bundle_out *b);
/* One as a whole. */
int bundle_whole(struct bundle_out *b, const struct bundle_member *m,
                 struct bytes contents);

/* Octets of members so far; that did not shrink. */
uint64_t bundle_octets(const struct bundle_out *b);

/* Writes the sums, waits for the disk, and gives the file its name. 0 or -errno
 * and *why. */
int bundle_finish(struct bundle_out *b, struct complaint *why)
    __attribute__((warn_unused_result));
/* Removes what is not finished. */
void bundle_out_free(struct bundle_out *b);
OWNED_BY(struct bundle_out, bundle_out_free)

/* ---- reading ---- */

struct bundle_in;

/* -EACCES: another passphrase, or none was given; -EBADMSG: it is no backup;
 * else -errno; with *why. */
int bundle_open(const char *path, const char *passphrase,
                struct bundle_in **out, struct complaint *why)
    __attribute__((warn_unused_result));
/* The same of octets that come from elsewhere. */
int bundle_open_from(seal_in_fn in, void *arg, const char *passphrase,
                     struct bundle_in **out, struct complaint *why)
    __attribute__((warn_unused_result));

/* The next member, valid until the next call: 1, or 0 at the end: all are there
 * and are what was written. -EBADMSG: they are not, or something is no member
 * of ours (no plain file, a name that leads elsewhere); with *why. */
int bundle_next(struct bundle_in *b, struct bundle_member *m,
                struct complaint *why) __attribute__((warn_unused_result));
/* Its octets: how many, 0 at its end, or -EBADMSG. What is not read is skipped,
 * and summed all the same. */
ssize_t bundle_read(struct bundle_in *b, void *at, size_t room)
    __attribute__((warn_unused_result));

/* Octets of the file read so far, and of the whole (0: not known). */
uint64_t bundle_place(const struct bundle_in *b, uint64_t *whole);

/* After the end: what SHA256SUMS says, valid until it is freed. */
struct bytes bundle_sums(const struct bundle_in *b);
void bundle_in_free(struct bundle_in *b);
OWNED_BY(struct bundle_in, bundle_in_free)

#endif
