#include "station/store_salvage.h"

#include "station/store_schema.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { GALLOP_MAX = 40 };

/* A table whose rows go over. */
struct salvaged {
    const char *from, *to, *columns, *values;
    uint64_t *count;
};

struct salvager {
    sqlite3 *old;
    struct store_db *db;
    struct salvage *out;
    const struct store_watch *watch;
    int rc; /* SQLite's, of what could not be written first */
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

static void note(struct salvager *s, int rc)
{
    if (s->rc == SQLITE_OK)
        s->rc = rc;
}

/* One row; what breaks a constraint was no row of ours. */
static void copy_row(struct salvager *s, const struct salvaged *t,
                     sqlite3_stmt *from, sqlite3_stmt *to)
{
    for (int i = 1; i < sqlite3_column_count(from); i++)
        (void)sqlite3_bind_value(to, i, sqlite3_column_value(from, i));
    int rc = sqlite3_step(to);
    if (rc == SQLITE_DONE)
        *t->count += 1;
    else if ((rc & 0xff) != SQLITE_CONSTRAINT)
        note(s, rc);
    (void)sqlite3_reset(to); /* repeats the step's */
    (void)sqlite3_clear_bindings(to);
}

static bool is_over(struct salvager *s)
{
    if (!s->watch->go_on(s->watch->arg))
        s->out->unfinished = true;
    return s->out->unfinished || s->rc != SQLITE_OK;
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
    while ((rc = sqlite3_step(from)) == SQLITE_ROW && !is_over(s)) {
        *last = sqlite3_column_int64(from, 0);
        copy_row(s, t, from, to);
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
        while (!is_over(s) && steps < GALLOP_MAX) {
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

/* ---- events ---- */

struct numbers ARRAY_OF(int64_t);

/* A partition keeps its number: so it goes when its time is over. */
static void copy_part(struct salvager *s, enum store_log log, const char *from)
{
    const struct event_log *into = &s->db->logs[log];
    char *end = NULL;
    const struct event_part p = {
        .number = strtoll(from + strlen(into->table) + 1, &end, 10)};
    const struct salvaged t = {
        .from = from,
        .to = from,
        .columns = "id, at_ms, last_ms, count, severity, class, type, "
                   "object, source, text, body",
        .values = "?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11",
        .count = &s->out->events};

    if (*end != '\0' || p.number < 1 || p.number == INT64_MAX)
        return;
    if (p.number != 1) /* which a new database has */
        note(s, store_db_part_make(s->db, into, &p));
    copy_table(s, &t);
}

/* When it begins, with which event; an empty one goes, but for the last. */
static void settle_part(struct salvager *s, const char *log, int64_t number,
                        size_t *left)
{
    struct buffer OWNED_BUFFER sql = {0};
    int64_t first = 0, from_ms = 0;

    buffer_format(&sql, "SELECT min(id) FROM %s_%" PRId64, log, number);
    note(s, store_db_number(s->db, sql.at, INT64_MIN, &first));
    buffer_clear(&sql);
    buffer_format(&sql, "SELECT min(at_ms) FROM %s_%" PRId64 " WHERE at_ms > 0",
                  log, number);
    note(s, store_db_number(s->db, sql.at, 0, &from_ms));
    buffer_clear(&sql);
    if (first == INT64_MIN && *left > 1) {
        --*left;
        buffer_format(&sql,
                      "DROP TABLE %s_%" PRId64
                      ";DELETE FROM %s_part WHERE number = %" PRId64,
                      log, number, log, number);
    } else {
        buffer_format(&sql,
                      "UPDATE %s_part SET from_ms = %" PRId64
                      ", first_id = %" PRId64 " WHERE number = %" PRId64,
                      log, from_ms, first == INT64_MIN ? 1 : first, number);
    }
    note(s, store_db_run(s->db, sql.at));
}

static void settle_parts(struct salvager *s, const char *log)
{
    struct buffer OWNED_BUFFER sql = {0};
    struct numbers numbers = {0};
    sqlite3_stmt *found = NULL;
    int row = SQLITE_DONE;

    buffer_format(&sql, "SELECT number FROM %s_part", log);
    note(s, sqlite3_prepare_v2(s->db->sql, sql.at, -1, &found, NULL));
    while (found != NULL && (row = sqlite3_step(found)) == SQLITE_ROW)
        *array_add(&numbers) = sqlite3_column_int64(found, 0);
    note(s, row == SQLITE_DONE ? SQLITE_OK : row);
    (void)sqlite3_finalize(found); /* repeats row */
    size_t left = numbers.count;
    for (size_t i = 0; i < numbers.count; i++)
        settle_part(s, log, numbers.at[i], &left);
    array_fini(&numbers);
}

/* The newest first: there may be no time for all. */
static void copy_events(struct salvager *s, enum store_log log)
{
    const char *table = s->db->logs[log].table;
    struct buffer OWNED_BUFFER sql = {0};
    sqlite3_stmt *found = NULL;

    buffer_format(&sql,
                  "SELECT name FROM sqlite_master WHERE type = 'table' AND "
                  "name GLOB '%s_[0-9]*' ORDER BY "
                  "CAST(substr(name, length('%s_') + 1) AS INTEGER) DESC",
                  table, table);
    if (sqlite3_prepare_v2(s->old, sql.at, -1, &found, NULL) != SQLITE_OK)
        return;
    OWNED(sqlite3_finalize) sqlite3_stmt *names = found;
    while (sqlite3_step(names) == SQLITE_ROW)
        copy_part(s, log, store_db_text(names, 0));
    settle_parts(s, table);
}

/* ---- the whole ---- */

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
    copy_events(s, STORE_AUDIT);
    copy_events(s, STORE_EVENTS);
}

/* All of it in a transaction. */
static int copy(struct salvager *s)
{
    note(s, store_db_run(s->db, "BEGIN IMMEDIATE"));
    if (s->rc == SQLITE_OK)
        copy_all(s);
    if (s->rc == SQLITE_OK)
        note(s, store_db_run(s->db, "COMMIT"));
    if (s->rc != SQLITE_OK)
        (void)store_db_run(s->db, "ROLLBACK"); /* fails where it was already */
    return s->rc;
}

int store_salvage(const char *path, struct store_db *db,
                  const struct store_watch *watch, struct salvage *out)
{
    struct salvager s = {.db = db, .out = out, .watch = watch};

    *out = (struct salvage){0};
    int rc = sqlite3_open_v2(path, &s.old,
                             SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
    if (rc == SQLITE_OK) {
        /* It stays as it was found: people may know more of it. */
        (void)sqlite3_db_config(s.old, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1,
                                NULL);
        (void)sqlite3_exec(s.old, "PRAGMA wal_autocheckpoint = 0", NULL, NULL,
                           NULL);
        rc = copy(&s);
    }
    (void)sqlite3_close(s.old); /* nothing is left that could refuse */
    return rc;
}
