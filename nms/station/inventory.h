/* inventory.h - the devices that the station knows.
 *
 * Owns them; finds them by id, name and address. An address belongs to one
 * device at most. What a device is (facts), how it is asked (agent,
 * credential) and how it does (reach) stand here; how it is polled stands in
 * polling.h.
 */
#ifndef STATION_INVENTORY_H
#define STATION_INVENTORY_H

#include "base/ident.h"
#include "mibs/facts.h"
#include "station/decisions.h"
#include "station/snapshot.h"

struct agent;
struct collecting;
struct credential;
struct polled;
struct watch;

struct device_addrs ARRAY_OF(struct addr);

struct device {
    struct ident id;
    char *name;                /* unique; changed by inventory_rename() alone */
    char *dir;                 /* folder of its series, unique, for life */
    struct device_addrs addrs; /* the one that is asked first */
    uint16_t port;             /* UDP port of its agent */
    const struct credential *credential; /* NULL: answers no SNMP */
    struct agent *agent;                 /* owned; NULL without credential */
    char *learned;       /* of its agent by an earlier run, until it has one */
    struct facts *facts; /* owned reference, never NULL */
    enum device_kind kind;
    enum reach reach;
    uint32_t object; /* its number (objects.h); 0 = none yet */
    struct wall since, first_seen, last_seen, collected_at;
    /* Since when its neighbors are these, 0 = since before this run; and the
     * mark of these (neighbors_mark()), 0 = not told yet. */
    struct wall neighbors_at;
    uint64_t neighbors_mark;
    struct mono collected; /* the same by our clock; 0 = in an earlier run */
    char *why;             /* which evidence made it one device; never NULL */
    struct decisions decisions; /* the same for each address that was asked */
    bool station;               /* this machine */
    bool by_hand; /* named by a person: rediscovery never drops it */
    struct collecting *collecting; /* by collect, while an interview is under
                                      way or waits; else NULL */
    bool lost;                     /* the last interviews failed */
    uint64_t visited;              /* the last full round that asked it */
    uint64_t sought; /* the round that asked its address anew for it */
    bool unsaved;    /* since it was last stored */
    bool changed;    /* since it was last published; by device_touch() */
    struct device *next_changed;  /* of the inventory's list */
    struct inventory *inventory;  /* that has it */
    struct device_record *record; /* as last published */
    struct polled *polled;        /* owned by polling */
    struct watch *watch;          /* owned by thresholds */
};

struct inventory;

struct inventory *inventory_new(void);
/* Devices' agents and polled parts must be gone. */
void inventory_free(struct inventory *inv);

size_t inventory_count(const struct inventory *inv);
struct device *inventory_at(const struct inventory *inv, size_t i);
/* From now on inventory_at() goes by name, in byte order, until a device comes
 * or is renamed. Costs what came since. */
void inventory_sort(struct inventory *inv);
/* Counts up when a device comes, goes or is renamed. */
uint64_t inventory_order(const struct inventory *inv);

/* Which evidence made it one device. */
void device_why(struct device *d, const char *why);

/* What is published of d is no longer so. */
void device_touch(struct device *d);
/* Takes one of those touched from their list; NULL if there is none. */
struct device *inventory_take_changed(struct inventory *inv);
/* True if none is in the list. */
bool inventory_is_published(const struct inventory *inv);
/* Takes the record, with its reference, of a device that went since it was
 * published; NULL if there is none. */
struct device_record *inventory_take_gone(struct inventory *inv);

/* A new device without name or addresses; id may be NULL (a new one). */
struct device *inventory_add(struct inventory *inv, const struct ident *id);
void inventory_remove(struct inventory *inv, struct device *d);

struct device *inventory_by_id(const struct inventory *inv,
                               const struct ident *id);
struct device *inventory_by_name(const struct inventory *inv, const char *name);
struct device *inventory_by_addr(const struct inventory *inv,
                                 const struct addr *addr);
/* Name, address, or id as text. */
struct device *inventory_find(const struct inventory *inv, const char *text);

/* Calls it wanted, or wanted and its first address where another device has
 * that name already. True if its name changed. The first name also gives the
 * folder of its series. */
bool inventory_rename(struct inventory *inv, struct device *d,
                      const char *wanted);

/* For a device that is read back: its folder as it was. */
void inventory_restore_dir(struct inventory *inv, struct device *d,
                           const char *dir);

/* addr is one of d's. False if it is another device's already. */
bool inventory_give_addr(struct inventory *inv, struct device *d,
                         const struct addr *addr);
/* addr is asked first from now on; it must be d's. */
void inventory_prefer_addr(struct device *d, const struct addr *addr);
void inventory_take_addr(struct inventory *inv, const struct addr *addr);

/* Everything of from that to lacks goes to to (addresses, first_seen); from
 * is removed. */
void inventory_merge(struct inventory *inv, struct device *to,
                     struct device *from);

#endif
