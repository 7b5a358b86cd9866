/* Generated networks are networks: connected, without loops among what
 * forwards, and every table agrees with every other. */
#include "tests/farm/farm.h"
#include "tests/farm/plan.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

enum { BASE = 0x7f100001 };

static const struct {
    const char *plan;
    uint32_t devices, ports;
    uint64_t seed;
} cases[] = {
    {"campus", 12, 24, 1},  {"campus", 200, 24, 1},   {"campus", 1000, 48, 5},
    {"fat-tree", 6, 4, 1},  {"fat-tree", 500, 24, 2}, {"fat-tree", 2000, 24, 3},
    {"ring", 1, 24, 1},     {"ring", 1000, 8, 2},     {"random", 2, 8, 1},
    {"random", 500, 24, 4}, {"random", 2000, 12, 9},
};

static void each_network(void (*check)(const struct network *net))
{
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        print_message("%s of %u\n", cases[i].plan, cases[i].devices);
        struct network *net = plan_make(plan_find(cases[i].plan), cases[i].seed,
                                        BASE, cases[i].devices, cases[i].ports);

        assert_int_equal(net->devices.count, cases[i].devices);
        check(net);
        network_free(net);
    }
}

/* Devices that cables lead to from the first, over all or forwarding ones. */
static size_t reach(const struct network *net)
{
    uint32_t *queue = mem_array(net->devices.count, sizeof *queue);
    bool *seen = mem_array(net->devices.count, sizeof *seen);
    size_t count = 1;

    seen[0] = true;
    for (size_t i = 0; i < count; i++) {
        const struct device *d = network_device(net, queue[i]);

        for (uint32_t p = d->first_port; p < d->first_port + d->ports; p++) {
            uint32_t peer = net->ports.at[p].peer;
            uint32_t other = peer == NONE ? NONE : net->ports.at[peer].device;

            if (other == NONE || seen[other])
                continue;
            seen[other] = true;
            queue[count++] = other;
        }
    }
    free(queue);
    free(seen);
    return count;
}

static void check_connected(const struct network *net)
{
    assert_int_equal(reach(net), net->devices.count);
    for (uint32_t p = 0; p < net->ports.count; p++) {
        uint32_t peer = net->ports.at[p].peer;

        if (peer == NONE)
            continue;
        assert_int_equal(net->ports.at[peer].peer, p);
        assert_int_not_equal(net->ports.at[peer].device,
                             net->ports.at[p].device);
    }
}

static void every_device_is_reached(void **state)
{
    (void)state;
    each_network(check_connected);
}

static int name_compare(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int number_compare(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

    return (x > y) - (x < y);
}

static void check_unique(const struct network *net)
{
    size_t n = net->devices.count, macs = 0;
    const char **names = mem_array(n, sizeof *names);
    uint64_t *mac = mem_array(n + net->hosts.count, sizeof *mac);

    for (size_t i = 0; i < n; i++) {
        names[i] = net->devices.at[i].name;
        mac[macs++] = device_mac(&net->devices.at[i]);
    }
    for (size_t i = 0; i < net->hosts.count; i++)
        mac[macs++] = host_mac(&net->hosts.at[i]);
    qsort(names, n, sizeof *names, name_compare);
    qsort(mac, macs, sizeof *mac, number_compare);
    for (size_t i = 1; i < n; i++)
        assert_string_not_equal(names[i - 1], names[i]);
    for (size_t i = 1; i < macs; i++)
        assert_true(mac[i - 1] != mac[i]);
    free(names);
    free(mac);
}

static void names_and_macs_are_unique(void **state)
{
    (void)state;
    each_network(check_unique);
}

/* The way from a device to a member, port by port, as forwarding tables say;
 * gives the steps it took, or fails. */
static void follow(const struct network *net, uint32_t from,
                   const struct member *m)
{
    uint32_t at = from;
    bool host = (m->node & HOST_BIT) != 0;

    for (uint32_t steps = 0; steps < net->devices.count; steps++) {
        if (at == m->node)
            return;
        uint32_t port = network_towards(net, at, m);

        assert_int_not_equal(port, NONE);
        assert_true(port_forwards(net, port));
        if (host && port == net->hosts.at[m->node & ~HOST_BIT].port)
            return;
        at = net->ports.at[net->ports.at[port].peer].device;
    }
    fail_msg("a loop");
}

static void check_forwarding(const struct network *net)
{
    for (size_t i = 0; i < net->domains.count; i += 7) {
        const struct domain *d = &net->domains.at[i];
        const struct member *m = net->members.at + d->first_member;

        for (uint32_t a = 0; a < d->members; a++) {
            bool bridge =
                (m[a].node & HOST_BIT) == 0 &&
                (network_device(net, m[a].node)->model->role == ROLE_SWITCH ||
                 network_device(net, m[a].node)->model->role == ROLE_L3SWITCH);

            for (uint32_t b = 0; bridge && b < d->members; b += 3)
                follow(net, m[a].node, &m[b]);
        }
    }
}

static void forwarding_tables_lead_to_everybody(void **state)
{
    (void)state;
    each_network(check_forwarding);
}

/* In a forest there is one forwarding bridged cable less than devices. */
static void check_tree(const struct network *net)
{
    size_t *devices = mem_array(net->domains.count + 1, sizeof *devices);
    size_t *cables = mem_array(net->domains.count + 1, sizeof *cables);

    for (size_t i = 0; i < net->devices.count; i++)
        if (net->devices.at[i].domain != NONE)
            devices[net->devices.at[i].domain]++;
    for (uint32_t p = 0; p < net->ports.count; p++) {
        const struct port *port = &net->ports.at[p];

        if (port->peer != NONE && port->peer > p &&
            (port->flags & PORT_ROUTED) == 0 && port_forwards(net, p))
            cables[network_device(net, port->device)->domain]++;
    }
    for (size_t i = 0; i < net->domains.count; i++)
        assert_int_equal(cables[i] + 1, devices[i]);
    free(devices);
    free(cables);
}

static void what_forwards_is_a_tree(void **state)
{
    (void)state;
    each_network(check_tree);
}

static void a_cut_opens_the_blocked_way(void **state)
{
    (void)state;
    struct network *net = plan_make(plan_find("campus"), 1, BASE, 200, 24);
    unsigned opened = 0;

    for (uint32_t i = 0; i < net->devices.count; i++) {
        uint32_t up = network_device(net, i)->up_port;
        bool has_other = false;

        if (network_device(net, i)->model->role != ROLE_SWITCH)
            continue;
        for (uint32_t p = 0; p < network_device(net, i)->ports; p++)
            has_other |=
                (net->ports.at[network_device(net, i)->first_port + p].flags &
                 PORT_BLOCKED) != 0;
        network_cut(net, up, true);
        if (has_other) {
            assert_int_not_equal(network_device(net, i)->up_port, NONE);
            assert_int_not_equal(network_device(net, i)->up_port, up);
            opened++;
        }
        network_cut(net, up, false);
        assert_int_equal(network_device(net, i)->up_port, up);
    }
    assert_true(opened > 20);
    check_forwarding(net);
    check_tree(net);
    network_free(net);
}

static void addresses_and_numbers_agree(void **state)
{
    (void)state;
    for (uint32_t n = 0; n < 3000; n++) {
        uint32_t ip = address_of_agent(BASE, n);

        assert_int_equal(ip, BASE + n / 250 * 256 + n % 250);
        assert_int_equal(agent_of_address(BASE, ip), n);
    }
    assert_int_equal(agent_of_address(BASE, BASE - 1), NONE);
    assert_int_equal(agent_of_address(BASE, BASE + 250), NONE);
    assert_int_equal(agent_of_address(BASE, 0), NONE);
}

static void the_seed_decides(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 2; seed++) {
        struct network *a = plan_make(plan_find("random"), 1, BASE, 100, 24);
        struct network *b = plan_make(plan_find("random"), seed, BASE, 100, 24);
        unsigned differ = 0;

        for (uint32_t i = 0; i < 100; i++)
            differ +=
                network_device(a, i)->model != network_device(b, i)->model;
        assert_int_equal(differ == 0, seed == 1);
        network_free(a);
        network_free(b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_device_is_reached),
        cmocka_unit_test(names_and_macs_are_unique),
        cmocka_unit_test(forwarding_tables_lead_to_everybody),
        cmocka_unit_test(what_forwards_is_a_tree),
        cmocka_unit_test(a_cut_opens_the_blocked_way),
        cmocka_unit_test(addresses_and_numbers_agree),
        cmocka_unit_test(the_seed_decides),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
