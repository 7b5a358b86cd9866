#include "wire/ber_rows.h"

#include <endian.h>
#include <string.h>

enum {
    LENGTH_LONG = 0x80, /* X.690, 8.1.3.5 */
    HEAD = 2,           /* octets of tag and short length */
    HEADS = 2 * HEAD,   /* of a varbind and its name */
    WIDE = sizeof(uint64_t),
};

/* The first 8 octets from at on. */
static inline uint64_t look(const uint8_t *at)
{
    uint64_t octets;

    memcpy(&octets, at, sizeof octets);
    return octets;
}

/* Names and indexes are short: two looks see those of 8 to 16 octets. */
static inline bool are_same(const uint8_t *a, const uint8_t *b, size_t len)
{
    if (len < WIDE) {
        while (len > 0 && a[len - 1] == b[len - 1])
            len--;
        return len == 0;
    }
    if (len > 2 * WIDE)
        return memcmp(a, b, len) == 0;
    return look(a) == look(b) && look(a + len - WIDE) == look(b + len - WIDE);
}

/* The number that the first len octets of some 8 are, 1..8. */
static inline int64_t number_of(uint64_t octets, size_t len)
{
    return (int64_t)be64toh(octets) >> 8 * (WIDE - len);
}

/* Takes a number of the types that polls read; false if it is another, or none.
 */
static inline bool take_number(uint8_t tag, int64_t number, struct value *out)
{
    if (tag == VALUE_COUNTER32 || tag == VALUE_GAUGE32 || tag == VALUE_TICKS) {
        if (number < INT32_MIN || number > UINT32_MAX)
            return false;
        number = (uint32_t)number;
    } else if (tag != VALUE_COUNTER64 && tag != VALUE_INTEGER) {
        return false;
    }
    out->type = tag;
    out->integer = number;
    return true;
}

/* Any value that exists and can be read. */
static bool read_value(struct bytes element, struct ber_scratch *scratch,
                       struct value *out)
{
    struct bytes octets = {element.at + HEAD, element.len - HEAD};
    uint64_t bits = 0;

    for (size_t i = 0; i < octets.len && octets.len <= WIDE; i++)
        bits |= (uint64_t)octets.at[i] << 8 * (WIDE - 1 - i);
    if (octets.len - 1 < WIDE &&
        take_number(element.at[0], (int64_t)bits >> 8 * (WIDE - octets.len),
                    out))
        return true;
    struct cursor c = cursor_over(element);
    unsigned odd = scratch->odd;
    ber_value(&c, scratch, out);
    bool read = cursor_ok(&c) && scratch->odd == odd && value_exists(out);
    scratch->odd = odd;
    return read;
}

/* The octets of a varbind of the column at the start of rest, with a value that
 * can be read, and what follows the column in its name; 0 if it is not that. */
static size_t read_cell(struct bytes rest, struct bytes column,
                        struct ber_scratch *scratch, struct value *out,
                        struct bytes *index)
{
    const uint8_t *at = rest.at;

    if (rest.len < 3 * HEAD + column.len || at[0] != BER_SEQUENCE ||
        at[1] >= LENGTH_LONG || at[2] != BER_OID)
        return 0;
    size_t whole = HEAD + at[1], named = HEADS + at[3];
    if (whole > rest.len || named + HEAD > whole ||
        named <= HEADS + column.len ||
        !are_same(at + HEADS, column.at, column.len))
        return 0;
    *index =
        (struct bytes){at + HEADS + column.len, named - HEADS - column.len};
    struct bytes element = {at + named, whole - named};
    if (element.at[1] != element.len - HEAD ||
        !read_value(element, scratch, out))
        return 0;
    return whole;
}

/* The index of a row. */
struct its_index {
    struct bytes octets;
    uint64_t first;  /* of its octets, if one look sees them all, */
    unsigned beyond; /* bits of a look that are not of them */
    size_t reach;    /* octets that glance() looks at beside the column's name;
                        SIZE_MAX / 2: it cannot */
};

/* Tag, length, tag of a varbind with a name, its length aside. */
static const uint32_t heads_of_name = BER_SEQUENCE | BER_OID << 16;
static const uint32_t heads_but_length = 0xffff00ff;

/* The octets of a cell that has the row's index and a number, as nearly all
 * have, read by a few wide looks; 0 if it is another, or the end too near. */
static inline size_t glance(const uint8_t *at, size_t left,
                            const struct bytes *column,
                            const struct its_index *index, struct value *out)
{
    size_t named = column->len + index->octets.len;
    const uint8_t *name = at + HEADS, *last = name + column->len - WIDE;
    uint32_t heads = 0;

    if (left < column->len + index->reach || column->len - WIDE > WIDE)
        return 0;
    memcpy(&heads, at, sizeof heads);
    heads = le32toh(heads);
    const uint8_t *element = name + named;
    size_t len = element[1], whole = 2 * HEAD + named + len;
    if ((heads & heads_but_length) != (heads_of_name | (uint32_t)named << 24) ||
        (heads >> 8 & UINT8_MAX) != whole || len - 1 >= WIDE ||
        look(name) != look(column->at) ||
        look(last) != look(column->at + column->len - WIDE) ||
        le64toh(look(last + WIDE)) << index->beyond != index->first ||
        !take_number(element[0], number_of(look(element + HEAD), len), out))
        return 0;
    return HEAD + whole;
}

/* The same for any cell that has the row's index. */
static __attribute__((noinline)) size_t
read_next(struct bytes rest, struct bytes column, struct bytes index,
          struct ber_scratch *scratch, struct value *out)
{
    struct bytes its = {0};
    size_t cell = read_cell(rest, column, scratch, out, &its);

    return its.len == index.len && are_same(its.at, index.at, its.len) ? cell
                                                                       : 0;
}

/* The first cell of a row tells its index. 0 if it has none. */
static size_t read_first(struct bytes rest, struct bytes column,
                         struct ber_scratch *scratch, struct value *out,
                         struct its_index *index)
{
    enum { WITHIN = 3 * HEAD + 2 * WIDE };
    struct bytes its = {0};
    size_t whole = read_cell(rest, column, scratch, out, &its);

    *index = (struct its_index){.octets = its, .reach = SIZE_MAX / 2};
    if (whole == 0 || !ber_are_subs(its))
        return 0;
    if (its.len > WIDE)
        return whole;
    index->reach = WITHIN;
    index->beyond = (unsigned)(8 * (WIDE - its.len));
    for (size_t i = 0; i < its.len; i++)
        index->first |= (uint64_t)its.at[i] << (8 * i + index->beyond);
    return whole;
}

/* One row at the start of rest. Gives its octets, 0 if there is none. */
static inline size_t read_row(struct bytes rest,
                              const struct ber_columns *columns,
                              struct ber_scratch *scratch, struct value *values,
                              struct bytes *out)
{
    struct its_index index;
    size_t used = read_first(rest, columns->names[0], scratch, values, &index);

    *out = index.octets;
    for (size_t i = 1; used > 0 && i < columns->count; i++) {
        const struct bytes *column = &columns->names[i];
        struct bytes left = {rest.at + used, rest.len - used};
        size_t cell = glance(left.at, left.len, column, &index, &values[i]);

        if (cell == 0)
            cell = read_next(left, *column, index.octets, scratch, &values[i]);
        used = cell > 0 ? used + cell : 0;
    }
    return used;
}

void ber_rows_read(struct cursor *c, const struct ber_columns *columns,
                   size_t room, struct ber_scratch *scratch,
                   struct ber_rows *out)
{
    struct bytes rest = cursor_rest(c);

    *out = (struct ber_rows){.values = out->values, .indexes = out->indexes};
    while (columns->count > 0 && rest.len > 0 &&
           room - out->cells >= columns->count) {
        size_t used = scratch->used;

        size_t row = read_row(rest, columns, scratch, out->values + out->cells,
                              &out->indexes[out->count]);
        rest = (struct bytes){rest.at + row, rest.len - row};
        if (row == 0) {
            scratch->used = used;
            break;
        }
        out->count++;
        out->cells += columns->count;
    }
    out->octets = cursor_bytes(c, cursor_left(c) - rest.len);
}

struct bytes ber_rows_name(struct bytes *octets)
{
    struct bytes name = {octets->at + HEADS, octets->at[3]};
    size_t whole = HEAD + octets->at[1];

    *octets = (struct bytes){octets->at + whole, octets->len - whole};
    return name;
}
