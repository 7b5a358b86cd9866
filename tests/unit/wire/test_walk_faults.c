/* Whole rows, each index once, from agents whose tables have no order or no
 * end, and whose answers are late, damaged or too small. */
#include "walk_scene.h"

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

static void a_damaged_name_ends_no_column(void **state)
{
    (void)state;
    struct scene *s = scene_with_table(&v2c, 40);

    s->fake->damage = 1;
    walk(s, &three);
    assert_range(s, 1, 40);
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

/* A filter on the way, another firmware: GETBULK worked, and does no more. */
static void bulk_that_stops_working_is_done_without(void **state)
{
    (void)state;
    struct scene *s = scene_with_table(&v2c, 10);

    walk(s, &three);
    assert_range(s, 1, 10);
    s->fake->drop_bulk = UINT32_MAX;
    walk(s, &three);
    assert_range(s, 1, 10);
    assert_true(agent_quirks(s->agent) & QUIRK_NO_BULK);
    s->fake->drop_bulk = 0; /* it works again, and is found out */
    for (unsigned i = 0; agent_quirks(s->agent) & QUIRK_NO_BULK; i++) {
        assert_true(i < 200);
        walk(s, &three);
        assert_range(s, 1, 10);
    }
    scene_free(s);
}

static void two_walks_at_once_both_do_without_bulk(void **state)
{
    (void)state;
    struct scene *s = scene_with_table(&v2c, 10);
    struct ask scalars = {
        .scalars = &(const struct oid)OID_INIT(1, 3, 6, 1, 2, 1, 1, 3, 0),
        .scalar_count = 1};
    struct scene *twin = mem_new(struct scene);

    walk(s, &scalars);
    s->fake->drop_bulk = UINT32_MAX;
    twin->walk = walk_start(s->agent, &three, on_row, on_end, twin);
    walk(s, &three);
    assert_range(s, 1, 10);
    for (unsigned i = 0; i < 1000 && !twin->ended; i++)
        event_base_loop(s->base, EVLOOP_ONCE);
    assert_int_equal(twin->result, 0);
    assert_int_equal(twin->count, 10);
    free(twin);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(loss_is_made_good),
        cmocka_unit_test(silence_stops_the_walk),
        cmocka_unit_test(too_big_means_smaller),
        cmocka_unit_test(short_answers_are_not_the_end),
        cmocka_unit_test(cut_answers_are_asked_for_again_in_small),
        cmocka_unit_test(a_damaged_name_ends_no_column),
        cmocka_unit_test(garbage_alone_ends_the_walk),
        cmocka_unit_test(oids_out_of_order_are_all_read_once),
        cmocka_unit_test(a_loop_ends_with_what_was_read),
        cmocka_unit_test(an_oid_that_stays_ends_the_walk),
        cmocka_unit_test(a_table_without_end_is_stopped),
        cmocka_unit_test(an_agent_without_bulk_is_walked_by_getnext),
        cmocka_unit_test(bulk_that_stops_working_is_done_without),
        cmocka_unit_test(two_walks_at_once_both_do_without_bulk),
        cmocka_unit_test(a_v2c_agent_without_end_of_view_comes_to_an_end),
        cmocka_unit_test(a_column_that_fails_leaves_the_others),
        cmocka_unit_test(a_table_that_fails_tells_why),
        cmocka_unit_test(repetitions_grow_while_it_goes_well),
    };
    return cmocka_run_group_tests_name("walk faults", tests, NULL, NULL);
}
