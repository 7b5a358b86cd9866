/* Is what answers here the device that answers there? */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "topology/identity.h"

enum { SLACK_MS = 2000, DAY_S = 86400 };

/* What an agent says, in short. */
struct agent {
    const char *engine, *serial, *name;
    int64_t booted_s;     /* on the monotonic clock; 0: it does not tell */
    uint8_t macs[4];      /* last octets, 0 ends */
    const char *lists[4]; /* its addresses */
    const char *addr;     /* where it was asked */
    int64_t seen_s;       /* 0: DAY_S */
    int64_t interfaces;
};

static struct addr address(const char *text)
{
    struct addr a;

    assert_int_equal(addr_parse(text, &a), 0);
    return a;
}

static struct facts *facts_of(const struct agent *a)
{
    struct facts *f = facts_new();
    int64_t seen_s = a->seen_s != 0 ? a->seen_s : DAY_S;

    f->system.name = a->name != NULL ? a->name : "";
    f->system.object_id = "1.3.6.1.4.1.8072.3.2.10";
    f->system.engine_id = bytes_of_text(a->engine);
    f->identity.serial = a->serial != NULL ? a->serial : "";
    f->system.if_number = a->interfaces != 0 ? a->interfaces : 3;
    f->system.has_uptime = a->booted_s != 0;
    f->system.uptime_cs = (uint32_t)((seen_s - a->booted_s) * 100);
    for (size_t i = 0; i < COUNT_OF(a->macs) && a->macs[i] != 0; i++)
        *array_add(&f->interfaces) = (struct interface){
            .if_index = (uint32_t)i + 1,
            .name = "",
            .descr = "",
            .mac = {{2, 0, 0, 0, 0, a->macs[i]}},
        };
    for (size_t i = 0; i < COUNT_OF(a->lists) && a->lists[i] != NULL; i++)
        *array_add(&f->addresses) =
            (struct interface_address){address(a->lists[i]), 1, 24};
    return f;
}

static struct identity_claim claim_of(const struct agent *a,
                                      const struct facts *f)
{
    return (struct identity_claim){
        .facts = f,
        .addr = address(a->addr),
        .seen_at = {(a->seen_s != 0 ? a->seen_s : DAY_S) * 1000000000},
    };
}

static const struct {
    const char *name;
    struct agent a, b;
    enum identity_verdict verdict;
} cases[] = {
    {"one engine, asked at two addresses",
     {"E1", NULL, "r", 100, {1, 2}, {0}, "10.0.0.1", 0, 0},
     {"E1", NULL, "r", 100, {1, 2}, {0}, "10.0.1.1", 0, 0},
     IDENTITY_SAME},
    {"one engine, of which only the system group is known",
     {"E1", NULL, "r", 100, {0}, {0}, "10.0.0.1", 0, 0},
     {"E1", NULL, "r", 101, {0}, {0}, "10.0.1.1", 0, 0},
     IDENTITY_SAME},
    {"cloned engine id, other boot time",
     {"E1", NULL, "r", 100, {0}, {0}, "10.0.0.1", 0, 0},
     {"E1", NULL, "r", 5000, {0}, {0}, "10.0.0.2", 0, 0},
     IDENTITY_DIFFERENT},
    {"cloned hosts that were started together, other MACs",
     {"E1", NULL, "localhost", 100, {1}, {0}, "10.0.0.1", 0, 0},
     {"E1", NULL, "localhost", 100, {2}, {0}, "10.0.0.2", 0, 0},
     IDENTITY_DIFFERENT},
    {"cloned hosts that were started together, other names",
     {"E1", NULL, "vm1", 100, {0}, {0}, "10.0.0.1", 0, 0},
     {"E1", NULL, "vm2", 100, {0}, {0}, "10.0.0.2", 0, 0},
     IDENTITY_UNSURE},
    {"renamed between the two answers",
     {"E1", NULL, "old", 100, {1, 2}, {0}, "10.0.0.1", 0, 0},
     {"E1", NULL, "new", 100, {1, 2}, {0}, "10.0.1.1", 0, 0},
     IDENTITY_SAME},
    {"same engine id, other serial numbers",
     {"E1", "S1", "r", 100, {0}, {0}, "10.0.0.1", 0, 0},
     {"E1", "S2", "r", 100, {0}, {0}, "10.0.0.2", 0, 0},
     IDENTITY_DIFFERENT},
    {"started again between the two answers",
     {"E1", "S1", "r", 100, {0}, {0}, "10.0.0.1", DAY_S, 0},
     {"E1", "S1", "r", DAY_S + 60, {0}, {0}, "10.0.0.1", DAY_S + 120, 0},
     IDENTITY_SAME},
    {"two engines of one name",
     {"E1", NULL, "r", 100, {0}, {0}, "10.0.0.1", 0, 0},
     {"E2", NULL, "r", 100, {0}, {0}, "10.0.0.2", 0, 0},
     IDENTITY_DIFFERENT},
    {"an agent that invents an engine id at each start",
     {"E1", NULL, "r", 100, {1, 2}, {0}, "10.0.0.1", DAY_S, 0},
     {"E2", NULL, "r", DAY_S + 9, {1, 2}, {0}, "10.0.0.1", DAY_S + 60, 0},
     IDENTITY_SAME},
    {"another box with the addresses of the old one",
     {"E1", "S1", "r", 100, {1, 2}, {0}, "10.0.0.1", DAY_S, 0},
     {"E2", "S2", "r", DAY_S + 9, {1, 2}, {0}, "10.0.0.1", DAY_S + 60, 0},
     IDENTITY_DIFFERENT},
    {"the same, at another address",
     {"E1", NULL, "r", 100, {1, 2}, {0}, "10.0.0.1", DAY_S, 0},
     {"E2", NULL, "r", DAY_S + 9, {1, 2}, {0}, "10.0.1.1", DAY_S + 60, 0},
     IDENTITY_UNSURE},
    {"one boot has one engine id",
     {"E1", NULL, "r", 100, {1, 2}, {0}, "10.0.0.1", 0, 0},
     {"E2", NULL, "r", 100, {1, 2}, {0}, "10.0.1.1", 0, 0},
     IDENTITY_DIFFERENT},
    {"contexts of one chassis: its serial number, an engine each",
     {"E1", "S1", "vdc-1", 100, {1, 2}, {0}, "10.0.0.1", 0, 0},
     {"E2", "S1", "vdc-2", 100, {3, 4}, {0}, "10.0.0.2", 0, 0},
     IDENTITY_DIFFERENT},
    {"no engine id: the other's address is listed, booted together",
     {"", NULL, "r", 100, {0}, {"10.0.0.1", "10.0.1.1"}, "10.0.0.1", 0, 0},
     {"", NULL, "r", 101, {0}, {0}, "10.0.1.1", 0, 0},
     IDENTITY_UNSURE},
    {"no engine id: listed, but booted at another time",
     {"", NULL, "r", 100, {0}, {"10.0.0.1", "10.0.1.1"}, "10.0.0.1", 0, 0},
     {"", NULL, "r", 9000, {0}, {0}, "10.0.1.1", 0, 0},
     IDENTITY_DIFFERENT},
    {"no engine id: same interfaces, name and boot time",
     {"", NULL, "r", 100, {1, 2, 3}, {0}, "10.0.0.1", 0, 0},
     {"", NULL, "r", 100, {1, 2, 3}, {0}, "10.0.1.1", 0, 0},
     IDENTITY_UNSURE},
    {"no engine id: name and boot time alone",
     {"", NULL, "r", 100, {0}, {0}, "10.0.0.1", 0, 0},
     {"", NULL, "r", 100, {0}, {0}, "10.0.1.1", 0, 0},
     IDENTITY_UNSURE},
    {"127.0.0.1 is in everybody's list",
     {"", NULL, "a", 100, {0}, {"127.0.0.1"}, "10.0.0.1", 0, 0},
     {"", NULL, "a", 100, {0}, {0}, "127.0.0.1", 0, 9},
     IDENTITY_DIFFERENT},
    {"other addresses of 127/8 are somebody's",
     {"", NULL, "a", 100, {0}, {"127.1.0.7"}, "127.1.0.6", 0, 0},
     {"", NULL, "a", 100, {0}, {0}, "127.1.0.7", 0, 0},
     IDENTITY_UNSURE},
    {"same serial number and boot time",
     {"", "S1", "r", 100, {0}, {0}, "10.0.0.1", 0, 0},
     {"", "S1", "r", 100, {0}, {0}, "10.0.1.1", 0, 0},
     IDENTITY_SAME},
    {"a serial number that is none",
     {"", "N/A", "a", 100, {0}, {0}, "10.0.0.1", 0, 0},
     {"", "N/A", "b", 100, {0}, {0}, "10.0.1.1", 0, 0},
     IDENTITY_DIFFERENT},
    {"a pair that shares serial number and name, booted apart",
     {"", "S1", "fw", 100, {0}, {0}, "10.0.0.1", 0, 0},
     {"", "S1", "fw", 4000, {0}, {0}, "10.0.0.2", 0, 0},
     IDENTITY_DIFFERENT},
    {"the same pair, one power switch for both",
     {"", "S1", "fw", 100, {0}, {0}, "10.0.0.1", 0, 0},
     {"", "S1", "fw", 105, {0}, {0}, "10.0.0.2", 0, 0},
     IDENTITY_UNSURE},
    {"the same pair, together in a second, each with its own MACs",
     {"", "S1", "fw", 100, {1}, {0}, "10.0.0.1", 0, 0},
     {"", "S1", "fw", 100, {2}, {0}, "10.0.0.2", 0, 0},
     IDENTITY_DIFFERENT},
    {"a serial number, but nobody knows since when the first one ran",
     {"", "S1", "r", 0, {0}, {0}, "10.0.0.1", 0, 0},
     {"", "S1", "r", 100, {0}, {0}, "10.0.1.1", 0, 0},
     IDENTITY_UNSURE},
    {"an address that moved from one to the other (VRRP)",
     {"", NULL, "gw-1", 100, {1}, {"10.0.0.254"}, "10.0.0.1", 0, 0},
     {"", NULL, "gw-2", 900, {2}, {"10.0.0.254"}, "10.0.0.254", 0, 0},
     IDENTITY_DIFFERENT},
    {"nothing in common",
     {"", NULL, "a", 100, {1}, {0}, "10.0.0.1", 0, 0},
     {"", NULL, "b", 100, {2}, {0}, "10.0.0.2", 0, 0},
     IDENTITY_DIFFERENT},
};

static void claims_are_compared(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct facts *x = facts_of(&cases[i].a), *y = facts_of(&cases[i].b);
        struct identity_claim a = claim_of(&cases[i].a, x);
        struct identity_claim b = claim_of(&cases[i].b, y);
        struct identity_opinion there = identity_compare(&a, &b, SLACK_MS, 0);
        struct identity_opinion back = identity_compare(&b, &a, SLACK_MS, 0);

        if (there.verdict != cases[i].verdict)
            print_error("%s: %s\n", cases[i].name, there.why);
        assert_int_equal(there.verdict, cases[i].verdict);
        assert_int_equal(back.verdict, cases[i].verdict);
        assert_true(there.why[0] != '\0');
        facts_unref(x);
        facts_unref(y);
    }
}

/* sysUpTime starts again after 497 days: boot instants still meet. */
static void uptime_that_wrapped_is_the_same_boot(void **state)
{
    const int64_t wrap_s = 42949673;
    const struct agent a = {"E1",       NULL,  "r", -400 * DAY_S, {0}, {0},
                            "10.0.0.1", DAY_S, 0};
    const struct agent b = {"E1", NULL, "r",        -400 * DAY_S + wrap_s,
                            {0},  {0},  "10.0.0.2", 120 * DAY_S,
                            0};
    struct facts *x = facts_of(&a), *y = facts_of(&b);
    struct identity_claim p = claim_of(&a, x), q = claim_of(&b, y);

    (void)state;
    assert_int_equal(identity_compare(&p, &q, SLACK_MS, 0).verdict,
                     IDENTITY_SAME);
    facts_unref(x);
    facts_unref(y);
}

/* ---- the index ---- */

static struct ident ident_of(uint8_t n)
{
    return (struct ident){{n, 1}};
}

static void put(struct identities *s, uint8_t n, const struct agent *a)
{
    struct facts *f = facts_of(a);
    struct identity_claim c = claim_of(a, f);
    struct ident id = ident_of(n);

    identities_put(s, &id, &c);
    facts_unref(f);
}

/* The number of the likeliest device, 0 if it is none. */
static uint8_t find(const struct identities *s, const struct agent *a)
{
    struct facts *f = facts_of(a);
    struct identity_claim c = claim_of(a, f);
    struct identity_choices choices;

    (void)identities_find(s, &c, NULL, &choices);
    facts_unref(f);
    return choices.count > 0 &&
                   choices.at[0].opinion.verdict != IDENTITY_DIFFERENT
               ? choices.at[0].id.octets[0]
               : 0;
}

static const struct agent router = {
    "E1", NULL, "r", 100, {1, 2}, {"10.0.0.1", "10.0.1.1"}, "10.0.0.1", 0, 0};

static void device_is_found_by_each_key(void **state)
{
    static const struct {
        const char *name;
        struct agent claim;
        uint8_t device;
    } asks[] = {
        {"engine", {"E1", NULL, "r", 100, {0}, {0}, "10.0.9.1", 0, 0}, 1},
        {"listed address", {"", NULL, "r", 100, {0}, {0}, "10.0.1.1", 0, 0}, 1},
        {"lists where it answers",
         {"", NULL, "r", 100, {0}, {"10.0.0.1"}, "10.0.7.1", 0, 0},
         1},
        {"interfaces", {"", NULL, "r", 100, {1, 2}, {0}, "10.0.8.1", 0, 0}, 1},
        {"a stranger", {"E7", NULL, "x", 100, {9}, {0}, "10.0.8.1", 0, 0}, 0},
    };
    struct identities *s = identities_new();

    (void)state;
    put(s, 1, &router);
    for (size_t i = 0; i < COUNT_OF(asks); i++) {
        uint8_t got = find(s, &asks[i].claim);
        if (got != asks[i].device)
            print_error("%s\n", asks[i].name);
        assert_int_equal(got, asks[i].device);
    }
    identities_free(s);
}

/* A hundred clones: each is itself, and a new one is new. */
static void clones_are_kept_apart(void **state)
{
    struct identities *s = identities_new();

    (void)state;
    for (uint8_t i = 1; i <= 100; i++) {
        char addr[ADDR_TEXT_MAX];
        snprintf(addr, sizeof addr, "10.0.0.%u", i);
        const struct agent clone = {
            "E1", NULL, "localhost", 100 + i * 60, {i}, {addr}, addr, 0, 0};
        assert_int_equal(find(s, &clone), 0);
        put(s, i, &clone);
        assert_int_equal(find(s, &clone), i);
    }
    identities_free(s);
}

/* An id that two known devices share proves nothing for a third. */
static void a_shared_sign_counts_for_nothing(void **state)
{
    const struct agent a = {"E1", NULL, "x", 100, {1}, {0}, "10.0.0.1", 0, 0};
    const struct agent b = {"E1", NULL, "y", 900, {2}, {0}, "10.0.0.2", 0, 0};
    const struct agent c = {"E1", NULL, "x", 100, {0}, {0}, "10.0.0.3", 0, 0};
    struct identities *s = identities_new();
    struct facts *f = facts_of(&c);
    struct identity_claim claim = claim_of(&c, f);
    struct identity_choices choices;

    (void)state;
    put(s, 1, &a);
    assert_true(identities_find(s, &claim, NULL, &choices));
    put(s, 2, &b);
    assert_false(identities_find(s, &claim, NULL, &choices));
    assert_int_equal(choices.at[0].opinion.verdict, IDENTITY_UNSURE);
    assert_int_equal(choices.at[0].opinion.agree & sign_bit(SIGN_ENGINE), 0);
    assert_int_equal(choices.at[1].id.octets[0], 2);
    facts_unref(f);
    identities_free(s);
}

static void the_winner_is_told_with_the_runner_up(void **state)
{
    const struct agent other = {"E1", NULL,       "r", 9000, {7},
                                {0},  "10.0.5.1", 0,   0};
    const struct agent asks = {"E1", NULL,       "r", 100, {1, 2},
                               {0},  "10.0.1.1", 0,   0};
    struct identities *s = identities_new();
    struct facts *f = facts_of(&asks);
    struct identity_claim claim = claim_of(&asks, f);
    struct identity_choices choices;
    struct ident first = ident_of(1);

    (void)state;
    put(s, 1, &router);
    assert_true(identities_find(s, &claim, NULL, &choices));
    assert_true(choices.at[0].opinion.agree & sign_bit(SIGN_ENGINE));
    assert_true(choices.at[0].opinion.agree & sign_bit(SIGN_MACS));
    assert_true(choices.at[0].opinion.agree & sign_bit(SIGN_LISTED));
    assert_true(choices.at[0].opinion.agree & sign_bit(SIGN_BOOT));
    assert_int_equal(choices.at[0].opinion.differ, 0);
    put(s, 2, &other);
    (void)identities_find(s, &claim, NULL, &choices);
    assert_int_equal(choices.count, 2);
    assert_int_equal(choices.at[0].id.octets[0], 1);
    assert_int_equal(choices.at[1].id.octets[0], 2);
    assert_true(choices.at[1].opinion.differ & sign_bit(SIGN_MACS));
    assert_true(choices.at[1].opinion.differ & sign_bit(SIGN_BOOT));
    assert_false(identities_find(s, &claim, &first, &choices));
    assert_int_equal(choices.count, 1);
    facts_unref(f);
    identities_free(s);
}

static void on_shared(void *arg, enum identity_sign sign, const char *value,
                      const struct ident *with)
{
    unsigned *seen = arg;

    assert_int_equal(with->octets[0], 2);
    if (sign == SIGN_LISTED)
        assert_string_equal(value, "10.0.1.1");
    else
        assert_int_equal(sign, SIGN_ENGINE);
    ++*seen;
}

static void on_chassis(void *arg, enum identity_sign sign, const char *value,
                       const struct ident *with)
{
    assert_int_equal(sign, SIGN_CHASSIS);
    assert_string_equal(value, "00:23:04:ee:be:01");
    assert_int_equal(with->octets[0], 2);
    ++*(unsigned *)arg;
}

static void what_two_devices_share_is_marked(void **state)
{
    const struct agent other = {"E1",         NULL,       "q", 900, {3},
                                {"10.0.1.1"}, "10.0.5.1", 0,   0};
    struct identities *s = identities_new();
    struct ident first = ident_of(1);
    unsigned seen = 0;

    (void)state;
    put(s, 1, &router);
    identities_shared(s, &first, on_shared, &seen);
    assert_int_equal(seen, 0);
    put(s, 2, &other);
    identities_shared(s, &first, on_shared, &seen);
    assert_int_equal(seen, 2);
    identities_free(s);
}

/* A pair that bridges as one (MC-LAG, vPC): one bridge address for both. */
static void a_pair_with_one_bridge_address_stays_two(void **state)
{
    const struct agent a = {"E1", "S1",       "n-1", 100, {1, 2},
                            {0},  "10.0.0.1", 0,     0};
    const struct agent b = {"E2", "S2",       "n-2", 100, {3, 4},
                            {0},  "10.0.0.2", 0,     0};
    const struct mac one = {{0x00, 0x23, 4, 0xee, 0xbe, 1}};
    struct identities *s = identities_new();
    struct facts *x = facts_of(&a), *y = facts_of(&b);
    struct ident first = ident_of(1), second = ident_of(2);
    struct identity_choices choices;
    unsigned seen = 0;

    (void)state;
    x->bridge.base_mac = y->bridge.base_mac = one;
    struct identity_claim p = claim_of(&a, x), q = claim_of(&b, y);
    identities_put(s, &first, &p);
    assert_false(identities_find(s, &q, NULL, &choices));
    assert_int_equal(choices.at[0].opinion.verdict, IDENTITY_DIFFERENT);
    assert_true(choices.at[0].opinion.agree & sign_bit(SIGN_CHASSIS));
    identities_put(s, &second, &q);
    identities_shared(s, &first, on_chassis, &seen);
    assert_int_equal(seen, 1);
    facts_unref(x);
    facts_unref(y);
    identities_free(s);
}

static void signs_have_names(void **state)
{
    (void)state;
    for (int i = 0; i < IDENTITY_SIGNS; i++) {
        enum identity_sign s = (enum identity_sign)i;

        assert_int_equal(identity_sign_named(identity_sign_name(s)), s);
    }
    assert_int_equal(identity_sign_named("none"), IDENTITY_SIGNS);
    assert_string_equal(identity_sign_trust(SIGN_LISTED), "S5");
    assert_string_equal(identity_sign_trust(SIGN_BOOT), "");
}

static void removed_device_is_forgotten(void **state)
{
    struct identities *s = identities_new();
    struct addr addr = address("10.0.1.1");
    struct ident id = ident_of(1), owner;

    (void)state;
    put(s, 1, &router);
    assert_true(identities_owner_of(s, &addr, &owner));
    assert_true(ident_equal(&owner, &id));
    identities_remove(s, &id);
    assert_false(identities_owner_of(s, &addr, &owner));
    assert_int_equal(find(s, &router), 0);
    identities_free(s);
}

static void address_of_two_is_nobodys(void **state)
{
    struct identities *s = identities_new();
    const struct agent other = {"E2",         NULL,       "q", 100, {3},
                                {"10.0.1.1"}, "10.0.5.1", 0,   0};
    struct addr addr = address("10.0.1.1");
    struct ident owner;

    (void)state;
    put(s, 1, &router);
    put(s, 2, &other);
    assert_false(identities_owner_of(s, &addr, &owner));
    identities_free(s);
}

static void new_facts_replace_old_ones(void **state)
{
    struct identities *s = identities_new();
    const struct agent moved = {"E1",         NULL,       "r", 100, {1, 2},
                                {"10.0.2.1"}, "10.0.0.1", 0,   0};
    struct addr before = address("10.0.1.1"), after = address("10.0.2.1");
    struct ident owner;

    (void)state;
    put(s, 1, &router);
    put(s, 1, &moved);
    assert_false(identities_owner_of(s, &before, &owner));
    assert_true(identities_owner_of(s, &after, &owner));
    identities_free(s);
}

/* Machines copied with their engine id, switched on by one hand. */
static void clones_are_told_apart_by_the_first_addresses(void **state)
{
    (void)state;
    const struct agent a = {.engine = "cloned",
                            .name = "localhost",
                            .booted_s = 100,
                            .addr = "192.0.2.1"};
    const struct agent b = {.engine = "cloned",
                            .name = "localhost",
                            .booted_s = 100,
                            .addr = "192.0.2.2"};
    const struct mac one = {{2, 0, 0, 0, 0, 1}}, two = {{2, 0, 0, 0, 0, 2}};
    struct facts *x = facts_of(&a), *y = facts_of(&b), *z = facts_of(&b);

    *array_add(&x->macs) = one;
    *array_add(&y->macs) = two;
    *array_add(&z->interfaces) =
        (struct interface){.if_index = 1, .name = "", .descr = "", .mac = one};
    const struct identity_claim at = claim_of(&a, x), other = claim_of(&b, y),
                                itself = claim_of(&b, z);
    assert_int_equal(identity_compare(&at, &other, SLACK_MS, 0).verdict,
                     IDENTITY_DIFFERENT);
    assert_int_equal(identity_compare(&at, &itself, SLACK_MS, 0).verdict,
                     IDENTITY_SAME);
    facts_unref(x);
    facts_unref(y);
    facts_unref(z);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(clones_are_told_apart_by_the_first_addresses),
        cmocka_unit_test(claims_are_compared),
        cmocka_unit_test(uptime_that_wrapped_is_the_same_boot),
        cmocka_unit_test(device_is_found_by_each_key),
        cmocka_unit_test(clones_are_kept_apart),
        cmocka_unit_test(a_shared_sign_counts_for_nothing),
        cmocka_unit_test(the_winner_is_told_with_the_runner_up),
        cmocka_unit_test(what_two_devices_share_is_marked),
        cmocka_unit_test(a_pair_with_one_bridge_address_stays_two),
        cmocka_unit_test(signs_have_names),
        cmocka_unit_test(removed_device_is_forgotten),
        cmocka_unit_test(address_of_two_is_nobodys),
        cmocka_unit_test(new_facts_replace_old_ones),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
