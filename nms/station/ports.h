/* ports.h - the ports of one device through time: each keeps its series when
 * ifIndex, ifName or the agent's life change. Pure.
 *
 * A port is recognised by ifName (ifDescr where there is none), then by ifDescr
 * with its MAC, then by a unique ifAlias, then by ifIndex.
 */
#ifndef STATION_PORTS_H
#define STATION_PORTS_H

#include "mibs/facts.h"
#include "mibs/value.h"
#include "station/rates.h"

/* What its 64-bit counters are worth. */
enum port_wide {
    WIDE_UNSEEN, /* not yet held against the short ones */
    WIDE_SILENT, /* 0, as the short ones are */
    WIDE_MOVES,
    WIDE_STUCK /* 0, while the short ones move: those count */
};

struct port {
    char *object;                /* names its series, for life */
    char *path;                  /* of the RRD file */
    char *label, *descr, *alias; /* label: ifName, else ifDescr */
    struct mac mac;
    uint32_t if_index;       /* today */
    uint32_t facts_if_index; /* in the device's newest facts */
    uint64_t speed_bps;
    bool carries;    /* it is a cable's end, and hardly ever silent */
    bool faster;     /* than speed_bps, as was seen */
    unsigned beyond; /* readings in a row that were */
    enum port_wide wide;
    bool present; /* in the device's newest facts */
    bool unique;  /* no other port has this label */
    uint8_t admin_status, oper_status;
    struct counter_reading last;
    double rates[PORT_RATES];
    enum rate_gap gap;
    struct wall at; /* of the last good sample */
    uint64_t round; /* of the last reading */
};

struct ports; /* of one device */

enum { PORTS_MAX = 65536 };

struct ports *ports_new(void);
void ports_free(struct ports *ps);

size_t ports_count(const struct ports *ps);
struct port *ports_at(const struct ports *ps, size_t i);

/* Matches the interfaces of new facts; unknown ones become new ports, whose
 * files lie in the folder dir. */
void ports_match(struct ports *ps, const char *dir, const struct facts *facts);

struct port *ports_by_index(const struct ports *ps, uint32_t if_index);
struct port *ports_by_label(const struct ports *ps, const char *label);

/* The agent's 64-bit counters are known to be false: the short ones count. */
void ports_distrust_wide(struct ports *ps, bool distrusted);

/* What polling asks of all ports, into ask: wide counters, and narrow ones too
 * where facts tell of a port without wide ones, or these may be stuck. Constant
 * data. */
void ports_ask(const struct ports *ps, const struct facts *facts,
               struct ask *ask);

/* One row of that ask, answered in the nth round. NULL if it is no port that we
 * know (a new one: *strange becomes true). A port whose ifIndex is another one
 * than known is recognised by its name; *strange becomes true as well. Its
 * rates and gap are new afterwards. */
struct port *ports_read(struct ports *ps, const struct row *row, uint64_t round,
                        bool *strange);

/* As JSON and back: objects and what they are recognised by. */
void ports_to_json(const struct ports *ps, struct buffer *out);
void ports_from_json(struct ports *ps, const char *dir, const char *text,
                     size_t len);

#endif
