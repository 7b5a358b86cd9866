/* What the station uses is in a backup wherever it lies, or none is made. */
#include "station/restore.h"

#include "backup_scene.h"

#include <errno.h>

static int back_up(struct backup_scene *s, struct complaint *why)
{
    OWNED(free) char *data = mem_text(scene_path(s, "data"));
    OWNED(free) char *config = mem_text(scene_path(s, "etc/portolan.yaml"));
    OWNED(free) char *to = mem_text(scene_path(s, "b"));
    struct backup_report report;

    return backup_make(&(struct backup_options){.data = data,
                                                .config = config,
                                                .station = "noc-1",
                                                .to = to,
                                                .series = true},
                       &report, why);
}

/* Makes one and unpacks it into other/. */
static uint64_t there_and_back(struct backup_scene *s)
{
    struct restore_report r = {0};
    struct complaint why = {.what = ""};
    int rc = back_up(s, &why);
    OWNED(free) char *from = mem_text(scene_path(s, "b"));
    OWNED(free) char *data = mem_text(scene_path(s, "other/data"));
    OWNED(free)
    char *config = mem_text(scene_path(s, "other/etc/portolan.yaml"));

    if (rc == 0)
        rc = restore(&(struct restore_options){.from = from,
                                               .data = data,
                                               .config = config,
                                               .series = true,
                                               .uid = (uid_t)-1,
                                               .gid = (gid_t)-1},
                     &r, &why);
    if (rc < 0)
        fail_msg("%s: %s", why.place, why.what);
    uint64_t series = r.series;
    restore_report_fini(&r);
    return series;
}

static void move_and_link(struct backup_scene *s, const char *from,
                          const char *to)
{
    OWNED(free) char *was = mem_text(scene_path(s, from));
    OWNED(free) char *now = mem_text(scene_path(s, to));

    assert_int_equal(rename(was, now), 0);
    assert_int_equal(symlink(now, was), 0);
}

static void what_lies_behind_symbolic_links_is_in_it(void **state)
{
    struct backup_scene *s = *state;

    scene_write(s, "disk/README", "a larger disk");
    scene_write(s, "repository/README", "managed elsewhere");
    scene_write(s, "data/rrd/lost+found/x", "of the file system");
    move_and_link(s, "data/rrd", "disk/series");
    move_and_link(s, "data/maps/plan.gv", "disk/plan");
    move_and_link(s, "etc/portolan.yaml", "repository/noc-1.yaml");
    move_and_link(s, "etc/profiles", "repository/profiles");
    move_and_link(s, "repository/profiles/acme.yaml", "repository/acme");
    assert_int_equal(there_and_back(s), 1);
    assert_true(scene_has(s, "other/data/rrd/core/cpu-1.rrd", NULL));
    assert_true(scene_has(s, "other/data/maps/plan.gv", NULL));
    assert_true(scene_has(s, "other/etc/profiles/acme.yaml", NULL));
    struct buffer OWNED_BUFFER config = {0};
    assert_int_equal(
        file_read(scene_path(s, "other/etc/portolan.yaml"), 1 << 20, &config),
        0);
    assert_non_null(strstr(config.at, "noc-1"));
    assert_null(strstr(config.at, backup_secret));
}

/* None is made, for a reason that has these words and names the place. */
static void must_not_back_up(struct backup_scene *s, int rc, const char *place,
                             const char *words)
{
    struct complaint why = {.what = ""};

    assert_int_equal(back_up(s, &why), rc);
    if (strstr(why.what, words) == NULL || strstr(why.place, place) == NULL)
        fail_msg("not \"%s\" of %s but \"%s\" of %s", words, place, why.what,
                 why.place);
    assert_true(why.remedy[0] != '\0');
    assert_int_equal(access(scene_path(s, "b"), F_OK), -1);
}

static void link_to(struct backup_scene *s, const char *to, const char *from)
{
    assert_int_equal(symlink(to, scene_path(s, from)), 0);
}

static void what_cannot_be_had_is_not_left_out_in_silence(void **state)
{
    struct backup_scene *s = *state;

    link_to(s, "/nonexistent/portolan/disk", "data/maps/a");
    must_not_back_up(s, -ENOLINK, "data/maps/a", "symbolic link");
    assert_int_equal(unlink(scene_path(s, "data/maps/a")), 0);

    link_to(s, "..", "etc/profiles/circle");
    must_not_back_up(s, -ELOOP, "etc/profiles/circle", "deeper");
    assert_int_equal(unlink(scene_path(s, "etc/profiles/circle")), 0);

    assert_int_equal(mkfifo(scene_path(s, "data/maps/pipe"), 0600), 0);
    must_not_back_up(s, -EINVAL, "data/maps/pipe", "neither a file");
    assert_int_equal(unlink(scene_path(s, "data/maps/pipe")), 0);

    assert_int_equal(unlink(scene_path(s, "etc/portolan.yaml")), 0);
    must_not_back_up(s, -ENOENT, "etc/portolan.yaml", "not there");
}

/* Else who has the data would have root read to him whatever he wants. */
static void links_in_the_data_lead_to_nothing_of_others(void **state)
{
    enum { SOMEBODY = 65534 };
    struct backup_scene *s = *state;

    if (geteuid() != 0)
        skip();
    link_to(s, "/etc/passwd", "data/maps/theirs");
    assert_int_equal(chown(scene_path(s, "data"), SOMEBODY, SOMEBODY), 0);
    must_not_back_up(s, -EPERM, "data/maps/theirs", "somebody else's");
}

#define CASE(test) \
    cmocka_unit_test_setup_teardown(test, scene_make, scene_remove)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(what_lies_behind_symbolic_links_is_in_it),
        CASE(what_cannot_be_had_is_not_left_out_in_silence),
        CASE(links_in_the_data_lead_to_nothing_of_others),
    };

    return cmocka_run_group_tests_name("backup_list", tests, NULL, NULL);
}
