/* What root does for the station before it becomes its user: the data directory
 * is theirs and can be reached, and nothing else is given away. */
#include "station/rights.h"

#include "base/mem.h"
#include "station/config.h"
#include "tests/scratch.h"

#include <errno.h>
#include <pwd.h>
#include <setjmp.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

enum { SOMEBODY = 65534 };

static int set_up(void **state)
{
    char *dir = mem_array(SCRATCH_LEN, sizeof *dir);

    *state = dir;
    return scratch_make("rights", dir) && chmod(dir, 0755) == 0 ? 0 : -1;
}

static int tear_down(void **state)
{
    int rc = scratch_remove(*state) ? 0 : -1;

    free(*state);
    return rc;
}

/* As a start by root with this data directory below the scene's. */
static int give(const char *dir, const char *data)
{
    struct passwd user = {.pw_uid = SOMEBODY, .pw_gid = SOMEBODY};
    struct buffer OWNED_BUFFER text = {0};
    struct config *config;
    struct complaint why;

    buffer_format(&text,
                  "station: {data: %s/%s}\n"
                  "credentials: [{name: a, version: 2c, community: public}]\n"
                  "discovery: {seeds: [192.0.2.1]}\n",
                  dir, data);
    assert_int_equal(config_parse("p.yaml", text.at, text.len, &config, &why),
                     0);
    mode_t before = umask(027);
    int rc = rights_give_data(config, &user, &why);
    (void)umask(before);
    config_free(config);
    return rc;
}

static struct stat look(const char *dir, const char *below)
{
    struct buffer OWNED_BUFFER path = {0};
    struct stat st = {0};

    buffer_format(&path, "%s/%s", dir, below);
    (void)lstat(path.at, &st);
    return st;
}

static void data_of_more_than_one_new_level_can_be_reached(void **state)
{
    if (geteuid() != 0)
        skip();
    assert_int_equal(give(*state, "noc/one/data/"), 0);
    struct stat noc = look(*state, "noc"), data = look(*state, "noc/one/data");
    assert_int_equal(noc.st_mode & 07777, 0755);
    assert_int_equal(noc.st_uid, 0);
    assert_int_equal(data.st_mode & 07777, 0750);
    assert_int_equal(data.st_uid, SOMEBODY);
    assert_int_equal(give(*state, "noc/one/data"), 0); /* the next start */
}

/* What the way leads to is theirs to choose: root gives nothing. */
static void what_a_link_of_theirs_leads_to_is_not_given_to_them(void **state)
{
    struct buffer OWNED_BUFFER own = {0}, OWNED_BUFFER link = {0};

    if (geteuid() != 0)
        skip();
    assert_true(scratch_put(*state, "roots/ssl/key", "secret"));
    buffer_format(&own, "%s/own", (char *)*state);
    buffer_format(&link, "%s/own/second", (char *)*state);
    assert_int_equal(mkdir(own.at, 0755), 0);
    assert_int_equal(chown(own.at, SOMEBODY, SOMEBODY), 0);
    assert_int_equal(symlink("../roots", link.at), 0);
    assert_int_equal(give(*state, "own/second/ssl"), 0);
    assert_int_equal(look(*state, "roots/ssl").st_uid, 0);
    assert_int_equal(give(*state, "own/second"), 0);
    assert_int_equal(look(*state, "roots").st_uid, 0);
    assert_int_equal(give(*state, "own/second/new"), 0);
    assert_int_equal(look(*state, "roots/new").st_ino, 0);
}

/* An administrator's link to a larger disk. */
static void data_behind_a_link_of_roots_is_theirs(void **state)
{
    struct buffer OWNED_BUFFER link = {0};

    if (geteuid() != 0)
        skip();
    assert_true(scratch_put(*state, "disk/data/x", ""));
    buffer_format(&link, "%s/data", (char *)*state);
    assert_int_equal(symlink("disk/data", link.at), 0);
    assert_int_equal(give(*state, "data"), 0);
    assert_int_equal(look(*state, "disk/data").st_uid, SOMEBODY);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            data_of_more_than_one_new_level_can_be_reached, set_up, tear_down),
        cmocka_unit_test_setup_teardown(
            what_a_link_of_theirs_leads_to_is_not_given_to_them, set_up,
            tear_down),
        cmocka_unit_test_setup_teardown(data_behind_a_link_of_roots_is_theirs,
                                        set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
