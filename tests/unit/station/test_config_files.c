/* A configuration and its secrets lie in files: whose rights and contents are
 * looked at, and every fault of which is told in one go. */
#include "station/config.h"

#include "base/file.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

/* The least that a configuration has. */
#define CREDENTIALS \
    "credentials: [{name: lab, version: 2c, community: public}]\n"
#define SEEDS "discovery: {seeds: [192.0.2.1]}\n"

static struct config *parsed(const char *text)
{
    struct config *c = NULL;
    struct complaint why;

    if (config_parse("p.yaml", text, strlen(text), &c, &why) < 0)
        fail_msg("%s: %s; %s", why.place, why.what, why.remedy);
    return c;
}

static int setup(void **state)
{
    char *dir = mem_text("/tmp/test_config.XXXXXX");

    *state = dir;
    return mkdtemp(dir) != NULL ? 0 : -1;
}

static int teardown(void **state)
{
    char command[128];

    (void)snprintf(command, sizeof command, "rm -r %s", (char *)*state);
    int rc = system(command);
    free(*state);
    return rc;
}

/* Writes a file into dir and gives its path. */
static char *written(const char *dir, const char *name, const char *text,
                     unsigned mode)
{
    struct buffer path = {0};

    buffer_format(&path, "%s/%s", dir, name);
    assert_int_equal(file_write(path.at, bytes_of_text(text), mode), 0);
    return buffer_take(&path);
}

/* Writes a file whose path is not needed. */
static void keep(const char *dir, const char *name, const char *text,
                 unsigned mode)
{
    free(written(dir, name, text, mode));
}

static bool warns(const struct config *c, const char *part)
{
    for (size_t i = 0; i < c->warnings.count; i++)
        if (strstr(c->warnings.at[i], part) != NULL)
            return true;
    return false;
}

static void secrets_may_lie_in_files(void **state)
{
    keep(*state, "a", " correct horse \n", 0640);
    keep(*state, "b", "battery staple\n", 0644);
    OWNED(free)
    char *path =
        written(*state, "p.yaml",
                SEEDS "credentials: [{version: 3, user: u, auth: SHA, "
                      "auth_secret_file: a, priv: AES, priv_secret_file: b},\n"
                      " {version: 2c, community_file: a}]\n",
                0644);
    struct config *c = NULL;
    struct complaint why;

    assert_int_equal(config_load(path, &c, &why), 0);
    assert_string_equal(c->credentials.at[0]->auth_secret, "correct horse");
    assert_string_equal(c->credentials.at[0]->priv_secret, "battery staple");
    assert_string_equal(c->credentials.at[1]->community, "correct horse");
    assert_int_equal(c->warnings.count, 1);
    assert_true(warns(c, "/b has mode 0644: others may read or change the "
                         "secret; run chmod 0640 on it"));
    assert_false(warns(c, "staple"));
    config_free(c);
}

static void a_file_of_secrets_should_not_be_public(void **state)
{
    static const char text[] =
        SEEDS "credentials: [{version: 2c, community: s3cret}]\n";
    OWNED(free) char *path = written(*state, "q.yaml", text, 0644);
    OWNED(free) char *narrow = written(*state, "r.yaml", text, 0640);
    struct config *c = NULL;
    struct complaint why;

    assert_int_equal(config_load(path, &c, &why), 0);
    assert_true(warns(c, "the file holds secrets and everyone may read it"));
    assert_false(warns(c, "s3cret"));
    config_free(c);
    assert_int_equal(config_load(narrow, &c, &why), 0);
    assert_int_equal(c->warnings.count, 0);
    config_free(c);
}

static void secret_files_have_something_in_them(void **state)
{
    keep(*state, "empty", " \n", 0600);
    OWNED(free)
    char *path = written(
        *state, "s.yaml",
        SEEDS "credentials: [{version: 2c, community_file: empty}]\n", 0640);
    struct config *c = NULL;
    struct complaint why;

    assert_int_equal(config_load(path, &c, &why), -EINVAL);
    assert_non_null(strstr(why.what, "/empty is empty"));
    assert_null(c);
}

static void what_is_odd_is_a_warning(void **state)
{
    (void)state;
    OWNED(config_free)
    struct config *c =
        parsed(CREDENTIALS "discovery: {seeds: [192.0.2.1], ranges: "
                           "[198.51.100.0/24], within: [203.0.113.0/24]}\n");
    OWNED(config_free)
    struct config *local = parsed(CREDENTIALS "discovery: {local: true}\n");
    OWNED(config_free)
    struct config *idle = parsed("credentials: []\ndiscovery: {seeds: []}\n");

    assert_int_equal(c->warnings.count, 2);
    assert_string_equal(c->warnings.at[0],
                        "p.yaml: discovery.seeds: 192.0.2.1 is outside "
                        "discovery.within: it is never asked");
    assert_true(warns(c, "198.51.100.0/24 begins outside discovery.within"));
    assert_true(warns(local, "discovery.within is empty"));
    assert_true(warns(idle, "no agent is asked"));
    assert_true(warns(idle, "nothing is discovered"));
}

static void every_fault_is_found_in_one_go(void **state)
{
    OWNED(free)
    char *path = written(
        *state, "t.yaml",
        "log: {level: loud}\n"
        "credentials: [{version: 9}, {version: 1}, {version: 3, user: u}]\n"
        "discovery: {seeds: [a, 192.0.2.1, b]}\n"
        "station: {data: x}\nnonsense: 1\n",
        0640);
    static const char *const places[] = {
        ":5:1: nonsense",
        ":1:14: log.level",
        ":2:25: credentials[0].version",
        ":2:29: credentials[1]",
        ":3:21: discovery.seeds[0]",
        ":3:35: discovery.seeds[2]",
        ":4:17: station.data",
    };
    struct yaml_faults faults = {0};
    struct config *c = NULL;

    assert_int_equal(config_check(path, &c, &faults), -EINVAL);
    assert_null(c);
    assert_int_equal(faults.count, COUNT_OF(places));
    for (size_t i = 0; i < faults.count; i++)
        assert_string_equal(faults.at[i].place + strlen(path), places[i]);
    array_fini(&faults);
}

static void a_missing_file_is_said(void **state)
{
    (void)state;
    struct config *c = NULL;
    struct complaint why;

    assert_int_equal(config_load("/no/such.yaml", &c, &why), -ENOENT);
    assert_string_equal(why.place, "/no/such.yaml");
    assert_null(c);
}

static void how_long_each_kind_is_kept(void **state)
{
    enum { DAY_MS = 86400000 };

    (void)state;
    struct config *c = parsed(CREDENTIALS SEEDS);
    assert_int_equal(c->retention.events_ms / DAY_MS, 365);
    assert_int_equal(c->retention.notifications_ms / DAY_MS, 365);
    assert_int_equal(c->retention.topology_ms / DAY_MS, 365);
    assert_int_equal(c->retention.audit_ms / DAY_MS, 730);
    assert_int_equal(c->retention.alerts_ms / DAY_MS, 365);
    assert_int_equal(c->retention.risk_ms / DAY_MS, 365);
    config_free(c);
    c = parsed(CREDENTIALS SEEDS
               "retention: {events: 90d, notifications: 7d, audit: 3650d,\n"
               "  alerts: 30d, risk: 14d, topology: 60d}\n");
    assert_int_equal(c->retention.events_ms / DAY_MS, 90);
    assert_int_equal(c->retention.notifications_ms / DAY_MS, 7);
    assert_int_equal(c->retention.topology_ms / DAY_MS, 60);
    assert_int_equal(c->retention.audit_ms / DAY_MS, 3650);
    assert_int_equal(c->retention.alerts_ms / DAY_MS, 30);
    assert_int_equal(c->retention.risk_ms / DAY_MS, 14);
    config_free(c);
    /* notifications are as events, and never outlast them */
    c = parsed(CREDENTIALS SEEDS "retention: {events: 900d}\n");
    assert_int_equal(c->retention.notifications_ms / DAY_MS, 900);
    config_free(c);
    c = parsed(CREDENTIALS SEEDS
               "retention: {events: 10d, notifications: 100d}\n");
    assert_int_equal(c->retention.notifications_ms / DAY_MS, 10);
    config_free(c);
    struct complaint why;
    static const char faulty[] = CREDENTIALS SEEDS "retention: {audit: 1h}\n";
    assert_int_equal(config_parse("p.yaml", faulty, strlen(faulty), &c, &why),
                     -EINVAL);
    assert_non_null(strstr(why.place, "retention.audit"));
}

/* What was called otherwise counts, and a warning names what it is called. */
static void keys_of_earlier_versions_are_accepted(void **state)
{
    enum { DAY_MS = 86400000 };

    (void)state;
    struct config *c =
        parsed(CREDENTIALS SEEDS "events: {keep: 10d, max: 5000}\n"
                                 "topology: {keep: 20d}\n");
    assert_int_equal(c->retention.events_ms / DAY_MS, 10);
    assert_int_equal(c->retention.topology_ms / DAY_MS, 20);
    assert_int_equal(c->events.max, 5000);
    assert_int_equal(c->warnings.count, 2);
    assert_non_null(strstr(c->warnings.at[0], ": events.keep is called "
                                              "retention.events now"));
    assert_non_null(strstr(c->warnings.at[1], ": topology.keep is called "
                                              "retention.topology now"));
    config_free(c);
    /* Both: the new one counts. */
    c = parsed(CREDENTIALS SEEDS "events: {keep: 10d}\n"
                                 "retention: {events: 20d}\n");
    assert_int_equal(c->retention.events_ms / DAY_MS, 20);
    assert_int_equal(c->warnings.count, 1);
    config_free(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(secrets_may_lie_in_files),
        cmocka_unit_test(a_file_of_secrets_should_not_be_public),
        cmocka_unit_test(secret_files_have_something_in_them),
        cmocka_unit_test(what_is_odd_is_a_warning),
        cmocka_unit_test(every_fault_is_found_in_one_go),
        cmocka_unit_test(a_missing_file_is_said),
        cmocka_unit_test(how_long_each_kind_is_kept),
        cmocka_unit_test(keys_of_earlier_versions_are_accepted),
    };

    return cmocka_run_group_tests_name("config files", tests, setup, teardown);
}
