/* The way to the master agent: what is sent when, and what becomes of it when
 * the master goes, hangs or refuses. The master is a socket of this test. */
#include "north/agentx_link.h"

#include "base/mem.h"
#include "base/own.h"
#include "north/agentx_socket.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

static const uint32_t root[] = {1, 3, 6, 1, 4, 1, 4711, 1};

struct scene {
    char directory[32], path[64];
    int listener, master; /* the master's end; -1 */
    struct agentx_link *link;
    struct agentx_host host;
    struct mono now;
    size_t regions; /* that there are */
    size_t gone;    /* of these; 0: none */
    unsigned requests, came, went;
    size_t answer; /* octets of each */
    uint64_t told;
    int told_error;
    unsigned told_count;
};

static void on_request(void *arg, const struct agentx_header *h,
                       struct bytes context, struct agentx_reader *r,
                       struct buffer *out)
{
    struct scene *s = arg;

    (void)r;
    if (s->answer > 0) {
        char *octets = mem_array(s->answer, 1);

        buffer_add(out, octets, s->answer);
        free(octets);
    }
    assert_int_equal(h->type, AGENTX_GET);
    assert_true(bytes_equal(context, bytes_of_text("dev-a")));
    s->requests++;
}

static bool region(void *arg, size_t n, struct agentx_region *out)
{
    const struct scene *s = arg;

    if (s->gone > 0 && n == s->gone) {
        *out = (struct agentx_region){.context = NULL};
        return true;
    }
    *out = (struct agentx_region){.context = n == 0 ? "" : "dev-a",
                                  .subtree = {root, COUNT_OF(root)}};
    return n < s->regions;
}

static void on_told(void *arg, uint64_t id, int error)
{
    struct scene *s = arg;

    s->told = id;
    s->told_error = error;
    s->told_count++;
}

static void on_master(void *arg, bool here, const char *why)
{
    struct scene *s = arg;

    (void)why;
    if (here)
        s->came++;
    else
        s->went++;
}

/* A name that has two addresses, as localhost has: nobody listens on the first.
 * Takes the place of the C library's. */
static struct sockaddr_in two[2];
static struct addrinfo answers[2];

int getaddrinfo(const char *host, const char *port,
                const struct addrinfo *hints, struct addrinfo **out)
{
    (void)hints;
    assert_string_equal(host, "master.example");
    assert_string_equal(port, "705");
    for (size_t i = 0; i < 2; i++)
        answers[i] = (struct addrinfo){.ai_family = AF_INET,
                                       .ai_addr = (struct sockaddr *)&two[i],
                                       .ai_addrlen = sizeof two[i]};
    answers[0].ai_next = &answers[1];
    *out = answers;
    return 0;
}

void freeaddrinfo(struct addrinfo *found)
{
    (void)found;
}

static struct scene *scene_new(void)
{
    struct scene *s = mem_new(struct scene);
    struct sockaddr_un at = {.sun_family = AF_UNIX};

    (void)snprintf(s->directory, sizeof s->directory, "/tmp/test_link.XXXXXX");
    assert_non_null(mkdtemp(s->directory));
    (void)snprintf(s->path, sizeof s->path, "%s/master", s->directory);
    memcpy(at.sun_path, s->path, strlen(s->path) + 1);
    s->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
    assert_int_equal(bind(s->listener, (const struct sockaddr *)&at, sizeof at),
                     0);
    assert_int_equal(listen(s->listener, 4), 0);
    s->master = -1;
    s->regions = 2;
    s->now.ns = 1000000000;
    s->host = (struct agentx_host){.on_request = on_request,
                                   .region = region,
                                   .on_told = on_told,
                                   .on_master = on_master,
                                   .arg = s};
    s->link = agentx_link_new(s->path, &s->host);
    return s;
}

static void scene_free(struct scene *s)
{
    agentx_link_free(s->link);
    if (s->master >= 0)
        close(s->master);
    if (s->listener >= 0)
        close(s->listener);
    (void)unlink(s->path);
    (void)rmdir(s->directory);
    free(s);
}

static void turn(struct scene *s, int64_t later_ms)
{
    s->now = mono_after_ms(s->now, later_ms);
    agentx_link_turn(s->link, s->now);
}

/* The next message that the master receives; its payload in out. */
static struct agentx_header received(struct scene *s, struct buffer *out)
{
    uint8_t octets[AGENTX_HEADER];
    struct agentx_header h;

    assert_int_equal(recv(s->master, octets, sizeof octets, MSG_WAITALL),
                     AGENTX_HEADER);
    assert_int_equal(
        agentx_header_read((struct bytes){octets, sizeof octets}, &h), 0);
    buffer_clear(out);
    for (uint32_t i = 0; i < h.len; i++) {
        assert_int_equal(recv(s->master, octets, 1, 0), 1);
        buffer_add(out, octets, 1);
    }
    return h;
}

static bool nothing_received(const struct scene *s)
{
    char octet;

    return recv(s->master, &octet, 1, MSG_DONTWAIT) < 0 && errno == EAGAIN;
}

static bool nothing_waits(const struct scene *s)
{
    char octet;

    return recv(s->master, &octet, 1, MSG_DONTWAIT | MSG_PEEK) <= 0;
}

static void respond(struct scene *s, const struct agentx_header *to,
                    uint16_t error)
{
    struct buffer OWNED_BUFFER b = {0};
    const struct agentx_header h = {.type = AGENTX_RESPONSE,
                                    .session = 77,
                                    .transaction = to->transaction,
                                    .packet = to->packet};
    size_t begun = agentx_begin(&b, &h);

    agentx_put_u32(&b, 4200); /* sysUpTime */
    agentx_put_u16(&b, error);
    agentx_put_u16(&b, 0);
    agentx_end(&b, begun);
    assert_int_equal(send(s->master, b.at, b.len, 0), (ssize_t)b.len);
}

/* The master takes up the connection: what was sent first. */
static struct agentx_header accept_link(struct scene *s, struct buffer *b)
{
    turn(s, 0);
    if (s->master >= 0)
        close(s->master);
    s->master = accept(s->listener, NULL, NULL);
    assert_true(s->master >= 0);
    return received(s, b);
}

/* Until the session is open and everything is registered. */
static void open_session(struct scene *s)
{
    struct buffer OWNED_BUFFER b = {0};
    struct agentx_header h = accept_link(s, &b);

    assert_int_equal(h.type, AGENTX_OPEN);
    respond(s, &h, AGENTX_NO_ERROR);
    turn(s, 1);
    for (size_t i = 0; i < s->regions; i++) {
        h = received(s, &b);
        assert_int_equal(h.type, AGENTX_REGISTER);
        assert_int_equal(h.session, 77);
        assert_int_equal((h.flags & AGENTX_NON_DEFAULT_CONTEXT) != 0, i > 0);
        respond(s, &h, AGENTX_NO_ERROR);
    }
    turn(s, 1);
}

static struct agentx_link_stats stats_of(const struct scene *s)
{
    struct agentx_link_stats stats;

    agentx_link_stats(s->link, &stats);
    return stats;
}

static void a_session_opens_and_everything_is_registered(void **state)
{
    struct scene *s = scene_new();

    (void)state;
    open_session(s);
    assert_int_equal(s->came, 1);
    assert_true(stats_of(s).here);
    assert_int_equal(stats_of(s).registered, 2);
    assert_int_equal(stats_of(s).uptime_cs, 4200);
    assert_true(nothing_received(s));
    s->regions = 3; /* and what comes later, too */
    agentx_link_more(s->link);
    turn(s, 1);
    struct buffer OWNED_BUFFER b = {0};
    struct agentx_header h = received(s, &b);
    respond(s, &h, AGENTX_DUPLICATE);
    turn(s, 1);
    assert_int_equal(stats_of(s).registered, 2);
    assert_int_equal(stats_of(s).refused, 1);
    scene_free(s);
}

static void what_is_gone_is_unregistered_and_left_out(void **state)
{
    struct scene *s = scene_new();
    struct buffer OWNED_BUFFER b = {0};

    (void)state;
    open_session(s);
    agentx_link_withdraw(s->link, 1);
    agentx_link_withdraw(s->link, 2); /* it was not registered yet */
    s->gone = 1;
    turn(s, 1);
    struct agentx_header h = received(s, &b);
    assert_int_equal(h.type, AGENTX_UNREGISTER);
    struct agentx_reader r = agentx_reader_of(&h, buffer_view(&b));
    assert_true(
        bytes_equal(agentx_read_context(&r, &h), bytes_of_text("dev-a")));
    respond(s, &h, AGENTX_NO_ERROR);
    turn(s, 1);
    assert_int_equal(stats_of(s).registered, 1);
    assert_true(nothing_received(s));
    close(s->master); /* a new session leaves it out */
    s->master = -1;
    turn(s, 1);
    turn(s, AGENTX_AGAIN_MS);
    s->regions = 1;
    open_session(s);
    s->regions = 3;
    agentx_link_more(s->link);
    turn(s, 1);
    h = received(s, &b);
    assert_int_equal(h.type, AGENTX_REGISTER); /* the third */
    assert_true(nothing_received(s));
    scene_free(s);
}

static void requests_come_in_pieces(void **state)
{
    struct scene *s = scene_new();
    struct buffer OWNED_BUFFER b = {0};
    const struct agentx_header h = {
        .type = AGENTX_GET, .flags = AGENTX_NON_DEFAULT_CONTEXT, .session = 77};

    (void)state;
    open_session(s);
    for (int i = 0; i < 2; i++) {
        size_t begun = agentx_begin(&b, &h);

        agentx_put_octets(&b, bytes_of_text("dev-a"));
        agentx_end(&b, begun);
    }
    for (size_t i = 0; i < b.len; i++) {
        assert_int_equal(send(s->master, b.at + i, 1, 0), 1);
        turn(s, 0);
    }
    assert_int_equal(s->requests, 2);
    scene_free(s);
}

/* The master asks much at once; what it was answered with, in octets. */
static void ask(struct scene *s, unsigned requests)
{
    struct buffer OWNED_BUFFER b = {0};
    const struct agentx_header h = {
        .type = AGENTX_GET, .flags = AGENTX_NON_DEFAULT_CONTEXT, .session = 77};

    for (unsigned i = 0; i < requests; i++) {
        size_t begun = agentx_begin(&b, &h);

        agentx_put_octets(&b, bytes_of_text("dev-a"));
        agentx_end(&b, begun);
    }
    assert_int_equal(send(s->master, b.at, b.len, 0), (ssize_t)b.len);
}

static void a_master_that_asks_and_does_not_read_costs_little(void **state)
{
    enum { REQUESTS = 1000, ANSWER = 1 << 19 };
    struct scene *s = scene_new();

    (void)state;
    open_session(s);
    s->answer = ANSWER;
    ask(s, REQUESTS);
    for (int i = 0; i < 10; i++)
        turn(s, 1);
    assert_in_range(s->requests, 1, 8); /* each is memory */
    assert_false(agentx_link_wants_read(s->link));
    turn(s, AGENTX_SILENT_MS);
    assert_int_equal(s->went, 1);
    scene_free(s);
}

static void a_master_that_reads_slowly_gets_every_answer(void **state)
{
    enum { REQUESTS = 40, ANSWER = 1 << 19, PIECE = 1 << 17 };
    struct scene *s = scene_new();
    size_t octets = 0;

    (void)state;
    open_session(s);
    s->answer = ANSWER;
    ask(s, REQUESTS);
    for (int i = 0; i < 1000 && octets < (size_t)REQUESTS * ANSWER; i++) {
        char *piece = mem_array(PIECE, 1);
        turn(s, 200);
        ssize_t len = recv(s->master, piece, PIECE, MSG_DONTWAIT);
        octets += len > 0 ? (size_t)len : 0;
        free(piece);
    }
    assert_int_equal(s->requests, REQUESTS);
    assert_in_range(octets, REQUESTS * ANSWER, REQUESTS * ANSWER + PIECE);
    assert_int_equal(s->went, 0);
    scene_free(s);
}

static void a_master_that_goes_is_found_again(void **state)
{
    struct scene *s = scene_new();

    (void)state;
    open_session(s);
    close(s->master);
    s->master = -1;
    turn(s, 1);
    assert_int_equal(s->went, 1);
    assert_false(stats_of(s).here);
    assert_int_equal(agentx_link_fd(s->link), -1);
    turn(s, AGENTX_AGAIN_MS);
    open_session(s);
    assert_int_equal(s->came, 2);
    assert_int_equal(stats_of(s).sessions, 2);
    scene_free(s);
}

static void silence_is_asked_about_and_then_left(void **state)
{
    struct scene *s = scene_new();
    struct buffer OWNED_BUFFER b = {0};

    (void)state;
    open_session(s);
    turn(s, AGENTX_IDLE_MS);
    struct agentx_header h = received(s, &b);
    assert_int_equal(h.type, AGENTX_PING);
    respond(s, &h, AGENTX_NO_ERROR);
    turn(s, 1);
    turn(s, AGENTX_IDLE_MS);
    h = received(s, &b);
    assert_int_equal(h.type, AGENTX_PING);
    assert_int_equal(s->went, 0);
    turn(s, AGENTX_SILENT_MS - AGENTX_IDLE_MS);
    assert_int_equal(s->went, 1);
    /* One that is hung has one connection waiting, for as long as it hangs. */
    turn(s, AGENTX_AGAIN_MS);
    int fd = agentx_link_fd(s->link);
    assert_true(fd >= 0);
    turn(s, AGENTX_OPEN_MS - 1);
    assert_int_equal(agentx_link_fd(s->link), fd);
    scene_free(s);
}

static void a_notification_is_told_of_once(void **state)
{
    struct scene *s = scene_new();
    struct buffer OWNED_BUFFER b = {0};
    const struct varbind v = {.name = {root, COUNT_OF(root)},
                              .value = {.type = VALUE_COUNTER32, .number = 5}};
    struct oid trap = {root, COUNT_OF(root)};

    (void)state;
    assert_int_equal(agentx_link_notify(s->link, 1, trap, &v, 1), -ENOTCONN);
    open_session(s);
    assert_int_equal(agentx_link_notify(s->link, 8, trap, &v, 1), 0);
    assert_int_equal(agentx_link_notify(s->link, 9, trap, &v, 1), 0);
    turn(s, 1);
    struct agentx_header first = received(s, &b), second = received(s, &b);
    struct agentx_reader r = agentx_reader_of(&second, buffer_view(&b));
    struct agentx_binding binding;
    agentx_read_binding(&r, &binding); /* snmpTrapOID.0 */
    assert_true(oid_equal(binding.value.oid, trap));
    agentx_read_binding(&r, &binding);
    assert_int_equal(binding.value.number, 5);
    assert_int_equal(cursor_left(&r.c), 0);
    respond(s, &second, AGENTX_NO_ERROR);
    turn(s, 1);
    assert_int_equal(s->told, 9);
    assert_int_equal(s->told_error, 0);
    close(s->master); /* before it answered the first */
    s->master = -1;
    turn(s, 1);
    assert_int_equal(first.type, AGENTX_NOTIFY);
    assert_int_equal(s->told, 8);
    assert_int_equal(s->told_error, -1);
    assert_int_equal(s->told_count, 2);
    scene_free(s);
}

/* It answers pings, and nothing else. */
static void pings_alone_are_answered(struct scene *s)
{
    struct buffer OWNED_BUFFER b = {0};

    for (int ms = 0; ms < AGENTX_ANSWER_MS && s->went == 0; ms += 1000) {
        turn(s, 1000);
        while (s->went == 0 && !nothing_waits(s)) {
            struct agentx_header h = received(s, &b);
            if (h.type == AGENTX_PING)
                respond(s, &h, AGENTX_NO_ERROR);
        }
    }
    turn(s, 1000);
}

static void a_master_that_never_answers_a_notification_is_left(void **state)
{
    struct scene *s = scene_new();
    struct oid trap = {root, COUNT_OF(root)};

    (void)state;
    open_session(s);
    assert_int_equal(agentx_link_notify(s->link, 8, trap, NULL, 0), 0);
    pings_alone_are_answered(s);
    assert_int_equal(s->went, 1);
    assert_string_equal(stats_of(s).why, "it does not answer a notification");
    assert_int_equal(s->told, 8);
    assert_int_equal(s->told_error, -1);
    scene_free(s);
}

static void a_master_that_never_answers_a_registration_is_left(void **state)
{
    struct scene *s = scene_new();

    (void)state;
    open_session(s);
    s->regions = 3;
    agentx_link_more(s->link);
    pings_alone_are_answered(s);
    assert_int_equal(s->went, 1);
    assert_string_equal(stats_of(s).why, "it does not answer a registration");
    scene_free(s);
}

static void notifications_that_nobody_answers_are_bounded(void **state)
{
    struct scene *s = scene_new();
    struct oid trap = {root, COUNT_OF(root)};

    (void)state;
    open_session(s);
    for (uint64_t i = 0; i < AGENTX_UNTOLD_MAX; i++)
        assert_int_equal(agentx_link_notify(s->link, i, trap, NULL, 0), 0);
    assert_int_equal(agentx_link_notify(s->link, 99, trap, NULL, 0), -EAGAIN);
    scene_free(s);
}

static void what_is_no_agentx_is_left(void **state)
{
    struct scene *s = scene_new();

    (void)state;
    open_session(s);
    assert_int_equal(send(s->master, "HTTP/1.1 400 Bad Request\r\n", 26, 0),
                     26);
    turn(s, 1);
    assert_int_equal(s->went, 1);
    scene_free(s);
}

static int listen_on_loopback(struct sockaddr_in *at)
{
    socklen_t len = sizeof *at;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);

    *at = (struct sockaddr_in){.sin_family = AF_INET,
                               .sin_addr = {htonl(INADDR_LOOPBACK)}};
    assert_int_equal(bind(fd, (const struct sockaddr *)at, sizeof *at), 0);
    assert_int_equal(listen(fd, 4), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)at, &len), 0);
    return fd;
}

static void each_address_of_a_host_is_tried(void **state)
{
    struct scene *s = scene_new();
    int nobody = listen_on_loopback(&two[0]);

    (void)state;
    close(nobody);
    close(s->listener);
    s->listener = listen_on_loopback(&two[1]);
    agentx_link_free(s->link);
    s->link = agentx_link_new("tcp:master.example:705", &s->host);
    turn(s, 0);
    usleep(20000); /* the refusal comes */
    turn(s, 1);
    assert_non_null(strstr(stats_of(s).why, "nobody listens there"));
    turn(s, AGENTX_AGAIN_MS);
    open_session(s);
    assert_true(stats_of(s).here);
    assert_string_equal(stats_of(s).why, "");
    scene_free(s);
}

static void why_there_is_no_master_is_told(void **state)
{
    char path[200];
    struct scene *s = scene_new();
    struct buffer OWNED_BUFFER b = {0};

    (void)state;
    struct agentx_header h = accept_link(s, &b);
    respond(s, &h, AGENTX_DENIED);
    turn(s, 1);
    assert_string_equal(stats_of(s).why, "it refuses a session");
    close(s->listener);
    turn(s, AGENTX_AGAIN_MS);
    assert_non_null(strstr(stats_of(s).why, "nobody listens there"));
    s->listener = -1;
    (void)unlink(s->path);
    turn(s, AGENTX_AGAIN_MS);
    assert_non_null(strstr(stats_of(s).why, "no such socket"));
    memset(path, 'x', sizeof path);
    path[0] = '/';
    path[sizeof path - 1] = '\0';
    agentx_link_free(s->link);
    s->link = agentx_link_new(path, &s->host);
    turn(s, 0);
    assert_non_null(strstr(stats_of(s).why, "too long"));
    assert_int_equal(s->went, 0); /* it never was here */
    scene_free(s);
}

static void it_says_good_bye(void **state)
{
    struct scene *s = scene_new();
    struct buffer OWNED_BUFFER b = {0};

    (void)state;
    open_session(s);
    agentx_link_free(TAKE(s->link));
    assert_int_equal(received(s, &b).type, AGENTX_CLOSE);
    scene_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_session_opens_and_everything_is_registered),
        cmocka_unit_test(what_is_gone_is_unregistered_and_left_out),
        cmocka_unit_test(requests_come_in_pieces),
        cmocka_unit_test(a_master_that_asks_and_does_not_read_costs_little),
        cmocka_unit_test(a_master_that_reads_slowly_gets_every_answer),
        cmocka_unit_test(a_master_that_goes_is_found_again),
        cmocka_unit_test(silence_is_asked_about_and_then_left),
        cmocka_unit_test(a_notification_is_told_of_once),
        cmocka_unit_test(a_master_that_never_answers_a_notification_is_left),
        cmocka_unit_test(a_master_that_never_answers_a_registration_is_left),
        cmocka_unit_test(notifications_that_nobody_answers_are_bounded),
        cmocka_unit_test(what_is_no_agentx_is_left),
        cmocka_unit_test(each_address_of_a_host_is_tried),
        cmocka_unit_test(why_there_is_no_master_is_told),
        cmocka_unit_test(it_says_good_bye),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
