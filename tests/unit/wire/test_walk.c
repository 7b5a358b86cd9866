/* Whole rows, each index once, from orderly agents; scalars; walks that are
 * stopped. */
#include "walk_scene.h"

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

static void a_sparse_column_waits_for_the_others(void **state)
{
    (void)state;
    struct scene *s = scene_new(&v2c);
    struct ask ask = ask_for(columns, 2);

    serve_range(s, 1, 1, 600, 1);
    serve_range(s, 2, 5, 600, 5);
    serve_end(s);
    walk(s, &ask);
    assert_int_equal(s->result, 0);
    assert_int_equal(s->count, 600);
    assert_row(s, 4, "5", 1000005, 2000005, 0);
    assert_row(s, 598, "599", 1000599, -1, 0);
    scene_free(s);
}

/* Texts are copied while their row waits for other columns. */
static void long_texts_stay_what_they_are(void **state)
{
    (void)state;
    struct scene *s = scene_new(&v2c);
    struct oid_store stores[14];
    struct oid names[14];
    static const char text[] = "GigabitEthernet1/0/1, to the core in room 12";

    for (unsigned i = 0; i < COUNT_OF(names); i++) {
        char name[64];

        oid_copy(&stores[i], OID(1, 3, 6, 1, 2, 1, 2, 2, 1));
        assert_true(oid_push(&stores[i], i + 1));
        names[i] = oid_view(&stores[i]);
        snprintf(name, sizeof name, "1.3.6.1.2.1.2.2.1.%u.1", i + 1);
        fake_serve(s->fake, name, fake_text(text));
    }
    serve_end(s);
    struct ask ask = ask_for(names, COUNT_OF(names));
    walk(s, &ask);
    assert_int_equal(s->count, 1);
    assert_int_equal(s->texts, 14);
    assert_string_equal(s->text, text);
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
    assert_true(s->fake->names_max <= 26);
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

/* ---- scalars ------------------------------------------------------------- */

static const struct oid instances[] = {
    OID_INIT(1, 3, 6, 1, 2, 1, 2, 2, 1, 1, 1),
    OID_INIT(1, 3, 6, 1, 2, 1, 1, 99, 0),
    OID_INIT(1, 3, 6, 1, 2, 1, 2, 2, 1, 2, 1),
};

static uint64_t octets_of_walk(struct scene *s)
{
    struct agent_state before, after;

    agent_state(s->agent, &before);
    walk(s, &three);
    agent_state(s->agent, &after);
    return after.octets_out - before.octets_out;
}

/* Once in a walk, and never again where the MIB has none. */
static void boots_are_told_with_the_first_counters(void **state)
{
    (void)state;
    enum { ROWS = 40, BOOTS = 7, TIME_S = 60000000 };
    const struct credential *versions[] = {&v1, &v2c};

    for (size_t i = 0; i < COUNT_OF(versions); i++) {
        struct scene *s = scene_with_table(versions[i], ROWS);

        uint64_t first = octets_of_walk(s), second = octets_of_walk(s);
        assert_true(second < first);
        assert_range(s, 1, ROWS);
        assert_int_equal(s->rows[0].boots, -1);
        scene_free(s);
        s = scene_with_table(versions[i], ROWS);
        fake_serve(
            s->fake, "1.3.6.1.6.3.10.2.1.2.0",
            (struct value){.type = VALUE_INTEGER, .number = (uint64_t)BOOTS});
        fake_serve(
            s->fake, "1.3.6.1.6.3.10.2.1.3.0",
            (struct value){.type = VALUE_INTEGER, .number = (uint64_t)TIME_S});
        walk(s, &three);
        assert_range(s, 1, ROWS);
        for (size_t row = 0; row < ROWS; row++) {
            assert_true(s->rows[row].has_uptime);
            assert_int_equal(s->rows[row].boots, BOOTS);
            assert_int_equal(s->rows[row].engine_s, TIME_S);
        }
        assert_int_equal(agent_quirks(s->agent), 0);
        scene_free(s);
    }
}

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

static void what_is_below_beginnings_is_told(void **state)
{
    (void)state;
    static const struct credential *const credentials[] = {&v1, &v2c};
    static const uint32_t here[] = {1, 3, 6, 1, 4, 1, 9, 1, 1},
                          between[] = {1, 3, 6, 1, 4, 1, 9, 1, 2},
                          alike[] = {1, 3, 6, 1, 4, 1, 9, 1},
                          behind[] = {1, 3, 6, 1, 4, 1, 10};
    static const struct oid begin[] = {{here, COUNT_OF(here)},
                                       {between, COUNT_OF(between)},
                                       {alike, COUNT_OF(alike)},
                                       {behind, COUNT_OF(behind)}};
    const struct ask ask = {
        .scalars = begin, .scalar_count = COUNT_OF(begin), .below = true};

    for (size_t i = 0; i < COUNT_OF(credentials); i++) {
        struct scene *s = scene_new(credentials[i]);

        fake_serve(s->fake, "1.3.6.1.4.1.9.1.1.7",
                   (struct value){.type = VALUE_INTEGER, .integer = 5});
        fake_serve(s->fake, "1.3.6.1.4.1.9.1.20.1",
                   (struct value){.type = VALUE_INTEGER, .integer = 6});
        walk(s, &ask);
        assert_int_equal(s->result, 0);
        assert_int_equal(s->count, 1);
        assert_int_equal(s->rows[0].values[0], 5);
        assert_int_equal(s->rows[0].values[1], -2); /* 1.20 is not below 1.2 */
        assert_int_equal(s->rows[0].values[2], 5);
        assert_int_equal(s->rows[0].values[3], -2); /* nothing follows */
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

static void scalars_whose_answer_is_lost_for_its_size_are_split(void **state)
{
    (void)state;
    struct scene *s = scene_with_table(&v2c, 2);
    const struct ask ask = {.scalars = instances,
                            .scalar_count = COUNT_OF(instances)};
    const struct ask one = {.scalars = instances, .scalar_count = 1};

    walk(s, &one); /* it lives */
    assert_int_equal(s->result, 0);
    s->fake->octets_lost = 60;
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
        cmocka_unit_test(a_sparse_column_waits_for_the_others),
        cmocka_unit_test(long_texts_stay_what_they_are),
        cmocka_unit_test(columns_of_two_tables_in_any_order_are_joined),
        cmocka_unit_test(many_columns_are_joined_in_groups),
        cmocka_unit_test(a_walk_begins_behind_its_start),
        cmocka_unit_test(a_limit_stops_the_walk),
        cmocka_unit_test(boots_are_told_with_the_first_counters),
        cmocka_unit_test(scalars_come_as_one_row),
        cmocka_unit_test(what_is_below_beginnings_is_told),
        cmocka_unit_test(scalars_too_many_for_the_agent_are_split),
        cmocka_unit_test(scalars_whose_answer_is_lost_for_its_size_are_split),
        cmocka_unit_test(scalars_of_the_dead_time_out),
        cmocka_unit_test(a_canceled_walk_calls_nobody),
        cmocka_unit_test(an_agent_that_goes_away_ends_its_walk),
    };
    return cmocka_run_group_tests_name("walk", tests, NULL, NULL);
}
