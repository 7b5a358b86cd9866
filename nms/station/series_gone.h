/* series_gone.h - devices that are to be forgotten: samples of theirs that wait
 * on disk go to nobody. */
#ifndef STATION_SERIES_GONE_H
#define STATION_SERIES_GONE_H

#include "base/bytes.h"
#include "base/own.h"

struct gone;

struct gone *gone_new(void);
void gone_free(struct gone *g);
OWNED_BY(struct gone, gone_free)

/* Samples of a folder up to a moment go. */
void gone_add(struct gone *g, const char *folder, int64_t until_ms);

/* Does a sample of that path and moment? */
bool gone_has(const struct gone *g, struct bytes path, int64_t at_ms);

#endif
