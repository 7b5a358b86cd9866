/* engine_parts.h - the engine from inside, for its own files. */
#ifndef WIRE_ENGINE_PARTS_H
#define WIRE_ENGINE_PARTS_H

#include "base/spares.h"
#include "base/table.h"
#include "wire/agent.h"
#include "wire/beat.h"
#include "wire/engine_udp.h"

struct event;

/* A socket and its events. */
struct engine_port {
    struct udp *udp; /* NULL: the host lacks the family */
    struct event *readable, *writable;
    bool blocked;    /* the kernel had no room for the batch */
    uint32_t agents; /* of this family */
    /* Of the batch that came last: what was not taken yet. */
    const struct datagram *pending;
    size_t pending_count;
};

enum { ENGINE_PORTS = 2 }; /* IPv4, IPv6 */

/* Round-trip times of all agents together. */
struct usual_trip {
    double ms, var_ms;
    uint64_t answers;
};

struct engine {
    struct event_base *base;
    struct event *timer; /* the one: wheel, rate, and turns asked for */
    struct engine_port ports[ENGINE_PORTS];
    uint32_t in_flight_max, rate, timeout_ms, retries;
    const struct fence *fence;

    struct wheel wheel;
    struct request_table requests;
    struct agent *ready; /* agents that may send, in turn */
    struct exchange *resend, *ended;
    struct table *by_address; /* the agent at an address and port */
    double tokens;            /* packets that may be sent now */
    struct mono refilled;
    struct mono now;   /* when the batch that is being filled was begun */
    bool busy;         /* in a turn: it looks at everything before it ends */
    struct beat *beat; /* NULL: it has none */
    struct beat_part part;
    struct pace {
        bool gathers; /* answers are read at beats */
        struct mono since;
        unsigned turns;   /* since then */
        unsigned beats;   /* ever */
        uint64_t answers; /* until then */
    } pace;

    struct usual_trip usual;
    struct spares spares; /* of walks */
    struct usm *usm;
    uint64_t salt;
    struct message_scratch *scratch;
    uint8_t *plain; /* MESSAGE_MAX, of a decrypted answer */
    uint32_t in_flight, waiting, agents;
    struct engine_stats stats;
};

/* ---- engine_queue.c ----------------------------------------------------- */

/* Sees to it that a turn comes. */
void engine_kick(struct engine *e);

/* The socket of an address's family. */
static inline struct engine_port *engine_port_of(struct engine *e,
                                                 const struct addr *addr)
{
    return &e->ports[addr->family == 6 ? 1 : 0];
}

/* Puts a into the list of those that may send, if it may. */
void engine_consider(struct agent *a);
void engine_unready(struct agent *a);

/* Makes its callback due. It is not found by answers any more. */
void exchange_end(struct exchange *x, int result, const char *why);

/* Ends all requests of a that are not under way yet. */
void engine_end_waiting(struct agent *a, int result, const char *why);

/* Takes x out of wherever it is; it is nobody's then, for exchange_free(). */
void exchange_withdraw(struct exchange *x);

/* It was sent: from the list it is in to those in flight. */
void exchange_fly(struct exchange *x);

/* Sends it again, once more or because the first try did not count. */
void exchange_resend(struct exchange *x);

/* Back into its agent's queue as if never sent. */
void exchange_restart(struct exchange *x);

/* A new one of the agent, at the head or tail of its queue. */
struct exchange *exchange_queue(struct agent *a, const struct request *request,
                                bool first, answer_fn done, void *arg);

/* The key of an agent in by_address. */
enum { ADDRESS_KEY_MAX = 24 };
struct bytes address_key(const struct addr *addr, uint16_t port,
                         uint8_t out[ADDRESS_KEY_MAX]);

/* ---- engine_pace.c ------------------------------------------------------ */

/* A turn that read what has come: from now on they may be others. */
void engine_pace(struct engine *e, struct mono now);
/* What the rate allows in so long may leave at once. */
double engine_burst_ms(const struct engine *e);

/* ---- engine_encode.c ---------------------------------------------------- */

/* Writes the message that x sends now. 0, -EMSGSIZE, or -EACCES and *why. */
int exchange_encode(struct exchange *x, struct mono now, struct ber_builder *b,
                    const char **why);

/* ---- engine_answer.c ---------------------------------------------------- */

/* What came in: finds whose answer it is, and calls back. */
void engine_take(struct engine *e, const struct datagram *d);

/* An answer that cannot be believed: asks again at once, or gives up. */
void exchange_spoil(struct exchange *x, int result, const char *why);

/* ---- engine_v3.c -------------------------------------------------------- */

/* An answer as far as it was read. */
struct heard_message {
    const struct datagram *datagram;
    struct message *m;
    struct mono now;
};

/* Milliseconds from a question to when its answer was read: what timeouts have
 * to wait for, the station's own delays included. */
static inline double ms_until_read(const struct exchange *x,
                                   const struct heard_message *h)
{
    return (double)(h->datagram->read.ns - x->sent.ns) / 1e6;
}

/* Verifies, decrypts and reads what came for x. True if its PDU is an answer
 * to hand on; else all was done that there is to do. */
bool v3_open(struct exchange *x, const struct heard_message *h);

/* Asks for the engine's id first. */
void v3_discover(struct agent *a);

/* Why the agent may be silent, in words; NULL if nothing is known. Agents do
 * not answer what they cannot decrypt. */
const char *v3_silence(const struct agent *a);

/* Forgets what is known of the agent's engine but its id. */
void v3_forget(struct agent *a);

#endif
