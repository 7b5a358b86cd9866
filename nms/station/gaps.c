#include "station/gaps.h"

#include "base/table.h"
#include "station/store.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

enum { LOSING_MS = 60000 }; /* losses that near are one gap */
enum { ALIVE_MS = 10000, EXPIRE_MS = 3600000, KEY_LEN = 64 };

static const char kind[] = "gap", alive_key[] = "alive", meta[] = "meta";
static const char gone[] = "gone"; /* in place of a file: nobody is there */

struct gap_kept {
    char *file; /* "" = all of the folder */
    struct gap_span span;
};

/* The gaps of one folder, in the order in which they began. */
struct folder {
    char *name;
    struct kept ARRAY_OF(struct gap_kept) kept;
};

struct gaps {
    struct store *store;
    int64_t keep_ms;
    struct table *folders; /* by name */
    struct gaps_stats stats;
    struct wall alive_told, expired;
    uint64_t lost;         /* samples, as told last */
    struct wall lost_told; /* when that was */
    struct wall losing,
        lost_at; /* since when, and when last; 0: they are not */
};

struct gaps *gaps_new(struct store *store, int64_t keep_ms)
{
    struct gaps *g = mem_new(struct gaps);

    g->store = store;
    g->keep_ms = keep_ms;
    g->folders = table_new();
    return g;
}

void gaps_use(struct gaps *g, int64_t keep_ms)
{
    g->keep_ms = keep_ms;
}

static void folder_free(struct folder *f)
{
    for (size_t i = 0; i < f->kept.count; i++)
        free(f->kept.at[i].file);
    array_fini(&f->kept);
    free(f->name);
    free(f);
}

void gaps_free(struct gaps *g)
{
    void *folder = NULL;

    if (g == NULL)
        return;
    for (size_t at = 0; table_next(g->folders, &at, NULL, &folder);)
        folder_free(folder);
    table_free(g->folders);
    free(g);
}

static struct folder *folder_of(struct gaps *g, const char *name)
{
    struct folder *f = table_find_text(g->folders, name);

    if (f == NULL) {
        f = mem_new(struct folder);
        f->name = mem_text(name);
        (void)table_put_text(g->folders, name, f);
    }
    return f;
}

/* ---- the store ---- */

/* Folders and files have long names: their hash and the beginning are enough.
 */
static void key_of(const struct folder *f, const struct gap_kept *k,
                   char out[KEY_LEN])
{
    (void)snprintf(out, KEY_LEN, "%016" PRIx64 "-%016" PRIx64 "-%" PRId64,
                   (uint64_t)bytes_hash(bytes_of_text(f->name)),
                   (uint64_t)bytes_hash(bytes_of_text(k->file)),
                   k->span.from.ms);
}

static void keep(struct gaps *g, const struct folder *f,
                 const struct gap_kept *k)
{
    char key[KEY_LEN];

    if (g->store == NULL)
        return;
    json_t *o =
        json_pack("{s:s,s:s,s:I,s:I,s:s}", "folder", f->name, "file", k->file,
                  "from", (json_int_t)k->span.from.ms, "to",
                  (json_int_t)k->span.to.ms, "why", gap_name(k->span.why));
    char *text = o != NULL ? json_dumps(o, JSON_COMPACT) : NULL;
    json_decref(o);
    key_of(f, k, key);
    if (text != NULL) /* names of files are ASCII */
        store_put(g->store, kind, key, text);
    free(text);
}

static void unkeep(struct gaps *g, const struct folder *f,
                   const struct gap_kept *k)
{
    char key[KEY_LEN];

    if (g->store == NULL)
        return;
    key_of(f, k, key);
    store_delete(g->store, kind, key);
}

/* ---- one folder ---- */

static bool is_open(const struct gap_kept *k)
{
    return k->span.to.ms == 0;
}

static bool is_gone(const struct gap_kept *k)
{
    return is_open(k) && strcmp(k->file, gone) == 0;
}

/* Takes the nth out of the record. */
static void drop(struct gaps *g, struct folder *f, size_t n)
{
    unkeep(g, f, &f->kept.at[n]);
    g->stats.kept--;
    g->stats.open -= is_open(&f->kept.at[n]) ? 1 : 0;
    free(f->kept.at[n].file);
    f->kept.count--;
    memmove(&f->kept.at[n], &f->kept.at[n + 1],
            (f->kept.count - n) * sizeof f->kept.at[0]);
}

/* Adds one at its place in time. */
static struct gap_kept *put(struct gaps *g, struct folder *f, const char *file,
                            struct gap_span span)
{
    size_t at = f->kept.count;

    (void)array_add(&f->kept);
    while (at > 0 && f->kept.at[at - 1].span.from.ms > span.from.ms) {
        f->kept.at[at] = f->kept.at[at - 1];
        at--;
    }
    f->kept.at[at] = (struct gap_kept){mem_text(file), span};
    g->stats.kept++;
    g->stats.open += span.to.ms == 0 ? 1 : 0;
    return &f->kept.at[at];
}

/* Makes room for one more in the folder. */
static void make_room(struct gaps *g, struct folder *f)
{
    while (f->kept.count > 0 &&
           (f->kept.count >= GAPS_FOLDER_MAX || g->stats.kept >= GAPS_MAX)) {
        drop(g, f, 0);
        g->stats.dropped++;
    }
}

static struct gap_kept *open_one(const struct folder *f, const char *file)
{
    for (size_t i = f->kept.count; i > 0; i--)
        if (is_open(&f->kept.at[i - 1]) &&
            strcmp(f->kept.at[i - 1].file, file) == 0)
            return &f->kept.at[i - 1];
    return NULL;
}

static void close_one(struct gaps *g, struct folder *f, struct gap_kept *k,
                      struct wall to)
{
    if (to.ms <= k->span.from.ms) {
        drop(g, f, (size_t)(k - f->kept.at));
        return;
    }
    k->span.to = to;
    g->stats.open--;
    keep(g, f, k);
}

void gaps_open(struct gaps *g, const char *folder, const char *file,
               struct wall from, enum gap why)
{
    struct folder *f = folder_of(g, folder);
    struct gap_kept *open = open_one(f, file);

    if (open != NULL && strcmp(gap_name(open->span.why), gap_name(why)) == 0)
        return;
    if (open != NULL)
        close_one(g, f, open, from);
    make_room(g, f);
    if (g->stats.kept >= GAPS_MAX) {
        g->stats.dropped++;
        return;
    }
    keep(g, f, put(g, f, file, (struct gap_span){.from = from, .why = why}));
    g->alive_told = (struct wall){0}; /* it lasted until now at least */
}

void gaps_close(struct gaps *g, const char *folder, const char *file,
                struct wall to)
{
    struct folder *f = table_find_text(g->folders, folder);
    struct gap_kept *open = f != NULL ? open_one(f, file) : NULL;

    if (open != NULL)
        close_one(g, f, open, to);
}

const char *gaps_file(const char *path)
{
    const char *slash = strchr(path, '/');

    return slash != NULL ? slash + 1 : "";
}

static void end_all(struct gaps *g, struct folder *f, struct wall to)
{
    for (size_t i = f->kept.count; i > 0; i--)
        if (is_open(&f->kept.at[i - 1]) && !is_gone(&f->kept.at[i - 1]))
            close_one(g, f, &f->kept.at[i - 1], to);
}

void gaps_end(struct gaps *g, const char *folder, struct wall to)
{
    struct folder *f = table_find_text(g->folders, folder);

    if (f != NULL)
        end_all(g, f, to);
}

void gaps_leave(struct gaps *g, const char *folder, struct wall at)
{
    gaps_open(g, folder, gone, at, GAP_STATION);
}

void gaps_return(struct gaps *g, const char *folder, struct wall at)
{
    struct folder *f = table_find_text(g->folders, folder);
    struct gap_kept *k = f != NULL ? open_one(f, gone) : NULL;

    if (k == NULL)
        return;
    unkeep(g, f, k);
    free(k->file);
    k->file = mem_text("");
    close_one(g, f, k, at);
}

void gaps_forget(struct gaps *g, const char *folder)
{
    struct folder *f = table_remove(g->folders, bytes_of_text(folder));

    if (f == NULL)
        return;
    while (f->kept.count > 0)
        drop(g, f, f->kept.count - 1);
    folder_free(f);
}

void gaps_move(struct gaps *g, const char *from, const char *to)
{
    struct folder *f = table_find_text(g->folders, from);

    if (f == NULL || strcmp(from, to) == 0)
        return;
    struct folder *target = folder_of(g, to);
    for (size_t i = 0; i < f->kept.count; i++) {
        make_room(g, target);
        keep(g, target, put(g, target, f->kept.at[i].file, f->kept.at[i].span));
    }
    gaps_forget(g, from);
}

/* ---- time passes ---- */

/* Of what is gone the files go too, by then. */
static bool is_over(const struct gap_kept *k, int64_t until_ms)
{
    if (is_gone(k))
        return k->span.from.ms < until_ms;
    return !is_open(k) && k->span.to.ms < until_ms;
}

static void expire(struct gaps *g, struct wall now)
{
    void *value = NULL;

    for (size_t at = 0; table_next(g->folders, &at, NULL, &value);) {
        struct folder *f = value;

        for (size_t i = f->kept.count; i > 0; i--)
            if (is_over(&f->kept.at[i - 1], now.ms - g->keep_ms))
                drop(g, f, i - 1);
    }
}

void gaps_tick(struct gaps *g, struct wall now)
{
    char text[32];

    if (g->store != NULL && now.ms - g->alive_told.ms >= ALIVE_MS) {
        (void)snprintf(text, sizeof text, "%" PRId64, now.ms);
        store_put(g->store, meta, alive_key, text);
        g->alive_told = now;
    }
    if (now.ms - g->expired.ms >= EXPIRE_MS) {
        expire(g, now);
        g->expired = now;
    }
}

void gaps_note_lost(struct gaps *g, uint64_t lost, struct wall now)
{
    if (lost > g->lost) {
        if (g->losing.ms == 0) {
            g->losing = g->lost_told.ms != 0 ? g->lost_told : now;
            gaps_open(g, "", "", g->losing, GAP_LOST);
        }
        g->lost_at = now;
    } else if (g->losing.ms != 0 && now.ms - g->lost_at.ms >= LOSING_MS) {
        gaps_close(g, "", "", g->lost_at);
        g->losing = (struct wall){0};
    }
    g->lost = lost;
    g->lost_told = now;
}

static int on_gap(void *arg, const char *key, const char *text)
{
    struct gaps *g = arg;
    json_t *o = json_loads(text, 0, NULL);
    const char *folder, *file, *why;
    json_int_t from, to;

    (void)key;
    if (json_unpack(o, "{s:s,s:s,s:I,s:I,s:s}", "folder", &folder, "file",
                    &file, "from", &from, "to", &to, "why", &why) == 0 &&
        gap_parse(why) != GAP_NONE && g->stats.kept < GAPS_MAX)
        (void)put(g, folder_of(g, folder), file,
                  (struct gap_span){{from}, {to}, gap_parse(why)});
    json_decref(o);
    return 0;
}

static int on_meta(void *arg, const char *key, const char *text)
{
    struct wall *alive = arg;

    if (strcmp(key, alive_key) == 0)
        alive->ms = strtoll(text, NULL, 10);
    return 0;
}

int gaps_resume(struct gaps *g, struct wall now, struct wall *alive,
                struct complaint *why)
{
    void *folder = NULL;

    *alive = (struct wall){0};
    int rc = store_load(g->store, meta, on_meta, alive, why);
    if (rc == 0)
        rc = store_load(g->store, kind, on_gap, g, why);
    if (rc < 0 || alive->ms <= 0)
        return rc;
    for (size_t at = 0; table_next(g->folders, &at, NULL, &folder);)
        end_all(g, folder, *alive);
    if (now.ms > alive->ms) {
        gaps_open(g, "", "", *alive, GAP_STATION);
        gaps_close(g, "", "", now);
    }
    return 0;
}

/* ---- asking ---- */

/* Does what is kept speak of this file? */
static bool is_of(const struct gap_kept *k, const char *file,
                  enum series_group group)
{
    bool metric = group != SERIES_PORT && group != SERIES_ICMP;

    return k->file[0] == '\0' || is_gone(k) || strcmp(k->file, file) == 0 ||
           (metric && strcmp(k->file, GAPS_METRICS) == 0);
}

/* What is said of one file is so, whatever the reason: echoes of a device that
 * is down are missing for its silence. */
static bool is_named(const struct gap_kept *k)
{
    return k->file[0] != '\0' && !is_gone(k) &&
           strcmp(k->file, GAPS_METRICS) != 0;
}

static void find_in(const struct folder *f, const char *file,
                    const struct gaps_query *q, struct gap_spans *out)
{
    for (size_t i = 0; f != NULL && i < f->kept.count; i++) {
        const struct gap_kept *k = &f->kept.at[i];
        struct gap_span s = k->span;
        bool of_some = s.why == GAP_STATION || s.why == GAP_LOST;
        int64_t margin = of_some ? q->margin_ms : 0;

        if (!is_of(k, file, q->group) ||
            (!is_named(k) && !gap_strikes(s.why, q->group)))
            continue;
        s.from.ms -= margin;
        s.to.ms = is_open(k) ? q->to.ms : s.to.ms + margin;
        if (s.from.ms < q->from.ms)
            s.from = q->from;
        if (s.to.ms > q->to.ms)
            s.to = q->to;
        if (s.from.ms < s.to.ms)
            *array_add(out) = s;
    }
}

static int by_from(const void *a, const void *b)
{
    const struct gap_span *x = a, *y = b;

    return x->from.ms < y->from.ms ? -1 : x->from.ms > y->from.ms;
}

void gaps_of(const struct gaps *g, const struct gaps_query *query,
             struct gap_spans *out)
{
    struct buffer OWNED_BUFFER folder = {0};
    const char *file = gaps_file(query->path);

    buffer_add(&folder, query->path, strcspn(query->path, "/"));
    buffer_text(&folder, "");
    find_in(table_find_text(g->folders, folder.at), file, query, out);
    find_in(table_find_text(g->folders, ""), file, query, out);
    if (out->count > 1)
        qsort(out->at, out->count, sizeof out->at[0], by_from);
}

void gaps_stats(const struct gaps *g, struct gaps_stats *out)
{
    *out = g->stats;
}
