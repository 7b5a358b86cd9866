#include "wire/notifications_parts.h"

#include "base/log.h"
#include "base/mem.h"

#include <errno.h>
#include <string.h>

#include <event2/event.h>

enum {
    BATCHES_PER_TURN = 4, /* then others have their turn */
    FULL_WAIT_MS = 20     /* until it is looked whether there is room again */
};

/* ---- what goes back ---- */

static void on_refused(void *arg, uint32_t id, int error)
{
    (void)arg;
    (void)id;
    (void)error; /* the sender asks again, or does without */
}

bool coming_send(struct notifications *n, const struct coming *c,
                 coming_build_fn build, const void *what)
{
    if (c->back == NULL)
        return false;
    uint8_t *room = udp_room(c->back);
    if (room == NULL) {
        (void)udp_flush(c->back, on_refused, n); /* what does not fit is lost */
        room = udp_room(c->back);
    }
    if (room == NULL)
        return false;
    struct ber_builder b = ber_builder_over(room, UDP_SEND_MAX);
    if (build(n, c, what, &b) < 0)
        return false;
    udp_put(c->back, ber_built(&b), &c->datagram->from, c->datagram->port, 0);
    return true;
}

/* A v1 or v2c Response to an inform. */
static int build_response(struct notifications *n, const struct coming *c,
                          const void *what, struct ber_builder *b)
{
    struct message response = c->m;

    (void)n;
    response.pdu = *(const struct pdu *)what;
    return message_encode(b, &response);
}

static void acknowledge(struct notifications *n, const struct coming *c)
{
    struct pdu pdu = c->m.pdu;

    pdu.type = PDU_RESPONSE;
    pdu.error_status = pdu.error_index = 0;
    if (coming_send(n, c, build_response, &pdu))
        return;
    pdu.count = 0; /* RFC 3416, 4.2.7: what would be too long */
    pdu.error_status = ERROR_TOO_BIG;
    (void)coming_send(n, c, build_response, &pdu);
}

/* ---- what comes in ---- */

static const struct credential *with_community(const struct notifications *n,
                                               const struct message *m)
{
    for (size_t i = 0; i < n->credential_count; i++)
        if (n->credentials[i]->version != SNMP_V3 &&
            bytes_equal(bytes_of_text(n->credentials[i]->community),
                        m->community))
            return n->credentials[i];
    return NULL;
}

static enum coming_verdict open_community(struct notifications *n,
                                          struct coming *c, struct bytes *body)
{
    const struct credential *asked_with = NULL;

    *body = c->m.body;
    c->credential = with_community(n, &c->m);
    if (c->credential != NULL ||
        n->listener.knows(n->listener.arg, &c->datagram->from, &asked_with))
        return COMING_TAKEN;
    c->why = "its community is not configured, and no device is known by its "
             "address";
    return COMING_STRANGE;
}

static void tell(struct notifications *n, struct coming *c)
{
    struct notification told;
    struct oid_store made;

    if (notification_read(&c->m, &made, &told) < 0) {
        n->stats.malformed++;
        return;
    }
    if (told.inform && c->m.version == SNMP_V3)
        coming_acknowledge(n, c);
    else if (told.inform)
        acknowledge(n, c);
    told.replayed = c->replayed;
    told.at = c->at;
    told.from = c->datagram->from;
    told.port = c->datagram->port;
    if (!addr_is_set(&told.origin))
        told.origin = told.from;
    told.credential = c->credential;
    n->stats.taken++;
    n->stats.informs += told.inform;
    n->stats.replayed += c->replayed;
    n->listener.notified(n->listener.arg, &told);
}

/* Reads what came; false if it stays with the strangers. */
static bool take(struct notifications *n, struct coming *c)
{
    struct cursor whole = cursor_over(c->datagram->octets);
    struct bytes body;

    if (message_decode(&whole, &c->m) < 0) {
        n->stats.malformed++;
        return true;
    }
    enum coming_verdict verdict = c->m.version == SNMP_V3
                                      ? coming_open_v3(n, c, &body)
                                      : open_community(n, c, &body);
    if (verdict != COMING_TAKEN)
        return verdict == COMING_DONE;
    struct cursor pdu = cursor_over(body);
    if (message_decode_pdu(&pdu, n->scratch, &c->m) < 0)
        n->stats.malformed++;
    else
        tell(n, c);
    return true;
}

static void keep(struct notifications *n, const struct coming *c)
{
    const struct stranger s = {.from = c->datagram->from,
                               .port = c->datagram->port,
                               .at = c->at,
                               .came = c->datagram->read,
                               .octets = c->datagram->octets};
    bool first;

    n->stats.strange++;
    strangers_keep(n->strangers, &s, &first);
    if (first)
        n->listener.stranger(n->listener.arg, &s.from, c->why);
}

static void take_datagram(struct notifications *n, const struct datagram *d,
                          struct wall at, struct udp *back)
{
    struct coming c = {.datagram = d, .at = at, .back = back};

    n->stats.received++;
    if (!take(n, &c))
        keep(n, &c);
}

void notifications_take(struct notifications *n, const struct datagram *d)
{
    take_datagram(n, d, wall_now(), NULL);
}

/* ---- of strangers ---- */

static bool read_stranger(void *arg, const struct stranger *s)
{
    const struct datagram d = {.octets = s->octets,
                               .from = s->from,
                               .port = s->port,
                               .came = s->came,
                               .read = s->came};
    struct coming c = {.datagram = &d, .at = s->at, .replayed = true};

    return take(arg, &c);
}

void notifications_meet(struct notifications *n, const struct addr *from)
{
    if (n != NULL && strangers_count(n->strangers) > 0)
        strangers_replay(n->strangers, from, mono_now(), read_stranger, n);
}

void notifications_use(struct notifications *n,
                       const struct credential *const *credentials,
                       size_t count)
{
    notifications_forget_keys(n);
    n->credentials = credentials;
    n->credential_count = count;
    n->own_keys = mem_array(count + 1, sizeof *n->own_keys);
    notifications_meet(n, NULL);
}

/* ---- sockets ---- */

static void wait_for_room(struct notifications_port *port)
{
    static const struct timeval wait = {.tv_usec = FULL_WAIT_MS * 1000};

    event_del(port->readable);
    event_add(port->again, &wait);
}

static void on_readable(evutil_socket_t fd, short what, void *arg)
{
    struct notifications_port *port = arg;
    struct notifications *n = port->owner;
    const struct datagram *came;

    (void)fd;
    (void)what;
    for (unsigned batch = 0; batch < BATCHES_PER_TURN; batch++) {
        if (n->listener.full(n->listener.arg)) {
            wait_for_room(port);
            return;
        }
        size_t count = udp_receive(port->udp, &came);
        struct wall at = wall_now();
        for (size_t i = 0; i < count; i++)
            take_datagram(n, &came[i], at, port->udp);
        (void)udp_flush(port->udp, on_refused, n); /* else senders ask again */
        if (count < UDP_BATCH)
            return;
    }
}

static void on_again(evutil_socket_t fd, short what, void *arg)
{
    struct notifications_port *port = arg;

    event_add(port->readable, NULL);
    on_readable(fd, what, arg);
}

static void open_place(struct notifications *n,
                       const struct notifications_place *place)
{
    struct notifications_port *port = &n->ports[n->port_count];
    char text[ADDR_TEXT_MAX];

    port->owner = n;
    port->udp = udp_listen(&place->addr, place->port);
    if (port->udp == NULL) {
        log_warning("notifications: %s port %u cannot be listened on: %s; "
                    "none are received there; see notifications.listen",
                    addr_format(&place->addr, text, sizeof text),
                    (unsigned)place->port, strerror(errno));
        return;
    }
    port->readable = event_new(n->base, udp_fd(port->udp), EV_READ | EV_PERSIST,
                               on_readable, port);
    port->again = evtimer_new(n->base, on_again, port);
    n->port_count++;
}

struct notifications *
notifications_new(struct event_base *base,
                  const struct notifications_place *places, size_t count,
                  const struct notifications_listener *listener)
{
    struct notifications *n = mem_new(struct notifications);

    n->base = base;
    n->listener = *listener;
    n->usm = usm_new();
    n->scratch = message_scratch_new();
    n->plain = mem_array(1, MESSAGE_MAX);
    n->senders = table_new();
    n->strangers = strangers_new();
    n->ports = mem_array(count + 1, sizeof *n->ports);
    n->own_keys = mem_array(1, sizeof *n->own_keys);
    for (size_t i = 0; i < count; i++)
        open_place(n, &places[i]);
    return n;
}

void notifications_start(struct notifications *n, struct bytes engine_id,
                         int32_t boots)
{
    n->id_len =
        (uint8_t)(engine_id.len < sizeof n->id ? engine_id.len : sizeof n->id);
    memcpy(n->id, engine_id.at, n->id_len);
    n->boots = boots;
    n->started = mono_now();
    n->salt = (uint64_t)boots << 32;
    for (size_t i = 0; i < n->port_count; i++)
        event_add(n->ports[i].readable, NULL);
}

void notifications_free(struct notifications *n)
{
    if (n == NULL)
        return;
    for (size_t i = 0; i < n->port_count; i++) {
        event_free(n->ports[i].readable);
        event_free(n->ports[i].again);
        udp_free(n->ports[i].udp);
    }
    free(n->ports);
    notifications_forget_keys(n);
    table_free(n->senders);
    strangers_free(n->strangers);
    usm_free(n->usm);
    message_scratch_free(n->scratch);
    free(n->plain);
    free(n);
}

void notifications_stats(const struct notifications *n,
                         struct notifications_stats *out)
{
    *out = (struct notifications_stats){0};
    if (n == NULL)
        return;
    *out = n->stats;
    out->kept = (uint32_t)strangers_count(n->strangers);
    out->places = (uint32_t)n->port_count;
    for (size_t i = 0; i < n->port_count; i++)
        out->dropped += udp_drops(n->ports[i].udp);
}
