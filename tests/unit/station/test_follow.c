/* What a device says leads on, as far as it is new, inside the fence, and not
 * too much of it. */
#include "net_scene.h"

#include "station/follow.h"

/* Everything is permitted but 203.0.113.0/24; nothing is sent: there are no
 * credentials and no echoes, and the loop does not run. */
struct scene {
    struct net *net;
    struct inventory *inv;
    struct leads *leads;
    struct follow *follow;
    struct facts *facts;
};

static struct scene *scene_new(void)
{
    static const struct leads_listener nobody = {0};
    struct scene *s = mem_new(struct scene);
    struct prefix p;

    s->net = net_new();
    assert_int_equal(prefix_parse("0.0.0.0/0", false, &p), 0);
    fence_permit(s->net->fence, &p);
    assert_int_equal(prefix_parse("203.0.113.0/24", false, &p), 0);
    fence_forbid(s->net->fence, &p);
    struct leads_parts parts = {
        .base = s->net->base, .engine = s->net->engine, .fence = s->net->fence};
    s->inv = inventory_new();
    s->leads = leads_new(&parts, &nobody);
    s->follow = follow_new(s->leads, s->inv, s->net->fence);
    s->facts = facts_new();
    return s;
}

static void scene_free(struct scene *s)
{
    facts_unref(s->facts);
    follow_free(s->follow);
    leads_free(s->leads);
    inventory_free(s->inv);
    net_free(s->net);
    free(s);
}

static uint64_t waiting(const struct scene *s)
{
    struct leads_stats stats;

    leads_stats(s->leads, &stats);
    return stats.waiting;
}

static void list(struct scene *s, const char *address, int prefix_len)
{
    *array_add(&s->facts->addresses) = (struct interface_address){
        .addr = net_addr(address), .prefix_len = prefix_len};
}

static struct device *known(struct scene *s, const char *name,
                            const char *primary, const char *listed)
{
    struct device *d = inventory_add(s->inv, NULL);
    struct addr first = net_addr(primary), second = net_addr(listed);

    d->facts->system.name = name;
    assert_true(inventory_give_addr(s->inv, d, &first));
    assert_true(inventory_give_addr(s->inv, d, &second));
    return d;
}

static void neighbor(struct scene *s, const char *name, const char *mgmt)
{
    struct neighbor *n = array_add(&s->facts->neighbors);

    n->sys_name = name;
    n->mgmt[n->mgmt_count++] = net_addr(mgmt);
}

static void neighbors_arp_and_next_hops_lead_on(void **state)
{
    struct scene *s = scene_new();

    (void)state;
    neighbor(s, "a", "192.0.2.1");
    array_add(&s->facts->arp)->addr = net_addr("192.0.2.2");
    array_add(&s->facts->routes)->next_hop = net_addr("192.0.2.3");
    (void)array_add(&s->facts->routes); /* connected: no next hop */
    follow_facts(s->follow, s->facts);
    assert_int_equal(waiting(s), 3);
    follow_facts(s->follow, s->facts);
    assert_int_equal(waiting(s), 3); /* once a round */
    scene_free(s);
}

static void what_is_known_useless_or_forbidden_leads_nowhere(void **state)
{
    static const char *const useless[] = {"127.0.0.1",   "0.0.0.0",
                                          "224.0.0.5",   "169.254.1.1",
                                          "203.0.113.9", "192.0.2.1"};
    struct scene *s = scene_new();

    (void)state;
    (void)known(s, "a", "192.0.2.9", "192.0.2.1");
    for (size_t i = 0; i < COUNT_OF(useless); i++)
        array_add(&s->facts->arp)->addr = net_addr(useless[i]);
    follow_facts(s->follow, s->facts);
    assert_int_equal(waiting(s), 0);
    scene_free(s);
}

static void an_address_that_a_neighbor_claims_too_is_asked(void **state)
{
    static const struct {
        const char *name, *sys_name, *mgmt;
        uint64_t asked;
    } cases[] = {
        {"listed by the neighbor itself", "a", "192.0.2.2", 0},
        {"in capitals", "A", "192.0.2.2", 0},
        {"listed by another", "victim", "192.0.2.2", 1},
        {"where the other one answers", "victim", "192.0.2.1", 0},
        {"a neighbor without a name", "", "192.0.2.2", 0},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct scene *s = scene_new();

        (void)known(s, "a", "192.0.2.1", "192.0.2.2");
        neighbor(s, cases[i].sys_name, cases[i].mgmt);
        follow_facts(s->follow, s->facts);
        if (waiting(s) != cases[i].asked)
            fail_msg("%s: %d asked", cases[i].name, (int)waiting(s));
        scene_free(s);
    }
}

static void small_subnets_are_swept_once_a_round(void **state)
{
    struct scene *s = scene_new();

    (void)state;
    list(s, "192.0.2.1", 24);
    list(s, "192.0.2.200", 24); /* the same */
    follow_facts(s->follow, s->facts);
    assert_int_equal(waiting(s), 254);
    assert_true(follow_swept(s->follow));
    follow_facts(s->follow, s->facts);
    assert_int_equal(waiting(s), 254);
    follow_new_round(s->follow);
    assert_false(follow_swept(s->follow));
    follow_facts(s->follow, s->facts);
    assert_int_equal(waiting(s), 508);
    scene_free(s);
}

static void other_subnets_are_not_swept(void **state)
{
    static const struct {
        const char *addr;
        int prefix_len;
    } cases[] = {
        {"10.0.0.1", 8},     {"10.0.0.1", 21},    {"10.0.0.1", 32},
        {"10.0.0.1", -1},    {"127.0.0.1", 24},   {"169.254.0.1", 24},
        {"203.0.113.1", 24}, {"2001:db8::1", 64},
    };
    struct scene *s = scene_new();

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        list(s, cases[i].addr, cases[i].prefix_len);
    follow_facts(s->follow, s->facts);
    assert_int_equal(waiting(s), 0);
    assert_false(follow_swept(s->follow));
    scene_free(s);
}

static void list_many(struct scene *s, uint8_t net, unsigned count,
                      unsigned prefix_len)
{
    for (unsigned i = 0; i < count; i++) {
        uint32_t host = (uint32_t)net << 24 | i << (32 - prefix_len) | 1;
        struct addr a = addr_v4(
            (const uint8_t[]){(uint8_t)(host >> 24), (uint8_t)(host >> 16),
                              (uint8_t)(host >> 8), (uint8_t)host});

        *array_add(&s->facts->addresses) = (struct interface_address){
            .addr = a, .prefix_len = (int)prefix_len};
    }
}

static void a_device_with_subnets_without_end_is_followed_so_far(void **state)
{
    struct scene *s = scene_new();

    (void)state;
    list_many(s, 10, 100000, 29);
    follow_facts(s->follow, s->facts);
    assert_int_equal(waiting(s), SUBNETS_PER_DEVICE * 6);
    assert_int_equal(follow_refused(s->follow), 100000 - SUBNETS_PER_DEVICE);
    scene_free(s);
}

static void all_devices_together_are_followed_so_far(void **state)
{
    struct scene *s = scene_new();

    (void)state;
    for (uint8_t device = 10; device < 20; device++) {
        s->facts->addresses.count = 0;
        list_many(s, device, 500, 23);
        follow_facts(s->follow, s->facts);
    }
    assert_true(waiting(s) <= SUBNET_ADDRS_MAX);
    assert_true(waiting(s) > SUBNET_ADDRS_MAX - SUBNET_HOSTS_MAX);
    assert_true(follow_refused(s->follow) > 0);
    scene_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(neighbors_arp_and_next_hops_lead_on),
        cmocka_unit_test(what_is_known_useless_or_forbidden_leads_nowhere),
        cmocka_unit_test(an_address_that_a_neighbor_claims_too_is_asked),
        cmocka_unit_test(small_subnets_are_swept_once_a_round),
        cmocka_unit_test(other_subnets_are_not_swept),
        cmocka_unit_test(a_device_with_subnets_without_end_is_followed_so_far),
        cmocka_unit_test(all_devices_together_are_followed_so_far),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
