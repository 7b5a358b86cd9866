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

static bool hear_on(struct heard_neighbors *h, uint32_t if_index,
                    const char *chassis, uint16_t ttl_s, struct mono now)
{
    struct lldp_announcement said = lldp(chassis, "1");
    struct heard heard = {
        .if_name = "eth0", .if_index = if_index, .lldp = &said};

    said.ttl_s = ttl_s;
    return heard_take(h, &heard, now);
}

static bool is_known(struct heard_neighbors *h, const char *chassis,
                     struct mono now)
{
    struct facts *f = facts_at(h, now);
    bool found = false;

    for (size_t i = 0; i < f->neighbors.count; i++)
        found = found || strcmp(f->neighbors.at[i].chassis_text, chassis) == 0;
    facts_unref(f);
    return found;
}

/* A name each second, which is to be kept for a long or a short time. */
static void a_flood_of_names_displaces_nobody_who_goes_on(void **state)
{
    static const uint16_t ttls[] = {65535, 300};

    for (size_t t = 0; t < COUNT_OF(ttls); t++) {
        struct heard_neighbors *h = heard_new();
        char name[32];

        (void)state;
        for (int64_t s = 0; s < 3000; s++) {
            (void)snprintf(name, sizeof name, "flood-%d", (int)s);
            assert_true(hear_on(h, 3, name, ttls[t], after_s(s)));
            if (s % 30 == 0) /* known before the flood fills its room */
                assert_int_equal(hear_on(h, 3, "known", 120, after_s(s)),
                                 s == 0);
            if (s >= 1500 && s % 30 == 10) /* new amid the flood */
                assert_int_equal(hear_on(h, 3, "new", 120, after_s(s)),
                                 s == 1510);
            if (s == 1000) /* others have room of their own */
                assert_true(hear_on(h, 4, "other", 65535, after_s(s)));
        }
        assert_int_equal(count_at(h, after_s(3000)),
                         HEARD_ON_INTERFACE_MAX + 1);
        assert_true(is_known(h, "known", after_s(3000)));
        assert_true(is_known(h, "new", after_s(3000)));
        assert_true(is_known(h, "other", after_s(3000)));
        heard_free(h);
    }
}

static void a_flood_of_names_fills_no_memory_and_ends(void **state)
{
    struct heard_neighbors *h = heard_new();
    char name[32];

    (void)state;
    assert_true(hear_on(h, 1, "known", 120, start));
    assert_false(hear_on(h, 1, "known", 120, start));
    for (uint32_t i = 0; i < 2 * HEARD_MAX; i++) {
        (void)snprintf(name, sizeof name, "flood-%u", i);
        assert_true(hear_on(h, 1 + i / 200, name, 120, start));
    }
    assert_int_equal(count_at(h, start), HEARD_MAX);
    assert_false(hear_on(h, 1, "known", 120, after_s(60)));
    assert_true(hear_on(h, 1, "late", 120, after_s(125)));
    assert_int_equal(count_at(h, after_s(125)), 2);
    heard_free(h);
}

/* Those who go on have their place. */
static void where_all_go_on_there_is_no_room_for_more(void **state)
{
    struct heard_neighbors *h = heard_new();
    char name[32];

    (void)state;
    for (unsigned i = 0; i < 2 * HEARD_ON_INTERFACE_MAX; i++) {
        (void)snprintf(name, sizeof name, "sw-%u", i % HEARD_ON_INTERFACE_MAX);
        assert_int_equal(hear_on(h, 3, name, 3600, after_s(1)),
                         i < HEARD_ON_INTERFACE_MAX);
    }
    assert_false(hear_on(h, 3, "late", 120, after_s(2)));
    assert_false(is_known(h, "late", after_s(2)));
    assert_true(
        hear_on(h, 3, "late", 120, after_s(700))); /* they fell silent */
    assert_true(is_known(h, "late", after_s(700)));
    heard_free(h);
}

static void what_is_heard_is_told_now_and_then(void **state)
{
    (void)state;
    assert_true(heard_may_tell((struct mono){0}, 0, start)); /* at once */
    assert_false(heard_may_tell(start, 0, after_s(9)));
    assert_true(heard_may_tell(start, 0, after_s(10)));
    assert_true(heard_may_tell(start, 900, after_s(10)));
    assert_false(heard_may_tell(start, 3000, after_s(29)));
    assert_true(heard_may_tell(start, 3000, after_s(30)));
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
        cmocka_unit_test(a_flood_of_names_displaces_nobody_who_goes_on),
        cmocka_unit_test(a_flood_of_names_fills_no_memory_and_ends),
        cmocka_unit_test(where_all_go_on_there_is_no_room_for_more),
        cmocka_unit_test(what_is_heard_is_told_now_and_then),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
