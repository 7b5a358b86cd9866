/* The boxes a device is made of, and whether others took their place. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "topology/hardware.h"

enum { STACK = 11, CHASSIS = 3, MODULE = 9 };

/* A part: class 0 ends a list. */
struct part {
    int32_t class;
    uint32_t index, in;
    const char *name, *descr, *serial;
};

static struct facts *facts_of(const char *serial, const struct part *parts)
{
    struct facts *f = facts_new();

    f->identity.serial = serial;
    for (size_t i = 0; parts != NULL && parts[i].class != 0; i++)
        *array_add(&f->entities) = (struct entity){
            .index = parts[i].index,
            .contained_in = parts[i].in,
            .class = parts[i].class,
            .name = parts[i].name,
            .descr = parts[i].descr,
            .serial = parts[i].serial,
            .model = "",
            .mfg = "",
            .alias = "",
            .hw_rev = "",
            .fw_rev = "",
            .sw_rev = "",
        };
    return f;
}

/* ---- members ---- */

static const struct part catalyst[] = {
    {STACK, 1, 0, "c29xx Stack", "Switch Stack", ""},
    {CHASSIS, 1001, 1, "1", "WS-C2960X", "FCW1"},
    {CHASSIS, 2001, 1, "2", "WS-C2960X", "FCW2"},
    {CHASSIS, 3001, 1, "3", "WS-C2960X", "FCW3"},
    {MODULE, 3002, 3001, "3/1", "module", "M1"},
    {0}};

static const struct {
    const char *name;
    struct part parts[8];
    uint32_t numbers[4]; /* UINT32_MAX ends them */
} stacks[] = {
    {"one switch of a kind that can be stacked",
     {{STACK, 1, 0, "c93xx Stack", "", ""},
      {CHASSIS, 1000, 1, "Switch 1", "C9300", "F1"},
      {0}},
     {UINT32_MAX}},
    {"a virtual stack",
     {{STACK, 1, 0, "Virtual Stack", "", ""},
      {CHASSIS, 2, 1, "Switch 1 Chassis", "C9404R", "F1"},
      {CHASSIS, 500, 1, "Switch 2 Chassis", "C9404R", "F2"},
      {0}},
     {1, 2, UINT32_MAX}},
    {"places for members that are empty",
     {{STACK, 128, 0, "Stack", "Stack", ""},
      {CHASSIS, 1280, 128, "CBS350-24P Stack Unit 1", "CBS350", "F1"},
      {CHASSIS, 1281, 128, "CBS350-24P Stack Unit 4", "CBS350", "F2"},
      {CHASSIS, 1282, 128, "", "", ""},
      {0}},
     {1, 4, UINT32_MAX}},
    {"members that are stacks themselves, all of one name",
     {{STACK, 1, 0, "x930 Stack", "VCStack", ""},
      {STACK, 2, 1, "x930", "Stack Member", ""},
      {STACK, 7, 1, "x930", "Stack Member", ""},
      {0}},
     {1, 2, UINT32_MAX}},
    {"frames side by side",
     {{CHASSIS, 16777216, 0, "CE12804 frame1", "", "H1"},
      {CHASSIS, 33554432, 0, "CE12804 frame2", "", "H2"},
      {0}},
     {1, 2, UINT32_MAX}},
    {"an extender is no member",
     {{CHASSIS, 149, 0, "Chassis", "Nexus5548 Chassis", "N1"},
      {CHASSIS, 1010, 0, "Fex-101 N2K-C2248", "Fabric Extender", "X1"},
      {0}},
     {UINT32_MAX}},
    {"line cards that say they were chassis",
     {{CHASSIS, 10, 1, "", "line card", "L1"},
      {CHASSIS, 40, 1, "", "line card", "L2"},
      {0}},
     {UINT32_MAX}},
};

static void members_are_found(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(stacks); i++) {
        struct facts *f = facts_of("F1", stacks[i].parts);
        struct members m = {0};
        size_t count = 0;

        hardware_members(f, &m);
        while (stacks[i].numbers[count] != UINT32_MAX)
            count++;
        if (m.count != count)
            print_error("%s\n", stacks[i].name);
        assert_int_equal(m.count, count);
        for (size_t k = 0; k < count; k++)
            assert_int_equal(m.at[k].number, stacks[i].numbers[k]);
        array_fini(&m);
        facts_unref(f);
    }
}

static void ports_are_of_members(void **state)
{
    static const struct {
        const char *port;
        uint32_t member; /* 0: none */
    } ports[] = {{"Gi2/0/1", 2},      {"GigabitEthernet3/0/48", 3},
                 {"1/0/1", 1},        {"port2.0.5", 2},
                 {"Gi7/0/1", 0},      {"Vlan1", 0},
                 {"Po2", 0},          {"", 0},
                 {"FastEthernet0", 0}};
    struct facts *f = facts_of("FCW1", catalyst);
    struct members m = {0};

    (void)state;
    hardware_members(f, &m);
    for (size_t i = 0; i < COUNT_OF(ports); i++) {
        const struct member *of = hardware_member_of(&m, ports[i].port);

        if ((of != NULL ? of->number : 0) != ports[i].member)
            print_error("%s\n", ports[i].port);
        assert_int_equal(of != NULL ? of->number : 0, ports[i].member);
    }
    array_fini(&m);
    facts_unref(f);
}

/* ---- replaced ---- */

struct told {
    const char *serial, *engine;
    uint8_t macs[2]; /* last octets, 0 = none */
    const struct part *parts;
};

static struct facts *tell(const struct told *t)
{
    struct facts *f = facts_of(t->serial, t->parts);

    f->system.engine_id = bytes_of_text(t->engine);
    for (size_t i = 0; i < 2 && t->macs[i] != 0; i++)
        *array_add(&f->macs) = (struct mac){{2, 0, 0, 0, 0, t->macs[i]}};
    return f;
}

static const struct {
    const char *name;
    struct told before, now;
    bool replaced;
} changes[] = {
    {"nothing", {"S1", "E1", {1, 2}, NULL}, {"S1", "E1", {1, 2}, NULL}, false},
    {"another serial number",
     {"S1", "E1", {1, 2}, NULL},
     {"S2", "E1", {3, 4}, NULL},
     true},
    {"no serial number any more: it tells less",
     {"S1", "E1", {1, 2}, NULL},
     {"", "E1", {1, 2}, NULL},
     false},
    {"a serial number that is none",
     {"N/A", "E1", {1}, NULL},
     {"S1", "E1", {1}, NULL},
     false},
    {"a network card was replaced",
     {"", "E1", {1}, NULL},
     {"", "E1", {2}, NULL},
     false},
    {"the agent invents engine ids",
     {"", "E1", {1, 2}, NULL},
     {"", "E2", {1, 2}, NULL},
     false},
    {"other addresses and another engine",
     {"", "E1", {1, 2}, NULL},
     {"", "E2", {3, 4}, NULL},
     true},
    {"another member leads the stack",
     {"FCW1", "E1", {1}, catalyst},
     {"FCW3", "E1", {1}, catalyst},
     false},
    {"another stack",
     {"FCW1", "E1", {1}, catalyst},
     {"FCW9", "E1", {1}, NULL},
     true},
};

static void replaced_hardware_is_recognised(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(changes); i++) {
        struct facts *before = tell(&changes[i].before);
        struct facts *now = tell(&changes[i].now);
        char why[160];
        bool replaced = hardware_replaced(before, now, why, sizeof why);

        if (replaced != changes[i].replaced)
            print_error("%s: %s\n", changes[i].name, why);
        assert_int_equal(replaced, changes[i].replaced);
        assert_int_equal(why[0] != '\0', replaced);
        facts_unref(before);
        facts_unref(now);
    }
}

struct seen {
    unsigned came, went;
    char serial[16];
};

static void on_member(void *arg, const struct member *m, bool came)
{
    struct seen *seen = arg;

    seen->came += came;
    seen->went += !came;
    (void)snprintf(seen->serial, sizeof seen->serial, "%s", m->serial);
}

static void members_come_and_go(void **state)
{
    static const struct part two[] = {{STACK, 1, 0, "Stack", "", ""},
                                      {CHASSIS, 1001, 1, "1", "", "FCW1"},
                                      {CHASSIS, 2001, 1, "2", "", "FCW2"},
                                      {0}};
    static const struct part one[] = {{STACK, 1, 0, "Stack", "", ""},
                                      {CHASSIS, 1001, 1, "1", "", "FCW1"},
                                      {0}};
    struct facts *f[] = {facts_of("FCW1", catalyst), facts_of("FCW1", two),
                         facts_of("FCW1", one), facts_of("FCW1", NULL)};
    struct seen seen = {0};

    (void)state;
    hardware_members_changed(f[0], f[1], on_member, &seen);
    assert_int_equal(seen.went, 1);
    assert_string_equal(seen.serial, "FCW3");
    hardware_members_changed(f[1], f[2], on_member, &seen);
    assert_int_equal(seen.went, 2);
    hardware_members_changed(f[2], f[1], on_member, &seen);
    assert_int_equal(seen.came, 1);
    assert_string_equal(seen.serial, "FCW2");
    hardware_members_changed(f[1], f[3], on_member, &seen); /* not told */
    assert_int_equal(seen.went, 2);
    for (size_t i = 0; i < COUNT_OF(f); i++)
        facts_unref(f[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(members_are_found),
        cmocka_unit_test(ports_are_of_members),
        cmocka_unit_test(replaced_hardware_is_recognised),
        cmocka_unit_test(members_come_and_go),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
