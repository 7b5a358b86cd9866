/* Events are kept by partitions: found over all of them, gone as a whole. */
#include "station/store_db.h"

#include "base/file.h"
#include "station/store_copy.h"
#include "station/store_salvage.h"
#include "station/store_schema.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include <sqlite3.h>

#define DAY_MS (INT64_C(24) * 3600 * 1000)

enum { PATH_LEN = 64, DAYS = 30, DAY_S = 86400 };

static const struct store_keep keep = {.events_ms = 24 * DAY_MS,
                                       .events_max = 1000};

struct place {
    char dir[PATH_LEN], path[PATH_LEN + 16];
    struct store_db *db;
};

static void open_db(struct place *p)
{
    struct complaint why;
    struct buffer OWNED_BUFFER damage = {0};

    assert_int_equal(store_db_open(p->path, &p->db, &damage, &why), 0);
    assert_int_equal(damage.len, 0);
}

static int make_place(void **state)
{
    struct place *p = mem_new(struct place);

    snprintf(p->dir, sizeof p->dir, "/tmp/portolan-events-XXXXXX");
    if (mkdtemp(p->dir) == NULL)
        return -1;
    snprintf(p->path, sizeof p->path, "%s/state.db", p->dir);
    *state = p;
    return 0;
}

static int drop_place(void **state)
{
    struct place *p = *state;
    char command[PATH_LEN + 16];

    store_db_close(p->db);
    snprintf(command, sizeof command, "rm -r %s", p->dir);
    free(p);
    return system(command);
}

static void run(const struct place *p, const char *words)
{
    sqlite3 *sql;

    assert_int_equal(sqlite3_open(p->path, &sql), SQLITE_OK);
    assert_int_equal(sqlite3_exec(sql, words, NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_close(sql), SQLITE_OK);
}

/* Opened again, as of a station that was at work until then. */
static void open_later(struct place *p, int day)
{
    struct buffer OWNED_BUFFER words = {0};

    store_db_close(p->db);
    buffer_format(&words,
                  "INSERT OR REPLACE INTO object (kind, key, body) VALUES "
                  "('clock', 'believed', '%lld')",
                  (long long)day * DAY_MS);
    run(p, words.at);
    open_db(p);
}

/* One a day, called by its day, from the first on; ids from 1. */
static void fill(struct place *p)
{
    assert_int_equal(store_db_trim(p->db, (struct wall){DAY_MS}, &keep), 0);
    for (int day = 1; day <= DAYS; day++) {
        char text[16];
        struct store_event e = {.id = (uint64_t)day,
                                .at = {day * DAY_MS},
                                .last = {day * DAY_MS},
                                .count = 1,
                                .class = "fault",
                                .type = "port.down",
                                .object = day % 2 == 0 ? "sw1:Gi0/1" : "sw10",
                                .source = "polling",
                                .values = "",
                                .text = text};

        snprintf(text, sizeof text, "day %d", day);
        assert_int_equal(store_db_event(p->db, &e), 0);
    }
}

static void assert_found(struct place *p, const struct store_query *q,
                         const char *want)
{
    OWNED(arena_free) struct arena *arena = arena_new();
    struct store_found found = {0};
    struct buffer OWNED_BUFFER texts = {0};

    buffer_text(&texts, "");
    assert_int_equal(store_db_query(p->db, q, arena, &found), 0);
    for (size_t i = 0; i < found.count; i++)
        buffer_format(&texts, "%s%s", i > 0 ? ", " : "", found.at[i].text);
    assert_string_equal(texts.at, want);
    array_fini(&found);
}

static void a_search_goes_over_all_of_them(void **state)
{
    struct place *p = *state;

    open_db(p);
    fill(p);
    static const struct {
        const char *name;
        struct store_query query;
        const char *want;
    } cases[] = {
        {"the newest", {.limit = 3}, "day 30, day 29, day 28"},
        {"the next page",
         {.limit = 3, .before_id = 28},
         "day 27, day 26, day 25"},
        {"the first", {.limit = 3, .before_id = 4}, "day 3, day 2, day 1"},
        {"oldest first behind one",
         {.limit = 3, .after_id = 12},
         "day 13, day 14, day 15"},
        {"of some days",
         {.from = {10 * DAY_MS}, .to = {12 * DAY_MS}},
         "day 12, day 11, day 10"},
        {"of a device with its ports",
         {.object = "sw1", .limit = 2},
         "day 30, day 28"},
        {"of no other device", {.object = "sw"}, ""},
        {"by text", {.text = "day 7"}, "day 7"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        print_message("%s\n", cases[i].name);
        assert_found(p, &cases[i].query, cases[i].want);
    }
}

/* The root of an index is overwritten: no row is. */
static void damage(struct place *p)
{
    enum { PAGE = 4096 };
    char octets[PAGE];
    sqlite3 *sql;
    sqlite3_stmt *found;

    assert_int_equal(sqlite3_open(p->path, &sql), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(sql,
                                        "SELECT rootpage FROM sqlite_master "
                                        "WHERE name = 'past_of'",
                                        -1, &found, NULL),
                     SQLITE_OK);
    assert_int_equal(sqlite3_step(found), SQLITE_ROW);
    off_t at = (off_t)(sqlite3_column_int(found, 0) - 1) * PAGE;
    (void)sqlite3_finalize(found);
    assert_int_equal(sqlite3_close(sql), SQLITE_OK);
    memset(octets, 0xa5, sizeof octets);
    int fd = open(p->path, O_WRONLY | O_CLOEXEC);
    assert_true(fd >= 0);
    assert_int_equal(pwrite(fd, octets, PAGE, at), PAGE);
    close(fd);
}

static void of_a_damaged_file_they_are_found_and_age_as_before(void **state)
{
    static const struct store_query oldest = {.after_id = 1, .limit = 1};
    struct place *p = *state;
    struct wall now = {DAYS * DAY_MS};
    struct store_event next = {.id = DAYS + 1,
                               .at = {now.ms + 1},
                               .class = "fault",
                               .type = "x",
                               .object = "o",
                               .source = "s",
                               .text = "the next",
                               .values = ""};
    struct buffer OWNED_BUFFER words = {0};
    struct complaint why;

    open_db(p);
    fill(p);
    open_later(p, DAYS); /* looks at what is too old again */
    assert_int_equal(store_db_trim(p->db, now, &keep), 0);
    assert_found(p, &oldest, "day 5"); /* the first partitions are gone */
    store_db_close(p->db);
    damage(p);
    assert_int_equal(store_db_open(p->path, &p->db, &words, &why), 0);
    assert_true(words.len > 0);
    assert_int_equal(store_db_event(p->db, &next), 0);
    assert_found(p, &(struct store_query){.limit = 2}, "the next, day 30");
    assert_found(p, &(struct store_query){.limit = 2, .before_id = DAYS},
                 "day 29, day 28");
    assert_found(
        p, &(struct store_query){.from = {10 * DAY_MS}, .to = {12 * DAY_MS}},
        "day 12, day 11, day 10");
    assert_found(p, &oldest, "day 5");
    now.ms += 10 * DAY_MS;
    open_later(p, DAYS + 10);
    assert_int_equal(store_db_trim(p->db, now, &keep), 0);
    assert_found(p, &oldest, "day 15");
}

static bool goes_on(void *arg)
{
    int *left = arg;

    return (*left)-- > 0;
}

/* Where there is no time for all of a damaged file. */
static void the_newest_are_read_first(void **state)
{
    int left = DAYS;
    const struct store_watch watch = {goes_on, &left};
    struct buffer OWNED_BUFFER words = {0};
    struct place *p = *state, other = *p;
    struct salvage got;
    struct complaint why;

    open_db(p);
    fill(p);
    store_db_close(p->db);
    snprintf(other.path, sizeof other.path, "%s/other.db", p->dir);
    assert_int_equal(store_db_open(other.path, &p->db, &words, &why), 0);
    assert_int_equal(store_salvage(p->path, p->db, &watch, &got), SQLITE_OK);
    assert_true(got.unfinished && got.events > 0 && got.events < DAYS);
    store_db_close(p->db);
    assert_int_equal(store_db_open(other.path, &p->db, &words, &why), 0);
    assert_found(p, &(struct store_query){.limit = 2}, "day 30, day 29");
}

static void what_is_too_old_goes_as_a_whole(void **state)
{
    static const struct store_query oldest = {.after_id = 1, .limit = 1};
    struct place *p = *state;
    struct wall now = {DAYS * DAY_MS};
    uint64_t last[STORE_LOGS];

    open_db(p);
    fill(p);
    open_later(p, DAYS);
    assert_int_equal(store_db_trim(p->db, now, &keep), 0);
    /* 24 days are kept, and what shares a partition of two with the oldest. */
    assert_found(p, &oldest, "day 5");
    assert_int_equal(store_db_last_events(p->db, last), 0);
    assert_int_equal(last[STORE_EVENTS], DAYS);

    /* It happens again, wherever it lies. */
    struct store_event again = {.id = 6, .last = now, .count = 9};
    assert_int_equal(store_db_again(p->db, &again), 0);
}

static void the_oldest_go_where_there_are_too_many(void **state)
{
    static const struct store_query oldest = {.after_id = 1, .limit = 1};
    static const struct store_keep few = {.events_ms = 24 * DAY_MS,
                                          .events_max = 10};
    struct place *p = *state;

    open_db(p);
    fill(p);
    store_db_close(p->db);
    open_db(p);
    assert_int_equal(store_db_trim(p->db, (struct wall){DAY_MS}, &few), 0);
    assert_found(p, &oldest, "day 21");
}

static void add(struct place *p, uint64_t id, int64_t at_ms, const char *text)
{
    const struct store_event e = {.id = id,
                                  .at = {at_ms},
                                  .last = {at_ms},
                                  .count = 1,
                                  .class = "fault",
                                  .type = "t",
                                  .object = "o",
                                  .source = "s",
                                  .text = text,
                                  .values = ""};

    assert_int_equal(store_db_event(p->db, &e), 0);
}

static void a_storm_of_one_moment_keeps_within_the_limit(void **state)
{
    enum { MAX = 120, STORM = 1000 };
    static const struct store_query all = {.limit = STORM};
    static const struct store_keep few = {.events_ms = 24 * DAY_MS,
                                          .events_max = MAX};
    OWNED(arena_free) struct arena *arena = arena_new();
    struct store_found found = {0};
    struct place *p = *state;

    open_db(p);
    assert_int_equal(store_db_trim(p->db, (struct wall){DAY_MS}, &few), 0);
    for (uint64_t id = 1; id <= STORM; id++)
        add(p, id, DAY_MS, "flapping");
    open_later(p, 1);
    assert_int_equal(store_db_trim(p->db, (struct wall){DAY_MS}, &few), 0);
    assert_int_equal(store_db_query(p->db, &all, arena, &found), 0);
    assert_true(found.count <= MAX);
    assert_true(found.count >= MAX - MAX / 10);
    assert_int_equal(found.at[0].id, STORM);
    array_fini(&found);
}

static void a_clock_ahead_for_a_moment_drops_nothing(void **state)
{
    enum { YEARS = 730 };
    static const struct store_query oldest = {.after_id = 1, .limit = 1};
    static const struct wall ahead = {(DAYS + YEARS) * DAY_MS};
    struct place *p = *state;

    open_db(p);
    fill(p);
    for (int start = 0; start < 2; start++) { /* also where it starts so */
        open_later(p, DAYS);
        if (start == 0)
            assert_int_equal(
                store_db_trim(p->db, (struct wall){DAYS * DAY_MS}, &keep), 0);
        assert_int_equal(store_db_trim(p->db, ahead, &keep), 0);
        assert_found(p, &oldest, "day 5");
    }
}

/* Time parts and ends them as before. */
static void after_a_clock_that_was_ahead_events_age_on(void **state)
{
    enum { YEARS = 730 };
    static const struct store_query oldest = {.after_id = 1, .limit = 1};
    struct place *p = *state;

    open_db(p);
    fill(p);
    add(p, DAYS + 1, (DAYS + YEARS) * DAY_MS, "ahead");
    open_later(p, DAYS);
    assert_int_equal(store_db_trim(p->db, (struct wall){DAYS * DAY_MS}, &keep),
                     0);
    for (int day = DAYS + 1; day <= 2 * DAYS; day++)
        add(p, (uint64_t)day + 1, day * DAY_MS, "back");
    assert_found(p,
                 &(struct store_query){.from = {(DAYS + 1) * DAY_MS},
                                       .to = {(DAYS + 1) * DAY_MS}},
                 "back");
    open_later(p, 2 * DAYS);
    assert_int_equal(
        store_db_trim(p->db, (struct wall){2 * DAYS * DAY_MS}, &keep), 0);
    assert_found(p, &oldest, "back");
}

/* As when the device is forgotten that alone told something of late. */
static void an_empty_partition_takes_no_other_with_it(void **state)
{
    static const struct store_query oldest = {.after_id = 1, .limit = 1};
    struct place *p = *state;
    struct wall now = {DAYS * DAY_MS};
    uint64_t last[STORE_LOGS];

    open_db(p);
    fill(p);
    store_db_close(p->db);
    run(p, "DELETE FROM event_15");
    open_db(p);
    open_later(p, DAYS);
    assert_int_equal(store_db_trim(p->db, now, &keep), 0);
    assert_found(p, &oldest, "day 5");
    assert_found(p, &(struct store_query){.limit = 1}, "day 28");
    assert_int_equal(store_db_last_events(p->db, last), 0);
    assert_int_equal(last[STORE_EVENTS], DAYS - 2);
    assert_int_equal(last[STORE_AUDIT], 0);
}

/* Two a day, every other one a notification. */
static void fill_received(struct place *p)
{
    for (int i = 1; i <= 2 * DAYS; i++) {
        struct store_event e = {.id = (uint64_t)i,
                                .at = {(i + 1) / 2 * DAY_MS},
                                .count = 1,
                                .class = "fault",
                                .type = i % 2 == 0 ? "notification.linkDown"
                                                   : "port.down",
                                .object = "o",
                                .source = "s",
                                .text = "",
                                .values = ""};

        assert_int_equal(store_db_event(p->db, &e), 0);
    }
}

static size_t count_of(struct place *p, const char *type)
{
    OWNED(arena_free) struct arena *arena = arena_new();
    struct store_query query = {.type = type, .limit = 1000};
    struct store_found found = {0};

    assert_int_equal(store_db_query(p->db, &query, arena, &found), 0);
    size_t count = found.count;
    array_fini(&found);
    return count;
}

static void notifications_may_go_before_other_events(void **state)
{
    static const struct store_keep longer = {.events_ms = 60 * DAY_MS,
                                             .events_max = 1000,
                                             .notifications_ms = 90 * DAY_MS};
    static const struct store_keep shorter = {.events_ms = 60 * DAY_MS,
                                              .events_max = 1000,
                                              .notifications_ms = 10 * DAY_MS};
    struct place *p = *state;
    struct wall now = {DAYS * DAY_MS};

    open_db(p);
    assert_int_equal(store_db_trim(p->db, (struct wall){DAY_MS}, &longer), 0);
    fill_received(p);
    assert_int_equal(store_db_thin(p->db, now, &longer), 0);
    assert_int_equal(count_of(p, "notification.*"), DAYS);
    for (int i = 0; i < DAYS; i++) { /* a partition a turn; each start is one */
        store_db_close(p->db);
        open_db(p);
        assert_int_equal(store_db_thin(p->db, now, &shorter), 0);
    }
    assert_int_equal(count_of(p, "port.down"), DAYS);
    assert_true(count_of(p, "notification.*") < DAYS);
}

static void make_copy(const struct place *p, const char *version, int age_days)
{
    struct buffer OWNED_BUFFER path = {0};
    struct timespec times[2] = {{.tv_sec = time(NULL) - age_days * DAY_S},
                                {.tv_sec = time(NULL) - age_days * DAY_S}};

    buffer_format(&path, "%s.version-%s", p->path, version);
    assert_int_equal(file_write(path.at, bytes_of_text("x"), 0600), 0);
    assert_int_equal(utimensat(AT_FDCWD, path.at, times, 0), 0);
}

static bool has_copy(const struct place *p, const char *version)
{
    struct buffer OWNED_BUFFER path = {0};

    buffer_format(&path, "%s.version-%s", p->path, version);
    return access(path.at, F_OK) == 0;
}

static void copies_of_earlier_versions_go_after_a_month(void **state)
{
    struct place *p = *state;

    open_db(p);
    make_copy(p, "1", STORE_COPIES_DAYS + 1);
    make_copy(p, "2", STORE_COPIES_DAYS - 1);
    make_copy(p, "not-ours", STORE_COPIES_DAYS + 1);
    assert_int_equal(store_db_trim(p->db, wall_now(), &keep), 0);
    assert_false(has_copy(p, "1"));
    assert_true(has_copy(p, "2"));
    assert_true(has_copy(p, "not-ours"));
}

static void a_failed_transaction_leaves_no_partition(void **state)
{
    struct place *p = *state;
    struct store_event e = {.id = DAYS + 1,
                            .at = {100 * DAY_MS},
                            .last = {100 * DAY_MS},
                            .count = 1,
                            .class = "fault",
                            .type = "t",
                            .object = "o",
                            .source = "s",
                            .text = "later",
                            .values = ""};

    open_db(p);
    fill(p);
    assert_int_equal(store_db_begin(p->db), 0);
    assert_int_equal(store_db_event(p->db, &e), 0);
    store_db_rollback(p->db);
    assert_found(p, &(struct store_query){.limit = 1}, "day 30");
    assert_int_equal(store_db_event(p->db, &e), 0);
    assert_found(p, &(struct store_query){.limit = 2}, "later, day 30");
}

/* As of a disk that is away for a moment. */
static void nothing_is_written_until_partitions_can_be_read(void **state)
{
    static const struct store_query newest = {.limit = 1};
    struct place *p = *state;

    open_db(p);
    fill(p);
    run(p, "ALTER TABLE event_part RENAME TO away");
    store_db_rollback(p->db);
    assert_int_equal(store_db_begin(p->db), -EIO);
    store_db_rollback(p->db);
    assert_found(p, &newest, "day 30");
    run(p, "ALTER TABLE away RENAME TO event_part");
    assert_int_equal(store_db_begin(p->db), 0);
    assert_int_equal(store_db_trim(p->db, (struct wall){DAY_MS}, &keep), 0);
    assert_int_equal(store_db_commit(p->db), 0);
    assert_found(p, &newest, "day 30");
}

/* The database of an earlier version, with its one table. */
static void what_was_there_is_kept(void **state)
{
    struct place *p = *state;
    sqlite3 *sql;

    assert_int_equal(sqlite3_open(p->path, &sql), SQLITE_OK);
    assert_int_equal(
        sqlite3_exec(sql,
                     "CREATE TABLE migration (version INTEGER NOT NULL PRIMARY "
                     "KEY, applied_ms BIGINT NOT NULL);"
                     "INSERT INTO migration VALUES (1, 0), (2, 0)",
                     NULL, NULL, NULL),
        SQLITE_OK);
    for (int i = 0; i < 2; i++)
        assert_int_equal(
            sqlite3_exec(sql, store_schema_steps[i], NULL, NULL, NULL),
            SQLITE_OK);
    assert_int_equal(sqlite3_exec(sql,
                                  "INSERT INTO event VALUES (7, 5, 5, 1, 3, "
                                  "'fault', 't', 'o', 's', 'before', '')",
                                  NULL, NULL, NULL),
                     SQLITE_OK);
    assert_int_equal(sqlite3_close(sql), SQLITE_OK);

    uint64_t last[STORE_LOGS];
    open_db(p);
    assert_int_equal(store_db_last_events(p->db, last), 0);
    assert_int_equal(last[STORE_EVENTS], 7);
    assert_found(p, &(struct store_query){.limit = 5}, "before");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_search_goes_over_all_of_them,
                                        make_place, drop_place),
        cmocka_unit_test_setup_teardown(
            of_a_damaged_file_they_are_found_and_age_as_before, make_place,
            drop_place),
        cmocka_unit_test_setup_teardown(the_newest_are_read_first, make_place,
                                        drop_place),
        cmocka_unit_test_setup_teardown(what_is_too_old_goes_as_a_whole,
                                        make_place, drop_place),
        cmocka_unit_test_setup_teardown(the_oldest_go_where_there_are_too_many,
                                        make_place, drop_place),
        cmocka_unit_test_setup_teardown(
            a_storm_of_one_moment_keeps_within_the_limit, make_place,
            drop_place),
        cmocka_unit_test_setup_teardown(
            a_clock_ahead_for_a_moment_drops_nothing, make_place, drop_place),
        cmocka_unit_test_setup_teardown(
            after_a_clock_that_was_ahead_events_age_on, make_place, drop_place),
        cmocka_unit_test_setup_teardown(
            an_empty_partition_takes_no_other_with_it, make_place, drop_place),
        cmocka_unit_test_setup_teardown(
            notifications_may_go_before_other_events, make_place, drop_place),
        cmocka_unit_test_setup_teardown(
            copies_of_earlier_versions_go_after_a_month, make_place,
            drop_place),
        cmocka_unit_test_setup_teardown(
            a_failed_transaction_leaves_no_partition, make_place, drop_place),
        cmocka_unit_test_setup_teardown(
            nothing_is_written_until_partitions_can_be_read, make_place,
            drop_place),
        cmocka_unit_test_setup_teardown(what_was_there_is_kept, make_place,
                                        drop_place),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
