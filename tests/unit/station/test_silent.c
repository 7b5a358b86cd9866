/* What others say of an address without an agent: its MAC, its name, its kind;
 * nothing where they disagree. */
#include "station/silent.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct addr addr(const char *text)
{
    struct addr a;

    assert_int_equal(addr_parse(text, &a), 0);
    return a;
}

static struct device *teller(struct inventory *inv)
{
    return inventory_add(inv, NULL);
}

static void tell_mac(struct device *d, const char *address, const char *mac)
{
    struct arp_entry *e = array_add(&d->facts->arp);

    e->addr = addr(address);
    assert_int_equal(mac_parse(mac, &e->mac), 0);
}

static void tell_neighbor(struct device *d, const char *address,
                          const char *name)
{
    struct neighbor *n = array_add(&d->facts->neighbors);

    n->sys_name = n->chassis_text = name;
    n->mgmt[n->mgmt_count++] = addr(address);
}

static struct hearsay *hear_all(const struct inventory *inv)
{
    struct hearsay *h = hearsay_new();

    for (size_t i = 0; i < inventory_count(inv); i++)
        hearsay_hear(h, inventory_at(inv, i)->facts);
    return h;
}

static void a_mac_is_believed_where_all_agree(void **state)
{
    static const struct {
        const char *name, *first, *second, *believed;
    } cases[] = {
        {"one tells", "02:00:00:00:00:01", NULL, "02:00:00:00:00:01"},
        {"two agree", "02:00:00:00:00:01", "02:00:00:00:00:01",
         "02:00:00:00:00:01"},
        {"two disagree", "02:00:00:00:00:01", "02:00:00:00:00:02", NULL},
        {"shared by routers", "00:00:5e:00:01:0a", NULL, NULL},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct inventory *inv = inventory_new();
        struct addr a = addr("192.0.2.7"), unheard = addr("192.0.2.8");
        struct mac mac;
        char text[MAC_TEXT_MAX];

        tell_mac(teller(inv), "192.0.2.7", cases[i].first);
        if (cases[i].second != NULL)
            tell_mac(teller(inv), "192.0.2.7", cases[i].second);
        struct hearsay *h = hear_all(inv);
        print_message("%s\n", cases[i].name);
        assert_int_equal(hearsay_mac(h, &a, &mac), cases[i].believed != NULL);
        if (cases[i].believed != NULL)
            assert_string_equal(mac_format(&mac, text, sizeof text),
                                cases[i].believed);
        assert_false(hearsay_mac(h, &unheard, &mac));
        hearsay_free(h);
        inventory_free(inv);
    }
}

static void a_neighbor_is_found_by_its_management_address(void **state)
{
    struct inventory *inv = inventory_new();
    struct addr a = addr("192.0.2.7"), unheard = addr("192.0.2.8");

    (void)state;
    tell_neighbor(teller(inv), "192.0.2.7", "phone-7");
    struct hearsay *h = hear_all(inv);
    assert_string_equal(hearsay_neighbor(h, &a)->name, "phone-7");
    assert_null(hearsay_neighbor(h, &unheard));
    hearsay_free(h);
    inventory_free(inv);
}

static void capabilities_make_a_kind(void **state)
{
    enum { BRIDGE = 4, AP = 8, ROUTER = 16, PHONE = 32, STATION = 128 };
    static const struct {
        uint16_t caps;
        enum device_kind kind;
    } cases[] = {
        {0, KIND_UNKNOWN},
        {BRIDGE, KIND_SWITCH},
        {ROUTER, KIND_ROUTER},
        {BRIDGE | ROUTER, KIND_L3SWITCH},
        {BRIDGE | PHONE, KIND_PHONE},
        {BRIDGE | AP, KIND_AP},
        {BRIDGE | ROUTER | AP, KIND_AP},
        {STATION, KIND_HOST},
        {1, KIND_UNKNOWN},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        if (kind_of_caps(cases[i].caps) != cases[i].kind)
            fail_msg("capabilities %d", cases[i].caps);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_mac_is_believed_where_all_agree),
        cmocka_unit_test(a_neighbor_is_found_by_its_management_address),
        cmocka_unit_test(capabilities_make_a_kind),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
