#include "base/sandbox_calls.h"

#include <stddef.h>

const char *const sandbox_common[] = {
    /* memory; how pages may be mapped is said elsewhere */
    "brk", "munmap", "mremap", "madvise", "mincore", "mlock", "mlock2",
    "munlock", "membarrier", "msync", "map_shadow_stack", "get_mempolicy",
    /* time */
    "clock_gettime", "clock_gettime64", "clock_getres", "clock_getres_time64",
    "clock_nanosleep", "clock_nanosleep_time64", "gettimeofday", "nanosleep",
    "time", "times", "alarm", "setitimer", "getitimer", "timerfd_create",
    "timerfd_settime", "timerfd_settime64", "timerfd_gettime",
    "timerfd_gettime64", "timer_create", "timer_settime", "timer_gettime",
    "timer_delete", "timer_getoverrun",
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
    "sigaltstack", "rt_sigaction", "rt_sigprocmask", "rt_sigpending",
    "rt_sigreturn", "rt_sigsuspend", "rt_sigtimedwait",
    "rt_sigtimedwait_time64", "sigaction", "sigprocmask", "sigreturn", "tgkill",
    "exit", "exit_group", "arch_prctl", "set_thread_area", "get_thread_area",
    "capget", "uname", "sysinfo", "getrandom", NULL};

const char *const sandbox_files[] = {
    "access",     "faccessat",  "faccessat2", "stat",       "stat64",
    "lstat",      "lstat64",    "newfstatat", "fstatat64",  "statx",
    "statfs",     "statfs64",   "fstatfs",    "fstatfs64",  "readlink",
    "getcwd",     "readlinkat", "getdents",   "getdents64", "getxattr",
    "flock",      "lgetxattr",  "fgetxattr",  "listxattr",  "llistxattr",
    "flistxattr", "umask",      "cachestat",  NULL};

const char *const sandbox_changes[] = {"open",
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

const char *const sandbox_network[] = {
    "connect",         "bind",       "listen",      "accept",
    "accept4",         "shutdown",   "getsockname", "getpeername",
    "getsockopt",      "setsockopt", "sendto",      "sendmsg",
    "sendmmsg",        "recvfrom",   "recvmsg",     "recvmmsg",
    "recvmmsg_time64", "send",       "recv",        NULL};

const char *const sandbox_family[] = {
    "kill",      "wait4",      "waitid",
    "waitpid",   "pidfd_open", "pidfd_send_signal",
    "prlimit64", "setrlimit",  NULL};

const char *const sandbox_programs[] = {
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
