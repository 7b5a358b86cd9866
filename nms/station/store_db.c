#include "station/store_db.h"

#include "base/file.h"
#include "base/log.h"
#include "station/store_aside.h"
#include "station/store_db_parts.h"
#include "station/store_migrate.h"
#include "station/store_salvage.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BUSY_MAX_MS = 2000, SALVAGE_MS = 3600000, SUSPECT_MODE = 0640 };
/* Above that a file is not read as a whole before it is used. */
static const off_t CHECKED_MAX = (off_t)256 << 20;

/* WAL and FULL: a commit is on the disk when it returns, and a power cut never
 * leaves half of one. There are few commits a second. */
static const char SETTINGS[] = "PRAGMA journal_mode = WAL;"
                               "PRAGMA synchronous = FULL;"
                               "PRAGMA journal_size_limit = 67108864;";

static const char *const statements[] = {
    [PUT] = "INSERT INTO object (kind, key, body) VALUES (?1, ?2, ?3) "
            "ON CONFLICT (kind, key) DO UPDATE SET body = excluded.body",
    [DELETE] = "DELETE FROM object WHERE kind = ?1 AND key = ?2",
    [LOAD] = "SELECT key, body FROM object WHERE kind = ?1 ORDER BY key",
    [PAST_ADD] = "INSERT INTO past (id, at_ms, kind, key, body) VALUES (("
                 "SELECT coalesce(max(id), 0) + 1 FROM past), ?1, ?2, ?3, ?4)",
    /* Rows of later moments are left out, which indexes alone tell: to look at
     * the moment of each row takes three times as long. */
    [PAST_AT] = "SELECT at_ms, kind, key, body FROM past WHERE id IN (SELECT "
                "max(id) FROM past WHERE rowid NOT IN (SELECT rowid FROM past "
                "WHERE at_ms > ?1) GROUP BY kind, key) AND body <> ''",
    /* The nodes, and links of which something came between two moments; which
     * are found by these (kind || '': not by kind, there are many links). */
    [PAST_TURNED] =
        "SELECT at_ms, kind, key, body FROM past WHERE id IN (SELECT max(id) "
        "FROM past WHERE kind = 'node' AND at_ms <= ?1 GROUP BY key UNION ALL "
        "SELECT max(id) FROM past WHERE kind = 'link' AND at_ms <= ?1 AND key "
        "IN (SELECT key FROM past WHERE kind || '' = 'link' AND at_ms > ?2 AND "
        "at_ms <= ?3) GROUP BY key) AND body <> ''",
    /* What was replaced, or gone, before a moment. */
    [PAST_TRIM] =
        "DELETE FROM past WHERE at_ms <= ?1 AND (body = '' OR EXISTS (SELECT 1 "
        "FROM past AS later WHERE later.kind = past.kind AND "
        "later.key = past.key AND later.id > past.id AND later.at_ms <= ?1))",
};
_Static_assert(COUNT_OF(statements) == STATEMENTS, "every statement has SQL");

int store_db_run(struct store_db *db, const char *sql)
{
    return sqlite3_exec(db->sql, sql, NULL, NULL, NULL);
}

/* The first column of the first row, as a number; fallback where it is NULL. */
int store_db_number(struct store_db *db, const char *sql, int64_t fallback,
                    int64_t *out)
{
    sqlite3_stmt *found = NULL;
    int rc = sqlite3_prepare_v2(db->sql, sql, -1, &found, NULL);
    OWNED(sqlite3_finalize) sqlite3_stmt *s = found;

    *out = fallback;
    if (rc != SQLITE_OK)
        return rc;
    rc = sqlite3_step(s);
    if (rc == SQLITE_ROW && sqlite3_column_type(s, 0) != SQLITE_NULL)
        *out = sqlite3_column_int64(s, 0);
    return rc == SQLITE_ROW || rc == SQLITE_DONE ? SQLITE_OK : rc;
}

static bool is_damage(int rc)
{
    return (rc & 0xff) == SQLITE_CORRUPT || (rc & 0xff) == SQLITE_NOTADB;
}

/* A file that tells that damage was met: the next start looks at all. */
static void suspect_name(const char *path, struct buffer *out)
{
    buffer_format(out, "%s.suspect", path);
}

static void suspect_file(const char *path)
{
    struct buffer OWNED_BUFFER name = {0};

    suspect_name(path, &name);
    if (access(name.at, F_OK) < 0 &&
        file_write(name.at, (struct bytes){0}, SUSPECT_MODE) < 0)
        log_warning("%s: cannot be made", name.at);
}

static void suspect(struct store_db *db)
{
    suspect_file(sqlite3_db_filename(db->sql, "main"));
}

int store_db_read(struct store_db *db, int rc)
{
    if (rc == SQLITE_OK || rc == SQLITE_DONE || rc == SQLITE_ROW)
        return 0;
    if (is_damage(rc))
        suspect(db);
    return -EIO;
}

static int run_check(struct store_db *db, const char *pragma)
{
    sqlite3_stmt *found = NULL;
    int rc = sqlite3_prepare_v2(db->sql, pragma, -1, &found, NULL);
    OWNED(sqlite3_finalize) sqlite3_stmt *s = found;

    if (rc != SQLITE_OK)
        return rc;
    rc = sqlite3_step(s);
    if (rc != SQLITE_ROW)
        return rc == SQLITE_DONE ? SQLITE_OK : rc;
    const char *verdict = (const char *)sqlite3_column_text(s, 0);
    bool fine = verdict != NULL && strcmp(verdict, "ok") == 0;
    return fine ? SQLITE_OK : SQLITE_CORRUPT;
}

/* Reads the file as a whole where that does not take long, or has to be: then
 * with its indexes, and an end in the middle is no answer. */
static int check_file(struct store_db *db, const char *path)
{
    struct buffer OWNED_BUFFER suspected = {0};
    struct stat about;

    suspect_name(path, &suspected);
    bool asked = access(suspected.at, F_OK) == 0;
    if (stat(path, &about) < 0 || (about.st_size > CHECKED_MAX && !asked))
        return SQLITE_OK;
    int rc = run_check(db, asked ? "PRAGMA integrity_check(1)"
                                 : "PRAGMA quick_check(1)");
    if (rc == SQLITE_OK && asked)
        (void)unlink(suspected.at); /* else it is looked at once more */
    return rc;
}

static int prepare_all(struct store_db *db)
{
    for (size_t i = 0; i < COUNT_OF(statements); i++) {
        int rc = sqlite3_prepare_v3(db->sql, statements[i], -1,
                                    SQLITE_PREPARE_PERSISTENT, &db->prepared[i],
                                    NULL);
        if (rc != SQLITE_OK)
            return rc;
    }
    return SQLITE_OK;
}

/* Opens the file as it is; gives SQLite's result, and what version it has; or
 * -errno and *why. */
static int try_open(const char *path, struct store_db *db, int64_t *version,
                    struct complaint *why)
{
    int rc = sqlite3_open_v2(
        path, &db->sql,
        SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL);

    *version = 0;
    if (rc != SQLITE_OK)
        return rc;
    (void)sqlite3_extended_result_codes(db->sql, 1);
    (void)sqlite3_busy_timeout(db->sql, BUSY_MAX_MS);
    rc = store_db_run(db, SETTINGS);
    if (rc == SQLITE_OK)
        rc = check_file(db, path);
    if (rc == SQLITE_OK)
        rc = store_migrate(db, path, version, why);
    if (rc == SQLITE_OK)
        rc = prepare_all(db);
    if (rc == SQLITE_OK)
        rc = store_db_events_open(db);
    return rc;
}

static void db_close(struct store_db *db)
{
    for (size_t i = 0; i < COUNT_OF(db->prepared); i++)
        (void)sqlite3_finalize(db->prepared[i]); /* repeats an old failure */
    store_db_events_close(db);
    if (db->sql != NULL)
        (void)sqlite3_close(db->sql); /* nothing is left that could refuse */
    *db = (struct store_db){0};
}

void store_db_close(struct store_db *db)
{
    if (db == NULL)
        return;
    db_close(db);
    free(db);
}

static void tell_damage(const char *path, const char *aside,
                        const struct salvage *got, struct buffer *damage)
{
    buffer_format(damage,
                  "the database was damaged and is kept as %s; %" PRIu64
                  " objects, %" PRIu64 " states of the past and %" PRIu64
                  " events were read from it, %" PRIu64
                  " places could not be read%s; restore a backup, or let "
                  "discovery find again what is missing",
                  aside, got->objects, got->past, got->events, got->holes,
                  got->unfinished ? " and not all was looked at" : "");
    log_error("%s: %s", path, damage->at);
}

/* No database of ours takes so long, but one may lead in a circle. */
static bool is_in_time(void *arg)
{
    const struct mono *until = arg;

    return !mono_reached(mono_now(), *until);
}

/* What can be read of a file goes into another one, which then is complete. */
static int salvage(const char *path, const char *into, struct store_db *db,
                   struct salvage *got, struct complaint *why)
{
    struct mono until = mono_after_ms(mono_now(), SALVAGE_MS);
    const struct store_watch watch = {is_in_time, &until};
    int64_t version;
    int rc = try_open(into, db, &version, why);

    if (rc == SQLITE_OK)
        rc = store_salvage(path, db, &watch, got);
    if (rc == SQLITE_OK)
        rc = sqlite3_wal_checkpoint_v2(db->sql, NULL,
                                       SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
    if (rc > 0)
        rc = complain(why, (rc & 0xff) == SQLITE_FULL ? -ENOSPC : -EIO, path,
                      "see that the disk has space for as much again",
                      "the database is damaged, and what can be read of it "
                      "cannot be written beside it: %s",
                      store_db_error(db));
    db_close(db);
    return rc;
}

/* An end in the middle leaves the damaged one, and the next start looks at it
 * as a whole again. */
static int open_anew(const char *path, struct store_db *db, int64_t *version,
                     struct buffer *damage, struct complaint *why)
{
    struct buffer OWNED_BUFFER making = {0};
    struct buffer OWNED_BUFFER aside = {0};
    struct salvage got = {0};

    db_close(db);
    suspect_file(path);
    store_aside_begin(path, &making);
    int rc = salvage(path, making.at, db, &got, why);
    if (rc < 0)
        return rc;
    rc = store_aside_swap(path, &aside);
    if (rc < 0)
        return complain(why, rc, path, "move it away by hand",
                        "the database is damaged and cannot be renamed");
    tell_damage(path, aside.at, &got, damage);
    return try_open(path, db, version, why);
}

/* A program before was ended when what it had read of a damaged one was about
 * to take its name. */
static int resume(const char *path, struct buffer *damage,
                  struct complaint *why)
{
    struct buffer OWNED_BUFFER aside = {0};
    int rc = store_aside_resume(path, &aside);

    if (rc == -ENOENT)
        return 0;
    if (rc < 0)
        return complain(why, rc, path, "move it away by hand",
                        "the database is damaged and cannot be renamed");
    buffer_format(damage,
                  "the database was damaged and is kept as %s; what could be "
                  "read of it was read; restore a backup, or let discovery "
                  "find again what is missing",
                  aside.at);
    log_error("%s: %s", path, damage->at);
    return 0;
}

int store_db_open(const char *path, struct store_db **out,
                  struct buffer *damage, struct complaint *why)
{
    OWNED(store_db_close) struct store_db *db = mem_new(struct store_db);
    int64_t version;
    int rc = resume(path, damage, why);

    *out = NULL;
    if (rc == 0)
        rc = try_open(path, db, &version, why);
    if (is_damage(rc))
        rc = open_anew(path, db, &version, damage, why);
    if (rc < 0)
        return rc;
    if (rc != SQLITE_OK)
        return complain(why, -EIO, path,
                        "check that the directory is there, can be written "
                        "and has space",
                        "cannot open the database: %s", store_db_error(db));
    *out = TAKE(db);
    return 0;
}

const char *store_db_error(const struct store_db *db)
{
    return db->sql != NULL ? sqlite3_errmsg(db->sql) : "no memory";
}

int store_db_begin(struct store_db *db)
{
    if (db->unread)
        db->unread = store_db_events_open(db) != SQLITE_OK;
    if (db->unread)
        return -EIO;
    return store_db_run(db, "BEGIN IMMEDIATE") == SQLITE_OK ? 0 : -EIO;
}

int store_db_commit(struct store_db *db)
{
    return store_db_run(db, "COMMIT") == SQLITE_OK ? 0 : -EIO;
}

void store_db_rollback(struct store_db *db)
{
    if (is_damage(sqlite3_errcode(db->sql)))
        suspect(db);
    if (sqlite3_get_autocommit(db->sql) == 0)
        (void)store_db_run(db,
                           "ROLLBACK"); /* what failed before is what is told */
    /* Partitions of the transaction are not there. */
    db->unread = store_db_events_open(db) != SQLITE_OK;
}

void store_db_bind_text(sqlite3_stmt *s, int at, const char *text)
{
    /* Fails only without memory; then the step fails on NOT NULL. */
    (void)sqlite3_bind_text(s, at, text, -1, SQLITE_STATIC);
}

void store_db_bind_number(sqlite3_stmt *s, int at, int64_t number)
{
    (void)sqlite3_bind_int64(s, at, number); /* cannot fail: at is right */
}

/* Runs a statement that gives no rows. */
int store_db_finish(sqlite3_stmt *s)
{
    int rc = sqlite3_step(s);

    (void)sqlite3_reset(s); /* repeats rc */
    (void)sqlite3_clear_bindings(s);
    return rc == SQLITE_DONE ? 0 : -EIO;
}

int store_db_put(struct store_db *db, const char *kind, const char *key,
                 const char *text)
{
    sqlite3_stmt *s = db->prepared[PUT];

    store_db_bind_text(s, 1, kind);
    store_db_bind_text(s, 2, key);
    store_db_bind_text(s, 3, text);
    return store_db_finish(s);
}

int store_db_delete(struct store_db *db, const char *kind, const char *key)
{
    sqlite3_stmt *s = db->prepared[DELETE];

    store_db_bind_text(s, 1, kind);
    store_db_bind_text(s, 2, key);
    return store_db_finish(s);
}

const char *store_db_text(sqlite3_stmt *s, int at)
{
    const char *text = (const char *)sqlite3_column_text(s, at);

    return text != NULL ? text : "";
}

int store_db_load(struct store_db *db, const char *kind,
                  store_object_fn on_object, void *arg)
{
    sqlite3_stmt *s = db->prepared[LOAD];
    int row, rc = 0;

    store_db_bind_text(s, 1, kind);
    while ((row = sqlite3_step(s)) == SQLITE_ROW && rc >= 0)
        rc = on_object(arg, store_db_text(s, 0), store_db_text(s, 1));
    (void)sqlite3_reset(s); /* repeats row */
    (void)sqlite3_clear_bindings(s);
    return rc < 0 ? rc : store_db_read(db, row);
}

/* ---- the past ---- */

/* As far back as anything is kept: nothing is known of the time before the
 * first row of a topology. */
static int past_begins(struct store_db *db, int64_t *from_ms)
{
    int rc =
        store_db_number(db, "SELECT max(from_ms) FROM past_kept", 0, from_ms);

    if (rc == SQLITE_OK && *from_ms == 0)
        rc = store_db_number(db,
                             "SELECT min(at_ms) FROM past WHERE kind || '' IN "
                             "('node', 'link')", /* by moment, not by kind */
                             0, from_ms);
    return store_db_read(db, rc);
}

int store_db_keep_past(struct store_db *db, const struct past *p)
{
    sqlite3_stmt *s = db->prepared[PAST_ADD];
    int rc = 0;

    for (size_t i = 0; i < p->rows.count && rc == 0; i++) {
        const struct past_row *row = &p->rows.at[i];

        store_db_bind_number(s, 1, row->at.ms);
        store_db_bind_text(s, 2, row->kind);
        store_db_bind_text(s, 3, row->key);
        store_db_bind_text(s, 4, row->text);
        rc = store_db_finish(s);
    }
    return rc;
}

static int read_past(struct store_db *db, sqlite3_stmt *s, struct past *out)
{
    int row;

    while ((row = sqlite3_step(s)) == SQLITE_ROW)
        past_add(out,
                 &(struct past_row){.at = {.ms = sqlite3_column_int64(s, 0)},
                                    .kind = store_db_text(s, 1),
                                    .key = store_db_text(s, 2),
                                    .text = store_db_text(s, 3)});
    (void)sqlite3_reset(s); /* repeats row */
    (void)sqlite3_clear_bindings(s);
    return store_db_read(db, row);
}

int store_db_past_begins(struct store_db *db, struct wall *from)
{
    return past_begins(db, &from->ms);
}

int store_db_past(struct store_db *db, struct wall at, struct past *out)
{
    sqlite3_stmt *s = db->prepared[PAST_AT];

    store_db_bind_number(s, 1, at.ms);
    int rc = read_past(db, s, out);
    past_sort(out);
    return rc == 0 ? past_begins(db, &out->from.ms) : rc;
}

int store_db_past_turned(struct store_db *db, struct wall at,
                         const struct wall between[2], struct past *out)
{
    sqlite3_stmt *s = db->prepared[PAST_TURNED];

    store_db_bind_number(s, 1, at.ms);
    store_db_bind_number(s, 2, between[0].ms);
    store_db_bind_number(s, 3, between[1].ms);
    return read_past(db, s, out);
}

/* The moment since when there are no more rows than max; 0: ever. */
static int crowded_until(struct store_db *db, uint64_t max, int64_t *out)
{
    struct buffer OWNED_BUFFER sql = {0};

    *out = 0;
    if (max == 0)
        return SQLITE_OK;
    buffer_format(&sql,
                  "SELECT at_ms FROM past ORDER BY id DESC LIMIT 1 OFFSET "
                  "%" PRIu64,
                  max);
    return store_db_number(db, sql.at, 0, out);
}

int store_db_trim_past(struct store_db *db, int64_t keep_ms, uint64_t rows_max)
{
    struct buffer OWNED_BUFFER sql = {0};
    sqlite3_stmt *s = db->prepared[PAST_TRIM];
    const struct wall now = store_db_clock(db, wall_now());
    int64_t until_ms = keep_ms > 0 ? now.ms - keep_ms : 0;
    int64_t from_ms, crowded_ms;

    if (crowded_until(db, rows_max, &crowded_ms) != SQLITE_OK ||
        past_begins(db, &from_ms) < 0)
        return -EIO;
    if (crowded_ms > until_ms)
        until_ms = crowded_ms;
    if (until_ms <= from_ms || from_ms == 0)
        return 0;
    store_db_bind_number(s, 1, until_ms);
    if (store_db_finish(s) < 0)
        return -EIO;
    buffer_format(&sql,
                  "DELETE FROM past_kept;"
                  "INSERT INTO past_kept (from_ms) VALUES (%" PRId64 ")",
                  until_ms);
    return store_db_run(db, sql.at) == SQLITE_OK ? 0 : -EIO;
}
