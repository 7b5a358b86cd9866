/* Connections to the port: what one may leave unread has a limit, whatever it
 * is at. */
#include "north/http_door.h"

#include "base/clock.h"
#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <netinet/in.h>
#include <sys/socket.h>

#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/http.h>

#include <cmocka.h>

enum { PATIENCE_MS = 10000, FLOOD = 32 << 20, DOCUMENT = 1 << 20 };

/* A port whose requests are answered when the test wants it. */
struct api_request {
    struct evhttp_request *http;
    struct door_visit *visit;
    unsigned taken, gone;
};

struct port {
    struct event_base *base;
    struct evhttp *server;
    struct door *door;
    struct sockaddr_in at;
    size_t body; /* that senders may send */
    struct api_request request;
};

static struct bufferevent *on_open(void *arg, struct event_base *base)
{
    (void)arg;
    return bufferevent_socket_new(base, -1, BEV_OPT_CLOSE_ON_FREE);
}

static size_t on_judge(void *arg, struct bytes head, bool *known)
{
    const struct port *p = arg;

    (void)head;
    *known = p->body > DOOR_BODY_MAX;
    return p->body;
}

static void on_gone(struct api_request *r)
{
    r->gone++;
    r->http = NULL;
}

static void on_request(struct evhttp_request *http, void *arg)
{
    struct port *p = arg;
    struct api_request *r = &p->request;

    r->taken++;
    r->http = http;
    r->visit = door_find(p->door, evhttp_connection_get_bufferevent(
                                      evhttp_request_get_connection(http)));
    assert_non_null(r->visit);
    door_busy(r->visit, r);
}

static struct port *port_new(void)
{
    struct port *p = mem_new(struct port);
    socklen_t len = sizeof p->at;

    p->base = event_base_new();
    p->body = DOOR_BODY_MAX;
    p->door = door_new(&(struct door_options){.base = p->base,
                                              .open = on_open,
                                              .judge = on_judge,
                                              .gone = on_gone,
                                              .arg = p});
    p->server = evhttp_new(p->base);
    evhttp_set_max_headers_size(p->server, DOOR_HEAD_MAX);
    evhttp_set_bevcb(p->server, door_open, p->door);
    evhttp_set_gencb(p->server, on_request, p);
    struct evhttp_bound_socket *bound =
        evhttp_bind_socket_with_handle(p->server, "127.0.0.1", 0);
    assert_non_null(bound);
    assert_int_equal(getsockname(evhttp_bound_socket_get_fd(bound),
                                 (struct sockaddr *)&p->at, &len),
                     0);
    return p;
}

static void port_free(struct port *p)
{
    door_free(p->door);
    evhttp_free(p->server);
    event_base_free(p->base);
    free(p);
}

static void turn(struct port *p)
{
    struct timeval step = {.tv_usec = 2000};

    event_base_loopexit(p->base, &step);
    event_base_loop(p->base, EVLOOP_ONCE);
}

static int dial(struct port *p)
{
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    assert_true(fd >= 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&p->at, sizeof p->at), 0);
    assert_int_equal(fcntl(fd, F_SETFL, O_NONBLOCK), 0);
    return fd;
}

/* Sends text, then filling up to len octets; false if the other end closed. */
static bool say(struct port *p, int fd, const char *text, size_t len)
{
    struct mono end = mono_after_ms(mono_now(), PATIENCE_MS);
    char piece[8192];
    size_t sent = strlen(text);

    assert_int_equal(send(fd, text, sent, MSG_NOSIGNAL), sent);
    memset(piece, '0', sizeof piece);
    for (sent = 0; sent < len && !mono_reached(mono_now(), end);) {
        size_t next = len - sent < sizeof piece ? len - sent : sizeof piece;
        ssize_t got = send(fd, piece, next, MSG_NOSIGNAL);

        if (got < 0 && errno != EAGAIN)
            return false;
        if (got > 0)
            sent += (size_t)got;
        event_base_loop(p->base, EVLOOP_NONBLOCK);
    }
    for (int i = 0; i < 20; i++)
        turn(p);
    return true;
}

static void await_request(struct port *p, unsigned count)
{
    for (int i = 0; i < 1000 && p->request.taken < count; i++)
        turn(p);
    assert_int_equal(p->request.taken, count);
}

static void answer(struct port *p)
{
    evhttp_send_reply(p->request.http, 200, "OK", NULL);
    door_idle(p->request.visit);
}

static void a_line_without_end_is_not_kept(void **state)
{
    static const char *const begins[] = {
        "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n",
        "POST / HTTP/1.1\r\nX: y\r\ntransfer-encoding:chunked\r\n\r\n1;",
    };
    struct port *p = port_new();

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        int fd = dial(p);

        p->body = i % 2 == 0 ? DOOR_BODY_MAX : FLOOD * 2; /* whoever it is */
        assert_false(say(p, fd, begins[i / 2], FLOOD));
        assert_int_equal(door_visits(p->door), 0);
        assert_int_equal(p->request.taken, 0);
        close(fd);
    }
    port_free(p);
}

static void who_is_being_answered_sends_little(void **state)
{
    struct port *p = port_new();
    int fd = dial(p);

    (void)state;
    assert_true(say(p, fd, "GET / HTTP/1.1\r\n\r\n", 0));
    await_request(p, 1);
    evhttp_send_reply_start(p->request.http, 200, "OK"); /* and goes on */
    assert_false(say(p, fd, "", FLOOD));
    assert_int_equal(p->request.gone, 1);
    assert_int_equal(door_visits(p->door), 0);
    close(fd);
    port_free(p);
}

static void a_document_comes_whole_from_whom_it_may(void **state)
{
    struct port *p = port_new();
    char head[80];
    int fd = dial(p);

    (void)state;
    (void)snprintf(head, sizeof head,
                   "POST / HTTP/1.1\r\nContent-Length: %d\r\n\r\n", DOCUMENT);
    p->body = DOCUMENT;
    assert_true(say(p, fd, head, DOCUMENT));
    await_request(p, 1);
    answer(p);
    close(fd);
    port_free(p);
}

static void requests_may_come_before_the_answer(void **state)
{
    static const char one[] = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
    struct port *p = port_new();
    int fd = dial(p);

    (void)state;
    for (int i = 0; i < 100; i++)
        assert_true(send(fd, one, sizeof one - 1, MSG_NOSIGNAL) > 0);
    for (unsigned i = 1; i <= 100; i++) {
        await_request(p, i);
        answer(p);
    }
    assert_int_equal(p->request.gone, 0);
    close(fd);
    port_free(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_without_end_is_not_kept),
        cmocka_unit_test(who_is_being_answered_sends_little),
        cmocka_unit_test(a_document_comes_whole_from_whom_it_may),
        cmocka_unit_test(requests_may_come_before_the_answer),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
