/* What a station knows comes back from a backup as it was, whole or not at all.
 */
#include "station/restore.h"

#include "backup_scene.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>

static const char passphrase[] = "correct horse battery";
static const char wrong[] = "correct horse batteries";

/* Makes DIR/NAME of what the scene has. */
static int back_up(struct backup_scene *s, const char *name, const char *with,
                   const char *since, struct backup_report *out,
                   struct complaint *why)
{
    OWNED(free) char *data = mem_text(scene_path(s, "data"));
    OWNED(free) char *config = mem_text(scene_path(s, "etc/portolan.yaml"));
    OWNED(free) char *to = mem_text(scene_path(s, name));
    OWNED(free)
    char *from = since != NULL ? mem_text(scene_path(s, since)) : NULL;
    const struct backup_options options = {.data = data,
                                           .config = config,
                                           .station = "noc-1",
                                           .to = to,
                                           .passphrase = with,
                                           .since = from,
                                           .since_passphrase = with,
                                           .series = true,
                                           .secrets = with != NULL};

    return backup_make(&options, out, why);
}

static void must_back_up(struct backup_scene *s, const char *name,
                         const char *with)
{
    struct backup_report report;
    struct complaint why;
    int rc = back_up(s, name, with, NULL, &report, &why);

    if (rc < 0)
        fail_msg("%s: %s", why.place, why.what);
    assert_int_equal(report.kept, 0);
}

/* How it is brought back; texts are paths below the scene's directory. */
struct wish {
    const char *from, *base, *data, *config, *with;
    bool force, replace, dry_run, no_series;
};

static int bring_back(struct backup_scene *s, const struct wish *w,
                      struct restore_report *out, struct complaint *why)
{
    OWNED(free) char *from = mem_text(scene_path(s, w->from));
    OWNED(free)
    char *base = w->base != NULL ? mem_text(scene_path(s, w->base)) : NULL;
    OWNED(free) char *data = mem_text(scene_path(s, w->data));
    OWNED(free)
    char *config =
        w->config != NULL ? mem_text(scene_path(s, w->config)) : NULL;
    const struct restore_options options = {.from = from,
                                            .passphrase = w->with,
                                            .base = base,
                                            .data = data,
                                            .config = config,
                                            .replace_config = w->replace,
                                            .force = w->force,
                                            .dry_run = w->dry_run,
                                            .series = !w->no_series,
                                            .uid = (uid_t)-1,
                                            .gid = (gid_t)-1};

    return restore(&options, out, why);
}

static void must_bring_back(struct backup_scene *s, const struct wish *w,
                            struct restore_report *out)
{
    struct complaint why = {.what = ""};

    if (bring_back(s, w, out, &why) < 0)
        fail_msg("%s: %s", why.place, why.what);
}

/* It is refused, for a reason that has these words, and nothing is there. */
static void must_refuse(struct backup_scene *s, const struct wish *w, int rc,
                        const char *words)
{
    struct restore_report report;
    struct complaint why = {.what = ""};
    bool was_there = access(scene_path(s, w->data), F_OK) == 0;

    assert_int_equal(bring_back(s, w, &report, &why), rc);
    if (strstr(why.what, words) == NULL)
        fail_msg("%s: not \"%s\" but \"%s\"", w->from, words, why.what);
    assert_true(why.place[0] != '\0' && why.remedy[0] != '\0');
    assert_int_equal(access(scene_path(s, w->data), F_OK) == 0, was_there);
    restore_report_fini(&report);
}

/* ---- what comes back ---- */

static int read_object(void *arg, const char *key, const char *text)
{
    (void)key;
    (void)snprintf(arg, BACKUP_PATH, "%s", text);
    return 0;
}

static void assert_device(struct backup_scene *s, const char *database,
                          const char *want)
{
    OWNED(free) char *path = mem_text(scene_path(s, database));
    const struct store_options options = {.path = path};
    char seen[BACKUP_PATH] = "";
    struct complaint why;
    struct store *store = NULL;

    assert_int_equal(store_open(NULL, &options, &store, &why), 0);
    assert_null(store_damage(store));
    assert_int_equal(store_load(store, "device", read_object, seen, &why), 0);
    store_free(store);
    assert_string_equal(seen, want);
}

static void all_comes_back(void **state)
{
    struct backup_scene *s = *state;
    struct restore_report r;

    must_back_up(s, "b", passphrase);
    must_bring_back(s,
                    &(struct wish){.from = "b",
                                   .data = "other/data",
                                   .config = "other/etc/portolan.yaml",
                                   .with = passphrase},
                    &r);
    assert_true(r.about.secrets && r.about.series);
    assert_string_equal(r.about.station, "noc-1");
    assert_int_equal(r.schema, r.about.schema);
    assert_int_equal(r.series, 1);
    assert_null(r.aside);
    restore_report_fini(&r);
    assert_device(s, "other/data/state.db", "{\"name\": \"core\"}");
    assert_true(
        scene_has(s, "other/data/maps/plan.gv", "graph plan { a -- b; }\n"));
    assert_true(
        scene_has(s, "other/data/rrd/core/cpu-1.rrd", "no file of RRDtool's"));
    assert_true(scene_has(s, "other/data/spool/1", "PLG1"));
    assert_true(scene_has(s, "other/data/first-password", NULL));
    assert_true(scene_has(s, "other/etc/profiles/acme.yaml", NULL));
    assert_false(scene_has(s, "other/data/profiles.cache", NULL));
    assert_false(scene_has(s, "other/data/.etc/portolan.yaml", NULL));
    struct buffer OWNED_BUFFER config = {0};
    assert_int_equal(
        file_read(scene_path(s, "other/etc/portolan.yaml"), 1 << 20, &config),
        0);
    assert_non_null(strstr(config.at, backup_secret));
}

static void without_a_passphrase_there_is_no_secret(void **state)
{
    struct backup_scene *s = *state;
    struct restore_report r;
    struct buffer OWNED_BUFFER config = {0};

    must_back_up(s, "b", NULL);
    must_bring_back(s,
                    &(struct wish){.from = "b",
                                   .data = "other",
                                   .config = "conf/portolan.yaml"},
                    &r);
    assert_false(r.about.secrets);
    restore_report_fini(&r);
    assert_false(scene_has(s, "other/first-password", NULL));
    assert_int_equal(
        file_read(scene_path(s, "conf/portolan.yaml"), 1 << 20, &config), 0);
    assert_null(strstr(config.at, backup_secret));
    assert_non_null(strstr(config.at, "left out of the backup"));
    assert_non_null(strstr(config.at, "noc-1"));
}

static void a_look_writes_nothing(void **state)
{
    struct backup_scene *s = *state;
    struct restore_report r;

    must_back_up(s, "b", passphrase);
    must_bring_back(s,
                    &(struct wish){.from = "b",
                                   .data = "other",
                                   .config = "conf/portolan.yaml",
                                   .with = passphrase,
                                   .dry_run = true},
                    &r);
    assert_true(r.files >= 5 && r.octets > 0);
    restore_report_fini(&r);
    assert_int_equal(access(scene_path(s, "other"), F_OK), -1);
    assert_int_equal(access(scene_path(s, "conf"), F_OK), -1);
}

static void series_are_left_out_where_nobody_wants_them(void **state)
{
    struct backup_scene *s = *state;
    struct restore_report r;

    must_back_up(s, "b", NULL);
    must_bring_back(
        s, &(struct wish){.from = "b", .data = "other", .no_series = true}, &r);
    assert_int_equal(r.series, 0);
    restore_report_fini(&r);
    assert_false(scene_has(s, "other/rrd/core/cpu-1.rrd", NULL));
    assert_true(scene_has(s, "other/maps/plan.gv", NULL));
}

/* ---- what is there already ---- */

static void nothing_takes_the_place_of_what_is_there(void **state)
{
    struct backup_scene *s = *state;
    struct restore_report r;
    struct wish w = {
        .from = "b", .data = "other", .config = "conf/portolan.yaml"};

    must_back_up(s, "b", NULL);
    scene_write(s, "other/maps/mine.gv", "graph {}\n");
    scene_write(s, "conf/portolan.yaml", "station: {name: mine}\n");
    must_refuse(s, &w, -EEXIST, "not empty");
    assert_true(scene_has(s, "other/maps/mine.gv", "graph {}\n"));
    assert_false(scene_has(s, "other/maps/plan.gv", NULL));

    w.force = true;
    must_bring_back(s, &w, &r);
    assert_non_null(r.aside);
    assert_non_null(strstr(r.config, ".restored"));
    assert_true(scene_has(s, "other/maps/plan.gv", NULL));
    assert_false(scene_has(s, "other/maps/mine.gv", NULL));
    struct buffer OWNED_BUFFER mine = {0};
    buffer_format(&mine, "%s/maps/mine.gv", strrchr(r.aside, '/') + 1);
    assert_true(scene_has(s, mine.at, "graph {}\n"));
    assert_true(scene_has(s, "conf/portolan.yaml", "station: {name: mine}\n"));
    restore_report_fini(&r);
}

static void a_configuration_is_set_aside_where_that_is_wanted(void **state)
{
    struct backup_scene *s = *state;
    struct restore_report r;

    must_back_up(s, "b", passphrase);
    scene_write(s, "conf/portolan.yaml", "station: {name: mine}\n");
    must_bring_back(s,
                    &(struct wish){.from = "b",
                                   .data = "other",
                                   .config = "conf/portolan.yaml",
                                   .with = passphrase,
                                   .replace = true},
                    &r);
    struct buffer OWNED_BUFFER aside = {0};
    buffer_format(&aside, "conf/%s", strrchr(r.config_aside, '/') + 1);
    assert_true(scene_has(s, aside.at, "station: {name: mine}\n"));
    restore_report_fini(&r);
    struct buffer OWNED_BUFFER config = {0};
    assert_int_equal(
        file_read(scene_path(s, "conf/portolan.yaml"), 1 << 20, &config), 0);
    assert_non_null(strstr(config.at, "noc-1"));
}

/* ---- what is refused ---- */

static void another_passphrase_and_other_files_are_refused(void **state)
{
    struct backup_scene *s = *state;

    must_back_up(s, "b", passphrase);
    scene_write(s, "text", "this is none");
    must_refuse(s, &(struct wish){.from = "b", .data = "other", .with = wrong},
                -EACCES, "passphrase");
    must_refuse(s, &(struct wish){.from = "text", .data = "other"}, -EBADMSG,
                "no backup");
}

static void a_damaged_one_is_refused_and_leaves_nothing(void **state)
{
    enum { PLACES = 8 };
    struct backup_scene *s = *state;
    struct buffer OWNED_BUFFER whole = {0};
    struct complaint why;
    struct restore_report r;

    must_back_up(s, "b", NULL);
    assert_int_equal(file_read(scene_path(s, "b"), 1 << 24, &whole), 0);
    for (size_t i = 1; i < PLACES; i++) {
        size_t at = whole.len * i / PLACES;

        whole.at[at] = (char)(whole.at[at] ^ 0x40);
        assert_int_equal(file_write(scene_path(s, "spoilt"),
                                    buffer_view(&whole), BACKUP_FILE_MODE),
                         0);
        whole.at[at] = (char)(whole.at[at] ^ 0x40);
        assert_true(
            bring_back(s, &(struct wish){.from = "spoilt", .data = "other"}, &r,
                       &why) < 0);
        assert_true(why.what[0] != '\0');
        restore_report_fini(&r);
        assert_int_equal(access(scene_path(s, "other"), F_OK), -1);
        assert_int_equal(access(scene_path(s, "other.restoring"), F_OK), -1);
    }
}

static void series_of_another_kind_of_machine_are_refused(void **state)
{
    static const char head[] = "RRD\0000003\0\0\0\0\0\0\0\0abcdefgh";
    struct backup_scene *s = *state;
    struct restore_report r;

    assert_int_equal(
        file_write(scene_path(s, "data/rrd/core/cpu-2.rrd"),
                   (struct bytes){(const uint8_t *)head, sizeof head - 1},
                   BACKUP_FILE_MODE),
        0);
    must_back_up(s, "b", NULL);
    must_refuse(s, &(struct wish){.from = "b", .data = "other"}, -ENOTSUP,
                "another kind of machine");
    must_bring_back(
        s, &(struct wish){.from = "b", .data = "other", .no_series = true}, &r);
    restore_report_fini(&r);
}

/* ---- one that goes on from another ---- */

static void what_is_old_is_taken_from_the_one_before(void **state)
{
    static const struct timespec old[2] = {{.tv_sec = 1700000000},
                                           {.tv_sec = 1700000000}};
    struct backup_scene *s = *state;
    struct backup_report report;
    struct restore_report r;
    struct complaint why;

    assert_int_equal(
        utimensat(AT_FDCWD, scene_path(s, "data/rrd/core/cpu-1.rrd"), old, 0),
        0);
    must_back_up(s, "whole", passphrase);
    scene_write(s, "data/rrd/core/cpu-2.rrd", "new");
    assert_int_equal(back_up(s, "more", passphrase, "whole", &report, &why), 0);
    assert_int_equal(report.kept, 1);
    must_refuse(
        s, &(struct wish){.from = "more", .data = "other", .with = passphrase},
        -EINVAL, "only what changed");
    must_back_up(s, "stranger", passphrase);
    must_refuse(s,
                &(struct wish){.from = "more",
                               .base = "stranger",
                               .data = "other",
                               .with = passphrase},
                -EINVAL, "another backup");
    must_bring_back(s,
                    &(struct wish){.from = "more",
                                   .base = "whole",
                                   .data = "other",
                                   .with = passphrase},
                    &r);
    restore_report_fini(&r);
    assert_true(scene_has(s, "other/rrd/core/cpu-1.rrd", NULL));
    assert_true(scene_has(s, "other/rrd/core/cpu-2.rrd", "new"));
    assert_true(back_up(s, "again", passphrase, "more", &report, &why) < 0);
    assert_non_null(strstr(why.what, "cannot be gone on from"));
}

/* ---- one that does not become ready ---- */

static bool give_up(void *arg, const struct backup_progress *p)
{
    (void)p;
    ++*(unsigned *)arg;
    return false;
}

static void one_that_is_ended_leaves_nothing(void **state)
{
    struct backup_scene *s = *state;
    OWNED(free) char *data = mem_text(scene_path(s, "data"));
    OWNED(free) char *to = mem_text(scene_path(s, "b"));
    struct backup_report report;
    struct complaint why;
    unsigned told = 0, left = 0;
    const struct backup_options options = {.data = data,
                                           .station = "noc-1",
                                           .to = to,
                                           .series = true,
                                           .progress = give_up,
                                           .arg = &told};

    assert_int_equal(backup_make(&options, &report, &why), -ECANCELED);
    assert_int_equal(told, 1);
    DIR *dir = opendir(s->dir);
    for (const struct dirent *e; (e = readdir(dir)) != NULL;)
        left += e->d_name[0] == 'b';
    assert_int_equal(closedir(dir), 0);
    assert_int_equal(left, 0);
}

static void a_place_that_cannot_be_written_is_named(void **state)
{
    struct backup_scene *s = *state;
    struct backup_report report;
    struct complaint why;

    assert_true(back_up(s, "nowhere/b", NULL, NULL, &report, &why) < 0);
    assert_non_null(strstr(why.place, "nowhere/b"));
    assert_true(why.remedy[0] != '\0');
    assert_int_equal(unlink(scene_path(s, "data/state.db")), 0);
    assert_true(back_up(s, "b", NULL, NULL, &report, &why) < 0);
    assert_non_null(strstr(why.place, "state.db"));
    assert_int_equal(access(scene_path(s, "b"), F_OK), -1);
}

#define CASE(test) \
    cmocka_unit_test_setup_teardown(test, scene_make, scene_remove)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(all_comes_back),
        CASE(without_a_passphrase_there_is_no_secret),
        CASE(a_look_writes_nothing),
        CASE(series_are_left_out_where_nobody_wants_them),
        CASE(nothing_takes_the_place_of_what_is_there),
        CASE(a_configuration_is_set_aside_where_that_is_wanted),
        CASE(another_passphrase_and_other_files_are_refused),
        CASE(a_damaged_one_is_refused_and_leaves_nothing),
        CASE(series_of_another_kind_of_machine_are_refused),
        CASE(what_is_old_is_taken_from_the_one_before),
        CASE(one_that_is_ended_leaves_nothing),
        CASE(a_place_that_cannot_be_written_is_named),
    };

    return cmocka_run_group_tests_name("backup", tests, NULL, NULL);
}
