/* learned.h - what is known of how an agent wants to be asked: learned while
 * it was asked, and kept over restarts; or known of its kind by a profile.
 */
#ifndef STATION_LEARNED_H
#define STATION_LEARNED_H

#include "station/inventory.h"

struct habits;
struct profiles;

/* Habits as JSON for the store, appended to out; and back into *h, which is
 * initialised and keeps what the text does not tell. False if it is no such
 * text. */
void learned_to_json(const struct habits *h, struct buffer *out);
bool learned_from_json(struct habits *h, const char *text);

/* Gives the device's agent, if it has one, what the store kept of it. */
void learned_recall(struct device *d);

/* Tells the device's agent what its profile knows of its kind. */
void learned_instruct(struct device *d, const struct profiles *profiles);

/* Of its agent's uptime, from when on it tells all, in hundredths of a second:
 * usually after two minutes, by its profile later. */
uint32_t learned_settled_cs(const struct device *d,
                            const struct profiles *profiles);

/* True if its 64-bit counters are not to be trusted, by its profile. */
bool learned_distrusts_wide(const struct device *d,
                            const struct profiles *profiles);

/* Fills quirks and table habits of a record; texts go to record->arena. */
void learned_record(const struct device *d, const struct profiles *profiles,
                    struct device_record *record);

#endif
