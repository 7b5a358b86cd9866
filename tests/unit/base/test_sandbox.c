/* Forbidden calls fail in each sandbox, and what is needed goes on. */
#include "base/file.h"
#include "base/mem.h"
#include "base/own.h"
#include "base/sandbox.h"
#include "base/sandbox_calls.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <cmocka.h>

#include <seccomp.h>

enum { ABSENT = 77, BAD = 1 };

/* In a process of its own, as a sandbox is for good. */
static void in_sandbox(enum sandbox_kind kind, int (*body)(void))
{
    int status;
    pid_t pid = fork();

    if (pid == 0) {
        int rc = sandbox_enter(kind);

        _exit(rc == -ENOSYS ? ABSENT : rc < 0 ? BAD : body());
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    if (WEXITSTATUS(status) == ABSENT)
        skip();
    assert_int_equal(WEXITSTATUS(status), 0);
}

struct call {
    const char *name;
    long number;
    long arguments[3];
};

/* What only an intruder wants of a station. */
static const struct call forbidden[] = {
    {"ptrace", SYS_ptrace, {PTRACE_TRACEME}},
    {"process_vm_readv", SYS_process_vm_readv, {1}},
    {"process_vm_writev", SYS_process_vm_writev, {1}},
    {"mount", SYS_mount, {0}},
    {"umount2", SYS_umount2, {0}},
    {"pivot_root", SYS_pivot_root, {0}},
    {"chroot", SYS_chroot, {(long)"/"}},
    {"unshare", SYS_unshare, {CLONE_NEWUSER}},
    {"setns", SYS_setns, {-1}},
    {"clone into a user namespace", SYS_clone, {CLONE_NEWUSER | SIGCHLD}},
    {"bpf", SYS_bpf, {0}},
    {"perf_event_open", SYS_perf_event_open, {0}},
    {"userfaultfd", SYS_userfaultfd, {0}},
    {"io_uring_setup", SYS_io_uring_setup, {1}},
    {"keyctl", SYS_keyctl, {0}},
    {"add_key", SYS_add_key, {0}},
    {"request_key", SYS_request_key, {0}},
    {"init_module", SYS_init_module, {0}},
    {"finit_module", SYS_finit_module, {-1}},
    {"delete_module", SYS_delete_module, {0}},
    {"kexec_load", SYS_kexec_load, {0}},
    {"reboot", SYS_reboot, {0}},
    {"swapon", SYS_swapon, {0}},
    {"acct", SYS_acct, {0}},
    {"syslog", SYS_syslog, {3}},
    {"settimeofday", SYS_settimeofday, {0}},
    {"clock_settime", SYS_clock_settime, {0}},
    {"adjtimex", SYS_adjtimex, {0}},
    {"sethostname", SYS_sethostname, {0}},
    {"quotactl", SYS_quotactl, {0}},
    {"open_by_handle_at", SYS_open_by_handle_at, {-1}},
    {"socket of packets", SYS_socket, {AF_PACKET, SOCK_RAW, 0}},
    {"socket of bluetooth", SYS_socket, {AF_BLUETOOTH, SOCK_RAW, 0}},
    {"socket of vsock", SYS_socket, {AF_VSOCK, SOCK_STREAM, 0}},
};

static int are_refused(const struct call *calls, size_t count)
{
    int bad = 0;

    for (size_t i = 0; i < count; i++) {
        const struct call *c = &calls[i];

        errno = 0;
        long rc = syscall(c->number, c->arguments[0], c->arguments[1],
                          c->arguments[2], 0, 0, 0);
        if (rc != -1 || errno != EPERM) {
            print_error("%s: %ld, %s\n", c->name, rc, strerror(errno));
            bad = BAD;
        }
    }
    return bad;
}

static void *turn(void *arg)
{
    int *from = arg;

    *from = getpid();
    return NULL;
}

static bool threads_work(void)
{
    pthread_t thread;
    int from = 0;

    return pthread_create(&thread, NULL, turn, &from) == 0 &&
           pthread_join(thread, NULL) == 0 && from == getpid();
}

static bool may_be_run(void)
{
    void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
                      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    void *other = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    return page != MAP_FAILED || other == MAP_FAILED ||
           mprotect(other, 4096, PROT_READ | PROT_EXEC) == 0;
}

static bool starts_processes(void)
{
    char *const argv[] = {(char *)(uintptr_t) "true", NULL};
    pid_t pid = fork();

    if (pid == 0)
        _exit(0);
    if (pid > 0)
        (void)waitpid(pid, NULL, 0);
    return pid >= 0 || execv("/bin/true", argv) == 0 || errno != EPERM;
}

static int as_the_station(void)
{
    static const struct call more[] = {
        {"execveat", SYS_execveat, {-1}},
        {"vfork", SYS_vfork, {0}},
        {"personality", SYS_personality, {0}},
        {"setuid", SYS_setuid, {0}},
        {"capset", SYS_capset, {0}},
        {"mknodat", SYS_mknodat, {AT_FDCWD, (long)"/tmp/x", 0}},
        {"ioctl TIOCSTI", SYS_ioctl, {0, 0x5412}},
        {"prctl PR_SET_DUMPABLE", SYS_prctl, {PR_SET_DUMPABLE, 1}},
    };
    char name[] = "/tmp/portolan-sandbox-XXXXXX", news[64];
    int fd = mkstemp(name), udp = socket(AF_INET6, SOCK_DGRAM, 0);

    if (fd < 0 || write(fd, "x", 1) != 1 || fsync(fd) < 0 || unlink(name) < 0)
        return BAD + 1;
    if (udp < 0 && errno != EAFNOSUPPORT)
        return BAD + 2;
    if (!threads_work() || may_be_run() || starts_processes())
        return BAD + 3;
    uint64_t before = sandbox_refused();
    if (are_refused(forbidden, COUNT_OF(forbidden)) != 0 ||
        are_refused(more, COUNT_OF(more)) != 0)
        return BAD + 4;
    if (sandbox_refused() < before + COUNT_OF(forbidden))
        return BAD + 5;
    if (!sandbox_news(news) || !sandbox_news(news) || !sandbox_is_in_force())
        return BAD + 6;
    while (sandbox_news(news))
        ;
    errno = 0; /* one that only a kernel of tomorrow has */
    if (syscall(9999) != -1 || errno != ENOSYS)
        return BAD + 7;
    return 0;
}

static int as_a_program(void)
{
    char *const argv[] = {(char *)(uintptr_t) "sh", (char *)(uintptr_t) "-c",
                          (char *)(uintptr_t) "sort /etc/passwd | head -1 "
                                              ">/dev/null; exit 3",
                          NULL};
    int status;
    pid_t pid = fork();

    if (pid == 0)
        (void)execv("/bin/sh", argv);
    if (pid < 0 || waitpid(pid, &status, 0) != pid || !WIFEXITED(status) ||
        WEXITSTATUS(status) != 3)
        return BAD + 1;
    return threads_work() ? are_refused(forbidden, COUNT_OF(forbidden))
                          : BAD + 2;
}

static int as_the_renderer(void)
{
    static const struct call more[] = {
        {"socket", SYS_socket, {AF_UNIX, SOCK_STREAM, 0}},
        {"socket of IP", SYS_socket, {AF_INET, SOCK_STREAM, 0}},
        {"connect", SYS_connect, {-1}},
        {"kill", SYS_kill, {1}},
        {"execve", SYS_execve, {(long)"/bin/true"}},
        {"execveat", SYS_execveat, {-1}},
        {"unlink", SYS_unlink, {(long)"/tmp/nothing"}},
        {"rename", SYS_rename, {(long)"/tmp/nothing", (long)"/tmp/x"}},
        {"mkdir", SYS_mkdir, {(long)"/tmp/nothing"}},
        {"truncate", SYS_truncate, {(long)"/tmp/nothing"}},
        {"chmod", SYS_chmod, {(long)"/tmp/nothing"}},
        {"creat", SYS_creat, {(long)"/tmp/nothing"}},
        {"openat to write",
         SYS_openat,
         {AT_FDCWD, (long)"/tmp/nothing", O_WRONLY | O_CREAT}},
        {"openat to change", SYS_openat, {AT_FDCWD, (long)"/tmp", O_RDWR}},
        {"open to append", SYS_open, {(long)"/tmp/nothing", O_APPEND}},
    };
    int fd = open("/etc/passwd", O_RDONLY | O_CLOEXEC);
    int null = open("/dev/null", O_WRONLY | O_CREAT | O_TRUNC, 0666);

    if (fd < 0 || !threads_work() || may_be_run() || starts_processes())
        return BAD + 1;
    if (null < 0 || write(null, "x", 1) != 1)
        return BAD + 2;
    return are_refused(forbidden, COUNT_OF(forbidden)) |
           are_refused(more, COUNT_OF(more));
}

static void the_station_makes_the_calls_of_its_list(void **state)
{
    (void)state;
    in_sandbox(SANDBOX_STATION, as_the_station);
}

static void programs_make_those_of_ordinary_ones(void **state)
{
    (void)state;
    in_sandbox(SANDBOX_PROGRAMS, as_a_program);
}

static void the_renderer_reads_files_alone(void **state)
{
    (void)state;
    in_sandbox(SANDBOX_RENDER, as_the_renderer);
}

static void *wait_and_try(void *arg)
{
    int *line = arg;
    char go;

    if (read(line[0], &go, 1) == 1 && syscall(SYS_keyctl, 0, 0, 0) == -1 &&
        errno == EPERM)
        line[1] = 0;
    return NULL;
}

/* Started before: the filter holds for it all the same. */
static void threads_that_run_are_in_it_too(void **state)
{
    (void)state;
    int status;
    pid_t pid = fork();

    if (pid == 0) {
        pthread_t thread;
        int ends[2], line[2] = {0, BAD};

        if (pipe(ends) < 0)
            _exit(BAD);
        line[0] = ends[0];
        (void)pthread_create(&thread, NULL, wait_and_try, line);
        int rc = sandbox_enter(SANDBOX_STATION);
        if (rc < 0 || write(ends[1], "g", 1) != 1)
            _exit(rc == -ENOSYS ? ABSENT : BAD);
        (void)pthread_join(thread, NULL);
        _exit(line[1]);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    if (WIFEXITED(status) && WEXITSTATUS(status) == ABSENT)
        skip();
    assert_int_equal(status, 0);
}

/* ---- machines that this one is not ---- */

/* The filter of a kind, as the library writes it for people. */
static void write_down(enum sandbox_kind kind, uint32_t machine,
                       struct buffer *out)
{
    char name[] = "/tmp/portolan-sandbox-XXXXXX";
    int fd = mkstemp(name);
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));

    assert_true(fd >= 0);
    assert_non_null(filter);
    if (machine != seccomp_arch_native()) {
        assert_int_equal(seccomp_arch_remove(filter, SCMP_ARCH_NATIVE), 0);
        assert_int_equal(seccomp_arch_add(filter, machine), 0);
    }
    assert_int_equal(sandbox_fill(filter, kind, machine), 0);
    assert_int_equal(seccomp_export_pfc(filter, fd), 0);
    seccomp_release(filter);
    assert_int_equal(file_read(name, 1 << 20, out), 0);
    assert_int_equal(unlink(name), 0);
    close(fd);
}

/* The rules of one call, up to those of the next; NULL: none. */
static char *rules_of(const struct buffer *filter, const char *call)
{
    struct buffer OWNED_BUFFER begin = {0};

    buffer_format(&begin, "filter for syscall \"%s\"", call);
    const char *at = strstr(filter->at, begin.at);
    if (at == NULL)
        return NULL;
    const char *end = strstr(at + 1, "filter for syscall ");
    return mem_text_of(at, end != NULL ? (size_t)(end - at) : strlen(at));
}

static const struct machine {
    uint32_t token;
    const char *maps;  /* the call that memory is had by */
    bool limited;      /* to pages that are not written and run */
    const char *flags; /* where those of clone(2) are */
} machines[] = {
    {SCMP_ARCH_X86_64, "mmap", true, "$a0"},
    {SCMP_ARCH_AARCH64, "mmap", true, "$a0"},
    {SCMP_ARCH_RISCV64, "mmap", true, "$a0"},
    {SCMP_ARCH_PPC64LE, "mmap", true, "$a0"},
    {SCMP_ARCH_X86, "mmap2", true, "$a0"},
    {SCMP_ARCH_ARM, "mmap2", true, "$a0"},
    {SCMP_ARCH_S390X, "mmap", false, "$a1"},
};

/* Without it no thread, no library and no large block of memory is had. */
static void each_machine_can_map_memory(void **state)
{
    static const enum sandbox_kind kinds[] = {SANDBOX_STATION, SANDBOX_RENDER};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(machines) * COUNT_OF(kinds); i++) {
        const struct machine *m = &machines[i / COUNT_OF(kinds)];
        struct buffer OWNED_BUFFER filter = {0};

        write_down(kinds[i % COUNT_OF(kinds)], m->token, &filter);
        OWNED(free) char *rules = rules_of(&filter, m->maps);
        assert_non_null(rules);
        assert_int_equal(strstr(rules, "$a2") != NULL, m->limited);
    }
}

static void each_machine_has_its_flags_of_clone_looked_at(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(machines) * SANDBOX_KINDS; i++) {
        const struct machine *m = &machines[i / SANDBOX_KINDS];
        struct buffer OWNED_BUFFER filter = {0};

        write_down((enum sandbox_kind)(i % SANDBOX_KINDS), m->token, &filter);
        OWNED(free) char *rules = rules_of(&filter, "clone");
        assert_non_null(rules);
        assert_non_null(strstr(rules, m->flags));
    }
}

/* What it would be asked stands in memory, where no filter looks. */
static void a_call_that_cannot_be_looked_into_is_left_out(void **state)
{
    struct buffer OWNED_BUFFER filter = {0};

    (void)state;
    write_down(SANDBOX_STATION, SCMP_ARCH_X86, &filter);
    OWNED(free) char *rules = rules_of(&filter, "mmap");
    assert_null(rules);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_station_makes_the_calls_of_its_list),
        cmocka_unit_test(programs_make_those_of_ordinary_ones),
        cmocka_unit_test(the_renderer_reads_files_alone),
        cmocka_unit_test(threads_that_run_are_in_it_too),
        cmocka_unit_test(each_machine_can_map_memory),
        cmocka_unit_test(each_machine_has_its_flags_of_clone_looked_at),
        cmocka_unit_test(a_call_that_cannot_be_looked_into_is_left_out),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
