/* sandbox.h - which system calls a process may make from now on: allow lists,
 * kept by the kernel (seccomp(2)). What is on none is refused, whatever its
 * name; so is what a kernel of tomorrow adds.
 */
#ifndef BASE_SANDBOX_H
#define BASE_SANDBOX_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

enum sandbox_kind {
    /* The station at work: files, sockets of IP, UNIX and netlink, threads of
     * its own. No other program, no process, no page that is written and run.
     * What is refused is counted and fails with EPERM. */
    SANDBOX_STATION,
    /* The process that starts programs, and all of these: what ordinary
     * programs do. No namespaces, mounts, modules, keys, tracing, clock. */
    SANDBOX_PROGRAMS,
    /* portolan-render: files that are there are read, nothing else but its
     * open descriptors. No network, no process, no program, no signal. */
    SANDBOX_RENDER,
    SANDBOX_KINDS
};

/* Holds for every thread of the process and for what it starts, for good; sets
 * no_new_privs. 0, -ENOSYS if this kernel or build has no filter, or -errno. */
int sandbox_enter(enum sandbox_kind kind) __attribute__((warn_unused_result));

/* The name of a list, for people. */
const char *sandbox_name(enum sandbox_kind kind);

/* Is a filter in force for this process? As the kernel tells. */
bool sandbox_is_in_force(void);

/* Calls that SANDBOX_STATION refused since it was entered. */
uint64_t sandbox_refused(void);

/* Gives a call that was refused for the first time since the last question, as
 * "ptrace" or its number; false: there is none. out has room for 64 octets. */
bool sandbox_news(char out[64]);

/* Signals that no thread may block: the filter's own and those of a crash. */
void sandbox_spare_signals(sigset_t *blocked);

#endif
