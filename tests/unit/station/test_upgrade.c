/* What the first start of a version would change is told beforehand, and
 * nothing is changed by telling it. */
#include "station/upgrade.h"

#include "base/file.h"
#include "graphs/described.h"
#include "station/config.h"
#include "station/store.h"
#include "station/store_schema.h"
#include "tests/scratch.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include <sqlite3.h>

enum { DIR_LEN = 48 };

struct scene {
    char dir[DIR_LEN], state[DIR_LEN + 32];
    struct config *config;
};

static int set_up(void **state)
{
    struct scene *s = mem_new(struct scene);
    struct buffer OWNED_BUFFER text = {0};
    struct complaint why;

    (void)snprintf(s->dir, sizeof s->dir, "/tmp/test_upgrade.XXXXXX");
    if (mkdtemp(s->dir) == NULL)
        return -1;
    (void)snprintf(s->state, sizeof s->state, "%s/data/state.db", s->dir);
    buffer_format(&text,
                  "station: {data: %s/data}\n"
                  "profiles: {directories: [%s/profiles, %s/none]}\n"
                  "credentials: [{name: a, version: 2c, community: public}]\n"
                  "discovery: {seeds: [192.0.2.1]}\n",
                  s->dir, s->dir, s->dir);
    if (config_parse("p.yaml", text.at, text.len, &s->config, &why) < 0)
        return -1;
    *state = s;
    return 0;
}

static int tear_down(void **state)
{
    struct scene *s = *state;

    config_free(s->config);
    int rc = scratch_remove(s->dir) ? 0 : -1;
    free(s);
    return rc;
}

static void put(struct scene *s, const char *below, const char *text)
{
    assert_true(scratch_put(s->dir, below, text));
}

/* Is that among what is told? starts: it would. */
static void tells(struct scene *s, bool starts, const char *words)
{
    struct buffer OWNED_BUFFER text = {0};

    if (upgrade_tell(s->config, &text) != starts ||
        strstr(text.at, words) == NULL)
        fail_msg("not \"%s\": %s", words, text.at);
}

static void run_sql(const struct scene *s, const char *sql)
{
    sqlite3 *db = NULL;

    assert_int_equal(sqlite3_open(s->state, &db), SQLITE_OK);
    int rc = sqlite3_exec(db, sql, NULL, NULL, NULL);
    if (rc != SQLITE_OK)
        fail_msg("%s: %s", sql, sqlite3_errmsg(db));
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static void make_state(struct scene *s)
{
    const struct store_options options = {.path = s->state};
    struct complaint why;
    struct store *store;

    put(s, "data/placeholder", "");
    assert_int_equal(store_open(NULL, &options, &store, &why), 0);
    store_free(store);
}

static int64_t version_of(const struct scene *s)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *q = NULL;

    assert_int_equal(sqlite3_open(s->state, &db), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db,
                                        "SELECT max(version) FROM migration",
                                        -1, &q, NULL),
                     SQLITE_OK);
    assert_int_equal(sqlite3_step(q), SQLITE_ROW);
    int64_t version = sqlite3_column_int64(q, 0);
    (void)sqlite3_finalize(q);
    (void)sqlite3_close(db);
    return version;
}

static void before_the_first_start_there_is_nothing(void **state)
{
    struct scene *s = *state;

    tells(s, true, "there is no data yet");
    put(s, "data/placeholder", "");
    tells(s, true, "state: there is none yet");
    tells(s, true, "series: there are none yet");
    tells(s, true, "profiles: none were read yet");
}

static void a_database_of_this_version_stays(void **state)
{
    struct scene *s = *state;

    make_state(s);
    tells(s, true, ", as it is");
}

static void the_steps_of_an_older_one_are_tried_on_a_copy(void **state)
{
    struct scene *s = *state;
    int last = store_schema_version();
    char words[64];

    put(s, "data/placeholder", "");
    run_sql(s, "CREATE TABLE migration (version INTEGER NOT NULL PRIMARY KEY, "
               "applied_ms BIGINT NOT NULL);");
    for (int i = 0; i + 1 < last; i++) {
        (void)snprintf(words, sizeof words,
                       "INSERT INTO migration VALUES (%d, 1)", i + 1);
        run_sql(s, store_schema_steps[i]);
        run_sql(s, words);
    }
    (void)snprintf(words, sizeof words, "version %d becomes %d, in 1 step;",
                   last - 1, last);
    tells(s, true, words);
    tells(s, true, "it is kept in");
    assert_int_equal(version_of(s), last - 1);
}

static void one_of_a_later_program_would_not_start(void **state)
{
    struct scene *s = *state;

    make_state(s);
    run_sql(s, "INSERT INTO migration VALUES (99, 1)");
    tells(s, false, "99");
    assert_int_equal(version_of(s), 99);
}

static void what_is_no_database_is_told(void **state)
{
    struct scene *s = *state;
    struct buffer OWNED_BUFFER text = {0};
    struct buffer OWNED_BUFFER after = {0};

    put(s, "data/state.db", "this is no database, however long it may be");
    (void)upgrade_tell(s->config, &text);
    assert_non_null(strstr(text.at, "state: "));
    assert_null(strstr(text.at, "as it is"));
    assert_int_equal(file_read(s->state, 1000, &after), 0);
    assert_string_equal(after.at,
                        "this is no database, however long it may be");
}

static void files_that_are_laid_out_anew_are_foretold(void **state)
{
    struct scene *s = *state;
    struct layout layout =
        layout_make(s->config->polling.every_ms, s->config->series.keep.at,
                    s->config->series.keep.count);
    struct buffer OWNED_BUFFER note = {0};

    layout_note(&layout, &note);
    put(s, "data/rrd.layout", note.at);
    tells(s, true, "series: files are as they should be");
    s->config->polling.every_ms *= 2;
    tells(s, true, "series: files are laid out anew");
}

static void profiles_that_changed_are_named(void **state)
{
    struct scene *s = *state;
    struct buffer OWNED_BUFFER path = {0};
    struct timespec read_at[2] = {{.tv_sec = time(NULL) + 3600},
                                  {.tv_sec = time(NULL) + 3600}};

    put(s, "profiles/acme.yaml", "profile: acme");
    put(s, "profiles/readme", "not one");
    put(s, "data/profiles.cache", "x");
    buffer_format(&path, "%s/data/profiles.cache", s->dir);
    assert_int_equal(utimensat(AT_FDCWD, path.at, read_at, 0), 0);
    tells(s, true, "profiles: as they were");
    read_at[0].tv_sec = read_at[1].tv_sec = time(NULL) - 3600;
    assert_int_equal(utimensat(AT_FDCWD, path.at, read_at, 0), 0);
    tells(s, true, "profiles: 1 files changed since they were read: acme.yaml");
}

int main(void)
{
#define IN_A_FOLDER(test) \
    cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        IN_A_FOLDER(before_the_first_start_there_is_nothing),
        IN_A_FOLDER(a_database_of_this_version_stays),
        IN_A_FOLDER(the_steps_of_an_older_one_are_tried_on_a_copy),
        IN_A_FOLDER(one_of_a_later_program_would_not_start),
        IN_A_FOLDER(what_is_no_database_is_told),
        IN_A_FOLDER(files_that_are_laid_out_anew_are_foretold),
        IN_A_FOLDER(profiles_that_changed_are_named),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
