/* twin.h - the twin test: is one agent behind two addresses? Both are asked the
 * same, in turn: A B A B. One agent has one clock, which never goes back from
 * one answer to the next, one count of the packets that it got, and one table
 * of interfaces. Pure: station/twins.h asks.
 */
#ifndef TOPOLOGY_TWIN_H
#define TOPOLOGY_TWIN_H

#include "topology/identity.h"

enum { TWIN_SIDES = 2, TWIN_ROUNDS = 3 };

/* One answer. Numbers that were not told are FACT_UNKNOWN. */
struct twin_answer {
    struct mono sent, received;
    int64_t uptime_cs; /* sysUpTime */
    int64_t engine_boots, engine_time_s;
    int64_t interfaces;      /* ifNumber */
    int64_t table_change_cs; /* ifTableLastChange */
    int64_t packets;         /* snmpInPkts */
    uint64_t engine;         /* hash of snmpEngineID; 0: not told */
};

/* The first interfaces: ifIndex, ifDescr and ifPhysAddress. */
struct twin_rows {
    uint64_t hash;
    uint32_t count, macs; /* rows; those with an address */
};

struct twin_evidence {
    struct twin_answer at[TWIN_SIDES][TWIN_ROUNDS];
    struct twin_rows rows[TWIN_SIDES];
};

/* SAME: boot instants equal within 2 s in all rounds, the clock and the count
 * of packets run on from each answer to the next, all else is equal, and at
 * least one thing that other agents would not share (a MAC address, the engine
 * id, the count of packets) is told. DIFFERENT: boot instants differ by more
 * than 10 s, or something else cannot be one agent's. UNSURE: too little is
 * told, or an agent was started again meanwhile. */
struct identity_opinion twin_judge(const struct twin_evidence *e);

/* Adds a row. */
void twin_rows_add(struct twin_rows *rows, uint32_t if_index,
                   struct bytes descr, struct bytes phys);

#endif
