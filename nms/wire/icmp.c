#include "wire/icmp.h"

#include "base/mem.h"
#include "wire/beat.h"
#include "wire/check.h"
#include "wire/echo.h"

#include <assert.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <unistd.h>

#include <event2/event.h>

enum { RATE_DEFAULT = 1000, FAMILIES = 2 };
/* Checks that wait for replies at once; the others wait in the queue. */
enum { ACTIVE_MAX = 32768 };
/* A burst is what a rate sends in 20 ms, so that timers need not be finer. */
enum { BURSTS_PER_S = 50, BATCHES_PER_TURN = 4, BLOCKED_RETRY_MS = 5 };
enum { SECRETS = 64 }; /* drawn with one system call */
static const int64_t NS_PER_MS = 1000000, NS_PER_S = 1000000000;

/* Echoes of one address family that leave with one call. */
struct batch {
    size_t count;
    struct echo_request requests[ECHO_BATCH];
    struct check *checks[ECHO_BATCH];
};

/* A check is in one place: in the queue before its first echo; in the wheel
 * while it waits for a moment; in the list of the ready while it waits for its
 * turn to send, in a batch while that is sent; in the list of the finished
 * until it is told. */
struct pinger {
    const struct fence *fence;
    int fd[FAMILIES]; /* v4, v6; -1: the host lacks it */
    struct event *readable[FAMILIES];
    struct event *timer;
    struct beat *beat; /* NULL: it has none */
    struct beat_part part;
    bool listening; /* told when replies come; else it looks at beats */
    uint16_t id;
    uint32_t rate;
    double permits; /* packets that may leave now */
    struct mono refilled;
    struct check_queue queue;
    struct wheel wheel;
    struct check_list ready, finished;
    struct slots ARRAY_OF(struct check *) slots; /* by low half of the token */
    struct free_slots ARRAY_OF(uint32_t) free_slots;
    size_t active[FAMILIES]; /* checks in slots */
    uint32_t secrets[SECRETS];
    size_t secrets_left;
    uint32_t dropped[FAMILIES]; /* by the socket, as it says */
    struct batch batch[FAMILIES];
    struct pinger_stats stats;
};

static size_t family_of(const struct check_ask *ask)
{
    return ask->to.family == 6;
}

static size_t active_count(const struct pinger *p)
{
    return p->active[0] + p->active[1];
}

static uint32_t slot_of(uint64_t token)
{
    return (uint32_t)token;
}

static uint32_t draw_secret(struct pinger *p)
{
    if (p->secrets_left == 0) {
        arc4random_buf(p->secrets, sizeof p->secrets);
        p->secrets_left = SECRETS;
    }
    return p->secrets[--p->secrets_left];
}

/* Puts a new check into the table. Its token is its slot and a number that only
 * who saw the request knows: a late or a made-up answer finds nobody. */
static struct check *check_admit(struct pinger *p, const struct check_ask *ask)
{
    struct check *c = check_new(ask);
    uint32_t slot;

    if (p->free_slots.count > 0) {
        slot = p->free_slots.at[--p->free_slots.count];
    } else {
        slot = (uint32_t)p->slots.count;
        (void)array_add(&p->slots);
    }
    p->slots.at[slot] = c;
    p->active[family_of(ask)]++;
    c->token = (uint64_t)draw_secret(p) << 32 | slot;
    return c;
}

static void check_dismiss(struct pinger *p, struct check *c)
{
    uint32_t slot = slot_of(c->token);

    p->slots.at[slot] = NULL;
    *array_add(&p->free_slots) = slot;
    p->active[family_of(&c->asked)]--;
    free(c);
}

static struct check *check_find(const struct pinger *p, uint64_t token)
{
    uint32_t slot = slot_of(token);
    struct check *c = slot < p->slots.count ? p->slots.at[slot] : NULL;

    return c != NULL && c->token == token ? c : NULL;
}

/* Puts a check that is in no place where it belongs now. */
static void check_place(struct pinger *p, struct check *c, struct mono now)
{
    if (check_is_over(c)) {
        check_list_add(&p->finished, c);
    } else if (check_may_send(c, now)) {
        check_list_add(&p->ready, c);
    } else {
        wheel_put(&p->wheel, &c->timer, check_due(c));
    }
}

static void refill(struct pinger *p, struct mono now)
{
    double burst = fmax(1, (double)p->rate / BURSTS_PER_S);
    double since_s = (double)(now.ns - p->refilled.ns) / (double)NS_PER_S;

    if (p->beat != NULL && !p->listening) /* it is looked at no sooner */
        burst = fmax(burst, (double)p->rate * (double)beat_ms(p->beat) / 1e3);

    p->permits = fmin(burst, p->permits + since_s * p->rate);
    p->refilled = now;
}

/* The last look before a packet leaves: 0, or why it must not. */
static int send_refusal(struct pinger *p, const struct check *c)
{
    if (c->error != 0)
        return c->error; /* forgotten while it waited */
    if (p->fence != NULL && !fence_permits(p->fence, &c->asked.to)) {
        p->stats.fenced++;
        return -EPERM;
    }
    if (p->fd[family_of(&c->asked)] < 0) {
        p->stats.errors++;
        return -EAFNOSUPPORT;
    }
    return 0;
}

/* The next check that wants to send, NULL if there is none. Those under way go
 * before new ones. */
static struct check *next_sender(struct pinger *p)
{
    struct check *c = check_list_pop(&p->ready);
    struct check_ask ask;

    if (c != NULL)
        return c;
    if (active_count(p) >= ACTIVE_MAX || !check_queue_pop(&p->queue, &ask))
        return NULL;
    return check_admit(p, &ask);
}

static void batch_add(struct pinger *p, struct check *c)
{
    struct batch *b = &p->batch[family_of(&c->asked)];

    b->requests[b->count] = (struct echo_request){.to = c->asked.to,
                                                  .id = p->id,
                                                  .sequence = (uint16_t)c->sent,
                                                  .token = c->token};
    b->checks[b->count++] = c;
}

/* Fills the batches with what may leave now; gives how many looked for it. */
static size_t batches_fill(struct pinger *p, struct mono now)
{
    size_t n = 0;

    for (; n < ECHO_BATCH && p->permits >= 1; n++) {
        struct check *c = next_sender(p);

        if (c == NULL)
            break;
        c->error = send_refusal(p, c);
        if (c->error != 0) {
            check_place(p, c, now);
            continue;
        }
        p->permits--;
        batch_add(p, c);
    }
    return n;
}

static bool is_passing(int rc)
{
    return rc == -EAGAIN || rc == -ENOBUFS || rc == -ENOMEM || rc == -EINTR;
}

/* Sends a batch. False if the socket takes no more at present; then what is
 * left of it is ready again. */
static bool batch_send(struct pinger *p, bool v6, struct mono now)
{
    struct batch *b = &p->batch[v6];
    size_t at = 0;
    bool open = true;

    while (at < b->count && open) {
        int n = echo_send(p->fd[v6], v6, b->requests + at, b->count - at);

        if (n < 0 && is_passing(n)) {
            open = false;
        } else if (n < 0) {
            p->stats.errors++;
            b->checks[at]->error = n;
            check_place(p, b->checks[at++], now);
        }
        for (int i = 0; i < n; i++) {
            p->stats.sent++;
            check_note_sent(b->checks[at], b->requests[at].left);
            check_place(p, b->checks[at++], now);
        }
    }
    for (; at < b->count; at++)
        check_list_add(&p->ready, b->checks[at]);
    b->count = 0;
    return open;
}

static void take_reply(struct pinger *p, const struct echo_reply *reply)
{
    struct check *c = check_find(p, reply->echo.token);

    if (c == NULL || reply->echo.id != p->id ||
        !bytes_equal(addr_octets(&reply->from), addr_octets(&c->asked.to)) ||
        !check_note_reply(c, reply->echo.sequence, reply->came)) {
        p->stats.unexpected++;
        return;
    }
    p->stats.received++;
    if (c->timer.tick == 0)
        return; /* its next echo waits for its turn */
    wheel_remove(&p->wheel, &c->timer);
    check_place(p, c, reply->came);
}

/* Takes what has come, at most a batch; true if there may be more. */
static bool batch_receive(struct pinger *p, bool v6)
{
    struct echo_reply replies[ECHO_BATCH];
    uint32_t dropped = p->dropped[v6];
    size_t count = echo_receive(p->fd[v6], v6, replies, &dropped);

    p->stats.dropped += dropped - p->dropped[v6]; /* wraps at 2^32 */
    p->dropped[v6] = dropped;
    for (size_t i = 0; i < count; i++) {
        if (replies[i].ours)
            take_reply(p, &replies[i]);
        else if (replies[i].foreign)
            p->stats.unexpected++;
        else
            p->stats.malformed++;
    }
    return count == ECHO_BATCH;
}

/* Sends what may leave; false if the sockets take no more at present. What is
 * near answers at once: replies are taken between full batches, lest they find
 * no room. */
static bool send_turn(struct pinger *p)
{
    bool open = true, full = true;

    for (unsigned n = 0; n < BATCHES_PER_TURN && open && full; n++) {
        struct mono now = mono_now();

        refill(p, now);
        full = batches_fill(p, now) == ECHO_BATCH;
        for (size_t i = 0; i < FAMILIES; i++) {
            bool any = p->batch[i].count > 0;

            open = batch_send(p, i == 1, now) && open;
            if (any && full)
                (void)batch_receive(p, i == 1);
        }
    }
    return open;
}

static void expire_turn(struct pinger *p, struct mono now)
{
    struct wheel_entry *entry = NULL;

    while ((entry = wheel_expire(&p->wheel, now)) != NULL) {
        struct check *c = (struct check *)entry;

        check_expire(c, now);
        check_place(p, c, now);
    }
}

/* Tells what is finished. A callback may add checks and forget some. */
static void tell_turn(struct pinger *p)
{
    for (struct check *c; (c = check_list_pop(&p->finished)) != NULL;) {
        struct ping_result result = check_result(c);
        ping_fn done = c->asked.done;
        void *arg = c->asked.arg;

        check_dismiss(p, c);
        if (done != NULL)
            done(arg, &result);
    }
}

static bool has_senders(const struct pinger *p)
{
    bool admits = p->queue.count > 0 && active_count(p) < ACTIVE_MAX;

    return p->ready.count > 0 || admits;
}

/* Nanoseconds until there is something to do, INT64_MAX: never. */
static int64_t idle_ns(const struct pinger *p, bool open, struct mono now)
{
    int64_t wait_ns = INT64_MAX, send_ns = INT64_MAX;
    struct mono due;

    if (p->listening && wheel_next(&p->wheel, &due))
        wait_ns = due.ns - now.ns;
    if (has_senders(p) && !open)
        send_ns = BLOCKED_RETRY_MS * NS_PER_MS;
    else if (has_senders(p) && (p->listening || p->permits >= 1))
        send_ns =
            (int64_t)(fmax(0, 1 - p->permits) / p->rate * (double)NS_PER_S);
    return send_ns < wait_ns ? send_ns : wait_ns;
}

/* While checks are under way it looks for replies at beats; else who sends it
 * any would fill its sockets. */
static void listen_or_look(struct pinger *p)
{
    bool listening = p->beat == NULL || active_count(p) == 0;

    if (!listening)
        beat_want(p->beat, &p->part);
    if (listening == p->listening)
        return;
    p->listening = listening;
    for (size_t i = 0; i < FAMILIES; i++) {
        if (p->readable[i] != NULL && listening)
            (void)event_add(p->readable[i], NULL); /* fails without memory */
        else if (p->readable[i] != NULL)
            (void)event_del(p->readable[i]);
    }
}

static void arm(struct pinger *p, bool open, struct mono now)
{
    listen_or_look(p);
    int64_t wait_ns = idle_ns(p, open, now);

    if (wait_ns == INT64_MAX) {
        (void)event_del(p->timer);
        return;
    }
    if (wait_ns < 0)
        wait_ns = 0;
    struct timeval wait = {.tv_sec = wait_ns / NS_PER_S,
                           .tv_usec = wait_ns % NS_PER_S / 1000};
    (void)event_add(p->timer, &wait); /* fails only without memory */
}

static void turn(struct pinger *p)
{
    bool open = send_turn(p);
    tell_turn(p);
    arm(p, open, mono_now());
}

/* Takes what has come; false if there may be more. */
static bool receive_turn(struct pinger *p, bool v6)
{
    for (unsigned n = 0; n < BATCHES_PER_TURN; n++)
        if (!batch_receive(p, v6))
            return true;
    return false;
}

/* Gives up what was not answered in time: not before all that has come was
 * read, for a late loop finds replies that were not. */
static void time_turn(struct pinger *p)
{
    struct mono due;
    bool all = true;

    if (!wheel_next(&p->wheel, &due) || !mono_reached(mono_now(), due))
        return;
    for (size_t i = 0; i < FAMILIES; i++)
        if (p->fd[i] >= 0)
            all = receive_turn(p, i == 1) && all;
    if (all)
        expire_turn(p, mono_now());
}

static void on_beat(void *arg)
{
    struct pinger *p = arg;
    bool all = true;

    for (size_t i = 0; i < FAMILIES; i++)
        if (p->active[i] > 0)
            all = receive_turn(p, i == 1) && all;
    if (all)
        expire_turn(p, mono_now());
    turn(p);
}

void pinger_check(struct pinger *p, const struct addr *addr, unsigned count,
                  uint32_t interval_ms, uint32_t timeout_ms, ping_fn done,
                  void *arg)
{
    static const struct timeval at_once = {0};
    struct check_ask ask = {.to = *addr,
                            .count = (uint8_t)count,
                            .interval_ms = interval_ms,
                            .timeout_ms = timeout_ms,
                            .done = done,
                            .arg = arg};

    assert(count >= 1 && count <= CHECK_ECHOES_MAX && done != NULL);
    bool idle = !has_senders(p);
    check_queue_add(&p->queue, &ask);
    if (p->beat != NULL)
        beat_want(p->beat, &p->part);
    else if (idle)
        (void)event_add(p->timer, &at_once); /* fails only without memory */
}

void pinger_forget(struct pinger *p, const void *arg)
{
    check_queue_forget(&p->queue, arg);
    for (size_t i = 0; i < p->slots.count; i++) {
        struct check *c = p->slots.at[i];

        if (c == NULL || c->asked.arg != arg)
            continue;
        if (c->timer.tick != 0) {
            wheel_remove(&p->wheel, &c->timer);
            check_dismiss(p, c);
        } else { /* in a list, which it leaves by itself */
            c->asked.done = NULL;
            c->error = -ECANCELED;
        }
    }
}

size_t pinger_busy(const struct pinger *p)
{
    return p->queue.count - p->queue.forgotten + active_count(p);
}

void pinger_stats(const struct pinger *p, struct pinger_stats *out)
{
    *out = p->stats;
}

void pinger_limit(struct pinger *p, uint32_t rate)
{
    p->rate = rate != 0 ? rate : RATE_DEFAULT;
}

void pinger_free(struct pinger *p)
{
    if (p == NULL)
        return;
    for (size_t i = 0; i < FAMILIES; i++) {
        if (p->readable[i] != NULL)
            event_free(p->readable[i]);
        if (p->fd[i] >= 0)
            close(p->fd[i]);
    }
    if (p->beat != NULL)
        beat_leave(p->beat, &p->part);
    if (p->timer != NULL)
        event_free(p->timer);
    for (size_t i = 0; i < p->slots.count; i++)
        free(p->slots.at[i]);
    array_fini(&p->slots);
    array_fini(&p->free_slots);
    check_queue_fini(&p->queue);
    free(p);
}

static void on_readable(evutil_socket_t fd, short what, void *arg)
{
    struct pinger *p = arg;

    (void)what;
    (void)receive_turn(p, fd == p->fd[1]);
    turn(p);
}

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
    struct pinger *p = arg;

    (void)fd;
    (void)what;
    time_turn(p);
    turn(p);
}

/* Makes the events; false without memory. */
static bool listen_all(struct pinger *p, struct event_base *base)
{
    p->timer = event_new(base, -1, 0, on_timer, p);
    for (size_t i = 0; i < FAMILIES; i++) {
        if (p->fd[i] < 0)
            continue;
        p->readable[i] =
            event_new(base, p->fd[i], EV_READ | EV_PERSIST, on_readable, p);
        if (p->readable[i] == NULL || event_add(p->readable[i], NULL) < 0)
            return false;
    }
    return p->timer != NULL;
}

struct pinger *pinger_new(struct event_base *base,
                          const struct pinger_options *options)
{
    struct pinger *p = mem_new(struct pinger);

    p->fence = options->fence;
    p->beat = options->beat;
    p->listening = true;
    if (p->beat != NULL)
        beat_join(p->beat, &p->part, on_beat, p);
    p->id = (uint16_t)arc4random();
    p->refilled = mono_now();
    wheel_init(&p->wheel, p->refilled);
    pinger_limit(p, options->rate);
    for (size_t i = 0; i < FAMILIES; i++)
        p->fd[i] = echo_open(i == 1, p->id);

    bool none = p->fd[0] < 0 && p->fd[1] < 0;
    int why = none ? -p->fd[0] : ENOMEM;
    if (none || !listen_all(p, base)) {
        pinger_free(p);
        errno = why;
        return NULL;
    }
    return p;
}
