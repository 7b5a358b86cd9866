/* What people do to maps: questions that the documents' thread answers, in the
 * order they came. */
#include "base/file.h"
#include "base/log.h"
#include "base/text.h"
#include "station/maps_parts.h"
#include "station/snapshot.h"

#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <unistd.h>

enum {
    NAME_MAX_OCTETS = 100, /* of a map */
    EDITS_AT_ONCE_MAX = 10000
};

struct ask {
    struct maps *maps;
    enum maps_deed deed;
    char *name, *who;
    unsigned uid;
    json_t *edits;
    struct snapshot *snapshot;
    uint64_t matches, seen;
    char *document;
    size_t document_len;
    enum map_import_format format;
    bool replace;

    struct maps_catalogue *made; /* NULL: nothing changed */
    int result;
    uint64_t revision;
    json_t *told;
    struct complaint why;
    maps_answer_fn done; /* NULL: forgotten */
    void *arg;
};

static void ask_free(struct ask *a)
{
    json_decref(a->edits);
    json_decref(a->told);
    snapshot_unref(a->snapshot);
    maps_catalogue_free(a->made);
    free(a->document);
    free(a->name);
    free(a->who);
    free(a);
}

/* ---- in the thread ---- */

static int no_map(struct ask *a)
{
    return complain(&a->why, -ENOENT, a->name, "portolan map list names all",
                    "there is no map \"%.100s\"", a->name);
}

static int refused_by_disk(struct ask *a, const char *path, const char *what,
                           int rc)
{
    return complain(&a->why, -EBUSY, a->name, "check the disk",
                    "%s cannot be %s: %s; nothing was changed", path, what,
                    strerror(-rc));
}

static int too_large(struct ask *a)
{
    return complain(&a->why, -EFBIG, a->name, "split it into several maps",
                    "the map would be larger than 64 MB");
}

/* Who asks, as people know them. */
static void find_who(struct ask *a)
{
    enum { ROOM = 4096 };
    struct buffer OWNED_BUFFER name = {0};
    struct passwd entry, *found = NULL;
    char room[ROOM];

    if (a->who != NULL)
        return;
    if (getpwuid_r(a->uid, &entry, room, sizeof room, &found) == 0 &&
        found != NULL)
        text_safe(bytes_of_text(found->pw_name), NULL, false, OVERLAY_WHO_MAX,
                  &name);
    else
        buffer_format(&name, "uid-%u", a->uid);
    a->who = buffer_take(&name);
}

static void tell(struct ask *a, const struct maps_file *f, json_t *edits)
{
    a->revision = f->edits->revision;
    a->told = json_object();
    (void)json_object_set_new(a->told, "name", json_string(f->name));
    (void)json_object_set_new(a->told, "revision",
                              json_integer((json_int_t)a->revision));
    (void)json_object_set_new(a->told, "edits", edits);
}

/* Those edits, or (NULL) all since a revision. */
static json_t *list_edits(const struct maps_file *f,
                          const struct overlay_indexes *which, uint64_t since)
{
    struct overlay_indexes all = {0};
    json_t *list = json_array();

    if (which == NULL) {
        overlay_since(f->edits, since, NULL, 0, &all);
        which = &all;
    }
    for (size_t i = 0; i < which->count; i++)
        (void)json_array_append_new(
            list, overlay_edit_json(&f->edits->edits.at[which->at[i]]));
    array_fini(&all);
    return list;
}

/* Edits as they came, while they are done. */
struct wish {
    struct map_edit *at;
    size_t count;
    struct arena *arena;
};

static void wish_fini(struct wish *w)
{
    for (size_t i = 0; i < w->count; i++)
        map_edit_fini(&w->at[i]);
    free(w->at);
    arena_free(w->arena);
}

/* A device that the whole station knows, wherever it stands on this map. */
static void find_device(const struct ask *a, struct wish *w, struct map_edit *e)
{
    char id[IDENT_TEXT_MAX];
    const struct device_record *d;

    if (e->op != MAP_BIND || e->other[0] == '\0' || a->snapshot == NULL)
        return;
    d = snapshot_find(a->snapshot, e->other);
    if (d == NULL)
        return;
    e->text = arena_text(w->arena, d->name);
    e->other = arena_text(w->arena, ident_format(&d->id, id, sizeof id));
}

static int read_wish(struct ask *a, struct wish *w)
{
    size_t count = json_array_size(a->edits);
    int rc = 0;

    *w = (struct wish){.arena = arena_new()};
    w->at = mem_array(count + 1, sizeof *w->at);
    if (count == 0 || count > EDITS_AT_ONCE_MAX)
        return complain(
            &a->why, -EINVAL, a->name, "see `portolan map edit --help`",
            "there is no list of 1 to %d operations", EDITS_AT_ONCE_MAX);
    for (size_t i = 0; i < count && rc == 0; i++) {
        rc = map_edit_read(json_array_get(a->edits, i), w->arena, &w->at[i],
                           &a->why);
        if (rc < 0)
            break;
        w->count++;
        find_device(a, w, &w->at[i]);
    }
    return rc;
}

static int is_stale(struct ask *a, const struct maps_file *f)
{
    if (a->matches == UINT64_MAX || a->matches == f->edits->revision)
        return 0;
    tell(a, f, list_edits(f, NULL, a->matches));
    return complain(
        &a->why, -ESTALE, a->name, "look at what changed, then say it again",
        "the map is at revision %llu, not %llu",
        (unsigned long long)f->edits->revision, (unsigned long long)a->matches);
}

static int change(struct ask *a, struct maps_file *f, struct wish *w)
{
    struct maps_shelf *shelf = a->maps->shelf;
    struct overlay_indexes clashes = {0};
    struct overlay_person person = {
        .who = a->who, .at = wall_now(), .seen = a->seen, .clashes = &clashes};
    uint64_t before = f->edits->revision;
    const struct map *shown = maps_shelf_look(f);

    if (shown == NULL)
        return maps_unread(f, &a->why);
    OWNED(map_free) struct map *now = map_copy(shown);
    int rc = overlay_change(f->edits, now, &person, w->at, w->count, &a->why);

    if (rc == -EALREADY)
        tell(a, f, list_edits(f, &clashes, 0));
    array_fini(&clashes);
    if (rc < 0)
        return rc;
    rc = maps_disk_write_edits(f);
    if (rc < 0) { /* as it was, and as the file has it */
        overlay_free(f->edits);
        maps_disk_read_edits(shelf, f);
        maps_shelf_redo(f, f->found);
        return refused_by_disk(a, f->edits_path, "written", rc);
    }
    maps_shelf_redo(f, f->found);
    (void)maps_shelf_changed(shelf, f, person.at); /* the edits are on disk */
    tell(a, f, list_edits(f, NULL, before));
    a->made = maps_shelf_list(shelf);
    return 0;
}

static int edit(struct ask *a)
{
    bool made;
    struct maps_file *f = maps_stock_demand(a->maps->shelf, a->name, &made);
    struct wish w;

    if (f == NULL)
        return no_map(a);
    int rc = read_wish(a, &w);
    if (rc == 0)
        rc = is_stale(a, f);
    if (rc == 0)
        rc = change(a, f, &w);
    wish_fini(&w);
    return rc;
}

static int tell_edits(struct ask *a)
{
    bool made;
    struct maps_file *f = maps_stock_demand(a->maps->shelf, a->name, &made);

    if (f == NULL)
        return no_map(a);
    if (maps_shelf_open(f) == NULL) /* which edits are gone */
        return maps_unread(f, &a->why);
    tell(a, f, list_edits(f, NULL, 0));
    return 0;
}

/* ---- maps of people ---- */

/* A map's name is a file's too. */
static int check_name(struct ask *a)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
                                "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";
    struct map_subject subject;
    enum maps_format format;
    const char *dot = strrchr(a->name, '.');

    if (map_subject_parse(a->name, &subject))
        return complain(&a->why, -EPERM, a->name, "choose another name",
                        "\"%.80s\" is the name of a map that the station makes",
                        a->name);
    if (a->name[0] == '\0' || a->name[0] == '.' || a->name[0] == '-' ||
        strlen(a->name) > NAME_MAX_OCTETS ||
        !text_is_utf8(bytes_of_text(a->name)))
        return complain(&a->why, -EINVAL, a->name,
                        "up to 100 octets, not beginning with '.' or '-'",
                        "\"%.80s\" cannot be a map's name", a->name);
    for (const char *c = a->name; *c != '\0'; c++)
        if (strchr(plain, *c) == NULL && (unsigned char)*c < 0x80)
            return complain(&a->why, -EINVAL, a->name,
                            "use letters, digits, '-', '_' and '.'",
                            "\"%.80s\" cannot be a map's name", a->name);
    if (dot != NULL && maps_format_parse(dot, &format))
        return complain(&a->why, -EINVAL, a->name, "leave the ending out",
                        "\"%.80s\" ends as a file does", a->name);
    return 0;
}

/* What f was before, NULL: nothing, is in force again, as its file has it. */
static void put_back(struct maps_shelf *shelf, struct maps_file *f,
                     struct map *before)
{
    if (before != NULL) {
        maps_shelf_redo(f, before);
        return;
    }
    (void)unlink(f->path);
    maps_shelf_forget(shelf, f);
}

static int put_map(struct ask *a, struct map *m)
{
    struct maps_shelf *shelf = a->maps->shelf;
    struct maps_file *f = maps_shelf_find(shelf, a->name);
    struct map *before = NULL;

    if (f == NULL) {
        f = maps_shelf_add(shelf, a->name, m);
    } else {
        if (maps_shelf_open(f) == NULL) {
            map_free(m);
            return maps_unread(f, &a->why);
        }
        before = map_copy(f->found);
        maps_shelf_redo(f, m);
    }
    if (f == NULL)
        return complain(&a->why, -ENOSPC, a->name, "delete some",
                        "there are %d maps already", MAPS_MAX);
    int rc = maps_shelf_changed(shelf, f, wall_now());
    if (rc < 0) {
        rc = rc == -EOVERFLOW ? too_large(a)
                              : refused_by_disk(a, f->path, "written", rc);
        put_back(shelf, f, before);
        return rc;
    }
    map_free(before);
    tell(a, f, json_array());
    a->made = maps_shelf_list(shelf);
    return 0;
}

static int is_taken(struct ask *a)
{
    const struct maps_file *f = maps_shelf_find(a->maps->shelf, a->name);

    if (f == NULL || (a->replace && f->told.view == MAP_DRAWN))
        return 0;
    return complain(&a->why, -EEXIST, a->name,
                    a->deed == MAPS_IMPORT ? "choose another, or say --replace"
                                           : "choose another name",
                    "there is a map \"%.100s\" already", a->name);
}

static int make_new(struct ask *a)
{
    int rc = check_name(a);

    if (rc == 0)
        rc = is_taken(a);
    return rc < 0 ? rc : put_map(a, map_new(a->name, MAP_DRAWN));
}

/* Whoever asked knows the document's name; the line is told in words. */
#define IMPORT_PLACE "document"

static void tell_line(struct complaint *why)
{
    struct complaint was = *why;
    size_t line, column;

    if (sscanf(was.place, IMPORT_PLACE ":%zu:%zu", &line, &column) == 2)
        (void)!complain(why, -EINVAL, was.place, was.remedy,
                        "line %zu, column %zu: %s", line, column, was.what);
}

/* What is answered with success can be read at the next start too. */
static int check_document(struct ask *a, const struct map *m)
{
    struct buffer OWNED_BUFFER text = {0};
    struct map *read = NULL;

    map_write(m, &text);
    if (text.len > MAP_TEXT_MAX)
        return too_large(a);
    int rc = map_read(a->name, text.at, text.len, &read, &a->why);
    map_free(read);
    return rc;
}

static int import(struct ask *a)
{
    struct bytes text = {(const uint8_t *)a->document, a->document_len};
    struct map *m = NULL;
    int rc = check_name(a);

    if (rc == 0)
        rc = is_taken(a);
    if (rc < 0)
        return rc;
    rc = map_import(a->name, IMPORT_PLACE, a->format, text, &m, &a->why);
    if (rc < 0) {
        tell_line(&a->why);
        return rc;
    }
    rc = check_document(a, m);
    if (rc == 0)
        return put_map(a, m);
    map_free(m);
    return rc;
}

static int delete (struct ask *a)
{
    struct maps_shelf *shelf = a->maps->shelf;
    struct maps_file *f = maps_shelf_find(shelf, a->name);

    if (f == NULL)
        return no_map(a);
    if (f->told.view != MAP_DRAWN)
        return complain(&a->why, -EPERM, a->name,
                        "portolan map edit NAME undo takes edits back",
                        "the station makes the map \"%.80s\" and would make it "
                        "again",
                        a->name);
    int rc = maps_disk_remove(f);
    if (rc == 0)
        rc = file_sync_parent(f->path);
    if (rc < 0)
        return refused_by_disk(a, f->path, "removed", rc);
    maps_shelf_forget(shelf, f);
    a->made = maps_shelf_list(shelf);
    return 0;
}

static void ask_work(void *arg)
{
    static int (*const deeds[])(struct ask *) = {
        [MAPS_EDIT] = edit,     [MAPS_EDITS] = tell_edits,
        [MAPS_NEW] = make_new,  [MAPS_IMPORT] = import,
        [MAPS_DELETE] = delete,
    };
    struct ask *a = arg;

    find_who(a);
    a->result = deeds[a->deed](a);
    snapshot_unref(TAKE(a->snapshot));
    maps_shelf_rest(a->maps->shelf);
}

/* ---- in the loop ---- */

static void let_go(struct maps *s, const struct ask *a)
{
    size_t kept = 0;

    for (size_t i = 0; i < s->asks.count; i++)
        if (s->asks.at[i] != a)
            s->asks.at[kept++] = s->asks.at[i];
    s->asks.count = kept;
}

static void publish(struct ask *a)
{
    static const char *const whats[] = {
        [MAPS_EDIT] = "edited",    [MAPS_EDITS] = "found",
        [MAPS_NEW] = "drawn",      [MAPS_IMPORT] = "imported",
        [MAPS_DELETE] = "deleted",
    };

    maps_publish(
        a->maps, TAKE(a->made),
        &(struct maps_change){.name = a->name,
                              .who = a->who != NULL ? a->who : "",
                              .what = whats[a->deed],
                              .edits = json_object_get(a->told, "edits")});
}

static void on_answered(void *arg, bool worked)
{
    struct ask *a = arg;

    let_go(a->maps, a);
    if (a->made != NULL)
        publish(a);
    if (!worked)
        a->result = complain(&a->why, -ECANCELED, a->name, "ask again later",
                             "the station ends");
    struct maps_answer answer = {.result = a->result,
                                 .revision = a->revision,
                                 .told = a->told,
                                 .why = &a->why};
    if (a->done != NULL)
        a->done(a->arg, &answer);
    ask_free(a);
}

void maps_ask(struct maps *s, const struct maps_question *q,
              maps_answer_fn done, void *arg)
{
    struct ask *a = mem_new(struct ask);

    a->maps = s;
    a->deed = q->deed;
    a->name = mem_text(q->name);
    a->who = mem_text(q->who);
    a->uid = q->uid;
    a->edits = json_incref(q->edits);
    a->snapshot = q->snapshot != NULL ? snapshot_ref(q->snapshot) : NULL;
    a->matches = q->matches;
    a->seen = q->seen;
    a->document = mem_text_of(q->document.at, q->document.len);
    a->document_len = q->document.len;
    a->format = q->format;
    a->replace = q->replace;
    a->done = done;
    a->arg = arg;
    *array_add(&s->asks) = a;
    worker_do(s->worker, ask_work, on_answered, a);
}

/* What was begun is done nevertheless. */
void maps_asks_forget(struct maps *s, const void *arg)
{
    for (size_t i = 0; i < s->asks.count; i++)
        if (s->asks.at[i]->arg == arg)
            s->asks.at[i]->done = NULL;
}

/* ---- who did it ---- */

struct renaming {
    struct maps *maps;
    char *from, *to;
    size_t count;
    maps_renamed_fn done;
    void *arg;
};

/* In the thread. */
static void rename_work(void *arg)
{
    struct renaming *r = arg;
    const struct maps_shelf *shelf = r->maps->shelf;

    for (size_t i = 0; i < shelf->files.count; i++) {
        struct maps_file *f = shelf->files.at[i];
        size_t count = overlay_rename_person(f->edits, r->from, r->to);
        int rc = count > 0 ? maps_disk_write_edits(f) : 0;

        r->count += count;
        if (rc < 0)
            log_error("%s: cannot be written: %s; it still names who is to be "
                      "forgotten, check the disk",
                      f->edits_path, strerror(-rc));
    }
}

static void on_renamed(void *arg, bool worked)
{
    struct renaming *r = arg;

    if (worked)
        r->done(r->arg, r->count);
    free(r->from);
    free(r->to);
    free(r);
}

void maps_rename_person(struct maps *s, const char *from, const char *to,
                        maps_renamed_fn done, void *arg)
{
    struct renaming *r = mem_new(struct renaming);

    r->maps = s;
    r->from = mem_text(from);
    r->to = mem_text(to);
    r->done = done;
    r->arg = arg;
    worker_do(s->worker, rename_work, on_renamed, r);
}
