/* Rules of alerts: what weighs samples by them, and what they make of an
 * object. */
#include "station/station_parts.h"

void station_rules_open(struct station *s)
{
    s->thresholds = thresholds_new(
        &(struct thresholds_parts){s->alerts, s->inventory, s->store});
    thresholds_use(s->thresholds, s->config);
}
