/* Messages of every kind are read as they were written; broken ones are refused
 * with a reason, wherever they are cut. */
#include "wire/message.h"

#include "base/mem.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#define OCTETS(text)                              \
    {                                             \
        (const uint8_t *)(text), sizeof(text) - 1 \
    }

/* What net-snmp sends for: snmpget -v2c -c public HOST 1.3.6.1.2.1.1.3.0 */
#define GET_UPTIME                                                             \
    "\x30\x29\x02\x01\x01\x04\x06public\xa0\x1c\x02\x04\x12\x34\x56\x78"       \
    "\x02\x01\x00\x02\x01\x00\x30\x0e\x30\x0c\x06\x08\x2b\x06\x01\x02\x01\x01" \
    "\x03\x00\x05\x00"

struct decoded {
    int result;
    const char *why;
    struct message m;
};

static struct decoded decode(struct bytes octets, struct message_scratch *s)
{
    struct cursor c = cursor_over(octets);
    struct decoded d = {0};

    memset(&d.m, 0xa5, sizeof d.m);
    d.result = message_decode(&c, &d.m);
    d.why = c.why;
    if (d.result < 0)
        return d;
    c = cursor_over(d.m.body);
    d.result = message_decode_pdu(&c, s, &d.m);
    d.why = c.why;
    return d;
}

static void a_request_from_the_wire_is_read(void **state)
{
    (void)state;
    OWNED(message_scratch_free)
    struct message_scratch *s = message_scratch_new();
    struct bytes octets = OCTETS(GET_UPTIME);
    struct decoded d = decode(octets, s);
    char text[OID_TEXT_MAX];

    assert_int_equal(d.result, 0);
    assert_int_equal(d.m.version, SNMP_V2C);
    assert_true(bytes_equal(d.m.community, bytes_of_text("public")));
    assert_int_equal(d.m.pdu.type, PDU_GET);
    assert_int_equal(d.m.pdu.request_id, 0x12345678);
    assert_int_equal(d.m.pdu.count, 1);
    assert_string_equal(oid_format(d.m.pdu.varbinds[0].name, text, sizeof text),
                        "1.3.6.1.2.1.1.3.0");
    assert_int_equal(d.m.pdu.varbinds[0].value.type, VALUE_NULL);
}

static void a_request_is_written_as_others_do(void **state)
{
    (void)state;
    const struct oid name = OID_INIT(1, 3, 6, 1, 2, 1, 1, 3, 0);
    const struct message m = {
        .version = SNMP_V2C,
        .community = bytes_of_text("public"),
        .pdu = {.type = PDU_GET,
                .request_id = 0x12345678,
                .names = &name,
                .count = 1},
    };
    struct bytes want = OCTETS(GET_UPTIME);
    uint8_t room[128];
    struct ber_builder b = ber_builder_over(room, sizeof room);

    assert_int_equal(message_encode(&b, &m), 0);
    assert_true(bytes_equal(ber_built(&b), want));
}

static const struct oid names[] = {
    OID_INIT(1, 3, 6, 1, 2, 1, 2, 2, 1, 10, 1),
    OID_INIT(1, 3, 6, 1, 2, 1, 2, 2, 1, 16, 4294967295U),
};

static void every_pdu_is_read_as_written(void **state)
{
    (void)state;
    OWNED(message_scratch_free)
    struct message_scratch *s = message_scratch_new();
    const struct varbind varbinds[] = {
        {names[0], {.type = VALUE_COUNTER32, .number = 4294967295U}},
        {names[1], {.type = VALUE_OCTETS, .octets = OCTETS("up\0down")}},
    };
    static const uint8_t types[] = {
        PDU_GET,      PDU_GET_NEXT, PDU_RESPONSE, PDU_SET,
        PDU_GET_BULK, PDU_INFORM,   PDU_TRAP_V2,  PDU_REPORT,
    };

    for (size_t i = 0; i < COUNT_OF(types) * 2; i++) {
        const struct message m = {
            .version = i % 2 == 0 ? SNMP_V1 : SNMP_V2C,
            .community = bytes_of_text(""),
            .pdu = {.type = types[i / 2],
                    .request_id = -2147483647 - 1,
                    .error_status = 5,
                    .error_index = -1,
                    .varbinds = varbinds,
                    .count = 2},
        };
        uint8_t room[256];
        struct ber_builder b = ber_builder_over(room, sizeof room);

        assert_int_equal(message_encode(&b, &m), 0);
        struct decoded d = decode(ber_built(&b), s);
        assert_int_equal(d.result, 0);
        assert_int_equal(d.m.version, m.version);
        assert_int_equal(d.m.pdu.type, m.pdu.type);
        assert_int_equal(d.m.pdu.request_id, m.pdu.request_id);
        assert_int_equal(d.m.pdu.non_repeaters, 5);
        assert_int_equal(d.m.pdu.max_repetitions, -1);
        assert_int_equal(d.m.pdu.count, 2);
        assert_true(oid_equal(d.m.pdu.varbinds[1].name, names[1]));
        assert_true(bytes_equal(d.m.pdu.varbinds[1].value.octets,
                                varbinds[1].value.octets));
    }
}

static void a_v1_trap_is_read_as_written(void **state)
{
    (void)state;
    OWNED(message_scratch_free)
    struct message_scratch *s = message_scratch_new();
    const struct message m = {
        .version = SNMP_V1,
        .community = bytes_of_text("public"),
        .pdu = {.type = PDU_TRAP_V1,
                .trap = {.enterprise = names[0],
                         .agent_addr = OCTETS("\xc0\x00\x02\x01"),
                         .generic = 6,
                         .specific = 42,
                         .uptime_cs = 4294967295U},
                .names = names,
                .count = 2},
    };
    uint8_t room[256];
    struct ber_builder b = ber_builder_over(room, sizeof room);

    assert_int_equal(message_encode(&b, &m), 0);
    struct decoded d = decode(ber_built(&b), s);
    assert_int_equal(d.result, 0);
    assert_true(oid_equal(d.m.pdu.trap.enterprise, names[0]));
    assert_true(bytes_equal(d.m.pdu.trap.agent_addr, m.pdu.trap.agent_addr));
    assert_int_equal(d.m.pdu.trap.generic, 6);
    assert_int_equal(d.m.pdu.trap.specific, 42);
    assert_true(d.m.pdu.trap.uptime_cs == 4294967295U);
    assert_int_equal(d.m.pdu.count, 2);
}

static struct message v3_report(void)
{
    return (struct message){
        .version = SNMP_V3,
        .v3 = {.msg_id = 77,
               .max_size = 65507,
               .security_model = MESSAGE_SECURITY_USM,
               .engine_id = OCTETS("\x80\x00\x1f\x88\x01"),
               .boots = 2147483647,
               .time_s = 1,
               .user = bytes_of_text("u"),
               .context_engine_id = OCTETS("\x80\x00\x1f\x88\x01"),
               .context = bytes_of_text("c")},
        .pdu = {.type = PDU_REPORT,
                .request_id = 77,
                .names = names,
                .count = 1},
    };
}

static void a_v3_message_is_read_as_written(void **state)
{
    (void)state;
    OWNED(message_scratch_free)
    struct message_scratch *s = message_scratch_new();
    struct message m = v3_report();
    uint8_t room[256];
    struct ber_builder b = ber_builder_over(room, sizeof room);

    assert_int_equal(message_encode(&b, &m), 0);
    struct decoded d = decode(ber_built(&b), s);
    assert_int_equal(d.result, 0);
    assert_int_equal(d.m.v3.msg_id, 77);
    assert_int_equal(d.m.v3.boots, 2147483647);
    assert_true(bytes_equal(d.m.v3.engine_id, m.v3.engine_id));
    assert_true(bytes_equal(d.m.v3.user, m.v3.user));
    assert_true(bytes_equal(d.m.v3.context, m.v3.context));
    assert_int_equal(d.m.pdu.type, PDU_REPORT);
}

static void what_v3_forbids_is_refused(void **state)
{
    (void)state;
    OWNED(message_scratch_free)
    struct message_scratch *s = message_scratch_new();
    static const uint8_t long_id[33] = {1};
    struct message priv_alone = v3_report(), model = v3_report(),
                   id = v3_report();

    priv_alone.v3.flags = MESSAGE_PRIV;
    model.v3.security_model = 2;
    id.v3.engine_id = (struct bytes){long_id, sizeof long_id};
    const struct {
        const struct message *m;
        const char *why;
    } cases[] = {
        {&priv_alone, "msgFlags: privacy without authentication"},
        {&model, "msgSecurityModel: not USM"},
        {&id, "msgAuthoritativeEngineID: too long"},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        uint8_t room[256];
        struct ber_builder b = ber_builder_over(room, sizeof room);

        assert_int_equal(message_encode(&b, cases[i].m), 0);
        struct decoded d = decode(ber_built(&b), s);
        assert_int_equal(d.result, -EBADMSG);
        assert_string_equal(d.why, cases[i].why);
        assert_int_equal(d.m.version + (int32_t)d.m.body.len, 0);
    }
}

static void broken_messages_are_refused_with_a_reason(void **state)
{
    (void)state;
    OWNED(message_scratch_free)
    struct message_scratch *s = message_scratch_new();
    static const struct {
        const char *name;
        struct bytes octets;
        const char *why;
    } cases[] = {
        {"text", OCTETS("GET / HTTP/1.1"), "Message: no SEQUENCE"},
        {"no version", OCTETS("\x30\x02\x04\x00"), "version: bad"},
        {"version 2", OCTETS("\x30\x05\x02\x01\x02\x04\x00"),
         "version: none that we know"},
        {"no community", OCTETS("\x30\x03\x02\x01\x01"), "truncated"},
        {"unknown PDU", OCTETS("\x30\x09\x02\x01\x01\x04\x00\xaf\x02\x05\x00"),
         "PDU: none that we know"},
        {"request-id of 5 octets",
         OCTETS("\x30\x0e\x02\x01\x01\x04\x00\xa2\x07\x02\x05\x01\0\0\0\0"),
         "request-id: bad"},
        {"name that is no OID",
         OCTETS("\x30\x18\x02\x01\x01\x04\x00\xa2\x11\x02\x01\x01\x02\x01\x00"
                "\x02\x01\x00\x30\x06\x30\x04\x05\x00\x05\x00"),
         "VarBind: bad name"},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct decoded d = decode(cases[i].octets, s);

        print_message("  %s\n", cases[i].name);
        assert_int_equal(d.result, -EBADMSG);
        assert_string_equal(d.why, cases[i].why);
        assert_int_equal(d.m.pdu.count, 0);
        assert_int_equal(d.m.pdu.type, 0);
    }
}

static void one_bad_value_hides_no_other(void **state)
{
    (void)state;
    OWNED(message_scratch_free)
    struct message_scratch *s = message_scratch_new();
    struct bytes octets =
        OCTETS("\x30\x24\x02\x01\x01\x04\x00\xa2\x1d\x02\x01\x01\x02\x01\x00"
               "\x02\x01\x00\x30\x12"
               "\x30\x07\x06\x03\x2b\x06\x01\x41\x00"
               "\x30\x07\x06\x02\x2b\x07\x41\x01\x07");
    struct decoded d = decode(octets, s);

    assert_int_equal(d.result, 0);
    assert_int_equal(d.m.pdu.count, 2);
    assert_int_equal(s->ber.odd, 1);
    assert_int_equal(d.m.pdu.varbinds[0].value.type, VALUE_NULL);
    assert_int_equal(d.m.pdu.varbinds[1].value.number, 7);
}

static void too_many_varbinds_are_refused(void **state)
{
    (void)state;
    OWNED(message_scratch_free)
    struct message_scratch *s = message_scratch_new();
    static struct varbind many[MESSAGE_VARBINDS_MAX + 1];
    static uint8_t room[MESSAGE_MAX];
    struct message m = {.version = SNMP_V2C,
                        .pdu = {.type = PDU_RESPONSE, .varbinds = many}};

    for (size_t i = 0; i < COUNT_OF(many); i++)
        many[i].name = names[0];
    for (size_t more = 0; more <= 1; more++) {
        struct ber_builder b = ber_builder_over(room, sizeof room);

        m.pdu.count = MESSAGE_VARBINDS_MAX + more;
        m.pdu.varbinds = many;
        for (size_t i = 0; i < COUNT_OF(many); i++)
            many[i].name.len = 2;
        assert_int_equal(message_encode(&b, &m), 0);
        assert_int_equal(decode(ber_built(&b), s).result,
                         more == 0 ? 0 : -EBADMSG);
    }
}

static void cut_and_see(struct bytes whole, struct message_scratch *s)
{
    for (size_t len = 1; len < whole.len; len++) {
        uint8_t *cut = malloc(len);

        assert_non_null(cut);
        memcpy(cut, whole.at, len);
        assert_int_equal(decode((struct bytes){cut, len}, s).result, -EBADMSG);
        free(cut);
    }
}

static void every_cut_is_refused(void **state)
{
    (void)state;
    OWNED(message_scratch_free)
    struct message_scratch *s = message_scratch_new();
    struct bytes v2c = OCTETS(GET_UPTIME);
    struct message m = v3_report();
    uint8_t room[256];
    struct ber_builder b = ber_builder_over(room, sizeof room);

    cut_and_see(v2c, s);
    assert_int_equal(message_encode(&b, &m), 0);
    cut_and_see(ber_built(&b), s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_request_from_the_wire_is_read),
        cmocka_unit_test(a_request_is_written_as_others_do),
        cmocka_unit_test(every_pdu_is_read_as_written),
        cmocka_unit_test(a_v1_trap_is_read_as_written),
        cmocka_unit_test(a_v3_message_is_read_as_written),
        cmocka_unit_test(what_v3_forbids_is_refused),
        cmocka_unit_test(broken_messages_are_refused_with_a_reason),
        cmocka_unit_test(one_bad_value_hides_no_other),
        cmocka_unit_test(too_many_varbinds_are_refused),
        cmocka_unit_test(every_cut_is_refused),
    };
    return cmocka_run_group_tests_name("message", tests, NULL, NULL);
}
