/* Backups that a station makes by itself: when it is time, in a thread beside
 * the loop, and so many are kept. */
#include "station/backups.h"

#include "backup_scene.h"
#include "base/log.h"
#include "station/bundle.h"
#include "station/config.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>

#include <event2/event.h>

enum { LIMIT_S = 20, DAY_MS = 86400000 };

struct bench {
    struct event_base *base;
    struct config *config;
    struct backup_scene *scene;
    unsigned failed, worked, turns;
};

static void on_told(void *arg, const struct complaint *why)
{
    struct bench *b = arg;

    b->worked += why == NULL;
    b->failed += why != NULL;
    assert_true(why == NULL || strstr(why->place, "elsewhere") != NULL);
}

static void bench_init(struct bench *b, struct backup_scene *s)
{
    OWNED(free) char *data = mem_text(scene_path(s, "data"));
    struct buffer OWNED_BUFFER text = {0};
    struct complaint why = {.what = ""};

    *b = (struct bench){.base = event_base_new(), .scene = s};
    buffer_format(&text,
                  "station: {name: noc-1, data: %s}\n"
                  "credentials: [{name: a, version: 2c, community: c}]\n"
                  "discovery: {seeds: [192.0.2.1]}\n"
                  "backup: {every: 24h, keep: 2}\n",
                  data);
    if (config_parse(scene_path(s, "etc/portolan.yaml"), text.at, text.len,
                     &b->config, &why) < 0)
        fail_msg("%s: %s", why.place, why.what);
    /* The clock that it is kept by is looked at once a second at most. */
    b->config->backup.every_ms = 1;
}

static void bench_fini(struct bench *b)
{
    config_free(b->config);
    event_base_free(b->base);
}

static unsigned count_files(struct backup_scene *s, const char *below,
                            const char *ending)
{
    DIR *dir = opendir(scene_path(s, below));
    unsigned count = 0;

    if (dir == NULL)
        return 0;
    for (const struct dirent *e; (e = readdir(dir)) != NULL;) {
        size_t len = strlen(e->d_name), tail = strlen(ending);

        count += len > tail && strcmp(e->d_name + len - tail, ending) == 0;
    }
    (void)closedir(dir);
    return count;
}

struct patience {
    struct bench *bench;
    bool (*holds)(struct bench *b);
    bool held;
};

static void on_look(evutil_socket_t fd, short what, void *arg)
{
    struct patience *p = arg;

    (void)fd;
    (void)what;
    p->held = p->holds(p->bench);
    if (p->held)
        (void)event_base_loopbreak(p->bench->base);
}

/* Turns the loop until it holds. */
static void await(struct bench *b, bool (*holds)(struct bench *))
{
    static const struct timeval often = {.tv_usec = 20000};
    static const struct timeval limit = {.tv_sec = LIMIT_S};
    struct patience p = {.bench = b, .holds = holds};
    struct event *look = event_new(b->base, -1, EV_PERSIST, on_look, &p);

    (void)event_add(look, &often);
    (void)event_base_loopexit(b->base, &limit);
    (void)event_base_dispatch(b->base);
    event_free(look);
    assert_true(p.held);
}

static bool two_are_new(struct bench *b)
{
    return !scene_has(b->scene,
                      "data/backups/state-2020-01-02T03-04-05Z.backup", NULL) &&
           count_files(b->scene, "data/backups", ".backup") == 2;
}

static void the_newest_are_kept(void **state)
{
    struct backup_scene *s = *state;
    struct bench b;

    bench_init(&b, s);
    scene_write(s, "data/backups/state-2020-01-02T03-04-05Z.backup",
                "the oldest");
    scene_write(s, "data/backups/state-noc-1-2021-01-02T03-04-05Z.backup",
                "old");
    scene_write(s, "data/backups/before-the-move.bak", "of somebody");
    OWNED(backups_free)
    struct backups *made = backups_new(b.base, b.config, on_told, &b);
    await(&b, two_are_new);
    backups_free(TAKE(made));
    assert_true(
        scene_has(s, "data/backups/before-the-move.bak", "of somebody"));
    bench_fini(&b);
}

/* ---- those of the future, and of another station ---- */

static bool one_worked(struct bench *b)
{
    return b->worked > 0;
}

static bool some_looks_more(struct bench *b)
{
    enum { TURNS = 120 }; /* of 20 ms */

    return ++b->turns > TURNS;
}

static void write_aged(struct backup_scene *s, const char *below, int64_t ms)
{
    const struct timespec at = {.tv_sec = ms / 1000};
    const struct timespec times[2] = {at, at};

    scene_write(s, below, "x");
    assert_int_equal(utimensat(AT_FDCWD, s->path, times, 0), 0);
}

/* The clock was ahead when it was made: it hinders none, and what there was
 * before is not dropped for one of each look. */
static void one_of_the_future_takes_the_place_of_none(void **state)
{
    static const char future[] =
        "data/backups/state-noc-1-2099-01-02T03-04-05Z.backup";
    static const int64_t ahead_ms = INT64_C(4070908800) * 1000;
    struct backup_scene *s = *state;
    struct bench b;

    bench_init(&b, s);
    b.config->backup.every_ms = 10000; /* looked at each second */
    write_aged(s, future, ahead_ms);
    write_aged(s, "data/backups/state-2020-01-02T03-04-05Z.backup",
               INT64_C(1577934245000));
    write_aged(s, "data/backups/state-2021-01-02T03-04-05Z.backup",
               INT64_C(1609556645000));
    OWNED(backups_free)
    struct backups *made = backups_new(b.base, b.config, on_told, &b);
    await(&b, one_worked);
    await(&b, some_looks_more);
    backups_free(TAKE(made));
    assert_int_equal(b.worked, 1);
    assert_true(scene_has(s, future, "x"));
    assert_false(
        scene_has(s, "data/backups/state-2020-01-02T03-04-05Z.backup", NULL));
    assert_true(
        scene_has(s, "data/backups/state-2021-01-02T03-04-05Z.backup", "x"));
    assert_int_equal(count_files(s, "data/backups", ".backup"), 3);
    bench_fini(&b);
}

/* Two stations have one directory: each makes its own, and keeps the other's.
 */
static void those_of_another_station_are_left_alone(void **state)
{
    static const char *const others[] = {
        "data/backups/state-noc-2021-01-02T03-04-05Z.backup",
        "data/backups/state-noc-11-2021-01-02T03-04-05Z.backup",
        "data/backups/state-noc-1-x-2021-01-02T03-04-05Z.backup",
        "data/backups/state-noc-2-2021-01-02T03-04-05Z.backup"};
    struct backup_scene *s = *state;
    struct bench b;

    bench_init(&b, s);
    b.config->backup.every_ms = 10000;
    b.config->backup.keep = 1;
    for (size_t i = 0; i < COUNT_OF(others); i++)
        scene_write(s, others[i], "made just now");
    OWNED(backups_free)
    struct backups *made = backups_new(b.base, b.config, on_told, &b);
    await(&b, one_worked);
    backups_free(TAKE(made));
    for (size_t i = 0; i < COUNT_OF(others); i++)
        assert_true(scene_has(s, others[i], "made just now"));
    assert_int_equal(count_files(s, "data/backups", ".backup"),
                     COUNT_OF(others) + 1);
    bench_fini(&b);
}

/* ---- what is left ---- */

static bool one_is_new(struct bench *b)
{
    return count_files(b->scene, "data/backups", ".backup") == 1;
}

static void grow_old(struct backup_scene *s, const char *below)
{
    static const struct timespec old[2] = {{.tv_sec = 1700000000},
                                           {.tv_sec = 1700000000}};

    scene_write(s, below, "all secrets");
    assert_int_equal(utimensat(AT_FDCWD, s->path, old, 0), 0);
}

static void what_a_killed_one_left_is_removed(void **state)
{
    struct backup_scene *s = *state;
    struct bench b;

    bench_init(&b, s);
    b.config->backup.keep = 1;
    grow_old(s, "data/backups/state-2020-01-02T03-04-05Z.backup.state-7");
    grow_old(s,
             "data/backups/state-2020-01-02T03-04-05Z.backup.state-7-journal");
    grow_old(s, "data/backups/state-2020-01-02T03-04-05Z.backup.Ab3x_9");
    grow_old(s, "data/backups/notes.backup.txt");
    scene_write(s, "data/backups/state-2021-01-02T03-04-05Z.backup.state-8",
                "at work");
    OWNED(backups_free)
    struct backups *made = backups_new(b.base, b.config, on_told, &b);
    await(&b, one_is_new);
    backups_free(TAKE(made));
    assert_int_equal(count_files(s, "data/backups", "state-7"), 0);
    assert_int_equal(count_files(s, "data/backups", "-journal"), 0);
    assert_int_equal(count_files(s, "data/backups", "Ab3x_9"), 0);
    assert_true(scene_has(s, "data/backups/notes.backup.txt", NULL));
    assert_true(scene_has(
        s, "data/backups/state-2021-01-02T03-04-05Z.backup.state-8", NULL));
    bench_fini(&b);
}

static bool one_is_there(struct bench *b)
{
    return count_files(b->scene, "elsewhere", ".backup") == 1;
}

static void
one_without_a_passphrase_has_no_secret_and_is_its_owners(void **state)
{
    struct backup_scene *s = *state;
    struct bundle_in *opened = NULL;
    struct bundle_member m;
    struct complaint why;
    struct stat about;
    struct bench b;
    bool database = false;

    bench_init(&b, s);
    b.config->backup.directory = mem_text(scene_path(s, "elsewhere"));
    b.config->backup.keep = 1;
    OWNED(backups_free)
    struct backups *made = backups_new(b.base, b.config, on_told, &b);
    await(&b, one_is_there);
    backups_free(TAKE(made));
    assert_int_equal(stat(scene_path(s, "elsewhere"), &about), 0);
    assert_int_equal(about.st_mode & 0777, 0700);
    DIR *dir = opendir(s->path);
    struct buffer OWNED_BUFFER path = {0};
    for (const struct dirent *e; (e = readdir(dir)) != NULL;)
        if (strncmp(e->d_name, "state-", 6) == 0 && path.len == 0)
            buffer_format(&path, "%s/elsewhere/%s", s->dir, e->d_name);
    (void)closedir(dir);
    assert_int_equal(stat(path.at, &about), 0);
    assert_int_equal(about.st_mode & 0777, 0600);
    assert_int_equal(bundle_open(path.at, NULL, &opened, &why), 0);
    OWNED(bundle_in_free) struct bundle_in *in = opened;
    while (bundle_next(in, &m, &why) > 0) {
        database = database || strcmp(m.name, "data/state.db") == 0;
        assert_string_not_equal(m.name, "data/first-password");
        assert_true(strncmp(m.name, "data/rrd/", 9) != 0);
    }
    assert_true(database);
    bench_fini(&b);
}

/* ---- what fails ---- */

static unsigned lines_with(struct backup_scene *s, const char *words)
{
    struct buffer OWNED_BUFFER log = {0};
    unsigned count = 0;

    assert_int_equal(file_read(scene_path(s, "log"), 1 << 20, &log), 0);
    for (const char *at = log.at; (at = strstr(at, words)) != NULL; at++)
        count++;
    return count;
}

static bool has_failed_twice(struct bench *b)
{
    return b->failed == 2;
}

static bool is_well_again(struct bench *b)
{
    return b->worked > 0;
}

static void one_that_fails_is_logged_once_and_tried_again(void **state)
{
    struct backup_scene *s = *state;
    struct bench b;
    int to = open(scene_path(s, "log"), O_CREAT | O_RDWR | O_APPEND, 0600);
    int before = dup(STDERR_FILENO);

    assert_true(to >= 0 && before >= 0);
    bench_init(&b, s);
    scene_write(s, "elsewhere", "a file where a directory should be");
    b.config->backup.directory = mem_text(s->path);
    assert_true(dup2(to, STDERR_FILENO) >= 0);
    OWNED(backups_free)
    struct backups *made = backups_new(b.base, b.config, on_told, &b);
    await(&b, has_failed_twice);
    unsigned logged = lines_with(s, "error: backup: ");
    assert_int_equal(unlink(scene_path(s, "elsewhere")), 0);
    await(&b, is_well_again);
    assert_true(dup2(before, STDERR_FILENO) >= 0);
    assert_int_equal(logged, 1);
    assert_int_equal(count_files(s, "elsewhere", ".backup"), 1);
    backups_free(TAKE(made));
    assert_int_equal(close(to), 0);
    assert_int_equal(close(before), 0);
    bench_fini(&b);
}

/* ---- a directory that hangs, as of a server that is gone ---- */

enum { HUNG_STEP_US = 10000, HUNG_STEPS = 500 };
static bool hangs, hung; /* atomically */
static bool loop_hung;
static pthread_t loop;

/* In place of the C library's. */
DIR *opendir(const char *path)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    for (int i = 0; i < HUNG_STEPS && __atomic_load_n(&hangs, __ATOMIC_RELAXED);
         i++) {
        if (pthread_equal(pthread_self(), loop) != 0)
            loop_hung = true;
        __atomic_store_n(&hung, true, __ATOMIC_RELAXED);
        (void)usleep(HUNG_STEP_US);
    }
    __atomic_store_n(&hung, false, __ATOMIC_RELAXED);
    return fd >= 0 ? fdopendir(fd) : NULL;
}

static bool it_hangs(struct bench *b)
{
    (void)b;
    return __atomic_load_n(&hung, __ATOMIC_RELAXED);
}

static void a_directory_that_hangs_does_not_hold_the_loop(void **state)
{
    struct backup_scene *s = *state;
    struct bench b;

    bench_init(&b, s);
    b.config->backup.directory = mem_text(scene_path(s, "elsewhere"));
    b.config->backup.keep = 1;
    loop = pthread_self();
    __atomic_store_n(&hangs, true, __ATOMIC_RELAXED);
    OWNED(backups_free)
    struct backups *made = backups_new(b.base, b.config, on_told, &b);
    await(&b, it_hangs);
    assert_false(loop_hung);
    __atomic_store_n(&hangs, false, __ATOMIC_RELAXED);
    await(&b, one_is_there);
    backups_free(TAKE(made));
    bench_fini(&b);
}

/* ---- when none is made ---- */

static bool another_look_is_over(struct bench *b)
{
    struct stat about;

    assert_int_equal(stat(scene_path(b->scene, "etc/portolan.yaml"), &about),
                     0);
    return wall_now().ms - (int64_t)about.st_mtim.tv_sec * 1000 > 2500;
}

static void none_is_made_before_it_is_time(void **state)
{
    struct backup_scene *s = *state;
    struct config *often;
    struct bench b;

    bench_init(&b, s);
    often = b.config;
    scene_write(s, "data/backups/state-2020-01-02T03-04-05Z.backup",
                "made just now");
    often->backup.every_ms = 10000; /* looked at each second */
    OWNED(backups_free)
    struct backups *made = backups_new(b.base, often, on_told, &b);
    await(&b, another_look_is_over);
    assert_int_equal(count_files(s, "data/backups", ".backup"), 1);

    int before = event_base_get_num_events(b.base, EVENT_BASE_COUNT_ADDED);
    often->backup.every_ms = 0; /* none are wanted any more */
    backups_use(made, often);
    assert_int_equal(event_base_get_num_events(b.base, EVENT_BASE_COUNT_ADDED),
                     before - 1);
    backups_free(TAKE(made));
    bench_fini(&b);
}

static bool has_begun(struct bench *b)
{
    return access(scene_path(b->scene, "data/backups"), F_OK) == 0;
}

/* The end of the station does not wait for all of it. */
static void one_that_is_made_at_the_end_is_whole_or_not_there(void **state)
{
    enum { FILES = 300 };
    struct backup_scene *s = *state;
    struct bench b;

    bench_init(&b, s);
    for (unsigned i = 0; i < FILES; i++) {
        char name[BACKUP_PATH];

        (void)snprintf(name, sizeof name, "data/maps/m%u.gv", i);
        scene_write(s, name, "graph {}\n");
    }
    OWNED(backups_free)
    struct backups *made = backups_new(b.base, b.config, on_told, &b);
    await(&b, has_begun);
    backups_free(TAKE(made));
    unsigned whole = count_files(s, "data/backups", ".backup");
    DIR *dir = opendir(scene_path(s, "data/backups"));
    unsigned all = 0;
    for (const struct dirent *e; (e = readdir(dir)) != NULL;)
        all += e->d_name[0] != '.';
    (void)closedir(dir);
    assert_int_equal(all, whole);
    bench_fini(&b);
}

#define CASE(test) \
    cmocka_unit_test_setup_teardown(test, scene_make, scene_remove)

static void the_end_does_not_wait_for_a_server_that_is_gone(void **state)
{
    enum { SOON_MS = 3000 };
    struct bench b;

    bench_init(&b, *state);
    loop = pthread_self();
    __atomic_store_n(&hangs, true, __ATOMIC_RELAXED); /* beyond the test */
    struct backups *made = backups_new(b.base, b.config, on_told, &b);
    await(&b, it_hangs);
    struct mono before = mono_now();
    backups_end(made);
    backups_free(made);
    assert_true(mono_ms_between(before, mono_now()) < SOON_MS);
    assert_int_equal(b.worked + b.failed, 0);
    bench_fini(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(the_newest_are_kept),
        CASE(one_of_the_future_takes_the_place_of_none),
        CASE(those_of_another_station_are_left_alone),
        CASE(what_a_killed_one_left_is_removed),
        CASE(one_without_a_passphrase_has_no_secret_and_is_its_owners),
        CASE(one_that_fails_is_logged_once_and_tried_again),
        CASE(a_directory_that_hangs_does_not_hold_the_loop),
        CASE(none_is_made_before_it_is_time),
        CASE(one_that_is_made_at_the_end_is_whole_or_not_there),
        CASE(the_end_does_not_wait_for_a_server_that_is_gone),
    };

    log_open(LOG_LEVEL_ERROR, LOG_TO_STDERR);
    return cmocka_run_group_tests_name("backups", tests, NULL, NULL);
}
