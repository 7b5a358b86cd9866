#include "station/alerts_parts.h"

#include <stdlib.h>

/* ---- finding them ---- */

static void add_object(struct buffer *key, const struct object_ref *o)
{
    buffer_char(key, (char)('0' + (int)o->class));
    buffer_add(key, o->device.octets, sizeof o->device.octets);
    buffer_text(key, o->part != NULL ? o->part : "");
    buffer_char(key, '\0');
}

static void write_key(struct buffer *key, const struct object_ref *o,
                      const struct alert_type *type, const char *qualifier)
{
    add_object(key, o);
    buffer_add(key, &type->model, sizeof type->model);
    buffer_text(key, qualifier != NULL ? qualifier : "");
}

/* A device and all that is of it have one owner. */
static void write_owner(struct buffer *key, const struct object_ref *o)
{
    if (ident_is_set(&o->device))
        buffer_add(key, o->device.octets, sizeof o->device.octets);
    else
        add_object(key, o);
}

static struct owner *owner_of(const struct alerts *a,
                              const struct object_ref *o)
{
    struct buffer OWNED_BUFFER key = {0};

    write_owner(&key, o);
    return table_find(a->owners, buffer_view(&key));
}

static struct owner *owner_made(struct alerts *a, const struct object_ref *o)
{
    struct owner *owner = owner_of(a, o);
    struct buffer OWNED_BUFFER key = {0};

    if (owner != NULL)
        return owner;
    owner = mem_new(struct owner);
    write_owner(&key, o);
    (void)table_put(a->owners, buffer_view(&key), owner);
    return owner;
}

struct alert *alerts_find(const struct alerts *a, const struct object_ref *o,
                          const struct alert_type *type, const char *qualifier)
{
    struct buffer OWNED_BUFFER key = {0};

    write_key(&key, o, type, qualifier);
    return table_find(a->by_key, buffer_view(&key));
}

static struct bytes index_key(const uint32_t *index)
{
    return (struct bytes){(const uint8_t *)index, sizeof *index};
}

struct alert *alerts_by_index(const struct alerts *a, uint32_t index)
{
    return table_find(a->by_index, index_key(&index));
}

/* ---- coming and going ---- */

static struct alert *alert_new(struct alerts *a, const struct alert_record *r)
{
    struct alert *alert = mem_new(struct alert);
    struct buffer OWNED_BUFFER key = {0};

    alert->record = alert_copy(r);
    alert->due_place = alert->changed_place = SIZE_MAX;
    alert->owner = owner_made(a, &r->object);
    alert->next = alert->owner->first;
    if (alert->next != NULL)
        alert->next->prev = alert;
    alert->owner->first = alert;
    write_key(&key, &r->object, r->type, r->qualifier);
    (void)table_put(a->by_key, buffer_view(&key), alert);
    return alert;
}

/* What was to be published of it is, though its record is another one now. */
static void put_aside(struct alerts *a, struct alert *alert)
{
    if (alert->changed_place == SIZE_MAX)
        return;
    a->changed.at[alert->changed_place] = NULL;
    alert->changed_place = SIZE_MAX;
    *array_add(&a->past) = alert_ref(alert->record);
}

static void leave_owner(struct alerts *a, struct alert *alert)
{
    struct buffer OWNED_BUFFER key = {0};

    if (alert->prev != NULL)
        alert->prev->next = alert->next;
    else
        alert->owner->first = alert->next;
    if (alert->next != NULL)
        alert->next->prev = alert->prev;
    if (alert->owner->first != NULL)
        return;
    write_owner(&key, &alert->record->object);
    free(table_remove(a->owners, buffer_view(&key)));
}

static void alert_free(struct alerts *a, struct alert *alert)
{
    const struct alert_record *r = alert->record;
    struct buffer OWNED_BUFFER key = {0};

    put_aside(a, alert);
    alerts_not_due(a, alert);
    leave_owner(a, alert);
    if (r->state == ALERT_ACTIVE)
        (void)table_remove(a->by_index, index_key(&r->index));
    write_key(&key, &r->object, r->type, r->qualifier);
    (void)table_remove(a->by_key, buffer_view(&key));
    alert_unref(alert->record);
    free(alert);
}

/* ---- what is told of them ---- */

/* As an event, unless whoever saw it does that. */
static void tell_event(struct alerts *a, const struct alert_record *r,
                       const char *text)
{
    bool over = r->state == ALERT_CLEARED;
    struct event_subject subject = {.class = r->type->class,
                                    .severity =
                                        over ? SEVERITY_CLEARED : r->severity,
                                    .type = r->type->name,
                                    .object = r->name,
                                    .source = "alerts"};

    if (a->events == NULL || r->type->told)
        return;
    if (text != NULL && text[0] != '\0')
        events_add(a->events, r->changed, &subject, "%s", text);
    else
        events_add(a->events, r->changed, &subject, "%s%s",
                   over ? "over: " : "", r->text);
}

void alerts_become(struct alerts *a, struct alert *alert,
                   const struct alert_record *next, enum alert_news news)
{
    struct alert_record *before = alert->record;

    alert->record = alert_copy(next);
    alert->unkept = news == ALERT_NEWS && next->state == ALERT_ACTIVE;
    if (next->index != 0 && alert->changed_place == SIZE_MAX) {
        alert->changed_place = a->changed.count;
        *array_add(&a->changed) = alert;
    }
    if (news != ALERT_NEWS) {
        a->changed_at = next->changed;
        alerts_keep(a, alert->record, news);
        for (size_t i = 0; i < a->listeners.count; i++)
            a->listeners.at[i].on_alert(
                a->listeners.at[i].arg, news, alert->record,
                before->index == next->index ? before : NULL);
    }
    alert_unref(before);
}

/* ---- the deeds of its life ---- */

static void wait_for(struct alerts *a, struct alert *alert, int64_t ms)
{
    alerts_due_at(a, alert, mono_after_ms(a->now, ms));
}

static int64_t calm_of_type(const struct alerts *a, const struct alert_type *t)
{
    if (t == a->port_down)
        return a->limits.calm_port_ms;
    return t == a->bgp_down || t == a->ospf_down ? a->limits.calm_session_ms
                                                 : t->calm_ms;
}

static int64_t calm_ms(const struct alerts *a, const struct alert *alert)
{
    int64_t calm = alert->calm_ms;

    if (calm < 0)
        return 0;
    if (calm == 0)
        calm = calm_of_type(a, alert->record->type);
    if (alert->record->flapping && calm < a->limits.flaps.calm_ms)
        calm = a->limits.flaps.calm_ms;
    return calm;
}

static void begin(struct alerts *a, struct alert *alert,
                  const struct condition *c)
{
    struct alert_record next;
    bool back = alert->record->index != 0;

    alerts_take_down(&next, c);
    if (back) {
        flaps_note(&alert->flaps, a->now);
        next.flaps = alert->record->flaps + 1;
        put_aside(a, alert);
    }
    alerts_become(a, alert, &next, ALERT_NEWS);
    alert->hold_ms = c->hold_ms;
    wait_for(a, alert, c->hold_ms > 0 ? c->hold_ms : 0);
}

static void renew(struct alerts *a, struct alert *alert,
                  const struct condition *c, bool back)
{
    struct alert_record next = *alert->record;
    bool active = next.state == ALERT_ACTIVE;

    alerts_renew(&next, c);
    if (back) {
        alerts_not_due(a, alert);
        flaps_note(&alert->flaps, a->now);
        next.ceased = (struct wall){0};
        next.flaps++;
        next.flapping |= flaps_many(&alert->flaps, &a->limits.flaps, a->now);
    }
    bool news = active && (next.severity != alert->record->severity ||
                           next.flapping != alert->record->flapping);
    alerts_become(a, alert, &next, news ? ALERT_CHANGED : ALERT_NEWS);
    if (news)
        tell_event(a, alert->record, NULL);
}

static void raise_it(struct alerts *a, struct alert *alert)
{
    struct alert_record next = *alert->record;

    next.index = ++a->last_index;
    if (next.index == 0) /* alarmActiveIndex wraps to 1 */
        next.index = a->last_index = 1;
    next.state = ALERT_ACTIVE;
    if (alert->hold_ms > 0 && a->wall.ms > next.raised.ms)
        next.raised = a->wall;
    next.changed = next.raised;
    next.flapping = flaps_many(&alert->flaps, &a->limits.flaps, a->now);
    if (a->advisor.arg != NULL) {
        next.cause = a->advisor.cause(a->advisor.arg, &next);
        next.silence = a->advisor.silence(a->advisor.arg, &next);
        next.herald = a->advisor.herald(a->advisor.arg, &next);
    }
    a->totals[next.severity]++;
    (void)table_put(a->by_index, index_key(&next.index), alert);
    alerts_become(a, alert, &next, ALERT_RAISED);
    tell_event(a, alert->record, NULL);
}

static void calm(struct alerts *a, struct alert *alert,
                 const struct condition *c)
{
    struct alert_record next = *alert->record;

    if (calm_ms(a, alert) == 0)
        return; /* it ends at once */
    next.ceased = c->at;
    alerts_become(a, alert, &next, ALERT_NEWS);
    alerts_keep(a, alert->record, ALERT_NEWS);
    alert->unkept = false;
    wait_for(a, alert, calm_ms(a, alert));
}

/* c: that was told to be over; NULL: it was calm long enough. */
static void end(struct alerts *a, struct alert *alert,
                const struct condition *c)
{
    struct alert_record next = *alert->record;

    next.state = ALERT_CLEARED;
    next.cleared = c != NULL ? c->at : a->wall;
    if (next.cleared.ms < next.raised.ms) /* the clock was set */
        next.cleared = next.raised;
    next.changed = next.cleared;
    if (next.flapping)
        alert->flaps = (struct flaps){0};
    (void)table_remove(a->by_index, index_key(&next.index));
    alerts_become(a, alert, &next, ALERT_ENDED);
    tell_event(a, alert->record, c != NULL ? c->text : NULL);
    wait_for(a, alert, a->limits.flaps.within_ms);
}

static void do_deed(struct alerts *a, struct alert *alert, enum life_deed deed,
                    const struct condition *c)
{
    switch (deed) {
    case LIFE_BEGIN:
        begin(a, alert, c);
        return;
    case LIFE_RENEW:
    case LIFE_RETURN:
        renew(a, alert, c, deed == LIFE_RETURN);
        return;
    case LIFE_RAISE:
        raise_it(a, alert);
        return;
    case LIFE_CALM:
        calm(a, alert, c);
        return;
    case LIFE_END:
        end(a, alert, c);
        return;
    case LIFE_CLOSE:
        end(a, alert, c);
        alert_free(a, alert);
        return;
    case LIFE_FORGET:
        alert_free(a, alert);
        return;
    case LIFE_IGNORE:
    case LIFE_DEEDS:
        return;
    }
}

/* What happens to alert, and what follows of it: alert may be gone then. */
static void step(struct alerts *a, struct alert *alert, enum life_input input,
                 const struct condition *c)
{
    struct life_step s = life_step(alert->life, input);

    alert->life = s.next;
    do_deed(a, alert, s.deed, c);
    bool at_once = (s.deed == LIFE_BEGIN && c->hold_ms <= 0) ||
                   (s.deed == LIFE_CALM && calm_ms(a, alert) == 0);
    if (at_once) {
        alerts_not_due(a, alert);
        step(a, alert, LIFE_DUE, c);
    }
}

/* ---- what others call ---- */

void alerts_tell(struct alerts *a, const struct condition *c)
{
    struct alert *alert = alerts_find(a, &c->object, c->type, c->qualifier);
    bool holds = c->severity != SEVERITY_CLEARED;
    struct alert_record first;

    if (alert == NULL && !holds)
        return;
    if (alert == NULL && table_count(a->by_key) >= ALERTS_ACTIVE_MAX) {
        a->overflow++;
        return;
    }
    if (alert == NULL) {
        alerts_take_down(&first, c);
        alert = alert_new(a, &first);
    }
    bool at_once = !holds && c->calm_ms < 0;
    if (holds || at_once)
        alert->calm_ms = c->calm_ms;
    if (at_once && alert->life == LIFE_CALMING) {
        alerts_not_due(a, alert);
        step(a, alert, LIFE_DUE, c);
        return;
    }
    step(a, alert, holds ? LIFE_HOLDS : LIFE_CEASED, c);
}

const struct alert_record *alerts_of(const struct alerts *a,
                                     const struct object_ref *object,
                                     const struct alert_type *type,
                                     const char *qualifier)
{
    const struct alert *alert = alerts_find(a, object, type, qualifier);

    return alert != NULL ? alert->record : NULL;
}

void alerts_each_of(const struct alerts *a, const struct ident *device,
                    alert_fn on_alert, void *arg)
{
    const struct owner *owner = table_find(a->owners, ident_key(device));

    for (const struct alert *alert = owner != NULL ? owner->first : NULL;
         alert != NULL; alert = alert->next)
        if (alert->record->state != ALERT_CLEARED)
            on_alert(arg, alert->record);
}

const struct alert_record *alerts_by_number(const struct alerts *a,
                                            uint32_t index)
{
    const struct alert *alert = alerts_by_index(a, index);

    return alert != NULL ? alert->record : NULL;
}

void alerts_defer(struct alerts *a, const struct object_ref *object,
                  const struct alert_type *type, const char *qualifier,
                  int64_t ms)
{
    struct alert *alert = alerts_find(a, object, type, qualifier);

    if (alert != NULL && alert->life == LIFE_PENDING)
        wait_for(a, alert, ms);
}

void alerts_hasten(struct alerts *a, const struct object_ref *object,
                   const struct alert_type *type, const char *qualifier)
{
    struct alert *alert = alerts_find(a, object, type, qualifier);

    if (alert == NULL || alert->life != LIFE_PENDING)
        return;
    alerts_not_due(a, alert);
    step(a, alert, LIFE_DUE, NULL);
}

static bool is_of(const struct alert_record *r, const struct object_ref *o)
{
    return o->class == OBJECT_DEVICE ||
           (r->object.class == o->class &&
            strcmp(r->object.part, o->part != NULL ? o->part : "") == 0);
}

void alerts_forget(struct alerts *a, const struct object_ref *object,
                   struct wall at, const char *why)
{
    const struct owner *owner = owner_of(a, object);
    struct condition over = {.at = at, .text = why};
    struct alert *next = NULL;

    for (struct alert *alert = owner != NULL ? owner->first : NULL;
         alert != NULL; alert = next) {
        next = alert->next;
        if (is_of(alert->record, object))
            step(a, alert, LIFE_DROPPED, &over);
    }
}

void alerts_listen(struct alerts *a, const struct alert_listener *listener)
{
    *array_add(&a->listeners) = *listener;
}

void alerts_unlisten(struct alerts *a, const void *arg)
{
    size_t left = 0;

    for (size_t i = 0; i < a->listeners.count; i++)
        if (a->listeners.at[i].arg != arg)
            a->listeners.at[left++] = a->listeners.at[i];
    a->listeners.count = left;
}

void alerts_advise(struct alerts *a, const struct alert_advisor *advisor)
{
    a->advisor = *advisor;
}

void alerts_resume(struct alerts *a, const struct alert_record *r)
{
    struct alert *alert = alert_new(a, r);

    alert->life = r->ceased.ms != 0 ? LIFE_CALMING : LIFE_ACTIVE;
    if (r->ceased.ms != 0)
        wait_for(a, alert, calm_ms(a, alert));
    if (r->shelved.ms != 0)
        *array_add(&a->shelved) = r->index;
    (void)table_put(a->by_index, index_key(&r->index), alert);
    alert->changed_place = a->changed.count;
    *array_add(&a->changed) = alert;
}

void alerts_tick(struct alerts *a, struct mono now, struct wall wall)
{
    struct alert *alert;

    a->now = now;
    a->wall = wall;
    while ((alert = alerts_take_due(a, now)) != NULL)
        step(a, alert, LIFE_DUE, NULL);
    alerts_unshelve(a);
    alerts_expire(a);
    alerts_keep_counters(a);
}

struct alert_book *alerts_book(struct alerts *a)
{
    struct alert_records records = {0};

    for (size_t i = 0; i < a->changed.count; i++)
        if (a->changed.at[i] != NULL) {
            *array_add(&records) = a->changed.at[i]->record;
            a->changed.at[i]->changed_place = SIZE_MAX;
        }
    for (size_t i = 0; i < a->past.count; i++)
        *array_add(&records) = a->past.at[i];
    a->changed.count = 0;
    if (records.count > 0 || a->overflow != a->book->overflow) {
        a->book = alert_book_follow(a->book, records.at, records.count);
        a->book->changed = a->changed_at;
        a->book->overflow = a->overflow;
        memcpy(a->book->totals, a->totals, sizeof a->totals);
    }
    while (a->past.count > 0)
        alert_unref(a->past.at[--a->past.count]);
    array_fini(&records);
    return alert_book_ref(a->book);
}

void alerts_limit(struct alerts *a, const struct alert_limits *limits)
{
    a->limits = *limits;
}

struct alerts *alerts_new(struct store *store, struct events *events)
{
    struct alerts *a = mem_new(struct alerts);

    a->limits =
        (struct alert_limits){.flaps = {FLAPS, FLAP_SPAN_MS, FLAP_CALM_MS},
                              .calm_port_ms = CALM_PORT_MS,
                              .calm_session_ms = CALM_SESSION_MS};
    a->port_down = alert_type_find("port.down");
    a->bgp_down = alert_type_find("bgp.down");
    a->ospf_down = alert_type_find("ospf.down");

    a->store = store;
    a->events = events;
    a->by_key = table_new();
    a->by_index = table_new();
    a->owners = table_new();
    a->book = alert_book_new();
    a->kept = mem_array(ALERTS_CLEARED_MAX, sizeof *a->kept);
    a->counters_kept = true;
    return a;
}

void alerts_free(struct alerts *a)
{
    size_t at = 0;
    void *alert;

    if (a == NULL)
        return;
    alerts_keep_unkept(a);
    alerts_keep_counters(a);
    while (table_next(a->by_key, &at, NULL, &alert))
        alert_free(a, alert);
    while (a->past.count > 0)
        alert_unref(a->past.at[--a->past.count]);
    array_fini(&a->past);
    array_fini(&a->shelved);
    array_fini(&a->changed);
    array_fini(&a->dues);
    array_fini(&a->listeners);
    table_free(a->owners);
    table_free(a->by_index);
    table_free(a->by_key);
    alert_book_unref(a->book);
    free(a->kept);
    free(a);
}
