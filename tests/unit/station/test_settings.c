/* What people set by the page: it is checked as the file is, written before it
 * is in force, and put back where it does not hold; nothing of the file's can
 * be taken away. */
#include "station/settings.h"

#include "base/file.h"
#include "base/log.h"
#include "station/config.h"
#include "tests/scratch.h"

#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

enum { DIR_LEN = 48, OCTETS_MAX = 1 << 20 };

struct scene {
    char dir[DIR_LEN], path[DIR_LEN + 16], file[DIR_LEN + 16];
    struct config *config;
    struct settings *settings;
    unsigned renewals;
    /* what was told last */
    unsigned told;
    int rc;
    struct complaint why;
};

static void on_renew(void *arg)
{
    struct scene *s = arg;

    s->renewals++;
}

static void on_done(void *arg, int rc, const struct complaint *why)
{
    struct scene *s = arg;

    s->told++;
    s->rc = rc;
    if (rc < 0)
        s->why = *why;
}

static void load(struct scene *s)
{
    struct config *next = NULL;

    if (config_load(s->path, &next, &s->why) < 0)
        fail_msg("%s: %s", s->why.place, s->why.what);
    config_free(s->config);
    s->config = next;
}

/* The station takes it: it is in force. */
static void settle(struct scene *s)
{
    load(s);
    settings_settled(s->settings, 0, NULL);
}

static void open_settings(struct scene *s)
{
    s->settings = settings_new(s->dir);
    settings_listen(s->settings, on_renew, s);
}

static void reopen(struct scene *s)
{
    settings_free(s->settings);
    load(s);
    open_settings(s);
}

static void put_file(const char *path, const char *text)
{
    assert_int_equal(file_write(path, bytes_of_text(text), 0600), 0);
}

static int set_up(void **state)
{
    struct scene *s = mem_new(struct scene);
    struct buffer OWNED_BUFFER text = {0};

    (void)snprintf(s->dir, sizeof s->dir, "/tmp/test_settings.XXXXXX");
    if (mkdtemp(s->dir) == NULL)
        return -1;
    (void)snprintf(s->path, sizeof s->path, "%s/p.yaml", s->dir);
    (void)snprintf(s->file, sizeof s->file, "%s/settings.yaml", s->dir);
    buffer_format(&text,
                  "station: {data: %s}\n"
                  "credentials:\n"
                  "  - {name: file, version: 2c, community: public}\n"
                  "discovery: {seeds: [192.0.2.1], within: [192.0.2.0/24]}\n"
                  "receivers:\n"
                  "  - {name: noc, to: \"udp:192.0.2.9:162\", version: 2c, "
                  "community: public}\n"
                  "alerts: {ports: [{devices: ^core-, expect: up}]}\n",
                  s->dir);
    put_file(s->path, text.at);
    load(s);
    open_settings(s);
    *state = s;
    return 0;
}

static int tear_down(void **state)
{
    struct scene *s = *state;

    settings_free(s->settings);
    config_free(s->config);
    int rc = scratch_remove(s->dir) ? 0 : -1;
    free(s);
    return rc;
}

/* ---- what is done ---- */

static int add(struct scene *s, enum settings_list list, const char *item)
{
    json_t *o = json_loads(item, JSON_DECODE_ANY, NULL);
    int rc = settings_add(s->settings, s->config, list, o, on_done, s, &s->why);

    json_decref(o);
    return rc;
}

/* item NULL: it goes. */
static int change(struct scene *s, enum settings_list list, const char *name,
                  const char *item)
{
    json_t *o = item != NULL ? json_loads(item, JSON_DECODE_ANY, NULL) : NULL;
    const struct settings_place at = {list, name};
    int rc =
        settings_change(s->settings, s->config, &at, o, on_done, s, &s->why);

    json_decref(o);
    return rc;
}

static int order(struct scene *s, enum settings_order which, const char *list)
{
    json_t *o = json_loads(list, JSON_DECODE_ANY, NULL);
    int rc = settings_set_order(s->settings, s->config, which, o, on_done, s,
                                &s->why);

    json_decref(o);
    return rc;
}

static int bounds(struct scene *s, const char *lists, bool more)
{
    json_t *o = json_loads(lists, 0, NULL);
    int rc = settings_set_discovery(s->settings, s->config, o, more, on_done, s,
                                    &s->why);

    json_decref(o);
    return rc;
}

/* It was refused, for a reason that has this word; nothing was taken. */
static void refused(struct scene *s, int rc, int expected, const char *word)
{
    if (rc != expected || (strstr(s->why.what, word) == NULL &&
                           strstr(s->why.remedy, word) == NULL))
        fail_msg("%d, not %d with \"%s\": %s; %s", rc, expected, word,
                 s->why.what, s->why.remedy);
    assert_int_equal(s->told, 0);
    assert_int_equal(s->renewals, 0);
}

/* "a b c": the texts at key of a list; which is freed. */
static void lists(json_t *list, const char *key, const char *expected)
{
    struct buffer OWNED_BUFFER text = {0};

    buffer_text(&text, "");
    for (size_t i = 0; i < json_array_size(list); i++)
        buffer_format(
            &text, "%s%s", i > 0 ? " " : "",
            json_string_value(json_object_get(json_array_get(list, i), key)));
    json_decref(list);
    assert_string_equal(text.at, expected);
}

static void read_settings(const struct scene *s, struct buffer *out)
{
    buffer_clear(out);
    assert_int_equal(file_read(s->file, OCTETS_MAX, out), 0);
}

static const char mail[] = "{\"name\": \"mail\", \"mail\": [\"a@example.net\"],"
                           "\"server\": \"smtps://192.0.2.8\","
                           "\"from\": \"b@example.net\"}";
static const char lab[] =
    "{\"name\": \"lab\", \"version\": \"2c\", \"community\": \"hidden\"}";

/* ---- */

static void a_change_is_written_first_and_told_when_it_is_in_force(void **state)
{
    struct scene *s = *state;
    struct buffer OWNED_BUFFER text = {0};
    struct stat about;

    assert_int_equal(add(s, SETTINGS_CREDENTIALS, lab), 0);
    assert_int_equal(s->renewals, 1);
    assert_int_equal(s->told, 0);
    read_settings(s, &text);
    assert_non_null(strstr(text.at, "hidden"));
    assert_int_equal(stat(s->file, &about), 0);
    assert_int_equal(about.st_mode & 0777, 0600);
    settle(s);
    assert_int_equal(s->told, 1);
    assert_int_equal(s->rc, 0);
    lists(settings_credentials(s->config), "name", "file lab");
    lists(settings_credentials(s->config), "from", "file page");
    reopen(s);
    lists(settings_credentials(s->config), "name", "file lab");
    json_t *told = settings_credentials(s->config);
    OWNED(free) char *words = json_dumps(told, 0);
    json_decref(told);
    assert_null(strstr(words, "hidden")); /* secrets never come out */
}

static void what_does_not_check_is_refused(void **state)
{
    static const struct {
        enum settings_list list;
        const char *item;
        int rc;
        const char *word;
    } cases[] = {
        {SETTINGS_CREDENTIALS, "7", -EINVAL, "JSON object"},
        {SETTINGS_CREDENTIALS, "{\"version\": \"2c\"}", -EINVAL, "name"},
        {SETTINGS_CREDENTIALS, "{\"name\": \"\"}", -EINVAL, "name"},
        {SETTINGS_CREDENTIALS, "{\"name\": \"file\"}", -EEXIST, "file"},
        {SETTINGS_CREDENTIALS, "{\"name\": \"x\", \"version\": \"4\"}", -EINVAL,
         "2c"},
        {SETTINGS_CREDENTIALS,
         "{\"name\": \"x\", \"version\": \"2c\", \"community_file\": \"/x\"}",
         -EINVAL, "configuration file"},
        {SETTINGS_RECEIVERS, "{\"name\": \"noc\"}", -EEXIST, "receiver"},
        {SETTINGS_RECEIVERS, "{\"name\": \"x\", \"run\": \"/bin/sh\"}", -EINVAL,
         "configuration file"},
        {SETTINGS_RECEIVERS, "{\"name\": \"x\", \"limit\": \"1s\"}", -EINVAL,
         "limit"},
        {SETTINGS_RECEIVERS, "{\"name\": \"x\", \"secret_file\": \"/x\"}",
         -EINVAL, "files"},
        {SETTINGS_RECEIVERS, "{\"name\": \"x\", \"webhook\": \"ftp://x\"}",
         -EINVAL, "https"},
        {SETTINGS_RULES, "{\"name\": \"cpu\"}", -EEXIST, "rule"},
        {SETTINGS_RULES, "{\"name\": \"x\", \"on\": \"moon\"}", -EINVAL,
         "icmp"},
    };
    struct scene *s = *state;

    for (size_t i = 0; i < COUNT_OF(cases); i++)
        refused(s, add(s, cases[i].list, cases[i].item), cases[i].rc,
                cases[i].word);
    assert_true(access(s->file, F_OK) < 0);
}

static void what_is_the_files_stays_the_files(void **state)
{
    struct scene *s = *state;

    refused(s, change(s, SETTINGS_CREDENTIALS, "file", NULL), -EPERM,
            "configuration file");
    refused(s, change(s, SETTINGS_RECEIVERS, "noc", "{\"inform\": true}"),
            -EPERM, "configuration file");
    refused(s, change(s, SETTINGS_RULES, "cpu", NULL), -EPERM, "default");
    refused(s, change(s, SETTINGS_CREDENTIALS, "nobody", NULL), -ENOENT,
            "GET credentials");
    refused(s, change(s, SETTINGS_RECEIVERS, "nobody", "{}"), -ENOENT,
            "nobody");
}

static void items_are_changed_moved_and_removed(void **state)
{
    struct scene *s = *state;

    assert_int_equal(add(s, SETTINGS_RECEIVERS, mail), 0);
    settle(s);
    assert_int_equal(add(s, SETTINGS_CREDENTIALS, lab), 0);
    settle(s);
    assert_int_equal(add(s, SETTINGS_CREDENTIALS,
                         "{\"name\": \"old\", \"version\": \"1\","
                         "\"community\": \"c\"}"),
                     0);
    settle(s);
    assert_int_equal(
        change(s, SETTINGS_CREDENTIALS, "old", "{\"position\": 0}"), 0);
    settle(s);
    lists(settings_credentials(s->config), "name", "file old lab");
    assert_int_equal(
        change(s, SETTINGS_CREDENTIALS, "old", "{\"position\": 99}"), 0);
    settle(s);
    lists(settings_credentials(s->config), "name", "file lab old");
    /* What is not sent stays: the secret above all. */
    assert_int_equal(
        change(s, SETTINGS_CREDENTIALS, "old", "{\"version\": \"2c\"}"), 0);
    settle(s);
    lists(settings_credentials(s->config), "version", "2c 2c 2c");
    assert_string_equal(
        json_string_value(json_object_get(
            settings_item(s->settings, SETTINGS_CREDENTIALS, "old"),
            "community")),
        "c");
    assert_int_equal(change(s, SETTINGS_CREDENTIALS, "lab", NULL), 0);
    settle(s);
    lists(settings_credentials(s->config), "name", "file old");
    assert_null(settings_item(s->settings, SETTINGS_CREDENTIALS, "lab"));
    assert_int_equal(s->config->receivers.count, 2);
}

static void a_default_is_changed_and_put_back(void **state)
{
    struct scene *s = *state;
    const struct rule *cpu = rules_find(&s->config->alerts.rules, "cpu");

    assert_false(cpu->off || cpu->of_page);
    assert_int_equal(change(s, SETTINGS_RULES, "cpu", "{\"off\": true}"), 0);
    settle(s);
    cpu = rules_find(&s->config->alerts.rules, "cpu");
    assert_true(cpu->off && cpu->of_page);
    /* What says nothing any more is not there any more. */
    assert_int_equal(change(s, SETTINGS_RULES, "cpu", "{\"off\": null}"), 0);
    settle(s);
    cpu = rules_find(&s->config->alerts.rules, "cpu");
    assert_false(cpu->off || cpu->of_page);
    assert_null(settings_item(s->settings, SETTINGS_RULES, "cpu"));
}

static void where_discovery_goes_is_set_or_widened(void **state)
{
    struct scene *s = *state;

    assert_int_equal(bounds(s,
                            "{\"seeds\": [\"192.0.2.7\"], \"within\": "
                            "[\"198.51.100.0/24\"]}",
                            false),
                     0);
    settle(s);
    assert_int_equal(bounds(s,
                            "{\"seeds\": [\"192.0.2.7\", \"192.0.2.8\"], "
                            "\"exclude\": [\"192.0.2.99/32\"]}",
                            true),
                     0);
    settle(s);
    json_t *told = settings_discovery(s->config);
    lists(json_incref(json_object_get(told, "seeds")), "value",
          "192.0.2.1 192.0.2.7 192.0.2.8");
    lists(json_incref(json_object_get(told, "seeds")), "from",
          "file page page");
    lists(json_incref(json_object_get(told, "within")), "value",
          "192.0.2.0/24 198.51.100.0/24");
    lists(json_incref(json_object_get(told, "exclude")), "value",
          "192.0.2.99/32");
    json_decref(told);
    s->told = s->renewals = 0;
    refused(s, bounds(s, "{\"rate\": [1]}", false), -EINVAL, "seeds");
    refused(s, bounds(s, "{\"seeds\": \"192.0.2.1\"}", false), -EINVAL,
            "lists");
    refused(s, bounds(s, "{\"within\": [\"192.0.2.0/33\"]}", false), -EINVAL,
            "192.0.2.0/33");
}

static void ports_and_sites_come_after_the_files(void **state)
{
    struct scene *s = *state;

    refused(s, order(s, SETTINGS_PORTS, "{}"), -EINVAL, "ports");
    refused(s, order(s, SETTINGS_SITES, "\"x\""), -EINVAL, "sites");
    refused(s, order(s, SETTINGS_PORTS, "[{\"expect\": \"up\"}]"), -EINVAL,
            "devices or ports");
    refused(s, order(s, SETTINGS_PORTS, "[{\"ports\": \"(\"}]"), -EINVAL, "");
    assert_int_equal(order(s, SETTINGS_PORTS,
                           "[{\"ports\": [\"^Te\", \"^xe-\"], \"expect\": "
                           "\"any\"}, {\"devices\": [\"^sw\"], \"expect\": "
                           "\"down\"}]"),
                     0);
    settle(s);
    lists(settings_ports(s->config), "expect", "up any down");
    lists(settings_ports(s->config), "from", "file page page");
    json_t *told = settings_ports(s->config);
    const json_t *first = json_array_get(told, 0);
    assert_int_equal(json_integer_value(json_object_get(first, "line")), 7);
    assert_null(json_object_get(first, "ports"));
    assert_int_equal(
        json_array_size(json_object_get(json_array_get(told, 1), "ports")), 2);
    json_decref(told);
    assert_int_equal(
        order(s, SETTINGS_SITES, "[{\"name\": \"West\", \"device\": \"w-*\"}]"),
        0);
    settle(s);
    lists(settings_sites(s->config), "name", "West");
    assert_int_equal(order(s, SETTINGS_PORTS, "[]"), 0);
    settle(s);
    lists(settings_ports(s->config), "expect", "up");
    lists(settings_sites(s->config), "name", "West"); /* as they were */
}

/* ---- when things break ---- */

static void what_the_disk_does_not_take_is_not_set(void **state)
{
    struct scene *s = *state;
    struct buffer OWNED_BUFFER before = {0}, OWNED_BUFFER after = {0};
    struct rlimit had, none;

    assert_int_equal(add(s, SETTINGS_CREDENTIALS, lab), 0);
    settle(s);
    read_settings(s, &before);
    s->told = s->renewals = 0;
    (void)signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &had), 0);
    none = (struct rlimit){.rlim_cur = 1, .rlim_max = had.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &none), 0);
    int rc = add(s, SETTINGS_RECEIVERS, mail);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &had), 0);
    refused(s, rc, -EIO, "check the disk");
    read_settings(s, &after);
    assert_string_equal(after.at, before.at);
    assert_int_equal(add(s, SETTINGS_RECEIVERS, mail), 0);
    settle(s);
    assert_int_equal(s->config->receivers.count, 2);
}

/* The file may have been changed by hand meanwhile. */
static void what_the_station_refuses_is_put_back(void **state)
{
    struct scene *s = *state;
    struct buffer OWNED_BUFFER before = {0}, OWNED_BUFFER after = {0};
    struct complaint why;

    assert_int_equal(add(s, SETTINGS_CREDENTIALS, lab), 0);
    settle(s);
    read_settings(s, &before);
    assert_int_equal(add(s, SETTINGS_RECEIVERS, mail), 0);
    settings_settled(s->settings,
                     complain(&why, -EINVAL, "p.yaml:3", "put it right", "bad"),
                     &why);
    assert_int_equal(s->told, 2);
    assert_int_equal(s->rc, -EINVAL);
    assert_string_equal(s->why.what, "bad");
    read_settings(s, &after);
    assert_string_equal(after.at, before.at);
    assert_null(settings_item(s->settings, SETTINGS_RECEIVERS, "mail"));
}

static void one_change_at_a_time(void **state)
{
    struct scene *s = *state;

    assert_int_equal(add(s, SETTINGS_CREDENTIALS, lab), 0);
    assert_int_equal(add(s, SETTINGS_RECEIVERS, mail), -EBUSY);
    assert_int_equal(change(s, SETTINGS_CREDENTIALS, "lab", NULL), -EBUSY);
    assert_int_equal(order(s, SETTINGS_SITES, "[]"), -EBUSY);
    assert_int_equal(bounds(s, "{\"seeds\": []}", false), -EBUSY);
    settle(s);
    assert_int_equal(s->told, 1);
    assert_int_equal(add(s, SETTINGS_RECEIVERS, mail), 0);
    settle(s);
}

static void who_left_is_not_told_and_the_change_goes_on(void **state)
{
    struct scene *s = *state;

    assert_int_equal(add(s, SETTINGS_CREDENTIALS, lab), 0);
    settings_forget(s->settings, s->dir); /* somebody else */
    settings_forget(s->settings, s);
    settle(s);
    assert_int_equal(s->told, 0);
    assert_non_null(settings_item(s->settings, SETTINGS_CREDENTIALS, "lab"));
}

static void who_waits_is_told_that_the_station_ends(void **state)
{
    struct scene *s = *state;

    assert_int_equal(add(s, SETTINGS_CREDENTIALS, lab), 0);
    settings_free(s->settings);
    assert_int_equal(s->told, 1);
    assert_int_equal(s->rc, -ECANCELED);
    open_settings(s);
}

/* What cannot be read is not written over. */
static void a_damaged_file_is_left_as_it_is(void **state)
{
    static const char *const damages[] = {"", "{\"credentials\": [", "[]", "7"};
    struct scene *s = *state;

    for (size_t i = 0; i < COUNT_OF(damages); i++) {
        struct buffer OWNED_BUFFER after = {0};

        put_file(s->file, damages[i]);
        settings_free(s->settings);
        open_settings(s);
        refused(s, add(s, SETTINGS_CREDENTIALS, lab), -EBUSY, "log");
        read_settings(s, &after);
        assert_string_equal(after.at != NULL ? after.at : "", damages[i]);
    }
}

static void before_somebody_takes_them_changes_are_refused(void **state)
{
    struct scene *s = *state;

    settings_free(s->settings);
    s->settings = settings_new(s->dir);
    refused(s, add(s, SETTINGS_CREDENTIALS, lab), -EBUSY, "log");
    assert_true(access(s->file, F_OK) < 0);
}

int main(void)
{
#define IN_A_FOLDER(test) \
    cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        IN_A_FOLDER(a_change_is_written_first_and_told_when_it_is_in_force),
        IN_A_FOLDER(what_does_not_check_is_refused),
        IN_A_FOLDER(what_is_the_files_stays_the_files),
        IN_A_FOLDER(items_are_changed_moved_and_removed),
        IN_A_FOLDER(a_default_is_changed_and_put_back),
        IN_A_FOLDER(where_discovery_goes_is_set_or_widened),
        IN_A_FOLDER(ports_and_sites_come_after_the_files),
        IN_A_FOLDER(what_the_disk_does_not_take_is_not_set),
        IN_A_FOLDER(what_the_station_refuses_is_put_back),
        IN_A_FOLDER(one_change_at_a_time),
        IN_A_FOLDER(who_left_is_not_told_and_the_change_goes_on),
        IN_A_FOLDER(who_waits_is_told_that_the_station_ends),
        IN_A_FOLDER(a_damaged_file_is_left_as_it_is),
        IN_A_FOLDER(before_somebody_takes_them_changes_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
