/* Echo checks: what is decoded, what a check makes of its replies, and that
 * real echoes on the loopback come back. */
#include "wire/icmp.h"

#include "wire/check.h"
#include "wire/echo.h"

#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include <event2/event.h>

/* ---- the decoder ---- */

enum { IP_HEADER = 20, IP_HEADER_OPTIONS = 24, PACKET_MAX = 128 };
static const uint64_t TOKEN = 0x0123456789abcdef;

struct packet {
    uint8_t at[PACKET_MAX];
    size_t len;
};

static void fix_checksum(uint8_t *at, size_t len)
{
    uint32_t sum = 0;

    at[2] = at[3] = 0;
    for (size_t i = 0; i < len; i++)
        sum += (i & 1) == 0 ? (uint32_t)at[i] << 8 : at[i];
    while (sum > 0xffff)
        sum = (sum & 0xffff) + (sum >> 16);
    at[2] = (uint8_t)(~sum >> 8);
    at[3] = (uint8_t)~sum;
}

/* The reply to a request of ours, behind an IPv4 header of header octets, or
 * behind none for IPv6 (0). */
static struct packet reply_of(size_t header)
{
    struct echo_request request = {.id = 0x4242, .sequence = 3, .token = TOKEN};
    struct packet p = {.at = {0}};

    p.len = header + echo_encode(header == 0, &request, p.at + header);
    if (header != 0) {
        p.at[0] = (uint8_t)(0x40 | header / 4);
        p.at[9] = 1;
    }
    p.at[header] = header == 0 ? 129 : 0;
    fix_checksum(p.at + header, p.len - header);
    return p;
}

static void replies_are_understood(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        size_t header;
    } cases[] = {{"IPv4", IP_HEADER},
                 {"IPv4 with options", IP_HEADER_OPTIONS},
                 {"IPv6", 0}};

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct packet p = reply_of(cases[i].header);
        struct cursor c = cursor_over((struct bytes){p.at, p.len});
        struct icmp_echo echo;

        print_message("  %s\n", cases[i].name);
        assert_int_equal(
            icmp_echo_reply_decode(&c, cases[i].header == 0, &echo), 0);
        assert_int_equal(echo.id, 0x4242);
        assert_int_equal(echo.sequence, 3);
        assert_true(echo.token == TOKEN);
    }
}

static void others_are_refused_with_a_reason(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        size_t at; /* octet that is changed */
        uint8_t to;
        bool fix;
        const char *why;
    } cases[] = {
        {"IPv6 where IPv4 is due", 0, 0x65, true, "no IPv4 header"},
        {"header of 16 octets", 0, 0x44, true, "no IPv4 header"},
        {"header past the end", 0, 0x4f, true, "truncated"},
        {"UDP", 9, 17, true, "not ICMP"},
        {"a request", IP_HEADER, 8, true, "not an echo reply"},
        {"a code", IP_HEADER + 1, 1, true, "not an echo reply"},
        {"somebody else's", IP_HEADER + 8, 'x', true, "not an answer to us"},
        {"a flipped bit", IP_HEADER + 13, 0, false, "wrong checksum"},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct packet p = reply_of(IP_HEADER);
        struct icmp_echo echo = {.id = 1};

        print_message("  %s\n", cases[i].name);
        p.at[cases[i].at] = cases[i].to;
        if (cases[i].fix)
            fix_checksum(p.at + IP_HEADER, p.len - IP_HEADER);
        size_t len = strcmp(cases[i].why, "truncated") == 0 ? 48 : p.len;
        struct cursor c = cursor_over((struct bytes){p.at, len});
        assert_int_equal(icmp_echo_reply_decode(&c, false, &echo), -EBADMSG);
        assert_string_equal(c.why, cases[i].why);
        assert_int_equal(echo.id, 0);
    }
}

/* Behind the token nothing is needed. */
static void every_cut_is_survived(void **state)
{
    (void)state;
    enum { TOKEN_END = 20 };
    struct packet p = reply_of(IP_HEADER);

    for (size_t len = 1; len < IP_HEADER + TOKEN_END; len++) {
        uint8_t *cut = malloc(len);
        assert_non_null(cut);
        memcpy(cut, p.at, len);
        for (int v6 = 0; v6 <= 1; v6++) {
            struct cursor c = cursor_over((struct bytes){cut, len});
            struct icmp_echo echo;
            assert_int_equal(icmp_echo_reply_decode(&c, v6 != 0, &echo),
                             -EBADMSG);
        }
        free(cut);
    }
}

/* ---- a check and its moments ---- */

static struct mono at_ms(int64_t ms)
{
    return mono_after_ms((struct mono){0}, ms);
}

static struct check *check_of(unsigned count)
{
    struct check_ask ask = {
        .interval_ms = 100, .timeout_ms = 250, .count = (uint8_t)count};

    return check_new(&ask);
}

static void round_trips_become_a_result(void **state)
{
    (void)state;
    struct check *c = check_of(4);

    for (unsigned i = 0; i < 4; i++)
        check_note_sent(c, at_ms(100 * i));
    assert_true(check_note_reply(c, 0, at_ms(10)));
    assert_true(check_note_reply(c, 1, at_ms(130)));
    assert_true(check_note_reply(c, 2, at_ms(220)));
    assert_false(check_is_over(c));
    check_expire(c, at_ms(549));
    assert_false(check_is_over(c));
    check_expire(c, at_ms(550));
    assert_true(check_is_over(c));

    struct ping_result r = check_result(c);
    assert_int_equal(r.sent, 4);
    assert_int_equal(r.received, 3);
    assert_float_equal(r.rtt_ms_min, 10, 1e-9);
    assert_float_equal(r.rtt_ms_avg, 20, 1e-9);
    assert_float_equal(r.rtt_ms_max, 30, 1e-9);
    assert_float_equal(r.jitter_ms, 15, 1e-9);
    free(c);
}

static void replies_count_once_and_in_time(void **state)
{
    (void)state;
    struct check *c = check_of(2);

    check_note_sent(c, at_ms(0));
    assert_false(check_note_reply(c, 1, at_ms(1))); /* was never sent */
    assert_false(check_note_reply(c, 40, at_ms(1)));
    assert_true(check_note_reply(c, 0, at_ms(5)));
    assert_false(check_note_reply(c, 0, at_ms(6))); /* twice */
    check_note_sent(c, at_ms(100));
    assert_false(check_note_reply(c, 1, at_ms(350))); /* too late */
    assert_true(check_is_over(c));
    assert_int_equal(check_result(c).received, 1);
    free(c);
}

/* Round trips of 10, 30, (lost), 20 and 20 ms: differences of 20, 10 and 0. */
static void jitter_is_of_one_reply_to_the_next(void **state)
{
    (void)state;
    static const int64_t trips_ms[] = {10, 30, -1, 20, 20};
    struct check *c = check_of(COUNT_OF(trips_ms));

    check_note_sent(c, at_ms(0));
    assert_true(check_note_reply(c, 0, at_ms(trips_ms[0])));
    assert_true(isnan(check_result(c).jitter_ms)); /* one alone has none */
    for (unsigned i = 1; i < COUNT_OF(trips_ms); i++) {
        check_note_sent(c, at_ms(100 * i));
        if (trips_ms[i] >= 0)
            assert_true(check_note_reply(c, i, at_ms(100 * i + trips_ms[i])));
    }
    assert_float_equal(check_result(c).jitter_ms, 10, 1e-9);
    free(c);
}

static void silence_is_not_a_number(void **state)
{
    (void)state;
    struct check *c = check_of(1);

    check_note_sent(c, at_ms(0));
    check_expire(c, at_ms(250));
    struct ping_result r = check_result(c);
    assert_int_equal(r.received, 0);
    assert_true(isnan(r.rtt_ms_min) && isnan(r.rtt_ms_avg));
    assert_true(isnan(r.rtt_ms_max) && isnan(r.jitter_ms));
    free(c);
}

static void next_moment_is_the_first_of_all(void **state)
{
    (void)state;
    struct check *c = check_of(4);

    check_note_sent(c, at_ms(0));
    assert_true(check_due(c).ns == at_ms(100).ns); /* the next echo */
    check_note_sent(c, at_ms(100));
    check_note_sent(c, at_ms(200));
    assert_true(check_due(c).ns ==
                at_ms(250).ns); /* the first one's deadline */
    free(c);
}

static void nobody(void *arg, const struct ping_result *result)
{
    (void)arg;
    (void)result;
}

static void queue_keeps_order_and_forgets(void **state)
{
    (void)state;
    struct check_queue q = {0};
    struct check_ask ask = {.done = nobody, .count = 1};
    int mine = 0, other = 0;

    for (uint32_t i = 0; i < 1000; i++) {
        ask.timeout_ms = i;
        ask.arg = i % 2 == 0 ? &mine : &other;
        check_queue_add(&q, &ask);
    }
    check_queue_forget(&q, &other);
    assert_int_equal(q.count - q.forgotten, 500);
    for (uint32_t i = 0; i < 1000; i += 2) {
        assert_true(check_queue_pop(&q, &ask));
        assert_int_equal(ask.timeout_ms, i);
    }
    assert_false(check_queue_pop(&q, &ask));
    assert_null(q.at);
    assert_int_equal(q.forgotten, 0);
}

/* ---- the loopback ---- */

struct live {
    struct event_base *base;
    struct pinger *pinger;
    struct fence *fence;
    size_t told, answered, errors;
    struct ping_result last;
};

static void on_told(void *arg, const struct ping_result *result)
{
    struct live *live = arg;

    live->told++;
    live->answered += result->received > 0;
    live->errors += result->error != 0;
    live->last = *result;
}

/* A pinger within 127.0.0.0/8 and ::1, or a test that is skipped: raw sockets
 * are for root. */
static int live_open(void **state)
{
    static const char *const inside[] = {"127.0.0.0/8", "::1"};
    struct live *live = mem_new(struct live);
    struct pinger_options options = {.rate = 20000};
    struct prefix prefix;

    live->base = event_base_new();
    options.fence = live->fence = fence_new();
    for (size_t i = 0; i < COUNT_OF(inside); i++) {
        assert_int_equal(prefix_parse(inside[i], false, &prefix), 0);
        fence_permit(live->fence, &prefix);
    }
    live->pinger = pinger_new(live->base, &options);
    *state = live;
    return 0;
}

static int live_close(void **state)
{
    struct live *live = *state;

    pinger_free(live->pinger);
    fence_free(live->fence);
    event_base_free(live->base);
    free(live);
    return 0;
}

static void ask(struct live *live, const char *address, unsigned count)
{
    struct addr addr;

    if (live->pinger == NULL)
        skip(); /* no right to open raw sockets */
    assert_int_equal(addr_parse(address, &addr), 0);
    pinger_check(live->pinger, &addr, count, 1, 1000, on_told, live);
}

static void run_until_told(struct live *live, size_t want)
{
    struct timeval limit = {.tv_sec = 20};

    event_base_loopexit(live->base, &limit);
    while (live->told < want && !event_base_got_exit(live->base))
        event_base_loop(live->base, EVLOOP_ONCE);
    assert_int_equal(live->told, want);
}

static void loopback_answers(void **state)
{
    struct live *live = *state;
    struct pinger_stats stats;

    ask(live, "127.0.0.7", 5);
    run_until_told(live, 1);
    assert_int_equal(live->last.error, 0);
    assert_int_equal(live->last.sent, 5);
    assert_int_equal(live->last.received, 5);
    assert_true(live->last.rtt_ms_min >= 0 && live->last.rtt_ms_min < 1000);
    assert_true(live->last.rtt_ms_min <= live->last.rtt_ms_avg);
    assert_true(live->last.rtt_ms_avg <= live->last.rtt_ms_max);
    pinger_stats(live->pinger, &stats);
    assert_int_equal(stats.sent, 5);
    assert_int_equal(stats.received, 5);
    assert_int_equal(pinger_busy(live->pinger), 0);
}

static void loopback_answers_in_ipv6(void **state)
{
    struct live *live = *state;

    ask(live, "::1", 2);
    run_until_told(live, 1);
    if (live->last.error == -EAFNOSUPPORT || live->last.error == -ENETUNREACH ||
        live->last.error == -EADDRNOTAVAIL)
        skip(); /* the machine has no IPv6 */
    assert_int_equal(live->last.received, 2);
}

static void nothing_leaves_the_fence(void **state)
{
    struct live *live = *state;
    struct pinger_stats stats;

    ask(live, "192.0.2.1", 3);
    ask(live, "2001:db8::1", 1);
    run_until_told(live, 2);
    assert_int_equal(live->last.error, -EPERM);
    assert_int_equal(live->errors, 2);
    pinger_stats(live->pinger, &stats);
    assert_int_equal(stats.sent, 0);
    assert_int_equal(stats.fenced, 2);
}

/* As fast as it goes: nothing that answers may be missed for want of room. */
static void sweep_finds_every_address(void **state)
{
    enum { ADDRESSES = 30000, RATE = 10000000 };
    struct live *live = *state;
    struct pinger_stats stats;
    char address[ADDR_TEXT_MAX];

    if (live->pinger != NULL)
        pinger_limit(live->pinger, RATE);
    for (unsigned i = 0; i < ADDRESSES; i++) {
        snprintf(address, sizeof address, "127.1.%u.%u", i / 250, i % 250 + 1);
        ask(live, address, 1);
    }
    run_until_told(live, ADDRESSES);
    assert_int_equal(live->answered, ADDRESSES);
    assert_int_equal(pinger_busy(live->pinger), 0);
    pinger_stats(live->pinger, &stats);
    assert_int_equal(stats.sent, ADDRESSES);
    assert_int_equal(stats.dropped, 0);
}

/* Replies that came in time and were read too late are none the less there. */
static void a_late_loop_loses_nothing(void **state)
{
    enum { ADDRESSES = 60, TIMEOUT_MS = 20 };
    struct live *live = *state;

    ask(live, "127.0.0.1", 1);
    for (unsigned i = 1; i < ADDRESSES; i++) {
        struct addr to = addr_v4((const uint8_t[]){127, 2, 0, (uint8_t)i});
        pinger_check(live->pinger, &to, 1, 1, TIMEOUT_MS, on_told, live);
    }
    event_base_loop(live->base, EVLOOP_ONCE); /* they are sent */
    struct mono late = mono_after_ms(mono_now(), 3 * TIMEOUT_MS);
    while (!mono_reached(mono_now(), late))
        continue;
    run_until_told(live, ADDRESSES);
    assert_int_equal(live->answered, ADDRESSES);
    assert_true(live->last.rtt_ms_max < TIMEOUT_MS);
}

enum { OUR_ID = 0x1234, OTHER_ID = 0x3412 };

static void send_echoes(int fd, size_t count)
{
    struct echo_request requests[ECHO_BATCH] = {0};

    for (size_t i = 0; i < count; i++)
        requests[i] = (struct echo_request){
            .to = addr_v4((const uint8_t[]){127, 0, 0, 1}), .id = OUR_ID};
    assert_int_equal(echo_send(fd, false, requests, count), count);
}

/* A socket whose room is for a few replies tells how many it lost. */
static void lost_replies_are_told(void **state)
{
    enum { SENT = 60, ROOM = 4096 };
    int fd = echo_open(false, OUR_ID), room = ROOM;
    struct echo_reply replies[ECHO_BATCH];
    uint32_t dropped = 0;

    (void)state;
    if (fd == -EPERM)
        skip(); /* no right to open raw sockets */
    assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof room),
                     0);
    send_echoes(fd, SENT);
    assert_in_range(echo_receive(fd, false, replies, &dropped), 1, SENT - 1);
    send_echoes(fd, 1);
    assert_in_range(echo_receive(fd, false, replies, &dropped), 1, SENT);
    assert_true(dropped > 0);
    close(fd);
}

/* Loopback has answered before the call that asks returns. */
static void a_socket_hears_its_own_replies_alone(void **state)
{
    enum { SENT = 3 };
    struct echo_reply replies[ECHO_BATCH];
    uint32_t dropped = 0;
    int ours = echo_open(false, OUR_ID), other = echo_open(false, OTHER_ID);

    (void)state;
    if (ours == -EPERM)
        skip(); /* no right to open raw sockets */
    send_echoes(ours, SENT);
    assert_int_equal(echo_receive(ours, false, replies, &dropped), SENT);
    assert_int_equal(replies[0].echo.id, OUR_ID);
    assert_int_equal(echo_receive(other, false, replies, &dropped), 0);
    close(ours);
    close(other);
}

static void forgotten_checks_call_nobody(void **state)
{
    struct live *live = *state;
    struct live other = {0};
    struct addr addr;

    ask(live, "127.0.0.1", 1);
    assert_int_equal(addr_parse("127.0.0.2", &addr), 0);
    for (unsigned i = 0; i < 10; i++)
        pinger_check(live->pinger, &addr, 3, 1, 1000, on_told, &other);
    assert_int_equal(pinger_busy(live->pinger), 11);
    event_base_loop(live->base, EVLOOP_ONCE); /* some are under way */
    pinger_forget(live->pinger, &other);
    ask(live, "127.0.0.1", 3);
    run_until_told(live, 2);
    assert_int_equal(other.told, 0);
    assert_int_equal(pinger_busy(live->pinger), 0);
}

#define LIVE(test) cmocka_unit_test_setup_teardown(test, live_open, live_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(replies_are_understood),
        cmocka_unit_test(others_are_refused_with_a_reason),
        cmocka_unit_test(every_cut_is_survived),
        cmocka_unit_test(round_trips_become_a_result),
        cmocka_unit_test(replies_count_once_and_in_time),
        cmocka_unit_test(jitter_is_of_one_reply_to_the_next),
        cmocka_unit_test(silence_is_not_a_number),
        cmocka_unit_test(next_moment_is_the_first_of_all),
        cmocka_unit_test(queue_keeps_order_and_forgets),
        LIVE(loopback_answers),
        LIVE(loopback_answers_in_ipv6),
        LIVE(nothing_leaves_the_fence),
        LIVE(sweep_finds_every_address),
        LIVE(a_late_loop_loses_nothing),
        cmocka_unit_test(lost_replies_are_told),
        cmocka_unit_test(a_socket_hears_its_own_replies_alone),
        LIVE(forgotten_checks_call_nobody),
    };
    return cmocka_run_group_tests_name("icmp", tests, NULL, NULL);
}
