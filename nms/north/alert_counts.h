/* alert_counts.h - how many alerts ask for somebody, and why the others do not.
 */
#ifndef NORTH_ALERT_COUNTS_H
#define NORTH_ALERT_COUNTS_H

#include "station/alert.h"

/* Each that lasts is one of these. */
struct alert_counts {
    size_t open[SEVERITIES]; /* that ask for somebody, by severity */
    size_t symptoms, silenced, shelved;
};

/* Counts one that lasts. True if it asks for somebody. */
bool alert_counts_add(struct alert_counts *c, const struct alert_record *r);

#endif
