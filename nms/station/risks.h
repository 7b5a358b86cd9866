/* risks.h - the risk of devices, links, sites, clouds and the whole: recomputed
 * within a second of what it is made of, kept as a history, told where its
 * level changes. The loop alone calls this; what it publishes is risk.h.
 */
#ifndef STATION_RISKS_H
#define STATION_RISKS_H

#include "station/alerts.h"
#include "station/changes.h"
#include "station/config.h"
#include "station/events.h"
#include "station/inference.h"
#include "station/inventory.h"
#include "station/maps.h"
#include "station/risk.h"

struct risks;

/* Borrowed; store may be NULL: nothing is kept. */
struct risks_parts {
    struct alerts *alerts;
    struct inventory *inventory;
    struct store *store;
    struct events *events;
};

/* Listens to alerts from now on. */
struct risks *risks_new(const struct risks_parts *parts);
void risks_free(struct risks *r);

/* Who is told of each risk that comes to another level; NULL: nobody is. */
typedef void (*risk_change_fn)(void *arg, const struct risk_change *c);
void risks_listen(struct risks *r, risk_change_fn on_change, void *arg);

/* Formulas and values of a configuration; borrowed until the next call. */
void risks_use(struct risks *r, const struct config *c);

/* After the inventory and alerts were read: values by hand and histories of
 * earlier runs. 0, or -EIO and *why. */
int risks_resume(struct risks *r, struct complaint *why)
    __attribute__((warn_unused_result));

/* A device is new, or its facts, name, kind or credential are other ones. */
void risks_changed(struct risks *r, const struct device *d);
/* It is no more. */
void risks_gone(struct risks *r, const struct device *d);
/* Links are new; i is borrowed until the next call. */
void risks_links(struct risks *r, const struct inferred *i);
/* Who is in which cloud is this from now on, as maps_members() tells it. */
void risks_clouds(struct risks *r, const struct cloud_member *members,
                  size_t count);

/* Every second: what changed is reckoned anew, some thousands at a time. */
void risks_tick(struct risks *r, struct mono now, struct wall wall);

/* The site that a device is at, "" if at none; as it is known now. */
const char *risks_group_of(struct risks *r, const struct device *d);
/* Counts up when a device came to another one. */
uint64_t risks_groups_version(const struct risks *r);

/* As of the last tick, with a reference for the caller. */
struct risk_book *risks_book(struct risks *r);

/* Series of risk: how many there are, and the values of those that are due,
 * every step_ms, some at a time: after each tick. path: risk_series_path(). */
size_t risks_series(const struct risks *r);
typedef void (*risk_sample_fn)(void *arg, const char *path, double risk);
void risks_sample(struct risks *r, int64_t step_ms, risk_sample_fn fn,
                  void *arg);

/* How much a device matters, 1..5, as who says; 0: as rules say. Kept. */
void risks_value(struct risks *r, const struct device *d, int value,
                 const char *who, struct wall at);

/* Who said so is called otherwise from now on. Of how many devices. */
size_t risks_rename_person(struct risks *r, const char *from, const char *to);

/* name: of a device (its name, an address, its id), a link (its id), a site, a
 * cloud ("MAP/NAME"); "all". False if there is none. */
bool risks_explain(struct risks *r, const char *name, struct wall now,
                   struct risk_report *out);

#endif
