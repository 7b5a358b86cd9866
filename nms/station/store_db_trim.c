/* What is too old, or too much, goes: by whole partitions of events. */
#include "station/store_copy.h"
#include "station/store_db_parts.h"

#include "base/log.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define DAY_MS (INT64_C(24) * 3600 * 1000)

enum {
    PARTS_OF_KEPT = 12,       /* so many make up what is kept */
    TRIM_MS = 60000,          /* between looks at what is too old */
    COPIES_MS = 3600000,      /* and at copies of before an upgrade */
    NOTED_MS = 3600000,       /* between notes of the clock in the database */
    SETTLED_MS = 12 * 3600000 /* another clock is believed after it */
};

/* ---- the clock ----
 *
 * A wall clock may be years ahead for a moment, and what is dropped then does
 * not come back. Where it is more than a day away from what it must show, by
 * what was known last and the time since, it is believed after half a day. */

/* When the station was at work last: as noted, or by its last event. 0: not
 * known. */
static int64_t read_last(struct store_db *db)
{
    const struct event_log *log = &db->logs[STORE_EVENTS];
    struct buffer OWNED_BUFFER sql = {0};
    int64_t last_ms = 0;

    if (store_db_number(db,
                        "SELECT CAST(body AS INTEGER) FROM object WHERE kind = "
                        "'clock' AND key = 'believed'",
                        0, &last_ms) == SQLITE_OK &&
        last_ms > 0)
        return last_ms;
    buffer_format(&sql,
                  "SELECT at_ms FROM %s_%" PRId64 " ORDER BY id DESC LIMIT 1",
                  log->table, log->parts.at[log->parts.count - 1].number);
    if (store_db_number(db, sql.at, 0, &last_ms) != SQLITE_OK)
        return 0;
    return last_ms;
}

/* For the next start. */
static int note_clock(struct store_db *db)
{
    struct store_clock *c = &db->clock;
    char text[24];

    if (llabs(c->believed.ms - c->noted_ms) < NOTED_MS)
        return 0;
    c->noted_ms = c->believed.ms;
    snprintf(text, sizeof text, "%" PRId64, c->believed.ms);
    return store_db_put(db, "clock", "believed", text);
}

/* Has it been as far away for half a day? */
static bool is_settled(struct store_clock *c, int64_t away_ms, struct mono turn)
{
    if (c->doubted_since.ns == 0 || llabs(away_ms - c->away_ms) > DAY_MS) {
        c->doubted_since = turn;
        c->away_ms = away_ms;
        log_notice("the clock is %lld days %s where it was when it was looked "
                   "at last: what is too old is dropped by it when it has "
                   "stood so for half a day",
                   llabs(away_ms) / DAY_MS,
                   away_ms > 0 ? "ahead of" : "behind");
    }
    return mono_ms_between(c->doubted_since, turn) >= SETTLED_MS;
}

struct wall store_db_clock(struct store_db *db, struct wall now)
{
    struct store_clock *c = &db->clock;
    const struct mono turn = mono_now();

    if (c->at.ns == 0) {
        c->believed.ms = c->noted_ms = read_last(db);
        c->at = turn;
        if (c->believed.ms == 0)
            c->believed = now;
    }
    const struct wall want = {c->believed.ms + mono_ms_between(c->at, turn)};
    const int64_t away_ms = now.ms - want.ms;
    if (llabs(away_ms) <= DAY_MS || is_settled(c, away_ms, turn)) {
        c->believed = now;
        c->at = turn;
        c->doubted_since = (struct mono){0};
        return now;
    }
    return away_ms > 0 ? want : now;
}

/* ---- events ---- */

static int drop_oldest(struct store_db *db, struct event_log *log)
{
    struct buffer OWNED_BUFFER sql = {0};
    int64_t number = log->parts.at[0].number;

    buffer_format(&sql,
                  "DROP TABLE %s_%" PRId64
                  ";DELETE FROM %s_part WHERE number = %" PRId64,
                  log->table, number, log->table, number);
    int rc = store_db_run(db, sql.at);
    if (rc != SQLITE_OK)
        return -EIO;
    log->parts.count--;
    memmove(log->parts.at, log->parts.at + 1,
            log->parts.count * sizeof *log->parts.at);
    return 0;
}

static int log_trim(struct store_db *db, struct event_log *log, struct wall now,
                    int64_t keep_ms, uint64_t max)
{
    struct mono turn = mono_now();
    uint64_t last = 0;

    if (keep_ms == 0 ||
        (log->trimmed.ns != 0 && mono_ms_between(log->trimmed, turn) < TRIM_MS))
        return 0;
    log->trimmed = turn;
    log->span_ms = keep_ms / PARTS_OF_KEPT;
    if (log->span_ms < DAY_MS)
        log->span_ms = DAY_MS;
    log->span_count = max / PARTS_OF_KEPT + 1;
    int rc = store_db_last_event(db, log, &last);
    while (rc == 0 && log->parts.count > 1 &&
           (log->parts.at[1].from_ms <= now.ms - keep_ms ||
            last - (uint64_t)log->parts.at[0].first_id >= max))
        rc = drop_oldest(db, log);
    return rc;
}

/* Copies of before an upgrade: once an hour. */
static void expire_copies(struct store_db *db, struct wall now)
{
    struct mono turn = mono_now();

    if (db->copies_looked_at.ns != 0 &&
        mono_ms_between(db->copies_looked_at, turn) < COPIES_MS)
        return;
    db->copies_looked_at = turn;
    store_copies_expire(sqlite3_db_filename(db->sql, "main"), now);
}

int store_db_trim(struct store_db *db, struct wall wall,
                  const struct store_keep *keep)
{
    const struct wall now = store_db_clock(db, wall);

    expire_copies(db, now);
    int rc = note_clock(db);

    if (rc == 0)
        rc = log_trim(db, &db->logs[STORE_EVENTS], now, keep->events_ms,
                      keep->events_max);
    if (rc == 0)
        rc = log_trim(db, &db->logs[STORE_AUDIT], now, keep->audit_ms,
                      keep->audit_max);
    return rc < 0 ? rc : store_db_thin(db, now, keep);
}
