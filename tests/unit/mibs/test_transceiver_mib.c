/* Transceivers by ENTITY-MIB, and the ports they are in. */
#include "tests/unit/mibs/agent.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define ENTITY "1.3.6.1.2.1.47.1.1.1.1."
#define ALIAS "1.3.6.1.2.1.47.1.3.2.1.2."
#define IF_INDEX "1.3.6.1.2.1.2.2.1.1."
#define IF_DESCR "1.3.6.1.2.1.2.2.1.2."
#define CHASSIS                                                          \
    {ENTITY "5.1", 'i', "3"}, {ENTITY "4.1", 'i', "0"},                  \
        {ENTITY "11.1", 's', "CHASSIS-1"}, {IF_DESCR "7", 's', "Gi0/7"}, \
    {                                                                    \
        IF_DESCR "8", 's', "Gi0/8"                                       \
    }

static void ports_with_a_number_of_their_own_are_transceivers(void **state)
{
    (void)state;
    static const struct said said[] = {
        CHASSIS,
        {ENTITY "4.20", 'i', "1"},
        {ENTITY "5.20", 'i', "10"},
        {ENTITY "2.20", 's', "1000BaseSX SFP"},
        {ENTITY "8.20", 's', "V01"},
        {ENTITY "11.20", 's', "FNS1"},
        {ENTITY "12.20", 's', "Acme"},
        {ENTITY "13.20", 's', "GLC-SX"},
        {ALIAS "20.0", 'o', IF_INDEX "7"},
        {ENTITY "4.21", 'i', "1"}, /* nothing is plugged in */
        {ENTITY "5.21", 'i', "10"},
        {ENTITY "4.22", 'i', "1"}, /* the number of the whole */
        {ENTITY "5.22", 'i', "10"},
        {ENTITY "11.22", 's', "CHASSIS-1"},
    };
    struct facts *f = FACTS_OF(said);
    const struct transceiver *t = f->transceivers.at;

    assert_int_equal(f->transceivers.count, 1);
    assert_int_equal(t->if_index, 7);
    assert_int_equal(t->entity, 20);
    assert_string_equal(t->index, "20");
    assert_string_equal(t->type, "1000BaseSX SFP");
    assert_string_equal(t->vendor, "Acme");
    assert_string_equal(t->model, "GLC-SX");
    assert_string_equal(t->serial, "FNS1");
    assert_string_equal(t->revision, "V01");
    facts_unref(f);
}

/* Where the port of a module is found: in it, by its name, in the same cage; a
 * card with several ports is no transceiver. */
static void modules_are_by_what_they_are_called(void **state)
{
    (void)state;
    static const struct said said[] = {
        CHASSIS,
        {ENTITY "4.30", 'i', "1"},
        {ENTITY "5.30", 'i', "9"},
        {ENTITY "2.30", 's', "SFP-10G-LR"},
        {ENTITY "11.30", 's', "A"},
        {ENTITY "4.31", 'i', "30"},
        {ENTITY "5.31", 'i', "10"},
        {ALIAS "31.0", 'o', IF_INDEX "8"},
        {ENTITY "4.40", 'i', "1"},
        {ENTITY "5.40", 'i', "9"},
        {ENTITY "2.40", 's', "Pluggable Optics Module"},
        {ENTITY "7.40", 's', "Gi0/7"},
        {ENTITY "11.40", 's', "B"},
        {ENTITY "4.49", 'i', "1"},
        {ENTITY "5.49", 'i', "5"},
        {ENTITY "4.50", 'i', "49"},
        {ENTITY "5.50", 'i', "9"},
        {ENTITY "7.50", 's', "Transceiver 8"},
        {ENTITY "11.50", 's', "C"},
        {ENTITY "4.51", 'i', "49"},
        {ENTITY "5.51", 'i', "10"},
        {ALIAS "51.0", 'o', IF_INDEX "8"},
        {ENTITY "4.60", 'i', "1"},
        {ENTITY "5.60", 'i', "9"},
        {ENTITY "2.60", 's', "48-port line card"},
        {ENTITY "11.60", 's', "D"},
        {ENTITY "4.70", 'i', "1"},
        {ENTITY "5.70", 'i', "5"},
        {ENTITY "2.70", 's', "Xcvr for Gi0/7"},
        {ENTITY "11.70", 's', "E"},
        {ENTITY "14.70", 's', "Gi0/7"},
    };
    static const uint32_t ports[] = {8, 7, 8, 7};
    struct facts *f = FACTS_OF(said);

    assert_int_equal(f->transceivers.count, COUNT_OF(ports));
    for (size_t i = 0; i < COUNT_OF(ports); i++)
        assert_int_equal(f->transceivers.at[i].if_index, ports[i]);
    facts_unref(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ports_with_a_number_of_their_own_are_transceivers),
        cmocka_unit_test(modules_are_by_what_they_are_called),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
