/* discovery_json.h - how far discovery is, as JSON. Any thread. */
#ifndef NORTH_DISCOVERY_JSON_H
#define NORTH_DISCOVERY_JSON_H

#include "station/snapshot.h"

#include <jansson.h>

json_t *discovery_json(const struct snapshot *s);

#endif
