#include "wire/engine_udp.h"

#include "base/mem.h"
#include "wire/arrival.h"

#include <assert.h>
#include <errno.h>
#include <linux/errqueue.h>
#include <linux/sock_diag.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <netinet/ip_icmp.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    RECEIVE_BUFFER = 16 << 20, /* octets asked of the kernel */
    /* A small datagram takes about 1,300 of them: 50,000 have room. */
    LISTEN_BUFFER = 64 << 20,
    ANSWER_ROOM = 2304, /* that an answer of 1,400 octets takes of them */
    DATAGRAM_MAX = 65536,
    /* Rooms do not begin at powers of two: they would share a few cache
     * lines, and push each other out. */
    INBOX_ROOM = DATAGRAM_MAX + 1728,
    OUTBOX_ROOM = UDP_SEND_MAX + 192,
    ERROR_CONTROL_MAX = 512,
    SEND_ERRORS_MAX = 3, /* an error may be one of an earlier datagram */
};

/* The batch on its way out. */
struct outbox {
    uint8_t *octets; /* UDP_BATCH * OUTBOX_ROOM */
    struct mmsghdr messages[UDP_BATCH];
    struct iovec iov[UDP_BATCH];
    struct sockaddr_storage to[UDP_BATCH];
    uint32_t ids[UDP_BATCH];
    unsigned first, count; /* those from first on are to be sent */
    unsigned errors;       /* of the first, in a row */
};

/* The batch that came last. */
struct inbox {
    uint8_t *octets; /* UDP_BATCH * INBOX_ROOM, touched as needed */
    struct mmsghdr messages[UDP_BATCH];
    struct iovec iov[UDP_BATCH];
    struct sockaddr_storage from[UDP_BATCH];
    struct datagram datagrams[UDP_BATCH];
    _Alignas(struct cmsghdr) uint8_t control[UDP_BATCH][ARRIVAL_CONTROL];
    struct mono emptied; /* what comes later came after that */
};

struct udp {
    int fd;
    uint8_t family;
    bool stamped;
    bool troubled; /* the network may have said something */
    struct outbox out;
    struct inbox in;
};

static void option(int fd, int level, int name, int value)
{
    /* without it things go on, only slower or blind for losses */
    (void)setsockopt(fd, level, name, &value, sizeof value);
}

static void tune(const struct udp *u, int size)
{
    if (setsockopt(u->fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size) < 0)
        option(u->fd, SOL_SOCKET, SO_RCVBUF, size);
    /* What waits for the ARP of a host that is not there holds room for
     * seconds, and must not hold up the rest. */
    if (setsockopt(u->fd, SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof size) < 0)
        option(u->fd, SOL_SOCKET, SO_SNDBUF, size);
    if (u->family == 4) {
        option(u->fd, IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_DO);
        option(u->fd, IPPROTO_IP, IP_RECVERR, 1);
    } else {
        option(u->fd, IPPROTO_IPV6, IPV6_V6ONLY, 1);
        option(u->fd, IPPROTO_IPV6, IPV6_MTU_DISCOVER, IPV6_PMTUDISC_DO);
        option(u->fd, IPPROTO_IPV6, IPV6_RECVERR, 1);
    }
}

static void boxes_new(struct udp *u)
{
    u->out.octets = mem_array(UDP_BATCH, OUTBOX_ROOM);
    u->in.octets = mem_array(UDP_BATCH, INBOX_ROOM);
    for (size_t i = 0; i < UDP_BATCH; i++) {
        u->out.messages[i].msg_hdr = (struct msghdr){
            .msg_name = &u->out.to[i],
            .msg_iov = &u->out.iov[i],
            .msg_iovlen = 1,
        };
        u->in.iov[i] =
            (struct iovec){u->in.octets + i * INBOX_ROOM, DATAGRAM_MAX};
        u->in.messages[i].msg_hdr = (struct msghdr){
            .msg_name = &u->in.from[i],
            .msg_iov = &u->in.iov[i],
            .msg_iovlen = 1,
        };
    }
}

static struct udp *udp_open(uint8_t family, int buffer,
                            const struct addr *source, uint16_t port)
{
    int domain = family == 4 ? AF_INET : AF_INET6;
    int fd = socket(domain, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    if (fd < 0)
        return NULL;
    OWNED(udp_free) struct udp *u = mem_new(struct udp);
    u->fd = fd;
    u->family = family;
    tune(u, buffer);
    if (source != NULL && addr_is_set(source)) {
        struct sockaddr_storage name;
        socklen_t len = addr_to_sockaddr(source, port, &name);

        if (bind(fd, (const struct sockaddr *)&name, len) < 0)
            return NULL;
    }
    boxes_new(u);
    return TAKE(u);
}

struct udp *udp_new(uint8_t family, const struct addr *source)
{
    return udp_open(family, RECEIVE_BUFFER, source, 0);
}

struct udp *udp_listen(const struct addr *at, uint16_t port)
{
    return udp_open(at->family, LISTEN_BUFFER, at, port);
}

void udp_free(struct udp *u)
{
    int error = errno;

    if (u == NULL)
        return;
    (void)close(u->fd);
    free(u->out.octets);
    free(u->in.octets);
    free(u);
    errno = error; /* the constructor's */
}

void udp_stamp(struct udp *u)
{
    arrival_stamp(u->fd);
    u->stamped = true;
    for (size_t i = 0; i < UDP_BATCH; i++)
        u->in.messages[i].msg_hdr.msg_control = u->in.control[i];
}

int udp_fd(const struct udp *u)
{
    return u->fd;
}

uint8_t *udp_room(struct udp *u)
{
    if (u->out.count == UDP_BATCH)
        return NULL;
    return u->out.octets + (size_t)u->out.count * OUTBOX_ROOM;
}

void udp_put(struct udp *u, struct bytes octets, const struct addr *to,
             uint16_t port, uint32_t id)
{
    struct outbox *out = &u->out;
    unsigned i = out->count++;
    struct msghdr *message = &out->messages[i].msg_hdr;

    assert(i < UDP_BATCH);
    message->msg_namelen = addr_to_sockaddr(to, port, &out->to[i]);
    uint8_t *room = out->octets + (size_t)i * OUTBOX_ROOM;
    out->iov[i] = (struct iovec){room + (octets.at - room), octets.len};
    out->ids[i] = id;
}

/* An error of the first datagram, or of an earlier one that the kernel tells
 * only now; the first is given up when it does not go away. */
static void send_failed(struct udp *u, int error, udp_refused_fn refused,
                        void *arg)
{
    struct outbox *out = &u->out;

    u->troubled = true;
    if (++out->errors < SEND_ERRORS_MAX)
        return;
    out->errors = 0;
    refused(arg, out->ids[out->first++], error);
}

bool udp_flush(struct udp *u, udp_refused_fn refused, void *arg)
{
    struct outbox *out = &u->out;

    while (out->first < out->count) {
        int sent = sendmmsg(u->fd, out->messages + out->first,
                            out->count - out->first, 0);

        if (sent > 0) {
            out->first += (unsigned)sent;
            u->troubled |= out->first < out->count; /* an error, untold */
            out->errors = 0;
        } else if (errno == EAGAIN) {
            return false;
        } else if (errno == ENOBUFS) {
            /* The way to this one is full, not the socket: lost like any that
             * is lost on its way. Others have other ways. */
            out->first++;
            out->errors = 0;
        } else {
            send_failed(u, errno, refused, arg);
        }
    }
    out->first = out->count = 0;
    return true;
}

/* When a datagram of the inbox came. */
static struct mono came_at(const struct udp *u, size_t i,
                           const struct moment *now)
{
    struct mono came = now->mono;

    if (u->stamped)
        came = arrival_of(&u->in.messages[i].msg_hdr, now, NULL);
    return mono_reached(came, u->in.emptied) ? came : u->in.emptied;
}

size_t udp_receive(struct udp *u, const struct datagram **out)
{
    struct inbox *in = &u->in;

    for (size_t i = 0; i < UDP_BATCH; i++) {
        in->messages[i].msg_hdr.msg_namelen = sizeof in->from[i];
        if (u->stamped)
            in->messages[i].msg_hdr.msg_controllen = sizeof in->control[i];
    }
    *out = in->datagrams;
    int got = recvmmsg(u->fd, in->messages, UDP_BATCH, MSG_DONTWAIT, NULL);
    struct moment now = moment_now();

    /* With nothing to read, what woke us may wait where errors do. */
    u->troubled |= got < 0 && errno != EINTR;
    for (size_t i = 0; (ssize_t)i < got; i++) {
        struct datagram *d = &in->datagrams[i];

        d->octets =
            (struct bytes){in->iov[i].iov_base, in->messages[i].msg_len};
        d->from =
            addr_from_sockaddr((const struct sockaddr *)&in->from[i], &d->port);
        d->came = came_at(u, i, &now);
        d->read = now.mono;
    }
    if (got < UDP_BATCH)
        in->emptied = now.mono;
    return got > 0 ? (size_t)got : 0;
}

/* True for "port unreachable" (RFC 792, page 4; RFC 4443, 3.1). */
static bool is_port_unreachable(const struct cmsghdr *c)
{
    struct sock_extended_err e;

    if (!(c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_RECVERR) &&
        !(c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_RECVERR))
        return false;
    memcpy(&e, CMSG_DATA(c), sizeof e);
    if (e.ee_origin == SO_EE_ORIGIN_ICMP)
        return e.ee_type == ICMP_DEST_UNREACH && e.ee_code == ICMP_PORT_UNREACH;
    return e.ee_origin == SO_EE_ORIGIN_ICMP6 &&
           e.ee_type == ICMP6_DST_UNREACH &&
           e.ee_code == ICMP6_DST_UNREACH_NOPORT;
}

/* The next error told; false if there is none. */
static bool next_error(struct udp *u, struct sockaddr_storage *to, bool *port)
{
    _Alignas(struct cmsghdr) uint8_t control[ERROR_CONTROL_MAX];
    struct msghdr message = {.msg_name = to,
                             .msg_namelen = sizeof *to,
                             .msg_control = control,
                             .msg_controllen = sizeof control};

    if (recvmsg(u->fd, &message, MSG_ERRQUEUE | MSG_DONTWAIT) < 0)
        return false;
    *port = false;
    for (struct cmsghdr *c = CMSG_FIRSTHDR(&message); c != NULL;
         c = CMSG_NXTHDR(&message, c))
        *port = *port || is_port_unreachable(c);
    return true;
}

bool udp_unreachable(struct udp *u, struct addr *to, uint16_t *port)
{
    struct sockaddr_storage name = {0};
    bool is_port = false;

    /* Before it is read here, any call fails with it. */
    for (unsigned i = 0; i < UDP_BATCH && u->troubled; i++) {
        u->troubled = next_error(u, &name, &is_port);
        if (!u->troubled || !is_port)
            continue;
        *to = addr_from_sockaddr((const struct sockaddr *)&name, port);
        return true;
    }
    return false;
}

uint32_t udp_capacity(const struct udp *u)
{
    int size = 0;
    socklen_t len = sizeof size;

    /* one at a time goes anywhere */
    (void)getsockopt(u->fd, SOL_SOCKET, SO_RCVBUF, &size, &len);
    return size < ANSWER_ROOM ? 1 : (uint32_t)size / ANSWER_ROOM;
}

uint64_t udp_drops(const struct udp *u)
{
    uint32_t info[SK_MEMINFO_VARS] = {0};
    socklen_t len = sizeof info;

    /* a kernel that does not tell leaves zero */
    (void)getsockopt(u->fd, SOL_SOCKET, SO_MEMINFO, info, &len);
    return info[SK_MEMINFO_DROPS];
}
