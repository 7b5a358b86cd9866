/* notice_changes.h - changes that are told though they are no alerts: risks
 * that came to another level, links that came or went (station/changes.h).
 * They wait here until they are due, so that few notifications tell of many:
 * of risk no more than CHANGES_RISK_MAX each CHANGES_RISK_MS, and one for all
 * others; of links one each CHANGES_LINKS_MS. What went back meanwhile is no
 * change. Pure.
 */
#ifndef NORTH_NOTICE_CHANGES_H
#define NORTH_NOTICE_CHANGES_H

#include "base/clock.h"
#include "base/own.h"
#include "station/changes.h"

enum {
    CHANGES_RISK_MS = 2000,
    CHANGES_RISK_MAX = 20,
    CHANGES_LINKS_MS = 10000
};

struct notice_changes;

struct notice_changes *notice_changes_new(void);
void notice_changes_free(struct notice_changes *c); /* NULL is fine */
OWNED_BY(struct notice_changes, notice_changes_free)

void notice_changes_risk(struct notice_changes *c, const struct risk_change *r);
void notice_changes_links(struct notice_changes *c,
                          const struct topology_change *t);

/* One that is due, as an alert that is none (its index is 0), which the
 * callee borrows; level: PortolanRiskLevel of its object now, 0 where it tells
 * nothing of that. */
typedef void (*notice_change_fn)(void *arg, const struct alert_record *a,
                                 uint8_t level);

/* Tells what is due; station: its name. */
void notice_changes_turn(struct notice_changes *c, const char *station,
                         struct mono now, struct wall wall, notice_change_fn fn,
                         void *arg);

#endif
