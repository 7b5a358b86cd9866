/* http_pack.h - an answer made shorter for the way (gzip, RFC 1952). */
#ifndef NORTH_HTTP_PACK_H
#define NORTH_HTTP_PACK_H

#include "base/bytes.h"

/* Packs content: level 1 (fast) to 9 (short). False, and out stays empty, where
 * that makes it no shorter. Any thread. */
bool http_pack(struct bytes content, int level, struct buffer *out);

#endif
