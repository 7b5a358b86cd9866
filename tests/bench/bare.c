/* bare - what a machine gives at best: asks agents as poll does, by
 * sendmmsg/recvmmsg over one socket, 64 requests at a time that are written
 * once, and reads the numbers of each varbind of each answer without keeping
 * any. No timeouts, no retries, no rows, no order, no checks beyond the bounds
 * of a datagram. DEVICES, PORT and ROUNDS as of poll; 12 requests an agent and
 * round, 48 varbinds each. One line of name=value fields.
 */
#include "spent.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum { BATCH = 64, DATAGRAM_MAX = 2048, REQUESTS_EACH = 12, WAIT_S = 2 };

/* GetBulkRequest-PDU, v2c, community "public", max-repetitions 4; the octets of
 * the request-id follow behind its tag and length. */
static const uint8_t columns[][12] = {
    {11, 0x2b, 6, 1, 2, 1, 31, 1, 1, 1, 6},
    {11, 0x2b, 6, 1, 2, 1, 31, 1, 1, 1, 10},
    {11, 0x2b, 6, 1, 2, 1, 31, 1, 1, 1, 7},
    {11, 0x2b, 6, 1, 2, 1, 31, 1, 1, 1, 11},
    {10, 0x2b, 6, 1, 2, 1, 2, 2, 1, 14},
    {10, 0x2b, 6, 1, 2, 1, 2, 2, 1, 20},
    {10, 0x2b, 6, 1, 2, 1, 2, 2, 1, 13},
    {10, 0x2b, 6, 1, 2, 1, 2, 2, 1, 19},
    {10, 0x2b, 6, 1, 2, 1, 2, 2, 1, 8},
    {10, 0x2b, 6, 1, 2, 1, 2, 2, 1, 7},
    {11, 0x2b, 6, 1, 2, 1, 31, 1, 1, 1, 15},
    {11, 0x2b, 6, 1, 2, 1, 31, 1, 1, 1, 8},
};

enum { COLUMNS = sizeof columns / sizeof columns[0] };

struct request {
    uint8_t octets[256];
    size_t len, id_at;
};

/* Octets so far; all lengths here are below 128 but the outer ones. */
static void put(struct request *r, const void *octets, size_t len)
{
    memcpy(r->octets + r->len, octets, len);
    r->len += len;
}

/* Wraps what was put since at into a TLV with a length of three octets. */
static void wrap(struct request *r, uint8_t tag, size_t at)
{
    size_t len = r->len - at;
    uint8_t head[] = {tag, 0x82, (uint8_t)(len >> 8), (uint8_t)len};

    memmove(r->octets + at + sizeof head, r->octets + at, len);
    memcpy(r->octets + at, head, sizeof head);
    r->len += sizeof head;
}

static struct request request_make(void)
{
    static const uint8_t head[] = {2, 1, 1, 4, 6, 'p', 'u', 'b', 'l', 'i', 'c'};
    static const uint8_t pdu[] = {2, 4, 0x40, 0, 0, 0, 2, 1, 0, 2, 1, 4};
    struct request r = {.len = 0};

    put(&r, head, sizeof head);
    size_t body = r.len;
    put(&r, pdu, sizeof pdu);
    size_t list = r.len;
    for (size_t i = 0; i < COLUMNS; i++) {
        uint8_t len = (uint8_t)(columns[i][0] - 1);
        uint8_t start[] = {0x30, (uint8_t)(len + 4), 6, len};

        put(&r, start, sizeof start);
        put(&r, &columns[i][1], len);
        put(&r, "\x05", 2); /* NULL */
    }
    wrap(&r, 0x30, list);
    wrap(&r, 0xa5, body);
    wrap(&r, 0x30, 0);
    r.id_at = 4 + sizeof head + 4 + 2;
    return r;
}

/* ---- answers ---- */

struct reading {
    const uint8_t *at, *end;
    bool ok;
};

/* Tag and length of the next TLV; false at the end. */
static bool head_of(struct reading *r, uint8_t *tag, size_t *len)
{
    if (r->end - r->at < 2)
        return r->ok = false;
    *tag = *r->at++;
    *len = *r->at++;
    if (*len >= 0x80) {
        size_t octets = *len & 0x7f;

        if (octets > 2 || (size_t)(r->end - r->at) < octets)
            return r->ok = false;
        for (*len = 0; octets > 0; octets--)
            *len = *len << 8 | *r->at++;
    }
    return r->ok = *len <= (size_t)(r->end - r->at);
}

static uint64_t number_of(struct reading *r, size_t len)
{
    uint64_t n = 0;

    for (size_t i = 0; i < len; i++)
        n = n << 8 | r->at[i];
    r->at += len;
    return n;
}

/* The subidentifiers of a name, added up so that nobody leaves them out. */
static uint64_t name_of(struct reading *r, size_t len)
{
    uint64_t sum = 0;
    uint32_t sub = 0;

    for (size_t i = 0; i < len; i++) {
        sub = sub << 7 | (r->at[i] & 0x7f);
        if (r->at[i] < 0x80) {
            sum += sub;
            sub = 0;
        }
    }
    r->at += len;
    return sum;
}

/* Varbinds of an answer. */
static size_t answer_read(const uint8_t *at, size_t octets, uint64_t *sum)
{
    struct reading r = {at, at + octets, true};
    size_t len, count = 0;
    uint8_t tag;

    if (!head_of(&r, &tag, &len) || !head_of(&r, &tag, &len))
        return 0;
    r.at += len; /* version */
    if (!head_of(&r, &tag, &len))
        return 0;
    r.at += len; /* community */
    if (!head_of(&r, &tag, &len))
        return 0;
    for (int i = 0; i < 3 && head_of(&r, &tag, &len); i++)
        *sum += number_of(&r, len);
    if (!r.ok || !head_of(&r, &tag, &len))
        return 0;
    while (r.at < r.end && head_of(&r, &tag, &len) && head_of(&r, &tag, &len)) {
        *sum += name_of(&r, len);
        if (!head_of(&r, &tag, &len))
            break;
        *sum += number_of(&r, len);
        count++;
    }
    return count;
}

/* ---- the loop ---- */

struct bare {
    int fd;
    struct request requests[BATCH];
    struct sockaddr_in to[BATCH], from[BATCH];
    struct iovec out[BATCH], in[BATCH];
    struct mmsghdr sent[BATCH], got[BATCH];
    uint8_t answers[BATCH][DATAGRAM_MAX];
    unsigned long long varbinds, answered, lost;
    uint64_t sum;
};

static void bare_init(struct bare *b)
{
    struct timeval wait = {.tv_sec = WAIT_S};
    int room = 4 << 20;

    b->fd = socket(AF_INET, SOCK_DGRAM, 0);
    (void)setsockopt(b->fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
    (void)setsockopt(b->fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
    for (size_t i = 0; i < BATCH; i++) {
        b->requests[i] = request_make();
        b->out[i] = (struct iovec){b->requests[i].octets, b->requests[i].len};
        b->in[i] = (struct iovec){b->answers[i], DATAGRAM_MAX};
        b->sent[i].msg_hdr = (struct msghdr){.msg_name = &b->to[i],
                                             .msg_namelen = sizeof b->to[i],
                                             .msg_iov = &b->out[i],
                                             .msg_iovlen = 1};
        b->got[i].msg_hdr = (struct msghdr){.msg_name = &b->from[i],
                                            .msg_namelen = sizeof b->from[i],
                                            .msg_iov = &b->in[i],
                                            .msg_iovlen = 1};
    }
}

/* One batch of count requests, to their answers or the end of patience. */
static void ask(struct bare *b, size_t count)
{
    size_t left = count;

    for (size_t sent = 0; sent < count;) {
        int n = sendmmsg(b->fd, b->sent + sent, (unsigned)(count - sent), 0);

        if (n < 0) {
            perror("sendmmsg");
            exit(1);
        }
        sent += (size_t)n;
    }
    while (left > 0) {
        int n = recvmmsg(b->fd, b->got, (unsigned)left, MSG_WAITFORONE, NULL);

        if (n <= 0)
            break;
        for (int i = 0; i < n; i++)
            b->varbinds +=
                answer_read(b->answers[i], b->got[i].msg_len, &b->sum);
        b->answered += (unsigned)n;
        left -= (size_t)n;
    }
    b->lost += left;
}

int main(void)
{
    static struct bare b;
    size_t devices = number_from("DEVICES", 1000),
           rounds = number_from("ROUNDS", 1), port = number_from("PORT", 161);
    uint32_t id = 0x40000000;
    size_t filled = 0;

    bare_init(&b);
    double before = cpu_s();
    for (size_t n = 0; n < devices * rounds * REQUESTS_EACH; n++) {
        size_t i = n / REQUESTS_EACH % devices;
        uint32_t address =
            (uint32_t)(0x7f100000 + (i / 250 << 8) + i % 250 + 1);
        uint32_t wire = htonl(++id);

        memcpy(b.requests[filled].octets + b.requests[filled].id_at, &wire,
               sizeof wire);
        b.to[filled++] = (struct sockaddr_in){.sin_family = AF_INET,
                                              .sin_port = htons((uint16_t)port),
                                              .sin_addr = {htonl(address)}};
        if (filled == BATCH) {
            ask(&b, filled);
            filled = 0;
        }
    }
    ask(&b, filled);
    double cpu = cpu_s() - before;
    printf("varbinds=%llu cpu_s=%.3f vb_per_cpu_s=%.0f req_per_cpu_s=%.0f "
           "lost=%llu sum=%llu\n",
           b.varbinds, cpu, (double)b.varbinds / cpu, (double)b.answered / cpu,
           b.lost, (unsigned long long)b.sum);
    return b.lost > 0;
}
