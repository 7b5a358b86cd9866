/* store_aside.h - a new database takes the name of a damaged one, which is kept
 * under another; for store_db.c.
 *
 * It is made beside the damaged one and takes the name when it is whole.
 * Whatever ends the program meanwhile, the next start finds either the damaged
 * one, or the new one and completes the renaming.
 */
#ifndef STATION_STORE_ASIDE_H
#define STATION_STORE_ASIDE_H

#include "base/bytes.h"

/* Appends the name of the file to make, of which nothing is there then. */
void store_aside_begin(const char *path, struct buffer *making);

/* That file is closed and complete: it becomes path. *aside, which is empty:
 * what the damaged one, and what lay beside it, is called now. 0 or -errno. */
int store_aside_swap(const char *path, struct buffer *aside)
    __attribute__((warn_unused_result));

/* The same where an earlier program was ended amid it: -ENOENT if none was.
 * What is there of one that was not completed is removed. */
int store_aside_resume(const char *path, struct buffer *aside)
    __attribute__((warn_unused_result));

#endif
