/* Traps of all versions become the same; what is none is refused. */
#include "wire/notification.h"

#include "base/mem.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const struct oid uptime = OID_INIT(1, 3, 6, 1, 2, 1, 1, 3, 0);
static const struct oid trap_name = OID_INIT(1, 3, 6, 1, 6, 3, 1, 1, 4, 1, 0);
static const struct oid proxied = OID_INIT(1, 3, 6, 1, 6, 3, 18, 1, 3, 0);
static const struct oid link_down = OID_INIT(1, 3, 6, 1, 6, 3, 1, 1, 5, 3);
static const struct oid vendor = OID_INIT(1, 3, 6, 1, 4, 1, 9, 9);
static const uint8_t address[4] = {192, 0, 2, 7};

static struct varbind varbind_oid(struct oid name, struct oid value)
{
    return (struct varbind){name, {.type = VALUE_OID, .oid = value}};
}

static struct varbind varbind_ticks(struct oid name, uint64_t ticks)
{
    return (struct varbind){name, {.type = VALUE_TICKS, .number = ticks}};
}

/* RFC 3584, 3.1: (2) generic traps, (3) those of an enterprise. */
static void traps_of_v1_get_the_names_of_v2(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        int32_t generic, specific;
        int result;
        const char *trap;
    } cases[] = {
        {"coldStart", 0, 0, 0, "1.3.6.1.6.3.1.1.5.1"},
        {"linkDown", 2, 0, 0, "1.3.6.1.6.3.1.1.5.3"},
        {"egpNeighborLoss", 5, 0, 0, "1.3.6.1.6.3.1.1.5.6"},
        {"of an enterprise", 6, 41, 0, "1.3.6.1.4.1.9.9.0.41"},
        {"beyond what there is", 7, 0, -EBADMSG, ""},
        {"negative", -1, 0, -EBADMSG, ""},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct message m = {
            .version = SNMP_V1,
            .pdu = {.type = PDU_TRAP_V1,
                    .trap = {.enterprise = vendor,
                             .agent_addr = {address, sizeof address},
                             .generic = cases[i].generic,
                             .specific = cases[i].specific,
                             .uptime_cs = 42}}};
        struct notification n;
        struct oid_store made;
        char text[OID_TEXT_MAX];

        print_message("%s\n", cases[i].name);
        assert_int_equal(notification_read(&m, &made, &n), cases[i].result);
        assert_string_equal(oid_format(n.trap, text, sizeof text),
                            cases[i].trap);
        if (cases[i].result < 0)
            continue;
        assert_int_equal(n.uptime_cs, 42);
        assert_memory_equal(n.origin.octets, address, sizeof address);
    }
}

static void the_first_two_varbinds_say_when_and_what(void **state)
{
    (void)state;
    const struct varbind more = varbind_ticks(vendor, 9);
    const struct varbind when = varbind_ticks(uptime, 7);
    const struct varbind what = varbind_oid(trap_name, link_down);
    const struct {
        const char *name;
        struct varbind varbinds[3];
        size_t count;
        int result;
        size_t left;
    } cases[] = {
        {"as the standard says", {when, what, more}, 3, 0, 1},
        {"the other way round", {what, when, more}, 3, 0, 1},
        {"without sysUpTime", {what, more}, 2, 0, 1},
        {"nothing else", {when, what}, 2, 0, 0},
        {"without a name", {when, more}, 2, -EBADMSG, 0},
        {"its name too late", {when, more, what}, 3, -EBADMSG, 0},
        {"a name that is a number",
         {when, varbind_ticks(trap_name, 1)},
         2,
         -EBADMSG,
         0},
        {"empty", {{{0}, {0}}}, 0, -EBADMSG, 0},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct message m = {.version = SNMP_V2C,
                            .pdu = {.type = PDU_TRAP_V2,
                                    .varbinds = cases[i].varbinds,
                                    .count = cases[i].count}};
        struct notification n;
        struct oid_store made;

        print_message("%s\n", cases[i].name);
        assert_int_equal(notification_read(&m, &made, &n), cases[i].result);
        assert_int_equal(n.count, cases[i].left);
        assert_true(cases[i].result < 0 || oid_equal(n.trap, link_down));
    }
}

static void a_proxy_tells_whom_it_is_about(void **state)
{
    (void)state;
    struct varbind varbinds[] = {
        varbind_oid(trap_name, link_down),
        {proxied, {.type = VALUE_IP, .octets = {address, sizeof address}}}};
    struct message m = {
        .version = SNMP_V2C,
        .pdu = {.type = PDU_INFORM, .varbinds = varbinds, .count = 2}};
    struct notification n;
    struct oid_store made;

    assert_int_equal(notification_read(&m, &made, &n), 0);
    assert_true(n.inform);
    assert_memory_equal(n.origin.octets, address, sizeof address);
}

static void what_is_no_notification_is_refused(void **state)
{
    (void)state;
    struct varbind what = varbind_oid(trap_name, link_down);
    static const struct {
        int32_t version;
        uint8_t type;
    } cases[] = {{SNMP_V2C, PDU_GET},
                 {SNMP_V2C, PDU_RESPONSE},
                 {SNMP_V2C, PDU_TRAP_V1},
                 {SNMP_V1, PDU_TRAP_V2},
                 {SNMP_V3, PDU_REPORT}};

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct message m = {
            .version = cases[i].version,
            .pdu = {.type = cases[i].type, .varbinds = &what, .count = 1}};
        struct notification n;
        struct oid_store made;

        assert_int_equal(notification_read(&m, &made, &n), -EBADMSG);
        assert_int_equal(n.trap.len, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(traps_of_v1_get_the_names_of_v2),
        cmocka_unit_test(the_first_two_varbinds_say_when_and_what),
        cmocka_unit_test(a_proxy_tells_whom_it_is_about),
        cmocka_unit_test(what_is_no_notification_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
