#include "station/gap.h"

#include "base/mem.h"

#include <string.h>

/* What a reason takes values from. */
enum reach_of_gap {
    OF_NOTHING,
    OF_COUNTERS, /* ports */
    OF_AGENT,    /* all that the agent tells */
    OF_ALL
};

static const struct {
    const char *name, *text;
    enum reach_of_gap strikes;
} words[GAPS] = {
    [GAP_NONE] = {"", "", OF_NOTHING},
    [GAP_FIRST] = {"", "first reading", OF_NOTHING},
    [GAP_TIMEOUT] = {"timeout", "no answer", OF_AGENT},
    [GAP_AUTHENTICATION] = {"authentication", "agent refuses the station",
                            OF_AGENT},
    [GAP_BROKEN] = {"broken", "only broken answers", OF_AGENT},
    [GAP_RESTART] = {"reset", "agent restarted", OF_COUNTERS},
    [GAP_DISCONTINUITY] = {"reset", "counters were reset", OF_COUNTERS},
    [GAP_BACKWARDS] = {"reset", "counters went backwards", OF_COUNTERS},
    [GAP_CARD] = {"reset", "counters of its card were reset", OF_COUNTERS},
    [GAP_RENUMBERED] = {"renumbered", "interface was renumbered", OF_COUNTERS},
    [GAP_IMPOSSIBLE] = {"impossible", "more than the port can carry",
                        OF_COUNTERS},
    [GAP_WRAPPED] = {"wrapped", "32-bit counters too short for its speed",
                     OF_COUNTERS},
    [GAP_STUCK] = {"stuck", "64-bit counters stand still", OF_COUNTERS},
    [GAP_TOO_CLOSE] = {"", "no time passed", OF_NOTHING},
    [GAP_STILL] = {"", "counters stand still for the moment", OF_NOTHING},
    [GAP_OVERLOAD] = {"overload",
                      "polls were left out, or the station was cut off",
                      OF_ALL},
    [GAP_MAINTENANCE] = {"maintenance", "maintenance", OF_ALL},
    [GAP_STATION] = {"not polled", "the station did not ask", OF_ALL},
    [GAP_LOST] = {"lost", "the disk or the spool was full", OF_ALL},
};

const char *gap_name(enum gap gap)
{
    return words[gap].name;
}

const char *gap_text(enum gap gap)
{
    return words[gap].text;
}

enum gap gap_parse(const char *name)
{
    for (size_t i = GAP_FIRST; i < GAPS; i++)
        if (name[0] != '\0' && strcmp(words[i].name, name) == 0)
            return (enum gap)i;
    return GAP_NONE;
}

bool gap_strikes(enum gap gap, enum series_group group)
{
    if (group == SERIES_RISK || group == SERIES_STATION) /* of nobody asked */
        return gap == GAP_STATION || gap == GAP_LOST;
    switch (words[gap].strikes) {
    case OF_NOTHING:
        return false;
    case OF_COUNTERS:
        return group == SERIES_PORT;
    case OF_AGENT:
        return group != SERIES_ICMP;
    case OF_ALL:
        break;
    }
    return true;
}
