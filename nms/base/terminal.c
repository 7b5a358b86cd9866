#include "base/terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { WHY_MAX = 800 };

/* What goes over the line; less than a pipe takes at once. */
struct outcome {
    int32_t code;
    char why[WHY_MAX];
};

/* In the process that called. */
static _Noreturn void await_outcome(int line)
{
    struct outcome told;
    ssize_t len;

    do
        len = read(line, &told, sizeof told);
    while (len < 0 && errno == EINTR);
    if (len != (ssize_t)sizeof told)
        told = (struct outcome){EXIT_FAILURE, "it ended; see the log"};
    told.why[sizeof told.why - 1] = '\0';
    if (told.why[0] != '\0')
        (void)fprintf(stderr, "%s\n", told.why);
    _exit(told.code);
}

static int let_go(void)
{
    int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
    int rc = nothing < 0 || setsid() < 0 || chdir("/") < 0 ||
                     dup2(nothing, STDIN_FILENO) < 0 ||
                     dup2(nothing, STDOUT_FILENO) < 0 ||
                     dup2(nothing, STDERR_FILENO) < 0
                 ? -errno
                 : 0;

    if (nothing > STDERR_FILENO)
        (void)close(nothing);
    return rc;
}

int terminal_leave(int *line)
{
    int ends[2];

    *line = -1;
    if (pipe2(ends, O_CLOEXEC) < 0)
        return -errno;
    pid_t pid = fork();
    if (pid < 0) {
        int rc = -errno;
        (void)close(ends[0]);
        (void)close(ends[1]);
        return rc;
    }
    (void)close(ends[pid == 0 ? 0 : 1]);
    if (pid > 0)
        await_outcome(ends[0]);
    *line = ends[1];
    return let_go();
}

void terminal_tell(int *line, int code, const char *why)
{
    struct outcome o = {.code = code};

    if (*line < 0)
        return;
    (void)snprintf(o.why, sizeof o.why, "%s", why);
    /* Who waited may be gone, by its user's hand. */
    ssize_t written = write(*line, &o, sizeof o);
    (void)written;
    (void)close(*line);
    *line = -1;
}
