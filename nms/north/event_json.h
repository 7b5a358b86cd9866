/* event_json.h - an event as JSON. Any thread. */
#ifndef NORTH_EVENT_JSON_H
#define NORTH_EVENT_JSON_H

#include "station/store.h"

#include <jansson.h>

json_t *event_json(const struct store_event *e);

#endif
