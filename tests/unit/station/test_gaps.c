/* The record of gaps: who lacks values, since when, why; over restarts too. */
#include "station/gaps.h"
#include "station/store.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum { KEEP_MS = 1000000000, LATEST_MS = 1000000 };

static const char port[] = "core-1/port-ge0.rrd", file[] = "port-ge0.rrd",
                  other[] = "core-1/port-ge1.rrd", cpu[] = "core-1/cpu-1.rrd",
                  echo[] = "core-1/icmp.rrd";

static struct wall at(int64_t ms)
{
    return (struct wall){ms};
}

/* "timeout 100-200, reset 300-": what strikes a path. */
static const char *struck(const struct gaps *g, const char *path,
                          enum series_group group)
{
    static char text[400];
    struct gaps_query query = {.path = path,
                               .group = group,
                               .from = at(0),
                               .to = at(LATEST_MS),
                               .margin_ms = 10};
    struct gap_spans spans = {0};
    size_t len = 0;

    text[0] = '\0';
    gaps_of(g, &query, &spans);
    for (size_t i = 0; i < spans.count; i++)
        len += (size_t)snprintf(text + len, sizeof text - len, "%s%s %lld-%lld",
                                i > 0 ? ", " : "", gap_name(spans.at[i].why),
                                (long long)spans.at[i].from.ms,
                                (long long)spans.at[i].to.ms);
    array_fini(&spans);
    return text;
}

static void a_gap_strikes_its_port_and_a_devices_all_of_it(void **state)
{
    OWNED(gaps_free) struct gaps *g = gaps_new(NULL, KEEP_MS);

    (void)state;
    gaps_open(g, "core-1", file, at(100), GAP_IMPOSSIBLE);
    gaps_close(g, "core-1", file, at(200));
    gaps_open(g, "core-1", "", at(300), GAP_TIMEOUT);
    gaps_close(g, "core-1", "", at(400));
    assert_string_equal(struck(g, port, SERIES_PORT),
                        "impossible 100-200, timeout 300-400");
    assert_string_equal(struck(g, other, SERIES_PORT), "timeout 300-400");
    assert_string_equal(struck(g, cpu, SERIES_CPU), "timeout 300-400");
    assert_string_equal(struck(g, echo, SERIES_ICMP), "");
    assert_string_equal(struck(g, "core-2/port-ge0.rrd", SERIES_PORT), "");
}

static void
what_is_said_of_one_file_strikes_it_whatever_the_reason(void **state)
{
    OWNED(gaps_free) struct gaps *g = gaps_new(NULL, KEEP_MS);

    (void)state;
    gaps_open(g, "core-1", "icmp.rrd", at(100), GAP_TIMEOUT);
    gaps_close(g, "core-1", "icmp.rrd", at(200));
    gaps_open(g, "core-1", "icmp.rrd", at(300), GAP_OVERLOAD);
    assert_string_equal(struck(g, echo, SERIES_ICMP),
                        "timeout 100-200, overload 300-1000000");
    assert_string_equal(struck(g, cpu, SERIES_CPU), "");
    assert_string_equal(struck(g, port, SERIES_PORT), "");
}

static void resets_strike_counters_alone_and_metrics_no_ports(void **state)
{
    OWNED(gaps_free) struct gaps *g = gaps_new(NULL, KEEP_MS);

    (void)state;
    gaps_open(g, "core-1", "", at(100), GAP_RESTART);
    gaps_close(g, "core-1", "", at(200));
    gaps_open(g, "core-1", GAPS_METRICS, at(300), GAP_OVERLOAD);
    gaps_close(g, "core-1", GAPS_METRICS, at(400));
    assert_string_equal(struck(g, port, SERIES_PORT), "reset 100-200");
    assert_string_equal(struck(g, cpu, SERIES_CPU), "overload 300-400");
}

static void a_reason_that_changes_begins_another_gap(void **state)
{
    OWNED(gaps_free) struct gaps *g = gaps_new(NULL, KEEP_MS);

    (void)state;
    gaps_open(g, "core-1", "", at(100), GAP_TIMEOUT);
    gaps_open(g, "core-1", "", at(150), GAP_TIMEOUT);
    gaps_open(g, "core-1", "", at(200), GAP_AUTHENTICATION);
    assert_string_equal(struck(g, port, SERIES_PORT),
                        "timeout 100-200, authentication 200-1000000");
    gaps_close(g, "core-1", "", at(200)); /* it took no time */
    assert_string_equal(struck(g, port, SERIES_PORT), "timeout 100-200");
}

static void gaps_follow_their_series(void **state)
{
    OWNED(gaps_free) struct gaps *g = gaps_new(NULL, KEEP_MS);
    struct gaps_stats stats;

    (void)state;
    gaps_open(g, "core-2", file, at(100), GAP_RENUMBERED);
    gaps_end(g, "core-2", at(200));
    gaps_open(g, "core-1", "", at(50), GAP_TIMEOUT);
    gaps_end(g, "core-1", at(60));
    gaps_move(g, "core-2", "core-1");
    assert_string_equal(struck(g, port, SERIES_PORT),
                        "timeout 50-60, renumbered 100-200");
    assert_string_equal(struck(g, "core-2/port-ge0.rrd", SERIES_PORT), "");
    gaps_forget(g, "core-1");
    gaps_stats(g, &stats);
    assert_int_equal(stats.kept, 0);
}

static void old_gaps_are_forgotten_and_their_number_is_bounded(void **state)
{
    OWNED(gaps_free) struct gaps *g = gaps_new(NULL, 1000);
    struct gaps_stats stats;

    (void)state;
    for (int64_t i = 0; i < GAPS_FOLDER_MAX + 5; i++) {
        gaps_open(g, "core-1", "", at(10 * i + 1), GAP_TIMEOUT);
        gaps_close(g, "core-1", "", at(10 * i + 5));
    }
    gaps_stats(g, &stats);
    assert_int_equal(stats.kept, GAPS_FOLDER_MAX);
    assert_int_equal(stats.dropped, 5);
    gaps_tick(g, at((int64_t)100 * 3600000));
    gaps_stats(g, &stats);
    assert_int_equal(stats.kept, 0);
}

static struct store *open_store(const char *path)
{
    struct store_options options = {.path = path};
    struct store *store = NULL;
    struct complaint why;

    assert_int_equal(store_open(NULL, &options, &store, &why), 0);
    return store;
}

static struct gaps *resume(struct store *store, struct wall now,
                           struct wall *alive)
{
    struct gaps *g = gaps_new(store, KEEP_MS);
    struct complaint why;

    assert_int_equal(gaps_resume(g, now, alive, &why), 0);
    return g;
}

/* Killed at 500, with a gap open since 300; back at 800. */
static void a_restart_ends_what_is_open_and_is_a_gap_itself(void **state)
{
    char path[] = "/tmp/test_gaps.XXXXXX";
    struct wall alive;

    (void)state;
    assert_non_null(mkdtemp(path));
    char db[sizeof path + 16];
    (void)snprintf(db, sizeof db, "%s/state.db", path);
    struct store *store = open_store(db);
    struct gaps *g = resume(store, at(100), &alive);
    assert_int_equal(alive.ms, 0);
    gaps_tick(g, at(60500));
    gaps_open(g, "core-1", "", at(60300), GAP_TIMEOUT);
    gaps_open(g, "core-1", file, at(60100), GAP_IMPOSSIBLE);
    gaps_close(g, "core-1", file, at(60200));
    gaps_free(g);
    store_free(store);

    store = open_store(db);
    g = resume(store, at(60800), &alive);
    assert_int_equal(alive.ms, 60500);
    assert_string_equal(struck(g, port, SERIES_PORT),
                        "impossible 60100-60200, timeout 60300-60500, "
                        "not polled 60490-60810");
    assert_string_equal(struck(g, echo, SERIES_ICMP), "not polled 60490-60810");
    gaps_free(g);
    store_free(store);
    (void)unlink(db);
    (void)rmdir(path);
}

/* Removed at 60300, killed at 60500, back at 60800, found again at 61000. */
static void a_device_that_is_found_again_was_not_polled_meanwhile(void **state)
{
    char path[] = "/tmp/test_gaps.XXXXXX";
    struct gaps_stats stats;
    struct wall alive;

    (void)state;
    assert_non_null(mkdtemp(path));
    char db[sizeof path + 16];
    (void)snprintf(db, sizeof db, "%s/state.db", path);
    struct store *store = open_store(db);
    struct gaps *g = resume(store, at(100), &alive);
    gaps_tick(g, at(60500));
    gaps_open(g, "core-1", "", at(60200), GAP_TIMEOUT);
    gaps_end(g, "core-1", at(60300));
    gaps_leave(g, "core-1", at(60300));
    assert_string_equal(struck(g, port, SERIES_PORT),
                        "timeout 60200-60300, not polled 60290-1000000");
    gaps_free(g);
    store_free(store);

    store = open_store(db);
    g = resume(store, at(60800), &alive);
    gaps_return(g, "core-2", at(60900)); /* it was never there */
    gaps_return(g, "core-1", at(61000));
    gaps_return(g, "core-1", at(62000)); /* it is there */
    assert_string_equal(struck(g, port, SERIES_PORT),
                        "timeout 60200-60300, not polled 60290-61010, "
                        "not polled 60490-60810");
    assert_string_equal(struck(g, echo, SERIES_ICMP),
                        "not polled 60290-61010, not polled 60490-60810");
    gaps_free(g);
    store_free(store);

    store = open_store(db);
    g = resume(store, at(70000), &alive);
    gaps_end(g, "core-1", at(71000));
    assert_non_null(
        strstr(struck(g, cpu, SERIES_CPU), "not polled 60290-61010"));
    gaps_leave(g, "core-1", at(71000));
    gaps_stats(g, &stats);
    assert_int_equal(stats.open, 1);
    gaps_tick(g, at(71000 + KEEP_MS + 1)); /* its files are over */
    gaps_stats(g, &stats);
    assert_int_equal(stats.kept, 0);
    gaps_free(g);
    store_free(store);
    (void)unlink(db);
    (void)rmdir(path);
}

static void what_cannot_be_read_of_an_earlier_run_is_left_out(void **state)
{
    static const char *const rows[] = {
        "",
        "no JSON",
        "[]",
        "{\"folder\": \"core-1\"}",
        "{\"folder\": \"core-1\", \"file\": \"\", \"from\": 1, \"to\": 2, "
        "\"why\": \"bad luck\"}",
        "{\"folder\": \"core-1\", \"file\": 7, \"from\": 1, \"to\": 2, "
        "\"why\": \"timeout\"}",
        "{\"folder\": \"core-1\", \"file\": \"\", \"from\": 60100, \"to\": "
        "60200, \"why\": \"timeout\"}"};
    char path[] = "/tmp/test_gaps.XXXXXX", key[8];
    struct wall alive;

    (void)state;
    assert_non_null(mkdtemp(path));
    char db[sizeof path + 16];
    (void)snprintf(db, sizeof db, "%s/state.db", path);
    struct store *store = open_store(db);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        (void)snprintf(key, sizeof key, "%zu", i);
        store_put(store, "gap", key, rows[i]);
    }
    store_put(store, "meta", "alive", "never");
    store_free(store);
    store = open_store(db);
    OWNED(gaps_free) struct gaps *g = resume(store, at(70000), &alive);
    assert_string_equal(struck(g, port, SERIES_PORT), "timeout 60100-60200");
    store_free(store);
    (void)unlink(db);
    (void)rmdir(path);
}

static void samples_that_were_lost_are_a_gap_of_the_station(void **state)
{
    OWNED(gaps_free) struct gaps *g = gaps_new(NULL, KEEP_MS);

    (void)state;
    gaps_note_lost(g, 0, at(100000));
    gaps_note_lost(g, 0, at(101000));
    assert_string_equal(struck(g, port, SERIES_PORT), "");
    gaps_note_lost(g, 7, at(102000));
    assert_string_equal(struck(g, port, SERIES_PORT), "lost 100990-1000000");
    gaps_note_lost(g, 7, at(103000)); /* others have their turn */
    gaps_note_lost(g, 9, at(140000));
    gaps_note_lost(g, 9, at(199000));
    gaps_note_lost(g, 9, at(200000)); /* a minute without */
    assert_string_equal(struck(g, port, SERIES_PORT), "lost 100990-140010");
    assert_string_equal(struck(g, echo, SERIES_ICMP), "lost 100990-140010");
    gaps_note_lost(g, 10, at(300000));
    assert_string_equal(struck(g, cpu, SERIES_CPU),
                        "lost 100990-140010, lost 199990-1000000");
}

static void every_loss_has_a_word_that_is_read_back(void **state)
{
    (void)state;
    for (int i = GAP_FIRST; i < GAPS; i++) {
        const char *name = gap_name((enum gap)i);

        assert_true(gap_text((enum gap)i)[0] != '\0');
        if (name[0] != '\0')
            assert_string_equal(gap_name(gap_parse(name)), name);
    }
    assert_int_equal(gap_parse("bad luck"), GAP_NONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_gap_strikes_its_port_and_a_devices_all_of_it),
        cmocka_unit_test(
            what_is_said_of_one_file_strikes_it_whatever_the_reason),
        cmocka_unit_test(resets_strike_counters_alone_and_metrics_no_ports),
        cmocka_unit_test(a_reason_that_changes_begins_another_gap),
        cmocka_unit_test(gaps_follow_their_series),
        cmocka_unit_test(old_gaps_are_forgotten_and_their_number_is_bounded),
        cmocka_unit_test(a_restart_ends_what_is_open_and_is_a_gap_itself),
        cmocka_unit_test(a_device_that_is_found_again_was_not_polled_meanwhile),
        cmocka_unit_test(what_cannot_be_read_of_an_earlier_run_is_left_out),
        cmocka_unit_test(samples_that_were_lost_are_a_gap_of_the_station),
        cmocka_unit_test(every_loss_has_a_word_that_is_read_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
