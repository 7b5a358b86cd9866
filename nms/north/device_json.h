/* device_json.h - a device as lists and the stream tell it. Any thread. */
#ifndef NORTH_DEVICE_JSON_H
#define NORTH_DEVICE_JSON_H

#include "station/snapshot.h"

#include <jansson.h>

/* An element of GET /devices. */
json_t *device_json(const struct snapshot *s, const struct device_record *d,
                    const struct device_state *state);

/* Of it, what changes while the device stays what it is: name, id, state,
 * status, since and the marks of its alerts. */
json_t *device_state_json(const struct device_record *d,
                          const struct device_state *state);

#endif
