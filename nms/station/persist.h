/* persist.h - devices as texts for the store, and back: what must not be
 * forgotten when the process dies. */
#ifndef STATION_PERSIST_H
#define STATION_PERSIST_H

#include "station/inventory.h"

struct config;
struct polling;
struct store;

/* Puts a device (identity, addresses, ports) into the store; with facts, all
 * that was collected of it too. */
void persist_device(struct store *store, struct device *d, bool with_facts);
/* What was learned of its agent, if that is new. */
void persist_learned(struct store *store, const struct device *d);
void persist_forget(struct store *store, const struct device *d);

/* Reads every device into an empty inventory; credentials are found by name in
 * config. Ports go to polling. 0 or -EIO and *why; a text that cannot be read
 * is reported to the log and left where it is. */
int persist_load(struct store *store, struct inventory *inv,
                 struct polling *polling, const struct config *config,
                 struct complaint *why) __attribute__((warn_unused_result));

#endif
