/* render_cage.h - what portolan-render gives up before it reads a map. */
#ifndef TOPOLOGY_RENDER_CAGE_H
#define TOPOLOGY_RENDER_CAGE_H

struct cage_limits {
    unsigned long memory_mb; /* of addresses; 0 = any */
    unsigned long cpu_s;
};

/* From now on: no new privileges, no network, no other program or process, no
 * file that is made or changed, no more memory and time than limits, no output
 * beyond 512 MB. Files are read. What the kernel does not offer is left out:
 * the limits always hold. 0 or -errno. */
int cage_enter(const struct cage_limits *limits)
    __attribute__((warn_unused_result));

/* How many files may be open at a time. */
unsigned long cage_files(void);

#endif
