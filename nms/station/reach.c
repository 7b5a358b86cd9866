#include "station/reach.h"

enum reach reach_next(enum reach now, enum reach_event event)
{
    static const enum reach next[REACHES][REACH_EVENTS] = {
        /*                  answered  timed out      gave up */
        [REACH_UNKNOWN] = {REACH_UP, REACH_SUSPECT, REACH_DOWN},
        [REACH_UP] = {REACH_UP, REACH_SUSPECT, REACH_DOWN},
        [REACH_SUSPECT] = {REACH_UP, REACH_SUSPECT, REACH_DOWN},
        [REACH_DOWN] = {REACH_UP, REACH_DOWN, REACH_DOWN},
    };

    return next[now][event];
}

const char *reach_name(enum reach r)
{
    static const char *const names[REACHES] = {"unknown", "up", "suspect",
                                               "down"};

    return names[r];
}
