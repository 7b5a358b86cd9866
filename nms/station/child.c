#include "station/child.h"

#include "base/clock.h"
#include "base/mem.h"
#include "station/spawner.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <event2/event.h>

enum { ERRORS_MAX = 1000, READ_ROOM = 65536, READS_PER_TURN = 16 };

struct child {
    pid_t pid;
    int pidfd, out_fd, err_fd, say_fd; /* -1: closed */
    struct event *ended, *out_readable, *err_readable, *late, *say_writable;
    size_t output_max;
    bool foreign;
    struct buffer output, errors, to_say;
    child_output_fn said;
    int result;
    child_fn done;
    void *arg;
};

extern char **environ;

/* A process has one, or none: as it has one standard error. */
static struct spawner *starter;
static uint64_t failures, refusals; /* the loop's */

uint64_t child_failures(void)
{
    return failures;
}

uint64_t child_refusals(void)
{
    return refusals;
}

void child_use(struct spawner *spawner)
{
    starter = spawner;
}

/* Our environment and what is added; of two values of a name the first holds.
 */
static const char **environment_of(const char *const *added)
{
    size_t ours = 0, more = 0;

    while (environ[ours] != NULL)
        ours++;
    while (added != NULL && added[more] != NULL)
        more++;
    const char **all = mem_array(ours + more + 1, sizeof(const char *));
    for (size_t i = 0; i < more; i++)
        all[i] = added[i];
    for (size_t i = 0; i < ours; i++)
        all[more + i] = environ[i];
    return all;
}

/* The pipes of a child: our ends to read, its ends to write. */
struct pipes {
    int out[2], err[2];
    int say[2]; /* the other way, of a child that talks */
};

static void close_fd(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

static void pipes_close(struct pipes *p)
{
    for (size_t i = 0; i < 2; i++) {
        close_fd(&p->out[i]);
        close_fd(&p->err[i]);
        close_fd(&p->say[i]);
    }
}

static int pipes_open(struct pipes *p, bool talks)
{
    *p = (struct pipes){{-1, -1}, {-1, -1}, {-1, -1}};
    /* A socket: to write into it when the other end is gone is no signal. */
    if (pipe2(p->out, O_CLOEXEC) < 0 || pipe2(p->err, O_CLOEXEC) < 0 ||
        (talks &&
         socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, p->say) < 0)) {
        int rc = -errno;
        pipes_close(p);
        return rc;
    }
    /* Only our ends: a program need not know of EAGAIN. */
    (void)fcntl(p->out[0], F_SETFL, O_NONBLOCK);
    (void)fcntl(p->err[0], F_SETFL, O_NONBLOCK);
    return 0;
}

/* Signals are as they are at the start of a program, none blocked; it leads a
 * group, so that what it started can be ended with it. */
static void set_attributes(posix_spawnattr_t *attributes)
{
    sigset_t all, none;

    (void)sigfillset(&all);
    (void)sigdelset(&all, SIGKILL);
    (void)sigdelset(&all, SIGSTOP);
    (void)sigemptyset(&none);
    (void)posix_spawnattr_setsigdefault(attributes, &all);
    (void)posix_spawnattr_setsigmask(attributes, &none);
    (void)posix_spawnattr_setpgroup(attributes, 0);
    (void)posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETSIGDEF |
                                                   POSIX_SPAWN_SETSIGMASK |
                                                   POSIX_SPAWN_SETPGROUP);
}

int child_input(struct bytes octets)
{
    int fd = memfd_create("input", MFD_CLOEXEC);
    size_t done = 0;

    while (fd >= 0 && done < octets.len) {
        ssize_t len = write(fd, octets.at + done, octets.len - done);

        if (len < 0 && errno != EINTR)
            close_fd(&fd);
        done += len > 0 ? (size_t)len : 0;
    }
    if (fd < 0 || lseek(fd, 0, SEEK_SET) < 0)
        return -errno;
    return fd;
}

/* Runs argv with setpriv(1) in front, which asks the kernel to end the program
 * when we die, whatever of. */
static const char **arguments_of(const char *const *argv)
{
    static const char *const front[] = {"setpriv", "--pdeathsig", "TERM", "--"};
    size_t count = 0;

    while (argv[count] != NULL)
        count++;
    const char **all =
        mem_array(COUNT_OF(front) + count + 1, sizeof(const char *));
    for (size_t i = 0; i < COUNT_OF(front); i++)
        all[i] = front[i];
    for (size_t i = 0; i < count; i++)
        all[COUNT_OF(front) + i] = argv[i];
    return all;
}

/* By ourselves, where there is no sandbox to forbid it. */
static int start_here(const struct spawner_order *order, pid_t *pid)
{
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attributes;
    const char **argv = arguments_of(order->argv);
    const char **env = environment_of(order->env);

    (void)posix_spawn_file_actions_init(&files); /* these cannot fail but */
    (void)posix_spawnattr_init(&attributes);     /* without memory */
    set_attributes(&attributes);
    (void)posix_spawn_file_actions_adddup2(&files, order->in, STDIN_FILENO);
    (void)posix_spawn_file_actions_adddup2(&files, order->out, STDOUT_FILENO);
    (void)posix_spawn_file_actions_adddup2(&files, order->err, STDERR_FILENO);
    int rc = posix_spawnp(pid, argv[0], &files, &attributes,
                          (char *const *)argv, (char *const *)env);
    (void)posix_spawn_file_actions_destroy(&files);
    (void)posix_spawnattr_destroy(&attributes);
    free(argv);
    free(env);
    return -rc;
}

static int spawn(const struct child_options *options, const struct pipes *p,
                 pid_t *pid)
{
    int nothing = -1;
    struct spawner_order order = {.argv = options->argv,
                                  .env = options->env,
                                  .in = options->input > 0 ? options->input
                                                           : p->say[1],
                                  .out = p->out[1],
                                  .err = p->err[1],
                                  .memory_max = options->memory_max};

    if (order.in < 0) {
        nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
        if (nothing < 0)
            return -errno;
        order.in = nothing;
    }
    int rc = starter != NULL ? spawner_start(starter, &order, pid)
                             : start_here(&order, pid);
    close_fd(&nothing);
    return rc;
}

static void limit_memory(pid_t pid, uint64_t octets)
{
    struct rlimit limit = {.rlim_cur = octets, .rlim_max = octets};

    /* It may be over already; then there is nothing to limit. */
    if (octets != 0)
        (void)prlimit(pid, RLIMIT_AS, &limit, NULL);
}

static void event_drop(struct event **event)
{
    if (*event != NULL)
        event_free(*event);
    *event = NULL;
}

static void child_free(struct child *c)
{
    event_drop(&c->ended);
    event_drop(&c->out_readable);
    event_drop(&c->err_readable);
    event_drop(&c->late);
    event_drop(&c->say_writable);
    close_fd(&c->say_fd);
    close_fd(&c->pidfd);
    close_fd(&c->out_fd);
    close_fd(&c->err_fd);
    buffer_fini(&c->output);
    buffer_fini(&c->errors);
    buffer_fini(&c->to_say);
    free(c);
}

/* Takes what a pipe holds; false once it is at its end. Beyond limit it is read
 * and dropped, *over tells. */
static bool drain(int fd, size_t limit, struct buffer *out, bool *over)
{
    char room[READ_ROOM];

    for (unsigned n = 0; n < READS_PER_TURN; n++) {
        ssize_t len = read(fd, room, sizeof room);

        if (len < 0)
            return errno == EAGAIN || errno == EINTR;
        if (len == 0)
            return false;
        size_t fits = limit - out->len;
        if ((size_t)len > fits)
            *over = true;
        buffer_add(out, room, (size_t)len < fits ? (size_t)len : fits);
    }
    return true;
}

/* What a child that talks said is handed on, none of it is kept. */
static void hear(struct child *c)
{
    struct buffer OWNED_BUFFER heard = {0};
    bool over = false;

    if (c->out_fd >= 0 && !drain(c->out_fd, SIZE_MAX, &heard, &over)) {
        event_drop(&c->out_readable);
        close_fd(&c->out_fd);
    }
    if (heard.len > 0)
        c->said(c->arg, buffer_view(&heard));
}

static void read_output(struct child *c)
{
    bool over = false;

    if (c->said != NULL) {
        hear(c);
        return;
    }
    if (c->out_fd >= 0 && !drain(c->out_fd, c->output_max, &c->output, &over)) {
        event_drop(&c->out_readable);
        close_fd(&c->out_fd);
    }
    if (over && c->output_max != 0 && c->result == 0) {
        c->result = -EFBIG;
        (void)kill(-c->pid, SIGKILL); /* it is ours until it is waited for */
    }
}

static void read_errors(struct child *c)
{
    bool over = false; /* the first lines are enough */

    if (c->err_fd >= 0 && !drain(c->err_fd, ERRORS_MAX, &c->errors, &over)) {
        event_drop(&c->err_readable);
        close_fd(&c->err_fd);
    }
}

pid_t child_pid(const struct child *c)
{
    return c->pid;
}

/* Writes what is to be said as far as it goes. */
static void say_on(struct child *c)
{
    ssize_t len = send(c->say_fd, c->to_say.at, c->to_say.len,
                       MSG_NOSIGNAL | MSG_DONTWAIT);

    if (len < 0 && errno != EAGAIN && errno != EINTR) {
        buffer_clear(&c->to_say); /* its end tells */
        return;
    }
    size_t done = len > 0 ? (size_t)len : 0;
    memmove(c->to_say.at, c->to_say.at + done, c->to_say.len - done);
    c->to_say.len -= done;
    if (c->to_say.len > 0)
        (void)event_add(c->say_writable, NULL); /* fails only without memory */
}

void child_say(struct child *c, struct bytes what)
{
    bool waits = c->to_say.len > 0;

    buffer_add(&c->to_say, what.at, what.len);
    if (!waits && c->to_say.len > 0)
        say_on(c);
}

void child_stop(struct child *c, int64_t grace_ms)
{
    if (c == NULL)
        return;
    struct pollfd ended = {.fd = c->pidfd, .events = POLLIN};

    (void)kill(-c->pid, grace_ms > 0 ? SIGTERM : SIGKILL);
    if (grace_ms > 0 && poll(&ended, 1, (int)grace_ms) <= 0)
        (void)kill(-c->pid, SIGKILL);
    while (waitpid(c->pid, NULL, 0) < 0 && errno == EINTR)
        ;
    child_free(c);
}

static void on_out_readable(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    read_output(arg);
}

static void on_err_readable(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    read_errors(arg);
}

static void on_say_writable(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    say_on(arg);
}

static void on_late(evutil_socket_t fd, short what, void *arg)
{
    struct child *c = arg;

    (void)fd;
    (void)what;
    c->result = -ETIMEDOUT;
    (void)kill(-c->pid, SIGKILL);
}

static void on_ended(evutil_socket_t fd, short what, void *arg)
{
    struct child *c = arg;
    int status = 0;

    (void)fd;
    (void)what;
    if (waitpid(c->pid, &status, WNOHANG) == 0)
        return; /* not yet */
    read_output(c);
    read_errors(c);
    buffer_add(&c->errors, NULL, 0);
    struct child_end end = {.result = c->result,
                            .status = WEXITSTATUS(status),
                            .output = &c->output,
                            .errors = c->errors.at};
    if (end.result == 0 && !WIFEXITED(status))
        end.result = -EIO;
    failures += end.result != 0 && !c->foreign;
    c->done(c->arg, &end);
    child_free(c);
}

/* Makes the events; false without memory. */
static bool watch(struct child *c, struct event_base *base, int64_t time_ms)
{
    short reads = EV_READ | EV_PERSIST;
    struct timeval limit = {.tv_sec = time_ms / 1000,
                            .tv_usec = time_ms % 1000 * 1000};

    c->ended = event_new(base, c->pidfd, reads, on_ended, c);
    c->out_readable = event_new(base, c->out_fd, reads, on_out_readable, c);
    c->err_readable = event_new(base, c->err_fd, reads, on_err_readable, c);
    c->late = event_new(base, -1, 0, on_late, c);
    if (c->say_fd >= 0)
        c->say_writable =
            event_new(base, c->say_fd, EV_WRITE, on_say_writable, c);
    return (c->say_fd < 0 || c->say_writable != NULL) && c->ended != NULL &&
           c->out_readable != NULL && c->err_readable != NULL &&
           c->late != NULL && event_add(c->ended, NULL) == 0 &&
           event_add(c->out_readable, NULL) == 0 &&
           event_add(c->err_readable, NULL) == 0 &&
           (time_ms == 0 || event_add(c->late, &limit) == 0);
}

static int begin(struct event_base *base, const struct child_options *options,
                 child_fn done, void *arg, struct child **out)
{
    struct pipes pipes;
    pid_t pid;

    *out = NULL;
    int rc = pipes_open(&pipes, options->said != NULL);
    if (rc == 0) {
        rc = spawn(options, &pipes, &pid);
        if (rc < 0)
            pipes_close(&pipes);
    }
    int input = options->input > 0 ? options->input : -1;
    close_fd(&input);
    if (rc < 0)
        return rc;
    limit_memory(pid, options->memory_max);
    close_fd(&pipes.out[1]);
    close_fd(&pipes.err[1]);
    close_fd(&pipes.say[1]);

    struct child *c = mem_new(struct child);
    c->pid = pid;
    c->pidfd = pidfd_open(pid, 0);
    rc = c->pidfd < 0 ? -errno : -EMFILE; /* where it is not watched */
    c->out_fd = pipes.out[0];
    c->err_fd = pipes.err[0];
    c->say_fd = pipes.say[0];
    c->said = options->said;
    c->foreign = options->foreign;
    c->output_max = options->output_max;
    c->done = done;
    c->arg = arg;
    if (c->pidfd < 0 || !watch(c, base, options->time_max_ms)) {
        child_stop(c, 0);
        return rc;
    }
    *out = c;
    return 0;
}

int child_start(struct event_base *base, const struct child_options *options,
                child_fn done, void *arg, struct child **out)
{
    int rc = begin(base, options, done, arg, out);

    refusals += rc < 0;
    return rc;
}
