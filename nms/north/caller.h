/* caller.h - who asks, and what proves it. */
#ifndef NORTH_CALLER_H
#define NORTH_CALLER_H

#include "base/ident.h"
#include "station/people.h"

enum { CALLER_NAME_MAX = 80 };

enum caller_kind {
    CALLER_NOBODY,
    CALLER_SOCKET,  /* over the control socket: an administrator */
    CALLER_SESSION, /* a person's browser */
    CALLER_TOKEN    /* a script */
};

struct caller {
    enum caller_kind kind;
    enum role role;
    char name[CALLER_NAME_MAX]; /* what changes are attributed to; "" */
    struct ident key;           /* of session or token */
    bool must_change;           /* the password, before anything else */
};

#endif
