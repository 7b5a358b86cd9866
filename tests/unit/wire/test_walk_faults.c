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

static void assert_where_met(const struct scene *s, uint32_t quirk)
{
    const struct habits *h = agent_habits(s->agent);

    if (quirk == 0)
        return;
    assert_int_equal(h->quirks.count, 1);
    assert_int_equal(h->quirks.at[0].quirk, quirk);
    assert_string_equal(h->quirks.at[0].table, "ifTable");
    assert_true(h->fresh);
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
        walk(s, &three);
        unsigned before = s->fake->too_bigs;
        walk(s, &three); /* learned: goes straight */
        assert_range(s, 1, 60);
        assert_int_equal(s->fake->too_bigs, before);
        if (limits[i] < 1000)
            assert_int_equal(agent_quirks(s->agent), QUIRK_TOO_BIG);
        assert_where_met(s, limits[i] < 1000 ? QUIRK_TOO_BIG : 0);
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

/* Of what is below beginnings, too: values of the answer before are none of
 * this one. */
static void beginnings_left_out_are_asked_again(void **state)
{
    (void)state;
    static const uint32_t second[] = {1, 3, 6, 1, 4, 1, 9, 2},
                          first[] = {1, 3, 6, 1, 4, 1, 9, 1},
                          behind[] = {1, 3, 6, 1, 4, 1, 10};
    static const struct oid begin[] = {{second, COUNT_OF(second)},
                                       {first, COUNT_OF(first)},
                                       {behind, COUNT_OF(behind)}};
    const struct ask ask = {
        .scalars = begin, .scalar_count = COUNT_OF(begin), .below = true};

    for (size_t most = 1; most < COUNT_OF(begin); most++) {
        struct scene *s = scene_new(&v2c);

        fake_serve(s->fake, "1.3.6.1.4.1.9.1.1",
                   (struct value){.type = VALUE_INTEGER, .integer = 5});
        fake_serve(s->fake, "1.3.6.1.4.1.9.2.1",
                   (struct value){.type = VALUE_INTEGER, .integer = 6});
        s->fake->varbinds_max = most;
        walk(s, &ask);
        assert_int_equal(s->result, 0);
        assert_int_equal(s->count, 1);
        assert_int_equal(s->rows[0].values[0], 6);
        assert_int_equal(s->rows[0].values[1], 5);
        assert_int_equal(s->rows[0].values[2], -2);
        assert_int_equal(agent_quirks(s->agent), QUIRK_TRUNCATED);
        scene_free(s);
    }
}

/* A row that one column lacks, at the end of an answer that is cut there: the
 * rows behind it are whole again, but it comes before them. */
static void a_row_with_a_hole_keeps_its_place(void **state)
{
    (void)state;
    enum { ROWS = 30 };
    const struct ask two = ask_for(columns, 2);

    for (unsigned hole = 2; hole < 10; hole++) {
        struct scene *s = scene_new(&v2c);

        serve_range(s, 1, 1, ROWS, 1);
        serve_range(s, 2, 1, hole - 1, 1);
        serve_range(s, 2, hole + 1, ROWS, 1);
        serve_end(s);
        s->fake->varbinds_max = 2 * hole - 1;
        walk(s, &two);
        assert_int_equal(s->result, 0);
        assert_int_equal(s->count, ROWS);
        for (unsigned row = 1; row <= ROWS; row++) {
            assert_int_equal(s->rows[row - 1].values[0], 1000000 + row);
            assert_int_equal(s->rows[row - 1].values[1],
                             row == hole ? -1 : 2000000 + (int64_t)row);
        }
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

/* Nothing of a table without order is handed out before its end. */
static void long_texts_without_order_take_no_more_than_their_room(void **state)
{
    (void)state;
    enum { ROWS = 1200, LEN = 60000, KEPT_MAX = (32 << 20) / LEN + 1 };
    struct scene *s = scene_new(&v2c);
    char *text = mem_array(1, LEN + 1);

    memset(text, 'x', LEN);
    for (unsigned row = ROWS; row > 0; row--) {
        char name[64];

        snprintf(name, sizeof name, "1.3.6.1.2.1.2.2.1.1.%u", row);
        fake_serve(s->fake, name, fake_text(text));
    }
    serve_end(s);
    s->fake->varbinds_max = 1;
    const struct ask one = ask_for(columns, 1);
    walk(s, &one);
    assert_int_equal(s->result, -E2BIG);
    assert_true(s->count > 100);
    assert_true(s->count <= KEPT_MAX);
    assert_true((agent_quirks(s->agent) & QUIRK_ENDLESS) != 0);
    scene_free(s);
    free(text);
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

/* As if a quirk had been met so long ago, for the last time. */
static void met_before(struct scene *s, uint32_t quirk, int64_t minutes)
{
    struct wall then = {wall_now().ms - minutes * 60000};
    struct habits h;
    uint32_t met = agent_quirks(s->agent);

    habits_init(&h);
    for (uint32_t bit = 1; bit != 0; bit <<= 1)
        if ((met & bit) != 0)
            habits_meet(&h, bit, "ifTable", bit == quirk ? then : wall_now());
    h.answer_octets = agent_habits(s->agent)->answer_octets;
    agent_recall(s->agent, &h);
    habits_fini(&h);
}

/* GETBULK for many rows is too much for it, for one it is not. */
static void bulk_is_given_up_at_one_row_only(void **state)
{
    (void)state;
    struct scene *s = scene_with_table(&v2c, 10);

    agent_patience(s->agent, timeout_ms, UINT32_MAX); /* one try */
    s->fake->drop_bulk = 1; /* the first, of ten rows */
    walk(s, &three);
    assert_range(s, 1, 10);
    assert_true(s->fake->repetitions[0] > 1);
    assert_int_equal(s->fake->repetitions[1], 1);
    assert_int_equal(s->fake->nexts, 0);
    assert_int_equal(agent_quirks(s->agent), 0);
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
    s->fake->drop_bulk = 0; /* it works again: found out in an hour */
    met_before(s, QUIRK_NO_BULK, 59);
    walk(s, &three);
    assert_range(s, 1, 10);
    assert_true(agent_quirks(s->agent) & QUIRK_NO_BULK);
    met_before(s, QUIRK_NO_BULK, 61);
    walk(s, &three);
    assert_range(s, 1, 10);
    assert_false(agent_quirks(s->agent) & QUIRK_NO_BULK);
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
    struct ask other = ask_for(columns, 1);
    const struct habits *h = agent_habits(s->agent);

    other.name = "another";
    serve_range(s, 1, 1, 600, 1);
    serve_end(s);
    walk(s, &ask);
    assert_int_equal(s->count, 600);
    assert_int_equal(s->fake->repetitions[0], 10);
    assert_int_equal(s->fake->repetitions[1], 16);
    assert_int_equal(s->fake->repetitions[2], 25);
    assert_true(s->fake->longest <= 1472);
    uint32_t learned = habits_of(h, "ifTable").max_repetitions;
    assert_in_range(learned, 25, 200);
    unsigned before = s->fake->bulks;
    walk(s, &other); /* each table by itself */
    assert_int_equal(s->fake->repetitions[before], 10);
    before = s->fake->bulks;
    walk(s, &ask); /* remembered */
    assert_in_range(s->fake->repetitions[before], 25, learned);
    scene_free(s);
}

/* From one run of the station to the next. */
static void what_was_learned_is_recalled(void **state)
{
    (void)state;
    struct scene *s = scene_new(&v2c), *later = scene_new(&v2c);
    struct ask ask = ask_for(columns, 1);

    serve_range(s, 1, 1, 300, 1);
    serve_end(s);
    s->fake->octets_max = 484;
    walk(s, &ask);
    serve_range(later, 1, 1, 300, 1);
    serve_end(later);
    later->fake->octets_max = 484;
    agent_recall(later->agent, agent_habits(s->agent));
    assert_int_equal(agent_quirks(later->agent), QUIRK_TOO_BIG);
    assert_false(agent_habits(later->agent)->fresh);
    walk(later, &ask);
    assert_int_equal(later->count, 300);
    assert_true(s->fake->too_bigs > 0);
    assert_int_equal(later->fake->too_bigs, 0);
    met_before(later, QUIRK_TOO_BIG, 8 * 24 * 60); /* that was last week */
    later->fake->octets_max = 0;
    walk(later, &ask);
    assert_int_equal(agent_quirks(later->agent), 0);
    assert_int_equal(agent_habits(later->agent)->answer_octets, 1400);
    scene_free(later);
    scene_free(s);
}

static void rules_of_its_kind_hold(void **state)
{
    (void)state;
    struct scene *s = scene_with_table(&v2c, 40);

    agent_instruct(s->agent, &(struct agent_rules){.max_repetitions = 2});
    walk(s, &three);
    assert_range(s, 1, 40);
    for (unsigned i = 0; i < s->fake->bulks && i < 64; i++)
        assert_in_range(s->fake->repetitions[i], 1, 2);
    unsigned bulks = s->fake->bulks;
    agent_instruct(s->agent, &(struct agent_rules){.no_bulk = true});
    walk(s, &three);
    assert_range(s, 1, 40);
    assert_int_equal(s->fake->bulks, bulks);
    scene_free(s);
}

/* Fragments get lost in firewalls; long texts make long answers. */
static void answers_fit_into_one_packet(void **state)
{
    (void)state;
    static const char alias[] = "to the other end of the hall, rack 7, port 12";
    struct scene *s = scene_new(&v2c);

    for (unsigned column = 1; column <= 3; column++)
        for (unsigned row = 1; row <= 60; row++) {
            char name[64];

            snprintf(name, sizeof name, "1.3.6.1.2.1.2.2.1.%u.%u", column, row);
            fake_serve(s->fake, name, fake_text(alias));
        }
    serve_end(s);
    for (unsigned again = 0; again < 2; again++) {
        walk(s, &three);
        assert_int_equal(s->count, 60);
        assert_true(s->fake->longest <= 1472);
    }
    scene_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(loss_is_made_good),
        cmocka_unit_test(silence_stops_the_walk),
        cmocka_unit_test(too_big_means_smaller),
        cmocka_unit_test(short_answers_are_not_the_end),
        cmocka_unit_test(beginnings_left_out_are_asked_again),
        cmocka_unit_test(a_row_with_a_hole_keeps_its_place),
        cmocka_unit_test(cut_answers_are_asked_for_again_in_small),
        cmocka_unit_test(a_damaged_name_ends_no_column),
        cmocka_unit_test(garbage_alone_ends_the_walk),
        cmocka_unit_test(oids_out_of_order_are_all_read_once),
        cmocka_unit_test(a_loop_ends_with_what_was_read),
        cmocka_unit_test(an_oid_that_stays_ends_the_walk),
        cmocka_unit_test(a_table_without_end_is_stopped),
        cmocka_unit_test(long_texts_without_order_take_no_more_than_their_room),
        cmocka_unit_test(an_agent_without_bulk_is_walked_by_getnext),
        cmocka_unit_test(bulk_that_stops_working_is_done_without),
        cmocka_unit_test(two_walks_at_once_both_do_without_bulk),
        cmocka_unit_test(a_v2c_agent_without_end_of_view_comes_to_an_end),
        cmocka_unit_test(a_column_that_fails_leaves_the_others),
        cmocka_unit_test(a_table_that_fails_tells_why),
        cmocka_unit_test(repetitions_grow_while_it_goes_well),
        cmocka_unit_test(answers_fit_into_one_packet),
        cmocka_unit_test(bulk_is_given_up_at_one_row_only),
        cmocka_unit_test(what_was_learned_is_recalled),
        cmocka_unit_test(rules_of_its_kind_hold),
    };
    return cmocka_run_group_tests_name("walk faults", tests, NULL, NULL);
}
