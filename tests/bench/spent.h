/* spent.h - what programs of the benches are told by the environment, and what
 * they have spent. */
#ifndef TESTS_SPENT_H
#define TESTS_SPENT_H

#include <stddef.h>
#include <stdlib.h>
#include <sys/resource.h>

/* A number of the environment; preset where it is not there. */
static inline size_t number_from(const char *name, size_t preset)
{
    const char *text = getenv(name);

    return text == NULL ? preset : (size_t)strtoull(text, NULL, 10);
}

/* Processor time of the process, user and system, in seconds. */
static inline double cpu_s(void)
{
    struct rusage u;

    getrusage(RUSAGE_SELF, &u);
    return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
           (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

#endif
