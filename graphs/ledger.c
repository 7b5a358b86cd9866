#include "graphs/ledger.h"

#include "base/cursor.h"

#include <float.h>
#include <math.h>
#include <string.h>

enum { MAGIC_LEN = 4, TAGS_PER_OCTET = 4, TAG_BITS = 2 };
enum { TAG_NOTHING, TAG_UNKNOWN, TAG_FLOAT, TAG_DOUBLE, TAG_MASK = 3 };
enum { VARINT_MAX = 10, VARINT_BITS = 7, VARINT_MORE = 0x80 };
static const int64_t TIME_MAX_MS = ((int64_t)1 << 40) * 1000; /* either way */
static const uint8_t magic[MAGIC_LEN] = {'P', 'L', 'G', '1'};

/* ---- writing ---- */

static void put_fixed(uint64_t value, size_t len, struct buffer *out)
{
    char octets[sizeof value];

    for (size_t i = 0; i < len; i++)
        octets[i] = (char)(value >> 8 * (len - 1 - i));
    buffer_add(out, octets, len);
}

static void put_varint(uint64_t value, struct buffer *out)
{
    char octets[VARINT_MAX];
    size_t len = 0;

    for (; value >= VARINT_MORE; value >>= VARINT_BITS)
        octets[len++] = (char)(value | VARINT_MORE);
    octets[len++] = (char)value;
    buffer_add(out, octets, len);
}

/* Small numbers of either sign are small. */
static uint64_t fold(int64_t value)
{
    return value < 0 ? ~((uint64_t)value << 1) : (uint64_t)value << 1;
}

static int64_t unfold(uint64_t value)
{
    return (int64_t)(value >> 1 ^ (~(value & 1) + 1));
}

/* Whole numbers stay exact. */
static unsigned tag_of(double value)
{
    double size = fabs(value);

    if (!isfinite(value))
        return TAG_UNKNOWN;
    if (size == 0)
        return TAG_NOTHING;
    if (size > (double)FLT_MAX || size < (double)FLT_MIN)
        return TAG_DOUBLE;
    return size != floor(size) || (double)(float)value == value ? TAG_FLOAT
                                                                : TAG_DOUBLE;
}

static void put_values(const double *values, size_t count, struct buffer *out)
{
    uint8_t tags[(SERIES_VALUES_MAX + TAGS_PER_OCTET - 1) / TAGS_PER_OCTET] = {
        0};

    for (size_t i = 0; i < count; i++)
        tags[i / TAGS_PER_OCTET] |=
            (uint8_t)(tag_of(values[i]) << i % TAGS_PER_OCTET * TAG_BITS);
    buffer_add(out, tags, (count + TAGS_PER_OCTET - 1) / TAGS_PER_OCTET);
    for (size_t i = 0; i < count; i++) {
        float small = (float)values[i];
        uint32_t few;
        uint64_t many;

        switch (tag_of(values[i])) {
        case TAG_FLOAT:
            memcpy(&few, &small, sizeof few);
            put_fixed(few, sizeof few, out);
            break;
        case TAG_DOUBLE:
            memcpy(&many, &values[i], sizeof many);
            put_fixed(many, sizeof many, out);
            break;
        default:
            break;
        }
    }
}

static void put_path(struct ledger *l, const char *path)
{
    size_t len = strlen(path), same = 0;

    while (same < len && same < l->path.len && path[same] == l->path.at[same])
        same++;
    put_varint(same, &l->records);
    put_varint(len - same, &l->records);
    buffer_add(&l->records, path + same, len - same);
    buffer_clear(&l->path);
    buffer_add(&l->path, path, len);
}

void ledger_add(struct ledger *l, const char *path, enum series_group group,
                int64_t at_ms, const double *values, size_t count)
{
    put_path(l, path);
    buffer_char(&l->records, (char)group);
    buffer_char(&l->records, (char)count);
    put_varint(fold((int64_t)((uint64_t)at_ms - (uint64_t)l->at_ms)),
               &l->records);
    put_values(values, count, &l->records);
    l->at_ms = at_ms;
    l->count++;
}

bool ledger_is_full(const struct ledger *l)
{
    return l->records.len > LEDGER_BLOCK_MAX - LEDGER_RECORD_MAX;
}

void ledger_seal(struct ledger *l, struct buffer *out)
{
    struct bytes records = buffer_view(&l->records);

    if (l->count == 0)
        return;
    buffer_add(out, magic, sizeof magic);
    put_fixed(records.len, sizeof(uint32_t), out);
    put_fixed(l->count, sizeof l->count, out);
    put_fixed(bytes_hash(records), sizeof(uint64_t), out);
    buffer_add(out, records.at, records.len);
    buffer_clear(&l->records);
    buffer_clear(&l->path);
    l->count = 0;
    l->at_ms = 0;
}

void ledger_fini(struct ledger *l)
{
    buffer_fini(&l->records);
    buffer_fini(&l->path);
}

/* ---- reading ---- */

static uint64_t take_u64(struct cursor *c)
{
    uint64_t high = cursor_u32(c);

    return high << 32 | cursor_u32(c);
}

static uint64_t take_varint(struct cursor *c)
{
    uint64_t value = 0;
    unsigned shift = 0;
    uint8_t octet;

    do {
        octet = cursor_u8(c);
        if (shift >= VARINT_MAX * VARINT_BITS)
            cursor_break(c, "a number is too long");
        else
            value |= (uint64_t)(octet & (VARINT_MORE - 1)) << shift;
        shift += VARINT_BITS;
    } while ((octet & VARINT_MORE) != 0 && cursor_ok(c));
    return value;
}

/* Octets of the values behind their tags. */
static size_t values_len(struct bytes tags, size_t count)
{
    static const size_t lens[] = {0, 0, sizeof(float), sizeof(double)};
    size_t len = 0;

    for (size_t i = 0; i < count; i++)
        len +=
            lens[tags.at[i / TAGS_PER_OCTET] >> i % TAGS_PER_OCTET * TAG_BITS &
                 TAG_MASK];
    return len;
}

/* The path, from the one before. */
static void take_path(struct ledger_reader *r, struct cursor *c)
{
    uint64_t same = take_varint(c), more = take_varint(c);

    if (same > r->path_len || more >= sizeof r->path ||
        same + more >= sizeof r->path) {
        cursor_break(c, "a path is too long");
        return;
    }
    struct bytes tail = cursor_bytes(c, (size_t)more);
    if (!cursor_ok(c))
        return;
    if (tail.len > 0)
        memcpy(r->path + same, tail.at, tail.len);
    r->path_len = (size_t)same + tail.len;
    r->path[r->path_len] = '\0';
    if (strlen(r->path) != r->path_len || !layout_path_is_ours(r->path))
        cursor_break(c, "a path is none of a series");
}

static bool take_record(struct ledger_reader *r, struct ledger_sample *out)
{
    struct cursor c = cursor_over(r->records);

    take_path(r, &c);
    uint8_t group = cursor_u8(&c), count = cursor_u8(&c);
    uint64_t later = take_varint(&c);
    if (group >= SERIES_GROUPS)
        cursor_break(&c, "no such group");
    if (count == 0 || count > SERIES_VALUES_MAX)
        cursor_break(&c, "no group has so many values");
    struct bytes values = cursor_rest(&c);
    struct bytes tags =
        cursor_bytes(&c, ((size_t)count + TAGS_PER_OCTET - 1) / TAGS_PER_OCTET);
    if (cursor_ok(&c))
        (void)cursor_bytes(&c, values_len(tags, count));
    int64_t at_ms = (int64_t)((uint64_t)r->at_ms + (uint64_t)unfold(later));
    if (at_ms < -TIME_MAX_MS || at_ms > TIME_MAX_MS)
        cursor_break(&c, "no clock shows that time");
    if (!cursor_ok(&c))
        return false;
    r->at_ms = at_ms;
    values.len -= cursor_left(&c);
    r->records = cursor_rest(&c);
    *out = (struct ledger_sample){
        .path = {(const uint8_t *)r->path, r->path_len},
        .group = (enum series_group)group,
        .at_ms = r->at_ms,
        .count = count,
        .packed = values,
    };
    return true;
}

/* Opens the block at the front of what is left; false if there is none. */
static bool open_block(struct ledger_reader *r)
{
    struct cursor c = cursor_over(r->rest);
    struct bytes seen = cursor_bytes(&c, sizeof magic);
    uint32_t len = cursor_u32(&c);
    uint32_t count = cursor_u32(&c);
    uint64_t sum = take_u64(&c);

    if (!cursor_ok(&c) || memcmp(seen.at, magic, sizeof magic) != 0 ||
        len > LEDGER_BLOCK_MAX || len > cursor_left(&c))
        return false;
    struct bytes records = cursor_bytes(&c, len);
    if (bytes_hash(records) != sum)
        return false;
    r->records = records;
    r->left = count;
    r->at_ms = 0;
    r->path_len = 0;
    r->rest = cursor_rest(&c);
    return true;
}

/* Leaves out what is up to where the next block may begin. */
static void skip(struct ledger_reader *r)
{
    const uint8_t *next =
        r->rest.len > 1
            ? memmem(r->rest.at + 1, r->rest.len - 1, magic, sizeof magic)
            : NULL;
    size_t len = next != NULL ? (size_t)(next - r->rest.at) : r->rest.len;

    r->spoilt += len;
    r->rest.at += len;
    r->rest.len -= len;
}

bool ledger_next(struct ledger_reader *r, struct ledger_sample *out)
{
    for (;;) {
        if (r->left > 0) {
            r->left--;
            if (take_record(r, out))
                return true;
            r->spoilt += r->records.len;
            r->left = 0;
        }
        if (r->rest.len == 0)
            return false;
        if (!open_block(r))
            skip(r);
    }
}

void ledger_values(struct bytes packed, size_t count,
                   double out[SERIES_VALUES_MAX])
{
    struct cursor c = cursor_over(packed);
    struct bytes tags =
        cursor_bytes(&c, (count + TAGS_PER_OCTET - 1) / TAGS_PER_OCTET);

    for (size_t i = 0; i < count; i++) {
        uint32_t few;
        uint64_t many;
        float small;

        out[i] = 0;
        switch (tags.at[i / TAGS_PER_OCTET] >> i % TAGS_PER_OCTET * TAG_BITS &
                TAG_MASK) {
        case TAG_UNKNOWN:
            out[i] = (double)NAN;
            break;
        case TAG_FLOAT:
            few = cursor_u32(&c);
            memcpy(&small, &few, sizeof small);
            out[i] = (double)small;
            break;
        case TAG_DOUBLE:
            many = take_u64(&c);
            memcpy(&out[i], &many, sizeof many);
            break;
        default:
            break;
        }
    }
}
