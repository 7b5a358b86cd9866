/* Tables as large as they may be are made into facts in a moment: whatever an
 * agent tells, it does not hold up the others. */
#include "mibs/bridge_mib.h"
#include "mibs/entity_mib.h"
#include "mibs/ip_mib.h"
#include "mibs/lldp_mib.h"
#include "mibs/transceiver_mib.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

/* Processor time, as the machine may be busy; some hundredths usually. */
static const clock_t moment = (clock_t)5 * CLOCKS_PER_SEC;

static void add_interfaces(struct harvest *h, uint32_t count)
{
    for (uint32_t i = 1; i <= count; i++) {
        struct interface *one = array_add(&h->facts->interfaces);

        one->if_index = i;
        one->name = harvest_format(h, "Ethernet%" PRIu32, i);
        one->descr = harvest_format(h, "Ethernet Port %" PRIu32, i);
        one->alias = one->duplex = "";
        one->label = one->name;
    }
}

static void entries_of_ports_that_no_bridge_knows(void **state)
{
    struct harvest *h = harvest_new(NULL);

    (void)state;
    add_interfaces(h, 2);
    *array_add(&h->facts->bridge.ports) =
        (struct bridge_port){.base_port = 1, .if_index = 1};
    for (uint32_t i = 0; i < INTERFACES_MAX; i++)
        *array_add(&h->facts->lldp.ports) = (struct lldp_local_port){
            .port_num = i + 2, .if_index = 2, .text = "", .descr = ""};
    for (uint32_t i = 0; i < FDB_MAX; i++)
        *array_add(&h->forwardings) = (struct forwarding){
            .mac = {{2, 0, (uint8_t)(i >> 16), (uint8_t)(i >> 8), (uint8_t)i}},
            .base_port = i < FDB_MAX / 2 ? INTERFACES_MAX : 1000000 + i};
    clock_t begin = clock();
    fdb_finish(h);
    assert_true(clock() - begin < moment);
    assert_int_equal(h->facts->fdb.count, FDB_MAX);
    assert_int_equal(h->facts->fdb.at[0].if_index, 2);
    assert_int_equal(h->facts->fdb.at[FDB_MAX - 1].if_index, 0);
    harvest_free(h);
}

static void addresses_without_a_length(void **state)
{
    struct harvest *h = harvest_new(NULL);

    (void)state;
    for (uint32_t i = 0; i < ADDRESSES_MAX; i++) {
        uint8_t octets[4] = {10, (uint8_t)(i >> 8), (uint8_t)i, 1};
        struct addr a = addr_v4(octets);

        *array_add(&h->facts->addresses) =
            (struct interface_address){a, 1 + i % 2, -1};
        *array_add(&h->prefixes) =
            (struct connected){1, prefix_of(&a, 24 + i % 4)};
    }
    clock_t begin = clock();
    ip_finish(h);
    assert_true(clock() - begin < moment);
    for (uint32_t i = 0; i < ADDRESSES_MAX; i++)
        assert_int_equal(h->facts->addresses.at[i].prefix_len,
                         i % 2 == 0 ? 24 + (int)(i % 4) : -1);
    harvest_free(h);
}

static void transceivers_of_no_known_port(void **state)
{
    struct harvest *h = harvest_new(NULL);

    (void)state;
    add_interfaces(h, INTERFACES_MAX);
    for (uint32_t i = 1; i <= ENTITIES_MAX; i++) {
        struct entity *e = array_add(&h->facts->entities);

        *e = (struct entity){.index = i,
                             .contained_in = i / 2,
                             .class = 10,
                             .serial = harvest_format(h, "S%" PRIu32, i)};
        e->descr = e->model = e->mfg = e->alias = "";
        e->hw_rev = e->fw_rev = e->sw_rev = "";
        e->name = i == ENTITIES_MAX ? "Ethernet Port 65536" : e->serial;
    }
    clock_t begin = clock();
    transceiver_finish(h);
    assert_true(clock() - begin < moment);
    assert_int_equal(h->facts->transceivers.count, ENTITIES_MAX);
    assert_int_equal(h->facts->transceivers.at[0].if_index, 0);
    assert_int_equal(h->facts->transceivers.at[ENTITIES_MAX - 1].if_index,
                     INTERFACES_MAX);
    harvest_free(h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(entries_of_ports_that_no_bridge_knows),
        cmocka_unit_test(addresses_without_a_length),
        cmocka_unit_test(transceivers_of_no_known_port),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
