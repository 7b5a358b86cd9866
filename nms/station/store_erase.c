#include "station/store_erase.h"

#include "station/store_ask.h"
#include "station/store_db_parts.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include <jansson.h>

enum { BITE_MS = 20, COLUMNS_MAX = 5, EMPTY_TRIES = 5 };

/* A table that is looked through; its columns with texts. */
struct place {
    char *table;
    enum place_kind { EVENTS, PAST, OBJECTS } kind;
};

/* Of an object: an erasure was begun. */
static const char note_kind[] = "forgetting";

static const char *const columns[][COLUMNS_MAX + 1] = {
    [EVENTS] = {"type", "object", "source", "text", "body", NULL},
    [PAST] = {"kind", "key", "body", NULL},
    [OBJECTS] = {"kind", "key", "body", NULL},
};

/* What is under way; the thread has it while it bites, else the loop. */
struct erasing {
    struct store *store;
    struct store_erasure what;
    struct places ARRAY_OF(struct place) places;
    size_t place; /* looked through now */
    int64_t row;  /* of it, the last that was looked at */
    bool begun, over;
    unsigned emptied; /* tries to */
    struct store_erased erased;
    store_erased_fn done;
    void *arg;
};

struct bite {
    struct store_ask ask;
    struct erasing *of;
};

static void texts_fini(struct store_texts *t)
{
    for (size_t i = 0; i < t->count; i++)
        free(t->at[i]);
    array_fini(t);
}

void store_erasure_fini(struct store_erasure *e)
{
    texts_fini(&e->objects);
    texts_fini(&e->ids);
    free(e->who);
    free(e->instead);
    redaction_fini(&e->words);
    *e = (struct store_erasure){0};
}

static void erasing_free(struct erasing *e)
{
    for (size_t i = 0; i < e->places.count; i++)
        free(e->places.at[i].table);
    array_fini(&e->places);
    texts_fini(&e->erased.left);
    store_erasure_fini(&e->what);
    free(e);
}

/* ---- the thread: one row ---- */

/* It, or a part of it: "sw1" has "sw1:Gi0/1". */
static bool is_of(const struct store_erasure *what, const char *object)
{
    for (size_t i = 0; i < what->objects.count; i++) {
        size_t len = strlen(what->objects.at[i]);

        if (strncmp(object, what->objects.at[i], len) == 0 &&
            (object[len] == '\0' || object[len] == ':'))
            return true;
    }
    return false;
}

static bool is_own(const struct erasing *e, enum place_kind kind,
                   sqlite3_stmt *row)
{
    if (kind == EVENTS)
        return is_of(&e->what, store_db_text(row, 2));
    for (size_t i = 0; kind == PAST && i < e->what.ids.count; i++)
        if (strcmp(store_db_text(row, 2), e->what.ids.at[i]) == 0 ||
            strstr(store_db_text(row, 3), e->what.ids.at[i]) != NULL)
            return true;
    return false;
}

/* What tells that it is under way stays until it is not. */
static bool is_note(enum place_kind kind, sqlite3_stmt *row)
{
    return kind == OBJECTS && strcmp(store_db_text(row, 1), note_kind) == 0;
}

static bool is_kept(const struct erasing *e, enum place_kind kind,
                    sqlite3_stmt *row)
{
    for (const char *const *k = e->what.kept;
         kind == OBJECTS && k != NULL && *k != NULL; k++)
        if (strcmp(*k, store_db_text(row, 1)) == 0)
            return true;
    return false;
}

static void note_left(struct erasing *e, sqlite3_stmt *row)
{
    struct buffer name = {0};

    if (e->erased.left.count == STORE_LEFT_MAX)
        return;
    buffer_format(&name, "%s %s", store_db_text(row, 1), store_db_text(row, 2));
    *array_add(&e->erased.left) = buffer_take(&name);
}

static int delete_row(struct store_db *db, const struct place *p, int64_t row)
{
    struct buffer OWNED_BUFFER sql = {0};

    buffer_format(&sql, "DELETE FROM %s WHERE rowid = %" PRId64, p->table, row);
    return store_db_run(db, sql.at) == SQLITE_OK ? 0 : -EIO;
}

/* A column becomes another text. */
static int put_column(struct store_db *db, const struct place *p, int64_t row,
                      size_t column, const char *text)
{
    struct buffer OWNED_BUFFER sql = {0};
    sqlite3_stmt *prepared = NULL;

    buffer_format(&sql, "UPDATE %s SET %s = ?1 WHERE rowid = %" PRId64,
                  p->table, columns[p->kind][column], row);
    int rc = sqlite3_prepare_v2(db->sql, sql.at, -1, &prepared, NULL);
    OWNED(sqlite3_finalize) sqlite3_stmt *s = prepared;
    if (rc != SQLITE_OK)
        return -EIO;
    store_db_bind_text(s, 1, text);
    return store_db_finish(s);
}

/* Events of accounts have a person's name as their object. */
static bool is_person(const struct erasing *e, const struct place *p,
                      sqlite3_stmt *row, size_t column)
{
    static const char *const accounts[] = {"user.", "login", "logout"};
    const char *type = store_db_text(row, 1);
    bool is_source = column == 2, of_account = false;

    if (e->what.who == NULL || p->kind != EVENTS ||
        strcmp(store_db_text(row, (int)column + 1), e->what.who) != 0)
        return false;
    for (size_t i = 0; i < COUNT_OF(accounts); i++)
        of_account |= strncmp(type, accounts[i], strlen(accounts[i])) == 0;
    return is_source || (column == 1 && of_account);
}

/* What a column is to say; false: what it says. */
static bool redact_column(const struct erasing *e, const struct place *p,
                          sqlite3_stmt *row, size_t column, struct buffer *out)
{
    if (!is_person(e, p, row, column))
        return redaction_text(&e->what.words,
                              store_db_text(row, (int)column + 1), out);
    buffer_text(out, e->what.instead);
    return true;
}

/* Words of a row; keys and kinds stay, and are told where they have one. */
static int redact_row(struct erasing *e, struct store_db *db,
                      const struct place *p, sqlite3_stmt *row)
{
    int64_t id = sqlite3_column_int64(row, 0);
    size_t first = p->kind == EVENTS ? 1 : 2;
    bool changed = false;
    int rc = 0;

    if (p->kind == OBJECTS &&
        redaction_finds(&e->what.words, store_db_text(row, 2)))
        note_left(e, row);
    for (size_t i = first; columns[p->kind][i] != NULL && rc == 0; i++) {
        struct buffer OWNED_BUFFER text = {0};

        if (!redact_column(e, p, row, i, &text))
            continue;
        changed = true;
        rc = put_column(db, p, id, i, text.at);
    }
    e->erased.changed += changed;
    return rc;
}

static int look_at_row(struct erasing *e, struct store_db *db,
                       const struct place *p, sqlite3_stmt *row)
{
    if (is_own(e, p->kind, row)) {
        e->erased.deleted++;
        return delete_row(db, p, sqlite3_column_int64(row, 0));
    }
    if (is_note(p->kind, row))
        return 0;
    if (!is_kept(e, p->kind, row))
        return redact_row(e, db, p, row);
    if (redaction_finds(&e->what.words, store_db_text(row, 3)))
        note_left(e, row);
    return 0;
}

/* ---- the thread: a bite ---- */

static void add_place(struct erasing *e, enum place_kind kind,
                      const char *table, int64_t number)
{
    struct buffer name = {0};

    if (number > 0)
        buffer_format(&name, "%s_%" PRId64, table, number);
    else
        buffer_text(&name, table);
    *array_add(&e->places) =
        (struct place){.table = buffer_take(&name), .kind = kind};
}

/* Partitions that come later have nothing of what was. */
static void list_places(struct erasing *e, const struct store_db *db)
{
    for (size_t i = 0; i < STORE_LOGS; i++)
        for (size_t k = 0; k < db->logs[i].parts.count; k++)
            add_place(e, EVENTS, db->logs[i].table,
                      db->logs[i].parts.at[k].number);
    add_place(e, PAST, "past", 0);
    add_place(e, OBJECTS, "object", 0);
}

/* A partition whose time is over may have been dropped meanwhile. */
static bool is_there(struct store_db *db, const struct place *p)
{
    struct buffer OWNED_BUFFER sql = {0};
    int64_t count = 0;

    buffer_format(&sql, "SELECT count(*) FROM sqlite_master WHERE name = '%s'",
                  p->table);
    return store_db_number(db, sql.at, 0, &count) == SQLITE_OK && count > 0;
}

static int select_rows(const struct erasing *e, struct store_db *db,
                       const struct place *p, sqlite3_stmt **out)
{
    struct buffer OWNED_BUFFER sql = {0};

    buffer_text(&sql, "SELECT rowid");
    for (size_t i = 0; columns[p->kind][i] != NULL; i++)
        buffer_format(&sql, ", %s", columns[p->kind][i]);
    buffer_format(&sql, " FROM %s WHERE rowid > %" PRId64 " ORDER BY rowid",
                  p->table, e->row);
    return sqlite3_prepare_v2(db->sql, sql.at, -1, out, NULL) == SQLITE_OK
               ? 0
               : -EIO;
}

/* Looks at rows of the place at hand until the time is over, or it is. */
static int look_through(struct erasing *e, struct store_db *db,
                        struct mono until)
{
    const struct place *p = &e->places.at[e->place];
    sqlite3_stmt *selected = NULL;
    int rc = is_there(db, p) ? select_rows(e, db, p, &selected) : 0;
    OWNED(sqlite3_finalize) sqlite3_stmt *rows = selected;
    /* Where the time is over before the first, it is not looked through. */
    int step = rows != NULL ? SQLITE_ROW : SQLITE_DONE;

    while (rc == 0 && rows != NULL && !mono_reached(mono_now(), until) &&
           (step = sqlite3_step(rows)) == SQLITE_ROW) {
        e->row = sqlite3_column_int64(rows, 0);
        rc = look_at_row(e, db, p, rows);
    }
    if (rc < 0 || (step != SQLITE_DONE && step != SQLITE_ROW))
        return -EIO;
    if (step == SQLITE_DONE) {
        e->place++;
        e->row = INT64_MIN;
    }
    return 0;
}

static int look(struct erasing *e, struct store_db *db)
{
    struct mono until = mono_after_ms(mono_now(), BITE_MS);
    int rc = store_db_begin(db);

    while (rc == 0 && e->place < e->places.count &&
           !mono_reached(mono_now(), until))
        rc = look_through(e, db, until);
    if (rc == 0)
        rc = store_db_commit(db);
    if (rc < 0)
        store_db_rollback(db);
    return rc;
}

static bool finds(struct store_db *db, const char *sql, const char *text)
{
    sqlite3_stmt *prepared = NULL;
    int rc = sqlite3_prepare_v2(db->sql, sql, -1, &prepared, NULL);
    OWNED(sqlite3_finalize) sqlite3_stmt *s = prepared;

    if (rc != SQLITE_OK)
        return false;
    store_db_bind_text(s, 1, text);
    return sqlite3_step(s) == SQLITE_ROW;
}

/* Is an event about the first object, or was it begun before? By an index. */
static bool is_known(const struct erasing *e, struct store_db *db)
{
    const char *object = e->what.objects.at[0];
    bool known = finds(db,
                       "SELECT 1 FROM object WHERE kind = 'forgetting' AND "
                       "key = ?1",
                       object);

    for (size_t i = 0; i < e->places.count && !known; i++) {
        struct buffer OWNED_BUFFER sql = {0};

        if (e->places.at[i].kind != EVENTS)
            continue;
        buffer_format(&sql, "SELECT 1 FROM %s WHERE object = ?1 LIMIT 1",
                      e->places.at[i].table);
        known = finds(db, sql.at, object);
    }
    return known;
}

static json_t *texts_json(const struct store_texts *t, size_t from)
{
    json_t *list = json_array();

    for (size_t i = from; i < t->count; i++)
        json_array_append_new(list, json_string(t->at[i]));
    return list;
}

/* Without it what is left of one that was interrupted would not be found. */
static int put_note(const struct erasing *e, struct store_db *db)
{
    const struct store_texts *objects = &e->what.objects;

    if (objects->count == 0)
        return 0;
    json_t *o = json_object();
    json_object_set_new(o, "ids", texts_json(&e->what.ids, 0));
    json_object_set_new(o, "addresses", texts_json(objects, 1));
    OWNED(free) char *text = json_dumps(o, JSON_COMPACT);
    json_decref(o);
    int rc = store_db_begin(db);
    if (rc == 0)
        rc = store_db_put(db, note_kind, objects->at[0],
                          text != NULL ? text : "{}");
    if (rc == 0)
        rc = store_db_commit(db);
    if (rc < 0)
        store_db_rollback(db);
    return rc;
}

static int begin(struct erasing *e, struct store_db *db)
{
    e->begun = true;
    list_places(e, db);
    if (store_db_run(db, "PRAGMA secure_delete = ON") != SQLITE_OK)
        return -EIO;
    if (e->what.doubted && !is_known(e, db))
        return -ENOENT;
    return put_note(e, db);
}

/* The log has what was there before until it is emptied, which somebody who
 * reads the database puts off: once more then, in the next bite. */
static int empty_log(struct erasing *e, struct store_db *db)
{
    int rc = sqlite3_wal_checkpoint_v2(db->sql, NULL,
                                       SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);

    e->erased.log = rc == SQLITE_BUSY;
    e->over = rc != SQLITE_BUSY || ++e->emptied == EMPTY_TRIES;
    return rc == SQLITE_OK || rc == SQLITE_BUSY ? 0 : -EIO;
}

static int end(struct erasing *e, struct store_db *db)
{
    if (e->emptied == 0 && e->what.objects.count > 0 &&
        store_db_delete(db, note_kind, e->what.objects.at[0]) < 0)
        return -EIO;
    return empty_log(e, db);
}

/* What was deleted is overwritten. */
static int bite(struct store_ask *a, struct store_db *db)
{
    struct erasing *e = ((struct bite *)a)->of;
    int rc = e->begun ? 0 : begin(e, db);

    if (rc < 0)
        return rc;
    return e->place < e->places.count ? look(e, db) : end(e, db);
}

/* ---- the loop ---- */

static void next_bite(struct erasing *e);

static void on_bite(struct store_ask *a, int result)
{
    struct erasing *e = ((struct bite *)a)->of;

    if (result == 0 && !e->over) {
        next_bite(e);
        return;
    }
    e->done(e->arg, result, &e->erased);
    erasing_free(e);
}

static void bite_free(struct store_ask *a)
{
    free(a);
}

static void next_bite(struct erasing *e)
{
    struct bite *b = mem_new(struct bite);

    b->ask = (struct store_ask){
        .work = bite, .done = on_bite, .free = bite_free, .arg = e};
    b->of = e;
    store_ask(e->store, &b->ask);
}

void store_erase(struct store *s, struct store_erasure *what,
                 store_erased_fn done, void *arg)
{
    struct erasing *e = mem_new(struct erasing);

    e->store = s;
    e->what = *what;
    *what = (struct store_erasure){0};
    e->row = INT64_MIN;
    e->done = done;
    e->arg = arg;
    next_bite(e);
}
