#include "north/agent_view.h"

#include "base/arena.h"
#include "base/mem.h"
#include "north/agent_view_parts.h"
#include "station/trap_log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MIX = 31 };

/* ---- names ---- */

/* prefix and name, or what of it fits into limit with a mark of the device. */
static void fit_name(const char *prefix, const struct device_record *d,
                     size_t limit, char *out)
{
    enum { MARK = 9 }; /* "~" and 8 digits of its id */
    char id[IDENT_TEXT_MAX];
    size_t room = limit - strlen(prefix);

    if (strlen(d->name) <= room) {
        (void)snprintf(out, limit + 1, "%s%s", prefix, d->name);
        return;
    }
    struct bytes begin = admin_string(d->name, room - MARK);
    (void)snprintf(out, limit + 1, "%s%.*s~%.8s", prefix, (int)begin.len,
                   d->name, ident_format(&d->id, id, sizeof id));
}

void agent_context_name(const struct device_record *d,
                        char out[CONTEXT_MAX + 1])
{
    fit_name("dev-", d, CONTEXT_MAX, out);
}

/* ---- risk ---- */

static int compare_group(const void *key, const void *entry)
{
    const struct risk_entry *e = entry;

    return strcmp(key, e->name);
}

static const struct risk_entry *find_group(const struct risk_entry *at,
                                           size_t count, const char *name)
{
    return count > 0 ? bsearch(name, at, count, sizeof *at, compare_group)
                     : NULL;
}

/* A site or cloud that is published; NULL. */
static const struct risk_entry *group_of(const struct risk_book *b,
                                         const char *name)
{
    const struct risk_entry *site =
        b != NULL ? find_group(b->groups, b->group_count, name) : NULL;

    return site != NULL || b == NULL
               ? site
               : find_group(b->clouds, b->cloud_count, name);
}

static const struct risk_entry *risk_entry_of(const struct snapshot *s,
                                              const struct object_row *o)
{
    const struct risk_book *b = s->risk;

    if (b == NULL)
        return NULL;
    switch (o->ref->class) {
    case OBJECT_STATION:
        return &b->whole;
    case OBJECT_DEVICE:
        return risk_of_device(b, &o->device->id);
    case OBJECT_LINK:
        return o->link != NULL ? risk_of_link(b, &o->link->id) : NULL;
    case OBJECT_GROUP:
        return group_of(b, o->ref->part);
    case OBJECT_PORT:
    case OBJECT_METRIC:
    case OBJECT_CLASSES:
        return NULL;
    }
    return NULL;
}

/* As published; of parts of devices by their alarms, which are counted. They
 * are worth as much as what they are part of. */
static void weigh_object(const struct snapshot *s, struct object_row *o)
{
    enum { USUAL = 3 };
    const struct risk_entry *e = risk_entry_of(s, o), *whole = e;

    if (e == NULL && s->risk != NULL && o->device != NULL)
        whole = risk_of_device(s->risk, &o->device->id);
    o->value = whole != NULL && whole->value > 0 ? whole->value : USUAL;
    if (e != NULL) {
        o->risk = (double)e->risk;
        o->history = e->history;
    }
    o->level = (uint8_t)(e != NULL && e->level > 0 ? e->level
                                                   : risk_level_of(o->risk));
}

/* ---- objects ---- */

/* What is found by an object's number while a view is made. */
struct numbers {
    const struct device_record **devices;
    const struct topo_link **links;
    size_t *rows; /* its row and 1; 0 = it has none */
    size_t limit; /* no number is that high */
};

static void numbers_init(struct numbers *n, const struct object_book *book)
{
    n->limit = book->count > 0 ? book->at[book->count - 1]->index + 1 : 1;
    n->devices = mem_array(n->limit, sizeof *n->devices);
    n->links = mem_array(n->limit, sizeof *n->links);
    n->rows = mem_array(n->limit, sizeof *n->rows);
}

static void numbers_fini(struct numbers *n)
{
    free((void *)n->devices);
    free((void *)n->links);
    free(n->rows);
}

static void number_devices(const struct snapshot *s, struct numbers *n)
{
    for (size_t i = 0; i < s->device_count; i++)
        if (s->devices[i]->object < n->limit)
            n->devices[s->devices[i]->object] = s->devices[i];
    n->devices[0] = NULL; /* those that have none yet */
}

static void number_links(const struct agent_view *v, struct numbers *n)
{
    const struct topology *t = v->snapshot->topology;

    for (size_t i = 0; t != NULL && i < t->links.count; i++)
        n->links[v->link_objects[i]] = &t->links.at[i];
    n->links[0] = NULL;
}

/* What an entry is now; false if it is gone. */
static bool fill_object(const struct agent_view *v, const struct numbers *n,
                        const struct object_entry *e, struct object_row *out)
{
    const struct object_book *book = v->snapshot->objects;
    const struct object_ref device = {
        .class = OBJECT_DEVICE, .device = e->ref.device, .part = ""};

    *out = (struct object_row){.index = e->index, .ref = &e->ref};
    switch (e->ref.class) {
    case OBJECT_DEVICE:
        out->device = n->devices[e->index];
        return out->device != NULL;
    case OBJECT_PORT:
    case OBJECT_METRIC:
        out->parent = object_book_index(book, &device);
        out->device = n->devices[out->parent];
        return out->device != NULL;
    case OBJECT_LINK:
        out->link = n->links[e->index];
        return out->link != NULL || v->snapshot->topology != NULL;
    case OBJECT_GROUP:
        return group_of(v->snapshot->risk, e->ref.part) != NULL;
    case OBJECT_STATION:
        return true;
    case OBJECT_CLASSES:
        return false;
    }
    return false;
}

/* Segments are among the links without being one: those that have members. */
static bool is_segment(const struct agent_view *v, uint32_t index)
{
    size_t low = 0, high = v->members.count;

    while (low < high) {
        size_t middle = (low + high) / 2;

        if (v->members.at[middle].segment < index)
            low = middle + 1;
        else
            high = middle;
    }
    return low < v->members.count && v->members.at[low].segment == index;
}

static void list_objects(struct agent_view *v, struct numbers *n)
{
    const struct object_book *book = v->snapshot->objects;
    struct object_row row;

    for (size_t i = 0; i < book->count; i++) {
        if (!fill_object(v, n, book->at[i], &row))
            continue;
        if (row.ref->class == OBJECT_LINK && row.link == NULL &&
            !is_segment(v, row.index))
            continue;
        *array_add(&v->objects) = row;
        n->rows[row.index] = v->objects.count;
    }
}

static struct object_row *row_of(struct agent_view *v, const struct numbers *n,
                                 uint32_t index)
{
    return index < n->limit && n->rows[index] > 0
               ? &v->objects.at[n->rows[index] - 1]
               : NULL;
}

const struct object_row *agent_view_object(const struct agent_view *v,
                                           uint32_t index)
{
    size_t low = 0, high = v->objects.count;

    while (low < high) {
        size_t middle = (low + high) / 2;

        if (v->objects.at[middle].index == index)
            return &v->objects.at[middle];
        if (v->objects.at[middle].index < index)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

/* ---- alarms ---- */

static int compare_alarms(const void *a, const void *b)
{
    const struct alarm_row *left = a, *right = b;

    if (left->date != right->date)
        return left->date < right->date ? -1 : 1;
    return left->record->index < right->record->index
               ? -1
               : left->record->index > right->record->index;
}

/* They mostly come in their order. */
static void sort_alarms(struct alarm_rows *rows)
{
    for (size_t i = 1; i < rows->count; i++)
        if (compare_alarms(&rows->at[i - 1], &rows->at[i]) > 0) {
            qsort(rows->at, rows->count, sizeof rows->at[0], compare_alarms);
            return;
        }
}

/* Numbers of what alarms are about; those that both books list were looked up
 * before. */
static void number_alarms(struct agent_view *v, const struct agent_view *before)
{
    const struct alert_book *book = v->snapshot->alerts;
    const struct alert_book *old =
        before != NULL ? before->snapshot->alerts : NULL;
    size_t j = 0;

    v->alarm_objects = mem_array(book->active_count + 1, sizeof(uint32_t));
    for (size_t i = 0; i < book->active_count; i++) {
        const struct alert_record *a = book->active[i];

        while (old != NULL && j < old->active_count && old->active[j] != a &&
               old->active[j]->index < a->index)
            j++;
        if (old != NULL && j < old->active_count && old->active[j] == a)
            v->alarm_objects[i] = before->alarm_objects[j++];
        if (v->alarm_objects[i] == 0)
            v->alarm_objects[i] =
                object_book_index(v->snapshot->objects, &a->object);
    }
}

static void list_alarms(struct agent_view *v)
{
    enum { TENTH_MS = 100 };
    const struct alert_book *book = v->snapshot->alerts;

    v->active.at = mem_array(book->active_count + 1, sizeof *v->active.at);
    v->active.room = book->active_count + 1;
    for (size_t i = 0; i < book->active_count; i++) {
        const struct alert_record *a = book->active[i];

        *array_add(&v->active) =
            (struct alarm_row){.date = a->raised.ms / TENTH_MS,
                               .record = a,
                               .object = v->alarm_objects[i]};
        v->by_severity[a->severity]++;
    }
    for (size_t i = 0; i < book->cleared_count; i++) {
        const struct alert_record *a = book->cleared[i];

        *array_add(&v->cleared) =
            (struct alarm_row){.date = a->cleared.ms / TENTH_MS, .record = a};
    }
    sort_alarms(&v->active);
    sort_alarms(&v->cleared);
}

static void count_alarm(struct object_row *o, const struct alarm_row *row,
                        uint32_t cause)
{
    if (o == NULL)
        return;
    o->alarms++;
    if (row->record->severity > o->worst)
        o->worst = row->record->severity;
    if (o->ref->class == OBJECT_PORT || o->ref->class == OBJECT_METRIC)
        o->risk = risk_join(o->risk, row->record->risk);
    o->silenced |= row->record->silence != 0;
    if (cause != 0)
        o->cause = cause;
}

static uint32_t object_of_alert(const struct agent_view *v, uint32_t index)
{
    const struct alert_record *a =
        index != 0 ? alert_book_find(v->snapshot->alerts, index) : NULL;

    return a != NULL ? object_book_index(v->snapshot->objects, &a->object) : 0;
}

static void count_alarms(struct agent_view *v, const struct numbers *n)
{
    for (size_t i = 0; i < v->active.count; i++) {
        const struct alarm_row *row = &v->active.at[i];
        struct object_row *o = row_of(v, n, row->object);
        uint32_t cause = object_of_alert(v, row->record->cause);

        count_alarm(o, row, cause);
        if (o != NULL && o->parent != 0)
            count_alarm(row_of(v, n, o->parent), row, cause);
    }
    for (size_t i = 0; i < v->objects.count; i++) {
        weigh_object(v->snapshot, &v->objects.at[i]);
        v->by_level[v->objects.at[i].level]++;
    }
}

/* ---- what the log tells of alarms ---- */

static int compare_logged(const void *a, const void *b)
{
    const struct logged_row *left = a, *right = b;

    if (left->alarm != right->alarm)
        return left->alarm < right->alarm ? -1 : 1;
    return left->index < right->index ? -1 : left->index > right->index;
}

/* By alarm, the last of each. */
static void settle_logged(struct logged_rows *rows)
{
    size_t kept = 0;

    if (rows->count == 0)
        return;
    qsort(rows->at, rows->count, sizeof rows->at[0], compare_logged);
    for (size_t i = 1; i < rows->count; i++) {
        kept += rows->at[kept].alarm != rows->at[i].alarm;
        rows->at[kept] = rows->at[i];
    }
    rows->count = kept + 1;
}

static void list_logged(struct agent_view *v)
{
    const struct trap_log_book *b = v->snapshot->trap_log;

    for (size_t i = 0; b != NULL && i < b->count; i++) {
        const struct trap_log_item *item = &b->entries[i]->item;

        if (item->alarm != 0)
            *array_add(item->over ? &v->logged_over : &v->logged) =
                (struct logged_row){item->alarm, b->entries[i]->index};
    }
    settle_logged(&v->logged);
    settle_logged(&v->logged_over);
}

uint32_t agent_view_logged(const struct logged_rows *rows, uint32_t alarm)
{
    size_t low = 0, high = rows->count;

    while (low < high) {
        size_t middle = (low + high) / 2;

        if (rows->at[middle].alarm == alarm)
            return rows->at[middle].index;
        if (rows->at[middle].alarm < alarm)
            low = middle + 1;
        else
            high = middle;
    }
    return 0;
}

/* ---- what is of a device each ---- */

static int compare_pings(const void *a, const void *b)
{
    const struct ping_row *left = a, *right = b;
    size_t l = strlen(left->name), r = strlen(right->name);

    /* as indexes, the shorter text comes first */
    return l != r ? (l < r ? -1 : 1) : strcmp(left->name, right->name);
}

static int compare_contexts(const void *a, const void *b)
{
    const struct context_row *left = a, *right = b;

    return strcmp(left->name, right->name);
}

static void list_devices(struct agent_view *v)
{
    const struct snapshot *s = v->snapshot;
    char name[CONTEXT_MAX + 1];

    for (size_t i = 0; i < s->device_count; i++) {
        const struct device_record *d = s->devices[i];

        if (d->objects[SERIES_ICMP] > 0) {
            fit_name("", d, TEST_NAME_MAX, name);
            *array_add(&v->pings) =
                (struct ping_row){arena_text(v->arena, name), d};
        }
        if (d->credential[0] != '\0') {
            agent_context_name(d, name);
            *array_add(&v->contexts) =
                (struct context_row){arena_text(v->arena, name), d};
        }
    }
    if (v->pings.count > 0)
        qsort(v->pings.at, v->pings.count, sizeof v->pings.at[0],
              compare_pings);
    if (v->contexts.count > 0)
        qsort(v->contexts.at, v->contexts.count, sizeof v->contexts.at[0],
              compare_contexts);
    for (size_t i = 0; i < v->contexts.count; i++)
        v->contexts_mark = v->contexts_mark * MIX +
                           bytes_hash(bytes_of_text(v->contexts.at[i].name)) +
                           1;
}

const struct device_record *agent_view_context(const struct agent_view *v,
                                               struct bytes context)
{
    size_t low = 0, high = v->contexts.count;

    while (low < high) {
        size_t middle = (low + high) / 2;
        int order =
            bytes_compare(bytes_of_text(v->contexts.at[middle].name), context);

        if (order == 0)
            return v->contexts.at[middle].device;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

/* ---- all of it ---- */

struct agent_view *agent_view_new(const struct snapshot *s,
                                  const struct agent_view *before)
{
    struct agent_view *v = mem_new(struct agent_view);
    struct numbers n;

    v->refs = 1;
    v->arena = arena_new();
    v->snapshot = snapshot_ref(s);
    agent_view_list_links(v, before);
    numbers_init(&n, s->objects);
    number_devices(s, &n);
    number_links(v, &n);
    list_objects(v, &n);
    number_alarms(v, before);
    list_alarms(v);
    count_alarms(v, &n);
    agent_view_date(v, before);
    agent_view_list_histories(v);
    list_logged(v);
    list_devices(v);
    numbers_fini(&n);
    return v;
}

struct agent_view *agent_view_ref(const struct agent_view *v)
{
    struct agent_view *shared = (struct agent_view *)v;

    __atomic_add_fetch(&shared->refs, 1, __ATOMIC_RELAXED);
    return shared;
}

void agent_view_unref(struct agent_view *v)
{
    if (v == NULL || __atomic_sub_fetch(&v->refs, 1, __ATOMIC_ACQ_REL) > 0)
        return;
    array_fini(&v->objects);
    array_fini(&v->histories);
    array_fini(&v->logged);
    array_fini(&v->logged_over);
    array_fini(&v->active);
    array_fini(&v->cleared);
    array_fini(&v->links);
    array_fini(&v->members);
    array_fini(&v->pings);
    array_fini(&v->contexts);
    free(v->alarm_objects);
    free(v->link_objects);
    arena_free(v->arena);
    snapshot_unref(v->snapshot);
    free(v);
}

enum { TICK_MS = 10 };

struct wall agent_zero(struct wall now, uint32_t uptime_cs, struct wall before)
{
    enum { SAME_MS = 1500 };
    struct wall zero = {now.ms - (int64_t)uptime_cs * TICK_MS};

    return before.ms != 0 && llabs(zero.ms - before.ms) < SAME_MS ? before
                                                                  : zero;
}

uint32_t agent_ticks(const struct agent_scene *scene, struct wall at)
{
    int64_t ticks = (at.ms - scene->zero.ms) / TICK_MS;

    if (at.ms == 0 || ticks <= 0)
        return 0;
    return ticks < scene->uptime_cs ? (uint32_t)ticks : scene->uptime_cs;
}
