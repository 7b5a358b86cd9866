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
#include "station/port_row.h"
#include "station/readings.h"

struct port {
    const char *label, *descr, *alias; /* ifName, else ifDescr; ifDescr; ... */
    struct port_record *row;           /* as it is published (port_rows.h) */
    struct mono row_at; /* of its newest row, be it believed or not; 0 = none */
    struct mono before; /* of the row before that */
    struct mono still_since; /* its counters stand since then, though it was
                                busy; 0 = they do not, or that was told */
    uint64_t speed_bps;
    uint64_t round;             /* of the last reading */
    struct port_beyond *beyond; /* port_speed.h; NULL: it is as fast as told */
    uint32_t if_index;     /* today; its row has that of the newest facts */
    uint32_t sent_name;    /* hash of its name as the agent sends it; 0 */
    uint32_t frame_octets; /* of its longest frame, with what surrounds it */
    struct mac mac;
    uint16_t told;       /* bit n: counter n was, since the newest facts */
    uint8_t wide;        /* enum port_wide */
    uint8_t recorded;    /* enum gap: the reason of its open gap (gaps.h) */
    bool carries : 1;    /* it is a cable's end, and hardly ever silent */
    bool present : 1;    /* in the device's newest facts */
    bool unique : 1;     /* no other port has this label */
    bool unsure : 1;     /* its name was read before its counters */
    bool renumbered : 1; /* by facts, since its last row */
    bool anew : 1;    /* its counters may have begun anew, for all they tell */
    bool leapt : 1;   /* its counters, when they moved last */
    bool still : 1;   /* its counters, in the last row */
    bool rounded : 1; /* one of 64 bits may have gone round at 32 */
};

struct ports; /* of one device */

enum { PORTS_MAX = 65536 };

/* Its rates are unknown, for this reason. */
void ports_know_nothing(struct ports *ps, struct port *p, enum gap why);

/* The rows of its ports, for who publishes them: a reference for the caller;
 * NULL if there are none. */
struct port_rows *ports_rows(const struct ports *ps);

/* The same of their last readings; never NULL. */
struct readings *ports_readings(const struct ports *ps);

struct ports *ports_new(void);
void ports_free(struct ports *ps);

size_t ports_count(const struct ports *ps);
struct port *ports_at(const struct ports *ps, size_t i);

/* Matches the interfaces of new facts; unknown ones become new ports. Ports lie
 * elsewhere afterwards. */
void ports_match(struct ports *ps, const struct facts *facts);

struct port *ports_by_index(const struct ports *ps, uint32_t if_index);
struct port *ports_by_label(struct ports *ps, const char *label);

/* The agent's 64-bit counters are known to be false: the short ones count. */
void ports_distrust_wide(struct ports *ps, bool distrusted);

/* What polling asks of all ports, into ask: wide counters, and narrow ones too
 * where the facts that were matched tell of a port without wide ones, or these
 * may be stuck. Constant data. */
void ports_ask(const struct ports *ps, struct ask *ask);

/* One row of that ask, answered in the nth round, wall being the time of the
 * wall clock now. NULL if it is no port that we know (a new one: *strange
 * becomes true). A port whose ifIndex is another one than known is recognised
 * by its name; *strange becomes true as well. Its rates and gap are new
 * afterwards; they are not final before ports_settle(). */
struct port *ports_read(struct ports *ps, const struct row *row, uint64_t round,
                        struct wall wall, bool *strange);

/* Whether a port went up or down since this was last asked. */
bool ports_take_turned(struct ports *ps);

/* What of the port was read is told up to its last row: its rates are those
 * since then. */
void ports_told(struct port *p);

/* After the last row of a round: what the rows tell together. Where the agent
 * was renumbered meanwhile, rows whose name was read too early give nothing;
 * where counters of a card went back, neither do those beside them that might
 * have. strange: as ports_read() told. */
struct ports_round {
    size_t read, known; /* known: with rates */
    size_t bad;         /* impossible or backwards */
    enum gap why;       /* of all that were read, if it is one; or GAP_NONE */
};
struct ports_round ports_settle(struct ports *ps, uint64_t round, bool strange);

/* Back from the text that ports_kept.h makes: objects and what they are
 * recognised by. */
void ports_from_json(struct ports *ps, const char *text, size_t len);

#endif
