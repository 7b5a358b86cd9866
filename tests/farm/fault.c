#include "tests/farm/fault.h"

#include "base/mem.h"
#include "tests/farm/network.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct fault_kind fault_kinds[FAULTS] = {
    [FAULT_LOSS] = {"loss", "percent", 5, 100, "requests that vanish"},
    [FAULT_DELAY] = {"delay", "ms", 200, 60000,
                     "wait before each answer; a range LOW-HIGH is drawn from"},
    [FAULT_DEAD] = {"dead", NULL, 0, 0, "never answers"},
    [FAULT_REBOOT] =
        {"reboot", "s", 120, 86400,
         "reboots so often: uptime and counters from 0, boots + 1"},
    [FAULT_RENUMBER] = {"renumber", "s", 120, 86400,
                        "gives ports other ifIndexes so often"},
    [FAULT_CLOCK] = {"clock", "s", 60, 86400,
                     "its clock jumps two hours ahead and back so often"},
    [FAULT_TOO_BIG] = {"toobig", "octets", 500, 65507,
                       "says tooBig to what would be longer"},
    [FAULT_SHORT] = {"short", "varbinds", 5, 10000,
                     "gives no more varbinds in one answer"},
    [FAULT_NO_BULK] = {"nobulk", NULL, 0, 0, "is silent to GETBULK"},
    [FAULT_NO_END] = {"noend", NULL, 0, 0,
                      "ends its tree with noSuchName, also in v2c"},
    [FAULT_BACKWARDS] = {"backwards", NULL, 0, 0,
                         "tables with pairs of rows in the wrong order"},
    [FAULT_LOOP] = {"loop", NULL, 0, 0, "tables that start again at their end"},
    [FAULT_ENDLESS] = {"endless", NULL, 0, 0, "ARP tables without an end"},
    [FAULT_TRUNCATED] = {"truncated", "percent", 20, 100,
                         "answers cut off in the middle"},
    [FAULT_GARBAGE] = {"garbage", "percent", 20, 100,
                       "answers with random octets in them"},
    [FAULT_SOURCE] = {"source", NULL, 0, 0, "answers from another address"},
    [FAULT_TWICE] = {"twice", NULL, 0, 0, "sends each answer twice"},
    [FAULT_WRONG_ID] = {"wrongid", "percent", 20, 100,
                        "answers with another request id"},
    [FAULT_ENGINE_ID] = {"engineid", NULL, 0, 0,
                         "has the same snmpEngineID as the others"},
    [FAULT_CLONED] = {"cloned", NULL, 0, 0,
                      "has the same sysName as the others"},
    [FAULT_STUCK_HC] = {"stuckhc", NULL, 0, 0,
                        "64-bit counters stay 0, the short ones move"},
    [FAULT_FROZEN] = {"frozen", NULL, 0, 0, "counters of ports do not move"},
    [FAULT_RESET] = {"reset", "s", 120, 86400,
                     "counters from 0 so often, ifCounterDiscontinuityTime "
                     "tells it"},
    [FAULT_CARD] = {"card", "s", 120, 86400,
                    "counters of half its ports from 0 so often, untold"},
    [FAULT_DRIFT] = {"drift", "percent", 3, 100, "its clock runs so fast"},
    [FAULT_ROUND] = {"round", "s", 30, 86400,
                     "sysUpTime goes round (497 days) so long after the start"},
    [FAULT_SPIKE] = {"spike", "percent", 10, 100,
                     "answers in which a counter is far too high"},
    [FAULT_SHAPED] = {"shaped", "kbit/s", 100, 1000000,
                      "tells that speed of every port"},
    [FAULT_NO_ENGINE] = {"noengine", NULL, 0, 0,
                         "tells no snmpEngineID, as agents of old"},
    [FAULT_NO_SERIAL] = {"noserial", NULL, 0, 0, "tells no serial number"},
    [FAULT_SERIAL] = {"serial", NULL, 0, 0,
                      "has the serial number of the others of its kind"},
    [FAULT_REPLACED] = {"replaced", NULL, 0, 0,
                        "is another box: serial number and snmpEngineID"},
};

enum { FAULT_TEXT_MAX = 80 };

static int fault_complain(struct complaint *why, const char *text,
                          const char *what)
{
    return complain(why, -EINVAL, text,
                    "write KIND[=VALUE][@SHARE], such as delay=20-50@10%", "%s",
                    what);
}

/* "20" or "20-50" in whole numbers of the kind's unit. */
static bool values_parse(const char *text, const struct fault_kind *kind,
                         struct fault_setting *out)
{
    char *end;

    errno = 0;
    out->low = out->high = strtoll(text, &end, 10);
    if (end != text && *end == '-') {
        text = end + 1;
        out->high = strtoll(text, &end, 10);
    }
    return errno == 0 && end != text && *end == '\0' && out->low >= 0 &&
           out->low <= out->high && out->high <= kind->most;
}

static bool share_parse(const char *text, double *out)
{
    char *end;

    *out = strtod(text, &end);
    if (end == text)
        return false;
    if (*end == '%') {
        *out /= 100;
        end++;
    }
    return *end == '\0' && *out >= 0 && *out <= 1;
}

int fault_parse(const char *text, struct fault_setting *out,
                struct complaint *why)
{
    char copy[FAULT_TEXT_MAX];

    *out = (struct fault_setting){.share = 1};
    if (strlen(text) >= sizeof copy)
        return fault_complain(why, "fault", "too long");
    strcpy(copy, text);
    char *share = strchr(copy, '@');

    if (share != NULL)
        *share++ = '\0';
    char *value = strchr(copy, '=');

    if (value != NULL)
        *value++ = '\0';
    size_t kind = 0;

    while (kind < FAULTS && strcmp(fault_kinds[kind].name, copy) != 0)
        kind++;
    if (kind == FAULTS)
        return fault_complain(why, text, "no such kind; see --help");
    out->kind = (enum fault)kind;
    out->low = out->high = fault_kinds[kind].preset;
    if (value != NULL && (fault_kinds[kind].unit == NULL ||
                          !values_parse(value, &fault_kinds[kind], out)))
        return fault_complain(why, text, "a value that this kind cannot have");
    if (share != NULL && !share_parse(share, &out->share))
        return fault_complain(why, text, "a share that is not 0..1 or 0..100%");
    return 0;
}

void faults_init(struct faults *f, uint64_t seed)
{
    *f = (struct faults){.seed = seed, .dice = seed};
    for (size_t i = 0; i < FAULTS; i++)
        f->of[i] = (struct fault_setting){.kind = (enum fault)i,
                                          .low = fault_kinds[i].preset,
                                          .high = fault_kinds[i].preset};
}

bool fault_strikes(const struct faults *f, const struct fault_setting *s,
                   uint32_t agent)
{
    uint64_t hash =
        network_hash(f->seed, 0xfa017 + (uint64_t)s->kind, agent) >> 11;

    return (double)hash < s->share * 9007199254740992.0; /* 2^53 */
}

int64_t faults_roll(struct faults *f, int64_t low, int64_t high)
{
    f->dice++;
    return low + (int64_t)(network_hash(f->seed, 0xd1ce, f->dice) %
                           (uint64_t)(high - low + 1));
}
