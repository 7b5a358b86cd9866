/* sandbox_calls.h - what each kind of process may ask the kernel for. A name
 * that a machine does not have does no harm. */
#ifndef BASE_SANDBOX_CALLS_H
#define BASE_SANDBOX_CALLS_H

#include "base/sandbox.h"

/* One allowed form of a call: argument and mask give value. Arguments are in
 * the order of most machines. */
struct sandbox_form {
    const char *call; /* NULL ends a list */
    unsigned argument;
    uint64_t mask, value;
};

enum { SANDBOX_PARTS_MAX = 8 };

struct sandbox_list {
    const char *name; /* for people */
    /* Calls in any form, lists that NULL ends; and some in some. */
    const char *const *calls[SANDBOX_PARTS_MAX];
    const struct sandbox_form *forms[SANDBOX_PARTS_MAX];
};

extern const struct sandbox_list sandbox_lists[SANDBOX_KINDS];

/* Rules for a machine, one of SCMP_ARCH_, which is the only one that filter, a
 * scmp_filter_ctx, is for. 0 or -errno. */
int sandbox_fill(void *filter, enum sandbox_kind kind, uint32_t machine)
    __attribute__((warn_unused_result));

#endif
