/* bundle_parts.h - what writing and reading of backups share; for bundle*.c. */
#ifndef STATION_BUNDLE_PARTS_H
#define STATION_BUNDLE_PARTS_H

#include "base/bytes.h"

#include <openssl/evp.h>

extern const char bundle_sums_name[]; /* "SHA256SUMS" */

/* Appends the line of a member: 64 hex digits, two blanks, its name. */
int bundle_sum(EVP_MD_CTX *digest, const char *name, struct buffer *sums)
    __attribute__((warn_unused_result));

#endif
