/* What the station says, and what is said where there is none. A child stands
 * in for the station: it gives one answer to each connection. */
#include "north/cli_client.h"

#include "base/mem.h"

#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

enum { REQUEST_MAX = 4096 };

struct stand_in {
    char dir[64], path[96], url[64];
    pid_t pid;
    struct client *client;
};

/* Reads a request up to its empty line (and body), then answers. */
static void serve(int listener, const char *answer)
{
    for (;;) {
        char request[REQUEST_MAX];
        int fd = accept(listener, NULL, NULL);

        if (fd < 0)
            _exit(0);
        ssize_t len = recv(fd, request, sizeof request - 1, 0);
        request[len > 0 ? len : 0] = '\0';
        const char *text = strcmp(answer, "echo") == 0 ? request : answer;
        if (text == request)
            (void)!write(fd, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n",
                         38);
        (void)!write(fd, text, strlen(text));
        close(fd);
    }
}

static void begin(struct stand_in *s, const char *answer)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};

    *s = (struct stand_in){.dir = "/tmp/test_cli_client.XXXXXX"};
    assert_non_null(mkdtemp(s->dir));
    (void)snprintf(s->path, sizeof s->path, "%s/control", s->dir);
    memcpy(address.sun_path, s->path, strlen(s->path) + 1);
    int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(
        bind(listener, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(listener, 4), 0);
    s->pid = fork();
    if (s->pid == 0)
        serve(listener, answer);
    close(listener);
    s->client = client_new(s->path, NULL);
}

/* The same behind a URL of that scheme. */
static void begin_by_url(struct stand_in *s, const char *scheme,
                         const char *answer)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof address;

    *s = (struct stand_in){0};
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(listener, (struct sockaddr *)&address, len), 0);
    assert_int_equal(getsockname(listener, (struct sockaddr *)&address, &len),
                     0);
    assert_int_equal(listen(listener, 4), 0);
    (void)snprintf(s->url, sizeof s->url, "%s://127.0.0.1:%u", scheme,
                   (unsigned)ntohs(address.sin_port));
    s->pid = fork();
    if (s->pid == 0)
        serve(listener, answer);
    close(listener);
    s->client = client_new("/nonexistent/control", s->url);
}

static void end(struct stand_in *s)
{
    client_free(s->client);
    (void)kill(s->pid, SIGKILL);
    (void)waitpid(s->pid, NULL, 0);
    (void)unlink(s->path);
    (void)rmdir(s->dir);
}

#define HEAD(status)                                                  \
    "HTTP/1.1 " status "\r\nContent-Type: text/plain\r\nConnection: " \
    "close\r\n\r\n"

static void answers_are_json(void **state)
{
    (void)state;
    struct stand_in s;
    struct complaint why;
    json_t *body;

    begin(&s, HEAD("200 OK") "{\"devices\": [1, 2]}");
    assert_int_equal(client_get(s.client, "devices", &body, &why), 0);
    assert_int_equal(json_array_size(json_object_get(body, "devices")), 2);
    json_decref(body);
    end(&s);
}

static void refusals_are_told_in_the_stations_words(void **state)
{
    (void)state;
    static const struct {
        const char *answer;
        int rc;
        const char *what, *remedy;
    } cases[] = {
        {HEAD("404 Not Found") "{\"detail\":\"no device is called "
                               "\\\"x\\\"\",\"remedy\":\"see them\"}",
         -ENOENT, "no device is called \"x\"", "see them"},
        {HEAD("403 Forbidden") "{\"detail\":\"outside\",\"remedy\":\"r\"}",
         -EPERM, "outside", "r"},
        {HEAD("400 Bad Request") "{\"detail\":\"no\",\"remedy\":\"yes\"}",
         -EINVAL, "no", "yes"},
        {HEAD("503 Service Unavailable") "<h1>the station is starting</h1>",
         -EIO, "the station is starting", "ask again in a few seconds"},
        {HEAD("500 Oops") "nothing of use", -EIO,
         "the station refused with HTTP status 500", "see the station's log"},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct stand_in s;
        struct complaint why = {0};
        struct buffer OWNED_BUFFER picture = {0};
        json_t *body;

        begin(&s, cases[i].answer);
        int rc = client_get(s.client, "devices/x", &body, &why);
        int rc2 = client_fetch(s.client, "maps/x.svg", &picture, &why);
        end(&s);
        assert_int_equal(rc, cases[i].rc);
        assert_int_equal(rc2, cases[i].rc);
        assert_null(body);
        assert_int_equal(picture.len, 0); /* a refusal is no picture */
        assert_string_equal(why.what, cases[i].what);
        assert_string_equal(why.remedy, cases[i].remedy);
    }
}

static void what_is_no_station_is_told(void **state)
{
    (void)state;
    struct stand_in s;
    struct complaint why;
    json_t *body;

    begin(&s, HEAD("200 OK") "<html>hello</html>");
    assert_int_equal(client_get(s.client, "status", &body, &why), -EBADMSG);
    assert_null(body);
    end(&s);
}

static void no_station_names_socket_and_remedy(void **state)
{
    (void)state;
    OWNED(client_free)
    struct client *c = client_new("/nonexistent/control", NULL);
    struct complaint why;
    json_t *body;

    assert_int_equal(client_get(c, "status", &body, &why), -ECONNREFUSED);
    assert_string_equal(why.what, "no station answers at /nonexistent/control");
    assert_non_null(strstr(why.remedy, "--socket"));
    assert_null(body);
}

static void what_is_wrong_with_a_url_is_told(void **state)
{
    (void)state;
    static const struct {
        const char *url, *ca, *what, *remedy;
    } cases[] = {
        {"https://no-such-host.invalid:8161", NULL,
         "no station answers at https://no-such-host.invalid:8161: ",
         "check --url"},
        {"http://127.0.0.1:1", NULL, "no station answers at http://127.0.0.1:1",
         "http.listen"},
        {"https://127.0.0.1:1", "/nonexistent.pem", "no station answers at",
         "check --url"},
        {"", NULL, "\"\" is no URL", "write http://"},
        {"ftp://x", NULL, "\"ftp://x\" is no URL", "write http://"},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        OWNED(client_free)
        struct client *c = client_new("/nonexistent/control", cases[i].url);
        struct complaint why = {0};
        json_t *body;

        client_prove(c, NULL, cases[i].ca);
        assert_true(client_get(c, "status", &body, &why) < 0);
        if (strstr(why.what, cases[i].what) != why.what)
            fail_msg("%s: %s", cases[i].url, why.what);
        assert_non_null(strstr(why.remedy, cases[i].remedy));
        assert_null(strstr(why.remedy, "log"));
    }
}

static void http_and_https_taken_for_each_other_are_told(void **state)
{
    (void)state;
    static const struct {
        const char *scheme, *ca, *answer, *what, *remedy;
    } cases[] = {
        {"https", NULL, HEAD("400 Bad Request") "{}", "no station answers at",
         "of http or https"},
        {"http", NULL, "\025\003\003\001\001\002\002", "no station answers at",
         "of http or https"},
        {"https", "/nonexistent.pem", "", "no certificate can be read there",
         "--ca"},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct stand_in s;
        struct complaint why = {0};
        json_t *body;

        begin_by_url(&s, cases[i].scheme, cases[i].answer);
        client_prove(s.client, NULL, cases[i].ca);
        int rc = client_get(s.client, "status", &body, &why);
        end(&s);
        assert_true(rc < 0);
        if (strstr(why.what, cases[i].what) != why.what ||
            strstr(why.remedy, cases[i].remedy) == NULL)
            fail_msg("%s: %s (%s)", cases[i].scheme, why.what, why.remedy);
    }
}

static void a_path_too_long_for_a_socket_is_told(void **state)
{
    (void)state;
    char path[200] = "/";
    memset(path + 1, 'x', sizeof path - 2);
    OWNED(client_free) struct client *c = client_new(path, NULL);
    struct complaint why = {0};
    json_t *body;

    assert_int_equal(client_get(c, "status", &body, &why), -ENAMETOOLONG);
    assert_non_null(strstr(why.what, "at most 107 octets"));
}

static void count_waits(void *arg)
{
    ++*(unsigned *)arg;
}

/* As it does while it starts: it takes connections and answers nobody. */
static void a_station_that_does_not_answer_is_told_of_and_left(void **state)
{
    (void)state;
    enum { LIMIT_S = 5, HURRY_S = 1 };
    struct stand_in s;
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    struct complaint why = {0};
    unsigned waits = 0;
    json_t *body;

    begin(&s, "");
    memcpy(address.sun_path, s.path, strlen(s.path) + 1);
    (void)unlink(s.path);
    int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(
        bind(listener, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(listener, 4), 0);
    client_tell_waits(s.client, count_waits, &waits);
    client_hurry(s.client, HURRY_S);
    assert_int_equal(client_get(s.client, "status", &body, &why), -ETIMEDOUT);
    assert_string_equal(why.what, "the station said nothing for 1 s");
    assert_non_null(strstr(why.remedy, "starting"));
    assert_int_equal(waits, 0);
    client_hurry(s.client, LIMIT_S);
    assert_int_equal(client_get(s.client, "status", &body, &why), -ETIMEDOUT);
    assert_int_equal(waits, 1);
    (void)close(listener);
    end(&s);
}

static void no_proxy_of_the_environment_is_between(void **state)
{
    (void)state;
    static const char *const names[] = {"http_proxy", "ALL_PROXY"};

    for (size_t i = 0; i < COUNT(names); i++) {
        struct stand_in by_url, by_socket;
        struct complaint why = {0};
        json_t *body;

        setenv(names[i], "socks5h://127.0.0.1:1", 1);
        begin_by_url(&by_url, "http", HEAD("200 OK") "{}");
        begin(&by_socket, HEAD("200 OK") "{}");
        int rc = client_get(by_url.client, "status", &body, &why);
        json_decref(body);
        int rc2 = client_get(by_socket.client, "status", &body, &why);
        json_decref(body);
        end(&by_url);
        end(&by_socket);
        unsetenv(names[i]);
        if (rc < 0 || rc2 < 0)
            fail_msg("%s: %s", names[i], why.what);
    }
}

static void who_cannot_prove_who_asks_asks_nothing(void **state)
{
    (void)state;
    struct stand_in s;
    struct complaint refusal = {.place = "/etc/t", .what = "no token"},
                     why = {0};
    json_t *body;

    begin(&s, HEAD("200 OK") "{}");
    client_refuse(s.client, &refusal);
    assert_int_equal(client_get(s.client, "status", &body, &why), -EPERM);
    assert_null(body);
    assert_string_equal(why.place, "/etc/t");
    assert_string_equal(why.what, "no token");
    end(&s);
}

static void commands_carry_method_path_and_body(void **state)
{
    (void)state;
    struct stand_in s;
    struct complaint why;
    struct buffer OWNED_BUFFER echo = {0};

    begin(&s, "echo");
    /* what came is no JSON: it is looked at as a picture would be */
    assert_int_equal(
        client_fetch(s.client, "devices/../x%2Fy?q=a%20b", &echo, &why), 0);
    assert_non_null(
        strstr(echo.at, "GET /api/v1/devices/../x%2Fy?q=a%20b HTTP/1.1\r\n"));
    end(&s);
}

/* ---- lines ---- */

static bool keep_line(void *arg, const char *line)
{
    buffer_format(arg, "[%s]", line);
    return strcmp(line, "enough") != 0;
}

static void lines_come_whole(void **state)
{
    (void)state;
    struct stand_in s;
    struct complaint why;
    struct buffer OWNED_BUFFER lines = {0};

    begin(&s, HEAD("200 OK") "1.3.6 = INTEGER: 1\n\n1.3.7 = STRING: x\nlast");
    assert_int_equal(client_lines(s.client, "walk", keep_line, &lines, &why),
                     0);
    assert_string_equal(lines.at,
                        "[1.3.6 = INTEGER: 1][][1.3.7 = STRING: x][last]");
    end(&s);
}

static void no_more_lines_come_than_are_taken(void **state)
{
    (void)state;
    struct stand_in s;
    struct complaint why = {0};
    struct buffer OWNED_BUFFER lines = {0};

    begin(&s, HEAD("200 OK") "one\nenough\nthree\n");
    assert_int_equal(client_lines(s.client, "walk", keep_line, &lines, &why),
                     -ECANCELED);
    assert_string_equal(lines.at, "[one][enough]");
    assert_string_equal(why.what, "nobody takes the lines any more");
    end(&s);
}

static void refusals_are_no_lines(void **state)
{
    (void)state;
    struct stand_in s;
    struct complaint why = {0};
    struct buffer OWNED_BUFFER lines = {0};

    begin(&s, HEAD("400 Bad Request") "{\"detail\":\"that is no object "
                                      "identifier\"}\n");
    assert_int_equal(client_lines(s.client, "walk", keep_line, &lines, &why),
                     -EINVAL);
    assert_int_equal(lines.len, 0);
    assert_string_equal(why.what, "that is no object identifier");
    end(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_are_json),
        cmocka_unit_test(refusals_are_told_in_the_stations_words),
        cmocka_unit_test(what_is_no_station_is_told),
        cmocka_unit_test(no_station_names_socket_and_remedy),
        cmocka_unit_test(what_is_wrong_with_a_url_is_told),
        cmocka_unit_test(http_and_https_taken_for_each_other_are_told),
        cmocka_unit_test(a_path_too_long_for_a_socket_is_told),
        cmocka_unit_test(a_station_that_does_not_answer_is_told_of_and_left),
        cmocka_unit_test(no_proxy_of_the_environment_is_between),
        cmocka_unit_test(who_cannot_prove_who_asks_asks_nothing),
        cmocka_unit_test(commands_carry_method_path_and_body),
        cmocka_unit_test(lines_come_whole),
        cmocka_unit_test(no_more_lines_come_than_are_taken),
        cmocka_unit_test(refusals_are_no_lines),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
