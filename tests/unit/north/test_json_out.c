/* What is known is written as it is; what is not known is not there. */
#include "north/json_out.h"

#include "base/bytes.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static void assert_json(json_t *o, const char *expected)
{
    char *text = json_dumps(o, JSON_COMPACT | JSON_SORT_KEYS);

    assert_string_equal(text, expected);
    free(text);
    json_decref(o);
}

static void unknown_values_are_left_out(void **state)
{
    json_t *o = json_object();

    (void)state;
    json_put_text(o, "a", NULL);
    json_put_text(o, "b", "");
    json_put_number(o, "d", NAN);
    json_put_number(o, "e", INFINITY);
    json_put_wall(o, "f", (struct wall){0});
    json_put_addr(o, "g", &(struct addr){0});
    json_put_mac(o, "h", &(struct mac){{0}});
    assert_json(o, "{}");
}

static void known_values_are_written(void **state)
{
    json_t *o = json_object();
    struct mac mac = {{2, 0, 0, 0, 0, 9}};
    struct addr addr = addr_v4((const uint8_t[]){192, 0, 2, 1});

    (void)state;
    json_put_text(o, "a", "Gi\"0/1\n\xc3\xa4");
    json_put_text(o, "aa", "\xe4"); /* no UTF-8: taken for Latin-1 */
    json_put_number(o, "b", 0);
    json_put_number(o, "c", -1.5);
    json_put_count(o, "d", 0);
    json_put_count(o, "e", UINT64_C(1) << 53);
    json_put_flag(o, "f", false);
    json_put_flag(o, "g", true);
    json_put_addr(o, "h", &addr);
    json_put_mac(o, "i", &mac);
    json_put_wall(o, "j", (struct wall){1700000000000});
    assert_json(
        o,
        "{\"a\":\"Gi\\\"0/1\\n\xc3\xa4\",\"aa\":\"\xc3\xa4\",\"b\":0.0,\"c\":-1.5,"
        "\"d\":0,\"e\":9007199254740992,\"f\":false,\"g\":true,"
        "\"h\":\"192.0.2.1\",\"i\":\"02:00:00:00:00:09\","
        "\"j\":\"2023-11-14T22:13:20Z\"}");
}

static void a_list_written_as_text_reads_as_it_was(void **state)
{
    struct buffer OWNED_BUFFER list = {0}, OWNED_BUFFER none = {0},
                               OWNED_BUFFER body = {0};

    (void)state;
    json_list_add(&list, json_string("a\"]"));
    json_list_add(&list, json_pack("{s:i}", "b", 1));
    json_list_put(&body, "list", &list);
    json_list_put(&body, "none", &none);
    json_list_end(&body, "c\"\n");
    assert_json(json_loadb(body.at, body.len, 0, NULL),
                "{\"list\":[\"a\\\"]\",{\"b\":1}],\"next\":\"c\\\"\\n\","
                "\"none\":[]}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(unknown_values_are_left_out),
        cmocka_unit_test(known_values_are_written),
        cmocka_unit_test(a_list_written_as_text_reads_as_it_was),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
