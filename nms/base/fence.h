/* fence.h - the wall of discovery.within: addresses that may be sent to.
 *
 * Whoever sends asks the fence last, directly before the packet leaves, so
 * that nothing a device claims can lead outside.
 */
#ifndef BASE_FENCE_H
#define BASE_FENCE_H

#include "base/addr.h"
#include "base/own.h"

struct fence;

/* Nothing is permitted at first. */
struct fence *fence_new(void);
void fence_free(struct fence *f);
OWNED_BY(struct fence, fence_free)

void fence_permit(struct fence *f, const struct prefix *p);
void fence_forbid(struct fence *f, const struct prefix *p); /* wins */

/* f permits and forbids what from did; from is freed. */
void fence_take(struct fence *f, struct fence *from);

bool fence_permits(const struct fence *f, const struct addr *a);

#endif
