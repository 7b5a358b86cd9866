/* Every member of facts comes back from its text; nonsense gives nothing or
 * something harmless. */
#include "mibs/facts_json.h"

#include "mibs/facts_shape.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* ---- facts in which every member has a value of its own ---- */

struct any_list {
    char *at;
    size_t count, room;
};

struct filling {
    struct arena *arena;
    unsigned n; /* of the member: its value follows from it */
};

static const char *some_text(struct filling *f)
{
    char text[32];

    (void)snprintf(text, sizeof text, "m\xc3\xa9mber \"%u\"\n", f->n);
    return arena_text(f->arena, text);
}

static struct addr some_addr(unsigned n)
{
    return n % 2 == 0
               ? addr_v4((const uint8_t[]){192, 0, 2, (uint8_t)n})
               : addr_v6((const uint8_t[]){0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0,
                                           0, 0, 0, 0, 0, (uint8_t)n});
}

static void fill(struct filling *f, const struct member *members, void *to);

static void fill_list(struct filling *f, const struct member *m, void *at)
{
    enum { ROWS = 2 };
    struct any_list *list = at;

    list->at = mem_array(ROWS, m->size);
    list->count = list->room = ROWS;
    for (size_t i = 0; i < ROWS; i++)
        fill(f, m->inside, list->at + i * m->size);
}

static void fill_mgmt(struct filling *f, void *at)
{
    struct neighbor *n =
        (struct neighbor *)(void *)((char *)at -
                                    offsetof(struct neighbor, mgmt));

    n->mgmt_count = 2;
    n->mgmt[0] = some_addr(f->n);
    n->mgmt[1] = some_addr(f->n + 1);
}

static void fill_member(struct filling *f, const struct member *m, void *at)
{
    uint8_t octets[6] = {2, 0, 0, 0, (uint8_t)(f->n >> 8), (uint8_t)f->n};
    struct addr addr = some_addr(f->n);

    switch (m->type) {
    case M_TEXT:
        *(const char **)at = some_text(f);
        break;
    case M_BYTES:
        *(struct bytes *)at = arena_bytes(f->arena, (struct bytes){octets, 6});
        break;
    case M_BOOL:
        *(bool *)at = true;
        break;
    case M_U8:
        *(uint8_t *)at = (uint8_t)(f->n % 250 + 1);
        break;
    case M_U16:
        *(uint16_t *)at = (uint16_t)f->n;
        break;
    case M_U32:
        *(uint32_t *)at = UINT32_MAX - f->n;
        break;
    case M_U64:
        *(uint64_t *)at = INT64_MAX - f->n;
        break;
    case M_I32:
        *(int32_t *)at = -(int32_t)f->n;
        break;
    case M_I64:
        *(int64_t *)at = -(int64_t)f->n;
        break;
    case M_DOUBLE:
        *(double *)at = f->n + 0.1;
        break;
    case M_ADDR:
        *(struct addr *)at = addr;
        break;
    case M_ADDRS:
        fill_mgmt(f, at);
        break;
    case M_PREFIX:
        *(struct prefix *)at = prefix_of(&addr, 25);
        break;
    case M_MAC:
        memcpy(((struct mac *)at)->octets, octets, 6);
        break;
    case M_WALL:
        ((struct wall *)at)->ms = 1700000000000 + f->n;
        break;
    case M_OBJECT:
        fill(f, m->inside, at);
        break;
    case M_LIST:
        fill_list(f, m, at);
        break;
    }
}

static void fill(struct filling *f, const struct member *members, void *to)
{
    for (const struct member *m = members; m->key != NULL; m++) {
        f->n++;
        fill_member(f, m, (char *)to + m->offset);
    }
}

static struct facts *full_facts(void)
{
    struct facts *f = facts_new();
    struct filling filling = {.arena = f->arena};

    fill(&filling, facts_members, f);
    f->identity.kind = KIND_FIREWALL; /* the one number that is an enum */
    return f;
}

static struct facts *read_text(const char *text)
{
    return facts_from_json(text, strlen(text));
}

/* ---- tests ---- */

static void every_member_comes_back(void **state)
{
    struct buffer OWNED_BUFFER first = {0}, second = {0};
    struct facts *f = full_facts();

    (void)state;
    facts_to_json(f, &first);
    struct facts *back = facts_from_json(first.at, first.len);
    assert_non_null(back);
    facts_to_json(back, &second);
    assert_string_equal(first.at, second.at);
    for (const struct member *m = facts_members; m->key != NULL; m++)
        if (strstr(first.at, m->key) == NULL)
            fail_msg("%s is not written", m->key);
    facts_unref(back);
    facts_unref(f);
}

static void values_are_the_same(void **state)
{
    struct buffer OWNED_BUFFER text = {0};
    struct facts *f = full_facts();

    (void)state;
    facts_to_json(f, &text);
    struct facts *b = facts_from_json(text.at, text.len);
    assert_string_equal(b->system.descr, f->system.descr);
    assert_true(bytes_equal(b->system.engine_id, f->system.engine_id));
    assert_int_equal(b->system.engine_boots, f->system.engine_boots);
    assert_int_equal(b->identity.kind, KIND_FIREWALL);
    assert_int_equal(b->interfaces.count, f->interfaces.count);
    assert_int_equal(b->interfaces.at[1].speed_bps,
                     f->interfaces.at[1].speed_bps);
    assert_true(mac_equal(&b->interfaces.at[1].mac, &f->interfaces.at[1].mac));
    assert_true(addr_equal(&b->addresses.at[0].addr, &f->addresses.at[0].addr));
    assert_int_equal(b->neighbors.at[1].mgmt_count, 2);
    assert_true(
        addr_equal(&b->neighbors.at[1].mgmt[1], &f->neighbors.at[1].mgmt[1]));
    assert_true(prefix_equal(&b->routes.at[0].to, &f->routes.at[0].to));
    assert_true(b->sensors.at[0].value == f->sensors.at[0].value);
    assert_int_equal(b->lldp.ports.count, f->lldp.ports.count);
    assert_int_equal(b->observed_at.ms, f->observed_at.ms);
    facts_unref(b);
    facts_unref(f);
}

static void what_is_not_known_stays_unknown(void **state)
{
    struct buffer OWNED_BUFFER text = {0};
    struct facts *f = facts_new();

    (void)state;
    (void)array_add(&f->sensors);
    f->sensors.at[0] = (struct sensor){.class = "state",
                                       .value = NAN,
                                       .low_crit = NAN,
                                       .low_warn = NAN,
                                       .high_warn = NAN,
                                       .high_crit = NAN};
    facts_to_json(f, &text);
    struct facts *back = facts_from_json(text.at, text.len);
    assert_int_equal(back->system.if_number, FACT_UNKNOWN);
    assert_int_equal(back->system.engine_time_s, FACT_UNKNOWN);
    assert_string_equal(back->system.name, "");
    assert_true(isnan(back->sensors.at[0].value));
    assert_true(isnan(back->sensors.at[0].high_crit));
    assert_string_equal(back->sensors.at[0].descr, "");
    assert_int_equal(back->bridge.topology_changes, FACT_UNKNOWN);
    facts_unref(back);
    facts_unref(f);
}

static void what_is_no_object_gives_nothing(void **state)
{
    static const char *const texts[] = {"",   "{",  "[]",  "7",
                                        "\"", "{]", "nul", "{\"a\":}"};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        if (read_text(texts[i]) != NULL)
            fail_msg("%s", texts[i]);
}

static void strange_members_do_no_harm(void **state)
{
    static const char *const texts[] = {
        "{}",
        "{\"newer\": {\"than\": \"we\"}}",
        "{\"system\": 7, \"interfaces\": \"none\", \"lldp\": []}",
        "{\"system\": {\"name\": 7, \"descr\": null, \"engine_id\": \"zz\"}}",
        "{\"system\": {\"engine_id\": \"80000\", \"uptime_cs\": -1}}",
        "{\"system\": {\"engine_id\": 128, \"has_uptime\": \"yes\"}}",
        "{\"identity\": {\"kind\": 4000000000}}",
        "{\"interfaces\": [7, null, {}, {\"if_index\": 1e99}]}",
        "{\"neighbors\": [{\"protocol\": 255, \"mgmt\": [1,2,3,4,5,6,7]}]}",
        "{\"neighbors\": [{\"mgmt\": \"192.0.2.1\"}]}",
        "{\"addresses\": [{\"addr\": \"192.0.2\", \"prefix_len\": 99999}]}",
        "{\"routes\": [{\"to\": \"192.0.2.0/99\"}]}",
        "{\"arp\": [{\"mac\": \"00:11\"}]}",
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        struct buffer OWNED_BUFFER again = {0};
        struct facts *f = read_text(texts[i]);

        if (f == NULL)
            fail_msg("%s", texts[i]);
        assert_true(f->identity.kind < DEVICE_KINDS);
        for (size_t n = 0; n < f->neighbors.count; n++) {
            assert_int_equal(f->neighbors.at[n].mgmt_count, 0);
            assert_non_null(
                neighbor_protocol_name(f->neighbors.at[n].protocol));
        }
        for (size_t n = 0; n < f->interfaces.count; n++)
            assert_non_null(f->interfaces.at[n].name);
        facts_to_json(f, &again);
        facts_unref(f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_member_comes_back),
        cmocka_unit_test(values_are_the_same),
        cmocka_unit_test(what_is_not_known_stays_unknown),
        cmocka_unit_test(what_is_no_object_gives_nothing),
        cmocka_unit_test(strange_members_do_no_harm),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
