/* Neighbors are kept as long as they want, once each, and never too many. */
#include "station/heard.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct mono start = {INT64_C(5000000000000)};

static struct mono after_s(int64_t s)
{
    return mono_after_ms(start, s * 1000);
}

/* What a switch says on interface 3. */
static struct lldp_announcement lldp(const char *chassis, const char *port)
{
    return (struct lldp_announcement){
        .chassis_subtype = 7,
        .port_subtype = 5,
        .chassis_id = bytes_of_text(chassis),
        .port_id = bytes_of_text(port),
        .ttl_s = 120,
    };
}

static bool hear(struct heard_neighbors *h, const struct lldp_announcement *a,
                 struct mono now)
{
    struct heard heard = {.if_name = "eth0", .if_index = 3, .lldp = a};

    return heard_take(h, &heard, now);
}

static struct facts *facts_at(struct heard_neighbors *h, struct mono now)
{
    struct facts *f = facts_new();

    heard_add_to(h, f, now);
    return f;
}

static size_t count_at(struct heard_neighbors *h, struct mono now)
{
    struct facts *f = facts_at(h, now);
    size_t count = f->neighbors.count;

    facts_unref(f);
    return count;
}

static void a_neighbor_is_news_once(void **state)
{
    struct heard_neighbors *h = heard_new();
    struct lldp_announcement said = lldp("sw-1", "1");

    (void)state;
    assert_true(hear(h, &said, start));
    assert_false(hear(h, &said, after_s(30)));
    said.sys_name = bytes_of_text("renamed");
    assert_true(hear(h, &said, after_s(60)));
    assert_false(hear(h, &said, after_s(90)));
    assert_int_equal(count_at(h, after_s(90)), 1);
    heard_free(h);
}

static void what_it_says_is_in_the_facts(void **state)
{
    struct heard_neighbors *h = heard_new();
    static const uint8_t mac[] = {2, 0, 0, 0, 0, 9};
    struct lldp_announcement said = lldp("", "Gi0/1");

    (void)state;
    said.chassis_subtype = 4;
    said.chassis_id = (struct bytes){mac, sizeof mac};
    said.sys_name = bytes_of_text("sw\x1b[31m-1");
    said.mgmt_count = 1;
    assert_int_equal(addr_parse("192.0.2.1", &said.mgmt[0]), 0);
    (void)hear(h, &said, start);
    struct facts *f = facts_at(h, start);
    assert_int_equal(f->neighbors.count, 1);
    const struct neighbor *n = &f->neighbors.at[0];
    assert_int_equal(n->protocol, NEIGHBOR_LLDP);
    assert_int_equal(n->local_if_index, 3);
    assert_string_equal(n->chassis_text, "02:00:00:00:00:09");
    assert_true(mac_is_set(&n->chassis_mac));
    assert_string_equal(n->port_text, "Gi0/1");
    assert_null(strchr(n->sys_name, 0x1b)); /* harms no terminal */
    assert_int_equal(n->mgmt_count, 1);
    facts_unref(f);
    heard_free(h);
}

static void cdp_is_heard_too(void **state)
{
    struct heard_neighbors *h = heard_new();
    struct cdp_announcement said = {.ttl_s = 180,
                                    .device_id = bytes_of_text("core-1"),
                                    .device_port = bytes_of_text("Gi0/2"),
                                    .platform = bytes_of_text("cisco X"),
                                    .caps = 0x29};
    struct heard heard = {.if_name = "eth0", .if_index = 3, .cdp = &said};

    (void)state;
    assert_true(heard_take(h, &heard, start));
    assert_false(heard_take(h, &heard, start));
    struct facts *f = facts_at(h, start);
    assert_int_equal(f->neighbors.at[0].protocol, NEIGHBOR_CDP);
    assert_string_equal(f->neighbors.at[0].sys_name, "core-1");
    assert_string_equal(f->neighbors.at[0].platform, "cisco X");
    assert_int_equal(f->neighbors.at[0].caps, 1 << 4 | 1 << 2);
    facts_unref(f);
    heard_free(h);
}

static void two_ports_of_one_chassis_are_two_neighbors(void **state)
{
    struct heard_neighbors *h = heard_new();
    struct lldp_announcement one = lldp("sw-1", "1"), two = lldp("sw-1", "2");

    (void)state;
    assert_true(hear(h, &one, start));
    assert_true(hear(h, &two, start));
    assert_false(hear(h, &one, after_s(30)));
    assert_int_equal(count_at(h, after_s(30)), 2);
    heard_free(h);
}

static void a_neighbor_is_forgotten_when_its_time_is_over(void **state)
{
    struct heard_neighbors *h = heard_new();
    struct lldp_announcement said = lldp("sw-1", "1");

    (void)state;
    (void)hear(h, &said, start);
    assert_false(heard_expire(h, after_s(119)));
    assert_int_equal(count_at(h, after_s(119)), 1);
    assert_true(heard_expire(h, after_s(120)));
    assert_false(heard_expire(h, after_s(120)));
    assert_int_equal(count_at(h, after_s(120)), 0);
    assert_true(hear(h, &said, after_s(121)));
    heard_free(h);
}

static void a_neighbor_that_leaves_is_forgotten_at_once(void **state)
{
    struct heard_neighbors *h = heard_new();
    struct lldp_announcement said = lldp("sw-1", "1");

    (void)state;
    (void)hear(h, &said, start);
    said.ttl_s = 0;
    assert_true(hear(h, &said, after_s(1)));
    assert_int_equal(count_at(h, after_s(1)), 0);
    assert_false(hear(h, &said, after_s(2))); /* it was gone already */
    heard_free(h);
}

static void a_flood_of_names_fills_no_memory_and_ends(void **state)
{
    struct heard_neighbors *h = heard_new();
    char name[32];

    (void)state;
    for (unsigned i = 0; i < HEARD_MAX + 100; i++) {
        (void)snprintf(name, sizeof name, "flood-%u", i);
        struct lldp_announcement said = lldp(name, "1");

        assert_int_equal(hear(h, &said, start), i < HEARD_MAX);
    }
    assert_int_equal(count_at(h, start), HEARD_MAX);
    /* Those who were known are still heard ... */
    struct lldp_announcement known = lldp("flood-0", "1");
    assert_false(hear(h, &known, after_s(60)));
    /* ... and when the flood is over there is room for others. */
    struct lldp_announcement late = lldp("late", "1");
    assert_true(hear(h, &late, after_s(125)));
    assert_int_equal(count_at(h, after_s(125)), 2);
    heard_free(h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_neighbor_is_news_once),
        cmocka_unit_test(what_it_says_is_in_the_facts),
        cmocka_unit_test(cdp_is_heard_too),
        cmocka_unit_test(two_ports_of_one_chassis_are_two_neighbors),
        cmocka_unit_test(a_neighbor_is_forgotten_when_its_time_is_over),
        cmocka_unit_test(a_neighbor_that_leaves_is_forgotten_at_once),
        cmocka_unit_test(a_flood_of_names_fills_no_memory_and_ends),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
