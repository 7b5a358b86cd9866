/* trap_log.h - the last notifications received and sent, as they are on the
 * wire: what NOTIFICATION-LOG-MIB (RFC 3014) tells other managers. It is
 * bounded and in memory: it begins anew with the station, as that MIB allows;
 * what people search for years is the event log.
 *
 * The loop alone adds; a book of it any thread may read.
 */
#ifndef STATION_TRAP_LOG_H
#define STATION_TRAP_LOG_H

#include "base/addr.h"
#include "base/clock.h"
#include "base/own.h"
#include "mibs/value.h"

enum {
    TRAP_LOG_MAX = 5000,           /* entries: nlmConfigGlobalEntryLimit */
    TRAP_LOG_AGE_MIN = 1440,       /* minutes: nlmConfigGlobalAgeOut */
    TRAP_LOG_OCTETS_MAX = 4 << 20, /* of all, in memory */
    TRAP_LOG_ENTRY_MAX = 32 << 10, /* of one: varbinds beyond are left out */
    TRAP_LOG_TYPES = 9             /* of values, that MIB's */
};

/* One notification; borrowed where it is added. Views of an entry live as long
 * as it does. */
struct trap_log_item {
    struct wall at;
    bool sent;        /* by this station; else received */
    uint32_t alarm;   /* the alert that it tells of; 0: none */
    bool over;        /* that this is over */
    struct addr from; /* where it came from; none of what was sent */
    uint16_t port;
    struct bytes engine_id, context_engine_id, context; /* v3; else empty */
    struct oid trap;
    const struct varbind *varbinds; /* behind sysUpTime.0 and snmpTrapOID.0 */
    size_t count;
};

struct trap_log_entry {
    unsigned refs;
    uint32_t index; /* nlmLogIndex: from 1, only grows */
    size_t octets;  /* that it takes */
    struct trap_log_item item;
};

/* A variable of an entry. */
struct trap_log_variable {
    uint32_t entry, nth; /* places in entries, and in its varbinds */
};

/* All that is logged at a moment; immutable, with a count of references. */
struct trap_log_book {
    const struct trap_log_entry *const *entries; /* by index */
    size_t count;
    const struct trap_log_variable *variables; /* by entry and place */
    size_t variable_count;
    /* Those of each type (trap_log_type()), as places in variables. */
    const uint32_t *of_type[TRAP_LOG_TYPES];
    size_t of_type_count[TRAP_LOG_TYPES];
    uint64_t logged, bumped; /* ever; of these, for want of room */
    unsigned refs;
};
struct trap_log_book *trap_log_book_ref(const struct trap_log_book *b);
void trap_log_book_unref(
    struct trap_log_book *b); /* any thread; NULL is fine */

/* nlmLogVariableValueType of a value less 1: counter32 0 ... opaque 8; -1: it
 * is none of that MIB's. */
int trap_log_type(const struct value *v);

struct trap_log;

struct trap_log *trap_log_new(void);
void trap_log_free(struct trap_log *l); /* NULL is fine */
OWNED_BY(struct trap_log, trap_log_free)

/* Varbinds of no type are left out. */
void trap_log_add(struct trap_log *l, const struct trap_log_item *item);

/* What is too old goes. */
void trap_log_age(struct trap_log *l, struct wall now);

/* As of now, with a reference for the caller. Costs as much as there is if that
 * changed, else nothing. */
struct trap_log_book *trap_log_book(struct trap_log *l);

#endif
