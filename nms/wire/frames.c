#include "wire/frames.h"

#include "base/log.h"
#include "base/mem.h"

#include <errno.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <arpa/inet.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>

#include <event2/event.h>

enum { DATAGRAMS_PER_TURN = 64, FRAME_MAX = 9216, SOCKET_BUFFER = 1 << 20 };
enum { LOOK_S = 3 /* between looks whether interfaces are the same */ };

/* LLDP's Ethertype (IEEE 802.1AB-2016, 7.3), and LLC and SNAP in front of CDP:
 * unnumbered information, Cisco's OUI, protocol 0x2000. */
enum { ETHERTYPE_LLDP = 0x88cc, LENGTH_MAX = 1500, SNAP_LEN = 8 };
static const uint32_t SNAP_HIGH = 0xaaaa0300, SNAP_LOW = 0x000c2000;

/* Group addresses (table 7-1, nearest bridge, non-TPMR bridge and customer
 * bridge), and CDP's. */
static const struct group {
    uint8_t octets[ETH_ALEN];
} groups[] = {
    {{0x01, 0x80, 0xc2, 0x00, 0x00, 0x0e}},
    {{0x01, 0x80, 0xc2, 0x00, 0x00, 0x03}},
    {{0x01, 0x80, 0xc2, 0x00, 0x00, 0x00}},
    {{0x01, 0x00, 0x0c, 0xcc, 0xcc, 0xcc}},
};

/* An interface that is listened on. */
struct ear {
    uint32_t if_index; /* 0: there is none of that name */
    char name[IF_NAMESIZE];
};

struct frames {
    int fd;
    struct event *readable, *look;
    struct ears ARRAY_OF(struct ear) ears;
    heard_fn on_heard;
    void *arg;
    struct frames_stats stats;
    uint8_t buf[FRAME_MAX];
};

enum frame_kind frame_open(struct cursor *c, struct mac *source,
                           struct cursor *pdu)
{
    (void)cursor_bytes(c, ETH_ALEN); /* destination: the filter's matter */
    struct bytes from = cursor_bytes(c, ETH_ALEN);
    uint16_t type = cursor_u16(c);

    *pdu = cursor_over((struct bytes){0});
    *source = (struct mac){{0}};
    if (!cursor_ok(c))
        return FRAME_OTHER;
    memcpy(source->octets, from.at, sizeof source->octets);
    if (type == ETHERTYPE_LLDP) {
        *pdu = cursor_sub(c, cursor_left(c));
        return FRAME_LLDP;
    }
    if (type > LENGTH_MAX || type < SNAP_LEN)
        return FRAME_OTHER;

    struct cursor body = cursor_sub(c, type);
    uint32_t snap_high = cursor_u32(&body);
    uint32_t snap_low = cursor_u32(&body);
    if (!cursor_ok(&body) || snap_high != SNAP_HIGH || snap_low != SNAP_LOW)
        return FRAME_OTHER;
    *pdu = cursor_sub(&body, cursor_left(&body));
    return FRAME_CDP;
}

static const struct ear *ear_find(const struct frames *f, int if_index)
{
    for (size_t i = 0; i < f->ears.count; i++)
        if (f->ears.at[i].if_index == (uint32_t)if_index)
            return &f->ears.at[i];
    return NULL;
}

static void take_lldp(struct frames *f, struct cursor *pdu, struct heard heard)
{
    struct lldp_announcement said;

    if (lldp_decode(pdu, &said) < 0) {
        f->stats.malformed++;
        return;
    }
    heard.lldp = &said;
    f->stats.heard++;
    f->on_heard(f->arg, &heard);
}

static void take_cdp(struct frames *f, struct cursor *pdu, struct heard heard)
{
    struct cdp_announcement said;

    if (cdp_decode(pdu, &said) < 0) {
        f->stats.malformed++;
        return;
    }
    heard.cdp = &said;
    f->stats.heard++;
    f->on_heard(f->arg, &heard);
}

static void take_frame(struct frames *f, struct bytes frame,
                       const struct sockaddr_ll *from)
{
    const struct ear *ear = ear_find(f, from->sll_ifindex);
    struct cursor c = cursor_over(frame);
    struct cursor pdu;
    struct heard heard = {0};

    if (ear == NULL || from->sll_pkttype == PACKET_OUTGOING) {
        f->stats.ignored++;
        return;
    }
    heard.if_name = ear->name;
    heard.if_index = ear->if_index;
    switch (frame_open(&c, &heard.source, &pdu)) {
    case FRAME_LLDP:
        take_lldp(f, &pdu, heard);
        break;
    case FRAME_CDP:
        take_cdp(f, &pdu, heard);
        break;
    case FRAME_OTHER:
        f->stats.ignored++;
        break;
    }
}

/* Lets through what frame_open() understands, from group addresses alone; the
 * rest of the traffic stays in the kernel. Offsets are those of Ethernet. */
static int attach_filter(int fd)
{
    enum { DST_HIGH = 0, DST_LOW = 2, TYPE = 12, SNAP = 14 };
    /* Each jump tells how many instructions are skipped if true, if false. */
    struct sock_filter code[] = {
        /* 0 */ BPF_STMT(BPF_LD | BPF_H | BPF_ABS, TYPE),
        /* 1 */ BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ETHERTYPE_LLDP, 0, 6),
        /* 2: LLDP to 01:80:c2:00:00:0e, :03 or :00 */
        BPF_STMT(BPF_LD | BPF_H | BPF_ABS, DST_HIGH),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0x0180, 0, 14),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, DST_LOW),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0xc200000e, 11, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0xc2000003, 10, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0xc2000000, 9, 10),
        /* 8: 802.3 to 01:00:0c:cc:cc:cc, SNAP 00000c 2000 */
        BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, LENGTH_MAX, 9, 0),
        BPF_STMT(BPF_LD | BPF_H | BPF_ABS, DST_HIGH),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0x0100, 0, 7),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, DST_LOW),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0x0ccccccc, 0, 5),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, SNAP),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SNAP_HIGH, 0, 3),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, SNAP + 4),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SNAP_LOW, 0, 1),
        /* 17 */ BPF_STMT(BPF_RET | BPF_K, FRAME_MAX),
        /* 18 */ BPF_STMT(BPF_RET | BPF_K, 0),
    };
    struct sock_fprog program = {.len = COUNT_OF(code), .filter = code};

    if (setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program))
        return -errno;
    return 0;
}

static int join_groups(int fd, uint32_t if_index)
{
    for (size_t i = 0; i < COUNT_OF(groups); i++) {
        struct packet_mreq join = {.mr_ifindex = (int)if_index,
                                   .mr_type = PACKET_MR_MULTICAST,
                                   .mr_alen = ETH_ALEN};

        memcpy(join.mr_address, groups[i].octets, ETH_ALEN);
        if (setsockopt(fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &join,
                       sizeof join) < 0)
            return -errno;
    }
    return 0;
}

/* Opens the socket. It hears nothing until the filter stands and bind() names
 * a protocol. All protocols: those of LLDP and of 802.2 would need two sockets,
 * and a port of a bridge hands its frames to the bridge before they are asked
 * for by protocol. */
static int open_socket(void)
{
    int fd = socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    struct sockaddr_ll every = {.sll_family = AF_PACKET,
                                .sll_protocol = htons(ETH_P_ALL)};
    int size = SOCKET_BUFFER, on = 1;

    if (fd < 0)
        return -errno;
    int rc = attach_filter(fd);
    if (rc == 0 && bind(fd, (const struct sockaddr *)&every, sizeof every) < 0)
        rc = -errno;
    if (rc < 0) {
        close(fd);
        return rc;
    }
    /* Both are improvements only: without, the kernel's default holds, and
     * take_frame() drops what we sent ourselves. */
    (void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
    (void)setsockopt(fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, &on, sizeof on);
    return fd;
}

/* An interface that went and came is another one to the kernel: what was asked
 * for on the old one is over. Told when it changes. */
static void look_at(struct frames *f, struct ear *ear, bool first)
{
    unsigned if_index = if_nametoindex(ear->name);
    int rc = if_index != 0 ? 0 : -errno;

    if (!first && if_index == ear->if_index)
        return;
    if (rc == 0)
        rc = join_groups(f->fd, if_index);
    if (rc < 0 && (first || ear->if_index != 0))
        log_warning("interface %s: no CDP or LLDP frames are heard: %s; check "
                    "frames.interfaces, or bring it back",
                    ear->name, strerror(-rc));
    if (rc == 0 && !first)
        log_notice("interface %s: is there again; its CDP and LLDP frames are "
                   "heard",
                   ear->name);
    ear->if_index = rc == 0 ? if_index : 0;
}

static void listen_on(struct frames *f, const char *name)
{
    struct ear *ear = array_add(&f->ears);

    *ear = (struct ear){0};
    memccpy(ear->name, name, '\0', sizeof ear->name - 1);
    look_at(f, ear, true);
}

static void on_look(evutil_socket_t fd, short what, void *arg)
{
    struct frames *f = arg;

    (void)fd;
    (void)what;
    for (size_t i = 0; i < f->ears.count; i++)
        look_at(f, &f->ears.at[i], false);
}

void frames_free(struct frames *f)
{
    if (f == NULL)
        return;
    if (f->readable != NULL)
        event_free(f->readable);
    if (f->look != NULL)
        event_free(f->look);
    if (f->fd >= 0)
        close(f->fd);
    array_fini(&f->ears);
    free(f);
}

void frames_stats(const struct frames *f, struct frames_stats *out)
{
    *out = f->stats;
}

static void on_readable(evutil_socket_t fd, short what, void *arg)
{
    struct frames *f = arg;

    (void)what;
    for (unsigned n = 0; n < DATAGRAMS_PER_TURN; n++) {
        struct sockaddr_ll from = {0};
        socklen_t from_len = sizeof from;
        ssize_t len = recvfrom(fd, f->buf, sizeof f->buf, MSG_TRUNC,
                               (struct sockaddr *)&from, &from_len);

        if (len < 0)
            return; /* drained; an interface that went down says so once */
        if ((size_t)len > sizeof f->buf)
            f->stats.malformed++;
        else
            take_frame(f, (struct bytes){f->buf, (size_t)len}, &from);
    }
}

struct frames *frames_new(struct event_base *base, const char *const *if_names,
                          size_t count, heard_fn on_heard, void *arg)
{
    static const struct timeval look_every = {.tv_sec = LOOK_S};
    int fd = open_socket();
    if (fd < 0) {
        errno = -fd;
        return NULL;
    }
    struct frames *f = mem_new(struct frames);
    f->fd = fd;
    f->on_heard = on_heard;
    f->arg = arg;
    for (size_t i = 0; i < count; i++)
        listen_on(f, if_names[i]);
    f->readable = event_new(base, fd, EV_READ | EV_PERSIST, on_readable, f);
    f->look = event_new(base, -1, EV_PERSIST, on_look, f);
    if (f->readable == NULL || event_add(f->readable, NULL) < 0 ||
        f->look == NULL || event_add(f->look, &look_every) < 0) {
        frames_free(f);
        errno = ENOMEM;
        return NULL;
    }
    return f;
}
