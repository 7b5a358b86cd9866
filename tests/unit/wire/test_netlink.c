/* What the kernel of this machine says of itself is what everybody else reads:
 * the loopback, its address, sorted interfaces. */
#include "wire/netlink.h"

#include <net/if.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <linux/rtnetlink.h>

#include <cmocka.h>

static int read_facts(void **state)
{
    struct facts *f = NULL;

    if (netlink_read(&f) < 0)
        return -1;
    *state = f;
    return 0;
}

static int drop_facts(void **state)
{
    facts_unref(*state);
    return 0;
}

static void host_has_its_name(void **state)
{
    const struct facts *f = *state;
    char name[256] = "";

    gethostname(name, sizeof name - 1);
    assert_string_equal(f->system.name, name);
    assert_true(strncmp(f->system.descr, "Linux ", 6) == 0);
    assert_true(f->observed_at.ms > 0);
}

static void loopback_is_an_interface(void **state)
{
    const struct facts *f = *state;
    const struct interface *lo = facts_interface(f, if_nametoindex("lo"));

    assert_non_null(lo);
    assert_string_equal(lo->name, "lo");
    assert_int_equal(lo->type, 24);
    assert_true(lo->mtu >= 1500);
    assert_int_equal(lo->admin_status, lo->oper_status);
    assert_false(mac_is_set(&lo->mac));
}

static void every_interface_is_there_in_order(void **state)
{
    const struct facts *f = *state;
    struct if_nameindex *names = if_nameindex();
    size_t count = 0;

    assert_non_null(names);
    for (; names[count].if_index != 0; count++) {
        const struct interface *i = facts_interface(f, names[count].if_index);
        assert_non_null(i);
        assert_string_equal(i->name, names[count].if_name);
    }
    assert_int_equal(f->interfaces.count, count);
    for (size_t i = 1; i < count; i++)
        assert_true(f->interfaces.at[i - 1].if_index <
                    f->interfaces.at[i].if_index);
    if_freenameindex(names);
}

static void loopback_has_its_address(void **state)
{
    const struct facts *f = *state;
    unsigned lo = if_nametoindex("lo");
    bool found = false;

    for (size_t i = 0; i < f->addresses.count; i++) {
        char text[ADDR_TEXT_MAX];
        const struct interface_address *a = &f->addresses.at[i];

        addr_format(&a->addr, text, sizeof text);
        if (strcmp(text, "127.0.0.1") != 0)
            continue;
        found = true;
        assert_int_equal(a->if_index, lo);
        assert_int_equal(a->prefix_len, 8);
    }
    assert_true(found || facts_interface(f, lo)->oper_status != 1);
}

static void rows_name_interfaces_that_exist(void **state)
{
    const struct facts *f = *state;

    for (size_t i = 0; i < f->routes.count; i++)
        assert_non_null(facts_interface(f, f->routes.at[i].if_index));
    for (size_t i = 0; i < f->arp.count; i++) {
        assert_non_null(facts_interface(f, f->arp.at[i].if_index));
        assert_true(mac_is_set(&f->arp.at[i].mac));
    }
    for (size_t i = 0; i < f->stack.count; i++)
        assert_non_null(facts_interface(f, f->stack.at[i].upper));
}

/* 198.51.100.0/24 by one next hop, as the kernel tells it. */
struct by_hops {
    struct nlmsghdr head;
    struct rtmsg route;
    struct rtattr to;
    uint8_t prefix[4];
    struct rtattr hops;
    struct rtnexthop hop;
    struct rtattr by;
    uint8_t gateway[4];
};

static size_t routes_of(const struct by_hops *m)
{
    struct facts *f = facts_new();

    netlink_take(f, (struct bytes){(const uint8_t *)m, sizeof *m});
    size_t count = f->routes.count;
    facts_unref(f);
    return count;
}

static struct by_hops by_one_hop(void)
{
    const unsigned whole = sizeof(struct rtnexthop) + RTA_LENGTH(4);

    return (struct by_hops){
        .head = {.nlmsg_len = sizeof(struct by_hops),
                 .nlmsg_type = RTM_NEWROUTE},
        .route = {.rtm_family = AF_INET,
                  .rtm_dst_len = 24,
                  .rtm_table = RT_TABLE_MAIN,
                  .rtm_protocol = RTPROT_STATIC,
                  .rtm_type = RTN_UNICAST},
        .to = {.rta_len = RTA_LENGTH(4), .rta_type = RTA_DST},
        .prefix = {198, 51, 100, 0},
        .hops = {.rta_len = (unsigned short)RTA_LENGTH(whole),
                 .rta_type = RTA_MULTIPATH},
        .hop = {.rtnh_len = (unsigned short)whole, .rtnh_ifindex = 1},
        .by = {.rta_len = RTA_LENGTH(4), .rta_type = RTA_GATEWAY},
        .gateway = {192, 0, 2, 1},
    };
}

/* libnl read it for ever. */
static void a_hop_of_no_length_is_left_out(void **state)
{
    struct by_hops m = by_one_hop();

    (void)state;
    assert_int_equal(routes_of(&m), 1);
    for (unsigned short len = 0; len < sizeof m.hop; len++) {
        m.hop.rtnh_len = len;
        assert_int_equal(routes_of(&m), 0);
    }
}

/* It was read for ever, too, and beyond its message. */
static void a_hop_that_ends_within_its_padding_is_left_out(void **state)
{
    const unsigned short cut = sizeof(struct rtnexthop) + RTA_LENGTH(4) - 2;
    struct by_hops m = by_one_hop();

    (void)state;
    m.hop.rtnh_len = cut;
    m.hops.rta_len = (unsigned short)RTA_LENGTH(cut);
    assert_int_equal(routes_of(&m), 0);
}

/* An address of another family: its length was taken for less than none. */
static void a_via_without_a_family_is_left_out(void **state)
{
    struct by_hops m = by_one_hop();

    (void)state;
    m.to.rta_type = RTA_VIA;
    m.to.rta_len = RTA_LENGTH(0);
    assert_int_equal(routes_of(&m), 0);
    m.head.nlmsg_type = RTM_DELROUTE; /* read by the same */
    assert_int_equal(routes_of(&m), 0);
    m = by_one_hop();
    m.by.rta_type = RTA_VIA;
    m.by.rta_len = RTA_LENGTH(1);
    assert_int_equal(routes_of(&m), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(host_has_its_name),
        cmocka_unit_test(loopback_is_an_interface),
        cmocka_unit_test(every_interface_is_there_in_order),
        cmocka_unit_test(loopback_has_its_address),
        cmocka_unit_test(rows_name_interfaces_that_exist),
        cmocka_unit_test(a_hop_of_no_length_is_left_out),
        cmocka_unit_test(a_hop_that_ends_within_its_padding_is_left_out),
        cmocka_unit_test(a_via_without_a_family_is_left_out),
    };
    return cmocka_run_group_tests_name("netlink", tests, read_facts,
                                       drop_facts);
}
