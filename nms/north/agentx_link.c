#include "north/agentx_link.h"

#include "base/mem.h"
#include "north/agent_answer.h"
#include "north/agentx_socket.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum state {
    STATE_AWAY,    /* no connection */
    STATE_OPENING, /* asked for a session */
    STATE_HERE
};

/* What a response answers: the first digit of the packet's number. */
enum kind {
    KIND_OPEN = 1,
    KIND_REGISTER,
    KIND_NOTIFY,
    KIND_PING,
    KIND_UNREGISTER
};

enum {
    KIND_BITS = 28,
    READ_OCTETS = 64 << 10, /* at once */
    REGISTERING_MAX = 32,   /* that wait for their answer */
    TIMEOUT_S = 5,          /* that the master may wait for us */
    PRIORITY = 127,
    PRIORITY_BEFORE = 64, /* of a subtree that the master serves itself */
    CLOSE_SHUTDOWN = 5,
    ADDRESSES_MAX = 1 << 16 /* of a host, in turn */
};

struct untold {
    uint32_t packet;
    uint64_t id;
    struct mono at; /* when it was sent */
};

struct agentx_link {
    const char *master;
    const struct agentx_host *host;
    int fd;
    enum state state;
    struct mono due;    /* to connect again, or to look at its silence */
    struct mono heard;  /* the last octet of the master */
    struct mono opened; /* when the session was asked for */
    struct mono turned; /* the last turn */
    bool pinged;
    unsigned attempt; /* to find it, since it was here */
    uint32_t session, packet;
    struct buffer in, out;
    size_t sent;        /* of out */
    bool behind;        /* requests wait until it took more answers */
    size_t next_region; /* to be registered */
    size_t registering;
    struct mono registered; /* when one was sent or answered, last */
    struct untold untold[AGENTX_UNTOLD_MAX];
    size_t untold_count;
    struct agentx_link_stats stats;
};

struct agentx_link *agentx_link_new(const char *master,
                                    const struct agentx_host *host)
{
    struct agentx_link *l = mem_new(struct agentx_link);

    l->master = master;
    l->host = host;
    l->fd = -1;
    l->stats.why = "";
    return l;
}

int agentx_link_fd(const struct agentx_link *l)
{
    return l->fd;
}

static size_t unsent(const struct agentx_link *l)
{
    return l->out.len - l->sent;
}

bool agentx_link_wants_read(const struct agentx_link *l)
{
    return l->fd >= 0 && !l->behind;
}

bool agentx_link_wants_write(const struct agentx_link *l)
{
    return l->fd >= 0 && l->sent < l->out.len;
}

struct mono agentx_link_due(const struct agentx_link *l)
{
    return l->behind && unsent(l) <= AGENTX_ANSWERS_MAX ? l->turned : l->due;
}

void agentx_link_stats(const struct agentx_link *l,
                       struct agentx_link_stats *out)
{
    *out = l->stats;
    out->here = l->state == STATE_HERE;
}

/* ---- sending ---- */

static size_t begin(struct agentx_link *l, enum agentx_type type,
                    enum kind kind)
{
    const uint32_t mask = ((uint32_t)1 << KIND_BITS) - 1;
    const struct agentx_header h = {.type = (uint8_t)type,
                                    .session = l->session,
                                    .transaction = ++l->packet,
                                    .packet = (uint32_t)kind << KIND_BITS |
                                              (l->packet & mask)};

    return agentx_begin(&l->out, &h);
}

static void ask_session(struct agentx_link *l)
{
    size_t begun = begin(l, AGENTX_OPEN, KIND_OPEN);

    agentx_put_u8(&l->out, TIMEOUT_S);
    agentx_put_u8(&l->out, 0);
    agentx_put_u16(&l->out, 0);
    agentx_put_oid(&l->out, (struct oid){0}, false);
    agentx_put_octets(&l->out, bytes_of_text("Portolan"));
    agentx_end(&l->out, begun);
}

static void ping(struct agentx_link *l)
{
    agentx_end(&l->out, begin(l, AGENTX_PING, KIND_PING));
    l->pinged = true;
}

/* Register and Unregister have the same octets behind their context (RFC 2741,
 * 6.2.3, 6.2.4): of the latter the first is reserved. */
static void put_region(struct agentx_link *l, enum agentx_type type,
                       enum kind kind, const struct agentx_region *region)
{
    bool context = region->context[0] != '\0';
    size_t begun = begin(l, type, kind);
    const size_t flags_at = 2;

    if (context) {
        l->out.at[begun + flags_at] |= AGENTX_NON_DEFAULT_CONTEXT;
        agentx_put_octets(&l->out, bytes_of_text(region->context));
    }
    agentx_put_u8(&l->out, 0); /* timeout: the session's */
    agentx_put_u8(&l->out, region->before_masters ? PRIORITY_BEFORE : PRIORITY);
    agentx_put_u16(&l->out, 0); /* no range */
    agentx_put_oid(&l->out, region->subtree, false);
    agentx_end(&l->out, begun);
}

/* A few at a time, so that the master answers others between. */
static void register_more(struct agentx_link *l)
{
    struct agentx_region region;

    while (l->state == STATE_HERE && l->registering < REGISTERING_MAX &&
           l->host->region(l->host->arg, l->next_region, &region)) {
        l->next_region++;
        if (region.context == NULL)
            continue;
        put_region(l, AGENTX_REGISTER, KIND_REGISTER, &region);
        l->registering++;
        l->registered = l->turned;
    }
}

void agentx_link_more(struct agentx_link *l)
{
    register_more(l);
}

void agentx_link_withdraw(struct agentx_link *l, size_t n)
{
    struct agentx_region region;

    if (l->state == STATE_HERE && n < l->next_region &&
        l->host->region(l->host->arg, n, &region) && region.context != NULL)
        put_region(l, AGENTX_UNREGISTER, KIND_UNREGISTER, &region);
}

int agentx_link_notify(struct agentx_link *l, uint64_t id, struct oid trap,
                       const struct varbind *varbinds, size_t count)
{
    const struct value name = {.type = VALUE_OID, .oid = trap};

    if (l->state != STATE_HERE)
        return -ENOTCONN;
    if (l->untold_count == AGENTX_UNTOLD_MAX)
        return -EAGAIN;
    size_t begun = begin(l, AGENTX_NOTIFY, KIND_NOTIFY);
    agentx_put_varbind(&l->out, OID(1, 3, 6, 1, 6, 3, 1, 1, 4, 1, 0), &name);
    for (size_t i = 0; i < count; i++)
        agentx_put_varbind(&l->out, varbinds[i].name, &varbinds[i].value);
    agentx_end(&l->out, begun);
    const uint32_t mask = ((uint32_t)1 << KIND_BITS) - 1;
    l->untold[l->untold_count++] =
        (struct untold){.packet = l->packet & mask, .id = id, .at = l->turned};
    return 0;
}

void agentx_link_answer(struct agentx_link *l, const struct agentx_header *h,
                        uint16_t error, uint16_t index)
{
    if (l->state == STATE_HERE && h->session == l->session)
        agent_refuse(h, error, index, &l->out);
}

/* ---- coming and going ---- */

/* Why there is no connection, and what to do; for people. */
static const char *why_none(int rc)
{
    switch (-rc) {
    case ECONNRESET:
    case EPIPE:
        return "its connection ended";
    case EACCES:
    case EPERM:
        return "permission denied; let the station's user reach its socket "
               "(agentXPerms of snmpd.conf)";
    case ENOENT:
        return "there is no such socket; start snmpd, with master agentx in "
               "its configuration";
    case ECONNREFUSED:
        return "nobody listens there; start snmpd, with master agentx in its "
               "configuration";
    case ENAMETOOLONG:
        return "the path is too long for a socket; give it a shorter one";
    case EINVAL:
        return "it is neither a path nor tcp:HOST:PORT; correct agentx.master";
    case EHOSTUNREACH:
    case ENETUNREACH:
        return "there is no such host, or no way to it; look at agentx.master";
    case ETIMEDOUT:
        return "its host does not answer; look at agentx.master";
    default:
        return "no connection can be made";
    }
}

static void leave(struct agentx_link *l, struct mono now, const char *why)
{
    bool was_here = l->state == STATE_HERE;

    if (!was_here) /* the next address, if it has several */
        l->attempt = (l->attempt + 1) % ADDRESSES_MAX;
    l->stats.why = why;
    if (l->fd >= 0)
        close(l->fd);
    l->fd = -1;
    l->state = STATE_AWAY;
    l->due = mono_after_ms(now, AGENTX_AGAIN_MS);
    buffer_fini(&l->in);
    buffer_fini(&l->out);
    l->sent = l->next_region = l->registering = 0;
    l->behind = false;
    l->stats.registered = l->stats.refused = 0;
    l->session = 0;
    while (l->untold_count > 0)
        l->host->on_told(l->host->arg, l->untold[--l->untold_count].id, -1);
    if (was_here)
        l->host->on_master(l->host->arg, false, why);
}

void agentx_link_renew(struct agentx_link *l, struct mono now, const char *why)
{
    leave(l, now, why);
}

void agentx_link_free(struct agentx_link *l)
{
    if (l == NULL)
        return;
    if (l->state == STATE_HERE) {
        size_t begun = begin(l, AGENTX_CLOSE, KIND_OPEN);

        agentx_put_u8(&l->out, CLOSE_SHUTDOWN);
        agentx_put_u8(&l->out, 0);
        agentx_put_u16(&l->out, 0);
        agentx_end(&l->out, begun);
        int rc = agentx_socket_write(l->fd, &l->out, &l->sent);
        (void)rc; /* a master that is told nothing sees the stream end */
    }
    if (l->fd >= 0)
        close(l->fd);
    buffer_fini(&l->in);
    buffer_fini(&l->out);
    free(l);
}

static void connect_master(struct agentx_link *l, struct mono now)
{
    l->due = mono_after_ms(now, AGENTX_AGAIN_MS);
    int rc = agentx_socket_connect(l->master, l->attempt, &l->fd);
    if (rc < 0) {
        leave(l, now, why_none(rc));
        return;
    }
    l->state = STATE_OPENING;
    l->opened = l->heard = now;
    l->pinged = false;
    ask_session(l);
}

/* One that speaks and leaves a question of ours open for ever would have what
 * waits behind it wait as long; "" : it does not. */
static const char *why_unanswered(const struct agentx_link *l, struct mono now)
{
    if (l->untold_count > 0 &&
        mono_ms_between(l->untold[0].at, now) >= AGENTX_ANSWER_MS)
        return "it does not answer a notification";
    if (l->registering > 0 &&
        mono_ms_between(l->registered, now) >= AGENTX_ANSWER_MS)
        return "it does not answer a registration";
    return "";
}

/* Silence is asked about, then taken for absence. While a session is being
 * opened a hung master has one connection of ours to take up again, not many.
 */
static void watch_silence(struct agentx_link *l, struct mono now)
{
    if (l->state == STATE_OPENING) {
        l->due = mono_after_ms(l->opened, AGENTX_OPEN_MS);
        if (mono_reached(now, l->due))
            leave(l, now, "it opens no session");
        return;
    }
    const char *unanswered = why_unanswered(l, now);
    if (unanswered[0] != '\0') {
        leave(l, now, unanswered);
        return;
    }
    int64_t silent_ms = mono_ms_between(l->heard, now);
    if (silent_ms >= AGENTX_SILENT_MS) {
        leave(l, now, "it says nothing any more");
        return;
    }
    if (silent_ms >= AGENTX_IDLE_MS && !l->pinged)
        ping(l);
    l->due =
        mono_after_ms(l->heard, l->pinged ? AGENTX_SILENT_MS : AGENTX_IDLE_MS);
}

/* ---- what comes ---- */

static void take_uptime(struct agentx_link *l, uint32_t uptime_cs,
                        struct mono now)
{
    l->stats.uptime_cs = uptime_cs;
    l->stats.uptime_at = now;
}

static void on_told(struct agentx_link *l, uint32_t packet, uint16_t error)
{
    for (size_t i = 0; i < l->untold_count; i++) {
        struct untold was = l->untold[i];

        if (was.packet != packet)
            continue;
        memmove(&l->untold[i], &l->untold[i + 1],
                (--l->untold_count - i) * sizeof was);
        l->host->on_told(l->host->arg, was.id, error);
        return;
    }
}

static void on_opened(struct agentx_link *l, const struct agentx_header *h,
                      uint16_t error, struct mono now)
{
    if (error != AGENTX_NO_ERROR) {
        leave(l, now, "it refuses a session");
        return;
    }
    l->state = STATE_HERE;
    l->stats.why = "";
    l->session = h->session;
    l->stats.sessions++;
    l->host->on_master(l->host->arg, true, "");
    register_more(l);
}

static void on_registered(struct agentx_link *l, uint16_t error)
{
    if (l->registering == 0)
        return; /* nothing was asked for */
    if (error == AGENTX_NO_ERROR)
        l->stats.registered++;
    else
        l->stats.refused++;
    l->registering--;
    l->registered = l->turned;
    register_more(l);
}

static void on_response(struct agentx_link *l, const struct agentx_header *h,
                        struct agentx_reader *r, struct mono now)
{
    const uint32_t mask = ((uint32_t)1 << KIND_BITS) - 1;
    uint32_t uptime_cs = agentx_read_u32(r);
    uint16_t error = agentx_read_u16(r);

    if (!cursor_ok(&r->c))
        return;
    take_uptime(l, uptime_cs, now);
    switch (h->packet >> KIND_BITS) {
    case KIND_OPEN:
        if (l->state == STATE_OPENING)
            on_opened(l, h, error, now);
        break;
    case KIND_REGISTER:
        on_registered(l, error);
        break;
    case KIND_UNREGISTER: /* one that it had not taken it does not know */
        if (error == AGENTX_NO_ERROR && l->stats.registered > 0)
            l->stats.registered--;
        break;
    case KIND_NOTIFY:
        on_told(l, h->packet & mask, error);
        break;
    default:
        if (error != AGENTX_NO_ERROR) /* of a ping: it knows us no more */
            leave(l, now, "it has forgotten the session");
    }
}

static void on_message(struct agentx_link *l, const struct agentx_header *h,
                       struct bytes payload, struct mono now)
{
    struct agentx_reader r = agentx_reader_of(h, payload);

    if (h->type == AGENTX_RESPONSE) {
        on_response(l, h, &r, now);
    } else if (h->type == AGENTX_CLOSE) {
        leave(l, now, "it closed the session");
    } else if (l->state == STATE_HERE) {
        struct bytes context = agentx_read_context(&r, h);

        l->host->on_request(l->host->arg, h, context, &r, &l->out);
    }
}

/* Messages that are whole; those cut off wait for the rest, and the others as
 * long as too many answers wait. */
static void take_messages(struct agentx_link *l, struct mono now)
{
    struct agentx_header h;
    size_t at = 0;

    l->behind = false;
    while (l->fd >= 0 && l->in.len - at >= AGENTX_HEADER) {
        const uint8_t *octets = (const uint8_t *)l->in.at + at;

        if (agentx_header_read((struct bytes){octets, AGENTX_HEADER}, &h) < 0) {
            leave(l, now, "it does not speak AgentX");
            return;
        }
        if (l->in.len - at - AGENTX_HEADER < h.len)
            break;
        l->behind = unsent(l) > AGENTX_ANSWERS_MAX;
        if (l->behind)
            break;
        on_message(l, &h, (struct bytes){octets + AGENTX_HEADER, h.len}, now);
        at += AGENTX_HEADER + h.len;
    }
    if (l->fd < 0 || at == 0)
        return;
    memmove(l->in.at, l->in.at + at, l->in.len - at);
    l->in.len -= at;
}

static void receive(struct agentx_link *l, struct mono now)
{
    int rc = agentx_socket_read(l->fd, READ_OCTETS, &l->in);

    if (rc < 0) {
        leave(l, now, why_none(rc));
        return;
    }
    if (rc == 0)
        return;
    l->heard = now;
    l->pinged = false;
    take_messages(l, now);
}

static void deliver(struct agentx_link *l, struct mono now)
{
    size_t before = unsent(l);
    int rc = agentx_socket_write(l->fd, &l->out, &l->sent);

    if (l->behind && unsent(l) < before)
        l->heard = now; /* what it says is not read meanwhile */
    if (rc < 0)
        leave(l, now, why_none(rc));
    else if (unsent(l) > AGENTX_UNSENT_MAX)
        leave(l, now, "it takes nothing any more");
}

void agentx_link_turn(struct agentx_link *l, struct mono now)
{
    l->turned = now;
    if (l->fd < 0 && mono_reached(now, l->due))
        connect_master(l, now);
    if (l->behind)
        take_messages(l, now);
    else if (l->fd >= 0)
        receive(l, now);
    if (l->fd >= 0)
        watch_silence(l, now);
    if (l->fd >= 0)
        deliver(l, now);
}
