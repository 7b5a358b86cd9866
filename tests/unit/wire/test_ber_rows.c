/* Rows are read as ber_skim() reads their varbinds, as far as they are rows:
 * whatever is amiss with one stops in front of it. Nothing beyond the octets
 * given is looked at. */
#include "wire/ber_rows.h"

#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

enum { VARBINDS = 12, ROOM = 2048, CELLS = 64 };

#define NUMBER(n)                              \
    {                                          \
        .type = VALUE_COUNTER32, .number = (n) \
    }
#define PORT(column, ...) \
    OID_INIT(1, 3, 6, 1, 2, 1, 2, 2, 1, column, __VA_ARGS__)

static const uint32_t vendor_subs[] = {1, 3, 6, 1, 4, 1, 9, 9, 999999};

/* Columns: ifInOctets and ifOutOctets; of one case others. */
struct list {
    const char *name;
    struct varbind varbinds[VARBINDS];
    size_t rows;
    uint32_t columns[2]; /* last sub-identifier; 0: 10 and 16 */
};

static const struct list lists[] = {
    {"rows in order",
     {{PORT(10, 1), NUMBER(7)},
      {PORT(16, 1), NUMBER(UINT32_MAX)},
      {PORT(10, 2), NUMBER(0)},
      {PORT(16, 2), NUMBER(128)}},
     2,
     {0}},
    {"numbers of other types",
     {{PORT(10, 1), {.type = VALUE_COUNTER64, .number = UINT64_MAX}},
      {PORT(16, 1), {.type = VALUE_INTEGER, .integer = -5}},
      {PORT(10, 2), {.type = VALUE_TICKS, .number = 1}},
      {PORT(16, 2), {.type = VALUE_COUNTER64, .number = INT64_MAX}}},
     2,
     {0}},
    {"texts, addresses, names",
     {{PORT(10, 1),
       {.type = VALUE_OCTETS, .octets = {(const uint8_t *)"uplink", 6}}},
      {PORT(16, 1), {.type = VALUE_OID, .oid = {vendor_subs, 9}}},
      {PORT(10, 2), {.type = VALUE_OCTETS}},
      {PORT(16, 2),
       {.type = VALUE_IP, .octets = {(const uint8_t *)"\x0a\0\0\1", 4}}}},
     2,
     {0}},
    {"an index of several numbers",
     {{PORT(10, 4294967295, 1, 300), NUMBER(1)},
      {PORT(16, 4294967295, 1, 300), NUMBER(2)}},
     1,
     {0}},
    {"an index of more than 8 octets",
     {{PORT(10, 192, 168, 200, 255, 1, 2, 3), NUMBER(1)},
      {PORT(16, 192, 168, 200, 255, 1, 2, 3), NUMBER(2)},
      {PORT(10, 192, 168, 200, 255, 1, 2, 4), NUMBER(1)},
      {PORT(16, 192, 168, 200, 255, 1, 2, 5), NUMBER(2)}},
     1,
     {0}},
    {"a hole",
     {{PORT(10, 1), NUMBER(7)},
      {PORT(16, 1), NUMBER(8)},
      {PORT(10, 2), NUMBER(9)},
      {PORT(16, 3), NUMBER(9)}},
     1,
     {0}},
    {"indexes of one length that differ at first",
     {{PORT(10, 200, 5), NUMBER(7)}, {PORT(16, 201, 5), NUMBER(8)}},
     0,
     {0}},
    {"an index that goes on",
     {{PORT(10, 1), NUMBER(7)}, {PORT(16, 1, 1), NUMBER(8)}},
     0,
     {0}},
    {"the next column",
     {{PORT(10, 1), NUMBER(7)}, {PORT(17, 1), NUMBER(8)}},
     0,
     {0}},
    {"columns the other way round",
     {{PORT(16, 1), NUMBER(7)}, {PORT(10, 1), NUMBER(8)}},
     0,
     {0}},
    {"a name that is the column's",
     {{OID_INIT(1, 3, 6, 1, 2, 1, 2, 2, 1, 10), NUMBER(7)},
      {OID_INIT(1, 3, 6, 1, 2, 1, 2, 2, 1, 16), NUMBER(8)}},
     0,
     {0}},
    {"the end of the view",
     {{PORT(10, 1), NUMBER(7)}, {PORT(16, 1), {.type = VALUE_END_OF_VIEW}}},
     0,
     {0}},
    {"no such instance at first",
     {{PORT(10, 1), {.type = VALUE_NO_INSTANCE}}, {PORT(16, 1), NUMBER(8)}},
     0,
     {0}},
    {"half a row",
     {{PORT(10, 1), NUMBER(7)},
      {PORT(16, 1), NUMBER(8)},
      {PORT(10, 2), NUMBER(9)}},
     1,
     {0}},
    {"columns of two octets",
     {{PORT(300, 1), NUMBER(7)}, {PORT(70000, 1), NUMBER(8)}},
     1,
     {300, 70000}},
};

static const struct list two_rows = {
    .varbinds = {{PORT(10, 1), NUMBER(7)},
                 {PORT(16, 1), NUMBER(8)},
                 {PORT(10, 2), NUMBER(7)},
                 {PORT(16, 2), NUMBER(8)}},
};

static struct bytes encoded(struct ber_builder *b, const struct list *list)
{
    size_t count = 0;

    while (count < VARBINDS && list->varbinds[count].name.len > 0)
        count++;
    for (size_t i = count; i > 0; i--)
        ber_put_varbind(b, list->varbinds[i - 1].name,
                        &list->varbinds[i - 1].value);
    return ber_built(b);
}

struct reader {
    uint32_t subs[2 * CELLS];
    struct value values[CELLS];
    struct bytes indexes[CELLS], names[2];
    uint8_t room[2][OID_MAX];
    struct ber_columns columns;
    struct ber_scratch scratch;
    struct ber_rows rows;
    struct cursor at;
};

static void columns_of(struct reader *r, const struct list *list)
{
    static const uint32_t usual[] = {10, 16};
    const uint32_t *last = list->columns[0] > 0 ? list->columns : usual;

    for (size_t i = 0; i < 2; i++) {
        struct ber_builder b = ber_builder_over(r->room[i], OID_MAX);

        ber_put_name(&b, (struct oid)PORT(last[i], 0));
        r->names[i] = ber_built(&b);
        r->names[i].len--; /* the index */
    }
    r->columns = (struct ber_columns){.names = r->names, .count = 2};
}

static void read_rows(struct reader *r, const struct list *list,
                      struct bytes octets)
{
    *r = (struct reader){.rows = {.values = r->values, .indexes = r->indexes},
                         .scratch = {.subs = r->subs, .room = 2 * CELLS},
                         .at = cursor_over(octets)};
    columns_of(r, list);
    ber_rows_read(&r->at, &r->columns, CELLS, &r->scratch, &r->rows);
}

static bool is_same(const struct value *a, const struct value *b)
{
    if (a->type != b->type)
        return false;
    if (ber_has_octets(a->type))
        return bytes_equal(a->octets, b->octets);
    return a->type == VALUE_OID ? oid_equal(a->oid, b->oid)
                                : a->integer == b->integer;
}

/* Reads the varbinds of the rows once more, as any are. */
static void as_ber_skim_reads(const struct reader *r, struct bytes octets)
{
    uint32_t subs[2 * CELLS];
    struct ber_scratch scratch = {.subs = subs, .room = 2 * CELLS};
    struct cursor c = cursor_over(octets);
    struct bytes rows = r->rows.octets, name;
    struct value value;

    assert_int_equal(r->rows.cells, r->rows.count * 2);
    for (size_t i = 0; i < r->rows.cells; i++) {
        ber_skim(&c, &scratch, &name, &value);
        assert_true(cursor_ok(&c));
        assert_true(is_same(&r->rows.values[i], &value));
        struct bytes again = ber_rows_name(&rows);
        assert_true(again.at == name.at && again.len == name.len);
        assert_int_equal(r->names[i % 2].len + r->rows.indexes[i / 2].len,
                         name.len);
    }
    assert_int_equal(cursor_left(&c), cursor_left(&r->at));
    assert_int_equal(rows.len, 0);
    assert_int_equal(scratch.odd, r->scratch.odd);
    assert_int_equal(scratch.used, r->scratch.used);
}

static void rows_are_read_up_to_what_is_none(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(lists); i++) {
        uint8_t room[ROOM];
        struct ber_builder b = ber_builder_over(room, sizeof room);
        struct bytes octets = encoded(&b, &lists[i]);
        struct reader r;

        print_message("  %s\n", lists[i].name);
        read_rows(&r, &lists[i], octets);
        assert_true(cursor_ok(&r.at));
        assert_int_equal(r.rows.count, lists[i].rows);
        as_ber_skim_reads(&r, octets);
    }
}

/* In memory that ends there: a sanitizer sees a look beyond. */
static void cut_anywhere_only_whole_rows_are_read(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(lists); i++) {
        uint8_t room[ROOM];
        struct ber_builder b = ber_builder_over(room, sizeof room);
        struct bytes whole = encoded(&b, &lists[i]);

        for (size_t len = 0; len < whole.len; len++) {
            uint8_t *cut = mem_array(1, len + 1);
            struct reader r;

            memcpy(cut + 1, whole.at, len);
            read_rows(&r, &lists[i], (struct bytes){cut + 1, len});
            assert_true(r.rows.count <= lists[i].rows);
            as_ber_skim_reads(&r, (struct bytes){cut + 1, len});
            free(cut);
        }
    }
}

/* Octets of the second of two cells that are encoded in another way, or lie. */
static void unusual_encodings_are_left_to_others(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        size_t at; /* in the second varbind, of 17 octets */
        uint8_t octet;
    } cases[] = {
        {"no SEQUENCE", 0, 0x31},
        {"a SEQUENCE that is longer", 1, 16},
        {"a SEQUENCE that is shorter", 1, 14},
        {"a length in long form", 1, 0x81},
        {"a name that is none", 2, 0x04},
        {"a name that is longer", 3, 11},
        {"a name that is shorter", 3, 9},
        {"a name that goes on", 13, 0x81},
        {"a tag of several octets", 14, 0x5f},
        {"a value that is longer", 15, 2},
        {"a value that is shorter", 15, 0},
        {"NULL", 14, 0x05},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        uint8_t room[ROOM];
        struct ber_builder b = ber_builder_over(room, sizeof room);
        struct bytes octets = encoded(&b, &two_rows);
        struct reader r;
        size_t cell = octets.len / 4;

        print_message("  %s\n", cases[i].name);
        for (size_t at = cell; at < octets.len; at += 2 * cell) {
            uint8_t *octet = room + (ROOM - octets.len) + at + cases[i].at;
            uint8_t before = *octet;

            *octet = cases[i].octet;
            read_rows(&r, &two_rows, octets);
            assert_int_equal(r.rows.count, at / cell / 2);
            as_ber_skim_reads(&r, octets);
            *octet = before;
        }
    }
}

static void no_more_than_there_is_room_for(void **state)
{
    (void)state;
    uint8_t room[ROOM];
    struct ber_builder b = ber_builder_over(room, sizeof room);
    struct bytes octets = encoded(&b, &lists[0]);
    struct reader r;

    read_rows(&r, &lists[0], octets);
    r.at = cursor_over(octets);
    ber_rows_read(&r.at, &r.columns, 3, &r.scratch, &r.rows);
    assert_int_equal(r.rows.count, 1);
    r.at = cursor_over(octets);
    ber_rows_read(&r.at, &r.columns, 1, &r.scratch, &r.rows);
    assert_int_equal(r.rows.count, 0);
    assert_int_equal(cursor_left(&r.at), octets.len);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_are_read_up_to_what_is_none),
        cmocka_unit_test(cut_anywhere_only_whole_rows_are_read),
        cmocka_unit_test(unusual_encodings_are_left_to_others),
        cmocka_unit_test(no_more_than_there_is_room_for),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
