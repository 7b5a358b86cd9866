/* store_db_parts.h - the database from inside, for store_db*.c alone. */
#ifndef STATION_STORE_DB_PARTS_H
#define STATION_STORE_DB_PARTS_H

#include "station/store_db.h"

#include <sqlite3.h>

enum statement {
    PUT,
    DELETE,
    LOAD,
    PAST_ADD,
    PAST_AT,
    PAST_TURNED,
    PAST_TRIM,
    STATEMENTS
};

/* Events of a span of time: the table event_NUMBER, or audit_NUMBER. */
struct event_part {
    int64_t number, from_ms, first_id;
    int64_t thinned; /* the last id that store_db_thin() looked at; 0: none */
};

struct event_parts ARRAY_OF(struct event_part);

/* One of enum store_log. */
struct event_log {
    const char *table;        /* "event" */
    struct event_parts parts; /* the newest last; never none */
    sqlite3_stmt *add;        /* to the newest; NULL: not prepared */
    int64_t span_ms;          /* of a part; 0 = no new one is made */
    uint64_t span_count;      /* events of a part at most; 0 = any number */
    struct mono trimmed;      /* when it was last looked what is too old */
    struct mono thinned;      /* the same of what goes earlier */
};

/* By which what is too old goes. */
struct store_clock {
    struct wall believed;      /* what it showed */
    struct mono at;            /* then; 0: it was not looked at yet */
    int64_t noted_ms;          /* the one in the database; 0: none */
    struct mono doubted_since; /* it is another since; 0: it is not */
    int64_t away_ms;           /* so far was it away then */
};

struct store_db {
    sqlite3 *sql;
    sqlite3_stmt *prepared[STATEMENTS];
    struct event_log logs[STORE_LOGS];
    bool unread; /* which partitions there are, since something failed */
    struct mono copies_looked_at; /* last */
    struct store_clock clock;
};

OWNED_BY(sqlite3_stmt, sqlite3_finalize)

/* SQLite's result. */
int store_db_run(struct store_db *db, const char *sql);
/* The first column of the first row, as a number; fallback where it is NULL. */
int store_db_number(struct store_db *db, const char *sql, int64_t fallback,
                    int64_t *out);

void store_db_bind_text(sqlite3_stmt *s, int at, const char *text);
void store_db_bind_number(sqlite3_stmt *s, int at, int64_t number);

/* SQLite's result of reading: 0 or -EIO. Where damage was met, the next start
 * looks at the whole file, and reads what can be read into a new one. */
int store_db_read(struct store_db *db, int rc);

/* Runs a statement that gives no rows. 0 or -EIO. */
int store_db_finish(sqlite3_stmt *s);

/* "" for NULL; valid until the next step. */
const char *store_db_text(sqlite3_stmt *s, int at);

/* store_db_trim.c: the clock on the wall, or what it would show had it not gone
 * ahead: by which something may be dropped. */
struct wall store_db_clock(struct store_db *db, struct wall now);

/* store_db_events.c: reads which partitions there are; SQLite's result. */
int store_db_events_open(struct store_db *db);
void store_db_events_close(struct store_db *db);
/* The highest id of a log, 0 if there is none. 0 or -EIO. */
int store_db_last_event(struct store_db *db, const struct event_log *log,
                        uint64_t *out);
/* Makes a partition, and its row in the list of them; the same. */
int store_db_part_make(struct store_db *db, const struct event_log *log,
                       const struct event_part *p);

#endif
