#include "wire/engine_parts.h"

#include "base/log.h"
#include "base/mem.h"

#include <assert.h>
#include <errno.h>

#include <event2/event.h>
#include <openssl/rand.h>
#include <utlist.h>

enum {
    IN_FLIGHT_DEFAULT = 1000,
    RATE_DEFAULT = 20000,
    TIMEOUT_DEFAULT_MS = 1000,
    RETRIES_DEFAULT = 3,
    RETRIES_MAX = 16,
    SENT_PER_TURN = 512,  /* so that answers are not kept waiting */
    BATCHES_PER_TURN = 4, /* received */
    TURN_MS = 4,          /* then others have theirs */
    ERRORS_PER_TURN = 64,
    TOKENS_MIN = 8,
    REFILL_MS = 2, /* how long to wait for tokens */
    STRANGERS_BEATS = 32,
    GIVE_UPS_MAX = 2, /* in a row, until all that waits is given up */
};

/* ---- sending ------------------------------------------------------------ */

/* The kernel would not send it: as good as lost, unless it is too long. */
static void on_refused(void *arg, uint32_t id, int error)
{
    struct engine *e = arg;
    struct exchange *x = request_table_find(&e->requests, (int32_t)id);

    if (x != NULL && error == EMSGSIZE)
        exchange_end(x, -EMSGSIZE, NULL);
}

static void flush(struct engine *e, struct engine_port *port)
{
    port->blocked = !udp_flush(port->udp, on_refused, e);
    e->now = mono_now(); /* what is put into the next batch leaves later */
    if (port->blocked)
        (void)event_add(port->writable, NULL); /* else the next turn tries */
}

static void count_sent(struct exchange *x, size_t len)
{
    struct agent *a = x->agent;
    struct engine *e = a->engine;

    a->octets_out += len;
    e->stats.octets_out += len;
    if (x->tries++ == 0) {
        a->requests++;
        e->stats.requests++;
        e->in_flight++;
        x->counted = true;
    } else {
        a->resent++;
        e->stats.retries++;
    }
}

/* Why x must not leave, as -errno; 0 if it may. */
static int obstacle(const struct engine *e, const struct exchange *x,
                    const struct engine_port *port)
{
    if (e->fence != NULL && !fence_permits(e->fence, &x->agent->addr))
        return -EPERM;
    return port->udp == NULL ? -EAFNOSUPPORT : 0;
}

/* When the time of x is over. A probe lengthens that of its first try by
 * nothing. */
static struct mono due_of(const struct exchange *x)
{
    unsigned tries = exchange_tries(x);

    return mono_after_ms(tries == 1 ? x->asked : x->sent,
                         agent_timeout_ms(x->agent, tries));
}

/* Of an agent never heard it may be known soon how long others take: looks at
 * it again then. Of one that is known it may be plain sooner that it was lost.
 */
static void set_timer(struct exchange *x)
{
    const struct agent *a = x->agent;
    struct mono due = due_of(x);
    uint32_t probe_ms = x->tries == 1 ? agent_probe_ms(a) : 0;
    struct mono look = mono_after_ms(
        x->sent, a->rtt.srtt_ms < 0 ? AGENT_TIMEOUT_MIN_MS : probe_ms);

    x->looks = (a->rtt.srtt_ms < 0 || probe_ms > 0) && !mono_reached(look, due);
    wheel_put(&a->engine->wheel, &x->timer, x->looks ? look : due);
}

/* True if the time of x is not over: it was only looked at, or sent again as a
 * probe. */
static bool is_early(struct exchange *x, struct mono now)
{
    struct agent *a = x->agent;
    struct mono due = due_of(x);

    if (!x->looks || mono_reached(now, due))
        return false;
    x->looks = false;
    uint32_t probe_ms = x->tries == 1 ? agent_probe_ms(a) : 0;
    /* If this comes late itself, its answer may lie there unread. */
    if (probe_ms > 0 &&
        !mono_reached(now,
                      mono_after_ms(x->sent, probe_ms + AGENT_PROBE_LATE_MS))) {
        x->probed = true;
        agent_probed(a);
        exchange_resend(x);
        return true;
    }
    wheel_put(&a->engine->wheel, &x->timer, due);
    return true;
}

/* Sends x, or ends it if that cannot be. False if it has to wait. */
static bool launch(struct engine *e, struct exchange *x)
{
    struct agent *a = x->agent;
    struct engine_port *port = engine_port_of(e, &a->addr);
    const char *why = NULL;
    int rc = obstacle(e, x, port);

    if (rc == 0 && port->blocked)
        return false;
    if (rc == 0 && x->id == 0 && !request_table_add(&e->requests, x))
        return false;
    if (rc == 0 && udp_room(port->udp) == NULL)
        flush(e, port);
    if (rc == 0 && port->blocked)
        return false;
    struct mono now = e->now;
    struct ber_builder b = {0};
    if (rc == 0) {
        b = ber_builder_over(udp_room(port->udp), UDP_SEND_MAX);
        rc = exchange_encode(x, now, &b, &why);
    }
    if (rc < 0) {
        e->stats.fenced += rc == -EPERM ? 1 : 0;
        exchange_end(x, rc, why);
        return true;
    }
    struct bytes octets = ber_built(&b);
    udp_put(port->udp, octets, &a->addr, a->port, x->id);
    count_sent(x, octets.len);
    exchange_fly(x);
    x->sent = now;
    if (x->tries == 1)
        x->asked = now;
    set_timer(x);
    e->tokens -= 1;
    return true;
}

/* What to send next: retries first, then agents in turn; NULL if nothing can
 * be sent. */
static struct exchange *next_to_send(struct engine *e)
{
    if (e->resend != NULL)
        return e->resend;
    while (e->ready != NULL && e->in_flight < e->in_flight_max) {
        struct agent *a = e->ready;

        if (!agent_may_send(a)) {
            engine_unready(a);
            continue;
        }
        if (a->credential->version == SNMP_V3 && !a->v3.known &&
            a->v3.discovery == NULL)
            v3_discover(a);
        return a->waiting;
    }
    return NULL;
}

static void refill(struct engine *e, struct mono now)
{
    double most = (double)e->rate * engine_burst_ms(e) / 1e3;

    if (most < TOKENS_MIN)
        most = TOKENS_MIN;
    e->tokens += (double)(now.ns - e->refilled.ns) / 1e9 * e->rate;
    e->refilled = now;
    if (e->tokens > most)
        e->tokens = most;
}

static void pump(struct engine *e, struct mono now)
{
    refill(e, now);
    for (unsigned n = 0; n < SENT_PER_TURN && e->tokens >= 1; n++) {
        struct exchange *x = next_to_send(e);
        struct agent *a = x == NULL ? NULL : x->agent;

        if (x == NULL || !launch(e, x))
            break;
        engine_unready(a); /* to the end of those that are ready */
        engine_consider(a);
    }
    for (size_t i = 0; i < ENGINE_PORTS; i++) {
        if (e->ports[i].udp != NULL && !e->ports[i].blocked)
            flush(e, &e->ports[i]);
    }
}

/* ---- timeouts and ends -------------------------------------------------- */

/* Silence to a GETBULK of an agent that answers, but no GETBULK so far, is no
 * sign of death. */
static void note_silence(struct agent *a, const struct exchange *x)
{
    bool is_bulk = x->type == PDU_GET_BULK;

    if (!is_bulk || a->bulk_works || a->answers == 0)
        a->gave_up++;
    if (is_bulk)
        a->bulk_works = false;
    a->rtt.backoff = 0;
}

static void give_up(struct exchange *x)
{
    struct agent *a = x->agent;

    if (x->why != NULL) {
        exchange_end(x, x->refused ? -EACCES : -EBADMSG, x->why);
        return;
    }
    note_silence(a, x);
    exchange_end(x, -ETIMEDOUT, v3_silence(a));
    if (a->gave_up >= GIVE_UPS_MAX)
        engine_end_waiting(a, -ETIMEDOUT, NULL);
}

static void expire(struct engine *e, struct mono now)
{
    struct wheel_entry *entry = NULL;

    while ((entry = wheel_expire(&e->wheel, now)) != NULL) {
        struct exchange *x = (struct exchange *)entry;

        if (is_early(x, now))
            continue;
        e->stats.timeouts++;
        agent_lost(x->agent);
        if (exchange_tries(x) < agent_tries(x->agent))
            exchange_resend(x);
        else
            give_up(x);
    }
}

/* Calls back for what ended without an answer; for the rest in the next turn.
 */
static void call_back(struct engine *e, struct mono now)
{
    struct mono until = mono_after_ms(now, TURN_MS);

    while (e->ended != NULL && !mono_reached(mono_now(), until)) {
        struct exchange *x = e->ended;
        struct answer answer = {
            .result = x->result,
            .why = x->why,
            .tries = exchange_tries(x),
            .from = x->agent->addr,
            .stamp = {.sent = x->asked, .received = now},
        };
        answer_fn done = x->done;
        void *arg = x->arg;

        exchange_withdraw(x);
        exchange_free(x);
        if (done != NULL)
            done(arg, &answer);
    }
}

/* ---- the loop ----------------------------------------------------------- */

static bool is_pending(const struct engine *e)
{
    return e->ports[0].pending_count + e->ports[1].pending_count > 0;
}

/* Takes what came, until a moment; false if something is left for the next
 * turn. */
static bool take_pending(struct engine *e, struct engine_port *port,
                         struct mono until)
{
    while (port->pending_count > 0 && !mono_reached(mono_now(), until)) {
        port->pending_count--;
        engine_take(e, port->pending++);
    }
    return port->pending_count == 0;
}

/* Sets the timer to when there is something to do; what can wait for the next
 * beat does, where there is one. */
static void arm(struct engine *e, struct mono now)
{
    struct mono due;
    bool beats = e->pace.gathers;
    bool any = !beats && wheel_next(&e->wheel, &due);
    bool blocked = e->ports[0].blocked || e->ports[1].blocked;
    bool more = e->resend != NULL ||
                (e->ready != NULL && e->in_flight < e->in_flight_max);

    if (beats)
        beat_want(e->beat, &e->part);
    if (!beats && more && !blocked && e->tokens < 1) {
        struct mono refilled = mono_after_ms(now, REFILL_MS);
        due = any && mono_reached(refilled, due) ? due : refilled;
        any = true;
    }
    if (e->ended != NULL || is_pending(e) ||
        (more && !blocked && e->tokens >= 1)) {
        due = now;
        any = true;
    }
    if (!any)
        return;
    int64_t us = due.ns > now.ns ? (due.ns - now.ns + 999) / 1000 : 0;
    struct timeval wait = {.tv_sec = us / 1000000, .tv_usec = us % 1000000};
    if (event_add(e->timer, &wait) < 0)
        log_error("SNMP engine: cannot set its timer");
}

static void turn(struct engine *e)
{
    struct mono now = mono_now();

    e->busy = true;
    if (!is_pending(e)) /* the answer may have come */
        expire(e, now);
    call_back(e, now);
    e->now = now;
    pump(e, now);
    e->busy = false;
    arm(e, now);
}

/* The network said that there is no such port at an address. */
static void take_errors(struct engine *e, struct udp *udp)
{
    struct addr to;
    uint16_t port = 0;

    for (unsigned n = 0; n < ERRORS_PER_TURN; n++) {
        uint8_t room[ADDRESS_KEY_MAX];

        if (!udp_unreachable(udp, &to, &port))
            return;
        struct agent *a =
            table_find(e->by_address, address_key(&to, port, room));
        while (a != NULL && a->flying != NULL)
            exchange_end(a->flying, -ECONNREFUSED, NULL);
    }
}

/* Takes what has come to a socket. False if there may be more. */
static bool receive(struct engine *e, struct engine_port *port,
                    struct mono until)
{
    size_t got = UDP_BATCH;

    for (unsigned n = 0; n < BATCHES_PER_TURN && got == UDP_BATCH &&
                         take_pending(e, port, until);
         n++)
        port->pending_count = got = udp_receive(port->udp, &port->pending);
    (void)take_pending(e, port, until);
    if (got < UDP_BATCH)
        take_errors(e, port->udp);
    return got < UDP_BATCH;
}

/* Of a family without agents nothing is expected: it is looked at now and then,
 * lest strangers fill its buffer. */
static bool is_looked_at(const struct engine *e, const struct engine_port *port)
{
    return port->udp != NULL && (port->agents > 0 || port->pending_count > 0 ||
                                 e->pace.beats % STRANGERS_BEATS == 0);
}

static void on_beat(void *arg)
{
    static const struct timeval soon = {0};
    struct engine *e = arg;
    struct mono until = mono_after_ms(mono_now(), TURN_MS);
    bool all = true;

    e->busy = true;
    e->pace.beats++;
    for (size_t i = 0; i < ENGINE_PORTS; i++)
        if (is_looked_at(e, &e->ports[i]))
            all = receive(e, &e->ports[i], until) && all;
    engine_pace(e, mono_now());
    turn(e);
    if (!all) /* not active at once: others have their turn between */
        event_add(e->timer, &soon);
}

static void on_turn(evutil_socket_t fd, short what, void *arg)
{
    struct engine *e = arg;
    struct mono until = mono_after_ms(mono_now(), TURN_MS);

    (void)fd, (void)what;
    if (e->pace.gathers) {
        on_beat(e);
        return;
    }
    e->busy = true;
    for (size_t i = 0; i < ENGINE_PORTS; i++)
        (void)take_pending(e, &e->ports[i], until);
    turn(e);
}

static struct engine_port *port_with(struct engine *e, evutil_socket_t fd)
{
    struct engine_port *port = &e->ports[0];

    return port->udp != NULL && udp_fd(port->udp) == fd ? port : &e->ports[1];
}

static void on_readable(evutil_socket_t fd, short what, void *arg)
{
    struct engine *e = arg;
    struct mono until = mono_after_ms(mono_now(), TURN_MS);

    (void)what;
    e->busy = true;
    (void)receive(e, port_with(e, fd), until);
    engine_pace(e, mono_now());
    turn(e);
}

static void on_writable(evutil_socket_t fd, short what, void *arg)
{
    struct engine *e = arg;

    (void)what;
    flush(e, port_with(e, fd));
    turn(e);
}

/* ---- life --------------------------------------------------------------- */

static int port_open(struct engine *e, size_t i, const struct addr *source)
{
    struct engine_port *port = &e->ports[i];

    port->udp = udp_new(i == 0 ? 4 : 6, source);
    if (port->udp == NULL)
        return -errno;
    int fd = udp_fd(port->udp);
    port->readable =
        event_new(e->base, fd, EV_READ | EV_PERSIST, on_readable, e);
    port->writable = event_new(e->base, fd, EV_WRITE, on_writable, e);
    if (port->readable == NULL || port->writable == NULL ||
        event_add(port->readable, NULL) < 0)
        return -ENOMEM;
    if (e->beat != NULL)
        udp_stamp(port->udp);
    return 0;
}

static void port_close(struct engine_port *port)
{
    if (port->readable != NULL)
        event_free(port->readable);
    if (port->writable != NULL)
        event_free(port->writable);
    udp_free(port->udp);
    *port = (struct engine_port){0};
}

void engine_limit(struct engine *e, uint32_t in_flight, uint32_t rate)
{
    e->in_flight_max = in_flight == 0 ? IN_FLIGHT_DEFAULT : in_flight;
    if (e->in_flight_max > REQUEST_SLOTS_MAX / 2)
        e->in_flight_max = REQUEST_SLOTS_MAX / 2;
    /* What does not fit into the kernel's buffer is lost, and looks like the
     * network's fault. */
    for (size_t i = 0; i < ENGINE_PORTS; i++) {
        const struct udp *udp = e->ports[i].udp;

        if (udp != NULL && e->in_flight_max > udp_capacity(udp))
            e->in_flight_max = udp_capacity(udp);
    }
    e->rate = rate == 0 ? RATE_DEFAULT : rate;
    engine_kick(e);
}

static void set_options(struct engine *e, const struct engine_options *o)
{
    e->timeout_ms = o->timeout_ms == 0 ? TIMEOUT_DEFAULT_MS : o->timeout_ms;
    e->retries = o->retries == 0 ? RETRIES_DEFAULT : o->retries;
    if (o->retries == UINT32_MAX)
        e->retries = 0;
    if (e->retries > RETRIES_MAX)
        e->retries = RETRIES_MAX;
    e->fence = o->fence;
    engine_limit(e, o->in_flight, o->rate);
}

static struct engine *prepare(struct event_base *base, struct beat *beat)
{
    struct engine *e = mem_new(struct engine);

    e->base = base;
    e->beat = beat;
    if (beat != NULL)
        beat_join(beat, &e->part, on_beat, e);
    e->timer = event_new(base, -1, 0, on_turn, e);
    e->usm = usm_new();
    e->scratch = message_scratch_new();
    e->plain = mem_array(1, MESSAGE_MAX);
    e->by_address = table_new();
    e->refilled = mono_now();
    wheel_init(&e->wheel, e->refilled);
    request_table_init(&e->requests);
    /* a start that was never used; without randomness the clock is one */
    if (RAND_bytes((unsigned char *)&e->salt, sizeof e->salt) != 1)
        e->salt = (uint64_t)wall_now().ms << 20;
    return e;
}

struct engine *engine_new(struct event_base *base,
                          const struct engine_options *options)
{
    static const struct engine_options none = {0};
    const struct engine_options *o = options == NULL ? &none : options;
    struct engine *e = prepare(base, o->beat);
    int v4 = port_open(e, 0, &o->bind_v4);
    int v6 = port_open(e, 1, &o->bind_v6);

    if (v4 < 0)
        port_close(&e->ports[0]);
    if (v6 < 0)
        port_close(&e->ports[1]);
    if (e->timer == NULL || e->usm == NULL || (v4 < 0 && v6 < 0)) {
        engine_free(e);
        errno = v4 < 0 ? -v4 : ENOTSUP;
        return NULL;
    }
    set_options(e, o);
    return e;
}

void engine_free(struct engine *e)
{
    if (e == NULL)
        return;
    assert(e->agents == 0);
    if (e->beat != NULL)
        beat_leave(e->beat, &e->part);
    for (size_t i = 0; i < ENGINE_PORTS; i++)
        port_close(&e->ports[i]);
    if (e->timer != NULL)
        event_free(e->timer);
    usm_free(e->usm);
    message_scratch_free(e->scratch);
    free(e->plain);
    table_free(e->by_address);
    request_table_fini(&e->requests);
    spares_fini(&e->spares);
    free(e);
}

void engine_send(struct agent *a, const struct request *request, answer_fn done,
                 void *arg)
{
    assert(request->count > 0 && request->count <= REQUEST_NAMES_MAX);
    assert(done != NULL);
    (void)exchange_queue(a, request, false, done, arg);
    engine_consider(a);
}

void engine_stats(const struct engine *e, struct engine_stats *out)
{
    *out = e->stats;
    out->in_flight = e->in_flight;
    out->waiting = e->waiting;
    out->agents = e->agents;
    for (size_t i = 0; i < ENGINE_PORTS; i++) {
        if (e->ports[i].udp != NULL)
            out->socket_drops += udp_drops(e->ports[i].udp);
    }
}
