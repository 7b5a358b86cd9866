/* Programs that are run: what they say, how they end, and that they do. */
#include "station/child.h"

#include "base/clock.h"
#include "base/mem.h"

#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include <cmocka.h>

#include <event2/event.h>

struct ended {
    bool told;
    int result, status;
    char output[64], errors[64];
    size_t len;
};

static void on_end(void *arg, const struct child_end *end)
{
    struct ended *e = arg;

    e->told = true;
    e->result = end->result;
    e->status = end->status;
    e->len = end->output->len;
    snprintf(e->output, sizeof e->output, "%.*s", (int)end->output->len,
             end->output->at != NULL ? end->output->at : "");
    snprintf(e->errors, sizeof e->errors, "%s", end->errors);
}

static struct ended run(const struct child_options *options)
{
    struct event_base *base = event_base_new();
    struct timeval limit = {.tv_sec = 20};
    struct ended e = {0};
    struct child *c;

    assert_int_equal(child_start(base, options, on_end, &e, &c), 0);
    event_base_loopexit(base, &limit);
    while (!e.told && !event_base_got_exit(base))
        event_base_loop(base, EVLOOP_ONCE);
    assert_true(e.told);
    event_base_free(base);
    return e;
}

static void programs_end_in_their_ways(void **state)
{
    (void)state;
    static const struct {
        const char *name, *script;
        int result, status;
        const char *output, *errors;
    } cases[] = {
        {"says something", "echo hello; echo oops >&2", 0, 0, "hello\n",
         "oops\n"},
        {"fails", "exit 3", 0, 3, "", ""},
        {"has no input", "cat; echo end", 0, 0, "end\n", ""},
        {"gets what is added", "echo $MARK", 0, 0, "added\n", ""},
        {"says too much", "yes", -EFBIG, 0, NULL, ""},
        {"takes too long", "exec sleep 60", -ETIMEDOUT, 0, "", ""},
        {"dies", "kill -9 $$", -EIO, 0, "", ""},
        {"closes its output first", "exec 1>&- 2>&-; exit 4", 0, 4, "", ""},
    };
    static const char *const env[] = {"MARK=added", NULL};

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const char *argv[] = {"sh", "-c", cases[i].script, NULL};
        struct child_options options = {
            .argv = argv, .env = env, .output_max = 1000, .time_max_ms = 300};

        print_message("  %s\n", cases[i].name);
        if (cases[i].result != -ETIMEDOUT)
            options.time_max_ms = 15000;
        struct ended e = run(&options);
        assert_int_equal(e.result, cases[i].result);
        assert_int_equal(e.status, cases[i].status);
        assert_string_equal(e.errors, cases[i].errors);
        if (cases[i].output != NULL)
            assert_string_equal(e.output, cases[i].output);
        assert_true(e.len <= 1000);
    }
}

static void missing_program_fails(void **state)
{
    (void)state;
    const char *argv[] = {"/nonexistent/program", NULL};
    struct child_options options = {.argv = argv};
    struct ended e = run(&options);

    assert_int_equal(e.result, 0);
    assert_true(e.status != 0);
    assert_string_not_equal(e.errors, "");
}

static void memory_is_limited(void **state)
{
    (void)state;
    const char *argv[] = {"sh", "-c", "sleep 0.2; ulimit -v", NULL};
    struct child_options options = {
        .argv = argv, .output_max = 100, .memory_max = (uint64_t)512 << 20};

    assert_string_equal(run(&options).output, "524288\n");
}

static void stopped_program_is_gone(void **state)
{
    (void)state;
    static const struct {
        const char *name, *script;
        int64_t grace_ms, limit_ms;
    } cases[] = {
        {"at once", "exec sleep 60", 0, 5000},
        {"when it is told to", "exec sleep 60", 30000, 10000},
        {"though it does not want to",
         "trap '' TERM; echo x; while :; do "
         "sleep 0.01; done",
         200, 10000},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const char *argv[] = {"sh", "-c", cases[i].script, NULL};
        struct child_options options = {.argv = argv};
        struct event_base *base = event_base_new();
        struct ended e = {0};
        struct child *c;

        print_message("  %s\n", cases[i].name);
        assert_int_equal(child_start(base, &options, on_end, &e, &c), 0);
        pid_t pid = child_pid(c);
        struct mono begin = mono_now();
        child_stop(c, cases[i].grace_ms);
        assert_true(mono_ms_between(begin, mono_now()) < cases[i].limit_ms);
        assert_true(kill(pid, 0) < 0 && errno == ESRCH);
        assert_false(e.told);
        event_base_free(base);
    }
}

static void a_program_that_a_limit_forbids_is_counted(void **state)
{
    (void)state;
    const char *argv[] = {"true", NULL};
    struct child_options options = {.argv = argv};
    struct event_base *base = event_base_new();
    uint64_t before = child_refusals();
    struct rlimit usual, none = {0};
    struct ended e = {0};
    struct child *c;

    assert_int_equal(getrlimit(RLIMIT_NOFILE, &usual), 0);
    none.rlim_max = usual.rlim_max;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
    int rc = child_start(base, &options, on_end, &e, &c);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &usual), 0);
    assert_int_equal(rc, -EMFILE);
    assert_null(c);
    assert_false(e.told);
    assert_int_equal(child_refusals(), before + 1);
    assert_int_equal(run(&options).status, 0);
    assert_int_equal(child_refusals(), before + 1);
    event_base_free(base);
}

/* What a child that talks said, octet n being n of a kind. */
struct heard {
    size_t count, wrong;
    struct ended ended;
};

enum { SAID = 3 << 20 };

static void on_said(void *arg, struct bytes output)
{
    struct heard *h = arg;

    for (size_t i = 0; i < output.len; i++)
        h->wrong += output.at[i] != (uint8_t)((h->count + i) % 251);
    h->count += output.len;
}

static void on_talk_end(void *arg, const struct child_end *end)
{
    on_end(&((struct heard *)arg)->ended, end);
}

/* All comes back in order though it is more than pipes hold; and what nobody
 * hears any more harms nobody. */
static void child_that_talks_is_heard(void **state)
{
    static const char *const argv[] = {"head", "-c", "3145728", NULL};
    struct child_options options = {.argv = argv, .said = on_said};
    struct event_base *base = event_base_new();
    uint8_t *said = mem_zero(SAID);
    struct heard h = {0};
    struct child *c;

    (void)state;
    for (size_t i = 0; i < SAID; i++)
        said[i] = (uint8_t)(i % 251);
    assert_int_equal(child_start(base, &options, on_talk_end, &h, &c), 0);
    for (size_t at = 0; at < SAID; at += SAID / 3)
        child_say(c, (struct bytes){said + at, SAID / 3});
    child_say(c, (struct bytes){said, SAID}); /* it reads no more of it */
    struct timeval limit = {.tv_sec = 20};
    event_base_loopexit(base, &limit);
    while (!h.ended.told && !event_base_got_exit(base))
        event_base_loop(base, EVLOOP_ONCE);
    assert_true(h.ended.told);
    assert_int_equal(h.ended.result, 0);
    assert_int_equal(h.count, SAID);
    assert_int_equal(h.wrong, 0);
    free(said);
    event_base_free(base);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(programs_end_in_their_ways),
        cmocka_unit_test(missing_program_fails),
        cmocka_unit_test(memory_is_limited),
        cmocka_unit_test(stopped_program_is_gone),
        cmocka_unit_test(a_program_that_a_limit_forbids_is_counted),
        cmocka_unit_test(child_that_talks_is_heard),
    };
    return cmocka_run_group_tests_name("child", tests, NULL, NULL);
}
