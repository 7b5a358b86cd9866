/* What somebody wants forgotten. A device goes first; then what the topology
 * without it has to say is awaited, as that names it once more; a person's
 * edits of maps get another name. Then all that was written is gone through;
 * then what is left is looked for. */
#include "station/forget.h"

#include "base/text.h"
#include "station/forget_left.h"
#include "station/station_parts.h"
#include "station/store_erase.h"
#include "station/store_named.h"
#include "station/worker.h"

#include "graphs/layout.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <event2/event.h>

enum { LOOK_MS = 200, PATIENCE_MS = 30000, INSTEAD_MAX = 32 };

struct forgetting {
    struct station *station;
    struct forgetting *next;
    bool person;
    char *name;
    char *folder; /* of a device's series; NULL */
    char *keeper; /* who has the folder of that name, called otherwise; NULL */
    struct ident id;
    char instead[INSTEAD_MAX];
    struct redaction names; /* that are looked for in files */
    struct store_erasure what;
    struct event *look; /* whether it is time to erase */
    struct mono until;
    struct worker *worker;
    struct left_search search;
    struct forgotten told;
    forget_fn done; /* NULL: nobody waits */
    void *arg;
};

/* They are written from memory, again and again, or by hand of somebody. */
static const char *const kept_kinds[] = {"device",  "facts", "learned",
                                         "silence", "pin",   "person",
                                         "key",     "gap",   NULL};

static void lefts_fini(struct forgotten_lefts *l)
{
    for (size_t i = 0; i < l->count; i++) {
        free(l->at[i].where);
        free(l->at[i].why);
    }
    array_fini(l);
}

static void forgetting_free(struct forgetting *f)
{
    left_search_stop(&f->search);
    worker_free(TAKE(f->worker)); /* what it found is not told any more */
    if (f->look != NULL)
        event_free(f->look);
    store_erasure_fini(&f->what);
    redaction_fini(&f->names);
    left_search_fini(&f->search);
    lefts_fini(&f->told.left);
    free(f->name);
    free(f->folder);
    free(f->keeper);
    free(f);
}

static void leave_list(struct forgetting *f)
{
    struct forgetting **at = &f->station->forgetting;

    while (*at != f)
        at = &(*at)->next;
    *at = f->next;
}

static void finish(struct forgetting *f, int result)
{
    f->told.instead = f->instead;
    leave_list(f);
    if (f->done != NULL)
        f->done(f->arg, result, &f->told);
    forgetting_free(f);
}

/* ---- what is left ---- */

static void add_left(struct forgetting *f, const char *where, const char *why)
{
    if (f->told.left.count < FORGOTTEN_LEFT_MAX)
        *array_add(&f->told.left) =
            (struct forgotten_left){mem_text(where), mem_text(why)};
}

/* A folder keeps its name for life. */
static void tell_keeper(struct forgetting *f)
{
    struct buffer OWNED_BUFFER where = {0};

    if (f->keeper == NULL)
        return;
    buffer_format(&where, "series of %s", f->keeper);
    add_left(f, where.at,
             "it was called so: its files stay in the folder of that name");
}

/* Rows of objects, "KIND KEY". */
static void tell_row(struct forgetting *f, const char *row)
{
    const char *key = strchr(row, ' ');
    struct buffer OWNED_BUFFER where = {0};
    struct device *d = NULL;
    struct ident id;

    if (strncmp(row, "gap ", strlen("gap ")) == 0)
        return; /* they are told with the series */
    if (key != NULL && ident_parse(key + 1, &id) == 0)
        d = inventory_by_id(f->station->inventory, &id);
    if (d != NULL) {
        buffer_format(&where, "device %s", d->name);
        add_left(f, where.at, "its agent tells so, or people said so of it");
    } else {
        buffer_format(&where, "state %s", row);
        add_left(f, where.at, "somebody said so; see silences and identities");
    }
}

static void on_searched(void *arg, bool worked)
{
    struct forgetting *f = arg;

    if (!worked || f->worker == NULL)
        return; /* the station ends */
    for (size_t i = 0; i < f->search.found.count; i++)
        add_left(f, f->search.found.at[i].where, f->search.found.at[i].why);
    if (f->folder != NULL && series_has(f->station->series, f->folder))
        add_left(f, "series",
                 "its files are not all removed yet: forget it "
                 "again when rrdcached answers");
    tell_keeper(f);
    finish(f, 0);
}

static void search(void *arg)
{
    struct forgetting *f = arg;

    left_search(&f->search);
}

/* ---- what was written ---- */

static void tell_log(struct forgetting *f)
{
    add_left(f, "state.db-wal",
             "a backup, or another program, reads the database all the time: "
             "what was there is in its log until the station is restarted");
}

static void on_erased(void *arg, int result, const struct store_erased *erased)
{
    struct forgetting *f = arg;

    if (result == -ECANCELED)
        return; /* the station ends */
    f->told.deleted += erased->deleted;
    f->told.changed += erased->changed;
    for (size_t i = 0; i < erased->left.count; i++)
        tell_row(f, erased->left.at[i]);
    if (erased->log)
        tell_log(f);
    if (result < 0) {
        finish(f, result);
        return;
    }
    f->worker = worker_new(f->station->base);
    worker_do(f->worker, search, on_searched, f);
}

static void erase(struct forgetting *f)
{
    const struct alerts_erasure alerts = {
        .device = ident_is_set(&f->id) ? &f->id : NULL,
        .name = f->person ? NULL : f->name,
        .words = &f->what.words,
        .who = f->person ? f->name : NULL,
        .instead = f->instead};
    struct alerts_erased of_alerts = alerts_erase(f->station->alerts, &alerts);

    f->told.deleted += of_alerts.deleted;
    f->told.changed += of_alerts.changed;
    f->what.kept = kept_kinds;
    store_erase(f->station->store, &f->what, on_erased, f);
}

/* Everywhere, and in files too. */
static void add_name(struct forgetting *f, const char *name)
{
    *array_add(&f->what.objects) = mem_text(name);
    redaction_add(&f->what.words, name, f->instead);
    redaction_add(&f->names, name, f->instead);
}

/* One id of it more. */
static void add_id(struct forgetting *f, const char *id)
{
    struct store_texts *ids = &f->what.ids;

    for (size_t i = 0; i < ids->count; i++)
        if (strcmp(ids->at[i], id) == 0)
            return;
    *array_add(ids) = mem_text(id);
    redaction_add(&f->names, id, f->instead);
}

/* Is it a device of the inventory's, which is called otherwise now? */
static bool is_there(const struct forgetting *f, const char *text)
{
    struct ident id;

    return ident_parse(text, &id) == 0 &&
           inventory_by_id(f->station->inventory, &id) != NULL;
}

static bool has_name(const struct forgetting *f, const char *name)
{
    for (size_t i = 0; i < f->what.objects.count; i++)
        if (strcmp(f->what.objects.at[i], name) == 0)
            return true;
    return false;
}

/* One of the past that was called so. An address of it that is another device's
 * now is left alone. */
static void add_named(struct forgetting *f, const struct store_named_row *row)
{
    if (is_there(f, row->id))
        return;
    f->what.doubted = false;
    if (row->id[0] != '\0')
        add_id(f, row->id);
    if (row->addr != NULL && !has_name(f, row->addr) &&
        inventory_find(f->station->inventory, row->addr) == NULL)
        add_name(f, row->addr);
}

static void on_named(void *arg, int result, const struct store_named *found)
{
    struct forgetting *f = arg;

    if (result == -ECANCELED)
        return; /* the station ends */
    for (size_t i = 0; i < found->count; i++)
        add_named(f, &found->at[i]);
    if (result < 0)
        finish(f, result);
    else
        erase(f);
}

/* Maps name nobody any more who is to be forgotten. */
static void on_maps_renamed(void *arg, size_t count)
{
    struct forgetting *f = arg;

    f->told.changed += count;
    erase(f);
}

/* The topology knows that it is gone, maps are drawn without it, and its files
 * are removed. */
static bool is_gone(const struct forgetting *f)
{
    const struct station *s = f->station;

    return (s->inferred == NULL ||
            inferred_node(s->inferred, &f->id) == UINT32_MAX) &&
           !maps_busy(s->maps) &&
           (f->folder == NULL || !series_has(s->series, f->folder));
}

static void on_look(evutil_socket_t fd, short what, void *arg)
{
    struct forgetting *f = arg;

    (void)fd;
    (void)what;
    if (!is_gone(f) && !mono_reached(mono_now(), f->until))
        return;
    event_free(TAKE(f->look));
    store_find_named(f->station->store, f->name, on_named, f);
}

static void await_gone(struct forgetting *f)
{
    static const struct timeval apart = {.tv_usec = LOOK_MS * 1000};

    f->until = mono_after_ms(mono_now(), PATIENCE_MS);
    f->look = event_new(f->station->base, -1, EV_PERSIST, on_look, f);
    event_add(f->look, &apart);
}

/* ---- beginning ---- */

static bool is_under_way(const struct station *s, const char *name, bool person)
{
    for (const struct forgetting *f = s->forgetting; f != NULL; f = f->next)
        if (f->person == person && strcmp(f->name, name) == 0)
            return true;
    return false;
}

static struct forgetting *begin(struct station *s, const char *name,
                                const char *instead, forget_fn done, void *arg)
{
    struct forgetting *f = mem_new(struct forgetting);
    struct ident some = ident_new();

    f->station = s;
    f->name = mem_text(name);
    (void)snprintf(f->instead, sizeof f->instead, "%s-%02x%02x%02x%02x",
                   instead, some.octets[0], some.octets[1], some.octets[2],
                   some.octets[3]);
    f->done = done;
    f->arg = arg;
    f->next = s->forgetting;
    s->forgetting = f;
    return f;
}

static void set_search(struct forgetting *f)
{
    const struct config *c = f->station->config;

    f->search.data = mem_text(c->station.data);
    f->search.config = mem_text(c->path);
    f->search.backups = mem_text(c->backup.directory);
    f->search.names = &f->names;
}

/* Its folder without the file's name. */
static char *folder_of(const char *name)
{
    struct buffer path = {0};

    layout_path(name, SERIES_ICMP, "", &path);
    *strchr(path.at, '/') = '\0'; /* there always is one */
    return buffer_take(&path);
}

static void take_device(struct forgetting *f, struct device *d)
{
    char addr[ADDR_TEXT_MAX], id[IDENT_TEXT_MAX];

    f->id = d->id;
    f->folder = mem_text(d->dir);
    add_id(f, ident_format(&d->id, id, sizeof id));
    for (size_t i = 0; i < d->addrs.count; i++)
        add_name(f, addr_format(&d->addrs.at[i], addr, sizeof addr));
    discovery_forget(f->station->discovery, d);
    station_publish(f->station);
}

/* Of one that is no more, or of an earlier name: what is called otherwise now
 * has its folder still, and keeps it. */
static void take_name(struct forgetting *f)
{
    struct station *s = f->station;

    f->folder = folder_of(f->name);
    f->what.doubted = !series_has(s->series, f->folder);
    for (size_t i = 0; i < inventory_count(s->inventory); i++) {
        const struct device *d = inventory_at(s->inventory, i);

        if (d->dir == NULL || strcmp(d->dir, f->folder) != 0)
            continue;
        free(TAKE(f->folder));
        f->keeper = mem_text(d->name);
        f->what.doubted = true;
        return;
    }
}

int station_forget_device(struct station *s, const char *name, forget_fn done,
                          void *arg, struct complaint *why)
{
    struct device *d = inventory_find(s->inventory, name);

    if (d != NULL)
        name = d->name;
    if (d != NULL && d->station)
        return complain(why, -EPERM, name, "leave it be",
                        "%s is the station itself", name);
    if (is_under_way(s, name, false))
        return complain(why, -EBUSY, name, "wait some seconds",
                        "%s is being forgotten", name);
    struct forgetting *f = begin(s, name, "forgotten", done, arg);
    add_name(f, f->name);
    if (d != NULL)
        take_device(f, d);
    else
        take_name(f);
    if (f->folder != NULL) {
        gaps_forget(s->gaps, f->folder);
        series_erase(s->series, f->folder, wall_now());
    }
    set_search(f);
    await_gone(f);
    return 0;
}

/* Where texts name who did something; names alone may be words. */
static void add_person(struct forgetting *f)
{
    static const char *const ways[] = {"by %s", "\"%s\"", "users/%s",
                                       "%s said so"};

    for (size_t i = 0; i < COUNT_OF(ways); i++) {
        const char *mark = strchr(ways[i], '%');
        struct buffer OWNED_BUFFER from = {0}, OWNED_BUFFER to = {0};

        buffer_add(&from, ways[i], (size_t)(mark - ways[i]));
        buffer_text(&to, from.at);
        buffer_format(&from, "%s%s", f->name, mark + 2);
        buffer_format(&to, "%s%s", f->instead, mark + 2);
        redaction_add(&f->what.words, from.at, to.at);
    }
    f->what.who = mem_text(f->name);
    f->what.instead = mem_text(f->instead);
    redaction_add(&f->names, f->name, f->instead);
}

int station_forget_person(struct station *s, const char *name, forget_fn done,
                          void *arg, struct complaint *why)
{
    int rc = 0;

    if (is_under_way(s, name, true))
        return complain(why, -EBUSY, name, "wait some seconds",
                        "%s is being forgotten", name);
    if (people_find(s->people, name) != NULL)
        rc = people_remove(s->people, name, why);
    if (rc < 0)
        return rc;
    struct forgetting *f = begin(s, name, "person", done, arg);
    f->person = true;
    keys_end_of(s->keys, f->name, NULL);
    f->told.changed += keys_rename_person(s->keys, f->name, f->instead);
    f->told.changed += silences_rename_person(s->silences, f->name, f->instead);
    f->told.changed += pins_rename_person(s->pins, f->name, f->instead);
    f->told.changed += risks_rename_person(s->risks, f->name, f->instead);
    add_person(f);
    set_search(f);
    maps_rename_person(s->maps, f->name, f->instead, on_maps_renamed, f);
    return 0;
}

void station_forget_leave(struct station *s, const void *arg)
{
    for (struct forgetting *f = s->forgetting; f != NULL; f = f->next)
        if (f->arg == arg)
            f->done = NULL;
}

/* ---- the end ---- */

void station_forget_end(struct station *s)
{
    for (struct forgetting *f; (f = s->forgetting) != NULL;) {
        s->forgetting = f->next;
        forgetting_free(f);
    }
}
