/* Whole rows, each index once, from agents whose tables have holes, no order,
 * no end, or answers too small for them. */
#include "fake_agent.h"

#include "base/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

enum { PATIENCE_S = 20, ROWS_SEEN = 3000, COLUMNS_SEEN = 32 };

static const uint32_t timeout_ms = 30;

static char public[] = "public";
static const struct credential v1 = {.version = SNMP_V1, .community = public};
static const struct credential v2c = {.version = SNMP_V2C, .community = public};

/* What the walk yielded: numbers, -1 for a hole, -2 for an exception. */
struct seen {
    char index[OID_TEXT_MAX > 40 ? 40 : OID_TEXT_MAX];
    int64_t values[COLUMNS_SEEN];
    bool has_uptime;
};

struct scene {
    struct event_base *base;
    struct engine *engine;
    struct fake_agent *fake;
    struct agent *agent;
    struct walk *walk;
    struct seen rows[ROWS_SEEN];
    size_t count, cancel_at;
    bool ended;
    int result;
    char text[64]; /* of the last value of octets */
};

static struct scene *scene_new(const struct credential *credential)
{
    const struct engine_options options = {.timeout_ms = timeout_ms,
                                           .retries = 2};
    struct scene *s = mem_new(struct scene);
    struct addr loopback = addr_v4((const uint8_t[]){127, 0, 0, 1});

    s->base = event_base_new();
    s->engine = engine_new(s->base, &options);
    assert_non_null(s->engine);
    s->fake = fake_new(s->base);
    s->agent = agent_new(s->engine, &loopback, s->fake->port, credential);
    fake_serve(s->fake, "1.3.6.1.2.1.1.3.0",
               (struct value){.type = VALUE_TICKS, .number = 4711});
    return s;
}

static void scene_free(struct scene *s)
{
    agent_free(s->agent);
    fake_free(s->fake);
    engine_free(s->engine);
    event_base_free(s->base);
    free(s);
}

static int64_t number_of(struct scene *s, const struct value *v)
{
    if (v->type == VALUE_OCTETS)
        snprintf(s->text, sizeof s->text, "%.*s", (int)v->octets.len,
                 (const char *)v->octets.at);
    if (v->type == VALUE_NONE)
        return -1;
    return value_exists(v) ? value_integer(v, 0) : -2;
}

static void on_row(void *arg, const struct row *row)
{
    struct scene *s = arg;
    struct seen *seen = &s->rows[s->count];

    assert_true(s->count < ROWS_SEEN);
    assert_true(row->count <= COLUMNS_SEEN);
    assert_true(row->stamp->received.ns >= row->stamp->sent.ns);
    oid_format(row->index, seen->index, sizeof seen->index);
    for (size_t i = 0; i < row->count; i++)
        seen->values[i] = number_of(s, &row->values[i]);
    seen->has_uptime = row->stamp->has_uptime && row->stamp->uptime_cs == 4711;
    if (++s->count == s->cancel_at) {
        walk_cancel(s->walk);
        event_base_loopbreak(s->base);
    }
}

static void on_end(void *arg, int result)
{
    struct scene *s = arg;

    assert_false(s->ended);
    s->ended = true;
    s->result = result;
    event_base_loopbreak(s->base);
}

static void walk(struct scene *s, const struct ask *ask)
{
    struct timeval patience = {.tv_sec = PATIENCE_S};

    s->count = 0;
    s->ended = false;
    s->walk = walk_start(s->agent, ask, on_row, on_end, s);
    assert_false(s->ended || s->count > 0); /* not from within */
    event_base_loopexit(s->base, &patience);
    event_base_dispatch(s->base);
    assert_true(s->ended || s->cancel_at > 0);
}

/* ---- tables -------------------------------------------------------------- */

/* Column n of the table that all walk: 1.3.6.1.2.1.2.2.1.N */
static const struct oid columns[] = {
    OID_INIT(1, 3, 6, 1, 2, 1, 2, 2, 1, 1),
    OID_INIT(1, 3, 6, 1, 2, 1, 2, 2, 1, 2),
    OID_INIT(1, 3, 6, 1, 2, 1, 2, 2, 1, 3),
};

static struct ask ask_for(const struct oid *oids, size_t count)
{
    return (struct ask){.name = "ifTable", .columns = oids, .count = count};
}

/* Serves column n with rows, in the order given. The value of column n at
 * index i is n * 1000000 + i. */
static void serve(struct scene *s, unsigned column, const unsigned *rows,
                  size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char name[64];

        snprintf(name, sizeof name, "1.3.6.1.2.1.2.2.1.%u.%u", column, rows[i]);
        fake_serve(s->fake, name, fake_counter(column * 1000000U + rows[i]));
    }
}

static void serve_range(struct scene *s, unsigned column, unsigned first,
                        unsigned last, unsigned step)
{
    for (unsigned row = first; row <= last; row += step)
        serve(s, column, &row, 1);
}

/* What follows the table, so that leaving a column is seen as such. */
static void serve_end(struct scene *s)
{
    fake_serve(s->fake, "1.3.6.1.2.1.31.1.1.1.1.1", fake_text("lo"));
}

static void assert_row(const struct scene *s, size_t i, const char *index,
                       int64_t a, int64_t b, int64_t c)
{
    assert_true(i < s->count);
    assert_string_equal(s->rows[i].index, index);
    assert_int_equal(s->rows[i].values[0], a);
    assert_int_equal(s->rows[i].values[1], b);
    assert_int_equal(s->rows[i].values[2], c);
}

/* Rows first..last, complete, in order. */
static void assert_range(const struct scene *s, unsigned first, unsigned last)
{
    assert_int_equal(s->result, 0);
    assert_int_equal(s->count, last - first + 1);
    for (unsigned row = first; row <= last; row++) {
        char index[16];

        snprintf(index, sizeof index, "%u", row);
        assert_row(s, row - first, index, 1000000 + row, 2000000 + row,
                   3000000 + row);
    }
}

static struct scene *scene_with_table(const struct credential *credential,
                                      unsigned rows)
{
    struct scene *s = scene_new(credential);

    for (unsigned column = 1; column <= 3; column++)
        serve_range(s, column, 1, rows, 1);
    serve_end(s);
    return s;
}

static const struct ask three = {
    .name = "ifTable", .columns = columns, .count = 3, .with_uptime = true};

static void a_table_comes_in_whole_rows(void **state)
{
    (void)state;
    struct scene *s = scene_with_table(&v2c, 100);

    walk(s, &three);
    assert_range(s, 1, 100);
    for (size_t i = 0; i < s->count; i++)
        assert_true(s->rows[i].has_uptime);
    assert_int_equal(s->fake->nexts, 0);
    assert_true(s->fake->bulks < 12);
    assert_true(s->fake->longest <= 1472); /* one Ethernet frame */
    assert_int_equal(agent_quirks(s->agent), 0);
    scene_free(s);
}

static void v1_walks_by_getnext(void **state)
{
    (void)state;
    struct scene *s = scene_with_table(&v1, 20);

    walk(s, &three);
    assert_range(s, 1, 20);
    assert_int_equal(s->fake->bulks, 0);
    scene_free(s);
    s = scene_new(&v1); /* and at the very end of the MIB: noSuchName */
    for (unsigned column = 1; column <= 3; column++)
        serve_range(s, column, 1, 5, 1);
    walk(s, &three);
    assert_range(s, 1, 5);
    scene_free(s);
}

static void an_absent_table_is_no_error(void **state)
{
    (void)state;
    const struct credential *versions[] = {&v1, &v2c};

    for (size_t i = 0; i < 2; i++) {
        struct scene *s = scene_new(versions[i]);

        walk(s, &three);
        assert_int_equal(s->result, 0);
        assert_int_equal(s->count, 0);
        serve_end(s);
        walk(s, &three);
        assert_int_equal(s->result, 0);
        assert_int_equal(s->count, 0);
        scene_free(s);
    }
}

static void holes_and_short_columns_are_joined_by_index(void **state)
{
    (void)state;
    struct scene *s = scene_new(&v2c);

    serve_range(s, 1, 1, 60, 1);  /* all */
    serve_range(s, 2, 2, 60, 2);  /* every second */
    serve_range(s, 3, 50, 70, 1); /* from 50 on, and longer than the others */
    serve_end(s);
    walk(s, &three);
    assert_int_equal(s->result, 0);
    assert_int_equal(s->count, 70);
    assert_row(s, 0, "1", 1000001, -1, -1);
    assert_row(s, 1, "2", 1000002, 2000002, -1);
    assert_row(s, 49, "50", 1000050, 2000050, 3000050);
    assert_row(s, 50, "51", 1000051, -1, 3000051);
    assert_row(s, 69, "70", -1, -1, 3000070);
    scene_free(s);
}

static void columns_of_two_tables_in_any_order_are_joined(void **state)
{
    (void)state;
    struct scene *s = scene_with_table(&v2c, 30);
    const struct oid names[] = {
        OID_INIT(1, 3, 6, 1, 2, 1, 31, 1, 1, 1, 1),
        OID_INIT(1, 3, 6, 1, 2, 1, 2, 2, 1, 2),
        OID_INIT(1, 3, 6, 1, 2, 1, 2, 2, 1, 1),
    };
    struct ask ask = ask_for(names, 3);

    walk(s, &ask);
    assert_int_equal(s->result, 0);
    assert_int_equal(s->count, 30);
    assert_row(s, 0, "1", 0, 2000001, 1000001);
    assert_string_equal(s->text, "lo");
    assert_row(s, 29, "30", -1, 2000030, 1000030);
    scene_free(s);
}

static void many_columns_are_joined_in_groups(void **state)
{
    (void)state;
    struct scene *s = scene_new(&v2c);
    struct oid_store stores[COLUMNS_SEEN - 2];
    struct oid names[COLUMNS_SEEN - 2];

    for (unsigned i = 0; i < COLUMNS_SEEN - 2; i++) {
        oid_copy(&stores[i], OID(1, 3, 6, 1, 2, 1, 2, 2, 1));
        assert_true(oid_push(&stores[i], i + 1));
        names[i] = oid_view(&stores[i]);
        serve_range(s, i + 1, 1, 100, 1);
    }
    struct ask ask = ask_for(names, COLUMNS_SEEN - 2);
    walk(s, &ask);
    assert_int_equal(s->result, 0);
    assert_int_equal(s->count, 100);
    for (unsigned row = 0; row < 100; row++) {
        for (unsigned i = 0; i < COLUMNS_SEEN - 2; i++)
            assert_int_equal(s->rows[row].values[i],
                             (i + 1) * 1000000 + row + 1);
    }
    assert_true(s->fake->names_max <= 12);
    assert_true(s->fake->longest <= 1472);
    scene_free(s);
}

static void a_walk_begins_behind_its_start(void **state)
{
    (void)state;
    struct scene *s = scene_with_table(&v2c, 50);
    const uint32_t start[] = {40};
    struct ask ask = three;

    ask.start = (struct oid){start, 1};
    walk(s, &ask);
    assert_range(s, 41, 50);
    scene_free(s);
}

static void a_limit_stops_the_walk(void **state)
{
    (void)state;
    struct scene *s = scene_with_table(&v2c, 50);
    struct ask ask = three;

    ask.rows_max = 7;
    walk(s, &ask);
    assert_int_equal(s->result, -E2BIG);
    assert_int_equal(s->count, 7);
    assert_row(s, 6, "7", 1000007, 2000007, 3000007);
    assert_int_equal(agent_quirks(s->agent), 0);
    ask.rows_max = 50; /* exactly all */
    walk(s, &ask);
    assert_range(s, 1, 50);
    scene_free(s);
}

/* ---- agents that misbehave ----------------------------------------------- */

static void loss_is_made_good(void **state)
{
    (void)state;
    struct scene *s = scene_with_table(&v2c, 100);

    s->fake->drop = 1;
    walk(s, &three);
    assert_range(s, 1, 100);
    scene_free(s);
}

static void silence_stops_the_walk(void **state)
{
    (void)state;
    struct scene *s = scene_with_table(&v2c, 100);

    s->fake->drop = UINT32_MAX;
    walk(s, &three);
    assert_int_equal(s->result, -ETIMEDOUT);
    assert_int_equal(s->count, 0);
    assert_int_equal(s->fake->bulks, 3);
    assert_int_equal(s->fake->nexts, 1); /* it may lack bulk */
    walk(s, &three);
    assert_int_equal(s->fake->requests, 5); /* known to be dead: one probe */
    scene_free(s);
}

static void too_big_means_smaller(void **state)
{
    (void)state;
    static const size_t limits[] = {1000, 484, 200, 110};

    for (size_t i = 0; i < COUNT_OF(limits); i++) {
        struct scene *s = scene_with_table(&v2c, 60);

        print_message("  %zu octets\n", limits[i]);
        s->fake->octets_max = limits[i];
        walk(s, &three);
        assert_range(s, 1, 60);
        assert_int_equal(s->fake->nexts, 0); /* not "no bulk" */
        unsigned before = s->fake->requests;
        walk(s, &three); /* learned: goes straight */
        assert_range(s, 1, 60);
        assert_true(s->fake->requests - before <= before);
        if (limits[i] < 1000)
            assert_int_equal(agent_quirks(s->agent), QUIRK_TOO_BIG);
        scene_free(s);
    }
}

static void short_answers_are_not_the_end(void **state)
{
    (void)state;
    static const size_t varbinds[] = {2, 3, 4, 5, 7, 11};

    for (size_t i = 0; i < COUNT_OF(varbinds); i++) {
        struct scene *s = scene_with_table(&v2c, 40);

        s->fake->varbinds_max = varbinds[i];
        walk(s, &three);
        assert_range(s, 1, 40);
        assert_int_equal(agent_quirks(s->agent),
                         varbinds[i] < 4 ? QUIRK_TRUNCATED : 0);
        scene_free(s);
    }
}

static void cut_answers_are_asked_for_again_in_small(void **state)
{
    (void)state;
    struct scene *s = scene_with_table(&v2c, 40);

    s->fake->cut = 5;
    walk(s, &three);
    assert_range(s, 1, 40);
    assert_int_equal(agent_quirks(s->agent), QUIRK_BAD_ENCODING);
    scene_free(s);
}

static void garbage_alone_ends_the_walk(void **state)
{
    (void)state;
    struct scene *s = scene_with_table(&v2c, 40);
    struct mono before = mono_now();

    s->fake->garbage = FAKE_GARBAGE_ALL;
    walk(s, &three);
    assert_int_equal(s->result, -EBADMSG);
    assert_int_equal(s->count, 0);
    assert_true(mono_ms_between(before, mono_now()) < 1000);
    s->fake->garbage = 0;
    walk(s, &three);
    assert_range(s, 1, 40);
    scene_free(s);
}

static void oids_out_of_order_are_all_read_once(void **state)
{
    (void)state;
    static const unsigned textual[] = {1, 10, 100, 101, 11, 12, 2, 20,
                                       3, 30, 4,   5,   6,  7,  8, 9};
    static const unsigned descending[] = {16, 15, 14, 13, 12, 11, 10, 9,
                                          8,  7,  6,  5,  4,  3,  2,  1};
    const unsigned *orders[] = {textual, descending};

    for (size_t i = 0; i < COUNT_OF(orders); i++) {
        struct scene *s = scene_new(&v2c);

        for (unsigned column = 1; column <= 3; column++)
            serve(s, column, orders[i], COUNT_OF(textual));
        serve_end(s);
        for (unsigned again = 0; again < 2; again++) {
            walk(s, &three);
            assert_int_equal(s->result, 0);
            assert_int_equal(s->count, COUNT_OF(textual));
            for (size_t row = 0; row < s->count; row++) {
                int64_t n = strtol(s->rows[row].index, NULL, 10);

                assert_row(s, row, s->rows[row].index, 1000000 + n, 2000000 + n,
                           3000000 + n);
            }
        }
        assert_int_equal(agent_quirks(s->agent), QUIRK_NOT_INCREASING);
        scene_free(s);
    }
}

static void a_loop_ends_with_what_was_read(void **state)
{
    (void)state;
    static const unsigned round[] = {1, 2, 3, 4, 5};
    struct scene *s = scene_new(&v2c);
    struct ask ask = ask_for(columns, 1);

    s->fake->count = 0; /* the table is all there is */
    serve(s, 1, round, COUNT_OF(round));
    s->fake->loop = true;
    walk(s, &ask);
    assert_int_equal(s->result, 0);
    assert_int_equal(s->count, 5);
    assert_true((agent_quirks(s->agent) & QUIRK_LOOP) != 0);
    assert_true(s->fake->requests < 10);
    scene_free(s);
}

static void an_oid_that_stays_ends_the_walk(void **state)
{
    (void)state;
    struct scene *s = scene_new(&v2c);
    struct ask ask = ask_for(columns, 1);

    s->fake->count = 0;
    serve_range(s, 1, 9, 9, 1);
    s->fake->loop = true;
    walk(s, &ask);
    assert_int_equal(s->result, 0);
    assert_int_equal(s->count, 1);
    assert_int_equal(agent_quirks(s->agent), QUIRK_LOOP);
    scene_free(s);
}

static void a_table_without_end_is_stopped(void **state)
{
    (void)state;
    struct scene *s = scene_with_table(&v2c, 5);
    struct ask ask = three;

    s->fake->endless = true;
    ask.rows_max = 2000;
    walk(s, &ask);
    assert_int_equal(s->result, -E2BIG);
    assert_int_equal(s->count, 2000);
    scene_free(s);
}

static void an_agent_without_bulk_is_walked_by_getnext(void **state)
{
    (void)state;
    struct scene *s = scene_with_table(&v2c, 10);
    struct ask scalars = {
        .scalars = &(const struct oid)OID_INIT(1, 3, 6, 1, 2, 1, 1, 3, 0),
        .scalar_count = 1};

    walk(s, &scalars); /* it is alive */
    assert_int_equal(s->count, 1);
    s->fake->drop_bulk = UINT32_MAX;
    walk(s, &three);
    assert_range(s, 1, 10);
    assert_int_equal(agent_quirks(s->agent), QUIRK_NO_BULK);
    unsigned bulks = s->fake->bulks;
    walk(s, &three); /* learned */
    assert_range(s, 1, 10);
    assert_int_equal(s->fake->bulks, bulks);
    scene_free(s);
}

static void a_v2c_agent_without_end_of_view_comes_to_an_end(void **state)
{
    (void)state;
    struct scene *s = scene_new(&v2c);

    for (unsigned column = 1; column <= 3; column++)
        serve_range(s, column, 1, 12, 1);
    s->fake->no_end = true;
    walk(s, &three);
    assert_range(s, 1, 12);
    assert_true((agent_quirks(s->agent) & QUIRK_NO_END) != 0);
    scene_free(s);
}

static void a_column_that_fails_leaves_the_others(void **state)
{
    (void)state;
    static const int32_t indexes[] = {-1, 0, 99}; /* right, none, wrong */

    for (size_t i = 0; i < COUNT_OF(indexes); i++) {
        struct scene *s = scene_with_table(&v2c, 8);
        const struct varbind at = {
            .name = OID_INIT(1, 3, 6, 1, 2, 1, 2, 2, 1, 2, 4)};

        s->fake->fail_at = &at;
        s->fake->fail_status = ERROR_GENERAL;
        s->fake->fail_index = indexes[i];
        walk(s, &three);
        assert_int_equal(s->result, 0);
        assert_int_equal(s->count, 8);
        assert_row(s, 2, "3", 1000003, 2000003, 3000003);
        assert_row(s, 3, "4", 1000004, -1, 3000004);
        assert_row(s, 7, "8", 1000008, -1, 3000008);
        scene_free(s);
    }
}

static void a_table_that_fails_tells_why(void **state)
{
    (void)state;
    static const struct {
        int32_t status;
        int result;
    } cases[] = {{ERROR_GENERAL, -EIO}, {ERROR_AUTHORIZATION, -EACCES}};

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct scene *s = scene_with_table(&v2c, 8);
        const struct varbind at = {
            .name = OID_INIT(1, 3, 6, 1, 2, 1, 2, 2, 1, 1, 1)};
        struct ask ask = ask_for(columns, 1);

        s->fake->fail_at = &at;
        s->fake->fail_status = cases[i].status;
        walk(s, &ask);
        assert_int_equal(s->result, cases[i].result);
        assert_int_equal(s->count, 0);
        scene_free(s);
    }
}

static void repetitions_grow_while_it_goes_well(void **state)
{
    (void)state;
    struct scene *s = scene_new(&v2c);
    struct ask ask = ask_for(columns, 1);
    struct agent_state known;

    serve_range(s, 1, 1, 600, 1);
    serve_end(s);
    walk(s, &ask);
    assert_int_equal(s->count, 600);
    assert_int_equal(s->fake->repetitions[0], 10);
    assert_int_equal(s->fake->repetitions[1], 16);
    assert_int_equal(s->fake->repetitions[2], 25);
    agent_state(s->agent, &known);
    assert_true(known.max_repetitions >= 25);
    assert_true(s->fake->longest <= 1472);
    scene_free(s);
}

/* ---- scalars ------------------------------------------------------------- */

static const struct oid instances[] = {
    OID_INIT(1, 3, 6, 1, 2, 1, 2, 2, 1, 1, 1),
    OID_INIT(1, 3, 6, 1, 2, 1, 1, 99, 0),
    OID_INIT(1, 3, 6, 1, 2, 1, 2, 2, 1, 2, 1),
};

static void scalars_come_as_one_row(void **state)
{
    (void)state;
    const struct credential *versions[] = {&v1, &v2c};
    const struct ask ask = {.scalars = instances,
                            .scalar_count = COUNT_OF(instances),
                            .with_uptime = true};

    for (size_t i = 0; i < 2; i++) {
        struct scene *s = scene_with_table(versions[i], 2);

        walk(s, &ask);
        assert_int_equal(s->result, 0);
        assert_int_equal(s->count, 1);
        assert_row(s, 0, "", 1000001, -2, 2000001);
        assert_true(s->rows[0].has_uptime);
        scene_free(s);
    }
}

static void scalars_too_many_for_the_agent_are_split(void **state)
{
    (void)state;
    struct scene *s = scene_with_table(&v2c, 2);
    const struct ask ask = {.scalars = instances,
                            .scalar_count = COUNT_OF(instances),
                            .with_uptime = true};

    s->fake->octets_max = 75;
    walk(s, &ask);
    assert_int_equal(s->result, 0);
    assert_row(s, 0, "", 1000001, -2, 2000001);
    scene_free(s);
}

static void scalars_of_the_dead_time_out(void **state)
{
    (void)state;
    struct scene *s = scene_with_table(&v2c, 2);
    const struct ask ask = {.scalars = instances,
                            .scalar_count = COUNT_OF(instances)};

    s->fake->drop = UINT32_MAX;
    walk(s, &ask);
    assert_int_equal(s->result, -ETIMEDOUT);
    assert_int_equal(s->count, 0);
    scene_free(s);
}

/* ---- stopping ------------------------------------------------------------ */

static void a_canceled_walk_calls_nobody(void **state)
{
    (void)state;
    struct scene *s = scene_with_table(&v2c, 50);

    s->cancel_at = 5; /* from its own callback */
    walk(s, &three);
    assert_int_equal(s->count, 5);
    assert_false(s->ended);
    s->walk = walk_start(s->agent, &three, on_row, on_end, s);
    event_base_loop(s->base, EVLOOP_ONCE | EVLOOP_NONBLOCK);
    walk_cancel(s->walk); /* with a request in flight */
    s->cancel_at = 0;
    walk(s, &three);
    assert_range(s, 1, 50);
    scene_free(s);
}

static void an_agent_that_goes_away_ends_its_walk(void **state)
{
    (void)state;
    struct scene *s = scene_with_table(&v2c, 50);

    s->walk = walk_start(s->agent, &three, on_row, on_end, s);
    event_base_loop(s->base, EVLOOP_ONCE | EVLOOP_NONBLOCK);
    agent_free(s->agent);
    s->agent = NULL;
    assert_true(s->ended);
    assert_int_equal(s->result, -ECANCELED);
    scene_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_table_comes_in_whole_rows),
        cmocka_unit_test(v1_walks_by_getnext),
        cmocka_unit_test(an_absent_table_is_no_error),
        cmocka_unit_test(holes_and_short_columns_are_joined_by_index),
        cmocka_unit_test(columns_of_two_tables_in_any_order_are_joined),
        cmocka_unit_test(many_columns_are_joined_in_groups),
        cmocka_unit_test(a_walk_begins_behind_its_start),
        cmocka_unit_test(a_limit_stops_the_walk),
        cmocka_unit_test(loss_is_made_good),
        cmocka_unit_test(silence_stops_the_walk),
        cmocka_unit_test(too_big_means_smaller),
        cmocka_unit_test(short_answers_are_not_the_end),
        cmocka_unit_test(cut_answers_are_asked_for_again_in_small),
        cmocka_unit_test(garbage_alone_ends_the_walk),
        cmocka_unit_test(oids_out_of_order_are_all_read_once),
        cmocka_unit_test(a_loop_ends_with_what_was_read),
        cmocka_unit_test(an_oid_that_stays_ends_the_walk),
        cmocka_unit_test(a_table_without_end_is_stopped),
        cmocka_unit_test(an_agent_without_bulk_is_walked_by_getnext),
        cmocka_unit_test(a_v2c_agent_without_end_of_view_comes_to_an_end),
        cmocka_unit_test(a_column_that_fails_leaves_the_others),
        cmocka_unit_test(a_table_that_fails_tells_why),
        cmocka_unit_test(repetitions_grow_while_it_goes_well),
        cmocka_unit_test(scalars_come_as_one_row),
        cmocka_unit_test(scalars_too_many_for_the_agent_are_split),
        cmocka_unit_test(scalars_of_the_dead_time_out),
        cmocka_unit_test(a_canceled_walk_calls_nobody),
        cmocka_unit_test(an_agent_that_goes_away_ends_its_walk),
    };
    return cmocka_run_group_tests_name("walk", tests, NULL, NULL);
}
