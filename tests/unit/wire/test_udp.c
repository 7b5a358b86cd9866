/* What a way that is full does to the others that leave by the same socket. */
#include "wire/engine_udp.h"

#include "base/bytes.h"

#include <errno.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <sys/socket.h>

#include <cmocka.h>

enum { STUCK_PORT = 7, PORT = 9 };

static unsigned sent, calls;

/* In place of the kernel: the queue on the way to one port is always full. */
int sendmmsg(int fd, struct mmsghdr *messages, unsigned count, int flags)
{
    unsigned done = 0;

    (void)fd;
    (void)flags;
    assert_true(++calls < 100);
    for (; done < count; done++) {
        const struct sockaddr_in *to = messages[done].msg_hdr.msg_name;

        if (ntohs(to->sin_port) == STUCK_PORT)
            break;
        sent++;
    }
    if (done > 0)
        return (int)done;
    errno = ENOBUFS;
    return -1;
}

static void on_refused(void *arg, uint32_t id, int error)
{
    (void)arg;
    fail_msg("%u is refused: %d", id, error);
}

static void put(struct udp *u, uint16_t port, uint32_t id)
{
    const struct addr to = addr_v4((const uint8_t[]){127, 0, 0, 1});
    uint8_t *room = udp_room(u);

    assert_non_null(room);
    room[0] = 'x';
    udp_put(u, (struct bytes){room, 1}, &to, port, id);
}

static void a_full_way_holds_up_nobody_else(void **state)
{
    OWNED(udp_free) struct udp *u = udp_new(4, NULL);

    (void)state;
    assert_non_null(u);
    put(u, PORT, 1);
    put(u, STUCK_PORT, 2);
    put(u, STUCK_PORT, 3);
    put(u, PORT, 4);
    assert_true(udp_flush(u, on_refused, NULL));
    assert_int_equal(sent, 2);
    assert_true(udp_flush(u, on_refused, NULL)); /* nothing is left of it */
    assert_int_equal(sent, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_full_way_holds_up_nobody_else),
    };

    return cmocka_run_group_tests_name("udp", tests, NULL, NULL);
}
