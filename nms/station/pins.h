/* pins.h - what people said of devices: that two are one, that they are not, or
 * that an address is not of the device that has it. Outweighs all evidence,
 * until it is undone.
 */
#ifndef STATION_PINS_H
#define STATION_PINS_H

#include "base/addr.h"
#include "base/clock.h"
#include "base/complaint.h"
#include "base/ident.h"
#include "base/mem.h"

struct pins;
struct store;

enum { PINS_MAX = 10000 };

enum pin_kind { PIN_MERGE, PIN_SPLIT, PIN_APART, PIN_KINDS };
const char *pin_kind_name(enum pin_kind kind); /* "merge" ... */

struct pin_addrs ARRAY_OF(struct addr);

/* merge: addrs, once of other, are of device. split: the one address is of
 * other, and not of device. apart: addrs are of other, and other is not device,
 * whatever is alike. */
struct pin {
    struct ident id;
    enum pin_kind kind;
    struct ident device, other;
    char *device_name, *other_name; /* as they were called then */
    char *dir;                      /* merge: folder of other's series */
    struct pin_addrs addrs;
    char *who;
    struct wall at;
    uint32_t lost_ports; /* merge: of other's that device does not tell of */
};

/* store is borrowed; NULL: nothing is kept. */
struct pins *pins_new(struct store *store);
void pins_free(struct pins *p);

/* Reads those of earlier runs. 0, or -EIO and *why; what cannot be read is
 * reported to the log and left where it is. */
int pins_load(struct pins *p, struct complaint *why)
    __attribute__((warn_unused_result));

/* Keeps a copy with an id of its own; the list's. NULL beyond PINS_MAX. */
struct pin *pins_add(struct pins *p, const struct pin *new);
/* It was changed: stored anew. */
void pins_save(struct pins *p, const struct pin *pin);
void pins_remove(struct pins *p, struct pin *pin);

/* Those that name a device that is gone go too; not what was split, which is
 * found again. */
void pins_forget(struct pins *p, const struct ident *device);

/* Who said some is called otherwise from now on. How many. */
size_t pins_rename_person(struct pins *p, const char *from, const char *to);

/* What was said of device from is said of to. p may be NULL. */
void pins_inherit(struct pins *p, const struct ident *from,
                  const struct ident *to);

size_t pins_count(const struct pins *p);
struct pin *pins_at(const struct pins *p, size_t i);

/* What was said of an address; NULL: nothing. p may be NULL. */
struct pin *pins_of(const struct pins *p, const struct addr *addr);

/* True if a person said that these are two: an address was split from one of
 * them to the other, or they are kept apart. */
bool pins_part(const struct pins *p, const struct ident *a,
               const struct ident *b);
/* What keeps them apart, in whichever order it was said; NULL: nothing. */
struct pin *pins_apart(const struct pins *p, const struct ident *a,
                       const struct ident *b);

/* The merge into device of what was called or had other; NULL if none. */
struct pin *pins_merge(const struct pins *p, const struct ident *device,
                       const char *other);

/* True if a person merged this device into another: what was its own is kept
 * for when that is undone. p may be NULL. */
bool pins_keep(const struct pins *p, const struct ident *other);

/* "merged with sw-2 by ann", "split from sw-1 by ann", "kept apart from sw-1 by
 * ann". */
void pin_text(const struct pin *pin, char *out, size_t len);

#endif
