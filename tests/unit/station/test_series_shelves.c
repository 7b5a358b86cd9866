/* Samples that wait are on disk within a second and stay there, whoever is
 * killed, until their files have them; what is spoilt is left out, a disk that
 * is full loses nothing that it has; and what is read is current. */
#include "station/series_shelves.h"

#include "base/file.h"
#include "base/log.h"
#include "series_scene.h"
#include "station/series_porter.h"
#include "station/series_volume.h"

#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

enum { HOUR_MS = 3600000 };

static struct shelves *open_shelves(struct place *p, uint64_t max)
{
    struct shelves *s = NULL;

    assert_int_equal(shelves_open(p->base, p->dir, max, &s), 0);
    return s;
}

static void add(struct shelves *s, int object, int from, int to)
{
    char path[DIR_LEN];

    path_of(object, path);
    for (int n = from; n < to; n++) {
        double value = value_of(object, n);
        shelves_add(s, path, SERIES_CPU, (BEGIN_S + n * STEP_S) * 1000LL,
                    &value, 1);
    }
}

struct found {
    bool told;
    struct gathered got;
};

static void on_found(void *arg, int result, struct gathered *got)
{
    struct found *found = arg;

    assert_int_equal(result, 0);
    found->told = true;
    found->got = *got;
    *got = (struct gathered){0};
}

/* Samples of an object that wait. */
static uint64_t waiting_of(struct place *p, struct shelves *s, int object)
{
    struct found found = {0};
    struct table *paths = table_new();
    char path[DIR_LEN];

    path_of(object, path);
    (void)table_put_text(paths, path, paths);
    shelves_read(s, shelves_of(path), UINT64_MAX, paths, NULL, on_found,
                 &found);
    assert_false(found.told);
    assert_true(run_until(p->base, is_told, &found.told));
    uint64_t samples = found.got.samples;
    gathered_fini(&found.got);
    return samples;
}

static void what_is_added_can_be_read_at_once(void **state)
{
    struct place *p = *state;
    OWNED(shelves_free) struct shelves *s = open_shelves(p, 1 << 20);

    assert_int_equal(waiting_of(p, s, 0), 0);
    add(s, 0, 0, 7);
    add(s, 1, 0, 3);
    assert_int_equal(waiting_of(p, s, 0), 7);
    assert_int_equal(waiting_of(p, s, 1), 3);
    add(s, 0, 7, 8);
    assert_int_equal(waiting_of(p, s, 0), 8);
}

static void on_ended(void *arg)
{
    *(bool *)arg = true;
}

static void retire(struct place *p, struct shelves *s, int object,
                   struct table *paths)
{
    bool ended = false;
    char path[DIR_LEN];

    path_of(object, path);
    struct shelves_end end = {.shelf = shelves_of(path),
                              .paths = paths,
                              .done = on_ended,
                              .arg = &ended};
    end.upto = shelves_close(s, end.shelf);
    shelves_retire(s, &end);
    assert_true(run_until(p->base, is_told, &ended));
}

struct all_gone {
    struct shelves *s;
    uint64_t octets;
};

static bool octets_are(void *arg)
{
    const struct all_gone *a = arg;
    struct shelves_stats stats;

    shelves_stats(a->s, &stats);
    return stats.octets == a->octets;
}

static void what_is_done_with_goes_and_the_rest_stays(void **state)
{
    struct place *p = *state;
    OWNED(shelves_free) struct shelves *s = open_shelves(p, 1 << 20);
    struct table *paths = table_new();
    struct shelves_stats stats;
    double value = 1;

    add(s, 0, 0, 7);
    shelves_add(s, "sw0/cpu-2.rrd", SERIES_CPU, BEGIN_S * 1000, &value, 1);
    (void)table_put_text(paths, "sw0/cpu-2.rrd", paths);
    retire(p, s, 0, paths);
    shelves_stats(s, &stats);
    assert_int_equal(stats.waiting, 1);
    assert_int_equal(waiting_of(p, s, 0), 0);
    retire(p, s, 0, NULL);
    assert_true(run_until(p->base, octets_are, &(struct all_gone){s, 0}));
    shelves_stats(s, &stats);
    assert_int_equal(stats.waiting, 0);
    assert_int_equal(stats.written, 8);
}

static bool all_is_on_disk(void *arg)
{
    struct shelves_stats stats;

    shelves_stats(arg, &stats);
    return stats.written > 0 && stats.durable + 1 == stats.filling;
}

/* A limit on the size of files is a full disk, to whoever writes. */
static void full_disk_is_told_and_loses_nothing(void **state)
{
    enum { OCTETS = 2000 };
    struct place *p = *state;
    OWNED(shelves_free) struct shelves *s = open_shelves(p, 1 << 20);
    struct rlimit before, small;
    struct shelves_stats stats;

    log_open(LOG_LEVEL_ERROR, LOG_TO_JOURNAL);
    (void)signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    small = (struct rlimit){OCTETS, before.rlim_max};
    add(s, 0, 0, 10);
    assert_int_equal(waiting_of(p, s, 0), 10);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    add(s, 0, 10, 500);
    assert_int_equal(waiting_of(p, s, 0), 10);
    shelves_stats(s, &stats);
    assert_string_not_equal(stats.error, "");
    assert_int_equal(stats.written, 10);
    assert_int_equal(stats.waiting, 500);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_true(run_until(p->base, all_is_on_disk, s));
    assert_int_equal(waiting_of(p, s, 0), 500);
    shelves_stats(s, &stats);
    assert_int_equal(stats.dropped, 0);
    assert_int_equal(stats.written, 500);
}

/* What an earlier run left is counted in the background. */
static bool eight_wait(void *arg)
{
    struct shelves_stats stats;

    shelves_stats(arg, &stats);
    return stats.waiting == 8;
}

/* As after a power cut: the tail of a volume is half a block. */
static void spoilt_tail_is_left_out(void **state)
{
    struct place *p = *state;
    struct shelves *s = open_shelves(p, 1 << 20);
    char path[DIR_LEN];

    log_open(LOG_LEVEL_ERROR, LOG_TO_JOURNAL);
    path_of(0, path);
    add(s, 0, 0, 5);
    shelves_free(s);
    struct volume_name name = {shelves_of(path), 1};
    assert_int_equal(
        volume_append(p->dir, name, bytes_of_text("PLG1\1\2\3\4 and no more")),
        0);
    s = open_shelves(p, 1 << 20);
    add(s, 0, 5, 8);
    assert_int_equal(waiting_of(p, s, 0), 8);
    assert_true(run_until(p->base, eight_wait, s));
    shelves_free(s);
}

/* ---- with an rrdcached ---- */

static struct series *open_patient(struct place *p)
{
    struct series_options options = {
        .data_dir = p->dir, .step_ms = STEP_S * 1000, .hold_ms = HOUR_MS};
    struct series *s = NULL;

    assert_int_equal(series_new(p->base, &options, &s, NULL), 0);
    return s;
}

static void what_is_read_is_current_however_long_it_waits(void **state)
{
    enum { COUNT = 20 };
    struct place *p = *state;
    struct series_stats stats;

    p->series = open_patient(p);
    assert_true(run_until(p->base, is_ready, p->series));
    add_samples(p->series, 3, 0, COUNT);
    for (int n = COUNT; n < COUNT + 3; n++) {
        struct got got = fetch(p, 1, n, 0);

        assert_int_equal(got.result, 0);
        assert_int_equal(got.known, n);
        assert_int_equal(got.wrong, 0);
        add_samples(p->series, 3, n, n + 1);
    }
    series_stats(p->series, &stats);
    assert_int_equal(stats.created, 1);
    assert_int_equal(stats.waiting, 3 * (COUNT + 3));
    assert_int_equal(stats.refused, 0);
    assert_int_equal(stats.hold_ms, HOUR_MS);
}

/* Both are killed with everything still waiting. */
static void killed_station_loses_nothing_that_is_durable(void **state)
{
    enum { OBJECTS = 50, COUNT = 20 };
    struct place *p = *state;
    int ends[2];
    char octet = 0;

    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    if (child == 0) {
        event_reinit(p->base);
        p->series = open_patient(p);
        run_until(p->base, is_ready, p->series);
        add_samples(p->series, OBJECTS, 0, COUNT);
        uint64_t batch = series_batch(p->series);
        while (series_durable(p->series) < batch)
            event_base_loop(p->base, EVLOOP_ONCE);
        kill(rrdcached_of(p), SIGKILL);
        if (write(ends[1], &octet, 1) == 1)
            pause();
        _exit(0);
    }
    assert_int_equal(read(ends[0], &octet, 1), 1);
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    close(ends[0]);
    close(ends[1]);
    p->series = open_patient(p);
    assert_true(run_until(p->base, is_ready, p->series));
    for (int object = 0; object < OBJECTS; object++)
        assert_int_equal(fetch(p, object, COUNT, 0).known, COUNT);
}

static bool turns_are_over(void *arg)
{
    return mono_reached(mono_now(), *(const struct mono *)arg);
}

/* A directory in its place: it is there, and cannot be read. */
static void what_cannot_be_read_stays_until_it_can(void **state)
{
    enum { COUNT = 20, TURNS = 4 };
    struct place *p = *state;
    struct buffer OWNED_BUFFER volume = {0}, aside = {0};
    char path[DIR_LEN], spool[DIR_LEN + 8];

    log_open(LOG_LEVEL_ERROR, LOG_TO_JOURNAL);
    p->series = open_patient(p);
    add_samples(p->series, 1, 0, COUNT);
    series_free(TAKE(p->series)); /* they wait on disk */
    path_of(0, path);
    (void)snprintf(spool, sizeof spool, "%s/spool", p->dir);
    volume_path(spool, (struct volume_name){shelves_of(path), 1}, &volume);
    buffer_format(&aside, "%s/aside", p->dir);
    assert_int_equal(rename(volume.at, aside.at), 0);
    assert_int_equal(mkdir(volume.at, 0700), 0);

    p->series = open_series(p, NULL, 0);
    assert_true(run_until(p->base, is_ready, p->series));
    assert_int_equal(fetch(p, 0, COUNT, 0).result, -EIO);
    struct mono until = mono_after_ms(mono_now(), TURNS * HOLD_MS);
    assert_true(run_until(p->base, turns_are_over, &until));
    assert_int_equal(rmdir(volume.at), 0);
    assert_int_equal(rename(aside.at, volume.at), 0);
    until = mono_after_ms(mono_now(), TURNS * HOLD_MS);
    assert_true(run_until(p->base, turns_are_over, &until));
    assert_int_equal(fetch(p, 0, COUNT, 0).known, COUNT);
}

static void samples_wait_as_suits_the_files(void **state)
{
    (void)state;
    static const struct {
        uint64_t files;
        int64_t step_ms, hold_ms;
    } cases[] = {
        {0, 60000, 10000},        {100, 1000, 1000},
        {1999, 60000, 10000},     {12000, 60000, 60000},
        {315000, 60000, 1575000}, {700000, 300000, 1800000},
        {60000, 1000, 300000},    {5, 10, 1000},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        print_message("  %llu files each %lld ms\n",
                      (unsigned long long)cases[i].files,
                      (long long)cases[i].step_ms);
        assert_int_equal(porter_hold_ms(cases[i].files, cases[i].step_ms),
                         cases[i].hold_ms);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        PLACED(what_is_added_can_be_read_at_once),
        PLACED(what_is_done_with_goes_and_the_rest_stays),
        PLACED(full_disk_is_told_and_loses_nothing),
        PLACED(spoilt_tail_is_left_out),
        PLACED(what_is_read_is_current_however_long_it_waits),
        PLACED(killed_station_loses_nothing_that_is_durable),
        PLACED(what_cannot_be_read_stays_until_it_can),
        cmocka_unit_test(samples_wait_as_suits_the_files),
    };
    return cmocka_run_group_tests_name("series_shelves", tests, NULL, NULL);
}
