#include "north/notices_parts.h"

#include "base/log.h"
#include "station/alerts.h"
#include "station/store.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <event2/event.h>

/* For a device to answer once its cable is back. */
enum { LONELY_MS = 60000 };

static struct store *store_of(const struct notices *n)
{
    return station_store(n->station);
}

struct served *served_find(const struct notices *n, const char *name)
{
    for (size_t i = 0; i < n->served.count; i++)
        if (strcmp(n->served.at[i]->name, name) == 0)
            return n->served.at[i];
    return NULL;
}

/* ---- what is told ---- */

void served_gather(struct served *s, const struct notice_item *item)
{
    if (s->gathered.count == 0)
        s->gathered_due = mono_after_ms(mono_now(), s->conf->digest_ms);
    *array_add(&s->gathered) = *item;
    if (s->conf->digest_ms == 0)
        event_active(s->owner->turn, EV_TIMEOUT, 1);
}

static void gather_alert(struct served *s, enum alert_news news,
                         const struct alert_record *a)
{
    served_gather(s,
                  &(struct notice_item){.news = news, .alert = alert_ref(a)});
}

bool served_wants(const struct served *s, const struct alert_record *a)
{
    return a->state == ALERT_ACTIVE && a->cause == 0 && a->silence == 0 &&
           a->shelved.ms <= wall_now().ms && a->acknowledged.who[0] == '\0' &&
           receiver_wants(s->conf, a);
}

/* One that was told by its herald: nobody hears of its end but from there,
 * unless that was over before. */
static void consider_heralded(struct served *s, const struct alert_record *a)
{
    if (a->state == ALERT_CLEARED)
        notice_ledger_forget(s->ledger, a->index);
}

/* One alert as it is now, for one receiver. */
static void consider(struct served *s, const struct alert_record *a)
{
    struct told *told = notice_ledger_find(s->ledger, a->index);
    struct wall now = wall_now();

    if (s->conf == NULL || (told != NULL && told->ending))
        return;
    if (told == NULL) {
        if (!s->open || !served_wants(s, a) || served_is_told_by_herald(s, a))
            return;
        (void)notice_ledger_tell(s->ledger, a->index, a->severity, now);
        gather_alert(s, ALERT_RAISED, a);
    } else if (told->by != 0) {
        consider_heralded(s, a);
    } else if (a->state == ALERT_CLEARED && !s->open) {
        alert_unref(told->ended);
        told->ended = alert_ref(a);
    } else if (a->state == ALERT_CLEARED) {
        told->ending = true;
        gather_alert(s, ALERT_ENDED, a);
    } else if (a->severity != told->severity && s->open && served_wants(s, a)) {
        (void)notice_ledger_tell(s->ledger, a->index, a->severity, now);
        gather_alert(s, ALERT_CHANGED, a);
    }
    if (told != NULL && a->state == ALERT_ACTIVE)
        served_note_reasons(s, told, a);
}

static void on_alert(void *arg, enum alert_news news,
                     const struct alert_record *now,
                     const struct alert_record *before)
{
    struct notices *n = arg;

    (void)news; /* what it is now decides */
    (void)before;
    if (now->state == ALERT_PENDING)
        return;
    for (size_t i = 0; i < n->served.count; i++)
        consider(n->served.at[i], now);
}

/* All that lasts, and what ended meanwhile of what was told. */
static void consider_all(struct served *s)
{
    struct alert_book *book = alerts_book(station_alerts(s->owner->station));
    size_t at = 0;

    for (size_t i = 0; i < book->active_count; i++)
        if (book->active[i]->state == ALERT_ACTIVE)
            consider(s, book->active[i]);
    for (struct told *t; (t = notice_ledger_next(s->ledger, &at)) != NULL;) {
        const struct alert_record *a = t->ended;

        if (a == NULL)
            a = alert_book_find(book, t->index);
        if (a == NULL)
            notice_ledger_forget(s->ledger, t->index);
        else if (a->state == ALERT_CLEARED)
            consider(s, a);
    }
    alert_book_unref(book);
}

/* ---- what changed and is no alert ---- */

static void on_risk(void *arg, const struct risk_change *c)
{
    struct notices *n = arg;

    notice_changes_risk(n->changes, c);
}

static void on_topology(void *arg, const struct topology_change *c)
{
    struct notices *n = arg;

    notice_changes_links(n->changes, c);
}

/* SNMP receivers are told as of alerts; people where they ask for the type. */
static bool wants_change(const struct served *s, const struct alert_record *a)
{
    const struct receiver *r = s->conf;

    return r != NULL && s->open && receiver_wants(r, a) &&
           (r->kind == RECEIVER_SNMP || r->kind == RECEIVER_MASTER ||
            r->types.count > 0);
}

static void on_change(void *arg, const struct alert_record *a, uint8_t level)
{
    struct notices *n = arg;

    for (size_t i = 0; i < n->served.count; i++)
        if (wants_change(n->served.at[i], a))
            served_gather(n->served.at[i],
                          &(struct notice_item){
                              .news = a->state == ALERT_CLEARED ? ALERT_ENDED
                                                                : ALERT_CHANGED,
                              .alert = alert_copy(a),
                              .level = level});
}

static void tell_changes(struct notices *n, struct mono now, struct wall wall)
{
    struct snapshot *snapshot = station_snapshot(n->station);

    notice_changes_turn(n->changes, snapshot->station.name, now, wall,
                        on_change, n);
    snapshot_unref(snapshot);
}

/* ---- by the clock ---- */

static void look_at_hours(struct served *s, struct wall now)
{
    time_t seconds = (time_t)(now.ms / 1000);
    bool before = s->open;
    struct tm local;

    if (localtime_r(&seconds, &local) == NULL)
        return;
    s->open =
        receiver_hours_hold(&s->conf->when, (unsigned)(local.tm_wday + 6) % 7,
                            (unsigned)(local.tm_hour * 60 + local.tm_min));
    if (s->open && !before)
        consider_all(s);
}

/* Nobody has acknowledged it. */
static void repeat(struct served *s, struct wall now)
{
    struct alerts *alerts = station_alerts(s->owner->station);
    size_t at = 0;

    if (s->conf->repeat_ms == 0 || !s->open)
        return;
    for (struct told *t; (t = notice_ledger_next(s->ledger, &at)) != NULL;) {
        if (now.ms - t->at.ms < s->conf->repeat_ms || t->by != 0)
            continue;
        const struct alert_record *a = alerts_by_number(alerts, t->index);
        if (a == NULL || !served_wants(s, a))
            continue;
        t->at = now;
        served_gather(s, &(struct notice_item){.news = ALERT_CHANGED,
                                               .alert = alert_ref(a),
                                               .again = true});
    }
}

/* A port came back, and the device behind it does not: that is told of its own
 * once it had its time to. */
static void look_for_lonely(struct served *s, struct mono now)
{
    struct alerts *alerts = station_alerts(s->owner->station);
    size_t at = 0;

    for (struct told *t; (t = notice_ledger_next(s->ledger, &at)) != NULL;) {
        if (t->by == 0 || notice_ledger_find(s->ledger, t->by) != NULL)
            continue;
        if (t->alone.ns == 0)
            t->alone = now;
        if (mono_ms_between(t->alone, now) < LONELY_MS)
            continue;
        const struct alert_record *a = alerts_by_number(alerts, t->index);
        if (a == NULL || !served_wants(s, a)) {
            notice_ledger_forget(s->ledger, t->index);
            continue;
        }
        t->by = 0;
        t->at = wall_now();
        gather_alert(s, ALERT_RAISED, a);
    }
}

static void on_tick(evutil_socket_t fd, short what, void *arg)
{
    struct notices *n = arg;
    struct wall wall = wall_now();
    struct mono now = mono_now();

    (void)fd;
    (void)what;
    tell_changes(n, now, wall);
    for (size_t i = 0; i < n->served.count; i++) {
        struct served *s = n->served.at[i];

        if (s->conf == NULL)
            continue;
        look_at_hours(s, wall);
        repeat(s, wall);
        look_for_lonely(s, now);
        served_tell_reasons(s, now);
        if (s->gathered.count > 0 && mono_reached(now, s->gathered_due))
            served_flush(s);
        served_send(s);
    }
}

static void on_turn(evutil_socket_t fd, short what, void *arg)
{
    struct notices *n = arg;

    (void)fd;
    (void)what;
    for (size_t i = 0; i < n->served.count; i++) {
        struct served *s = n->served.at[i];

        if (s->conf != NULL && s->gathered.count > 0 && s->conf->digest_ms == 0)
            served_flush(s);
        served_send(s);
    }
}

/* ---- who is served ---- */

static struct served *served_new(struct notices *n, const char *name)
{
    struct served *s = mem_new(struct served);

    s->owner = n;
    s->name = mem_text(name);
    s->queue = notice_queue_new(store_of(n), name);
    s->ledger = notice_ledger_new(store_of(n), name);
    *array_add(&n->served) = s;
    return s;
}

static void served_free(struct served *s)
{
    served_close(s);
    for (size_t i = 0; i < s->gathered.count; i++)
        notice_item_drop(&s->gathered.at[i]);
    array_fini(&s->gathered);
    notice_queue_free(s->queue);
    notice_ledger_free(s->ledger);
    free(s->name);
    free(s);
}

/* Nobody wants it any more: what waits and what was told is forgotten. */
static void served_forget(struct served *s)
{
    notice_tested_fn tested = TAKE(s->tested);
    void *arg = TAKE(s->tested_arg);
    size_t at = 0;

    if (tested != NULL) /* who asked for a test waits for its end */
        tested(arg, -ENOENT, "the receiver is gone");
    served_close(s);
    for (size_t i = 0; i < s->gathered.count; i++)
        notice_item_drop(&s->gathered.at[i]);
    s->gathered.count = 0;
    s->open = false;
    while (notice_queue_count(s->queue) > 0)
        notice_queue_pop(s->queue);
    for (struct told *t; (t = notice_ledger_next(s->ledger, &at)) != NULL;)
        notice_ledger_forget(s->ledger, t->index);
}

/* The master's stays, so that its numbers go on when there is one again. */
static void drop_unwanted(struct notices *n)
{
    size_t left = 0;

    for (size_t i = 0; i < n->served.count; i++) {
        struct served *s = n->served.at[i];

        if (s->conf == NULL)
            served_forget(s);
        if (s->conf != NULL || strcmp(s->name, n->master.name) == 0)
            n->served.at[left++] = s;
        else
            served_free(s);
    }
    n->served.count = left;
}

/* What is under way to one that stays as it is goes on: told again it would be
 * there twice. */
static void serve(struct notices *n, const struct receiver *r)
{
    uint64_t way = served_way(r);
    struct served *s = served_find(n, r->name);

    if (s == NULL)
        s = served_new(n, r->name);
    if (s->way != way)
        served_close(s);
    s->way = way;
    s->conf = r;
}

/* All that are configured, and the master's. */
static void serve_all(struct notices *n)
{
    const struct receivers *all = station_receivers(n->station);

    for (size_t i = 0; i < n->served.count; i++)
        n->served.at[i]->conf = NULL;
    for (size_t i = 0; i < all->count; i++)
        serve(n, all->at[i]);
    if (n->mastered)
        serve(n, &n->master);
}

void notices_use(struct notices *n)
{
    serve_all(n);
    drop_unwanted(n);
    event_active(n->turn, EV_TIMEOUT, 1);
}

/* What waits is not told yet, and has the numbers behind it. */
static uint32_t last_told(const struct served *s)
{
    const struct notice_waiting *first = notice_queue_first(s->queue);

    return first != NULL ? first->seq - 1 : s->seq;
}

void notices_use_master(struct notices *n, const struct notice_master *master)
{
    n->agent =
        master != NULL ? *master : (struct notice_master){.notify = NULL};
    n->mastered = master != NULL;
    served_close(served_find(n, n->master.name)); /* was the other's */
    notices_use(n);
    if (master != NULL)
        master->notified(master->arg,
                         last_told(served_find(n, n->master.name)));
}

void notices_leave_master(struct notices *n)
{
    n->agent = (struct notice_master){.notify = NULL};
    served_close(served_find(n, n->master.name));
}

void notices_on_shown(void *arg)
{
    struct notices *n = arg;
    struct served *s = served_find(n, n->master.name);

    if (s->away) /* it is back: what waits goes at once */
        s->due = (struct mono){0};
    s->away = false;
    event_active(n->turn, EV_TIMEOUT, 1);
}

/* ---- its life ---- */

static struct notice_queue *queue_of(void *arg, const char *name)
{
    struct served *s = served_find(arg, name);

    return s != NULL ? s->queue : NULL;
}

static struct notice_ledger *ledger_of(void *arg, const char *name)
{
    struct served *s = served_find(arg, name);

    return s != NULL ? s->ledger : NULL;
}

static int on_seq(void *arg, const char *key, const char *text)
{
    struct notices *n = arg;
    struct served *s = served_find(n, key);
    uint32_t seq = (uint32_t)strtoul(text, NULL, 10);

    if (s != NULL)
        s->seq = seq;
    else
        store_delete(store_of(n), NOTICE_SEQ, key);
    return 0;
}

static int load(struct notices *n, struct complaint *why)
{
    int rc = store_load(store_of(n), NOTICE_SEQ, on_seq, n, why);

    if (rc == 0)
        rc = notice_queues_load(store_of(n), queue_of, n, why);
    if (rc == 0)
        rc = notice_ledgers_load(store_of(n), ledger_of, n, why);
    return rc;
}

int notices_new(struct event_base *base, struct station *station,
                struct notices **out, struct complaint *why)
{
    static const struct timeval second = {.tv_sec = 1};
    static char master[] = "master";
    struct notices *n = mem_new(struct notices);

    n->base = base;
    n->station = station;
    n->changes = notice_changes_new();
    n->master = (struct receiver){.name = master,
                                  .kind = RECEIVER_MASTER,
                                  .severity = SEVERITY_INDETERMINATE};
    n->tick = event_new(base, -1, EV_PERSIST, on_tick, n);
    n->turn = event_new(base, -1, 0, on_turn, n);
    /* The master's too: whether there is one is told a moment later. */
    (void)served_new(n, master);
    serve_all(n);
    int rc = load(n, why);
    *out = rc == 0 ? n : NULL;
    if (rc < 0) {
        notices_free(n);
        return rc;
    }
    event_add(n->tick, &second);
    alerts_listen(station_alerts(station),
                  &(struct alert_listener){on_alert, n});
    station_listen_changes(station,
                           &(struct change_listener){on_risk, on_topology, n});
    return 0;
}

void notices_free(struct notices *n)
{
    if (n == NULL)
        return;
    alerts_unlisten(station_alerts(n->station), n);
    station_listen_changes(n->station, NULL);
    notice_changes_free(n->changes);
    event_free(n->tick);
    event_free(n->turn);
    for (size_t i = 0; i < n->served.count; i++)
        served_free(n->served.at[i]);
    array_fini(&n->served);
    free(n);
}
