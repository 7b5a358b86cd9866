#include "base/crash.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"

#include <dirent.h>
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define PREFIX "crash-"
#define SUFFIX ".txt"

enum { FRAMES_MAX = 64, KEPT = 10, OTHER_WAITS_S = 1 };
enum { NEW_MODE = 0600, TOLD_MODE = 0400 }; /* the mode tells who was told */

/* A handler of a signal has no argument of ours. */
static struct {
    char dir[CRASH_PATH_MAX];
    atomic_int dying; /* the thread that crashed first; 0: none did */
} crashing;

/* ---- words without the library: none of it may be used within ---- */

struct words {
    char at[CRASH_PATH_MAX + 64];
    size_t len;
};

static void add(struct words *w, const char *text)
{
    while (*text != '\0' && w->len + 1 < sizeof w->at)
        w->at[w->len++] = *text++;
    w->at[w->len] = '\0';
}

static void add_number(struct words *w, uint64_t number, unsigned base)
{
    static const char digits[] = "0123456789abcdef";
    char text[24];
    size_t at = sizeof text - 1;

    text[at] = '\0';
    do {
        text[--at] = digits[number % base];
        number /= base;
    } while (number > 0 && at > 0);
    add(w, text + at);
}

static const char *signal_word(int number)
{
    switch (number) {
    case SIGSEGV:
        return "SIGSEGV";
    case SIGBUS:
        return "SIGBUS";
    case SIGFPE:
        return "SIGFPE";
    case SIGILL:
        return "SIGILL";
    case SIGABRT:
        return "SIGABRT";
    default:
        return "signal";
    }
}

static void put(int fd, const char *text, size_t len)
{
    if (fd >= 0 && write(fd, text, len) < 0)
        return; /* nobody is left to be told */
}

static int open_report(time_t now)
{
    struct words path = {.len = 0};

    if (crashing.dir[0] == '\0')
        return -1;
    add(&path, crashing.dir);
    add(&path, "/" PREFIX);
    add_number(&path, (uint64_t)now, 10);
    add(&path, "-");
    add_number(&path, (uint64_t)getpid(), 10);
    add(&path, SUFFIX);
    return open(path.at, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW,
                NEW_MODE);
}

static void describe(struct words *w, int number, const siginfo_t *info,
                     time_t now)
{
    add(w, "error: crash: portoland " PORTOLAN_VERSION " ended by ");
    add(w, signal_word(number));
    if (info->si_code > 0 && number != SIGABRT) {
        add(w, " at address 0x");
        add_number(w, (uint64_t)(uintptr_t)info->si_addr, 16);
    } else if (info->si_code <= 0 && info->si_pid != getpid()) {
        add(w, ", sent by process ");
        add_number(w, (uint64_t)info->si_pid, 10);
    }
    add(w, ", thread ");
    add_number(w, (uint64_t)gettid(), 10);
    add(w, ", second ");
    add_number(w, (uint64_t)now, 10);
    add(w, " of the epoch; it was here:\n");
}

static void report(int number, const siginfo_t *info)
{
    struct words text = {.len = 0};
    void *frames[FRAMES_MAX];
    time_t now = time(NULL);

    describe(&text, number, info, now);
    put(STDERR_FILENO, text.at, text.len);
    int fd = open_report(now);
    put(fd, text.at + strlen("error: "), text.len - strlen("error: "));
    int count = backtrace(frames, FRAMES_MAX);
    backtrace_symbols_fd(frames, count, STDERR_FILENO);
    if (fd >= 0) {
        backtrace_symbols_fd(frames, count, fd);
        (void)close(fd);
    }
}

/* Threads that crash for the same reason crash together: the first one tells
 * it, and the others give it the time to. */
static void on_crash(int number, siginfo_t *info, void *context)
{
    int none = 0;

    (void)context;
    if (atomic_compare_exchange_strong(&crashing.dying, &none, (int)gettid()))
        report(number, info);
    else if (none != (int)gettid())
        (void)nanosleep(&(struct timespec){.tv_sec = OTHER_WAITS_S}, NULL);
    (void)signal(number, SIG_DFL);
    (void)raise(number); /* comes as soon as this one is over */
}

void crash_watch_thread(struct crash_stack *stack)
{
#ifdef SANITIZED
    (void)stack;
#else
    const stack_t own = {.ss_sp = stack->room, .ss_size = sizeof stack->room};

    (void)sigaltstack(&own, NULL);
#endif
}

void crash_watch(const char *dir)
{
#ifdef SANITIZED
    (void)dir;
    (void)on_crash;
#else
    static const int numbers[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
    struct sigaction action = {.sa_sigaction = on_crash,
                               .sa_flags = SA_SIGINFO | SA_ONSTACK};
    void *frames[2];
    stack_t stack = {.ss_size = CRASH_STACK_OCTETS};

    if (strlen(dir) < sizeof crashing.dir)
        memcpy(crashing.dir, dir, strlen(dir) + 1);
    (void)backtrace(frames, 2); /* what it loads, it loads now */
    if (sigaltstack(NULL, &stack) == 0 && (stack.ss_flags & SS_DISABLE) != 0) {
        /* One that overflowed its own stack needs another: for good. */
        stack = (stack_t){.ss_sp = mem_array(CRASH_STACK_OCTETS, 1),
                          .ss_size = CRASH_STACK_OCTETS};
        (void)sigaltstack(&stack, NULL);
    }
    (void)sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < COUNT_OF(numbers); i++)
        (void)sigaction(numbers[i], &action, NULL);
#endif
}

/* ---- the next start ---- */

static int is_report(const struct dirent *entry)
{
    size_t len = strlen(entry->d_name);

    return strncmp(entry->d_name, PREFIX, strlen(PREFIX)) == 0 &&
           len > strlen(SUFFIX) &&
           strcmp(entry->d_name + len - strlen(SUFFIX), SUFFIX) == 0;
}

static void read_words(struct crash *c)
{
    enum { ROOM = 64 << 10 };
    struct buffer OWNED_BUFFER text = {0};
    struct buffer OWNED_BUFFER safe = {0};

    (void)snprintf(c->words, sizeof c->words, "it left no words");
    if (file_read(c->path, ROOM, &text) < 0 || text.len == 0)
        return;
    buffer_add(&text, NULL, 0);
    size_t len = strcspn(text.at, "\n");
    text_safe((struct bytes){(const uint8_t *)text.at, len}, NULL, false,
              sizeof c->words - 1, &safe);
    if (safe.len > 0)
        (void)snprintf(c->words, sizeof c->words, "%s", safe.at);
}

bool crash_earlier(const char *dir, struct crash *out, size_t *count)
{
    struct dirent **found = NULL;
    int all = scandir(dir, &found, is_report, alphasort);
    size_t fresh = 0;

    for (int i = 0; i < all; i++) {
        struct stat st;
        struct crash c;

        (void)snprintf(c.path, sizeof c.path, "%s/%s", dir, found[i]->d_name);
        free(found[i]);
        bool known = stat(c.path, &st) < 0 || (st.st_mode & S_IWUSR) == 0;
        if (!known) {
            fresh++;
            read_words(&c);
            *out = c;
            (void)chmod(c.path, TOLD_MODE);
        }
        if (i + KEPT < all)
            (void)unlink(c.path);
    }
    free(found);
    if (count != NULL)
        *count = fresh;
    return fresh > 0;
}
