/* engine.h - the SNMP request engine: few sockets for all agents, a table of
 * requests by id, one wheel of timeouts.
 *
 * Cost per request does not depend on the number of agents. Each agent has its
 * own round-trip estimate (RFC 6298), retries, window of requests in flight and
 * learned habits; requests beyond the window wait in the agent's
 * queue, requests beyond the global cap and rate in the engine's. A dead agent
 * holds nothing that the living need. v3 engine discovery and time
 * synchronisation are requests like any other.
 *
 * Callbacks run from the event loop, never from within engine_send().
 */
#ifndef WIRE_ENGINE_H
#define WIRE_ENGINE_H

#include "base/addr.h"
#include "base/fence.h"
#include "mibs/value.h"
#include "wire/credential.h"
#include "wire/habits.h"
#include "wire/quirk.h"

struct event_base;
struct beat;
struct engine;
struct agent;
struct ber_columns;
struct ber_rows;

struct engine_options {
    uint32_t in_flight;  /* requests under way at once, as far as the kernel
                            keeps their answers; 0 = 1000 */
    uint32_t rate;       /* packets/s sent at most; 0 = 20000 */
    uint32_t timeout_ms; /* of the first try to an unknown agent; 0 = 1000 */
    uint32_t retries;    /* after the first try; UINT32_MAX = none, 0 = 3 */
    const struct fence *fence;    /* NULL = anything; borrowed */
    struct addr bind_v4, bind_v6; /* source addresses; none = any */
    struct beat *beat; /* where many answers come they wait for the next beat
                          and are read together; NULL = never; borrowed */
};

/* Opens the sockets (an address family that the host lacks is left out). NULL
 * and errno if none can be opened. */
struct engine *engine_new(struct event_base *base,
                          const struct engine_options *options);
/* Ends every request with -ECANCELED first. Agents must be gone. */
void engine_free(struct engine *e);

/* Rate and cap from now on. */
void engine_limit(struct engine *e, uint32_t in_flight, uint32_t rate);

/* An agent at an address. credential is borrowed and must outlive the agent,
 * or be changed by agent_use(). */
struct agent *agent_new(struct engine *e, const struct addr *addr,
                        uint16_t port, const struct credential *credential);
/* Ends its requests with -ECANCELED. */
void agent_free(struct agent *a);

void agent_use(struct agent *a, const struct credential *credential);
void agent_move(struct agent *a, const struct addr *addr, uint16_t port);
const struct addr *agent_addr(const struct agent *a);
uint16_t agent_port(const struct agent *a);
const struct credential *agent_credential(const struct agent *a);

/* Tries after the first for requests from now on, and the first timeout:
 * discovery asks strangers less often than friends. 0 = the engine's. */
void agent_patience(struct agent *a, uint32_t timeout_ms, uint32_t tries);

/* The authoritative engine id as v3 discovery told it, empty for v1 and v2c;
 * valid until the agent is freed. */
struct bytes agent_engine_id(const struct agent *a);

/* What boots and time it has now, as its authentic answers told; false: none
 * did yet. */
bool agent_engine_clock(const struct agent *a, int32_t *boots, int32_t *time_s);

/* Why the agent's last request failed, in words for people: "unknown user",
 * "wrong authentication secret or protocol" ...; NULL if it did not, or nobody
 * knows. A static text. */
const char *agent_trouble(const struct agent *a);

/* The same by kind. */
enum agent_refusal {
    AGENT_REFUSED_NOT,     /* or nobody knows why */
    AGENT_REFUSED_USER,    /* it knows no such user */
    AGENT_REFUSED_LEVEL,   /* not at that security level */
    AGENT_REFUSED_AUTH,    /* authentication secret or protocol */
    AGENT_REFUSED_PRIVACY, /* privacy secret or protocol */
    AGENT_REFUSED_ENGINE,  /* its engine id, boots or time do not hold */
    AGENT_REFUSALS
};
enum agent_refusal agent_refusal(const struct agent *a);

enum pdu_type {
    PDU_GET = 0xa0,
    PDU_GET_NEXT = 0xa1,
    PDU_RESPONSE = 0xa2,
    PDU_SET = 0xa3,
    PDU_TRAP_V1 = 0xa4,
    PDU_GET_BULK = 0xa5,
    PDU_INFORM = 0xa6,
    PDU_TRAP_V2 = 0xa7,
    PDU_REPORT = 0xa8
};

struct request {
    enum pdu_type type; /* GET, GET_NEXT or GET_BULK (v1: sent as GET_NEXT) */
    const struct oid *names; /* copied */
    struct bytes list; /* or in place of names: a VarBindList with values NULL,
                          as octets; empty: too long for a request */
    size_t count;      /* names, 1..REQUEST_NAMES_MAX */
    uint32_t non_repeaters, max_repetitions; /* GET_BULK */
    const char *context;                     /* NULL = default */
    bool skim; /* names of the answer are not read, see answer_read_names() */
    /* With skim: rows of these columns are read as such, see answer.rows. NULL
     * for none; borrowed until the callback, or until it is forgotten. */
    const struct ber_columns *columns;
};

enum { REQUEST_NAMES_MAX = 128 };

/* What came of a request. Views live until the callback returns.
 * result: 0 an answer (look at error_status too); -ETIMEDOUT silence;
 * -EACCES refused (authentication, unknown user, wrong digest);
 * -EPERM outside the fence; -ECONNREFUSED the host said port unreachable;
 * -EBADMSG only broken answers came; -EMSGSIZE the request cannot be encoded;
 * -ECANCELED the agent or engine went away. */
struct answer {
    int result;
    int32_t error_status, error_index; /* RFC 3416, 3 */
    const struct varbind *varbinds;
    const struct bytes *encoded; /* names of varbinds as they came */
    size_t count;
    const struct ber_rows *rows; /* those that follow what leads; NULL where
                                    none were expected. Their varbinds are
                                    counted, but empty until
                                    answer_read_names() */
    size_t list_octets;          /* of all varbinds */
    struct stamp stamp;          /* sent and received only */
    struct addr from;            /* may differ from whom was asked */
    unsigned tries;
    const char *why; /* in words, for -EACCES and -EBADMSG, -ETIMEDOUT of v3
                        sometimes; else NULL */
    size_t octets;   /* of the datagram that answered */
};

typedef void (*answer_fn)(void *arg, const struct answer *answer);

/* Sends, now or as soon as window, cap and rate permit. The callback comes
 * exactly once. */
void engine_send(struct agent *a, const struct request *request, answer_fn done,
                 void *arg);

/* Reads the names of an answer's varbinds from the one at first on, where the
 * request said skim: until then they are empty. Those of rows are made first.
 * Within the callback alone. */
void answer_read_names(struct agent *a, const struct answer *answer,
                       size_t first);

/* Forgets every request of the agent whose callback argument is arg: no
 * callback will come. */
void agent_forget(struct agent *a, const void *arg);

/* What is known of an agent's behaviour. */
struct agent_state {
    double srtt_ms; /* NaN before the first answer */
    uint32_t timeout_ms, window, in_flight, waiting;
    bool busy; /* see agent_is_busy() */
    uint64_t requests, answers, timeouts, retries, octets_in, octets_out;
    uint32_t consecutive_timeouts;
};
void agent_state(const struct agent *a, struct agent_state *out);

/* Bits of enum quirk that engine and walker met, as far as they are in force
 * now. */
uint32_t agent_quirks(const struct agent *a);
void agent_note_quirk(struct agent *a, uint32_t quirk);

/* What was learned of it; valid until it is freed. Saved: what was fresh is so
 * no more. */
const struct habits *agent_habits(const struct agent *a);
void agent_habits_saved(struct agent *a);
/* Remembered from an earlier run; copied. */
void agent_recall(struct agent *a, const struct habits *habits);

/* What is known of agents of its kind, whatever was learned. */
struct agent_rules {
    bool no_bulk;             /* GETBULK is never used */
    bool unordered;           /* no table is in order */
    uint32_t max_repetitions; /* at most; 0 = as it goes */
};
void agent_instruct(struct agent *a, const struct agent_rules *rules);
/* One table is not in order. */
void agent_expect_unordered(struct agent *a, const char *table);

/* Its device answers otherwise: what it does not answer is tried as often as
 * with any that lives. */
void agent_is_there(struct agent *a);

/* Much slower than usual, or told to have much to do: it is asked one request
 * at a time, and had better be asked for less. */
bool agent_is_busy(const struct agent *a);
void agent_tell_load(struct agent *a, bool loaded);

struct engine_stats {
    uint64_t requests, answers, timeouts, retries, unexpected, malformed,
        fenced, refused, octets_in, octets_out, socket_drops;
    uint32_t in_flight, waiting, agents;
};
void engine_stats(const struct engine *e, struct engine_stats *out);

#endif
