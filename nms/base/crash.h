/* crash.h - a process that crashes leaves word of it: which signal, where, and
 * the functions that led there, on standard error and in a file that the next
 * start finds. Memory is never written: it holds secrets.
 */
#ifndef BASE_CRASH_H
#define BASE_CRASH_H

#include <stdalign.h>
#include <stdbool.h>
#include <stddef.h>

enum { CRASH_PATH_MAX = 512, CRASH_WORDS_MAX = 160 };
enum { CRASH_STACK_OCTETS = 64 << 10 };

/* From now on SIGSEGV, SIGBUS, SIGFPE, SIGILL and SIGABRT write
 * dir/crash-SECONDS-PID.txt (mode 0600) and then end the process as they would.
 * dir is copied; a longer one than CRASH_PATH_MAX gets no file. Sanitized
 * builds leave it to the sanitizer. */
void crash_watch(const char *dir);

/* What a crash is told from where a thread overflowed its own stack: a local of
 * its first function, as it is the kernel's for as long as the thread lives. */
struct crash_stack {
    alignas(16) char room[CRASH_STACK_OCTETS];
};
void crash_watch_thread(struct crash_stack *stack);

/* A crash of an earlier run. */
struct crash {
    char path[CRASH_PATH_MAX];
    char words[CRASH_WORDS_MAX]; /* its first line, a text_safe() one */
};

/* The newest crash in dir that no run has told of yet; it and all before count
 * as told from now on, and all but the newest ten are removed. *count, where it
 * is not NULL, is how many there were. False: none. */
bool crash_earlier(const char *dir, struct crash *out, size_t *count);

#endif
