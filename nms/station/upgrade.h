/* upgrade.h - what the first start of this version would change of what an
 * earlier one left: told by `portoland -t`, which changes nothing. */
#ifndef STATION_UPGRADE_H
#define STATION_UPGRADE_H

#include "base/bytes.h"

#include <stdbool.h>

struct config;

/* Appends lines for people; warnings of the configuration, keys that were
 * renamed among them, are told elsewhere. False: it would not start. */
bool upgrade_tell(const struct config *config, struct buffer *out);

#endif
