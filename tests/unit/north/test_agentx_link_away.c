/* A master agent that is not found, or is there and does not do its part. */
#include "link_scene.h"

#include <arpa/inet.h>
#include <netdb.h>

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_master_that_asks_and_does_not_read_costs_little),
        cmocka_unit_test(a_master_that_reads_slowly_gets_every_answer),
        cmocka_unit_test(a_master_that_never_answers_a_notification_is_left),
        cmocka_unit_test(a_master_that_never_answers_a_registration_is_left),
        cmocka_unit_test(each_address_of_a_host_is_tried),
        cmocka_unit_test(why_there_is_no_master_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
