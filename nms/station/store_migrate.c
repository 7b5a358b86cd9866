#include "station/store_migrate.h"

#include "base/log.h"
#include "station/store_copy.h"
#include "station/store_schema.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { PROGRESS_STEPS = 100000 };

/* Which program used it last: told where a later one made what this one does
 * not know. */
static const char note_sql[] =
    "INSERT INTO object (kind, key, body) "
    "VALUES ('program', 'version', '" PORTOLAN_VERSION "') "
    "ON CONFLICT (kind, key) DO UPDATE SET body = excluded.body "
    "WHERE body <> excluded.body";

/* One step of the schema and its number, all or nothing. said: what refused
 * it, in SQLite's words. */
static int take_step(struct store_db *db, int64_t version, struct buffer *said)
{
    struct buffer OWNED_BUFFER sql = {0};

    buffer_format(&sql,
                  "BEGIN IMMEDIATE;%s;INSERT INTO migration (version, "
                  "applied_ms) VALUES (%" PRId64 ", %" PRId64 ");COMMIT;",
                  store_schema_steps[version], version + 1, wall_now().ms);
    int rc = store_db_run(db, sql.at);
    if (rc == SQLITE_OK)
        return rc;
    buffer_text(said, sqlite3_errmsg(db->sql));
    (void)store_db_run(db, "ROLLBACK"); /* fails where nothing was begun */
    return rc;
}

static int read_version(struct store_db *db, int64_t *version)
{
    int rc = store_db_run(db, "CREATE TABLE IF NOT EXISTS migration ("
                              "version INTEGER NOT NULL PRIMARY KEY, "
                              "applied_ms BIGINT NOT NULL)");

    if (rc == SQLITE_OK)
        rc = store_db_number(db, "SELECT max(version) FROM migration", 0,
                             version);
    return rc;
}

/* "" where it is not known: it may be noted elsewhere some day. */
static void read_program(struct store_db *db, char out[STORE_PROGRAM_MAX])
{
    sqlite3_stmt *found = NULL;
    int rc = sqlite3_prepare_v2(
        db->sql, "SELECT body FROM object WHERE kind = 'program'", -1, &found,
        NULL);
    OWNED(sqlite3_finalize) sqlite3_stmt *s = found;

    out[0] = '\0';
    if (rc == SQLITE_OK && sqlite3_step(s) == SQLITE_ROW)
        (void)snprintf(out, STORE_PROGRAM_MAX, "version %s",
                       store_db_text(s, 0));
}

static int refuse_newer(struct store_db *db, const char *path, int64_t version,
                        struct complaint *why)
{
    char program[STORE_PROGRAM_MAX];

    read_program(db, program);
    return complain(
        why, -ENOTSUP, path,
        "install that version again; or restore a backup of this one, or "
        "state.db.version-N beside it",
        "%s made the database of version %" PRId64
        ", this program (" PORTOLAN_VERSION ") knows %d",
        program[0] != '\0' ? program : "a later version", version,
        store_schema_version());
}

/* What is there of an earlier copy of that version, of an upgrade that was
 * taken back, is not as new. */
static int copy_before(const char *path, int64_t version, struct complaint *why)
{
    struct buffer OWNED_BUFFER copy = {0};
    struct buffer OWNED_BUFFER part = {0};

    buffer_format(&copy, "%s.version-%" PRId64, path, version);
    buffer_format(&part, "%s.part", copy.at);
    (void)unlink(part.at);
    int rc = store_copy(path, part.at, true, NULL, why);
    if (rc < 0)
        return rc;
    if (rename(part.at, copy.at) < 0)
        return complain(why, -errno, copy.at, "check its directory",
                        "it cannot be renamed: %s", strerror(errno));
    log_notice("%s: version %" PRId64 " becomes %d; as it was it is kept in %s",
               path, version, store_schema_version(), copy.at);
    return 0;
}

static int take_steps(struct store_db *db, int64_t *version,
                      struct buffer *said)
{
    int rc = SQLITE_OK;

    while (rc == SQLITE_OK && *version < store_schema_version()) {
        rc = take_step(db, *version, said);
        if (rc == SQLITE_OK)
            ++*version;
    }
    return rc;
}

int store_migrate(struct store_db *db, const char *path, int64_t *version,
                  struct complaint *why)
{
    struct buffer OWNED_BUFFER said = {0};
    int rc = read_version(db, version);

    if (rc == SQLITE_OK && *version > store_schema_version())
        return refuse_newer(db, path, *version, why);
    if (rc == SQLITE_OK && *version > 0 && *version < store_schema_version())
        rc = copy_before(path, *version, why);
    if (rc == SQLITE_OK)
        rc = take_steps(db, version, &said);
    if (said.len > 0)
        log_error("%s: step %" PRId64 " of the schema fails: %s", path,
                  *version + 1, said.at);
    if (rc == SQLITE_OK)
        (void)store_db_run(db, note_sql); /* a disk that is full may bear it */
    return rc;
}

/* SQLite ends what it does where this is not 0. */
static int on_progress(void *arg)
{
    const struct store_watch *watch = arg;

    return !watch->go_on(watch->arg);
}

/* What its disk refuses tells nothing of the database. */
static int refuse_steps(int rc, const char *said, const char *copy,
                        int64_t version, struct complaint *why)
{
    if ((rc & 0xff) == SQLITE_INTERRUPT)
        return complain(why, -ECANCELED, copy, "",
                        "it was ended before it was complete");
    if ((rc & 0xff) == SQLITE_FULL)
        return complain(why, -ENOSPC, copy, "free some of its disk",
                        "step %" PRId64 " of the schema cannot be tried: %s",
                        version + 1, said);
    return complain(why, -EIO, copy, "report it, with what it says",
                    "step %" PRId64 " of the schema fails: %s", version + 1,
                    said);
}

int store_migrate_copy(const char *copy, const char *path,
                       const struct store_watch *watch, struct complaint *why)
{
    struct buffer OWNED_BUFFER said = {0};
    struct store_db db = {0};
    int64_t version = 0;
    int rc = sqlite3_open_v2(copy, &db.sql,
                             SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);

    if (rc == SQLITE_OK) {
        sqlite3_progress_handler(db.sql, PROGRESS_STEPS, on_progress,
                                 (void *)(uintptr_t)watch);
        rc = read_version(&db, &version);
    }
    if (rc == SQLITE_OK && version > store_schema_version())
        rc = refuse_newer(&db, path, version, why);
    else if (rc == SQLITE_OK)
        rc = take_steps(&db, &version, &said);
    if (rc > 0)
        rc = refuse_steps(rc, said.len > 0 ? said.at : sqlite3_errmsg(db.sql),
                          copy, version, why);
    (void)sqlite3_close(db.sql); /* nothing is left that could refuse */
    return rc;
}
