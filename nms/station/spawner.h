/* spawner.h - a process that starts programs for the station, which may start
 * none itself once it is in its sandbox.
 *
 * It is split off before there are threads or packets, keeps nothing open but
 * its line to the station, and starts only what it was told at its own start or
 * what the configuration on the disk names: never a path because the station
 * says so. What it starts is the station's child, not its own, and may make
 * the calls of SANDBOX_PROGRAMS.
 */
#ifndef STATION_SPAWNER_H
#define STATION_SPAWNER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct spawner;

/* May this program be started? Asked in the process that starts. */
typedef bool (*spawner_permit_fn)(void *arg, const char *program);

/* Its part of the line: takes one order and answers it. False when the station
 * is gone. */
bool spawner_hear(int line, spawner_permit_fn permits, void *arg);

/* Splits it off. To be called by the first thread, while there is no other.
 * 0 or -errno. */
int spawner_new(spawner_permit_fn permits, void *arg, struct spawner **out)
    __attribute__((warn_unused_result));

/* What is to be started. */
struct spawner_order {
    const char *const *argv; /* the program, found by PATH; ends with NULL */
    const char *const *env;  /* "NAME=value" beside ours, NULL = none; names
                                that begin with PORTOLAN_ and few others */
    int in, out, err;        /* its descriptors; borrowed */
    uint64_t memory_max;     /* octets of address space; 0 = any */
};

/* Starts it, as the leader of a group of its own, which gets SIGTERM if we die.
 * 0 and its process id; -EPERM if it is not permitted, -EPIPE if the spawner
 * is gone, else -errno as of execve(2). Blocks until it runs. */
int spawner_start(struct spawner *s, const struct spawner_order *order,
                  pid_t *pid) __attribute__((warn_unused_result));

/* Readable when it is gone. */
int spawner_fd(const struct spawner *s);

/* Ends it; what it started goes on. NULL is fine. */
void spawner_free(struct spawner *s);

#endif
