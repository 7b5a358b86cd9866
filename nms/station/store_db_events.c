/* Events in the database, by partitions: a span of time has a table of its own,
 * and goes as a whole when its time is over. Ids grow from one to the next, so
 * that what is newer is never in an older one. */
#include "station/store_db_parts.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>

#define DAY_MS (INT64_C(24) * 3600 * 1000)

enum {
    LIMIT_DEFAULT = 100,
    LIMIT_MAX = 10000,
    SEARCH_MS = 3000,    /* then a search gives up */
    SEARCH_STEPS = 10000 /* of SQLite's machine, between looks at the clock */
};

static const char *const tables[STORE_LOGS] = {
    [STORE_EVENTS] = "event", [STORE_AUDIT] = "audit"};

static const struct event_part *newest(const struct event_log *log)
{
    return &log->parts.at[log->parts.count - 1];
}

static int read_parts(struct store_db *db, const struct event_log *log,
                      struct event_parts *out)
{
    struct buffer OWNED_BUFFER sql = {0};
    sqlite3_stmt *found = NULL;
    int row;

    buffer_format(&sql,
                  "SELECT number, from_ms, first_id FROM %s_part ORDER BY "
                  "number",
                  log->table);
    int rc = sqlite3_prepare_v2(db->sql, sql.at, -1, &found, NULL);
    OWNED(sqlite3_finalize) sqlite3_stmt *s = found;
    if (rc != SQLITE_OK)
        return rc;
    while ((row = sqlite3_step(s)) == SQLITE_ROW)
        *array_add(out) = (struct event_part){sqlite3_column_int64(s, 0),
                                              sqlite3_column_int64(s, 1),
                                              sqlite3_column_int64(s, 2), 0};
    if (row != SQLITE_DONE)
        return row;
    return out->count > 0 ? SQLITE_OK : SQLITE_CORRUPT;
}

/* Until they can be read again, those of before are. */
static int log_open(struct store_db *db, struct event_log *log)
{
    struct event_parts read = {0};

    (void)sqlite3_finalize(log->add); /* repeats an old failure */
    log->add = NULL;
    int rc = read_parts(db, log, &read);
    if (rc != SQLITE_OK) {
        array_fini(&read);
        return rc;
    }
    array_fini(&log->parts);
    log->parts = read;
    return SQLITE_OK;
}

int store_db_events_open(struct store_db *db)
{
    int rc = SQLITE_OK;

    for (size_t i = 0; i < STORE_LOGS && rc == SQLITE_OK; i++) {
        db->logs[i].table = tables[i];
        rc = log_open(db, &db->logs[i]);
    }
    return rc;
}

void store_db_events_close(struct store_db *db)
{
    for (size_t i = 0; i < STORE_LOGS; i++) {
        (void)sqlite3_finalize(db->logs[i].add); /* repeats an old failure */
        db->logs[i].add = NULL;
        array_fini(&db->logs[i].parts);
    }
}

/* ---- writing ---- */

int store_db_part_make(struct store_db *db, const struct event_log *log,
                       const struct event_part *p)
{
    struct buffer OWNED_BUFFER sql = {0};

    buffer_format(&sql,
                  "CREATE TABLE %s_%" PRId64 " ("
                  "id BIGINT NOT NULL PRIMARY KEY, at_ms BIGINT NOT NULL,"
                  "last_ms BIGINT NOT NULL, count INTEGER NOT NULL,"
                  "severity INTEGER NOT NULL, class TEXT NOT NULL,"
                  "type TEXT NOT NULL, object TEXT NOT NULL,"
                  "source TEXT NOT NULL, text TEXT NOT NULL,"
                  "body TEXT NOT NULL);",
                  log->table, p->number);
    buffer_format(&sql,
                  "CREATE INDEX %s_%" PRId64 "_at ON %s_%" PRId64 " (at_ms);",
                  log->table, p->number, log->table, p->number);
    buffer_format(&sql,
                  "CREATE INDEX %s_%" PRId64 "_object ON %s_%" PRId64
                  " (object, id);",
                  log->table, p->number, log->table, p->number);
    buffer_format(&sql,
                  "INSERT INTO %s_part (number, from_ms, first_id) VALUES "
                  "(%" PRId64 ", %" PRId64 ", %" PRId64 ")",
                  log->table, p->number, p->from_ms, p->first_id);
    return store_db_run(db, sql.at);
}

/* An empty one takes the time of its first event, which may be later than when
 * it was made. */
static int part_begin(struct store_db *db, struct event_log *log,
                      const struct store_event *event)
{
    struct event_part *p = &log->parts.at[log->parts.count - 1];
    struct buffer OWNED_BUFFER sql = {0};

    p->from_ms = event->at.ms;
    p->first_id = (int64_t)event->id;
    buffer_format(&sql,
                  "UPDATE %s_part SET from_ms = %" PRId64
                  ", first_id = %" PRId64 " WHERE number = %" PRId64,
                  log->table, p->from_ms, p->first_id, p->number);
    return store_db_run(db, sql.at);
}

/* Parts of a clock that was ahead begin now, or no new one would until then. */
static int parts_begin_now(struct store_db *db, struct event_log *log,
                           int64_t now_ms)
{
    struct buffer OWNED_BUFFER sql = {0};

    buffer_format(&sql,
                  "UPDATE %s_part SET from_ms = %" PRId64
                  " WHERE from_ms > %" PRId64,
                  log->table, now_ms, now_ms);
    for (size_t i = 0; i < log->parts.count; i++)
        if (log->parts.at[i].from_ms > now_ms)
            log->parts.at[i].from_ms = now_ms;
    return store_db_run(db, sql.at);
}

static bool is_full(const struct event_log *log,
                    const struct store_event *event)
{
    const struct event_part *last = newest(log);

    if (log->span_ms != 0 && event->at.ms >= last->from_ms + log->span_ms)
        return true;
    return log->span_count != 0 &&
           (int64_t)event->id >= last->first_id + (int64_t)log->span_count;
}

/* The partition that an event belongs to is the newest, afterwards. */
static int part_for(struct store_db *db, struct event_log *log,
                    const struct store_event *event)
{
    const struct event_part *last = newest(log);
    const struct event_part next = {.number = last->number + 1,
                                    .from_ms = event->at.ms,
                                    .first_id = (int64_t)event->id};

    if (last->from_ms == 0)
        return part_begin(db, log, event);
    if (db->clock.at.ns != 0 && last->from_ms > event->at.ms + DAY_MS &&
        last->from_ms > db->clock.believed.ms + DAY_MS)
        return parts_begin_now(db, log, event->at.ms);
    if (!is_full(log, event))
        return SQLITE_OK;
    int rc = store_db_part_make(db, log, &next);
    if (rc != SQLITE_OK)
        return rc;
    *array_add(&log->parts) = next;
    (void)sqlite3_finalize(log->add); /* repeats an old failure */
    log->add = NULL;
    return SQLITE_OK;
}

static int prepare_add(struct store_db *db, struct event_log *log)
{
    struct buffer OWNED_BUFFER sql = {0};

    if (log->add != NULL)
        return SQLITE_OK;
    buffer_format(&sql,
                  "INSERT INTO %s_%" PRId64
                  " (id, at_ms, last_ms, count, severity, class, type, object, "
                  "source, text, body) "
                  "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
                  log->table, newest(log)->number);
    return sqlite3_prepare_v3(db->sql, sql.at, -1, SQLITE_PREPARE_PERSISTENT,
                              &log->add, NULL);
}

int store_db_event(struct store_db *db, const struct store_event *event)
{
    struct event_log *log = &db->logs[event->log];

    if (part_for(db, log, event) != SQLITE_OK ||
        prepare_add(db, log) != SQLITE_OK)
        return -EIO;
    sqlite3_stmt *s = log->add;

    store_db_bind_number(s, 1, (int64_t)event->id);
    store_db_bind_number(s, 2, event->at.ms);
    store_db_bind_number(s, 3, event->last.ms);
    store_db_bind_number(s, 4, event->count);
    store_db_bind_number(s, 5, event->severity);
    store_db_bind_text(s, 6, event->class);
    store_db_bind_text(s, 7, event->type);
    store_db_bind_text(s, 8, event->object);
    store_db_bind_text(s, 9, event->source);
    store_db_bind_text(s, 10, event->text);
    store_db_bind_text(s, 11, event->values);
    return store_db_finish(s);
}

/* The place in log->parts of the one with that id. */
static size_t part_of(const struct event_log *log, uint64_t id)
{
    size_t i = log->parts.count - 1;

    while (i > 0 && (int64_t)id < log->parts.at[i].first_id)
        i--;
    return i;
}

int store_db_again(struct store_db *db, const struct store_event *event)
{
    const struct event_log *log = &db->logs[event->log];
    const struct event_part *p = &log->parts.at[part_of(log, event->id)];
    struct buffer OWNED_BUFFER sql = {0};

    buffer_format(&sql,
                  "UPDATE %s_%" PRId64 " SET last_ms = %" PRId64
                  ", count = %" PRIu32 " WHERE id = %" PRIu64,
                  log->table, p->number, event->last.ms, event->count,
                  event->id);
    return store_db_run(db, sql.at) == SQLITE_OK ? 0 : -EIO;
}

int store_db_last_event(struct store_db *db, const struct event_log *log,
                        uint64_t *out)
{
    struct buffer OWNED_BUFFER sql = {0};
    int64_t id;

    buffer_format(&sql, "SELECT max(id) FROM %s_%" PRId64, log->table,
                  newest(log)->number);
    /* All of it may have been deleted. */
    int rc = store_db_number(db, sql.at, newest(log)->first_id - 1, &id);
    *out = (uint64_t)id;
    return store_db_read(db, rc);
}

int store_db_last_events(struct store_db *db, uint64_t out[STORE_LOGS])
{
    int rc = 0;

    for (size_t i = 0; i < STORE_LOGS && rc == 0; i++)
        rc = store_db_last_event(db, &db->logs[i], &out[i]);
    return rc;
}

/* ---- asking ---- */

/* One condition of a query: how it is written, and what is bound, one or two
 * texts or a number. */
struct condition {
    const char *sql;
    const char *text, *second; /* text NULL: the number is bound */
    int64_t number;
    bool set;
};

enum { CONDITIONS_MAX = 9 };

/* Texts that conditions need, made of those of the query. */
struct made_texts {
    struct buffer part_from, part_to, type_from, type_to, pattern;
};

static void made_fini(struct made_texts *m)
{
    buffer_fini(&m->part_from);
    buffer_fini(&m->part_to);
    buffer_fini(&m->type_from);
    buffer_fini(&m->type_to);
    buffer_fini(&m->pattern);
}
#define OWNED_MADE __attribute__((cleanup(made_fini)))

/* What begins with a text lies from it to the same with its last octet one
 * higher, which an index finds. */
static void make_texts(const struct store_query *q, struct made_texts *m)
{
    size_t len = q->type != NULL ? strlen(q->type) : 0;

    buffer_text(&m->part_from, q->object != NULL ? q->object : "");
    buffer_text(&m->part_to, m->part_from.at);
    buffer_text(&m->part_from, ":"); /* ports and the like: NAME:PART */
    buffer_text(&m->part_to, ";");
    if (len > 1 && q->type[len - 1] == '*') {
        buffer_add(&m->type_from, q->type, len - 1);
        buffer_add(&m->type_to, q->type, len - 1);
        m->type_to.at[len - 2]++;
    }
    buffer_text(&m->pattern, "%");
    for (const char *c = q->text != NULL ? q->text : ""; *c != '\0'; c++) {
        if (*c == '%' || *c == '_' || *c == '!')
            buffer_char(&m->pattern, '!');
        buffer_char(&m->pattern, *c);
    }
    buffer_text(&m->pattern, "%");
}

static void list_conditions(const struct store_query *q,
                            const struct made_texts *m,
                            struct condition out[CONDITIONS_MAX])
{
    bool many = m->type_from.len > 0;
    const struct condition all[CONDITIONS_MAX] = {
        {"id > ?", NULL, NULL, (int64_t)q->after_id, q->after_id != 0},
        {"id < ?", NULL, NULL, (int64_t)q->before_id, q->before_id != 0},
        {"at_ms >= ?", NULL, NULL, q->from.ms, q->from.ms != 0},
        {"at_ms <= ?", NULL, NULL, q->to.ms, q->to.ms != 0},
        {"class = ?", q->class, NULL, 0, q->class != NULL},
        {many ? "type >= ? AND type < ?" : "type = ?",
         many ? m->type_from.at : q->type, many ? m->type_to.at : NULL, 0,
         q->type != NULL},
        {"severity >= ?", NULL, NULL, q->severity_min,
         q->severity_min != 0 && q->severity_min != INT_MIN},
        {"lower(text) LIKE lower(?) ESCAPE '!'", m->pattern.at, NULL, 0,
         q->text != NULL},
        {"source = ?", q->source, NULL, 0, q->source != NULL},
    };

    memcpy(out, all, sizeof all);
}

static void write_where(const struct store_query *q,
                        const struct condition conditions[CONDITIONS_MAX],
                        struct buffer *sql)
{
    const char *glue = " WHERE ";

    for (size_t i = 0; i < CONDITIONS_MAX; i++) {
        if (!conditions[i].set)
            continue;
        buffer_format(sql, "%s%s", glue, conditions[i].sql);
        glue = " AND ";
    }
    if (q->object != NULL)
        buffer_format(sql, "%s(object = ? OR (object >= ? AND object < ?))",
                      glue);
}

static void write_query(const struct store_query *q, const char *table,
                        const struct event_part *part, size_t limit,
                        const struct condition conditions[CONDITIONS_MAX],
                        struct buffer *sql)
{
    buffer_format(sql,
                  "SELECT id, at_ms, last_ms, count, severity, class, type, "
                  "object, source, text, body FROM %s_%" PRId64,
                  table, part->number);
    write_where(q, conditions, sql);
    buffer_format(sql, " ORDER BY id %s LIMIT %zu",
                  q->after_id != 0 ? "ASC" : "DESC", limit);
}

static void bind_all(sqlite3_stmt *s, const struct store_query *q,
                     const struct made_texts *m,
                     const struct condition conditions[CONDITIONS_MAX])
{
    int at = 0;

    for (size_t i = 0; i < CONDITIONS_MAX; i++) {
        const struct condition *c = &conditions[i];

        if (!c->set)
            continue;
        if (c->text == NULL)
            store_db_bind_number(s, ++at, c->number);
        else
            store_db_bind_text(s, ++at, c->text);
        if (c->second != NULL)
            store_db_bind_text(s, ++at, c->second);
    }
    if (q->object == NULL)
        return;
    store_db_bind_text(s, ++at, q->object);
    store_db_bind_text(s, ++at, m->part_from.at);
    store_db_bind_text(s, ++at, m->part_to.at);
}

static struct store_event read_event(sqlite3_stmt *s, enum store_log log,
                                     struct arena *arena)
{
    return (struct store_event){
        .log = log,
        .id = (uint64_t)sqlite3_column_int64(s, 0),
        .at = {.ms = sqlite3_column_int64(s, 1)},
        .last = {.ms = sqlite3_column_int64(s, 2)},
        .count = (uint32_t)sqlite3_column_int64(s, 3),
        .severity = sqlite3_column_int(s, 4),
        .class = arena_text(arena, store_db_text(s, 5)),
        .type = arena_text(arena, store_db_text(s, 6)),
        .object = arena_text(arena, store_db_text(s, 7)),
        .source = arena_text(arena, store_db_text(s, 8)),
        .text = arena_text(arena, store_db_text(s, 9)),
        .values = arena_text(arena, store_db_text(s, 10)),
    };
}

/* May the partition at i hold any that is asked for? */
static bool is_asked(const struct event_log *log, size_t i,
                     const struct store_query *q)
{
    bool last = i + 1 == log->parts.count;
    const struct event_part *p = &log->parts.at[i];

    if (q->before_id != 0 && (int64_t)q->before_id <= p->first_id)
        return false;
    if (q->after_id != 0 && !last &&
        (int64_t)q->after_id >= log->parts.at[i + 1].first_id - 1)
        return false;
    /* Some of an older time may have come late: by a span at most. */
    if (q->from.ms != 0 && !last &&
        log->parts.at[i + 1].from_ms + log->span_ms < q->from.ms)
        return false;
    return q->to.ms == 0 || p->from_ms - log->span_ms <= q->to.ms;
}

static int search_part(struct store_db *db, size_t i,
                       const struct store_query *q, const struct made_texts *m,
                       struct arena *arena, struct store_found *out)
{
    size_t limit = q->limit == 0 ? LIMIT_DEFAULT : q->limit;
    struct condition conditions[CONDITIONS_MAX];
    struct buffer OWNED_BUFFER sql = {0};
    sqlite3_stmt *found = NULL;
    int row;

    if (limit > LIMIT_MAX)
        limit = LIMIT_MAX;
    if (out->count >= limit || !is_asked(&db->logs[q->log], i, q))
        return SQLITE_OK;
    list_conditions(q, m, conditions);
    write_query(q, db->logs[q->log].table, &db->logs[q->log].parts.at[i],
                limit - out->count, conditions, &sql);
    int rc = sqlite3_prepare_v2(db->sql, sql.at, -1, &found, NULL);
    OWNED(sqlite3_finalize) sqlite3_stmt *s = found;
    if (rc != SQLITE_OK)
        return rc;
    bind_all(s, q, m, conditions);
    while ((row = sqlite3_step(s)) == SQLITE_ROW)
        *array_add(out) = read_event(s, q->log, arena);
    return row == SQLITE_DONE ? SQLITE_OK : row;
}

static int on_progress(void *arg)
{
    const struct mono *until = arg;

    return mono_reached(mono_now(), *until);
}

int store_db_query(struct store_db *db, const struct store_query *query,
                   struct arena *arena, struct store_found *out)
{
    struct mono until = mono_after_ms(mono_now(), SEARCH_MS);
    struct made_texts OWNED_MADE m = {0};
    int rc = SQLITE_OK;

    make_texts(query, &m);
    sqlite3_progress_handler(db->sql, SEARCH_STEPS, on_progress, &until);
    const size_t parts = db->logs[query->log].parts.count;
    for (size_t n = 0; n < parts && rc == SQLITE_OK; n++) {
        size_t i = query->after_id != 0 ? n : parts - 1 - n;

        rc = search_part(db, i, query, &m, arena, out);
    }
    sqlite3_progress_handler(db->sql, 0, NULL, NULL);
    if (rc == SQLITE_INTERRUPT)
        return -ETIME;
    return store_db_read(db, rc);
}

/* ---- counting ---- */

static int count_part(struct store_db *db, size_t i,
                      const struct store_query *q, const struct made_texts *m,
                      struct store_span *spans, size_t count)
{
    int64_t whole_ms = q->to.ms - q->from.ms;
    int64_t span_ms = (whole_ms + (int64_t)count - 1) / (int64_t)count;
    struct condition conditions[CONDITIONS_MAX];
    struct buffer OWNED_BUFFER sql = {0};
    sqlite3_stmt *found = NULL;
    int row;

    if (span_ms <= 0 || !is_asked(&db->logs[q->log], i, q))
        return SQLITE_OK;
    list_conditions(q, m, conditions);
    buffer_format(&sql,
                  "SELECT (at_ms - %" PRId64 ") / %" PRId64
                  " AS span, sum(count), max(severity) FROM %s_%" PRId64,
                  q->from.ms, span_ms, db->logs[q->log].table,
                  db->logs[q->log].parts.at[i].number);
    write_where(q, conditions, &sql);
    buffer_text(&sql, " GROUP BY span");
    int rc = sqlite3_prepare_v2(db->sql, sql.at, -1, &found, NULL);
    OWNED(sqlite3_finalize) sqlite3_stmt *s = found;
    if (rc != SQLITE_OK)
        return rc;
    bind_all(s, q, m, conditions);
    while ((row = sqlite3_step(s)) == SQLITE_ROW) {
        size_t at = (size_t)sqlite3_column_int64(s, 0);
        int worst = sqlite3_column_int(s, 2);

        if (at >= count)
            at = count - 1;
        spans[at].events += (uint64_t)sqlite3_column_int64(s, 1);
        if (worst > spans[at].worst)
            spans[at].worst = worst;
    }
    return row == SQLITE_DONE ? SQLITE_OK : row;
}

int store_db_histogram(struct store_db *db, const struct store_query *query,
                       struct store_span *spans, size_t count)
{
    struct mono until = mono_after_ms(mono_now(), SEARCH_MS);
    struct made_texts OWNED_MADE m = {0};
    int rc = SQLITE_OK;

    make_texts(query, &m);
    sqlite3_progress_handler(db->sql, SEARCH_STEPS, on_progress, &until);
    for (size_t i = 0; i < db->logs[query->log].parts.count && rc == SQLITE_OK;
         i++)
        rc = count_part(db, i, query, &m, spans, count);
    sqlite3_progress_handler(db->sql, 0, NULL, NULL);
    if (rc == SQLITE_INTERRUPT)
        return -ETIME;
    return store_db_read(db, rc);
}
