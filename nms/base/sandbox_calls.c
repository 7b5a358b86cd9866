#include "base/sandbox_calls.h"

#include <fcntl.h>
#include <sched.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#include <linux/sockios.h>
#include <sys/ioctl.h>

/* What every program with threads does: memory, time, waiting, its open
 * descriptors, its own signals. */
static const char *const common[] = {
    /* memory; how pages may be mapped is said elsewhere */
    "brk", "munmap", "mremap", "madvise", "mincore", "mlock", "mlock2",
    "munlock", "membarrier", "msync", "map_shadow_stack", "get_mempolicy",
    /* time */
    "clock_gettime", "clock_gettime64", "clock_getres", "clock_getres_time64",
    "clock_nanosleep", "clock_nanosleep_time64", "gettimeofday", "nanosleep",
    "time", "times", "alarm", "setitimer", "getitimer", "timerfd_create",
    "timerfd_settime", "timerfd_settime64", "timerfd_gettime",
    "timerfd_gettime64", "timer_create", "timer_settime", "timer_settime64",
    "timer_gettime", "timer_gettime64", "timer_delete", "timer_getoverrun",
    /* waiting */
    "poll", "ppoll", "ppoll_time64", "select", "_newselect", "pselect6",
    "pselect6_time64", "epoll_create", "epoll_create1", "epoll_ctl",
    "epoll_wait", "epoll_pwait", "epoll_pwait2", "eventfd", "eventfd2",
    "signalfd", "signalfd4", "pause", "restart_syscall",
    /* descriptors that are open */
    "read", "readv", "pread64", "preadv", "preadv2", "write", "writev",
    "pwrite64", "pwritev", "pwritev2", "lseek", "_llseek", "close",
    "close_range", "dup", "dup2", "dup3", "fcntl", "fcntl64", "pipe", "pipe2",
    "fstat", "fstat64", "memfd_create", "fadvise64", "fadvise64_64",
    "readahead", "sendfile", "sendfile64",
    /* threads and signals of its own */
    "futex", "futex_time64", "futex_wait", "futex_wake", "futex_requeue",
    "futex_waitv", "set_robust_list", "get_robust_list", "set_tid_address",
    "rseq", "gettid", "getpid", "getppid", "getpgrp", "getpgid", "getsid",
    "getuid", "getuid32", "geteuid", "geteuid32", "getgid", "getgid32",
    "getegid", "getegid32", "getresuid", "getresuid32", "getresgid",
    "getresgid32", "getgroups", "getgroups32", "getrusage", "getrlimit",
    "ugetrlimit", "getpriority", "setpriority", "getcpu", "sched_yield",
    "sched_getaffinity", "sched_getparam", "sched_getscheduler",
    "sched_get_priority_max", "sched_get_priority_min", "sched_rr_get_interval",
    "sched_rr_get_interval_time64", "sigaltstack", "rt_sigaction",
    "rt_sigprocmask", "rt_sigpending", "rt_sigreturn", "rt_sigsuspend",
    "rt_sigtimedwait", "rt_sigtimedwait_time64", "sigaction", "sigprocmask",
    "sigreturn", "tgkill", "exit", "exit_group", "arch_prctl",
    "set_thread_area", "get_thread_area", "capget", "uname", "sysinfo",
    "getrandom", NULL};

/* Files are looked at and, but for open(2), read. */
static const char *const files[] = {
    "access",     "faccessat",  "faccessat2", "stat",       "stat64",
    "lstat",      "lstat64",    "newfstatat", "fstatat64",  "statx",
    "statfs",     "statfs64",   "fstatfs",    "fstatfs64",  "readlink",
    "getcwd",     "readlinkat", "getdents",   "getdents64", "getxattr",
    "flock",      "lgetxattr",  "fgetxattr",  "listxattr",  "llistxattr",
    "flistxattr", "umask",      "cachestat",  NULL};

/* Files are made, changed and removed. */
static const char *const changes[] = {"open",
                                      "openat",
                                      "openat2",
                                      "creat",
                                      "rename",
                                      "renameat",
                                      "renameat2",
                                      "link",
                                      "linkat",
                                      "symlink",
                                      "symlinkat",
                                      "unlink",
                                      "unlinkat",
                                      "mkdir",
                                      "mkdirat",
                                      "rmdir",
                                      "truncate",
                                      "truncate64",
                                      "ftruncate",
                                      "ftruncate64",
                                      "fallocate",
                                      "fsync",
                                      "fdatasync",
                                      "sync_file_range",
                                      "sync",
                                      "syncfs",
                                      "copy_file_range",
                                      "chmod",
                                      "fchmod",
                                      "fchmodat",
                                      "fchmodat2",
                                      "utime",
                                      "utimes",
                                      "utimensat",
                                      "utimensat_time64",
                                      "futimesat",
                                      "chdir",
                                      "fchdir",
                                      NULL};

/* Sockets that are there are used. */
static const char *const network[] = {
    "connect",         "bind",       "listen",      "accept",
    "accept4",         "shutdown",   "getsockname", "getpeername",
    "getsockopt",      "setsockopt", "sendto",      "sendmsg",
    "sendmmsg",        "recvfrom",   "recvmsg",     "recvmmsg",
    "recvmmsg_time64", "send",       "recv",        NULL};

/* Children are watched, waited for, limited and ended. */
static const char *const family[] = {
    "kill",      "wait4",      "waitid",
    "waitpid",   "pidfd_open", "pidfd_send_signal",
    "prlimit64", "setrlimit",  NULL};

/* What ordinary programs need beyond. */
static const char *const programs[] = {
    /* starting others */
    "execve", "execveat", "fork", "vfork", "setsid", "setpgid", "prctl", "mmap",
    "mmap2", "mprotect", "pkey_alloc", "pkey_free", "pkey_mprotect",
    "remap_file_pages", "mlockall", "munlockall", "personality", "seccomp",
    /* what it gives itself */
    "setuid", "setuid32", "setgid", "setgid32", "setreuid", "setreuid32",
    "setregid", "setregid32", "setresuid", "setresuid32", "setresgid",
    "setresgid32", "setfsuid", "setfsuid32", "setfsgid", "setfsgid32",
    "setgroups", "setgroups32", "capset", "ioprio_get", "ioprio_set",
    "sched_setaffinity", "sched_setparam", "sched_setscheduler",
    "sched_setattr", "sched_getattr", "landlock_create_ruleset",
    "landlock_add_rule", "landlock_restrict_self", "mbind", "set_mempolicy",
    /* terminals, files, messages */
    "ioctl", "mknod", "mknodat", "chown", "chown32", "fchown", "fchown32",
    "lchown", "lchown32", "fchownat", "setxattr", "lsetxattr", "fsetxattr",
    "removexattr", "lremovexattr", "fremovexattr", "splice", "tee", "vmsplice",
    "inotify_init", "inotify_init1", "inotify_add_watch", "inotify_rm_watch",
    "tkill", "rt_sigqueueinfo", "rt_tgsigqueueinfo", "name_to_handle_at",
    "socketcall", "ipc", "shmget", "shmat", "shmdt", "shmctl", "semget",
    "semop", "semctl", "semtimedop", "msgget", "msgsnd", "msgrcv", "msgctl",
    "mq_open", "mq_unlink", "mq_timedsend", "mq_timedreceive", "mq_notify",
    "mq_getsetattr", "io_setup", "io_destroy", "io_submit", "io_cancel",
    "io_getevents", NULL};

/* ---- calls that depend on what they are asked ---- */

#define ANY UINT32_MAX

static const struct sandbox_form no_pages_written_and_run[] = {
    {"mmap", 2, PROT_WRITE | PROT_EXEC, 0},
    {"mmap", 2, PROT_WRITE | PROT_EXEC, PROT_WRITE},
    {"mmap", 2, PROT_WRITE | PROT_EXEC, PROT_EXEC},
    {"mmap2", 2, PROT_WRITE | PROT_EXEC, 0}, /* of machines of 32 bits */
    {"mmap2", 2, PROT_WRITE | PROT_EXEC, PROT_WRITE},
    {"mmap2", 2, PROT_WRITE | PROT_EXEC, PROT_EXEC},
    {"mprotect", 2, PROT_EXEC, 0},
    {NULL, 0, 0, 0},
};

static const struct sandbox_form threads_alone[] = {
    {"clone", 0, CLONE_THREAD, CLONE_THREAD},
    {NULL, 0, 0, 0},
};

static const struct sandbox_form no_namespaces[] = {
    {"clone", 0,
     CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC |
         CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET,
     0},
    {NULL, 0, 0, 0},
};

static const struct sandbox_form sockets[] = {
    {"socket", 0, ANY, AF_UNIX},     {"socket", 0, ANY, AF_INET},
    {"socket", 0, ANY, AF_INET6},    {"socket", 0, ANY, AF_NETLINK},
    {"socketpair", 0, ANY, AF_UNIX}, {NULL, 0, 0, 0},
};

static const struct sandbox_form of_station[] = {
    {"ioctl", 1, ANY, FIONREAD},
    {"ioctl", 1, ANY, FIONBIO},
    {"ioctl", 1, ANY, TCGETS},
    {"ioctl", 1, ANY, SIOCGIFNAME},
    {"ioctl", 1, ANY, SIOCGIFINDEX},
    {"ioctl", 1, ANY, SIOCGIFFLAGS},
    {"ioctl", 1, ANY, SIOCGIFHWADDR},
    {"ioctl", 1, ANY, SIOCGIFMTU},
    {"prctl", 0, ANY, PR_SET_NAME},
    {"prctl", 0, ANY, PR_GET_NAME},
    {"prctl", 0, ANY, PR_GET_DUMPABLE},
    {"prctl", 0, ANY, PR_GET_SECCOMP},
    {"prctl", 0, ANY, PR_CAPBSET_READ},
    {"prctl", 0, ANY, 0x53564d41}, /* PR_SET_VMA: names of memory */
    {NULL, 0, 0, 0},
};

static const struct sandbox_form of_render[] = {
    {"open", 1, O_ACCMODE | O_CREAT | O_TRUNC | O_APPEND, O_RDONLY},
    {"openat", 2, O_ACCMODE | O_CREAT | O_TRUNC | O_APPEND, O_RDONLY},
    {"ioctl", 1, ANY, TCGETS},
    {"ioctl", 1, ANY, FIONREAD},
    {"prctl", 0, ANY, PR_SET_NAME},
    {"prlimit64", 2, UINT64_MAX, 0}, /* its limits are read */
    {NULL, 0, 0, 0},
};

/* ---- who may make them ---- */

const struct sandbox_list sandbox_lists[SANDBOX_KINDS] = {
    [SANDBOX_STATION] = {"station",
                         {common, files, changes, network, family},
                         {no_pages_written_and_run, threads_alone, sockets,
                          of_station}},
    [SANDBOX_PROGRAMS] = {"programs",
                          {common, files, changes, network, family, programs},
                          {no_namespaces, sockets}},
    [SANDBOX_RENDER] = {"render",
                        {common, files},
                        {no_pages_written_and_run, threads_alone, of_render}},
};
