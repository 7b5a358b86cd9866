#include "north/courier.h"

#include "base/clock.h"
#include "base/mem.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/http.h>
#include <event2/listener.h>

/* A web hook and a mail server on loopback, in the courier's own loop. */
struct town {
    struct event_base *base;
    struct courier *courier;
    struct evhttp *web;
    struct evconnlistener *mail;
    struct bufferevent *caller; /* of the mail server; one at a time */
    uint16_t web_port, mail_port;
    int status;             /* that the web hook answers */
    const char *recipients; /* what the mail server says of recipients */
    const char *former;     /* ... and of former@, where not the same */
    struct buffer got, header;
    bool reading_mail;
};

struct outcome {
    unsigned count;
    int result;
    char why[200];
};

static void on_done(void *arg, int result, const char *why)
{
    struct outcome *o = arg;

    o->count++;
    o->result = result;
    (void)snprintf(o->why, sizeof o->why, "%s", why);
}

static void on_post(struct evhttp_request *r, void *arg)
{
    struct town *t = arg;
    struct evbuffer *in = evhttp_request_get_input_buffer(r);
    size_t len = evbuffer_get_length(in);
    const char *token =
        evhttp_find_header(evhttp_request_get_input_headers(r), "X-Token");

    buffer_add(&t->got, evbuffer_pullup(in, -1), len);
    buffer_text(&t->header, token != NULL ? token : "");
    struct evbuffer *out = evbuffer_new();
    evbuffer_add_printf(out, "because\nof this");
    evhttp_add_header(evhttp_request_get_output_headers(r), "Location",
                      "http://127.0.0.1:1/");
    evhttp_send_reply(r, t->status, "so", out);
    evbuffer_free(out);
}

static const char *answer_to(struct town *t, const char *line)
{
    if (strncmp(line, "EHLO", 4) == 0)
        return "250-yes\r\n250 AUTH PLAIN\r\n";
    if (strncmp(line, "MAIL", 4) == 0)
        return "250 yes\r\n";
    if (strncmp(line, "AUTH", 4) == 0)
        return "454 4.7.0 too many, later\r\n";
    if (strncmp(line, "RCPT", 4) == 0)
        return t->former != NULL && strstr(line, "former@") != NULL
                   ? t->former
                   : t->recipients;
    if (strncmp(line, "DATA", 4) == 0) {
        t->reading_mail = true;
        return "354 go on\r\n";
    }
    return strncmp(line, "QUIT", 4) == 0 ? "221 bye\r\n" : "502 what?\r\n";
}

static void on_mail(struct bufferevent *b, void *arg)
{
    struct town *t = arg;
    char *line;

    while ((line = evbuffer_readln(bufferevent_get_input(b), NULL,
                                   EVBUFFER_EOL_CRLF)) != NULL) {
        const char *answer = NULL;
        if (!t->reading_mail)
            answer = answer_to(t, line);
        else if (strcmp(line, ".") == 0) {
            t->reading_mail = false;
            answer = "250 taken\r\n";
        } else {
            buffer_format(&t->got, "%s\n", line);
        }
        free(line);
        if (answer != NULL)
            bufferevent_write(b, answer, strlen(answer));
    }
}

static void on_call(struct evconnlistener *l, evutil_socket_t fd,
                    struct sockaddr *from, int len, void *arg)
{
    struct town *t = arg;

    (void)l;
    (void)from;
    (void)len;
    t->reading_mail = false;
    if (t->caller != NULL)
        bufferevent_free(t->caller);
    t->caller = bufferevent_socket_new(t->base, fd, BEV_OPT_CLOSE_ON_FREE);
    bufferevent_setcb(t->caller, on_mail, NULL, NULL, t);
    bufferevent_enable(t->caller, EV_READ | EV_WRITE);
    bufferevent_write(t->caller, "220 here\r\n", 10);
}

static uint16_t port_of(evutil_socket_t fd)
{
    struct sockaddr_in at;
    socklen_t len = sizeof at;

    assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &len), 0);
    return ntohs(at.sin_port);
}

static int set_up(void **state)
{
    struct town *t = mem_new(struct town);
    struct sockaddr_in any = {.sin_family = AF_INET,
                              .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};

    t->base = event_base_new();
    t->courier = courier_new(t->base);
    t->web = evhttp_new(t->base);
    evhttp_set_gencb(t->web, on_post, t);
    struct evhttp_bound_socket *bound =
        evhttp_bind_socket_with_handle(t->web, "127.0.0.1", 0);
    t->web_port = port_of(evhttp_bound_socket_get_fd(bound));
    t->mail =
        evconnlistener_new_bind(t->base, on_call, t, LEV_OPT_CLOSE_ON_FREE, 4,
                                (struct sockaddr *)&any, sizeof any);
    t->mail_port = port_of(evconnlistener_get_fd(t->mail));
    t->status = 200;
    t->recipients = "250 yes\r\n";
    *state = t;
    return 0;
}

static int tear_down(void **state)
{
    struct town *t = *state;

    courier_free(t->courier);
    if (t->caller != NULL)
        bufferevent_free(t->caller);
    evconnlistener_free(t->mail);
    evhttp_free(t->web);
    event_base_free(t->base);
    buffer_fini(&t->got);
    buffer_fini(&t->header);
    free(t);
    return 0;
}

static struct outcome carry(struct town *t, const struct errand *e)
{
    struct outcome o = {0};

    assert_int_equal(courier_carry(t->courier, e, on_done, &o), 0);
    assert_int_equal(o.count, 0); /* never from within */
    while (o.count == 0)
        assert_true(event_base_loop(t->base, EVLOOP_ONCE) >= 0);
    assert_int_equal(o.count, 1);
    return o;
}

static struct outcome post(struct town *t, int status)
{
    static const char *const headers[] = {"Content-Type: application/json",
                                          "X-Token: of the room", NULL};
    char url[64];

    t->status = status;
    (void)snprintf(url, sizeof url, "http://127.0.0.1:%u/hook", t->web_port);
    return carry(t, &(struct errand){.url = url,
                                     .headers = headers,
                                     .body = bytes_of_text("{\"a\":1}")});
}

static struct outcome mail_as(struct town *t, const char *user, bool plain)
{
    static const char *const to[] = {"noc@example.org", "former@example.org",
                                     NULL};
    char url[64];

    (void)snprintf(url, sizeof url, "smtp://127.0.0.1:%u", t->mail_port);
    return carry(t, &(struct errand){.url = url,
                                     .from = "station@example.org",
                                     .user = user,
                                     .secret = user,
                                     .to = to,
                                     .plain = plain,
                                     .body = bytes_of_text(
                                         "Subject: x\r\n\r\n.\r\nend\r\n")});
}

static struct outcome mail(struct town *t, bool plain)
{
    return mail_as(t, NULL, plain);
}

static void a_hook_gets_the_body_with_its_headers(void **state)
{
    struct town *t = *state;

    assert_int_equal(post(t, 204).result, 0);
    assert_string_equal(t->got.at, "{\"a\":1}");
    assert_string_equal(t->header.at, "of the room");
}

static void what_a_hook_refuses_is_not_tried_again(void **state)
{
    struct town *t = *state;
    struct outcome o = post(t, 403);

    assert_int_equal(o.result, -EINVAL);
    assert_string_equal(o.why, "answered 403: because");
    o = post(t, 302); /* not followed */
    assert_int_equal(o.result, -EINVAL);
    assert_int_equal(post(t, 503).result, -EAGAIN);
    assert_int_equal(post(t, 429).result, -EAGAIN);
}

static void nobody_at_home_is_tried_again(void **state)
{
    struct town *t = *state;

    evhttp_free(t->web);
    struct outcome o = post(t, 200);
    t->web = evhttp_new(t->base);
    assert_int_equal(o.result, -EAGAIN);
    assert_true(o.why[0] != '\0');
}

static void a_mail_arrives_as_it_is(void **state)
{
    struct town *t = *state;
    struct outcome o = mail(t, true);

    assert_string_equal(o.why, "");
    assert_int_equal(o.result, 0);
    /* the line of one dot is doubled on the way (RFC 5321 4.5.2) */
    assert_string_equal(t->got.at, "Subject: x\n\n..\nend\n");
}

static void mail_does_not_go_without_tls_unless_allowed(void **state)
{
    struct town *t = *state;

    assert_int_equal(mail(t, false).result, -EAGAIN);
    assert_int_equal(t->got.len, 0);
}

static void a_recipient_that_is_refused_is_so_for_good(void **state)
{
    struct town *t = *state;

    t->recipients = "550 nobody of that name\r\n";
    assert_int_equal(mail(t, true).result, -EINVAL);
    t->recipients = "450 come back later\r\n";
    assert_int_equal(mail(t, true).result, -EAGAIN);
}

static void a_recipient_that_is_refused_keeps_it_from_no_other(void **state)
{
    struct town *t = *state;

    t->former = "550 5.1.1 former@example.org: no such user\r\n";
    struct outcome o = mail(t, true);
    assert_int_equal(o.result, 0);
    assert_string_equal(t->got.at, "Subject: x\n\n..\nend\n");
    assert_non_null(strstr(o.why, "former@example.org: no such user"));
}

static void mail_waits_while_its_sender_may_not_sign_in(void **state)
{
    struct town *t = *state;

    assert_int_equal(mail_as(t, "station", true).result, -EAGAIN);
}

static void who_leaves_is_told_nothing_and_waits_for_nothing(void **state)
{
    static const char *const to[] = {"noc@example.org", NULL};
    struct town *t = *state;
    struct outcome o = {0};
    char url[64];

    (void)snprintf(url, sizeof url, "smtp://127.0.0.1:%u", t->mail_port);
    struct errand e = {.url = url, .from = "a@example.org", .to = to};
    for (size_t i = 0; i < COURIER_WAITING_MAX; i++)
        assert_int_equal(courier_carry(t->courier, &e, on_done, &o), 0);
    assert_int_equal(courier_carry(t->courier, &e, on_done, &o), -EBUSY);
    struct mono begin = mono_now();
    courier_free(t->courier); /* its server is silent: the loop stands still */
    t->courier = NULL;
    assert_true(mono_ms_between(begin, mono_now()) < 4000);
    assert_int_equal(o.count, 0);
}

static void other_protocols_are_not_spoken(void **state)
{
    static const char *const urls[] = {"file:///etc/passwd", "ftp://127.0.0.1/",
                                       "smtp://127.0.0.1", "", "http:"};
    struct town *t = *state;

    for (size_t i = 0; i < COUNT_OF(urls); i++) {
        struct errand e = {.url = urls[i]};
        assert_int_equal(courier_carry(t->courier, &e, on_done, NULL), -EINVAL);
    }
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_hook_gets_the_body_with_its_headers),
        CASE(what_a_hook_refuses_is_not_tried_again),
        CASE(nobody_at_home_is_tried_again),
        CASE(a_mail_arrives_as_it_is),
        CASE(mail_does_not_go_without_tls_unless_allowed),
        CASE(a_recipient_that_is_refused_is_so_for_good),
        CASE(a_recipient_that_is_refused_keeps_it_from_no_other),
        CASE(mail_waits_while_its_sender_may_not_sign_in),
        CASE(who_leaves_is_told_nothing_and_waits_for_nothing),
        CASE(other_protocols_are_not_spoken),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
