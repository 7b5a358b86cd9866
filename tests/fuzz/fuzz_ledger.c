/* Any octets as what waits on disk: reading ends, paths are ours, nothing is
 * told twice; what is gathered are whole lines, in order, that rrdcached takes;
 * and what is written down again is read as it was. */
#include "graphs/cached.h"
#include "graphs/gather.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
    if (!holds)
        abort();
}

static uint64_t read_all(struct bytes blocks, uint64_t *spoilt)
{
    struct ledger_reader reader = {.rest = blocks};
    struct ledger_sample s;
    uint64_t count = 0;

    for (; ledger_next(&reader, &s); count++) {
        double values[SERIES_VALUES_MAX] = {0};

        must(s.path.len < LAYOUT_PATH_MAX && s.group < SERIES_GROUPS);
        must(layout_path_is_ours(reader.path));
        must(s.count <= SERIES_VALUES_MAX);
        must(s.packed.at >= blocks.at &&
             s.packed.at + s.packed.len <= blocks.at + blocks.len);
        ledger_values(s.packed, s.count, values);
    }
    must(reader.spoilt <= blocks.len);
    *spoilt = reader.spoilt;
    return count;
}

static void gather_all(struct bytes blocks, uint64_t count)
{
    struct wanted everything = {0};
    struct gathered g = {0};
    uint64_t told = 0;

    gather(blocks, &everything, &g);
    must(g.samples + g.repeated == count);
    for (size_t i = 0; i < g.parcels.count; i++) {
        struct bytes line = parcel_line(&g, &g.parcels.at[i]);

        must(line.len < CACHED_LINE_MAX && line.at[line.len - 1] == '\n');
        must(memchr(line.at, '\n', line.len - 1) == NULL);
        must(parcel_path(&g, &g.parcels.at[i]).at > line.at);
        must(g.parcels.at[i].samples > 0);
        must(i == 0 || g.parcels.at[i].layer >= g.parcels.at[i - 1].layer);
        told += g.parcels.at[i].samples;
    }
    must(told == g.samples);
    gathered_fini(&g);
}

static void take(struct bytes blocks)
{
    struct wanted everything = {0};
    struct buffer OWNED_BUFFER again = {0};
    uint64_t spoilt, count = read_all(blocks, &spoilt);

    must(gather_count(blocks, &spoilt) == count);
    gather_all(blocks, count);
    must(gather_again(blocks, &everything, &again) == count);
    must(read_all(buffer_view(&again), &spoilt) == count);
    must(spoilt == 0);
}

/* A block whose sum is right, with the input as its records. */
static void put_sum(uint64_t sum, struct buffer *out)
{
    for (int shift = 56; shift >= 0; shift -= 8)
        buffer_char(out, (char)(sum >> shift));
}

static void make(const uint8_t *data, size_t size, struct buffer *out)
{
    size_t len = size < 0xffff ? size : 0xffff;
    const char head[] = {'P',       'L', 'G', '1', 0, 0, (char)(len >> 8),
                         (char)len, 0,   0,   1,   0};

    buffer_add(out, head, sizeof head);
    put_sum(bytes_hash((struct bytes){data, len}), out);
    buffer_add(out, data, len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct buffer OWNED_BUFFER made = {0};

    take((struct bytes){data, size});
    make(data, size, &made);
    take(buffer_view(&made));
    return 0;
}
