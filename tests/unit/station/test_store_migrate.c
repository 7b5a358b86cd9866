/* A database of every version that there was becomes one of this version,
 * whole; one of a later version is left alone. */
#include "station/store.h"

#include "base/mem.h"
#include "station/store_copy.h"
#include "station/store_migrate.h"
#include "station/store_schema.h"

#include <errno.h>
#include <glob.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include <sqlite3.h>

enum { PATH_LEN = 80, VERSIONS = 4 };

/* What each version that was ever used made, as it was then, with what a
 * station had put into it: written down here, since the program's own steps are
 * what is tested. */
static const char *const schemas[VERSIONS + 1] = {
    [0] = "CREATE TABLE migration (version INTEGER NOT NULL PRIMARY KEY, "
          "applied_ms BIGINT NOT NULL);",
    [1] = "CREATE TABLE object (kind TEXT NOT NULL, key TEXT NOT NULL, "
          "body TEXT NOT NULL, PRIMARY KEY (kind, key));"
          "CREATE TABLE event (id BIGINT NOT NULL PRIMARY KEY, at_ms BIGINT "
          "NOT NULL, last_ms BIGINT NOT NULL, count INTEGER NOT NULL, severity "
          "INTEGER NOT NULL, class TEXT NOT NULL, type TEXT NOT NULL, object "
          "TEXT NOT NULL, source TEXT NOT NULL, text TEXT NOT NULL, body TEXT "
          "NOT NULL);"
          "CREATE INDEX event_at ON event (at_ms);"
          "CREATE INDEX event_object ON event (object, id);"
          "INSERT INTO object VALUES ('device', 'abc', '{\"name\": \"sw1\"}');"
          "INSERT INTO event VALUES (7, 1700000000000, 1700000000000, 2, 3, "
          "'fault', 'device.down', 'sw1', 'station', 'sw1 is down', '{}');"
          "INSERT INTO migration VALUES (1, 1);",
    [2] = "CREATE TABLE past (id BIGINT NOT NULL PRIMARY KEY, at_ms BIGINT NOT "
          "NULL, kind TEXT NOT NULL, key TEXT NOT NULL, body TEXT NOT NULL);"
          "CREATE INDEX past_of ON past (kind, key, id);"
          "CREATE INDEX past_at ON past (at_ms);"
          "CREATE TABLE past_kept (from_ms BIGINT NOT NULL);"
          "INSERT INTO past VALUES (1, 1700000000000, 'link', 'l', '{}');"
          "INSERT INTO migration VALUES (2, 2);",
    [3] = "CREATE TABLE event_part (number BIGINT NOT NULL PRIMARY KEY, "
          "from_ms BIGINT NOT NULL, first_id BIGINT NOT NULL);"
          "ALTER TABLE event RENAME TO event_1;"
          "INSERT INTO event_part VALUES (1, 1700000000000, 7);"
          "INSERT INTO migration VALUES (3, 3);",
    [4] = "CREATE TABLE audit_part (number BIGINT NOT NULL PRIMARY KEY, "
          "from_ms BIGINT NOT NULL, first_id BIGINT NOT NULL);"
          "CREATE TABLE audit_1 (id BIGINT NOT NULL PRIMARY KEY, at_ms BIGINT "
          "NOT NULL, last_ms BIGINT NOT NULL, count INTEGER NOT NULL, severity "
          "INTEGER NOT NULL, class TEXT NOT NULL, type TEXT NOT NULL, object "
          "TEXT NOT NULL, source TEXT NOT NULL, text TEXT NOT NULL, body TEXT "
          "NOT NULL);"
          "CREATE INDEX audit_1_at ON audit_1 (at_ms);"
          "CREATE INDEX audit_1_object ON audit_1 (object, id);"
          "INSERT INTO audit_part VALUES (1, 0, 1);"
          "INSERT INTO migration VALUES (4, 4);",
};

struct place {
    char dir[PATH_LEN], path[PATH_LEN + 16];
};

static int make_place(void **state)
{
    struct place *p = mem_new(struct place);

    snprintf(p->dir, sizeof p->dir, "/tmp/portolan-migrate-XXXXXX");
    if (mkdtemp(p->dir) == NULL)
        return -1;
    snprintf(p->path, sizeof p->path, "%s/state.db", p->dir);
    *state = p;
    return 0;
}

static int remove_place(void **state)
{
    struct place *p = *state;
    struct buffer OWNED_BUFFER command = {0};

    buffer_format(&command, "rm -rf %s", p->dir);
    int rc = system(command.at);
    free(p);
    return rc;
}

static void run_sql(const char *path, const char *sql)
{
    sqlite3 *db = NULL;

    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    int rc = sqlite3_exec(db, sql, NULL, NULL, NULL);
    if (rc != SQLITE_OK)
        print_message("%s: %s\n", path, sqlite3_errmsg(db));
    assert_int_equal(rc, SQLITE_OK);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static void make_version(const struct place *p, int version)
{
    for (int n = 0; n <= version; n++)
        run_sql(p->path, schemas[n]);
}

static int64_t version_of(const char *path)
{
    struct complaint why;
    int64_t version;

    assert_int_equal(store_look(path, &version, &why), 0);
    return version;
}

static int on_device(void *arg, const char *key, const char *text)
{
    int *seen = arg;

    assert_string_equal(key, "abc");
    assert_string_equal(text, "{\"name\": \"sw1\"}");
    ++*seen;
    return 0;
}

/* Opens it as a station does, with all that was in it there. */
static void open_whole(const struct place *p)
{
    const struct store_options options = {.path = p->path};
    struct complaint why = {.what = ""};
    struct store *s = NULL;
    int seen = 0, rc = store_open(NULL, &options, &s, &why);

    if (rc < 0)
        print_message("%s: %s\n", why.place, why.what);
    assert_int_equal(rc, 0);
    assert_int_equal(store_load(s, "device", on_device, &seen, &why), 0);
    assert_int_equal(seen, 1);
    /* Ids go on behind the event that was there. */
    assert_int_equal(store_event(s, &(struct store_event){.log = STORE_EVENTS,
                                                          .at = {1700000000001},
                                                          .class = "fault",
                                                          .type = "device.up",
                                                          .object = "sw1"}),
                     8);
    store_free(s);
}

/* The number that a question has as its answer. */
static int64_t number(const char *path, const char *question)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *s = NULL;

    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, question, -1, &s, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(s), SQLITE_ROW);
    int64_t answer = sqlite3_column_int64(s, 0);
    assert_int_equal(sqlite3_finalize(s), SQLITE_OK);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
    return answer;
}

static void test_from_every_version(void **state)
{
    const struct place *p = *state;

    assert_int_equal(store_schema_version(), VERSIONS); /* add it above */
    for (int version = 1; version <= VERSIONS; version++) {
        char copy[PATH_LEN + 32];

        make_version(p, version);
        open_whole(p);
        assert_int_equal(version_of(p->path), VERSIONS);
        assert_int_equal(number(p->path, "SELECT count(*) FROM event_1"), 2);
        assert_int_equal(
            number(p->path, "SELECT count FROM event_1 WHERE id = 7"), 2);
        assert_int_equal(number(p->path, "SELECT count(*) FROM past"),
                         version >= 2);
        /* As it was it is kept beside it, for the station alone to read. */
        snprintf(copy, sizeof copy, "%s.version-%d", p->path, version);
        if (version < VERSIONS) {
            struct stat about;

            assert_int_equal(version_of(copy), version);
            assert_int_equal(stat(copy, &about), 0);
            assert_int_equal(about.st_mode & 0777, 0600);
            assert_int_equal(unlink(copy), 0);
        }
        assert_int_equal(access(copy, F_OK), -1);
        assert_int_equal(unlink(p->path), 0);
    }
}

static void test_tried_without_a_trace(void **state)
{
    const struct place *p = *state;
    struct complaint why = {.what = ""};
    int64_t version;

    assert_int_equal(store_migrate_try(p->path, p->dir, &version, &why), 0);
    assert_int_equal(version, 0); /* there is none */
    make_version(p, 1);
    assert_int_equal(store_migrate_try(p->path, p->dir, &version, &why), 0);
    assert_int_equal(version, 1);
    assert_int_equal(version_of(p->path), 1);
    /* A step that fails is told, and its number. */
    run_sql(p->path, "CREATE TABLE past (id INTEGER)");
    assert_int_equal(store_migrate_try(p->path, p->dir, &version, &why), -EIO);
    assert_non_null(strstr(why.what, "step 2"));
    assert_non_null(strstr(why.what, "already exists"));
    assert_int_equal(unlink(p->path), 0);
    assert_int_equal(rmdir(p->dir), 0); /* nothing else is there */
    assert_int_equal(mkdir(p->dir, 0700), 0);
}

static void make_many_events(const struct place *p, int count)
{
    struct buffer OWNED_BUFFER sql = {0};

    buffer_format(&sql,
                  "WITH RECURSIVE n (i) AS (SELECT 100 UNION ALL SELECT i + 1 "
                  "FROM n WHERE i < %d) INSERT INTO event SELECT i, i, i, 1, "
                  "1, '', '', '', '', '', '' FROM n;",
                  100 + count);
    run_sql(p->path, sql.at);
}

static size_t count_tries(const char *dir)
{
    struct buffer OWNED_BUFFER pattern = {0};
    glob_t found;

    buffer_format(&pattern, "%s/portolan-try-*", dir);
    size_t count = glob(pattern.at, 0, NULL, &found) == 0 ? found.gl_pathc : 0;
    globfree(&found);
    return count;
}

/* A signal that would end it waits until the copy is gone. */
static void test_an_interrupted_try_leaves_no_copy(void **state)
{
    const struct place *p = *state;
    struct complaint why = {.what = ""};
    sigset_t interrupt, before;
    int64_t version;

    make_version(p, 1);
    make_many_events(p, 50000);
    (void)sigemptyset(&interrupt);
    (void)sigaddset(&interrupt, SIGINT);
    assert_int_equal(sigprocmask(SIG_BLOCK, &interrupt, &before), 0);
    assert_int_equal(raise(SIGINT), 0);
    int rc = store_migrate_try(p->path, p->dir, &version, &why);
    int taken;
    assert_int_equal(sigwait(&interrupt, &taken), 0); /* it still waits */
    assert_int_equal(sigprocmask(SIG_SETMASK, &before, NULL), 0);
    assert_int_equal(rc, -ECANCELED);
    assert_int_equal(count_tries(p->dir), 0);
}

/* What one that was killed left goes; of those that are at it nothing. */
static void test_tries_of_the_dead_are_removed(void **state)
{
    const struct place *p = *state;
    struct buffer OWNED_BUFFER dead = {0}, OWNED_BUFFER living = {0},
                               OWNED_BUFFER copy = {0};
    struct complaint why = {.what = ""};
    int64_t version;
    int status;

    make_version(p, 1);
    pid_t child = fork();
    if (child == 0)
        _exit(0);
    assert_int_equal(waitpid(child, &status, 0), child);
    buffer_format(&dead, "%s/portolan-try-%d-abcdef", p->dir, (int)child);
    buffer_format(&living, "%s/portolan-try-%d-abcdef", p->dir, (int)getpid());
    buffer_format(&copy, "%s/state.db", dead.at);
    assert_int_equal(mkdir(dead.at, 0700), 0);
    assert_int_equal(mkdir(living.at, 0700), 0);
    run_sql(copy.at, schemas[0]);
    assert_int_equal(store_migrate_try(p->path, p->dir, &version, &why), 0);
    assert_int_equal(access(dead.at, F_OK), -1);
    assert_int_equal(access(living.at, F_OK), 0);
}

static void test_what_has_no_room_is_not_tried(void **state)
{
    const struct place *p = *state;
    struct complaint why = {.what = ""};
    int64_t version;

    make_version(p, 1);
    assert_int_equal(truncate(p->path, (off_t)1 << 42), 0); /* a hole */
    assert_int_equal(store_migrate_try(p->path, p->dir, &version, &why),
                     -ENOSPC);
    assert_string_equal(why.place, p->dir);
    assert_non_null(strstr(why.what, "not tried"));
    assert_int_equal(version, 1);
}

static void test_of_a_later_version(void **state)
{
    const struct place *p = *state;
    const struct store_options options = {.path = p->path};
    struct complaint why = {.what = ""};
    struct store *s = NULL;

    make_version(p, VERSIONS);
    run_sql(p->path, "INSERT INTO migration VALUES (99, 99);"
                     "DROP TABLE event_part;" /* it has other tables */
                     "INSERT INTO object VALUES "
                     "('program', 'version', '9.8.7');");
    int64_t version;

    assert_int_equal(store_migrate_try(p->path, p->dir, &version, &why),
                     -ENOTSUP);
    assert_string_equal(why.place, p->path);
    assert_int_equal(store_open(NULL, &options, &s, &why), -ENOTSUP);
    assert_non_null(strstr(why.what, "version 9.8.7 made the database"));
    assert_non_null(strstr(why.what, "of version 99"));
    assert_non_null(strstr(why.remedy, "restore a backup"));
    assert_int_equal(version_of(p->path), 99);
}

/* Ends a process in the middle of its steps, at ever later moments. */
static void test_killed_meanwhile(void **state)
{
    const struct place *p = *state;
    struct complaint why;
    useconds_t wait_us = 500;
    bool finished = false;

    for (int n = 0; n < 8 && !finished; n++, wait_us *= 3) {
        make_version(p, 1);
        make_many_events(p, 20000);
        run_sql(p->path, "DELETE FROM event WHERE id >= 100 AND id % 2 = 0;"
                         "DELETE FROM event WHERE id >= 100;");
        pid_t child = fork();
        if (child == 0) {
            const struct store_options options = {.path = p->path};
            struct store *s = NULL;

            _exit(store_open(NULL, &options, &s, &why) < 0);
        }
        (void)usleep(wait_us); /* where it is killed is what varies */
        (void)kill(child, SIGKILL);
        int status;
        assert_int_equal(waitpid(child, &status, 0), child);
        finished = WIFEXITED(status);
        assert_true(!finished || WEXITSTATUS(status) == 0);
        int64_t version = version_of(p->path);
        assert_true(version >= 1 && version <= VERSIONS);
        open_whole(p); /* goes on where it was */
        assert_int_equal(version_of(p->path), VERSIONS);
        assert_int_equal(store_check(p->path, &why), 0);
        assert_int_equal(unlink(p->path), 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_from_every_version, make_place,
                                        remove_place),
        cmocka_unit_test_setup_teardown(test_tried_without_a_trace, make_place,
                                        remove_place),
        cmocka_unit_test_setup_teardown(test_an_interrupted_try_leaves_no_copy,
                                        make_place, remove_place),
        cmocka_unit_test_setup_teardown(test_tries_of_the_dead_are_removed,
                                        make_place, remove_place),
        cmocka_unit_test_setup_teardown(test_what_has_no_room_is_not_tried,
                                        make_place, remove_place),
        cmocka_unit_test_setup_teardown(test_of_a_later_version, make_place,
                                        remove_place),
        cmocka_unit_test_setup_teardown(test_killed_meanwhile, make_place,
                                        remove_place),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
