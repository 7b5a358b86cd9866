/* Events of a kind that is kept for a shorter time than the partition they are
 * in: they are deleted a few at a time, in the order in which they came. */
#include "station/store_db_parts.h"

#include <errno.h>
#include <inttypes.h>

enum { THIN_MS = 60000 };

/* The id of the last event of a partition that is older; 0: none is. */
static int last_before(struct store_db *db, const struct event_log *log,
                       const struct event_part *p, int64_t at_ms, int64_t *out)
{
    struct buffer OWNED_BUFFER sql = {0};

    buffer_format(&sql,
                  "SELECT id FROM %s_%" PRId64 " WHERE at_ms < %" PRId64
                  " ORDER BY at_ms DESC LIMIT 1",
                  log->table, p->number, at_ms);
    return store_db_number(db, sql.at, 0, out) == SQLITE_OK ? 0 : -EIO;
}

/* *some: there was something to look at. */
static int thin(struct store_db *db, const struct event_log *log,
                struct event_part *p, int64_t at_ms, bool *some)
{
    struct buffer OWNED_BUFFER sql = {0};
    int64_t last, first = p->thinned > 0 ? p->thinned : p->first_id - 1;
    int rc = last_before(db, log, p, at_ms, &last);

    *some = rc == 0 && last > first;
    if (!*some)
        return rc;
    if (last > first + STORE_THIN)
        last = first + STORE_THIN;
    buffer_format(&sql,
                  "DELETE FROM %s_%" PRId64 " WHERE id > %" PRId64
                  " AND id <= %" PRId64 " AND at_ms < %" PRId64
                  " AND type >= 'notification.' AND type < 'notification/'",
                  log->table, p->number, first, last, at_ms);
    p->thinned = last;
    return store_db_run(db, sql.at) == SQLITE_OK ? 0 : -EIO;
}

int store_db_thin(struct store_db *db, struct wall now,
                  const struct store_keep *keep)
{
    struct event_log *log = &db->logs[STORE_EVENTS];
    struct mono turn = mono_now();
    int64_t at_ms = now.ms - keep->notifications_ms;
    bool some = false;
    int rc = 0;

    if (keep->notifications_ms == 0 ||
        keep->notifications_ms >= keep->events_ms ||
        (log->thinned.ns != 0 && mono_ms_between(log->thinned, turn) < THIN_MS))
        return 0;
    log->thinned = turn;
    for (size_t i = 0; i < log->parts.count && rc == 0 && !some; i++)
        if (log->parts.at[i].from_ms < at_ms)
            rc = thin(db, log, &log->parts.at[i], at_ms, &some);
    return rc;
}
