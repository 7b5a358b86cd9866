/* The API over its socket, as a client sees it: whole answers, words for every
 * mistake, and nothing that a client sends brings it down. */
#include "fake_station.h"

#include "north/http.h"
#include "north/request.h"
#include "station/keys.h"
#include <jansson.h>

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <event2/event.h>

enum { PATIENCE_MS = 10000, ANSWER_MAX = 1 << 20 };

struct line {
    struct state_scene *scene;
    struct station station;
    struct http *http;
    char dir[40], path[64];
    char *answer; /* to the last request: head and body */
    size_t len;
};

static struct http *open_at(struct line *l, struct complaint *why, int *rc)
{
    struct http *http;

    const struct http_options options = {
        .socket = l->path, .uid = (unsigned)-1, .gid = (unsigned)-1, .web = ""};

    *rc = http_new(l->scene->base, &options, &http, why);
    assert_true((*rc == 0) == (http != NULL));
    return http;
}

static struct line *line_new(void)
{
    struct line *l = mem_new(struct line);
    struct complaint why;
    int rc;

    l->scene = state_scene_new();
    scene_infer(l->scene);
    l->station.snapshot = scene_publish(l->scene);
    l->station.names = names_load(NULL, 0);
    l->station.people = people_new(NULL);
    l->station.keys = keys_new(NULL);
    l->answer = mem_array(ANSWER_MAX + 1, 1);
    (void)snprintf(l->dir, sizeof l->dir, "/tmp/portolan-http-XXXXXX");
    assert_non_null(mkdtemp(l->dir));
    (void)snprintf(l->path, sizeof l->path, "%s/control", l->dir);
    l->http = open_at(l, &why, &rc);
    assert_int_equal(rc, 0);
    assert_int_equal(http_serve(l->http, &l->station, NULL, &why), 0);
    return l;
}

static void line_free(struct line *l)
{
    http_free(l->http);
    assert_int_equal(access(l->path, F_OK), -1); /* it cleans up */
    assert_int_equal(rmdir(l->dir), 0);
    names_free(l->station.names);
    people_free(l->station.people);
    keys_free(l->station.keys);
    snapshot_unref(l->station.snapshot);
    state_scene_free(l->scene);
    free(l->answer);
    free(l);
}

/* Opens a connection and sends text. */
static int dial(struct line *l, const char *text)
{
    struct sockaddr_un to = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);

    memcpy(to.sun_path, l->path, strlen(l->path) + 1);
    assert_true(fd >= 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof to), 0);
    assert_int_equal(send(fd, text, strlen(text), MSG_NOSIGNAL), strlen(text));
    assert_int_equal(fcntl(fd, F_SETFL, O_NONBLOCK), 0);
    return fd;
}

static void turn(struct line *l)
{
    struct timeval step = {.tv_usec = 5000};

    event_base_loopexit(l->scene->base, &step);
    event_base_loop(l->scene->base, EVLOOP_ONCE);
}

/* Reads until the other end closes; the status, 0 if it says nothing. */
static int hear(struct line *l, int fd)
{
    struct mono end = mono_after_ms(mono_now(), PATIENCE_MS);

    l->len = 0;
    for (;;) {
        ssize_t got = recv(fd, l->answer + l->len, ANSWER_MAX - l->len, 0);

        if (got == 0 || (got < 0 && errno != EAGAIN))
            break;
        if (got > 0)
            l->len += (size_t)got;
        else
            turn(l);
        if (mono_reached(mono_now(), end))
            fail_msg("no end of the answer");
    }
    close(fd);
    l->answer[l->len] = '\0';
    return strncmp(l->answer, "HTTP/1.1 ", 9) == 0 ? atoi(l->answer + 9) : 0;
}

static int ask(struct line *l, const char *method, const char *target,
               const char *body)
{
    OWNED_BUFFER struct buffer text = {0};

    buffer_format(&text,
                  "%s %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                  "Content-Length: %zu\r\n\r\n%s",
                  method, target, strlen(body), body);
    return hear(l, dial(l, text.at));
}

static const char *body_of(const struct line *l)
{
    const char *body = strstr(l->answer, "\r\n\r\n");

    return body != NULL ? body + 4 : "";
}

/* The problem's detail; fails if the body is no problem (RFC 9457). */
static json_t *problem_of(const struct line *l)
{
    json_t *problem = json_loads(body_of(l), 0, NULL);

    assert_non_null(strstr(l->answer, "application/problem+json"));
    assert_non_null(json_string_value(json_object_get(problem, "title")));
    assert_non_null(json_string_value(json_object_get(problem, "detail")));
    assert_non_null(json_string_value(json_object_get(problem, "remedy")));
    assert_int_equal(json_integer_value(json_object_get(problem, "status")),
                     atoi(l->answer + 9));
    return problem;
}

/* ---- answers ---- */

static void questions_are_answered(void **state)
{
    struct line *l = line_new();

    (void)state;
    assert_int_equal(ask(l, "GET", "/health", ""), 200);
    assert_string_equal(body_of(l), "{\"status\":\"ok\"}");
    assert_non_null(strstr(l->answer, "Content-Type: application/json"));
    assert_non_null(strstr(l->answer, "nosniff"));
    assert_int_equal(ask(l, "GET", "/api/v1/devices/core", ""), 200);
    assert_non_null(strstr(body_of(l), "\"name\":\"core\""));
    assert_int_equal(ask(l, "HEAD", "/api/v1/devices", ""), 200);
    assert_string_equal(body_of(l), "");
    assert_int_equal(
        ask(l, "POST", "/api/v1/devices", "{\"addresses\":[\"192.0.2.5\"]}"),
        202);
    assert_string_equal(l->station.target, "192.0.2.5");
    line_free(l);
}

static void what_is_known_already_is_not_sent_again(void **state)
{
    struct line *l = line_new();
    OWNED_BUFFER struct buffer text = {0};
    char tag[40] = "";

    (void)state;
    assert_int_equal(ask(l, "GET", "/api/v1/alerts", ""), 200);
    const char *told = strstr(l->answer, "ETag: ");
    assert_non_null(told);
    assert_int_equal(sscanf(told, "ETag: %39s", tag), 1);
    buffer_format(&text,
                  "GET /api/v1/alerts HTTP/1.1\r\nHost: x\r\n"
                  "Connection: close\r\nIf-None-Match: %s\r\n\r\n",
                  tag);
    assert_int_equal(hear(l, dial(l, text.at)), 304);
    assert_string_equal(body_of(l), "");
    line_free(l);
}

static void mistakes_are_told_as_problems(void **state)
{
    static const struct {
        const char *method, *target, *body;
        int status;
    } cases[] = {
        {"GET", "/api/v1/nothing", "", 404},
        {"GET", "/", "", 404},
        {"GET", "/api/v1/devices/nobody", "", 404},
        {"GET", "/api/v1/devices/%ff%fe", "", 404},
        {"GET", "/api/v1/devices/%00", "", 400},
        {"GET", "/api/v1/1/2/3/4/5/6/7/8/9/10", "", 400},
        {"DELETE", "/api/v1/status", "", 405},
        {"PATCH", "/api/v1/devices", "{}", 405},
        {"POST", "/api/v1/devices", "no json", 400},
        {"POST", "/api/v1/devices", "[]", 400},
        {"POST", "/api/v1/devices", "{}", 400},
        {"POST", "/api/v1/discovery", "{\"targets\":", 400},
        {"GET", "/api/v1/walk?target=core&oid=x", "", 400},
        {"GET", "/api/v1/devices?state=down&all", "", 400},
        {"GET", "/api/v1/devices?state=down&&kind=router", "", 400},
        {"GET", "/api/v1/devices?=down", "", 400},
    };
    struct line *l = line_new();

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        int status = ask(l, cases[i].method, cases[i].target, cases[i].body);

        if (status != cases[i].status)
            fail_msg("%s %s: %d", cases[i].method, cases[i].target, status);
        json_decref(problem_of(l));
    }
    assert_string_equal(l->station.command, ""); /* nothing was done */
    line_free(l);
}

static void a_query_may_be_empty_or_have_empty_values(void **state)
{
    static const char *const targets[] = {
        "/api/v1/devices", "/api/v1/devices?",
        "/api/v1/devices?state=", "/api/v1/devices?state=down&",
        "/api/v1/devices?a=b=c&%20=x"};
    struct line *l = line_new();

    (void)state;
    for (size_t i = 0; i < COUNT_OF(targets); i++)
        if (ask(l, "GET", targets[i], "") != 200)
            fail_msg("%s: %s", targets[i], l->answer);
    line_free(l);
}

static enum role role_of(const struct line *l, const char *name)
{
    return people_find(l->station.people, name)->role;
}

static void a_person_gets_role_and_password_or_neither(void **state)
{
    static const char ann[] = "/api/v1/users/ann";
    static const struct {
        const char *body;
        int status;
    } refused[] = {
        {"{\"role\": \"administrator\", \"password\": \"short\"}", 400},
        {"{\"role\": \"emperor\", \"password\": \"words of her own\"}", 400},
    };
    struct line *l = line_new();

    (void)state;
    assert_int_equal(ask(l, "POST", "/api/v1/users",
                         "{\"name\": \"ann\", \"role\": \"viewer\"}"),
                     201);
    OWNED(free)
    char *hash = mem_text(people_find(l->station.people, "ann")->hash);
    for (size_t i = 0; i < COUNT_OF(refused); i++) {
        assert_int_equal(ask(l, "PATCH", ann, refused[i].body),
                         refused[i].status);
        assert_int_equal(role_of(l, "ann"), ROLE_VIEWER);
    }
    assert_int_equal(ask(l, "PATCH", ann,
                         "{\"role\": \"administrator\", "
                         "\"password\": \"words of her own\"}"),
                     200);
    assert_int_equal(role_of(l, "ann"), ROLE_ADMINISTRATOR);
    assert_string_not_equal(people_find(l->station.people, "ann")->hash, hash);
    /* She is the last: her password stays as it is too. */
    OWNED(free)
    char *now = mem_text(people_find(l->station.people, "ann")->hash);
    assert_int_equal(ask(l, "PATCH", ann,
                         "{\"role\": \"viewer\", "
                         "\"password\": \"other words again\"}"),
                     403);
    assert_string_equal(people_find(l->station.people, "ann")->hash, now);
    assert_int_equal(ask(l, "PATCH", "/api/v1/users/bob",
                         "{\"role\": \"viewer\", \"password\": \"\"}"),
                     404);
    line_free(l);
}

static void refusals_keep_their_kind(void **state)
{
    static const struct {
        int rc, status;
    } cases[] = {{-ENOENT, 404}, {-EPERM, 403},     {-EINVAL, 400},
                 {-EBUSY, 503},  {-ETIMEDOUT, 504}, {-EIO, 500}};
    struct line *l = line_new();

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        l->station.rc = cases[i].rc;
        assert_int_equal(
            ask(l, "POST", "/api/v1/discovery", "{\"targets\":[\"\xff\"]}"),
            400); /* no UTF-8: no JSON */
        assert_int_equal(ask(l, "POST", "/api/v1/discovery",
                             "{\"targets\":[\"x\\u0007y\"]}"),
                         cases[i].status);
        json_t *problem = problem_of(l);
        assert_string_equal(
            json_string_value(json_object_get(problem, "detail")),
            "refused: xy");
        json_decref(problem);
    }
    line_free(l);
}

static void what_is_no_http_is_no_harm(void **state)
{
    static const char *const texts[] = {
        "",
        "\r\n\r\n",
        "garbage\r\n\r\n",
        "GET\r\n\r\n",
        "GET / HTTP/9.9\r\n\r\n",
        "BREW /api/v1/devices HTTP/1.1\r\n\r\n",
        "OPTIONS * HTTP/1.1\r\n\r\n",
        "GET /api/v1/devices HTTP/1.1\r\nContent-Length: -5\r\n\r\n",
        "GET http://:@/// HTTP/1.1\r\n\r\n",
        "POST /api/v1/devices HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\n",
    };
    struct line *l = line_new();

    (void)state;
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        int fd = dial(l, texts[i]);

        assert_int_equal(shutdown(fd, SHUT_WR), 0);
        assert_int_not_equal(hear(l, fd), 200);
        assert_int_equal(ask(l, "GET", "/health", ""), 200);
    }
    line_free(l);
}

/* Else a proxy takes for one request what the station takes for two. */
static void what_is_in_a_body_is_no_request(void **state)
{
    static const char *const methods[] = {"GET",   "HEAD", "POST",  "DELETE",
                                          "PATCH", "PUT",  "TRACE", "OPTIONS"};
    static const char inner[] =
        "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n";
    struct line *l = line_new();

    (void)state;
    for (size_t i = 0; i < COUNT_OF(methods); i++) {
        struct buffer OWNED_BUFFER text = {0};

        buffer_format(&text,
                      "%s /health HTTP/1.1\r\nHost: localhost\r\n"
                      "Content-Length: %zu\r\n\r\n%s",
                      methods[i], sizeof inner - 1, inner);
        int fd = dial(l, text.at);
        for (int turns = 0; turns < 20; turns++)
            turn(l);
        assert_int_equal(shutdown(fd, SHUT_WR), 0);
        assert_int_not_equal(hear(l, fd), 0);
        if (strstr(l->answer + 1, "HTTP/1.1 ") != NULL)
            fail_msg("%s: %s", methods[i], l->answer);
    }
    line_free(l);
}

static void a_body_beyond_the_limit_is_refused(void **state)
{
    struct line *l = line_new();
    struct buffer OWNED_BUFFER head = {0};
    char *body = mem_array(API_BODY_MAX + 2, 1);

    (void)state;
    buffer_format(&head,
                  "POST /api/v1/devices HTTP/1.1\r\nContent-Length: %d\r\n\r\n",
                  API_DOCUMENT_MAX + 1);
    int status = hear(l, dial(l, head.at));
    assert_true(status == 413 || status == 0);
    /* One that only a document may have. */
    memset(body, ' ', API_BODY_MAX + 1);
    buffer_clear(&head);
    buffer_format(&head,
                  "POST /api/v1/devices HTTP/1.1\r\nConnection: close\r\n"
                  "Content-Length: %d\r\n\r\n",
                  API_BODY_MAX + 1);
    int fd = dial(l, head.at);
    for (size_t sent = 0; sent < API_BODY_MAX + 1;) {
        ssize_t len =
            send(fd, body + sent, API_BODY_MAX + 1 - sent, MSG_NOSIGNAL);

        if (len < 0)
            turn(l);
        sent += len > 0 ? (size_t)len : 0;
    }
    assert_int_equal(hear(l, fd), 400);
    assert_int_equal(ask(l, "GET", "/health", ""), 200);
    free(body);
    line_free(l);
}

/* ---- answers that take time ---- */

/* Waits until the station was told something. */
static void await_command(struct line *l, const char *command)
{
    for (unsigned i = 0; i < 1000; i++) {
        if (strcmp(l->station.command, command) == 0)
            return;
        turn(l);
    }
    fail_msg("the station was not told to %s", command);
}

static const char walk[] = "GET /api/v1/walk?target=core&oid=1.3.6 HTTP/1.1\r\n"
                           "Host: x\r\nConnection: close\r\n\r\n";

static void a_walk_comes_piece_by_piece(void **state)
{
    const struct oid name = OID(1, 3, 6, 1, 99);
    struct value seven = {.type = VALUE_INTEGER, .integer = 7};
    struct line *l = line_new();
    int fd = dial(l, walk);

    (void)state;
    await_command(l, "walk");
    l->station.on_varbind(l->station.query_arg, name, &seven);
    turn(l);
    l->station.on_varbind(l->station.query_arg, name, &seven);
    l->station.on_end(l->station.query_arg, 0, 2);
    assert_int_equal(hear(l, fd), 200);
    const char *first = strstr(l->answer, "INTEGER: 7");
    assert_non_null(first);
    assert_non_null(strstr(first + 1, "INTEGER: 7"));
    line_free(l);
}

static void a_client_that_hangs_up_cancels_its_walk(void **state)
{
    struct line *l = line_new();
    int fd = dial(l, walk);

    (void)state;
    await_command(l, "walk");
    close(fd);
    for (unsigned i = 0; i < 1000 && l->station.canceled == 0; i++)
        turn(l);
    assert_int_equal(l->station.canceled, 1);
    assert_int_equal(ask(l, "GET", "/health", ""), 200);
    line_free(l);
}

static void the_end_of_the_station_ends_what_is_open(void **state)
{
    struct line *l = line_new();
    int fd = dial(l, walk);
    struct station *station = &l->station;

    (void)state;
    await_command(l, "walk");
    http_free(l->http);
    assert_int_equal(station->canceled, 1);
    l->http = NULL;
    line_free(l);
    close(fd);
}

/* ---- the socket ---- */

static void before_the_station_works_it_says_so(void **state)
{
    struct line *l = line_new();

    (void)state;
    assert_int_equal(http_serve(l->http, NULL, NULL, NULL), 0);
    assert_int_equal(ask(l, "GET", "/health", ""), 503);
    line_free(l);
}

static void the_socket_is_for_owner_and_group(void **state)
{
    struct line *l = line_new();
    struct stat st;

    (void)state;
    assert_int_equal(stat(l->path, &st), 0);
    assert_true(S_ISSOCK(st.st_mode));
    assert_int_equal(st.st_mode & 0777, 0660);
    line_free(l);
}

static void a_living_station_keeps_its_socket_a_dead_one_does_not(void **state)
{
    struct line *l = line_new();
    struct complaint why;
    int rc;

    (void)state;
    assert_null(open_at(l, &why, &rc));
    assert_int_equal(rc, -EADDRINUSE);
    assert_int_equal(ask(l, "GET", "/health", ""), 200);
    /* A dead station leaves its socket behind. */
    OWNED_BUFFER struct buffer kept = {0};
    buffer_format(&kept, "%s.kept", l->path);
    assert_int_equal(link(l->path, kept.at), 0);
    http_free(l->http);
    assert_int_equal(rename(kept.at, l->path), 0);
    l->http = open_at(l, &why, &rc);
    assert_int_equal(rc, 0);
    assert_int_equal(http_serve(l->http, &l->station, NULL, &why), 0);
    assert_int_equal(ask(l, "GET", "/health", ""), 200);
    line_free(l);
}

static void a_path_that_does_not_fit_is_a_complaint(void **state)
{
    struct event_base *base = event_base_new();
    struct complaint why;
    struct http *http;
    char path[200];
    const struct http_options options = {
        .socket = path, .uid = (unsigned)-1, .gid = (unsigned)-1, .web = ""};

    (void)state;
    memset(path, 'x', sizeof path - 1);
    memcpy(path, "/tmp/", 5);
    path[sizeof path - 1] = '\0';
    assert_int_equal(http_new(base, &options, &http, &why), -ENAMETOOLONG);
    assert_null(http);
    assert_non_null(strstr(why.what, "longer"));
    event_base_free(base);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(questions_are_answered),
        cmocka_unit_test(what_is_known_already_is_not_sent_again),
        cmocka_unit_test(a_query_may_be_empty_or_have_empty_values),
        cmocka_unit_test(mistakes_are_told_as_problems),
        cmocka_unit_test(a_person_gets_role_and_password_or_neither),
        cmocka_unit_test(refusals_keep_their_kind),
        cmocka_unit_test(what_is_no_http_is_no_harm),
        cmocka_unit_test(what_is_in_a_body_is_no_request),
        cmocka_unit_test(a_body_beyond_the_limit_is_refused),
        cmocka_unit_test(a_walk_comes_piece_by_piece),
        cmocka_unit_test(a_client_that_hangs_up_cancels_its_walk),
        cmocka_unit_test(the_end_of_the_station_ends_what_is_open),
        cmocka_unit_test(before_the_station_works_it_says_so),
        cmocka_unit_test(the_socket_is_for_owner_and_group),
        cmocka_unit_test(a_living_station_keeps_its_socket_a_dead_one_does_not),
        cmocka_unit_test(a_path_that_does_not_fit_is_a_complaint),
    };

    (void)signal(SIGPIPE, SIG_IGN); /* as the daemon does */
    return cmocka_run_group_tests(tests, NULL, NULL);
}
