#include "station/spawner.h"

#include "base/bytes.h"
#include "base/mem.h"
#include "base/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { FDS = 4, TEXTS_MAX = 4096, OCTETS_MAX = 4 << 20, ANSWER_MS = 20000 };
enum { NOT_STARTED = 127 };

struct spawner {
    int fd;
    pid_t pid;
    bool gone;
};

/* What goes over the line, with the texts in a file in memory and the three
 * descriptors. */
struct order_head {
    uint32_t arguments, variables; /* texts, each ended by NUL */
    uint64_t memory_max;
};

struct answer {
    int32_t rc, pid;
};

union control {
    char room[CMSG_SPACE(FDS * sizeof(int))];
    struct cmsghdr align;
};

/* ---- the process that starts ---- */

/* Names of variables that the station may give: none that makes a program load
 * something. */
static bool is_harmless(const char *variable)
{
    static const char *const names[] = {
        "PORTOLAN_", "MALLOC_ARENA_MAX=", "XDG_CACHE_HOME=", "LC_ALL="};

    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (strncmp(variable, names[i], strlen(names[i])) == 0)
            return true;
    return false;
}

/* Signals are as they are at the start of a program, none blocked. */
static void reset_signals(void)
{
    sigset_t none;

    for (int number = 1; number < NSIG; number++)
        (void)signal(number, SIG_DFL);
    (void)sigemptyset(&none);
    (void)sigprocmask(SIG_SETMASK, &none, NULL);
}

/* In the child; tells why it cannot over fd, which ends with execve(2). */
static void become(char **argv, char **env, const int *fds, uint64_t memory_max,
                   int fd)
{
    struct rlimit limit = {.rlim_cur = memory_max, .rlim_max = memory_max};

    (void)prctl(PR_SET_PDEATHSIG, SIGTERM, 0, 0, 0);
    (void)setpgid(0, 0);
    for (int i = 0; i < 3; i++)
        if (dup2(fds[1 + i], i) < 0)
            _exit(NOT_STARTED);
    reset_signals();
    for (; *env != NULL; env++)
        (void)putenv(*env);
    if (memory_max != 0)
        (void)setrlimit(RLIMIT_AS, &limit);
    (void)execvp(argv[0], argv);
    int why = errno;
    (void)!write(fd, &why, sizeof why);
    _exit(NOT_STARTED);
}

/* fork(2), but for whose child the new process is. */
static long fork_beside(void)
{
#ifdef __s390x__ /* its stack comes first */
    return syscall(SYS_clone, 0, CLONE_PARENT | SIGCHLD, 0, 0, 0);
#else
    return syscall(SYS_clone, CLONE_PARENT | SIGCHLD, 0, 0, 0, 0);
#endif
}

/* The new process is the station's child, which waits for it. */
static int split(char **argv, char **env, const int *fds, uint64_t memory_max,
                 pid_t *pid)
{
    int why = 0, line[2];

    if (pipe2(line, O_CLOEXEC) < 0)
        return -errno;
    long rc = fork_beside();
    if (rc == 0)
        become(argv, env, fds, memory_max, line[1]);
    int failed = rc < 0 ? -errno : 0;
    (void)close(line[1]);
    if (rc > 0 && read(line[0], &why, sizeof why) == (ssize_t)sizeof why)
        failed = -why;
    (void)close(line[0]);
    *pid = (pid_t)rc; /* of one that failed too: it is to be waited for */
    return failed;
}

/* The nth text, or NULL where there are fewer. */
static size_t list_texts(const struct buffer *from, size_t at, size_t count,
                         char **out)
{
    for (size_t i = 0; i < count; i++) {
        if (at >= from->len)
            return SIZE_MAX;
        out[i] = from->at + at;
        at += strlen(out[i]) + 1;
    }
    out[count] = NULL;
    return at;
}

static int read_texts(int fd, struct buffer *out)
{
    char room[4096];
    ssize_t len;

    if (lseek(fd, 0, SEEK_SET) < 0)
        return -errno;
    while ((len = read(fd, room, sizeof room)) > 0) {
        if (out->len + (size_t)len > OCTETS_MAX)
            return -E2BIG;
        buffer_add(out, room, (size_t)len);
    }
    return len < 0 ? -errno : 0;
}

static int follow(const struct order_head *head, const int *fds,
                  spawner_permit_fn permits, void *arg, pid_t *pid)
{
    struct buffer OWNED_BUFFER texts = {0};
    char *argv[TEXTS_MAX + 1], *env[TEXTS_MAX + 1];
    int rc = read_texts(fds[0], &texts);

    if (rc < 0)
        return rc;
    if (head->arguments == 0 || head->arguments > TEXTS_MAX ||
        head->variables > TEXTS_MAX)
        return -E2BIG;
    size_t at = list_texts(&texts, 0, head->arguments, argv);
    if (at == SIZE_MAX ||
        list_texts(&texts, at, head->variables, env) == SIZE_MAX)
        return -EBADMSG;
    for (size_t i = 0; i < head->variables; i++)
        if (!is_harmless(env[i]))
            return -EPERM;
    if (!permits(arg, argv[0]))
        return -EPERM;
    return split(argv, env, fds, head->memory_max, pid);
}

/* What came with an order; there is no room for more than one has. Returns how
 * many: they are the caller's, whatever becomes of the order. */
static size_t take_descriptors(struct msghdr *m, int fds[FDS])
{
    const struct cmsghdr *c = CMSG_FIRSTHDR(m);

    if (c == NULL || c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
        return 0;
    size_t count = (c->cmsg_len - CMSG_LEN(0)) / sizeof fds[0];
    if (count > FDS)
        count = FDS;
    memcpy(fds, CMSG_DATA(c), count * sizeof fds[0]);
    return count;
}

bool spawner_hear(int line, spawner_permit_fn permits, void *arg)
{
    struct order_head head;
    union control control;
    int fds[FDS];
    struct iovec at = {&head, sizeof head};
    struct msghdr m = {.msg_iov = &at,
                       .msg_iovlen = 1,
                       .msg_control = control.room,
                       .msg_controllen = sizeof control.room};
    ssize_t len = recvmsg(line, &m, MSG_CMSG_CLOEXEC);
    struct answer answer = {.rc = -EBADMSG};
    pid_t pid = 0;

    if (len <= 0)
        return len < 0 && errno == EINTR;
    size_t count = take_descriptors(&m, fds);
    if (count == FDS && (size_t)len == sizeof head)
        answer.rc = follow(&head, fds, permits, arg, &pid);
    answer.pid = pid;
    for (size_t i = 0; i < count; i++)
        (void)close(fds[i]);
    return send(line, &answer, sizeof answer, MSG_NOSIGNAL) >= 0;
}

static void live(int line, pid_t station, spawner_permit_fn permits, void *arg)
{
    enum { HIGH = 10 }; /* a descriptor that no program expects */
    int kept = fcntl(line, F_DUPFD_CLOEXEC, HIGH);

    (void)prctl(PR_SET_NAME, "portoland-start", 0, 0, 0);
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    (void)signal(SIGTERM, SIG_IGN); /* the station ends it */
    (void)signal(SIGINT, SIG_IGN);
    (void)signal(SIGHUP, SIG_IGN);
    if (kept < 0 || close_range(3, (unsigned)kept - 1, 0) < 0 ||
        close_range((unsigned)kept + 1, ~0u, 0) < 0 || getppid() != station)
        _exit(EXIT_FAILURE);
    int rc = sandbox_enter(SANDBOX_PROGRAMS);
    if (rc < 0 && rc != -ENOSYS)
        _exit(EXIT_FAILURE);
    while (spawner_hear(kept, permits, arg))
        ;
    _exit(EXIT_SUCCESS);
}

int spawner_new(spawner_permit_fn permits, void *arg, struct spawner **out)
{
    int line[2];
    pid_t station = getpid();

    *out = NULL;
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, line) < 0)
        return -errno;
    pid_t pid = fork();
    if (pid == 0)
        live(line[1], station, permits, arg);
    int failed = pid < 0 ? -errno : 0;
    (void)close(line[1]);
    if (failed < 0) {
        (void)close(line[0]);
        return failed;
    }
    struct spawner *s = mem_new(struct spawner);
    s->fd = line[0];
    s->pid = pid;
    *out = s;
    return 0;
}

/* ---- the station ---- */

static size_t add_texts(const char *const *from, struct buffer *out)
{
    size_t count = 0;

    for (; from != NULL && from[count] != NULL; count++)
        buffer_add(out, from[count], strlen(from[count]) + 1);
    return count;
}

static int write_all(int fd, const struct buffer *from)
{
    for (size_t done = 0; done < from->len;) {
        ssize_t len = write(fd, from->at + done, from->len - done);

        if (len < 0 && errno != EINTR)
            return -errno;
        done += len > 0 ? (size_t)len : 0;
    }
    return 0;
}

static int send_order(struct spawner *s, const struct order_head *head,
                      const int *fds)
{
    union control control = {.room = {0}};
    struct iovec at = {(void *)(uintptr_t)head, sizeof *head};
    struct msghdr m = {.msg_iov = &at,
                       .msg_iovlen = 1,
                       .msg_control = control.room,
                       .msg_controllen = sizeof control.room};
    struct cmsghdr *c = CMSG_FIRSTHDR(&m);

    c->cmsg_level = SOL_SOCKET;
    c->cmsg_type = SCM_RIGHTS;
    c->cmsg_len = CMSG_LEN(FDS * sizeof(int));
    memcpy(CMSG_DATA(c), fds, FDS * sizeof(int));
    return sendmsg(s->fd, &m, MSG_NOSIGNAL) < 0 ? -errno : 0;
}

static int take_answer(struct spawner *s, struct answer *out)
{
    struct pollfd readable = {.fd = s->fd, .events = POLLIN};
    int count;

    do
        count = poll(&readable, 1, ANSWER_MS);
    while (count < 0 && errno == EINTR);
    if (count > 0 && recv(s->fd, out, sizeof *out, 0) == (ssize_t)sizeof *out)
        return 0;
    /* What it might answer later would be taken for the next one's. */
    s->gone = true;
    (void)kill(s->pid, SIGKILL);
    return -EPIPE;
}

int spawner_start(struct spawner *s, const struct spawner_order *order,
                  pid_t *pid)
{
    struct buffer OWNED_BUFFER texts = {0};
    struct answer answer = {0};
    struct order_head head = {.memory_max = order->memory_max};

    if (s->gone)
        return -EPIPE;
    head.arguments = (uint32_t)add_texts(order->argv, &texts);
    head.variables = (uint32_t)add_texts(order->env, &texts);
    int fd = memfd_create("order", MFD_CLOEXEC);
    if (fd < 0)
        return -errno;
    const int fds[FDS] = {fd, order->in, order->out, order->err};
    int rc = write_all(fd, &texts);
    if (rc == 0)
        rc = send_order(s, &head, fds);
    (void)close(fd);
    if (rc == 0)
        rc = take_answer(s, &answer);
    if (rc < 0)
        return rc;
    if (answer.rc < 0 && answer.pid > 0)
        (void)waitpid(answer.pid, NULL, 0); /* it ended already */
    *pid = answer.pid;
    return answer.rc;
}

int spawner_fd(const struct spawner *s)
{
    return s->fd;
}

void spawner_free(struct spawner *s)
{
    if (s == NULL)
        return;
    (void)close(s->fd);
    while (waitpid(s->pid, NULL, 0) < 0 && errno == EINTR)
        ;
    free(s);
}
