/* backups.h - backups of the state that the station makes by itself, so that
 * never more than a day of it is lost with its disk or by somebody's mistake:
 * portolan.yaml, backup. All functions are for the loop, which they do not
 * hold.
 */
#ifndef STATION_BACKUPS_H
#define STATION_BACKUPS_H

#include "base/complaint.h"
#include "base/own.h"

struct backups;
struct config;
struct event_base;

/* One was made, or none is wanted any more: why NULL; or it failed. */
typedef void (*backups_fn)(void *arg, const struct complaint *why);

/* config is borrowed until backups_use(). The first look is soon after. told
 * comes from the loop. */
struct backups *backups_new(struct event_base *base,
                            const struct config *config, backups_fn told,
                            void *arg);
void backups_use(struct backups *b, const struct config *config);
/* One that is being made is to end, and to leave nothing; none is begun any
 * more, or told of. NULL is fine. */
void backups_end(struct backups *b);
/* The same, and waits a second for that. One whose directory is of a server
 * that does not answer is left alone: the process is to end. NULL is fine. */
void backups_free(struct backups *b);
OWNED_BY(struct backups, backups_free)

#endif
