#include "station/sessions.h"

#include "base/mem.h"
#include "base/table.h"
#include "mibs/facts_pack.h"
#include "mibs/peer.h"
#include "station/polling.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One that was well. */
struct session {
    struct peer peer; /* its names: protocol, addr, if_index; no texts */
    bool lost;
    struct wall since; /* lost */
};
struct session_list ARRAY_OF(struct session);

/* Those of a device, in the order of facts. */
struct kept_sessions {
    struct session_list list;
};

/* An alert that waits for a device to answer. */
struct waiting {
    struct object_ref object;
    const struct alert_type *type;
    char *qualifier;
    struct ident far;
    struct wall since;
};

struct sessions {
    struct sessions_parts parts;
    struct table *kept; /* ident -> struct kept_sessions */
    struct ARRAY_OF(struct waiting) waiting;
    const struct alert_type *types[2]; /* by enum peer_protocol */
    const struct alert_type *unreachable;
};

struct sessions *sessions_new(const struct sessions_parts *parts)
{
    struct sessions *s = mem_new(struct sessions);

    s->parts = *parts;
    s->kept = table_new();
    s->types[PEER_BGP] = alert_type_find("bgp.down");
    s->types[PEER_OSPF] = alert_type_find("ospf.down");
    s->unreachable = alert_type_find("device.unreachable");
    return s;
}

static void kept_free(struct kept_sessions *k)
{
    if (k == NULL)
        return;
    array_fini(&k->list);
    free(k);
}

void sessions_free(struct sessions *s)
{
    size_t at = 0;
    void *kept;

    if (s == NULL)
        return;
    while (table_next(s->kept, &at, NULL, &kept))
        kept_free(kept);
    table_free(s->kept);
    for (size_t i = 0; i < s->waiting.count; i++)
        free(s->waiting.at[i].qualifier);
    array_fini(&s->waiting);
    free(s);
}

void sessions_drop(struct sessions *s, const struct device *d)
{
    kept_free(table_remove(s->kept, ident_key(&d->id)));
}

/* ---- names ---- */

/* "192.0.2.1"; "192.0.2.1%7" of one without an address, at that ifIndex. */
static void write_qualifier(const struct peer *p, struct buffer *out)
{
    char text[ADDR_TEXT_MAX];

    buffer_text(out, addr_format(&p->addr, text, sizeof text));
    if (p->if_index != 0)
        buffer_format(out, "%%%u", (unsigned)p->if_index);
}

/* The peer of an alert; false: it is none of ours. */
static bool read_qualifier(const struct alert_record *r, struct peer *out)
{
    const char *percent = strchr(r->qualifier, '%');
    size_t len = percent != NULL ? (size_t)(percent - r->qualifier)
                                 : strlen(r->qualifier);
    bool bgp = strcmp(r->type->name, "bgp.down") == 0;
    char text[ADDR_TEXT_MAX];

    *out = (struct peer){.protocol = bgp ? PEER_BGP : PEER_OSPF};
    if ((!bgp && strcmp(r->type->name, "ospf.down") != 0) || len >= sizeof text)
        return false;
    memcpy(text, r->qualifier, len);
    text[len] = '\0';
    if (percent != NULL)
        out->if_index = (uint32_t)strtoul(percent + 1, NULL, 10);
    return addr_parse(text, &out->addr) == 0;
}

bool sessions_peer_of(const struct alert_record *r, struct addr *out)
{
    struct peer p;

    if (!read_qualifier(r, &p))
        return false;
    *out = p.addr;
    return true;
}

/* ---- what is told ---- */

static void say(const struct sessions *s, const struct peer *p,
                const char *state, struct buffer *out)
{
    const struct device *far = inventory_by_addr(s->parts.inventory, &p->addr);
    char text[ADDR_TEXT_MAX];

    buffer_format(out, "%s with %s",
                  p->protocol == PEER_BGP ? "session" : "neighborship",
                  addr_format(&p->addr, text, sizeof text));
    if (far != NULL && p->as != 0)
        buffer_format(out, " (%s, AS %u)", far->name, (unsigned)p->as);
    else if (far != NULL)
        buffer_format(out, " (%s)", far->name);
    else if (p->as != 0)
        buffer_format(out, " (AS %u)", (unsigned)p->as);
    buffer_format(out, " %s", state);
}

static struct object_ref object_of(const struct device *d)
{
    return (struct object_ref){
        .class = OBJECT_DEVICE, .device = d->id, .part = ""};
}

static void tell(struct sessions *s, const struct device *d,
                 const struct peer *p, bool down, const char *state,
                 struct wall at, int64_t hold_ms)
{
    const struct alert_type *type = s->types[p->protocol];
    struct buffer OWNED_BUFFER text = {0}, OWNED_BUFFER qualifier = {0};

    say(s, p, state, &text);
    write_qualifier(p, &qualifier);
    alerts_tell(s->parts.alerts,
                &(struct condition){
                    .object = object_of(d),
                    .type = type,
                    .qualifier = qualifier.at,
                    .severity = down ? type->severity : SEVERITY_CLEARED,
                    .at = at,
                    .evidence = ALERT_BY_POLL |
                                s->parts.evidence(s->parts.arg, &d->id, 0),
                    .name = d->name,
                    .device = d->name,
                    .text = text.at,
                    .value = (double)NAN,
                    .limit = (double)NAN,
                    .hold_ms = hold_ms});
}

/* The device at the other end, if it can be asked. */
static struct device *far_of(const struct sessions *s, const struct device *d,
                             const struct peer *p)
{
    struct device *far = inventory_by_addr(s->parts.inventory, &p->addr);

    return far != NULL && far != d && far->polled != NULL && !far->station &&
                   s->parts.polling != NULL
               ? far
               : NULL;
}

static void lose(struct sessions *s, const struct device *d,
                 struct session *session, const struct peer *p,
                 const char *state, struct wall at)
{
    struct device *far = far_of(s, d, p);
    struct buffer OWNED_BUFFER qualifier = {0};

    if (!session->lost)
        session->since = at;
    tell(s, d, p, true, state, at,
         far != NULL ? SESSIONS_WAIT_MS : SESSIONS_FOREIGN_MS);
    if (session->lost || far == NULL)
        return;
    write_qualifier(p, &qualifier);
    *array_add(&s->waiting) =
        (struct waiting){.object = object_of(d),
                         .type = s->types[p->protocol],
                         .qualifier = mem_text(qualifier.at),
                         .far = far->id,
                         .since = at};
    polling_verify(s->parts.polling, far);
}

/* ---- what is known ---- */

static void expect(struct kept_sessions *k, const struct peer *p, bool lost,
                   struct wall since)
{
    struct session *made;

    for (size_t i = 0; i < k->list.count; i++)
        if (peer_compare(&k->list.at[i].peer, p) == 0) {
            k->list.at[i].lost |= lost;
            return;
        }
    made = array_add(&k->list);
    *made = (struct session){.peer = {.protocol = p->protocol,
                                      .addr = p->addr,
                                      .as = p->as,
                                      .if_index = p->if_index},
                             .lost = lost,
                             .since = since};
}

static void expect_told(void *arg, const struct alert_record *r)
{
    struct peer p;

    if (r->state == ALERT_ACTIVE && read_qualifier(r, &p))
        expect(arg, &p, true, r->raised);
}

static int session_order(const void *a, const void *b)
{
    const struct session *x = a, *y = b;

    return peer_compare(&x->peer, &y->peer);
}

/* Before the first poll: what its facts told, also those of an earlier run, and
 * the alerts that last. */
static struct kept_sessions *kept_of(struct sessions *s, const struct device *d)
{
    struct kept_sessions *k = table_find(s->kept, ident_key(&d->id));

    if (k != NULL)
        return k;
    k = mem_new(struct kept_sessions);
    (void)table_put(s->kept, ident_key(&d->id), k); /* there was none */
    OWNED(facts_unref) struct facts *open = facts_open(d->facts);
    for (size_t i = 0; i < open->peers.count; i++)
        if (peer_health(&open->peers.at[i]) == PEER_WELL)
            expect(k, &open->peers.at[i], false, (struct wall){0});
    alerts_each_of(s->parts.alerts, &d->id, expect_told, k);
    if (k->list.count > 0)
        qsort(k->list.at, k->list.count, sizeof *k->list.at, session_order);
    return k;
}

/* Was that table, or one of those that hold sessions of BGP, read to its end?
 */
static bool was_read(const struct facts *f, uint8_t protocol)
{
    static const char *const tables[] = {
        "bgpPeerTable",          "cbgpPeer2Table",      "jnxBgpM2PeerTable",
        "aristaBgp4V2PeerTable", "os10bgp4V2PeerTable", "bgp4V2PeerTable",
        "ospfNbrTable"};
    size_t first = protocol == PEER_OSPF ? COUNT_OF(tables) - 1 : 0;
    size_t last =
        protocol == PEER_OSPF ? COUNT_OF(tables) : COUNT_OF(tables) - 1;
    bool read = false;

    for (size_t i = 0; i < f->reports.count; i++)
        for (size_t k = first; k < last; k++)
            if (strcmp(f->reports.at[i].name, tables[k]) == 0) {
                if (f->reports.at[i].result != 0)
                    return false;
                read = true;
            }
    return read;
}

/* ---- one poll ---- */

/* True if it is expected from now on too. */
static bool weigh_missing(struct sessions *s, const struct device *d,
                          struct session *session, const struct facts *f,
                          struct wall at)
{
    const struct peer *p = &session->peer;

    if (!was_read(f, p->protocol))
        return true;
    if (p->protocol == PEER_BGP) {
        tell(s, d, p, false, "is configured no more", at, 0);
        return false;
    }
    if (session->lost && at.ms - session->since.ms > SESSIONS_LOST_MS) {
        tell(s, d, p, false,
             "did not come back for a week: it is expected no more", at, 0);
        return false;
    }
    lose(s, d, session, p, "is lost: it is in the table of neighbors no more",
         at);
    session->lost = true;
    return true;
}

static bool weigh(struct sessions *s, const struct device *d,
                  struct session *session, const struct peer *now,
                  struct wall at)
{
    char state[64];
    struct peer p = *now;

    if (p.as == 0)
        p.as = session->peer.as;
    switch (peer_health(now)) {
    case PEER_UNKNOWN:
        return true;
    case PEER_STOPPED:
        tell(s, d, &p, false, "was stopped by a person", at, 0);
        return false;
    case PEER_WELL:
        if (session->lost)
            tell(s, d, &p, false,
                 now->protocol == PEER_BGP ? "is established again"
                                           : "is there again",
                 at, 0);
        session->lost = false;
        return true;
    case PEER_ILL:
        (void)snprintf(state, sizeof state, "is down: %s", now->state);
        lose(s, d, session, &p, state, at);
        session->lost = true;
        return true;
    }
    return true;
}

static void add_new(struct kept_sessions *k, const struct peer *p)
{
    if (peer_health(p) == PEER_WELL)
        expect(k, p, false, (struct wall){0});
}

/* Both lists are in order. */
void sessions_take(struct sessions *s, const struct device *d,
                   const struct facts *f, struct wall at)
{
    if (!was_read(f, PEER_BGP) && !was_read(f, PEER_OSPF))
        return;
    struct kept_sessions *k = kept_of(s, d);
    struct session_list before = k->list;
    size_t i = 0, n = 0;

    k->list = (struct session_list){0};
    while (i < before.count || n < f->peers.count) {
        struct session *session = i < before.count ? &before.at[i] : NULL;
        const struct peer *now = n < f->peers.count ? &f->peers.at[n] : NULL;
        int order = session == NULL ? 1
                    : now == NULL   ? -1
                                    : peer_compare(&session->peer, now);
        bool stays = order < 0    ? weigh_missing(s, d, session, f, at)
                     : order == 0 ? weigh(s, d, session, now, at)
                                  : false;

        if (stays)
            *array_add(&k->list) = *session;
        else if (order > 0)
            add_new(k, now);
        i += order <= 0;
        n += order >= 0;
    }
    array_fini(&before);
}

/* ---- by the clock ---- */

/* Whether the other end was found down is known. */
static bool is_decided(const struct sessions *s, const struct waiting *w)
{
    const struct device *far = inventory_by_id(s->parts.inventory, &w->far);
    struct object_ref object = {
        .class = OBJECT_DEVICE, .device = w->far, .part = ""};
    const struct alert_record *down =
        alerts_of(s->parts.alerts, &object, s->unreachable, "");

    return far == NULL || far->last_seen.ms > w->since.ms ||
           (down != NULL && down->state == ALERT_ACTIVE);
}

void sessions_tick(struct sessions *s)
{
    size_t left = 0;

    for (size_t i = 0; i < s->waiting.count; i++) {
        struct waiting *w = &s->waiting.at[i];
        const struct alert_record *r =
            alerts_of(s->parts.alerts, &w->object, w->type, w->qualifier);
        bool pends = r != NULL && r->state == ALERT_PENDING;

        if (pends && !is_decided(s, w)) {
            s->waiting.at[left++] = *w;
            continue;
        }
        if (pends)
            alerts_hasten(s->parts.alerts, &w->object, w->type, w->qualifier);
        free(w->qualifier);
    }
    s->waiting.count = left;
}
