/* A passphrase that the station takes is one that the command takes, however it
 * is given; what neither can take is refused, never cut. */
#include "north/cli_prompt.h"

#include "base/file.h"
#include "base/mem.h"
#include "station/config.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum { ROOM = 8192, LONG = 512, PATH_ROOM = 128 };

static char dir[PATH_ROOM] = "/tmp/test_prompt.XXXXXX";
static char file[PATH_ROOM + 8], yaml[PATH_ROOM + 16];

static int setup(void **state)
{
    (void)state;
    if (mkdtemp(dir) == NULL)
        return -1;
    (void)snprintf(file, sizeof file, "%s/secret", dir);
    (void)snprintf(yaml, sizeof yaml, "%s/p.yaml", dir);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    (void)unlink(file);
    (void)unlink(yaml);
    return rmdir(dir);
}

static void write_file(const char *path, const char *text)
{
    assert_int_equal(file_write(path, bytes_of_text(text), 0600), 0);
}

/* What the station encrypts with, where the file says that. NULL: it refuses
 * it, for a reason that has these words. */
static char *of_station(const char *text, const char *words)
{
    struct config *c = NULL;
    struct complaint why = {.what = ""};

    write_file(file, text);
    write_file(yaml, "credentials: [{version: 2c, community: public}]\n"
                     "discovery: {seeds: [192.0.2.1]}\n"
                     "backup: {passphrase_secret_file: secret}\n");
    if (config_load(yaml, &c, &why) < 0) {
        if (words == NULL || strstr(why.what, words) == NULL)
            fail_msg("%s", why.what);
        return NULL;
    }
    char *passphrase = mem_text(c->backup.passphrase);
    config_free(c);
    return passphrase;
}

static enum cli_exit of_command(char out[CLI_TYPED_MAX], struct complaint *why)
{
    const struct cli by_file = {.values = {.passphrase_file = file}};

    return cli_read_passphrase(&by_file, false, out, why);
}

static enum cli_exit of_variable(const char *text, char out[CLI_TYPED_MAX],
                                 struct complaint *why)
{
    const struct cli c = {.values = {.passphrase_file = NULL}};

    assert_int_equal(setenv("PORTOLAN_PASSPHRASE", text, 1), 0);
    enum cli_exit code = cli_read_passphrase(&c, false, out, why);
    assert_int_equal(unsetenv("PORTOLAN_PASSPHRASE"), 0);
    return code;
}

/* As the first line of the standard input. */
static enum cli_exit of_input(const char *text, char out[CLI_TYPED_MAX],
                              struct complaint *why)
{
    const struct cli c = {.values = {.passphrase_file = NULL}};

    write_file(file, text);
    assert_non_null(freopen(file, "re", stdin));
    return cli_read_passphrase(&c, false, out, why);
}

static void all_ways_give_what_the_station_has(void **state)
{
    char many[LONG + 1], most[SECRET_LEN_MAX + 1];
    char said[ROOM], got[CLI_TYPED_MAX];
    const char *const cases[] = {"correct horse battery",
                                 "with a blank at last ", "\tbetween blanks \r",
                                 many, most};
    struct complaint why = {.what = ""};

    (void)state;
    memset(many, 'm', LONG);
    many[LONG] = '\0';
    memset(most, 'M', SECRET_LEN_MAX);
    most[SECRET_LEN_MAX] = '\0';
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        (void)snprintf(said, sizeof said, "%s\n", cases[i]);
        OWNED(free) char *want = of_station(said, NULL);
        assert_int_equal(of_command(got, &why), CLI_DONE);
        assert_string_equal(got, want);
        assert_int_equal(of_variable(cases[i], got, &why), CLI_DONE);
        assert_string_equal(got, want);
        assert_int_equal(of_input(said, got, &why), CLI_DONE);
        assert_string_equal(got, want);
    }
}

static void what_is_too_long_is_refused_and_not_cut(void **state)
{
    char text[SECRET_LEN_MAX + 2], got[CLI_TYPED_MAX];
    struct complaint why = {.what = ""};

    (void)state;
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    assert_null(of_station(text, "too large"));
    assert_int_equal(of_command(got, &why), CLI_FAILED);
    assert_non_null(strstr(why.what, "too large"));
    assert_int_equal(of_variable(text, got, &why), CLI_FAILED);
    assert_non_null(strstr(why.what, "more than 4096 octets"));
    why.what[0] = '\0';
    assert_int_equal(of_input(text, got, &why), CLI_FAILED);
    assert_non_null(strstr(why.what, "more than 4096 octets"));
}

/* A file with notes below the secret is a person's; the station, which would
 * encrypt with something else than people believe, refuses it. */
static void a_second_line_is_never_half_of_a_passphrase(void **state)
{
    char got[CLI_TYPED_MAX];
    struct complaint why = {.what = ""};

    (void)state;
    assert_null(of_station("first line\nsecond line\n", "more than one line"));
    assert_int_equal(of_command(got, &why), CLI_DONE);
    assert_string_equal(got, "first line");
    OWNED(free) char *alone = of_station("\n first line\n\n", NULL);
    assert_string_equal(alone, "first line");
    assert_int_equal(of_command(got, &why), CLI_DONE);
    assert_string_equal(got, "first line");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_ways_give_what_the_station_has),
        cmocka_unit_test(what_is_too_long_is_refused_and_not_cut),
        cmocka_unit_test(a_second_line_is_never_half_of_a_passphrase),
    };

    return cmocka_run_group_tests_name("cli_prompt", tests, setup, teardown);
}
