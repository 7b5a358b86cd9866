/* Whose data a backup is of: of the station that was named, or of none. */
#include "north/cli_backup.h"

#include "base/file.h"
#include "base/mem.h"
#include "north/cli_client.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static const char nowhere[] = "/nonexistent/portolan/control";

/* It is refused, for a reason that has these words. */
static void must_refuse(struct cli *c, const char *words)
{
    struct cli_places places;
    struct complaint why = {.what = ""};

    assert_int_equal(cli_places(c, true, &places, &why), CLI_FAILED);
    if (strstr(why.what, words) == NULL)
        fail_msg("not \"%s\" but \"%s\"", words, why.what);
    assert_null(places.data);
    assert_null(places.config);
    client_free(c->client);
}

static void a_station_that_is_named_has_to_answer(void **state)
{
    struct cli by_option = {.values = {.socket = nowhere}};
    struct cli by_variable = {.values = {.socket = NULL}};

    (void)state;
    must_refuse(&by_option, nowhere);
    assert_int_equal(setenv("PORTOLAN_SOCKET", nowhere, 1), 0);
    must_refuse(&by_variable, nowhere);
    assert_int_equal(unsetenv("PORTOLAN_SOCKET"), 0);
}

static void a_configuration_that_is_named_has_to_be_there(void **state)
{
    struct cli c = {.values = {.config = "/nonexistent/p.yaml", .data = "/d"}};

    (void)state;
    must_refuse(&c, "/nonexistent/p.yaml cannot be read");
}

static void what_is_said_is_taken_without_asking(void **state)
{
    char dir[] = "/tmp/test_places.XXXXXX", path[64];
    struct cli_places places;
    struct complaint why = {.what = ""};

    (void)state;
    assert_non_null(mkdtemp(dir));
    (void)snprintf(path, sizeof path, "%s/p.yaml", dir);
    assert_int_equal(
        file_write(
            path,
            bytes_of_text("station: {name: lab, data: /srv/lab}\n"
                          "credentials: [{version: 2c, community: public}]\n"
                          "discovery: {seeds: [192.0.2.1]}\n"),
            0640),
        0);
    struct cli c = {.values = {.socket = nowhere, .config = path}};
    assert_int_equal(cli_places(&c, true, &places, &why), CLI_DONE);
    assert_string_equal(places.data, "/srv/lab");
    assert_string_equal(places.station, "lab");
    assert_string_equal(places.config, path);
    assert_null(c.client);
    cli_places_fini(&places);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(rmdir(dir), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_station_that_is_named_has_to_answer),
        cmocka_unit_test(a_configuration_that_is_named_has_to_be_there),
        cmocka_unit_test(what_is_said_is_taken_without_asking),
    };

    return cmocka_run_group_tests_name("cli_places", tests, NULL, NULL);
}
