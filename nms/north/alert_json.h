/* alert_json.h - an alert as the API and web hooks tell it. */
#ifndef NORTH_ALERT_JSON_H
#define NORTH_ALERT_JSON_H

#include "north/json_out.h"
#include "station/alert.h"

/* For the caller. */
json_t *alert_json(const struct alert_record *r)
    __attribute__((warn_unused_result));

#endif
