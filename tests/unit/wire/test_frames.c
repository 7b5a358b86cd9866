/* LLDP and CDP frames are heard on the interfaces named, and nothing else is.
 * In a network namespace of its own, on its loopback. */
#include "wire/frames.h"

#include "base/log.h"
#include "base/mem.h"

#include <errno.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <event2/event.h>

#define SOURCE "\x02\x00\x5e\x00\x53\x01"
#define TO_LLDP "\x01\x80\xc2\x00\x00\x0e"
#define TO_LLDP_CUSTOMER "\x01\x80\xc2\x00\x00\x00"
#define TO_LLDP_NON_TPMR "\x01\x80\xc2\x00\x00\x03"
#define TO_CDP "\x01\x00\x0c\xcc\xcc\xcc"
#define TO_ALL "\xff\xff\xff\xff\xff\xff"
#define LLDPDU                                                                \
    "\x02\x07\x04\x02\x00\x5e\x00\x53\x01\x04\x04\x05ge1\x06\x02\x00\x78\x00" \
    "\x00"
#define LLDPDU_BAD "\x02\x07\x04\x02\x00\x5e\x00\x53\x01\x00\x00"
#define SNAP_CDP "\xaa\xaa\x03\x00\x00\x0c\x20\x00"
#define SNAP_PVST "\xaa\xaa\x03\x00\x00\x0c\x01\x0b"
/* Version 1, 180 s, checksum, device "ab"; 802.3 length 18. */
#define CDP                            \
    "\x01\xb4\x9c\xe2\x00\x01\x00\x06" \
    "ab"
#define PADDING "\x00\x00\x00\x00\x00\x00\x00"
#define FRAME_LLDP_TO(to) to SOURCE "\x88\xcc" LLDPDU
#define FRAME_CDP_OF(snap) TO_CDP SOURCE "\x00\x12" snap CDP PADDING

#define FRAME(octets)                                 \
    {                                                 \
        (const uint8_t *)(octets), sizeof(octets) - 1 \
    }

static void frames_are_told_apart(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        struct bytes frame;
        enum frame_kind kind;
        size_t pdu_len;
    } cases[] = {
        {"LLDP", FRAME(FRAME_LLDP_TO(TO_LLDP)), FRAME_LLDP, sizeof LLDPDU - 1},
        {"CDP without its padding", FRAME(FRAME_CDP_OF(SNAP_CDP)), FRAME_CDP,
         sizeof CDP - 1},
        {"PVST", FRAME(FRAME_CDP_OF(SNAP_PVST)), FRAME_OTHER, 0},
        {"IPv4", FRAME(TO_ALL SOURCE "\x08\x00 "), FRAME_OTHER, 0},
        {"length past the end", FRAME(TO_CDP SOURCE "\x00\x40" SNAP_CDP CDP),
         FRAME_OTHER, 0},
        {"length below SNAP", FRAME(TO_CDP SOURCE "\x00\x03\x42\x42\x03"),
         FRAME_OTHER, 0},
        {"cut in its header", FRAME(TO_CDP SOURCE "\x00"), FRAME_OTHER, 0},
        {"nothing", {NULL, 0}, FRAME_OTHER, 0},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct cursor c = cursor_over(cases[i].frame);
        struct cursor pdu;
        struct mac source;

        print_message("  %s\n", cases[i].name);
        assert_int_equal(frame_open(&c, &source, &pdu), cases[i].kind);
        assert_int_equal(cursor_left(&pdu), cases[i].pdu_len);
        if (cases[i].kind != FRAME_OTHER)
            assert_memory_equal(source.octets, SOURCE, 6);
    }
}

struct ears {
    struct event_base *base;
    size_t lldp, cdp;
    char port[16], device[16], if_name[IF_NAMESIZE];
    uint8_t source[6];
};

static void on_heard(void *arg, const struct heard *heard)
{
    struct ears *ears = arg;

    memccpy(ears->if_name, heard->if_name, '\0', sizeof ears->if_name - 1);
    memcpy(ears->source, heard->source.octets, sizeof ears->source);
    if (heard->lldp != NULL) {
        ears->lldp++;
        memcpy(ears->port, heard->lldp->port_id.at, heard->lldp->port_id.len);
    }
    if (heard->cdp != NULL) {
        ears->cdp++;
        memcpy(ears->device, heard->cdp->device_id.at,
               heard->cdp->device_id.len);
    }
}

/* A namespace with a loopback that is up; false without the right to. */
static bool enter_namespace(void)
{
    struct ifreq lo = {.ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING};

    if (unshare(CLONE_NEWNET) < 0)
        return false;
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0);
    assert_int_equal(ioctl(fd, SIOCSIFFLAGS, &lo), 0);
    close(fd);
    return true;
}

static void send_frame(int fd, struct bytes frame)
{
    struct sockaddr_ll to = {.sll_family = AF_PACKET,
                             .sll_ifindex = (int)if_nametoindex("lo"),
                             .sll_halen = ETH_ALEN};

    assert_int_equal(sendto(fd, frame.at, frame.len, 0,
                            (const struct sockaddr *)&to, sizeof to),
                     frame.len);
}

static void only_announcements_are_heard(void **state)
{
    (void)state;
    static const struct bytes sent[] = {
        FRAME(FRAME_LLDP_TO(TO_LLDP)),
        FRAME(FRAME_LLDP_TO(TO_LLDP_CUSTOMER)),
        FRAME(FRAME_LLDP_TO(TO_LLDP_NON_TPMR)),
        FRAME(FRAME_LLDP_TO(TO_ALL)), /* not from a neighbor alone */
        FRAME(FRAME_CDP_OF(SNAP_PVST)),
        FRAME(TO_LLDP SOURCE "\x88\xcc" LLDPDU_BAD),
        FRAME(TO_ALL SOURCE "\x08\x00 "),
        FRAME(FRAME_CDP_OF(SNAP_CDP)),
    };
    static const char *const names[] = {"nosuch0", "lo"};
    struct ears ears = {.base = event_base_new()};
    struct timeval limit = {.tv_sec = 10};
    struct frames_stats stats;

    if (!enter_namespace()) {
        event_base_free(ears.base);
        skip(); /* no right to make a network namespace */
    }
    struct frames *f = frames_new(ears.base, names, 2, on_heard, &ears);
    assert_non_null(f);
    int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0);
    for (size_t i = 0; i < COUNT_OF(sent); i++)
        send_frame(fd, sent[i]);

    event_base_loopexit(ears.base, &limit);
    while (ears.cdp == 0 && !event_base_got_exit(ears.base))
        event_base_loop(ears.base, EVLOOP_ONCE);
    assert_int_equal(ears.lldp, 3);
    assert_int_equal(ears.cdp, 1);
    assert_string_equal(ears.port, "ge1");
    assert_string_equal(ears.device, "ab");
    assert_string_equal(ears.if_name, "lo");
    assert_memory_equal(ears.source, SOURCE, 6);
    frames_stats(f, &stats);
    assert_int_equal(stats.heard, 4);
    assert_int_equal(stats.malformed, 1);
    assert_int_equal(stats.ignored, 0);
    frames_free(f);
    close(fd);
    event_base_free(ears.base);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(frames_are_told_apart),
        cmocka_unit_test(only_announcements_are_heard),
    };
    log_open(LOG_LEVEL_ERROR, LOG_TO_STDERR);
    return cmocka_run_group_tests_name("frames", tests, NULL, NULL);
}
