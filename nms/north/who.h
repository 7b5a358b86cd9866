/* who.h - who asks: what edits, pins and the like are attributed to. */
#ifndef NORTH_WHO_H
#define NORTH_WHO_H

#include "north/request.h"

enum { WHO_MAX = CALLER_NAME_MAX };

/* The person who is signed in; "token NAME" for a script; the user at the other
 * end of the control socket ("ann", or "uid 1001" for one without a name); "?"
 * for nobody. */
const char *api_who(const struct api_request *r, char *out, size_t len);

#endif
