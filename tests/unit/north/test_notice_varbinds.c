/* What a notification says of an alert. */
#include "north/notice_varbinds.h"

#include "base/mem.h"
#include "north/alarm_row.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const struct alert_type unreachable = {.name = "device.unreachable",
                                              .model = 7,
                                              .raise = 1,
                                              .clear = 2},
                               odd = {.name = "odd", .model = 9};

/* Sunday 2026-11-22 02:47:31.4 UTC */
static const struct wall at = {1795315651400};

static struct alert_record alert_of(const struct alert_type *type)
{
    return (struct alert_record){.index = 77,
                                 .state = ALERT_ACTIVE,
                                 .severity = SEVERITY_CRITICAL,
                                 .type = type,
                                 .name = "sw1",
                                 .text = "sw1 does not answer",
                                 .raised = at};
}

static void compose(const struct alert_record *a, struct notice *out)
{
    const uint8_t octets[4] = {192, 0, 2, 1};
    const struct notice_source from = {.enterprise = 4711,
                                       .seq = 5,
                                       .alert = a,
                                       .object = 12,
                                       .addr = addr_v4(octets),
                                       .risk_level = 5};

    notice_compose(&from, out);
}

static void assert_oid(struct oid got, const char *want)
{
    char text[OID_TEXT_MAX];

    assert_string_equal(oid_format(got, text, sizeof text), want);
}

#define ROW "0.11.7.234.11.22.2.47.31.4.43.0.0.77"

static void varbinds_come_in_their_order(void **state)
{
    (void)state;
    static const char *const names[] = {
        "1.3.6.1.4.1.4711.1.1.1.5.0",     "1.3.6.1.4.1.4711.1.1.2.1.2.12",
        "1.3.6.1.4.1.4711.1.1.2.1.6.12",  "1.3.6.1.4.1.4711.1.1.1.28.0",
        "1.3.6.1.4.1.4711.1.1.2.1.12.12", "1.3.6.1.4.1.4711.1.1.1.29.0",
        "1.3.6.1.4.1.4711.1.1.1.30.0"};
    struct alert_record a = alert_of(&unreachable);
    struct notice n;

    compose(&a, &n);
    assert_oid(oid_view(&n.trap), "1.3.6.1.4.1.4711.1.0.1");
    assert_int_equal(n.count, COUNT_OF(names));
    for (size_t i = 0; i < n.count; i++)
        assert_oid(n.varbinds[i].name, names[i]);
    assert_int_equal(n.varbinds[0].value.number, 5);
    assert_int_equal(n.varbinds[3].value.integer, 3);
    assert_oid(n.varbinds[5].value.oid, "1.3.6.1.2.1.118.1.2.2.1.4." ROW);
    assert_int_equal(n.varbinds[2].value.octets.len, 4);
    assert_int_equal(n.varbinds[2].value.octets.at[0], 192);
}

static void what_is_over_says_so_by_its_twin(void **state)
{
    (void)state;
    struct alert_record a = alert_of(&unreachable);
    struct notice n;

    a.state = ALERT_CLEARED;
    a.cleared = at;
    compose(&a, &n);
    assert_oid(oid_view(&n.trap), "1.3.6.1.4.1.4711.1.0.2");
    assert_int_equal(n.varbinds[3].value.integer, 1);
    assert_oid(n.varbinds[5].value.oid, "1.3.6.1.2.1.118.1.3.2.1.3." ROW);
}

static void what_became_known_is_neither_raised_nor_over(void **state)
{
    (void)state;
    struct alert_record a = alert_of(&odd);
    struct notice n;

    notice_compose(&(struct notice_source){.enterprise = 4711,
                                           .alert = &a,
                                           .text = "because",
                                           .explained = true},
                   &n);
    assert_oid(oid_view(&n.trap), "1.3.6.1.4.1.4711.1.0.21");
    assert_int_equal(n.count, 7);
    assert_oid(n.varbinds[5].value.oid, "1.3.6.1.2.1.118.1.2.2.1.4." ROW);
    assert_int_equal(n.varbinds[6].value.octets.len, 7);
}

static void a_type_without_its_own_goes_as_the_generic_one(void **state)
{
    (void)state;
    struct alert_record a = alert_of(&odd);
    struct notice n;

    compose(&a, &n);
    assert_oid(oid_view(&n.trap), "1.3.6.1.2.1.118.0.2");
    assert_int_equal(n.count, 9);
    assert_oid(n.varbinds[0].name, "1.3.6.1.2.1.118.1.2.2.1.13." ROW);
    assert_oid(n.varbinds[0].value.oid, "1.3.6.1.2.1.118.1.1.2.1.3.0.9.6");
    assert_oid(n.varbinds[1].name, "1.3.6.1.2.1.118.1.2.2.1.10." ROW);
    assert_oid(n.varbinds[1].value.oid, "1.3.6.1.4.1.4711.1.1.2.1.2.12");
    assert_oid(n.varbinds[2].name, "1.3.6.1.4.1.4711.1.1.1.5.0");
}

static void what_is_no_alert_points_to_none(void **state)
{
    (void)state;
    struct alert_record a = alert_of(&unreachable);
    struct notice n;

    a.index = 0;
    compose(&a, &n);
    assert_oid(n.varbinds[5].value.oid, "0.0");
}

static void texts_are_cut_at_a_character(void **state)
{
    (void)state;
    assert_int_equal(admin_string("a\xc3\xa9", 2).len, 1);
    assert_int_equal(admin_string("a\xc3\xa9", 3).len, 3);
    assert_int_equal(admin_string("", 3).len, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(varbinds_come_in_their_order),
        cmocka_unit_test(what_is_over_says_so_by_its_twin),
        cmocka_unit_test(what_became_known_is_neither_raised_nor_over),
        cmocka_unit_test(a_type_without_its_own_goes_as_the_generic_one),
        cmocka_unit_test(what_is_no_alert_points_to_none),
        cmocka_unit_test(texts_are_cut_at_a_character),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
