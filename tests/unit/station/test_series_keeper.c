/* When the private rrdcached is killed. */
#include "station/series_keeper.h"

#include "base/file.h"
#include "base/log.h"
#include "series_scene.h"

#include <stdlib.h>

enum { LOOK_MS = 500 }; /* silence is told so often */

static bool it_runs(void *keeper)
{
    return keeper_pid(keeper) > 0;
}

struct watched {
    struct keeper *keeper;
    struct mono next;
    unsigned looks, enough;
    int64_t patience_ms; /* nobody connects; 0: it is silent */
};

/* Tells again and again that it is silent; true once it was started anew, or
 * after enough of that. */
static bool given_up(void *arg)
{
    struct watched *w = arg;

    if (mono_reached(mono_now(), w->next)) {
        if (w->patience_ms > 0)
            keeper_unreached(w->keeper, w->patience_ms);
        else
            keeper_silent(w->keeper);
        w->looks++;
        w->next = mono_after_ms(mono_now(), LOOK_MS);
    }
    return keeper_restarts(w->keeper) > 0 || w->looks >= w->enough;
}

/* This is what it starts instead of rrdcached. */
static void put_script(const struct place *p, const char *text)
{
    struct buffer OWNED_BUFFER script = {0}, OWNED_BUFFER path = {0};

    buffer_format(&script, "%s/rrdcached", p->dir);
    assert_int_equal(file_write(script.at, bytes_of_text(text), 0755), 0);
    buffer_format(&path, "%s:%s", p->dir, getenv("PATH"));
    assert_int_equal(setenv("PATH", path.at, 1), 0);
}

/* One that is busy is waited for; when it hangs it is
 * killed. */
static void one_that_works_is_not_killed(void **state)
{
    enum { WHILE_IT_WORKS = 4, MANY = 1000 };
    struct place *p = *state;
    OWNED(free) char *before = strdup(getenv("PATH"));
    OWNED(keeper_free) struct keeper *k = NULL;
    static const char busy[] = "#!/bin/sh\nwhile :; do :; done\n";

    put_script(p, busy);
    log_open(LOG_LEVEL_ERROR, LOG_TO_STDERR);
    assert_int_equal(keeper_new(p->base, p->dir, &k, NULL), 0);
    assert_true(run_until(p->base, it_runs, k));
    struct watched w = {.keeper = k, .enough = WHILE_IT_WORKS};
    w.next = mono_after_ms(mono_now(), LOOK_MS);
    assert_true(run_until(p->base, given_up, &w));
    assert_int_equal(keeper_restarts(k), 0);

    assert_int_equal(kill(keeper_pid(k), SIGSTOP), 0);
    w.enough = MANY;
    assert_true(run_until(p->base, given_up, &w));
    assert_int_equal(keeper_restarts(k), 1);
    assert_int_equal(setenv("PATH", before, 1), 0);
}

/* It hung before it listened. */
static void one_that_nobody_reaches_is_killed_in_time(void **state)
{
    enum { FEW = 3, MANY = 1000, LONG_MS = 3600000, SHORT_MS = 200 };
    struct place *p = *state;
    OWNED(free) char *before = strdup(getenv("PATH"));
    OWNED(keeper_free) struct keeper *k = NULL;

    put_script(p, "#!/bin/sh\nexec sleep 600\n");
    log_open(LOG_LEVEL_ERROR, LOG_TO_STDERR);
    assert_int_equal(keeper_new(p->base, p->dir, &k, NULL), 0);
    assert_true(run_until(p->base, it_runs, k));
    struct watched w = {.keeper = k, .enough = FEW, .patience_ms = LONG_MS};
    assert_true(run_until(p->base, given_up, &w));
    assert_int_equal(keeper_restarts(k), 0);
    w.patience_ms = SHORT_MS;
    w.enough = MANY;
    assert_true(run_until(p->base, given_up, &w));
    assert_int_equal(keeper_restarts(k), 1);
    assert_int_equal(setenv("PATH", before, 1), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(one_that_works_is_not_killed,
                                        make_place, drop_place),
        cmocka_unit_test_setup_teardown(
            one_that_nobody_reaches_is_killed_in_time, make_place, drop_place),
    };
    return cmocka_run_group_tests_name("series_keeper", tests, NULL, NULL);
}
