#include "station/store_salvage.h"

#include "station/store_schema.h"

#include <inttypes.h>
#include <string.h>

enum { SALVAGE_MS = 20000, GALLOP_MAX = 40 };

/* A table whose rows go over. */
struct salvaged {
    const char *from, *to, *columns, *values;
    uint64_t *count;
};

struct salvager {
    sqlite3 *old;
    struct store_db *db;
    struct salvage *out;
    struct mono until;
};

/* Rows between two, in order of rowid, up or down. */
static int prepare_read(struct salvager *s, const struct salvaged *t, bool down,
                        sqlite3_stmt **out)
{
    struct buffer OWNED_BUFFER sql = {0};

    buffer_format(&sql,
                  "SELECT rowid, %s FROM %s NOT INDEXED WHERE rowid > ?1 AND "
                  "rowid < ?2 ORDER BY rowid %s",
                  t->columns, t->from, down ? "DESC" : "ASC");
    return sqlite3_prepare_v2(s->old, sql.at, -1, out, NULL);
}

static int prepare_write(struct salvager *s, const struct salvaged *t,
                         sqlite3_stmt **out)
{
    struct buffer OWNED_BUFFER sql = {0};

    buffer_format(&sql, "INSERT OR IGNORE INTO %s (%s) VALUES (%s)", t->to,
                  t->columns, t->values);
    return sqlite3_prepare_v2(s->db->sql, sql.at, -1, out, NULL);
}

/* One row; what breaks a constraint was no row of ours. */
static void copy_row(const struct salvaged *t, sqlite3_stmt *from,
                     sqlite3_stmt *to)
{
    for (int i = 1; i < sqlite3_column_count(from); i++)
        (void)sqlite3_bind_value(to, i, sqlite3_column_value(from, i));
    if (sqlite3_step(to) == SQLITE_DONE)
        *t->count += 1;
    (void)sqlite3_reset(to); /* repeats the step's */
    (void)sqlite3_clear_bindings(to);
}

static bool is_late(struct salvager *s)
{
    if (mono_reached(mono_now(), s->until))
        s->out->unfinished = true;
    return s->out->unfinished;
}

/* Copies from one end of what lies between after and before until that is done,
 * or a row cannot be read. *last: the last that was read. */
static int copy_run(struct salvager *s, const struct salvaged *t,
                    sqlite3_stmt *from, sqlite3_stmt *to, int64_t after,
                    int64_t before, int64_t *last)
{
    int rc;

    (void)sqlite3_bind_int64(from, 1, after); /* cannot fail: at is right */
    (void)sqlite3_bind_int64(from, 2, before);
    while ((rc = sqlite3_step(from)) == SQLITE_ROW && !is_late(s)) {
        *last = sqlite3_column_int64(from, 0);
        copy_row(t, from, to);
    }
    (void)sqlite3_reset(from); /* repeats rc */
    return rc;
}

/* Upwards; behind a place that cannot be read it goes on where something can,
 * which is looked for by ever longer steps, and from there down to the place
 * again. */
static void copy_table(struct salvager *s, const struct salvaged *t)
{
    sqlite3_stmt *up = NULL, *down = NULL, *put = NULL;
    int64_t at = INT64_MIN, from = INT64_MIN;
    unsigned steps = 0;

    if (prepare_read(s, t, false, &up) == SQLITE_OK &&
        prepare_read(s, t, true, &down) == SQLITE_OK &&
        prepare_write(s, t, &put) == SQLITE_OK) {
        while (!s->out->unfinished && steps < GALLOP_MAX) {
            int64_t last = from, bottom = from;
            int rc = copy_run(s, t, up, put, from, INT64_MAX, &last);

            if (last > from && from > at) /* beyond a hole: what is before it */
                (void)copy_run(s, t, down, put, at, from + 1, &bottom);
            if (rc == SQLITE_DONE || rc == SQLITE_ROW)
                break;
            s->out->holes += last > from || steps == 0;
            steps = last > from ? 0 : steps + 1;
            at = last > from ? last : at;
            from = (at < 0 ? 0 : at) + (INT64_C(1) << steps);
        }
    }
    (void)sqlite3_finalize(up); /* repeats an old failure */
    (void)sqlite3_finalize(down);
    (void)sqlite3_finalize(put);
}

/* Events of all partitions go into the one that a new database has. */
static void copy_events(struct salvager *s, const char *log)
{
    struct buffer OWNED_BUFFER sql = {0};
    struct buffer OWNED_BUFFER to = {0};
    sqlite3_stmt *found = NULL;

    buffer_format(&sql,
                  "SELECT name FROM sqlite_master WHERE type = 'table' AND "
                  "name GLOB '%s_[0-9]*'",
                  log);
    buffer_format(&to, "%s_1", log);
    if (sqlite3_prepare_v2(s->old, sql.at, -1, &found, NULL) != SQLITE_OK)
        return;
    OWNED(sqlite3_finalize) sqlite3_stmt *names = found;
    while (sqlite3_step(names) == SQLITE_ROW) {
        struct salvaged t = {
            .from = store_db_text(names, 0),
            .to = to.at,
            .columns = "id, at_ms, last_ms, count, severity, class, type, "
                       "object, source, text, body",
            .values = "?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11",
            .count = &s->out->events};

        copy_table(s, &t);
    }
}

static void copy_all(struct salvager *s)
{
    uint64_t ignored = 0;
    const struct salvaged tables[] = {
        {"object", "object", "kind, key, body", "?1, ?2, ?3", &s->out->objects},
        {"past", "past", "id, at_ms, kind, key, body", "?1, ?2, ?3, ?4, ?5",
         &s->out->past},
        {"past_kept", "past_kept", "from_ms", "?1", &ignored},
    };

    for (size_t i = 0; i < COUNT_OF(tables); i++)
        copy_table(s, &tables[i]);
    copy_events(s, "audit");
    copy_events(s, "event");
}

void store_salvage(const char *path, struct store_db *db, struct salvage *out)
{
    struct salvager s = {
        .db = db, .out = out, .until = mono_after_ms(mono_now(), SALVAGE_MS)};

    *out = (struct salvage){0};
    if (sqlite3_open_v2(path, &s.old,
                        SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX,
                        NULL) == SQLITE_OK) {
        /* It stays as it was found: people may know more of it. */
        (void)sqlite3_db_config(s.old, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1,
                                NULL);
        (void)sqlite3_exec(s.old, "PRAGMA wal_autocheckpoint = 0", NULL, NULL,
                           NULL);
        if (store_db_begin(db) == 0) {
            copy_all(&s);
            if (store_db_commit(db) < 0) {
                store_db_rollback(db);
                *out = (struct salvage){.holes = out->holes};
            }
        }
    }
    (void)sqlite3_close(s.old); /* nothing is left that could refuse */
}
