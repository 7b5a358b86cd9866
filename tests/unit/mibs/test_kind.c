/* Kinds of device where no profile says. */
#include "mibs/kind.h"
#include "tests/unit/mibs/agent.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define OBJECT_ID "1.3.6.1.2.1.1.2.0"
#define SERVICES "1.3.6.1.2.1.1.7.0"
#define FORWARDING "1.3.6.1.2.1.4.1.0"
#define IFD "1.3.6.1.2.1.2.2.1.2."
#define BASE "1.3.6.1.2.1.17.1.4.1.2."
#define ADDR "1.3.6.1.2.1.4.20.1.2."
#define CAPS "1.0.8802.1.1.2.1.3.6.0"
#define DEVICE "1.3.6.1.2.1.25.3.2.1.2."
#define HR_TYPE "1.3.6.1.2.1.25.3.1."

enum { TOLD_MAX = 10 };

static const struct {
    const char *name;
    struct said told[TOLD_MAX];
    size_t count;
    enum device_kind want;
} agents[] = {
    {"nothing known", {{FORWARDING, 'i', "2"}}, 1, KIND_UNKNOWN},
    {"bridge of two ports",
     {{IFD "1", 's', "a"},
      {IFD "2", 's', "b"},
      {BASE "1", 'i', "1"},
      {BASE "2", 'i', "2"}},
     4,
     KIND_SWITCH},
    {"bridge of one port is none",
     {{IFD "1", 's', "a"}, {BASE "1", 'i', "1"}, {SERVICES, 'i', "72"}},
     3,
     KIND_HOST},
    {"router between two subnets",
     {{IFD "1", 's', "a"},
      {IFD "2", 's', "b"},
      {FORWARDING, 'i', "1"},
      {ADDR "192.0.2.1", 'i', "1"},
      {ADDR "198.51.100.1", 'i', "2"}},
     5,
     KIND_ROUTER},
    {"two addresses on one leg are no router",
     {{IFD "1", 's', "a"},
      {FORWARDING, 'i', "1"},
      {ADDR "192.0.2.1", 'i', "1"},
      {ADDR "198.51.100.1", 'i', "1"},
      {SERVICES, 'i', "72"}},
     5,
     KIND_HOST},
    {"host with containers is no router",
     {{IFD "1", 's', "eth0"},
      {IFD "2", 's', "docker0"},
      {IFD "3", 's', "lo"},
      {FORWARDING, 'i', "1"},
      {ADDR "192.0.2.1", 'i', "1"},
      {ADDR "172.17.0.1", 'i', "2"},
      {ADDR "127.0.0.1", 'i', "3"},
      {SERVICES, 'i', "72"}},
     8,
     KIND_HOST},
    {"both",
     {{IFD "1", 's', "a"},
      {IFD "2", 's', "b"},
      {FORWARDING, 'i', "1"},
      {ADDR "192.0.2.1", 'i', "1"},
      {ADDR "198.51.100.1", 'i', "2"},
      {BASE "1", 'i', "1"},
      {BASE "2", 'i', "2"}},
     7,
     KIND_L3SWITCH},
    {"access point by its capabilities", {{CAPS, 'x', "30"}}, 1, KIND_AP},
    {"phone", {{CAPS, 'x', "24"}}, 1, KIND_PHONE},
    {"printer",
     {{DEVICE "1", 'o', HR_TYPE "5"}, {IFD "1", 's', "eth"}},
     2,
     KIND_PRINTER},
    {"server with a printer",
     {{DEVICE "1", 'o', HR_TYPE "5"},
      {DEVICE "2", 'o', HR_TYPE "13"},
      {DEVICE "3", 'o', HR_TYPE "6"}},
     3,
     KIND_SERVER},
    {"UPS", {{OBJECT_ID, 'o', "1.3.6.1.2.1.33.1"}}, 1, KIND_UPS},
    {"router by its services", {{SERVICES, 'i', "78"}}, 1, KIND_ROUTER},
    {"switch by its services", {{SERVICES, 'i', "2"}}, 1, KIND_SWITCH},
    {"switch with a disk, by its services",
     {{SERVICES, 'i', "2"}, {DEVICE "1", 'o', HR_TYPE "6"}},
     2,
     KIND_SWITCH},
    {"both by its services", {{SERVICES, 'i', "6"}}, 1, KIND_L3SWITCH},
};

static void kinds_follow_from_what_an_agent_does(void **state)
{
    (void)state;

    for (size_t i = 0; i < COUNT_OF(agents); i++) {
        struct facts *f = facts_of_agent(agents[i].told, agents[i].count);

        print_message("%s\n", agents[i].name);
        assert_string_equal(device_kind_name(f->identity.kind),
                            device_kind_name(agents[i].want));
        facts_unref(f);
    }
}

/* A profile knows the make of a machine, its keeper what it is there for. */
static void server_that_is_said_to_forward_does(void **state)
{
    (void)state;
    static const struct {
        const char *services;
        enum device_kind told, want;
    } cases[] = {
        {"72", KIND_SERVER, KIND_SERVER},  {"0", KIND_SERVER, KIND_SERVER},
        {"2", KIND_SERVER, KIND_SWITCH},   {"4", KIND_HOST, KIND_ROUTER},
        {"6", KIND_SERVER, KIND_L3SWITCH}, {"76", KIND_SERVER, KIND_SERVER},
        {"2", KIND_PRINTER, KIND_PRINTER},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const struct said told = {SERVICES, 'i', cases[i].services};
        struct facts *f = facts_of_agent(&told, 1);
        struct harvest h = {.facts = f};

        print_message("%s\n", cases[i].services);
        assert_string_equal(device_kind_name(kind_infer(&h, cases[i].told)),
                            device_kind_name(cases[i].want));
        facts_unref(f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kinds_follow_from_what_an_agent_does),
        cmocka_unit_test(server_that_is_said_to_forward_does),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
