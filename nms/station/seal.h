/* seal.h - a stream of octets encrypted with a passphrase, which reads on until
 * the last octet or says that it is not what was written.
 *
 * A head (the text "portolan-sealed-1\n", the logarithm of scrypt's N, a salt
 * of 16 octets, 16 that tell a wrong passphrase), then chunks of 65536 octets,
 * the last one shorter, each encrypted by AES-256-GCM and followed by its tag
 * of 16. The key and the 16 octets are what scrypt (RFC 7914; r 8, p 1) makes
 * of passphrase and salt. A chunk's nonce is its number in 11 octets, the first
 * 0, and an octet that is 1 for the last; the head is its additional data. So
 * nothing can be changed, left out, added or moved unseen.
 */
#ifndef STATION_SEAL_H
#define STATION_SEAL_H

#include "base/bytes.h"
#include "base/complaint.h"
#include "base/own.h"

#include <stdbool.h>
#include <sys/types.h>

enum { SEAL_MARK_LEN = 18, SEAL_PASSPHRASE_MIN = 8 };

struct seal;
struct unseal;

/* Where sealed octets go: 0 or -errno. */
typedef int (*seal_out_fn)(void *arg, const void *at, size_t len);
/* Where they come from: how many, 0 at the end, or -errno. */
typedef ssize_t (*seal_in_fn)(void *arg, void *at, size_t room);

/* Does a file begin so? begin has SEAL_MARK_LEN octets at least. */
bool seal_is_sealed(struct bytes begin);

/* Takes a third of a second and 128 MB once: not for the loop. 0, or -errno of
 * out, or -EIO and *why. */
int seal_new(const char *passphrase, seal_out_fn out, void *arg,
             struct seal **made, struct complaint *why)
    __attribute__((warn_unused_result));
int seal_write(struct seal *s, const void *at, size_t len)
    __attribute__((warn_unused_result));
/* Writes the last chunk. */
int seal_end(struct seal *s) __attribute__((warn_unused_result));
void seal_free(struct seal *s);
OWNED_BY(struct seal, seal_free)

/* Reads the head. -EACCES: it is another passphrase; -EBADMSG: it is no such
 * stream, or asks for more memory than we give; else -errno; with *why. */
int unseal_new(const char *passphrase, seal_in_fn in, void *arg,
               struct unseal **made, struct complaint *why)
    __attribute__((warn_unused_result));
/* The next octets, valid until the next call: how many, 0 at the end,
 * -EBADMSG where the stream is damaged or cut, or -errno. */
ssize_t unseal_read(struct unseal *u, const void **at)
    __attribute__((warn_unused_result));
void unseal_free(struct unseal *u);
OWNED_BY(struct unseal, unseal_free)

#endif
