/* gap.h - why there is no value. A closed list: people, files and pictures name
 * reasons by gap_name(). Pure.
 */
#ifndef STATION_GAP_H
#define STATION_GAP_H

#include "graphs/layout.h"

enum gap {
    GAP_NONE,           /* values are there */
    GAP_FIRST,          /* nothing to compare with yet */
    GAP_TIMEOUT,        /* no answer */
    GAP_AUTHENTICATION, /* the agent refuses us, or is not who it says */
    GAP_BROKEN,         /* only answers that break the rules came */
    GAP_RESTART,        /* the agent restarted in between */
    GAP_DISCONTINUITY,  /* ifCounterDiscontinuityTime moved */
    GAP_BACKWARDS,      /* counters went back without a restart */
    GAP_CARD,           /* counters of its card went back */
    GAP_RENUMBERED,     /* the row may be another port's */
    GAP_IMPOSSIBLE,     /* more than the port can carry */
    GAP_WRAPPED,        /* 32 bits may have gone round unseen */
    GAP_STUCK,          /* 64-bit counters stand still, 32-bit ones begin */
    GAP_TOO_CLOSE,      /* no time passed */
    GAP_STILL,          /* counters may not have been refreshed yet */
    GAP_OVERLOAD,       /* polls were left out, or silence may be the station's
                           own doing (doubt.h) */
    GAP_MAINTENANCE,    /* a person said so; kept for silences */
    GAP_STATION,        /* the station did not run, or may not ask it */
    GAP_LOST,           /* what was read could not be kept */
    GAPS
};

/* One word or two that files, the API and pictures carry: "timeout",
 * "authentication", "broken", "reset", "renumbered", "impossible", "wrapped",
 * "stuck", "overload", "maintenance", "not polled", "lost"; "" for what is no
 * loss (none, first, too close, still). Resets of all kinds share one name. */
const char *gap_name(enum gap gap);

/* The same as a few words for people; "" for GAP_NONE. */
const char *gap_text(enum gap gap);

/* The first reason of that name; GAP_NONE for one that is not known. */
enum gap gap_parse(const char *name);

/* Can series of this group lack values for this reason? Echoes do without an
 * agent; only ports have counters. */
bool gap_strikes(enum gap gap, enum series_group group);

#endif
