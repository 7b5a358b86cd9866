#include "base/log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

enum { LOG_LINE_MAX = 2048 };

static const struct {
    const char *name;
    int priority; /* of syslog(3) and, in angle brackets, of the journal */
} levels[] = {
    [LOG_LEVEL_ERROR] = {"error", LOG_ERR},
    [LOG_LEVEL_WARNING] = {"warning", LOG_WARNING},
    [LOG_LEVEL_NOTICE] = {"notice", LOG_NOTICE},
    [LOG_LEVEL_INFO] = {"info", LOG_INFO},
    [LOG_LEVEL_DEBUG] = {"debug", LOG_DEBUG},
};

/* Atomic, for every thread logs. */
static struct {
    atomic_int level, target;
} sink = {LOG_LEVEL_NOTICE, LOG_TO_STDERR};

void log_open(enum log_level level, enum log_target target)
{
    if (target == LOG_TO_SYSLOG)
        openlog(program_invocation_short_name, LOG_PID, LOG_DAEMON);
    atomic_store(&sink.target, (int)target);
    atomic_store(&sink.level, (int)level);
}

bool log_wants(enum log_level level)
{
    return (int)level <=
           atomic_load_explicit(&sink.level, memory_order_relaxed);
}

bool log_level_parse(const char *name, enum log_level *out)
{
    for (size_t i = 0; i < sizeof levels / sizeof levels[0]; i++) {
        if (strcmp(name, levels[i].name) != 0)
            continue;
        *out = (enum log_level)i;
        return true;
    }
    return false;
}

/* A line stays one line, whatever was formatted into it. */
static void keep_one_line(char *text)
{
    for (; *text != '\0'; text++)
        if ((unsigned char)*text < ' ' || *text == 0x7f)
            *text = ' ';
}

/* One write, so that lines of several threads do not mix. */
static void write_line(const char *prefix, const char *text)
{
    char line[LOG_LINE_MAX + 32];
    int len = snprintf(line, sizeof line, "%s%s\n", prefix, text);

    /* Where stderr does not take it there is nobody left to tell. */
    if (len > 0 && write(STDERR_FILENO, line, (size_t)len) < 0)
        return;
}

void log_line(enum log_level level, const char *fmt, ...)
{
    char text[LOG_LINE_MAX], prefix[16];
    va_list args;

    if (!log_wants(level))
        return;
    int saved = errno; /* callers report, then look at errno again */
    va_start(args, fmt);
    (void)vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    keep_one_line(text);

    switch ((enum log_target)atomic_load(&sink.target)) {
    case LOG_TO_STDERR:
        (void)snprintf(prefix, sizeof prefix, "%s: ", levels[level].name);
        write_line(prefix, text);
        break;
    case LOG_TO_SYSLOG:
        syslog(levels[level].priority, "%s", text);
        break;
    case LOG_TO_JOURNAL:
        (void)snprintf(prefix, sizeof prefix, "<%d>", levels[level].priority);
        write_line(prefix, text);
        break;
    }
    errno = saved;
}
