/* What happened to alerts becomes what a receiver is sent. */
#include "north/notices_parts.h"

#include "base/log.h"
#include "north/alarm_row.h"
#include "north/notice_varbinds.h"
#include "station/store.h"

#include <inttypes.h>
#include <stdlib.h>

#include <event2/event.h>
#include <jansson.h>

/* Each receiver has numbers of its own: one that is missing there is a
 * notification that it has missed, whatever others are told. */
static uint32_t next_seq(struct served *s)
{
    char text[16];

    (void)snprintf(text, sizeof text, "%" PRIu32, ++s->seq);
    store_put(station_store(s->owner->station), NOTICE_SEQ, s->name, text);
    return s->seq;
}

/* ---- SNMP ---- */

/* portolanNotifyText, where it is more than the text of the alert. */
static void write_text(const struct notice_item *item, struct buffer *out)
{
    const struct alert_record *a = item->alert, *by = item->because;

    buffer_text(out, a->text);
    if (by != NULL) {
        buffer_clear(out);
        buffer_format(out, "because of %s: %s", by->name, by->type->title);
        a = by;
    }
    if (a->symptom_count == 0)
        return;
    buffer_text(out, by != NULL ? ", which makes unreachable "
                                : "; it makes unreachable ");
    notice_symptoms(a, ADMIN_STRING_MAX - out->len, out);
}

static char *write_snmp(struct served *s, const struct notice_item *item,
                        uint32_t seq, const struct snapshot *snapshot)
{
    const struct alert_record *a = item->alert;
    const struct device_record *d =
        a->device[0] != '\0' ? snapshot_find(snapshot, a->device) : NULL;
    struct notice_source from = {
        .enterprise = snapshot->station.enterprise,
        .seq = seq,
        .alert = a,
        .object = snapshot->objects != NULL
                      ? object_book_index(snapshot->objects, &a->object)
                      : 0,
        .risk_level =
            item->level != 0 ? item->level : (uint8_t)risk_level_of(a->risk),
        .explained = item->news == ALERT_EXPLAINED};
    struct buffer OWNED_BUFFER words = {0};
    struct buffer text = {0};
    struct notice *notice = mem_new(struct notice);

    if (d != NULL && d->addr_count > 0)
        from.addr = d->addrs[0];
    if (item->news != ALERT_ENDED) {
        write_text(item, &words);
        from.text = words.at;
    }
    notice_compose(&from, notice);
    int rc = notify_write(s->owner->station, oid_view(&notice->trap),
                          notice->varbinds, notice->count, &text);
    free(notice);
    if (rc == 0)
        return buffer_take(&text);
    buffer_fini(&text);
    return NULL;
}

/* ---- words ---- */

static void put_env(json_t *env, const char *name, const char *text)
{
    json_object_set_new(env, name, json_string(text));
}

/* What a program finds in its environment: of the first, and how many. */
static json_t *environment(const struct notice_page *page)
{
    const struct notice_item *first = &page->items[0];
    const struct alert_record *a = first->alert;
    struct buffer OWNED_BUFFER line = {0};
    json_t *env = json_object();
    char number[24];

    notice_line(first, &line);
    put_env(env, "PORTOLAN_STATION", page->station);
    put_env(env, "PORTOLAN_NEWS", first->again ? "again" : notice_news(first));
    put_env(env, "PORTOLAN_SEVERITY",
            severity_name(first->news == ALERT_ENDED ? SEVERITY_CLEARED
                                                     : (int)a->severity));
    put_env(env, "PORTOLAN_TYPE", a->type->name);
    put_env(env, "PORTOLAN_OBJECT", a->name);
    put_env(env, "PORTOLAN_DEVICE", a->device);
    put_env(env, "PORTOLAN_TEXT", a->text);
    put_env(env, "PORTOLAN_LINE", line.at);
    (void)snprintf(number, sizeof number, "%" PRIu32, a->index);
    put_env(env, "PORTOLAN_ALERT", number);
    (void)snprintf(number, sizeof number, "%zu", page->count);
    put_env(env, "PORTOLAN_COUNT", number);
    (void)snprintf(number, sizeof number, "%" PRIu32, page->seq);
    put_env(env, "PORTOLAN_SEQ", number);
    return env;
}

static char *write_run(const struct notice_page *page)
{
    struct buffer OWNED_BUFFER body = {0};

    notice_body(FORM_JSON, page, &body);
    json_t *o = json_pack("{s:o,s:s}", "env", environment(page), "input",
                          body.at != NULL ? body.at : "");
    char *text = json_dumps(o, JSON_COMPACT);
    json_decref(o);
    return text;
}

static char *write_words(const struct served *s, const struct notice_page *page)
{
    const struct receiver *r = s->conf;
    enum notice_form form = FORM_JSON;
    struct buffer out = {0};

    if (r->kind == RECEIVER_RUN)
        return write_run(page);
    if (r->kind == RECEIVER_MAIL) {
        const char **to = mem_array(r->to.count + 1, sizeof *to);

        for (size_t i = 0; i < r->to.count; i++)
            to[i] = r->to.at[i];
        notice_mail(page, r->from, to, page->seq, &out);
        free(to);
    } else if (notice_form_parse(r->form, &form) == 0) {
        notice_body(form, page, &out);
    }
    return buffer_take(&out);
}

/* ---- what waits from now on ---- */

/* The ledger of an item is kept with what tells of it. */
static void settle(struct served *s, const struct notice_item *item)
{
    uint32_t index = item->alert->index;

    if (index == 0)
        return; /* no alert */
    if (item->news == ALERT_ENDED) {
        notice_ledger_forget(s->ledger, index);
        return;
    }
    const struct alert_record *known =
        item->because != NULL ? item->because : item->alert;
    struct told *told = notice_ledger_find(s->ledger, known->index);
    if (told != NULL)
        told->reasons = alert_symptoms_hash(known);
    notice_ledger_keep(s->ledger, known->index);
}

void notice_item_drop(const struct notice_item *item)
{
    /* Both are references of ours. */
    alert_unref((struct alert_record *)item->alert);
    alert_unref((struct alert_record *)item->because);
}

/* What lasts is told as it is by now: causes know their symptoms. */
static void renew(const struct alerts *alerts,
                  const struct alert_record **record)
{
    const struct alert_record *now =
        *record != NULL && (*record)->index != 0
            ? alerts_by_number(alerts, (*record)->index)
            : NULL;

    if (now == NULL || now == *record)
        return;
    alert_unref((struct alert_record *)*record);
    *record = alert_ref(now);
}

/* What was told is as it was told. */
static void renew_all(struct served *s)
{
    const struct alerts *alerts = station_alerts(s->owner->station);

    for (size_t i = 0; i < s->gathered.count; i++) {
        struct notice_item *item = &s->gathered.at[i];

        if (item->news == ALERT_RAISED || item->news == ALERT_EXPLAINED) {
            renew(alerts, &item->alert);
            renew(alerts, &item->because);
        }
    }
}

/* Is it in the queue now? */
static bool wait_with(struct served *s, uint32_t seq, char *text)
{
    if (text == NULL) {
        log_warning("receiver %s: a notification is too long for it", s->name);
        return false;
    }
    uint64_t dropped = notice_queue_dropped(s->queue);
    notice_queue_put(s->queue, seq, wall_now(), text);
    if (dropped == 0 && notice_queue_dropped(s->queue) > 0)
        log_warning("receiver %s: %d notifications wait for it, the oldest go; "
                    "it sees by their numbers that some are missing",
                    s->name, NOTICES_WAITING_MAX);
    return true;
}

/* The version of the alerts that the master is to serve before what is written
 * now is sent; 0: it does so already. It is hastened. */
static uint64_t version_to_show(struct served *s)
{
    enum { SHOW_APART_MS = 100 };
    const struct notice_master *agent = &s->owner->agent;
    struct mono now = mono_now();
    struct alert_book *book = alerts_book(station_alerts(s->owner->station));
    uint64_t version = book->version;

    alert_book_unref(book);
    if (agent->shown == NULL || agent->shown(agent->arg) >= version)
        return 0;
    if (mono_ms_between(s->owner->shown, now) >= SHOW_APART_MS) {
        s->owner->shown = now;
        station_show(s->owner->station);
        agent->hasten(agent->arg);
    } /* else: every second it is published anyway */
    return version;
}

/* A manager that reads the agent because of a notification finds there what it
 * told: it waits until that is served. What rose does so not for long, since a
 * number that no table has yet is a new one; an alert that is over but stands
 * in the table would be taken for one that lasts. */
static void hold(struct served *s, const struct notice_item *item,
                 uint64_t version)
{
    enum { HOLD_MS = 2000, HOLD_END_MS = 30000 };
    bool over = item->news == ALERT_ENDED;

    notice_queue_hold(s->queue, version,
                      mono_after_ms(mono_now(), over ? HOLD_END_MS : HOLD_MS));
}

/* What tells all of each goes in pages that receivers take. */
static void wait_with_words(struct served *s, const char *station)
{
    enum notice_form form = FORM_JSON;
    bool whole =
        s->conf->kind == RECEIVER_RUN ||
        (s->conf->kind != RECEIVER_MAIL &&
         notice_form_parse(s->conf->form, &form) == 0 && form == FORM_JSON);

    for (size_t at = 0, count; at < s->gathered.count; at += count) {
        count = s->gathered.count - at;
        if (whole && count > NOTICE_ITEMS_MAX)
            count = NOTICE_ITEMS_MAX;
        struct notice_page page = {.station = station,
                                   .at = wall_now(),
                                   .seq = next_seq(s),
                                   .items = s->gathered.at + at,
                                   .count = count};
        (void)wait_with(s, page.seq, write_words(s, &page));
    }
}

static void wait_as_snmp(struct served *s, const struct snapshot *snapshot)
{
    uint64_t version = s->gathered.count > 0 ? version_to_show(s) : 0;

    for (size_t i = 0; i < s->gathered.count; i++) {
        const struct notice_item *item = &s->gathered.at[i];
        uint32_t seq = next_seq(s);

        if (wait_with(s, seq, write_snmp(s, item, seq, snapshot)))
            hold(s, item, version);
    }
}

void served_flush(struct served *s)
{
    struct snapshot *snapshot = station_snapshot(s->owner->station);

    renew_all(s);
    if (s->conf->kind == RECEIVER_SNMP || s->conf->kind == RECEIVER_MASTER)
        wait_as_snmp(s, snapshot);
    else
        wait_with_words(s, snapshot->station.name);
    for (size_t i = 0; i < s->gathered.count; i++) {
        settle(s, &s->gathered.at[i]);
        notice_item_drop(&s->gathered.at[i]);
    }
    s->gathered.count = 0;
    snapshot_unref(snapshot);
    if (notice_queue_count(s->queue) > 0)
        event_active(s->owner->turn, EV_TIMEOUT, 1);
}
