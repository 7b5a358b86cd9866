/* reach.h - is a device there? A table of states; pure. */
#ifndef STATION_REACH_H
#define STATION_REACH_H

#include "station/snapshot.h"

enum reach_event {
    REACH_ANSWERED,  /* by echo or by its agent */
    REACH_TIMED_OUT, /* one check without any answer */
    REACH_GAVE_UP,   /* as many in a row as it takes */
    REACH_EVENTS
};

enum reach reach_next(enum reach now, enum reach_event event);

#endif
