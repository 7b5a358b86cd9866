/* agent.h - what the engine knows of an agent: its address, patience with it,
 * requests, and v3 state. Private to the engine and the walker. */
#ifndef WIRE_AGENT_H
#define WIRE_AGENT_H

#include "wire/habits.h"
#include "wire/request.h"
#include "wire/usm.h"

enum {
    AGENT_CLEAN_ROUNDS = 2, /* full windows answered before it grows */
    AGENT_TIMEOUT_MIN_MS = 300,
    AGENT_TIMEOUT_MAX_MS = 10000,
    AGENT_BACKOFF_MAX = 6,    /* doublings */
    AGENT_HURRIED_TRIES = 2,  /* of those never heard, see agent_timeout_ms() */
    AGENT_USUAL_ANSWERS = 32, /* of any agent, until usual is known */
    AGENT_PROBE_MIN_MS = 100,
    AGENT_PROBE_ANSWERS = 16, /* for each probe */
    AGENT_PROBE_LATE_MS = 20, /* too late for one */
};

/* Round-trip times (RFC 6298, 2). */
struct round_trip {
    double srtt_ms, var_ms; /* srtt_ms < 0: no answer yet */
    unsigned backoff;       /* doublings that last until a clean answer (5.5) */
};

/* Answers against what is usual for what they tell. */
struct strain {
    float times, more_ms; /* as long as usual; longer than usual */
    bool slow;            /* much */
    struct mono since;    /* of slow */
};

/* The authoritative engine of a v3 agent. */
struct agent_v3 {
    bool known;
    bool confirmed; /* boots and time were in an authentic message */
    bool doubted;   /* they are behind those before; an answer will confirm */
    uint8_t id_len, id[MESSAGE_ENGINE_ID_MAX];
    int32_t boots, time_s;
    struct mono told;           /* when time_s was right */
    struct usm_keys *keys;      /* NULL before it was first known */
    struct exchange *discovery; /* under way, or NULL */
};

struct agent {
    struct agent *ready_prev, *ready_next;
    bool ready; /* in the engine's list of those that may send */
    struct engine *engine;
    struct addr addr;
    uint16_t port;
    const struct credential *credential;
    uint32_t timeout_ms, retries; /* first timeout; tries after the first */
    struct round_trip rtt;
    struct strain strain;
    unsigned clean;           /* answers since the window changed */
    unsigned gave_up;         /* requests in a row that no try answered */
    unsigned unprobed;        /* answers that no probe was paid with */
    const char *trouble;      /* why the last request failed; or NULL */
    uint32_t quirks;          /* in force */
    bool bulk_works;          /* the last GETBULK was answered */
    struct wall boots_lacked; /* when its MIB had no snmpEngineBoots; 0 = it may
                                 have */
    bool loaded;              /* it says itself that it has much to do */
    struct exchange *all, *waiting, *flying;
    uint32_t waiting_count, flying_count; /* flying: those to resend too */
    struct agent_v3 v3;
    struct habits habits;
    struct agent_rules rules;
    uint64_t requests, answers, timeouts, resent, octets_in, octets_out;
    uint32_t consecutive_timeouts;
};

/* Milliseconds to wait for the answer of a request sent for the tries-th time
 * (1 = the first). An agent never heard is first taken to be as near as others
 * are. */
uint32_t agent_timeout_ms(const struct agent *a, unsigned tries);

/* Milliseconds after which a request that was sent once is sent once more, long
 * before its time is over: most likely it was lost, since answers of this agent
 * do not take so long (RFC 8985, 7, probes so). 0: not now. That is rare and
 * costs it little: once for AGENT_PROBE_ANSWERS answers, and nothing where it
 * is busy, silent or little known. */
uint32_t agent_probe_ms(const struct agent *a);

/* A probe was sent. */
void agent_probed(struct agent *a);

/* How often a request is sent at most: a dead agent is asked once. */
unsigned agent_tries(const struct agent *a);

/* An answer came, after ms since the only try (negative: there were several,
 * so nobody knows which one it answers). */
void agent_heard(struct agent *a, double ms, unsigned tries);

/* No answer came in time to one try. */
void agent_lost(struct agent *a);

/* True if a request of the agent may be sent now: window and v3 permit. */
bool agent_may_send(const struct agent *a);

/* An answer came after ms at the first try; of its kind they usually take
 * usual_ms. */
void agent_strain(struct agent *a, double ms, double usual_ms, struct mono now);

/* Notes a quirk that was met in a table of it, NULL for none. */
void agent_meet(struct agent *a, uint32_t quirk, const char *table);

/* True if GETBULK is worth trying: a verdict against it is held for an hour,
 * confirmed ones longer, at most a week; then its silence may have been the
 * network's. */
bool agent_may_bulk(struct agent *a, struct wall now);

/* Forgets limits on the size of answers that were met a week ago. */
void agent_reconsider(struct agent *a, struct wall now);

/* An answer of about so many octets was too big for it. */
void agent_narrow(struct agent *a, double octets);

/* An answer went well after one did not: back to the usual size, slowly. */
void agent_widen(struct agent *a);

/* Engine time now by our clock (RFC 3414, 2.2.1). */
int32_t agent_v3_time_s(const struct agent_v3 *v3, struct mono now);

#endif
