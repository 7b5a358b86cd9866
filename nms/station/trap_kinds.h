/* trap_kinds.h - what kinds of notifications there are, as far as they matter:
 * one table. Pure. */
#ifndef STATION_TRAP_KINDS_H
#define STATION_TRAP_KINDS_H

#include "mibs/oid.h"
#include "station/events.h"

/* What is looked at because of one. */
enum trap_look {
    LOOK_NOWHERE,
    LOOK_POLL, /* at what is polled */
    LOOK_FACTS /* at what is collected, too */
};

struct trap_kind {
    struct oid under; /* snmpTrapOID.0 begins so */
    enum event_class class;
    enum severity severity;
    enum trap_look look;
};

/* The kind of a notification; never NULL. */
const struct trap_kind *trap_kind_of(struct oid trap);

#endif
