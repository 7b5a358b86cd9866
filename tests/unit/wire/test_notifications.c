/* Whom the listener believes, and when: secrets, levels, clocks, strangers. */
#include "wire/notifications.h"

#include "base/mem.h"
#include "wire/engine_udp.h"
#include "wire/usm.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static char user[] = "monitor", secret[] = "right-secret",
            other[] = "wrong-secret", community[] = "lab";
static const uint8_t engine[] = {0x80, 0, 0x1f, 0x88, 5, 1, 2, 3, 4};
static const struct oid trap_name = OID_INIT(1, 3, 6, 1, 6, 3, 1, 1, 4, 1, 0);
static const struct oid link_down = OID_INIT(1, 3, 6, 1, 6, 3, 1, 1, 5, 3);

static const struct credential v3 = {.version = SNMP_V3,
                                     .user = user,
                                     .auth = AUTH_SHA256,
                                     .priv = PRIV_AES128,
                                     .auth_secret = secret,
                                     .priv_secret = secret};
static const struct credential v2c = {.version = SNMP_V2C,
                                      .community = community};
static const struct credential *const credentials[] = {&v2c, &v3};

struct scene {
    struct notifications *listener;
    struct usm *usm;
    bool known;            /* the sender is a device */
    int32_t boots, time_s; /* of its engine, as polled; boots 0: not known */
    unsigned told;
};

static bool knows(void *arg, const struct addr *from,
                  const struct credential **credential)
{
    struct scene *s = arg;

    (void)from;
    *credential = NULL;
    return s->known;
}

static bool engine_clock(void *arg, struct bytes id, int32_t *boots,
                         int32_t *time_s)
{
    struct scene *s = arg;

    (void)id;
    *boots = s->boots;
    *time_s = s->time_s;
    return s->boots > 0;
}

static void on_notified(void *arg, const struct notification *n)
{
    struct scene *s = arg;

    assert_true(oid_equal(n->trap, link_down));
    s->told++;
}

static void on_stranger(void *arg, const struct addr *from, const char *why)
{
    (void)arg;
    (void)from;
    assert_non_null(why);
}

static bool full(void *arg)
{
    (void)arg;
    return false;
}

static int open_scene(void **state)
{
    struct scene *s = mem_new(struct scene);
    const struct notifications_listener listener = {
        knows, engine_clock, on_notified, on_stranger, full, s};

    s->usm = usm_new();
    s->listener = notifications_new(NULL, NULL, 0, &listener);
    notifications_use(s->listener, credentials, COUNT_OF(credentials));
    *state = s;
    return 0;
}

static int close_scene(void **state)
{
    struct scene *s = *state;

    notifications_free(s->listener);
    usm_free(s->usm);
    free(s);
    return 0;
}

static void take(struct scene *s, struct bytes octets, int64_t at_ms)
{
    const uint8_t from[4] = {192, 0, 2, 1};
    struct datagram d = {.octets = octets, .from = addr_v4(from), .port = 162};

    d.came = d.read = mono_after_ms(mono_now(), at_ms);
    notifications_take(s->listener, &d);
}

/* A linkDown of v3 with this credential, at an engine's boots and time. */
static void send_v3(struct scene *s, const struct credential *c, int32_t boots,
                    int32_t time_s, int64_t at_ms)
{
    static uint8_t room[1024];
    static uint64_t salt;
    struct varbind what = {trap_name, {.type = VALUE_OID, .oid = link_down}};
    struct ber_builder b = ber_builder_over(room, sizeof room);
    struct usm_keys keys;
    struct message m = {
        .version = SNMP_V3,
        .v3 = {.msg_id = 1,
               .max_size = 65507,
               .security_model = MESSAGE_SECURITY_USM,
               .flags = usm_flags(c->auth, c->priv),
               .engine_id = {engine, sizeof engine},
               .boots = boots,
               .time_s = time_s,
               .user = bytes_of_text(c->user),
               .context_engine_id = {engine, sizeof engine}},
        .pdu = {.type = PDU_TRAP_V2, .varbinds = &what, .count = 1}};

    assert_int_equal(usm_keys_make(s->usm, c, m.v3.engine_id, &keys), 0);
    assert_int_equal(usm_seal(s->usm, &b, &m, &keys, ++salt), 0);
    take(s, ber_built(&b), at_ms);
}

static void send_v2c(struct scene *s, const char *name)
{
    uint8_t room[256];
    struct varbind what = {trap_name, {.type = VALUE_OID, .oid = link_down}};
    struct ber_builder b = ber_builder_over(room, sizeof room);
    struct message m = {
        .version = SNMP_V2C,
        .community = bytes_of_text(name),
        .pdu = {.type = PDU_TRAP_V2, .varbinds = &what, .count = 1}};

    assert_int_equal(message_encode(&b, &m), 0);
    take(s, ber_built(&b), 0);
}

static struct notifications_stats stats_of(const struct scene *s)
{
    struct notifications_stats stats;

    notifications_stats(s->listener, &stats);
    return stats;
}

static void an_engine_nobody_told_of_is_believed_by_its_keys(void **state)
{
    struct scene *s = *state;
    struct credential wrong = v3, weak = v3;

    send_v3(s, &v3, 3, 100, 0);
    assert_int_equal(s->told, 1);

    wrong.auth_secret = other;
    send_v3(s, &wrong, 3, 101, 0);
    assert_int_equal(s->told, 1);
    assert_int_equal(stats_of(s).kept, 1);

    weak.priv = PRIV_NONE; /* right, but less secure than it is configured */
    send_v3(s, &weak, 3, 102, 0);
    assert_int_equal(s->told, 1);
    assert_int_equal(stats_of(s).kept, 2);
}

/* RFC 3414, 3.2 7b. */
static void what_was_heard_before_is_not_believed_again(void **state)
{
    struct scene *s = *state;

    send_v3(s, &v3, 3, 1000, 0);
    send_v3(s, &v3, 3, 1000 - USM_WINDOW_S + 5, 0); /* overtaken on its way */
    assert_int_equal(s->told, 2);
    send_v3(s, &v3, 3, 1000 - USM_WINDOW_S - 5, 0);
    send_v3(s, &v3, 2, 5000, 0);
    send_v3(s, &v3, 3, 1000, (USM_WINDOW_S + 5) * 1000LL);
    assert_int_equal(s->told, 2);
    assert_int_equal(stats_of(s).outside_window, 3);
    send_v3(s, &v3, 4, 1, 0); /* it restarted */
    assert_int_equal(s->told, 3);
}

/* An engine whose seconds are 1 % longer than ours tells something each hour.
 */
static void a_clock_that_runs_slow_is_followed(void **state)
{
    struct scene *s = *state;

    for (int hour = 0; hour <= 10; hour++)
        send_v3(s, &v3, 3, 1000 + hour * 3564, hour * 3600000LL);
    assert_int_equal(s->told, 11);
    assert_int_equal(stats_of(s).outside_window, 0);
}

static void one_that_lost_its_state_is_believed_by_what_it_answers(void **state)
{
    struct scene *s = *state;

    send_v3(s, &v3, 9, 1000, 0);
    s->boots = 1;
    s->time_s = 50;
    send_v3(s, &v3, 1, 55, 0);
    assert_int_equal(s->told, 2);
    send_v3(s, &v3, 2, 55, 0);
    assert_int_equal(s->told, 3);
}

static void strangers_are_read_once_they_are_known(void **state)
{
    const uint8_t from[4] = {192, 0, 2, 1};
    struct addr sender = addr_v4(from);
    struct scene *s = *state;

    send_v2c(s, "lab");
    assert_int_equal(s->told, 1);
    send_v2c(s, "other");
    assert_int_equal(s->told, 1);
    notifications_meet(s->listener, &sender); /* it is none yet */
    assert_int_equal(stats_of(s).kept, 1);
    s->known = true;
    notifications_meet(s->listener, &sender);
    assert_int_equal(s->told, 2);
    assert_int_equal(stats_of(s).kept, 0);
    assert_int_equal(stats_of(s).replayed, 1);
}

static void new_credentials_read_what_waits(void **state)
{
    static char late[] = "late";
    static const struct credential more = {.version = SNMP_V2C,
                                           .community = late};
    static const struct credential *const next[] = {&more};
    struct scene *s = *state;

    send_v2c(s, late);
    assert_int_equal(s->told, 0);
    notifications_use(s->listener, next, 1);
    assert_int_equal(s->told, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            an_engine_nobody_told_of_is_believed_by_its_keys, open_scene,
            close_scene),
        cmocka_unit_test_setup_teardown(
            what_was_heard_before_is_not_believed_again, open_scene,
            close_scene),
        cmocka_unit_test_setup_teardown(a_clock_that_runs_slow_is_followed,
                                        open_scene, close_scene),
        cmocka_unit_test_setup_teardown(
            one_that_lost_its_state_is_believed_by_what_it_answers, open_scene,
            close_scene),
        cmocka_unit_test_setup_teardown(strangers_are_read_once_they_are_known,
                                        open_scene, close_scene),
        cmocka_unit_test_setup_teardown(new_credentials_read_what_waits,
                                        open_scene, close_scene),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
