/* A crash leaves word of itself, and the next start finds it once. */
#include "base/crash.h"
#include "base/file.h"

#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum { SECOND_AFTER_US = 200000 };

static int make_dir(void **state)
{
    static char dir[64];

    (void)snprintf(dir, sizeof dir, "/tmp/portolan-crash-XXXXXX");
    *state = mkdtemp(dir);
    return *state == NULL;
}

static int remove_dir(void **state)
{
    char command[100];

    (void)snprintf(command, sizeof command, "rm -rf %s", (char *)*state);
    return system(command);
}

static unsigned deep(unsigned n)
{
    volatile char room[4096];

    room[n % sizeof room] = (char)n;
    return n == 0 ? (unsigned)room[0] : deep(n + 1) + (unsigned)room[1];
}

static void *deep_thread(void *arg)
{
    struct crash_stack stack;

    (void)arg;
    crash_watch_thread(&stack);
    return (void *)(uintptr_t)deep(1);
}

static void in_a_thread(void *(*body)(void *))
{
    pthread_t thread;

    if (pthread_create(&thread, NULL, body, NULL) == 0)
        (void)pthread_join(thread, NULL);
    _exit(0);
}

/* The status of a process that ends in that way; its words in dir/said. */
static int crash(const char *dir, const char *how)
{
    static const struct rlimit none = {0, 0};
    char said[128];
    int status;
    pid_t pid;

    (void)snprintf(said, sizeof said, "%s/said", dir);
    pid = fork();
    if (pid == 0) {
        int fd = open(said, O_WRONLY | O_CREAT | O_TRUNC, 0600);
        int *volatile nowhere = (int *)16;

        (void)dup2(fd, STDERR_FILENO);
        (void)setrlimit(RLIMIT_CORE, &none);
        crash_watch(dir);
        if (strcmp(how, "reads nowhere") == 0)
            _exit(*nowhere);
        if (strcmp(how, "overflows its stack") == 0)
            _exit((int)deep(1));
        if (strcmp(how, "overflows that of a thread") == 0)
            in_a_thread(deep_thread);
        if (strcmp(how, "aborts") == 0)
            abort();
        (void)kill(getpid(), SIGBUS);
        _exit(0);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return status;
}

static void it_leaves_word_and_is_told_once(void **state)
{
    static const struct {
        const char *how;
        int signal;
        const char *word;
    } cases[] = {
        {"reads nowhere", SIGSEGV, "SIGSEGV at address 0x10,"},
        {"overflows its stack", SIGSEGV, "SIGSEGV at address 0x"},
        {"overflows that of a thread", SIGSEGV, "SIGSEGV at address 0x"},
        {"aborts", SIGABRT, "SIGABRT, thread"},
        {"is told to", SIGBUS, "SIGBUS, thread"},
    };
    const char *dir = *state;
    char said[128];

#ifdef SANITIZED
    skip(); /* the sanitizer tells */
#endif
    (void)snprintf(said, sizeof said, "%s/said", dir);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct buffer OWNED_BUFFER log = {0};
        struct buffer OWNED_BUFFER file = {0};
        struct stat st;
        struct crash c;
        size_t count;
        int status = crash(dir, cases[i].how);

        print_message("  %s\n", cases[i].how);
        assert_true(WIFSIGNALED(status));
        assert_int_equal(WTERMSIG(status), cases[i].signal);
        assert_true(crash_earlier(dir, &c, &count));
        assert_int_equal(count, 1);
        assert_non_null(strstr(c.words, cases[i].word));
        assert_int_equal(file_read(said, 1 << 20, &log), 0);
        assert_non_null(strstr(log.at, cases[i].word));
        assert_non_null(strstr(log.at, "test_crash"));
        assert_int_equal(file_read(c.path, 1 << 20, &file), 0);
        assert_non_null(strstr(file.at, "test_crash")); /* where it was */
        assert_int_equal(stat(c.path, &st), 0);
        assert_int_equal(st.st_mode & 077, 0);
        assert_false(crash_earlier(dir, &c, NULL));
    }
}

static void *crash_thread(void *arg)
{
    (void)arg;
    (void)usleep(SECOND_AFTER_US);
    abort();
}

/* The first one waits for whoever reads its words; the second comes then. */
static _Noreturn void crash_twice(const char *dir, int words)
{
    static const struct rlimit none = {0, 0};
    pthread_t thread;

    (void)setrlimit(RLIMIT_CORE, &none);
    (void)fcntl(words, F_SETFL, O_NONBLOCK);
    while (write(words, "x", 1) == 1)
        ;
    (void)fcntl(words, F_SETFL, 0);
    (void)dup2(words, STDERR_FILENO);
    crash_watch(dir);
    (void)pthread_create(&thread, NULL, crash_thread, NULL);
    abort();
}

static void a_second_crash_leaves_the_first_one_its_words(void **state)
{
    int line[2], status;
    char room[4096];
    struct crash c;
    struct buffer OWNED_BUFFER file = {0};

#ifdef SANITIZED
    skip(); /* the sanitizer tells */
#endif
    assert_int_equal(pipe(line), 0);
    pid_t pid = fork();
    if (pid == 0)
        crash_twice(*state, line[1]);
    (void)close(line[1]);
    (void)usleep(2 * SECOND_AFTER_US);
    while (read(line[0], room, sizeof room) > 0)
        ;
    (void)close(line[0]);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFSIGNALED(status));
    assert_true(crash_earlier(*state, &c, NULL));
    assert_int_equal(file_read(c.path, 1 << 20, &file), 0);
    assert_non_null(strstr(file.at, "test_crash")); /* where it was */
}

static void old_ones_make_room(void **state)
{
    char path[128];
    struct crash c;
    size_t count;

    for (int i = 0; i < 25; i++) {
        (void)snprintf(path, sizeof path, "%s/crash-%d-1.txt", (char *)*state,
                       2000000000 + i);
        assert_int_equal(
            file_write(path, (struct bytes){(const uint8_t *)"x\033[m\ny", 7},
                       0600),
            0);
    }
    assert_true(crash_earlier(*state, &c, &count));
    assert_int_equal(count, 25);
    assert_non_null(strstr(c.path, "crash-2000000024-1.txt"));
    assert_string_equal(c.words, "x[m");
    assert_int_not_equal(access(path, F_OK), -1);
    (void)snprintf(path, sizeof path, "%s/crash-2000000014-1.txt",
                   (char *)*state);
    assert_int_equal(access(path, F_OK), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_leaves_word_and_is_told_once),
        cmocka_unit_test(a_second_crash_leaves_the_first_one_its_words),
        cmocka_unit_test(old_ones_make_room),
    };

    return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
