/* Names of generated maps, and the sites that devices stand at. */
#include "topology/map_subject.h"
#include "topology/site.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

/* A name is read as what it was written of, and written again the same. */
static void names_are_of_one_subject(void **state)
{
    static const struct {
        const char *name;
        enum map_view view;
        const char *of; /* site, root, device, VLAN or prefix */
        unsigned depth;
    } cases[] = {
        {"physical", MAP_PHYSICAL, "", 0},
        {"network", MAP_NETWORK, "", 0},
        {"sites", MAP_SITES, "", 0},
        {"station", MAP_STATION, "", 0},
        {"prefix-192.0.2.0-24", MAP_PREFIX, "192.0.2.0/24", 0},
        {"prefix-2001-db8---32", MAP_PREFIX, "2001:db8::/32", 0},
        {"prefix-2001-db8-0-1---64", MAP_PREFIX, "2001:db8:0:1::/64", 0},
        {"prefix----0", MAP_PREFIX, "::/0", 0},
        {"site-Harbour", MAP_SITE, "Harbour", 0},
        {"site-near-x-2", MAP_SITE, "near-x-2", 0},
        {"vlan-4094", MAP_VLAN, "4094", 0},
        {"cloud-around-agg-1", MAP_INSIDE, "around-agg-1", 0},
        {"stp-core-1", MAP_TREE, "core-1", 0},
        {"near-core-1-2", MAP_NEAR, "core-1", 2},
        {"near-10.0.0.1-9", MAP_NEAR, "10.0.0.1", 9},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct map_subject s;
        struct buffer OWNED_BUFFER name = {0};
        char text[ADDR_TEXT_MAX];

        if (!map_subject_parse(cases[i].name, &s))
            fail_msg("%s: not read", cases[i].name);
        assert_int_equal(s.view, cases[i].view);
        assert_non_null(map_view_name(s.view));
        if (s.view == MAP_PREFIX)
            assert_string_equal(prefix_format(&s.prefix, text, sizeof text),
                                cases[i].of);
        else if (s.view == MAP_VLAN)
            assert_int_equal(s.vlan, 4094);
        else
            assert_string_equal(s.of, cases[i].of);
        assert_int_equal(s.depth, cases[i].depth);
        map_subject_name(&s, &name);
        assert_string_equal(name.at, cases[i].name);
    }
}

static void other_names_are_of_none(void **state)
{
    static const char *const cases[] = {
        "",
        "Physical",
        "physical2",
        "prefix-",
        "prefix-x",
        "prefix-1-2",
        "prefix-192.0.2.1-24",
        "site-",
        "vlan-",
        "vlan-0",
        "vlan-4095",
        "vlan-+1",
        "vlan-010",
        "vlan-1x",
        "near-core",
        "near--1",
        "near-core-0",
        "near-core-10",
        "near-core-x",
        "my-map",
        "stp-",
    };
    char endless[MAP_SUBJECT_MAX + 10];
    struct map_subject s;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        if (map_subject_parse(cases[i], &s))
            fail_msg("%s: taken for view %d", cases[i], (int)s.view);
    memset(endless, 'x', sizeof endless - 1);
    endless[sizeof endless - 1] = '\0';
    memcpy(endless, "site-", 5);
    assert_false(map_subject_parse(endless, &s));
}

static void names_hold_no_other_characters(void **state)
{
    struct map_subject s = map_subject_of(MAP_SITE, "Süd/2, \"x\"");
    struct buffer OWNED_BUFFER name = {0};

    (void)state;
    map_subject_name(&s, &name);
    assert_string_equal(name.at, "site-S--d-2---x-");
}

static void rules_come_before_what_a_device_says(void **state)
{
    static const struct {
        const char *location, *name, *site;
    } cases[] = {
        {"Berlin, room 3", "sw1", "Berlin"},
        {"  Hall 7 ; rack 2", "sw1", "Hall 7"},
        {"", "sw1", ""},
        {"room 3, berlin-mitte", "sw1", "Mitte"},
        {"", "ham-acc-1", "Hamburg"},
        {"", "xham-acc-1", ""},
        {"Rack 9", "lab-1", "Lab"},
    };
    static const struct site_rule rules[] = {
        {.name = "Mitte", .location = "*Berlin-M*"},
        {.name = "Hamburg", .device = "ham-*"},
        {.name = "Lab", .location = "rack ?", .device = "lab-*"},
    };
    const struct site_rules all = {rules, COUNT_OF(rules)};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct facts *f = facts_new();
        struct topo_device d = {.name = cases[i].name, .facts = f};
        struct buffer OWNED_BUFFER site = {0};

        f->system.location = cases[i].location;
        site_of(&all, &d, &site);
        if (strcmp(site.at, cases[i].site) != 0)
            fail_msg("%s, %s: \"%s\"", cases[i].location, cases[i].name,
                     site.at);
        facts_unref(f);
    }
}

static void rules_know_prefixes(void **state)
{
    struct site_rule rule = {.name = "DC", .has_prefix = true};
    struct addr addrs[2];
    struct topo_device d = {.name = "x", .addrs = addrs, .addr_count = 2};
    const struct site_rules all = {&rule, 1};
    struct buffer OWNED_BUFFER site = {0};
    struct buffer OWNED_BUFFER other = {0};

    (void)state;
    assert_int_equal(prefix_parse("192.0.2.0/24", false, &rule.prefix), 0);
    assert_int_equal(addr_parse("198.51.100.1", &addrs[0]), 0);
    assert_int_equal(addr_parse("192.0.2.9", &addrs[1]), 0);
    site_of(&all, &d, &site);
    assert_string_equal(site.at, "DC");
    d.addr_count = 1;
    site_of(&all, &d, &other);
    assert_string_equal(other.at, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_of_one_subject),
        cmocka_unit_test(other_names_are_of_none),
        cmocka_unit_test(names_hold_no_other_characters),
        cmocka_unit_test(rules_come_before_what_a_device_says),
        cmocka_unit_test(rules_know_prefixes),
    };

    return cmocka_run_group_tests_name("map_subject", tests, NULL, NULL);
}
