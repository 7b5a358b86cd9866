/* A restore that fails leaves all as it was, wherever it fails. */
#include "station/restore.h"

#include "backup_scene.h"

#include <dirent.h>
#include <errno.h>
#include <sched.h>
#include <sys/wait.h>

enum { MANY = 64 };

/* A station with data and a configuration of its own, which the backup of the
 * scene is to replace. */
static int make_other(void **state)
{
    int rc = scene_make(state);
    struct backup_scene *s = *state;
    OWNED(free) char *data = mem_text(scene_path(s, "data"));
    OWNED(free) char *config = mem_text(scene_path(s, "etc/portolan.yaml"));
    OWNED(free) char *to = mem_text(scene_path(s, "b"));
    const struct backup_options options = {
        .data = data, .config = config, .station = "noc-1", .to = to};
    struct backup_report report;
    struct complaint why;

    if (rc < 0)
        return rc;
    for (unsigned i = 0; i < MANY; i++) { /* so that progress is told */
        char name[BACKUP_PATH];

        (void)snprintf(name, sizeof name, "data/maps/m%u.gv", i);
        scene_write(s, name, "graph {}\n");
    }
    scene_write(s, "other/maps/mine.gv", "graph {}\n");
    scene_write(s, "conf/portolan.yaml", "station: {name: mine}\n");
    return backup_make(&options, &report, &why);
}

static int bring_back(struct backup_scene *s, struct complaint *why)
{
    OWNED(free) char *from = mem_text(scene_path(s, "b"));
    OWNED(free) char *data = mem_text(scene_path(s, "other"));
    OWNED(free) char *config = mem_text(scene_path(s, "conf/portolan.yaml"));
    const struct restore_options options = {.from = from,
                                            .data = data,
                                            .config = config,
                                            .replace_config = true,
                                            .force = true,
                                            .series = true,
                                            .uid = (uid_t)-1,
                                            .gid = (gid_t)-1};
    struct restore_report report;

    *why = (struct complaint){.what = ""};
    int rc = restore(&options, &report, why);
    assert_int_equal(report.aside == NULL, rc < 0);
    assert_int_equal(report.config == NULL, rc < 0);
    restore_report_fini(&report);
    return rc;
}

static void assert_as_it_was(struct backup_scene *s)
{
    DIR *dir = opendir(scene_path(s, "conf"));

    for (const struct dirent *e; (e = readdir(dir)) != NULL;)
        assert_true(e->d_name[0] == '.' ||
                    strcmp(e->d_name, "portolan.yaml") == 0 ||
                    strcmp(e->d_name, "profiles") == 0);
    assert_int_equal(closedir(dir), 0);
    assert_true(scene_has(s, "conf/portolan.yaml", "station: {name: mine}\n"));
    assert_true(scene_has(s, "other/maps/mine.gv", "graph {}\n"));
    assert_false(scene_has(s, "other/maps/plan.gv", NULL));
    assert_int_equal(access(scene_path(s, "other.restoring"), F_OK), -1);
}

static void a_configuration_that_cannot_be_written_leaves_all(void **state)
{
    struct backup_scene *s = *state;
    struct complaint why;

    scene_write(s, "conf/profiles", "a file where a directory should be");
    assert_true(bring_back(s, &why) < 0);
    assert_non_null(strstr(why.place, "conf/profiles"));
    assert_as_it_was(s);
    assert_int_equal(unlink(scene_path(s, "conf/profiles")), 0);
    assert_int_equal(bring_back(s, &why), 0);
    assert_true(scene_has(s, "conf/profiles/acme.yaml", "profile: acme\n"));
    assert_true(scene_has(s, "other/maps/plan.gv", NULL));
}

/* The name that the old directory is to have is taken, now and for a while. */
static void data_that_cannot_be_set_aside_leaves_the_configuration(void **state)
{
    enum { FOR_S = 10 };
    struct backup_scene *s = *state;
    struct complaint why;
    const struct wall now = wall_now();

    for (int64_t i = 0; i < FOR_S; i++) {
        char when[32], name[BACKUP_PATH];

        wall_format((struct wall){now.ms + i * 1000}, when, sizeof when);
        (void)snprintf(name, sizeof name, "other.before-restore-%s/x", when);
        scene_write(s, name, "of somebody");
    }
    assert_true(bring_back(s, &why) < 0);
    assert_non_null(strstr(why.what, "renamed"));
    assert_as_it_was(s);
}

/* What a look tells of where it would go; "" is nothing. */
static void look_at(struct backup_scene *s, const char *data, bool force,
                    char *out, size_t room)
{
    OWNED(free) char *from = mem_text(scene_path(s, "b"));
    OWNED(free) char *to = mem_text(scene_path(s, data));
    struct restore_report r;
    struct complaint why = {.what = ""};

    assert_int_equal(restore(&(struct restore_options){.from = from,
                                                       .data = to,
                                                       .force = force,
                                                       .dry_run = true},
                             &r, &why),
                     0);
    assert_string_equal(why.what, "");
    (void)snprintf(out, room, "%s", r.in_the_way != NULL ? r.in_the_way : "");
    restore_report_fini(&r);
}

static void a_look_tells_what_would_be_in_the_way(void **state)
{
    struct backup_scene *s = *state;
    char told[BACKUP_PATH * 2];

    look_at(s, "other", false, told, sizeof told);
    assert_non_null(strstr(told, "not empty; with --force"));
    look_at(s, "other", true, told, sizeof told);
    assert_string_equal(told, "");
    look_at(s, "new/below/new", false, told, sizeof told);
    assert_string_equal(told, "");
    look_at(s, "b/data", false, told, sizeof told);
    assert_non_null(strstr(told, "no directory"));
    assert_as_it_was(s);
}

struct watcher {
    const char *stage;
    unsigned looks, open; /* of these: somebody else may come in */
};

static void look(void *arg, uint64_t files, uint64_t place, uint64_t whole)
{
    struct watcher *w = arg;
    struct stat st;

    (void)files;
    (void)place;
    (void)whole;
    w->looks++;
    w->open += stat(w->stage, &st) < 0 || st.st_uid != geteuid() ||
               (st.st_mode & 07777) != 0700;
}

/* Root would write, and give away, what they put in its place meanwhile. */
static void what_is_unpacked_is_the_users_when_it_is_whole(void **state)
{
    enum { SOMEBODY = 65534 };
    struct backup_scene *s = *state;
    OWNED(free) char *stage = mem_text(scene_path(s, "other.restoring"));
    OWNED(free) char *from = mem_text(scene_path(s, "b"));
    OWNED(free) char *data = mem_text(scene_path(s, "other"));
    struct watcher watcher = {.stage = stage};
    const struct restore_options options = {.from = from,
                                            .data = data,
                                            .force = true,
                                            .series = true,
                                            .uid = SOMEBODY,
                                            .gid = SOMEBODY,
                                            .progress = look,
                                            .arg = &watcher};
    struct restore_report report;
    struct complaint why;
    struct stat st;

    if (geteuid() != 0)
        skip();
    scene_write(s, "other.restoring/maps/of a killed one.gv", "");
    assert_int_equal(symlink("/", scene_path(s, "other.restoring/root")), 0);
    assert_int_equal(restore(&options, &report, &why), 0);
    restore_report_fini(&report);
    assert_true(watcher.looks > 0);
    assert_int_equal(watcher.open, 0);
    for (size_t i = 0; i < 3; i++) {
        static const char *const theirs[] = {"other", "other/maps",
                                             "other/state.db"};

        assert_int_equal(stat(scene_path(s, theirs[i]), &st), 0);
        assert_int_equal(st.st_uid, SOMEBODY);
    }
    assert_int_equal(stat(data, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0750);
    assert_int_not_equal(access(stage, F_OK), 0);
}

enum { ABSENT = 77 };

/* In a namespace where the holder has no number: 0 if it is refused. */
static int bring_back_elsewhere(struct backup_scene *s)
{
    struct complaint why;
    int status;

    if (unshare(CLONE_NEWPID) < 0)
        return ABSENT;
    pid_t pid = fork();
    if (pid == 0)
        _exit(bring_back(s, &why) == -EBUSY ? 0 : 1);
    return waitpid(pid, &status, 0) == pid && WIFEXITED(status)
               ? WEXITSTATUS(status)
               : 1;
}

static void a_station_in_another_container_is_seen(void **state)
{
    struct backup_scene *s = *state;
    OWNED(free) char *path = mem_text(scene_path(s, "other/state.db"));
    const struct store_options options = {.path = path};
    struct complaint why;
    struct store *store = NULL;
    int status;

    assert_int_equal(store_open(NULL, &options, &store, &why), 0);
    pid_t pid = fork();
    if (pid == 0)
        _exit(bring_back_elsewhere(s));
    assert_int_equal(waitpid(pid, &status, 0), pid);
    store_free(store);
    assert_true(WIFEXITED(status));
    if (WEXITSTATUS(status) == ABSENT)
        skip();
    assert_int_equal(WEXITSTATUS(status), 0);
    assert_true(scene_has(s, "other/maps/mine.gv", NULL));
}

#define CASE(test) \
    cmocka_unit_test_setup_teardown(test, make_other, scene_remove)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_configuration_that_cannot_be_written_leaves_all),
        CASE(data_that_cannot_be_set_aside_leaves_the_configuration),
        CASE(a_look_tells_what_would_be_in_the_way),
        CASE(what_is_unpacked_is_the_users_when_it_is_whole),
        CASE(a_station_in_another_container_is_seen),
    };

    return cmocka_run_group_tests_name("restore", tests, NULL, NULL);
}
