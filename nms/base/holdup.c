#include "base/holdup.h"

#include "base/mem.h"

#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { FRAMES_MAX = 32, SHOWN_MAX = 8, LOOKS_MAX = 8 };
enum { OURS = 2 }; /* the handler, and what the kernel returns to from it */
static const int64_t ms_ns = 1000000, second_ns = 1000000000;

struct look {
    void *frames[FRAMES_MAX]; /* the innermost first */
    int count;
};

struct holdup {
    timer_t timer;
    struct itimerspec limit;
    struct look looks[LOOKS_MAX]; /* at the limit, at twice the limit ... */
    volatile sig_atomic_t looked; /* so often; 0: it was not passed */
};

static void on_limit(int number, siginfo_t *info, void *context)
{
    struct holdup *h = info->si_value.sival_ptr;
    int before = errno;

    (void)number;
    (void)context;
    if (info->si_code == SI_TIMER && h->looked < LOOKS_MAX) {
        struct look *now = &h->looks[h->looked];

        now->count = backtrace(now->frames, FRAMES_MAX);
        h->looked++;
    }
    errno = before;
}

struct holdup *holdup_new(int64_t limit_ms)
{
    int64_t ns = limit_ms * ms_ns;
    struct holdup *h = mem_new(struct holdup);
    struct sigaction action = {.sa_sigaction = on_limit,
                               .sa_flags = SA_SIGINFO | SA_RESTART};
    struct sigevent event = {.sigev_notify = SIGEV_THREAD_ID,
                             .sigev_signo = SIGPROF,
                             .sigev_value = {.sival_ptr = h}};

    event._sigev_un._tid = gettid();
    h->limit.it_value =
        (struct timespec){.tv_sec = ns / second_ns, .tv_nsec = ns % second_ns};
    h->limit.it_interval = h->limit.it_value;
    (void)backtrace(h->looks[0].frames, 1); /* what it loads, it loads now */
    (void)sigemptyset(&action.sa_mask);
    if (sigaction(SIGPROF, &action, NULL) < 0 ||
        timer_create(CLOCK_THREAD_CPUTIME_ID, &event, &h->timer) < 0) {
        free(h);
        return NULL;
    }
    return h;
}

void holdup_free(struct holdup *h)
{
    if (h == NULL)
        return;
    (void)timer_delete(h->timer);
    free(h);
}

void holdup_begin(struct holdup *h)
{
    if (h == NULL)
        return;
    h->looked = 0;
    (void)timer_settime(h->timer, 0, &h->limit, NULL);
}

/* Where a file's name begins in its path. */
static const char *name_of(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash != NULL ? slash + 1 : path;
}

/* Where it was at: of a call, which returns to what may be the function behind.
 */
static const char *place_of(const struct look *l, int nth)
{
    return (const char *)l->frames[nth] - (nth > OURS);
}

/* A function of the loop's library: what called it all turns for ever. */
static bool is_the_loop(const Dl_info *at)
{
    static const char begins[] = "event_base_";

    return at->dli_sname != NULL &&
           strncmp(at->dli_sname, begins, sizeof begins - 1) == 0;
}

static bool is_same_function(const char *a, const char *b)
{
    Dl_info of_a, of_b;

    return a == b ||
           (dladdr(a, &of_a) != 0 && dladdr(b, &of_b) != 0 &&
            of_a.dli_saddr != NULL && of_a.dli_saddr == of_b.dli_saddr);
}

/* How many of the outermost functions two looks have in common. */
static int common_of(const struct look *a, const struct look *b)
{
    int count = 0;

    while (count < a->count - OURS && count < b->count - OURS &&
           is_same_function(place_of(a, a->count - 1 - count),
                            place_of(b, b->count - 1 - count)))
        count++;
    return count;
}

static void add_function(const Dl_info *at, const char *place,
                         struct buffer *out)
{
    if (at->dli_sname != NULL)
        buffer_text(out, at->dli_sname);
    else
        buffer_format(out, "%s+0x%zx", name_of(at->dli_fname),
                      (size_t)(place - (const char *)at->dli_fbase));
}

/* Those of a look from the nth on, as far as the loop. */
static void add_look(const struct look *l, int nth, struct buffer *out)
{
    int shown = 0;
    Dl_info own, at;

    if (dladdr((void *)(uintptr_t)holdup_new, &own) == 0)
        return;
    for (; nth < l->count && shown < SHOWN_MAX; nth++) {
        if (dladdr(place_of(l, nth), &at) == 0)
            continue;
        if (is_the_loop(&at))
            return;
        if (at.dli_sname == NULL && at.dli_fbase != own.dli_fbase)
            continue; /* within a library */
        buffer_text(out, shown++ > 0 ? " < " : "");
        add_function(&at, place_of(l, nth), out);
    }
}

void holdup_tell(const struct holdup *h, struct buffer *out)
{
    int looked = h != NULL ? h->looked : 0;
    size_t before = out->len;

    if (looked == 0)
        return;
    const struct look *first = &h->looks[0];
    int common = first->count - OURS;
    for (int i = 1; i < looked; i++) {
        int of_both = common_of(first, &h->looks[i]);

        common = of_both < common ? of_both : common;
    }
    add_look(first, first->count - common, out);
    if (out->len > before)
        return;
    add_look(first, OURS, out); /* one thing after another */
    if (looked == 1)
        return;
    buffer_text(out, out->len > before ? "; then " : "");
    add_look(&h->looks[looked - 1], OURS, out);
}
