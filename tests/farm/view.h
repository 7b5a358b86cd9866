/* view.h - one agent at one moment, as the tables of its MIB see it: who it
 * is, what time it has, how its interfaces are numbered today. */
#ifndef FARM_VIEW_H
#define FARM_VIEW_H

#include "mibs/value.h"
#include "tests/farm/network.h"

enum { VIEW_TEXT_MAX = 512 };

/* What tables do wrong on purpose; see fault.h for what switches them on. */
enum view_fault {
    VIEW_BACKWARDS = 1 << 0, /* pairs of rows in the wrong order */
    VIEW_LOOP = 1 << 1,      /* tables start again at their end */
    VIEW_ENDLESS = 1 << 2,   /* ARP tables without an end */
    VIEW_STUCK_HC = 1 << 3,  /* 64-bit counters stay 0 */
    VIEW_FROZEN = 1 << 4,    /* no counter of an interface moves */
    VIEW_CLONED = 1 << 5,    /* the same sysName as all clones */
    VIEW_RESET = 1 << 6, /* counters were reset at reset_ms, and it is told */
    VIEW_CARD = 1 << 7,  /* those of half its ports were, untold */
    VIEW_NO_ENGINE = 1 << 8,  /* snmpEngineID is not told */
    VIEW_NO_SERIAL = 1 << 11, /* nor is a serial number */
    VIEW_SERIAL = 1 << 9,     /* the same serial number as all of its kind */
    VIEW_REPLACED = 1 << 10,  /* another box: other serial number and engine */
};

/* Cables that were cut, and since when; few. */
struct cut {
    uint32_t port;
    int64_t since_ms, lost_ms; /* lost: of earlier cuts, healed */
    bool now;
};
struct cuts ARRAY_OF(struct cut);

struct recording;

/* Made for each request, on the stack; text is where values are put. */
struct view {
    const struct network *net;
    const struct recording *recording; /* replayed: nothing else matters */
    const struct device *dev;
    const struct domain *domain; /* NULL: in none */
    const struct cuts *cuts;
    uint32_t index;      /* of dev */
    uint32_t interfaces; /* physical and virtual */
    uint32_t virtuals;
    uint32_t shift;  /* today's rotation of the ifIndexes */
    uint32_t faults; /* enum view_fault */
    int64_t now_ms;  /* since the farm began */
    int64_t boot_ms; /* on the same scale; negative: before */
    int64_t skew_ms; /* of the agent's clock */
    int64_t boots;
    int64_t reset_ms;     /* counters of ports were reset then */
    int64_t shaped_kbps;  /* the speed that is told; 0 = the true one */
    uint32_t packets;     /* that the agent got, this one too */
    uint32_t spiked_slot; /* whose counters are far too high; NONE */
    bool waves;           /* traffic rises and falls */
    uint16_t vlan;        /* of the context asked for; 0 = default */
    struct bytes engine_id;
    uint32_t subs[32]; /* for values that are OIDs */
    char text[VIEW_TEXT_MAX];
};

void view_init(struct view *v, const struct network *net, uint32_t device);

/* Milliseconds that the agent runs, for counters; and its sysUpTime. */
static inline int64_t view_up_ms(const struct view *v)
{
    return v->now_ms - v->boot_ms;
}
uint32_t view_uptime_cs(const struct view *v);

/* ---- interfaces: ranks by ifIndex, slots that stay ------------------------
 */

/* Slots below view->virtuals are virtual (0 is management where there are
 * any), the others are physical ports. A rank is a place in the order by
 * ifIndex. */
static inline bool slot_is_virtual(const struct view *v, uint32_t slot)
{
    return slot < v->virtuals;
}
static inline uint32_t slot_port(const struct view *v, uint32_t slot)
{
    return v->dev->first_port + slot - v->virtuals;
}
static inline uint32_t port_slot(const struct view *v, uint32_t port)
{
    return port - v->dev->first_port + v->virtuals;
}
uint32_t rank_slot(const struct view *v, uint32_t rank);
uint32_t slot_rank(const struct view *v, uint32_t slot);
uint32_t rank_if_index(const struct view *v, uint32_t rank);
uint32_t slot_if_index(const struct view *v, uint32_t slot);

/* The slot that management runs on, and that of a VLAN (index of vlan_plans;
 * NONE if it has none). */
uint32_t view_management_slot(const struct view *v);
uint32_t view_vlan_slot(const struct view *v, uint32_t vlan);
/* The VLAN a virtual slot is for. */
uint32_t slot_vlan(const struct view *v, uint32_t slot);

/* ---- names ----------------------------------------------------------------
 */

/* Fills a pattern: a run of '%' becomes the next number in at least so many
 * digits, '$' the text. */
void pattern_fill(char *out, size_t len, const char *pattern,
                  const uint32_t numbers[2], const char *text);

void slot_name(const struct view *v, uint32_t slot, char *out, size_t len);
void slot_descr(const struct view *v, uint32_t slot, char *out, size_t len);
void slot_alias(const struct view *v, uint32_t slot, char *out, size_t len);
uint64_t slot_mac(const struct view *v, uint32_t slot);
uint32_t slot_speed_mbps(const struct view *v, uint32_t slot);
bool slot_is_up(const struct view *v, uint32_t slot);
/* There is something behind it, be it up or cut. */
bool slot_carries(const struct view *v, uint32_t slot);

/* The same of any port, without a view of its device: ifName, or ifDescr where
 * the device has no ifName. */
void network_port_label(const struct network *net, uint32_t port, char *out,
                        size_t len);

void device_serial(const struct network *net, uint32_t device, char *out,
                   size_t len);
/* The one that the agent tells. */
void view_serial(const struct view *v, char *out, size_t len);
/* sysName that others are told. */
const char *view_name(const struct view *v);

/* ---- counters -------------------------------------------------------------
 */

enum direction { IN, OUT };

enum flow {
    FLOW_OCTETS,
    FLOW_UNICAST,
    FLOW_MULTICAST,
    FLOW_BROADCAST,
    FLOW_DISCARDS,
    FLOW_ERRORS,
    FLOWS
};

/* What flows through a port as long as it is up, a constant of the port: per
 * second, discards and errors per 1000 s. */
uint64_t slot_rate(const struct view *v, uint32_t slot, enum direction way,
                   enum flow flow);

/* Of its counters: were they reset at view->reset_ms? */
bool slot_was_reset(const struct view *v, uint32_t slot);

/* Milliseconds of traffic at its rate that a slot has had since boot: less than
 * its uptime if its cable was cut; with waves more or less, on average the
 * same, and the same at both ends of a cable. */
int64_t slot_counting_ms(const struct view *v, uint32_t slot);

/* ---- addresses ------------------------------------------------------------
 */

/* An address of the device: by address ascending. */
struct address {
    uint32_t ip, slot;
    uint8_t prefix_len;
};
uint32_t view_addresses(const struct view *v);
struct address view_address(const struct view *v, uint32_t nth);

#endif
