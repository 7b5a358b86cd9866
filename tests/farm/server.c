#include "tests/farm/server.h"

#include "base/clock.h"
#include "tests/farm/answer.h"
#include "tests/farm/control.h"
#include "tests/farm/late.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum {
    BATCH = 64,
    REQUEST_MAX = 65535,
    REQUEST_ROOM = 4096, /* of most requests; longer ones are cut */
    REPLY_ROOM = 65536,
    SOCKET_OCTETS = 16 << 20,
    CLIENTS_MAX = 8,
    LINE_ROOM = 512,
    CONTROL_ROOM = CMSG_SPACE(sizeof(struct in_pktinfo)),
    OTHER_SOURCE = 0x00008000, /* flips a bit of the address: another one */
};

/* Someone who sends commands: a connection, or standard input. */
struct client {
    int in, out; /* -1: free */
    char line[LINE_ROOM];
    size_t len;
};

enum { POLL_UDP, POLL_SIGNAL, POLL_CONTROL, POLL_CLIENTS };

/* One message of a batch: the octets lie in requests or replies. */
struct slot {
    struct iovec part;
    struct sockaddr_in peer;
    _Alignas(struct cmsghdr) char control[CONTROL_ROOM];
};

struct server {
    struct farm *farm;
    struct answerer *answerer;
    struct late *late;
    struct server_options options;
    struct mono began;
    bool ended;
    int udp, signals, control;
    struct client clients[CLIENTS_MAX];
    struct mmsghdr in[BATCH], out[BATCH];
    struct slot in_slots[BATCH], out_slots[BATCH];
    unsigned out_count;
    size_t reply_len; /* of replies used by the batch at hand */
    uint8_t requests[BATCH][REQUEST_ROOM];
    uint8_t replies[BATCH * REPLY_ROOM / 16];
};

static int64_t server_now_ms(const struct server *s)
{
    return mono_ms_between(s->began, mono_now());
}

/* ---- opening ---------------------------------------------------------------
 */

static int complain_errno(struct complaint *why, const char *what,
                          const char *remedy)
{
    int rc = -errno;

    return complain(why, rc, what, remedy, "%s", strerror(-rc));
}

/* One socket for all addresses, bound to the loopback device. */
static int udp_open(struct server *s, struct complaint *why)
{
    const int on = 1, octets = SOCKET_OCTETS, whole = IP_PMTUDISC_DO;
    struct sockaddr_in any = {.sin_family = AF_INET,
                              .sin_port = htons(s->options.port)};

    s->udp = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (s->udp < 0)
        return complain_errno(why, "UDP socket", "");
    if (setsockopt(s->udp, SOL_SOCKET, SO_BINDTODEVICE, "lo", 3) < 0)
        return complain_errno(why, "binding to the device lo",
                              "run with CAP_NET_RAW");
    if (setsockopt(s->udp, IPPROTO_IP, IP_PKTINFO, &on, sizeof on) < 0)
        return complain_errno(why, "IP_PKTINFO", "");
    if (bind(s->udp, (struct sockaddr *)&any, sizeof any) < 0)
        return complain_errno(why, "UDP port", "choose another with --port");
    /* never fragmented on this device, so the kernel need choose no id */
    (void)setsockopt(s->udp, IPPROTO_IP, IP_MTU_DISCOVER, &whole, sizeof whole);
    if (setsockopt(s->udp, SOL_SOCKET, SO_RCVBUFFORCE, &octets, sizeof octets) <
        0)
        (void)setsockopt(s->udp, SOL_SOCKET, SO_RCVBUF, &octets, sizeof octets);
    if (setsockopt(s->udp, SOL_SOCKET, SO_SNDBUFFORCE, &octets, sizeof octets) <
        0)
        (void)setsockopt(s->udp, SOL_SOCKET, SO_SNDBUF, &octets, sizeof octets);
    return 0;
}

static int control_open(struct server *s, struct complaint *why)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    const char *path = s->options.control;

    if (path == NULL)
        return 0;
    if (strlen(path) >= sizeof at.sun_path)
        return complain(why, -ENAMETOOLONG, path, "choose a shorter path",
                        "too long for a socket");
    strcpy(at.sun_path, path);
    (void)unlink(path); /* of an earlier farm; bind tells if it stays */
    s->control = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (s->control < 0 ||
        bind(s->control, (struct sockaddr *)&at, sizeof at) < 0 ||
        listen(s->control, CLIENTS_MAX) < 0)
        return complain_errno(why, path, "choose another with --control");
    return 0;
}

static int signals_open(struct server *s, struct complaint *why)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    (void)sigprocmask(SIG_BLOCK, &set, NULL);
    (void)signal(SIGPIPE, SIG_IGN); /* a client that left */
    s->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    return s->signals < 0 ? complain_errno(why, "signals", "") : 0;
}

static void batches_prepare(struct server *s)
{
    for (size_t i = 0; i < BATCH; i++) {
        struct slot *slot = &s->in_slots[i];

        slot->part = (struct iovec){s->requests[i], REQUEST_ROOM};
        s->in[i].msg_hdr = (struct msghdr){
            .msg_name = &slot->peer,
            .msg_iov = &slot->part,
            .msg_iovlen = 1,
            .msg_control = slot->control,
        };
        slot = &s->out_slots[i];
        s->out[i].msg_hdr = (struct msghdr){
            .msg_name = &slot->peer,
            .msg_namelen = sizeof slot->peer,
            .msg_iov = &slot->part,
            .msg_iovlen = 1,
            .msg_control = slot->control,
            .msg_controllen = CONTROL_ROOM,
        };
    }
}

int server_new(struct farm *f, const struct server_options *options,
               struct server **out, struct complaint *why)
{
    OWNED(server_free) struct server *s = mem_new(struct server);

    *out = NULL;
    s->farm = f;
    s->options = *options;
    s->udp = s->signals = s->control = -1;
    for (size_t i = 0; i < CLIENTS_MAX; i++)
        s->clients[i].in = -1;
    if (options->commands)
        s->clients[0] =
            (struct client){.in = STDIN_FILENO, .out = STDOUT_FILENO};
    s->answerer = answerer_new();
    s->late = late_new();
    s->began = mono_now();
    batches_prepare(s);
    int rc = udp_open(s, why);

    if (rc == 0)
        rc = control_open(s, why);
    if (rc == 0)
        rc = signals_open(s, why);
    if (rc < 0)
        return rc;
    *out = TAKE(s);
    return 0;
}

static void client_close(struct client *c)
{
    if (c->in > STDIN_FILENO)
        (void)close(c->in);
    c->in = -1;
}

void server_free(struct server *s)
{
    if (s == NULL)
        return;
    for (size_t i = 0; i < CLIENTS_MAX; i++)
        client_close(&s->clients[i]);
    if (s->udp >= 0)
        (void)close(s->udp);
    if (s->signals >= 0)
        (void)close(s->signals);
    if (s->control >= 0) {
        (void)close(s->control);
        (void)unlink(s->options.control);
    }
    answerer_free(s->answerer);
    late_free(s->late);
    free(s);
}

/* ---- answers ---------------------------------------------------------------
 */

static void server_flush(struct server *s)
{
    unsigned sent = 0;

    while (sent < s->out_count) {
        int n = sendmmsg(s->udp, s->out + sent, s->out_count - sent, 0);

        if (n > 0)
            sent += (unsigned)n;
        else if (n < 0 && (errno == EAGAIN || errno == EINTR))
            (void)poll(&(struct pollfd){s->udp, POLLOUT, 0}, 1, 10);
        else
            sent++; /* this one cannot be sent: an answer is lost */
    }
    s->out_count = 0;
    s->reply_len = 0;
}

/* Puts an answer into the batch, which is sent when it is full. */
static void server_send(struct server *s, const struct sockaddr_in *to,
                        uint32_t from, struct bytes octets)
{
    if (s->out_count == BATCH || s->reply_len + octets.len > sizeof s->replies)
        server_flush(s);
    struct slot *slot = &s->out_slots[s->out_count++];
    struct cmsghdr *c = (struct cmsghdr *)(void *)slot->control;
    struct in_pktinfo info = {.ipi_spec_dst = {from}};

    memcpy(s->replies + s->reply_len, octets.at, octets.len);
    slot->part = (struct iovec){s->replies + s->reply_len, octets.len};
    s->reply_len += octets.len;
    slot->peer = *to;
    c->cmsg_level = IPPROTO_IP;
    c->cmsg_type = IP_PKTINFO;
    c->cmsg_len = CMSG_LEN(sizeof info);
    memcpy(CMSG_DATA(c), &info, sizeof info);
}

static void server_send_late(struct server *s, int64_t now_ms)
{
    const struct late_answer *a;

    while ((a = late_first(s->late)) != NULL && a->due_ms <= now_ms) {
        server_send(s, &a->to, a->from, (struct bytes){a->octets, a->len});
        late_drop(s->late);
    }
    server_flush(s);
}

/* ---- requests --------------------------------------------------------------
 */

/* The address a request was sent to, network byte order; 0 if not told. */
static uint32_t request_target(struct msghdr *h)
{
    for (struct cmsghdr *c = CMSG_FIRSTHDR(h); c != NULL;
         c = CMSG_NXTHDR(h, c)) {
        struct in_pktinfo info;

        if (c->cmsg_level != IPPROTO_IP || c->cmsg_type != IP_PKTINFO)
            continue;
        memcpy(&info, CMSG_DATA(c), sizeof info);
        return info.ipi_addr.s_addr;
    }
    return 0;
}

static void server_take(struct server *s, size_t i, int64_t now_ms)
{
    uint32_t target = request_target(&s->in[i].msg_hdr);
    uint32_t ip = ntohl(target);
    const struct sockaddr_in *peer = &s->in_slots[i].peer;
    struct reply reply;

    if (ip >> 24 != 127 || (s->in[i].msg_hdr.msg_flags & MSG_TRUNC) != 0)
        return;
    answerer_ask(s->answerer, s->farm, farm_agent_at(s->farm, ip), now_ms,
                 (struct bytes){s->requests[i], s->in[i].msg_len}, &reply);
    if (reply.octets.len == 0)
        return;
    if (reply.other_source)
        target = htonl(ip ^ OTHER_SOURCE);
    for (unsigned n = 0; n < reply.copies; n++) {
        if (reply.delay_ms == 0) {
            server_send(s, peer, target, reply.octets);
            continue;
        }
        const struct late_answer late = {
            .due_ms = now_ms + reply.delay_ms, .to = *peer, .from = target};

        (void)late_add(s->late, &late, reply.octets); /* else it is lost */
    }
}

static void on_requests(struct server *s)
{
    enum { BATCHES_PER_TURN = 16 };

    for (unsigned turn = 0; turn < BATCHES_PER_TURN; turn++) {
        for (size_t i = 0; i < BATCH; i++) {
            s->in[i].msg_hdr.msg_namelen = sizeof s->in_slots[i].peer;
            s->in[i].msg_hdr.msg_controllen = CONTROL_ROOM;
        }
        int count = recvmmsg(s->udp, s->in, BATCH, MSG_DONTWAIT, NULL);

        if (count <= 0)
            return;
        int64_t now_ms = server_now_ms(s);

        for (int i = 0; i < count; i++)
            server_take(s, (size_t)i, now_ms);
        server_flush(s);
        if (count < BATCH)
            return;
    }
}

/* ---- commands --------------------------------------------------------------
 */

static void on_connection(struct server *s)
{
    int fd = accept4(s->control, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

    for (size_t i = 0; fd >= 0 && i < CLIENTS_MAX; i++) {
        if (s->clients[i].in >= 0)
            continue;
        s->clients[i] = (struct client){.in = fd, .out = fd};
        return;
    }
    if (fd >= 0)
        (void)close(fd);
}

/* Does the whole lines that a client has sent; one that is too long is done as
 * it is, and refused there. */
static void client_lines(struct server *s, struct client *c)
{
    struct buffer OWNED_BUFFER answer = {0};
    char *end;

    while ((end = memchr(c->line, '\n', c->len)) != NULL ||
           c->len == sizeof c->line - 1) {
        size_t len = end == NULL ? c->len : (size_t)(end - c->line);
        char line[LINE_ROOM];

        memcpy(line, c->line, len);
        line[len] = '\0';
        len += end != NULL;
        memmove(c->line, c->line + len, c->len - len);
        c->len -= len;
        if (!control_do(s->farm, line, server_now_ms(s), &answer))
            s->ended = true;
    }
    if (answer.len > 0 && write(c->out, answer.at, answer.len) < 0)
        client_close(c);
}

static void on_client(struct server *s, struct client *c)
{
    ssize_t len = read(c->in, c->line + c->len, sizeof c->line - 1 - c->len);

    if (len < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (len <= 0) {
        client_close(c);
        return;
    }
    c->len += (size_t)len;
    client_lines(s, c);
}

/* ---- the loop --------------------------------------------------------------
 */

/* Milliseconds until something is due; -1: nothing is. */
static int server_wait_ms(const struct server *s, int64_t now_ms)
{
    const struct late_answer *first = late_first(s->late);
    int64_t until = first == NULL ? INT32_MAX : first->due_ms - now_ms;

    if (s->options.run_ms > 0 && s->options.run_ms - now_ms < until)
        until = s->options.run_ms - now_ms;
    return until == INT32_MAX ? -1 : until < 0 ? 0 : (int)until;
}

void server_run(struct server *s)
{
    struct pollfd polls[POLL_CLIENTS + CLIENTS_MAX];

    while (!s->ended) {
        polls[POLL_UDP] = (struct pollfd){s->udp, POLLIN, 0};
        polls[POLL_SIGNAL] = (struct pollfd){s->signals, POLLIN, 0};
        polls[POLL_CONTROL] = (struct pollfd){s->control, POLLIN, 0};
        for (size_t i = 0; i < CLIENTS_MAX; i++)
            polls[POLL_CLIENTS + i] =
                (struct pollfd){s->clients[i].in, POLLIN, 0};
        if (poll(polls, COUNT_OF(polls), server_wait_ms(s, server_now_ms(s))) <
                0 &&
            errno != EINTR)
            return;
        if (polls[POLL_UDP].revents != 0)
            on_requests(s);
        if (polls[POLL_SIGNAL].revents != 0)
            s->ended = true;
        if (polls[POLL_CONTROL].revents != 0)
            on_connection(s);
        for (size_t i = 0; i < CLIENTS_MAX; i++)
            if (polls[POLL_CLIENTS + i].fd >= 0 &&
                polls[POLL_CLIENTS + i].revents != 0)
                on_client(s, &s->clients[i]);
        server_send_late(s, server_now_ms(s));
        if (s->options.run_ms > 0 && server_now_ms(s) >= s->options.run_ms)
            s->ended = true;
    }
}
