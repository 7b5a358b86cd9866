/* What is stored of a device comes back; what cannot be read is left out and
 * harms nobody. */
#include "station/gaps.h"
#include "station/persist.h"

#include "base/table.h"
#include "mibs/facts_pack.h"
#include "station/config.h"
#include "station/polling.h"
#include "station/ports_kept.h"
#include "station/store.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* ---- a store in memory ---- */

enum { PUT_MAX = 32 };

struct store {
    struct object {
        char *kind, *key, *text;
    } at[PUT_MAX];
    size_t count;
    int open;
};

void store_begin(struct store *s)
{
    s->open++;
}

void store_end(struct store *s)
{
    s->open--;
    assert_true(s->open >= 0);
}

void store_delete(struct store *s, const char *kind, const char *key)
{
    for (size_t i = 0; i < s->count; i++)
        if (strcmp(s->at[i].kind, kind) == 0 &&
            strcmp(s->at[i].key, key) == 0) {
            free(s->at[i].kind);
            free(s->at[i].key);
            free(s->at[i].text);
            s->at[i] = s->at[--s->count];
            return;
        }
}

void store_put(struct store *s, const char *kind, const char *key,
               const char *text)
{
    store_delete(s, kind, key);
    assert_true(s->count < PUT_MAX);
    s->at[s->count++] =
        (struct object){mem_text(kind), mem_text(key), mem_text(text)};
}

void store_put_later(struct store *s, const char *kind, const char *key,
                     const struct store_value *value)
{
    struct buffer OWNED_BUFFER text = {0};

    value->write(value->object, &text);
    store_put(s, kind, key, text.at);
    value->free(value->object);
}

int store_load(struct store *s, const char *kind, store_object_fn on_object,
               void *arg, struct complaint *why)
{
    (void)why;
    for (size_t i = 0; i < s->count; i++)
        if (strcmp(s->at[i].kind, kind) == 0)
            assert_int_equal(on_object(arg, s->at[i].key, s->at[i].text), 0);
    return 0;
}

static void store_clear(struct store *s)
{
    while (s->count > 0)
        store_delete(s, s->at[0].kind, s->at[0].key);
}

/* ---- a station's part of it ---- */

struct run {
    struct inventory *inv;
    struct polling *polling;
    struct gaps *gaps;
    struct config *config;
};

static const char with_lab[] =
    "credentials: [{name: lab, version: 2c, community: public}]\n"
    "discovery: {seeds: [192.0.2.1]}\n";
static const char without_lab[] =
    "credentials: [{name: other, version: 2c, community: public}]\n"
    "discovery: {seeds: [192.0.2.1]}\n";

static struct run run_new(const char *config)
{
    struct polling_options options = {.every_ms = 60000};
    struct polling_listener nobody = {0};
    struct run r = {.inv = inventory_new(), .gaps = gaps_new(NULL, 60000)};
    struct polling_parts parts = {.gaps = r.gaps};
    struct complaint why;

    r.polling = polling_new(&parts, &options, &nobody);
    assert_int_equal(
        config_parse("test", config, strlen(config), &r.config, &why), 0);
    return r;
}

static struct run run_loaded(struct store *store, const char *config)
{
    struct run r = run_new(config);
    struct complaint why;

    assert_int_equal(persist_load(store, r.inv, r.polling, r.config, &why), 0);
    return r;
}

static void run_end(struct run *r)
{
    for (size_t i = 0; i < inventory_count(r->inv); i++)
        polling_drop(r->polling, inventory_at(r->inv, i));
    polling_free(r->polling);
    gaps_free(r->gaps);
    inventory_free(r->inv);
    config_free(r->config);
}

static void give(struct run *r, struct device *d, const char *text)
{
    struct addr a;

    assert_int_equal(addr_parse(text, &a), 0);
    assert_true(inventory_give_addr(r->inv, d, &a));
}

static struct device *core_of(struct run *r)
{
    struct device *d = inventory_add(r->inv, NULL);

    give(r, d, "192.0.2.1");
    give(r, d, "2001:db8::1");
    (void)inventory_rename(r->inv, d, "core");
    d->port = 1161;
    d->credential = config_credential(r->config, "lab");
    d->kind = KIND_L3SWITCH;
    d->reach = REACH_DOWN;
    d->since.ms = 1700000000001;
    d->first_seen.ms = 1600000000002;
    d->last_seen.ms = 1700000000003;
    d->collected_at.ms = 1700000000004;
    device_why(d, "same snmpEngineID");
    d->facts->system.name = "core.example";
    array_add(&d->facts->interfaces)->if_index = 7;
    struct interface *i = &d->facts->interfaces.at[0];
    i->name = "Gi0/7";
    i->descr = i->alias = i->duplex = "";
    i->label = "Gi0/7";
    polling_facts_changed(r->polling, d);
    return d;
}

/* ---- tests ---- */

static void a_device_comes_back_as_it_was(void **state)
{
    struct run before = run_new(with_lab);
    struct device *d = core_of(&before);
    struct store store = {0};

    (void)state;
    assert_true(d->unsaved);
    persist_device(&store, d, true);
    assert_false(d->unsaved);
    assert_int_equal(store.open, 0);
    assert_int_equal(store.count, 2);
    store_put(&store, "learned", store.at[0].key, "{}");

    struct run after = run_loaded(&store, with_lab);
    assert_int_equal(inventory_count(after.inv), 1);
    const struct device *e = inventory_at(after.inv, 0);
    assert_true(ident_equal(&e->id, &d->id));
    assert_string_equal(e->name, "core");
    assert_string_equal(e->dir, d->dir);
    assert_int_equal(e->addrs.count, 2);
    assert_true(addr_equal(&e->addrs.at[0], &d->addrs.at[0]));
    assert_int_equal(e->port, 1161);
    assert_string_equal(e->credential->name, "lab");
    assert_int_equal(e->kind, KIND_L3SWITCH);
    assert_int_equal(e->reach, REACH_DOWN);
    assert_int_equal(e->since.ms, d->since.ms);
    assert_int_equal(e->first_seen.ms, d->first_seen.ms);
    assert_int_equal(e->last_seen.ms, d->last_seen.ms);
    assert_int_equal(e->collected_at.ms, d->collected_at.ms);
    assert_string_equal(e->why, "same snmpEngineID");
    assert_false(e->station);
    assert_string_equal(e->facts->system.name, "core.example");
    struct facts *facts = facts_open(e->facts);
    assert_string_equal(facts->interfaces.at[0].name, "Gi0/7");
    facts_unref(facts);
    assert_false(e->unsaved);
    assert_string_equal(e->learned, "{}");
    persist_forget(&store, e);
    assert_int_equal(store.count, 0);
    run_end(&after);
    run_end(&before);
    store_clear(&store);
}

static void write_ports(const struct device *d, struct buffer *out)
{
    OWNED(ports_kept_free) struct ports_kept *kept = polling_ports_keep(d);

    ports_kept_write(kept, out);
}

static void ports_keep_their_files(void **state)
{
    struct run before = run_new(with_lab);
    struct device *d = core_of(&before);
    struct store store = {0};
    struct buffer OWNED_BUFFER first = {0}, second = {0};

    (void)state;
    persist_device(&store, d, true);
    struct run after = run_loaded(&store, with_lab);
    write_ports(d, &first);
    write_ports(inventory_at(after.inv, 0), &second);
    assert_non_null(strstr(first.at, "Gi0"));
    assert_string_equal(first.at, second.at);
    run_end(&after);
    run_end(&before);
    store_clear(&store);
}

static void a_renamed_device_keeps_its_folder_over_a_restart(void **state)
{
    struct run before = run_new(with_lab);
    struct device *d = core_of(&before);
    struct store store = {0};

    (void)state;
    (void)inventory_rename(before.inv, d, "renamed");
    persist_device(&store, d, false);
    struct run after = run_loaded(&store, with_lab);
    assert_string_equal(inventory_at(after.inv, 0)->name, "renamed");
    assert_string_equal(inventory_at(after.inv, 0)->dir, "core");
    run_end(&after);
    run_end(&before);
    store_clear(&store);
}

static void a_credential_that_is_gone_is_not_there(void **state)
{
    struct run before = run_new(with_lab);
    struct store store = {0};

    (void)state;
    persist_device(&store, core_of(&before), false);
    struct run after = run_loaded(&store, without_lab);
    assert_null(inventory_at(after.inv, 0)->credential);
    run_end(&after);
    run_end(&before);
    store_clear(&store);
}

static void a_forgotten_device_leaves_nothing(void **state)
{
    struct run r = run_new(with_lab);
    struct device *d = core_of(&r);
    struct store store = {0};

    (void)state;
    persist_device(&store, d, true);
    persist_forget(&store, d);
    assert_int_equal(store.count, 0);
    run_end(&r);
}

#define ID "00112233445566778899aabbccddeeff"

static void what_cannot_be_read_is_left_out(void **state)
{
    static const struct {
        const char *name, *key, *text;
        size_t devices;
    } cases[] = {
        {"no JSON", ID, "{", 0},
        {"nothing", ID, "", 0},
        {"a list", ID, "[]", 0},
        {"a text", ID, "\"core\"", 0},
        {"a key that is no id", "core", "{\"name\": \"core\"}", 0},
        {"an empty object", ID, "{}", 1},
        {"wrong types", ID,
         "{\"name\": 7, \"addrs\": {}, \"port\": \"x\", \"kind\": []}", 1},
        {"addresses that are none", ID,
         "{\"name\": \"a\", \"addrs\": [\"x\", 7, null, \"192.0.2.999\"]}", 1},
        {"kinds and states that do not exist", ID,
         "{\"name\": \"a\", \"kind\": 999, \"reach\": -4}", 1},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct store store = {0};

        store_put(&store, "device", cases[i].key, cases[i].text);
        struct run r = run_loaded(&store, with_lab);
        if (inventory_count(r.inv) != cases[i].devices)
            fail_msg("%s", cases[i].name);
        for (size_t n = 0; n < cases[i].devices; n++) {
            const struct device *d = inventory_at(r.inv, n);

            assert_true(d->name != NULL && d->name[0] != '\0');
            assert_non_null(d->dir);
            assert_int_equal(d->addrs.count, 0);
            assert_true(d->kind == KIND_UNKNOWN && d->reach == REACH_UNKNOWN);
        }
        run_end(&r);
        store_clear(&store);
    }
}

static void folders_stay_inside(void **state)
{
    static const char *const folders[] = {"../../etc", "/etc", "..", ".",
                                          "a/b"};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(folders); i++) {
        struct buffer OWNED_BUFFER text = {0};
        struct store store = {0};

        buffer_format(&text, "{\"name\": \"a\", \"dir\": \"%s\"}", folders[i]);
        store_put(&store, "device", ID, text.at);
        struct run r = run_loaded(&store, with_lab);
        assert_string_equal(inventory_at(r.inv, 0)->dir, "a");
        run_end(&r);
        store_clear(&store);
    }
}

static void one_id_in_two_spellings_is_one_device(void **state)
{
    struct store store = {0};

    (void)state;
    store_put(&store, "device", ID, "{\"name\": \"a\"}");
    store_put(&store, "device", "00112233445566778899AABBCCDDEEFF",
              "{\"name\": \"b\"}");
    struct run r = run_loaded(&store, with_lab);
    assert_int_equal(inventory_count(r.inv), 1);
    run_end(&r);
    store_clear(&store);
}

static void facts_without_a_device_or_sense_are_left_out(void **state)
{
    struct store store = {0};

    (void)state;
    store_put(&store, "device", ID, "{\"name\": \"a\"}");
    store_put(&store, "facts", ID, "no facts");
    store_put(&store, "facts", "ff112233445566778899aabbccddeeff", "{}");
    store_put(&store, "facts", "not an id", "{}");
    struct run r = run_loaded(&store, with_lab);
    assert_int_equal(inventory_count(r.inv), 1);
    assert_string_equal(inventory_at(r.inv, 0)->facts->system.name, "");
    run_end(&r);
    store_clear(&store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_device_comes_back_as_it_was),
        cmocka_unit_test(ports_keep_their_files),
        cmocka_unit_test(a_renamed_device_keeps_its_folder_over_a_restart),
        cmocka_unit_test(a_credential_that_is_gone_is_not_there),
        cmocka_unit_test(a_forgotten_device_leaves_nothing),
        cmocka_unit_test(what_cannot_be_read_is_left_out),
        cmocka_unit_test(folders_stay_inside),
        cmocka_unit_test(one_id_in_two_spellings_is_one_device),
        cmocka_unit_test(facts_without_a_device_or_sense_are_left_out),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
