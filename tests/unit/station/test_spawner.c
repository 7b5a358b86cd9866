/* The process that starts programs: what it starts, and what it does not. */
#include "station/spawner.h"

#include "base/bytes.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static bool permits(void *arg, const char *program)
{
    (void)arg;
    return strcmp(program, "sh") == 0 || strcmp(program, "/no/such") == 0;
}

struct ran {
    int rc, status;
    char said[200];
};

static struct ran run(struct spawner *s, const char *const *argv,
                      const char *const *env, uint64_t memory)
{
    struct ran r = {.status = -1};
    int out[2], in = open("/dev/null", O_RDONLY | O_CLOEXEC);
    pid_t pid = 0;

    assert_int_equal(pipe2(out, O_CLOEXEC), 0);
    const struct spawner_order order = {argv, env, in, out[1], out[1], memory};
    r.rc = spawner_start(s, &order, &pid);
    close(out[1]);
    close(in);
    if (r.rc == 0) {
        ssize_t len, at = 0;

        while ((len = read(out[0], r.said + at,
                           sizeof r.said - 1 - (size_t)at)) > 0)
            at += len;
        /* It is ours to wait for, although another made it. */
        assert_int_equal(waitpid(pid, &r.status, 0), pid);
    }
    close(out[0]);
    return r;
}

static struct ran script(struct spawner *s, const char *text,
                         const char *const *env)
{
    const char *const argv[] = {"sh", "-c", text, NULL};

    return run(s, argv, env, 0);
}

static int open_one(void **state)
{
    return spawner_new(permits, NULL, (struct spawner **)state);
}

static int close_it(void **state)
{
    spawner_free(*state);
    return 0;
}

static void what_is_permitted_runs_as_a_child_of_ours(void **state)
{
    static const char *const env[] = {"PORTOLAN_TEXT=a b", "LC_ALL=C", NULL};
    char mine[32];
    struct ran r =
        script(*state, "echo $PPID; echo \"$PORTOLAN_TEXT\"; exit 5", env);

    assert_int_equal(r.rc, 0);
    assert_int_equal(WEXITSTATUS(r.status), 5);
    (void)snprintf(mine, sizeof mine, "%d\na b\n", (int)getpid());
    assert_string_equal(r.said, mine);
}

static void it_has_nothing_open_but_its_three(void **state)
{
    struct ran r = script(*state, "ls /proc/self/fd | tr '\\n' ' '", NULL);

    assert_int_equal(r.rc, 0);
    assert_string_equal(r.said, "0 1 2 3 "); /* the last is that of ls */
}

static void what_is_not_permitted_is_refused(void **state)
{
    static const char *const other[] = {"/bin/true", NULL};
    static const char *const missing[] = {"/no/such", NULL};
    static const char *const bad[] = {"LD_PRELOAD=/tmp/x.so", NULL};
    static const char *const path[] = {"PATH=/tmp", NULL};

    assert_int_equal(run(*state, other, NULL, 0).rc, -EPERM);
    assert_int_equal(run(*state, missing, NULL, 0).rc, -ENOENT);
    assert_int_equal(script(*state, "true", bad).rc, -EPERM);
    assert_int_equal(script(*state, "true", path).rc, -EPERM);
    assert_int_equal(script(*state, "true", NULL).rc, 0);
}

static void it_is_held_to_its_memory(void **state)
{
    enum { MB = 64 };
    const char *const argv[] = {"sh", "-c", "ulimit -v", NULL};
    struct ran r = run(*state, argv, NULL, (uint64_t)MB << 20);

    assert_int_equal(r.rc, 0);
    assert_int_equal(atoi(r.said), MB << 10);
}

static void long_texts_arrive(void **state)
{
    struct buffer OWNED_BUFFER text = {0};
    struct ran r;

    buffer_text(&text, "PORTOLAN_TEXT=");
    for (unsigned i = 0; i < 100000; i++)
        buffer_char(&text, 'x');
    const char *const env[] = {text.at, NULL};
    r = script(*state, "echo ${#PORTOLAN_TEXT}", env);
    assert_int_equal(r.rc, 0);
    assert_string_equal(r.said, "100000\n");
}

static void that_it_is_gone_is_seen(void **state)
{
    (void)state;
    struct spawner *s;

    assert_int_equal(spawner_new(permits, NULL, &s), 0);
    struct pollfd gone = {.fd = spawner_fd(s), .events = POLLIN};
    assert_int_equal(poll(&gone, 1, 0), 0);
    struct ran r = script(s, "kill -9 $(pgrep -P $PPID portoland-start)", NULL);
    if (r.rc == 0)
        assert_int_equal(poll(&gone, 1, 10000), 1);
    assert_int_equal(script(s, "true", NULL).rc, -EPIPE);
    spawner_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_permitted_runs_as_a_child_of_ours),
        cmocka_unit_test(it_has_nothing_open_but_its_three),
        cmocka_unit_test(what_is_not_permitted_is_refused),
        cmocka_unit_test(it_is_held_to_its_memory),
        cmocka_unit_test(long_texts_arrive),
    };
    const struct CMUnitTest alone[] = {
        cmocka_unit_test(that_it_is_gone_is_seen),
    };

    return cmocka_run_group_tests(tests, open_one, close_it) +
           cmocka_run_group_tests(alone, NULL, NULL);
}
