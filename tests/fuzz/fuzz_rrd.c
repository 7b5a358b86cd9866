/* Any octets as an RRD file: refused, or read whole; what was read is laid out
 * anew and read again. */
#include "graphs/recast.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
    if (!holds)
        abort();
}

/* A file of one data source and archive, with the input over its head. */
static void make(const uint8_t *data, size_t size, struct buffer *out)
{
    struct rrd *rrd = rrd_new(1, 1);

    rrd->step_s = 60;
    rrd->updated_s = 1700006400;
    strcpy(rrd->source[0].name, "usage_percent");
    strcpy(rrd->source[0].type, "GAUGE");
    strcpy(rrd->archive[0].cf, "AVERAGE");
    rrd->archive[0].points = 1;
    rrd_archive_init(rrd, &rrd->archive[0], 10);
    rrd_write(rrd, out);
    rrd_free(rrd);
    for (size_t i = 0; i + 3 <= size; i += 3) {
        size_t at = (size_t)(data[i] | data[i + 1] << 8) % out->len;
        out->at[at] = (char)data[i + 2];
    }
}

static void take(struct bytes octets)
{
    static const struct series_keep keep[] = {{60000, 600000},
                                              {300000, 3600000}};
    struct layout l = layout_make(60000, keep, 2);
    struct buffer OWNED_BUFFER anew = {0};
    struct rrd *rrd = NULL, *again = NULL;

    if (rrd_read(octets, &rrd) < 0) {
        must(rrd == NULL);
        return;
    }
    struct rrd *to = rrd_recast(rrd, &l, SERIES_CPU);
    rrd_write(to, &anew);
    must(rrd_read(buffer_view(&anew), &again) == 0);
    must(again->updated_s == rrd->updated_s);
    must(anew.len == layout_size(&l, SERIES_CPU));
    rrd_free(rrd);
    rrd_free(to);
    rrd_free(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct buffer OWNED_BUFFER made = {0};

    take((struct bytes){data, size});
    make(data, size, &made);
    take(buffer_view(&made));
    return 0;
}
