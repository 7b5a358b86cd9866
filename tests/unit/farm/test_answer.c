/* What agents answer, by version, and how they misbehave when told to. */
#include "tests/farm/recording.h"
#include "tests/unit/farm/asking.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define SYS_UPTIME OID(1, 3, 6, 1, 2, 1, 1, 3, 0)
#define SYS_NAME OID(1, 3, 6, 1, 2, 1, 1, 5, 0)
#define IF_TABLE OID(1, 3, 6, 1, 2, 1, 2, 2)

static int asking_new(void **state)
{
    struct asking *a = mem_new(struct asking);

    asking_init(a, plan_make(plan_find("campus"), 3, ASKING_BASE, 40, 24));
    *state = a;
    return 0;
}

static int asking_free(void **state)
{
    asking_fini(*state);
    free(*state);
    return 0;
}

static void fault_on(struct asking *a, const char *text)
{
    struct fault_setting s;

    assert_int_equal(fault_parse(text, &s, NULL), 0);
    farm_fault(a->farm, &s);
}

static bool value_is(const struct value *v, const char *text)
{
    return v->type == VALUE_OCTETS &&
           bytes_equal(v->octets, bytes_of_text(text));
}

static void agents_tell_their_names(void **state)
{
    struct asking *a = *state;

    for (uint32_t i = 0; i < 40; i++) {
        assert_true(asking_get(a, i, SYS_NAME));
        assert_true(value_is(&a->answer.pdu.varbinds[0].value,
                             network_device(a->farm->net, i)->name));
    }
}

static void nobody_answers_what_is_not_theirs(void **state)
{
    struct asking *a = *state;

    assert_false(asking_get(a, 40, SYS_NAME)); /* one too many */
    assert_false(asking_get(a, NONE, SYS_NAME));
    a->community = "private";
    assert_false(asking_get(a, 0, SYS_NAME));
    a->community = "publi";
    assert_false(asking_get(a, 0, SYS_NAME));
    a->community = "";
    assert_false(asking_get(a, 0, SYS_NAME));
    assert_false(asking_send(a, 0, bytes_of_text("no BER at all")));
    assert_false(asking_send(a, 0, (struct bytes){NULL, 0}));
    assert_int_equal(a->farm->stats.answers, 0);
    assert_int_equal(a->farm->stats.malformed, 2);
}

static void versions_differ_where_the_standards_say(void **state)
{
    struct asking *a = *state;
    struct oid names[] = {SYS_NAME, OID(1, 3, 6, 1, 2, 1, 1, 99, 0)};
    const struct pdu get = {.type = PDU_GET, .names = names, .count = 2};
    struct oid end = OID(2, 1);

    assert_true(asking_put(a, 0, get));
    assert_int_equal(a->answer.pdu.error_status, 0);
    assert_int_equal(a->answer.pdu.varbinds[1].value.type, VALUE_NO_OBJECT);
    assert_true(asking_put(
        a, 0, (struct pdu){.type = PDU_GET_NEXT, .names = &end, .count = 1}));
    assert_int_equal(a->answer.pdu.varbinds[0].value.type, VALUE_END_OF_VIEW);
    assert_true(asking_put(
        a, 0, (struct pdu){.type = PDU_SET, .names = names, .count = 1}));
    assert_int_equal(a->answer.pdu.error_status, 17);

    a->version = SNMP_V1;
    assert_true(asking_put(a, 0, get));
    assert_int_equal(a->answer.pdu.error_status, ERROR_NO_SUCH_NAME);
    assert_int_equal(a->answer.pdu.error_index, 2);
    assert_int_equal(a->answer.pdu.count, 2);
    assert_true(asking_put(
        a, 0, (struct pdu){.type = PDU_GET_NEXT, .names = &end, .count = 1}));
    assert_int_equal(a->answer.pdu.error_status, ERROR_NO_SUCH_NAME);
    assert_false(asking_bulk(a, 0, IF_TABLE, 5));
}

static void v1_hides_64_bits(void **state)
{
    struct asking *a = *state;
    struct oid high = OID(1, 3, 6, 1, 2, 1, 31, 1, 1, 1, 6);

    assert_true(asking_bulk(a, 0, high, 1));
    assert_int_equal(a->answer.pdu.varbinds[0].value.type, VALUE_COUNTER64);
    a->version = SNMP_V1;
    assert_true(asking_put(
        a, 0, (struct pdu){.type = PDU_GET_NEXT, .names = &high, .count = 1}));
    assert_int_equal(a->answer.pdu.varbinds[0].value.type, VALUE_INTEGER);
}

static void bulk_repeats_and_stays_within_its_size(void **state)
{
    struct asking *a = *state;
    struct oid names[] = {SYS_NAME, IF_TABLE, OID(1, 3, 6, 1, 2, 1, 31, 1, 1)};
    struct pdu bulk = {.type = PDU_GET_BULK,
                       .non_repeaters = 1,
                       .max_repetitions = 3,
                       .names = names,
                       .count = 3};

    assert_true(asking_put(a, 0, bulk));
    assert_int_equal(a->answer.pdu.count, 1 + 2 * 3);
    bulk.max_repetitions = 10000;
    assert_true(asking_put(a, 0, bulk));
    assert_true(a->answer.pdu.count > 20);
    assert_true(a->reply.octets.len <= a->farm->max_size);
    assert_true(a->reply.octets.len > a->farm->max_size - 120);
    bulk.max_repetitions = 0;
    assert_true(asking_put(a, 0, bulk));
    assert_int_equal(a->answer.pdu.count, 1);
    bulk.max_repetitions = -7;
    bulk.non_repeaters = 2000;
    assert_true(asking_put(a, 0, bulk));
    assert_int_equal(a->answer.pdu.count, 3);
}

static void bulk_ends_with_the_tree(void **state)
{
    struct asking *a = *state;

    assert_true(asking_bulk(a, 0, OID(1, 3, 6, 1, 6, 3, 10, 2, 1, 3), 50));
    assert_int_equal(a->answer.pdu.count, 3); /* time, max size, end */
    assert_int_equal(a->answer.pdu.varbinds[2].value.type, VALUE_END_OF_VIEW);
}

/* The switch of the network that is asked by context, one of IOS. */
static uint32_t vlan_switch(const struct asking *a)
{
    for (uint32_t i = 0; i < a->farm->net->devices.count; i++)
        if (strcmp(network_device(a->farm->net, i)->model->key, "ios-access") ==
            0)
            return i;
    return NONE;
}

static void contexts_choose_the_vlan(void **state)
{
    struct asking *a = *state;
    struct oid fdb = OID(1, 3, 6, 1, 2, 1, 17, 4, 3, 1, 1);
    uint32_t agent = vlan_switch(a);

    assert_int_not_equal(agent, NONE);
    assert_true(asking_bulk(a, agent, fdb, 1));
    struct oid_store first;

    oid_copy(&first, a->answer.pdu.varbinds[0].name);
    a->community = "public@10";
    assert_true(asking_bulk(a, agent, fdb, 1));
    assert_true(oid_begins(a->answer.pdu.varbinds[0].name, fdb));
    assert_false(oid_equal(a->answer.pdu.varbinds[0].name, oid_view(&first)));
    a->community = "public@777"; /* no such VLAN: an empty table */
    assert_true(asking_bulk(a, agent, fdb, 1));
    assert_false(oid_begins(a->answer.pdu.varbinds[0].name, fdb));
    a->community = "public@x";
    assert_false(asking_bulk(a, agent, fdb, 1));
}

/* ---- misbehaviour ----------------------------------------------------------
 */

static unsigned answers_of(struct asking *a, unsigned questions)
{
    unsigned count = 0;

    for (unsigned i = 0; i < questions; i++)
        count += asking_get(a, i % 40, SYS_NAME);
    return count;
}

static void loss_and_death_silence_their_share(void **state)
{
    struct asking *a = *state;

    fault_on(a, "loss=20");
    unsigned got = answers_of(a, 4000);

    assert_true(got > 3000 && got < 3400);
    farm_clear(a->farm, FAULT_LOSS);
    fault_on(a, "dead@30%");
    got = answers_of(a, 40);
    assert_true(got > 20 && got < 36);
    assert_int_equal(answers_of(a, 80), 2 * got); /* always the same ones */
    fault_on(a, "dead@0");
    assert_int_equal(answers_of(a, 40), 40);
}

static void too_big_is_said_beyond_the_size(void **state)
{
    struct asking *a = *state;

    fault_on(a, "toobig=300");
    assert_true(asking_bulk(a, 0, IF_TABLE, 50));
    assert_int_equal(a->answer.pdu.error_status, ERROR_TOO_BIG);
    assert_int_equal(a->answer.pdu.count, 0);
    assert_true(asking_bulk(a, 0, IF_TABLE, 2));
    assert_int_equal(a->answer.pdu.error_status, ERROR_NONE);
    assert_int_equal(a->answer.pdu.count, 2);
}

static void answers_are_spoilt(void **state)
{
    struct asking *a = *state;

    fault_on(a, "truncated=100");
    assert_false(asking_get(a, 0, SYS_NAME));
    assert_true(a->reply.octets.len > 0);
    farm_clear(a->farm, FAULT_TRUNCATED);
    fault_on(a, "short=3");
    assert_true(asking_bulk(a, 0, IF_TABLE, 50));
    assert_int_equal(a->answer.pdu.count, 3);
    fault_on(a, "nobulk");
    assert_false(asking_bulk(a, 0, IF_TABLE, 50));
    fault_on(a, "wrongid=100");
    assert_true(asking_get(a, 0, SYS_NAME));
    assert_int_not_equal(a->answer.pdu.request_id, 77);
    fault_on(a, "cloned");
    assert_true(asking_get(a, 0, SYS_NAME));
    assert_true(value_is(&a->answer.pdu.varbinds[0].value, "switch"));
    fault_on(a, "delay=20-50");
    fault_on(a, "twice");
    fault_on(a, "source");
    for (int i = 0; i < 100; i++) {
        assert_true(asking_get(a, 0, SYS_NAME));
        assert_in_range(a->reply.delay_ms, 20, 50);
        assert_int_equal(a->reply.copies, 2);
        assert_true(a->reply.other_source);
    }
}

static void garbage_is_garbage_and_no_crash(void **state)
{
    struct asking *a = *state;
    unsigned readable = 0;

    fault_on(a, "garbage=100");
    for (int i = 0; i < 2000; i++)
        readable += asking_bulk(a, (uint32_t)i % 40, IF_TABLE, 10);
    assert_true(readable < 1900);
}

static void the_end_may_be_missing(void **state)
{
    struct asking *a = *state;

    fault_on(a, "noend");
    assert_true(asking_bulk(a, 0, OID(1, 3, 6, 1, 6, 3, 10, 2, 1, 4, 0), 5));
    assert_int_equal(a->answer.pdu.error_status, ERROR_NO_SUCH_NAME);
}

static void clocks_jump_and_come_back(void **state)
{
    struct asking *a = *state;
    int64_t before = 0;
    unsigned forward = 0, back = 0;

    fault_on(a, "clock=10");
    for (a->now_ms = 0; a->now_ms < 60000; a->now_ms += 1000) {
        assert_true(asking_get(a, 5, SYS_UPTIME));
        int64_t uptime = (int64_t)asking_number(a);

        if (a->now_ms > 0) {
            forward += uptime > before + 10000;
            back += uptime < before;
        }
        before = uptime;
    }
    assert_in_range(forward, 2, 4);
    assert_in_range(back, 2, 4);
}

static void recordings_answer_by_community_and_address(void **state)
{
    (void)state;
    struct asking a;

    asking_init(&a, NULL);
    farm_add_recording(
        a.farm, "one",
        recording_read("one", bytes_of_text("1.3.6.1.2.1.1.5.0|4|first\n"),
                       NULL, NULL));
    farm_add_recording(
        a.farm, "one@10",
        recording_read("one@10", bytes_of_text("1.3.6.1.2.1.1.5.0|4|vlan\n"),
                       NULL, NULL));
    farm_add_recording(
        a.farm, "two",
        recording_read("two", bytes_of_text("1.3.6.1.2.1.1.5.0|4|second\n"),
                       NULL, NULL));
    static const struct {
        const char *community;
        uint32_t agent;
        const char *name; /* NULL: silence */
    } cases[] = {
        {"public", 0, "first"}, {"public", 1, "second"},
        {"two", 0, "second"},   {"one@10", 1, "vlan"},
        {"one", NONE, "first"}, {"public", 2, NULL},
        {"three", 0, NULL},     {"public@10", 0, "vlan"},
        {"public@10", 1, NULL}, {"public@10", NONE, NULL},
        {"public", NONE, NULL},
    };

    assert_int_equal(a.farm->agents.count, 2); /* contexts are no agents */
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        print_message("%s at %u\n", cases[i].community, cases[i].agent);
        a.community = cases[i].community;
        assert_int_equal(asking_get(&a, cases[i].agent, SYS_NAME),
                         cases[i].name != NULL);
        if (cases[i].name != NULL)
            assert_true(
                value_is(&a.answer.pdu.varbinds[0].value, cases[i].name));
    }
    asking_fini(&a);
}

#define CASE(test) \
    cmocka_unit_test_setup_teardown(test, asking_new, asking_free)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(agents_tell_their_names),
        CASE(nobody_answers_what_is_not_theirs),
        CASE(versions_differ_where_the_standards_say),
        CASE(v1_hides_64_bits),
        CASE(bulk_repeats_and_stays_within_its_size),
        CASE(bulk_ends_with_the_tree),
        CASE(contexts_choose_the_vlan),
        CASE(loss_and_death_silence_their_share),
        CASE(too_big_is_said_beyond_the_size),
        CASE(answers_are_spoilt),
        CASE(garbage_is_garbage_and_no_crash),
        CASE(the_end_may_be_missing),
        CASE(clocks_jump_and_come_back),
        cmocka_unit_test(recordings_answer_by_community_and_address),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
