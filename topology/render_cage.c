#include "topology/render_cage.h"
#include "base/mem.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#if defined(__x86_64__)
#define CAGE_ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define CAGE_ARCH AUDIT_ARCH_AARCH64
#else
#define CAGE_ARCH 0 /* no filter: the limits hold */
#endif

/* Between the soft and the hard limit of CPU time: for the last words. */
enum { LAST_WORDS_S = 2 };

static int limit(__rlimit_resource_t what, rlim_t value, rlim_t grace)
{
    struct rlimit now;

    if (getrlimit(what, &now) < 0)
        return -errno;
    if (now.rlim_max != RLIM_INFINITY && now.rlim_max < value)
        value = now.rlim_max;
    now.rlim_cur = value;
    if (now.rlim_max == RLIM_INFINITY || now.rlim_max > value + grace)
        now.rlim_max = value + grace;
    return setrlimit(what, &now) < 0 ? -errno : 0;
}

/* Refuses (EPERM) a short list of system calls; everything else passes. */
static int filter_calls(void)
{
#define REFUSE(number)                                   \
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (number), 0, 1), \
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM)
    struct sock_filter filter[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, CAGE_ARCH, 1, 0),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        REFUSE(__NR_socket),
        REFUSE(__NR_socketpair),
        REFUSE(__NR_connect),
        REFUSE(__NR_execve),
        REFUSE(__NR_execveat),
        REFUSE(__NR_ptrace),
        REFUSE(__NR_kill),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
#undef REFUSE
    struct sock_fprog program = {(unsigned short)COUNT_OF(filter), filter};

    if (CAGE_ARCH == 0)
        return 0;
    return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) < 0 ? -errno
                                                                    : 0;
}

unsigned long cage_files(void)
{
    struct rlimit now;

    return getrlimit(RLIMIT_NOFILE, &now) < 0 ? 0 : now.rlim_cur;
}

int cage_enter(const struct cage_limits *limits)
{
    enum { FILES = 1 << 16, PICTURE_MB = 512 };
    int rc = limits->memory_mb == 0
                 ? 0
                 : limit(RLIMIT_AS, (rlim_t)limits->memory_mb << 20, 0);

    if (rc == 0)
        rc = limit(RLIMIT_CPU, limits->cpu_s, LAST_WORDS_S);
    if (rc == 0)
        rc = limit(RLIMIT_NOFILE, FILES, 0);
    if (rc == 0)
        rc = limit(RLIMIT_CORE, 0, 0);
    /* Standard output may be a file. */
    if (rc == 0)
        rc = limit(RLIMIT_FSIZE, (rlim_t)PICTURE_MB << 20, 0);
    if (rc == 0 && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
        rc = -errno;
    if (rc == 0) {
        int refused = filter_calls();

        /* A kernel without filters (EINVAL) still has the limits. */
        rc = refused == -EINVAL || refused == -ENOSYS ? 0 : refused;
    }
    return rc;
}
