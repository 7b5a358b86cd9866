/* maps_writer.h - a thread that writes documents, so that the loop does not
 * wait for a disk. For maps.c. */
#ifndef STATION_MAPS_WRITER_H
#define STATION_MAPS_WRITER_H

#include "base/bytes.h"
#include "base/own.h"

struct maps_writer;

struct maps_writer *maps_writer_new(void);

/* Writes what waits, then ends the thread. */
void maps_writer_free(struct maps_writer *w);
OWNED_BY(struct maps_writer, maps_writer_free)

/* path shall hold text, which is taken. A text that still waits for the same
 * path is replaced: what waits is bounded by the number of maps. A failure is
 * a line in the log; the next text is tried again. */
void maps_writer_put(struct maps_writer *w, const char *path, char *text);

/* Waits until nothing waits any more. True if all of it was written, and before
 * too. Not for the loop. */
bool maps_writer_flush(struct maps_writer *w);

uint64_t maps_writer_count(struct maps_writer *w); /* written so far */

#endif
