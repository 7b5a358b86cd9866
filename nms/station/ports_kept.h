/* ports_kept.h - what is kept of the ports of a device over restarts: the names
 * of their files and what they are recognised by. A copy that does not change,
 * so that any thread may write it as text. */
#ifndef STATION_PORTS_KEPT_H
#define STATION_PORTS_KEPT_H

#include "base/bytes.h"
#include "base/own.h"

struct ports;
struct ports_kept;

/* Texts are shared, not copied; ps NULL: of none. */
struct ports_kept *ports_keep(const struct ports *ps);
void ports_kept_free(struct ports_kept *k);
OWNED_BY(struct ports_kept, ports_kept_free)

/* Appends them as JSON, for ports_from_json(). */
void ports_kept_write(const struct ports_kept *k, struct buffer *out);

#endif
