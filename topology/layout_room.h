/* layout_room.h - room for a new node where there is none: known nodes in its
 * way give way, and what is in theirs. For layout_new.c. */
#ifndef TOPOLOGY_LAYOUT_ROOM_H
#define TOPOLOGY_LAYOUT_ROOM_H

#include "topology/layout_new.h"

/* Places n near a point, the direction angle first. What is pinned stays, and
 * what is not near. False, and nothing has moved, if that gives no room. */
bool layout_make_room(struct layout *l, uint32_t n, struct layout_point beside,
                      double angle);

/* The nth direction to be tried of so many all around: angle itself, then by
 * turns to either side of it. */
double layout_turned(double angle, unsigned nth, unsigned turns);

#endif
