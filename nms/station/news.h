/* news.h - what changed in the topology, as events tell it. Any thread. */
#ifndef STATION_NEWS_H
#define STATION_NEWS_H

#include "station/inference.h"
#include "topology/diff.h"

/* More at once are told by their number. */
enum { NEWS_MAX = 200 };

/* Writes the news of changes from was, which may be NULL, to is->topology into
 * is->news. Devices that come, go or are renamed are told by discovery, and
 * their links with them; while a round that met a device first is under_way,
 * only what fails of it is news. */
void news_write(const struct topo_changes *changes, const struct topology *was,
                bool under_way, struct inferred *is);

#endif
