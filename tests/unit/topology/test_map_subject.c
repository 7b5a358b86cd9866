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
    assert_string_equal(name.at, "site-Süd-2---x-");
}

static void long_names_end_with_a_whole_character(void **state)
{
    struct buffer OWNED_BUFFER text = {0}, OWNED_BUFFER part = {0};

    (void)state;
    for (unsigned i = 0; i < MAP_SUBJECT_MAX; i++)
        buffer_text(&text, "京");
    map_subject_part(text.at, &part);
    assert_int_equal(part.len, (MAP_SUBJECT_MAX - 1) / 3 * 3);
    buffer_clear(&part);
    map_subject_part("\xFF\xE4x", &part);
    assert_string_equal(part.at, "--x");
}

/* Who asks as people write gets the map that is called so. */
static void what_cannot_stand_in_a_name_may_be_asked_for(void **state)
{
    static const char *const cases[][2] = {
        {"site-Süd/2", "site-Süd-2"},
        {"near-Lab A-2", "near-Lab-A-2"},
        {"near-2001:db8::1-2", "near-2001:db8::1-2"},
        {"site-北京", "site-北京"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct map_subject s;
        struct buffer OWNED_BUFFER name = {0};

        assert_true(map_subject_parse(cases[i][0], &s));
        map_subject_name(&s, &name);
        assert_string_equal(name.at, cases[i][1]);
    }
}

/* A text that is its own name has it; others alike have a mark, alone none. */
static void names_that_are_alike_are_told_apart(void **state)
{
    OWNED(map_parts_free) struct map_parts *parts = map_parts_new();

    (void)state;
    map_parts_add(parts, "Lab A");
    map_parts_add(parts, "Lab A");
    assert_string_equal(map_parts_subject(parts, MAP_SITE, "Lab A").of,
                        "Lab-A");
    map_parts_add(parts, "Lab-A");
    map_parts_add(parts, "Lab/A");
    struct map_subject blank = map_parts_subject(parts, MAP_SITE, "Lab A");
    struct map_subject slash = map_parts_subject(parts, MAP_SITE, "Lab/A");
    struct map_subject own = map_parts_subject(parts, MAP_SITE, "Lab-A");
    assert_string_equal(own.of, "Lab-A");
    assert_string_not_equal(blank.of, "Lab-A");
    assert_string_not_equal(blank.of, slash.of);
    assert_true(map_subject_was(blank.of, "Lab-A"));
    assert_false(map_subject_was(own.of, blank.of));
}

static void maps_are_found_by_earlier_names(void **state)
{
    (void)state;
    assert_true(map_subject_was("site-Süd", "site-S--d"));
    assert_true(map_subject_was("site-北京", "site-------"));
    assert_false(map_subject_was("site-北京", "site-北京"));
    assert_false(map_subject_was("site-北京", "site------"));
    assert_false(map_subject_was("site-Sad", "site-S-d"));
    assert_false(map_subject_was("site-S-d", "site-Sad"));
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
        cmocka_unit_test(long_names_end_with_a_whole_character),
        cmocka_unit_test(what_cannot_stand_in_a_name_may_be_asked_for),
        cmocka_unit_test(names_that_are_alike_are_told_apart),
        cmocka_unit_test(maps_are_found_by_earlier_names),
        cmocka_unit_test(rules_come_before_what_a_device_says),
        cmocka_unit_test(rules_know_prefixes),
    };

    return cmocka_run_group_tests_name("map_subject", tests, NULL, NULL);
}
