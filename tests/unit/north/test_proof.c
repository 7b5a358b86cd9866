/* Headers that prove who asks, as anybody may write them. */
#include "north/http_door.h"
#include "north/proof.h"

#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void cookies_are_found_by_their_whole_name(void **state)
{
    static const struct {
        const char *header, *value; /* NULL: none */
    } cases[] = {
        {"s=abc", "abc"},
        {"a=1; s=abc; b=2", "abc"},
        {"a=1;s=abc", "abc"},
        {"s=abc; s=later", "abc"},
        {"xs=1; s=abc", "abc"},
        {"sx=1", NULL},
        {"s", NULL},
        {"s=", NULL},
        {"S=abc", NULL},
        {"a=s=abc", NULL},
        {"", NULL},
        {";;; ;=;", NULL},
        {"s=0123456789abcdef", NULL}, /* does not fit */
        {NULL, NULL},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char value[16];
        bool found = proof_cookie(cases[i].header, "s", value, sizeof value);

        if (found != (cases[i].value != NULL))
            fail_msg("%s", cases[i].header);
        assert_string_equal(value, found ? cases[i].value : "");
    }
}

static void tokens_are_bearers(void **state)
{
    static const struct {
        const char *header, *value;
    } cases[] = {
        {"Bearer abc", "abc"},
        {"bearer  abc ", "abc"},
        {"Bearer", NULL},
        {"Bearer ", NULL},
        {"Basic YWRtaW46", NULL},
        {"", NULL},
        {"Bearerabc", NULL},
        {NULL, NULL},
        {"Bearer 0123456789abcdef", NULL},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char value[16];
        bool found = proof_bearer(cases[i].header, value, sizeof value);

        if (found != (cases[i].value != NULL))
            fail_msg("%s", cases[i].header);
        assert_string_equal(value, found ? cases[i].value : "");
    }
}

static void fields_of_a_head_are_found(void **state)
{
    static const char head[] = "GET /Cookie: HTTP/1.1\r\n"
                               "X-Cookie: no\r\n"
                               "cookie:  s=1 \r\n"
                               "Cookie: s=2\r\n"
                               "Long: 0123456789abcdef\n"
                               "Empty:\r\n"
                               "Authorization: Bearer x\r\n\r\n";
    static const struct {
        const char *name, *value;
    } cases[] = {
        {"Cookie", "s=1"},  {"Authorization", "Bearer x"},
        {"Empty", ""},      {"Long", NULL},
        {"Host", NULL},     {"GET /Cookie", "HTTP/1.1"},
        {"X-Cookie", "no"},
    };
    const struct bytes text = {(const uint8_t *)head, sizeof head - 1};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char value[16];
        bool found = door_field(text, cases[i].name, value, sizeof value);

        if (found != (cases[i].value != NULL))
            fail_msg("%s", cases[i].name);
        assert_string_equal(value, found ? cases[i].value : "");
    }
    for (size_t len = 0; len < text.len;
         len++) { /* in memory that ends there */
        uint8_t *cut = mem_array(len + 1, 1);
        char value[16];

        memcpy(cut, head, len);
        (void)door_field((struct bytes){cut, len}, "Authorization", value,
                         sizeof value);
        free(cut);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cookies_are_found_by_their_whole_name),
        cmocka_unit_test(tokens_are_bearers),
        cmocka_unit_test(fields_of_a_head_are_found),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
