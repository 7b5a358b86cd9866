/* answer.h - what an agent of the farm says to one request, faults included.
 * No sockets here: octets in, octets out. */
#ifndef FARM_ANSWER_H
#define FARM_ANSWER_H

#include "tests/farm/farm.h"
#include "wire/message.h"

enum { ANSWER_SCRATCH = 4096 }; /* octets a list may use behind its room */

/* What is needed while answering; one for each that answers. */
struct answerer;

struct answerer *answerer_new(void);
void answerer_free(struct answerer *a);
OWNED_BY(struct answerer, answerer_free)

/* An answer to send; octets live until the next question. */
struct reply {
    struct bytes octets; /* empty: silence */
    int64_t delay_ms;
    bool other_source;
    unsigned copies;
};

/* Asks an agent (NONE: an address that no agent has) at now_ms. */
void answerer_ask(struct answerer *a, struct farm *f, uint32_t agent,
                  int64_t now_ms, struct bytes request, struct reply *out);

#endif
