/* Any octets as an answer of rrdcached, in pieces that the first octet sizes:
 * reading ends, and rows are whole or refused. */
#include "graphs/cached.h"
#include "graphs/described.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
    if (!holds)
        abort();
}

/* No line makes a file as it should be but those that say so. */
static void describe(struct described *seen, const char *line)
{
    size_t before = seen->matched;

    described_take(seen, line);
    must(seen->matched <= before + 1);
    must(!seen->other || !described_is_same(seen));
}

static void take(struct cached_rows *rows, const char *line)
{
    enum cached_failure failure;
    size_t nth = 0, before = rows->rows;

    if (cached_failure_parse(line, &nth, &failure) == 0)
        must(nth > 0);
    if (cached_rows_take(rows, line) < 0)
        must(rows->rows == before);
    must(rows->columns <= SERIES_VALUES_MAX);
    must(rows->rows * rows->columns <= rows->room);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cached_reader r = {0};
    struct cached_rows rows = {0};
    static const struct series_keep keep[] = {{60000, 3600000}};
    struct layout layout = layout_make(60000, keep, 1);
    struct described seen = {0};
    size_t piece = size > 0 ? (size_t)data[0] + 1 : 1;
    enum cached_event event = CACHED_MORE;

    described_begin(&seen, &layout, SERIES_CPU);
    for (size_t at = 1; at < size && event != CACHED_BROKEN; at += piece) {
        struct bytes in = {data + at, size - at < piece ? size - at : piece};

        while ((event = cached_read(&r, &in)) != CACHED_MORE &&
               event != CACHED_BROKEN) {
            must(strlen(r.line) < sizeof r.line);
            if (event == CACHED_LINE) {
                take(&rows, r.line);
                describe(&seen, r.line);
            }
        }
        must(event == CACHED_BROKEN || in.len == 0);
    }
    cached_rows_thin(&rows, 300, (size & 1) != 0);
    for (size_t i = 0; i < rows.rows * rows.columns; i++)
        must(isnan(rows.at[i]) || isfinite(rows.at[i]));
    cached_rows_fini(&rows);
    described_fini(&seen);
    return 0;
}
