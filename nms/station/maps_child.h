/* maps_child.h - one run of portolan-render: a document in, a picture out.
 * For maps.c. */
#ifndef STATION_MAPS_CHILD_H
#define STATION_MAPS_CHILD_H

#include "base/bytes.h"
#include "base/own.h"

struct event_base;
struct maps_child;

struct maps_call {
    const char *program;
    const char *const *arguments; /* with the program's name, NULL at the end */
    struct bytes input;           /* copied */
    int limit_ms;
    size_t output_max; /* octets */
};

/* result: 0; -ETIMEDOUT; -EFBIG; -EIO: it failed, words is what it said first.
 * output and words are valid until the callback returns; the child is the
 * callback's to free. */
typedef void (*maps_child_fn)(void *arg, int result, struct bytes output,
                              const char *words);

/* Starts it; done comes once, from the loop. 0 or -errno. */
int maps_child_new(struct event_base *base, const struct maps_call *call,
                   maps_child_fn done, void *arg, struct maps_child **out)
    __attribute__((warn_unused_result));

/* Ends it, if it still runs, without a callback. */
void maps_child_free(struct maps_child *c);
OWNED_BY(struct maps_child, maps_child_free)

#endif
