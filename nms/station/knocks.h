/* knocks.h - asks one address with every credential, in their order, for an
 * agent.
 *
 * One credential is tried a moment after the other: how long that is follows
 * from how far away the address is. Those that had no answer yet stay open, so
 * that an agent that is slow is met as well, and silence is waited for once.
 * While anything answers nothing else is tried. v3 users follow each other, for
 * an agent that is silent to one is so to all.
 *
 * An agent that shows nothing but its system group to a credential is asked
 * with the others too: another may see more.
 */
#ifndef STATION_KNOCKS_H
#define STATION_KNOCKS_H

#include "station/leads.h"

struct knocks;

/* agent NULL: nobody answers to any credential; state says what they met,
 * LEAD_WAITS: nothing. Else the callee owns agent and facts; the credential is
 * agent_credential(). The knocks are gone. */
typedef void (*knocks_fn)(void *arg, struct agent *agent, struct facts *facts,
                          enum lead_state state);

/* parts are borrowed. Agents are given to leads for burial. briefly: ask less
 * often, probably nobody is there. The callback comes from the loop. */
struct knocks *knocks_start(struct leads *leads,
                            const struct leads_parts *parts,
                            const struct addr *addr, bool briefly,
                            knocks_fn done, void *arg);

/* Tells how far away the address is, as an echo measured it. */
void knocks_distance(struct knocks *k, double rtt_ms);

/* Ends without a callback. */
void knocks_cancel(struct knocks *k);

#endif
