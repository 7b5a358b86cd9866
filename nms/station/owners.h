/* owners.h - which device an address belongs to, in little memory: the
 * addresses themselves stand with their devices alone.
 */
#ifndef STATION_OWNERS_H
#define STATION_OWNERS_H

#include "base/addr.h"
#include "base/own.h"

struct device;
struct owners;

struct owners *owners_new(void);
void owners_free(struct owners *o);
OWNED_BY(struct owners, owners_free)

/* NULL: it is nobody's. */
struct device *owners_find(const struct owners *o, const struct addr *addr);

/* addr is d's from now on, whosever it was. */
void owners_add(struct owners *o, const struct addr *addr, struct device *d);

/* addr is nobody's; gives whose it was, or NULL. */
struct device *owners_remove(struct owners *o, const struct addr *addr);

#endif
