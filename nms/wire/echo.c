#include "wire/echo.h"

#include "base/mem.h"
#include "wire/arrival.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <linux/filter.h>
#include <linux/icmp.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <sys/socket.h>

/* An echo message: type, code, checksum, identifier, sequence (RFC 792, page
 * 14; RFC 4443, 4.1), then what is ours: a mark, the token, zeros. */
enum {
    ICMP_CHECKSUM_AT = 2,
    ICMP_ID_AT = 4,
    IP_VERSION_4 = 4,
    IP_HEADER_MIN = 20
};
enum { ICMP4_ECHO = 8, ICMP4_ECHO_REPLY = 0 };
enum { MARK = 0x50744c6e };
enum { IP_PROTOCOL_AT = 9, IP_PROTOCOL_ICMP = 1 };

/* Answers to our requests are short; what is longer is not ours. */
enum { RECEIVE_MAX = 128 };
/* A reply takes below 1 KiB in the kernel, which doubles what it is asked for:
 * more than the checks that the pinger has under way at once. */
enum { RECEIVE_BUFFER = 16 << 20, SEND_BUFFER = 4 << 20 };

/* Why an echo reply in order is refused: other programs ask for echoes too. */
static const char foreign[] = "not an answer to us";

/* The Internet checksum (RFC 1071) of octets. */
static uint16_t checksum(struct bytes b)
{
    uint32_t sum = 0;

    for (size_t i = 0; i + 1 < b.len; i += 2)
        sum += (uint32_t)b.at[i] << 8 | b.at[i + 1];
    if (b.len % 2 != 0)
        sum += (uint32_t)b.at[b.len - 1] << 8;
    while (sum > 0xffff)
        sum = (sum & 0xffff) + (sum >> 16);
    return (uint16_t)~sum;
}

static void put_number(uint8_t *at, uint64_t number, size_t len)
{
    for (size_t i = len; i > 0; i--, number >>= 8)
        at[i - 1] = (uint8_t)number;
}

size_t echo_encode(bool v6, const struct echo_request *request,
                   uint8_t out[ECHO_MESSAGE_LEN])
{
    memset(out, 0, ECHO_MESSAGE_LEN);
    out[0] = v6 ? ICMP6_ECHO_REQUEST : ICMP4_ECHO;
    put_number(out + 4, request->id, 2);
    put_number(out + 6, request->sequence, 2);
    put_number(out + 8, MARK, 4);
    put_number(out + 12, request->token, 8);
    if (!v6) /* the kernel computes that of ICMPv6 (RFC 3542, 3.1) */
        put_number(out + ICMP_CHECKSUM_AT,
                   checksum((struct bytes){out, ECHO_MESSAGE_LEN}), 2);
    return ECHO_MESSAGE_LEN;
}

/* Consumes the IP header that a raw socket of IPv4 shows (RFC 791, 3.1). */
static void skip_ip_header(struct cursor *c)
{
    uint8_t head = cursor_peek(c);
    size_t len = (size_t)(head & 0x0f) * 4;

    if (head >> 4 != IP_VERSION_4 || len < IP_HEADER_MIN)
        cursor_break(c, "no IPv4 header");
    struct bytes header = cursor_bytes(c, len);
    if (cursor_ok(c) && header.at[IP_PROTOCOL_AT] != IP_PROTOCOL_ICMP)
        cursor_break(c, "not ICMP");
}

/* Raw sockets see a message before the kernel has checked it. */
static void verify_checksum(struct cursor *c)
{
    struct cursor all = *c;

    if (checksum(cursor_bytes(&all, cursor_left(&all))) != 0)
        cursor_break(c, "wrong checksum");
}

int icmp_echo_reply_decode(struct cursor *c, bool v6, struct icmp_echo *out)
{
    struct icmp_echo seen = {0};

    if (!v6) {
        skip_ip_header(c);
        verify_checksum(c);
    }
    uint8_t type = cursor_u8(c);
    uint8_t code = cursor_u8(c);
    (void)cursor_u16(c); /* checksum: verified above, for v6 by the kernel */
    seen.id = cursor_u16(c);
    seen.sequence = cursor_u16(c);
    uint32_t mark = cursor_u32(c);
    uint64_t high = cursor_u32(c);
    seen.token = high << 32 | cursor_u32(c);
    if (type != (v6 ? ICMP6_ECHO_REPLY : ICMP4_ECHO_REPLY) || code != 0)
        cursor_break(c, "not an echo reply");
    if (mark != MARK)
        cursor_break(c, foreign);

    *out = cursor_ok(c) ? seen : (struct icmp_echo){0};
    return cursor_ok(c) ? 0 : -EBADMSG;
}

/* Larger than limits allow while we may, else as large as they allow. */
static void grow_buffer(int fd, int forced, int asked, int size)
{
    if (setsockopt(fd, SOL_SOCKET, forced, &size, sizeof size) < 0)
        (void)setsockopt(fd, SOL_SOCKET, asked, &size, sizeof size);
}

static int filter_replies(int fd, bool v6)
{
    if (v6) {
        struct icmp6_filter filter;

        ICMP6_FILTER_SETBLOCKALL(&filter);
        ICMP6_FILTER_SETPASS(ICMP6_ECHO_REPLY, &filter);
        return setsockopt(fd, IPPROTO_ICMPV6, ICMP6_FILTER, &filter,
                          sizeof filter);
    }
    struct icmp_filter filter = {.data = ~(1U << ICMP4_ECHO_REPLY)};
    return setsockopt(fd, SOL_RAW, ICMP_FILTER, &filter, sizeof filter);
}

/* Each raw socket of a host is given all echo replies, those to its neighbors
 * included: what is of another identifier is dropped before it is copied and
 * wakes anybody. */
static void filter_others(int fd, bool v6, uint16_t id)
{
    struct sock_filter lines[] = {
        v6 ? (struct sock_filter)BPF_STMT(BPF_LDX | BPF_IMM, 0)
           : (struct sock_filter)BPF_STMT(BPF_LDX | BPF_B | BPF_MSH, 0),
        BPF_STMT(BPF_LD | BPF_H | BPF_IND, ICMP_ID_AT),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, id, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, UINT32_MAX),
        BPF_STMT(BPF_RET | BPF_K, 0),
    };
    struct sock_fprog program = {.len = COUNT_OF(lines), .filter = lines};

    /* without it they are told apart here, at a price */
    (void)setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program,
                     sizeof program);
}

int echo_open(bool v6, uint16_t id)
{
    int type = SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC;
    int fd = v6 ? socket(AF_INET6, type, IPPROTO_ICMPV6)
                : socket(AF_INET, type, IPPROTO_ICMP);
    int on = 1, whole = IP_PMTUDISC_DO;

    if (fd < 0)
        return -errno;
    if (filter_replies(fd, v6) < 0) {
        int rc = -errno;
        close(fd);
        return rc;
    }
    filter_others(fd, v6, id);
    grow_buffer(fd, SO_RCVBUFFORCE, SO_RCVBUF, RECEIVE_BUFFER);
    grow_buffer(fd, SO_SNDBUFFORCE, SO_SNDBUF, SEND_BUFFER);
    arrival_stamp(fd);
    (void)setsockopt(fd, SOL_SOCKET, SO_RXQ_OVFL, &on, sizeof on);
    if (!v6) /* saves the kernel an IP identification (RFC 6864, 4.1) */
        (void)setsockopt(fd, IPPROTO_IP, IP_MTU_DISCOVER, &whole, sizeof whole);
    return fd;
}

/* The first sent of count, between the moments of a call. */
static void share_time(struct echo_request *requests, size_t sent,
                       struct mono before, struct mono after)
{
    int64_t each = (after.ns - before.ns) / (int64_t)sent;

    for (size_t i = 0; i < sent; i++)
        requests[i].left.ns = before.ns + each * (int64_t)i + each / 2;
}

int echo_send(int fd, bool v6, struct echo_request *requests, size_t count)
{
    uint8_t packets[ECHO_BATCH][ECHO_MESSAGE_LEN];
    struct sockaddr_storage to[ECHO_BATCH];
    struct iovec parts[ECHO_BATCH];
    struct mmsghdr messages[ECHO_BATCH];

    if (count > ECHO_BATCH)
        count = ECHO_BATCH;
    for (size_t i = 0; i < count; i++) {
        parts[i].iov_base = packets[i];
        parts[i].iov_len = echo_encode(v6, &requests[i], packets[i]);
        messages[i] =
            (struct mmsghdr){.msg_hdr = {.msg_name = &to[i],
                                         .msg_namelen = addr_to_sockaddr(
                                             &requests[i].to, 0, &to[i]),
                                         .msg_iov = &parts[i],
                                         .msg_iovlen = 1}};
    }
    struct mono before = mono_now();
    int sent = sendmmsg(fd, messages, (unsigned)count, 0);
    if (sent < 0)
        return -errno;
    share_time(requests, (size_t)sent, before, mono_now());
    return sent;
}

static struct echo_reply read_reply(struct mmsghdr *m, bool v6)
{
    struct echo_reply reply = {0};
    struct cursor c =
        cursor_over((struct bytes){m->msg_hdr.msg_iov->iov_base, m->msg_len});

    reply.from = addr_from_sockaddr(m->msg_hdr.msg_name, NULL);
    if ((m->msg_hdr.msg_flags & MSG_TRUNC) != 0)
        cursor_break(&c, foreign); /* ours are short */
    reply.ours = icmp_echo_reply_decode(&c, v6, &reply.echo) == 0;
    reply.foreign = c.why == foreign;
    return reply;
}

size_t echo_receive(int fd, bool v6, struct echo_reply *out, uint32_t *dropped)
{
    uint8_t packets[ECHO_BATCH][RECEIVE_MAX];
    _Alignas(struct cmsghdr) uint8_t control[ECHO_BATCH][ARRIVAL_CONTROL];
    struct sockaddr_storage from[ECHO_BATCH];
    struct iovec parts[ECHO_BATCH];
    struct mmsghdr messages[ECHO_BATCH];

    for (size_t i = 0; i < ECHO_BATCH; i++) {
        parts[i] = (struct iovec){packets[i], sizeof packets[i]};
        messages[i] =
            (struct mmsghdr){.msg_hdr = {.msg_name = &from[i],
                                         .msg_namelen = sizeof from[i],
                                         .msg_iov = &parts[i],
                                         .msg_iovlen = 1,
                                         .msg_control = control[i],
                                         .msg_controllen = ARRIVAL_CONTROL}};
    }
    int count = recvmmsg(fd, messages, ECHO_BATCH, 0, NULL);
    if (count < 0)
        return 0;
    struct moment now = moment_now();
    for (size_t i = 0; i < (size_t)count; i++) {
        out[i] = read_reply(&messages[i], v6);
        out[i].came = arrival_of(&messages[i].msg_hdr, &now, dropped);
    }
    return (size_t)count;
}
