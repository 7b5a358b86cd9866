/* What a station knows comes back from a backup as it was, whole or not at all.
 */
#include "station/restore.h"

#include "backup_scene.h"

#include "station/bundle.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>

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
    assert_non_null(strstr(config.at, "severity: major"));
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
    assert_null(r.in_the_way);
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

/* ---- a disk that is full ---- */

static struct rlimit fill_disk(rlim_t octets)
{
    struct rlimit had, none;

    (void)signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &had), 0);
    none = (struct rlimit){.rlim_cur = octets, .rlim_max = had.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &none), 0);
    return had;
}

static void no_room_to_restore_leaves_all_as_it_was(void **state)
{
    struct backup_scene *s = *state;
    struct restore_report report;
    struct complaint why = {.what = ""};

    must_back_up(s, "b", NULL);
    scene_write(s, "other/maps/old.gv", "graph old {}");
    const struct rlimit had = fill_disk(2000); /* the database has more */
    int rc = bring_back(
        s, &(struct wish){.from = "b", .data = "other", .force = true}, &report,
        &why);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &had), 0);
    assert_int_equal(rc, -EFBIG);
    assert_non_null(strstr(why.what, "cannot be written"));
    assert_true(why.remedy[0] != '\0');
    assert_null(report.aside);
    restore_report_fini(&report);
    assert_true(scene_has(s, "other/maps/old.gv", "graph old {}"));
    assert_int_equal(access(scene_path(s, "other.restoring"), F_OK), -1);
}

static void no_room_for_a_backup_leaves_the_one_before(void **state)
{
    struct backup_scene *s = *state;
    struct buffer OWNED_BUFFER before = {0}, OWNED_BUFFER after = {0};
    struct backup_report report;
    struct complaint why;

    must_back_up(s, "b", NULL);
    assert_int_equal(file_read(scene_path(s, "b"), 1 << 24, &before), 0);
    const struct rlimit had = fill_disk(300);
    int rc = back_up(s, "b", NULL, NULL, &report, &why);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &had), 0);
    assert_true(rc < 0);
    assert_true(why.what[0] != '\0' && why.remedy[0] != '\0');
    assert_int_equal(file_read(scene_path(s, "b"), 1 << 24, &after), 0);
    assert_true(bytes_equal(buffer_view(&before), buffer_view(&after)));
}

/* ---- what this station may not have ---- */

static void put_member(struct bundle_out *b, const char *name, const char *text)
{
    const struct bundle_member m = {
        .name = name, .size = strlen(text), .mode = BACKUP_FILE_MODE};

    assert_int_equal(bundle_whole(b, &m, bytes_of_text(text)), 0);
}

/* A file that is put together as a backup is. */
static void put_together(struct backup_scene *s, const char *name,
                         const char *about, bool state)
{
    struct bundle_out *b = NULL;
    struct complaint why;

    assert_int_equal(bundle_create(scene_path(s, name), NULL, &b, &why), 0);
    put_member(b, BACKUP_ABOUT, about);
    put_member(b, BACKUP_DATA "maps/x.gv", "graph x {}");
    if (state)
        put_member(b, BACKUP_DATA "state.db", "this is no database");
    assert_int_equal(bundle_finish(b, &why), 0);
    bundle_out_free(b);
}

static void what_cannot_be_had_is_refused(void **state)
{
#define ABOUT \
    "\"version\": \"9\", \"id\": \"x\", \"made\": \"2026-11-22T02:47:00Z\""
    static const struct {
        const char *about;
        bool state;
        int rc;
        const char *words;
    } cases[] = {
        {"{\"format\": 1, \"schema\": 1, " ABOUT "}", false, -EBADMSG,
         "no database"},
        {"{\"format\": 1, \"schema\": 999, " ABOUT "}", true, -ENOTSUP,
         "version 999"},
        {"{\"format\": 999, \"schema\": 1, " ABOUT "}", true, -EBADMSG,
         "this version"},
        {"{\"format\": 1, \"made\": \"yesterday\"}", true, -EBADMSG,
         "no backup"},
        {"{\"format\": ", true, -EBADMSG, "no backup"},
    };
    struct backup_scene *s = *state;
    struct restore_report report;
    struct complaint why = {.what = ""};

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        put_together(s, "b", cases[i].about, cases[i].state);
        must_refuse(s, &(struct wish){.from = "b", .data = "other"},
                    cases[i].rc, cases[i].words);
        assert_int_equal(access(scene_path(s, "other.restoring"), F_OK), -1);
    }
    /* What is called a database and is none. */
    put_together(s, "b", "{\"format\": 1, \"schema\": 1, " ABOUT "}", true);
    assert_true(bring_back(s, &(struct wish){.from = "b", .data = "other"},
                           &report, &why) < 0);
    assert_true(why.what[0] != '\0');
    restore_report_fini(&report);
    assert_int_equal(access(scene_path(s, "other"), F_OK), -1);
}

/* Whoever made it may have written anything into it. */
static void what_it_says_of_itself_harms_no_terminal(void **state)
{
    static const char text[] =
        "{\"format\": 1, \"made\": \"2026-11-22T02:47:31Z\", \"station\": "
        "\"\\u001b]0;noc\\u0007-1\", \"data\": \"/var/\\u001b[2Jlib\", "
        "\"version\": 7}";
    struct backup_about about;
    struct complaint why;

    (void)state;
    assert_int_equal(backup_about_read("x", text, strlen(text), &about, &why),
                     0);
    assert_string_equal(about.station, "]0;noc-1");
    assert_string_equal(about.data, "/var/[2Jlib");
    assert_string_equal(about.version, "");
    backup_about_fini(&about);
    assert_true(backup_about_read("x", text, strlen(text) - 1, &about, &why) <
                0);
    assert_string_equal(why.place, "x");
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
        CASE(no_room_to_restore_leaves_all_as_it_was),
        CASE(no_room_for_a_backup_leaves_the_one_before),
        CASE(what_cannot_be_had_is_refused),
        cmocka_unit_test(what_it_says_of_itself_harms_no_terminal),
    };

    return cmocka_run_group_tests_name("backup", tests, NULL, NULL);
}
