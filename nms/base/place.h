/* place.h - where the parts of the installation are: beside the program that
 * runs, or under the prefix it was built for. */
#ifndef BASE_PLACE_H
#define BASE_PLACE_H

#include "base/bytes.h"

/* Appends the first of candidates, up to NULL, that is there with rights mode
 * (as access(2) has them); those that begin with "./" are beside the program.
 * "" if there is none. */
void place_find(const char *const *candidates, int mode, struct buffer *out);

#endif
