/* What people said of devices: found by address, kept over restarts. */
#include "station/pins.h"

#include "base/log.h"
#include "station/store.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static struct addr address(const char *text)
{
    struct addr a;

    assert_int_equal(addr_parse(text, &a), 0);
    return a;
}

static struct ident ident_of(uint8_t n)
{
    return (struct ident){{n, 1}};
}

static struct pin *add(struct pins *p, enum pin_kind kind, uint8_t device,
                       uint8_t other, const char *addr)
{
    static char a[] = "sw-1", b[] = "sw-2", dir[] = "sw-2", who[] = "ann";
    struct addr one = address(addr);
    const struct pin new = {.kind = kind,
                            .device = ident_of(device),
                            .other = ident_of(other),
                            .device_name = a,
                            .other_name = b,
                            .dir = dir,
                            .addrs = {.at = &one, .count = 1},
                            .who = who,
                            .at.ms = 5000};

    return pins_add(p, &new);
}

static void pins_are_found_by_address(void **state)
{
    struct pins *p = pins_new(NULL);
    struct addr mine = address("192.0.2.2"), other = address("192.0.2.3");
    struct ident one = ident_of(1), two = ident_of(2), three = ident_of(3);

    (void)state;
    assert_null(pins_of(NULL, &mine));
    struct pin *merge = add(p, PIN_MERGE, 1, 2, "192.0.2.2");
    struct pin *split = add(p, PIN_SPLIT, 1, 3, "192.0.2.3");
    assert_ptr_equal(pins_of(p, &mine), merge);
    assert_ptr_equal(pins_of(p, &other), split);
    assert_true(pins_part(p, &one, &three));
    assert_true(pins_part(p, &three, &one));
    assert_false(pins_part(p, &one, &two));
    assert_true(pins_keep(p, &two));
    assert_false(pins_keep(p, &three));
    assert_ptr_equal(pins_merge(p, &one, "sw-2"), merge);
    assert_ptr_equal(pins_merge(p, &one, "192.0.2.2"), merge);
    assert_null(pins_merge(p, &one, "192.0.2.3"));
    assert_null(pins_merge(p, &two, "sw-2"));
    pins_remove(p, merge);
    assert_null(pins_of(p, &mine));
    assert_int_equal(pins_count(p), 1);
    struct pin *apart = add(p, PIN_APART, 1, 2, "192.0.2.2");
    assert_true(pins_part(p, &two, &one));
    assert_ptr_equal(pins_apart(p, &two, &one), apart);
    assert_null(pins_apart(p, &one, &three)); /* that one was split */
    pins_free(p);
}

static void pins_follow_their_device(void **state)
{
    struct pins *p = pins_new(NULL);
    struct ident one = ident_of(1), nine = ident_of(9), three = ident_of(3);

    (void)state;
    (void)add(p, PIN_MERGE, 1, 2, "192.0.2.2");
    (void)add(p, PIN_SPLIT, 1, 3, "192.0.2.3");
    pins_inherit(p, &one, &nine);
    assert_non_null(pins_merge(p, &nine, "sw-2"));
    assert_true(pins_part(p, &nine, &three));
    pins_forget(p, &three); /* it is found again, and split still */
    assert_int_equal(pins_count(p), 2);
    (void)add(p, PIN_APART, 4, 3, "192.0.2.4");
    pins_forget(p, &three);
    assert_int_equal(pins_count(p), 2);
    pins_forget(p, &nine);
    assert_int_equal(pins_count(p), 0);
    pins_forget(NULL, &nine);
    pins_inherit(NULL, &nine, &one);
    pins_free(p);
}

static void there_are_not_more_than_so_many(void **state)
{
    struct pins *p = pins_new(NULL);

    (void)state;
    for (int i = 0; i < PINS_MAX; i++)
        assert_non_null(add(p, PIN_MERGE, 1, 2, "192.0.2.2"));
    assert_null(add(p, PIN_MERGE, 1, 2, "192.0.2.2"));
    pins_free(p);
}

static void pins_survive_a_restart(void **state)
{
    char dir[] = "/tmp/portolan-pins-XXXXXX", path[80];
    struct store_options options = {.path = path};
    struct addr mine = address("192.0.2.2");
    struct store *store;
    struct complaint why;

    (void)state;
    assert_non_null(mkdtemp(dir));
    (void)snprintf(path, sizeof path, "%s/state.db", dir);
    assert_int_equal(store_open(NULL, &options, &store, &why), 0);
    struct pins *p = pins_new(store);
    (void)add(p, PIN_MERGE, 1, 2, "192.0.2.2");
    (void)add(p, PIN_APART, 1, 4, "192.0.2.4");
    pins_remove(p, add(p, PIN_SPLIT, 1, 3, "192.0.2.3"));
    pins_free(p);
    store_put(store, "pin", "not an id", "{}");
    store_put(store, "pin", "0123456789abcdef0123456789abcdef", "nonsense");
    store_free(store);

    assert_int_equal(store_open(NULL, &options, &store, &why), 0);
    p = pins_new(store);
    assert_int_equal(pins_load(p, &why), 0);
    assert_int_equal(pins_count(p), 2);
    struct ident one = ident_of(1), four = ident_of(4);
    assert_non_null(pins_apart(p, &one, &four));
    const struct pin *pin = pins_of(p, &mine);
    assert_non_null(pin);
    assert_int_equal(pin->kind, PIN_MERGE);
    assert_string_equal(pin->device_name, "sw-1");
    assert_string_equal(pin->other_name, "sw-2");
    assert_string_equal(pin->dir, "sw-2");
    assert_string_equal(pin->who, "ann");
    assert_int_equal(pin->at.ms, 5000);
    assert_int_equal(pin->device.octets[0], 1);
    assert_int_equal(pin->other.octets[0], 2);
    pins_free(p);
    store_free(store);
    (void)unlink(path);
    (void)rmdir(dir);
}

static void they_read_as_sentences(void **state)
{
    struct pins *p = pins_new(NULL);
    char text[200];

    (void)state;
    pin_text(add(p, PIN_MERGE, 1, 2, "192.0.2.2"), text, sizeof text);
    assert_string_equal(text, "merged with sw-2 by ann");
    pin_text(add(p, PIN_SPLIT, 1, 3, "192.0.2.3"), text, sizeof text);
    assert_string_equal(text, "split from sw-1 by ann");
    pin_text(add(p, PIN_APART, 1, 4, "192.0.2.4"), text, sizeof text);
    assert_string_equal(text, "kept apart from sw-1 by ann");
    pins_free(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pins_are_found_by_address),
        cmocka_unit_test(pins_follow_their_device),
        cmocka_unit_test(there_are_not_more_than_so_many),
        cmocka_unit_test(pins_survive_a_restart),
        cmocka_unit_test(they_read_as_sentences),
    };

    log_open(LOG_LEVEL_ERROR, LOG_TO_STDERR);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
