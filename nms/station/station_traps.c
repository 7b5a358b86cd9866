/* Notifications: where they come in, and what follows of them. */
#include "station/station_parts.h"
#include "station/storms.h"
#include "station/trap_log.h"
#include "station/traps.h"

#include "base/text.h"
#include "wire/engine.h"
#include "wire/notifications.h"
#include "wire/notifier.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include <jansson.h>

enum {
    FACTS_APART_MS = 30000, /* facts are not read again more often */
    STORE_FULL = 32768,     /* changes that wait: then sockets do too */
    STRANGER_APART_MS = 60000,
    ENGINE_ENTERPRISE = 32473, /* RFC 5612 */
    ENGINE_FORMAT_OCTETS = 5   /* RFC 3411, SnmpEngineID */
};

/* ---- what the listener asks ---- */

static bool knows(void *arg, const struct addr *from,
                  const struct credential **credential)
{
    const struct station *s = arg;
    const struct device *d = inventory_by_addr(s->inventory, from);

    *credential = d != NULL ? d->credential : NULL;
    return d != NULL;
}

static bool engine_clock(void *arg, struct bytes engine_id, int32_t *boots,
                         int32_t *time_s)
{
    const struct station *s = arg;
    const struct device *d = traps_engine(s->traps, engine_id);

    return d != NULL && d->agent != NULL &&
           agent_engine_clock(d->agent, boots, time_s);
}

static bool full(void *arg)
{
    const struct station *s = arg;
    struct store_stats stats;

    store_stats(s->store, &stats);
    return stats.waiting >= STORE_FULL && stats.error[0] == '\0';
}

/* ---- what it tells ---- */

static void on_notified(void *arg, const struct notification *n)
{
    struct station *s = arg;

    if (traps_take(s->traps, n, mono_now()) && s->trap_log != NULL)
        trap_log_add(s->trap_log, &(struct trap_log_item){
                                      .at = n->at,
                                      .from = n->from,
                                      .port = n->port,
                                      .engine_id = n->engine_id,
                                      .context_engine_id = n->context_engine_id,
                                      .context = n->context,
                                      .trap = n->trap,
                                      .varbinds = n->varbinds,
                                      .count = n->count});
}

/* It costs little, but for nobody where there is no master agent. */
static void use_log(struct station *s)
{
    if (s->config->agentx.master[0] == '\0')
        trap_log_free(TAKE(s->trap_log));
    else if (s->trap_log == NULL)
        s->trap_log = trap_log_new();
}

/* Addresses are easily forged: one line a minute, the others are counted. */
static void on_stranger(void *arg, const struct addr *from, const char *why)
{
    struct station *s = arg;
    struct mono now = mono_now();
    char text[ADDR_TEXT_MAX];

    if (s->stranger_told.ns != 0 &&
        mono_ms_between(s->stranger_told, now) < STRANGER_APART_MS)
        return;
    s->stranger_told = now;
    log_info("notifications: what %s sends is not read: %s; it is kept until "
             "that is known (`portolan status` counts)",
             addr_format(from, text, sizeof text), why);
}

/* ---- what follows ---- */

static void on_verify(void *arg, struct device *d, bool facts)
{
    struct station *s = arg;

    polling_verify(s->polling, d);
    if (facts && d->agent != NULL &&
        (d->collected.ns == 0 ||
         mono_ms_between(d->collected, mono_now()) >= FACTS_APART_MS))
        discovery_collect(s->discovery, d);
}

/* Of the device, or of the station where nobody knows the sender. */
static void tell_storm(struct station *s, const struct device *d,
                       const char *sender, bool lasts, const char *text)
{
    const struct alert_type *type = alert_type_find("trap.storm");

    alerts_tell(
        s->alerts,
        &(struct condition){
            .object = {.class = d != NULL ? OBJECT_DEVICE : OBJECT_STATION,
                       .device = d != NULL ? d->id : (struct ident){{0}},
                       .part = ""},
            .type = type,
            .qualifier = d != NULL ? "" : sender,
            .severity = lasts ? type->severity : SEVERITY_CLEARED,
            .at = wall_now(),
            .evidence = ALERT_BY_TRAP,
            .name = d != NULL ? d->name : s->config->station.name,
            .device = d != NULL ? d->name : "",
            .text = text,
            .value = (double)NAN,
            .limit = (double)NAN});
}

static void on_storm(void *arg, const struct device *d, const struct addr *from,
                     const struct storm *over)
{
    struct station *s = arg;
    char addr[ADDR_TEXT_MAX], lasted[32];
    const char *sender = d != NULL ? d->name : addr;
    struct event_subject subject = {
        .class = EVENT_FAULT,
        .severity = over == NULL ? SEVERITY_WARNING : SEVERITY_CLEARED,
        .type = over == NULL ? "notification.storm" : "notification.calm",
        .object = sender,
        .source = "notification"};
    struct buffer OWNED_BUFFER text = {0};

    addr_format(from, addr, sizeof addr);
    if (over == NULL) {
        buffer_format(&text,
                      "%s sends more notifications than anybody can read; they "
                      "are counted by their kinds until it is calm",
                      addr);
    } else {
        duration_format(over->lasted_ms, lasted, sizeof lasted);
        buffer_format(
            &text, "its storm of notifications is over: %" PRIu64 " came in %s",
            over->count, lasted);
    }
    events_add(s->events, wall_now(), &subject, "%s", text.at);
    tell_storm(s, d, sender, over == NULL, text.at);
}

/* Storms of an earlier run are over, whether anybody saw that or not. */
static void end_old_storms(struct station *s)
{
    struct alert_book *book = alerts_book(s->alerts);
    const struct alert_type *type = alert_type_find("trap.storm");

    for (size_t i = 0; i < book->active_count; i++) {
        const struct alert_record *r = book->active[i];

        if (r->type == type)
            alerts_tell(s->alerts,
                        &(struct condition){.object = r->object,
                                            .type = type,
                                            .qualifier = r->qualifier,
                                            .severity = SEVERITY_CLEARED,
                                            .at = wall_now(),
                                            .evidence = ALERT_BY_STATION,
                                            .name = r->name,
                                            .device = r->device,
                                            .text = "the station restarted",
                                            .value = (double)NAN,
                                            .limit = (double)NAN});
    }
    alert_book_unref(book);
}

unsigned station_traps_evidence(void *arg, const struct ident *device,
                                uint32_t if_index)
{
    const struct station *s = arg;

    return s->traps != NULL
               ? traps_evidence(s->traps, device, if_index, mono_now())
               : 0;
}

/* ---- its life ---- */

/* Opens the sockets: nothing is asked of them before station_traps_start(). */
void station_traps_open(struct station *s)
{
    const struct config_endpoints *at = &s->config->notifications;
    const struct notifications_listener listener = {.knows = knows,
                                                    .engine_clock =
                                                        engine_clock,
                                                    .notified = on_notified,
                                                    .stranger = on_stranger,
                                                    .full = full,
                                                    .arg = s};
    struct notifications_place *places =
        mem_array(at->count + 1, sizeof *places);

    for (size_t i = 0; i < at->count; i++)
        places[i] =
            (struct notifications_place){at->at[i].addr, at->at[i].port};
    s->notifications = notifications_new(s->base, places, at->count, &listener);
    free(places);
}

struct own_engine {
    uint8_t id[MESSAGE_ENGINE_ID_MAX];
    size_t len;
    int32_t boots;
};

/* A new id: an enterprise, and 16 octets of chance. */
static void engine_make(struct own_engine *e)
{
    struct ident chance = ident_new();

    *e = (struct own_engine){
        .len = 5 + sizeof chance.octets,
        .id = {0x80 | (ENGINE_ENTERPRISE >> 24 & 0x7f),
               ENGINE_ENTERPRISE >> 16 & 0xff, ENGINE_ENTERPRISE >> 8 & 0xff,
               ENGINE_ENTERPRISE & 0xff, ENGINE_FORMAT_OCTETS}};
    memcpy(e->id + 5, chance.octets, sizeof chance.octets);
}

static int on_engine(void *arg, const char *key, const char *text)
{
    struct own_engine *e = arg;
    json_t *o = json_loads(text, 0, NULL);
    const char *hex = json_string_value(json_object_get(o, "id"));
    int64_t boots = json_integer_value(json_object_get(o, "boots"));
    size_t len = hex != NULL ? strlen(hex) / 2 : 0;

    (void)key;
    if (len >= 5 && len <= sizeof e->id && boots >= 0 && boots < INT32_MAX) {
        for (size_t i = 0; i < len; i++) {
            unsigned octet = 0;

            (void)sscanf(hex + 2 * i, "%2x", &octet); /* ours: it is hex */
            e->id[i] = (uint8_t)octet;
        }
        e->len = len;
        e->boots = (int32_t)boots;
    }
    json_decref(o);
    return 0;
}

static void engine_keep(struct store *store, const struct own_engine *e)
{
    struct buffer OWNED_BUFFER text = {0};

    buffer_text(&text, "{\"id\":\"");
    text_hex((struct bytes){e->id, e->len}, '\0', &text);
    buffer_format(&text, "\",\"boots\":%" PRId32 "}", e->boots);
    store_put(store, "engine", "own", text.at);
}

int station_traps_start(struct station *s, struct complaint *why)
{
    const struct traps_parts parts = {.inventory = s->inventory,
                                      .events = s->events,
                                      .names = s->names,
                                      .verify = on_verify,
                                      .storm = on_storm,
                                      .arg = s};
    struct own_engine e = {.len = 0};
    int rc = store_load(s->store, "engine", on_engine, &e, why);

    if (rc < 0)
        return rc;
    if (e.len == 0)
        engine_make(&e);
    e.boots++;
    engine_keep(s->store, &e);
    struct buffer OWNED_BUFFER hex = {0};
    text_hex((struct bytes){e.id, e.len}, '\0', &hex);
    (void)snprintf(s->engine_id, sizeof s->engine_id, "%s", hex.at);
    s->traps = traps_new(&parts);
    for (size_t i = 0; i < inventory_count(s->inventory); i++)
        traps_learn(s->traps, inventory_at(s->inventory, i));
    s->notifier = notifier_new(s->base, (struct bytes){e.id, e.len}, e.boots);
    if (s->notifier == NULL)
        log_error("receivers: no socket can be opened: %s; no SNMP "
                  "notification is sent",
                  strerror(errno));
    end_old_storms(s);
    station_traps_use(s);
    notifications_start(s->notifications, (struct bytes){e.id, e.len}, e.boots);
    return 0;
}

void station_traps_list(const struct config *c, struct buffer *out)
{
    char addr[ADDR_TEXT_MAX];

    buffer_text(out, "");
    for (size_t i = 0; i < c->notifications.count; i++)
        buffer_format(
            out, "%sudp:%s:%u", i > 0 ? " " : "",
            addr_format(&c->notifications.at[i].addr, addr, sizeof addr),
            (unsigned)c->notifications.at[i].port);
}

void station_traps_turn(struct station *s, struct mono now)
{
    if (s->trap_log != NULL)
        trap_log_age(s->trap_log, wall_now());
    traps_tick(s->traps, now);
}

void station_traps_close(struct station *s)
{
    notifications_free(TAKE(s->notifications));
    traps_free(TAKE(s->traps));
    trap_log_free(TAKE(s->trap_log));
    notifier_free(TAKE(s->notifier));
}

void station_traps_use(struct station *s)
{
    use_log(s);
    notifications_use(
        s->notifications,
        (const struct credential *const *)s->config->credentials.at,
        s->config->credentials.count);
}

void station_traps_meet(struct station *s, const struct device *d)
{
    traps_learn(s->traps, d);
    for (size_t i = 0; i < d->addrs.count; i++)
        notifications_meet(s->notifications, &d->addrs.at[i]);
}
