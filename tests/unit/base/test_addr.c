/* Addresses, prefixes and MACs: read, written, compared, counted. */
#include "base/addr.h"

#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static struct addr addr(const char *text)
{
    struct addr a;

    if (addr_parse(text, &a) < 0)
        fail_msg("\"%s\" is no address", text);
    return a;
}

static struct prefix prefix(const char *text)
{
    struct prefix p;

    if (prefix_parse(text, false, &p) < 0)
        fail_msg("\"%s\" is no prefix", text);
    return p;
}

static void addresses_are_read_and_written(void **state)
{
    (void)state;
    static const struct {
        const char *text, *written; /* NULL: refused */
    } cases[] = {
        {"192.0.2.1", "192.0.2.1"},
        {"2001:DB8:0:0::1", "2001:db8::1"},
        {"::ffff:192.0.2.1", "192.0.2.1"},
        {"fe80::1%3", "fe80::1%3"},
        {"::", "::"},
        {"192.0.2", NULL},
        {"192.0.2.256", NULL},
        {"192.0.2.01", NULL},
        {"192.0.2.1 ", NULL},
        {"192.0.2.1%2", NULL},
        {"2001:db8::1%2", NULL},
        {"fe80::1%eth0", NULL},
        {"fe80::1%", NULL},
        {"fe80::1%4294967296", NULL},
        {"localhost", NULL},
        {"", NULL},
        {"2001:db8:2001:db8:2001:db8:2001:db8:2001:db8:2001:db8:2001:db8:200",
         NULL},
    };
    char text[ADDR_TEXT_MAX];
    struct addr a;

    for (size_t i = 0; i < COUNT(cases); i++) {
        int rc = addr_parse(cases[i].text, &a);
        if ((rc < 0) != (cases[i].written == NULL))
            fail_msg("\"%s\": %d", cases[i].text, rc);
        assert_string_equal(addr_format(&a, text, sizeof text),
                            rc < 0 ? "" : cases[i].written);
    }
}

static void octets_of_other_lengths_are_no_address(void **state)
{
    (void)state;
    static const uint8_t octets[20] = {192, 0, 2, 1};

    for (size_t len = 0; len <= sizeof octets; len++) {
        struct addr a = addr_of_octets((struct bytes){octets, len});
        assert_int_equal(addr_is_set(&a), len == 4 || len == 16);
        assert_int_equal(addr_octets(&a).len, addr_is_set(&a) ? len : 0);
    }
}

static void addresses_have_an_order(void **state)
{
    (void)state;
    static const char *const sorted[] = {"10.0.0.9", "10.0.0.10", "192.0.2.1",
                                         "::1",      "fe80::1",   "fe80::1%2"};

    for (size_t i = 0; i + 1 < COUNT(sorted); i++) {
        struct addr a = addr(sorted[i]), b = addr(sorted[i + 1]);
        assert_true(addr_compare(&a, &b) < 0);
        assert_true(addr_compare(&b, &a) > 0);
        assert_true(addr_equal(&a, &a));
        assert_false(addr_equal(&a, &b));
    }
}

static void kinds_of_addresses_are_told(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool loopback, link_local, multicast, unspecified;
    } cases[] = {
        {"127.0.0.1", true, false, false, false},
        {"127.16.3.4", true, false, false, false},
        {"::1", true, false, false, false},
        {"169.254.1.1", false, true, false, false},
        {"fe80::1", false, true, false, false},
        {"febf::1", false, true, false, false},
        {"fec0::1", false, false, false, false},
        {"224.0.0.5", false, false, true, false},
        {"239.255.255.255", false, false, true, false},
        {"255.255.255.255", false, false, true, false},
        {"240.0.0.1", false, false, false, false},
        {"ff02::1", false, false, true, false},
        {"0.0.0.0", false, false, false, true},
        {"0.1.2.3", false, false, false, true},
        {"::", false, false, false, true},
        {"192.0.2.1", false, false, false, false},
        {"2001:db8::1", false, false, false, false},
    };
    struct addr none = {0};

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct addr a = addr(cases[i].text);
        if (addr_is_loopback(&a) != cases[i].loopback ||
            addr_is_link_local(&a) != cases[i].link_local ||
            addr_is_multicast(&a) != cases[i].multicast ||
            addr_is_unspecified(&a) != cases[i].unspecified)
            fail_msg("%s", cases[i].text);
        assert_int_equal(addr_is_usable(&a),
                         !cases[i].loopback && !cases[i].link_local &&
                             !cases[i].multicast && !cases[i].unspecified);
    }
    assert_false(addr_is_usable(&none));
}

static void socket_addresses_keep_all(void **state)
{
    (void)state;
    static const char *const texts[] = {"192.0.2.1", "2001:db8::1",
                                        "fe80::1%3"};

    for (size_t i = 0; i < COUNT(texts); i++) {
        struct addr a = addr(texts[i]);
        struct sockaddr_storage at;
        uint16_t port = 0;
        assert_true(addr_to_sockaddr(&a, 161, &at) > 0);
        struct addr back = addr_from_sockaddr((struct sockaddr *)&at, &port);
        assert_true(addr_equal(&a, &back));
        assert_int_equal(port, 161);
    }
    struct addr none = {0};
    struct sockaddr_storage at = {0};
    assert_int_equal(addr_to_sockaddr(&none, 161, &at), 0);
    at.ss_family = AF_UNIX;
    none = addr_from_sockaddr((struct sockaddr *)&at, NULL);
    assert_false(addr_is_set(&none));
}

static void prefixes_are_read_and_written(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool lenient;
        const char *written; /* NULL: refused */
    } cases[] = {
        {"192.0.2.0/24", false, "192.0.2.0/24"},
        {"192.0.2.1", false, "192.0.2.1/32"},
        {"2001:db8::/33", false, "2001:db8::/33"},
        {"0.0.0.0/0", false, "0.0.0.0/0"},
        {"::/0", false, "::/0"},
        {"192.0.2.1/24", false, NULL},
        {"192.0.2.1/24", true, "192.0.2.0/24"},
        {"192.0.2.128/25", false, "192.0.2.128/25"},
        {"192.0.2.128/24", false, NULL},
        {"2001:db8:8000::/32", true, "2001:db8::/32"},
        {"fe80::1%3/64", true, "fe80::%3/64"},
        {"fe80::1%3/0", true, "::/0"}, /* of all links */
        {"192.0.2.0/33", false, NULL},
        {"192.0.2.0/", false, NULL},
        {"192.0.2.0/-1", false, NULL},
        {"192.0.2.0/24/8", false, NULL},
        {"2001:db8::/129", false, NULL},
        {"/24", false, NULL},
    };
    char text[ADDR_TEXT_MAX + 4];
    struct prefix p;

    for (size_t i = 0; i < COUNT(cases); i++) {
        int rc = prefix_parse(cases[i].text, cases[i].lenient, &p);
        if ((rc < 0) != (cases[i].written == NULL))
            fail_msg("\"%s\": %d", cases[i].text, rc);
        assert_string_equal(prefix_format(&p, text, sizeof text),
                            rc < 0 ? "" : cases[i].written);
    }
}

static void prefixes_contain_what_is_in_them(void **state)
{
    (void)state;
    static const struct {
        const char *prefix, *addr;
        bool inside;
    } cases[] = {
        {"192.0.2.0/24", "192.0.2.255", true},
        {"192.0.2.0/24", "192.0.3.0", false},
        {"192.0.2.128/25", "192.0.2.127", false},
        {"0.0.0.0/0", "203.0.113.1", true},
        {"0.0.0.0/0", "::1", false},
        {"::/0", "192.0.2.1", false},
        {"2001:db8::/33", "2001:db8:7fff::1", true},
        {"2001:db8::/33", "2001:db8:8000::1", false},
        {"fe80::/10", "fe80::1%3", true},
        {"fe80::1%3", "fe80::1%3", true},
        {"fe80::1%3", "fe80::1%4", false},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct prefix p = prefix(cases[i].prefix);
        struct addr a = addr(cases[i].addr);
        if (prefix_contains(&p, &a) != cases[i].inside)
            fail_msg("%s in %s", cases[i].addr, cases[i].prefix);
    }
}

static void hosts_of_a_prefix_are_counted(void **state)
{
    (void)state;
    static const struct {
        const char *prefix;
        uint64_t count;
        const char *first, *last;
    } cases[] = {
        {"192.0.2.0/24", 254, "192.0.2.1", "192.0.2.254"},
        {"192.0.2.0/30", 2, "192.0.2.1", "192.0.2.2"},
        {"192.0.2.0/31", 2, "192.0.2.0", "192.0.2.1"},
        {"192.0.2.1/32", 1, "192.0.2.1", "192.0.2.1"},
        {"10.0.0.0/8", 16777214, "10.0.0.1", "10.255.255.254"},
        {"0.0.0.0/0", UINT64_C(4294967294), "0.0.0.1", "255.255.255.254"},
        {"2001:db8::/126", 4, "2001:db8::", "2001:db8::3"},
        {"2001:db8::/65", UINT64_C(1) << 63,
         "2001:db8::", "2001:db8::7fff:ffff:ffff:ffff"},
        {"2001:db8::/64", UINT64_MAX,
         "2001:db8::", "2001:db8::ffff:ffff:ffff:fffe"},
    };
    char text[ADDR_TEXT_MAX];

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct prefix p = prefix(cases[i].prefix);
        assert_true(prefix_hosts(&p) == cases[i].count);
        struct addr a = prefix_host(&p, 0);
        assert_string_equal(addr_format(&a, text, sizeof text), cases[i].first);
        a = prefix_host(&p, cases[i].count - 1);
        assert_string_equal(addr_format(&a, text, sizeof text), cases[i].last);
    }
    struct prefix none = {{0}, 0};
    assert_int_equal(prefix_hosts(&none), 0);
}

static void masks_have_a_length_if_contiguous(void **state)
{
    (void)state;
    static const struct {
        const char *mask;
        int len;
    } cases[] = {
        {"255.255.255.0", 24}, {"255.255.255.255", 32},
        {"0.0.0.0", 0},        {"255.255.254.0", 23},
        {"255.0.255.0", -1},   {"0.0.0.255", -1},
        {"128.0.0.0", 1},      {"::", -1},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct addr mask = addr(cases[i].mask);
        assert_int_equal(prefix_len_of_mask(&mask), cases[i].len);
    }
}

static void macs_are_read_as_vendors_write_them(void **state)
{
    (void)state;
    static const struct {
        const char *text, *written; /* NULL: refused */
    } cases[] = {
        {"00:1B:21:aa:bb:cc", "00:1b:21:aa:bb:cc"},
        {"00-1b-21-aa-bb-cc", "00:1b:21:aa:bb:cc"},
        {"001b.21aa.bbcc", "00:1b:21:aa:bb:cc"},
        {"001b-21aa-bbcc", "00:1b:21:aa:bb:cc"},
        {"001b21aabbcc", "00:1b:21:aa:bb:cc"},
        {"0:1b:21:a:b:c", "00:1b:21:0a:0b:0c"},
        {"00 1b 21 aa bb cc", "00:1b:21:aa:bb:cc"},
        {"00:1b:21:aa:bb", NULL},
        {"00:1b:21:aa:bb:cc:dd", NULL},
        {"00:1b:21:aa:bb:ccc", NULL},
        {"00:1b-21:aa:bb:cc", NULL},
        {"00::21:aa:bb:cc", NULL},
        {"001b21aabbc", NULL},
        {"001b21aabbcg", NULL},
        {"", NULL},
    };
    char text[MAC_TEXT_MAX];
    struct mac m;

    for (size_t i = 0; i < COUNT(cases); i++) {
        int rc = mac_parse(cases[i].text, &m);
        if ((rc < 0) != (cases[i].written == NULL))
            fail_msg("\"%s\": %d", cases[i].text, rc);
        if (rc == 0)
            assert_string_equal(mac_format(&m, text, sizeof text),
                                cases[i].written);
    }
}

static void macs_that_say_nothing_are_refused(void **state)
{
    (void)state;
    static const uint8_t octets[3][7] = {
        {0}, {255, 255, 255, 255, 255, 255, 255}, {0, 0x1b, 0x21, 1, 2, 3, 4}};
    struct mac m;

    assert_false(mac_of_octets((struct bytes){octets[0], 6}, &m));
    assert_false(mac_of_octets((struct bytes){octets[1], 6}, &m));
    assert_false(mac_is_set(&m));
    assert_true(mac_of_octets((struct bytes){octets[2], 6}, &m));
    assert_true(mac_is_set(&m));
    assert_false(mac_of_octets((struct bytes){octets[2], 7}, &m));
    assert_false(mac_of_octets((struct bytes){octets[2], 5}, &m));
}

static void shared_macs_are_known(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool shared;
    } cases[] = {
        {"00:00:5e:00:01:0a", true},  {"00:00:5e:00:02:0a", true},
        {"00:00:5e:00:03:0a", false}, {"00:00:0c:07:ac:01", true},
        {"00:00:0c:9f:f9:23", true},  {"00:00:0c:9f:e1:23", false},
        {"00:07:b4:00:01:02", true},  {"00:07:b4:01:01:02", false},
        {"00:1b:21:aa:bb:cc", false}, {"02:e0:52:12:34:01", true},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct mac m;
        assert_int_equal(mac_parse(cases[i].text, &m), 0);
        if (mac_is_virtual(&m) != cases[i].shared)
            fail_msg("%s", cases[i].text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses_are_read_and_written),
        cmocka_unit_test(octets_of_other_lengths_are_no_address),
        cmocka_unit_test(addresses_have_an_order),
        cmocka_unit_test(kinds_of_addresses_are_told),
        cmocka_unit_test(socket_addresses_keep_all),
        cmocka_unit_test(prefixes_are_read_and_written),
        cmocka_unit_test(prefixes_contain_what_is_in_them),
        cmocka_unit_test(hosts_of_a_prefix_are_counted),
        cmocka_unit_test(masks_have_a_length_if_contiguous),
        cmocka_unit_test(macs_are_read_as_vendors_write_them),
        cmocka_unit_test(macs_that_say_nothing_are_refused),
        cmocka_unit_test(shared_macs_are_known),
    };
    return cmocka_run_group_tests_name("addr", tests, NULL, NULL);
}
