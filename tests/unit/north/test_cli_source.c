/* The credential that a command line describes, or why it describes none. */
#include "north/cli_source.h"

#include "station/config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void options_make_a_credential(void **state)
{
    (void)state;
    static const struct {
        struct cli_values values;
        enum snmp_version version;
        const char *community, *user;
        enum auth_protocol auth;
        enum priv_protocol priv;
    } cases[] = {
        {{.port = 161}, SNMP_V2C, "public", NULL, AUTH_NONE, PRIV_NONE},
        {{.community = "recording-1"},
         SNMP_V2C,
         "recording-1",
         NULL,
         AUTH_NONE,
         PRIV_NONE},
        {{.community = "x", .snmp_version = "1"},
         SNMP_V1,
         "x",
         NULL,
         AUTH_NONE,
         PRIV_NONE},
        {{.user = "u"}, SNMP_V3, NULL, "u", AUTH_NONE, PRIV_NONE},
        {{.user = "u",
          .snmp_version = "3",
          .auth = "SHA-256",
          .auth_secret = "12345678",
          .priv = "AES",
          .priv_secret = "12345678"},
         SNMP_V3,
         NULL,
         "u",
         AUTH_SHA256,
         PRIV_AES128},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct credential *c = NULL;
        struct complaint why = {0};

        if (source_credential(&cases[i].values, NULL, &c, &why) != CLI_DONE)
            fail_msg("case %zu: %s", i, why.what);
        assert_int_equal(c->version, cases[i].version);
        assert_int_equal(c->auth, cases[i].auth);
        assert_int_equal(c->priv, cases[i].priv);
        assert_int_equal(c->community != NULL, cases[i].community != NULL);
        if (c->community != NULL)
            assert_string_equal(c->community, cases[i].community);
        if (cases[i].user != NULL)
            assert_string_equal(c->user, cases[i].user);
        credential_free(c);
    }
}

static void what_does_not_fit_is_wrong_usage(void **state)
{
    (void)state;
    static const struct {
        struct cli_values values;
        const char *what;
    } cases[] = {
        {{.snmp_version = "4"}, "--version is 1, 2c or 3"},
        {{.snmp_version = "3"}, "version 3 wants a --user"},
        {{.snmp_version = "2c", .user = "u"}, "--user belongs to --version 3"},
        {{.user = "u", .auth = "ROT13", .auth_secret = "x"},
         "--auth is MD5, SHA-1, SHA-224, SHA-256, SHA-384 or SHA-512"},
        {{.user = "u", .auth = "SHA-1"},
         "--auth and --auth-secret belong together"},
        {{.user = "u", .auth_secret = "12345678"},
         "--auth and --auth-secret belong together"},
        {{.user = "u", .priv = "AES", .priv_secret = "12345678"},
         "--priv needs --auth too"},
        {{.credential = "core", .community = "x"},
         "--credential stands instead of community, version and user"},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct credential *c = NULL;
        struct complaint why = {0};

        assert_int_equal(source_credential(&cases[i].values, NULL, &c, &why),
                         CLI_WRONG_USAGE);
        assert_null(c);
        assert_string_equal(why.what, cases[i].what);
    }
}

static const char text[] = "credentials:\n"
                           "  - {name: lab, version: 2c, community: one}\n"
                           "  - {name: core, version: 2c, community: two}\n"
                           "discovery: {seeds: [192.0.2.1]}\n";

static void credentials_come_from_the_configuration(void **state)
{
    (void)state;
    static const struct {
        struct cli_values values;
        const char *community; /* NULL: there is none */
    } cases[] = {
        {{.port = 1}, "one"}, /* the first */
        {{.credential = "core"}, "two"},
        {{.community = "three"}, "three"}, /* what is said goes first */
        {{.credential = "nobody"}, NULL},
    };
    struct config *config;
    struct complaint why;

    assert_int_equal(
        config_parse("x.yaml", text, sizeof text - 1, &config, &why), 0);
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct credential *c = NULL;
        enum cli_exit code =
            source_credential(&cases[i].values, config, &c, &why);

        if (cases[i].community == NULL) {
            assert_int_equal(code, CLI_WRONG_CONFIG);
            assert_null(c);
            continue;
        }
        assert_int_equal(code, CLI_DONE);
        assert_string_equal(c->community, cases[i].community);
        credential_free(c);
    }
    config_free(config);
}

static void a_context_goes_with_it(void **state)
{
    (void)state;
    struct cli_values values = {.community = "x", .context = "vlan-10"};
    struct credential *c = NULL;
    struct complaint why;

    assert_int_equal(source_credential(&values, NULL, &c, &why), CLI_DONE);
    assert_string_equal(c->context, "vlan-10");
    credential_free(c);
}

static void a_faulty_configuration_is_told_as_such(void **state)
{
    (void)state;
    struct cli_values values = {.config = "/nonexistent/portolan.yaml"};
    struct complaint why = {0};
    struct config *config;

    assert_int_equal(source_config(&values, &config, &why), CLI_WRONG_CONFIG);
    assert_null(config);
    assert_non_null(strstr(why.place, "/nonexistent/portolan.yaml"));
    values.config = NULL; /* none is needed */
    assert_int_equal(source_config(&values, &config, &why), CLI_DONE);
    assert_null(config);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(options_make_a_credential),
        cmocka_unit_test(what_does_not_fit_is_wrong_usage),
        cmocka_unit_test(credentials_come_from_the_configuration),
        cmocka_unit_test(a_context_goes_with_it),
        cmocka_unit_test(a_faulty_configuration_is_told_as_such),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
