/* What other managers want done with alarms: what cannot be done is refused
 * before anything of the same request is. */
#include "north/agent_admin.h"

#include "base/own.h"
#include "station/silence.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

enum { ENTERPRISE = 4711, ALARM = 7, ACKNOWLEDGE = 2, SHELVE, SILENCE };

static const struct alert_record alarm_record = {
    .index = ALARM, .state = ALERT_ACTIVE, .acknowledged = {.who = ""}};
static const struct alert_record *active[] = {&alarm_record};
static struct alert_book book = {.active = active, .active_count = 1};
static struct snapshot snapshot = {.alerts = &book};
static const struct agent_view view = {.snapshot = &snapshot};
static const struct agent_scene scene = {.view = &view,
                                         .enterprise = ENTERPRISE};

static void put(struct buffer *out, uint32_t column, enum value_type type,
                uint32_t number)
{
    struct value v = {.type = (uint8_t)type, .number = number};

    if (type == VALUE_INTEGER)
        v.integer = (int32_t)number;

    agentx_put_varbind(
        out,
        OID(1, 3, 6, 1, 4, 1, ENTERPRISE, 1, 1, 8, 1, column, (uint32_t)ALARM),
        &v);
}

static uint16_t tested(const struct buffer *b, struct admin_wishes *out,
                       uint16_t *index)
{
    const struct agentx_header h = {.type = AGENTX_TEST_SET,
                                    .flags = AGENTX_NETWORK_BYTE_ORDER};
    struct agentx_reader r = agentx_reader_of(&h, buffer_view(b));

    return admin_test(&scene, &r, out, index);
}

static void wishes_are_read(void **state)
{
    struct buffer OWNED_BUFFER b = {0};
    struct admin_wishes wishes;
    uint16_t index;

    (void)state;
    put(&b, ACKNOWLEDGE, VALUE_INTEGER, 1);
    put(&b, SHELVE, VALUE_GAUGE32, 0);
    put(&b, SILENCE, VALUE_GAUGE32, 60);
    assert_int_equal(tested(&b, &wishes, &index), AGENTX_NO_ERROR);
    assert_int_equal(wishes.count, 3);
    assert_int_equal(wishes.at[2].deed, DEED_SILENCE);
    assert_int_equal(wishes.at[2].alarm, ALARM);
    assert_int_equal(wishes.at[2].seconds, 60);
}

static void
a_silence_of_no_time_is_refused_before_the_rest_is_done(void **state)
{
    struct buffer OWNED_BUFFER b = {0};
    struct admin_wishes wishes;
    uint16_t index;

    (void)state;
    put(&b, ACKNOWLEDGE, VALUE_INTEGER, 1);
    put(&b, SILENCE, VALUE_GAUGE32, 0);
    assert_int_equal(tested(&b, &wishes, &index), AGENTX_WRONG_VALUE);
    assert_int_equal(index, 2);
}

static void a_silence_of_a_port_with_a_star_covers_no_other_ports(void **state)
{
    struct buffer OWNED_BUFFER text = {0};
    struct silence_object o;
    struct complaint why;
    struct alert_record port = {.name = "sw1:*", .device = "sw1"},
                        other = {.name = "sw1:Gi0/1", .device = "sw1"};

    (void)state;
    admin_pattern(port.name, &text);
    assert_int_equal(silence_object_read(text.at, &o, &why), 0);
    assert_true(silence_covers(&o, &port, NULL));
    assert_false(silence_covers(&o, &other, NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wishes_are_read),
        cmocka_unit_test(
            a_silence_of_no_time_is_refused_before_the_rest_is_done),
        cmocka_unit_test(a_silence_of_a_port_with_a_star_covers_no_other_ports),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
