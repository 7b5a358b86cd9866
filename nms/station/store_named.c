#include "station/store_named.h"

#include "station/store_ask.h"
#include "station/store_db_parts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { BITE_MS = 20 };

/* Rows of a device that had the name, and of an erasure that was begun: its
 * body is of the same kind. The past is gone through by moment: nodes are many
 * there. */
static const char past_sql[] =
    "SELECT rowid, key, body, CASE WHEN kind || '' = 'node' AND "
    "json_valid(body) THEN json_extract(body, '$.name') = ?1 AND "
    "coalesce(json_extract(body, '$.origin'), 0) = 0 END "
    "FROM past NOT INDEXED WHERE rowid > ?2 ORDER BY rowid";
static const char begun_sql[] =
    "SELECT object.rowid, coalesce(id.value, ''), body, 1 FROM object "
    "LEFT JOIN json_each(body, '$.ids') AS id "
    "WHERE kind = 'forgetting' AND object.key = ?1 AND object.rowid > ?2";
static const char addrs_sql[] =
    "SELECT value FROM json_each(?1, '$.addresses') UNION "
    "SELECT json_extract(?1, '$.address')";

/* The thread has it while it bites, else the loop. */
struct finding {
    struct store *store;
    char *name;
    bool begun_seen, over;
    int64_t row; /* the last that was looked at */
    struct store_named found;
    store_named_fn done;
    void *arg;
};

struct bite {
    struct store_ask ask;
    struct finding *of;
};

void store_named_fini(struct store_named *n)
{
    for (size_t i = 0; i < n->count; i++) {
        free(n->at[i].id);
        free(n->at[i].addr);
    }
    array_fini(n);
}

static void finding_free(struct finding *f)
{
    store_named_fini(&f->found);
    free(f->name);
    free(f);
}

/* ---- the thread ---- */

static bool is_same(const struct store_named_row *row, const char *id,
                    const char *addr)
{
    return strcmp(row->id, id) == 0 &&
           (addr == NULL || row->addr == NULL ? addr == row->addr
                                              : strcmp(row->addr, addr) == 0);
}

static void add(struct store_named *n, const char *id, const char *addr)
{
    for (size_t i = 0; i < n->count; i++)
        if (is_same(&n->at[i], id, addr))
            return;
    if (n->count < STORE_NAMED_MAX)
        *array_add(n) = (struct store_named_row){
            mem_text(id), addr != NULL ? mem_text(addr) : NULL};
}

static int add_addrs(struct finding *f, struct store_db *db, const char *id,
                     const char *body)
{
    sqlite3_stmt *prepared = NULL;
    int rc = sqlite3_prepare_v2(db->sql, addrs_sql, -1, &prepared, NULL);
    OWNED(sqlite3_finalize) sqlite3_stmt *s = prepared;

    if (rc != SQLITE_OK)
        return -EIO;
    store_db_bind_text(s, 1, body);
    while ((rc = sqlite3_step(s)) == SQLITE_ROW)
        if (store_db_text(s, 0)[0] != '\0')
            add(&f->found, id, store_db_text(s, 0));
    return rc == SQLITE_DONE ? 0 : -EIO;
}

static int look_at_row(struct finding *f, struct store_db *db,
                       sqlite3_stmt *row)
{
    const char *id = store_db_text(row, 1);

    f->row = sqlite3_column_int64(row, 0);
    if (sqlite3_column_int(row, 3) == 0)
        return 0;
    add(&f->found, id, NULL);
    return add_addrs(f, db, id, store_db_text(row, 2));
}

static int look(struct finding *f, struct store_db *db, const char *sql)
{
    struct mono until = mono_after_ms(mono_now(), BITE_MS);
    sqlite3_stmt *prepared = NULL;
    int step = sqlite3_prepare_v2(db->sql, sql, -1, &prepared, NULL), rc = 0;
    OWNED(sqlite3_finalize) sqlite3_stmt *rows = prepared;

    if (step != SQLITE_OK)
        return -EIO;
    store_db_bind_text(rows, 1, f->name);
    store_db_bind_number(rows, 2, f->row);
    while (rc == 0 && (step = sqlite3_step(rows)) == SQLITE_ROW) {
        rc = look_at_row(f, db, rows);
        if (mono_reached(mono_now(), until))
            break;
    }
    f->over = step == SQLITE_DONE;
    return step == SQLITE_DONE || step == SQLITE_ROW ? rc : -EIO;
}

static int bite(struct store_ask *a, struct store_db *db)
{
    struct finding *f = ((struct bite *)a)->of;
    int rc = 0;

    if (!f->begun_seen) {
        rc = look(f, db, begun_sql);
        f->begun_seen = true;
        f->row = INT64_MIN;
    }
    return rc == 0 ? look(f, db, past_sql) : rc;
}

/* ---- the loop ---- */

static void next_bite(struct finding *f);

static void on_bite(struct store_ask *a, int result)
{
    struct finding *f = ((struct bite *)a)->of;

    if (result == 0 && !f->over) {
        next_bite(f);
        return;
    }
    f->done(f->arg, result, &f->found);
    finding_free(f);
}

static void bite_free(struct store_ask *a)
{
    free(a);
}

static void next_bite(struct finding *f)
{
    struct bite *b = mem_new(struct bite);

    b->ask = (struct store_ask){
        .work = bite, .done = on_bite, .free = bite_free, .arg = f};
    b->of = f;
    store_ask(f->store, &b->ask);
}

void store_find_named(struct store *s, const char *name, store_named_fn done,
                      void *arg)
{
    struct finding *f = mem_new(struct finding);

    f->store = s;
    f->name = mem_text(name);
    f->row = INT64_MIN;
    f->done = done;
    f->arg = arg;
    next_bite(f);
}
