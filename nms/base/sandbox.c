#include "base/sandbox.h"
#include "base/mem.h"
#include "base/sandbox_calls.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <ucontext.h>

#include <seccomp.h>

/* Calls beyond are younger than this list: a libc that tries one falls back
 * when it hears ENOSYS, and fails when it hears EPERM. */
enum { CALLS_KNOWN = 470, CALL_BITS = 64 };

/* Written by the handler of a signal, so of the whole process. */
static struct {
    atomic_ullong count;
    atomic_ullong seen[CALLS_KNOWN / CALL_BITS + 1];
    unsigned long long told[CALLS_KNOWN / CALL_BITS + 1]; /* the loop's */
    int null; /* what is open for writing; -1: nothing */
} refused = {.null = -1};

/* ---- what was refused ---- */

static void note(unsigned call)
{
    atomic_fetch_add(&refused.count, 1);
    atomic_fetch_or(&refused.seen[call / CALL_BITS],
                    1ull << (call % CALL_BITS));
}

#if defined(__x86_64__)
#define ANSWER(context) ((context)->uc_mcontext.gregs[REG_RAX])
#define SECOND(context) ((context)->uc_mcontext.gregs[REG_RSI])
#elif defined(__aarch64__)
#define ANSWER(context) ((context)->uc_mcontext.regs[0])
#define SECOND(context) ((context)->uc_mcontext.regs[1])
#endif

#ifdef ANSWER
/* Cairo writes into /dev/null where it only wants to know how large something
 * is: it gets one that is open. */
static bool is_null_device(int call, const ucontext_t *context)
{
    return call == SYS_openat && refused.null >= 0 &&
           strcmp((const char *)(uintptr_t)SECOND(context), "/dev/null") == 0;
}

/* The call was not made: its caller gets this answer instead. */
static void on_refused(int number, siginfo_t *info, void *at)
{
    ucontext_t *context = at;
    unsigned call = (unsigned)info->si_syscall;

    (void)number;
    if (call >= CALLS_KNOWN) {
        ANSWER(context) = -ENOSYS;
        return;
    }
    if (is_null_device(info->si_syscall, context)) {
        ANSWER(context) = fcntl(refused.null, F_DUPFD_CLOEXEC, 0);
        return;
    }
    note(call);
    ANSWER(context) = -EPERM;
}

static uint32_t refusal(enum sandbox_kind kind)
{
    struct sigaction action = {.sa_sigaction = on_refused,
                               .sa_flags = SA_SIGINFO | SA_NODEFER};

    if (kind == SANDBOX_RENDER)
        refused.null = open("/dev/null", O_WRONLY | O_CLOEXEC);
    if (kind != SANDBOX_PROGRAMS && sigaction(SIGSYS, &action, NULL) == 0)
        return SCMP_ACT_TRAP;
    return SCMP_ACT_ERRNO(EPERM);
}
#else
static uint32_t refusal(enum sandbox_kind kind)
{
    (void)kind;
    return SCMP_ACT_ERRNO(EPERM);
}
#endif

uint64_t sandbox_refused(void)
{
    return atomic_load(&refused.count);
}

bool sandbox_news(char out[64])
{
    for (unsigned call = 0; call < CALLS_KNOWN; call++) {
        size_t word = call / CALL_BITS;
        unsigned long long bit = 1ull << (call % CALL_BITS);

        if ((atomic_load(&refused.seen[word]) & ~refused.told[word] & bit) == 0)
            continue;
        refused.told[word] |= bit;
        char *name =
            seccomp_syscall_resolve_num_arch(SCMP_ARCH_NATIVE, (int)call);
        (void)snprintf(out, 64, "%.40s (%u)", name != NULL ? name : "?", call);
        free(name);
        return true;
    }
    return false;
}

void sandbox_spare_signals(sigset_t *blocked)
{
    static const int spared[] = {SIGSYS, SIGSEGV, SIGBUS,
                                 SIGFPE, SIGILL,  SIGABRT};

    for (size_t i = 0; i < COUNT_OF(spared); i++)
        (void)sigdelset(blocked, spared[i]);
}

/* ---- the filter ---- */

const char *sandbox_name(enum sandbox_kind kind)
{
    return sandbox_lists[kind].name;
}

/* Names that this library or machine does not know are left out. */
static int allow(scmp_filter_ctx filter, const char *name)
{
    int call = seccomp_syscall_resolve_name(name);

    return call == __NR_SCMP_ERROR
               ? 0
               : seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 0);
}

/* clone(2) has its stack before its flags there. */
static bool is_s390(uint32_t machine)
{
    return machine == SCMP_ARCH_S390 || machine == SCMP_ARCH_S390X;
}

/* What mmap(2) is to do stands in memory there, which no filter sees. */
static bool is_blind(const struct sandbox_form *f, uint32_t machine)
{
    return (is_s390(machine) || machine == SCMP_ARCH_X86) &&
           strcmp(f->call, "mmap") == 0;
}

static int allow_form(scmp_filter_ctx filter, const struct sandbox_form *f,
                      uint32_t machine)
{
    int call = seccomp_syscall_resolve_name(f->call);
    unsigned argument = f->argument;

    if (call == __NR_SCMP_ERROR)
        return 0;
    if (is_blind(f, machine)) /* the library of the other one takes mmap2 */
        return is_s390(machine) ? allow(filter, f->call) : 0;
    if (is_s390(machine) && strcmp(f->call, "clone") == 0)
        argument = 1 - argument;
    return seccomp_rule_add(
        filter, SCMP_ACT_ALLOW, call, 1,
        SCMP_CMP(argument, SCMP_CMP_MASKED_EQ, f->mask, f->value));
}

/* clone3(2) keeps its flags where no filter sees them: without it libc takes
 * clone(2). */
int sandbox_fill(void *filter, enum sandbox_kind kind, uint32_t machine)
{
    const struct sandbox_list *list = &sandbox_lists[kind];
    int rc =
        seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);

    for (size_t i = 0; i < SANDBOX_PARTS_MAX && list->calls[i] != NULL; i++)
        for (const char *const *call = list->calls[i]; rc == 0 && *call != NULL;
             call++)
            rc = allow(filter, *call);
    for (size_t i = 0; i < SANDBOX_PARTS_MAX && list->forms[i] != NULL; i++)
        for (const struct sandbox_form *f = list->forms[i];
             rc == 0 && f->call != NULL; f++)
            rc = allow_form(filter, f, machine);
    return rc;
}

int sandbox_enter(enum sandbox_kind kind)
{
#ifdef SANITIZED /* a sanitizer traces, maps and starts as it likes */
    (void)kind;
    return -ENOSYS;
#endif
    scmp_filter_ctx filter = seccomp_init(refusal(kind));

    if (filter == NULL)
        return -ENOSYS;
    int rc = sandbox_fill(filter, kind, seccomp_arch_native());
    if (rc == 0)
        rc = seccomp_attr_set(filter, SCMP_FLTATR_CTL_TSYNC, 1);
    if (rc == 0) /* a tree instead of a chain, where the library can */
        (void)seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2);
    if (rc == 0)
        rc = seccomp_load(filter);
    seccomp_release(filter);
    return rc == -EINVAL || rc == -EOPNOTSUPP ? -ENOSYS : rc;
}

bool sandbox_is_in_force(void)
{
    return prctl(PR_GET_SECCOMP, 0, 0, 0, 0) == 2; /* a filter */
}
