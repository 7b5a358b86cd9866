/* The way to the master agent: what is sent when, and what becomes of it when
 * the master goes, hangs or refuses. The master is a socket of this test. */
#include "link_scene.h"

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
        cmocka_unit_test(a_master_that_goes_is_found_again),
        cmocka_unit_test(silence_is_asked_about_and_then_left),
        cmocka_unit_test(a_notification_is_told_of_once),
        cmocka_unit_test(notifications_that_nobody_answers_are_bounded),
        cmocka_unit_test(what_is_no_agentx_is_left),
        cmocka_unit_test(it_says_good_bye),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
