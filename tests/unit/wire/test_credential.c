/* Protocols have the names that vendors give them; copies stand alone. */
#include "wire/credential.h"

#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void authentication_has_names(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        int protocol; /* -1: none */
    } cases[] = {
        {"MD5", AUTH_MD5},
        {"sha", AUTH_SHA1},
        {"SHA-1", AUTH_SHA1},
        {"SHA-224", AUTH_SHA224},
        {"SHA256", AUTH_SHA256},
        {"sha-256", AUTH_SHA256},
        {"SHA_384", AUTH_SHA384},
        {"SHA-512", AUTH_SHA512},
        {"none", AUTH_NONE},
        {"SHA-2", -1},
        {"", -1},
        {"SHA-5120", -1},
        {"MD5................................................", -1},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        enum auth_protocol p = AUTH_PROTOCOLS;
        bool found = auth_protocol_parse(cases[i].name, &p);
        if (found != (cases[i].protocol >= 0))
            fail_msg("%s", cases[i].name);
        assert_int_equal(p, found ? cases[i].protocol : AUTH_PROTOCOLS);
    }
}

static void privacy_has_names(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        int protocol; /* -1: none */
    } cases[] = {
        {"DES", PRIV_DES},
        {"AES", PRIV_AES128},
        {"AES-128", PRIV_AES128},
        {"aes192", PRIV_AES192},
        {"AES-256", PRIV_AES256},
        {"AES-192-C", PRIV_AES192C},
        {"AES256C", PRIV_AES256C},
        {"none", PRIV_NONE},
        {"3DES", -1},
        {"", -1},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        enum priv_protocol p = PRIV_PROTOCOLS;
        bool found = priv_protocol_parse(cases[i].name, &p);
        if (found != (cases[i].protocol >= 0))
            fail_msg("%s", cases[i].name);
        assert_int_equal(p, found ? cases[i].protocol : PRIV_PROTOCOLS);
    }
}

static void a_copy_stands_alone(void **state)
{
    (void)state;
    struct credential *c = mem_new(struct credential);

    c->name = mem_text("core");
    c->version = SNMP_V3;
    c->user = mem_text("monitor");
    c->auth = AUTH_SHA256;
    c->auth_secret = mem_text("correct horse");
    OWNED(credential_free) struct credential *copy = credential_copy(c);
    credential_free(c);
    credential_free(NULL);
    assert_string_equal(copy->name, "core");
    assert_int_equal(copy->version, SNMP_V3);
    assert_string_equal(copy->user, "monitor");
    assert_int_equal(copy->auth, AUTH_SHA256);
    assert_int_equal(copy->priv, PRIV_NONE);
    assert_string_equal(copy->auth_secret, "correct horse");
    assert_null(copy->community);
    assert_null(copy->priv_secret);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(authentication_has_names),
        cmocka_unit_test(privacy_has_names),
        cmocka_unit_test(a_copy_stands_alone),
    };
    return cmocka_run_group_tests_name("credential", tests, NULL, NULL);
}
