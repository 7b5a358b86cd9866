/* child.h - other programs, run from the loop: started without a shell, heard
 * through pipes, ended when they take too long or we go away. */
#ifndef STATION_CHILD_H
#define STATION_CHILD_H

#include "base/bytes.h"

#include <sys/types.h>

struct event_base;
struct child;

/* What a child that talks said, as it comes; it may not be stopped within. */
typedef void (*child_output_fn)(void *arg, struct bytes output);

struct child_options {
    const char *const *argv; /* the program, found by PATH; ends with NULL */
    const char *const *env;  /* "NAME=value" beside ours, NULL = none */
    size_t output_max;       /* octets of standard output; 0: it is not kept */
    int64_t
        time_max_ms; /* then it is killed, with what it started; 0 = never */
    uint64_t memory_max; /* octets of address space; 0 = any */
    int input;           /* standard input: of child_input(), closed by
                            child_start(); 0: none */
    bool foreign; /* not a helper of ours: its end is not counted as one's */
    child_output_fn said; /* it talks: its standard output goes there, and
                             child_say() is its standard input; else NULL */
};

/* How it ended: result 0 and its exit status, or -ETIMEDOUT, -EFBIG (it said
 * too much), -EIO (a signal ended it). output, which may be moved away, and
 * errors (the first lines of standard error) are valid until the callback
 * returns. */
struct child_end {
    int result, status;
    struct buffer *output;
    const char *errors;
};
typedef void (*child_fn)(void *arg, const struct child_end *end);

/* A file in memory that holds these octets, for child_options.input; or -errno.
 * Any thread. */
int child_input(struct bytes octets);

/* From now on programs are started by this process of ours, which is borrowed;
 * NULL: by ourselves. */
struct spawner;
void child_use(struct spawner *spawner);

/* Helpers that ended since the start as they should not: by a signal, too late,
 * too much said. */
uint64_t child_failures(void);

/* Programs since the start that child_start() could not start: not there, not
 * permitted, or a limit of processes, descriptors or memory is reached. */
uint64_t child_refusals(void);

/* Starts one. The callback comes once, from the loop, after which it is gone;
 * it gets SIGTERM if we die first. 0 or -errno. */
int child_start(struct event_base *base, const struct child_options *options,
                child_fn done, void *arg, struct child **out)
    __attribute__((warn_unused_result));

pid_t child_pid(const struct child *c);

/* Says something to a child that talks; copied. What a child that has ended did
 * not hear is lost: its end tells. */
void child_say(struct child *c, struct bytes what);

/* Ends it without a callback: SIGTERM, SIGKILL if it is still there grace_ms
 * later (0: at once). Blocks until it is gone. NULL is fine. */
void child_stop(struct child *c, int64_t grace_ms);

#endif
