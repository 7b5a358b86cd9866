/* thresholds.h - weighs samples as they come, and ports, restarts and links, by
 * the rules of the configuration, and tells of conditions (alerts.h).
 *
 * Rules that apply to an object make its plan, which equal objects share; it is
 * chosen when the object is first seen, and again when the configuration or the
 * facts of its device change. A normal value costs the plan alone: something is
 * kept only of what is not normal, and where a rule looks at the past.
 */
#ifndef STATION_THRESHOLDS_H
#define STATION_THRESHOLDS_H

#include "station/alerts.h"
#include "station/config.h"
#include "station/inference.h"
#include "station/inventory.h"
#include "station/rules.h"
#include "station/sample.h"

struct store;
struct thresholds;

/* Borrowed; store may be NULL: what was learned is not kept. */
struct thresholds_parts {
    struct alerts *alerts;
    struct inventory *inventory;
    struct store *store;
    /* Bits of enum alert_evidence besides the poll, of a port of a device;
     * NULL: nothing else tells. */
    unsigned (*evidence)(void *arg, const struct ident *device,
                         uint32_t if_index);
    void *arg;
};

struct thresholds *thresholds_new(const struct thresholds_parts *parts);
/* Devices must have been dropped. */
void thresholds_free(struct thresholds *t);

/* The rules of a configuration apply from now on; c is borrowed until the next
 * call. What holds goes on to hold by rules of the same name. */
void thresholds_use(struct thresholds *t, const struct config *c);

/* After the inventory was read: what was learned by earlier runs, and the
 * alerts that last. 0, or -EIO and *why. */
int thresholds_resume(struct thresholds *t, struct complaint *why)
    __attribute__((warn_unused_result));

/* Weighs one sample. */
void thresholds_sample(struct thresholds *t, const struct sample *sample);

/* Facts, name or kind of a device are other ones. */
void thresholds_changed(struct thresholds *t, struct device *d);
/* It is no more: what was learned of it is forgotten, if it is gone for good.
 */
void thresholds_drop(struct thresholds *t, struct device *d, bool gone);

/* Its agent restarted. */
void thresholds_restarted(struct thresholds *t, const struct device *d,
                          struct wall at);

/* Links are new: i is borrowed until the next call. */
void thresholds_links(struct thresholds *t, const struct inferred *i);

/* Calls fn for each rule on the group of a sample, which is not weighed. facts:
 * of its device, open; or NULL. */
void thresholds_explain(struct thresholds *t, const struct sample *sample,
                        const struct facts *facts, rule_report_fn fn,
                        void *arg);

struct thresholds_stats {
    uint64_t weighed;    /* samples */
    uint32_t not_normal; /* values, told or not for long enough yet */
};
void thresholds_stats(const struct thresholds *t, struct thresholds_stats *out);

#endif
