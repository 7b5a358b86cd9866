/* secure.h - the agent's side of SNMPv3: engine discovery, users, time window,
 * reports (RFC 3414, 3.2). */
#ifndef FARM_SECURE_H
#define FARM_SECURE_H

#include "tests/farm/farm.h"
#include "wire/message.h"

struct secure;

struct secure *secure_new(void);
void secure_free(struct secure *s);
OWNED_BY(struct secure, secure_free)

/* What a v3 request turned out to be. */
enum secure_verdict {
    SECURE_DROP,   /* say nothing */
    SECURE_REPORT, /* out->report is to be sent */
    SECURE_GOOD,   /* the PDU of the message is decoded */
};

struct secure_result {
    const struct usm_keys *keys; /* of the user; NULL for a report without */
    uint32_t report;             /* enum usm_stat */
    uint8_t flags;               /* security of the answer */
};

/* A v3 request: m was read from whole; its PDU goes to the scratch. */
struct secure_job {
    struct farm *farm;
    uint32_t agent;
    const struct view *view;
    struct bytes whole;
    struct message *message;
    struct message_scratch *scratch;
};

/* Checks, decrypts and decodes. */
enum secure_verdict secure_open(struct secure *s, const struct secure_job *job,
                                struct secure_result *out);

/* Puts the answer or report that reply holds, sealed as r says. 0 or -errno.
 * reply is the request with pdu replaced; engine id, boots and time become the
 * agent's. */
int secure_seal(struct secure *s, const struct view *v, struct message *reply,
                const struct secure_result *r, struct ber_builder *b)
    __attribute__((warn_unused_result));

#endif
