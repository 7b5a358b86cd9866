/* lead_state.h - what became of an address that discovery heard of. */
#ifndef STATION_LEAD_STATE_H
#define STATION_LEAD_STATE_H

/* Of what several credentials met, the last one of this order. */
enum lead_state {
    LEAD_WAITS,  /* to be asked */
    LEAD_ASKED,  /* right now */
    LEAD_SILENT, /* neither echo nor agent */
    LEAD_ECHOES, /* it echoes, its agent is silent to every credential */
    LEAD_CLOSED, /* the host says that no agent listens there */
    LEAD_BROKEN, /* what answers is no proper SNMP */
    LEAD_DENIED, /* it answers, and refuses what it is asked */
    LEAD_USER,   /* v3: unknown user; the same below, by agent_refusal() */
    LEAD_LEVEL,
    LEAD_AUTH,
    LEAD_PRIVACY,
    LEAD_ENGINE,
    LEAD_ANSWERS, /* an agent */
    LEAD_STATES
};
const char *lead_state_name(enum lead_state state); /* "waits" ... */

#endif
