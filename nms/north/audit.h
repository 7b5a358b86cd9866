/* audit.h - every change that somebody asked for: who, when, what, and what
 * came of it; kept in the store, apart from events. Secrets never get there. */
#ifndef NORTH_AUDIT_H
#define NORTH_AUDIT_H

#include "north/request.h"

/* How it was before a change, and is after; both are taken, NULL: not told. */
void audit_tell(struct api_request *r, json_t *before, json_t *after);

/* The answer to r: after, unless the handler told that. */
void audit_answer(struct api_request *r, int status, struct bytes body);

/* Notes a request that was admitted and could change something, once: before
 * its answer is said to be kept, or when it is over, however it ended. */
void audit_note(struct api_request *r);

#endif
