/* What a person looks for from anywhere. */
#include "asking.h"

static void words_find_devices_ports_and_addresses(void **state)
{
    static const struct {
        const char *query;
        size_t devices, ports, addresses;
    } cases[] = {
        {"search", 0, 0, 0},
        {"search?q=%20%20", 0, 0, 0},
        {"search?q=EDGE", 1, 0, 0},
        {"search?q=acme", 2, 0, 0},
        {"search?q=acme%20edge", 1, 0, 0},
        {"search?q=gi0/1", 0, 2, 0},
        {"search?q=core%20gi0/2", 0, 1, 0},
        {"search?q=192.0.2", 0, 0, 4},
        {"search?q=2001:db8", 0, 0, 1},
        {"search?q=noc%20192", 0, 0, 1},
        {"search?q=nothing%20like%20it", 0, 0, 0},
        {"search?q=uplink", 0, 0, 0},
        {"search?q=uplink&deep=1", 0, 4, 0},
        {"search?q=core%20uplink&deep=1", 0, 2, 0},
        {"search?q=acme&deep=1", 2, 0, 0},
        {"search?q=gi0&limit=1", 0, 1, 0},
        {"search?q=acme&limit=1", 1, 0, 0},
        {"search?q=a%20b%20c%20d%20e%20f%20g%20h%20i%20j", 0, 0, 0},
    };
    struct asking *a = asking_new();

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        OWNED_BUFFER struct buffer path = {0};

        buffer_format(&path, "/api/v1/%s", cases[i].query);
        assert_int_equal(get(a, path.at), 200);
        if (told_count(a, "devices") != cases[i].devices ||
            told_count(a, "ports") != cases[i].ports ||
            told_count(a, "addresses") != cases[i].addresses)
            fail_msg("%s: %zu devices, %zu ports, %zu addresses",
                     cases[i].query, told_count(a, "devices"),
                     told_count(a, "ports"), told_count(a, "addresses"));
    }
    asking_free(a);
}

static void each_is_told_with_its_device_and_state(void **state)
{
    struct asking *a = asking_new();

    (void)state;
    assert_int_equal(get(a, "/api/v1/search?q=edge%20gi0/2"), 200);
    assert_string_equal(told(a, "ports/0/device"), "edge");
    assert_string_equal(told(a, "ports/0/name"), "Gi0/2:3");
    assert_int_equal(get(a, "/api/v1/search?q=edge%20gi0/2&deep=1"), 200);
    assert_string_equal(told(a, "ports/0/alias"), "uplink");
    assert_int_equal(get(a, "/api/v1/search?q=192.0.2.7"), 200);
    assert_string_equal(told(a, "addresses/0/address"), "192.0.2.7");
    assert_string_equal(told(a, "addresses/0/device"), "printer");
    assert_int_equal(get(a, "/api/v1/search?q=printer"), 200);
    assert_string_equal(told(a, "devices/0/state"), "down");
    asking_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_find_devices_ports_and_addresses),
        cmocka_unit_test(each_is_told_with_its_device_and_state),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
