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
};

/* Tells again and again that it is silent; true once it was started anew, or
 * after enough of that. */
static bool given_up(void *arg)
{
    struct watched *w = arg;

    if (mono_reached(mono_now(), w->next)) {
        keeper_silent(w->keeper);
        w->looks++;
        w->next = mono_after_ms(mono_now(), LOOK_MS);
    }
    return keeper_restarts(w->keeper) > 0 || w->looks >= w->enough;
}

/* One that is busy is waited for; when it hangs it is
 * killed. */
static void one_that_works_is_not_killed(void **state)
{
    enum { WHILE_IT_WORKS = 4, MANY = 1000 };
    struct place *p = *state;
    OWNED_BUFFER struct buffer script = {0}, OWNED_BUFFER path = {0};
    OWNED(free) char *before = strdup(getenv("PATH"));
    OWNED(keeper_free) struct keeper *k = NULL;
    static const char busy[] = "#!/bin/sh\nwhile :; do :; done\n";

    buffer_format(&script, "%s/rrdcached", p->dir);
    assert_int_equal(file_write(script.at, bytes_of_text(busy), 0755), 0);
    buffer_format(&path, "%s:%s", p->dir, before);
    assert_int_equal(setenv("PATH", path.at, 1), 0);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(one_that_works_is_not_killed,
                                        make_place, drop_place),
    };
    return cmocka_run_group_tests_name("series_keeper", tests, NULL, NULL);
}
