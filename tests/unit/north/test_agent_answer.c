/* Get, GetNext and GetBulk over tables: every variable comes once, in order. */
#include "north/agent_answer.h"

#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

/* Two groups of scalars with a table between, whose column 2 has a hole; an
 * empty table behind. */
static size_t three(const void *of)
{
    (void)of;
    return 3;
}

static size_t none(const void *of)
{
    (void)of;
    return 0;
}

static void row_index(const void *of, size_t row, struct oid_store *out)
{
    (void)of;
    (void)oid_push(out, (uint32_t)(row + 1) * 10);
}

static void value(const void *of, size_t row, uint32_t column,
                  struct mib_cell *out)
{
    (void)of;
    if (column != 2 || row != 1)
        mib_integer(out, (int64_t)(column * 100 + row));
}

static const uint8_t first[] = {1}, both[] = {1, 2}, last[] = {3};
static const struct mib_table before = {.entry = OID_INIT(1, 3, 6, 1, 9),
                                        MIB_COLUMNS(first),
                                        MIB_ONE_ROW,
                                        .value = value},
                              table = {.entry = OID_INIT(1, 3, 6, 1, 9, 2, 1),
                                       MIB_COLUMNS(both),
                                       .rows = three,
                                       .index = row_index,
                                       .value = value},
                              behind = {.entry = OID_INIT(1, 3, 6, 1, 9),
                                        MIB_COLUMNS(last),
                                        MIB_ONE_ROW,
                                        .value = value},
                              empty = {.entry = OID_INIT(1, 3, 6, 1, 9, 4, 1),
                                       MIB_COLUMNS(both),
                                       .rows = none,
                                       .index = row_index,
                                       .value = value};
static const struct mib_table *const tables[] = {&behind, &empty, &table,
                                                 &before};

static const char *const all[] = {"1.3.6.1.9.1.0",      "1.3.6.1.9.2.1.1.10",
                                  "1.3.6.1.9.2.1.1.20", "1.3.6.1.9.2.1.1.30",
                                  "1.3.6.1.9.2.1.2.10", "1.3.6.1.9.2.1.2.30",
                                  "1.3.6.1.9.3.0"};

static struct mib_set *set_of_tables(void)
{
    return mib_set_new(tables, COUNT_OF(tables), 1);
}

static void walking_gives_all_in_order(void **state)
{
    (void)state;
    OWNED(mib_set_free) struct mib_set *set = set_of_tables();
    struct oid_store at = {.sub = {1}, .len = 1}, next;
    struct mib_cell cell;
    char text[OID_TEXT_MAX];
    size_t n = 0;

    for (; mib_next(set, NULL, oid_view(&at), false, &next, &cell); n++) {
        assert_true(n < COUNT_OF(all));
        assert_string_equal(oid_format(oid_view(&next), text, sizeof text),
                            all[n]);
        mib_get(set, NULL, oid_view(&next), &cell);
        assert_int_equal(cell.value.type, VALUE_INTEGER);
        oid_copy(&at, oid_view(&next));
    }
    assert_int_equal(n, COUNT_OF(all));
}

static void next_begins_anywhere(void **state)
{
    (void)state;
    static const struct {
        const char *from;
        bool include;
        const char *next; /* NULL: the end */
    } cases[] = {
        {"1.3.6.1.9", false, "1.3.6.1.9.1.0"},
        {"1.3.6.1.9.1", false, "1.3.6.1.9.1.0"},
        {"1.3.6.1.9.1.0", true, "1.3.6.1.9.1.0"},
        {"1.3.6.1.9.1.0", false, "1.3.6.1.9.2.1.1.10"},
        {"1.3.6.1.9.1.0.5", false, "1.3.6.1.9.2.1.1.10"},
        {"1.3.6.1.9.2", false, "1.3.6.1.9.2.1.1.10"},
        {"1.3.6.1.9.2.1.1.15", true, "1.3.6.1.9.2.1.1.20"},
        {"1.3.6.1.9.2.1.1.20.1", false, "1.3.6.1.9.2.1.1.30"},
        {"1.3.6.1.9.2.1.1.30", false, "1.3.6.1.9.2.1.2.10"},
        {"1.3.6.1.9.2.1.2.20", true, "1.3.6.1.9.2.1.2.30"}, /* a hole */
        {"1.3.6.1.9.2.1.7", false, "1.3.6.1.9.3.0"},
        {"1.3.6.1.9.3.0", false, NULL},
        {"2", false, NULL},
    };
    OWNED(mib_set_free) struct mib_set *set = set_of_tables();
    struct mib_cell cell;

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct oid_store from, next;
        char text[OID_TEXT_MAX];

        print_message("%s\n", cases[i].from);
        assert_int_equal(oid_parse(cases[i].from, &from), 0);
        bool found = mib_next(set, NULL, oid_view(&from), cases[i].include,
                              &next, &cell);
        assert_int_equal(found, cases[i].next != NULL);
        if (found)
            assert_string_equal(oid_format(oid_view(&next), text, sizeof text),
                                cases[i].next);
    }
}

static void get_tells_what_is_missing(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        uint8_t type;
    } cases[] = {
        {"1.3.6.1.9.1.0", VALUE_INTEGER},
        {"1.3.6.1.9.2.1.2.30", VALUE_INTEGER},
        {"1.3.6.1.9.2.1.2.20", VALUE_NO_INSTANCE},
        {"1.3.6.1.9.2.1.2.25", VALUE_NO_INSTANCE},
        {"1.3.6.1.9.2.1.2", VALUE_NO_INSTANCE},
        {"1.3.6.1.9.2.1.3.10", VALUE_NO_OBJECT},
        {"1.3.6.1.9.4.1.1.1", VALUE_NO_INSTANCE},
        {"1.3.6.1.9", VALUE_NO_OBJECT},
        {"1.3", VALUE_NO_OBJECT},
        {"2.5", VALUE_NO_OBJECT},
    };
    OWNED(mib_set_free) struct mib_set *set = set_of_tables();

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct oid_store name;
        struct mib_cell cell;

        print_message("%s\n", cases[i].name);
        assert_int_equal(oid_parse(cases[i].name, &name), 0);
        mib_get(set, NULL, oid_view(&name), &cell);
        assert_int_equal(cell.value.type, cases[i].type);
    }
}

/* ---- whole requests ---- */

/* Names and types of a response's bindings, "NAME=TYPE" each on a line. */
static uint16_t ask(uint8_t type, const struct buffer *payload,
                    struct buffer *out)
{
    struct buffer OWNED_BUFFER answer = {0};
    const struct agentx_header h = {.type = type,
                                    .flags = AGENTX_NETWORK_BYTE_ORDER,
                                    .session = 3,
                                    .transaction = 4,
                                    .packet = 5};
    struct agentx_reader r = agentx_reader_of(&h, buffer_view(payload));
    OWNED(mib_set_free) struct mib_set *set = set_of_tables();
    struct agentx_header told;
    struct bytes octets;

    agent_answer(set, NULL, &h, &r, &answer);
    octets = buffer_view(&answer);
    assert_int_equal(
        agentx_header_read((struct bytes){octets.at, AGENTX_HEADER}, &told), 0);
    assert_int_equal(told.type, AGENTX_RESPONSE);
    assert_int_equal(told.session, 3);
    assert_int_equal(told.transaction, 4);
    assert_int_equal(told.packet, 5);
    assert_int_equal(told.len, octets.len - AGENTX_HEADER);
    r = agentx_reader_of(&told,
                         (struct bytes){octets.at + AGENTX_HEADER, told.len});
    (void)agentx_read_u32(&r);
    uint16_t error = agentx_read_u16(&r);
    (void)agentx_read_u16(&r);
    buffer_text(out, "");
    while (cursor_left(&r.c) > 0) {
        struct agentx_binding b;
        char name[OID_TEXT_MAX];

        agentx_read_binding(&r, &b);
        buffer_format(out, "%s=%d\n",
                      oid_format(oid_view(&b.name), name, sizeof name),
                      b.value.type);
    }
    assert_true(cursor_ok(&r.c));
    return error;
}

static void put_range(struct buffer *b, const char *from, const char *to)
{
    struct oid_store oid;

    assert_int_equal(oid_parse(from, &oid), 0);
    agentx_put_oid(b, oid_view(&oid), false);
    oid.len = 0;
    if (to[0] != '\0')
        assert_int_equal(oid_parse(to, &oid), 0);
    agentx_put_oid(b, oid_view(&oid), false);
}

static void next_ends_where_the_range_does(void **state)
{
    (void)state;
    struct buffer OWNED_BUFFER b = {0}, text = {0};

    put_range(&b, "1.3.6.1.9.2.1.1.20", "1.3.6.1.9.2.1.2");
    put_range(&b, "1.3.6.1.9.2.1.1.30", "1.3.6.1.9.2.1.2");
    put_range(&b, "1.3.6.1.9.3.0", "");
    assert_int_equal(ask(AGENTX_GET_NEXT, &b, &text), AGENTX_NO_ERROR);
    assert_string_equal(text.at, "1.3.6.1.9.2.1.1.30=2\n"
                                 "1.3.6.1.9.2.1.1.30=130\n"
                                 "1.3.6.1.9.3.0=130\n");
}

static void bulk_repeats_the_last_ones(void **state)
{
    (void)state;
    struct buffer OWNED_BUFFER b = {0}, text = {0};

    agentx_put_u16(&b, 1);
    agentx_put_u16(&b, 2);
    put_range(&b, "1.3.6.1.9", "");
    put_range(&b, "1.3.6.1.9.2.1.1", "");
    put_range(&b, "1.3.6.1.9.2.1.2.10", "1.3.6.1.9.2.2");
    assert_int_equal(ask(AGENTX_GET_BULK, &b, &text), AGENTX_NO_ERROR);
    assert_string_equal(text.at, "1.3.6.1.9.1.0=2\n"
                                 "1.3.6.1.9.2.1.1.10=2\n"
                                 "1.3.6.1.9.2.1.2.30=2\n"
                                 "1.3.6.1.9.2.1.1.20=2\n"
                                 "1.3.6.1.9.2.1.2.30=130\n");
}

/* As who reads whole rows of ifTable and ifXTable does. */
static void bulk_takes_more_columns_than_a_few(void **state)
{
    enum { COLUMNS = 40 };
    (void)state;
    struct buffer OWNED_BUFFER b = {0}, text = {0};
    size_t lines = 0;

    agentx_put_u16(&b, 0);
    agentx_put_u16(&b, 2);
    for (size_t i = 0; i < COLUMNS; i++)
        put_range(&b, "1.3.6.1.9.2.1.1", "");
    assert_int_equal(ask(AGENTX_GET_BULK, &b, &text), AGENTX_NO_ERROR);
    for (const char *at = text.at; (at = strchr(at, '\n')) != NULL; at++)
        lines++;
    assert_int_equal(lines, 2 * COLUMNS);
}

static void what_is_asked_without_end_is_bounded(void **state)
{
    (void)state;
    struct buffer OWNED_BUFFER b = {0}, text = {0};

    agentx_put_u16(&b, UINT16_MAX);
    agentx_put_u16(&b, UINT16_MAX);
    for (size_t i = 0; i <= AGENT_VARBINDS_MAX; i++)
        put_range(&b, "1.3.6.1.9", "");
    assert_int_equal(ask(AGENTX_GET_BULK, &b, &text), AGENTX_PARSE_ERROR);
    assert_string_equal(text.at, "");
}

static void what_is_damaged_is_refused_whole(void **state)
{
    (void)state;
    struct buffer OWNED_BUFFER b = {0}, text = {0};

    put_range(&b, "1.3.6.1.9", "");
    agentx_put_u16(&b, 0x0900);
    assert_int_equal(ask(AGENTX_GET_NEXT, &b, &text), AGENTX_PARSE_ERROR);
    assert_string_equal(text.at, "");
    buffer_clear(&text);
    assert_int_equal(ask(AGENTX_NOTIFY, &b, &text), AGENTX_PARSE_ERROR);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(walking_gives_all_in_order),
        cmocka_unit_test(next_begins_anywhere),
        cmocka_unit_test(get_tells_what_is_missing),
        cmocka_unit_test(next_ends_where_the_range_does),
        cmocka_unit_test(bulk_repeats_the_last_ones),
        cmocka_unit_test(bulk_takes_more_columns_than_a_few),
        cmocka_unit_test(what_is_asked_without_end_is_bounded),
        cmocka_unit_test(what_is_damaged_is_refused_whole),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
