#include "north/http_pack.h"

#include "base/mem.h"

#include <stdlib.h>

#include <zlib.h>

enum { GZIP_WINDOW = 15 + 16, GZIP_MEMORY = 9 };

bool http_pack(struct bytes content, int level, struct buffer *out)
{
    z_stream z = {.next_in = (Bytef *)content.at,
                  .avail_in = (uInt)content.len};

    if (deflateInit2(&z, level, Z_DEFLATED, GZIP_WINDOW, GZIP_MEMORY,
                     Z_DEFAULT_STRATEGY) != Z_OK)
        return false;
    buffer_reserve(out, deflateBound(&z, (uLong)content.len) + 1);
    z.next_out = (Bytef *)out->at;
    z.avail_out = (uInt)(out->room - 1);
    int rc = deflate(&z, Z_FINISH);
    out->len = (size_t)z.total_out;
    (void)deflateEnd(&z);
    if (rc != Z_STREAM_END || out->len >= content.len)
        buffer_clear(out);
    else
        out->at[out->len] = '\0';
    return out->len > 0;
}
